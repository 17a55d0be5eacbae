using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Network.Bodies;

/// <summary>What stands of a meeting, as it goes on paper: who was there, topics, decisions, action points, minutes.</summary>
[Requires(May.SeeBodies)]
internal sealed class Minutes(IMediator pipeline, Ours ours, WhereAndWho who) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid Meeting { get; set; }
    public View Now { get; private set; } = null!;
    public Func<Guid, string> Name { get; private set; } = null!;
    public bool MayKeep => who.Caller.May(May.KeepBodies);

    public async Task OnGetAsync(CancellationToken ct)
    {
        Now = await pipeline.Send(new Query(Meeting), ct);
        Name = await ours.Names(Now.Meeting.Staff.Concat(Now.Points.Select(p => p.Owner).OfType<Guid>()), ct);
    }

    public Task<IActionResult> OnPostCancelAsync(CancellationToken ct) => Turn(new Cancel(Meeting), Words.MeetingCancelled, ct);
    public Task<IActionResult> OnPostReviveAsync(CancellationToken ct) => Turn(new Revive(Meeting), Words.MeetingRevived, ct);
    public Task<IActionResult> OnPostNotHeldAsync(CancellationToken ct) => Turn(new NotHeld(Meeting), Words.MeetingWasNotHeld, ct);

    public async Task<IActionResult> OnPostTakeOutAsync(CancellationToken ct)
    {
        var body = await pipeline.Send(new TakeOut(Meeting), ct);
        TempData["Done"] = Words.MeetingTakenOut;
        return RedirectToPage("/Network/Bodies/Show", new { body });
    }

    private async Task<IActionResult> Turn(IRequest<bool> turn, string done, CancellationToken ct)
    {
        await pipeline.Send(turn, ct);
        TempData["Done"] = done;
        return RedirectToPage(new { Meeting });
    }

    internal sealed record View(string Title, Meeting Meeting, IReadOnlyList<string> Partners, IReadOnlyList<ActionPoint> Points);

    [Requires(May.SeeBodies)]
    internal sealed record Query(Guid Meeting) : IQuery<View>;

    [Requires(May.KeepBodies)]
    internal sealed record Cancel(Guid Meeting) : ICommand<bool>;

    /// <summary>It was cancelled, and takes place after all.</summary>
    [Requires(May.KeepBodies)]
    internal sealed record Revive(Guid Meeting) : ICommand<bool>;

    /// <summary>It was noted as held by mistake: it was cancelled. What was written stays, and nothing of it counts.</summary>
    [Requires(May.KeepBodies)]
    internal sealed record NotHeld(Guid Meeting) : ICommand<bool>;

    /// <summary>It never was a meeting of this body: nothing of it is kept, nor what it is said to have asked somebody to do.</summary>
    /// <returns>The body.</returns>
    [Requires(May.KeepBodies)]
    internal sealed record TakeOut(Guid Meeting) : ICommand<Guid>;

    internal sealed class QueryHandler(ZoneDbContext zone) : IRequestHandler<Query, View>
    {
        public async Task<View> Handle(Query query, CancellationToken ct)
        {
            var meeting = await zone.Set<Meeting>().AsNoTracking().SingleOrDefaultAsync(m => m.Id == query.Meeting, ct) ?? throw new RefusedException("absent", query.Meeting);
            return new View(await zone.Set<Body>().Where(b => b.Id == meeting.BodyId).Select(b => b.Title).SingleAsync(ct), meeting, await Ours.PartnerNames(zone, meeting.Partners, ct),
                await zone.Set<ActionPoint>().AsNoTracking().Where(p => p.MeetingId == meeting.Id).OrderBy(p => p.DueAt).ThenBy(p => p.Id).ToListAsync(ct));
        }
    }

    internal sealed class Handler(ZoneDbContext zone) : IRequestHandler<Cancel, bool>, IRequestHandler<Revive, bool>, IRequestHandler<NotHeld, bool>, IRequestHandler<TakeOut, Guid>
    {
        public Task<bool> Handle(Cancel command, CancellationToken ct) => Change(command.Meeting, m => m.Cancel(), ct);
        public Task<bool> Handle(Revive command, CancellationToken ct) => Change(command.Meeting, m => m.Revive(), ct);
        public Task<bool> Handle(NotHeld command, CancellationToken ct) => Change(command.Meeting, m => m.WasNotHeld(), ct);

        public async Task<Guid> Handle(TakeOut command, CancellationToken ct)
        {
            var meeting = await Of(command.Meeting, ct);
            zone.Remove(meeting);
            zone.RemoveRange(await zone.Set<ActionPoint>().Where(p => p.MeetingId == meeting.Id).ToListAsync(ct));
            return meeting.BodyId;
        }

        private async Task<bool> Change(Guid id, Action<Meeting> how, CancellationToken ct)
        {
            how(await Of(id, ct));
            return true;
        }

        private async Task<Meeting> Of(Guid id, CancellationToken ct) => await zone.Set<Meeting>().SingleOrDefaultAsync(m => m.Id == id, ct) ?? throw new RefusedException("absent", id);
    }
}
