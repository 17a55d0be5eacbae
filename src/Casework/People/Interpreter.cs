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

    /// <summary>null: there is no name to check.</summary>
    public DateTimeOffset? Checked { get; private set; }
    public Guid? CheckedBy { get; private set; }
    public Guid KeyOwner => Id;

    public static Interpreter For(Person person) => new() { Id = person.Id, DossierId = person.DossierId };

    public void Settle(InterpreterKind kind, InterpreterName? who, InterpreterHit hit, Guid by, DateTimeOffset now)
    {
        (Kind, Who, Hit) = (kind, who is null ? null : (Sealed<InterpreterName>)who, hit);
        (Checked, CheckedBy) = (who is null ? null : now, who is null ? null : by);
    }

    /// <summary>Somebody came into the dossier since the name was checked.</summary>
    public bool MustBeChecked(IEnumerable<Person> people) => Checked is { } at && people.Any(p => p.Added > at);

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
        }
    }
}
