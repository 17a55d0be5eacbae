using VictimSupport.Casework.Contracts;
using VictimSupport.Statistics.Definitions;
using VictimSupport.Statistics.Facts;
using VictimSupport.Statistics.Programme;

namespace VictimSupport.Statistics.Own;

/// <summary>A figure of a period: its parts in their order, and what they are parts of.</summary>
/// <param name="Total">How many there are; for a figure with several answers, how many answers.</param>
/// <param name="Of">How many things there are of which it is a figure; the share of a part is of these.</param>
internal sealed record Counted(Definition Figure, IReadOnlyList<(string Code, int Count)> Parts, int Total, int Of);

/// <summary>Makes figures of what the casework tells. A part that no list knows stands at the end: nothing is left out, so the parts add up.</summary>
internal static class Counting
{
    private static readonly (string Total, string From)[] Totals = [("dossiers", "trigger"), ("closed", "closingReason"), ("contacts", "contactHow"), ("callOuts", "callOutHours"), ("referrals", "referralAnswer")];

    // Of violence at home the releases tell only where there was any; here the rest is told too.
    private const string Elsewhere = "NotAtHome";
    private static readonly Dictionary<Unit, string> TotalOf = new() { [Unit.Case] = "cases", [Unit.Contact] = "contacts", [Unit.CallOut] = "callOuts", [Unit.Referral] = "referrals" };

    /// <summary>All figures with parts, in the order in which they are defined.</summary>
    /// <param name="ages">Also those that ask for ages.</param>
    public static IReadOnlyList<Counted> Of(OwnFacts facts, bool ages)
    {
        var tallied = facts.Tallied.GroupBy(t => t.Figure, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.GroupBy(t => t.Code, StringComparer.Ordinal).ToDictionary(c => c.Key, c => c.Sum(t => t.Count), StringComparer.Ordinal), StringComparer.Ordinal);
        return [.. Figures.All.Where(f => f.Shape != Shape.Total && f.Unit != Unit.StructuralWork && f.Code != "caseload" && (ages || f.Code != "sexAge")).Select(f => f.Unit == Unit.Case ? Cases(f, facts.Cases) : Ordered(f, tallied.GetValueOrDefault(f.Code) ?? [], Things(f)))];

        int? Things(Definition figure) => figure.Shape == Shape.Several && Totals.FirstOrDefault(t => t.Total == TotalOf[figure.Unit]) is (_, { } from) ? tallied.GetValueOrDefault(from)?.Values.Sum() ?? 0 : null;
    }

    /// <summary>The numbers at a glance.</summary>
    public static IReadOnlyDictionary<string, int> TotalsOf(OwnFacts facts)
    {
        var totals = Totals.ToDictionary(t => t.Total, t => facts.Tallied.Where(f => f.Figure == t.From).Sum(f => f.Count), StringComparer.Ordinal);
        totals["cases"] = facts.Cases.Count;
        return totals;
    }

    /// <summary>null: none was closed.</summary>
    public static decimal? Median(IReadOnlyList<int> days)
    {
        if (days.Count == 0) return null;
        var sorted = days.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2m;
    }

    private static Counted Cases(Definition figure, IReadOnlyList<CaseFact> cases)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var code in CodesOf(figure, cases)) counts[code] = counts.GetValueOrDefault(code) + 1;
        return Ordered(figure, counts, cases.Count);
    }

    // What a case is in a dimension is said in one place for the releases and for the zone.
    private static IEnumerable<string> CodesOf(Definition figure, IReadOnlyList<CaseFact> cases)
    {
        switch (figure.Code)
        {
            case "service": return cases.SelectMany(c => c.Services.Distinct(StringComparer.Ordinal));
            case "target": return cases.SelectMany(c => c.Targets.Distinct(StringComparer.Ordinal));
            case "sex": return cases.Select(c => c.Sex.ToString());
        }
        var dimension = new Dimension(figure.Code, [.. figure.Codes.Where(code => code != Elsewhere)]);
        return Coding.Places(dimension, cases).Select(place => place >= 0 ? dimension.Codes[place] : Elsewhere);
    }

    private static Counted Ordered(Definition figure, Dictionary<string, int> counts, int? of)
    {
        var parts = figure.Codes.Select(c => (c, counts.GetValueOrDefault(c))).Concat(counts.Keys.Where(c => !figure.Codes.Contains(c, StringComparer.Ordinal)).Order(StringComparer.Ordinal).Select(c => (c, counts[c]))).ToList();
        var total = parts.Sum(p => p.Item2);
        return new Counted(figure, parts, total, of ?? total);
    }
}
