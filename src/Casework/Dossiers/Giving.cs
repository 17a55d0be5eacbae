using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.Codes;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Dossiers;

/// <summary>To whom an entry was given, or why not, in words.</summary>
/// <param name="To">Who received it; empty where it was not given.</param>
internal sealed record GivingDetails(string To, string Unit, string? Report, string? Why);

/// <summary>How an entry for the police file ended: given, or not given. An act of its own, never changed: what is added later is another one. Until there is one, the entry stands as open.</summary>
internal sealed class Giving : IHoldSealed, IOfDossier
{
    private Giving() { }

    public Guid Id { get; private set; }
    public Guid DossierId { get; private set; }
    public Guid NoteId { get; private set; }

    /// <summary>The day on which it was given, or decided not to be.</summary>
    public DateOnly On { get; private set; }

    /// <summary>null: it was given.</summary>
    public NotGiven? Reason { get; private set; }
    public Sealed<GivingDetails> Details { get; private set; } = null!;
    public Guid By { get; private set; }
    public DateTimeOffset At { get; private set; }
    public Guid KeyOwner => DossierId;

    public static Giving Given(Note note, DateOnly on, string to, string unit, string? report, Guid by, DateTimeOffset now) => Make(note, on, null, new GivingDetails(to, unit, report, null), by, now);

    public static Giving Withheld(Note note, DateOnly on, NotGiven reason, string? why, Guid by, DateTimeOffset now) => Make(note, on, reason, new GivingDetails("", "", null, why), by, now);

    private static Giving Make(Note note, DateOnly on, NotGiven? reason, GivingDetails details, Guid by, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), DossierId = note.DossierId, NoteId = note.Id, On = on, Reason = reason, Details = details, By = by, At = now };

    internal sealed class Mapping : IZoneMapping<Giving>
    {
        public void Configure(EntityTypeBuilder<Giving> b)
        {
            b.ToTable("giving");
            b.Property(g => g.Id).ValueGeneratedNever();
            b.Sealed(g => g.Details, "giving.details", Layer.Police);
            b.HasIndex(g => g.DossierId);
            b.Ignore(g => g.KeyOwner);
        }
    }
}

/// <summary>An entry for the police file as the dossier shows it: how it ended, the latest first; none: it is open.</summary>
internal sealed record PoliceEntry(Guid Note, DateTimeOffset At, IReadOnlyList<Giving> Ends)
{
    public bool IsOpen => Ends.Count == 0;
}
