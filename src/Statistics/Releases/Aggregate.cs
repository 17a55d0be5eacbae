using VictimSupport.Casework.Contracts;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Facts;
using VictimSupport.Statistics.Noise;
using VictimSupport.Statistics.Programme;

namespace VictimSupport.Statistics.Releases;

/// <summary>What is known of a base cell before there is noise: exact, in memory, for the minutes of a release.</summary>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
internal record struct Tally(int Cases, int Zones, int Largest, int Second)
{
    /// <summary>What one zone has in it.</summary>
    public void Add(int cases)
    {
        if (cases == 0) return;
        (Cases, Zones) = (Cases + cases, Zones + 1);
        Rank(cases);
    }

    public void Add(Tally other)
    {
        (Cases, Zones) = (Cases + other.Cases, Zones + other.Zones);
        Rank(other.Largest);
        Rank(other.Second);
    }

    /// <summary>May one zone, or two that put their heads together, tell another's cases from it? Fewer than three zones, or the rest of them less than a fifth of the largest.</summary>
    public readonly bool TellsOfAZone => Zones < 3 || 5 * ((long)Cases - Largest - Second) < Largest;

    /// <summary>The variance of the noise: the table's, or where it would tell of a zone the first of 9, 36, 144 … times as much that hides 15 % of the largest. Only that step is ever known: a variance made from the count would give the count away.</summary>
    public readonly int Sigma2(int ofTable)
    {
        if (!TellsOfAZone) return ofTable;
        var step = 9L;
        while (400 * step * ofTable < 9L * Largest * Largest) step *= 4;
        return checked((int)(step * ofTable));
    }

    private void Rank(int cases)
    {
        if (cases > Largest) (Largest, Second) = (cases, Largest);
        else if (cases > Second) Second = cases;
    }
}

/// <summary>A cell with its noise, on its way into the store.</summary>
internal sealed class NoisyCell(Table table, string place, string period, int combination)
{
    public Table Table => table;
    public string Place => place;
    public string Period => period;
    public IReadOnlyList<string> Codes { get; } = table.CodesOf(combination);
    public string Id => field ??= string.Join('|', [place, period, .. Codes]);
    public int Value { get; set; }
    public double Variance { get; set; }

    /// <summary>The cells with which it was made to add up to the anchor; null: it stands for itself.</summary>
    public AnchoredGroup? Group { get; set; }

    /// <summary>Of the noise drawn for it alone, before it was made to add up.</summary>
    public double Drawn { get; init; }
    public bool IsMasked { get; init; }
    public bool IsShown => !IsMasked && !Codes.Any(table.OnlyForTheCountry.Contains) && Display.Shows(Value, Variance);
}

/// <summary>Cells that were made to add up to a sum of the anchor together.</summary>
/// <param name="size">How many they are.</param>
/// <param name="own">The variance of their sum as it was drawn.</param>
/// <param name="above">The variance of the anchor's sum, which is theirs now.</param>
internal sealed class AnchoredGroup(int size, double own, double above) // a group is itself: two that are alike are two
{
    /// <summary>The variance of a sum of some of them: what was shared out ties them to each other, so it is not the sum of theirs.</summary>
    /// <param name="cells">How many of them are in the sum.</param>
    /// <param name="drawn">The variance of their sum as it was drawn.</param>
    public double OfSum(int cells, double drawn) => (double)cells / size is var share ? drawn + (share * share * (above + own)) - (2 * share * drawn) : 0;
}

/// <summary>When a figure is shown, and how far the true one may lie from it.</summary>
internal static class Display
{
    public const int Smallest = 10;

    public static bool Shows(int value, double variance) => value >= Math.Max(Smallest, Math.Ceiling(2.5 * Math.Sqrt(variance)));

    /// <summary>In 19 of 20 cases the true figure lies within it.</summary>
    public static int Margin(double variance) => (int)Math.Ceiling(1.96 * Math.Sqrt(variance));

