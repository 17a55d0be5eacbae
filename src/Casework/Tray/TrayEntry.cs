using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Walls;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.PublicDesk.Contracts;

namespace VictimSupport.Casework.Tray;

/// <summary>What was written down at the desk: opened together, so sealed together.</summary>
/// <param name="Condition">On what condition the number may be called, and whatever else was said of calls.</param>
/// <param name="OfficialReport">Number of the official report, where one was named.</param>
/// <param name="Officer">Who asks for them by the form for officers; null: it was written down at the desk.</param>
/// <param name="Asked">All that somebody said who asks for themselves, on the public page.</param>
internal sealed record TrayMessage(string FamilyName, string GivenName, string? Phone, string? Condition, string About, string? OfficialReport, TrayOfficer? Officer = null, Asked? Asked = null)
{
    /// <summary>Nothing: what was said is forgotten.</summary>
    public static readonly TrayMessage Forgotten = new("", "", null, null, "", null);

    /// <summary>One name was asked for; whoever typed two gave a family name too, and walls look for both.</summary>
    public static TrayMessage Of(Asked asked)
    {
        var names = asked.Called.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var condition = string.Join(" / ", new[] { asked.Hours, asked.MayBeSaid, asked.CodeWord }.Where(said => said is not null));
        return new(names is [_, var family] ? family : "", names[0], asked.Way is Way.Sms or Way.Call ? asked.Reach : null, condition.Length == 0 ? null : condition, asked.More ?? "", null, Asked: asked);
    }

    public string Name => new Particulars(FamilyName, GivenName).FullName;
    public string Initials => new Particulars(FamilyName, GivenName).Initials;

    /// <summary>Who asks, as walls know people.</summary>
    public Particulars Who => new(FamilyName, GivenName, Phone);
}

/// <summary>An officer who asks the service to reach somebody. Not somebody helped: their number is a colleague's.</summary>
internal sealed record TrayOfficer(string Unit, string Name, string Phone);

/// <summary>A message for the service: somebody asks for help, and is no dossier yet. It has a data key of its own, so that it can be forgotten on its own.</summary>
internal sealed class TrayEntry : IHoldSealed, IFallDue
{
    /// <summary>An urgent message that waits longer is told to the coordinators.</summary>
    private static readonly TimeSpan UrgentWithin = TimeSpan.FromHours(4);

    public Guid Id { get; private set; }

    /// <summary>Whoever wrote it down; <see cref="Guid.Empty"/>: an officer, by the zone's link, or the person on the public page.</summary>
    public Guid PutBy { get; private set; }

    /// <summary>The link it came by.</summary>
    public Guid? ByLink { get; private set; }

    /// <summary>The person asks for themselves, on the public page; they can ask after it and take it back.</summary>
    public bool FromPublic { get; private set; }

    /// <summary>They asked on the public page and named no way to reach them: nobody does, and they come when they will.</summary>
    public bool ComesForward => FromPublic && NudgeAt is null;

    /// <summary>How long somebody who comes forward themselves is waited for before a colleague looks again.</summary>
    public static readonly TimeSpan WaitedFor = TimeSpan.FromDays(14);
    public DateTimeOffset PutAt { get; private set; }
    public Urgency Urgency { get; private set; }
    public string Language { get; private set; } = "";
    public Rule MayCall { get; private set; }
    public Sealed<TrayMessage> Message { get; private set; } = null!;

    /// <summary>The colleague it was put to; null: anybody's.</summary>
    public Guid? For { get; private set; }
    public TrayState State { get; private set; }
    public DateTimeOffset? Closed { get; private set; }
    public Guid? ClosedBy { get; private set; }

    /// <summary>What it became. Whoever may not know of the dossier may not know that.</summary>
    public Guid? Dossier { get; private set; }

    /// <summary>Why it was declined.</summary>
    public Sealed<string>? Reason { get; private set; }

    /// <summary>The same as a code, for a request from the public page.</summary>
    public DeclineCause? Cause { get; private set; }

    /// <summary>When colleagues are reminded of a request from the public page, half way to the zone's promise; a whole minute. null: nobody is to be answered, they come forward themselves.</summary>
    public DateTimeOffset? NudgeAt { get; private set; }

    /// <summary>What was said is forgotten; the key and the row go next.</summary>
    public DateTimeOffset? Gone { get; private set; }

    /// <summary>When the coordinators are told that it still waits; a whole minute.</summary>
    public DateTimeOffset RemindAt { get; private set; }
    public DateTimeOffset? Reminded { get; private set; }

    /// <summary>Rises with every change: of two who take it at once, one finds it taken.</summary>
    public int Version { get; private set; }
    public Guid KeyOwner => Id;

    /// <summary>What whoever sent it was given, to be named on the telephone: says nothing by itself.</summary>
    public string Reference => PublicDesk.Contracts.Reference.Of(Id);
    public DateTimeOffset? Due => Gone ?? (State == TrayState.Waiting && Reminded is null ? NudgeAt ?? RemindAt : null);

    /// <param name="within">The zone's delay for a first contact.</param>
    /// <param name="link">The link it comes by, where nobody of the zone wrote it down.</param>
    public static TrayEntry Put(TrayMessage message, Rule mayCall, string language, Urgency urgency, Guid by, TimeSpan within, DateTimeOffset now, Guid? link = null)
    {
        return new()
        {
            Id = Guid.CreateVersion7(now), Message = message, MayCall = mayCall, Language = language, Urgency = urgency, PutBy = by, ByLink = link, PutAt = now, State = TrayState.Waiting,
            RemindAt = Minute(now + Wait(urgency, within)),
        };
    }

