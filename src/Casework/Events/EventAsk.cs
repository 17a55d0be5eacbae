using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.Codes;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.Events;

/// <summary>One zone asks another to help in an event. It stands in the catalogue, where both see it, and holds codes and instants: what happened, where, until when. The event's name and all its people stay in the zone that opened it.</summary>
internal sealed class EventAsk
{
    public Guid Id { get; private set; }
    public Guid Event { get; private set; }

    /// <summary>The zone that opened it.</summary>
    public Guid Zone { get; private set; }

    /// <summary>The zone that is asked.</summary>
    public Guid Asked { get; private set; }
    public string SubKind { get; private set; } = "";
    public string Municipality { get; private set; } = "";
    public DateTimeOffset FactsAt { get; private set; }

    /// <summary>The first instant at which nobody comes any more.</summary>
    public DateTimeOffset Until { get; private set; }
    public Guid AskedBy { get; private set; }
    public DateTimeOffset At { get; private set; }
    public EventAnswer Answer { get; private set; }
    public Guid? AnsweredBy { get; private set; }
    public DateTimeOffset? Answered { get; private set; }

    public static EventAsk Of(CollectiveEvent ev, Guid zone, Guid asked, Guid by, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now), Event = ev.Id, Zone = zone, Asked = asked, SubKind = ev.SubKind, Municipality = ev.Municipality, FactsAt = ev.FactsAt, Until = ev.Ends, AskedBy = by, At = now, Answer = EventAnswer.Asked,
    };

    /// <summary>Asked again after a refusal, or with a later end.</summary>
    public void Again(DateTimeOffset until)
    {
        if (Answer == EventAnswer.Declined) Answer = EventAnswer.Asked;
        Until = until;
    }

    public void Reply(bool accepts, Guid by, DateTimeOffset now) => (Answer, AnsweredBy, Answered) = (accepts ? EventAnswer.Accepted : EventAnswer.Declined, by, now);

    public void PutOff(DateTimeOffset until) => Until = until;

    internal sealed class Mapping : ICatalogMapping<EventAsk>
    {
        public void Configure(EntityTypeBuilder<EventAsk> b)
        {
            b.ToTable("event_ask");
            b.Property(a => a.Id).ValueGeneratedNever();
            b.Property(a => a.SubKind).HasMaxLength(40);
            b.Property(a => a.Municipality).HasMaxLength(80);
            b.HasIndex(a => new { a.Event, a.Asked }).IsUnique();
            b.HasIndex(a => new { a.Asked, a.Until });
        }
    }
}
