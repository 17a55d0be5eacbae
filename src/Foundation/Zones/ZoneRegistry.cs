using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Persistence.Engines;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Foundation.Zones;

/// <summary>The zones that are open in this process. A zone is opened at its first request: seal verified, keys unwrapped.</summary>
public sealed class ZoneRegistry : IAsyncDisposable
{
    private static readonly TimeSpan UnknownFor = TimeSpan.FromSeconds(5), ActiveFor = TimeSpan.FromSeconds(3), Leaving = TimeSpan.FromSeconds(30), Shortly = TimeSpan.FromSeconds(1), Rested = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, Lazy<Task<ZoneHandle?>>> open = new();
    private readonly ConcurrentDictionary<string, long> unknown = new(), asked = new();
    private readonly CatalogDatabase catalog;
    private readonly Engine engine;
    private readonly IHoldTheMasterKey master;
    private readonly TimeProvider clock;
    private int makingRoom, closing;

    /// <summary>So many zones are held open at once; for one more, those that have rested longest are closed. Else a country of zones would run out of files.</summary>
    internal int Most { get; set; } = Room();

    /// <summary>How many are.</summary>
    internal int Count => open.Count;

    internal bool IsOpen(string code) => open.ContainsKey(code);

    /// <summary>How many are open, or not closed yet.</summary>
    internal int Held => open.Count + Volatile.Read(ref closing);

    internal ZoneRegistry(CatalogDatabase catalog, Engine engine, IHoldTheMasterKey master, TimeProvider clock) =>
        (this.catalog, this.engine, this.master, this.clock) = (catalog, engine, master, clock);

    /// <summary>The zone with this code as people find it: null also where it is there for the figures only.</summary>
    public async ValueTask<ZoneHandle?> FindForPeople(string code) => await Find(code) is { IsForFiguresOnly: false } zone ? zone : null;

    /// <summary>The zone with this code; null where there is none, or it is not active.</summary>
    /// <exception cref="SealBrokenException">The database behind the code carries another zone's seal.</exception>
    public async ValueTask<ZoneHandle?> Find(string code)
    {
        if (open.TryGetValue(code, out var known) && known.IsValueCreated && known.Value.IsCompletedSuccessfully)
        {
            // Embedded mode is one process, and it is told; on a server another process may have suspended the zone.
            known.Value.Result?.Touch();
            if (engine.IsEmbedded || known.Value.Result is not { } here || await IsStillActive(here)) return known.Value.Result;
            LetGo(code);
            return null;
        }
        if (unknown.TryGetValue(code, out var since) && clock.GetElapsedTime(since) < UnknownFor) return null;
        if (!open.ContainsKey(code)) await RoomForOne();
        var opening = open.GetOrAdd(code, c => new(() => Open(c)));
        try
        {
            if (await opening.Value is { } handle)
            {
                if (open.Count > Most) MakeRoom();
                return handle;
            }
            if (unknown.Count > 10_000) unknown.Clear();
            unknown[code] = clock.GetTimestamp();
        }
        catch
        {
            open.TryRemove(code, out _);
            throw;
        }
        open.TryRemove(code, out _);
        return null;
    }

    /// <summary>Closes a zone to new requests at once; those that are inside may end. Call after it was suspended.</summary>
    public void LetGo(string code)
    {
        unknown.TryRemove(code, out _);
        if (open.TryRemove(code, out var handle) && handle.IsValueCreated) _ = CloseLater(handle.Value, Leaving);
    }

    /// <summary>Closes what nobody has used for so long: an idle zone holds no memory, no files and no connections. The next request opens it again.</summary>
    /// <returns>How many were closed.</returns>
    internal int LetGoOfIdle(TimeSpan since) => open.Keys.Count(code => LetGoIfIdle(code, since));

    internal bool LetGoIfIdle(string code, TimeSpan since)
    {
        if (!open.TryGetValue(code, out var handle) || Opened(handle) is not { } zone) return false;
        if (IsUsed() || !open.TryRemove(new(code, handle))) return false;
        // Somebody found it in this very moment: it stays theirs, unless another has opened it anew.
        if (IsUsed() && open.TryAdd(code, handle)) return false;
        _ = CloseLater(handle.Value, Shortly);
        return true;

        bool IsUsed() => zone.Within > 0 || zone.Idle < since;
    }

    // Where a whole country is visited in turn, zones are opened faster than they are closed: whoever comes waits, for half as many again leave no files for anything else. Not for ever: all may be in use.
    private async Task RoomForOne()
    {
        for (var waits = 0; Held >= Most + Most / 2 && waits < 200; waits++)
        {
            MakeRoom();
            await Task.Delay(50);
        }
    }

    // A sixteenth more than needed, so that not every opening has to look for the next.
    private void MakeRoom()
    {
        if (Interlocked.Exchange(ref makingRoom, 1) == 1) return;
        try
        {
            var rested = open.Select(o => (o.Key, Zone: Opened(o.Value))).Where(o => o.Zone is { Within: 0 }).Select(o => (o.Key, o.Zone!.Idle)).Where(o => o.Idle >= Rested).OrderByDescending(o => o.Idle);
            foreach (var (code, _) in rested.Take(open.Count - Most + Most / 16).ToList()) LetGoIfIdle(code, Rested);
        }
        finally
        {
            Volatile.Write(ref makingRoom, 0);
        }
    }

    private static ZoneHandle? Opened(Lazy<Task<ZoneHandle?>> handle) => handle.IsValueCreated && handle.Value.IsCompletedSuccessfully ? handle.Value.Result : null;

