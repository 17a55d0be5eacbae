using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Statistics.Report;

/// <summary>Totals of a year before the platform, or of one that it counted in part, as the zone counted them itself. Versions are only added; the last one counts. Marked wherever it is shown, and never added to what the platform counted.</summary>
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
    public IReadOnlyDictionary<string, int> Counts => Kept.Where(c => c.Key != Part).ToDictionary(StringComparer.Ordinal);

    /// <summary>The zone says that what is counted here of this year is a part of it.</summary>
    public bool IsInstead => Kept.ContainsKey(Part);

    private const string Part = "countedHereInPart";

    private Dictionary<string, int> Kept => JsonSerializer.Deserialize<Dictionary<string, int>>(Json)!;

    public static EarlierYear Next(int year, int version, IReadOnlyDictionary<string, int> counts, bool imported, Guid by, DateTimeOffset now, bool instead = false)
    {
        var kept = MainTotals.Codes.Where(counts.ContainsKey).ToDictionary(c => c, c => counts[c]);
        if (instead && kept.Count > 0) kept[Part] = 1;
        return new() { Id = Guid.CreateVersion7(now), Year = year, Version = version + 1, Imported = imported, Json = JsonSerializer.Serialize(kept), By = by, At = now };
    }

    /// <summary>Do these totals stand in a report? Of a year that was counted here, only where the zone says that it was counted in part.</summary>
    public bool Stands(OwnYears own) => IsInstead || !own.Has(Year);

    /// <summary>The last version of each year, the earliest first. One without any count was taken back.</summary>
    public static async Task<IReadOnlyList<EarlierYear>> All(ZoneDbContext zone, CancellationToken ct) =>
        [.. (await zone.Set<EarlierYear>().AsNoTracking().ToListAsync(ct)).GroupBy(y => y.Year).Select(g => g.MaxBy(y => y.Version)!).OrderBy(y => y.Year)];

    /// <summary>Those that stand, each with some count.</summary>
    public static async Task<IReadOnlyList<EarlierYear>> Standing(ZoneDbContext zone, ZoneRecord record, CancellationToken ct)
    {
        var own = await OwnYears.Of(zone, record, ct);
        return [.. (await All(zone, ct)).Where(y => y.Counts.Count > 0 && y.Stands(own))];
    }

    internal sealed class Mapping : IZoneMapping<EarlierYear>
    {
        public void Configure(EntityTypeBuilder<EarlierYear> b)
        {
            b.ToTable("report_earlier_year");
            b.Property(y => y.Id).ValueGeneratedNever();
            b.Property(y => y.Json).HasMaxLength(1000);
            b.HasIndex(y => new { y.Year, y.Version }).IsUnique();
            b.Ignore(y => y.Counts);
            b.Ignore(y => y.IsInstead);
        }
    }
}

/// <summary>The years that were counted here: from the first one that the zone was here for from its first day on, and those whose figures it settled.</summary>
/// <param name="Part">The year in which the zone came here, after its first day; null: it came on it.</param>
internal sealed record OwnYears(int FirstWhole, int? Part, IReadOnlySet<int> Settled)
{
    public bool Has(int year) => year >= FirstWhole || Settled.Contains(year);

    public static async Task<OwnYears> Of(ZoneDbContext zone, ZoneRecord record, CancellationToken ct)
    {
        var came = Moment.Day(record.Created);
        return new OwnYears(came.DayOfYear == 1 ? came.Year : came.Year + 1, came.DayOfYear == 1 ? null : came.Year, (await zone.Set<SettledYear>().Select(y => y.Year).ToListAsync(ct)).ToHashSet());
    }
}
