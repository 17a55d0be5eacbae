using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.Codes;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.People;

/// <summary>The words behind who stands for somebody.</summary>
/// <param name="Conflict">What the conflict is.</param>
/// <param name="What">What may be told.</param>
/// <param name="Reason">Why it was decided so.</param>
/// <param name="Reference">Of the prosecutor's decision.</param>
internal sealed record StandingWords(string? Conflict = null, string? What = null, string? Reason = null, string? Reference = null);

/// <summary>Somebody stands for a helped person of the same dossier: a parent, a guardian, a support person. They are told nothing, and reached for nobody, before it was decided; the alleged perpetrator never.
/// Sealed under the key of the person they stand for.</summary>
internal sealed class Standing : IHoldSealed, IOfDossier
{
    public Guid Id { get; private set; }
    public Guid DossierId { get; private set; }

    /// <summary>Who stands.</summary>
    public Guid WhoId { get; private set; }

    /// <summary>For whom.</summary>
    public Guid PersonId { get; private set; }
    public StandingRole Role { get; private set; }

    /// <summary>Their interest is not the person's: told nothing, and reached for nothing.</summary>
    public bool Conflict { get; private set; }

    /// <summary>Who decided that they are told. Nobody: they are not.</summary>
    public Authority Told { get; private set; }

    /// <summary>Who decided that the person is reached through them. Nobody: they are not.</summary>
    public Authority Reached { get; private set; }
    public Sealed<StandingWords> Words { get; private set; } = new StandingWords();
    public Guid By { get; private set; }
    public DateTimeOffset At { get; private set; }
    public Guid KeyOwner => PersonId;

    public static Standing Between(Guid dossier, Guid who, Guid person, Guid by, DateTimeOffset now) => new() { Id = Guid.CreateVersion7(now), DossierId = dossier, WhoId = who, PersonId = person, By = by, At = now };

    /// <summary>In a conflict nobody is told or reached, whatever was decided before.</summary>
    public void Decide(StandingRole role, bool conflict, Authority told, Authority reached, StandingWords words, Guid by, DateTimeOffset now) =>
        (Role, Conflict, Told, Reached, Words, By, At) = (role, conflict, conflict ? Authority.Nobody : told, conflict ? Authority.Nobody : reached, words, by, now);

    /// <summary>Another is reached for the person from now on.</summary>
    public void NoLongerReached(Guid by, DateTimeOffset now) => (Reached, By, At) = (Authority.Nobody, by, now);

    /// <summary>The row says what another one said, between whomever it was.</summary>
    public void Take(Kept kept) => (WhoId, PersonId, Role, Conflict, Told, Reached, Words, By, At) = (kept.Who, kept.Person, kept.Role, kept.Conflict, kept.Told, kept.Reached, kept.Words, kept.By, kept.At);

    /// <summary>As it stood, to be put back when a merge is undone.</summary>
    public Kept Keep() => new(Id, WhoId, PersonId, Role, Conflict, Told, Reached, Words.Value, By, At);

    public static Standing Of(Guid dossier, Kept kept) => new()
    {
        Id = kept.Id, DossierId = dossier, WhoId = kept.Who, PersonId = kept.Person, Role = kept.Role, Conflict = kept.Conflict, Told = kept.Told, Reached = kept.Reached, Words = kept.Words, By = kept.By, At = kept.At,
    };

    internal sealed record Kept(Guid Id, Guid Who, Guid Person, StandingRole Role, bool Conflict, Authority Told, Authority Reached, StandingWords Words, Guid By, DateTimeOffset At)
    {
        /// <summary>Of two that became one: a conflict stays one, and what only one of them allowed is allowed no more.</summary>
        public Kept With(Kept other)
        {
            var conflict = Conflict || other.Conflict;
            return this with { Conflict = conflict, Told = conflict || Told != other.Told ? Authority.Nobody : Told, Reached = conflict || Reached != other.Reached ? Authority.Nobody : Reached };
        }
    }

    internal sealed class Mapping : IZoneMapping<Standing>
    {
        public void Configure(EntityTypeBuilder<Standing> b)
        {
            b.ToTable("standing");
            b.Property(s => s.Id).ValueGeneratedNever();
            b.Sealed(s => s.Words, "standing.words");
            b.HasIndex(s => s.DossierId);
            b.HasIndex(s => s.PersonId);
            b.Ignore(s => s.KeyOwner);
        }
    }
}

/// <summary>The alleged perpetrator is nobody's representative, support person, safe third person or "who may answer": by capacity, by telephone, by name.</summary>
internal static class Authors
{
    /// <summary>Is this, by name or telephone, somebody who is the alleged perpetrator here?</summary>
    public static bool Are(IEnumerable<Particulars> authors, Particulars who) => authors.Any(a => Walls.SamePerson.May(a, who));

    /// <summary>Does a text in words name one of them? A family shares its name, so one word alone counts only where it is the whole text and the given name.</summary>
    public static bool Named(IEnumerable<Particulars> authors, string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return false;
        var words = text.Split([' ', ',', ';', '/', '(', ')', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var author in authors.Where(a => a.FamilyName.Length > 0 || a.GivenName.Length > 0))
        {
            if (words.Length == 1 && author.GivenName.Length > 0 && string.Equals(Foundation.Secrecy.Search.NameForms.Fold(words[0]), Foundation.Secrecy.Search.NameForms.Fold(author.GivenName), StringComparison.Ordinal)) return true;
            if (author is not { FamilyName.Length: > 0, GivenName.Length: > 0 }) continue;
            var name = Bag(author.FullName);
            for (var i = 0; i + name.Count <= words.Length; i++)
                if (Bag(string.Join(' ', words.Skip(i).Take(name.Count))).SequenceEqual(name)) return true;
        }
        return false;

        static List<string> Bag(string some) => [.. Foundation.Secrecy.Search.NameForms.Fold(some).Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
    }
}
