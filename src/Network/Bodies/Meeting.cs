using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Network.Bodies;

/// <summary>Where a meeting stands.</summary>
internal enum MeetingState { Planned = 1, Held = 2, Cancelled = 3 }

/// <summary>What a meeting says: sealed together.</summary>
/// <param name="Agenda">Topics, in their order.</param>
/// <param name="Outside">Who was there and is neither colleague nor partner.</param>
internal sealed record MeetingSays(string? Place, IReadOnlyList<string> Agenda, IReadOnlyList<string> Decisions, string? Minutes, IReadOnlyList<string> Outside);

/// <summary>A meeting of a body: planned, held with what was decided, or cancelled.</summary>
internal sealed class Meeting : IHoldSealed
{
    public Guid Id { get; private set; }
    public Guid BodyId { get; private set; }
    public DateTimeOffset At { get; private set; }
    public MeetingState State { get; private set; } = MeetingState.Planned;
    public Sealed<MeetingSays> Says { get; private set; } = null!;

    /// <summary>Colleagues who were there, or are to go; held without any, it was a meeting without the zone.</summary>
    public List<Guid> Staff { get; private set; } = [];

    /// <summary>How many colleagues were there: figures read no lists.</summary>
    public int Ours { get; private set; }
    public List<Guid> Partners { get; private set; } = [];

    /// <summary>How many decisions it took.</summary>
    public int Decided { get; private set; }
    public Guid By { get; private set; }
    public DateTimeOffset Added { get; private set; }
    public Guid Once { get; private set; }
    public int Version { get; private set; }
    public Guid KeyOwner => BodyId;

    public static Meeting Of(Guid body, Particulars what, Guid once, Guid by, DateTimeOffset now)
    {
        var meeting = new Meeting { Id = Guid.CreateVersion7(now), BodyId = body, Added = now, Once = once == default ? Guid.CreateVersion7(now) : once };
        meeting.Change(what, by);
        return meeting;
    }

    public void Change(Particulars what, Guid by)
    {
        (At, Says, By) = (what.At, what.Says, by);
        // Put right, what was cancelled stays so, unless it was held after all.
        State = what.Held ? MeetingState.Held : State == MeetingState.Cancelled ? MeetingState.Cancelled : MeetingState.Planned;
        (Staff, Partners) = ([.. what.Staff.Distinct()], [.. what.Partners.Distinct()]);
        (Ours, Decided) = (Staff.Count, what.Says.Decisions.Count);
        Version++;
    }

    /// <summary>It does not take place; one that was held stays held.</summary>
    public void Cancel()
    {
        if (State != MeetingState.Planned) return;
        State = MeetingState.Cancelled;
        Version++;
    }

    /// <summary>It was noted as held and was not.</summary>
    public void WasNotHeld()
    {
        if (State != MeetingState.Held) return;
        State = MeetingState.Cancelled;
        Version++;
    }

    /// <summary>It takes place after all.</summary>
    public void Revive()
    {
        if (State != MeetingState.Cancelled) return;
        State = MeetingState.Planned;
        Version++;
    }

    internal sealed record Particulars(DateTimeOffset At, bool Held, MeetingSays Says, IReadOnlyList<Guid> Staff, IReadOnlyList<Guid> Partners);

    internal sealed class Mapping : IZoneMapping<Meeting>
    {
        public void Configure(EntityTypeBuilder<Meeting> b)
        {
            b.ToTable("meeting");
            b.Property(m => m.Id).ValueGeneratedNever();
            b.Sealed(m => m.Says, "meeting.says");
            foreach (var people in new[] { nameof(Staff), nameof(Partners) }) b.PrimitiveCollection<List<Guid>>(people).HasMaxLength(3000);
            b.Property(m => m.Version).IsConcurrencyToken();
            b.HasIndex(m => m.Once).IsUnique();
            b.HasIndex(m => new { m.BodyId, m.At });
            b.Ignore(m => m.KeyOwner);
        }
    }
}
