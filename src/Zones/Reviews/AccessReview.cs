using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Zones.Reviews;

/// <summary>A zone's look at who may do what, once a quarter: every person kept or removed, then signed.</summary>
internal sealed class AccessReview : IOfZone
{
    public Guid Id { get; private set; }
    public Guid Zone { get; private set; }
    Guid? IOfZone.Zone => Zone;

    /// <summary>Such as <c>2026Q3</c>.</summary>
    public string Quarter { get; private set; } = "";
    public DateTimeOffset Begun { get; private set; }
    public Guid? SignedBy { get; private set; }
    public DateTimeOffset? Signed { get; private set; }

    public static AccessReview Begin(Guid zone, Quarter quarter, DateTimeOffset now) => new() { Id = Guid.CreateVersion7(now), Zone = zone, Quarter = quarter.ToString(), Begun = now };

    /// <exception cref="RefusedException">It is signed: what stands above a signature stays.</exception>
    public void Sign(Guid by, DateTimeOffset now) => (SignedBy, Signed) = Signed is null ? (by, now) : throw new RefusedException("signed", Id);

    internal sealed class Mapping : ICatalogMapping<AccessReview>
    {
        public void Configure(EntityTypeBuilder<AccessReview> b)
        {
            b.ToTable("access_review");
            b.Property(r => r.Id).ValueGeneratedNever();
            b.Property(r => r.Quarter).HasMaxLength(6);
            b.HasIndex(r => new { r.Zone, r.Quarter }).IsUnique();
            b.Property(r => r.Signed).IsConcurrencyToken();
        }
    }
}

/// <summary>One person in a review. What was shown to whoever decided is kept with the decision.</summary>
internal sealed class AccessReviewRow
{
    public Guid Review { get; init; }
    public Guid Account { get; init; }

    /// <summary>Codes of the roles held, joined by <c>;</c>.</summary>
    public string Roles { get; set; } = "";
    public DateTimeOffset? LastSignIn { get; set; }

    /// <summary>How many dossiers, never which.</summary>
    public int Opened { get; set; }

    /// <summary>null: not answered yet.</summary>
    public bool? Keep { get; set; }

    internal sealed class Mapping : ICatalogMapping<AccessReviewRow>
    {
        public void Configure(EntityTypeBuilder<AccessReviewRow> b)
        {
            b.ToTable("access_review_row");
            b.HasKey(r => new { r.Review, r.Account });
            b.Property(r => r.Roles).HasMaxLength(300);
        }
    }
}
