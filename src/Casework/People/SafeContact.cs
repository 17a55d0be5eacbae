using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.Codes;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.People;

/// <summary>The words behind the rules: read before anybody dials.</summary>
internal sealed record SafeDetails(string? Hours = null, string? WhoMayAnswer = null, string? WhatMayBeSaid = null, string? CodeWord = null, string? ThirdPerson = null);

/// <summary>What may happen on a channel now.</summary>
internal enum Passage
{
    /// <summary>Not at all, not even offered.</summary>
    Closed,

    /// <summary>Attended, after the neutral script: name only, hidden number, no voicemail.</summary>
    AttendedAfterScript,

    /// <summary>Attended, keeping to what was agreed.</summary>
    AsAgreed,

    /// <summary>Free, unattended messages included.</summary>
    Open,
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
    public Guid KeyOwner => Id;

    public static SafeContact For(Person person) => new() { Id = person.Id, DossierId = person.DossierId };

    public Rule Of(Channel channel) => channel switch { Channel.Call => Call, Channel.Sms => Sms, Channel.Mail => Mail, Channel.Letter => Letter, _ => Visit };

    /// <summary>The gate: what may happen on this channel. A person who is only mentioned is never reached.</summary>
    public Passage Gate(Channel channel, Person person) => !person.IsHelped ? Passage.Closed : (Of(channel), channel) switch
    {
        (Rule.Never, _) => Passage.Closed,
        (Rule.Safe, _) => Passage.Open,
        (Rule.OnlyIf, _) => Passage.AsAgreed,
        (Rule.NotAsked, Channel.Call) => Passage.AttendedAfterScript,
        _ => Passage.Closed,
    };

    /// <summary>Agreed with the person, now.</summary>
    public void Agree(Rule call, Rule sms, Rule mail, Rule letter, Rule visit, SafeDetails details, Guid by, DateTimeOffset now)
    {
        (Call, Sms, Mail, Letter, Visit, Details) = (call, sms, mail, letter, visit, details);
        StillGood(by, now);
    }

    /// <summary>What a channel leads to was replaced (another number, another address). Nobody has called the new one safe yet; a never, or a condition, stays until it is asked again.</summary>
    public void Moved(params ReadOnlySpan<Channel> channels)
    {
        foreach (var channel in channels)
        {
            if (Of(channel) is not (Rule.Safe or Rule.OnlyIf)) continue;
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

    /// <summary>Safe changes: after a fortnight it must be asked again.</summary>
    public bool MustBeAskedAgain(DateTimeOffset now) => Checked is not { } at || now - at > GoodFor;

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
