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
    public async Task Anchor(string code, CancellationToken ct)
    {
        if (await zones.Find(code) is not { } zone) return;
        var head = await zone.Database.Head(ct);
        await catalog.WriteAsPlatform("Foundation.AnchorAudit", zone.Id, async c =>
        {
            // Two jobs of one zone take turns at its row: the later head wins, whoever writes last.
            await c.Set<ZoneRecord>().Where(z => z.Id == zone.Id).ExecuteUpdateAsync(set => set.SetProperty(z => z.NextDue, z => z.NextDue), ct);
            var anchor = await c.Set<Anchor>().SingleOrDefaultAsync(a => a.Zone == zone.Id, ct);
            if (anchor is null) c.Add(new Anchor { Zone = zone.Id, Seq = head.Seq, Mac = head.Mac, At = clock.GetUtcNow() });
            else if (head.Seq > anchor.Seq) (anchor.Seq, anchor.Mac, anchor.At) = (head.Seq, head.Mac, clock.GetUtcNow());
            return true;
        }, ct);
    }

    internal static async Task<ChainReport> Check(string name, Chain chain, DbContext context, Anchor? anchor, CancellationToken ct)
    {
        var (head, rows) = (AuditHead.Start, 0L);
        await foreach (var row in context.Set<AuditRow>().AsNoTracking().OrderBy(r => r.Seq).AsAsyncEnumerable().WithCancellation(ct))
        {
            rows++;
            var entry = row.ToEntry();
            if (entry.Seq != head.Seq + 1) return Fault($"record {head.Seq + 1} is missing: {entry.Seq} follows {head.Seq}");
            if (!CryptographicOperations.FixedTimeEquals(chain.Mac(entry.Seq, head.Mac, entry.Record), entry.Mac))
                return Fault($"record {entry.Seq} is not what was written there: changed, inserted or moved");
            head = new AuditHead(entry.Seq, entry.Mac);
            if (anchor?.Seq == entry.Seq && !CryptographicOperations.FixedTimeEquals(anchor.Mac, entry.Mac)) return Fault($"record {entry.Seq} differs from the one anchored outside this database");
        }
        if (anchor is not null && head.Seq < anchor.Seq) return Fault($"records {head.Seq + 1} to {anchor.Seq} were cut off: {anchor.Seq} was anchored at {anchor.At:u}");
        if (await context.Set<AuditHeadRow>().AsNoTracking().SingleOrDefaultAsync(ct) is { Seq: > 0 } noted && noted.Seq != head.Seq)
            return Fault($"the chain ends at record {head.Seq}, its head says {noted.Seq}");
        return new ChainReport(name, rows, null, anchor?.At);

        ChainReport Fault(string what) => new(name, rows, what, anchor?.At);
    }
}
