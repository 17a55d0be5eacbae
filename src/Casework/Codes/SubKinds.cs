namespace VictimSupport.Casework.Codes;

/// <summary>A shipped sub-kind: the tiles of the intake.</summary>
/// <param name="Code">Stable; the word is found under <c>SubKind_</c> and this code.</param>
/// <param name="Kind">Statistics code of the main kind it belongs to.</param>
/// <param name="Capacity">In what capacity people usually come with such facts.</param>
/// <param name="FirstLetter">May a first letter go out before anybody was asked? Never for partner, family or sexual violence, stalking, or a minor.</param>
internal sealed record SubKind(string Code, KindOfEvent Kind, Capacity Capacity = Capacity.Victim, bool FirstLetter = false);

internal static class SubKinds
{
    public static readonly IReadOnlyList<SubKind> All =
    [
        new("DeathNotification", KindOfEvent.ShockingEvent, Capacity.Relative),
        new("Suicide", KindOfEvent.ShockingEvent, Capacity.Relative),
        new("PartnerViolence", KindOfEvent.PartnerViolence),
        new("Assault", KindOfEvent.Offence),
        new("Robbery", KindOfEvent.Offence),
        new("Burglary", KindOfEvent.Offence, FirstLetter: true),
        new("SexualViolence", KindOfEvent.Offence),
        new("RoadAccident", KindOfEvent.RoadAccident, FirstLetter: true),
        new("Stalking", KindOfEvent.Offence),
        new("Homicide", KindOfEvent.Offence, Capacity.Relative),
        new("Fire", KindOfEvent.ShockingEvent, FirstLetter: true),
        new("Disappearance", KindOfEvent.ShockingEvent, Capacity.Relative),
        new("FamilyViolence", KindOfEvent.FamilySituation),
        new("FamilyConflict", KindOfEvent.FamilySituation),
        new("SocialDistress", KindOfEvent.FamilySituation),
        new("OtherOffence", KindOfEvent.Offence),
        new("OtherShock", KindOfEvent.ShockingEvent),
    ];

    // A letter on the doormat tells whoever reads it first.
    private static readonly HashSet<string> NeverByLetter = new(StringComparer.Ordinal) { "PartnerViolence", "FamilyViolence", "FamilyConflict", "SexualViolence", "Stalking" };

    /// <summary>Never a letter unasked, whatever the zone lists.</summary>
    public static bool NeverUnasked(string code) => NeverByLetter.Contains(code);

    /// <summary>Violence by a partner or in the family: after it, what was safe may be so no more.</summary>
    public static bool IsAtHome(string code) => code is "PartnerViolence" or "FamilyViolence";

    /// <summary>Did somebody die, by the facts themselves?</summary>
    public static bool IsHeavy(string code) => code is "DeathNotification" or "Suicide" or "Homicide";

    /// <summary>Is it an offence? Violence in the family is one, whatever main kind it stands under.</summary>
    public static bool IsOffence(string code) => Find(code)?.Kind is KindOfEvent.Offence or KindOfEvent.PartnerViolence || code == "FamilyViolence";

    public static IReadOnlyList<Foundation.Modules.ShippedSubKind> ForFirstLetters => [.. All.Where(s => !NeverByLetter.Contains(s.Code)).Select(s => new Foundation.Modules.ShippedSubKind(s.Code, () => Words.Of("SubKind_" + s.Code), s.FirstLetter))];

    public static SubKind? Find(string? code) => All.FirstOrDefault(s => s.Code == code);
}

/// <summary>Tells the settings of a zone which sub-kinds there are.</summary>
internal sealed class ShippedSubKinds : Foundation.Modules.IShipSubKinds
{
    public IReadOnlyList<Foundation.Modules.ShippedSubKind> ForFirstLetters => SubKinds.ForFirstLetters;
}
