using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Statistics.Report;

/// <summary>One number of the public edition.</summary>
/// <param name="Count">A multiple of 5; null: under 10.</param>
internal sealed record PublicCount(string Table, string Row, int? Count);

/// <summary>The public figures of a year and of the year before it, rounded. No exact number is in it.</summary>
internal sealed record PublicYears(IReadOnlyList<PublicCount> Now, IReadOnlyList<PublicCount> Before);

/// <summary>The public figures of a year, settled once: from then on every print of that year, and the next year's comparison, is made of these, whatever is corrected later.</summary>
internal sealed class SettledYear
{
    public Guid Id { get; private set; }
    public int Year { get; private set; }
    public string Json { get; private set; } = "";
    public Guid By { get; private set; }
    public DateTimeOffset At { get; private set; }

    public PublicYears Figures => JsonSerializer.Deserialize<PublicYears>(Json)!;

    public static SettledYear Of(int year, PublicYears figures, Guid by, DateTimeOffset now) => new() { Id = Guid.CreateVersion7(now), Year = year, Json = JsonSerializer.Serialize(figures), By = by, At = now };

    internal sealed class Mapping : IZoneMapping<SettledYear>
    {
        public void Configure(EntityTypeBuilder<SettledYear> b)
        {
            b.ToTable("report_settled_year");
            b.Property(y => y.Id).ValueGeneratedNever();
            b.Property(y => y.Json).HasMaxLength(-1);
            b.HasIndex(y => y.Year).IsUnique();
            b.Ignore(y => y.Figures);
        }
    }
}
