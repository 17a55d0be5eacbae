using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.OnCall.Pools;
using VictimSupport.OnCall.Rotas;
using VictimSupport.OnCall.Warnings;

namespace VictimSupport.OnCall.Swaps;

/// <summary>One's own shifts, what colleagues ask, and what one asked.</summary>
[Requires(May.TakeShifts)]
internal sealed class Mine(IMediator pipeline) : PageModel, IShowAgain
{
    public View Now { get; private set; } = null!;

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);
    public async Task ShowAgain(CancellationToken ct) => Now = await pipeline.Send(new Query(), ct);

    public async Task<IActionResult> OnPostAcceptAsync(Guid swap, CancellationToken ct)
    {
        ModelState.Clear();
        return Done(await pipeline.Send(new Accept { Swap = swap }, ct), Words.SwapAccepted);
    }

    public async Task<IActionResult> OnPostRefuseAsync(Guid swap, CancellationToken ct)
    {
        ModelState.Clear();
        return Done(await pipeline.Send(new Refuse { Swap = swap }, ct), Words.SwapRefused);
    }

    public async Task<IActionResult> OnPostWithdrawAsync(Guid swap, CancellationToken ct)
    {
        ModelState.Clear();
        return Done(await pipeline.Send(new Withdraw { Swap = swap }, ct), Words.SwapWithdrawn);
    }

    public async Task<IActionResult> OnPostSeenAsync(CancellationToken ct)
    {
        ModelState.Clear();
        await pipeline.Send(new Seen(), ct);
        return RedirectToPage();
    }

    private RedirectToPageResult Done(bool changed, string said)
    {
        TempData["Done"] = changed ? said : Words.SwapOver;
        return RedirectToPage();
    }

    internal sealed record Row(Swap Swap, string Name, Shift Shift, Shift? Return);

    /// <param name="News">What others did to one's shifts and one has not said to have seen.</param>
    internal sealed record View(IReadOnlyList<(Shift Shift, string Pool)> Shifts, IReadOnlyList<Row> OfMe, IReadOnlyList<Row> ByMe, IReadOnlyList<(ShiftNews News, string Pool)> News);

    [Requires(May.TakeShifts)]
    internal sealed record Query : ICatalogQuery<View>;

    [Requires(May.TakeShifts)]
    internal sealed record Accept : ICatalogCommand<bool>
    {
        internal Guid Swap { get; init; }
    }

    /// <summary>All that others did to one's shifts has been read.</summary>
    [Requires(May.TakeShifts)]
    internal sealed record Seen : ICatalogCommand<bool>;

    [Requires(May.TakeShifts)]
    internal sealed record Refuse : ICatalogCommand<bool>
    {
        internal Guid Swap { get; init; }
    }

    [Requires(May.TakeShifts)]
    internal sealed record Withdraw : ICatalogCommand<bool>
    {
        internal Guid Swap { get; init; }
    }

    internal sealed class QueryHandler(CatalogDbContext house, OurPools pools, Staff staff, UseCase here, Caller caller, TimeProvider clock) : IRequestHandler<Query, View>
    {
        private const int Most = 50;
        private static readonly TimeSpan Past = TimeSpan.FromDays(31);

        public async Task<View> Handle(Query query, CancellationToken ct)
        {
            var (self, now, ours) = (caller.Self, clock.GetUtcNow(), (await pools.All(ct)).ToDictionary(p => p.Id));
            var ids = ours.Keys.ToList();
            var mine = await house.Set<Shift>().AsNoTracking().Where(s => ids.Contains(s.Pool) && s.Account == self && s.Removed == null && s.End > now).OrderBy(s => s.Start).Take(Most).ToListAsync(ct);
            var since = now - Past;
            var swaps = await house.Set<Swap>().AsNoTracking().Where(s => ids.Contains(s.Pool) && (s.AskedBy == self || s.AskedOf == self) && (s.State == SwapState.Asked || s.Asked > since)).OrderByDescending(s => s.Asked).Take(Most).ToListAsync(ct);
            var about = swaps.Select(s => s.Shift).Concat(swaps.Select(s => s.Return).OfType<Guid>()).Distinct().ToList();
            var shifts = await house.Set<Shift>().AsNoTracking().Where(s => about.Contains(s.Id)).ToDictionaryAsync(s => s.Id, ct);
            var (kept, zone) = (now - ShiftNews.Kept, here.InZone.Id);
            var news = await house.Set<ShiftNews>().AsNoTracking().Where(n => n.Account == self && n.Zone == zone && n.Seen == null && n.At > kept).OrderByDescending(n => n.At).Take(Most).ToListAsync(ct);
            var names = await staff.Names(swaps.SelectMany(s => new[] { s.AskedBy, s.AskedOf }), ct);
            return new View([.. mine.Select(s => (s, ours[s.Pool].Name))],
                [.. swaps.Where(s => s.AskedOf == self).OrderBy(s => s.State).Select(s => Of(s, s.AskedBy))], [.. swaps.Where(s => s.AskedBy == self).OrderBy(s => s.State).Select(s => Of(s, s.AskedOf))],
                [.. news.Select(n => (n, ours.TryGetValue(n.Pool, out var pool) ? pool.Name : "–"))]);

            Row Of(Swap swap, Guid other) => new(swap, names(other), shifts[swap.Shift], swap.Return is { } id ? shifts[id] : null);
        }
    }

    internal sealed class Handler(CatalogDbContext house, OurPools pools, Staff staff, Book rota, OnTheBell bell, UseCase here, Foundation.Audit.Trail trail, Caller caller, TimeProvider clock)
        : IRequestHandler<Accept, bool>, IRequestHandler<Refuse, bool>, IRequestHandler<Withdraw, bool>, IRequestHandler<Seen, bool>
    {
        public async Task<bool> Handle(Accept command, CancellationToken ct)
        {
            var (pool, swap) = await Find(command.Swap, s => s.AskedOf, ct);
            if (swap.State != SwapState.Asked) return false;
            var now = clock.GetUtcNow();
            var shift = await Standing(swap.Shift, swap.AskedBy, now, ct);
            var other = swap.Return is { } id ? await Standing(id, swap.AskedOf, now, ct) : null;
            var people = await staff.Of(pool.Id, ct);
            // Whose shift it no longer is, or who no longer works there: it comes to nothing.
            if (shift is null || (swap.Return is not null && other is null) || !people.Any(p => p.Account == swap.AskedOf && p.Employer == swap.EmployerOf))
            {
                swap.Lapse(now);
                house.Add(SwapAnsweredMail.New(swap, now));
                Noted();
                return false;
            }
            Guid[] both = other is null ? [shift.Id] : [shift.Id, other.Id];
            await Free(pool, shift, swap.AskedOf, swap.EmployerOf, both, ct);
            if (other is not null) await Free(pool, other, swap.AskedBy, swap.EmployerBy, both, ct);
            swap.Accept(now);
            house.Add(SwapAnsweredMail.New(swap, now));
            shift.GoesTo(swap.AskedOf, swap.EmployerOf);
            rota.Note(pool, shift, Turn.Swapped);
            await rota.LapseSwaps(pool, shift, swap.Id, ct);
            if (other is null) return true;
            other.GoesTo(swap.AskedBy, swap.EmployerBy);
            rota.Note(pool, other, Turn.Swapped);
            await rota.LapseSwaps(pool, other, swap.Id, ct);
            return true;
        }

        public async Task<bool> Handle(Refuse command, CancellationToken ct)
        {
            var (_, swap) = await Find(command.Swap, s => s.AskedOf, ct);
            if (swap.State != SwapState.Asked) return false;
            var now = clock.GetUtcNow();
            swap.Refuse(now);
            house.Add(SwapAnsweredMail.New(swap, now));
            Noted();
            return true;
        }

        public async Task<bool> Handle(Withdraw command, CancellationToken ct)
        {
            var (_, swap) = await Find(command.Swap, s => s.AskedBy, ct);
            if (swap.State != SwapState.Asked) return false;
            swap.Withdraw(clock.GetUtcNow());
            Noted();
            return true;
        }

        public async Task<bool> Handle(Seen command, CancellationToken ct)
        {
            var (self, zone, now) = (caller.Self, here.InZone.Id, clock.GetUtcNow());
            var unseen = await house.Set<ShiftNews>().Where(n => n.Account == self && n.Zone == zone && n.Seen == null).ToListAsync(ct);
            foreach (var news in unseen) news.IsSeen(now);
            bell.Forget();
            return unseen.Count > 0;
        }

        private async Task<(Pool Pool, Swap Swap)> Find(Guid id, Func<Swap, Guid> whose, CancellationToken ct)
        {
            var swap = await house.Set<Swap>().SingleOrDefaultAsync(s => s.Id == id, ct);
            return swap is null || whose(swap) != caller.Self ? throw new RefusedException("absent", id) : (await pools.Get(swap.Pool, ct), swap);
        }

        private Task<Shift?> Standing(Guid id, Guid account, DateTimeOffset now, CancellationToken ct) => house.Set<Shift>().SingleOrDefaultAsync(s => s.Id == id && s.Account == account && s.Removed == null && s.End > now, ct);

        private async Task Free(Pool pool, Shift shift, Guid account, Guid employer, Guid[] both, CancellationToken ct)
        {
            var what = new Shift.What(shift.Rank, account, employer, shift.Start, shift.End, null);
            if (await rota.InTheWay(pool.Id, what, both, ct) is { } other) throw Book.Wrong(nameof(Accept.Swap), Words.InBothRanks(Moment.Show(other.Start), Moment.Show(other.End)));
        }

        private void Noted()
        {
            trail.Because("swap", here.InZone.Id);
            bell.Forget();
        }
    }
}
