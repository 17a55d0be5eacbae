using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Statistics.Own;

namespace VictimSupport.Statistics.Campaign;

/// <summary>What the zone was asked about one year, and what it said. In the zone's own database.</summary>
internal sealed class YearAsked
{
    /// <summary>So many days before the deadline, and after it, coordinators are reminded; and on it.</summary>
    private const int Before = 14, After = 7;
    private const int Morning = 8;

    public Guid Id { get; private set; }
    public int Year { get; private set; }
    public string ProgrammeHash { get; private set; } = "";
    public DateTimeOffset OpenedAt { get; private set; }
    public DateOnly Deadline { get; private set; }

    /// <summary>The first and the last day of the quarters in which the zone is counted.</summary>
    public DateOnly From { get; private set; }
    public DateOnly Until { get; private set; }

    /// <summary>When the coordinators are reminded next; null: no more.</summary>
    public DateTimeOffset? RemindAt { get; private set; }
    public DateTimeOffset? Validated { get; private set; }
    public Guid? ValidatedBy { get; private set; }

    /// <summary>Of the masked figures on which they looked, which are the same for every reader. It outlives a word that lapsed.</summary>
    public string? Digest { get; private set; }

    /// <summary>When it is next looked up whether these still are the figures; null: nobody said they are.</summary>
    public DateTimeOffset? CheckAt { get; private set; }

    /// <summary>Counts what the zone said.</summary>
    public int Turn { get; private set; }

    public Interval Period => new(From, Until);

    public static YearAsked New(int year, string programme, DateTimeOffset opened, DateOnly deadline, DateOnly from, DateOnly until, DateTimeOffset now)
    {
        var asked = new YearAsked { Id = Guid.CreateVersion7(now), Year = year, ProgrammeHash = programme, OpenedAt = opened, Deadline = deadline, From = from, Until = until };
        if (asked.IsInTime(now)) asked.RemindAt = Minute(now);
        return asked;
    }

    /// <summary>The deadline was moved: whoever has not looked is told once, and reminded by the new one.</summary>
    public void Move(DateOnly deadline, DateTimeOffset now)
    {
        Deadline = deadline;
        if (Validated is null && IsInTime(now)) RemindAt = Minute(now);
    }

    /// <summary>These are our figures.</summary>
    public void Validate(string digest, Guid by, DateTimeOffset now)
    {
        (Validated, ValidatedBy, Digest, RemindAt, CheckAt) = (now, by, digest, null, NextCheck(now));
        Turn++;
    }

    /// <summary>Looks once a day whether the figures still are those that were looked at. If not, the word has lapsed: the coordinators are asked again.</summary>
    /// <returns>true: it has lapsed.</returns>
    public bool Check(string digest, DateTimeOffset now)
    {
        CheckAt = NextCheck(now);
        if (Validated is null || Digest == digest || !IsInTime(now)) return false;
        (Validated, ValidatedBy, RemindAt, CheckAt) = (null, null, Minute(now), null);
        Turn++;
        return true;
    }

    /// <summary>They are not, after all; whoever has not looked is reminded again.</summary>
    public void TakeBack(DateTimeOffset now)
    {
        (Validated, ValidatedBy, Digest, RemindAt, CheckAt) = (null, null, null, NextAfter(now), null);
        Turn++;
    }

    /// <summary>The coordinators were reminded: what came due meanwhile is told with it, once.</summary>
    public void WasTold(DateTimeOffset now) => RemindAt = NextAfter(now);

    private DateTimeOffset? NextAfter(DateTimeOffset now) => new[] { -Before, 0, After }.Select(days => (DateTimeOffset?)Moment.Instant(Deadline.AddDays(days).ToDateTime(new TimeOnly(Morning, 0)))).FirstOrDefault(at => at > now && IsInTime(at.Value));

    private DateTimeOffset? NextCheck(DateTimeOffset now) => Moment.Instant(Moment.Day(now).AddDays(1).ToDateTime(new TimeOnly(Morning, 0))) is var at && IsInTime(at) ? at : null;

    // From the day of the final figures on nobody is asked any more.
    private bool IsInTime(DateTimeOffset at) => Moment.Day(at) < Releases.Calendar.Opens(Releases.Edition.OfYear(Year));

    private static DateTimeOffset Minute(DateTimeOffset at) => at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMinute));

    internal sealed class Mapping : IZoneMapping<YearAsked>
    {
        public void Configure(EntityTypeBuilder<YearAsked> b)
        {
            b.ToTable("year_asked");
            b.Property(y => y.Id).ValueGeneratedNever();
            b.Property(y => y.ProgrammeHash).HasMaxLength(64);
            b.Property(y => y.From).HasColumnName("from_day");
            b.Property(y => y.Until).HasColumnName("until_day");
            b.Property(y => y.Digest).HasMaxLength(64);
            b.Property(y => y.Turn).IsConcurrencyToken();
            b.HasIndex(y => y.Year).IsUnique();
            b.HasIndex(y => y.RemindAt);
            b.HasIndex(y => y.CheckAt);
            b.Ignore(y => y.Period);
        }
    }
}
