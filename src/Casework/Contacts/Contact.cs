using FluentValidation;
using FluentValidation.Results;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Countersign;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Contacts;

/// <summary>A contact with somebody, or for somebody with another: where, how long, what was given. One that has not happened yet is an appointment; planned, it is held, missed or cancelled.</summary>
internal sealed class Contact : IHoldSealed, ISayMyLayer, IOfDossier, ICountersigned, IFallDue
{
    /// <summary>How much longer a visit takes by one press.</summary>
    public static readonly TimeSpan Longer = TimeSpan.FromMinutes(30), Mistaken = TimeSpan.FromMinutes(15);

    /// <summary>How long before its moment somebody may go in: sooner, it is another visit than the one that was agreed.</summary>
    public static readonly TimeSpan Early = TimeSpan.FromHours(12);

    public Guid Id { get; private set; }
    public Guid DossierId { get; private set; }
    public List<Guid> Persons { get; private set; } = [];
    public ContactState State { get; private set; }

    /// <summary>When it began, or is to begin.</summary>
    public DateTimeOffset At { get; private set; }

    /// <summary>How long it lasted, or is to last; without the way.</summary>
    public int Minutes { get; private set; }

    /// <summary>When it was to be, as last agreed; null: it was not planned.</summary>
    public DateTimeOffset? PlannedFor { get; private set; }
    public Place Place { get; private set; }

    /// <summary>In the office.</summary>
    public string? Room { get; private set; }

    /// <summary>The way there, in minutes; the way back takes as long.</summary>
    public int Travel { get; private set; }

    /// <summary>Who goes; null: it was not planned, whoever wrote it down was there.</summary>
    public Guid? Worker { get; private set; }
    public Guid? Companion { get; private set; }

    /// <summary>With somebody else, for the person: an officer, a partner, an insurer.</summary>
    public bool ForThem { get; private set; }

    /// <summary>With whom, where it is for them; null: not said.</summary>
    public Counterpart? With { get; private set; }

    /// <summary>Where it was for the person: what was asked of the other, what came of it, and on which day the person was told.</summary>
    public Sealed<string>? Question { get; private set; }
    public Sealed<string>? Answer { get; private set; }
    public DateOnly? ToldOn { get; private set; }
    public bool OnCall { get; private set; }
    public List<ServiceKind> Services { get; private set; } = [];

    /// <summary>What the person was told about.</summary>
    public List<Topic> Informed { get; private set; } = [];
    public Layer Layer { get; private set; }

    /// <summary>Who wrote it down as it stands.</summary>
    public Guid By { get; private set; }
    public Sealed<string>? Note { get; private set; }
    public Signing Signing { get; set; }
    public Guid? SignedBy { get; set; }
    public DateTimeOffset? SignedAt { get; set; }
    public Sealed<string>? Remark { get; set; }
    public CancelReason? Cancelled { get; private set; }

    /// <summary>When it was last put right; what stood before is kept (<see cref="ContactChange"/>). null: it stands as it was entered.</summary>
    public DateTimeOffset? Corrected { get; set; }

    /// <summary>When whoever visits went in, when they came out, and by when they said they would.</summary>
    public DateTimeOffset? CheckedIn { get; private set; }
    public DateTimeOffset? CheckedOut { get; private set; }

    /// <summary>A whole minute.</summary>
    public DateTimeOffset? ExpectedOut { get; private set; }

    /// <summary>The expected end that the coordinators were told had passed; a later one is told anew.</summary>
    public DateTimeOffset? LateToldFor { get; private set; }

    /// <summary>Rises with every change; a form that was filled in over an older one is told.</summary>
    public int Version { get; private set; }
    public Guid KeyOwner => DossierId;

    /// <summary>It took place. false: tried in vain, still to come, or cancelled.</summary>
    public bool Held => State == ContactState.Held;

    /// <summary>It reached whom it concerns. A call to somebody else for them reached nobody yet, and what waits for a second name counts for nothing.</summary>
    public bool ReachedThem => Held && !ForThem && this.Counts();
    public bool IsPlanned => State == ContactState.Planned;
    public DateTimeOffset Ends => At.AddMinutes(Minutes);

    /// <summary>Somebody goes to where others live or were hurt: there one checks in and out.</summary>
    public bool IsVisit => IsPlanned && Place is Place.Home or Place.Scene;
    public bool IsUnderWay => CheckedIn is not null && CheckedOut is null;
    public DateTimeOffset? Due => IsUnderWay && LateToldFor != ExpectedOut ? ExpectedOut : null;

