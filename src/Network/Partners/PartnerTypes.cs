using VictimSupport.Network.Contracts;

namespace VictimSupport.Network.Partners;

/// <summary>Groups of types as the figures count them.</summary>
internal enum PartnerKind { Police = 1, VictimSupport = 2, JusticeHouse = 3, SexualViolence = 4, PartnerViolence = 5, Shelter = 6, Listening = 7, Youth = 8, SocialHelp = 9, Health = 10, Money = 11, LegalAid = 12, RoadVictims = 13, MassEvent = 14, Mediation = 15, Other = 99 }

/// <summary>How far a partner's area reaches. The number is the statistics code.</summary>
internal enum PartnerLevel { Local = 1, SupraLocal = 2 }

/// <summary>To which world a partner belongs, as the service's orders name them. The number is the statistics code.</summary>
internal enum PartnerSphere { PsychoMedicoSocial = 1, Judicial = 2, Other = 9 }

/// <summary>A shipped type of partner; its word is found under <c>Type_</c> and the code.</summary>
/// <param name="Kind">Its statistics code.</param>
/// <param name="Needs">What such a partner usually helps with: filled in on a new entry.</param>
internal sealed record PartnerType(string Code, PartnerKind Kind, params Need[] Needs)
{
    // What works for the towns of one zone; every other shipped type serves a district, a community or the country.
    private static readonly HashSet<string> Near = new(StringComparer.Ordinal) { "CPAS", "PF", "SSM", "GP", "CPMS", "PIPS", "POL_PREV", "OTHER" };

    /// <summary>Filled in where an entry says nothing else.</summary>
    public PartnerLevel UsualLevel => Near.Contains(Code) ? PartnerLevel.Local : PartnerLevel.SupraLocal;

    /// <inheritdoc cref="UsualLevel"/>
    public PartnerSphere UsualSphere => Code switch
    {
        "MJ_AV" or "BAJ" or "CAFV" or "MEDIANTE" or "FED_VICT" => PartnerSphere.Judicial,
        "POL_FED" or "POL_PREV" or "OTHER" => PartnerSphere.Other,
        _ => PartnerSphere.PsychoMedicoSocial,
    };
}

internal static class PartnerTypes
{
    public static readonly IReadOnlyList<PartnerType> All =
    [
        new("SAV", PartnerKind.VictimSupport, Need.Support),
        new("CAW", PartnerKind.VictimSupport, Need.Support),
        new("PRISMA", PartnerKind.VictimSupport, Need.Support, Need.PartnerViolence, Need.Shelter),
        new("MJ_AV", PartnerKind.JusticeHouse, Need.Procedure),
        new("CPVS", PartnerKind.SexualViolence, Need.SexualViolence, Need.Health),
        new("SOSVIOL", PartnerKind.SexualViolence, Need.SexualViolence),
        new("FJC", PartnerKind.PartnerViolence, Need.PartnerViolence),
        new("EVC", PartnerKind.PartnerViolence, Need.PartnerViolence, Need.Listening),
        new("LINE_1712", PartnerKind.PartnerViolence, Need.PartnerViolence, Need.Children, Need.Listening),
        new("SHELTER", PartnerKind.Shelter, Need.Shelter, Need.PartnerViolence),
        new("TELE_NL", PartnerKind.Listening, Need.Listening),
        new("TELE_FR", PartnerKind.Listening, Need.Listening),
        new("TELE_DE", PartnerKind.Listening, Need.Listening),
        new("SUICIDE_FR", PartnerKind.Listening, Need.Listening, Need.Health),
        new("SUICIDE_NL", PartnerKind.Listening, Need.Listening, Need.Health),
        new("VICT116006", PartnerKind.Listening, Need.Listening),
        new("AWEL", PartnerKind.Youth, Need.Children, Need.Listening),
        new("LINE_103", PartnerKind.Youth, Need.Children, Need.Listening),
        new("CHILDFOCUS", PartnerKind.Youth, Need.Children),
        new("SOSENF", PartnerKind.Youth, Need.Children),
        new("VK", PartnerKind.Youth, Need.Children),
        new("JHD", PartnerKind.Youth, Need.Children),
        new("CPMS", PartnerKind.Youth, Need.Children),
        new("CPAS", PartnerKind.SocialHelp, Need.Money, Need.Shelter),
        new("PF", PartnerKind.Health, Need.Health, Need.SexualViolence),
        new("SSM", PartnerKind.Health, Need.Health, Need.Support),
        new("GP", PartnerKind.Health, Need.Health),
        new("CAFV", PartnerKind.Money, Need.Money),
        new("BAJ", PartnerKind.LegalAid, Need.LegalAid),
        new("ROAD_NL", PartnerKind.RoadVictims, Need.RoadVictims),
        new("ROAD_FR", PartnerKind.RoadVictims, Need.RoadVictims),
        new("PIPS", PartnerKind.MassEvent, Need.MassEvent),
        new("FED_VICT", PartnerKind.MassEvent, Need.MassEvent, Need.Procedure),
        new("MEDIANTE", PartnerKind.Mediation, Need.Mediation),
        new("POL_FED", PartnerKind.Police, Need.Support),
        new("POL_PREV", PartnerKind.Police, Need.Prevention),
        new("OTHER", PartnerKind.Other),
    ];

    public static PartnerType? Find(string? code) => All.FirstOrDefault(t => t.Code == code);
}

/// <summary>Languages a partner may speak; the word is found under <c>Language_</c> and the code.</summary>
internal static class PartnerLanguages
{
    public static readonly IReadOnlyList<string> All = ["fr", "nl", "de", "en", "ar", "tr", "pl", "ro", "uk", "ru", "es", "it", "pt", "bg", "sq", "fa", "ps", "ti", "lsfb", "vgt", "dgs"];

    /// <summary>Languages in which the portal writes.</summary>
    public static readonly IReadOnlyList<string> Written = ["fr", "nl", "de", "en"];
}
