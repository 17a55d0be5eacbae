using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Zones.Pools;

/// <summary>Which zones have agreed to accept each other's people, by the days of a Belgian calendar.</summary>
internal sealed class PoolBook(CatalogDatabase catalog, TimeProvider clock) : IKnowPools
{
    public async Task<bool> Share(Guid zone, Guid other, CancellationToken ct)
    {
        var today = Moment.Day(clock.GetUtcNow());
        await using var house = catalog.Lease();
        var members = house.Set<PoolMember>().Where(m => m.From <= today && (m.Until == null || m.Until >= today));
        return await members.AnyAsync(m => m.Zone == zone && members.Any(n => n.Pool == m.Pool && n.Zone == other), ct);
    }
}
