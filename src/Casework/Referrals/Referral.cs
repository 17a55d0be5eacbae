using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.Codes;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Links;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Network.Contracts;

namespace VictimSupport.Casework.Referrals;

/// <summary>One person and one partner: offered, accepted or refused, sent, answered, withdrawn. Two people of a dossier have two, so that neither is named to the other's partner. Asked again later it is a new one.</summary>
internal sealed class Referral : IHoldSealed, IOfDossier, IFallDue
{
    /// <summary>How long the partner's link stays good.</summary>
    public static readonly TimeSpan LinkGoodFor = TimeSpan.FromDays(30);

    public Guid Id { get; private set; }
    public Guid DossierId { get; private set; }
    public Guid PersonId { get; private set; }

    /// <summary>In the directory of the network.</summary>
    public Guid PartnerId { get; private set; }
    public Need Need { get; private set; }
    public ReferralState State { get; private set; }
    public DateTimeOffset OfferedAt { get; private set; }
    public Guid By { get; private set; }

    /// <summary>When it came as far as it is.</summary>
    public DateTimeOffset TurnedAt { get; private set; }
    public RefusalReason? Refusal { get; private set; }

    /// <summary>Does it count in the figures? Decided once, when it is accepted; null: it was not.</summary>
    public bool? Counts { get; private set; }

    /// <summary>What the person agreed to, the latest version; null: to nothing yet, or no more.</summary>
    public Guid? ConsentId { get; private set; }

    /// <summary>The version that was sent, the last that left; one whose mail waits has not.</summary>
    public Guid? SentConsent { get; private set; }
    public Guid? LinkId { get; private set; }

    /// <summary>By which the partner and the service speak of it; the same however often it is sent. null: no link was made.</summary>
    public string? Reference { get; private set; }
    public SentAs? SentAs { get; private set; }

    /// <summary>The token of the link while its mail waits; gone once it left, or is not to leave any more.</summary>
    public Sealed<string>? Waiting { get; private set; }

    /// <summary>Sent and without an answer until then, or received and without another, it comes back to whoever works on the dossier. null: it did, or waits for none.</summary>
    public DateTimeOffset? AnswerBy { get; private set; }

    /// <summary>Did anything reach the partner? It must be told to erase it then.</summary>
    public bool WentOut { get; private set; }
    public Guid KeyOwner => PersonId;
    public DateTimeOffset? Due => State is ReferralState.Sent or ReferralState.Received ? AnswerBy : null;

    /// <summary>Nothing is sent any more; asked again it is a new one.</summary>
    public bool IsOver => State is ReferralState.Refused or ReferralState.Withdrawn;

    /// <summary>What is next is ours: to ask the person again, or to send what they agreed to.</summary>
    public bool IsWithUs => State is ReferralState.Offered or ReferralState.Accepted;

    /// <summary>The partner may answer.</summary>
    public bool IsAsked => State is ReferralState.Sent or ReferralState.Received or ReferralState.TakenUp or ReferralState.NoAnswer or ReferralState.CannotTakeUp or ReferralState.DidNotCome;

    /// <summary>It was taken back after something reached the partner.</summary>
    public bool MustBeErased => State == ReferralState.Withdrawn && WentOut;

    /// <summary>The person agreed to something and may take it back.</summary>
    public bool MayBeWithdrawn => !IsOver && (ConsentId is not null || IsAsked);

