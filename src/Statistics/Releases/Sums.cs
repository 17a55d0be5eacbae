using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Facts;
using VictimSupport.Statistics.Programme;

namespace VictimSupport.Statistics.Releases;

/// <summary>A sum of protected cells.</summary>
/// <param name="Firm">How much of it is of cells of three zones and more.</param>
internal sealed record Sum(Table Table, string Place, string Period, IReadOnlyList<string> Codes, int Value, double Variance, int Firm)
{
    public string Id => string.Join('|', [Place, Period, .. Codes]);

    /// <summary>By the same rule as a cell, and only where at least half of it is of more than two zones: three months of two zones are a quarter of two zones. What is for the whole country alone stays so, however long the period.</summary>
    public bool IsShown => Display.Shows(Value, Variance) && 2L * Firm >= Value && (Place == Geography.Country || !Codes.Any(Table.OnlyForTheCountry.Contains));
}

/// <summary>All sums that may be read of a release: over time, over areas, over the codes of a dimension and over parts of them. Made of its protected cells and of nothing else, once, with the release.</summary>
internal static class Sums
{
    private const char Part = ':';

    /// <param name="cells">All of the release, with their noise.</param>
    /// <param name="geography">What areas are shown as in it.</param>
    public static IReadOnlyList<Sum> Of(Edition edition, Geography geography, IEnumerable<NoisyCell> cells) =>
        [.. cells.GroupBy(c => c.Table).SelectMany(of => OfTable(of.Key, edition, geography, [.. of]))];

    private static IEnumerable<Sum> OfTable(Table table, Edition edition, Geography geography, List<NoisyCell> cells)
    {
        var sums = new Dictionary<string, List<NoisyCell>>(StringComparer.Ordinal);
        foreach (var cell in cells)
        {
            foreach (var into in Into(table, edition, geography, cell))
            {
                if (!sums.TryGetValue(into, out var members)) sums[into] = members = [];
                members.Add(cell);
            }
        }
        foreach (var (id, members) in sums)
        {
            var parts = id.Split('|');
            yield return new Sum(table, parts[0], parts[1], parts[2..], members.Sum(m => m.Value), Variance(members), members.Where(m => m.Drawn <= table.Sigma2).Sum(m => m.Value));
        }
    }

    /// <summary>Of a sum of cells: those that were made to add up together are tied to each other, others are not.</summary>
    internal static double Variance(IEnumerable<NoisyCell> cells) =>
        cells.GroupBy(c => c.Group).Sum(g => g.Key is { } together ? together.OfSum(g.Count(), g.Sum(c => c.Drawn)) : g.Sum(c => c.Variance));

    // The ids of all sums a cell is in, without its own.
    private static IEnumerable<string> Into(Table table, Edition edition, Geography geography, NoisyCell cell)
    {
        var codes = cell.Codes.Select((code, i) => (IReadOnlyList<string>)[.. Wider(table.Dimensions[i], code)]).Aggregate(new List<string> { "" }, (known, wider) => [.. known.SelectMany(k => wider.Select(w => k + "|" + w))]);
        foreach (var place in Places(table, geography, cell.Place))
        {
            foreach (var period in Periods(table, edition, cell.Period))
            {
                foreach (var code in codes)
                {
                    if (place + "|" + period + code is var id && id != cell.Id) yield return id;
                }
            }
        }
    }

    // Where a case may be several things, all of them together are no number of cases.
    private static IEnumerable<string> Wider(Dimension dimension, string code) => Coding.IsSeveral(dimension.Name) ? [code] : Wider(code);

    /// <summary>The code and what is wider than it: of <c>Female:18-34</c> also <c>Female:*</c>, <c>*:18-34</c> and <c>*</c>.</summary>
    internal static IEnumerable<string> Wider(string code)
    {
        if (!code.Contains(Part, StringComparison.Ordinal)) return [code, Published.All];
        var parts = code.Split(Part);
        return Enumerable.Range(0, 1 << parts.Length).Select(mask => mask == (1 << parts.Length) - 1 ? Published.All : string.Join(Part, parts.Select((part, i) => (mask & (1 << i)) == 0 ? part : Published.All)));
    }

    private static IEnumerable<string> Places(Table table, Geography geography, string place)
    {
        yield return place;
        if (table.Geography == Grain.Country) yield break;
        // A region that is one area is told as that area.
        if (table.Geography == Grain.Area && geography.RegionOf(place) is var region && region != place) yield return region;
        yield return Geography.Country;
    }

    private static IEnumerable<string> Periods(Table table, Edition edition, string period)
    {
        yield return period;
        if (table.Period == Span.Month && edition.Kind != ReleaseKind.T0) yield return Edition.Quarter(DateOnly.ParseExact(period + "-01", "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        if (table.Period != Span.Year && edition.Kind == ReleaseKind.F) yield return period[..4];
    }
}
