using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.Codes;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.People;

/// <summary>The words behind the rules: read before anybody dials.</summary>
/// <param name="From">The hours, where the gate can keep to them by itself: from and until on a Belgian clock.</param>
/// <param name="Weekdays">Not on Saturdays and Sundays.</param>
/// <param name="SmsNumber">Where an SMS goes, and nothing else, where that is not the telephone; null: to the telephone.</param>
/// <param name="MinorReason">Why the minor or the coordinator decided that letters come home.</param>
internal sealed record SafeDetails(string? Hours = null, string? WhoMayAnswer = null, string? WhatMayBeSaid = null, string? CodeWord = null, string? ThirdPerson = null, TimeOnly? From = null, TimeOnly? Until = null, bool Weekdays = false, string? MinorReason = null, string? SmsNumber = null)
{
    /// <summary>Is this within the hours? A span may go over midnight.</summary>
    public bool IsTime(DateTimeOffset now)
    {
        var local = Moment.Local(now);
        if (Weekdays && local.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) return false;
        if (From is not { } from || Until is not { } until || from == until) return true;
        var clock = TimeOnly.FromDateTime(local);
        return from < until ? clock >= from && clock < until : clock >= from || clock < until;
    }

    /// <summary>Does it name one of these as who may answer, or as whom to ask?</summary>
    public bool Names(IEnumerable<Particulars> some) => NamesSomebody && some.ToList() is var them && (Authors.Named(them, WhoMayAnswer) || Authors.Named(them, ThirdPerson));

    internal bool NamesSomebody => !string.IsNullOrWhiteSpace(WhoMayAnswer) || !string.IsNullOrWhiteSpace(ThirdPerson);
}

/// <summary>How one person may be reached, channel by channel. Not asked is the default and lets nothing go out unattended; never is final until the person changes it.</summary>
internal sealed class SafeContact : IHoldSealed, IOfDossier
{
    /// <summary>So long holds what was agreed; then it is to be asked again.</summary>
    public static readonly TimeSpan GoodFor = TimeSpan.FromDays(14);

    /// <summary>The person's id.</summary>
    public Guid Id { get; private set; }
    public Guid DossierId { get; private set; }
    public Rule Call { get; set; }
    public Rule Sms { get; set; }
    public Rule Mail { get; set; }
    public Rule Letter { get; set; }
    public Rule Visit { get; set; }

    /// <summary>How many channels are closed for good; stored, so that the few who closed one are found without looking at everybody.</summary>
    public int Nevers
    {
        get => Enum.GetValues<Channel>().Count(c => Of(c) == Rule.Never);
        private set { }
    }

    public Sealed<SafeDetails> Details { get; set; } = new SafeDetails();

    /// <summary>null: nobody has asked yet.</summary>
    public DateTimeOffset? Checked { get; private set; }
    public Guid? CheckedBy { get; private set; }

    /// <summary>Rises when a rule changes; whoever acts over an older one is told to read again.</summary>
    public int Revision { get; private set; }

    /// <summary>When an event of partner or family violence became known last.</summary>
    public DateTimeOffset? ViolenceAt { get; private set; }

    /// <summary>Who decided that a minor gets letters at home. Nobody: none comes.</summary>
    public Decider LettersHome { get; private set; }
    public Guid KeyOwner => Id;

    public static SafeContact For(Person person) => new() { Id = person.Id, DossierId = person.DossierId };

    public Rule Of(Channel channel) => channel switch { Channel.Call => Call, Channel.Sms => Sms, Channel.Mail => Mail, Channel.Letter => Letter, _ => Visit };

    /// <summary>Do SMS go to a number of their own? To say so; which one it is the gate alone tells.</summary>
    public static bool SmsGoElsewhere(SafeDetails agreed) => agreed.SmsNumber is { Length: > 0 };

    /// <summary>Agreed with the person, now.</summary>
    public void Agree(Rule call, Rule sms, Rule mail, Rule letter, Rule visit, SafeDetails details, Guid by, DateTimeOffset now)
    {
        if ((Call, Sms, Mail, Letter, Visit, Details.Value) != (call, sms, mail, letter, visit, details)) Revision++;
        (Call, Sms, Mail, Letter, Visit, Details) = (call, sms, mail, letter, visit, details);
        StillGood(by, now);
    }