    public static Contact Record(Guid dossier, Took took, Guid by, DateTimeOffset now, Signing signing)
    {
        var contact = new Contact { Id = Guid.CreateVersion7(now), DossierId = dossier, Layer = Layer.Assistance };
        contact.Happens(took, by, now, signing);
        return contact;
    }

    public static Contact Plan(Guid dossier, Agreed agreed, Guid by, DateTimeOffset now)
    {
        var contact = new Contact { Id = Guid.CreateVersion7(now), DossierId = dossier, Layer = Layer.Assistance, State = ContactState.Planned };
        contact.Agree(agreed, by);
        return contact;
    }

    /// <summary>When, where and with whom, as it was agreed, or agreed anew.</summary>
    public void Agree(Agreed agreed, Guid by)
    {
        (Persons, At, PlannedFor, Minutes, Place, Worker, Companion) = ([.. agreed.Persons], agreed.At, agreed.At, agreed.Minutes, agreed.Place, agreed.Worker, agreed.Companion == agreed.Worker ? null : agreed.Companion);
        (Room, Travel) = (agreed.Place == Place.Office ? Said(agreed.Room) : null, agreed.Place is Place.Office or Place.Phone or Place.Written ? 0 : agreed.Travel);
        (ForThem, With) = (agreed.ForThem, agreed.ForThem ? agreed.With : null);
        (Note, By) = (Shut(agreed.Note), by);
        Version++;
    }

    /// <summary>Somebody else goes in their place, alone where they were to go along. Not while somebody is there, nor along with themselves.</summary>
    /// <returns>Did it change hands?</returns>
    public bool PassOn(Guid from, Guid to)
    {
        if (!IsPlanned || IsUnderWay || Worker == to || (Worker != from && Companion != from)) return false;
        if (Worker == from) (Worker, Companion) = (to, Companion == to ? null : Companion);
        else Companion = to;
        Version++;
        return true;
    }

    /// <summary>It took place, or was tried in vain.</summary>
    public void Happens(Took took, Guid by, DateTimeOffset now, Signing signing)
    {
        Stands(took);
        (By, Signing) = (by, signing);
        CheckOut(now);
        Version++;
    }

    /// <summary>It was otherwise than was written down: with others, somewhere else, at another moment, held or in vain.</summary>
    public void PutRight(Took took)
    {
        Stands(took);
        Version++;
    }

    private void Stands(Took took)
    {
        (State, Persons, At, Minutes, Place, OnCall) = (took.Held ? ContactState.Held : ContactState.Missed, [.. took.Persons], took.At, took.Minutes, took.Place, took.OnCall);
        (ForThem, With) = (took.ForThem, took.ForThem ? took.With : null);
        Asks(took.Asked);
        Gives(took.Services, took.Informed);
        Note = Shut(took.Note);
        if (took.Place != Place.Office) Room = null;
    }

    public void Cancel(CancelReason reason, Guid by, DateTimeOffset now)
    {
        (State, Cancelled, By) = (ContactState.Cancelled, reason, by);
        CheckOut(now);
        Version++;
    }

    /// <param name="informed">null: as it was.</param>
    /// <param name="asked">null: as it was.</param>
    public void Correct(string? note, int minutes, IEnumerable<ServiceKind> services, IEnumerable<Topic>? informed = null, AskedForThem? asked = null)
    {
        if (asked is not null) Asks(asked);
        (Note, Minutes) = (Shut(note), minutes);
        Gives(services, informed ?? Informed);
        Version++;
    }

    /// <summary>Goes in, and says for how long; pressed twice, the first stands.</summary>
    public void CheckIn(TimeSpan stays, DateTimeOffset now)
    {
        if (CheckedIn is not null) return;
        (CheckedIn, ExpectedOut) = (now, NextMinute(now + stays));
        Version++;
    }

    /// <summary>Was check-out pressed so lately that it may have been by mistake, with somebody still inside?</summary>
    public bool MayBeThereStill(DateTimeOffset now) => IsPlanned && CheckedOut is { } gone && now - gone <= Mistaken;

    /// <summary>Stays longer than was said: from the expected end, or from now where that has passed. Checked out a moment ago, they have not gone.</summary>
    public void Stay(DateTimeOffset now)
    {
        if (MayBeThereStill(now)) CheckedOut = null;
        if (!IsUnderWay) return;
        ExpectedOut = NextMinute((ExpectedOut is { } until && until > now ? until : now) + Longer);
        Version++;
    }

    public void CheckOut(DateTimeOffset now)
    {
        if (!IsUnderWay) return;
        CheckedOut = now;
        Version++;
    }

    /// <summary>The key names this visit and this expected end: queued twice, it is told once.</summary>
    public OutboxMessage TellLate(DateTimeOffset now)
    {
        LateToldFor = ExpectedOut;
        return OutboxMessage.New($"check-out {Id} {ExpectedOut!.Value.UtcDateTime:yyyyMMddHHmm}", LateCheckOutMail.KindName, DossierId, null, now);
    }

