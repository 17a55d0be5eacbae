using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Casework.Events;

/// <summary>What a line says of somebody: sealed together.</summary>
/// <param name="Age">In years; null: not known.</param>
/// <param name="About">The age is a guess.</param>
/// <param name="Seeks">Whom they look for, as they said it.</param>
/// <param name="SoughtBy">Who looks for them.</param>
internal sealed record LineSays(string FamilyName, string GivenName, int? Age, bool About, string? Phone, string? Seeks, string? SoughtBy, string? Note)
{
    public bool IsNamed => FamilyName.Length + GivenName.Length > 0;
    public string Name => new Particulars(FamilyName, GivenName).FullName;
    public string AgeText => Age is not { } age ? "" : About ? "± " + age.ToString(CultureInfo.InvariantCulture) : age.ToString(CultureInfo.InvariantCulture);

    /// <summary>As walls and dossiers know people.</summary>
    public Particulars Who => new(FamilyName, GivenName, Phone, EstimatedAge: Age);

    /// <summary>With what another line of the same person says: what this one leaves open, and what was said in both one after the other. A further telephone stands in the note.</summary>
    public LineSays FilledFrom(LineSays other) => new(IsNamed ? FamilyName : other.FamilyName, IsNamed ? GivenName : other.GivenName, Age ?? other.Age, Age is null ? other.About : About, Phone ?? other.Phone, Both(Seeks, other.Seeks), Both(SoughtBy, other.SoughtBy),
        Both(Both(Note, other.Note), Phone is not null && other.Phone is { } further && PhoneNumber.ToE164(further) != PhoneNumber.ToE164(Phone) ? $"{Words.PhoneLabel}: {further}" : null));

    private static string? Both(string? one, string? other) => one is null || other is null ? one ?? other : one.Split("; ").Contains(other, StringComparer.OrdinalIgnoreCase) ? one : $"{one}; {other}";
}

/// <summary>Somebody in the list of an event, under a number that stays theirs whatever becomes known, and with a data key of their own: destroying it forgets them.</summary>
internal sealed class EventLine : IHoldSealed
{
    public Guid Id { get; private set; }
    public Guid EventId { get; private set; }

    /// <summary>1, 2, 3 … in the event. Who is not identified is called by it.</summary>
    public int Number { get; private set; }
    public EventRole Role { get; private set; }
    public EventState State { get; private set; }
    public Guid? Place { get; private set; }

    /// <summary>null: not known.</summary>
    public string? Language { get; private set; }

    /// <summary>Looks for somebody.</summary>
    public bool Seeks { get; private set; }

    /// <summary>null: forgotten, its key is about to be destroyed.</summary>
    public Sealed<LineSays>? Says { get; private set; }
    public Guid By { get; private set; }
    public DateTimeOffset At { get; private set; }
    public Guid ChangedBy { get; private set; }
    public DateTimeOffset Changed { get; private set; }

    /// <summary>The line of the same person under which this one stands; it keeps all it said, so it can be parted again.</summary>
    public Guid? SameAs { get; private set; }

    /// <summary>Code of the home zone it was allotted to, and the dossier it became there where that is this zone.</summary>
    public string? Home { get; private set; }
    public Guid? Dossier { get; private set; }

    /// <summary>Rises with every change: of two who change one line at once, the second is shown what the first saved.</summary>
    public int Version { get; private set; }
    public Guid KeyOwner => Id;

    public static EventLine Add(Guid ev, int number, LineSays says, EventRole role, EventState state, Guid? place, string? language, Guid by, DateTimeOffset now)
    {
        var line = new EventLine { Id = Guid.CreateVersion7(now), EventId = ev, Number = number, By = by, At = now };
        line.Say(says, role, state, place, language, by, now);
        return line;
    }

    public void Say(LineSays says, EventRole role, EventState state, Guid? place, string? language, Guid by, DateTimeOffset now)
    {
        (Says, Role, State, Place, Language, Seeks, ChangedBy, Changed) = (says, role, state, place, language, says.Seeks is not null, by, now);
        Version++;
    }

    public void Joins(Guid? other)
    {
        SameAs = other;
        Version++;
    }

    public void Allot(string home, Guid? dossier)
    {
        (Home, Dossier) = (home, dossier);
        Version++;
    }

    public void Forget()
    {
        Says = null;
        Version++;
    }

    internal sealed class Mapping : IZoneMapping<EventLine>
    {
        public void Configure(EntityTypeBuilder<EventLine> b)
        {
            b.ToTable("event_line");
            b.Property(l => l.Id).ValueGeneratedNever();
            b.Property(l => l.Language).HasMaxLength(10);
            b.Property(l => l.Home).HasMaxLength(4);
            b.Sealed(l => l.Says, "event_line.says");
            b.Property(l => l.Version).IsConcurrencyToken();
            b.HasIndex(l => new { l.EventId, l.Number }).IsUnique();
            b.Ignore(l => l.KeyOwner);
        }
    }
}

/// <summary>What somebody decided about two lines of an event. It is for those who work on it: by itself it tells nobody of anybody.</summary>
internal sealed class EventLink
{
    public Guid Id { get; private set; }
    public Guid EventId { get; private set; }

    /// <summary>Who looks for somebody; of two who are not the same, the one with the smaller number.</summary>
    public Guid One { get; private set; }
    public Guid Other { get; private set; }
    public EventLinkKind Kind { get; private set; }
    public Guid By { get; private set; }
    public DateTimeOffset At { get; private set; }

    public static EventLink Of(Guid ev, Guid one, Guid other, EventLinkKind kind, Guid by, DateTimeOffset now) => new() { Id = Guid.CreateVersion7(now), EventId = ev, One = one, Other = other, Kind = kind, By = by, At = now };

    /// <summary>Who looks for whom, by the lines that stand: each pair once, and none behind a wall.</summary>
    public static IReadOnlyList<(Guid One, Guid Other)> Seeking(IEnumerable<EventLink> links, IReadOnlyDictionary<Guid, Guid> standing) =>
        [.. links.Where(l => l.Kind == EventLinkKind.Seeks && standing.ContainsKey(l.One) && standing.ContainsKey(l.Other)).Select(l => (One: standing[l.One], Other: standing[l.Other])).Where(l => l.One != l.Other).Distinct()];

    public void Turn(EventLinkKind kind, Guid by, DateTimeOffset now) => (Kind, By, At) = (kind, by, now);

    internal sealed class Mapping : IZoneMapping<EventLink>
    {
        public void Configure(EntityTypeBuilder<EventLink> b)
        {
            b.ToTable("event_link");
            b.Property(l => l.Id).ValueGeneratedNever();
            b.HasIndex(l => new { l.EventId, l.One, l.Other }).IsUnique();
        }
    }
}
