namespace VictimSupport.Casework.Letters;

/// <summary>What others may see (an envelope, a message on a shared telephone) tells nothing of police, victims or violence.</summary>
internal static class Neutral
{
    // Beginnings of words in the four languages; a match inside a longer word counts too, it is read all the same.
    private static readonly string[] Tell = ["polic", "politie", "polizei", "victim", "slachtoffer", "opfer", "violen", "geweld", "gewalt", "sapv", "agress", "aggress"];

    /// <summary>The first thing in a text that would tell; null: nothing.</summary>
    /// <param name="more">What tells in this zone: the names of its service, a dossier's number.</param>
    public static string? Telling(string text, IEnumerable<string> more) => Tell.Concat(more).FirstOrDefault(t => t.Length > 0 && text.Contains(t, StringComparison.OrdinalIgnoreCase));
}
