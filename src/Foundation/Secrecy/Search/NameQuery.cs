namespace VictimSupport.Foundation.Secrecy.Search;

/// <summary>A name as somebody typed it. The store answers with more people than meant (tokens collide on purpose), so what it brings is opened and matched again.</summary>
public sealed class NameQuery
{
    /// <summary>More words than any name has; what stands behind them is not looked at.</summary>
    private const int MostWords = 8, MostLetters = 200;
    internal const int Exact = 4, Beginning = 2, Sounds = 1;

    private readonly IReadOnlyList<NameChunk> chunks;

    private NameQuery(IReadOnlyList<NameChunk> chunks) => this.chunks = chunks;

    public static NameQuery Parse(string typed) => new([.. NameForms.Chunks(typed.Length > MostLetters ? typed[..MostLetters] : typed).Take(MostWords)]);

    public bool IsEmpty => chunks.Count == 0;

    /// <summary>For each typed name the parts of which one must be found; a person must have one of each group. Whoever <see cref="Matches"/> is among those found.</summary>
    public IReadOnlyList<IReadOnlyList<SearchPart>> Groups => field ??= [.. Enumerable.Range(0, chunks.Count).Where(i => !IsInitial(i)).Select(i => (IReadOnlyList<SearchPart>)[.. Alternatives(i).Distinct()])];

    /// <summary>Is this person meant?</summary>
    public bool Matches(string familyName, string? givenName) => Rank(familyName, givenName) > 0;

    /// <summary>How well this person fits: 0 not at all; exact words before beginnings before sounds.</summary>
    public int Rank(string familyName, string? givenName) => IsEmpty ? 0 : Rank(ReadName.Of(familyName, givenName));

    /// <summary>The same for a name that was read once and is asked about often.</summary>
    public int Rank(ReadName person)
    {
        if (IsEmpty) return 0;
        // The best reading of the words from each place on: a word for itself, or joined with the next (Anne Marie, Annemarie). 0: no reading.
        var best = new int[chunks.Count + 2];
        best[chunks.Count] = 1;
        for (var i = chunks.Count - 1; i >= 0; i--)
        {
            best[i] = Add(Fit(i, person), best[i + 1]);
            // Joined they are one word at most: not read where they fit better apart.
            if (i + 1 < chunks.Count && best[i] < Exact + best[i + 2]) best[i] = Math.Max(best[i], Add(Paired(i).Max(person.Same), best[i + 2]));
        }
        return best[0];

        static int Add(int fit, int rest) => fit == 0 || rest == 0 ? 0 : fit + rest;
    }

    private int Fit(int place, ReadName person)
    {
        var chunk = chunks[place];
        if (IsInitial(place)) return person.Begins(chunk.Bare[0]) ? Sounds : 0;
        var fit = chunk.Joined.Max(person.Fit);
        return fit == 0 && chunk.Initial is { } initial && person.Begins(initial.ToString()) ? Math.Min(Beginning, chunk.Bare.Max(person.Fit)) : fit;
    }

    // A single letter is searched only if nothing else was typed: no beginning that short is kept.
    private bool IsInitial(int place) => chunks[place] is { Particles.Count: 0, Bare: [{ Length: 1 }, ..] } && chunks.Any(c => c.Bare[0].Length > 1);

    private IEnumerable<SearchPart> Alternatives(int place)
    {
        foreach (var word in chunks[place].Initial is null ? chunks[place].Joined : [.. chunks[place].Joined, .. chunks[place].Bare])
        {
            yield return new SearchPart(PartKind.Word, word);
            yield return new SearchPart(PartKind.Sound, Sound.Of(word));
            if (NameForms.Beginning(word) is { } beginning) yield return new SearchPart(PartKind.Prefix, beginning);
        }
        foreach (var pair in new[] { place - 1, place }.Where(p => p >= 0 && p + 1 < chunks.Count).SelectMany(Paired))
        {
            yield return new SearchPart(PartKind.Word, pair);
            yield return new SearchPart(PartKind.Sound, Sound.Of(pair));
        }
    }

    private IEnumerable<string> Paired(int place) => chunks[place].Joined.SelectMany(a => chunks[place + 1].Joined.Select(b => a + b));
}

/// <summary>A name as it is compared: its forms, and how each sounds.</summary>
public sealed class ReadName
{
    private readonly IReadOnlySet<string> forms;

    private ReadName(IReadOnlySet<string> forms) => this.forms = forms;

    // Listened to only where nothing fits as it is written.
    private IReadOnlySet<string> Heard => field ??= forms.Select(Sound.Of).ToHashSet(StringComparer.Ordinal);

    public static ReadName Of(string familyName, string? givenName) => new(NameForms.Forms(familyName, givenName));

    internal bool Begins(string letters) => forms.Any(f => f.StartsWith(letters, StringComparison.Ordinal));

    internal int Same(string word) => forms.Contains(word) ? NameQuery.Exact : Heard.Contains(Sound.Of(word)) ? NameQuery.Sounds : 0;

    internal int Fit(string word) => forms.Contains(word) ? NameQuery.Exact : NameForms.Beginning(word) is not null && Begins(word) ? NameQuery.Beginning : Same(word);
}
