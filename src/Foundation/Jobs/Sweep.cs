using System.Collections.Concurrent;
using Hangfire;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Foundation.Jobs;

/// <summary>A zone to visit now.</summary>
/// <param name="IsWhole">For all that there may be to do, not only for what is noted as due.</param>
internal readonly record struct ToVisit(string Code, bool IsWhole);

/// <summary>Every 20 s: asks the catalogue which zones have something due and starts one job for each. At start and once an hour it visits every zone whole.</summary>
public sealed class Sweep(CatalogDatabase catalog, ZoneMaking making, ZoneRegistry registry, TimeProvider clock, IServiceProvider services)
{
    internal static readonly TimeSpan FullRound = TimeSpan.FromHours(1);
    private const int RoundInOneGo = 500; // what falls due meanwhile does not wait behind the whole country
    private static readonly TimeSpan Stuck = TimeSpan.FromMinutes(10);
    private readonly ConcurrentDictionary<string, Started> running = new();
    private readonly HashSet<string> round = new(StringComparer.Ordinal); // still to be visited whole in this round
    private DateTimeOffset lastFull = DateTimeOffset.MinValue;

    [DisableConcurrentExecution(60)]
    public async Task Run(CancellationToken ct)
    {
        var jobs = (IBackgroundJobClient)services.GetService(typeof(IBackgroundJobClient))!;
        foreach (var (code, isWhole) in await Due(ct))
        {
            if (isWhole) jobs.Enqueue<ZoneJob>(job => job.Run(code, CancellationToken.None));
            else jobs.Enqueue<ZoneJob>(job => job.RunDue(code, CancellationToken.None));
        }
        if ((await making.Waiting(ct)).Count > 0) making.Start();
        if (await HouseIsDue(ct)) jobs.Enqueue<HouseJob>(job => job.Run(CancellationToken.None));
    }

    /// <summary>The zones to visit now; one that is being visited already is left alone, and is still owed its whole visit.</summary>
    internal async Task<IReadOnlyList<ToVisit>> Due(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var isRound = now - lastFull >= FullRound;
        var all = isRound || round.Count > 0;
        await using var house = catalog.Lease();
        var zones = await house.Set<ZoneRecord>().AsNoTracking().Where(z => z.State == ZoneState.Active && (all || z.NextDue <= now))
            .LeftJoin(house.Set<ZoneVisit>(), z => z.Id, v => v.Zone, (z, v) => new { z.Code, z.NextDue, IsDue = z.NextDue <= now, DoneUpTo = v == null ? null : v.DoneUpTo, Failed = v == null ? null : v.Failed }).ToListAsync(ct);
        if (isRound)
        {
            lastFull = now;
            round.Clear();
            round.UnionWith(zones.Select(z => z.Code));
        }
        // Of what is due at one instant, zones that are open first: else each that is opened closes one whose turn would come, and a country is opened anew.
        zones = [.. zones.OrderBy(z => z.NextDue).ThenBy(z => !registry.IsOpen(z.Code))];
        return [.. zones.Where(z => z.IsDue).Concat(zones.Where(z => !z.IsDue && round.Contains(z.Code)).Take(RoundInOneGo)).Where(z => Start(z.Code, new Started(now, z.DoneUpTo, z.Failed))).Select(z => new ToVisit(z.Code, round.Remove(z.Code)))];
    }

    private async Task<bool> HouseIsDue(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var house = catalog.Lease();
        return await house.Set<OutboxMessage>().AnyAsync(m => m.Delivered == null && m.NotBefore <= now, ct);
    }

    internal void Finished(string code) => running.TryRemove(code, out _);

    private bool Start(string code, Started now)
    {
        if (running.TryGetValue(code, out var before) && !before.EndedElsewhere(now) && now.At - before.At < Stuck) return false;
        running[code] = now;
        return true;
    }

    /// <summary>A visit that was given to whichever process takes it up, and what the catalogue said of the zone's last one then.</summary>
    private sealed record Started(DateTimeOffset At, DateTimeOffset? DoneUpTo, DateTimeOffset? Failed)
    {
        /// <summary>Another process did it: here nobody said that it is finished.</summary>
        public bool EndedElsewhere(Started now) => (DoneUpTo, Failed) != (now.DoneUpTo, now.Failed);
    }
}
