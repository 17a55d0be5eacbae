using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Zones.Absences;

/// <summary>Absences as of a few seconds ago at most; what is said in this process acts at once. Edges are kept to the instant: the clock is asked each time.</summary>
internal sealed class WhoIsAway(CatalogDatabase catalog, TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3);
    private readonly ConcurrentDictionary<Guid, (IReadOnlyList<Absence> Absences, long Read)> zones = new();

    /// <summary>Those whom the account replaces now; nobody while it is away itself.</summary>
    public async ValueTask<IReadOnlyList<Guid>> ReplacedBy(Guid zone, Guid account, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var away = (await In(zone, ct)).Where(a => a.Covers(now)).ToList();
        return away.Any(a => a.Account == account) ? [] : [.. away.Where(a => a.Replacement == account).Select(a => a.Account).Distinct()];
    }

    public async ValueTask<Away?> Now(Guid zone, Guid account, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var away = (await In(zone, ct)).Where(a => a.Covers(now)).ToList();
        if (away.Find(a => a.Account == account) is not { } found) return null;
        // Whoever replaces and is away too replaces nobody.
        return new Away(away.Any(a => a.Account == found.Replacement) ? null : found.Replacement, found.To);
    }

    public void ForgetAll() => zones.Clear();
    public void Forget(Guid zone) => zones.TryRemove(zone, out _);

    private async ValueTask<IReadOnlyList<Absence>> In(Guid zone, CancellationToken ct)
    {
        if (zones.TryGetValue(zone, out var entry) && clock.GetElapsedTime(entry.Read) <= Fresh) return entry.Absences;
        var now = clock.GetUtcNow();
        await using var house = catalog.Lease();
        var absences = await house.Set<Absence>().AsNoTracking().Where(a => a.Zone == zone && a.To > now).ToListAsync(ct);
        if (zones.Count > 10_000) zones.Clear();
        zones[zone] = (absences, clock.GetTimestamp());
        return absences;
    }
}
