using System.Globalization;
using VictimSupport.Foundation.Sheets;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.Statistics.Portal;

/// <summary>What is shown of a place in the grid.</summary>
internal enum Measure
{
    /// <summary>Helped people, with the margin.</summary>
    Count = 1,

    /// <summary>Of the whole line, in whole per cent.</summary>
    Share = 2,
}

/// <summary>One place in the grid: a stored figure, and the release it was read from.</summary>
/// <param name="Figure">null: there is no such figure in the programme.</param>
/// <param name="Whole">Of what it is a share: of the same release.</param>
/// <param name="IsOfFirst">It stands in place of one that the final release is without.</param>
internal sealed record Entry(Release? Release, Figure? Figure, Figure? Whole = null, bool IsOfFirst = false)
{
    /// <summary>In whole per cent, from protected figures alone; null: one of them is not shown.</summary>
    public int? Share => Figure?.Value is { } part && Whole?.Value is > 0 and var whole ? (int)Math.Round(100.0 * part / whole, MidpointRounding.AwayFromZero) : null;

    /// <summary>Of the share, in points. How a part is tied to its whole depends on the table; left out it makes the margin wider, never narrower, as a part does not fall when its whole rises.</summary>
    public int? ShareMargin => Share is { } share && Figure is { Variance: { } part } && Whole is { Variance: { } whole, Value: { } count }
        ? (int)Math.Ceiling(196 * Math.Sqrt(part + (share / 100.0 * (share / 100.0) * whole)) / count) : null;

    public int? Number(Measure measure) => measure == Measure.Share ? Share : Figure?.Value;
    public int? Margin(Measure measure) => measure == Measure.Share ? ShareMargin : Figure?.Margin;

    /// <summary>As it is read; a place without a figure is empty.</summary>
    public string Text(Measure measure) => Figure is null ? "" : Number(measure) is { } number ? measure == Measure.Share ? Words.PubShareAndMargin(number, ShareMargin) : Words.PubFigureAndMargin(number.ToString("N0", CultureInfo.CurrentCulture), Figure.Margin!.Value.ToString("N0", CultureInfo.CurrentCulture)) : Sign;

    /// <summary>What stands in place of a number: <c>:</c> where an area is not complete, else <c>c</c>; a share also where its whole is so.</summary>
    private string Sign => Figure!.IsMissing || Whole?.IsMissing == true ? ":" : "c";

    /// <summary>All signs, in the order of the legend.</summary>
    public string Signs(Measure measure) => Figure is null ? "" : string.Join(' ', new[] { Number(measure) is null ? Sign : null }.OfType<string>().Concat(Figure.Signs.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(s => s is not ("c" or ":")).Where(s => s != "u" || Number(measure) is not null)).Distinct());
}

/// <param name="Code">As in the programme, <see cref="Published.All"/> for all.</param>
internal sealed record Head(string Code, string Text);

/// <summary>Figures along two axes: what the page shows, and each file holds, to the cell.</summary>
/// <param name="RowAxis">Its name.</param>
/// <param name="ColumnAxis">null: there is one column.</param>
/// <param name="Fixed">Where it stands on the axes that are not shown, those for all left out.</param>
internal sealed record Grid(Table Table, Measure Measure, string RowAxis, string? ColumnAxis, IReadOnlyDictionary<string, string> Fixed, IReadOnlyList<Head> Rows, IReadOnlyList<Head> Columns, IReadOnlyList<IReadOnlyList<Entry>> Cells)
{
    /// <summary>The releases its figures were read from, the earliest first.</summary>
    public IReadOnlyList<Release> Releases => [.. Cells.SelectMany(r => r).Select(e => e.Release).OfType<Release>().DistinctBy(r => r.Id).OrderBy(r => r.Period, StringComparer.Ordinal).ThenBy(r => r.Kind)];

    /// <summary>Areas whose figures are of the first release, because the final one is without them.</summary>
    public IReadOnlyList<string> OfFirst => [.. Cells.SelectMany(r => r).Where(e => e.IsOfFirst).Select(e => e.Figure!.Place).Distinct(StringComparer.Ordinal)];

    public string Title => string.Join(", ", new[] { Said.Table(Table), Words.Of("PubMeasure_" + Measure) }.Concat(Fixed.Select(f => Said.Code(f.Key, f.Value))));

    /// <summary>What must stand beside the figures wherever they go.</summary>
    public IEnumerable<string> Notes => Releases.Select(r => Words.PubSourceOf(r.Id, Said.Edition(r), Design.Html.Moment.Show(Design.Html.Moment.Day(r.PublishedAt)), Said.Coverage(r), r.ProgrammeHash)).Append(Said.OfFirst(OfFirst)).Where(n => n.Length > 0).Append(Words.PubLegendText).Append(Said.Totals(Releases));

