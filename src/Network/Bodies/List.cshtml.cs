using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Network.Contracts;

namespace VictimSupport.Network.Bodies;

/// <summary>The bodies in which the service sits, with their last and next meeting, and what came of all of them in a year.</summary>
[Requires(May.SeeBodies)]
internal sealed class List(IMediator pipeline, WhereAndWho who, TimeProvider clock) : PageModel
{
    private const int FirstYear = 2000, LastYear = 2099;

    /// <summary>Shows those that ended instead.</summary>
    [BindProperty(SupportsGet = true)] public bool Ended { get; set; }

    /// <summary>Of the figures; none: this year.</summary>
    [BindProperty(SupportsGet = true)] public int? Year { get; set; }
    public IReadOnlyList<Row> Bodies { get; private set; } = [];
    public IReadOnlyList<StructuralCount> Counts { get; private set; } = [];
    public int Shown { get; private set; }
    public bool MayKeep => who.Caller.May(May.KeepBodies);

    public async Task OnGetAsync(CancellationToken ct)
    {
        Year = Shown = Math.Clamp(Year ?? Moment.Day(clock.GetUtcNow()).Year, FirstYear, LastYear);
        Bodies = await pipeline.Send(new Query(Ended), ct);
        Counts = await pipeline.Send(new Figures(Shown), ct);
    }

    /// <param name="Last">When it last met.</param>
    /// <param name="Next">When it is to meet next.</param>
    internal sealed record Row(Guid Id, string Title, string Kind, BodyLevel Level, DateTimeOffset? Last, DateTimeOffset? Next, int OpenPoints);

    [Requires(May.SeeBodies)]
    internal sealed record Query(bool Ended) : IQuery<IReadOnlyList<Row>>;

    [Requires(May.SeeBodies)]
    internal sealed record Figures(int Year) : IQuery<IReadOnlyList<StructuralCount>>;

    internal sealed class Handler(ZoneDbContext zone, BodyCounts counts, TimeProvider clock) : IRequestHandler<Query, IReadOnlyList<Row>>, IRequestHandler<Figures, IReadOnlyList<StructuralCount>>
    {
        public async Task<IReadOnlyList<Row>> Handle(Query query, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var bodies = await zone.Set<Body>().AsNoTracking().Where(b => (b.Ended != null) == query.Ended).Select(b => new { b.Id, b.Title, b.Kind, b.Level }).ToListAsync(ct);
            var held = (await zone.Set<Meeting>().Where(m => m.State == MeetingState.Held).GroupBy(m => m.BodyId).Select(g => new { Body = g.Key, At = g.Max(m => m.At) }).ToListAsync(ct)).ToDictionary(x => x.Body, x => x.At);
            var planned = (await zone.Set<Meeting>().Where(m => m.State == MeetingState.Planned && m.At > now).GroupBy(m => m.BodyId).Select(g => new { Body = g.Key, At = g.Min(m => m.At) }).ToListAsync(ct)).ToDictionary(x => x.Body, x => x.At);
            var open = (await ActionPoint.ToDo(zone).GroupBy(p => p.BodyId).Select(g => new { Body = g.Key, Count = g.Count() }).ToListAsync(ct)).ToDictionary(x => x.Body, x => x.Count);
            return [.. bodies.OrderBy(b => b.Level).ThenBy(b => b.Title, StringComparer.CurrentCulture)
                .Select(b => new Row(b.Id, b.Title, b.Kind, b.Level, held.TryGetValue(b.Id, out var last) ? last : null, planned.TryGetValue(b.Id, out var next) ? next : null, open.GetValueOrDefault(b.Id)))];
        }

        public Task<IReadOnlyList<StructuralCount>> Handle(Figures query, CancellationToken ct) => counts.In(query.Year, ct);
    }
}
