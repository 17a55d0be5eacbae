using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Network.Bodies;

/// <summary>What became of an action point.</summary>
internal enum PointState { Open = 1, Done = 2, Dropped = 3 }

/// <summary>What a body asked somebody to do, and until when. A colleague's stands in their worklist and is reminded of; an outsider's is the coordinators' to ask after.</summary>
internal sealed class ActionPoint : IHoldSealed, IFallDue
{
    public const int Longest = 500;

    // The morning of the day: who is reminded has that day for it.
    private static readonly TimeOnly Morning = new(8, 0), Noon = new(12, 0);

    public Guid Id { get; private set; }
    public Guid BodyId { get; private set; }

    /// <summary>The meeting that decided it; null: none did.</summary>
    public Guid? MeetingId { get; private set; }
    public Sealed<string> What { get; private set; } = null!;

    /// <summary>A colleague's account; null: somebody from outside.</summary>
    public Guid? Owner { get; private set; }
    public Sealed<string>? Outsider { get; private set; }
    public DateOnly DueOn { get; private set; }
    public DateTimeOffset DueAt { get; private set; }
    public PointState State { get; private set; } = PointState.Open;
    public DateTimeOffset? Ended { get; private set; }
    public Guid? EndedBy { get; private set; }

    /// <summary>The due instant of which somebody was reminded: put off, it is reminded anew.</summary>
    public DateTimeOffset? RemindedFor { get; private set; }
    public Guid By { get; private set; }

    /// <summary>When it was agreed, where no meeting did; else when it was written down.</summary>
    public DateTimeOffset Added { get; private set; }

    /// <summary>The form that made it.</summary>
    public Guid Once { get; private set; }
    public int Version { get; private set; }
    public Guid KeyOwner => BodyId;
    public DateTimeOffset? Due => State == PointState.Open && RemindedFor != DueAt ? DueAt : null;

    public static ActionPoint Of(Guid body, Guid? meeting, Particulars what, Guid once, Guid by, DateTimeOffset now)
    {
        var point = new ActionPoint { Id = Guid.CreateVersion7(now), BodyId = body, MeetingId = meeting, By = by, Added = now, Once = once == default ? Guid.CreateVersion7(now) : once };
        point.Change(what);
        return point;
    }

    public void Change(Particulars what)
    {
        (What, Owner, Outsider) = (what.What.Trim(), what.Owner, Lines.Sealed(what.Owner is null ? what.Outsider : null));
        if (what.AgreedOn is { } agreed) Added = On(agreed, Added);
        if (Ended is { } ended && what.EndedOn is { } day) Ended = On(day, ended);
        Postpone(what.DueOn);
    }

    public void Postpone(DateOnly day)
    {
        (DueOn, DueAt) = (day, Moment.Instant(day.ToDateTime(Morning)));
        Version++;
    }

    /// <summary>Done, or dropped. What is ended already stays as it was ended.</summary>
    public void End(PointState how, Guid by, DateTimeOffset now)
    {
        if (State != PointState.Open) return;
        (State, Ended, EndedBy) = (how, now, by);
        Version++;
    }

    public void Reopen()
    {
        if (State == PointState.Open) return;
        (State, Ended, EndedBy) = (PointState.Open, null, null);
        Version++;
    }

    // A day that was typed has no hour; where it is the same day, the hour is known.
    private static DateTimeOffset On(DateOnly day, DateTimeOffset known) => Moment.Day(known) == day ? known : Moment.Instant(day.ToDateTime(Noon));

    public void WasTold() => RemindedFor = DueAt;

    /// <param name="Outsider">Who is to do it, where no colleague is.</param>
    /// <param name="AgreedOn">null: as it is.</param>
    /// <param name="EndedOn">When it was done or dropped, where it was; null: as it is.</param>
    internal sealed record Particulars(string What, Guid? Owner, string? Outsider, DateOnly DueOn, DateOnly? AgreedOn = null, DateOnly? EndedOn = null);

    /// <summary>Open, and not of a meeting that did not take place.</summary>
    internal static IQueryable<ActionPoint> ToDo(ZoneDbContext zone) => zone.Set<ActionPoint>().Where(p => p.State == PointState.Open && !zone.Set<Meeting>().Any(m => m.Id == p.MeetingId && m.State == MeetingState.Cancelled));

    internal sealed class Mapping : IZoneMapping<ActionPoint>
    {
        public void Configure(EntityTypeBuilder<ActionPoint> b)
        {
            b.ToTable("action_point");
            b.Property(p => p.Id).ValueGeneratedNever();
            b.Sealed(p => p.What, "action_point.what");
            b.Sealed(p => p.Outsider, "action_point.outsider");
            b.Property(p => p.Version).IsConcurrencyToken();
            b.HasIndex(p => p.Once).IsUnique();
            b.HasIndex(p => new { p.State, p.DueAt });
            b.HasIndex(p => new { p.Owner, p.State });
            b.HasIndex(p => p.BodyId);
            b.Ignore(p => p.KeyOwner);
            b.Ignore(p => p.Due);
        }
    }
}
