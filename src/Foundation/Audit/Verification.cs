using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Foundation.Audit;

/// <summary>What a check of a chain found.</summary>
/// <param name="Rows">Records read.</param>
/// <param name="Fault">null: the chain is whole; else what is wrong, naming the record.</param>
/// <param name="Unproved">From when on a cut tail could not be proved: after the last anchor.</param>
public sealed record ChainReport(string Name, long Rows, string? Fault, DateTimeOffset? Unproved);

/// <summary>Reads a chain from its start and recomputes every keyed hash.</summary>
public sealed class Verification
{
    private readonly ZoneRegistry zones;
    private readonly CatalogDatabase catalog;
    private readonly TimeProvider clock;

    public Verification(ZoneRegistry zones, CatalogDatabase catalog, TimeProvider clock) => (this.zones, this.catalog, this.clock) = (zones, catalog, clock);

    /// <exception cref="StartRefusedException">There is no such zone.</exception>
    public async Task<ChainReport> Zone(string code, CancellationToken ct)
    {
        var zone = await zones.Find(code) ?? throw new StartRefusedException($"There is no active zone {code}.");
        await using var house = catalog.Lease();
        var anchor = await house.Set<Anchor>().AsNoTracking().SingleOrDefaultAsync(a => a.Zone == zone.Id, ct);
        await using var context = zone.Database.Lease(new Keyring(zone.Keys));
        return await Check(code, new Chain(zone.Keys.ChainKey), context, anchor, ct);
    }

    public async Task<ChainReport> Catalogue(CancellationToken ct)
    {
        await using var house = catalog.Lease();
        return await Check("catalogue", catalog.Chain, house, null, ct);
    }

    /// <summary>Notes where a zone's chain ends, outside its database. A head before the noted one is left alone: it is a fault for the verification to find.</summary>
    public Task Anchor(string code, CancellationToken ct) => Anchor(code, _ => { }, null, ct);

    /// <summary>The same, and in the same transaction how the visit of the zone went and when something is due there next.</summary>
    internal async Task Anchor(string code, Action<Jobs.ZoneVisit> note, DateTimeOffset? next, CancellationToken ct)
    {
        if (await zones.Find(code) is not { } zone) return;
        var head = await zone.Database.Head(ct);
        // Not under the zone's id: what the machinery notes every few seconds would drown the events that people look for there.
        await catalog.WriteAsPlatform("Foundation.AnchorAudit", null, async c =>
        {
            // Two jobs of one zone take turns at its row: the later head wins, whoever writes last.
            note(await Jobs.ZoneVisit.Of(c, zone.Id, ct));
            if (next is { } due) Jobs.NextDue.Lower(await c.Set<ZoneRecord>().SingleAsync(z => z.Id == zone.Id, ct), due);
            var anchor = await c.Set<Anchor>().SingleOrDefaultAsync(a => a.Zone == zone.Id, ct);
            if (anchor is null) c.Add(new Anchor { Zone = zone.Id, Seq = head.Seq, Mac = head.Mac, At = clock.GetUtcNow() });
            else if (head.Seq > anchor.Seq) (anchor.Seq, anchor.Mac, anchor.At) = (head.Seq, head.Mac, clock.GetUtcNow());
            return true;
        }, ct);
    }

    internal static async Task<ChainReport> Check(string name, Chain chain, DbContext context, Anchor? anchor, CancellationToken ct)
    {
        var before = await Noted(context, ct);
        var (head, rows, fault) = (AuditHead.Start, 0L, (string?)null);
        using var hasher = chain.Many();
        await using (var reading = ChainReading.Begin(context, ct))
        {
            await foreach (var some in reading.Batches(ct))
            {
                foreach (var entry in some)
                {
                    rows++;
                    fault = FaultIn(entry);
                    if (fault is not null) return Report();
                    head = new AuditHead(entry.Seq, entry.Mac);
                }
            }
        }
        if (anchor is not null && head.Seq < anchor.Seq) fault = $"records {head.Seq + 1} to {anchor.Seq} were cut off: {anchor.Seq} was anchored at {anchor.At:u}";
        // A server's chain may grow while it is read: its end lies between what its head said before and says now.
        else if (head.Seq < before) fault = $"the chain ends at record {head.Seq}, its head says {before}";
        else if (await Noted(context, ct) is > 0 and var after && after < head.Seq) fault = $"the chain ends at record {head.Seq}, its head says {after}";
        return Report();

        ChainReport Report() => new(name, rows, fault, anchor?.At);

        string? FaultIn(AuditEntry entry)
        {
            if (entry.Seq != head.Seq + 1) return $"record {head.Seq + 1} is missing: {entry.Seq} follows {head.Seq}";
            if (!hasher.Fits(entry, head.Mac)) return $"record {entry.Seq} is not what was written there: changed, inserted or moved";
            if (anchor?.Seq == entry.Seq && !CryptographicOperations.FixedTimeEquals(anchor.Mac, entry.Mac)) return $"record {entry.Seq} differs from the one anchored outside this database";
            return null;
        }
    }

    private static Task<long> Noted(DbContext context, CancellationToken ct) => context.Set<AuditHeadRow>().AsNoTracking().Select(h => h.Seq).SingleOrDefaultAsync(ct);
}
