using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Network.Trainings;

namespace VictimSupport.Network.Invitations;

/// <summary>A training that another zone gives and to which this one may register its own people, as the other zone last told.</summary>
internal sealed class Invitation
{
    /// <summary>By this id both zones speak of it: the thread of their parcels.</summary>
    public Guid Id { get; private set; }

    /// <summary>Code of the zone that gives it.</summary>
    public string From { get; private set; } = "";
    public string Subject { get; private set; } = "";
    public string Topic { get; private set; } = "";
    public string? OwnTopic { get; private set; }
    public TrainingKind Kind { get; private set; }
    public string? Audience { get; private set; }
    public List<string> Trainers { get; private set; } = [];
    public List<Sitting> Sittings { get; private set; } = [];
    public DateOnly RegisterUntil { get; private set; }
    public SeatsLeft Seats { get; private set; }
    public bool IsCancelled { get; private set; }

    /// <summary>Nobody new is registered: it was closed to the pool, or the zones share none any more.</summary>
    public bool IsClosed { get; private set; }
    public DateTimeOffset Came { get; private set; }

    /// <summary>When it was last moved, cancelled or else changed; null: it is as it came.</summary>
    public DateTimeOffset? Changed { get; private set; }
    public string TopicInWords => OwnTopic ?? Words.Of("TrainingTopic_" + Topic);

    public static Invitation Arrive(Guid id, string from, Notice notice, DateTimeOffset at)
    {
        var came = new Invitation { Id = id, From = from, Came = at };
        came.Take(notice);
        return came;
    }

    /// <returns>Is when, where or whether it takes place other than before?</returns>
    public bool Hear(Notice notice, DateTimeOffset at)
    {
        var moved = notice.IsCancelled != IsCancelled || !notice.Sittings.SequenceEqual(Sittings);
        if (moved) Changed = at;
        Take(notice);
        return moved;
    }

    public bool IsOver(DateTimeOffset now) => Sittings.Count > 0 && Sittings.TrueForAll(s => s.End <= now);

    /// <summary>May somebody be registered, as far as is known here? The giving zone decides.</summary>
    public bool Takes(DateTimeOffset now) => !IsCancelled && !IsClosed && !IsOver(now) && Moment.Day(now) <= RegisterUntil;

    private void Take(Notice n)
    {
        (Subject, Topic, OwnTopic, Kind, Audience, Trainers) = (n.Subject, n.Topic, n.OwnTopic, n.Kind, n.Audience, [.. n.Trainers]);
        (Sittings, RegisterUntil, Seats, IsCancelled, IsClosed) = ([.. n.Sittings], n.RegisterUntil, n.Seats, n.IsCancelled, n.IsClosed);
    }

    internal sealed class Mapping : IZoneMapping<Invitation>
    {
        public void Configure(EntityTypeBuilder<Invitation> b)
        {
            b.ToTable("training_invitation");
            b.Property(i => i.Id).ValueGeneratedNever();
            b.Property(i => i.From).HasColumnName("from_zone").HasMaxLength(4);
            b.Property(i => i.Subject).HasMaxLength(160);
            b.Property(i => i.Topic).HasMaxLength(40);
            b.Property(i => i.OwnTopic).HasMaxLength(120);
            b.Property(i => i.Audience).HasMaxLength(200);
            b.PrimitiveCollection(i => i.Trainers).HasMaxLength(4000);
            // Read and written whole, as it came.
            b.Property(i => i.Sittings).HasMaxLength(-1).HasConversion(s => JsonSerializer.Serialize(s, (JsonSerializerOptions?)null), s => JsonSerializer.Deserialize<List<Sitting>>(s, (JsonSerializerOptions?)null)!,
                new ValueComparer<List<Sitting>>((one, other) => one!.SequenceEqual(other!), s => s.Aggregate(0, HashCode.Combine), s => s.ToList()));
            b.Ignore(i => i.TopicInWords);
        }
    }
}

