using MediatR;
using Microsoft.AspNetCore.Mvc;
using VictimSupport.Design.Charts;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Sheets;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.Statistics.Portal;

/// <summary>Figures along two axes that the reader chooses. Each is one that was stored with its release: nothing is counted here, and nothing can be asked that was not released. What is chosen stands in the address.</summary>
[Requires(May.SeeProtectedFigures)]
internal sealed class Pivot(IMediator pipeline, WhereAndWho who) : FiguresPage(who)
{
    public Answer Shown { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        Shown = await Ask(ct);
        if (Shown.Unknown.Count > 0) Response.StatusCode = Microsoft.AspNetCore.Http.StatusCodes.Status400BadRequest; // what could be read is shown beside it
        return Page();
    }

    public async Task<IActionResult> OnGetExportAsync(string? format, CancellationToken ct)
    {
        Shown = await Ask(ct);
        if (Shown.Unknown.Count > 0 || format is not ("csv" or "xlsx" or "json-stat")) return BadRequest();
        if (Shown.Grid is not { } grid) return NotFound();
        return format switch
        {
            "csv" => File(Csv.Of(grid.ToSheet()), "text/csv; charset=utf-8", grid.FileName + ".csv"),
            "xlsx" => File(Xlsx.ToBytes([grid.ToSheet()]), Xlsx.MediaType, grid.FileName + ".xlsx"),
            _ => File(JsonStat.Bytes(JsonStat.Of(grid)), JsonStat.MediaType, grid.FileName + ".json"),
        };
    }

    /// <summary>The address of what is shown, to be kept and sent on.</summary>
    public string Address(string? format = null) => $"{Root}/pivot?{(format is null ? "" : $"handler=Export&format={format}&")}{Shown.State.ToQuery()}";

    /// <summary>Drawn where there is anything to draw: bars for few columns, small charts for many.</summary>
    public Microsoft.AspNetCore.Html.IHtmlContent? Drawing()
    {
        if (Shown.Grid is not { } grid || !grid.Cells.Any(r => r.Any(e => e.Number(grid.Measure) is not null))) return null;
        // All together would make everything else small.
        var rows = Enumerable.Range(0, grid.Rows.Count).Where(i => grid.Rows.Count == 1 || !IsWhole(grid.Rows[i].Code)).ToList();
        var columns = Enumerable.Range(0, grid.Columns.Count).Where(i => grid.Columns.Count == 1 || !IsWhole(grid.Columns[i].Code)).ToList();
        if (columns.Count <= Chart.MostSeries)
            return Chart.Bars("figures", grid.Title, Said.Axis(grid.RowAxis), rows.ConvertAll(r => new BarGroup(grid.Rows[r].Text, columns.ConvertAll(c => Bar(grid.Cells[r][c], columns.Count == 1 ? null : grid.Columns[c].Text)))));
        return Chart.Multiples("figures", grid.Title, $"{Said.Axis(grid.RowAxis)}, {Said.Axis(grid.ColumnAxis!)}", columns.ConvertAll(c => grid.ColumnAxis == Axes.Period ? grid.Columns[c].Code : grid.Columns[c].Code == grid.Columns[c].Text ? grid.Columns[c].Text : Short(grid, c)), columns.ConvertAll(c => grid.Columns[c].Text), rows.ConvertAll(r => new Panel(grid.Rows[r].Text, columns.ConvertAll(c => Bar(grid.Cells[r][c], null)))));

        Bar Bar(Entry entry, string? series) => new(entry.Number(grid.Measure) is { } number ? Math.Max(number, 0) : null, entry.Text(grid.Measure) + (entry.IsOfFirst ? " p" : ""), series);
        static bool IsWhole(string code) => code is Published.All or Geography.Country || Axes.IsRegion(code);
        static string Short(Grid grid, int column) => grid.ColumnAxis == Axes.Area ? grid.Columns[column].Code : grid.Columns[column].Text;
    }

