using System.Globalization;
using System.Text;

namespace VictimSupport.Foundation.Secrecy.Search;

/// <summary>What a token stands for.</summary>
public enum PartKind { Word = 1, Prefix = 2, Sound = 3, Phone = 4, PvNumber = 5, DossierNumber = 6 }

/// <summary>One searchable part of a name or number, before it is keyed.</summary>
public readonly record struct SearchPart(PartKind Kind, string Text);

/// <summary>How a name is cut into parts that can be found whatever accents, particles, hyphens and spelling somebody types.</summary>
public static class NameForms
{
    private const int ShortestPrefix = 4, LongestPrefix = 6;

    private static readonly HashSet<string> Particles = new(StringComparer.Ordinal)
    {
        "d", "da", "de", "del", "della", "den", "der", "des", "di", "dos", "du", "el", "al", "l", "la", "las", "le", "les", "op", "s", "t", "te", "ten", "ter", "van", "vande", "vanden", "vander", "ver", "von", "vom", "zu", "zum", "zur",
    };

    private static readonly Dictionary<char, string> Letters = new()
    {
        ['ß'] = "ss", ['æ'] = "ae", ['œ'] = "oe", ['ø'] = "o", ['ł'] = "l", ['đ'] = "d", ['ð'] = "d", ['þ'] = "th", ['ı'] = "i", ['ħ'] = "h", ['ŋ'] = "ng", ['ə'] = "e", ['ĳ'] = "ij",
    };

    /// <summary>All parts under which a person is found: words, prefixes of four to six letters, sounds. No shorter prefix: it would betray too much of a rare name.</summary>
    public static IReadOnlyList<SearchPart> Of(string familyName, string? givenName)
    {
        var parts = new HashSet<SearchPart>();
        foreach (var form in Forms(familyName).Concat(Forms(givenName)))
        {
            parts.Add(new SearchPart(PartKind.Word, form));
            for (var length = ShortestPrefix; length <= Math.Min(LongestPrefix, form.Length - 1); length++) parts.Add(new SearchPart(PartKind.Prefix, form[..length]));
            parts.Add(new SearchPart(PartKind.Sound, Sound.Of(form)));
        }
        return [.. parts];
    }

    /// <summary>The forms of a name: each word with the particles before it joined on, and the bare word; the whole name joined.</summary>
    internal static IReadOnlySet<string> Forms(string? name)
    {
        var forms = new HashSet<string>(StringComparer.Ordinal);
        foreach (var barrel in Words(name, hyphensPart: true)) forms.UnionWith(Chunks(barrel).SelectMany(c => c.Bare is { Length: > 1 } bare ? new[] { c.Joined, bare } : [c.Joined]));
        var whole = string.Concat(Words(name, hyphensPart: false).SelectMany(w => w));
        if (whole.Length is > 0 and <= 40) forms.Add(whole);
        return forms;
    }

    /// <summary>What somebody typed, as chunks: particles joined to the word they belong to.</summary>
    internal static IReadOnlyList<string> Typed(string typed) => [.. Words(typed, hyphensPart: true).SelectMany(Chunks).Select(c => c.Joined)];

    private static IEnumerable<(string Joined, string Bare)> Chunks(IReadOnlyList<string> words)
    {
        var before = new StringBuilder();
        foreach (var word in words)
        {
            if (Particles.Contains(word) && !ReferenceEquals(word, words[^1])) { before.Append(word); continue; }
            yield return (before + word, word);
            before.Clear();
        }
    }

    // A hyphen parts two surnames; an apostrophe never parts.
    private static IEnumerable<IReadOnlyList<string>> Words(string? name, bool hyphensPart)
    {
        if (string.IsNullOrWhiteSpace(name)) yield break;
        foreach (var barrel in hyphensPart ? Fold(name).Split('-') : [Fold(name).Replace("-", "", StringComparison.Ordinal)])
        {
            var words = barrel.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 0) yield return words;
        }
    }

    /// <summary>Lower case a–z and digits, words parted by one space, barrels by a hyphen; accents, apostrophes and invisible marks gone.</summary>
    public static string Fold(string name)
    {
        var plain = new StringBuilder(name.Length);
        foreach (var c in name.ToLowerInvariant().Normalize(NormalizationForm.FormKD))
        {
            if (Letters.TryGetValue(c, out var letters)) plain.Append(letters);
            else if (char.IsAsciiLetterOrDigit(c)) plain.Append(c);
            else if (CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.DashPunctuation) plain.Append('-');
            else if (char.IsWhiteSpace(c) || c is ',' or '.' or '/' or ';') plain.Append(' ');
            else if (char.IsLetter(c)) plain.Append(c);
        }
        return string.Join('-', plain.ToString().Split('-', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(b => string.Join(' ', b.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
    }
}
