using System.Collections.Immutable;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Tray;
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Casework.People;

/// <summary>How an act goes out, where it may.</summary>
internal enum Passage
{
    /// <summary>Not at all, not even offered.</summary>
    Closed,

    /// <summary>Attended, after the neutral script: name only, hidden number, no voicemail.</summary>
    AttendedAfterScript,

    /// <summary>Unasked, in a neutral envelope: a first letter, and nothing else.</summary>
    FirstLetter,

    /// <summary>Attended, keeping to what was agreed.</summary>
    AsAgreed,

    /// <summary>Free, unattended messages included.</summary>
    Open,
}

/// <summary>What wants to go out.</summary>
/// <param name="Unattended">No colleague is there who could keep to a condition: a job, or a batch.</param>
/// <param name="First">A first letter, which may go before anybody was asked where the zone says so.</param>
/// <param name="Read">Whoever sends it had the rule or the script before their eyes.</param>
/// <param name="Through">Who is called for the person; null: the person.</param>
/// <param name="At">When it reaches them, where that was agreed; null: now.</param>
/// <param name="Letter">The letter it is, where one is prepared already.</param>
internal sealed record Outgoing(Channel Channel, bool Unattended = false, bool First = false, bool Read = false, Guid? Through = null, DateTimeOffset? At = null, Guid? Letter = null);

/// <summary>Who is called for somebody, and what was decided on it.</summary>
/// <param name="Safe">Their own rules.</param>
/// <param name="IsAuthor">By name or telephone they are the alleged perpetrator, whoever the row says they are.</param>
/// <param name="ClosedElsewhere">In another dossier they said that they are never to be called.</param>
/// <param name="NamesAuthor">What was agreed with them names somebody who is the alleged perpetrator by now.</param>
internal sealed record Stead(Standing Standing, Person Who, SafeContact Safe, bool IsAuthor = false, bool ClosedElsewhere = false, bool NamesAuthor = false)
{
    /// <summary>What holds of their telephone.</summary>
    public Rule Call => ClosedElsewhere ? Rule.Never : NamesAuthor && Safe.Call != Rule.Never ? Rule.NotAsked : Safe.Call;

    /// <summary>What to keep to: their own agreement, and what was decided that they may be told.</summary>
    public SafeDetails Agreed => Safe.Details.Value is var said && NamesAuthor ? Told(said with { WhoMayAnswer = null, ThirdPerson = null }) : Told(said);

    private SafeDetails Told(SafeDetails said) => said with { WhatMayBeSaid = Standing.Words.Value.What ?? said.WhatMayBeSaid };
}

/// <summary>Channels closed by a never that does not stand in the person's own row, and that nothing they said since opens.</summary>
/// <param name="Theirs">The same person said it, in another dossier or in a second row of this one.</param>
/// <param name="AtTheNumber">Somebody else said it, at whose telephone it would ring. Who and where, nobody is told.</param>
internal sealed record ClosedChannels(IReadOnlySet<Channel> Theirs, IReadOnlySet<Channel> AtTheNumber)
{
    public static readonly ClosedChannels Nothing = new(ImmutableHashSet<Channel>.Empty, ImmutableHashSet<Channel>.Empty);
    public bool IsNothing => Theirs.Count + AtTheNumber.Count == 0;
    public bool Contains(Channel channel) => Theirs.Contains(channel) || AtTheNumber.Contains(channel);

    /// <summary>The rule that holds of a channel.</summary>
    /// <param name="own">As they were asked.</param>
    /// <param name="namesAuthor">What was agreed then names somebody whom they accuse.</param>
    public Rule Of(Channel channel, SafeContact own, bool namesAuthor) => Contains(channel) ? Rule.Never : own.Of(channel) is var rule && namesAuthor && rule != Rule.Never ? Rule.NotAsked : rule;

    /// <summary>The same in words: a never of somebody else is not told as theirs.</summary>
    public string Says(Channel channel, SafeContact own, bool namesAuthor) =>
        Words.ChannelRule(Words.Of(channel), !Contains(channel) || Theirs.Contains(channel) || own.Of(channel) == Rule.Never ? Words.Of(Of(channel, own, namesAuthor)) : Words.NotAtThisNumber);
}

