using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Statistics.Programme;

namespace VictimSupport.Statistics.Portal;

/// <summary>The one page of definitions: what each table of the programme counts and how finely it is told, what each code means, and every figure of a zone with what it counts. A zone's own figures lead here too.</summary>
[Requires(May.SeeProtectedFigures)]
internal sealed class Definitions(Programmes programmes, WhereAndWho who) : FiguresPage(who)
{
    /// <summary>Its address within a zone.</summary>
    public const string OfZone = "~/" + InZone + "/definitions";

    /// <summary>Those of the shipped programme, and those that only an earlier one had: its releases are still read.</summary>
    public IReadOnlyList<Table> Tables { get; } = [.. programmes.All.Prepend(programmes.Shipped).SelectMany(p => p.Tables).DistinctBy(t => t.Id)];

    /// <summary>Every axis with every code it ever had.</summary>
    public IEnumerable<Axis> All => programmes.All.Prepend(programmes.Shipped).SelectMany(p => p.Tables).SelectMany(Axes.Of).GroupBy(a => a.Name).Select(g => g.First() with { Codes = [.. g.SelectMany(a => a.Codes).Distinct(StringComparer.Ordinal)] });

    /// <summary>Area and month, country and year …</summary>
    public static string Grain(Table table) => $"{Words.Of("PubGrain_" + table.Geography)}, {Words.Of("PubSpan_" + table.Period)}";
}