    /// <summary>As a sheet: each column of the page is three, the number, its margin and the signs. Nothing that the page does not show is in it.</summary>
    public Sheet ToSheet()
    {
        var rows = new List<IReadOnlyList<Cell>> { new List<Cell> { Said.Axis(RowAxis) }.Concat(Columns.SelectMany(c => new Cell[] { c.Text, Words.PubMarginOf(c.Text), Words.PubSignsOf(c.Text) })).ToList() };
        for (var r = 0; r < Rows.Count; r++)
            rows.Add([Rows[r].Text, .. Cells[r].SelectMany(e => new Cell[] { e.Number(Measure) is { } number ? number : Cell.Empty, e.Margin(Measure) is { } margin ? margin : Cell.Empty, e.Signs(Measure) })]);
        rows.Add([]);
        rows.Add([Title]);
        rows.AddRange(Notes.Select(n => (IReadOnlyList<Cell>)[n]));
        return new Sheet(Table.Id, rows);
    }

    /// <summary>A name for a file: no word of it needs a language.</summary>
    public string FileName => string.Join('-', new[] { "figures", Table.Id, RowAxis, ColumnAxis }.OfType<string>().Concat(Fixed.Where(f => f.Key == Axes.Period).Select(f => f.Value)));
}

/// <summary>Figures as JSON-stat 2.0 (json-stat.org): number and margin are two categories of a dimension of their own, signs are the status of their value.</summary>
internal static class JsonStat
{
    public const string MediaType = "application/vnd.json-stat+json", Measures = "measure";

    /// <summary>A grid of the page.</summary>
    public static Dictionary<string, object> Of(Grid grid)
    {
        var dimensions = new List<(string Id, string Label, IReadOnlyList<Head> Codes)> { (grid.RowAxis, Said.Axis(grid.RowAxis), grid.Rows) };
        if (grid.ColumnAxis is { } columns) dimensions.Add((columns, Said.Axis(columns), grid.Columns));
        dimensions.AddRange(grid.Fixed.Select(f => (f.Key, Said.Axis(f.Key), (IReadOnlyList<Head>)[new Head(f.Value, Said.Code(f.Key, f.Value))])));
        return Write(grid.Title, grid.Releases, grid.Table, dimensions, grid.Cells.SelectMany(r => r).Select(e => (e.Number(grid.Measure), e.Margin(grid.Measure), e.Signs(grid.Measure))), grid.Measure == Measure.Share ? "%" : null, grid.Notes);
    }

    /// <summary>A release: a collection of its tables.</summary>
    public static Dictionary<string, object> Of(OnTheShelf shelf) => new(StringComparer.Ordinal)
    {
        ["version"] = "2.0", ["class"] = "collection", ["label"] = shelf.Release.Id, ["source"] = Words.PubSourceName, ["updated"] = shelf.Release.PublishedAt.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        ["link"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["item"] = shelf.Release.Programme!.In(shelf.Release.Kind.ToString()).Select(t => Of(shelf, t)).ToList() },
    };

    /// <summary>A whole table of a release, with all its sums.</summary>
    public static Dictionary<string, object> Of(OnTheShelf shelf, Table table)
    {
        var figures = shelf.Table(table.Id).ToList();
        var places = shelf.Places(table.Id);
        var periods = figures.Select(f => f.Period).Distinct(StringComparer.Ordinal).OrderBy(p => p.Length).ThenBy(p => p, StringComparer.Ordinal).ToList();
        var axes = Axes.Of(table);
        var dimensions = new List<(string Id, string Label, IReadOnlyList<Head> Codes)>
        {
            (Axes.Area, Said.Axis(Axes.Area), [.. places.Select(p => new Head(p, Said.Place(p)))]), (Axes.Period, Said.Axis(Axes.Period), [.. periods.Select(p => new Head(p, Said.Period(p)))]),
        };
        dimensions.AddRange(axes.Select(a => (a.Name, Said.Axis(a.Name), (IReadOnlyList<Head>)[.. a.Codes.Concat(a.IsSeveral ? [] : [Published.All]).Select(c => new Head(c, Said.Code(a.Name, c)))])));
        var notes = new[] { Words.PubSourceOf(shelf.Release.Id, Said.Edition(shelf.Release), Design.Html.Moment.Show(Design.Html.Moment.Day(shelf.Release.PublishedAt)), Said.Coverage(shelf.Release), shelf.Release.ProgrammeHash), Words.PubLegendText, Said.Totals([shelf.Release]) };
        return Write(Said.Table(table), [shelf.Release], table, dimensions, At(dimensions.ConvertAll(d => d.Codes)).Select(at =>
        {
            var on = axes.Select((a, i) => (a.Name, Code: at[i + 2])).ToDictionary(a => a.Name, a => a.Code, StringComparer.Ordinal);
            return shelf.Find(table.Id, Axes.Cell(table, at[0], at[1], on)) is { } figure ? (figure.Value, figure.Margin, figure.Signs) : (null, null, "");
        }), null, notes);
    }

