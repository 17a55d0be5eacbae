using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Network.Papers;

namespace VictimSupport.Network.Agreements;

/// <summary>Where an agreement stands on a day; never kept, always derived from its periods.</summary>
internal enum AgreementState
{
    /// <summary>Not signed yet.</summary>
    Draft = 1,

    /// <summary>Signed, its first day is still ahead.</summary>
    Coming = 2,
    InForce = 3,

    /// <summary>In force, and its end is nearer than the notice.</summary>
    ToRenew = 4,
    Ended = 5,
}

/// <summary>What the zone and one partner or several agreed: a protocol, a convention. About organisations, so it stands in clear.</summary>
internal sealed class Agreement : IFallDue, IHavePapers
{
    /// <summary>Days before the end at which the coordinators are reminded once more.</summary>
    public const int LastCallDays = 14;

    public Guid Id { get; private set; }
    public string Title { get; private set; } = "";
    public string? Purpose { get; private set; }

    /// <summary>With whom; never empty.</summary>
    public List<Guid> Partners { get; private set; } = [];

    /// <summary>Months before the end at which it is time to renew or to let it end.</summary>
    public int NoticeMonths { get; private set; }

    /// <summary>The first day on which it no longer holds, where it was ended before its time.</summary>
    public DateOnly? Stopped { get; private set; }

    /// <summary>When the coordinators are told next that it ends; null: nothing to tell.</summary>
    public DateTimeOffset? NextReminder { get; private set; }
    public Guid By { get; private set; }
    public DateTimeOffset Added { get; private set; }

    /// <summary>The form that made it.</summary>
    public Guid Once { get; private set; }
    public int Version { get; private set; }
    public DateTimeOffset? Due => NextReminder;

    public static Agreement Add(Guid once, Guid by, DateTimeOffset now)
    {
        var id = Guid.CreateVersion7(now);
        return new Agreement { Id = id, By = by, Added = now, Once = once == default ? id : once };
    }

    /// <param name="periods">All of them, as they are now.</param>
    public void Say(string title, string? purpose, IEnumerable<Guid> partners, int noticeMonths, IReadOnlyList<AgreementPeriod> periods, DateTimeOffset now)
    {
        (Title, Purpose, Partners, NoticeMonths) = (title.Trim(), string.IsNullOrWhiteSpace(purpose) ? null : purpose.Trim(), [.. partners.Distinct()], noticeMonths);
        Settle(periods, now);
    }

    /// <summary>Its periods changed: when to remind is reckoned anew.</summary>
    public void Settle(IReadOnlyList<AgreementPeriod> periods, DateTimeOffset now)
    {
        NextReminder = Reminder(periods, now);
        Version++;
    }

    /// <summary>It no longer holds from this day on.</summary>
    public void Stop(DateOnly day)
    {
        (Stopped, NextReminder) = (day, null);
        Version++;
    }

    /// <summary>It goes on: that it was ended was a mistake.</summary>
    public void GoOn(IReadOnlyList<AgreementPeriod> periods, DateTimeOffset now)
    {
        Stopped = null;
        Settle(periods, now);
    }

    public AgreementState StateOn(IReadOnlyList<AgreementPeriod> periods, DateOnly day)
    {
        if (Stopped <= day) return AgreementState.Ended;
        var signed = Signed(periods);
        if (signed.Count == 0) return AgreementState.Draft;
        if (signed.FindLast(p => p.Holds(day)) is { } now) return Stopped is null && now == signed[^1] && Notice(now) <= day ? AgreementState.ToRenew : AgreementState.InForce;
        return day < signed[^1].From ? AgreementState.Coming : AgreementState.Ended;
    }

    /// <summary>Does it bind on this day?</summary>
    public bool Holds(IReadOnlyList<AgreementPeriod> periods, DateOnly day) => StateOn(periods, day) is AgreementState.InForce or AgreementState.ToRenew;

    /// <summary>Its last day as it stands now; null: it has no end, or was never signed.</summary>
    public DateOnly? LastDay(IReadOnlyList<AgreementPeriod> periods) => Signed(periods) is [.., var last] && (Stopped?.AddDays(-1) ?? last.Until) is { } day ? (last.Until < day ? last.Until : day) : null;

    /// <summary>The signed periods in their order.</summary>
    public static List<AgreementPeriod> Signed(IReadOnlyList<AgreementPeriod> periods) => [.. periods.Where(p => p.Signed is not null).OrderBy(p => p.From)];

    // At the notice, then once more shortly before the end; what lies behind is told to nobody, whoever typed it knows.
    private DateTimeOffset? Reminder(IReadOnlyList<AgreementPeriod> periods, DateTimeOffset now)
    {
        if (Stopped is not null || Signed(periods) is not [.., { Until: { } until } last]) return null;
        return new[] { Notice(last)!.Value, until.AddDays(-LastCallDays) }.Select(day => (DateTimeOffset?)Moment.Instant(day.ToDateTime(TimeOnly.MinValue))).Where(at => at > now).Min();
    }

    private DateOnly? Notice(AgreementPeriod period) => period.Until?.AddMonths(-NoticeMonths);

    internal sealed class Mapping : IZoneMapping<Agreement>
    {
        public void Configure(EntityTypeBuilder<Agreement> b)
        {
            b.ToTable("agreement");
            b.Property(a => a.Id).ValueGeneratedNever();
            b.Property(a => a.Title).HasMaxLength(160);
            b.Property(a => a.Purpose).HasMaxLength(2000);
            b.PrimitiveCollection(a => a.Partners).HasMaxLength(4000);
            b.Property(a => a.Version).IsConcurrencyToken();
            b.HasIndex(a => a.Once).IsUnique();
            b.HasIndex(a => a.NextReminder);
            b.Ignore(a => a.Due);
        }
    }
}

/// <summary>From when until when an agreement was made. A renewal is one more; those before stay as they were.</summary>
internal sealed class AgreementPeriod
{
    public Guid Id { get; private set; }
    public Guid AgreementId { get; private set; }
    public DateOnly From { get; private set; }

    /// <summary>The last day on which it holds; null: without an end.</summary>
    public DateOnly? Until { get; private set; }

    /// <summary>null: not signed yet.</summary>
    public DateOnly? Signed { get; private set; }
    public Guid By { get; private set; }
    public DateTimeOffset Added { get; private set; }

    public static AgreementPeriod Add(Guid agreement, DateOnly from, DateOnly? until, DateOnly? signed, Guid by, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), AgreementId = agreement, From = from, Until = until, Signed = signed, By = by, Added = now };

    public void Correct(DateOnly from, DateOnly? until, DateOnly? signed) => (From, Until, Signed) = (from, until, signed);

    public bool Holds(DateOnly day) => From <= day && (Until is null || day <= Until);

    internal sealed class Mapping : IZoneMapping<AgreementPeriod>
    {
        public void Configure(EntityTypeBuilder<AgreementPeriod> b)
        {
            b.ToTable("agreement_period");
            b.Property(p => p.Id).ValueGeneratedNever();
            b.HasIndex(p => p.AgreementId);
        }
    }
}
