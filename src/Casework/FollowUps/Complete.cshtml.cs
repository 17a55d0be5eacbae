using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Referrals;
using VictimSupport.Casework.Worklist;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.FollowUps;

/// <summary>Marks a next act as done, takes that back for ten minutes, with what came of it, or puts it to the next day at the same hour. Pressed twice, or when a colleague was quicker, it is done once.</summary>
[Requires(May.ChangeDossiers)]
internal sealed class Complete(IMediator pipeline, WhereAndWho who, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid Act { get; set; }

    public IActionResult OnGet() => RedirectToPage("/Casework/Worklist/Mine");

    public async Task<IActionResult> OnPostAsync(string? back, CancellationToken ct)
    {
        var dossier = await pipeline.Send(new Command(Act), ct);
        TempData["Done"] = Words.Noted;
        if (back == "dossier") return RedirectToPage("/Casework/Dossiers/Show", new { dossier });
        // On the timeline it can be taken back too; on the list the row is gone, and with it the way there.
        TempData.Offer(new(Act, IsAct: true), who.Caller.Self, clock.GetUtcNow());
        return this.BackToList();
    }

    /// <param name="was">When it was due as the page said, in ticks of UTC.</param>
    public async Task<IActionResult> OnPostPostponeAsync(long was, CancellationToken ct)
    {
        // Nothing is planned so far ahead: no page said so, and a day after the last there is none.
        if (was < 0 || was > clock.GetUtcNow().AddYears(10).UtcTicks) return BadRequest();
        var due = new DateTimeOffset(was, TimeSpan.Zero);
        var moved = await pipeline.Send(new PostponeTo.Alone(Act, Tomorrow(due, clock.GetUtcNow()), due), ct);
        TempData["Done"] = moved is null ? Words.MovedAlready : Words.Noted;
        if (moved is { } turn) TempData.Offer(new(turn, IsAct: false), who.Caller.Self, clock.GetUtcNow());
        return this.BackToList();
    }

    public async Task<IActionResult> OnPostUndoAsync(string? back, CancellationToken ct)
    {
        if (back == "worklist") TempData.TakenBack(); // on the timeline another deed may wait on the list to be taken back
        var (dossier, undone) = await pipeline.Send(new Undo(Act), ct);
        TempData["Done"] = undone ? Words.DoneUndone : Words.TooLateToUndo;
        return back == "worklist" ? this.BackToList() : RedirectToPage("/Casework/Dossiers/Show", new { dossier });
    }

    /// <summary>The day after it was due, or after today where that has passed, when the clock on the wall shows the same.</summary>
    internal static DateTimeOffset Tomorrow(DateTimeOffset due, DateTimeOffset now)
    {
        var wall = Moment.Local(due > now ? due : now).AddDays(1);
        return Moment.Instant(Moment.NeverComes(wall) ? wall.AddHours(1) : wall);
    }

    /// <returns>The dossier.</returns>
    [Requires(May.ChangeDossiers)]
    internal sealed record Command(Guid Act) : ICommand<Guid>;

    /// <returns>The dossier, and whether it was taken back.</returns>
    [Requires(May.ChangeDossiers)]
    internal sealed record Undo(Guid Act) : ICommand<(Guid Dossier, bool Undone)>;

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Caller caller, TimeProvider clock) : IRequestHandler<Command, Guid>, IRequestHandler<Undo, (Guid Dossier, bool Undone)>
    {
        public async Task<Guid> Handle(Command command, CancellationToken ct)
        {
            var ((dossier, act), now) = (await Open(command.Act, ct), clock.GetUtcNow());
            if (act.Done is not null) return dossier.Id;
            // Done here or on the page of its referral: the same follows.
            if (await About(act, ct) is { } referral) await Referrals.Seen.End(zone, dossier, referral, [act], caller.Self, now, ct);
            else act.Complete(caller.Self, now);
            await Settle(dossier, ct);
            return dossier.Id;
        }

        public async Task<(Guid Dossier, bool Undone)> Handle(Undo command, CancellationToken ct)
        {
            var (dossier, act) = await Open(command.Act, ct);
            if (!dossier.IsOpen || !act.MayUndo(caller.Self, clock.GetUtcNow())) return (dossier.Id, false);
            if (await About(act, ct) is { } referral && !await Referrals.Seen.TakeBack(zone, referral, act, ct)) return (dossier.Id, false);
            act.Undo();
            await Settle(dossier, ct);
            return (dossier.Id, true);
        }

        private async Task<(Dossier Dossier, FollowUp Act)> Open(Guid id, CancellationToken ct)
        {
            var about = await zone.Set<FollowUp>().Where(f => f.Id == id).Select(f => (Guid?)f.DossierId).SingleOrDefaultAsync(ct) ?? throw new RefusedException("absent", id);
            return (await guard.Open(about, ct), await zone.Set<FollowUp>().SingleAsync(f => f.Id == id, ct));
        }

        private async Task<Referral?> About(FollowUp act, CancellationToken ct) => act.About is { } about ? await zone.Set<Referral>().SingleOrDefaultAsync(r => r.Id == about, ct) : null;

        private async Task Settle(Dossier dossier, CancellationToken ct)
        {
            await NextAct.Settle(zone, dossier, ct);
            dossier.Touch();
        }
    }
}
