using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Absences;
using VictimSupport.Zones.Conduct;
using VictimSupport.Zones.Contracts;
using VictimSupport.Zones.Settings;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Zones.Demo;

/// <summary>Four fictitious zones, with somebody in every role. Names of people end in the zone's letter, so nobody takes them for real.</summary>
internal sealed class StoryZones(Provisioning provisioning, CatalogDatabase catalog, IMakeDemoAccounts accounts, IInvite invitations, IHostEnvironment environment, TimeProvider clock) : IMakeStoryZones
{
    private static readonly (string Code, string? Fr, string? Nl, string? De, string[] Languages, string Letter)[] Zones =
    [
        ("9901", "Zone Val-Clair", null, null, ["fr"], "A"),
        ("9902", null, "Zone Lindeberg", null, ["nl"], "B"),
        ("9903", null, null, "Zone Hohenau", ["de"], "C"),
        ("9904", "Zone Deux-Rives", "Zone Twee Oevers", null, ["fr", "nl"], "D"),
    ];

    private static readonly (Role Role, string Name)[] People =
    [
        (Role.Coordinator, "Claire"), (Role.Caseworker, "Inès"), (Role.Caseworker, "Karel"), (Role.OnCall, "Jonas"), (Role.Trainee, "Mila"), (Role.FrontDesk, "Lotte"), (Role.ZoneAdministrator, "Bernard"), (Role.DataProtectionOfficer, "Greta"),
    ];

    private static (string Code, string? Fr, string? Nl, string? De, string[] Languages, string Letter) Plain(int number) =>
        ((9800 + number).ToString(System.Globalization.CultureInfo.InvariantCulture), $"Zone Fictive {number}", null, null, ["fr"], number.ToString(System.Globalization.CultureInfo.InvariantCulture));

    public async Task<IReadOnlyList<StoryZone>> Make(int zones, CancellationToken ct)
    {
        if (!environment.IsDevelopment()) throw new StartRefusedException("Fictitious zones and their people are made in development only: they have no place where real people are.");
        var made = new List<StoryZone>();
        foreach (var (code, fr, nl, de, languages, letter) in Zones.Concat(Enumerable.Range(5, 96).Select(Plain)).Take(Math.Max(zones, Zones.Length)))
        {
            var zone = await provisioning.AddZone(code, fr, nl, de, languages, ct);
            made.Add(await catalog.WriteAsPlatform("Zones.Demo", zone.Id, house => Staff(house, zone, languages[0], letter, ct), ct));
        }
        await catalog.WriteAsPlatform("Zones.Demo", null, house =>
        {
            Give(house, accounts.Ensure(house, "operator@example.test", "Olivia Demo", "en", clock.GetUtcNow()), null, Role.Operator);
            Give(house, accounts.Ensure(house, "analyst@example.test", "Anselm Demo", "en", clock.GetUtcNow()), null, Role.Analyst);
            return Task.FromResult(true);
        }, ct);
        return made;
    }

    private async Task<StoryZone> Staff(CatalogDbContext house, ZoneRecord zone, string language, string letter, CancellationToken ct)
    {
        var caseworkers = new List<Guid>();
        var people = new Dictionary<string, Guid>(StringComparer.Ordinal);
        var byRole = new Dictionary<Role, Guid>();
        foreach (var (role, name) in People)
        {
            var account = people[name] = accounts.Ensure(house, $"{name.Replace('è', 'e').ToLowerInvariant()}.{zone.Code}@example.test", $"{name} Demo-{letter}", language, clock.GetUtcNow());
            Give(house, account, zone.Id, role);
            // One colleague of the last zone has not been in yet: the code of conduct stands before everything else.
            if (letter != "D" || role != Role.FrontDesk) Accepts(house, account, zone.Id);
            byRole[role] = account;
            if (role is Role.Coordinator or Role.Caseworker) caseworkers.Add(account);
            // The on-call colleague of zone A works the nights of zone B too: one account, two zones.
            if (role == Role.OnCall && zone.Code == "9901" && house.Set<ZoneRecord>().AsNoTracking().SingleOrDefault(z => z.Code == "9902") is { } neighbour) Lend(house, account, neighbour.Id);
            if (role == Role.OnCall && zone.Code == "9902" && house.Set<ZoneRecord>().AsNoTracking().SingleOrDefault(z => z.Code == "9901") is { } other) Lend(house, account, other.Id);
        }
        // The last zone is not live yet: its checklist shows what is missing. The others owe a review of the quarter.
        if (letter != "D") await IsLive(house, zone, people["Claire"], ct);
        if (Zones.Any(z => z.Code == zone.Code)) await ComingAndGoing(house, zone, language, letter, people, ct);
        return new StoryZone(zone.Code, language, caseworkers) { FrontDesk = byRole[Role.FrontDesk], Trainee = byRole[Role.Trainee] };
    }

