namespace VictimSupport.Foundation.Secrecy.Search;

/// <summary>A name as somebody typed it. The store answers with more people than meant (tokens collide on purpose), so what it brings is opened and matched again.</summary>
public sealed class NameQuery
{
    /// <summary>More words than any name has; what stands behind them is not looked at.</summary>
    private const int MostWords = 8, MostLetters = 200;
    internal const int Exact = 4, Beginning = 2, Sounds = 1;

    private readonly IReadOnlyList<NameChunk> chunks;
    private readonly Typed[][] joined, bare, paired;

    private NameQuery(IReadOnlyList<NameChunk> chunks)
    {
        this.chunks = chunks;
        joined = [.. chunks.Select(c => Words(c.Joined))];
        bare = [.. chunks.Select(c => Words(c.Bare))];
        paired = [.. chunks.Zip(chunks.Skip(1), (one, next) => Words(one.Joined.SelectMany(a => next.Joined.Select(b => a + b))))];
    }

    public static NameQuery Parse(string typed) => new([.. NameForms.Chunks(typed.Length > MostLetters ? typed[..MostLetters] : typed).Take(MostWords)]);

    public bool IsEmpty => chunks.Count == 0;

    /// <summary>For each typed name the parts of which one must be found; a person must have one of each group. Whoever <see cref="Matches"/> is among those found: who bears the very word sounds like it too.</summary>
    public IReadOnlyList<IReadOnlyList<SearchPart>> Groups => field ??= [.. Places.Select(i => (IReadOnlyList<SearchPart>)[.. Alternatives(i).Distinct()])];

    /// <summary>For each typed name the words of which one must be borne, to the letter.</summary>
    public IReadOnlyList<IReadOnlyList<SearchPart>> ToTheLetter => [.. Places.Select(i => (IReadOnlyList<SearchPart>)[.. ByItself(i).Concat(WithANeighbour(i)).Select(w => new SearchPart(PartKind.Word, w.Text)).Distinct()])];

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
            if (i + 1 < chunks.Count && best[i] < Exact + best[i + 2]) best[i] = Math.Max(best[i], Add(paired[i].Max(person.Same), best[i + 2]));
        }
        return best[0];

        static int Add(int fit, int rest) => fit == 0 || rest == 0 ? 0 : fit + rest;
    }

    private int Fit(int place, ReadName person)
    {
        var chunk = chunks[place];
        if (IsInitial(place)) return person.Begins(chunk.Bare[0]) ? Sounds : 0;
        var fit = joined[place].Max(person.Fit);
        return fit == 0 && chunk.Initial is { } initial && person.Begins(initial.ToString()) ? Math.Min(Beginning, bare[place].Max(person.Fit)) : fit;
    }

    // A single letter is searched only if nothing else was typed: no beginning that short is kept.
    private bool IsInitial(int place) => chunks[place] is { Particles.Count: 0, Bare: [{ Length: 1 }, ..] } && chunks.Any(c => c.Bare[0].Length > 1);

    private IEnumerable<int> Places => Enumerable.Range(0, chunks.Count).Where(i => !IsInitial(i));

    private IEnumerable<SearchPart> Alternatives(int place) =>
        [.. ByItself(place).Concat(WithANeighbour(place)).Select(w => new SearchPart(PartKind.Sound, w.Sounds)), .. ByItself(place).Where(w => w.Beginning is not null).Select(w => new SearchPart(PartKind.Prefix, w.Beginning!))];

    private IEnumerable<Typed> ByItself(int place) => chunks[place].Initial is null ? joined[place] : joined[place].Concat(bare[place]);
    private IEnumerable<Typed> WithANeighbour(int place) => new[] { place - 1, place }.Where(p => p >= 0 && p < paired.Length).SelectMany(p => paired[p]);

    private static Typed[] Words(IEnumerable<string> words) => [.. words.Select(w => new Typed(w))];
}

/// <summary>A word that somebody looks for. How it sounds is worked out once, however many people it is compared with.</summary>
internal sealed class Typed(string text)
{
    public string Text => text;
    public string Sounds => field ??= Sound.Of(text);

    /// <summary>What it is searched by as a beginning; null: it is too short.</summary>
    public string? Beginning { get; } = NameForms.Beginning(text);
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

    internal int Same(Typed word) => forms.Contains(word.Text) ? NameQuery.Exact : Heard.Contains(word.Sounds) ? NameQuery.Sounds : 0;

    internal int Fit(Typed word) => forms.Contains(word.Text) ? NameQuery.Exact : word.Beginning is not null && Begins(word.Text) ? NameQuery.Beginning : Same(word);
}
