using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Statistics.Report;

/// <summary>Totals of a year before the platform, as the zone counted them then. Versions are only added; the last one counts. Marked wherever it is shown, and never added to what the platform counted.</summary>
internal sealed class EarlierYear
{
    public const int First = 1990, Largest = 1_000_000;

    public Guid Id { get; private set; }
    public int Year { get; private set; }
    public int Version { get; private set; }

    /// <summary>Out of a list; else it was typed.</summary>
    public bool Imported { get; private set; }
    public string Json { get; private set; } = "";
    public Guid By { get; private set; }
    public DateTimeOffset At { get; private set; }

    /// <summary>By code of a <see cref="MainTotals"/>; what was not counted then is not in it.</summary>
    public IReadOnlyDictionary<string, int> Counts => JsonSerializer.Deserialize<Dictionary<string, int>>(Json)!;

    public static EarlierYear Next(int year, int version, IReadOnlyDictionary<string, int> counts, bool imported, Guid by, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), Year = year, Version = version + 1, Imported = imported, Json = JsonSerializer.Serialize(MainTotals.Codes.Where(counts.ContainsKey).ToDictionary(c => c, c => counts[c])), By = by, At = now };

    /// <summary>The last version of each year, the earliest first. One without any count was taken back.</summary>
    public static async Task<IReadOnlyList<EarlierYear>> All(ZoneDbContext zone, CancellationToken ct) =>
        [.. (await zone.Set<EarlierYear>().AsNoTracking().ToListAsync(ct)).GroupBy(y => y.Year).Select(g => g.MaxBy(y => y.Version)!).OrderBy(y => y.Year)];

    internal sealed class Mapping : IZoneMapping<EarlierYear>
    {
        public void Configure(EntityTypeBuilder<EarlierYear> b)
        {
            b.ToTable("report_earlier_year");
            b.Property(y => y.Id).ValueGeneratedNever();
            b.Property(y => y.Json).HasMaxLength(1000);
            b.HasIndex(y => new { y.Year, y.Version }).IsUnique();
            b.Ignore(y => y.Counts);
        }
    }
}