    // Somebody is invited, somebody waits for a second person, somebody is away and replaced.
    private async Task ComingAndGoing(CatalogDbContext house, ZoneRecord zone, string language, string letter, Dictionary<string, Guid> people, CancellationToken ct)
    {
        var (now, administrator) = (clock.GetUtcNow(), people["Bernard"]);
        var nora = accounts.Ensure(house, $"nora.{zone.Code}@example.test", $"Nora Demo-{letter}", language, now);
        if (!await house.Set<RoleGrant>().AnyAsync(g => g.Account == nora, ct)) house.Add(RoleGrant.Give(nora, zone.Id, Role.Caseworker, null, administrator, "invitation", now));
        if (!(await invitations.Of(house, zone.Id, ct)).Any(i => i.IsOpen(now)))
            invitations.Invite(house, $"sacha.{zone.Code}@example.test", $"Sacha Demo-{letter}", new Promise(zone.Id, RoleTemplates.RolesOf(RoleTemplate.CaseworkerOnCall), null), administrator, now);
        if (await house.Set<Absence>().AnyAsync(a => a.Zone == zone.Id && a.To > now, ct)) return;
        // In zone A the coordinator, who sees all: there the stories show what a colleague may not see.
        var today = Design.Html.Moment.Day(now);
        house.Add(Absence.Plan(zone.Id, people["Karel"], today.AddDays(-1), today.AddDays(8), people[letter == "A" ? "Claire" : "Inès"], people["Karel"], now));
    }

    private async Task IsLive(CatalogDbContext house, ZoneRecord zone, Guid coordinator, CancellationToken ct)
    {
        var (now, today) = (clock.GetUtcNow(), Design.Html.Moment.Day(clock.GetUtcNow()));
        if (await house.Set<ZoneStep>().AnyAsync(s => s.Zone == zone.Id && s.Step == ZoneStep.Live, ct)) return;
        foreach (var step in new[] { ZoneStep.SettingsSeen, ZoneStep.Live }) house.Add(new ZoneStep { Zone = zone.Id, Step = step, At = now.AddDays(-120) });
        house.Add(SettingChange.Make(zone.Id, SettingCode.CalendarFeeds, "yes", null, today, coordinator, now));
        house.Add(SettingChange.Make(zone.Id, SettingCode.CallOutHours, "48", null, today, coordinator, now));
        house.Add(SettingChange.Make(zone.Id, SettingCode.CallOutHours, "24", "48", today.AddDays(30), coordinator, now));
        // The public page says when somebody answers, and by what name; the postcodes are no town's.
        house.Add(SettingChange.Make(zone.Id, SettingCode.Hours, string.Join(';', Enumerable.Repeat("08:30-12:00,13:00-17:00", 5)) + ";;", null, today, coordinator, now));
        if (Zones.FirstOrDefault(z => z.Code == zone.Code) is { Code: not null } story) (await house.Set<ZoneRecord>().SingleAsync(z => z.Id == zone.Id, ct)).Take(zone.Facts with { Places = [$"{zone.Code} {(story.Fr ?? story.Nl ?? story.De)!.Replace("Zone ", "", StringComparison.Ordinal)}"] });
        house.Add(SettingChange.Make(zone.Id, SettingCode.Rooms, "A1;A2", null, today, coordinator, now));
        // Two of the four chose a colour: whoever works in several sees where they stand.
        if (zone.Code switch { "9902" => "#8a2b4f", "9903" => "#2e6b34", _ => null } is { } colour) house.Add(SettingChange.Make(zone.Id, SettingCode.Accent, colour, null, today, coordinator, now));
    }

    private void Lend(CatalogDbContext house, Guid account, Guid zone)
    {
        Give(house, account, zone, Role.OnCall);
        Accepts(house, account, zone);
    }

    private void Accepts(CatalogDbContext house, Guid account, Guid zone)
    {
        var known = house.Set<ConductAcceptance>().Local.Concat(house.Set<ConductAcceptance>().AsNoTracking().Where(a => a.Account == account && a.Zone == zone));
        if (!known.Any(a => a.Account == account && a.Zone == zone)) house.Add(new ConductAcceptance { Id = Guid.CreateVersion7(clock.GetUtcNow()), Zone = zone, Account = account, Version = ConductText.First, Language = "fr", At = clock.GetUtcNow() });
    }

    private void Give(CatalogDbContext house, Guid account, Guid? zone, Role role)
    {
        var known = house.Set<RoleGrant>().Local.Concat(house.Set<RoleGrant>().AsNoTracking().Where(g => g.Account == account && g.Zone == zone && g.Role == role));
        if (!known.Any(g => g.Account == account && g.Zone == zone && g.Role == role && g.Lives(clock.GetUtcNow()))) house.Add(RoleGrant.Invent(account, zone, role, clock.GetUtcNow().AddYears(-1))); // held while the stories happened
    }
}
