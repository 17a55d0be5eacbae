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

/// <summary>The tables of the structural work, and their rows in the reader's language. Whatever a counter gives is one of these, but for units of police, which each zone names itself.</summary>
public static class SaidStructuralWork
{
    /// <summary>Rows are names that the zone wrote: they leave it with no sum.</summary>
    public const string Units = "training-units";

    /// <summary>The row of the table of trainings that is a mean: it has no sum over zones.</summary>
    public const string Mark = "mark-hundredths";

    /// <summary>Every table with its rows, both in the order in which they are read. Of <see cref="Units"/> none is known here.</summary>
    public static IReadOnlyList<(string Table, IReadOnlyList<string> Rows)> Tables { get; } =
    [
        ("trainings", ["trainings", "awareness", "sessions", "minutes", "participants", "evaluations", Mark]),
        ("training-topics", [.. Trainings.TrainingTopics.All.Select(t => t.Code)]),
        (Units, []),
        (Partners.PartnershipCounts.ByType, [.. Partners.PartnerTypes.All.Select(t => t.Code)]),
        (Partners.PartnershipCounts.ByLevel, Enum.GetNames<Partners.PartnerLevel>()),
        (Partners.PartnershipCounts.BySphere, Enum.GetNames<Partners.PartnerSphere>()),
        (Partners.PartnershipCounts.Agreed, [Partners.PartnershipCounts.InForce, Partners.PartnershipCounts.New, Partners.PartnershipCounts.Renewed, Partners.PartnershipCounts.Ended]),
        (Partners.PartnershipCounts.Done, Enum.GetNames<Activities.ActivityKind>()),
        (Bodies.BodyCounts.Sums, ["meetings", "decisions", "points-made", "points-done", "points-open", "projects", "projects-finished", "milestones-reached", "events", "audience"]),
        (Bodies.BodyCounts.ByLevel, Enum.GetNames<Bodies.BodyLevel>()),
        (Bodies.BodyCounts.ByKind, [.. Bodies.BodyKinds.All.Select(k => k.Code)]),
    ];

    /// <exception cref="System.Resources.MissingManifestResourceException">There is no such row.</exception>
    public static string Row(string table, string row) => table switch
    {
        Units => row,
        "trainings" => Words.Of("TrainingCount_" + row.Replace('-', '_')),
        "training-topics" => Words.Of("TrainingTopic_" + row),
        Bodies.BodyCounts.Sums or Bodies.BodyCounts.ByLevel or Bodies.BodyCounts.ByKind => Bodies.BodyCounts.WordOf(new StructuralCount(table, row, 0)),
        _ => Partners.Figures.RowOf(new StructuralCount(table, row, 0)),
    };
}
