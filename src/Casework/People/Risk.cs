using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.Codes;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.People;

/// <summary>That somebody assessed a risk: when, how high, who. Never the tool, never its answers. A row is not changed: a later assessment is a row of its own, and one noted in error is taken back and stays to be seen.</summary>
internal sealed class Risk : IOfDossier
{
    public Guid Id { get; private set; }
    public Guid DossierId { get; private set; }

    /// <summary>The persons it concerns; never empty.</summary>
    public List<Guid> Persons { get; set; } = [];

    /// <summary>The day of the assessment.</summary>
    public DateOnly On { get; private set; }
    public RiskLevel Level { get; private set; }
    public RiskAuthor Author { get; private set; }
    public Guid By { get; private set; }
    public DateTimeOffset At { get; private set; }
    public Guid? WithdrawnBy { get; private set; }
    public DateTimeOffset? Withdrawn { get; private set; }

    public static Risk Note(Guid dossier, IEnumerable<Guid> persons, DateOnly on, RiskLevel level, RiskAuthor author, Guid by, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), DossierId = dossier, Persons = [.. persons], On = on, Level = level, Author = author, By = by, At = now };

    /// <summary>It was noted in error.</summary>
    public void Withdraw(Guid by, DateTimeOffset now) => (WithdrawnBy, Withdrawn) = (by, now);

    /// <summary>What holds now of each person: the latest assessment; of two on one day the one noted later.</summary>
    public static Risk? Latest(IEnumerable<Risk> risks, Guid person) => risks.Where(r => r.Withdrawn is null && r.Persons.Contains(person)).OrderByDescending(r => r.On).ThenByDescending(r => r.At).FirstOrDefault();

    /// <summary>The highest of what holds now.</summary>
    public static RiskLevel Highest(IReadOnlyList<Risk> risks) => risks.SelectMany(r => r.Persons).Distinct().Select(p => Latest(risks, p)?.Level ?? RiskLevel.NotSaid).DefaultIfEmpty().Max();

    internal sealed class Mapping : IZoneMapping<Risk>
    {
        public void Configure(EntityTypeBuilder<Risk> b)
        {
            b.ToTable("risk");
            b.Property(r => r.Id).ValueGeneratedNever();
            b.PrimitiveCollection(r => r.Persons).HasMaxLength(4000);
            b.HasIndex(r => r.DossierId);
        }
    }
}
