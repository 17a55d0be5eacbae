using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.Codes;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.People;

/// <summary>How somebody was to be reached until then: one row for each time the rules of safe contact changed. Under the person's key.</summary>
internal sealed class RuleChange : IHoldSealed, IOfDossier
{
    public Guid Id { get; private set; }
    public Guid DossierId { get; private set; }
    public Guid PersonId { get; set; }
    public DateTimeOffset At { get; private set; }
    public Guid By { get; private set; }
    public Sealed<RulesAsTheyStood> Before { get; set; } = null!;
    public Guid KeyOwner => PersonId;

    /// <param name="before">Taken before the change.</param>
    public static RuleChange Of(SafeContact safe, RulesAsTheyStood before, Guid by, DateTimeOffset now) => new() { Id = Guid.CreateVersion7(now), DossierId = safe.DossierId, PersonId = safe.Id, At = now, By = by, Before = before };

    internal sealed class Mapping : IZoneMapping<RuleChange>
    {
        public void Configure(EntityTypeBuilder<RuleChange> b)
        {
            b.ToTable("rule_change");
            b.Property(c => c.Id).ValueGeneratedNever();
            b.Sealed(c => c.Before, "rule_change.before");
            b.HasIndex(c => c.DossierId);
            b.HasIndex(c => c.PersonId);
            b.Ignore(c => c.KeyOwner);
        }
    }
}

/// <summary>All that the rules of one person said at a moment.</summary>
internal sealed record RulesAsTheyStood(Rule Call, Rule Sms, Rule Mail, Rule Letter, Rule Visit, SafeDetails Details, Decider LettersHome, DateTimeOffset? Checked, Guid? CheckedBy, DateTimeOffset? ViolenceAt, int Revision)
{
    public Rule Of(Channel channel) => channel switch { Channel.Call => Call, Channel.Sms => Sms, Channel.Mail => Mail, Channel.Letter => Letter, _ => Visit };

    /// <summary>The same, with another rule for each channel.</summary>
    public RulesAsTheyStood Each(Func<Channel, Rule> rule) => this with { Call = rule(Channel.Call), Sms = rule(Channel.Sms), Mail = rule(Channel.Mail), Letter = rule(Channel.Letter), Visit = rule(Channel.Visit) };

    /// <summary>As of the rules themselves (<see cref="SafeContact.MustBeAskedAgain(DateTimeOffset)"/>).</summary>
    public bool MustBeAskedAgain(DateTimeOffset now) => SafeContact.MustBeAskedAgain(Checked, ViolenceAt, now);
}
