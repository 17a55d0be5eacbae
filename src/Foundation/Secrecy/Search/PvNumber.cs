using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace VictimSupport.Foundation.Secrecy.Search;

/// <summary>Numbers of official reports. Their shape is a custom, not a law: an odd one is warned about, never refused.</summary>
public static partial class PvNumber
{
    /// <summary>Upper case, one separator, no spaces; a usual number has six digits of serial and four of year. What two spellings of one number have in common.</summary>
    public static string Normalise(string typed)
    {
        var visible = string.Concat(typed.Where(c => char.GetUnicodeCategory(c) is not (UnicodeCategory.Format or UnicodeCategory.Control or UnicodeCategory.Surrogate) || char.IsWhiteSpace(c)));
        var dotted = Separators().Replace(visible.ToUpperInvariant().Normalize(NormalizationForm.FormKC), ".").Trim('.');
        if (Loose().Match(dotted) is not { Success: true } usual) return dotted;
        var year = usual.Groups["year"].Value;
        return $"{usual.Groups["unit"].Value}.{usual.Groups["serial"].Value.PadLeft(6, '0')}.{(year.Length == 2 ? "20" + year : year)}";
    }

    /// <summary>Does it look as such numbers do, <c>BR.30.L1.012345/2026</c>?</summary>
    public static bool LooksUsual(string typed) => Usual().IsMatch(Normalise(typed));

    public static SearchPart Part(string typed) => new(PartKind.PvNumber, Normalise(typed).Replace(".", "", StringComparison.Ordinal));

    [GeneratedRegex(@"[\s./\\\p{Pd}_,:]+", RegexOptions.None, 1000)]
    private static partial Regex Separators();

    [GeneratedRegex(@"^(?<unit>[A-Z]{2}\.[0-9]{2}[A-Z0-9]*\.[A-Z0-9]{2})\.(?<serial>[0-9]{1,6})\.(?<year>[0-9]{2}|[0-9]{4})$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Loose();

    [GeneratedRegex(@"^[A-Z]{2}\.[0-9]{2}[A-Z0-9]*\.[A-Z0-9]{2}\.[0-9]{6}\.[0-9]{4}$", RegexOptions.None, 1000)]
    private static partial Regex Usual();
}
