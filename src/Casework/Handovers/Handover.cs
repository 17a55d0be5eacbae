using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.Codes;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Handovers;

/// <summary>People of a dossier are handed over to another zone: one row in each of the two, under the same id. The zone that hands over answers for them until the other has accepted.
/// Here stands which persons, fields and notes went, never a second copy of them; what came waits in the receiving zone, under a key of its own, until it is decided on.</summary>
internal sealed class Handover : IHoldSealed, IOfDossier, IFallDue
{
    public Guid Id { get; private set; }

    /// <summary>Where it came in, as long as it is not accepted: its own id.</summary>
    public Guid DossierId { get; private set; }
    public Guid KeyOwner { get; private set; }

    /// <summary>It came from the other zone; else it goes there.</summary>
    public bool CameIn { get; private set; }

    /// <summary>Code of the other zone.</summary>
    public string Other { get; private set; } = "";

    /// <summary>The other zone's number of its dossier; of one that goes there, once it is accepted.</summary>
    public string? OtherNumber { get; private set; }
    public HandoverState State { get; private set; }
    public HandoverBasis Basis { get; private set; }

    /// <summary>Had the persons been told when it was proposed?</summary>
    public bool Told { get; private set; }
    public Guid? By { get; private set; }
    public DateTimeOffset ProposedAt { get; private set; }
    public DateTimeOffset TurnedAt { get; private set; }

    /// <summary>A whole minute; without a word until then somebody is reminded. null: nobody here waits for anything.</summary>
    public DateTimeOffset? AnswerBy { get; private set; }

    /// <summary>Who, what and which notes went; those of contacts by the id of the contact.</summary>
    public List<Guid> Persons { get; private set; } = [];
    public List<HandedField> Fields { get; private set; } = [];
    public List<Guid> Notes { get; private set; } = [];

    /// <summary>Why it goes there, in words, and why without their agreement.</summary>
    public Sealed<HandoverReason>? Reason { get; private set; }

    /// <summary>What came; gone once it is decided on.</summary>
    public Sealed<HandedOver>? Content { get; private set; }

    /// <summary>Rises with every turn: of two that meet, the second looks again at what the first left.</summary>
    public int Version { get; private set; }
    public DateTimeOffset? Due => AnswerBy ?? (CameIn && DossierId == Id && !IsOpen ? Reason is null ? TurnedAt : TurnedAt + ClearHandovers.Kept : null);

    /// <summary>It may still be accepted, refused or withdrawn.</summary>
    public bool IsOpen => State is HandoverState.Proposed or HandoverState.Delivered or HandoverState.Asked or HandoverState.Withdrawing;

    /// <summary>Does the other zone answer for the persons?</summary>
    public bool IsTheirs => (State == HandoverState.Accepted) != CameIn;

    public static Handover Propose(Guid dossier, string to, HandoverReason reason, HandoverBasis basis, bool told, IEnumerable<Guid> persons, IEnumerable<HandedField> fields, IEnumerable<Guid> notes, Guid by, TimeSpan within, DateTimeOffset now)
    {
        return new Handover
        {
            Id = Guid.CreateVersion7(now), DossierId = dossier, KeyOwner = dossier, Other = to, State = HandoverState.Proposed, Basis = basis, Told = told, By = by, ProposedAt = now, TurnedAt = now, AnswerBy = Minute(now + within),
            Persons = [.. persons], Fields = [.. fields.Distinct().Order()], Notes = [.. notes], Reason = reason,
        };
    }

    public static Handover Arrive(Guid id, string from, HandedOver content, DateTimeOffset proposedAt, TimeSpan within, DateTimeOffset now) => new()
    {
        Id = id, DossierId = id, KeyOwner = id, CameIn = true, Other = from, OtherNumber = content.Number, State = HandoverState.Delivered, Basis = content.Basis, Told = content.Told, ProposedAt = proposedAt, TurnedAt = now, AnswerBy = Minute(now + within), Content = content, Reason = new HandoverReason(content.Why, content.WithoutAgreement),
    };

    /// <summary>The other zone has it: it can be read there.</summary>
    public void IsThere(DateTimeOffset at)
    {
        if (State == HandoverState.Proposed) Turn(HandoverState.Delivered, at);
    }

    /// <summary>The receiving zone asked; the other one answers. Whoever is to speak is reminded.</summary>
    public void Ask(TimeSpan within, DateTimeOffset now) => Speak(HandoverState.Asked, CameIn ? null : within, now);
    public void Answer(TimeSpan within, DateTimeOffset now) => Speak(HandoverState.Delivered, within, now);