    /// <summary>Is the margin more than a quarter of the figure?</summary>
    public static bool IsWide(int value, double variance) => 4 * Margin(variance) > value;
}

/// <summary>The counts of one release over all its zones, and how they become figures. Nothing exact leaves it: it gives cells with noise, once.</summary>
internal sealed class Aggregate
{
    // What fewer cases take is less than what it takes to share them out.
    private const int WorthSharing = 4_096;

    private readonly TableProgramme programme;
    private readonly Edition edition;
    private readonly Geography geography;
    private readonly Table[] tables;
    private readonly Coder[] coders;
    private readonly Dictionary<(string Table, string Shown), Tally[]> counts = [];
    private readonly Dictionary<string, int[][]> parts = new(StringComparer.Ordinal);
    private bool isDrawn;

    public Aggregate(TableProgramme programme, Edition edition, Geography geography)
    {
        (this.programme, this.edition, this.geography) = (programme, edition, geography);
        // The anchor first: the others are made to add up to it.
        tables = [.. programme.In(edition.Kind.ToString()).OrderByDescending(t => t.Id == programme.Anchor)];
        coders = [.. Enumerable.Range(0, Math.Clamp(Environment.ProcessorCount, 1, 4)).Select(_ => new Coder(tables, edition))];
        foreach (var table in tables)
        {
            foreach (var shown in geography.Shown) counts[(table.Id, shown)] = new Tally[Periods(table).Count * table.Combinations];
        }
    }

    /// <summary>Adds the cases of one zone, or throws and adds nothing.</summary>
    /// <param name="shown">What its area is shown as.</param>
    /// <param name="isPart">It is one of those that together are told by something that nobody else has: they count as one zone, for none of them hides another.</param>
    public void AddZone(string shown, IEnumerable<CaseFact> facts, bool isPart = false)
    {
        var own = Count([.. facts]);
        if (!isPart) Take(shown, own);
        else if (!parts.TryAdd(shown, own)) Sum(parts[shown], own);
    }

    private void Take(string shown, int[][] own)
    {
        for (var t = 0; t < own.Length; t++)
        {
            var cells = counts[(tables[t].Id, shown)];
            for (var i = 0; i < cells.Length; i++) cells[i].Add(own[t][i]);
        }
    }

    // The cases of a large zone are shared out among the processors.
    private int[][] Count(CaseFact[] facts)
    {
        if (facts.Length < WorthSharing) return coders[0].Count(facts);
        var (share, counts) = ((facts.Length + coders.Length - 1) / coders.Length, new int[coders.Length][][]);
        try
        {
            Parallel.For(0, coders.Length, i => counts[i] = coders[i].Count(new ArraySegment<CaseFact>(facts, i * share, Math.Min(share, facts.Length - (i * share)))));
        }
        catch (AggregateException several)
        {
            throw several.InnerExceptions[0]; // a case that no list knows is said as such, whoever came upon it
        }
        foreach (var part in counts.Skip(1)) Sum(counts[0], part);
        return counts[0];
    }

    private static void Sum(int[][] all, int[][] part)
    {
        for (var t = 0; t < part.Length; t++)
        {
            for (var i = 0; i < part[t].Length; i++) all[t][i] += part[t][i];
        }
    }

    /// <summary>Adds noise to every base cell, also to the empty ones, and makes the tables agree. What was counted is gone afterwards.</summary>
    /// <param name="missing">Areas of which a zone did not answer: nothing of them is in any figure.</param>
    public IReadOnlyList<NoisyCell> Draw(IReadOnlySet<string> missing, DiscreteGaussian noise)
    {
        if (isDrawn) throw new InvalidOperationException("Noise is drawn once.");
        isDrawn = true;
        foreach (var (shown, together) in parts) Take(shown, together);
        var drawn = new List<NoisyCell>();
        List<NoisyCell>? anchor = null;
        foreach (var table in tables)
        {
            var cells = Places(table, missing).SelectMany(place => DrawOne(table, place.Name, place.Of, noise)).ToList();
            if (table.Id == programme.Anchor) anchor = cells;
            else if (table.AnchorBy is { } by) Anchor(table, by, cells, anchor!);
            drawn.AddRange(cells);
        }
        foreach (var exact in counts.Values) Array.Clear(exact);
        foreach (var exact in parts.Values.SelectMany(p => p)) Array.Clear(exact);
        counts.Clear();
        parts.Clear();
        return drawn;
    }

