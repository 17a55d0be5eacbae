using VictimSupport.Casework.People;
using VictimSupport.Foundation.Secrecy.Search;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Casework.Intakes;

/// <summary>The towns of a zone by name alone, as partners name where they work.</summary>
internal static class Towns
{
    public static IEnumerable<string> Of(ZoneRecord zone) => (zone.Facts.Places ?? []).Select(place => place[(place.IndexOf(' ', StringComparison.Ordinal) + 1)..]).Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>The town of a zone in which somebody's address ends, however it is spelled, and nothing else of it; null: in none of them.</summary>
    public static string? Of(Person? person, ZoneRecord zone)
    {
        if (person?.Identity.Value.Address is not { Length: > 0 } address) return null;
        var said = ' ' + NameForms.Fold(address);
        // The longest: who lives in Deux-Rives-Haut does not live in Haut.
        return Of(zone).Where(town => said.EndsWith(' ' + NameForms.Fold(town), StringComparison.Ordinal)).MaxBy(town => town.Length);
    }
}
