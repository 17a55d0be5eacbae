using Hangfire;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Foundation.Jobs;

/// <summary>Makes the databases of zones that are noted in the catalogue: after an import, or where a making broke off.</summary>
public sealed class ZoneMaking(CatalogDatabase catalog, Provisioning provisioning, TimeProvider clock, IServiceProvider services)
{
    /// <summary>Starts behind the caller's back; the sweep starts it too, within half a minute.</summary>
    public void Start() => ((IBackgroundJobClient?)services.GetService(typeof(IBackgroundJobClient)))?.Enqueue<ZoneMaking>(making => making.Run(CancellationToken.None));

    [DisableConcurrentExecution(1), AutomaticRetry(Attempts = 0)] // the sweep comes again
    public async Task Run(CancellationToken ct)
    {
        foreach (var code in await Waiting(ct)) await Make(code, ct);
    }

    /// <summary>Makes one zone; false: it is made already, or another process makes it now.</summary>
    public async Task<bool> Make(string code, CancellationToken ct)
    {
        if (await provisioning.Take(code, ct) is not { } zone) return false;
        await provisioning.Make(zone, ct);
        return true;
    }

    /// <summary>Codes of zones nobody has in hand.</summary>
    internal async Task<IReadOnlyList<string>> Waiting(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var house = catalog.Lease();
        return await house.Set<ZoneRecord>().AsNoTracking().Where(z => z.State == ZoneState.Preparing && (z.NextDue == null || z.NextDue <= now)).OrderBy(z => z.Code).Select(z => z.Code).ToListAsync(ct);
    }
}