    /// <summary>Somebody asks on the public page. It is urgent where they say so themselves. They named one way: a call is as safe as they said where that is the way, and else it is not to be.</summary>
    /// <param name="request">Its id, under whose key it is sealed.</param>
    /// <param name="within">The zone's promise.</param>
    public static TrayEntry Ask(Guid request, Asked asked, TimeSpan within, DateTimeOffset now)
    {
        var urgency = asked.Presses ? Urgency.Urgent : Urgency.Ordinary;
        var wait = Wait(urgency, within);
        return new()
        {
            Id = request, Message = TrayMessage.Of(asked), MayCall = asked.RuleOf(Way.Call), Language = asked.Language, Urgency = urgency, PutBy = Guid.Empty, FromPublic = true, PutAt = now, State = TrayState.Waiting,
            NudgeAt = asked.Way == Way.Self ? null : Minute(now + (wait / 2)), RemindAt = Minute(now + wait),
        };
    }

    private static TimeSpan Wait(Urgency urgency, TimeSpan within) => urgency == Urgency.Urgent && UrgentWithin < within ? UrgentWithin : within;
    private static DateTimeOffset Minute(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);

    public void PutTo(Guid? colleague)
    {
        For = colleague;
        Version++;
    }

    public void Becomes(Guid dossier, Guid by, DateTimeOffset now)
    {
        Dossier = dossier;
        Close(TrayState.Taken, by, now);
    }

    public void Decline(string reason, DeclineCause? cause, Guid by, DateTimeOffset now)
    {
        (Reason, Cause) = (reason.Length == 0 ? null : (Sealed<string>)reason, cause);
        Close(TrayState.Declined, by, now);
    }

    /// <summary>Somebody spoke with the person, and nothing more is asked for.</summary>
    public void Contacted(Guid by, DateTimeOffset now) => Close(TrayState.Contacted, by, now);

    /// <summary>Nothing of what was said is left; what the message became stays what it is.</summary>
    public void Forget(DateTimeOffset now)
    {
        (Message, Reason, Gone) = (TrayMessage.Forgotten, null, now);
        Version++;
    }

    public OutboxMessage Remind(DateTimeOffset now)
    {
        Reminded = now;
        Version++;
        return OutboxMessage.New($"tray-waits {Id}", TrayWaitsMail.KindName, Id, null, now);
    }

    private void Close(TrayState state, Guid by, DateTimeOffset now)
    {
        (State, ClosedBy, Closed) = State == TrayState.Waiting ? (state, by, now) : throw new RefusedException("closed", Id);
        Version++;
    }

    internal sealed class Mapping : IZoneMapping<TrayEntry>
    {
        public void Configure(EntityTypeBuilder<TrayEntry> b)
        {
            b.ToTable("tray_entry");
            b.Property(e => e.Id).ValueGeneratedNever();
            b.Property(e => e.Language).HasMaxLength(10);
            b.Sealed(e => e.Message, "tray_entry.message");
            b.Sealed(e => e.Reason, "tray_entry.reason");
            b.Property(e => e.Version).IsConcurrencyToken();
            b.HasIndex(e => new { e.State, e.Urgency, e.PutAt });
            b.HasIndex(e => new { e.PutBy, e.PutAt });
            b.HasIndex(e => e.Gone);
            b.Ignore(e => e.KeyOwner);
            b.Ignore(e => e.Reference);
            b.Ignore(e => e.ComesForward);
            b.Ignore(e => e.Due);
        }
    }
}

internal static class There
{
    /// <summary>The messages that are there for this account: none of somebody from whom it is walled off.</summary>
    public static IQueryable<TrayEntry> Messages(ZoneDbContext zone, Guid self) => zone.Set<TrayEntry>().Where(e => e.Gone == null && !zone.Set<WalledOff>().Any(w => w.Account == self && w.DossierId == e.Id));

    /// <summary>Is this message there for this account? Compiled: the dossier's page asks it.</summary>
    public static readonly Compiled<Guid, Guid, Guid> One = Compiled.Query((ZoneDbContext z, Guid entry, Guid self) => z.Set<TrayEntry>().Where(e => e.Id == entry && e.Gone == null && !z.Set<WalledOff>().Any(w => w.Account == self && w.DossierId == e.Id)).Select(e => e.Id));
}

internal enum Urgency { Ordinary = 1, Urgent = 2 }

internal enum TrayState { Waiting = 1, Taken = 2, Declined = 3, Contacted = 4 }

/// <summary>Why a request from the public page became nothing here. Whoever sent it reads only that they should choose another way.</summary>
internal enum DeclineCause { NotForUs = 1, OtherZone = 2, SentTwice = 3, NoSafeWay = 4, NotMeant = 5, Other = 9 }

internal static class AskedRules
{
    /// <summary>How safe a way is of which somebody named one alone: the form says that no other is used.</summary>
    public static Rule RuleOf(this Asked asked, Way way) => asked.Way != way ? Rule.Never : asked.OnlyIf ? Rule.OnlyIf : Rule.Safe;
}
