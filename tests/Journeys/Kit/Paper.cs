using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace VictimSupport.Journeys.Kit;

/// <summary>What a page looks like out of the printer.</summary>
internal static class Paper
{
    /// <summary>It is one sheet, of this width in millimetres.</summary>
    public static async Task IsOneSheet(this Screen screen, double width, string? keep = null)
    {
        var pdf = await screen.Page.PdfAsync(new() { PreferCSSPageSize = true, PrintBackground = false, Path = keep });
        var paper = Encoding.Latin1.GetString(pdf);
        Assert.Single(Regex.Matches(paper, @"/Type\s*/Page\b(?!s)", RegexOptions.None, TimeSpan.FromSeconds(5)));
        var size = Regex.Match(paper, @"/MediaBox\s*\[\s*0 0 (?<width>[0-9.]+) ", RegexOptions.None, TimeSpan.FromSeconds(5));
        Assert.Equal(width, double.Parse(size.Groups["width"].Value, CultureInfo.InvariantCulture) / 72 * 25.4, 1.0);
    }
}
