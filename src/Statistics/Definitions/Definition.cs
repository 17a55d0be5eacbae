namespace VictimSupport.Statistics.Definitions;

/// <summary>What a figure counts.</summary>
internal enum Unit { Case = 1, Dossier = 2, Contact = 3, CallOut = 4, Referral = 5, StructuralWork = 6 }

/// <summary>How the parts of a figure stand to its total.</summary>
internal enum Shape
{
    /// <summary>One number.</summary>
    Total = 1,

    /// <summary>Each is in one part: the parts add up to all.</summary>
    Parts = 2,

    /// <summary>One may be in several parts: they add up to answers.</summary>
    Several = 3,
}

/// <summary>One figure and where it is defined. Its name is said by <c>Figure_</c> and its code, what it counts by <c>Definition_</c> and its code; the page of definitions has an anchor of its code.</summary>
/// <param name="Table">Of the programme of tables, where the same is released with noise; null: it is a zone's own alone.</param>
/// <param name="Codes">The codes in their order; empty for a total.</param>
internal sealed record Definition(string Code, Unit Unit, Shape Shape, string? Table, IReadOnlyList<string> Codes)
{
    public string Name => Words.Of("Figure_" + Code);
    public string Text => Words.Of("Definition_" + Code);

    /// <summary>The released figure that counts the same: a table, and a code for each of its dimensions, all together for those it does not tell apart.</summary>
    /// <param name="code">One of its own, or the one for all.</param>
    /// <returns>null: none does.</returns>
    public (string Table, IReadOnlyList<string> Codes)? Released(string code)
    {
        // Of cases at home alone; a zone's own list holds all, and so does its total.
        if (Table is null || (Code == "violence" && code == Releases.Published.All)) return null;
        var dimensions = Programme.TableProgramme.Known.Select(p => p.Find(Table)).OfType<Programme.Table>().First().Dimensions;
        return dimensions.Any(d => d.Name == Code) || code == Releases.Published.All ? (Table, [.. dimensions.Select(d => d.Name == Code ? code : Releases.Published.All)]) : null;
    }

    /// <summary>Where it is defined, below the zone.</summary>
    public string Address => Portal.Definitions.OfZone + "#" + Code;
}

/// <summary>Every figure there is, each defined once: zones' own pages, the analysts' portal and all files lead here.</summary>
internal static class Figures
{
    private static readonly IReadOnlyList<string> Targets = Of("target"), Answers = ["Accepted", "Withdrawn", "Refused", "NotAnswered"];

    public static readonly IReadOnlyList<Definition> All =
    [
        new("cases", Unit.Case, Shape.Total, "T1", []),
        new("category", Unit.Case, Shape.Parts, "T1", Of("category")),
        new("subKind", Unit.Case, Shape.Parts, "T11", Of("subKind")),
        new("capacity", Unit.Case, Shape.Parts, "T2", Of("capacity")),
        new("sex", Unit.Case, Shape.Parts, null, ["Female", "Male", "Other", "NotSaid"]),
        new("sexAge", Unit.Case, Shape.Parts, "T3", Of("sexAge")),
        new("damage", Unit.Case, Shape.Parts, "T4", Of("damage")),
        new("service", Unit.Case, Shape.Several, "T5", Of("service")),
        new("target", Unit.Case, Shape.Several, "T6", Targets),
        new("place", Unit.Case, Shape.Parts, "T7", Of("place")),
        new("delay", Unit.Case, Shape.Parts, "T8", Of("delay")),
        new("language", Unit.Case, Shape.Parts, "T9", Of("language")),
        new("violence", Unit.Case, Shape.Parts, "T10", ["PartnerViolence", "OtherAtHome", "NotAtHome"]),
        new("offer", Unit.Case, Shape.Parts, "T12", Of("offer")),
        new("dossiers", Unit.Dossier, Shape.Total, null, []),
        new("trigger", Unit.Dossier, Shape.Parts, null, ["Patrol", "OfficialReport", "Person", "Relative", "ProsecutorsOrder", "SocialService", "Hospital", "OtherService"]),
        new("closed", Unit.Dossier, Shape.Total, null, []),
        new("closingReason", Unit.Dossier, Shape.Parts, null, ["NeedsMet", "Referred", "Declined", "Unreachable", "Moved", "HandedOver"]),
        new("outcome", Unit.Dossier, Shape.Parts, null, ["Supported", "InformedOnly", "NoContact", "Ongoing"]),
        new("daysOpen", Unit.Dossier, Shape.Total, null, []),
        new("openNow", Unit.Dossier, Shape.Total, null, []),
        new("caseload", Unit.Dossier, Shape.Parts, null, []),
        new("contacts", Unit.Contact, Shape.Total, null, []),
        new("contactHow", Unit.Contact, Shape.Parts, null, ["With", "ForThem"]),
        new("contactPlace", Unit.Contact, Shape.Parts, null, ["Phone", "Office", "Home", "Scene", "Hospital", "Court", "Written"]),
        new("contactService", Unit.Contact, Shape.Several, null, ["Listening", "FirstHelp", "Information", "PracticalHelp", "Orientation", "PreparingHearing", "Accompanying", "DeathNotification", "LastFarewell", "Recontact"]),
        new("callOuts", Unit.CallOut, Shape.Total, null, []),
        new("callOutHours", Unit.CallOut, Shape.Parts, null, ["InHours", "OutOfHours", "NotKnown"]),
        new("callOutBy", Unit.CallOut, Shape.Parts, null, ["Own", "OtherZone"]),
        new("calledBy", Unit.CallOut, Shape.Parts, null, ["Dispatcher", "OfficerOnTheSpot", "Hospital", "Prosecutor", "Colleague", "Other", "NotSaid"]),
        new("referrals", Unit.Referral, Shape.Total, null, []),
        new("referralAnswer", Unit.Referral, Shape.Parts, null, Answers),
        new("referralTarget", Unit.Referral, Shape.Parts, null, Targets),
        new("referralTargetAnswer", Unit.Referral, Shape.Parts, null, [.. Targets.SelectMany(t => Answers.Select(a => $"{t}:{a}"))]),
        .. Network.Contracts.SaidStructuralWork.Tables.Select(t => new Definition(Structural.StructuralNames.CodeOf(t.Table), Unit.StructuralWork, Shape.Several, null, t.Rows)),
    ];

    private static readonly Dictionary<string, Definition> ByCode = All.ToDictionary(d => d.Code, StringComparer.Ordinal);

    /// <exception cref="KeyNotFoundException">There is no such figure.</exception>
    public static Definition Find(string code) => ByCode[code];

    /// <summary>Is it a table of the structural work? It is counted by calendar year, and by its own counters.</summary>
    public static bool IsStructural(string code) => ByCode.TryGetValue(code, out var known) && known.Unit == Unit.StructuralWork;

    // Where the programme has a list of codes, it is the only one.
    private static IReadOnlyList<string> Of(string dimension) => Programme.TableProgramme.Shipped.Tables.SelectMany(t => t.Dimensions).First(d => d.Name == dimension).Codes;
}
