using System.Globalization;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;
using VictimSupport.Identity.Contracts;
using VictimSupport.OnCall.Pools;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.OnCall.Rotas;

/// <summary>Somebody who may be on call for a pool, as a colleague of one of its zones.</summary>
internal sealed record OnCallColleague(Guid Account, Guid Employer, string Code, string Name)
{
    /// <summary>As a form names it.</summary>
    public string Key => $"{Account:N}@{Code}";
    public string Shown => $"{Name} ({Code})";
}

/// <summary>Who may be on call for a pool: whoever in one of its zones now may open a call-out there.</summary>
internal sealed class Staff(CatalogDbContext house, OurPools pools, IStaff staff, IAccounts accounts)
{
    internal static readonly IReadOnlyList<Role> Roles = AccessMatrix.All.Single(row => row.Deed == May.TakeShifts).Roles;

    public async Task<IReadOnlyList<OnCallColleague>> Of(Guid pool, CancellationToken ct)
    {
        var today = pools.Today;
        var ids = (await pools.Members(pool, ct)).Where(m => m.IsOpen(today)).Select(m => m.Zone).Distinct().ToList();
        var zones = await house.Set<ZoneRecord>().AsNoTracking().Where(z => ids.Contains(z.Id) && z.State == ZoneState.Active).OrderBy(z => z.Code).ToListAsync(ct);
        var found = new List<(Guid Account, ZoneRecord Zone)>();
        foreach (var zone in zones) found.AddRange((await staff.Holding(zone.Id, Roles, ct)).Select(a => (a, zone)));
        var names = await accounts.Named(found.Select(f => f.Account), ct);
        return [.. found.Where(f => names.ContainsKey(f.Account)).Select(f => new OnCallColleague(f.Account, f.Zone.Id, f.Zone.Code, names[f.Account].DisplayName)).OrderBy(c => c.Name, StringComparer.CurrentCulture).ThenBy(c => c.Code, StringComparer.Ordinal)];
    }

    /// <summary>Names of colleagues, whether they still work there or not.</summary>
    public async Task<Func<Guid, string>> Names(IEnumerable<Guid> ids, CancellationToken ct)
    {
        var names = await accounts.Named(ids, ct);
        return id => names.TryGetValue(id, out var colleague) ? colleague.DisplayName : "–";
    }

    /// <summary>Zones by id, as they are called in the reader's language.</summary>
    public async Task<IReadOnlyDictionary<Guid, (string Code, string Name)>> ZonesOf(IEnumerable<Guid> ids, CancellationToken ct)
    {
        var (wanted, language) = (ids.Distinct().ToList(), CultureInfo.CurrentUICulture.TwoLetterISOLanguageName);
        return (await house.Set<ZoneRecord>().AsNoTracking().Where(z => wanted.Contains(z.Id)).ToListAsync(ct)).ToDictionary(z => z.Id, z => (z.Code, z.NameIn(language)));
    }
}
