namespace VictimSupport.Foundation.Secrecy.Search;

/// <summary>What a token stands for.</summary>
public enum PartKind { Word = 1, Prefix = 2, Sound = 3, Phone = 4, PvNumber = 5, DossierNumber = 6, Address = 7 }

/// <summary>One searchable part of a name or number, before it is keyed.</summary>
public readonly record struct SearchPart(PartKind Kind, string Text);

/// <summary>How a name is cut into parts that can be found whatever accents, particles, hyphens and spelling somebody types.</summary>
public static class NameForms
{
    // No beginning under four letters: it would betray too much of a rare name. The longer ones keep a query for Vandenbroeck from bringing every Vanden… of the zone.
    private static readonly int[] Beginnings = [4, 5, 6, 8, 10];

    // Only what is never a whole name beside another: a single letter that is one is an initial too, and is read both ways.
    private static readonly HashSet<string> Particles = new(StringComparer.Ordinal)
    {
        "d", "da", "de", "del", "della", "den", "der", "des", "di", "dos", "du", "l", "la", "las", "le", "les", "mac", "mc", "o", "op", "s", "t", "te", "ten", "ter",
        "van", "vande", "vanden", "vander", "ver", "von", "vom", "zu", "zum", "zur", "saint", "sainte", "sint", "sankt",
        "abd", "abdel", "abdul", "abou", "ait", "al", "ben", "bin", "bou", "el", "oulad", "ould",
    };

    /// <summary>All parts under which a person is found: words, beginnings of four letters and more, sounds.</summary>
    public static IReadOnlyList<SearchPart> Of(string familyName, string? givenName)
    {
        var parts = new HashSet<SearchPart>();
        foreach (var form in Forms(familyName, givenName))
        {
            parts.Add(new SearchPart(PartKind.Word, form));
            foreach (var length in Beginnings.Where(l => l < form.Length)) parts.Add(new SearchPart(PartKind.Prefix, form[..length]));
            parts.Add(new SearchPart(PartKind.Sound, Sound.Of(form)));
        }
        return [.. parts];
    }

    /// <summary>Small letters and digits, words parted by one space; accents, apostrophes and invisible marks gone.</summary>
    public static string Fold(string name) => Folding.Plain(name);

    /// <summary>The longest beginning that is kept of names at least as long as what was typed; null when it is too short to search by.</summary>
    internal static string? Beginning(string typed) => Beginnings.LastOrDefault(l => l <= typed.Length) is > 0 and var length ? typed[..length] : null;

    /// <summary>The forms of a person's name: each word with the particles before it joined on, the bare word, family and given name joined.</summary>
    internal static IReadOnlySet<string> Forms(string? familyName, string? givenName)
    {
        var (family, given) = (Chunks(familyName), Chunks(givenName));
        var forms = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in new[] { family, given })
        {
            foreach (var chunk in name)
            {
                forms.UnionWith(chunk.Joined);
                if (chunk.Bare[0].Length > 1) forms.UnionWith(chunk.Bare);
            }
            if (Whole(name) is { Length: > 0 and <= 40 } whole) forms.Add(whole);
        }
        // Le Minh, Ben Janssens: a name that looks like a particle is taken for one when it is typed before the other.
        if (OnlyParticles(family)) foreach (var chunk in given) forms.UnionWith(chunk.Joined.Select(j => Whole(family) + j));
        if (OnlyParticles(given)) foreach (var chunk in family) forms.UnionWith(chunk.Joined.Select(j => Whole(given) + j));
        return forms;
    }

    private static string Whole(IReadOnlyList<NameChunk> name) => string.Concat(name.Select(c => c.Joined[0]));

    private static bool OnlyParticles(IReadOnlyList<NameChunk> name) => name is [var only] && only.Particles.Append(only.Bare[0]).All(Particles.Contains);

    /// <summary>A name, or what somebody typed, word by word with the particles before each.</summary>
    internal static IReadOnlyList<NameChunk> Chunks(string? name)
    {
        if (string.IsNullOrWhiteSpace(name)) return [];
        var (plain, spelledOut) = (Folding.Plain(name).Split(' '), Folding.Plain(Folding.SpelledOut(name)).Split(' '));
        var (chunks, before) = (new List<NameChunk>(), new List<string>());
        for (var i = 0; i < plain.Length; i++)
        {
            if (plain[i].Length == 0) continue;
            if (Particles.Contains(plain[i]) && i < plain.Length - 1) { before.Add(plain[i]); continue; }
            chunks.Add(new NameChunk([.. before], plain[i] == spelledOut[i] ? [plain[i]] : [plain[i], spelledOut[i]]));
            before.Clear();
        }
        return chunks;
    }
}

/// <summary>A word of a name with the particles before it.</summary>
/// <param name="Bare">The word in its one or two spellings without accents.</param>
internal sealed record NameChunk(IReadOnlyList<string> Particles, IReadOnlyList<string> Bare)
{
    /// <summary>Particles and word in one, the Arabic article in both its spellings.</summary>
    public IReadOnlyList<string> Joined { get; } = [.. Bare.SelectMany(b => Before(Particles).Select(p => p + b))];

    /// <summary>What looked like a particle may have been an initial: D. Peeters.</summary>
    public char? Initial => Particles is [{ Length: 1 } letter] ? letter[0] : null;

    private static IEnumerable<string> Before(IReadOnlyList<string> particles) =>
        particles is [.., "al" or "el"]
            ? [string.Concat(particles), string.Concat(particles.SkipLast(1)) + (particles[^1] == "al" ? "el" : "al")]
            : [string.Concat(particles)];
}
