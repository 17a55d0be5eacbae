using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Zones.Pools;

/// <summary>Zones that share their on-call.</summary>
internal sealed class Pool
{
    public Guid Id { get; init; }
    public string Name { get; init; } = "";

    internal sealed class Mapping : ICatalogMapping<Pool>
    {
        public void Configure(EntityTypeBuilder<Pool> b)
        {
            b.ToTable("pool");
            b.Property(p => p.Id).ValueGeneratedNever();
            b.Property(p => p.Name).HasMaxLength(100);
        }
    }
}

/// <summary>A zone in a pool, from a day, until a day.</summary>
internal sealed class PoolMember
{
    public Guid Pool { get; init; }
    public Guid Zone { get; init; }
    public DateOnly From { get; init; }
    public DateOnly? Until { get; set; }

    internal sealed class Mapping : ICatalogMapping<PoolMember>
    {
        public void Configure(EntityTypeBuilder<PoolMember> b)
        {
            b.ToTable("pool_member");
            b.HasKey(m => new { m.Pool, m.Zone, m.From });
            b.HasIndex(m => m.Zone);
        }
    }
}