    /// <summary>The periods of a table in this edition.</summary>
    private IReadOnlyList<string> Periods(Table table) => table.Period switch
    {
        Span.Month => [.. edition.Months.Select(Edition.Month)],
        Span.Quarter => [.. edition.Quarters.Select(Edition.Quarter)],
        _ => [Edition.Year(edition.From)],
    };

    // The places of a table and the areas each is made of, without those that are missing.
    private IEnumerable<(string Name, IReadOnlyList<string> Of)> Places(Table table, IReadOnlySet<string> missing) => geography.Shown.Where(s => !missing.Contains(s))
        .GroupBy(s => PlaceOf(table, s), StringComparer.Ordinal).Select(g => (g.Key, (IReadOnlyList<string>)[.. g]));

    private IEnumerable<NoisyCell> DrawOne(Table table, string place, IReadOnlyList<string> areas, DiscreteGaussian noise)
    {
        var periods = Periods(table);
        for (var period = 0; period < periods.Count; period++)
        {
            for (var combination = 0; combination < table.Combinations; combination++)
            {
                var exact = default(Tally);
                foreach (var area in areas) exact.Add(counts[(table.Id, area)][(period * table.Combinations) + combination]);
                var sigma2 = exact.Sigma2(table.Sigma2);
                yield return new NoisyCell(table, place, periods[period], combination) { Value = exact.Cases + noise.Draw(sigma2), Variance = sigma2, Drawn = sigma2, IsMasked = exact.TellsOfAZone && exact.Cases > 0 };
            }
        }
    }

    // What a group of cells lacks to the anchor's sum is shared out over them: whole numbers, the odd ones in the order of their ids. It uses protected cells only, so it costs nothing.
    private void Anchor(Table table, string by, List<NoisyCell> cells, List<NoisyCell> anchor)
    {
        var dimension = table.Dimensions.ToList().FindIndex(d => d.Name == by);
        var sums = anchor.GroupBy(a => (Place: PlaceOf(table, a.Place), Period: PeriodOf(table, a.Period), Code: a.Codes[0])).ToDictionary(g => g.Key, g => (Value: g.Sum(a => a.Value), Variance: g.Sum(a => a.Variance)));
        foreach (var group in cells.GroupBy(c => (c.Place, c.Period, Code: c.Codes[dimension])))
        {
            if (!sums.TryGetValue(group.Key, out var of)) continue; // a code that the anchor does not know
            var own = group.OrderBy(c => c.Id, StringComparer.Ordinal).ToList();
            var (m, gap) = (own.Count, of.Value - own.Sum(c => c.Value));
            var (share, odd) = (Math.DivRem(gap, m), 0);
            (var each, odd) = share.Remainder < 0 ? (share.Quotient - 1, share.Remainder + m) : share;
            var (all, above) = (own.Sum(c => c.Variance), of.Variance);
            var together = new AnchoredGroup(m, all, above);
            for (var i = 0; i < m; i++)
            {
                own[i].Group = together;
                own[i].Value += each + (i < odd ? 1 : 0);
                own[i].Variance = (own[i].Variance * (1 - (2.0 / m))) + ((all + above) / ((double)m * m));
            }
        }
    }

    // What the table has an area under, and a month.
    private string PlaceOf(Table table, string area) => table.Geography switch { Grain.Area => area, Grain.Region => geography.RegionOf(area), _ => Geography.Country };

    private static string PeriodOf(Table table, string month) => table.Period switch
    {
        Span.Month => month,
        Span.Quarter => Edition.Quarter(DateOnly.ParseExact(month + "-01", "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)),
        _ => month[..4],
    };
}
