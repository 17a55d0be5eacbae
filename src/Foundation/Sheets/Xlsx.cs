using System.Globalization;
using System.IO.Compression;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;

namespace VictimSupport.Foundation.Sheets;

/// <summary>
/// A workbook: text, numbers and nothing else. No formula, no hidden sheet, no author, no time of writing: the same sheets are the same bytes.
/// </summary>
public static class Xlsx
{
    public const string MediaType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    /// <summary>The most characters that Excel takes in one cell.</summary>
    public const int LongestText = 32_767;
    private const int LongestName = 31, WidestColumn = 60, MostRows = 1_048_576;
    private const uint Plain = 0, Head = 1, Words = 2;

    // No zip entry can be older.
    private static readonly DateTimeOffset Always = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <exception cref="ArgumentException">No sheet, more rows than a sheet takes, or a text longer than <see cref="LongestText"/>.</exception>
    public static void Write(Stream to, IReadOnlyList<Sheet> sheets)
    {
        if (sheets.Count == 0) throw new ArgumentException("A workbook has at least one sheet.", nameof(sheets));
        using var made = new MemoryStream();
        using (var document = SpreadsheetDocument.Create(made, SpreadsheetDocumentType.Workbook)) Fill(document, sheets);
        made.Position = 0;
        Settle(made, to);
    }

    /// <inheritdoc cref="Write"/>
    public static byte[] ToBytes(IReadOnlyList<Sheet> sheets)
    {
        using var bytes = new MemoryStream();
        Write(bytes, sheets);
        return bytes.ToArray();
    }

    private static void Fill(SpreadsheetDocument document, IReadOnlyList<Sheet> sheets)
    {
        // Ids that the library makes up itself are random.
        var book = document.AddWorkbookPart();
        document.ChangeIdOfPart(book, "rId1");
        var styles = book.AddNewPart<WorkbookStylesPart>("styles");
        styles.Stylesheet = new Stylesheet(
            new Fonts(new Font(new FontSize { Val = 11 }, new FontName { Val = "Calibri" }), new Font(new Bold(), new FontSize { Val = 11 }, new FontName { Val = "Calibri" })) { Count = 2 },
            new Fills(new Fill(new PatternFill { PatternType = PatternValues.None }), new Fill(new PatternFill { PatternType = PatternValues.Gray125 })) { Count = 2 },
            new Borders(new Border(new LeftBorder(), new RightBorder(), new TopBorder(), new BottomBorder(), new DiagonalBorder())) { Count = 1 },
            new CellStyleFormats(new CellFormat { NumberFormatId = 0, FontId = 0, FillId = 0, BorderId = 0 }) { Count = 1 },
            // 49 is the format of text: what begins like a formula stays text also after somebody pressed Enter in the cell.
            new CellFormats(
                new CellFormat { NumberFormatId = 0, FontId = 0, FillId = 0, BorderId = 0, FormatId = 0 },
                new CellFormat { NumberFormatId = 49, FontId = 1, FillId = 0, BorderId = 0, FormatId = 0, ApplyFont = true, ApplyNumberFormat = true },
                new CellFormat { NumberFormatId = 49, FontId = 0, FillId = 0, BorderId = 0, FormatId = 0, ApplyNumberFormat = true, QuotePrefix = true }) { Count = 3 },
            new CellStyles(new CellStyle { Name = "Normal", FormatId = 0, BuiltinId = 0 }) { Count = 1 });
        var (list, names) = (new DocumentFormat.OpenXml.Spreadsheet.Sheets(), new HashSet<string>(StringComparer.OrdinalIgnoreCase));
        for (var i = 0; i < sheets.Count; i++)
        {
            var part = book.AddNewPart<WorksheetPart>(string.Create(CultureInfo.InvariantCulture, $"sheet{i + 1}"));
            part.Worksheet = Page(sheets[i]);
            list.Append(new DocumentFormat.OpenXml.Spreadsheet.Sheet { Name = NameOf(sheets[i].Name, names), SheetId = (uint)i + 1, Id = book.GetIdOfPart(part) });
        }
        book.Workbook = new Workbook(list);
    }

