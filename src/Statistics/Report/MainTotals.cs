using VictimSupport.Casework.Contracts;
using VictimSupport.Network.Contracts;
using VictimSupport.Statistics.Definitions;
using VictimSupport.Statistics.Own;

namespace VictimSupport.Statistics.Report;

/// <summary>The numbers that a report says first, and that a zone may give of the years before the platform.</summary>
internal static class MainTotals
{
    public const string Trainings = "trainings", Meetings = "meetings";

    // In the public edition a total is the sum of one list's rounded parts.
    private static readonly Dictionary<string, string> ListOf = new(StringComparer.Ordinal) { ["cases"] = "category", ["dossiers"] = "trigger", ["closed"] = "closingReason", ["contacts"] = "contactHow", ["callOuts"] = "callOutHours", ["referrals"] = "referralAnswer" };
    private static readonly Dictionary<string, (string Table, string[] Rows)> Structural = new(StringComparer.Ordinal) { [Trainings] = ("trainings", ["trainings", "awareness"]), [Meetings] = ("bodies", ["meetings"]) };

    public static IReadOnlyList<string> Codes { get; } = [.. ListOf.Keys, Trainings, Meetings];

    public static string Name(string code) => Structural.ContainsKey(code) ? Words.Of("ReportTotal_" + code) : Figures.Find(code).Name;

    /// <summary>null: it is about no case.</summary>
    public static Definition? Figure(string code) => ListOf.ContainsKey(code) ? Figures.Find(code) : null;

    /// <summary>The table of structural work that it is a sum of; null: it is about cases.</summary>
    public static string? TableOf(string code) => Structural.GetValueOrDefault(code).Table;

    public static IReadOnlyDictionary<string, int> Of(OwnFacts facts, IReadOnlyList<StructuralCount> work)
    {
        var totals = Counting.TotalsOf(facts).ToDictionary(StringComparer.Ordinal);
        foreach (var (code, (table, rows)) in Structural) totals[code] = work.Where(w => w.Table == table && rows.Contains(w.Row)).Sum(w => w.Count);
        return totals;
    }

    public static IReadOnlyDictionary<string, int?> Of(IReadOnlyList<PublicCount> counts) => Codes.ToDictionary(code => code, code => ListOf.TryGetValue(code, out var list)
        ? Rounding.Total(counts.Where(c => c.Table == list).Select(c => c.Count))
        : Rounding.Total(counts.Where(c => c.Table == Structural[code].Table && Structural[code].Rows.Contains(c.Row)).Select(c => c.Count)), StringComparer.Ordinal);
}