    private Task<Answer> Ask(CancellationToken ct) => pipeline.Send(new Query(Request.Query.ToDictionary(q => q.Key, q => q.Value.ToString(), StringComparer.OrdinalIgnoreCase)), ct);

    /// <summary>What is chosen.</summary>
    /// <param name="Columns">null: one column.</param>
    /// <param name="Release">null: of each period the final release where it is out, else the first.</param>
    /// <param name="At">Where the other axes are fixed.</param>
    internal sealed record State(Table Table, string Rows, string? Columns, Measure Measure, Span Span, string? Period, string Area, string? Release, IReadOnlyDictionary<string, string> At)
    {
        public string ToQuery() => string.Join('&', Pairs().Select(p => $"{p.Key}={Uri.EscapeDataString(p.Value)}"));

        private IEnumerable<(string Key, string Value)> Pairs()
        {
            yield return ("table", Table.Id);
            yield return ("rows", Rows);
            yield return ("columns", Columns ?? None);
            yield return ("measure", Measure.ToString().ToLowerInvariant());
            if (Rows == Axes.Period || Columns == Axes.Period) yield return ("span", Span.ToString().ToLowerInvariant());
            else if (Period is not null) yield return (Axes.Period, Period);
            if (Rows != Axes.Area && Columns != Axes.Area) yield return (Axes.Area, Area);
            if (Release is not null) yield return ("release", Release);
            foreach (var (axis, code) in At) yield return (axis, code);
        }
    }

    public const string None = "none";

    /// <param name="Unknown">Names of what was asked and is not there; something else is shown in its place.</param>
    /// <param name="Editions">Releases the table can be read from.</param>
    /// <param name="OtherZones">The periods beside each other are not of the same zones.</param>
    internal sealed record Answer(State State, Grid? Grid, IReadOnlyList<string> Unknown, IReadOnlyList<Release> Editions, IReadOnlyList<string> Periods, IReadOnlyList<string> Areas, bool OtherZones)
    {
        /// <summary>Those that can be chosen.</summary>
        public IReadOnlyList<Table> Tables { get; init; } = [];

        /// <summary>Releases that stand and cannot be read here.</summary>
        public IReadOnlyList<Release> Unreadable { get; init; } = [];
    }

    [Requires(May.SeeProtectedFigures)]
    internal sealed record Query(IReadOnlyDictionary<string, string> Asked) : ICatalogQuery<Answer>;

