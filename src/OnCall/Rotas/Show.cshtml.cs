using System.Globalization;
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

/// <summary>The rota of a pool, four weeks at a time, with the hours at which nobody is on duty.</summary>
[Requires(May.SeeWhoIsOnCall)]
internal sealed class Show(IMediator pipeline, WhereAndWho who) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid Pool { get; set; }

    /// <summary>A day of the first week, such as <c>2026-11-24</c>; else this week.</summary>
    [BindProperty(SupportsGet = true)] public string? From { get; set; }
    public View Now { get; private set; } = null!;
    public bool MayKeep => who.Caller.May(May.KeepRota);

    public async Task OnGetAsync(CancellationToken ct) => Now = await pipeline.Send(new Query(Pool, Day(From)), ct);

    internal static DateOnly? Day(string? text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is > 2000 and < 2200 ? day : null;
    internal static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <param name="Zone">Code of the zone whose colleague it is.</param>
    internal sealed record Row(Shift Shift, string Name, string Zone);
    internal sealed record View(Pool Pool, DateOnly Monday, IReadOnlyList<Row> Rows, IReadOnlyList<Span> Gaps);

    [Requires(May.SeeWhoIsOnCall)]
    internal sealed record Query(Guid Pool, DateOnly? Day) : ICatalogQuery<View>;

    internal sealed class Handler(CatalogDbContext house, OurPools pools, Staff staff, TimeProvider clock) : IRequestHandler<Query, View>
    {
        public async Task<View> Handle(Query query, CancellationToken ct)
        {
            var (pool, day, now) = (await pools.Get(query.Pool, ct), query.Day ?? pools.Today, clock.GetUtcNow());
            var monday = day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
            var (from, to) = (Moment.Instant(monday.ToDateTime(TimeOnly.MinValue)), Moment.Instant(monday.AddDays(Cover.DaysShown).ToDateTime(TimeOnly.MinValue)));
            var shifts = await house.Set<Shift>().AsNoTracking().Where(s => s.Pool == pool.Id && s.Removed == null && s.Start < to && s.End > from).OrderBy(s => s.Start).ThenBy(s => s.Rank).ToListAsync(ct);
            var (names, zones) = (await staff.Names(shifts.Select(s => s.Account), ct), await staff.ZonesOf(shifts.Select(s => s.Employer), ct));
            return new View(pool, monday, [.. shifts.Select(s => new Row(s, names(s.Account), zones.TryGetValue(s.Employer, out var z) ? z.Code : "–"))], Cover.Gaps(pool, shifts, from > now ? from : now, to));
        }
    }
}