    private static Worksheet Page(Sheet sheet)
    {
        if (sheet.Rows.Count > MostRows) throw new ArgumentException("More rows than a sheet takes.", nameof(sheet));
        var data = new SheetData();
        for (var r = 0; r < sheet.Rows.Count; r++)
        {
            var row = new Row { RowIndex = (uint)r + 1 };
            for (var c = 0; c < sheet.Rows[r].Count; c++)
            {
                if (Written(sheet.Rows[r][c], r == 0) is not { } cell) continue;
                cell.CellReference = Column(c) + (r + 1).ToString(CultureInfo.InvariantCulture);
                row.Append(cell);
            }
            data.Append(row);
        }
        var page = new Worksheet();
        page.Append(new SheetViews(new SheetView(new Pane { VerticalSplit = 1, TopLeftCell = "A2", ActivePane = PaneValues.BottomLeft, State = PaneStateValues.Frozen }) { WorkbookViewId = 0 }));
        var columns = sheet.Rows.Count == 0 ? 0 : sheet.Rows.Max(r => r.Count);
        if (columns > 0)
        {
            page.Append(new Columns(Enumerable.Range(0, columns).Select(c => new Column
            {
                Min = (uint)c + 1, Max = (uint)c + 1, CustomWidth = true,
                Width = Math.Clamp(sheet.Rows.Max(r => c < r.Count ? r[c].Text?.Length ?? (r[c].Number is { } n ? Cell.Decimal(n).Length : 0) : 0) + 2, 8, WidestColumn),
            })));
        }
        page.Append(data);
        return page;
    }

    private static DocumentFormat.OpenXml.Spreadsheet.Cell? Written(Cell cell, bool head)
    {
        if (cell.Number is { } number) return new() { StyleIndex = head ? Head : Plain, DataType = CellValues.Number, CellValue = new CellValue(number.ToString(CultureInfo.InvariantCulture)) };
        if (cell.Text is not { Length: > 0 } text) return null;
        if (text.Length > LongestText) throw new ArgumentException("A text is longer than a cell takes.", nameof(cell));
        return new() { StyleIndex = head ? Head : Words, DataType = CellValues.InlineString, InlineString = new InlineString(new Text(Legible(text)) { Space = SpaceProcessingModeValues.Preserve }) };
    }

    // What no XML can hold, lone halves of a character among it, is shown as a sign that something stood there.
    private static string Legible(string text)
    {
        var legible = text.ToCharArray();
        for (var i = 0; i < legible.Length; i++)
        {
            if (i + 1 < legible.Length && char.IsSurrogatePair(legible[i], legible[i + 1])) i++;
            else if (!System.Xml.XmlConvert.IsXmlChar(legible[i])) legible[i] = '\uFFFD';
        }
        return new string(legible);
    }

    private static string Column(int number)
    {
        var name = "";
        for (var n = number + 1; n > 0; n = (n - 1) / 26) name = (char)('A' + ((n - 1) % 26)) + name;
        return name;
    }

    private static string NameOf(string name, HashSet<string> taken)
    {
        var plain = Legible(name);
        foreach (var bad in "[]:*?/\\\n\r\t") plain = plain.Replace(bad, ' ');
        plain = plain.Trim(' ', '\'');
        if (plain.Length == 0) plain = "1";
        for (var n = 1; ; n++)
        {
            var end = n == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({n})");
            var whole = plain[..Math.Min(plain.Length, LongestName - end.Length)].TrimEnd(' ', '\'') + end;
            if (taken.Add(whole)) return whole;
        }
    }

    // The library stamps each part with the clock; here they have one order and one time.
    private static void Settle(Stream made, Stream to)
    {
        using var from = new ZipArchive(made, ZipArchiveMode.Read);
        using var settled = new ZipArchive(to, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var entry in from.Entries.OrderBy(e => e.FullName == "[Content_Types].xml" ? 0 : 1).ThenBy(e => e.FullName, StringComparer.Ordinal))
        {
            var copy = settled.CreateEntry(entry.FullName, CompressionLevel.Optimal);
            copy.LastWriteTime = Always;
            using var read = entry.Open();
            using var write = copy.Open();
            read.CopyTo(write);
        }
    }
}
