using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Network.Contracts;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.Statistics.Structural;

/// <summary>What the zones of an area, or of the country, did of one kind in a calendar year, added up. Exact: it is about no victim. Written with the final release of the year; it names no zone.</summary>
internal sealed class StructuralSum
{
    public string Release { get; init; } = "";

    /// <summary>An area, a union of areas, or the country.</summary>
    public string Place { get; init; } = "";
    public string Table { get; init; } = "";
    public string Row { get; init; } = "";
    public int Count { get; init; }

    internal sealed class Mapping : IFiguresMapping<StructuralSum>, IPublishedMapping<StructuralSum>
    {
        public void Configure(EntityTypeBuilder<StructuralSum> b)
        {
            b.ToTable("structural_sum");
            b.HasKey(s => new { s.Release, s.Place, s.Table, s.Row });
            b.Property(s => s.Release).HasColumnName("release_id").HasMaxLength(12);
            b.Property(s => s.Place).HasColumnName("place").HasMaxLength(60);
            b.Property(s => s.Table).HasColumnName("table_id").HasMaxLength(40);
            b.Property(s => s.Row).HasColumnName("row_id").HasMaxLength(60);
            b.Property(s => s.Count).HasColumnName("total");
            b.HasOne<Release>().WithMany().HasForeignKey(s => s.Release).OnDelete(DeleteBehavior.Restrict);
        }
    }
}

/// <summary>Adds up the structural work of a year while zone after zone is asked; what one zone did is kept nowhere.</summary>
internal sealed class SumsOfWork
{
    private static readonly List<(string Table, string Row)> Summed = [.. SaidStructuralWork.Leaving];

    private readonly Dictionary<(string Area, string Table, string Row), int> sums = [];
    private readonly Dictionary<string, int> answered = new(StringComparer.Ordinal);
    private readonly HashSet<string> silent = new(StringComparer.Ordinal);

    /// <param name="area">As it is shown.</param>
    public void Add(string area, IEnumerable<StructuralCount> counts)
    {
        answered[area] = answered.GetValueOrDefault(area) + 1;
        foreach (var count in counts) sums[(area, count.Table, count.Row)] = sums.GetValueOrDefault((area, count.Table, count.Row)) + count.Count;
    }

    /// <summary>A zone of the area did not answer: nothing is said of the area.</summary>
    public void IsSilent(string area) => silent.Add(area);

    /// <summary>A number for every row of every table, for each area of which all zones answered and at least five, and for the country, which is these areas together: nothing is left to subtract.</summary>
    /// <param name="missing">Areas of which the release has nothing.</param>
    public IEnumerable<StructuralSum> Of(string release, IReadOnlySet<string> missing)
    {
        var areas = answered.Where(a => a.Value >= StatisticalAreas.FewestZones && !silent.Contains(a.Key) && !missing.Contains(a.Key)).Select(a => a.Key).ToList();
        return areas.Count == 0 ? [] : areas.Append(Geography.Country).SelectMany(place => Summed.Select(s => new StructuralSum
        {
            Release = release, Place = place, Table = s.Table, Row = s.Row,
            Count = (place == Geography.Country ? areas : [place]).Sum(area => sums.GetValueOrDefault((area, s.Table, s.Row))),
        }));
    }
}
