using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.OnCall.Pools;

/// <summary>Which zones have agreed to accept each other's people, by the days of a Belgian calendar.</summary>
internal sealed class PoolBook(CatalogDatabase catalog, TimeProvider clock) : IKnowPools
{
    public async Task<bool> Share(Guid zone, Guid other, CancellationToken ct)
    {
        await using var house = catalog.Lease();
        var members = Members(house);
        return await members.AnyAsync(m => m.Zone == zone && members.Any(n => n.Pool == m.Pool && n.Zone == other), ct);
    }

    public async Task<IReadOnlyList<SharedPool>> Of(Guid zone, CancellationToken ct)
    {
        await using var house = catalog.Lease();
        var members = Members(house);
        var mine = await house.Set<Pool>().AsNoTracking().Where(p => members.Any(m => m.Pool == p.Id && m.Zone == zone)).ToListAsync(ct);
        if (mine.Count == 0) return [];
        var ids = mine.ConvertAll(p => p.Id);
        var others = await members.AsNoTracking().Where(m => ids.Contains(m.Pool) && m.Zone != zone).Join(house.Set<ZoneRecord>().Where(z => z.State == ZoneState.Active), m => m.Zone, z => z.Id, (m, z) => new { m.Pool, Zone = z }).ToListAsync(ct);
        return [.. mine.OrderBy(p => p.Name, StringComparer.CurrentCulture).Select(p => new SharedPool(p.Id, p.Name, [.. others.Where(o => o.Pool == p.Id).Select(o => o.Zone).DistinctBy(z => z.Code).OrderBy(z => z.Code, StringComparer.Ordinal)]))];
    }

    private IQueryable<PoolMember> Members(CatalogDbContext house)
    {
        var today = Moment.Day(clock.GetUtcNow());
        var pools = house.Set<Pool>().Where(p => p.From <= today && (p.Until == null || p.Until >= today));
        return house.Set<PoolMember>().Where(m => m.State == Membership.Agreed && m.From <= today && (m.Until == null || m.Until >= today) && pools.Any(p => p.Id == m.Pool));
    }
}

/// <summary>The pools of the zone in which a use case stands. A pool the zone is not in is not there: one rule for all that is asked of pools.</summary>
internal sealed class OurPools(CatalogDbContext house, UseCase here, TimeProvider clock)
{
    public DateOnly Today => Moment.Day(clock.GetUtcNow());

    /// <summary>Those the zone has agreed to and not left, by name.</summary>
    public async Task<IReadOnlyList<Pool>> All(CancellationToken ct)
    {
        var (zone, today) = (here.InZone.Id, Today);
        var mine = house.Set<PoolMember>().Where(m => m.Zone == zone && m.State == Membership.Agreed && (m.Until == null || m.Until >= today));
        return [.. (await house.Set<Pool>().AsNoTracking().Where(p => (p.Until == null || p.Until >= today) && mine.Any(m => m.Pool == p.Id)).ToListAsync(ct)).OrderBy(p => p.Name, StringComparer.CurrentCulture)];
    }

    /// <summary>To be read, or written to by this use case.</summary>
    /// <exception cref="RefusedException">It is not there, or the zone is not in it.</exception>
    public async Task<Pool> Get(Guid pool, CancellationToken ct)
    {
        var (zone, today) = (here.InZone.Id, Today);
        return await house.Set<PoolMember>().AnyAsync(m => m.Pool == pool && m.Zone == zone && m.State == Membership.Agreed && (m.Until == null || m.Until >= today), ct)
            && await house.Set<Pool>().SingleOrDefaultAsync(p => p.Id == pool, ct) is { } found ? found : throw new RefusedException("absent", pool);
    }

    /// <summary>Every zone that agreed, those that left too.</summary>
    public async Task<IReadOnlyList<PoolMember>> Members(Guid pool, CancellationToken ct) =>
        await house.Set<PoolMember>().AsNoTracking().Where(m => m.Pool == pool && m.State == Membership.Agreed).OrderBy(m => m.From).ToListAsync(ct);
}