/// <summary>Whom it would reach, and all that decides on it.</summary>
/// <param name="FirstLetterFor">Sub-kinds for which the zone lets a first letter out.</param>
/// <param name="Elsewhere">In another dossier the same person suffered what no letter may follow unasked.</param>
/// <param name="Stead">Through whom it goes, where somebody else is asked for.</param>
/// <param name="NamesAuthor">What was agreed names, as who may answer or is asked, somebody who is the alleged perpetrator by now: it was agreed when nobody knew, and holds as if nobody had been asked.</param>
internal sealed record Addressee(Person Person, SafeContact Safe, Dossier Dossier, IReadOnlySet<string> FirstLetterFor, bool Elsewhere = false, Stead? Stead = null, bool NamesAuthor = false)
{
    public ClosedChannels ClosedElsewhere { get; init; } = ClosedChannels.Nothing;

    /// <summary>The alleged perpetrators in this dossier: nothing written goes to a number or a mailbox of theirs, whoever it is meant for. Empty also where nobody looked.</summary>
    public IReadOnlyList<Particulars> Authors { get; init; } = [];

    /// <summary>A letter went, or waits to go, to them unasked: there is no second.</summary>
    public bool Written { get; init; }

    /// <summary>What holds of a channel.</summary>
    public Rule Of(Channel channel) => ClosedElsewhere.Of(channel, Safe, NamesAuthor);

    /// <summary>What to keep to.</summary>
    public SafeDetails Agreed => NamesAuthor ? Safe.Details.Value with { WhoMayAnswer = null, ThirdPerson = null } : Safe.Details.Value;

    /// <summary>May a letter go unasked? What is listed counts for the main facts; what is never sent unasked counts wherever it stands. Where somebody is accused it was no stranger, but on the road; and never to a house in which they live too.</summary>
    public bool MayGetFirstLetter(DateTimeOffset now) => !Elsewhere && !Written && !Person.IsMinorAt(now) && FirstLetterFor.Contains(Dossier.SubKind) && !Dossier.Danger.HasFlag(Danger.AtHome) && !Dossier.Danger.HasFlag(Danger.AddressSecret)
        && !Dossier.Additional.Append(Dossier.SubKind).Any(SubKinds.NeverUnasked) && (Authors.Count == 0 || Dossier.Kind == KindOfEvent.RoadAccident) && !Clearance.IsAlsoOf(Person.Identity.Value, Agreed, Channel.Letter, Authors);
}

/// <summary>Leave to reach this person by this channel, now. Only the gate (<see cref="Ask(Addressee, Outgoing, DateTimeOffset)"/>) gives one, and whatever goes out must be handed one: it alone knows where to.</summary>
internal sealed class Clearance
{
    private Clearance(Guid person, Guid? dossier, Channel channel, Passage passage, string to, string name, SafeDetails agreed) =>
        (Person, Dossier, Channel, Passage, To, Name, Agreed) = (person, dossier, channel, passage, to, name, agreed);

    /// <summary>The person, or the message in the tray.</summary>
    public Guid Person { get; }

    /// <summary>null: a message in the tray, which is no dossier yet.</summary>
    public Guid? Dossier { get; }
    public Channel Channel { get; }
    public Passage Passage { get; }

    /// <summary>The number in international form, the e-mail address, or the postal address.</summary>
    public string To { get; }
    public string Name { get; }

    /// <summary>What to keep to.</summary>
    public SafeDetails Agreed { get; }

    // Somebody's number would stand in the log.
    public override string ToString() => "•••";

    /// <summary>The gate.</summary>
    /// <returns>Leave, or what stands in the way.</returns>
    public static (Clearance? Leave, Bar Bar) Ask(Addressee whom, Outgoing what, DateTimeOffset now)
    {
        var (passage, bar) = Look(whom, what, now);
        if (bar == Bar.None && !what.Unattended && !what.Read) bar = Bar.Unread;
        if (bar != Bar.None) return (null, bar);
        var (person, identity) = (whom.Person, whom.Person.Identity.Value);
        if (what.Through is not null && whom.Stead is { } stead)
        {
            var other = stead.Who.Identity.Value;
            return (new Clearance(person.Id, person.DossierId, what.Channel, passage, Destination(other, stead.Safe.Details.Value, what.Channel)!, other.FullName, stead.Agreed), bar);
        }
        return (new Clearance(person.Id, person.DossierId, what.Channel, passage, Destination(identity, whom.Safe.Details.Value, what.Channel)!, identity.FullName, whom.Agreed), bar);
    }

