using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Onboarding;
using VictimSupport.Zones.Settings;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Zones.GoLive;

/// <summary>A task on the way to go-live.</summary>
internal enum TaskCode { Officer, Coordinator, Team, SignedIn, Settings, ServiceName, Hours, Conduct, SignIn, StandIn }

/// <param name="Path">Where it is done, below the zone.</param>
/// <param name="Needed">Without it the zone does not go live.</param>
internal sealed record LiveTask(TaskCode Code, bool Done, string Path, bool Needed);

/// <summary>What a zone still has to do before it goes live, read from what is really there.</summary>
internal sealed class Readiness(CatalogDbContext house, IAccounts accounts, IKnowProviders providers, InForce inForce, TimeProvider clock)
{
    public async Task<(IReadOnlyList<LiveTask> Tasks, ZoneStep? Live)> Of(Guid zone, CancellationToken ct)
    {
        var (now, today) = (clock.GetUtcNow(), Design.Html.Moment.Day(clock.GetUtcNow()));
        var grants = (await house.Set<RoleGrant>().AsNoTracking().Where(g => g.Zone == zone).ToListAsync(ct)).Where(g => g.Counts(now)).ToList();
        var leading = grants.Where(g => g.Role is Role.ZoneAdministrator or Role.Coordinator or Role.DataProtectionOfficer).Select(g => g.Account).Distinct().ToList();
        var signIns = await accounts.LastSignIns(leading, ct);
        var steps = await house.Set<ZoneStep>().AsNoTracking().Where(s => s.Zone == zone).ToListAsync(ct);
        var changes = await house.Set<SettingChange>().AsNoTracking().Where(c => c.Zone == zone && c.Withdrawn == null).ToListAsync(ct);
        var languages = await house.Set<ZoneRecord>().Where(z => z.Id == zone).Select(z => z.Languages).SingleAsync(ct);
        string Value(SettingCode code) => inForce.ValueOn(today, code, changes, languages);
        var named = Setting.Several(Value(SettingCode.OfficialLanguages)).All(l => Value(l switch { "fr" => SettingCode.ServiceNameFr, "nl" => SettingCode.ServiceNameNl, _ => SettingCode.ServiceNameDe }).Length > 0);
        var conduct = await house.Set<Conduct.ConductText>().AnyAsync(t => t.Zone == zone, ct) || await house.Set<Conduct.ConductAcceptance>().AnyAsync(a => a.Zone == zone, ct);
        var ownProvider = await house.Set<ZoneDraft>().AnyAsync(d => d.Finished != null && d.SignIn == SignInWay.OwnProvider && house.Set<ZoneRecord>().Any(z => z.Id == zone && z.Code == d.Code), ct);
        IReadOnlyList<LiveTask> tasks =
        [
            new(TaskCode.Officer, Holds(Role.DataProtectionOfficer), "/admin/staff", Needed: true),
            new(TaskCode.Coordinator, Holds(Role.Coordinator), "/admin/staff", Needed: true),
            new(TaskCode.Team, grants.Any(g => g.Role is Role.Caseworker or Role.OnCall), "/admin/staff", Needed: false),
            new(TaskCode.SignedIn, leading.Count > 0 && leading.All(a => signIns.GetValueOrDefault(a) is not null), "/admin/staff", Needed: true),
            new(TaskCode.Settings, steps.Any(s => s.Step == ZoneStep.SettingsSeen), "/admin/settings", Needed: true),
            new(TaskCode.ServiceName, named, "/admin/settings", Needed: true),
            new(TaskCode.Hours, Value(SettingCode.Hours).Length > 0, "/admin/settings/hours", Needed: true),
            new(TaskCode.Conduct, conduct, "/admin/conduct", Needed: true),
            // Asked only of a zone whose people were to sign in at a provider of their own.
            .. ownProvider ? [new LiveTask(TaskCode.SignIn, await providers.Has(house, zone, ct), "/admin/federation", Needed: true)] : Array.Empty<LiveTask>(),
            new(TaskCode.StandIn, Guid.TryParse(Value(SettingCode.OutsideStandIn), out var standIn) && grants.Any(g => g.Role == Role.OutsideStandIn && g.Account == standIn), "/admin/settings/outsidestandin", Needed: false),
        ];
        return (tasks, steps.FirstOrDefault(s => s.Step == ZoneStep.Live));

        bool Holds(Role role) => grants.Any(g => g.Role == role);
    }
}
