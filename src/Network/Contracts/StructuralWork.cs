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
