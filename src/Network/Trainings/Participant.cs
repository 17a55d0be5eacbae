using System.Net.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Network.Trainings;

/// <summary>Where somebody stands with a training. Waiting: there was no seat left.</summary>
internal enum ParticipantState { Registered = 1, Waiting = 2, Withdrawn = 3 }

/// <summary>Rank groups of police staff, as the law has them.</summary>
internal enum RankGroup { Agents = 1, Basic, Middle, Officers, Civilian }

/// <summary>A member of police staff at a training, entered by the coordinator. Never anybody who is helped. Name and address are sealed under the training's key; the unit is counted and stands in clear.</summary>
internal sealed class Participant : IHoldSealed
{
    /// <summary>Longest name, unit and address.</summary>
    public const int LongestName = 160, LongestUnit = 120, LongestMailbox = 254;

    public Guid Id { get; private set; }
    public Guid TrainingId { get; private set; }

    /// <summary>Its place in the order of coming, from 1: who waits longest gets the next seat.</summary>
    public int Number { get; private set; }
    public Sealed<Identity> Who { get; private set; } = null!;
    public string Unit { get; private set; } = "";

    /// <summary>Code of the zone that registered them; null: they are of this one.</summary>
    public string? From { get; private set; }

    /// <summary>null: not said.</summary>
    public RankGroup? Rank { get; private set; }

    /// <summary>fr, nl, de or en.</summary>
    public string Language { get; private set; } = "";
    public ParticipantState State { get; private set; }
    public DateTimeOffset Added { get; private set; }

    /// <summary>When a seat that became free was given to whoever had waited.</summary>
    public DateTimeOffset? LetIn { get; private set; }

    /// <summary>Sessions of the training at which somebody was.</summary>
    public List<Guid> Attended { get; private set; } = [];

    /// <summary>When an evaluation was first asked for.</summary>
    public DateTimeOffset? Asked { get; private set; }

    /// <summary>An evaluation was given. Which one is noted nowhere.</summary>
    public bool HasEvaluated { get; private set; }

    /// <summary>The form that made it; of somebody from another zone, the id of the registration there.</summary>
    public Guid Once { get; private set; }
    public bool WasThere => Attended.Count > 0;
    public Guid KeyOwner => TrainingId;
    public string FullName => Who.Value.Said;

    /// <summary>The name was taken out. What is counted of them stays.</summary>
    public bool IsNameless => Who.Value.IsTakenOut;

    /// <summary>null: told by word of mouth, and asked for an evaluation on paper.</summary>
    public string? Mailbox => Who.Value.Mailbox;

    /// <summary>The unit, with the zone where it is another's.</summary>
    public string UnitAndZone => From is null ? Unit : $"{Unit} ({From})";

    public static Participant Enter(Guid training, int number, ParticipantState state, Person who, Guid once, DateTimeOffset now, string? from = null) => new()
    {
        Id = Guid.CreateVersion7(now), TrainingId = training, Number = number, State = state, Who = Identity.Of(who), Unit = who.Unit.Trim(), Rank = who.Rank, From = from, Language = who.Language, Added = now,
        Once = once == default ? Guid.CreateVersion7(now) : once,
    };

    /// <returns>false: somebody who was there, or who has withdrawn already, does not withdraw.</returns>
    public bool Withdraw()
    {
        if (State == ParticipantState.Withdrawn || WasThere) return false;
        State = ParticipantState.Withdrawn;
        return true;
    }

    /// <summary>Puts right how somebody was entered.</summary>
    /// <returns>true: they were asked for their evaluation at another address, and are to be asked again.</returns>
    public bool Correct(Person who)
    {
        var elsewhere = Asked is not null && !HasEvaluated && !string.Equals(Mailbox, Identity.Of(who).Mailbox, StringComparison.OrdinalIgnoreCase);
        (Who, Unit, Rank, Language) = (Identity.Of(who), who.Unit.Trim(), who.Rank, who.Language);
        if (elsewhere) Asked = null;
        return elsewhere;
    }

    /// <summary>Gets a seat that became free.</summary>
    public void LetsIn(DateTimeOffset now) => (State, LetIn) = (ParticipantState.Registered, now);

    /// <summary>Was at a session, or was not. Who waited and came all the same had a seat.</summary>
    public void Attends(Guid session, bool was)
    {
        if (Attended.Contains(session) == was) return;
        Attended = was ? [.. Attended, session] : [.. Attended.Where(s => s != session)];
        if (was && State == ParticipantState.Waiting) State = ParticipantState.Registered;
    }

    /// <summary>Takes name and address out.</summary>
    public void TakeNameOut() => Who = Identity.TakenOut;

    public void Ask(DateTimeOffset now) => Asked ??= now;
    public void Evaluates() => HasEvaluated = true;

    /// <summary>An address that a mail can be sent to, and nothing beside it.</summary>
    public static bool IsMailbox(string text) => text.All(char.IsAscii) && MailAddress.TryCreate(text.Trim(), out var address) && address.Address == text.Trim();

    /// <summary>Name and unit, whatever their spelling.</summary>
    public string NameAndUnit => Same(Who.Value.FullName, Unit);

