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
    public ZoneState State { get; set; }
    public DateTimeOffset Created { get; private set; }

    /// <summary>When the sweep must look at this zone next; only ever lowered before a write, rewritten by the sweep from the zone's own rows.</summary>
    public DateTimeOffset? NextDue { get; set; }

    /// <summary>Connection strings of the zone, sealed under the master key; null in embedded mode, where files are named after the code.</summary>
    public byte[]? Placement { get; set; }

    /// <summary>Number of the key that new data keys are wrapped under; the keys themselves are <see cref="ZoneKeyRecord"/>s.</summary>
    public int KeyVersion { get; set; }

    public static ZoneRecord New(string code, string? fr, string? nl, string? de, IEnumerable<string> languages, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now), Code = code, NameFr = fr, NameNl = nl, NameDe = de, Languages = string.Join(';', languages), State = ZoneState.Preparing, Created = now,
    };

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
        }
    }
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
public enum ZoneState { Preparing, Active, Suspended }

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
