using System.IO.Compression;
using System.Text;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using DocumentFormat.OpenXml.Validation;
using VictimSupport.Foundation.Sheets;
using Cell = VictimSupport.Foundation.Sheets.Cell;
using Sheet = VictimSupport.Foundation.Sheets.Sheet;

namespace VictimSupport.Tests.Foundation.Sheets;

public sealed class XlsxTests
{
    private static readonly IReadOnlyList<Sheet> Some =
    [
        new("Chiffres: [été]", [["Mot", "Nombre"], ["Inès & <Léa>", 12.5m], ["=1+1", -3], ["  espaces ", Cell.Empty], [Cell.Empty, 1234567]]),
        new("chiffres  été", [["Tête"]]),
        new("Chiffres: [été]", [["Encore"]]),
    ];

    [Fact]
    public void A_workbook_is_sound_and_says_what_went_in()
    {
        using var book = SpreadsheetDocument.Open(new MemoryStream(Xlsx.ToBytes(Some)), isEditable: false);
        Assert.Empty(new OpenXmlValidator().Validate(book).Select(f => f.Description));
        var sheets = book.WorkbookPart!.Workbook!.Descendants<DocumentFormat.OpenXml.Spreadsheet.Sheet>().ToList();
        Assert.Equal(3, sheets.Select(s => s.Name!.Value!).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(sheets, s => Assert.Null(s.State)); // none is hidden
        Assert.All(sheets, s => Assert.DoesNotContain(s.Name!.Value!, c => "[]:*?/\\".Contains(c)));
        var rows = Rows(book, 0);
        Assert.Equal(["Mot", "Nombre"], rows[0]);
        Assert.Equal(["Inès & <Léa>", "12.5"], rows[1]);
        Assert.Equal(["=1+1", "-3"], rows[2]);
        Assert.Equal(["  espaces "], rows[3]);
        Assert.Equal(["1234567"], rows[4]);
    }

    [Fact]
    public void Nothing_in_it_is_a_formula_whatever_it_looks_like()
    {
        string[] wild = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "=HYPERLINK(\"http://x\")"];
        using var book = SpreadsheetDocument.Open(new MemoryStream(Xlsx.ToBytes([new("s", [.. wild.Select(w => (IReadOnlyList<Cell>)[w])])])), isEditable: false);
        var cells = book.WorkbookPart!.WorksheetParts.Single().Worksheet!.Descendants<DocumentFormat.OpenXml.Spreadsheet.Cell>().ToList();
        Assert.Equal(wild.Length, cells.Count);
        Assert.All(cells, c => Assert.Equal((CellValues.InlineString, (CellFormula?)null), (c.DataType!.Value, c.CellFormula)));
        // Kept as text also after somebody went into the cell and pressed Enter.
        var formats = book.WorkbookPart.WorkbookStylesPart!.Stylesheet!.CellFormats!.Elements<CellFormat>().ToList();
        Assert.All(cells, c => Assert.Equal(49u, formats[(int)c.StyleIndex!.Value].NumberFormatId!.Value));
    }

    [Fact]
    public async Task The_same_sheets_are_the_same_bytes_at_another_time()
    {
        var first = Xlsx.ToBytes(Some);
        await Task.Delay(TimeSpan.FromSeconds(2.2), TestContext.Current.CancellationToken); // a zip tells two seconds apart
        Assert.Equal(first, Xlsx.ToBytes(Some));
        using var zip = new ZipArchive(new MemoryStream(first));
        Assert.All(zip.Entries, e => Assert.Equal(1980, e.LastWriteTime.Year));
        Assert.DoesNotContain(zip.Entries, e => e.FullName.StartsWith("docProps", StringComparison.Ordinal)); // neither an author nor a day
    }

    [Fact]
    public void What_no_sheet_can_hold_is_refused_or_shown_as_lacking()
    {
        Assert.Throws<ArgumentException>(() => Xlsx.ToBytes([]));
        Assert.Throws<ArgumentException>(() => Xlsx.ToBytes([new("s", [[new string('x', Xlsx.LongestText + 1)]])]));
        using var book = SpreadsheetDocument.Open(new MemoryStream(Xlsx.ToBytes([new(new string('y', 80), [["a\u0001b\uD800c", "😀"]]), new("", [])])), isEditable: false);
        Assert.Equal(["a\uFFFDb\uFFFDc", "😀"], Rows(book, 0)[0]);
        Assert.Empty(new OpenXmlValidator().Validate(book).Select(f => f.Description));
    }

    [Fact]
    public void A_sheet_as_CSV_has_a_decimal_comma_and_no_formula()
    {
        var text = Encoding.UTF8.GetString(Csv.Of(Some[0]));
        Assert.Equal("\uFEFFMot;Nombre\r\nInès & <Léa>;12,5\r\n'=1+1;-3\r\n  espaces ;\r\n;1234567\r\n", text);
    }

    private static List<List<string>> Rows(SpreadsheetDocument book, int sheet)
    {
        var id = book.WorkbookPart!.Workbook!.Descendants<DocumentFormat.OpenXml.Spreadsheet.Sheet>().ElementAt(sheet).Id!.Value!;
        return [.. ((WorksheetPart)book.WorkbookPart.GetPartById(id)).Worksheet!.Descendants<Row>().Select(r => r.Elements<DocumentFormat.OpenXml.Spreadsheet.Cell>().Select(c => c.InlineString?.Text?.Text ?? c.CellValue!.Text).ToList())];
    }
}
