using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Identity.Sessions;

/// <summary>Sessions as this process last saw them. What it knows is a few seconds old at most; what ends here acts at once.</summary>
internal sealed class SessionBook(CatalogDatabase catalog, TimeProvider clock) : ISessions
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3), Coarse = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<Guid, (Session Session, long Read)> known = new();

    public async ValueTask<Guid?> AccountOf(Guid session, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (!known.TryGetValue(session, out var entry) || clock.GetElapsedTime(entry.Read) > Fresh)
        {
            await using var house = catalog.Lease();
            if (await house.Set<Session>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == session, ct) is not { } row) return null;
            if (known.Count > 10_000) known.Clear();
            known[session] = entry = (row, clock.GetTimestamp());
        }
        if (!entry.Session.IsAlive(now)) return null;
        if (now - entry.Session.LastSeen > Coarse) await Seen(entry.Session, now, ct);
        return entry.Session.Account;
    }

    public void Forget(Guid session) => known.TryRemove(session, out _);

    private async Task Seen(Session session, DateTimeOffset now, CancellationToken ct)
    {
        session.LastSeen = now;
        await catalog.Seen(async house =>
        {
            if (await house.Set<Session>().SingleOrDefaultAsync(s => s.Id == session.Id, ct) is { Ended: null } row) row.LastSeen = now;
        }, ct);
    }
}
