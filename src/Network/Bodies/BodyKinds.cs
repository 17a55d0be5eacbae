using VictimSupport.Foundation.Modules;

namespace VictimSupport.Network.Bodies;

/// <summary>How far a body reaches. The number is the statistics code.</summary>
internal enum BodyLevel { Local = 1, Arrondissement = 2, Provincial = 3, Community = 4, Federal = 5 }

/// <summary>A shipped kind of consultation body; its word is found under <c>BodyKind_</c> and the code.</summary>
/// <param name="Level">Where such a body usually meets; a zone may say otherwise of its own.</param>
/// <param name="Languages">Official languages of the zones in whose community there are such bodies; none: everywhere. A zone may offer others: a setting.</param>
internal sealed record BodyKind(string Code, BodyLevel Level, params string[] Languages);

/// <summary>The kinds that are shipped. A code is never removed: bodies and figures of earlier years name it.</summary>
internal sealed class BodyKinds : IShipBodyKinds
{
    public static readonly IReadOnlyList<BodyKind> All =
    [
        new("SECURITY_COUNCIL", BodyLevel.Local),
        new("SOCIAL_COORDINATION", BodyLevel.Local, "fr", "de"),
        new("SOCIAL_CONSULTATION", BodyLevel.Local, "nl"),
        new("VICTIM_CARE_NETWORK", BodyLevel.Local, "nl"),
        new("PSYCHOSOCIAL_NETWORK", BodyLevel.Local),
        new("ON_CALL_ZONES", BodyLevel.Local),
        new("DOMESTIC_VIOLENCE", BodyLevel.Arrondissement),
        new("ARRONDISSEMENT_COUNCIL", BodyLevel.Arrondissement, "fr", "de"),
        new("JUSTICE_CENTRE", BodyLevel.Arrondissement, "nl"),
        new("PROVINCIAL", BodyLevel.Provincial, "fr", "nl"),
        new("COMMUNITY_COMMISSION", BodyLevel.Community),
        new("NATIONAL_FORUM", BodyLevel.Federal),
        new("OTHER", BodyLevel.Local),
    ];

    IReadOnlyList<ShippedBodyKind> IShipBodyKinds.All => [.. All.Select(k => new ShippedBodyKind(k.Code, () => WordOf(k.Code), k.Languages))];

    public static BodyKind? Find(string? code) => All.FirstOrDefault(k => k.Code == code);
    public static string WordOf(string code) => Words.Of("BodyKind_" + code);
}
