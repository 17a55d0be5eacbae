using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.Codes;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Events;

/// <summary>What is said of an event: sealed together.</summary>
/// <param name="Name">As the crisis cell calls it.</param>
/// <param name="OfficialReport">Number of the official report; empty: not known yet.</param>
internal sealed record EventSays(string Name, string OfficialReport, IReadOnlyList<PlaceOfEvent> Places)
{
    public PlaceOfEvent? Place(Guid? id) => id is { } wanted ? Places.FirstOrDefault(p => p.Id == wanted) : null;
}

/// <summary>Where people of an event are received, called or treated.</summary>
/// <param name="Name">Which one, where there are several of a kind; may be empty.</param>
internal sealed record PlaceOfEvent(Guid Id, EventPlace Kind, string Name)
{
    public string Word => Name.Length == 0 ? Words.Of(Kind) : $"{Words.Of(Kind)} {Name}";
}

/// <summary>One event that struck many: a working list of people, written by many at once, never the official list. It lies in the zone that opened it, whoever helps; for all but that zone's coordinators it is there until its end, and not an instant longer.</summary>
internal sealed class CollectiveEvent : IHoldSealed, IFallDue
{
    /// <summary>After its end the lines are kept so long; what stays is how many there were.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(365);

    /// <summary>No end is set further ahead: whoever needs longer says so again.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(90);

    public Guid Id { get; private set; }
    public Guid OpenedBy { get; private set; }
    public DateTimeOffset Opened { get; private set; }
    public string SubKind { get; private set; } = "";
    public Guid? OwnSubKind { get; private set; }
    public DateTimeOffset FactsAt { get; private set; }

    /// <summary>Where it happened: a name from the zone's list or as typed.</summary>
    public string Municipality { get; private set; } = "";
    public Sealed<EventSays> Says { get; private set; } = null!;

    /// <summary>When access ends; put off by a coordinator.</summary>
    public DateTimeOffset Until { get; private set; }

    /// <summary>Ended before that.</summary>
    public DateTimeOffset? Closed { get; private set; }

    /// <summary>When its lines were forgotten.</summary>
    public DateTimeOffset? Cleared { get; private set; }

    /// <summary>The last number given to a line. Counted in the transaction that writes the line, so the numbers are 1 to this one without a gap.</summary>
    public int Lines { get; private set; }

    /// <summary>Rises with every change of the list: open pages ask for it, and read again where it rose.</summary>
    public int Turn { get; private set; }

    /// <summary>Rises with every change of what is said of the event itself.</summary>
    public int Version { get; private set; }
    public Guid KeyOwner => Id;
    public string FactsCode => OwnSubKind is { } own ? OwnCode.ValueOf(own) : SubKind;

    /// <summary>When it ended or will end.</summary>
    public DateTimeOffset Ends => Closed is { } closed && closed < Until ? closed : Until;
    public DateTimeOffset? Due => Cleared is null ? Ends + Kept : null;

    /// <summary>Is it under way?</summary>
    public bool Runs(DateTimeOffset now) => Closed is null && now < Until;

    public static CollectiveEvent Open(Guid by, DateTimeOffset now) => new() { Id = Guid.CreateVersion7(now), OpenedBy = by, Opened = now };

    public void Say(EventSays says, SubKind kind, Guid? own, DateTimeOffset at, string municipality, DateTimeOffset until)
    {
        (Says, SubKind, OwnSubKind, FactsAt, Municipality, Until) = (says, kind.Code, own, at, municipality, until);
        Version++;
    }

    public void Close(DateTimeOffset now)
    {
        Closed ??= now;
        Version++;
    }

    /// <summary>It was closed too early, or is put off after its end: it runs again until the day said.</summary>
    public void Reopen()
    {
        Closed = null;
        Version++;
    }

    public void Clear(DateTimeOffset now)
    {
        Cleared = now;
        Version++;
    }

    /// <summary>The next number of the list. The row stays locked until the transaction ends: those who write at once take turns, and none gets another's number.</summary>
    public static async Task<int> Next(ZoneDbContext zone, Guid id, int lines, CancellationToken ct)
    {
        await zone.Set<CollectiveEvent>().Where(e => e.Id == id).ExecuteUpdateAsync(set => set.SetProperty(e => e.Lines, e => e.Lines + lines).SetProperty(e => e.Turn, e => e.Turn + 1), ct);
        return await zone.Set<CollectiveEvent>().AsNoTracking().Where(e => e.Id == id).Select(e => e.Lines).SingleAsync(ct) - lines + 1;
    }

    internal sealed class Mapping : IZoneMapping<CollectiveEvent>
    {
        public void Configure(EntityTypeBuilder<CollectiveEvent> b)
        {
            b.ToTable("collective_event");
            b.Property(e => e.Id).ValueGeneratedNever();
            b.Property(e => e.SubKind).HasMaxLength(40);
            b.Property(e => e.Municipality).HasMaxLength(80);
            b.Sealed(e => e.Says, "collective_event.says");
            b.Property(e => e.Version).IsConcurrencyToken();
            b.HasIndex(e => new { e.Closed, e.Until });
            b.Ignore(e => e.KeyOwner);
            b.Ignore(e => e.FactsCode);
            b.Ignore(e => e.Ends);
            b.Ignore(e => e.Due);
        }
    }
}

/// <summary>How many lines of an event there were, counted when they were forgotten: codes and a zone, nobody.</summary>
internal sealed class EventFigure
{
    public Guid Id { get; private set; }
    public Guid EventId { get; private set; }
    public EventRole Role { get; private set; }
    public EventState State { get; private set; }

    /// <summary>Code of the zone they were allotted to; null: to none.</summary>
    public string? Home { get; private set; }
    public int Count { get; private set; }

    public static EventFigure Of(Guid ev, EventRole role, EventState state, string? home, int count, DateTimeOffset now) => new() { Id = Guid.CreateVersion7(now), EventId = ev, Role = role, State = state, Home = home, Count = count };

    internal sealed class Mapping : IZoneMapping<EventFigure>
    {
        public void Configure(EntityTypeBuilder<EventFigure> b)
        {
            b.ToTable("event_figure");
            b.Property(f => f.Id).ValueGeneratedNever();
            b.Property(f => f.Home).HasMaxLength(4);
            b.HasIndex(f => f.EventId);
        }
    }
}
