using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Persistence.Engines;

namespace VictimSupport.Foundation.Zones;

/// <summary>How the house fares: numbers, instants and types of faults, nothing of anybody.</summary>
/// <param name="Answered">How long the catalogue took to answer.</param>
/// <param name="DiskFree">Bytes left where the data folder is; null where the machine does not say.</param>
public sealed record HouseState(TimeSpan Answered, long? DiskFree, long? DiskTotal, string Engine, string Product, string Runtime, string System, IReadOnlyList<ZoneHealth> Zones);

/// <param name="Visited">When the zone's last job that ended well began; null: never yet.</param>
/// <param name="Waiting">Messages in its outbox at that visit.</param>
/// <param name="Anchored">When the end of its audit chain was last noted outside its database, and its number.</param>
/// <param name="Fault">What stopped its job since, as the name of a type.</param>
public sealed record ZoneHealth(ZoneRecord Zone, DateTimeOffset? Visited, int Waiting, DateTimeOffset? OldestDue, DateTimeOffset? Anchored, long Records, DateTimeOffset? Failed, string? Fault);

/// <summary>Reads the catalogue and the machine. No zone's database is opened for it: each zone's own job notes its numbers in the catalogue.</summary>
public sealed class HouseReport
{
    private readonly CatalogDatabase catalog;
    private readonly Engine engine;
    private readonly DataFolder folder;

    internal HouseReport(CatalogDatabase catalog, Engine engine, DataFolder folder) => (this.catalog, this.engine, this.folder) = (catalog, engine, folder);

    public async Task<HouseState> Now(CancellationToken ct)
    {
        var begun = Stopwatch.GetTimestamp();
        await using var house = catalog.Lease();
        var zones = await house.Set<ZoneRecord>().AsNoTracking().OrderBy(z => z.Code).ToListAsync(ct);
        var answered = Stopwatch.GetElapsedTime(begun);
        var visits = await house.Set<ZoneVisit>().AsNoTracking().ToDictionaryAsync(v => v.Zone, ct);
        var anchors = await house.Set<Anchor>().AsNoTracking().ToDictionaryAsync(a => a.Zone, ct);
        var (free, total) = Disk();
        return new HouseState(answered, free, total, engine.Name, Version(), RuntimeInformation.FrameworkDescription, RuntimeInformation.OSDescription, [.. zones.Select(z =>
        {
            var (visit, anchor) = (visits.GetValueOrDefault(z.Id), anchors.GetValueOrDefault(z.Id));
            return new ZoneHealth(z, visit?.DoneUpTo + ZoneVisit.Committing, visit?.Waiting ?? 0, visit?.OldestDue, anchor?.At, anchor?.Seq ?? 0, visit?.Failed, visit?.Fault);
        })]);
    }

    private (long?, long?) Disk()
    {
        try
        {
            var drive = new DriveInfo(folder.Path);
            return (drive.AvailableFreeSpace, drive.TotalSize);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return (null, null);
        }
    }

    private static string Version() => typeof(HouseReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "–";
}
