using System.Text;

namespace VictimSupport.Foundation.Sheets;

/// <summary>A file for a spreadsheet as it is read here: UTF-8 with its mark, semicolons, and no cell that a spreadsheet would take for a formula.</summary>
public sealed class Csv
{
    private const string Formulas = "=+-@\t\r\n|%＝＋－＠";
    private static readonly char[] Quoted = [';', '"', '\n', '\r'];
    private readonly StringBuilder text = new("\uFEFF");

    public void Line(params IEnumerable<string?> cells) => text.AppendJoin(';', cells.Select(Cell)).Append("\r\n");

    /// <summary>A line of a sheet: numbers stand with a decimal comma and without groups, in every language.</summary>
    public void Row(IEnumerable<Cell> cells) => text.AppendJoin(';', cells.Select(c => c.Number is { } number ? Sheets.Cell.Decimal(number) : Cell(c.Text))).Append("\r\n");

    public byte[] ToBytes() => Encoding.UTF8.GetBytes(text.ToString());

    /// <summary>A sheet alone as such a file.</summary>
    public static byte[] Of(Sheet sheet)
    {
        var csv = new Csv();
        foreach (var row in sheet.Rows) csv.Row(row);
        return csv.ToBytes();
    }

    /// <summary>The text of a cell that <see cref="Cell(string?)"/> made inert: the sign before it is ours and not the writer's.</summary>
    public static string Undone(string cell) => cell.Length > 1 && cell[0] == '\'' && Formulas.Contains(cell[1]) ? cell[1..] : cell;

    /// <summary>Text as one cell: inert, and quoted where it must be.</summary>
    public static string Cell(string? cell)
    {
        if (string.IsNullOrEmpty(cell)) return "";
        var inert = Formulas.Contains(cell.TrimStart(' ', '\u00A0', '"', '\'') is { Length: > 0 } rest ? rest[0] : cell[0]) ? "'" + cell : cell;
        return inert.IndexOfAny(Quoted) < 0 ? inert : "\"" + inert.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
    }
}