    /// <summary>What somebody wrote of themselves, and nobody has asked them yet. It holds, but nothing goes out unattended on it: what they called simply safe waits to be confirmed, and all of it is to be asked.</summary>
    public void Wrote(Rule call, Rule sms, Rule mail, Rule letter, Rule visit, SafeDetails details)
    {
        Agree(call, sms, mail, letter, visit, details, default, default);
        foreach (var channel in (Channel[])[Channel.Sms, Channel.Mail, Channel.Letter]) if (Of(channel) == Rule.Safe) Only(channel);
        (Checked, CheckedBy) = (null, null);
    }

    /// <summary>The minor or the coordinator decided; why stands in the details.</summary>
    public void Decide(Decider lettersHome)
    {
        if (LettersHome != lettersHome) Revision++;
        LettersHome = lettersHome;
    }

    /// <summary>Who stands for the person, and is told or reached for them, changed: whoever read it before reads again.</summary>
    public void StandingChanged() => Revision++;

    /// <summary>All that holds now.</summary>
    public RulesAsTheyStood Now() => new(Call, Sms, Mail, Letter, Visit, Details.Value, LettersHome, Checked, CheckedBy, ViolenceAt, Revision);

    /// <summary>Puts back what held before a merge; the revision goes on rising, so that nobody acts over what stood between.</summary>
    public void PutBack(RulesAsTheyStood was)
    {
        (Call, Sms, Mail, Letter, Visit, Details, LettersHome) = (was.Call, was.Sms, was.Mail, was.Letter, was.Visit, was.Details, was.LettersHome);
        (Checked, CheckedBy, ViolenceAt, Revision) = (was.Checked, was.CheckedBy, was.ViolenceAt, Math.Max(Revision, was.Revision) + 1);
    }

    /// <summary>Two rows of one person become one: of each channel the stricter rule, of the hours what both allow, the words of both. It is to be asked again.</summary>
    public void Join(RulesAsTheyStood other)
    {
        var (mine, theirs) = (Details.Value, other.Details);
        (Call, Sms, Mail, Letter, Visit) = (Stricter(Channel.Call, Call, other.Call), Stricter(Channel.Sms, Sms, other.Sms), Stricter(Channel.Mail, Mail, other.Mail), Stricter(Channel.Letter, Letter, other.Letter), Stricter(Channel.Visit, Visit, other.Visit));
        var (from, until, clash) = Overlap(mine, theirs);
        Details = new SafeDetails(Both(Both(mine.Hours, theirs.Hours), clash), Both(mine.WhoMayAnswer, theirs.WhoMayAnswer), Both(mine.WhatMayBeSaid, theirs.WhatMayBeSaid), Both(mine.CodeWord, theirs.CodeWord), Both(mine.ThirdPerson, theirs.ThirdPerson), from, until, mine.Weekdays || theirs.Weekdays, Both(mine.MinorReason, theirs.MinorReason), mine.SmsNumber ?? theirs.SmsNumber);
        // Which of two numbers an SMS is safe on is for the person to say.
        if (mine.SmsNumber != theirs.SmsNumber && Sms is Rule.Safe or Rule.OnlyIf) Forget(Channel.Sms);
        // Hours that never meet, or go over midnight, are for people to read: then nothing is simply safe.
        if (clash is not null) foreach (var channel in Enum.GetValues<Channel>()) if (Of(channel) == Rule.Safe) Only(channel);
        if (LettersHome == Decider.Nobody || other.LettersHome == Decider.Nobody) LettersHome = Decider.Nobody;
        if (ViolenceAt is null || other.ViolenceAt > ViolenceAt) ViolenceAt = other.ViolenceAt;
        (Checked, CheckedBy) = (null, null);
        Revision++;
    }

    /// <summary>Of two rules for one channel the one that lets less through. Not asked lets a call through after the script, and a first letter; a condition does not.</summary>
    public static Rule Stricter(Channel channel, Rule one, Rule other)
    {
        return Weight(one) >= Weight(other) ? one : other;

        int Weight(Rule rule) => rule switch { Rule.Never => 4, Rule.OnlyIf => channel is Channel.Call or Channel.Letter ? 3 : 2, Rule.NotAsked => channel is Channel.Call or Channel.Letter ? 2 : 3, _ => 1 };
    }

