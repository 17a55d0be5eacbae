using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Statistics.Report;

/// <summary>One number of the public edition.</summary>
/// <param name="Count">A multiple of 5; null: under 10.</param>
internal sealed record PublicCount(string Table, string Row, int? Count);

/// <summary>The public figures of a year and of the year before it, rounded. No exact number is in it.</summary>
internal sealed record PublicYears(IReadOnlyList<PublicCount> Now, IReadOnlyList<PublicCount> Before);

/// <summary>What a zone says of itself beside the figures of a settled year: which versions of its words and of its earlier totals, and under which names. Versions never change, so this says what is printed.</summary>
/// <param name="Texts">Of each language that has some, the version of the words.</param>
/// <param name="Earlier">Of each year before, the version of its totals.</param>
/// <param name="Names">By language: of the zone, and of its service where it has a name of its own.</param>
internal sealed record SettledWords(IReadOnlyList<Guid> Texts, IReadOnlyList<Guid> Earlier, IReadOnlyDictionary<string, SettledNames> Names)
{
    /// <summary>As they stand now.</summary>
    public static async Task<SettledWords> Now(ZoneDbContext zone, ZoneRecord record, ZoneSettings settings, int year, CancellationToken ct)
    {
        var texts = new List<Guid>();
        foreach (var language in ReportLanguages.All)
        {
            if (await ReportText.For(zone, year, language, ct) is { } text) texts.Add(text.Id);
        }
        return new SettledWords(texts, [.. (await EarlierYear.Standing(zone, record, ct)).Where(y => y.Year < year).Select(y => y.Id)], ReportLanguages.All.ToDictionary(l => l, l => new SettledNames(record.NameIn(l), settings.ServiceNames.GetValueOrDefault(l))));
    }
}

internal sealed record SettledNames(string Zone, string? Service);

/// <summary>The public edition of a year, settled once: from then on every print of that year, and the next year's comparison, is made of these figures, whatever is corrected later. The zone's words beside them stay as well, until a new version is put out.</summary>
internal sealed class SettledYear
{
    public Guid Id { get; private set; }
    public int Year { get; private set; }
    public string Json { get; private set; } = "";
    public Guid By { get; private set; }
    public DateTimeOffset At { get; private set; }

    /// <summary>The <see cref="SettledWords"/>.</summary>
    public string WordsJson { get; private set; } = "";

    /// <summary>Of the words, counted from 1; from the second on the print says which it is, and of when.</summary>
    public int Version { get; private set; }
    public DateTimeOffset VersionAt { get; private set; }

    public PublicYears Figures => JsonSerializer.Deserialize<PublicYears>(Json)!;
    public SettledWords Words => JsonSerializer.Deserialize<SettledWords>(WordsJson)!;

    public static SettledYear Of(int year, PublicYears figures, SettledWords words, Guid by, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), Year = year, Json = JsonSerializer.Serialize(figures), By = by, At = now, WordsJson = JsonSerializer.Serialize(words), Version = 1, VersionAt = now };

    /// <summary>Would a new version say something else?</summary>
    public bool IsBehind(SettledWords now) => WordsJson != JsonSerializer.Serialize(now);

    /// <summary>Puts out a new version of the words; the figures stay.</summary>
    public void SayAnew(SettledWords words, DateTimeOffset now) => (WordsJson, Version, VersionAt) = (JsonSerializer.Serialize(words), Version + 1, now);

    internal sealed class Mapping : IZoneMapping<SettledYear>
    {
        public void Configure(EntityTypeBuilder<SettledYear> b)
        {
            b.ToTable("report_settled_year");
            b.Property(y => y.Id).ValueGeneratedNever();
            b.Property(y => y.Json).HasMaxLength(-1);
            b.Property(y => y.WordsJson).HasMaxLength(-1);
            b.Property(y => y.Version).IsConcurrencyToken();
            b.HasIndex(y => y.Year).IsUnique();
            b.Ignore(y => y.Figures);
            b.Ignore(y => y.Words);
        }
    }
}
