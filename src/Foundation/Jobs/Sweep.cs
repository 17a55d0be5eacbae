using System.Collections.Concurrent;
using Hangfire;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Foundation.Jobs;

/// <summary>Every 20 s: asks the catalogue which zones have something due and starts one job for each. At start and once an hour it visits every zone.</summary>
public sealed class Sweep(CatalogDatabase catalog, ZoneMaking making, TimeProvider clock, IServiceProvider services)
{
    private static readonly TimeSpan FullRound = TimeSpan.FromHours(1), Stuck = TimeSpan.FromMinutes(10);
    private readonly ConcurrentDictionary<string, DateTimeOffset> running = new();
    private DateTimeOffset lastFull = DateTimeOffset.MinValue;

    [DisableConcurrentExecution(60)]
    public async Task Run(CancellationToken ct)
    {
        var jobs = (IBackgroundJobClient)services.GetService(typeof(IBackgroundJobClient))!;
        foreach (var code in await Due(ct)) jobs.Enqueue<ZoneJob>(job => job.Run(code, CancellationToken.None));
        if ((await making.Waiting(ct)).Count > 0) making.Start();
        if (await HouseIsDue(ct)) jobs.Enqueue<HouseJob>(job => job.Run(CancellationToken.None));
    }

    /// <summary>Codes of the zones to visit now; one that is being visited already is left alone.</summary>
    internal async Task<IReadOnlyList<string>> Due(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var all = now - lastFull >= FullRound;
        await using var house = catalog.Lease();
        var codes = await house.Set<ZoneRecord>().AsNoTracking().Where(z => z.State == ZoneState.Active && (all || z.NextDue <= now)).OrderBy(z => z.NextDue).Select(z => z.Code).ToListAsync(ct);
        if (all) lastFull = now;
        return [.. codes.Where(code => Start(code, now))];
    }

    private async Task<bool> HouseIsDue(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var house = catalog.Lease();
        return await house.Set<OutboxMessage>().AnyAsync(m => m.Delivered == null && m.NotBefore <= now, ct);
    }

    internal void Finished(string code) => running.TryRemove(code, out _);

    private bool Start(string code, DateTimeOffset now)
    {
        if (running.TryGetValue(code, out var since) && now - since < Stuck) return false;
        running[code] = now;
        return true;
    }
}