    /// <summary>While somebody is there only they end it: noted or called off from elsewhere, nobody would miss them.</summary>
    /// <exception cref="ValidationException">A colleague is there now.</exception>
    public void MustNotBeGoingOn(Guid by, string field)
    {
        if (IsUnderWay && Worker != by && Companion != by) throw new ValidationException([new ValidationFailure(field, Words.SomebodyIsThere)]);
    }

    /// <summary>Whoever's page was open before is told, and keeps what they typed.</summary>
    /// <exception cref="ValidationException">It is no longer to come: held, missed or cancelled meanwhile.</exception>
    public void MustStand(string field)
    {
        if (!IsPlanned) throw new ValidationException([new ValidationFailure(field, Words.EndedMeanwhile(Words.Of(State)))]);
    }

    /// <summary>Whoever went in was there on that day: moved, it would keep their way in, and on the new day nobody could check in.</summary>
    /// <exception cref="ValidationException">Somebody went in: first it is said how it went.</exception>
    public void MustNotHaveBegun(string field)
    {
        if (CheckedIn is not null) throw new ValidationException([new ValidationFailure(field, Words.SayFirstHowItWent)]);
    }

    /// <summary>What a page says of this appointment holds of another day or place no more.</summary>
    /// <exception cref="ValidationException">Somebody changed it since that page was opened.</exception>
    public void MustBeAsRead(int version, string field)
    {
        if (Version != version) throw new ValidationException([new ValidationFailure(field, Words.ChangedMeanwhile)]);
    }

    /// <summary>A contact with the person that was held and counts ends the wait for the first one: theirs, and nobody else's. A call to somebody else for them reached nobody yet.</summary>
    public void EndsTheWait(Dossier dossier, IEnumerable<FollowUp> open, DateTimeOffset now)
    {
        if (!ReachedThem) return;
        dossier.Contacted(At);
        foreach (var wait in open.Where(f => f.Kind == ActKind.FirstContact && (f.Persons.Count == 0 || f.Persons.Exists(Persons.Contains)))) wait.Complete(By, now);
    }

    /// <summary>What was asked for the person and what came of it, line by line.</summary>
    public IReadOnlyList<string> AskedInWords() => ContactAsItStood.Asked(Question?.Value, Answer?.Value, ToldOn);

    private void Asks(AskedForThem? asked) => (Question, Answer, ToldOn) = ForThem && asked is not null ? (Shut(asked.Question), Shut(asked.Answer), asked.ToldOn) : (null, null, null);

    private void Gives(IEnumerable<ServiceKind> services, IEnumerable<Topic> informed) =>
        (Services, Informed) = (Held ? [.. services.Distinct().Order()] : [], Held ? [.. informed.Distinct().Order()] : []);

    private static string? Said(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    private static Sealed<string>? Shut(string? text) => Said(text) is { } said ? (Sealed<string>)said : null;
    private static DateTimeOffset NextMinute(DateTimeOffset at) => new((at.UtcTicks + TimeSpan.TicksPerMinute - 1) / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute, TimeSpan.Zero);

    internal sealed class Mapping : IZoneMapping<Contact>
    {
        public void Configure(EntityTypeBuilder<Contact> b)
        {
            b.ToTable("contact");
            b.Property(c => c.Id).ValueGeneratedNever();
            b.PrimitiveCollection(c => c.Persons).HasMaxLength(4000);
            b.PrimitiveCollection(c => c.Services).HasMaxLength(400);
            b.PrimitiveCollection(c => c.Informed).HasMaxLength(400);
            b.Property(c => c.Room).HasMaxLength(40);
            b.Sealed(c => c.Note, "contact.note");
            b.SealedInItsLayer(c => c.Question, "contact.question");
            b.SealedInItsLayer(c => c.Answer, "contact.answer");
            b.Sealed(c => c.Remark, "contact.remark");
            b.HasIndex(c => c.DossierId);
            b.HasIndex(c => c.Signing);
            b.HasIndex(c => new { c.PlannedFor, c.At });
            b.HasIndex(c => new { c.ExpectedOut, c.CheckedOut });
            b.Ignore(c => c.KeyOwner);
            b.Ignore(c => c.Held);
            b.Ignore(c => c.ReachedThem);
            b.Ignore(c => c.IsPlanned);
            b.Ignore(c => c.Ends);
            b.Ignore(c => c.IsVisit);
            b.Ignore(c => c.IsUnderWay);
            b.Ignore(c => c.Due);
        }
    }
}
