using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Statistics.Campaign;

/// <summary>That the zones were asked to look at their figures of a year before the final release. In the catalogue.</summary>
internal sealed class Campaign
{
    public int Year { get; init; }

    /// <summary>Of the programme of tables as it was when they were asked: what the figures mean.</summary>
    public string ProgrammeHash { get; init; } = "";
    public DateTimeOffset OpenedAt { get; init; }
    public DateOnly Deadline { get; private set; }

    public static Campaign New(int year, string programme, DateTimeOffset now, DateOnly deadline) => new() { Year = year, ProgrammeHash = programme, OpenedAt = now, Deadline = deadline };

    public void Move(DateOnly deadline) => Deadline = deadline;

    internal sealed class Mapping : ICatalogMapping<Campaign>
    {
        public void Configure(EntityTypeBuilder<Campaign> b)
        {
            b.ToTable("campaign");
            b.HasKey(c => c.Year);
            b.Property(c => c.Year).ValueGeneratedNever();
            b.Property(c => c.ProgrammeHash).HasMaxLength(64);
        }
    }
}

/// <summary>A zone that is asked, and whether it looked. No figure of it stands here.</summary>
internal sealed class AskedZone : IOfZone
{
    public int Year { get; private set; }
    public Guid ZoneId { get; private set; }

    /// <summary>The first and the last day of the year's quarters in which it is counted.</summary>
    public DateOnly From { get; private set; }
    public DateOnly Until { get; private set; }

    /// <summary>When the zone had it; null: it has not answered yet, and is asked again.</summary>
    public DateTimeOffset? HadIt { get; private set; }

    /// <summary>When it said that these are its figures; null: it has not, or took it back.</summary>
    public DateTimeOffset? Validated { get; private set; }

    /// <summary>Of the zone's last word that was heard: an earlier one that comes late says nothing.</summary>
    public int Turn { get; private set; }
    Guid? IOfZone.Zone => ZoneId;

    public static AskedZone New(int year, Guid zone, DateOnly from, DateOnly until) => new() { Year = year, ZoneId = zone, From = from, Until = until };

    /// <summary>The deadline was moved: the zone is told so.</summary>
    public void AskAgain() => HadIt = null;

    public void Has(DateTimeOffset now) => HadIt ??= now;

    public void Hears(int turn, DateTimeOffset? validated)
    {
        if (turn > Turn) (Turn, Validated) = (turn, validated);
    }

    internal sealed class Mapping : ICatalogMapping<AskedZone>
    {
        public void Configure(EntityTypeBuilder<AskedZone> b)
        {
            b.ToTable("asked_zone");
            b.HasKey(a => new { a.Year, a.ZoneId });
            b.Property(a => a.From).HasColumnName("from_day");
            b.Property(a => a.Until).HasColumnName("until_day");
            b.Property(a => a.Turn).IsConcurrencyToken();
        }
    }
}
