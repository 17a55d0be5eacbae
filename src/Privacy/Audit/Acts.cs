using System.Globalization;
using System.Resources;

namespace VictimSupport.Privacy.Audit;

/// <summary>Codes of the audit in words. A code that has none is shown as it is: a record is never left out because nobody found a word for it.</summary>
internal static class Acts
{
    private static readonly ResourceManager Book = new("VictimSupport.Privacy.Words", typeof(Acts).Assembly);

    /// <summary>The key under which an act is said in <c>Words.*.resx</c>: <c>Casework.Dossiers.Show</c> by <c>Act_Casework_Dossiers_Show</c>.</summary>
    public static string KeyOf(string act) => "Act_" + act.Replace('.', '_');

    /// <summary>An act without the code of its refusal.</summary>
    public static string InWords(string act) => Say(KeyOf(act)) ?? act;

    /// <summary>Why a dossier opened, or what was asked for; with the colleague's name where somebody was replaced.</summary>
    public static string Why(string code, Func<Guid?, string>? name = null)
    {
        if (Parcel(code) is { } parcel) return $"{Say("Why_parcel_" + parcel.Way) ?? parcel.Way} {parcel.Zone}";
        if (code.Split(' ') is ["figures", { } period]) return $"{Say("Why_figures")} {period}";
        var said = Say("Why_" + StemOf(code).Replace('-', '_')) ?? StemOf(code);
        return name is not null && Replaced(code) is { } colleague ? $"{said}: {name(colleague)}" : said;
    }

    /// <summary>A reason without whom it names: <c>replacing 0192…</c> is <c>replacing</c>, <c>on duty</c> is <c>on-duty</c>.</summary>
    public static string StemOf(string why) => Replaced(why) is null ? why.Replace(' ', '-') : why[..why.IndexOf(' ', StringComparison.Ordinal)];

    /// <summary>The colleague whom somebody replaced.</summary>
    public static Guid? Replaced(string? why) => why?.Split(' ') is [_, var id] && Guid.TryParse(id, out var colleague) ? colleague : null;

    // "parcel from 5340": which way, and the other zone.
    private static (string Way, string Zone)? Parcel(string why) => why.Split(' ') is ["parcel", "from" or "to", { Length: 4 } zone] words ? (words[1], zone) : null;

    /// <summary>Why somebody was refused.</summary>
    public static string Refused(string code) => Say("Refused_" + code.Replace('-', '_')) ?? code;

    /// <summary>Why a role was given.</summary>
    public static string Given(string code) => Say("Given_" + code.Replace('-', '_')) ?? code;

    /// <summary>The act and, where it was refused, why.</summary>
    public static (string Act, string? Refusal) Split(string recorded) => recorded.IndexOf('!', StringComparison.Ordinal) is var at and >= 0 ? (recorded[..at], recorded[(at + 1)..]) : (recorded, null);

    internal static string? Say(string key, CultureInfo? culture = null) => Book.GetString(key, culture ?? CultureInfo.CurrentUICulture);
}
