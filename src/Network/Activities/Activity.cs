using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Network.Activities;

/// <summary>What was done with partners. The number is the statistics code.</summary>
internal enum ActivityKind
{
    Meeting = 1,

    /// <summary>Getting to know each other's house.</summary>
    Visit = 2,
    JointAction = 3,

    /// <summary>A call about working together, never about a case.</summary>
    Call = 4,
}

/// <summary>What an entry says: sealed together, as it names people who took part.</summary>
internal sealed record ActivitySays(string Subject, string? TookPart, string? Remark);

/// <summary>Something that was done with one partner or several to work together; about no case.</summary>
internal sealed class Activity : IHoldSealed, IFallDue
{
    public Guid Id { get; private set; }
    public ActivityKind Kind { get; private set; }
    public DateOnly On { get; private set; }

    /// <summary>With whom; never empty.</summary>
    public List<Guid> Partners { get; private set; } = [];

    /// <summary>null: taken out, the key is about to be destroyed.</summary>
    public Sealed<ActivitySays>? Says { get; private set; }
    public Guid By { get; private set; }
    public DateTimeOffset Added { get; private set; }

    /// <summary>The form that made it.</summary>
    public Guid Once { get; private set; }
    public DateTimeOffset? Gone { get; private set; }
    public int Version { get; private set; }
    public Guid KeyOwner => Id;
    public DateTimeOffset? Due => Gone;

    public static Activity Add(Guid once, Guid by, DateTimeOffset now)
    {
        var id = Guid.CreateVersion7(now);
        return new Activity { Id = id, By = by, Added = now, Once = once == default ? id : once };
    }

    public void Say(ActivityKind kind, DateOnly on, IEnumerable<Guid> partners, ActivitySays says)
    {
        (Kind, On, Partners, Says) = (kind, on, [.. partners.Distinct()], says);
        Version++;
    }

    public void TakeOut(DateTimeOffset now)
    {
        (Says, Gone) = (null, now);
        Version++;
    }

    internal sealed class Mapping : IZoneMapping<Activity>
    {
        public void Configure(EntityTypeBuilder<Activity> b)
        {
            b.ToTable("partner_activity");
            b.Property(a => a.Id).ValueGeneratedNever();
            b.PrimitiveCollection(a => a.Partners).HasMaxLength(4000);
            b.Sealed(a => a.Says, "partner_activity.says");
            b.Property(a => a.Version).IsConcurrencyToken();
            b.HasIndex(a => a.On);
            b.HasIndex(a => a.Gone);
            b.HasIndex(a => a.Once).IsUnique();
            b.Ignore(a => a.KeyOwner);
            b.Ignore(a => a.Due);
        }
    }
}