    internal sealed class Handler(CatalogDbContext house, Shelf shelf, Programmes programmes) : IRequestHandler<Query, Answer>
    {
        private const int MostPeriods = 24;
        private readonly List<string> unknown = [];

        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var (asked, there) = (query.Asked, await shelf.Releases(ct));
            var (all, programme) = (there.Where(Published.CanRead).ToList(), programmes.Shipped);
            // The tables that are shipped, and those of earlier programmes by which something is out.
            var tables = programme.Tables.Select(t => t.Id).Concat(all.SelectMany(r => r.Programme!.In(r.Kind.ToString())).Select(t => t.Id)).Distinct(StringComparer.Ordinal).ToList();
            var anchor = programme.Of(programme.Anchor);
            var first = all.Count == 0 || all.Exists(r => anchor.Releases.Contains(r.Kind.ToString())) ? anchor : programme.Tables.First(t => all.Exists(r => t.Releases.Contains(r.Kind.ToString())));
            var id = Known(asked, "table", tables) ?? first.Id;
            var table = Shelf.Latest(all.Where(r => r.IsValid), programme, id) ?? Shelf.Latest(all, programme, id)!;
            var editions = all.FindAll(r => Shelf.Has(r, table));
            // Whoever turns from one table to another brings along what only the first one has: that is let go in silence.
            var ofOthers = Axes.Names.Append(Axes.Area).ToList();
            var release = Known(asked, "release", editions.Select(r => r.Id), all.Select(r => r.Id));
            // One that was taken back is shown to whoever names it, and to nobody else.
            var read = editions.FindAll(r => release is null ? r.IsValid : r.Id == release);
            // As the release has it that is named, or that has the period which is asked: another programme may have told other codes apart.
            if (release is not null) table = read[0].Programme!.Of(id);
            else if (asked.TryGetValue(Axes.Period, out var at) && Axes.Spans(table).Any(s => Shelf.Periods(read, table, s).Contains(at, StringComparer.Ordinal)) && Shelf.For(read, table, at) is { } of) table = of.Programme!.Of(id);
            var axes = Axes.Of(table);
            List<string> names = [.. axes.Select(a => a.Name), .. table.Geography == Grain.Country ? Array.Empty<string>() : [Axes.Area], Axes.Period];
            // One case has several answers: they have no sum, so they stand beside each other unless one is chosen.
            var several = axes.FirstOrDefault(a => a.IsSeveral && !asked.ContainsKey(a.Name))?.Name;
            var columns = Known(asked, "columns", names.Append(None), ofOthers) is { } across ? across == None ? null : across : table.Geography == Grain.Country ? null : Axes.Area;
            var rows = Known(asked, "rows", names, ofOthers) ?? (columns == axes[0].Name ? names.First(n => n != columns) : axes[0].Name);
            if (several is not null && rows != several && columns != several) rows = several;
            if (columns == rows) columns = null;
            var spans = Axes.Spans(table).ToList();
            var span = Known(asked, "span", spans.Select(s => s.ToString().ToLowerInvariant()), Enum.GetValues<Span>().Select(s => s.ToString().ToLowerInvariant())) is { } length ? Enum.Parse<Span>(length, ignoreCase: true) : spans.Contains(Span.Quarter) ? Span.Quarter : spans[0];
            var periods = spans.SelectMany(s => Shelf.Periods(read, table, s)).ToList();
            var period = Known(asked, Axes.Period, periods, programmes.All.SelectMany(p => p.Tables).SelectMany(t => Axes.Spans(t).SelectMany(s => Shelf.Periods(all, t, s)))) ?? Shelf.Periods(read, table, spans.Contains(Span.Quarter) ? Span.Quarter : spans[0]).LastOrDefault();
            var fixes = axes.Where(a => a.Name != rows && a.Name != columns).ToDictionary(a => a.Name, a => Known(asked, a.Name, a.Codes.Append(Published.All)) ?? (a.IsSeveral ? a.Codes[0] : Published.All), StringComparer.Ordinal);
            var beside = rows == Axes.Period || columns == Axes.Period ? Shelf.Periods(read, table, span).TakeLast(MostPeriods).ToList() : period is null ? [] : [period];
            var shelves = new Dictionary<string, Volume>(StringComparer.Ordinal);
            foreach (var one in beside)
            {
                if (await shelf.Read(read, table, one, ct) is { } found) shelves[one] = found;
            }
            var places = shelves.Values.Select(s => s.Latest).Distinct().SelectMany(s => s.Places(table.Id)).Distinct(StringComparer.Ordinal).OrderBy(Axes.Rank).ThenBy(p => p, StringComparer.Ordinal).ToList();
            var area = Known(asked, Axes.Area, places.Append(Geography.Country), StatisticalAreas.All.SelectMany(a => new[] { a.Code, a.Region }).Concat(all.SelectMany(r => r.Areas.Split(';')))) ?? Geography.Country;
            var measure = Known(asked, "measure", Enum.GetValues<Measure>().Select(m => m.ToString().ToLowerInvariant())) is { } said ? Enum.Parse<Measure>(said, ignoreCase: true) : Measure.Count;
            var state = new State(table, rows, columns, measure, span, period, area, release, fixes);
            var grid = shelves.Count == 0 ? null : Make(state, beside, places, shelves);
            var compared = grid is null ? [] : shelves.Select(s => (s.Value.Latest.Release, s.Key)).ToList();
            var others = compared.Count > 1 && Shelf.OtherZones(await Shelf.TakingPart(house, compared.Select(c => c.Release.Id), ct), compared);
            return new Answer(state, grid, unknown, editions, periods, places, others) { Tables = [.. tables.Select(t => t == id ? table : Shelf.Latest(all, programme, t)!)], Unreadable = Shelf.Unreadable(there) };
        }

