using MediatR;
using Microsoft.AspNetCore.Mvc;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.Statistics.Portal;

/// <summary>The twelve areas as equal squares, one kind of event and one period at a time: nowhere finer than an area, whatever the size of a zone.</summary>
[Requires(May.SeeProtectedFigures)]
internal sealed class Map(IMediator pipeline, WhereAndWho who) : FiguresPage(who)
{
    public Answer Shown { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(string? period, string? category, CancellationToken ct)
    {
        Shown = await pipeline.Send(new Query(period, category), ct);
        if (Shown.Unknown) Response.StatusCode = Microsoft.AspNetCore.Http.StatusCodes.Status400BadRequest;
        return Page();
    }

    /// <param name="Areas">Areas and unions, in the order of their names, each with its release.</param>
    /// <param name="Unknown">Something was asked that is not there; something else is shown.</param>
    internal sealed record Answer(Release? Release, string? Period, string Category, IReadOnlyList<Quoted> Areas, IReadOnlyList<string> Periods, bool Unknown)
    {
        /// <summary>Kinds of event that are told apart in it.</summary>
        public IReadOnlyList<string> Categories { get; init; } = [];

        /// <summary>Releases that stand and cannot be read here.</summary>
        public IReadOnlyList<Release> Unreadable { get; init; } = [];

        /// <summary>The releases its figures were read from.</summary>
        public IReadOnlyList<Release> Releases => [.. Areas.Select(a => a.Release).Prepend(Release).OfType<Release>().DistinctBy(r => r.Id)];

        /// <summary>Areas that are shown from the first release.</summary>
        public IReadOnlyList<string> OfFirst => [.. Areas.Where(a => a.IsOfFirst).Select(a => a.Figure.Place)];
    }

    [Requires(May.SeeProtectedFigures)]
    internal sealed record Query(string? Period, string? Category) : ICatalogQuery<Answer>;

    internal sealed class Handler(Shelf shelf, Programmes programmes) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var releases = await shelf.Valid(ct);
            var table = Shelf.Latest(releases, programmes.Shipped, "T1")!;
            var periods = Axes.Spans(table).Reverse().SelectMany(s => Shelf.Periods(releases, table, s).Reverse()).ToList();
            // As the release of the period has it: another programme may have told other kinds apart.
            if (periods.Contains(query.Period ?? "") && Shelf.For(releases, table, query.Period!) is { } of) table = of.Programme!.Of(table.Id);
            var category = query.Category is { Length: > 0 } wanted && table.Dimensions[0].Codes.Contains(wanted, StringComparer.Ordinal) ? wanted : Published.All;
            var period = periods.Find(p => p == query.Period) ?? Shelf.Periods(releases, table, Span.Quarter).LastOrDefault();
            var unknown = (query.Period is { Length: > 0 } asked && asked != period) || (query.Category is { Length: > 0 } kind && kind != category);
            if (period is null || await shelf.Read(releases, table, period, ct) is not { } found) return new Answer(null, null, category, [], periods, unknown) { Unreadable = Shelf.Unreadable(releases) };
            return new Answer(found.Latest.Release, period, category, [.. found.Latest.Places(table.Id).Where(p => p != Geography.Country && !Axes.IsRegion(p)).Select(p => found.Find(table.Id, $"{p}|{period}|{category}")).OfType<Quoted>().OrderBy(f => Said.Place(f.Figure.Place), StringComparer.CurrentCulture)], periods, unknown) { Categories = table.Dimensions[0].Codes, Unreadable = Shelf.Unreadable(releases) };
        }
    }
}
