using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;
using VictimSupport.Zones.Pools;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Zones.Demo;

/// <summary>Four fictitious zones in one pool, with somebody in every role. Names of people end in the zone's letter, so nobody takes them for real.</summary>
internal sealed class StoryZones(Provisioning provisioning, CatalogDatabase catalog, IMakeDemoAccounts accounts, TimeProvider clock) : IMakeStoryZones
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

    private static readonly Guid PoolId = new("00000000-0000-0000-0000-0000000009a0");

    public async Task<IReadOnlyList<StoryZone>> Make(int zones, CancellationToken ct)
    {
        var made = new List<StoryZone>();
        foreach (var (code, fr, nl, de, languages, letter) in Zones.Concat(Enumerable.Range(5, 96).Select(Plain)).Take(Math.Max(zones, Zones.Length)))
        {
            var zone = await provisioning.AddZone(code, fr, nl, de, languages, ct);
            made.Add(await catalog.WriteAsPlatform("Zones.Demo", zone.Id, house => Staff(house, zone, languages[0], letter), ct));
        }
        await catalog.WriteAsPlatform("Zones.Demo", null, async house =>
        {
            Give(house, accounts.Ensure(house, "operator@example.test", "Olivia Demo", "en", clock.GetUtcNow()), null, Role.Operator);
            Give(house, accounts.Ensure(house, "analyst@example.test", "Anselm Demo", "en", clock.GetUtcNow()), null, Role.Analyst);
            if (await house.Set<Pool>().FindAsync([PoolId], ct) is null)
            {
                house.Add(new Pool { Id = PoolId, Name = "Demo pool" });
                foreach (var zone in await house.Set<ZoneRecord>().Where(z => z.Code.StartsWith("990")).ToListAsync(ct)) house.Add(new PoolMember { Pool = PoolId, Zone = zone.Id, From = new DateOnly(2026, 1, 1) });
            }
            return true;
        }, ct);
        return made;
    }

    private Task<StoryZone> Staff(CatalogDbContext house, ZoneRecord zone, string language, string letter)
    {
        var caseworkers = new List<Guid>();
        var byRole = new Dictionary<Role, Guid>();
        foreach (var (role, name) in People)
        {
            var account = accounts.Ensure(house, $"{name.Replace('è', 'e').ToLowerInvariant()}.{zone.Code}@example.test", $"{name} Demo-{letter}", language, clock.GetUtcNow());
            Give(house, account, zone.Id, role);
            byRole[role] = account;
            if (role is Role.Coordinator or Role.Caseworker) caseworkers.Add(account);
            // The on-call colleague of zone A works the nights of zone B too: one account, two zones.
            if (role == Role.OnCall && zone.Code == "9901" && house.Set<ZoneRecord>().AsNoTracking().SingleOrDefault(z => z.Code == "9902") is { } neighbour) Give(house, account, neighbour.Id, Role.OnCall);
            if (role == Role.OnCall && zone.Code == "9902" && house.Set<ZoneRecord>().AsNoTracking().SingleOrDefault(z => z.Code == "9901") is { } other) Give(house, account, other.Id, Role.OnCall);
        }
        return Task.FromResult(new StoryZone(zone.Code, language, caseworkers) { FrontDesk = byRole[Role.FrontDesk], Trainee = byRole[Role.Trainee] });
    }

    private void Give(CatalogDbContext house, Guid account, Guid? zone, Role role)
    {
        var known = house.Set<RoleGrant>().Local.Concat(house.Set<RoleGrant>().AsNoTracking().Where(g => g.Account == account && g.Zone == zone && g.Role == role));
        if (!known.Any(g => g.Account == account && g.Zone == zone && g.Role == role)) house.Add(RoleGrant.Give(account, zone, role, null, null, "demo", clock.GetUtcNow()));
    }
}