    // Whoever is inside may end.
    private async Task CloseLater(Task<ZoneHandle?> handle, TimeSpan leaving)
    {
        Interlocked.Increment(ref closing);
        try
        {
            await Task.Delay(leaving);
            if (await handle is not { } zone) return;
            for (var waits = 0; zone.Within > 0 && waits < 60; waits++) await Task.Delay(TimeSpan.FromSeconds(1));
            await zone.DisposeAsync();
        }
        finally
        {
            Interlocked.Decrement(ref closing);
        }
    }

    // A zone holds eight files, two to four mapped stretches and a megabyte; half of what the machine gives is for everything else.
    private static int Room()
    {
        var maps = File.Exists("/proc/sys/vm/max_map_count") && long.TryParse(File.ReadAllText("/proc/sys/vm/max_map_count").Trim(), out var stretches) ? stretches : long.MaxValue;
        var limit = File.Exists("/proc/self/limits") && File.ReadLines("/proc/self/limits").FirstOrDefault(l => l.StartsWith("Max open files", StringComparison.Ordinal)) is { } line && long.TryParse(line[26..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], out var files) ? files : long.MaxValue;
        return (int)Math.Clamp(Math.Min(Math.Min(limit / 16, maps / 8), GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (4 << 20)), 50, 100_000);
    }

    private async ValueTask<bool> IsStillActive(ZoneHandle zone)
    {
        if (asked.TryGetValue(zone.Code, out var last) && clock.GetElapsedTime(last) < ActiveFor) return true;
        asked[zone.Code] = clock.GetTimestamp();
        await using var house = catalog.Lease();
        return await house.Set<ZoneRecord>().AsNoTracking().AnyAsync(z => z.Id == zone.Id && (z.State == ZoneState.Active || z.State == ZoneState.FiguresOnly));
    }

    /// <summary>Evicts a zone: the next request opens it afresh. Call after its record changed.</summary>
    public async Task Forget(string code)
    {
        unknown.TryRemove(code, out _);
        if (open.TryRemove(code, out var handle) && handle.IsValueCreated && await handle.Value is { } zone) await zone.DisposeAsync();
    }

    private async Task<ZoneHandle?> Open(string code)
    {
        await using var house = catalog.Lease();
        var record = await house.Set<ZoneRecord>().AsNoTracking().SingleOrDefaultAsync(z => z.Code == code);
        if (record is not { State: ZoneState.Active or ZoneState.FiguresOnly }) return null;
        var placement = PlacementOf(record);
        ZoneKeys? keys = null;
        var database = engine.OpenZone(placement, new(() => new Chain(keys!.ChainKey)));
        try
        {
            // Asked over the connection that the zone is used by.
            await using var zone = database.Lease();
            if (await zone.Set<Seal>().AsNoTracking().SingleOrDefaultAsync() is not { } seal || seal.Zone != record.Id)
                throw new SealBrokenException($"The database behind zone {code} does not carry that zone's seal.");
            keys = KeysOf(record, placement);
            return new ZoneHandle(record, keys, new ZoneDatabase(database));
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    internal Placement PlacementOf(ZoneRecord record) => Placements.Open(record, master) ?? engine.DefaultPlacement(record.Code)
        ?? throw new StartRefusedException($"Zone {record.Code} has no place in the catalogue.");

    internal ZoneKeys KeysOf(ZoneRecord record, Placement placement) => new(record.Id, () => Reload(record), engine.KeysOf(placement));

    private IReadOnlyList<ZoneKey> Reload(ZoneRecord record)
    {
        using var house = catalog.Lease();
        return Placements.KeysOf(house, record.Id, master);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var code in open.Keys) await Forget(code);
    }
}

/// <summary>What the catalogue holds of a zone under the master key: its key and its connection strings.</summary>
internal static class Placements
{
    private static readonly Guid MasterId = new("00000000-0000-0000-0000-00000000aaaa");

    public static Placement? Open(ZoneRecord zone, IHoldTheMasterKey master) => zone.Placement is null ? null
        : System.Text.Json.JsonSerializer.Deserialize<Placement>(Box.Open(zone.Placement, master.Key, Place("placement", zone.Id)));

    public static void Put(ZoneRecord zone, Placement placement, IHoldTheMasterKey master) =>
        zone.Placement = Box.Seal(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(placement), master.Key, MasterId, Place("placement", zone.Id));

    public static ZoneKey Open(ZoneKeyRecord key, IHoldTheMasterKey master) => new(key.Version, Box.Open(key.Wrapped, master.Key, Place("zone key", key.Zone)));

    public static ZoneKeyRecord Wrap(Guid zone, ZoneKey key, IHoldTheMasterKey master) =>
        new() { Zone = zone, Version = key.Version, Wrapped = Box.Seal(key.Key, master.Key, MasterId, Place("zone key", zone)) };

    /// <summary>A zone's keys as the catalogue has them, the current one first.</summary>
    public static IReadOnlyList<ZoneKey> KeysOf(CatalogDbContext house, Guid zone, IHoldTheMasterKey master)
    {
        var current = house.Set<ZoneRecord>().AsNoTracking().Where(z => z.Id == zone).Select(z => z.KeyVersion).Single();
        return [.. house.Set<ZoneKeyRecord>().AsNoTracking().Where(k => k.Zone == zone).AsEnumerable().Select(k => Open(k, master)).OrderByDescending(k => k.Version == current)];
    }

    private static byte[] Place(string what, Guid zone) => [.. System.Text.Encoding.ASCII.GetBytes(what), .. zone.ToByteArray()];
}
