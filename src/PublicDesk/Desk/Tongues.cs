namespace VictimSupport.PublicDesk.Desk;

/// <summary>The languages of the public pages, each called as its speakers call it.</summary>
internal static class Tongues
{
    public static string Of(string language) => language switch { "fr" => "Français", "nl" => "Nederlands", "de" => "Deutsch", _ => "English" };

    /// <summary>The first of these that the browser wishes and that there is; else the first of the zone's.</summary>
    /// <param name="wished">The header, as it came.</param>
    public static string Wished(string wished, IReadOnlyList<string> ours) =>
        wished.Split(',', 20).Select((one, place) => (Tag: one.Split(';')[0].Trim().ToLowerInvariant(), Weight: Weight(one), Place: place))
            .Where(w => w.Weight > 0 && w.Tag.Length >= 2).OrderByDescending(w => w.Weight).ThenBy(w => w.Place)
            .Select(w => w.Tag[..2]).FirstOrDefault(ours.Contains) ?? ours[0];

    private static double Weight(string one) => one.Split(';').Select(part => part.Trim()).FirstOrDefault(part => part.StartsWith("q=", StringComparison.OrdinalIgnoreCase)) is not { } said ? 1
        : double.TryParse(said[2..], System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out var weight) ? weight : 0;
}
