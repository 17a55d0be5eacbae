using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Zones.Conduct;

/// <summary>A zone's own code of conduct. The first version is the house's; each that a zone writes is the next, and is asked of everyone anew.</summary>
internal sealed class ConductText
{
    /// <summary>The version that every zone begins with.</summary>
    public const int First = 1;
    public const int Longest = 8000;

    public Guid Id { get; init; }
    public Guid Zone { get; init; }
    public int Version { get; init; }
    public string? Fr { get; init; }
    public string? Nl { get; init; }
    public string? De { get; init; }
    public string? En { get; init; }
    public Guid By { get; init; }
    public DateTimeOffset At { get; init; }

    public string? In(string language) => language switch { "fr" => Fr, "nl" => Nl, "de" => De, "en" => En, _ => null };

    internal sealed class Mapping : ICatalogMapping<ConductText>
    {
        public void Configure(EntityTypeBuilder<ConductText> b)
        {
            b.ToTable("conduct_text");
            b.Property(t => t.Id).ValueGeneratedNever();
            foreach (var language in new[] { nameof(Fr), nameof(Nl), nameof(De), nameof(En) }) b.Property(language).HasMaxLength(-1);
            b.HasIndex(t => new { t.Zone, t.Version }).IsUnique();
        }
    }
}

/// <summary>Who accepted which version of a zone's code of conduct, when, and in which language it was read.</summary>
internal sealed class ConductAcceptance
{
    public Guid Id { get; init; }
    public Guid Zone { get; init; }
    public Guid Account { get; init; }
    public int Version { get; init; }
    public string Language { get; init; } = "";
    public DateTimeOffset At { get; init; }

    internal sealed class Mapping : ICatalogMapping<ConductAcceptance>
    {
        public void Configure(EntityTypeBuilder<ConductAcceptance> b)
        {
            b.ToTable("conduct_acceptance");
            b.Property(a => a.Id).ValueGeneratedNever();
            b.Property(a => a.Language).HasMaxLength(2);
            b.HasIndex(a => new { a.Zone, a.Account, a.Version }).IsUnique();
        }
    }
}
