using System.Text;

namespace VictimSupport.Privacy;

/// <summary>A file for a spreadsheet as it is read here: UTF-8 with its mark, semicolons, and no cell that a spreadsheet would take for a formula.</summary>
internal sealed class Csv
{
    private const string Formulas = "=+-@\t\r\n|%";
    private static readonly char[] Quoted = [';', '"', '\n', '\r'];
    private readonly StringBuilder text = new("\uFEFF");

    public void Line(params IEnumerable<string?> cells) => text.AppendJoin(';', cells.Select(Cell)).Append("\r\n");

    public byte[] ToBytes() => Encoding.UTF8.GetBytes(text.ToString());

    internal static string Cell(string? cell)
    {
        if (string.IsNullOrEmpty(cell)) return "";
        var inert = Formulas.Contains(cell.TrimStart(' ', '\u00A0', '"', '\'') is { Length: > 0 } rest ? rest[0] : cell[0]) ? "'" + cell : cell;
        return inert.IndexOfAny(Quoted) < 0 ? inert : "\"" + inert.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
    }
}