    /// <summary>The gate for a message in the tray: only the number is known, and what was said of it.</summary>
    /// <param name="never">They said in a dossier that they are never to be called; it holds until they are asked anew, in a dossier.</param>
    public static (Clearance? Leave, Bar Bar) Ask(TrayEntry entry, bool never)
    {
        var message = entry.Message.Value;
        var (passage, bar) = Look(entry);
        if (bar == Bar.None && never) bar = Bar.Never;
        if (bar != Bar.None) return (null, bar);
        return (new Clearance(entry.Id, null, Channel.Call, passage, Number(message.Phone!), message.Name, new SafeDetails(WhatMayBeSaid: message.Condition)), bar);
    }

    /// <summary>What the gate would say to whoever has read the rule; gives no leave.</summary>
    public static (Passage Passage, Bar Bar) Look(Addressee whom, Outgoing what, DateTimeOffset now)
    {
        var (passage, bar) = Rules(whom, what, now);
        if (bar == Bar.None)
        {
            var to = Destination((what.Through is null ? whom.Person : whom.Stead!.Who).Identity.Value, (what.Through is null ? whom.Safe : whom.Stead!.Safe).Details.Value, what.Channel);
            bar = to is null || (what.Channel == Channel.Sms && PhoneNumber.IsLandline(to)) ? Bar.Nowhere : LeadsTo(to, what.Channel, whom.Authors) ? Bar.Conflict : Bar.None;
        }
        return (bar == Bar.None ? passage : Passage.Closed, bar);
    }

    /// <summary>Is the number, the mailbox or the house that this channel leads to also that of one of these?</summary>
    public static bool IsAlsoOf(Particulars who, SafeDetails agreed, Channel channel, IReadOnlyList<Particulars> some) => Destination(who, agreed, channel)?.Trim() is { Length: > 0 } to && some.Any(s => Destination(s, null, channel)?.Trim() is { Length: > 0 } theirs
        && (string.Equals(to, theirs, StringComparison.OrdinalIgnoreCase) || (channel is Channel.Letter or Channel.Visit && Address.House(to) is { } house && house == Address.House(theirs))));

    /// <summary>Has somebody a second number, to which an SMS goes and nothing else?</summary>
    public static bool HasSecondNumber(Particulars who, SafeDetails agreed) => Destination(who, agreed, Channel.Sms) != Destination(who, null, Channel.Sms);

    /// <summary>Do their SMS go to a second number that is somebody else's telephone?</summary>
    public static bool GoesToTelephoneOf(Particulars who, SafeDetails agreed, Particulars other) => HasSecondNumber(who, agreed) && Destination(who, agreed, Channel.Sms) == Destination(other, null, Channel.Call);

    private static bool LeadsTo(string to, Channel channel, IReadOnlyList<Particulars> authors) =>
        channel is Channel.Sms or Channel.Mail && authors.Any(a => string.Equals(Destination(a, null, channel)?.Trim(), to.Trim(), StringComparison.OrdinalIgnoreCase));

    /// <summary>The same for a message in the tray.</summary>
    public static (Passage Passage, Bar Bar) Look(TrayEntry entry) => entry.Message.Value.Phone is not { Length: > 0 } ? (Passage.Closed, Bar.Nowhere) : entry.MayCall switch
    {
        Rule.Never => (Passage.Closed, Bar.Never),
        Rule.NotAsked => (Passage.AttendedAfterScript, Bar.None),
        Rule.OnlyIf => (Passage.AsAgreed, Bar.None),
        // An officer called it safe, perhaps with the partner in the room.
        _ => (entry.Message.Value.Officer is null ? Passage.Open : Passage.AttendedAfterScript, Bar.None),
    };

