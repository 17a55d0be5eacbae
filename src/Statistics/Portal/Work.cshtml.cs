using MediatR;
using Microsoft.AspNetCore.Mvc;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Sheets;
using VictimSupport.Network.Contracts;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Definitions;
using VictimSupport.Statistics.Releases;
using VictimSupport.Statistics.Structural;

namespace VictimSupport.Statistics.Portal;

/// <summary>The structural work of all zones in a year, beside the year before: of the country or of one area. Exact, for it is about no victim.</summary>
[Requires(May.SeeProtectedFigures)]
internal sealed class Work(IMediator pipeline, WhereAndWho who) : FiguresPage(who)
{
    public Answer Shown { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(string? period, string? area, CancellationToken ct)
    {
        Shown = await pipeline.Send(new Query(period, area), ct);
        if (Shown.Unknown) Response.StatusCode = Microsoft.AspNetCore.Http.StatusCodes.Status400BadRequest; // what there is stands beside it
        return Page();
    }

    public async Task<IActionResult> OnGetExportAsync(string? format, string? period, string? area, CancellationToken ct)
    {
        Shown = await pipeline.Send(new Query(period, area), ct);
        if (Shown.Unknown || format is not ("csv" or "xlsx")) return BadRequest();
        if (Shown.Release is null) return NotFound();
        var name = $"structural-work-{Shown.Release.Period}-{Shown.Place}.{format}";
        return format == "csv" ? File(Csv.Of(Shown.ToSheet()), "text/csv; charset=utf-8", name) : File(Xlsx.ToBytes([Shown.ToSheet()]), Xlsx.MediaType, name);
    }

    public string Address(string format) => $"{Root}/structural?handler=Export&format={format}&period={Shown.Release!.Period}&area={Uri.EscapeDataString(Shown.Place)}";

    /// <param name="Then">null: nothing is known of the year before.</param>
    internal sealed record Line(string Name, int Now, int? Then);

    /// <param name="Lines">Where one of the two years has something to say of it.</param>
    internal sealed record Part(Definition Figure, IReadOnlyList<Line> Lines);

    /// <param name="Release">The final release of the year; null: none is out.</param>
    /// <param name="Before">That of the year before; null: it is not out, or says nothing of this place.</param>
    /// <param name="IsMissing">Of this place there is nothing: not all its zones answered.</param>
    /// <param name="Covered">Of each release that is shown.</param>
    /// <param name="OtherZones">The two years are not of the same zones.</param>
    /// <param name="Unknown">Something was asked that is not there; something else is shown.</param>
    internal sealed record Answer(Release? Release, Release? Before, string Place, IReadOnlyList<string> Years, IReadOnlyList<string> Places, IReadOnlyList<Part> Parts, IReadOnlyList<WorkCover> Covered, bool IsMissing, bool OtherZones, bool Unknown)
    {
        public IReadOnlyList<Release> Releases => [.. Covered.Select(c => c.Release)];

        /// <summary>The page as cells.</summary>
        public Sheet ToSheet() => new("structural",
        [
            [Words.FigureColumn, Words.PartColumn, .. Releases.Select(r => (Cell)r.Period)],
            .. Parts.SelectMany(p => p.Lines.Select(l => (IReadOnlyList<Cell>)[p.Figure.Name, l.Name, l.Now, .. Before is null ? Array.Empty<Cell>() : [Cell.Of(l.Then)]])),
            [],
            [Said.Place(Place)],
            [Words.PubWorkText],
            .. Covered.Select(c => (IReadOnlyList<Cell>)[$"{c.Release.Id}. {c.Said}"]),
            .. OtherZones ? [[Words.PubOtherZonesText]] : Array.Empty<IReadOnlyList<Cell>>(),
        ]);
    }

    [Requires(May.SeeProtectedFigures)]
    internal sealed record Query(string? Period, string? Area) : ICatalogQuery<Answer>;

    internal sealed class Handler(CatalogDbContext house, Shelf shelf) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var years = (await shelf.Valid(ct)).Where(r => r.Kind == ReleaseKind.F).OrderByDescending(r => r.Period, StringComparer.Ordinal).ToList();
            var release = years.Find(r => r.Period == query.Period) ?? years.FirstOrDefault();
            var unknown = query.Period is { Length: > 0 } asked && asked != release?.Period;
            if (release is null) return new Answer(null, null, Geography.Country, [], [], [], [], false, false, unknown || query.Area is { Length: > 0 });
            List<string> places = [Geography.Country, .. release.Areas.Split(';').OrderBy(Said.Place, StringComparer.CurrentCulture)];
            var place = places.Find(p => p == query.Area) ?? Geography.Country;
            unknown |= query.Area is { Length: > 0 } wanted && wanted != place;
            var earlier = years.Find(r => r.Period == Shelf.Before(release.Period));
            var (all, allBefore) = (await shelf.Work(release.Id, ct), earlier is null ? [] : await shelf.Work(earlier.Id, ct));
            var now = At(all, place);
            var then = now.Count == 0 ? [] : At(allBefore, place);
            var before = then.Count == 0 ? null : earlier;
            var parts = SaidStructuralWork.Tables.Select(t => new Part(StructuralNames.Of(t.Table), [.. t.Rows.Where(r => now.GetValueOrDefault((t.Table, r)) + then.GetValueOrDefault((t.Table, r)) > 0)
                .Select(r => new Line(StructuralNames.Row(t.Table, r), now.GetValueOrDefault((t.Table, r)), then.TryGetValue((t.Table, r), out var count) ? count : null))])).Where(p => p.Lines.Count > 0).ToList();
            var taking = await Shelf.TakingPart(house, before is null ? [release.Id] : [release.Id, before.Id], ct);
            List<WorkCover> covered = [WorkCover.Of(release, place, all, taking), .. before is null ? Array.Empty<WorkCover>() : [WorkCover.Of(before, place, allBefore, taking)]];
            return new Answer(release, before, place, years.ConvertAll(r => r.Period), places, parts, covered, now.Count == 0, !covered[^1].Zones.SetEquals(covered[0].Zones), unknown);
        }

        private static Dictionary<(string Table, string Row), int> At(IEnumerable<StructuralSum> sums, string place) => sums.Where(s => s.Place == place).ToDictionary(s => (s.Table, s.Row), s => s.Count);
    }
}
