using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Countersign;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Dossiers;

/// <summary>What somebody wrote down. Assistance (professional secrecy) unless it is meant as facts for the police file.</summary>
internal sealed class Note : IHoldSealed, ISayMyLayer, IOfDossier, ICountersigned
{
    public Guid Id { get; private set; }
    public Guid DossierId { get; private set; }

    /// <summary>The persons it concerns; never empty.</summary>
    public List<Guid> Persons { get; private set; } = [];
    public Layer Layer { get; private set; }

    /// <summary>The entry of the other layer that it was copied from, and on what ground; null: written here.</summary>
    public Guid? CopyOf { get; private set; }
    public CopyGround? Ground { get; private set; }

    /// <summary>The ground in words, where the code does not say enough.</summary>
    public Sealed<string>? Why { get; private set; }
    public DateTimeOffset At { get; private set; }
    public Guid By { get; private set; }
    public Sealed<string> Text { get; private set; } = "";
    public Signing Signing { get; set; }
    public Guid? SignedBy { get; set; }
    public DateTimeOffset? SignedAt { get; set; }
    public Sealed<string>? Remark { get; set; }
    public Guid KeyOwner => DossierId;

    public static Note Write(Guid dossier, IEnumerable<Guid> persons, Layer layer, string text, Guid by, DateTimeOffset now, Signing signing = Signing.NotNeeded) =>
        new() { Id = Guid.CreateVersion7(now), DossierId = dossier, Persons = [.. persons], Layer = layer, Text = text, By = by, At = now, Signing = signing };

    /// <summary>A copy in the other layer: a note of its own, which points to where it comes from.</summary>
    public static Note Copy(ICountersigned origin, IEnumerable<Guid> persons, Layer into, string text, CopyGround ground, string? why, Guid by, DateTimeOffset now, Signing signing)
    {
        var copy = Write(origin.DossierId, persons, into, text, by, now, signing);
        (copy.CopyOf, copy.Ground, copy.Why) = (origin.Id, ground, why is null ? null : (Sealed<string>)why);
        return copy;
    }

    /// <summary>Other words; never another layer.</summary>
    public void Correct(string text) => Text = text;

    internal sealed class Mapping : IZoneMapping<Note>
    {
        public void Configure(EntityTypeBuilder<Note> b)
        {
            b.ToTable("note");
            b.Property(n => n.Id).ValueGeneratedNever();
            b.PrimitiveCollection(n => n.Persons).HasMaxLength(4000);
            b.SealedInItsLayer(n => n.Text, "note.text");
            b.Sealed(n => n.Why, "note.why");
            b.Sealed(n => n.Remark, "note.remark");
            b.HasIndex(n => n.DossierId);
            b.HasIndex(n => n.Signing);
            b.Ignore(n => n.KeyOwner);
        }
    }
}

/// <summary>A turn in a dossier's life: opened, assigned, released by somebody who left, closed, reopened.</summary>
internal sealed class Milestone : IOfDossier
{
    /// <summary>Stands for the platform itself, where no account did it.</summary>
    public static readonly Guid ThePlatform = Guid.Empty;

    public Guid Id { get; private set; }
    public Guid DossierId { get; private set; }
    public MilestoneKind Kind { get; private set; }
    public DateTimeOffset At { get; private set; }
    public Guid By { get; private set; }

    /// <summary>To whom it was assigned.</summary>
    public Guid? To { get; private set; }

    /// <summary>A closing reason, or how far it is kept from the team, as its number.</summary>
    public int? Code { get; private set; }

    /// <summary>The referral or the sharing it is about; of an opening, the message in the tray it came from.</summary>
    public Guid? About { get; private set; }

    /// <summary>Dossiers whose person asked not to be reached and is still waited for: nobody is late there.</summary>
    public static IQueryable<Milestone> WaitedFor(ZoneDbContext zone, DateTimeOffset now)
    {
        var since = now - Tray.TrayEntry.WaitedFor;
        return zone.Set<Milestone>().Where(m => m.Kind == MilestoneKind.ComesForward && m.At > since);
    }

    public static Milestone Reached(Guid dossier, MilestoneKind kind, Guid by, DateTimeOffset now, Guid? to = null, int? code = null, Guid? about = null) =>
        new() { Id = Guid.CreateVersion7(now), DossierId = dossier, Kind = kind, By = by, At = now, To = to, Code = code, About = about };

    internal sealed class Mapping : IZoneMapping<Milestone>
    {
        public void Configure(EntityTypeBuilder<Milestone> b)
        {
            b.ToTable("milestone");
            b.Property(m => m.Id).ValueGeneratedNever();
            b.HasIndex(m => m.DossierId);
        }
    }
}

internal enum MilestoneKind
{
    Opened = 1, Assigned = 2, Closed = 3, Reopened = 4, Released = 5, Protected = 6,

    /// <summary>Stays open for longer than the zone's short term; the code is for how many weeks.</summary>
    PutOff = 11,

    /// <summary>A letter was printed; the code is its kind.</summary>
    LetterPrinted = 21,

    /// <summary>A message to somebody helped left; the code is the channel.</summary>
    MessageSent = 22,

    /// <summary>What waited to go out was dropped; the code says why.</summary>
    TakenBack = 23,

    /// <summary>The minor or the coordinator decided on letters home or on telling the representative.</summary>
    MinorDecided = 24,

    /// <summary>Whoever asked on the public page takes their request back.</summary>
    RequestWithdrawn = 31,

    /// <summary>Whoever asked on the public page named no way to be reached: they come themselves, and are waited for from this moment on.</summary>
    ComesForward = 32,

    /// <summary>A referral came further; the code is how far.</summary>
    Referral = 51,

    /// <summary>Somebody agreed to what a partner may be told; the code is the version.</summary>
    ConsentGiven = 52,

    /// <summary>The partner answered, at its link or to a colleague; the code is how far the referral came by it.</summary>
    PartnerAnswered = 53,

    /// <summary>The partner opened what it was told.</summary>
    PartnerRead = 54,

    /// <summary>Too many wrong codes at the partner's link.</summary>
    PartnerLocked = 55,

    /// <summary>The partner was asked to stop and erase.</summary>
    PartnerTold = 56,

    /// <summary>Something was shared outside the team; the code is the ground.</summary>
    SharedOutside = 57,

    /// <summary>The rules of safe contact that a partner was told are to be asked again.</summary>
    RulesAged = 58,

    /// <summary>A handover to or from another zone came further; the code is its step.</summary>
    Handover = 61,

    /// <summary>Who stands for a person, whether they are told, or whether they are reached for them was decided.</summary>
    StandingDecided = 25,

    /// <summary>A risk that others assessed was noted; the code is its level.</summary>
    RiskNoted = 26,

    /// <summary>It was made of a line of a collective event; the code is the line's number.</summary>
    FromEvent = 91,

    /// <summary>Two rows of one person became one.</summary>
    Merged = 27,
    MergeUndone = 28,

    /// <summary>A document was put in; the code is its kind.</summary>
    DocumentAdded = 41,

    /// <summary>A document was withdrawn and its content destroyed; the code says why.</summary>
    DocumentWithdrawn = 42,

    /// <summary>Somebody asked that a document be withdrawn, and another is to agree; the code says why.</summary>
    WithdrawalAsked = 43,

    /// <summary>It was asked, and the document stays.</summary>
    DocumentKept = 44,
}
