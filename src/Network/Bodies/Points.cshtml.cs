using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Network.Bodies;

/// <summary>Which action points are shown.</summary>
internal enum PointTab { Mine, Open, Ended }

/// <summary>Action points of all bodies: one's own first. Whoever owns one ticks it; whoever keeps the bodies ticks any.</summary>
[Requires(May.SeeBodies)]
internal sealed class Points(IMediator pipeline, Ours ours, WhereAndWho who, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true)] public PointTab Tab { get; set; }
    public IReadOnlyList<Row> List { get; private set; } = [];
    public Func<Guid, string> Name { get; private set; } = null!;
    public bool MayKeep => who.Caller.May(May.KeepBodies);
    public DateOnly Today => Moment.Day(clock.GetUtcNow());

    public async Task OnGetAsync(CancellationToken ct)
    {
        List = await pipeline.Send(new Query(Tab), ct);
        Name = await ours.Names(List.Select(r => r.Point.Owner).OfType<Guid>(), ct);
    }

    public Task<IActionResult> OnPostDoneAsync(Guid point, CancellationToken ct) => Turn(new Turned(point, PointState.Done), Words.PointDone, ct);
    public Task<IActionResult> OnPostDropAsync(Guid point, CancellationToken ct) => Turn(new Turned(point, PointState.Dropped), Words.PointDropped, ct);
    public Task<IActionResult> OnPostReopenAsync(Guid point, CancellationToken ct) => Turn(new Turned(point, PointState.Open), Words.PointReopened, ct);

    public bool IsMine(ActionPoint point) => point.Owner is { } owner && owner == who.Caller.Account;

    private async Task<IActionResult> Turn(Turned turn, string done, CancellationToken ct)
    {
        await pipeline.Send(turn, ct);
        TempData["Done"] = done;
        return RedirectToPage(new { Tab });
    }

    /// <param name="Body">What the body is called.</param>
    internal sealed record Row(ActionPoint Point, string Body);

    [Requires(May.SeeBodies)]
    internal sealed record Query(PointTab Tab) : IQuery<IReadOnlyList<Row>>;

    /// <summary>Done, dropped, or open again.</summary>
    [Requires(May.SeeBodies)]
    internal sealed record Turned(Guid Point, PointState To) : ICommand<bool>;

    internal sealed class QueryHandler(ZoneDbContext zone, Caller caller) : IRequestHandler<Query, IReadOnlyList<Row>>
    {
        private const int Most = 200;

        public async Task<IReadOnlyList<Row>> Handle(Query query, CancellationToken ct)
        {
            var self = caller.Self;
            var shown = query.Tab switch
            {
                PointTab.Ended => zone.Set<ActionPoint>().AsNoTracking().Where(p => p.State != PointState.Open).OrderByDescending(p => p.Ended),
                PointTab.Open => ActionPoint.ToDo(zone).AsNoTracking().OrderBy(p => p.DueAt),
                _ => ActionPoint.ToDo(zone).AsNoTracking().Where(p => p.Owner == self).OrderBy(p => p.DueAt),
            };
            return [.. (await shown.Take(Most).Join(zone.Set<Body>(), p => p.BodyId, b => b.Id, (p, b) => new { Point = p, b.Title }).ToListAsync(ct)).Select(x => new Row(x.Point, x.Title))
                .OrderBy(r => query.Tab == PointTab.Ended ? -r.Point.Ended!.Value.UtcTicks : r.Point.DueAt.UtcTicks)];
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Caller caller, TimeProvider clock) : IRequestHandler<Turned, bool>
    {
        public async Task<bool> Handle(Turned command, CancellationToken ct)
        {
            var point = await OneOf(zone, caller, command.Point, ct);
            if (command.To == PointState.Open) point.Reopen();
            else point.End(command.To, caller.Self, clock.GetUtcNow());
            return true;
        }

        /// <summary>An action point that is the caller's to tick.</summary>
        /// <exception cref="RefusedException">There is none, or it is somebody else's.</exception>
        internal static async Task<ActionPoint> OneOf(ZoneDbContext zone, Caller caller, Guid id, CancellationToken ct)
        {
            var point = await zone.Set<ActionPoint>().SingleOrDefaultAsync(p => p.Id == id, ct) ?? throw new RefusedException("absent", id);
            return point.Owner == caller.Self || caller.May(May.KeepBodies) ? point : throw new RefusedException("role", id);
        }
    }
}