        // What was asked, where it is there; what is nowhere is remembered by its name.
        private string? Known(IReadOnlyDictionary<string, string> asked, string name, IEnumerable<string> there, IEnumerable<string>? elsewhere = null)
        {
            if (!asked.TryGetValue(name, out var value) || value.Length == 0) return null;
            if (there.Contains(value, StringComparer.Ordinal)) return value;
            if (elsewhere?.Contains(value, StringComparer.Ordinal) != true) unknown.Add(name);
            return null;
        }

        private static Grid Make(State state, IReadOnlyList<string> periods, IReadOnlyList<string> places, Dictionary<string, Volume> shelves)
        {
            var (rows, columns) = (Heads(state.Rows), state.Columns is { } across ? Heads(across) : [new Head(Published.All, Words.Of("PubMeasure_" + state.Measure))]);
            var fixes = new Dictionary<string, string>(StringComparer.Ordinal);
            if (state.Rows != Axes.Area && state.Columns != Axes.Area) fixes[Axes.Area] = state.Table.Geography == Grain.Country ? Geography.Country : state.Area;
            if (state.Rows != Axes.Period && state.Columns != Axes.Period) fixes[Axes.Period] = periods[0];
            foreach (var (axis, code) in state.At.Where(a => a.Value != Published.All)) fixes[axis] = code;
            // A share is one of the line where the columns have a whole, else of the column.
            var whole = state.Columns is not null && Whole(state.Columns) is { } all ? (Axis: state.Columns, Code: all) : Whole(state.Rows) is { } above ? (Axis: state.Rows, Code: above) : ((string Axis, string Code)?)null;
            return new Grid(state.Table, state.Measure, state.Rows, state.Columns, fixes, rows, columns, [.. rows.Select(r => (IReadOnlyList<Entry>)[.. columns.Select(c => At(r.Code, c.Code))])]);

            Entry At(string row, string column)
            {
                var at = new Dictionary<string, string>(fixes, StringComparer.Ordinal) { [state.Rows] = row };
                if (state.Columns is not null) at[state.Columns] = column;
                if (!shelves.TryGetValue(at[Axes.Period], out var from)) return new Entry(null, null);
                if (from.Find(state.Table.Id, Cell(at)) is not { } found) return new Entry(null, null);
                var entry = new Entry(found.Release, found.Figure, IsOfFirst: found.IsOfFirst);
                if (state.Measure != Measure.Share || whole is not { } of) return entry;
                at[of.Axis] = of.Code;
                return entry with { Whole = from.Of(found).Find(state.Table.Id, Cell(at)) };
            }

            string? Cell(Dictionary<string, string> at) => Axes.Cell(state.Table, at[Axes.Area], at[Axes.Period], at);

            string? Whole(string axis) => axis switch { Axes.Area => Geography.Country, Axes.Period => null, _ => Axes.Find(state.Table, axis)!.IsSeveral ? null : Published.All };

            List<Head> Heads(string axis) => axis switch
            {
                Axes.Area => [.. places.Select(p => new Head(p, Said.Place(p)))],
                Axes.Period => [.. periods.Select(p => new Head(p, Said.Period(p)))],
                _ => [.. Axes.Find(state.Table, axis)!.Codes.Concat(Axes.Find(state.Table, axis)!.IsSeveral ? [] : [Published.All]).Select(c => new Head(c, Said.Code(axis, c)))],
            };
        }
    }
}
