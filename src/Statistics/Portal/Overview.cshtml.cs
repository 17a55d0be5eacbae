using MediatR;
using VictimSupport.Design.Charts;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Contracts;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.Statistics.Portal;

/// <summary>Six figures of the last quarter with their margins and how they stand to the quarter before, the quarter by kind of event, the last flash; and what comes next, also while nothing is out.</summary>
[Requires(May.SeeProtectedFigures)]
internal sealed class Overview(IMediator pipeline, ITellDemoProgress demo, WhereAndWho who) : FiguresPage(who)
{
    public Answer Shown { get; private set; } = null!;

    /// <summary>A demo that is being made behind the portal; null: there is none, or it is whole.</summary>
    public DemoProgress? Filling { get; private set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        Shown = await pipeline.Send(new Query(), ct);
        Filling = await demo.Now(ct) is { IsDone: false } filling ? filling : null;
    }

    public static IReadOnlyList<BarGroup> Bars(IEnumerable<Figure> figures, string axis) => [.. figures.Select(f => new BarGroup(Said.Code(axis, Axes.At(f)[axis]), [new Bar(f.Value is { } value ? Math.Max(value, 0) : null, Said.Shown(f))]))];

    /// <summary>How a figure stands to the one before: never an arrow within the margin.</summary>
    internal enum Turn { Unknown, Up, Down, NoClearChange }

    /// <param name="Key">Of its name in words.</param>
    /// <param name="Before">The same of the period before; null: it is not out.</param>
    /// <param name="SameAreas">Both are of the same areas: else one of them is larger for that alone.</param>
    internal sealed record Tile(string Key, Release Release, Figure Figure, Figure? Before, bool SameAreas = true)
    {
        public string Name => Words.Of("PubSix_" + Key);

        /// <summary>A difference is one where it is larger than 1.96 standard deviations of both together.</summary>
        public Turn Turn => !SameAreas || Figure is not { Value: { } now, Variance: { } variance } || Before is not { Value: { } then, Variance: { } other } ? Turn.Unknown
            : Math.Abs(now - then) <= 1.96 * Math.Sqrt(variance + other) ? Turn.NoClearChange : now > then ? Turn.Up : Turn.Down;
    }

    /// <param name="Period">The last quarter that is out; null: none is.</param>
    /// <param name="OtherZones">In the quarter before other zones took part.</param>
    /// <param name="OfFirst">All cases of areas that the final release is without, from the first one.</param>
    internal sealed record Answer(string? Period, string? Before, IReadOnlyList<Tile> Six, IReadOnlyList<Figure> ByCategory, (Release Release, IReadOnlyList<Figure> Figures)? Flash, bool OtherZones, IReadOnlyList<Release> Releases, IReadOnlyList<Coming> Coming, DateOnly Today, IReadOnlyList<Quoted> OfFirst)
    {
        /// <summary>Releases that stand and cannot be read here.</summary>
        public IReadOnlyList<Release> Unreadable { get; init; } = [];
    }

    [Requires(May.SeeProtectedFigures)]
    internal sealed record Query : ICatalogQuery<Answer>;

    internal sealed class Handler(CatalogDbContext house, Shelf shelf, Programmes programmes) : IRequestHandler<Query, Answer>
    {
        private static readonly (string Key, string Table, string[] Codes)[] Wanted =
        [
            ("Cases", "T1", [Published.All]), ("PartnerViolence", "T1", ["PartnerViolence"]), ("Offence", "T1", ["Offence"]),
            ("Relatives", "T2", [Published.All, "Relative"]), ("Within1Day", "T8", [Published.All, "0-1"]), ("NoContact", "T8", [Published.All, "NoContact"]),
        ];

        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var all = await shelf.Releases(ct);
            return await Of(all, ct) with { Unreadable = Shelf.Unreadable(all) };
        }

        private async Task<Answer> Of(IReadOnlyList<Release> all, CancellationToken ct)
        {
            var (coming, releases) = (Portal.Coming.Of(all, shelf.Today), all.Where(r => r.IsValid).ToList());
            var flash = releases.Where(r => r.Kind == ReleaseKind.T0 && Published.CanRead(r)).MaxBy(r => r.Period, StringComparer.Ordinal) is { } last && await shelf.Of(last.Id, ct) is { } of
                ? (last, (IReadOnlyList<Figure>)[.. last.Programme!.Of("T0").Dimensions[0].Codes.Append(Published.All).Select(c => of.Find("T0", $"{Geography.Country}|{last.Period}|{c}")).OfType<Figure>()]) : ((Release, IReadOnlyList<Figure>)?)null;
            var (monitor, used) = (Shelf.Latest(releases, programmes.Shipped, "T1")!, new List<Release>());
            if (Shelf.Periods(releases, monitor, Span.Quarter) is not { Count: > 0 } quarters) return new Answer(null, null, [], [], flash, false, flash is { } alone ? [alone.Item1] : [], coming, shelf.Today, []);
            var (period, before) = (quarters[^1], Shelf.Before(quarters[^1]));
            var (now, then) = (Shelf.For(releases, monitor, period)!, Shelf.For(releases, monitor, before));
            var (here, earlier) = (await shelf.Of(now.Id, ct), then is null ? null : await shelf.Of(then.Id, ct));
            var six = Wanted.Select(w => (w.Key, Figure: here?.Find(w.Table, string.Join('|', [Geography.Country, period, .. w.Codes])), Before: earlier?.Find(w.Table, string.Join('|', [Geography.Country, before, .. w.Codes]))))
                .Where(w => w.Figure is not null).Select(w => new Tile(w.Key, now, w.Figure!, w.Before, then is null || Shelf.SameAreas(now, then))).ToList();
            used.Add(now);
            if (earlier is not null) used.Add(then!);
            var others = earlier is not null && Shelf.OtherZones(await Shelf.TakingPart(house, used.Select(r => r.Id), ct), [(now, period), (then!, before)]);
            var categories = now.Programme!.Of(monitor.Id).Dimensions[0].Codes.Select(c => here?.Find("T1", $"{Geography.Country}|{period}|{c}")).OfType<Figure>().ToList();
            var areas = await shelf.Read(releases, monitor, period, ct) is { First: not null } both
                ? now.Missing.Split(';').Select(a => both.Find(monitor.Id, $"{a}|{period}|{Published.All}")).OfType<Quoted>().Where(q => q.IsOfFirst).ToList() : [];
            used.AddRange(areas.Select(a => a.Release).Distinct());
            if (flash is { } shown) used.Add(shown.Item1);
            return new Answer(period, earlier is null ? null : before, six, categories, flash, others, [.. used.Distinct()], coming, shelf.Today, areas);
        }
    }
}
