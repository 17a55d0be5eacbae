using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Foundation.Parcels;

/// <summary>Sends parcels to other zones. Of the receiving zone it uses the key in the catalogue alone: its database is neither opened nor asked.</summary>
public sealed class Post(ZoneDbContext zone, UseCase here, CatalogDatabase catalog, IHoldTheMasterKey master, TimeProvider clock)
{
    internal const string OutboxKind = "parcel";

    /// <summary>Seals it for the other zone and puts it into the outbox, inside this command's transaction.</summary>
    /// <param name="to">Code of an active zone that is not this one.</param>
    /// <param name="thread">What it belongs to: an id that both zones use.</param>
    /// <param name="content">What JSON can carry.</param>
    /// <exception cref="NoSuchZoneException">There is no such zone, it is this one, or it is not active and nothing of this thread came or went before.</exception>
    public async Task<Guid> Send<T>(string to, string kind, Guid thread, T content, CancellationToken ct) where T : class
    {
        await using var house = catalog.Lease();
        if (to == here.InZone.Code || await house.Set<ZoneRecord>().AsNoTracking().SingleOrDefaultAsync(z => z.Code == to, ct) is not { } other) throw new NoSuchZoneException();
        // What was begun can be ended though the other zone rests: it gets the word when it is back.
        if (other.State != ZoneState.Active && !await zone.Set<Parcel>().AnyAsync(p => p.Thread == thread, ct) && !await zone.Set<Arrival>().AnyAsync(a => a.Thread == thread, ct)) throw new NoSuchZoneException();
        var number = 1 + Math.Max(await zone.Set<Parcel>().Where(p => p.Thread == thread).MaxAsync(p => (int?)p.Number, ct) ?? 0, zone.Set<Parcel>().Local.Where(p => p.Thread == thread).Select(p => p.Number).DefaultIfEmpty().Max());
        var now = clock.GetUtcNow();
        var parcel = Parcel.Seal(here.InZone.Id, other.Id, other.Code, Placements.KeysOf(house, other.Id, master)[0], kind, thread, number, content, now);
        zone.Add(parcel);
        zone.Add(OutboxMessage.New($"parcel {parcel.Id}", OutboxKind, parcel.Id, null, now));
        return parcel.Id;
    }
}

/// <summary>A parcel cannot be sent there: no zone has the code, or it takes part no more.</summary>
public sealed class NoSuchZoneException() : Exception("There is no such zone to send a parcel to.");
