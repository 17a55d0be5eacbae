using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Events;

/// <summary>How many people an event struck: counts only, for those who see its list anyway and for nobody else; small numbers tell of persons. Kept when the lines are forgotten.</summary>
[Requires(May.WorkOnEvents)]
internal sealed class Figures(IMediator pipeline) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid Event { get; set; }
    public Answer View { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken ct) => View = await pipeline.Send(new Query(Event), ct);

    internal sealed record Cell(EventRole Role, EventState State, string? Home, int Count);

    internal sealed record Answer(EventHead Head, IReadOnlyList<Cell> Cells)
    {
        public int Total => Cells.Sum(c => c.Count);
        public IReadOnlyList<EventState> States => [.. Cells.Select(c => c.State).Distinct().Order()];
        public IReadOnlyList<EventRole> Roles => [.. Cells.Select(c => c.Role).Distinct().Order()];
        public int Of(EventRole role, EventState? state = null) => Cells.Where(c => c.Role == role && (state is null || c.State == state)).Sum(c => c.Count);
        public IReadOnlyList<(string? Home, int Count)> Homes => [.. Cells.GroupBy(c => c.Home).OrderBy(g => g.Key is null).ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => (g.Key, g.Sum(c => c.Count)))];
    }

    [Requires(May.WorkOnEvents)]
    internal sealed record Query(Guid Event) : IQuery<Answer>;

    internal sealed class Handler(ZoneDbContext zone, AtEvent at, TimeProvider clock) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var ev = await at.Read(query.Event, ct);
            var head = await EventHead.Of(zone, at, ev, clock.GetUtcNow(), ct) with { Here = "/Casework/Events/Figures" };
            if (ev.Cleared is not null) return new Answer(head, [.. (await zone.Set<EventFigure>().AsNoTracking().Where(f => f.EventId == ev.Id).ToListAsync(ct)).Select(f => new Cell(f.Role, f.State, f.Home, f.Count))]);
            return new Answer(head, Count(await at.Lines(ev.Id, ct)));
        }

        /// <summary>Who stands there twice counts once, as the list shows them.</summary>
        public static IReadOnlyList<Cell> Count(IReadOnlyList<EventLine> lines) => [.. LineRow.Together(lines).GroupBy(same => (Role: LineRow.RoleOf(same), State: LineRow.StateOf(same), same[0].Home)).Select(g => new Cell(g.Key.Role, g.Key.State, g.Key.Home, g.Count())).OrderBy(c => c.Role).ThenBy(c => c.State)];
    }
}
