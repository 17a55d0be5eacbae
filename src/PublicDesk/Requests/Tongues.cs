namespace VictimSupport.PublicDesk.Requests;

/// <summary>Languages somebody may say they speak, each by its own name: whoever cannot read the page finds theirs. Sign languages are among them. A test holds the codes against those of the casework.</summary>
internal static class Tongues
{
    public const string Other = "other";
    public static readonly IReadOnlyList<(string Code, string Own)> All =
    [
        ("fr", "Français"), ("nl", "Nederlands"), ("de", "Deutsch"), ("en", "English"), ("ar", "العربية"), ("tr", "Türkçe"), ("pl", "Polski"), ("ro", "Română"), ("uk", "Українська"), ("ru", "Русский"), ("es", "Español"), ("it", "Italiano"),
        ("pt", "Português"), ("bg", "Български"), ("sq", "Shqip"), ("fa", "فارسی"), ("ps", "پښتو"), ("ti", "ትግርኛ"), ("lsfb", "Langue des signes (LSFB)"), ("vgt", "Vlaamse Gebarentaal (VGT)"), ("dgs", "Deutsche Gebärdensprache (DGS)"),
    ];

    public static bool Has(string? code) => code == Other || All.Any(t => t.Code == code);

    public static string Of(string code) => All.FirstOrDefault(t => t.Code == code).Own ?? Words.AskOtherLanguage;
}
