using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Statistics.Report;

/// <summary>A zone's own words in its report: four sections that every report has, and one that it names itself. What is empty is not printed.</summary>
internal sealed record ReportSays
{
    public const int LongestText = 6000, LongestTitle = 120;

    public string? Foreword { get; init; }

    /// <summary>What the service did in the year.</summary>
    public string? Done { get; init; }

    /// <summary>With whom it worked.</summary>
    public string? Together { get; init; }
    public string? Plans { get; init; }
    public string? OwnTitle { get; init; }
    public string? Own { get; init; }

    /// <summary>The paragraphs of a text: an empty line parts them.</summary>
    public static IReadOnlyList<string> Paragraphs(string? text) => text is null ? [] : [.. text.ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
}

/// <summary>A version of the words of a year's report in one language. Versions are only added; the last one counts. It is about the service: nobody who is helped may be named in it, and the form says so.</summary>
internal sealed class ReportText
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public Guid Id { get; private set; }
    public int Year { get; private set; }
    public string Language { get; private set; } = "";

    /// <summary>Counted from 1 in each year and language.</summary>
    public int Version { get; private set; }
    public string Json { get; private set; } = "";
    public Guid By { get; private set; }
    public DateTimeOffset At { get; private set; }

    public ReportSays Says => JsonSerializer.Deserialize<ReportSays>(Json, Plain)!;

    public static ReportText Next(int year, string language, int version, ReportSays says, Guid by, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), Year = year, Language = language, Version = version + 1, Json = JsonSerializer.Serialize(says, Plain), By = by, At = now };

    /// <summary>The last of that year; where nothing was written for it, the last of the year before it that has some.</summary>
    public static Task<ReportText?> For(ZoneDbContext zone, int year, string language, CancellationToken ct) =>
        zone.Set<ReportText>().AsNoTracking().Where(t => t.Language == language && t.Year <= year).OrderByDescending(t => t.Year).ThenByDescending(t => t.Version).FirstOrDefaultAsync(ct);

    internal sealed class Mapping : IZoneMapping<ReportText>
    {
        public void Configure(EntityTypeBuilder<ReportText> b)
        {
            b.ToTable("report_text");
            b.Property(t => t.Id).ValueGeneratedNever();
            b.Property(t => t.Language).HasMaxLength(2);
            b.Property(t => t.Json).HasMaxLength(-1);
            // Two who save at once: one of them reads again.
            b.HasIndex(t => new { t.Year, t.Language, t.Version }).IsUnique();
            b.Ignore(t => t.Says);
        }
    }
}
