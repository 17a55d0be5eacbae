using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Identity.Federations;

/// <summary>Where a session that began at a zone's provider may lead: to that zone, to those of its pool, and, for as long as they help in an event there and do nothing else, to one that asked for help; where a zone asks for more than one factor, only with it. The platform's own desks take nobody's word but ours.</summary>
internal sealed class HomeRule(CatalogDatabase catalog, IKnowPools pools, IKnowPlaces places)
{
    public async Task<bool> Opens(Guid account, Guid session, string place, CancellationToken ct)
    {
        await using var house = catalog.Lease();
        if (await house.Set<FederatedSession>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == session, ct) is not { } begun) return true; // here, with a passkey or two factors
        if (!Guid.TryParseExact(place, "N", out var zone)) return false;
        if (zone != begun.Zone && !await pools.Share(zone, begun.Zone, ct) && !await places.OnlyHelps(account, zone, begun.Zone, ct)) return false;
        // The rule is the zone's, not its provider's: it stays when a federation ends or its provider is struck from the list.
        var last = await house.Set<Federation>().AsNoTracking().Where(f => f.Zone == zone && f.Confirmed != null).OrderByDescending(f => f.Confirmed).FirstOrDefaultAsync(ct);
        return begun.Mfa || last?.AsksMfa != true;
    }
}

internal static class OwnFactors
{
    /// <summary>A passkey, an app, codes of one's own or another provider's word are made only by whoever signed in here: else a zone's provider could turn its word into ours.</summary>
    /// <exception cref="RefusedException">The session began at a provider.</exception>
    public static async Task SignedInHere(this CatalogDbContext house, Caller caller, CancellationToken ct)
    {
        if (await house.BeganAtProvider(caller, ct)) throw new RefusedException("provider", caller.Account);
    }

    public static Task<bool> BeganAtProvider(this CatalogDbContext house, Caller caller, CancellationToken ct) => house.Set<FederatedSession>().AnyAsync(s => s.Id == caller.Session, ct);
}