    /// <summary>Does a rule forbid to say that this person is known here, whoever asks?</summary>
    public bool MustNotBeConfirmed(bool minor, bool danger) => minor || danger || Enum.GetValues<Channel>().Any(c => Of(c) is Rule.Never or Rule.OnlyIf);

    /// <summary>By when what was agreed is to be asked again; null: now.</summary>
    public DateTimeOffset? ReviewBy => ReviewOf(Checked, ViolenceAt);

    public static DateTimeOffset? ReviewOf(DateTimeOffset? asked, DateTimeOffset? violence) => asked is { } at && !(violence >= at) ? at + GoodFor : null;

    private static (TimeOnly? From, TimeOnly? Until, string? Clash) Overlap(SafeDetails one, SafeDetails other)
    {
        if (one.From is not { } from || one.Until is not { } until) return (other.From, other.Until, null);
        if (other.From is not { } otherFrom || other.Until is not { } otherUntil || (from, until) == (otherFrom, otherUntil)) return (from, until, null);
        var (first, last) = (from > otherFrom ? from : otherFrom, until < otherUntil ? until : otherUntil);
        return from < until && otherFrom < otherUntil && first < last ? (first, last, null)
            : (null, null, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{from:HH:mm}–{until:HH:mm} / {otherFrom:HH:mm}–{otherUntil:HH:mm}"));
    }

    private static string? Both(string? one, string? other) => string.IsNullOrWhiteSpace(one) || one == other ? other : string.IsNullOrWhiteSpace(other) ? one : $"{one} / {other}";

    private void Only(Channel channel)
    {
        switch (channel)
        {
            case Channel.Call: Call = Rule.OnlyIf; break;
            case Channel.Sms: Sms = Rule.OnlyIf; break;
            case Channel.Mail: Mail = Rule.OnlyIf; break;
            case Channel.Letter: Letter = Rule.OnlyIf; break;
            case Channel.Visit: Visit = Rule.OnlyIf; break;
        }
    }

    /// <summary>What a channel leads to was replaced (another number, another address). Nobody has called the new one safe yet; a never, or a condition, stays until it is asked again, and the hours hold.</summary>
    public void Moved(params ReadOnlySpan<Channel> channels)
    {
        foreach (var channel in channels)
        {
            if (Of(channel) is not (Rule.Safe or Rule.OnlyIf)) continue;
            Revision++;
            if (Of(channel) == Rule.Safe) Forget(channel);
            (Checked, CheckedBy) = (null, null);
        }
    }

    private void Forget(Channel channel)
    {
        switch (channel)
        {
            case Channel.Call: Call = Rule.NotAsked; break;
            case Channel.Sms: Sms = Rule.NotAsked; break;
            case Channel.Mail: Mail = Rule.NotAsked; break;
            case Channel.Letter: Letter = Rule.NotAsked; break;
            case Channel.Visit: Visit = Rule.NotAsked; break;
        }
    }

    public void StillGood(Guid by, DateTimeOffset now) => (Checked, CheckedBy) = (now, by);

    /// <summary>Safe changes: after a fortnight, or after an event of partner or family violence, it must be asked again.</summary>
    public bool MustBeAskedAgain(DateTimeOffset now) => MustBeAskedAgain(Checked, ViolenceAt, now);

    public static bool MustBeAskedAgain(DateTimeOffset? asked, DateTimeOffset? violence, DateTimeOffset now) => asked is not { } at || now - at > GoodFor || violence >= at;

    internal sealed class Mapping : IZoneMapping<SafeContact>
    {
        public void Configure(EntityTypeBuilder<SafeContact> b)
        {
            b.ToTable("safe_contact");
            b.Property(s => s.Id).ValueGeneratedNever();
            b.Sealed(s => s.Details, "safe_contact.details");
            b.Property(s => s.Nevers).UsePropertyAccessMode(PropertyAccessMode.Property);
            b.HasIndex(s => s.DossierId);
            b.HasIndex(s => s.Nevers);
            b.Ignore(s => s.KeyOwner);
            b.Ignore(s => s.ReviewBy);
        }
    }
}
