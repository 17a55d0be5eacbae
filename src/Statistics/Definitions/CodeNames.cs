using VictimSupport.Casework.Contracts;

namespace VictimSupport.Statistics.Definitions;

/// <summary>The codes of all figures, a zone's own and those that are released, in the reader's language: those of the casework as its screens say them, the statistics' own beside them.</summary>
internal static class CodeNames
{
    private static readonly string[] Damages = ["Material", "Physical", "Moral"];

    /// <param name="figure">A figure's code, a dimension of the programme, or an axis that is a part of one.</param>
    public static string Of(string figure, string code) => (figure, code) switch
    {
        (_, Releases.Published.All) => Words.AllCodes,
        ("category", _) => SaidCodes.Word("KindOfEvent", code),
        ("subKind", _) => SaidCodes.Word("SubKind", code),
        ("capacity", _) => SaidCodes.Word("Capacity", code),
        ("sex", "Rest") => Words.Code_sexAgePlace_Rest,
        ("sex", _) => SaidCodes.Word("Sex", code),
        ("age", _) => Words.YearsOfAge(code.Replace('-', '–')),
        ("sexAge" or "sexAgePlace", "Rest") => Words.Of($"Code_{figure}_Rest"),
        ("sexAge" or "sexAgePlace", _) => string.Join(", ", code.Split(':').Zip(["sex", "age", "place"], (part, axis) => Of(axis, part))),
        ("damage", "None") => Words.Code_damage_None,
        ("damage", _) => string.Join(", ", Damages.Where(d => code.Contains(d, StringComparison.Ordinal)).Select(d => SaidCodes.Word("Damage", d))),
        ("service", "Hearing" or "Death") => Words.Of("Code_service_" + code),
        ("service" or "contactService", _) => SaidCodes.Word("ServiceKind", code),
        ("referralTarget", _) => Words.Of("Code_target_" + code),
        ("referralTargetAnswer", _) => string.Join(": ", code.Split(':').Zip(["referralTarget", "referralAnswer"], (part, list) => Of(list, part))),
        ("delay", _) => Words.Of("Code_delay_" + code.Replace('-', '_').Replace("+", "_", StringComparison.Ordinal)),
        ("violence", "PartnerViolence") => SaidCodes.Word("KindOfEvent", code),
        ("trigger", _) => SaidCodes.Word("Trigger", code),
        ("closingReason", _) => SaidCodes.Word("ClosingReason", code),
        ("outcome", _) => SaidCodes.Word("Outcome", code),
        ("contactPlace", _) => SaidCodes.Word("Place", code),
        ("calledBy", not "NotSaid") => SaidCodes.Word("CalledBy", code),
        _ when Figures.IsStructural(figure) => Structural.StructuralNames.Row(Structural.StructuralNames.TableOf(figure), code),
        _ => Words.Of($"Code_{figure}_{code}"),
    };
}
