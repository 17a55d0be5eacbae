using System.Text;
using VictimSupport.Foundation.Sheets;

namespace VictimSupport.Tests.Foundation.Sheets;

public sealed class CsvTests
{
    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+32", "'+32")]
    [InlineData("-2", "'-2")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("  =1", "'  =1")]
    [InlineData("\"=1", "\"'\"\"=1\"")]
    [InlineData("|cmd", "'|cmd")]
    [InlineData("a;b", "\"a;b\"")]
    [InlineData("a\"b", "\"a\"\"b\"")]
    [InlineData("Inès", "Inès")]
    [InlineData(null, "")]
    public void A_cell_is_never_a_formula_and_never_breaks_its_line(string? cell, string written) => Assert.Equal(written, Csv.Cell(cell));

    [Fact]
    public void A_file_begins_with_its_mark_and_parts_cells_by_semicolons()
    {
        var csv = new Csv();
        csv.Line("a", "b");
        Assert.Equal([0xEF, 0xBB, 0xBF, .. Encoding.ASCII.GetBytes("a;b\r\n")], csv.ToBytes());
    }
}