    public static Referral Offer(Guid dossier, Guid person, Guid partner, Need need, Guid by, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), DossierId = dossier, PersonId = person, PartnerId = partner, Need = need, State = ReferralState.Offered, OfferedAt = now, TurnedAt = now, By = by };

    public void Accept(DateTimeOffset now) => Turn(ReferralState.Accepted, now);

    public void Count(bool counts) => Counts ??= counts;

    public void Refuse(RefusalReason reason, DateTimeOffset now)
    {
        Refusal = reason;
        Turn(ReferralState.Refused, now);
    }

    /// <summary>What the person agreed to now takes the place of what was agreed before.</summary>
    public void Agrees(Consent consent, DateTimeOffset now)
    {
        (ConsentId, Waiting) = (consent.Id, null);
        if (State == ReferralState.Offered) Turn(ReferralState.Accepted, now);
    }

    /// <summary>It goes out with this link; the one before is dead by then.</summary>
    /// <param name="token">Kept, sealed, where a mail shall carry it.</param>
    public void Send(Link link, string token, SentAs how, Consent consent, TimeSpan answerWithin, DateTimeOffset now)
    {
        (LinkId, Reference, SentAs) = (link.Id, link.Reference, how);
        Waiting = how == Codes.SentAs.Mail ? (Sealed<string>)token : null;
        // A sheet is in somebody's hand at once.
        if (how == Codes.SentAs.Sheet) (SentConsent, WentOut) = (consent.Id, true);
        Asked(answerWithin, now);
    }

    /// <summary>It was said by telephone: there is no link, and the one before is dead by then.</summary>
    public void Say(Consent consent, TimeSpan answerWithin, DateTimeOffset now)
    {
        (LinkId, SentAs, SentConsent, Waiting, WentOut) = (null, Codes.SentAs.Phone, consent.Id, null, true);
        Asked(answerWithin, now);
    }

    private void Asked(TimeSpan answerWithin, DateTimeOffset now)
    {
        Awaits(answerWithin, now);
        Turn(ReferralState.Sent, now);
    }

    private void Awaits(TimeSpan answerWithin, DateTimeOffset now) => AnswerBy = new DateTimeOffset((now + answerWithin).UtcTicks / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute, TimeSpan.Zero);

    /// <summary>The mail left.</summary>
    /// <param name="link">Which it carried; another may wait by now.</param>
    /// <param name="consent">The version that can be read there.</param>
    public void Left(Guid link, Guid consent)
    {
        WentOut = true;
        if (LinkId == link || SentConsent is null) SentConsent = consent;
        if (LinkId == link) Waiting = null;
    }

    /// <summary>No mail left: it is agreed to, and not sent. What went before is with the partner all the same.</summary>
    public void DidNotLeave(DateTimeOffset now)
    {
        (LinkId, SentAs, Waiting, AnswerBy) = (null, null, null, null);
        if (State == ReferralState.Sent) Turn(ReferralState.Accepted, now);
    }

    /// <summary>What was agreed to would say something else today. What reached the partner is with the partner; what did not is not sent.</summary>
    public void NoLongerAgreed(DateTimeOffset now)
    {
        if (!WentOut) DidNotLeave(now);
        // How the version went that went before, the history says.
        if (Waiting is not null) SentAs = null;
        (ConsentId, Waiting) = (null, null);
    }

    /// <param name="answerWithin">Received is no answer yet: that comes within as long again.</param>
    public void Answered(ReferralState state, TimeSpan answerWithin, DateTimeOffset now)
    {
        if (State == state) return;
        if (state == ReferralState.Received) Awaits(answerWithin, now);
        Turn(state, now);
    }

    /// <summary>Nothing came in time, and somebody has to ask. What the partner has it has received all the same.</summary>
    public void Chase(DateTimeOffset now)
    {
        AnswerBy = null;
        if (State == ReferralState.Sent) Turn(ReferralState.NoAnswer, now);
    }

    public void Withdraw(DateTimeOffset now)
    {
        (ConsentId, Waiting) = (null, null);
        Turn(ReferralState.Withdrawn, now);
    }

    /// <summary>Brings the mail with the link.</summary>
    public OutboxMessage Outbox(DateTimeOffset now) => OutboxMessage.New($"referral-link {LinkId}", LinkMail.KindName, Id, null, now);

    /// <summary>Asks the partner to stop and erase.</summary>
    public OutboxMessage Stop(DateTimeOffset now) => OutboxMessage.New($"referral-stop {Id}", StopMail.KindName, Id, null, now);

    private void Turn(ReferralState state, DateTimeOffset now) => (State, TurnedAt) = (state, now);

    internal sealed class Mapping : IZoneMapping<Referral>
    {
        public void Configure(EntityTypeBuilder<Referral> b)
        {
            b.ToTable("referral");
            b.Property(r => r.Id).ValueGeneratedNever();
            b.Property(r => r.Reference).HasMaxLength(8);
            b.Sealed(r => r.Waiting, "referral.waiting");
            b.HasIndex(r => r.DossierId);
            b.HasIndex(r => new { r.PersonId, r.PartnerId });
            b.HasIndex(r => new { r.State, r.AnswerBy });
            b.Ignore(r => r.KeyOwner);
            b.Ignore(r => r.Due);
            b.Ignore(r => r.IsOver);
            b.Ignore(r => r.IsWithUs);
            b.Ignore(r => r.IsAsked);
            b.Ignore(r => r.MustBeErased);
            b.Ignore(r => r.MayBeWithdrawn);
        }
    }
}

/// <summary>What somebody agreed that one partner be told: the very lines they were shown. A changed line is a new version; none is ever rewritten.</summary>
internal sealed class Consent : IHoldSealed, IOfDossier
{
    public Guid Id { get; private set; }
    public Guid DossierId { get; private set; }
    public Guid ReferralId { get; private set; }
    public Guid PersonId { get; private set; }
    public Guid PartnerId { get; private set; }

    /// <summary>1, 2, 3 … of this person for this partner.</summary>
    public int Version { get; private set; }
    public List<SharedField> Fields { get; private set; } = [];
    public AgreedBy AgreedBy { get; private set; }

    /// <summary>Somebody of the dossier who agreed in the person's place.</summary>
    public Guid? Representative { get; private set; }
    public AgreedHow How { get; private set; }
    public DateOnly On { get; private set; }
    public Guid By { get; private set; }
    public DateTimeOffset At { get; private set; }
    public DateTimeOffset? Withdrawn { get; private set; }

    /// <summary>What goes: no more and no less.</summary>
    public Sealed<Disclosure> Content { get; private set; } = null!;
    public Guid KeyOwner => PersonId;

    public static Consent Give(Referral referral, int version, IEnumerable<SharedField> fields, Disclosure content, AgreedBy by, Guid? representative, AgreedHow how, DateOnly on, Guid writer, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now), DossierId = referral.DossierId, ReferralId = referral.Id, PersonId = referral.PersonId, PartnerId = referral.PartnerId, Version = version, Fields = [.. fields.Distinct().Order()], AgreedBy = by,
        Representative = by == AgreedBy.Representative ? representative : null, How = how, On = on, By = writer, At = now, Content = content,
    };

    public void Withdraw(DateTimeOffset now) => Withdrawn ??= now;

    /// <summary>Who agreed in the person's place stands in another row of theirs.</summary>
    public void AgreedIn(Guid row) => Representative = row;

    internal sealed class Mapping : IZoneMapping<Consent>
    {
        public void Configure(EntityTypeBuilder<Consent> b)
        {
            b.ToTable("consent");
            b.Property(c => c.Id).ValueGeneratedNever();
            b.PrimitiveCollection(c => c.Fields).HasMaxLength(400);
            b.Property(c => c.On).HasColumnName("given_on");
            b.Sealed(c => c.Content, "consent.content");
            b.HasIndex(c => c.ReferralId);
            // Not unique: two rows of one person that become one may each have a first version for the same partner.
            b.HasIndex(c => new { c.PersonId, c.PartnerId, c.Version });
            b.Ignore(c => c.KeyOwner);
        }
    }
}
