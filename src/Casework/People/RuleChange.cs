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

    /// <summary>As they may be told to others, who do not know the alleged perpetrators: what was agreed and names one of them goes as not asked, as the gate takes it here, and without the name. Never stays never.</summary>
    public RulesAsTheyStood Without(IEnumerable<Particulars> authors)
    {
        return !Details.Names(authors) ? this
            : this with { Call = NotAsked(Call), Sms = NotAsked(Sms), Mail = NotAsked(Mail), Letter = NotAsked(Letter), Visit = NotAsked(Visit), Details = Details with { WhoMayAnswer = null, ThirdPerson = null } };

        static Rule NotAsked(Rule rule) => rule == Rule.Never ? rule : Rule.NotAsked;
    }

    /// <summary>As they may be told to others, who do not know what was said in other dossiers: what is closed here is closed there. Where it was said, nobody is told.</summary>
    public RulesAsTheyStood Closed(ClosedChannels closed)
    {
        return closed.IsNothing ? this : this with { Call = Said(Channel.Call), Sms = Said(Channel.Sms), Mail = Said(Channel.Mail), Letter = Said(Channel.Letter), Visit = Said(Channel.Visit) };

        Rule Said(Channel channel) => closed.Contains(channel) ? Rule.Never : Of(channel);
    }
}
