using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.OnCall.Pools;

namespace VictimSupport.OnCall.Rotas;

/// <summary>What each colleague was on call in a month, for each pair of zones: the one whose colleague it is, and one that was served. What zones settle with each other rests on it.</summary>
[Requires(May.KeepRota)]
internal sealed class Statement(IMediator pipeline, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid Pool { get; set; }

    /// <summary>Such as <c>2026-11</c>; else this month.</summary>
    [BindProperty(SupportsGet = true)] public string? Month { get; set; }
    public View Now { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken ct) => Now = await pipeline.Send(new Query(Pool, Rotas.Month.Read(Month, Moment.Day(clock.GetUtcNow()))), ct);

    /// <param name="Rank">null: call-outs.</param>
    /// <param name="Shifts">Those of which a part falls into the month.</param>
    /// <param name="Time">As it passed, within the month and the days on which the zone was in the pool.</param>
    /// <param name="Unknown">Of these, call-outs of which nobody has said how long they took: their hours are not in the time.</param>
    internal sealed record Row(string Name, string Employer, string Served, Rank? Rank, int Shifts, TimeSpan Time, int Unknown = 0)
    {
        public string What => Rank is { } rank ? Words.Of(rank) : Words.CallOuts;
    }
    internal sealed record View(Pool Pool, Month Month, IReadOnlyList<Row> Rows);

    [Requires(May.KeepRota)]
    internal sealed record Query(Guid Pool, Month Month) : ICatalogQuery<View>;

    internal sealed class Handler(CatalogDbContext house, OurPools pools, Staff staff, UseCase here, Trail trail) : IRequestHandler<Query, View>
    {
        public async Task<View> Handle(Query query, CancellationToken ct)
        {
            var (pool, from, to) = (await pools.Get(query.Pool, ct), query.Month.Begins, query.Month.Ends);
            trail.Because("duty-statement", here.InZone.Id);
            var shifts = await house.Set<Shift>().AsNoTracking().Where(s => s.Pool == pool.Id && s.Removed == null && s.Start < to && s.End > from).ToListAsync(ct);
            var members = await pools.Members(pool.Id, ct);
            var outside = await house.Set<OutsideMember>().AsNoTracking().Where(m => m.Pool == pool.Id).ToListAsync(ct);
            // Counted where they were begun, of whatever zone; nothing more of them is here.
            var called = await house.Set<CallOuts.CallOut>().AsNoTracking().Where(CallOuts.CallOut.WasMeant).Where(c => c.Pool == pool.Id && c.Since >= from && c.Since < to).ToListAsync(ct);
            var zones = await staff.ZonesOf(members.Select(m => m.Zone).Concat(shifts.Select(s => s.Employer)).Concat(called.Select(c => c.Employer)).Concat(called.Select(c => c.Zone).OfType<Guid>()), ct);
            var names = await staff.Names(shifts.Select(s => s.Account).Concat(called.Select(c => c.Account)), ct);
            var served = members.Select(m => (Name: Called(m.Zone), In: Days(m.From, m.Until))).Concat(outside.Select(o => (Name: o.Zone, In: Days(o.From, o.Until)))).ToList();
            var parts = shifts.SelectMany(s => served, (s, zone) => (Shift: s, zone.Name, Part: Cut(Cut(new Span(s.Start, s.End), new Span(from, to)), zone.In))).Where(p => p.Part.Length > TimeSpan.Zero);
            var rows = parts.GroupBy(p => (p.Shift.Account, p.Shift.Employer, p.Name, p.Shift.Rank)).Select(g => new Row(names(g.Key.Account), Called(g.Key.Employer), g.Key.Name, (Rank?)g.Key.Rank, g.Count(), g.Aggregate(TimeSpan.Zero, (sum, p) => sum + p.Part.Length)));
            var outs = called.GroupBy(c => (c.Account, c.Employer, Name: c.Zone is { } zone ? Called(zone) : outside.Find(o => o.Id == c.Outside)?.Zone ?? "–")).Select(g => new Row(names(g.Key.Account), Called(g.Key.Employer), g.Key.Name, null, g.Count(), g.Aggregate(TimeSpan.Zero, (sum, c) => sum + c.Took), g.Count(c => c.To is null)));
            return new View(pool, query.Month, [.. rows.Concat(outs).OrderBy(r => r.Name, StringComparer.CurrentCulture).ThenBy(r => r.Employer, StringComparer.Ordinal).ThenBy(r => r.Served, StringComparer.Ordinal).ThenBy(r => r.Rank ?? (Rank)int.MaxValue)]);

            string Called(Guid id) => zones.TryGetValue(id, out var zone) ? $"{zone.Code} {zone.Name}" : "–";
        }

        private static Span Days(DateOnly first, DateOnly? last) =>
            new(Moment.Instant(first.ToDateTime(TimeOnly.MinValue)), last is { } day ? Moment.Instant(day.AddDays(1).ToDateTime(TimeOnly.MinValue)) : DateTimeOffset.MaxValue);

        private static Span Cut(Span one, Span by) => new(one.Start > by.Start ? one.Start : by.Start, one.End < by.End ? one.End : by.End);
    }
}
