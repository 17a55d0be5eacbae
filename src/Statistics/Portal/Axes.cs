using System.Runtime.CompilerServices;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Facts;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.Statistics.Portal;

/// <summary>A way along which the figures of a table are told apart, besides area and period: a dimension, or a part of one that holds several (sex and age).</summary>
/// <param name="Codes">In their order, without the one for all.</param>
/// <param name="Dimension">Which of the table's dimensions.</param>
/// <param name="Part">Which part of it; -1: it is the whole.</param>
internal sealed record Axis(string Name, IReadOnlyList<string> Codes, int Dimension, int Part)
{
    /// <summary>A case may be in several of its codes: there is no figure for all of them.</summary>
    public bool IsSeveral => Coding.IsSeveral(Name);
}

/// <summary>The axes of the programme's tables, and which stored figure a place on them is.</summary>
internal static class Axes
{
    public const string Area = "area", Period = "period", Rest = "Rest";

    private static readonly Dictionary<string, string[]> Parts = new(StringComparer.Ordinal) { ["sexAge"] = ["sex", "age"], ["sexAgePlace"] = ["sex", "age", "place"] };

    // By the table itself: another version of the programme may have another one of that name.
    private static readonly ConditionalWeakTable<Table, IReadOnlyList<Axis>> Made = [];

    /// <summary>Names of all axes of all programmes.</summary>
    public static readonly IReadOnlyList<string> Names = [.. TableProgramme.Known.SelectMany(p => p.Tables).SelectMany(Make).Select(a => a.Name).Distinct(StringComparer.Ordinal)];

    public static IReadOnlyList<Axis> Of(Table table) => Made.GetValue(table, Make);

    public static Axis? Find(Table table, string name) => Of(table).FirstOrDefault(a => a.Name == name);

    /// <summary>The id of the stored figure at a place on all axes; an axis that is not named stands for all its codes.</summary>
    /// <returns>null: there is no such figure, as of the rest by age.</returns>
    public static string? Cell(Table table, string area, string period, IReadOnlyDictionary<string, string> at)
    {
        var codes = new string[table.Dimensions.Count];
        for (var i = 0; i < codes.Length; i++)
        {
            var of = Of(table).Where(a => a.Dimension == i).Select(a => at.GetValueOrDefault(a.Name, Published.All)).ToList();
            if (of.Count == 1) codes[i] = of[0];
            else if (of.Contains(Rest, StringComparer.Ordinal)) { if (of.Exists(c => c is not Rest and not Published.All)) return null; codes[i] = Rest; }
            else codes[i] = of.TrueForAll(c => c == Published.All) ? Published.All : string.Join(':', of);
        }
        return string.Join('|', [area, period, .. codes]);
    }

    /// <summary>The other way: where on the axes a figure stands.</summary>
    public static IReadOnlyDictionary<string, string> At(Figure figure)
    {
        var at = new Dictionary<string, string>(StringComparer.Ordinal) { [Area] = figure.Place, [Period] = figure.Period };
        foreach (var axis in Of(figure.Table))
        {
            var code = figure.Codes[axis.Dimension];
            at[axis.Name] = axis.Part < 0 || code is Published.All ? code : code == Rest ? axis.Part == 0 ? Rest : Published.All : code.Split(':')[axis.Part];
        }
        return at;
    }

    /// <summary>Which kinds of period a table is shown by, from the shortest.</summary>
    public static IEnumerable<Span> Spans(Table table) => table.Releases.Contains(nameof(ReleaseKind.T0)) ? [Span.Month] : Enum.GetValues<Span>().Where(s => s >= table.Period && (s != Span.Year || table.Releases.Contains(nameof(ReleaseKind.F))));

    public static Span? SpanOf(string period) => period.Length switch { 4 => Span.Year, 7 when period[5] == 'Q' => Span.Quarter, 7 => Span.Month, _ => null };

    /// <summary>The twelve areas from north-west to south-east, each one square.</summary>
    public static readonly IReadOnlyDictionary<string, (int Column, int Row)> Squares = new Dictionary<string, (int, int)>(StringComparer.Ordinal)
    {
        ["WVL"] = (0, 0), ["OVL"] = (1, 0), ["ANT"] = (2, 0), ["LIM"] = (3, 0), ["HVV"] = (1, 1), ["BRU"] = (2, 1), ["LEU"] = (3, 1), ["HAI"] = (1, 2), ["WBR"] = (2, 2), ["LIE"] = (3, 2), ["NAM"] = (2, 3), ["LUX"] = (3, 3),
    };

    /// <summary>Order of places: the areas from the north, then regions, then the country.</summary>
    public static int Rank(string place) => place == Geography.Country ? 3 : IsRegion(place) ? 2 : 1;

    public static bool IsRegion(string place) => Geography.Members(place).All(m => m is "VLG" or "WAL" || (m == "BRU" && place != "BRU"));

    private static IReadOnlyList<Axis> Make(Table table)
    {
        var axes = new List<Axis>();
        for (var i = 0; i < table.Dimensions.Count; i++)
        {
            var (dimension, at) = (table.Dimensions[i], i);
            if (!Parts.TryGetValue(dimension.Name, out var parts)) axes.Add(new Axis(dimension.Name, dimension.Codes, at, -1));
            else axes.AddRange(parts.Select((name, part) => new Axis(name, [.. dimension.Codes.Where(c => c != Rest).Select(c => c.Split(':')[part]).Distinct(StringComparer.Ordinal), .. part == 0 ? [Rest] : Array.Empty<string>()], at, part)));
        }
        return axes;
    }
}
