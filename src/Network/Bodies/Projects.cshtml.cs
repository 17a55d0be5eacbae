using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Network.Bodies;

/// <summary>Projects, those under way or those that ended, with the milestone each waits for.</summary>
[Requires(May.SeeBodies)]
internal sealed class Projects(IMediator pipeline, WhereAndWho who) : PageModel
{
    /// <summary>Shows those that ended instead.</summary>
    [BindProperty(SupportsGet = true)] public bool Ended { get; set; }
    public IReadOnlyList<Row> List { get; private set; } = [];
    public bool MayKeep => who.Caller.May(May.KeepBodies);

    public async Task OnGetAsync(CancellationToken ct) => List = await pipeline.Send(new Query(Ended), ct);

    /// <param name="Next">The first milestone that is not reached.</param>
    internal sealed record Row(Guid Id, string Title, ProjectState State, DateOnly Begins, string? Body, string? Next, DateOnly? Due);

    [Requires(May.SeeBodies)]
    internal sealed record Query(bool Ended) : IQuery<IReadOnlyList<Row>>;

    internal sealed class Handler(ZoneDbContext zone) : IRequestHandler<Query, IReadOnlyList<Row>>
    {
        public async Task<IReadOnlyList<Row>> Handle(Query query, CancellationToken ct)
        {
            var projects = await zone.Set<Project>().AsNoTracking().Where(p => (p.EndedOn != null) == query.Ended).Select(p => new { p.Id, p.Title, p.State, p.Begins, p.BodyId }).ToListAsync(ct);
            var ids = projects.Select(p => p.Id).ToList();
            var open = (await zone.Set<ProjectMilestone>().AsNoTracking().Where(m => ids.Contains(m.ProjectId) && m.DoneOn == null).ToListAsync(ct)).GroupBy(m => m.ProjectId).ToDictionary(g => g.Key, g => g.MinBy(m => m.DueOn)!);
            var bodies = await zone.Set<Body>().Select(b => new { b.Id, b.Title }).ToDictionaryAsync(b => b.Id, b => b.Title, ct);
            return [.. projects.OrderByDescending(p => p.Begins).ThenBy(p => p.Title, StringComparer.CurrentCulture)
                .Select(p => new Row(p.Id, p.Title, p.State, p.Begins, p.BodyId is { } body ? bodies.GetValueOrDefault(body) : null, open.GetValueOrDefault(p.Id)?.Title, open.GetValueOrDefault(p.Id)?.DueOn))];
        }
    }
}
