using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.OnCall.Pools;
using VictimSupport.OnCall.Rotas;
using VictimSupport.OnCall.Swaps;

namespace VictimSupport.OnCall.Warnings;

/// <summary>What waits in the pools of a zone and who is on duty there, as of some seconds ago: every page asks.</summary>
internal sealed class OnTheBell(CatalogDatabase catalog, TimeProvider clock) : IKnowDuty
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(20);
    private readonly ConcurrentDictionary<Guid, (Waits Waits, long Read)> known = new();

    /// <param name="Asked">Whom somebody asks to swap, an entry for each request.</param>
    /// <param name="Gaps">Stretches without anybody on duty, in the days that are warned of.</param>
    /// <param name="Pools">Pools the zone was asked into and has not answered.</param>
    /// <param name="Told">Whose shifts somebody else has written, an entry for each they have not seen.</param>
    /// <param name="Duties">Who is on duty, pool by pool.</param>
    internal sealed record Waits(IReadOnlyList<Guid> Asked, int Gaps, int Pools, IReadOnlyList<Guid> Told, IReadOnlyList<DutyNow> Duties);

    public async ValueTask<IReadOnlyList<DutyNow>> Now(Guid zone, CancellationToken ct) => (await Of(zone, ct)).Duties;

    public async ValueTask<Waits> Of(Guid zone, CancellationToken ct)
    {
        if (known.TryGetValue(zone, out var entry) && clock.GetElapsedTime(entry.Read) <= Fresh) return entry.Waits;
        await using var house = catalog.Lease();
        var now = clock.GetUtcNow();
        var kept = now - ShiftNews.Kept;
        var today = Design.Html.Moment.Day(now);
        var asked = await house.Set<PoolMember>().Join(house.Set<Pool>(), m => m.Pool, p => p.Id, (m, p) => new { Member = m, p.Until }).CountAsync(x => x.Member.Zone == zone && x.Member.State == Membership.Asked && (x.Until == null || x.Until >= today), ct);
        var pools = await Gaps.PoolsOf(house, zone, today, ct);
        var ids = pools.Select(p => p.Id).ToList();
        var gaps = await Gaps.Of(house, pools, now, ct);
        var waits = new Waits(ids.Count == 0 ? [] : await house.Set<Swap>().Where(s => ids.Contains(s.Pool) && s.State == SwapState.Asked).Select(s => s.AskedOf).ToListAsync(ct), gaps.Count, asked,
            await house.Set<ShiftNews>().Where(n => n.Zone == zone && n.Seen == null && n.At > kept).Select(n => n.Account).ToListAsync(ct), await Duties(house, pools, gaps, now, ct));
        if (known.Count > 10_000) known.Clear();
        known[zone] = (waits, clock.GetTimestamp());
        return waits;
    }

    // Nobody is said only where somebody ought to be: in office hours a pool may need none.
    private static async Task<IReadOnlyList<DutyNow>> Duties(CatalogDbContext house, IReadOnlyList<Pool> pools, IReadOnlyList<(Pool Pool, Span Gap)> gaps, DateTimeOffset now, CancellationToken ct)
    {
        var running = pools.Where(p => p.Begins <= now && now < p.Ends).OrderBy(p => p.Name, StringComparer.Ordinal).ToList();
        var ids = running.ConvertAll(p => p.Id);
        if (ids.Count == 0) return [];
        var shifts = await house.Set<Shift>().AsNoTracking().Where(s => ids.Contains(s.Pool) && s.Removed == null && s.Rank == Rank.Duty && s.Start <= now && s.End > now).OrderBy(s => s.Start).ToListAsync(ct);
        return [.. running.Select(p => (Pool: p, Shift: shifts.Find(s => s.Pool == p.Id))).Where(d => d.Shift is not null || gaps.Any(g => g.Pool.Id == d.Pool.Id && g.Gap.Start <= now)).Select(d => new DutyNow(d.Pool.Name, d.Shift?.Account, d.Shift?.End))];
    }

    /// <summary>Something of it was written here.</summary>
    public void Forget() => known.Clear();
}

/// <summary>On the bell: requests to swap, and shifts that others wrote, for whoever takes shifts, gaps for whoever keeps the rota, pools for whoever agrees to them.</summary>
internal sealed class Bell(OnTheBell bell, WhereAndWho who) : IRing
{
    public bool KeepsItsFigure => true;

    public async ValueTask<IReadOnlyList<RingLine>> Lines(CancellationToken ct)
    {
        var (caller, lines) = (who.Caller, new List<RingLine>());
        if (who.Zone is not { } zone || caller.Account is not { } self || !(caller.May(May.TakeShifts) || caller.May(May.KeepRota) || caller.May(May.KeepPools))) return lines;
        var waits = await bell.Of(zone.Id, ct);
        if (caller.May(May.TakeShifts)) lines.Add(new RingLine(Words.RingSwaps, "/on-call/swaps", waits.Asked.Count(a => a == self)));
        if (caller.May(May.TakeShifts)) lines.Add(new RingLine(Words.RingShifts, "/on-call/swaps", waits.Told.Count(a => a == self)));
        if (caller.May(May.KeepRota)) lines.Add(new RingLine(Words.RingGaps, "/on-call", waits.Gaps));
        if (caller.May(May.KeepPools)) lines.Add(new RingLine(Words.RingPools, "/admin/pools", waits.Pools));
        return lines;
    }
}
