using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Zones.Operator;

/// <summary>Zones from a file, for the command line and the operator's page: all noted in one transaction, then made one by one.</summary>
internal sealed class ImportZones(CatalogDatabase catalog, Provisioning provisioning, ZoneRegistry registry, ZoneMaking making) : IImportZones
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    public async Task<ZoneImport> Check(byte[] file, CancellationToken ct)
    {
        var (zones, faults) = ZoneFile.Read(file);
        await using var house = catalog.Lease();
        var known = (await house.Set<ZoneRecord>().AsNoTracking().ToListAsync(ct)).ToDictionary(z => z.Code, StringComparer.Ordinal);
        return new ZoneImport([.. zones.Select(z => new ZoneLine(z, !known.TryGetValue(z.Code, out var there) ? ZoneFate.New : there.Facts.Says(z) ? ZoneFate.Unchanged : ZoneFate.Changed))], faults);
    }

    public Task<int> Note(IReadOnlyList<ZoneFacts> zones, CancellationToken ct) => catalog.WriteAsPlatform("Zones.ImportZones", null, house => NoteIn(house, zones, ct), ct);

    internal async Task<int> NoteIn(CatalogDbContext house, IReadOnlyList<ZoneFacts> zones, CancellationToken ct)
    {
        var known = (await house.Set<ZoneRecord>().ToListAsync(ct)).ToDictionary(z => z.Code, StringComparer.Ordinal);
        var written = 0;
        foreach (var zone in zones)
        {
            if (!known.TryGetValue(zone.Code, out var there)) provisioning.Note(house, zone);
            else if (!there.Facts.Says(zone)) there.Take(zone);
            else continue;
            written++;
        }
        return written;
    }

    public async IAsyncEnumerable<string> Make(IReadOnlyList<ZoneFacts> zones, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var zone in zones)
        {
            // Where a portal runs on the same server it makes some of them at the same time.
            while (!await making.Make(zone.Code, ct) && await IsWaiting(zone.Code, ct)) await Task.Delay(Look, ct);
            await registry.Forget(zone.Code);
            yield return zone.Code;
        }
    }

    public void MakeBehind() => making.Start();

    private async Task<bool> IsWaiting(string code, CancellationToken ct)
    {
        await using var house = catalog.Lease();
        return await house.Set<ZoneRecord>().AnyAsync(z => z.Code == code && z.State == ZoneState.Preparing, ct);
    }
}