    /// <summary>Are they the colleague who is entered now, or named elsewhere?</summary>
    public bool Is(Person who) => Identity.AreOne(Who.Value, Unit, Identity.Of(who), who.Unit);

    /// <summary>What two spellings of one colleague have in common.</summary>
    public static string Same(string name, string unit) => $"{Plain(name)}|{Plain(unit)}";

    // A name of signs alone folds to nothing: it is itself.
    private static string Plain(string text) => NameForms.Fold(text) is { Length: > 0 } folded ? folded : text.Trim().ToLowerInvariant();

    /// <summary>What is sealed.</summary>
    internal sealed record Identity(string FullName, string? Mailbox)
    {
        /// <summary>Of whoever asked for it.</summary>
        public static readonly Identity TakenOut = new("", null);

        public bool IsTakenOut => FullName.Length == 0;

        /// <summary>As it is shown.</summary>
        public string Said => IsTakenOut ? Words.TrainingNameless : FullName;

        /// <summary>One colleague, by the address or by name and unit however they are spelled. Without a name nobody is anybody.</summary>
        public static bool AreOne(Identity one, string unit, Identity other, string otherUnit) => !one.IsTakenOut && !other.IsTakenOut
            && (Same(one.FullName, unit) == Same(other.FullName, otherUnit) || (other.Mailbox is not null && string.Equals(one.Mailbox, other.Mailbox, StringComparison.OrdinalIgnoreCase)));

        public static Identity Of(Person who) => new(who.FullName.Trim(), string.IsNullOrWhiteSpace(who.Mailbox) ? null : who.Mailbox.Trim());

        // A name would stand in the log.
        public override string ToString() => "•••";
    }

    /// <summary>A colleague as entered.</summary>
    internal sealed record Person(string FullName, string Unit, string? Mailbox, string Language, RankGroup? Rank = null)
    {
        // A name would stand in the log.
        public override string ToString() => "•••";
    }

    internal sealed class Mapping : IZoneMapping<Participant>
    {
        public void Configure(EntityTypeBuilder<Participant> b)
        {
            b.ToTable("training_participant");
            b.Property(p => p.Id).ValueGeneratedNever();
            b.Sealed(p => p.Who, "training_participant.who");
            b.Property(p => p.Unit).HasMaxLength(LongestUnit);
            b.Property(p => p.From).HasColumnName("from_zone").HasMaxLength(4);
            b.Property(p => p.Language).HasMaxLength(2);
            b.PrimitiveCollection(p => p.Attended).HasMaxLength(2000);
            b.HasIndex(p => new { p.TrainingId, p.Number }).IsUnique();
            b.HasIndex(p => p.Once).IsUnique();
            b.Ignore(p => p.WasThere);
            b.Ignore(p => p.KeyOwner);
            b.Ignore(p => p.FullName);
            b.Ignore(p => p.Mailbox);
            b.Ignore(p => p.IsNameless);
            b.Ignore(p => p.NameAndUnit);
            b.Ignore(p => p.UnitAndZone);
        }
    }
}

/// <summary>Who sits where: the seats of one training, inside a command that has taken its turn.</summary>
internal sealed class Seats(Training training, List<Participant> all)
{
    /// <summary>Everybody of the training, to be changed.</summary>
    public IReadOnlyList<Participant> All => all;
    private int Taken => all.Count(p => p.State == ParticipantState.Registered);

    public static async Task<Seats> Of(ZoneDbContext zone, Training training, CancellationToken ct) =>
        new(training, await zone.Set<Participant>().Where(p => p.TrainingId == training.Id).OrderBy(p => p.Number).ToListAsync(ct));

    /// <summary>Who is entered here under the same name in the same unit, or with the same address; null: nobody.</summary>
    /// <param name="except">Whom it is about.</param>
    public Participant? Known(Participant.Person who, string? from = null, Guid except = default) => all.Find(p => p.Id != except && p.State != ParticipantState.Withdrawn && p.From == from && p.Is(who));

    /// <summary>Gives somebody a seat, or a place on the waiting list where none is left.</summary>
    public Participant Enter(Participant.Person who, Guid once, DateTimeOffset now, string? from = null)
    {
        var full = training.Capacity is { } seats && Taken >= seats;
        var one = Participant.Enter(training.Id, all.Count == 0 ? 1 : all.Max(p => p.Number) + 1, full ? ParticipantState.Waiting : ParticipantState.Registered, who, once, now, from);
        all.Add(one);
        return one;
    }

    /// <summary>Gives seats that are free to those who wait, in the order in which they came; each is told once.</summary>
    public void Fill(ZoneDbContext zone, DateTimeOffset now)
    {
        foreach (var next in all.Where(p => p.State == ParticipantState.Waiting).OrderBy(p => p.Number).ToList())
        {
            if (training.Capacity is { } seats && Taken >= seats) return;
            next.LetsIn(now);
            if (next.Mailbox is not null) zone.Add(OutboxMessage.New($"{PlaceMail.KindName} {next.Id}", PlaceMail.KindName, next.Id, null, now));
        }
    }
}
