using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Accounts;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Identity.Sessions;

/// <summary>Sessions as this process last saw them. What it knows is a few seconds old at most; what ends here acts at once.</summary>
internal sealed class SessionBook(CatalogDatabase catalog, SessionLimits limits, TimeProvider clock) : ISessions
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3), Settled = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<Guid, (Session Session, long Read)> known = new();

    // Noted once a minute at most.
    private readonly TimeSpan coarse = limits.Idle / 30;

    // Accounts whose sessions somebody is ending: until that is committed, what is read here is not kept.
    private readonly ConcurrentDictionary<Guid, long> changing = new();

    public async ValueTask<LivingSession?> Of(Guid session, bool quiet, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (!known.TryGetValue(session, out var entry) || clock.GetElapsedTime(entry.Read) > Fresh)
        {
            await using var house = catalog.Lease();
            if (await house.Set<Session>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == session, ct) is not { } row) return null;
            entry = (row, clock.GetTimestamp());
            if (known.Count > 10_000) known.Clear();
            if (!IsChanging(row.Account)) known[session] = entry;
        }
        if (!entry.Session.IsAlive(now, limits)) return null;
        if (!quiet && now - entry.Session.LastSeen > coarse) await Seen(entry.Session, now, ct);
        var ends = entry.Session.Ends(limits);
        return new LivingSession(entry.Session.Account, entry.Session.LastFactor, ends, ends == entry.Session.Created + limits.Absolute);
    }

    /// <summary>Begins a session in place of the one this browser had: nobody can plant an identifier that is good after the sign-in.</summary>
    public async Task<Session> Begin(CatalogDbContext house, Account account, string factor, string device, Caller caller, DateTimeOffset now, CancellationToken ct, bool shown = true)
    {
        if (caller.Session is { } old && await house.Set<Session>().SingleOrDefaultAsync(s => s.Id == old, ct) is { } earlier)
        {
            earlier.End(now);
            ForgetAllOf(earlier.Account);
        }
        account.SignedIn(now);
        var session = Session.Begin(account.Id, factor, now, device, shown);
        house.Add(session);
        return session;
    }

    public async Task<int> AliveOf(Guid account, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var house = catalog.Lease();
        return (await house.Set<Session>().AsNoTracking().Where(s => s.Account == account && s.Ended == null).ToListAsync(ct)).Count(s => s.IsAlive(now, limits));
    }

    public async Task<int> EndSessions(CatalogDbContext house, Guid account, DateTimeOffset now, CancellationToken ct)
    {
        var alive = await house.Set<Session>().Where(s => s.Account == account && s.Ended == null).ToListAsync(ct);
        foreach (var session in alive) session.End(now);
        ForgetAllOf(account);
        return alive.Count(s => s.WasAlive(now, limits));
    }

    public void Forget(Guid session) => known.TryRemove(session, out _);

    /// <summary>Something about the account's sessions is being written: for some seconds each request asks the row.</summary>
    public void ForgetAllOf(Guid account)
    {
        changing[account] = clock.GetTimestamp();
        foreach (var (id, entry) in known)
        {
            if (entry.Session.Account == account) known.TryRemove(id, out _);
        }
    }

    private bool IsChanging(Guid account)
    {
        if (!changing.TryGetValue(account, out var since)) return false;
        if (clock.GetElapsedTime(since) <= Settled) return true;
        changing.TryRemove(account, out _);
        return false;
    }

    private async Task Seen(Session session, DateTimeOffset now, CancellationToken ct)
    {
        session.LastSeen = now;
        await catalog.Seen(async house =>
        {
            if (await house.Set<Session>().SingleOrDefaultAsync(s => s.Id == session.Id, ct) is { Ended: null } row) row.LastSeen = now;
        }, ct);
    }
}
