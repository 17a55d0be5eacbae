namespace VictimSupport.Foundation.Secrecy.Search;

/// <summary>A name as somebody typed it. The store answers with more people than meant (tokens collide on purpose), so what it brings is opened and matched again.</summary>
public sealed class NameQuery
{
    private readonly IReadOnlyList<string> chunks;

    private NameQuery(IReadOnlyList<string> chunks) => this.chunks = chunks;

    public static NameQuery Parse(string typed) => new(NameForms.Typed(typed));

    public bool IsEmpty => chunks.Count == 0;

    /// <summary>For each typed name the parts of which one must be found; a person must have one of each group.</summary>
    public IReadOnlyList<IReadOnlyList<SearchPart>> Groups => [.. chunks.Select(Alternatives)];

    /// <summary>Is this person meant?</summary>
    public bool Matches(string familyName, string? givenName) => Rank(familyName, givenName) > 0;

    /// <summary>How well this person fits: 0 not at all; exact words before beginnings before sounds.</summary>
    public int Rank(string familyName, string? givenName)
    {
        var forms = NameForms.Forms(familyName).Concat(NameForms.Forms(givenName)).ToHashSet(StringComparer.Ordinal);
        var rank = 0;
        foreach (var chunk in chunks)
        {
            var fit = forms.Contains(chunk) ? 4 : chunk.Length >= 4 && forms.Any(f => f.StartsWith(chunk, StringComparison.Ordinal)) ? 2 : forms.Any(f => Sound.Of(f) == Sound.Of(chunk)) ? 1 : 0;
            if (fit == 0) return 0;
            rank += fit;
        }
        return rank;
    }

    private static List<SearchPart> Alternatives(string chunk)
    {
        var parts = new List<SearchPart> { new(PartKind.Word, chunk), new(PartKind.Sound, Sound.Of(chunk)) };
        if (chunk.Length >= 4) parts.Add(new SearchPart(PartKind.Prefix, chunk[..Math.Min(6, chunk.Length)]));
        return parts;
    }
}
