using System.Globalization;

namespace VictimSupport.Foundation.Sheets;

/// <summary>What stands in one cell of a file for a spreadsheet: text, a number, or nothing. Never a formula.</summary>
public readonly record struct Cell
{
    private Cell(string? text, decimal? number) => (Text, Number) = (text, number);

    public static Cell Empty => default;

    public string? Text { get; }

    public decimal? Number { get; }

    public static Cell Of(string? text) => string.IsNullOrEmpty(text) ? default : new Cell(text, null);

    public static Cell Of(decimal? number) => new(null, number);

    public static implicit operator Cell(string? text) => Of(text);

    public static implicit operator Cell(int number) => Of(number);

    public static implicit operator Cell(decimal number) => Of(number);

    /// <summary>As spreadsheets here read it: a decimal comma, no groups.</summary>
    public static string Decimal(decimal number) => number.ToString(CultureInfo.InvariantCulture).Replace('.', ',');
}

/// <summary>One sheet of a workbook.</summary>
/// <param name="Name">What Excel does not allow in it is left out; two of the same name are numbered.</param>
/// <param name="Rows">The first is the head.</param>
public sealed record Sheet(string Name, IReadOnlyList<IReadOnlyList<Cell>> Rows);
