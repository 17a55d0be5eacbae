using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Network.Bodies;

/// <summary>One body: who sits in it, its meetings, what it still waits for, its projects.</summary>
[Requires(May.SeeBodies)]
internal sealed class Show(IMediator pipeline, Ours ours, WhereAndWho who) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid Body { get; set; }
    public View Now { get; private set; } = null!;
    public Func<Guid, string> Name { get; private set; } = null!;
    public bool MayKeep => who.Caller.May(May.KeepBodies);

    public async Task OnGetAsync(CancellationToken ct)
    {
        Now = await pipeline.Send(new Query(Body), ct);
        Name = await ours.Names(Now.Body.Staff.Concat(Now.Points.Select(p => p.Owner).OfType<Guid>()), ct);
    }

    public async Task<IActionResult> OnPostEndAsync(CancellationToken ct)
    {
        await pipeline.Send(new End(Body), ct);
        TempData["Done"] = Words.BodyEnded;
        return RedirectToPage(new { Body });
    }

    public async Task<IActionResult> OnPostAgainAsync(CancellationToken ct)
    {
        await pipeline.Send(new Again(Body), ct);
        TempData["Done"] = Words.BodyAgain;
        return RedirectToPage(new { Body });
    }

    /// <param name="Meetings">The latest first.</param>
    /// <param name="Points">Those open, the first due first.</param>
    internal sealed record View(Body Body, IReadOnlyList<string> Partners, IReadOnlyList<Meeting> Meetings, IReadOnlyList<ActionPoint> Points, IReadOnlyList<Project> Projects);

    [Requires(May.SeeBodies)]
    internal sealed record Query(Guid Body) : IQuery<View>;

    [Requires(May.KeepBodies)]
    internal sealed record End(Guid Body) : ICommand<bool>;

    [Requires(May.KeepBodies)]
    internal sealed record Again(Guid Body) : ICommand<bool>;

    internal sealed class QueryHandler(ZoneDbContext zone) : IRequestHandler<Query, View>
    {
        public async Task<View> Handle(Query query, CancellationToken ct)
        {
            var body = await zone.Set<Body>().AsNoTracking().SingleOrDefaultAsync(b => b.Id == query.Body, ct) ?? throw new RefusedException("absent", query.Body);
            return new View(body, await Ours.PartnerNames(zone, body.Partners, ct), await zone.Set<Meeting>().AsNoTracking().Where(m => m.BodyId == body.Id).OrderByDescending(m => m.At).ToListAsync(ct),
                await ActionPoint.ToDo(zone).AsNoTracking().Where(p => p.BodyId == body.Id).OrderBy(p => p.DueAt).ToListAsync(ct),
                await zone.Set<Project>().AsNoTracking().Where(p => p.BodyId == body.Id).OrderByDescending(p => p.Begins).ToListAsync(ct));
        }
    }

    internal sealed class Handler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<End, bool>, IRequestHandler<Again, bool>
    {
        public Task<bool> Handle(End command, CancellationToken ct) => Change(command.Body, b => b.End(clock.GetUtcNow()), ct);
        public Task<bool> Handle(Again command, CancellationToken ct) => Change(command.Body, b => b.Again(), ct);

        private async Task<bool> Change(Guid id, Action<Body> how, CancellationToken ct)
        {
            how(await zone.Set<Body>().SingleOrDefaultAsync(b => b.Id == id, ct) ?? throw new RefusedException("absent", id));
            return true;
        }
    }
}
