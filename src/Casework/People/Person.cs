using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.Codes;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.People;

/// <summary>Who somebody is: opened together, so sealed together.</summary>
internal sealed record Particulars(string FamilyName, string GivenName, string? Phone = null, string? Mail = null, string? Address = null, DateOnly? BirthDate = null, int? EstimatedAge = null)
{
    /// <summary>Stands for a name nobody knows.</summary>
    public const string Nameless = "–";

    /// <summary>Given name first; a dash where nothing is known.</summary>
    public string FullName => string.Join(' ', new[] { GivenName, FamilyName }.Where(n => n.Length > 0)) is { Length: > 0 } name ? name : Nameless;

    /// <summary>Were they under eighteen on that day? null: nobody knows when they were born.</summary>
    public bool? MinorAt(DateTimeOffset now) => BirthDate is { } born ? born.AddYears(18) > Moment.Day(now) : null;

    /// <summary>For lists and safety cards.</summary>
    public string Initials => string.Concat(new[] { GivenName, FamilyName }.Where(n => n.Length > 0).Select(n => System.Globalization.StringInfo.GetNextTextElement(n) + ".")) is { Length: > 0 } initials ? initials : "–";
}

/// <summary>Somebody in a dossier, helped or only mentioned, with a data key of their own: destroying it forgets them everywhere.</summary>
internal sealed class Person : IHoldSealed, IOfDossier
{
    public Guid Id { get; private set; }
    public Guid DossierId { get; private set; }
    public Capacity Capacity { get; set; }
    public Damage Damage { get; set; }
    public Sex Sex { get; set; }
    public string Language { get; set; } = "";
    public bool NeedsInterpreter { get; set; }

    /// <summary>As it was said when the row was saved; what it means today says <see cref="IsMinorAt"/>.</summary>
    public bool IsMinor { get; set; }
    public DateTimeOffset Added { get; private set; }
    public Sealed<Particulars> Identity { get; set; } = null!;
    public Guid KeyOwner => Id;
    public bool IsHelped => Capacity.IsHelped();

    /// <summary>Are they a minor? Where the day of birth is known it alone says so, whatever was ticked: nobody saves a row on an eighteenth birthday.</summary>
    public bool IsMinorAt(DateTimeOffset now) => Identity.Value.MinorAt(now) ?? IsMinor;

    public static Person Add(Guid dossier, Particulars identity, Capacity capacity, string language, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), DossierId = dossier, Identity = identity, Capacity = capacity, Language = language, Added = now };

    /// <summary>As the row stands, to be compared with or put back.</summary>
    public Kept Keep() => new(Capacity, Damage, Sex, Language, NeedsInterpreter, IsMinor, Added, Identity.Value);

    /// <summary>Takes all that a row said.</summary>
    public void Take(Kept kept) => (Capacity, Damage, Sex, Language, NeedsInterpreter, IsMinor, Added, Identity) = (kept.Capacity, kept.Damage, kept.Sex, kept.Language, kept.NeedsInterpreter, kept.IsMinor, kept.Added, kept.Identity);

    /// <summary>The row that a merge took away, under the id and the key it had.</summary>
    public static Person Back(Guid id, Guid dossier, Kept kept)
    {
        var person = new Person { Id = id, DossierId = dossier };
        person.Take(kept);
        return person;
    }

    internal sealed record Kept(Capacity Capacity, Damage Damage, Sex Sex, string Language, bool NeedsInterpreter, bool IsMinor, DateTimeOffset Added, Particulars Identity);

    internal sealed class Mapping : IZoneMapping<Person>
    {
        public void Configure(EntityTypeBuilder<Person> b)
        {
            b.ToTable("person");
            b.Property(p => p.Id).ValueGeneratedNever();
            b.Property(p => p.Language).HasMaxLength(10);
            b.Sealed(p => p.Identity, "person.identity");
            b.HasIndex(p => p.DossierId);
            b.Ignore(p => p.KeyOwner);
            b.Ignore(p => p.IsHelped);
        }
    }
}
