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
/// <param name="MinorReason">Why the minor or the coordinator decided that letters come home, or that the representative is told.</param>
internal sealed record SafeDetails(string? Hours = null, string? WhoMayAnswer = null, string? WhatMayBeSaid = null, string? CodeWord = null, string? ThirdPerson = null, TimeOnly? From = null, TimeOnly? Until = null, bool Weekdays = false, string? MinorReason = null)
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
}

/// <summary>How one person may be reached, channel by channel. Not asked is the default and lets nothing go out unattended; never is final until the person changes it.</summary>
internal sealed class SafeContact : IHoldSealed, IOfDossier
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromDays(14);

    /// <summary>The person's id.</summary>
    public Guid Id { get; private set; }
    public Guid DossierId { get; private set; }
    public Rule Call { get; set; }
    public Rule Sms { get; set; }
    public Rule Mail { get; set; }
    public Rule Letter { get; set; }
    public Rule Visit { get; set; }
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

    /// <summary>Who decided that a minor's representative is told. Nobody: the representative is not.</summary>
    public Decider RepresentativeTold { get; private set; }
    public Guid KeyOwner => Id;

    public static SafeContact For(Person person) => new() { Id = person.Id, DossierId = person.DossierId };

    public Rule Of(Channel channel) => channel switch { Channel.Call => Call, Channel.Sms => Sms, Channel.Mail => Mail, Channel.Letter => Letter, _ => Visit };

    /// <summary>Agreed with the person, now.</summary>
    public void Agree(Rule call, Rule sms, Rule mail, Rule letter, Rule visit, SafeDetails details, Guid by, DateTimeOffset now)
    {
        if ((Call, Sms, Mail, Letter, Visit, Details.Value) != (call, sms, mail, letter, visit, details)) Revision++;
        (Call, Sms, Mail, Letter, Visit, Details) = (call, sms, mail, letter, visit, details);
        StillGood(by, now);
    }

    /// <summary>The minor or the coordinator decided; why stands in the details.</summary>
    public void Decide(Decider lettersHome, Decider representativeTold)
    {
        if ((LettersHome, RepresentativeTold) != (lettersHome, representativeTold)) Revision++;
        (LettersHome, RepresentativeTold) = (lettersHome, representativeTold);
    }

    /// <summary>What a channel leads to was replaced (another number, another address). Nobody has called the new one safe yet; a never, or a condition, stays until it is asked again.</summary>
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
    public bool MustBeAskedAgain(DateTimeOffset now) => Checked is not { } at || now - at > GoodFor || ViolenceAt >= at;

    internal sealed class Mapping : IZoneMapping<SafeContact>
    {
        public void Configure(EntityTypeBuilder<SafeContact> b)
        {
            b.ToTable("safe_contact");
            b.Property(s => s.Id).ValueGeneratedNever();
            b.Sealed(s => s.Details, "safe_contact.details");
            b.HasIndex(s => s.DossierId);
            b.Ignore(s => s.KeyOwner);
        }
    }
}
