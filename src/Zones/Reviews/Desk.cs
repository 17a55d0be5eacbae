using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;
using VictimSupport.Zones.Settings;
using VictimSupport.Zones.Staff;
using VictimSupport.Zones.Visits;

namespace VictimSupport.Zones.Reviews;

/// <summary>What a review is made of: who holds what in the zone, when they last signed in, how many dossiers they opened; and who signs.</summary>
internal sealed class Desk(CatalogDbContext house, ZoneDbContext zone, UseCase here, IAccounts accounts, IEnumerable<IHideDossiers> walls, Caller caller, TimeProvider clock)
{
    /// <summary>Everybody who holds a role here or waits for one, by name.</summary>
    public async Task<IReadOnlyList<Member>> People(Quarter quarter, CancellationToken ct)
    {
        var grants = await Living(ct);
        var ids = grants.Select(g => g.Account).Distinct().ToList();
        var (names, signIns, opened) = (await accounts.Named(ids, ct), await accounts.LastSignIns(ids, ct), await Opened(quarter, ct));
        return [.. ids.Select(id => new Member(id, names.TryGetValue(id, out var c) ? c.DisplayName : "–", [.. grants.Where(g => g.Account == id).Select(g => g.Role).Distinct().Order()], signIns.GetValueOrDefault(id), opened.GetValueOrDefault(id)))
            .OrderBy(p => p.Name, StringComparer.CurrentCulture).ThenBy(p => p.Account)];
    }

    /// <summary>Colleagues of other zones who could come in at some moment since the quarter began, the latest first.</summary>
    public async Task<IReadOnlyList<Visitor>> Visits(Quarter quarter, CancellationToken ct)
    {
        var (now, language) = (clock.GetUtcNow(), System.Globalization.CultureInfo.CurrentUICulture.TwoLetterISOLanguageName);
        var visits = await house.VisitsIn(here.InZone.Id, Design.Html.Moment.Instant(quarter.First.ToDateTime(TimeOnly.MinValue)), now.AddTicks(1), ct);
        var from = visits.Select(v => v.From).Distinct().ToList();
        var zones = await house.Set<ZoneRecord>().AsNoTracking().Where(z => from.Contains(z.Id)).ToDictionaryAsync(z => z.Id, ct);
        var names = await accounts.Named(visits.Select(v => v.Account), ct);
        return [.. visits.Select(v => new Visitor(names.TryGetValue(v.Account, out var c) ? c.DisplayName : "–", zones.TryGetValue(v.From, out var zone) ? $"{zone.Code} {zone.NameIn(language)}" : "–", v.Kind, v.Since, v.Until))];
    }

    public Task<Quarter?> Owed(CancellationToken ct) => Owed(house, here.InZone.Id, Design.Html.Moment.Day(clock.GetUtcNow()), ct);

    /// <summary>The review the zone owes today: the oldest that nobody signed. null: none.</summary>
    public static async Task<Quarter?> Owed(CatalogDbContext house, Guid zone, DateOnly today, CancellationToken ct)
    {
        var live = await house.Set<ZoneStep>().Where(s => s.Zone == zone && s.Step == ZoneStep.Live).Select(s => (DateTimeOffset?)s.At).SingleOrDefaultAsync(ct);
        var signed = await house.Set<AccessReview>().Where(r => r.Zone == zone && r.Signed != null).Select(r => r.Quarter).ToListAsync(ct);
        return Quarter.Owed(live, today).FirstOrDefault(q => !signed.Contains(q.ToString()));
    }

    public async Task<bool> MaySign(Guid account, CancellationToken ct) => SignersOf(await Living(ct), clock.GetUtcNow()).Contains(account);

    /// <summary>An administrator who is not the coordinator too; where there is none (small services), the data-protection officer: nobody reviews what he himself coordinates.</summary>
    public static IReadOnlyList<Guid> SignersOf(IReadOnlyList<RoleGrant> grants, DateTimeOffset now)
    {
        var administrators = Holders(Role.ZoneAdministrator).Except(Holders(Role.Coordinator)).ToList();
        return administrators.Count > 0 ? administrators : [.. Holders(Role.DataProtectionOfficer).Except(Holders(Role.Coordinator))];

        IEnumerable<Guid> Holders(Role role) => grants.Where(g => g.Role == role && g.Counts(now)).Select(g => g.Account).Distinct();
    }

    private async Task<List<RoleGrant>> Living(CancellationToken ct)
    {
        var (id, now) = (here.InZone.Id, clock.GetUtcNow());
        return [.. (await house.Set<RoleGrant>().AsNoTracking().Where(g => g.Zone == id).ToListAsync(ct)).Where(g => g.Lives(now))];
    }

    /// <summary>Different dossiers opened by each since the quarter began: numbers, never which; without those hidden from whoever asks, as the difference would tell.</summary>
    private async Task<Dictionary<Guid, int>> Opened(Quarter quarter, CancellationToken ct)
    {
        var since = Design.Html.Moment.Instant(quarter.First.ToDateTime(TimeOnly.MinValue));
        var hidden = await walls.From(caller, ct);
        // A record that carries a reason is of a dossier that opened; a refusal has an exclamation mark in its name.
        return (await zone.Set<AuditRow>().AsNoTracking().Where(r => r.At >= since && r.Actor != null && r.Subject != null && r.Act.StartsWith("Casework.Dossiers.") && !r.Act.Contains("!") && r.Payload.Contains("\"why\""))
            .Select(r => new { r.Actor, r.Subject }).Distinct().ToListAsync(ct)).Where(r => !hidden.Contains(r.Subject!.Value)).GroupBy(r => r.Actor!.Value).ToDictionary(g => g.Key, g => g.Count());
    }
}

/// <param name="From">The zone whose colleague it is, by code and name.</param>
internal sealed record Visitor(string Name, string From, VisitKind Kind, DateTimeOffset Since, DateTimeOffset Until);

/// <param name="Opened">Dossiers opened since the quarter began.</param>
internal sealed record Member(Guid Account, string Name, IReadOnlyList<Role> Roles, DateTimeOffset? LastSignIn, int Opened)
{
    /// <summary>The roles as they are kept, and as the page sends them back.</summary>
    public string Codes => string.Join(';', Roles);
}
