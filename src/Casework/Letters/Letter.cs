using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Letters;

/// <summary>What a letter is for; one text of the zone for each.</summary>
/// <summary>What a zone has a text for: letters to somebody, and from 21 on leaflets, which are about nobody.</summary>
internal enum LetterKind { First = 1, Recontact = 2, Appointment = 3, Closing = 4, Free = 5, HandedOver = 6, ServiceLeaflet = 21, AfterShockLeaflet = 22, RightsLeaflet = 23, PocketCard = 24 }

internal static class LetterKinds
{
    public static readonly IReadOnlyList<LetterKind> Letters = [.. Enum.GetValues<LetterKind>().Where(k => !k.IsLeaflet())];
    public static readonly IReadOnlyList<LetterKind> Leaflets = [.. Enum.GetValues<LetterKind>().Where(k => k.IsLeaflet())];

    public static bool IsLeaflet(this LetterKind kind) => kind >= LetterKind.ServiceLeaflet;
}

internal enum LetterState { Prepared = 1, Printed = 2, Dropped = 3 }

/// <summary>What stands on the paper and on the envelope.</summary>
internal sealed record LetterContent(string Name, string Address, string Text);

/// <summary>A letter to somebody who is helped: prepared, then printed or dropped. It leaves the portal on paper; the gate is asked when it is prepared and again when it is printed.</summary>
internal sealed class Letter : IHoldSealed, IOfDossier
{
    private Letter() { }

    public Guid Id { get; private set; }
    public Guid DossierId { get; private set; }
    public Guid PersonId { get; private set; }
    public LetterKind Kind { get; private set; }

    /// <summary>fr, nl, de or en.</summary>
    public string Language { get; private set; } = "";
    public LetterState State { get; private set; }
    public Sealed<LetterContent> Content { get; private set; } = null!;

    /// <summary>The next act it belongs to; the last letter of one completes it when it is printed.</summary>
    public Guid? Act { get; private set; }
    public Guid PreparedBy { get; private set; }
    public DateTimeOffset PreparedAt { get; private set; }
    public Guid? PrintedBy { get; private set; }

    /// <summary>When it was printed first, or dropped.</summary>
    public DateTimeOffset? Ended { get; private set; }

    /// <summary>Why it was dropped.</summary>
    public Bar Why { get; private set; }
    public Guid KeyOwner => PersonId;

    /// <param name="leave">Of the gate, for this person's letters.</param>
    public static Letter Prepare(Clearance leave, LetterKind kind, string language, string text, Guid? act, Guid by, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now), DossierId = leave.Dossier!.Value, PersonId = leave.Person, Kind = kind, Language = language, State = LetterState.Prepared,
        Content = new LetterContent(NameOn(leave), leave.To, text), Act = act, PreparedBy = by, PreparedAt = now,
    };

    /// <summary>Printed, or printed once more after the paper jammed.</summary>
    /// <param name="leave">Of the gate, asked now.</param>
    /// <returns>Is it the first time?</returns>
    public bool Print(Clearance leave, Guid by, DateTimeOffset now)
    {
        if (State == LetterState.Dropped || leave.Person != PersonId || leave.Channel != Channel.Letter) throw new InvalidOperationException("This letter has no leave to go out.");
        if (State == LetterState.Printed) return false;
        (State, PrintedBy, Ended) = (LetterState.Printed, by, now);
        return true;
    }

    /// <summary>Does it still say whom it goes to, and where? Of one that was printed before, the paper did.</summary>
    /// <param name="leave">Of the gate, asked now.</param>
    public bool IsFor(Clearance leave) => Content.Value is var content && (content.Name, content.Address) == (NameOn(leave), leave.To);

    private static string NameOn(Clearance leave) => leave.Name == Particulars.Nameless ? "" : leave.Name;

    public void Drop(Bar why, DateTimeOffset now) => (State, Why, Ended) = (LetterState.Dropped, why, now);

    internal sealed class Mapping : IZoneMapping<Letter>
    {
        public void Configure(EntityTypeBuilder<Letter> b)
        {
            b.ToTable("letter");
            b.Property(l => l.Id).ValueGeneratedNever();
            b.Property(l => l.Language).HasMaxLength(2);
            b.Sealed(l => l.Content, "letter.content");
            b.HasIndex(l => l.DossierId);
            b.HasIndex(l => new { l.PersonId, l.State });
            b.HasIndex(l => new { l.State, l.Ended });
            b.Ignore(l => l.KeyOwner);
        }
    }
}
