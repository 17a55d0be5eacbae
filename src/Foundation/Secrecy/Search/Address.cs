namespace VictimSupport.Foundation.Secrecy.Search;

/// <summary>A house, whatever way its address is written: <c>Rue de la Gare 12 bte 3, 1000 Bruxelles</c> and <c>12, rue de la gare - B-1000 BRUXELLES</c> are one. Which flat is left out: the stairs are the same.</summary>
public static class Address
{
    private static readonly HashSet<string> Flat = new(StringComparer.Ordinal) { "bte", "boite", "bus", "box", "app", "appt", "appartement", "wohnung", "whg", "etage", "verdieping" };

    /// <summary>Street, number and town in one order; null: there is no number in it, so it is no house.</summary>
    public static string? House(string? typed)
    {
        if (string.IsNullOrWhiteSpace(typed)) return null;
        var (words, kept) = (Folding.Plain(typed).Split(' ', StringSplitOptions.RemoveEmptyEntries), new List<string>());
        for (var i = 0; i < words.Length; i++)
        {
            // What follows says which flat: 3, A, 12b.
            if (Flat.Contains(words[i]) && i + 1 < words.Length && words[i + 1].Length <= 3) i++;
            // The letter of the country before a postcode.
            else if (!Flat.Contains(words[i]) && !(words[i] is "b" or "be" && i + 1 < words.Length && words[i + 1].Length == 4 && words[i + 1].All(char.IsAsciiDigit))) kept.Add(words[i]);
        }
        if (!kept.Any(w => char.IsAsciiDigit(w[0])) || !kept.Any(w => w.Length > 2 && char.IsLetter(w[0]))) return null;
        return string.Join(' ', kept.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    /// <summary>The part under which a house is found; null where it is none.</summary>
    public static SearchPart? Part(string? typed) => House(typed) is { } house ? new SearchPart(PartKind.Address, house) : null;
}