    /// <summary>The zone that handed over takes it back: it holds once the other zone, which may have accepted meanwhile, has said so.</summary>
    public void AskBack(DateTimeOffset now) => Turn(HandoverState.Withdrawing, now);

    /// <param name="number">The receiving zone's.</param>
    public void AcceptedThere(string number, DateTimeOffset now)
    {
        OtherNumber = number;
        End(HandoverState.Accepted, now);
    }

    /// <param name="dossier">What it became here.</param>
    public void AcceptInto(Guid dossier, DateTimeOffset now)
    {
        DossierId = dossier;
        End(HandoverState.Accepted, now);
    }

    public void Refuse(DateTimeOffset now) => End(HandoverState.Refused, now);
    public void Withdraw(DateTimeOffset now) => End(HandoverState.Withdrawn, now);

    /// <summary>It came in, became no dossier, and nobody asks why any more.</summary>
    public void Forget()
    {
        Reason = null;
        Version++;
    }

    private void Speak(HandoverState state, TimeSpan? within, DateTimeOffset now)
    {
        Turn(state, now);
        AnswerBy = within is { } time ? Minute(now + time) : null;
    }

    private void End(HandoverState state, DateTimeOffset now)
    {
        Turn(state, now);
        (AnswerBy, Content) = (null, null);
    }

    private void Turn(HandoverState state, DateTimeOffset now)
    {
        (State, TurnedAt) = (state, now);
        Version++;
    }

    private static DateTimeOffset Minute(DateTimeOffset at) => new(at.UtcTicks / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute, TimeSpan.Zero);

    internal sealed class Mapping : IZoneMapping<Handover>
    {
        public void Configure(EntityTypeBuilder<Handover> b)
        {
            b.ToTable("handover");
            b.Property(h => h.Id).ValueGeneratedNever();
            b.Property(h => h.Other).HasMaxLength(4);
            b.Property(h => h.OtherNumber).HasMaxLength(10);
            b.PrimitiveCollection(h => h.Persons).HasMaxLength(4000);
            b.PrimitiveCollection(h => h.Fields).HasMaxLength(400);
            b.PrimitiveCollection(h => h.Notes).HasMaxLength(4000);
            b.Sealed(h => h.Reason, "handover.reason");
            b.Sealed(h => h.Content, "handover.content");
            b.Property(h => h.Version).IsConcurrencyToken();
            b.HasIndex(h => h.DossierId);
            b.HasIndex(h => h.AnswerBy);
            b.HasIndex(h => new { h.CameIn, h.State });
            b.Ignore(h => h.Due);
            b.Ignore(h => h.IsOpen);
            b.Ignore(h => h.IsTheirs);
        }
    }
}

/// <summary>Why, in the words of whoever proposes it.</summary>
/// <param name="WithoutAgreement">Why the persons' agreement is not there; null: it is.</param>
internal sealed record HandoverReason(string Text, string? WithoutAgreement);

/// <summary>One turn of a handover, as this zone knows it.</summary>
internal sealed class HandoverTurn : IHoldSealed, IOfDossier
{
    public Guid Id { get; private set; }
    public Guid DossierId { get; private set; }
    public Guid HandoverId { get; private set; }
    public Guid KeyOwner { get; private set; }
    public HandoverStep Step { get; private set; }
    public DateTimeOffset At { get; private set; }

    /// <summary>null: the other zone did it.</summary>
    public Guid? By { get; private set; }
    public Sealed<string>? Text { get; private set; }

    public static HandoverTurn Of(Handover handover, HandoverStep step, Guid? by, DateTimeOffset at, string? text = null) => new()
    {
        Id = Guid.CreateVersion7(at), DossierId = handover.DossierId, HandoverId = handover.Id, KeyOwner = handover.KeyOwner, Step = step, At = at, By = by, Text = text is null ? null : (Sealed<string>)text,
    };

    public void Forget() => Text = null;

    internal sealed class Mapping : IZoneMapping<HandoverTurn>
    {
        public void Configure(EntityTypeBuilder<HandoverTurn> b)
        {
            b.ToTable("handover_turn");
            b.Property(t => t.Id).ValueGeneratedNever();
            b.Sealed(t => t.Text, "handover_turn.text");
            b.HasIndex(t => t.HandoverId);
            b.HasIndex(t => t.DossierId);
        }
    }
}
