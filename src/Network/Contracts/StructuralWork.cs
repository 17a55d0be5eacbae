namespace VictimSupport.Network.Contracts;

/// <summary>One count of a zone's structural work in a calendar year: which table it belongs to, which row, how many.</summary>
/// <param name="Table">Code of the table, e.g. <c>trainings</c>, <c>agreements</c>, <c>bodies</c>.</param>
/// <param name="Row">Code of the row within the table, e.g. <c>held</c>.</param>
public sealed record StructuralCount(string Table, string Row, int Count);

/// <summary>Counts one kind of a zone's structural work; none of it is about a victim.</summary>
public interface ICountStructuralWork
{
    /// <summary>The counts of a calendar year (Brussels time) in the zone of the request.</summary>
    Task<IReadOnlyList<StructuralCount>> In(int year, CancellationToken ct);
}

/// <summary>The tables of the structural work, and their rows in the reader's language. Whatever a counter gives is one of these, but for units of police, which each zone names itself, and codes of zones.</summary>
public static class SaidStructuralWork
{
    /// <summary>Rows are names that the zone wrote: they leave it with no sum. <see cref="Elsewhere"/> is its own people at trainings of other zones, by unit.</summary>
    public const string Units = "training-units", Elsewhere = "training-elsewhere";

    /// <summary>Participants by code of the zone they came from (<see cref="OwnZone"/> among them), and by rank group: one of them may be a single colleague whom others know.</summary>
    public const string Zones = "training-zones", OwnZone = "own", Ranks = "training-ranks";

    /// <summary>The row of the table of trainings that is a mean: it has no sum over zones.</summary>
    public const string Mark = "mark-hundredths";

    // A sum of minutes; people read hours.
    private const string Minutes = "minutes";

    // Shown inside the zone only.
    private static readonly HashSet<string> Inside = new(StringComparer.Ordinal) { Units, Elsewhere, Zones, Ranks };

    /// <summary>Every table with its rows, both in the order in which they are read. Of units and zones none is known here.</summary>
    public static IReadOnlyList<(string Table, IReadOnlyList<string> Rows)> Tables { get; } =
    [
        ("trainings", ["trainings", "awareness", "sessions", Minutes, "participants", "evaluations", Mark]),
        ("training-topics", [.. Trainings.TrainingTopics.All.Select(t => t.Code)]),
        (Units, []),
        (Zones, [OwnZone]),
        (Ranks, Enum.GetNames<Trainings.RankGroup>()),
        (Elsewhere, []),
        (Partners.PartnershipCounts.ByType, [.. Partners.PartnerTypes.All.Select(t => t.Code)]),
        (Partners.PartnershipCounts.ByLevel, Enum.GetNames<Partners.PartnerLevel>()),
        (Partners.PartnershipCounts.BySphere, Enum.GetNames<Partners.PartnerSphere>()),
        (Partners.PartnershipCounts.Agreed, [Partners.PartnershipCounts.InForce, Partners.PartnershipCounts.New, Partners.PartnershipCounts.Renewed, Partners.PartnershipCounts.Ended]),
        (Partners.PartnershipCounts.Done, Enum.GetNames<Activities.ActivityKind>()),
        (Bodies.BodyCounts.Sums, ["meetings", "decisions", "points-made", "points-done", "points-open", "projects", "projects-finished", "milestones-reached", "events", "audience"]),
        (Bodies.BodyCounts.ByLevel, Enum.GetNames<Bodies.BodyLevel>()),
        (Bodies.BodyCounts.ByKind, [.. Bodies.BodyKinds.All.Select(k => k.Code)]),
    ];

    /// <summary>The rows that leave a zone, rounded in its public report and exact in sums over zones: shipped codes, with nothing in them that a zone wrote and no mean.</summary>
    public static IEnumerable<(string Table, string Row)> Leaving => Tables.Where(t => !Inside.Contains(t.Table)).SelectMany(t => t.Rows.Where(r => r != Mark).Select(r => (t.Table, r)));

    /// <summary>A row as a table for people says it, beside numbers told by <see cref="Read"/>: hours where minutes are counted, a mark where its hundredths are.</summary>
    public static string ReadRow(string table, string row) => (table, row) switch
    {
        ("trainings", Minutes) => Words.TrainingHoursGiven,
        ("trainings", Mark) => Words.TrainingMeanMark,
        _ => Row(table, row),
    };

    /// <summary>A number as a table for people tells it.</summary>
    public static decimal Read(string table, string row, int count) => (table, row) switch
    {
        ("trainings", Minutes) => Math.Round(count / 60m, 2, MidpointRounding.AwayFromZero),
        ("trainings", Mark) => count / 100m,
        _ => count,
    };

    /// <summary>What a number is counted in where it is not told because it is small; empty: in pieces, as it is told.</summary>
    public static string CountedIn(string table, string row) => (table, row) is ("trainings", Minutes) ? "min" : "";

    /// <exception cref="System.Resources.MissingManifestResourceException">There is no such row.</exception>
    public static string Row(string table, string row) => table switch
    {
        Zones when row == OwnZone => Words.TrainingOwnZone,
        Units or Elsewhere or Zones => row,
        Ranks => Words.Of("RankGroup_" + row),
        "trainings" => Words.Of("TrainingCount_" + row.Replace('-', '_')),
        "training-topics" => Words.Of("TrainingTopic_" + row),
        Bodies.BodyCounts.Sums or Bodies.BodyCounts.ByLevel or Bodies.BodyCounts.ByKind => Bodies.BodyCounts.WordOf(new StructuralCount(table, row, 0)),
        _ => Partners.Figures.RowOf(new StructuralCount(table, row, 0)),
    };
}
