namespace VictimSupport.PublicDesk.Desk;

/// <summary>What a helpline is for. Its name in words is <c>HelpsWith_…</c>.</summary>
internal enum HelpsWith { Violence = 1, PartnerViolence, SexualViolence, AfterAnOffence, Listening, Suicide, Children, MissingChildren }

/// <summary>A helpline of others.</summary>
/// <param name="Called">Its own name, in its first language.</param>
/// <param name="Languages">In which it answers; the first is that of its name.</param>
/// <param name="Communities"><c>FWB</c>, <c>VG</c>, <c>DG</c>, <c>BRU</c>; <c>BE</c> is all.</param>
/// <param name="DayAndNight">It answers at any hour; false: its hours are not known to us.</param>
/// <param name="Website">For whoever checks it. It is no link on a public page: another site would know whence one comes, and the browser remembers it.</param>
/// <param name="Checked">When the number was last found in a source of its own or of an authority; null: never, it is what people of the field know.</param>
/// <param name="Source">Where.</param>
internal sealed record Helpline(string Called, string Number, HelpsWith With, IReadOnlyList<string> Languages, IReadOnlyList<string> Communities, bool DayAndNight, string? Website, DateOnly? Checked, string? Source)
{
    public const int MonthsFresh = 6;

    /// <summary>Somebody should look again.</summary>
    public bool IsOld(DateOnly today) => Checked is not { } on || on < today.AddMonths(-MonthsFresh);
}

/// <summary>The helplines that every zone's page shows: kept in this file, for all zones alike. Whoever checks a number changes its date here.</summary>
internal static class Helplines
{
    private static readonly DateOnly Read = new(2026, 11, 24), Looked = new(2026, 11, 27), Newspaper = new(2026, 11, 28);

    public static readonly IReadOnlyList<Helpline> All =
    [
        new("1712", "1712", HelpsWith.Violence, ["nl"], ["VG", "BRU"], false, "1712.be", Read, "1712.be"),
        new("Écoute violences conjugales", "0800 30 030", HelpsWith.PartnerViolence, ["fr"], ["FWB", "BRU"], true, null, Read, "actionsociale.wallonie.be"),
        new("SOS Viol", "0800 98 100", HelpsWith.SexualViolence, ["fr"], ["FWB", "BRU"], false, null, Read, "mr.be"),
        new("CAW", "0800 13 500", HelpsWith.AfterAnOffence, ["nl"], ["VG", "BRU"], false, null, Newspaper, "hbvl.be"),
        new("Telefonhilfe", "108", HelpsWith.Listening, ["de"], ["DG"], false, "telefonhilfe.be", Read, "telefonhilfe.be"),
        new("Télé-Accueil", "107", HelpsWith.Listening, ["fr"], ["FWB", "BRU"], false, null, Read, "telefonhilfe.be"),
        new("Tele-Onthaal", "106", HelpsWith.Listening, ["nl"], ["VG", "BRU"], false, null, Read, "departementwvg.be"),
        new("Centre de prévention du suicide", "0800 32 123", HelpsWith.Suicide, ["fr"], ["FWB", "BRU"], false, null, Read, "wallonie.be"),
        new("Zelfmoordlijn", "1813", HelpsWith.Suicide, ["nl"], ["VG", "BRU"], false, null, Looked, "senate.be"),
        new("Awel", "102", HelpsWith.Children, ["nl"], ["VG", "BRU"], false, null, Read, "slachtofferzorg.be"),
        new("Écoute-Enfants", "103", HelpsWith.Children, ["fr"], ["FWB", "BRU"], false, null, Looked, "schoolinschakeling.brussels"),
        new("Child Focus", "116 000", HelpsWith.MissingChildren, ["nl", "fr"], ["BE"], false, null, Looked, "rtbf.be"),
    ];

    /// <summary>Those that answer in the reader's language, then those of the zone's communities.</summary>
    public static IReadOnlyList<Helpline> For(string language, IReadOnlySet<string> communities) =>
        [.. All.Where(h => h.Languages.Contains(language) || h.Communities.Any(communities.Contains)).OrderByDescending(h => h.Languages.Contains(language))];
}