    private static (Passage Passage, Bar Bar) Rules(Addressee whom, Outgoing what, DateTimeOffset now)
    {
        var (person, safe, rule) = (whom.Person, whom.Safe, whom.Of(what.Channel));
        if (!person.IsHelped) return (Passage.Closed, Bar.Mentioned);
        if (what.Through is { } through) return Through(whom, what, through, now);
        if (rule == Rule.Never) return (Passage.Closed, Bar.Never);
        if (rule == Rule.NotAsked) return NotAsked(whom, what, now);
        if (what.Channel == Channel.Letter && person.IsMinorAt(now) && safe.LettersHome == Decider.Nobody) return (Passage.Closed, Bar.Minor);
        if (rule == Rule.OnlyIf && what.Unattended) return (Passage.Closed, Bar.OnlyIf);
        // Words on hours, and on what may be said, are for people to keep; a letter is put in its envelope by one.
        if (what is { Unattended: true, Channel: not Channel.Letter } && (Said(safe.Details.Value.Hours) ?? Said(safe.Details.Value.WhatMayBeSaid)) is not null) return (Passage.Closed, Bar.OnlyIf);
        // A letter is prepared and printed by somebody who is told to ask; a job sees nobody.
        if (what is { Unattended: true, Channel: not Channel.Letter } && safe.MustBeAskedAgain(now)) return (Passage.Closed, Bar.Outdated);
        // A letter lies until somebody opens it; everything else is noticed when it comes.
        if (what.Channel != Channel.Letter && !safe.Details.Value.IsTime(what.At ?? now)) return (Passage.Closed, Bar.Hours);
        // Called safe by an officer or a hospital, in writing, or before two rows became one: whoever dials asks first.
        if (rule == Rule.Safe && safe.Checked is null && what.Channel is Channel.Call or Channel.Visit) return (Passage.AttendedAfterScript, Bar.None);
        return (rule == Rule.OnlyIf ? Passage.AsAgreed : Passage.Open, Bar.None);
    }

    // For a minor, by a decision with a reason: somebody calls, and keeps to what may be told. What the minor said of their own telephone is of that telephone; what the other said of theirs holds here.
    private static (Passage Passage, Bar Bar) Through(Addressee whom, Outgoing what, Guid through, DateTimeOffset now)
    {
        if (whom.Stead is not { } stead || stead.Who.Id != through || stead.Standing.WhoId != through || stead.Standing.PersonId != whom.Person.Id || !whom.Person.IsMinorAt(now)) return (Passage.Closed, Bar.Undecided);
        if (stead.IsAuthor || stead.Standing.Conflict || stead.Who.Capacity is Capacity.AllegedAuthor or Capacity.Deceased) return (Passage.Closed, Bar.Conflict);
        if (stead.Standing.Reached == Authority.Nobody) return (Passage.Closed, Bar.Undecided);
        if (what.Channel != Channel.Call || what.Unattended) return (Passage.Closed, Bar.Undecided);
        if (stead.Call == Rule.Never) return (Passage.Closed, Bar.Never);
        if (!stead.Safe.Details.Value.IsTime(now)) return (Passage.Closed, Bar.Hours);
        return (Passage.AsAgreed, Bar.None);
    }

    private static (Passage Passage, Bar Bar) NotAsked(Addressee whom, Outgoing what, DateTimeOffset now) => what switch
    {
        // Hours were said of the life at home, not of the number or the address: they hold though nobody has called the new one safe yet.
        { Channel: Channel.Call or Channel.Visit, Unattended: false } when !whom.Safe.Details.Value.IsTime(what.At ?? now) => (Passage.Closed, Bar.Hours),
        // Who brings the news of a death cannot ask before; what is not known stands before the eyes of whoever goes.
        { Channel: Channel.Call or Channel.Visit, Unattended: false } => (Passage.AttendedAfterScript, Bar.None),
        { Channel: Channel.Letter, First: true } => whom.MayGetFirstLetter(now) ? (Passage.FirstLetter, Bar.None) : (Passage.Closed, Bar.FirstLetter),
        _ => (Passage.Closed, Bar.NotAsked),
    };

    private static string? Destination(Particulars identity, SafeDetails? agreed, Channel channel) => channel switch
    {
        Channel.Sms when agreed?.SmsNumber is { Length: > 0 } second => Number(second),
        Channel.Call or Channel.Sms => identity.Phone is { Length: > 0 } phone ? Number(phone) : null,
        Channel.Mail => Said(identity.Mail),
        Channel.Visit => Said(identity.Address) ?? "", // whoever goes was told the way; it need not be written down
        _ => Said(identity.Address),
    };

    /// <summary>The letter box, to compare with others; no letter goes there by it.</summary>
    public static string? DoorOf(Particulars identity) => Destination(identity, null, Channel.Letter);

    private static string Number(string phone) => PhoneNumber.ToE164(phone) ?? phone;
    private static string? Said(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
