using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Sheets;

namespace VictimSupport.Statistics.Own;

/// <summary>Figures as files: the cells of the page, each file marked as internal in its first line.</summary>
internal static class Files
{
    public const string CsvType = "text/csv; charset=utf-8";

    /// <summary>A sheet for each table, and one that says what they are.</summary>
    public static byte[] Xlsx(Drawing drawn, string zone, DateOnly made) => Foundation.Sheets.Xlsx.ToBytes(
    [
        new Sheet(Words.AboutSheet, [.. About(drawn, zone, made)]),
        .. drawn.All.Select(t => new Sheet(t.Name, [[t.First, .. t.Columns.Select(Cell.Of)], .. t.Rows.Select(r => (IReadOnlyList<Cell>)[r.Label, .. r.Cells])])),
    ]);

    /// <summary>All tables under one another; where one has no such column, the cell is empty. A table with columns of its own has a line for each of its cells.</summary>
    public static byte[] Csv(Drawing drawn, string zone, DateOnly made)
    {
        var csv = new Csv();
        foreach (var row in About(drawn, zone, made)) csv.Row(row);
        var columns = drawn.Tables.SelectMany(t => t.Columns).Distinct(StringComparer.Ordinal).OrderBy(Place).ToList();
        csv.Row([Words.FigureColumn, Words.PartColumn, .. columns.Select(Cell.Of)]);
        foreach (var table in drawn.Tables)
        {
            foreach (var row in table.Rows) csv.Row([table.Name, row.Label, .. columns.Select(c => table.Columns.ToList().IndexOf(c) is >= 0 and var at ? row.Cells[at] : Cell.Empty)]);
        }
        if (drawn.Months is { } months)
        {
            foreach (var row in months.Rows)
            {
                for (var i = 0; i < months.Columns.Count; i++) csv.Row([months.Name, $"{row.Label}, {months.Columns[i]}", row.Cells[i]]);
            }
        }
        return csv.ToBytes();

        // As a reader of the fullest table meets them.
        int Place(string column) => drawn.Tables.Select(t => t.Columns.ToList().IndexOf(column)).Max();
    }

    /// <param name="format">csv; anything else is a workbook.</param>
    public static IActionResult Result(PageModel page, Drawing drawn, string zone, DateOnly made, string? format) => format == "csv"
        ? page.File(Csv(drawn, zone, made), CsvType, Name(drawn, zone, "csv"))
        : page.File(Xlsx(drawn, zone, made), Foundation.Sheets.Xlsx.MediaType, Name(drawn, zone, "xlsx"));

    private static string Name(Drawing drawn, string zone, string ending) => $"{zone}-{drawn.Period.Said.Replace('/', '_')}.{ending}";

    private static IEnumerable<IReadOnlyList<Cell>> About(Drawing drawn, string zone, DateOnly made)
    {
        yield return [Words.InternalMark, drawn.IsExact ? Words.InternalText : Words.ClosedText];
        yield return [Words.ZoneLabel, zone];
        yield return [Words.PeriodLabel, drawn.Period.InWords];
        yield return [Words.BeforeColumn, drawn.Before.InWords];
        yield return [Words.MadeOn, Design.Html.Moment.Show(made)];
        yield return [Words.Unit_StructuralWork, Words.StructuralNote];
        if (drawn.Beside is { } beside) yield return [string.Join(", ", beside.Places), Words.PublishedNote(beside.Release, beside.Zones)];
    }
}
