using System.Globalization;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Staff;
using VictimSupport.Zones.Visits;

namespace VictimSupport.Zones.Demo;

/// <summary>What the picker shows: demo accounts by zone and role.</summary>
internal sealed class DemoChoices(CatalogDatabase catalog, IAccounts accounts, TimeProvider clock) : IListDemoAccounts
{
    public async Task<IReadOnlyList<DemoChoice>> All(CancellationToken ct)
    {
        await using var house = catalog.Lease();
        var now = clock.GetUtcNow();
        var grants = (await house.Set<RoleGrant>().AsNoTracking().ToListAsync(ct)).Where(g => g.Counts(now)).ToList();
        var visits = (await house.Set<Visit>().AsNoTracking().Where(v => v.Ended == null && v.Until > now).ToListAsync(ct)).Where(v => v.Lives(now) && grants.Exists(g => g.Account == v.Account && g.Zone == v.From)).ToList();
        var held = grants.Select(g => (g.Account, g.Zone, g.Role, Leads: "/")).Concat(visits.Select(v => (v.Account, Zone: (Guid?)v.Zone, Role: Role.Visitor, Leads: Standing.LeadsTo(v.Kind)))).ToList();
        var zones = await house.Set<ZoneRecord>().AsNoTracking().ToDictionaryAsync(z => z.Id, ct);
        var names = await accounts.Named(grants.Select(g => g.Account), ct);
        var language = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;
        return [.. held.Where(g => names.TryGetValue(g.Account, out var colleague) && colleague.Email.EndsWith("@example.test", StringComparison.Ordinal)).GroupBy(g => (g.Zone, g.Account)).Select(own =>
        {
            var zone = own.Key.Zone is { } id ? zones[id] : null;
            return (Code: zone?.Code ?? "9999", Order: own.Min(g => Rank(g.Role)), Choice: new DemoChoice(own.Key.Account, names[own.Key.Account].DisplayName,
                zone is null ? Words.Platform : $"{zone.Code} · {zone.NameIn(language)}", Standing.InWords(own.Select(g => g.Role)), zone is null ? "/account/home" : $"/{zone.Code}{own.Min(g => g.Leads)}"));
        }).OrderBy(c => c.Code, StringComparer.Ordinal).ThenBy(c => c.Order).ThenBy(c => c.Choice.DisplayName, StringComparer.CurrentCulture).Select(c => c.Choice)];
    }

    // Those who work on dossiers first: they are who most visitors come for.
    private static int Rank(Role role) => role switch { Role.Caseworker => 0, Role.Coordinator => 1, Role.OnCall => 2, _ => 3 + (int)role };
}
