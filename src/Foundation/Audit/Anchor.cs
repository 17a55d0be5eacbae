using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Foundation.Audit;

/// <summary>Where a zone's chain ended when the sweep last looked, kept outside the zone's database: a tail cut off before this point is found.</summary>
public sealed class Anchor
{
    public Guid Zone { get; init; }
    public long Seq { get; set; }
    public byte[] Mac { get; set; } = [];
    public DateTimeOffset At { get; set; }

    internal sealed class Mapping : ICatalogMapping<Anchor>
    {
        public void Configure(EntityTypeBuilder<Anchor> b)
        {
            b.ToTable("audit_anchor");
            b.HasKey(a => a.Zone);
            b.Property(a => a.Zone).ValueGeneratedNever();
            b.Property(a => a.Mac).HasMaxLength(32);
        }
    }
}
