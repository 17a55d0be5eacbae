using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.OnCall.Pools;

namespace VictimSupport.OnCall.Rotas;

/// <summary>A month of a pool on one sheet, to be printed and pinned up: who, from when, until when, and the number to call.</summary>
[Requires(May.SeeWhoIsOnCall)]
internal sealed class Sheet(IMediator pipeline, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid Pool { get; set; }

    /// <summary>Such as <c>2026-11</c>; else this month.</summary>
    [BindProperty(SupportsGet = true)] public string? Month { get; set; }
    public View Now { get; private set; } = null!;
    public DateTimeOffset Printed { get; private set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        Printed = clock.GetUtcNow();
        Now = await pipeline.Send(new Query(Pool, Rotas.Month.Read(Month, Moment.Day(Printed))), ct);
    }

    internal sealed record Row(Shift Shift, string Name)
    {
        /// <summary>As it stands on one day: a beginning or an end on another day is not repeated.</summary>
        public string On(DateOnly day) => $"{(Moment.Day(Shift.Start) == day ? Moment.Clock(Shift.Start) : "…")} – {(Moment.Day(Shift.End) == day ? Moment.Clock(Shift.End) : "…")} {Name}{(Shift.Number is { } number ? $" ({number})" : "")}";
    }

    internal sealed record View(Pool Pool, Month Month, IReadOnlyList<Row> Rows)
    {
        public IEnumerable<Row> On(DateOnly day, Rank rank) =>
            Rows.Where(r => r.Shift.Rank == rank && r.Shift.Meets(Moment.Instant(day.ToDateTime(TimeOnly.MinValue)), Moment.Instant(day.AddDays(1).ToDateTime(TimeOnly.MinValue))));
    }

    [Requires(May.SeeWhoIsOnCall)]
    internal sealed record Query(Guid Pool, Month Month) : ICatalogQuery<View>;

    internal sealed class Handler(CatalogDbContext house, OurPools pools, Staff staff) : IRequestHandler<Query, View>
    {
        public async Task<View> Handle(Query query, CancellationToken ct)
        {
            var (pool, from, to) = (await pools.Get(query.Pool, ct), query.Month.Begins, query.Month.Ends);
            var shifts = await house.Set<Shift>().AsNoTracking().Where(s => s.Pool == pool.Id && s.Removed == null && s.Start < to && s.End > from).OrderBy(s => s.Start).ToListAsync(ct);
            var names = await staff.Names(shifts.Select(s => s.Account), ct);
            return new View(pool, query.Month, [.. shifts.Select(s => new Row(s, names(s.Account)))]);
        }
    }
}
