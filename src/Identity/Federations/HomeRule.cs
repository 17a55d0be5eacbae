using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Identity.Federations;

/// <summary>Where a session that began at a zone's provider may lead: to that zone, and to those of its pool; where a zone asks for more than one factor, only with it. The platform's own desks take nobody's word but ours.</summary>
internal sealed class HomeRule(CatalogDatabase catalog, IKnowPools pools)
{
    public async Task<bool> Opens(Guid session, string place, CancellationToken ct)
    {
        await using var house = catalog.Lease();
        if (await house.Set<FederatedSession>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == session, ct) is not { } begun) return true; // here, with a passkey or two factors
        if (!Guid.TryParseExact(place, "N", out var zone)) return false;
        if (zone != begun.Zone && !await pools.Share(zone, begun.Zone, ct)) return false;
        return begun.Mfa || !await house.Federations().AnyAsync(f => f.Zone == zone && f.AsksMfa, ct);
    }
}
