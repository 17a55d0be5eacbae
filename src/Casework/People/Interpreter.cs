using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.Codes;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.People;

/// <summary>Who interprets, and for whom they work.</summary>
internal sealed record InterpreterName(string Name, string? Agency = null);

/// <summary>How a person is interpreted for, by whom, and what the check of the name against the people of the dossiers came to. Under the person's key.</summary>
internal sealed class Interpreter : IHoldSealed, IOfDossier
{
    /// <summary>The person's id.</summary>
    public Guid Id { get; private set; }
    public Guid DossierId { get; private set; }
    public InterpreterKind Kind { get; private set; }
    public Sealed<InterpreterName>? Who { get; private set; }

    /// <summary>What the check came to; they interpret all the same where somebody said so.</summary>
    public InterpreterHit Hit { get; private set; }

    /// <summary>null: there is no name, or it was not compared with the people who are in the dossier now.</summary>
    public DateTimeOffset? Checked { get; private set; }
    public Guid? CheckedBy { get; private set; }
    public Guid KeyOwner => Id;

    public static Interpreter For(Person person) => new() { Id = person.Id, DossierId = person.DossierId };

    /// <param name="compared">Whether the name was compared with the people of the dossiers: only a given and a family name can be.</param>
    public void Settle(InterpreterKind kind, InterpreterName? who, InterpreterHit hit, bool compared, Guid by, DateTimeOffset now)
    {
        (Kind, Who, Hit) = (kind, who is null ? null : (Sealed<InterpreterName>)who, hit);
        (Checked, CheckedBy) = (compared ? now : null, compared ? by : null);
    }

    /// <summary>Somebody came into the dossier, or was put right there, since the name was checked; or it never was.</summary>
    public bool MustBeChecked => Checked is null && Who?.Value.Name is { Length: > 0 };

    /// <summary>The people it was compared with are others now.</summary>
    public void MustBeCheckedAgain() => (Checked, CheckedBy) = (null, null);

    /// <summary>As it stood, to be put back when a merge is undone.</summary>
    public Kept Keep() => new(Kind, Who?.Value, Hit, Checked, CheckedBy);

    public static Interpreter Of(Guid person, Guid dossier, Kept kept) => new()
    {
        Id = person, DossierId = dossier, Kind = kept.Kind, Who = kept.Who is null ? null : (Sealed<InterpreterName>)kept.Who, Hit = kept.Hit, Checked = kept.Checked, CheckedBy = kept.CheckedBy,
    };

    internal sealed record Kept(InterpreterKind Kind, InterpreterName? Who, InterpreterHit Hit, DateTimeOffset? Checked, Guid? CheckedBy);

    internal sealed class Mapping : IZoneMapping<Interpreter>
    {
        public void Configure(EntityTypeBuilder<Interpreter> b)
        {
            b.ToTable("interpreter");
            b.Property(i => i.Id).ValueGeneratedNever();
            b.Sealed(i => i.Who, "interpreter.who");
            b.HasIndex(i => i.DossierId);
            b.Ignore(i => i.KeyOwner);
            b.Ignore(i => i.MustBeChecked);
        }
    }
}
