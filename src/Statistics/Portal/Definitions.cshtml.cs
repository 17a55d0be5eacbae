using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Statistics.Programme;

namespace VictimSupport.Statistics.Portal;

/// <summary>The one page of definitions: what each table of the programme counts and how finely it is told, what each code means, and every figure of a zone with what it counts. A zone's own figures lead here too.</summary>
[Requires(May.SeeProtectedFigures)]
internal sealed class Definitions(WhereAndWho who) : FiguresPage(who)
{
    /// <summary>Its address within a zone.</summary>
    public const string OfZone = "~/" + InZone + "/definitions";

    public static IReadOnlyList<Table> Tables => TableProgramme.Shipped.Tables;

    public static IEnumerable<Axis> All => Tables.SelectMany(Axes.Of).DistinctBy(a => a.Name);

    /// <summary>Area and month, country and year …</summary>
    public static string Grain(Table table) => $"{Words.Of("PubGrain_" + table.Geography)}, {Words.Of("PubSpan_" + table.Period)}";
}
