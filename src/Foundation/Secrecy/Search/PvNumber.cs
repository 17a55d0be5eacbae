using System.Text.RegularExpressions;

namespace VictimSupport.Foundation.Secrecy.Search;

/// <summary>Numbers of official reports. Their shape is a custom, not a law: an odd one is warned about, never refused.</summary>
public static partial class PvNumber
{
    /// <summary>Upper case, one separator, no spaces: what two spellings of one number have in common.</summary>
    public static string Normalise(string typed) => Separators().Replace(typed.Trim().ToUpperInvariant(), ".").Trim('.');

    /// <summary>Does it look as such numbers do, <c>BR.30.L1.012345/2026</c>?</summary>
    public static bool LooksUsual(string typed) => Usual().IsMatch(Normalise(typed));

    public static SearchPart Part(string typed) => new(PartKind.PvNumber, Separators().Replace(Normalise(typed), ""));

    [GeneratedRegex(@"[\s./\\\-_]+", RegexOptions.None, 1000)]
    private static partial Regex Separators();

    [GeneratedRegex(@"^[A-Z]{2}\.\d{2}[A-Z0-9]*\.[A-Z0-9]{2}\.\d{6}\.\d{2,4}$", RegexOptions.None, 1000)]
    private static partial Regex Usual();
}