/// <summary>A colleague of this zone whom it registered for a training of another one. Name and address are sealed under the invitation's key.</summary>
internal sealed class Registration : IHoldSealed
{
    public Guid Id { get; private set; }
    public Guid InvitationId { get; private set; }
    public Sealed<Participant.Identity> Who { get; private set; } = null!;
    public string Unit { get; private set; } = "";
    public RankGroup? Rank { get; private set; }
    public string Language { get; private set; } = "";
    public RegistrationState State { get; private set; }

    /// <summary>Why they were refused.</summary>
    public RefusedBecause? Why { get; private set; }

    /// <summary>Sittings at which they were, as the giving zone noted.</summary>
    public List<Guid> Attended { get; private set; } = [];
    public DateTimeOffset Added { get; private set; }

    /// <summary>Who registered them.</summary>
    public Guid By { get; private set; }

    /// <summary>The form that made it.</summary>
    public Guid Once { get; private set; }
    public Guid KeyOwner => InvitationId;
    public string FullName => Who.Value.Said;
    public bool IsNameless => Who.Value.IsTakenOut;
    public string? Mailbox => Who.Value.Mailbox;
    public bool WasThere => Attended.Count > 0;

    /// <summary>Stands on the other zone's list, or may come to.</summary>
    public bool IsLive => State is RegistrationState.Asked or RegistrationState.Placed or RegistrationState.Waiting;

    public static Registration Ask(Guid invitation, Participant.Person who, Guid once, Guid by, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now), InvitationId = invitation, Who = Participant.Identity.Of(who), Unit = who.Unit.Trim(), Rank = who.Rank, Language = who.Language,
        State = RegistrationState.Asked, Added = now, By = by, Once = once == default ? Guid.CreateVersion7(now) : once,
    };

    /// <summary>As it is sent.</summary>
    public Participant.Person Person => new(Who.Value.FullName, Unit, Mailbox, Language, Rank);

    /// <summary>Puts right how somebody was entered; where they stand stays as it is.</summary>
    public void Correct(Participant.Person who) => (Who, Unit, Rank, Language) = (Participant.Identity.Of(who), who.Unit.Trim(), who.Rank, who.Language);

    /// <summary>Takes name and address out.</summary>
    public void TakeNameOut() => Who = Participant.Identity.TakenOut;

    /// <summary>Are they the colleague who is entered now, or named elsewhere?</summary>
    public bool Is(Participant.Person who) => Participant.Identity.AreOne(Who.Value, Unit, Participant.Identity.Of(who), who.Unit);

    /// <returns>false: they were there, or do not stand on the list.</returns>
    public bool Withdraw()
    {
        if (!IsLive || WasThere) return false;
        State = RegistrationState.Withdrawing;
        return true;
    }

    /// <param name="toWithdrawal">It answers that they withdrew: what was on its way before that does not.</param>
    public void Hear(SeatNews news, bool toWithdrawal)
    {
        Attended = [.. news.Attended];
        if (State == RegistrationState.Withdrawing && !toWithdrawal && !WasThere && news.State is (RegistrationState.Placed or RegistrationState.Waiting)) return;
        (State, Why) = (news.State, news.Why);
    }

    internal sealed class Mapping : IZoneMapping<Registration>
    {
        public void Configure(EntityTypeBuilder<Registration> b)
        {
            b.ToTable("training_registration");
            b.Property(r => r.Id).ValueGeneratedNever();
            b.Sealed(r => r.Who, "training_registration.who");
            b.Property(r => r.Unit).HasMaxLength(Participant.LongestUnit);
            b.Property(r => r.Language).HasMaxLength(2);
            b.PrimitiveCollection(r => r.Attended).HasMaxLength(2000);
            b.HasIndex(r => r.InvitationId);
            b.HasIndex(r => r.Once).IsUnique();
            b.Ignore(r => r.KeyOwner);
            b.Ignore(r => r.FullName);
            b.Ignore(r => r.Mailbox);
            b.Ignore(r => r.WasThere);
            b.Ignore(r => r.IsLive);
            b.Ignore(r => r.IsNameless);
            b.Ignore(r => r.Person);
        }
    }
}
