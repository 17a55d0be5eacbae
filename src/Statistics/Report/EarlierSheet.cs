using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using VictimSupport.Design.Forms;
using VictimSupport.Foundation.Sheets;
using VictimSupport.Statistics.Definitions;

namespace VictimSupport.Statistics.Report;

/// <summary>Why a text is no list of totals.</summary>
internal enum EarlierUnread { Nothing = 1, TooLarge, TooMany, NoHeading }

/// <param name="Number">Of the row, counted from 1 below the heading.</param>
/// <param name="Faults">What is wrong in it; empty: it could be taken.</param>
internal sealed record EarlierLine(int Number, int Year, IReadOnlyDictionary<string, int> Counts, IReadOnlyList<string> Faults);

/// <summary>Reads totals of earlier years as a spreadsheet gives them, headings in any of four languages. Whatever is in a list, there is an answer.</summary>
internal static partial class EarlierSheet
{
    public const int LargestBytes = 64 * 1024, Most = 50;
    private const string YearColumn = "year";

    private static readonly Lazy<Dictionary<string, string>> Headings = new(() =>
    {
        var known = FourLanguages.Known([(YearColumn, "ReportYearLabel"), .. MainTotals.Codes.Select(c => (c, MainTotals.Figure(c) is null ? "ReportTotal_" + c : "Figure_" + c))], Words.Of);
        foreach (var code in MainTotals.Codes.Append(YearColumn)) known[FourLanguages.Fold(code)] = code;
        return known;
    });

    /// <returns>The rows in their order, or why there are none; and the columns that are not taken.</returns>
    public static (IReadOnlyList<EarlierLine> Lines, EarlierUnread? Unread, IReadOnlyList<string> Left) Read(string text, int lastYear)
    {
        if (Encoding.UTF8.GetByteCount(text) > LargestBytes) return ([], EarlierUnread.TooLarge, []);
        var plain = PlainText.Of(text).TrimStart('\uFEFF');
        var rows = CellText.Cells(plain, CellText.Separator(plain)).Where(r => r.Any(c => c.Length > 0)).Take(Most + 2).ToList();
        if (rows.Count == 0) return ([], EarlierUnread.Nothing, []);
        var columns = rows[0].Select(c => Headings.Value.GetValueOrDefault(FourLanguages.Fold(c))).ToArray();
        if (!columns.Contains(YearColumn) || columns.OfType<string>().Distinct().Count() < columns.OfType<string>().Count()) return ([], EarlierUnread.NoHeading, []);
        if (rows.Count == 1) return ([], EarlierUnread.Nothing, []);
        if (rows.Count - 1 > Most) return ([], EarlierUnread.TooMany, []);
        var lines = new List<EarlierLine>();
        foreach (var cells in rows.Skip(1)) lines.Add(Line(lines, cells, columns, lastYear));
        return (lines, null, CellText.Left(rows, hasHeading: true, i => i < columns.Length && columns[i] is not null));
    }

    private static EarlierLine Line(List<EarlierLine> before, List<string> cells, string?[] columns, int lastYear)
    {
        var (faults, counts, year) = (new List<string>(), new Dictionary<string, int>(StringComparer.Ordinal), 0);
        for (var i = 0; i < columns.Length && i < cells.Count; i++)
        {
            var said = Csv.Undone(cells[i]);
            if (columns[i] is not { } column || (said.Length == 0 && column != YearColumn)) continue;
            var number = Whole().IsMatch(said) && int.TryParse(Gaps().Replace(said, ""), NumberStyles.None, CultureInfo.InvariantCulture, out var read) && read <= EarlierYear.Largest ? read : (int?)null;
            if (column == YearColumn)
            {
                if (number is { } given && given >= EarlierYear.First && given <= lastYear) year = given;
                else faults.Add(Words.EarlierNotYear(Short(said)));
            }
            else if (number is { } count) counts[column] = count;
            else faults.Add(Words.EarlierNotNumber(Short(said)));
        }
        if (cells.Count <= Array.IndexOf(columns, YearColumn)) faults.Add(Words.EarlierNotYear(""));
        if (year > 0 && before.Find(b => b.Year == year) is { } twin) faults.Add(Words.EarlierTwice(twin.Number));
        if (counts.Count == 0 && faults.Count == 0) faults.Add(Words.ReportEarlierNone);
        return new EarlierLine(before.Count + 1, year, counts, faults);
    }

    private static string Short(string said) => said.Length > 40 ? said[..40] + "…" : said;

    // Groups of three may be parted, as spreadsheets write them.
    [GeneratedRegex(@"^([0-9]{1,7}|[0-9]{1,3}([ .\u00A0\u202F][0-9]{3})+)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Whole();

    [GeneratedRegex(@"[ .\u00A0\u202F]", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Gaps();
}
