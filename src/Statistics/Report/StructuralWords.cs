using VictimSupport.Network.Contracts;

namespace VictimSupport.Statistics.Report;

/// <summary>Structural work in words. A table that it has no words for is not in the report.</summary>
internal static class StructuralWords
{
    private static readonly string[] Known = ["trainings", "bodies", "meetings-by-level", "agreements", "partner-activities", "partners-by-level", "partners-by-sphere"];

    // Of a mean there is no sum and nothing to round.
    private static readonly string[] NoCount = ["mark-hundredths"];

    public static IReadOnlyList<string> Tables => Known;

    public static bool Counts(StructuralCount count) => Known.Contains(count.Table) && !NoCount.Contains(count.Row);

    public static string Table(string code) => Words.Of("Structural_" + Key(code));

    public static string Row(string table, string code) => Words.Of($"StructuralRow_{Key(table)}_{Key(code)}");

    private static string Key(string code) => code.Replace('-', '_');
}
