using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Foundation.Zones;

/// <summary>A police zone in the catalogue: its names, where its database is, and when something in it falls due. Nothing about a person.</summary>
public sealed class ZoneRecord
{
    public Guid Id { get; private set; }

    /// <summary>Four digits, as on every official report of the zone.</summary>
    public string Code { get; private set; } = "";
    public string? NameFr { get; set; }
    public string? NameNl { get; set; }
    public string? NameDe { get; set; }

    /// <summary>The zone's official languages, the first is its default: <c>fr</c>, <c>nl</c>, <c>de</c>, joined by <c>;</c>.</summary>
    public string Languages { get; private set; } = "";

    /// <summary>Code of the province, such as <c>NAM</c>; null where it was never said.</summary>
    public string? Province { get; private set; }

    /// <summary>Code of the judicial arrondissement, such as <c>EUP</c>.</summary>
    public string? Arrondissement { get; private set; }

    /// <summary>Five-digit NIS codes of the zone's municipalities, joined by <c>;</c>.</summary>
    public string Municipalities { get; private set; } = "";

    /// <summary>Its postcodes, each with the name of the place (<c>5330 Assesse</c>), joined by <c>;</c>: by these people who need help find it.</summary>
    public string Places { get; private set; } = "";
    public ZoneState State { get; set; }
    public DateTimeOffset Created { get; private set; }

    /// <summary>When the sweep must look at this zone next; only ever lowered before a write, rewritten by the sweep from the zone's own rows.</summary>
    public DateTimeOffset? NextDue { get; set; }

    /// <summary>Connection strings of the zone, sealed under the master key; null in embedded mode, where files are named after the code.</summary>
    public byte[]? Placement { get; set; }

    /// <summary>Number of the key that new data keys are wrapped under; the keys themselves are <see cref="ZoneKeyRecord"/>s.</summary>
    public int KeyVersion { get; set; }

    internal static ZoneRecord New(ZoneFacts facts, DateTimeOffset now)
    {
        var zone = new ZoneRecord { Id = Guid.CreateVersion7(now), Code = facts.Code, State = ZoneState.Preparing, Created = now, KeyVersion = 1 };
        zone.Take(facts);
        return zone;
    }

    /// <summary>What is said of the zone from now on.</summary>
    public void Take(ZoneFacts facts)
    {
        (NameFr, NameNl, NameDe, Languages) = (facts.NameFr, facts.NameNl, facts.NameDe, string.Join(';', facts.Languages));
        (Province, Arrondissement, Municipalities) = (facts.Province, facts.Arrondissement, string.Join(';', facts.Municipalities));
        if (facts.Places is { } places) Places = string.Join(';', places);
    }

    /// <summary>What is said of the zone now.</summary>
    public ZoneFacts Facts => new(Code, NameFr, NameNl, NameDe, Languages.Split(';'), Province, Arrondissement, Municipalities.Length == 0 ? [] : Municipalities.Split(';')) { Places = Places.Length == 0 ? [] : Places.Split(';') };

    /// <summary>The zone's name in a language, else in its first.</summary>
    public string NameIn(string language) => (language switch { "fr" => NameFr, "nl" => NameNl, "de" => NameDe, _ => null }) ?? NameFr ?? NameNl ?? NameDe ?? Code;
    public string FirstLanguage => Languages.Split(';')[0];

    internal sealed class Mapping : ICatalogMapping<ZoneRecord>
    {
        public void Configure(EntityTypeBuilder<ZoneRecord> b)
        {
            b.ToTable("zone");
            b.HasKey(z => z.Id);
            b.Property(z => z.Id).ValueGeneratedNever();
            b.Property(z => z.Code).HasMaxLength(4);
            b.HasIndex(z => z.Code).IsUnique();
            b.HasIndex(z => z.NextDue);
            b.Property(z => z.Placement).HasMaxLength(2000);
            b.Property(z => z.Languages).HasMaxLength(20);
            b.Property(z => z.Province).HasMaxLength(4);
            b.Property(z => z.Arrondissement).HasMaxLength(4);
            b.Property(z => z.Municipalities).HasMaxLength(1200);
            b.Property(z => z.Places).HasMaxLength(-1);
            b.Ignore(z => z.Facts);
        }
    }
}

/// <summary>What the operator says of a zone: names, official languages (the first is its default), where it lies. About the house, not about people.</summary>
/// <param name="Municipalities">Five-digit NIS codes.</param>
public sealed record ZoneFacts(string Code, string? NameFr, string? NameNl, string? NameDe, IReadOnlyList<string> Languages, string? Province, string? Arrondissement, IReadOnlyList<string> Municipalities)
{
    /// <summary>Postcodes, each with the name of the place; null: nothing is said of them, and what was said before stands.</summary>
    public IReadOnlyList<string>? Places { get; init; }

    public bool Says(ZoneFacts other) => this with { Languages = [], Municipalities = [], Places = null } == other with { Languages = [], Municipalities = [], Places = null }
        && Languages.SequenceEqual(other.Languages) && Municipalities.SequenceEqual(other.Municipalities) && (Places is null || other.Places is null || Places.SequenceEqual(other.Places));
}

/// <summary>One of a zone's keys, wrapped by the master key. Earlier ones stay: a process that has not heard of a rotation may still have wrapped a data key under one.</summary>
public sealed class ZoneKeyRecord
{
    public Guid Zone { get; init; }
    public int Version { get; init; }
    public byte[] Wrapped { get; init; } = [];

    internal sealed class Mapping : ICatalogMapping<ZoneKeyRecord>
    {
        public void Configure(EntityTypeBuilder<ZoneKeyRecord> b)
        {
            b.ToTable("zone_key");
            b.HasKey(k => new { k.Zone, k.Version });
            b.Property(k => k.Wrapped).HasMaxLength(200);
        }
    }
}

/// <summary>Where a zone is in its life.</summary>
public enum ZoneState
{
    Preparing,
    Active,
    Suspended,

    /// <summary>It has cases for the figures and nothing else: the platform alone enters it. It is not open to people, other zones do not see it, no job runs in it.</summary>
    FiguresOnly,
}

/// <summary>What the catalogue remembers of the platform itself.</summary>
public sealed class PlatformFact
{
    public string Name { get; init; } = "";
    public string Value { get; set; } = "";

    internal sealed class Mapping : ICatalogMapping<PlatformFact>
    {
        public void Configure(EntityTypeBuilder<PlatformFact> b)
        {
            b.ToTable("platform_fact");
            b.HasKey(f => f.Name);
            b.Property(f => f.Name).HasMaxLength(60);
        }
    }
}

/// <summary>The seal of a zone's database: whose it is. Checked when the database is first opened, so a wrong connection string opens nothing.</summary>
public sealed class Seal
{
    public int Id { get; init; } = 1;
    public Guid Zone { get; init; }

    internal sealed class Mapping : IZoneMapping<Seal>
    {
        public void Configure(EntityTypeBuilder<Seal> b)
        {
            b.ToTable("seal");
            b.HasKey(s => s.Id);
            b.Property(s => s.Id).ValueGeneratedNever();
        }
    }
}