    // Row by row, the last dimension turning first, as JSON-stat orders values.
    private static IEnumerable<string[]> At(List<IReadOnlyList<Head>> dimensions)
    {
        var at = new int[dimensions.Count];
        while (true)
        {
            yield return [.. at.Select((place, i) => dimensions[i][place].Code)];
            var last = dimensions.Count - 1;
            while (last >= 0 && ++at[last] == dimensions[last].Count) at[last--] = 0;
            if (last < 0) yield break;
        }
    }

    private static Dictionary<string, object> Write(string label, IReadOnlyList<Release> releases, Table table, List<(string Id, string Label, IReadOnlyList<Head> Codes)> dimensions, IEnumerable<(int? Number, int? Margin, string Signs)> cells, string? unit, IEnumerable<string> notes)
    {
        dimensions.Add((Measures, Words.PubAxis_measure, [new Head("number", Words.PubNumberHead), new Head("margin95", Words.PubMarginHead)]));
        var (values, status) = (new List<int?>(), new Dictionary<string, string>(StringComparer.Ordinal));
        foreach (var (number, margin, signs) in cells)
        {
            if (signs.Length > 0) status[values.Count.ToString(CultureInfo.InvariantCulture)] = signs;
            values.Add(number);
            values.Add(margin);
        }
        var dataset = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["version"] = "2.0", ["class"] = "dataset", ["label"] = label, ["source"] = Words.PubSourceName, ["note"] = notes.ToList(),
            ["id"] = dimensions.ConvertAll(d => d.Id), ["size"] = dimensions.ConvertAll(d => d.Codes.Count),
            ["role"] = Roles(dimensions.ConvertAll(d => d.Id)),
            ["dimension"] = dimensions.ToDictionary(d => d.Id, d => (object)Dimension(d.Label, d.Codes, d.Id == Measures ? unit : null), StringComparer.Ordinal),
            ["value"] = values,
            ["extension"] = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["table"] = table.Id, ["releases"] = releases.Select(r => r.Id).ToList(), ["programmes"] = releases.Select(r => r.ProgrammeHash).Distinct(StringComparer.Ordinal).ToList(),
                ["zones"] = releases.Select(r => new Dictionary<string, object?>(StringComparer.Ordinal) { ["release"] = r.Id, ["participating"] = r.Zones, ["of"] = r.OfZones, ["inhabitantsPercent"] = r.InhabitantsPercent, ["without"] = r.Missing.Split(';', StringSplitOptions.RemoveEmptyEntries) }).ToList(),
            },
        };
        if (releases.Count > 0) dataset["updated"] = releases.Max(r => r.PublishedAt).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        if (status.Count > 0) dataset["status"] = status; // JSON-stat knows no empty one
        return dataset;
    }

    private static Dictionary<string, object> Roles(List<string> ids)
    {
        var roles = new Dictionary<string, object>(StringComparer.Ordinal) { ["metric"] = new[] { Measures } };
        if (ids.Contains(Axes.Period)) roles["time"] = new[] { Axes.Period };
        if (ids.Contains(Axes.Area)) roles["geo"] = new[] { Axes.Area };
        return roles;
    }

    private static Dictionary<string, object> Dimension(string label, IReadOnlyList<Head> codes, string? unit)
    {
        var category = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["index"] = codes.Select(c => c.Code).ToList(), ["label"] = codes.ToDictionary(c => c.Code, c => c.Text, StringComparer.Ordinal),
        };
        if (unit is not null) category["unit"] = codes.ToDictionary(c => c.Code, _ => new Dictionary<string, object>(StringComparer.Ordinal) { ["label"] = unit, ["decimals"] = 0 }, StringComparer.Ordinal);
        return new Dictionary<string, object>(StringComparer.Ordinal) { ["label"] = label, ["category"] = category };
    }

    public static byte[] Bytes(Dictionary<string, object> dataset) => System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(dataset, Written);

    private static readonly System.Text.Json.JsonSerializerOptions Written = new(System.Text.Json.JsonSerializerDefaults.Web) { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
