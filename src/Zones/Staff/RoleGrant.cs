using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Zones.Staff;

/// <summary>A role somebody holds in a zone, or on the platform: from, to, who gave it, who confirmed it, why.</summary>
internal sealed class RoleGrant
{
    /// <summary>Roles that open dossiers: they count only once a second person has confirmed them.</summary>
    public static readonly IReadOnlySet<Role> OpensDossiers = new HashSet<Role> { Role.Coordinator, Role.Caseworker, Role.OnCall, Role.Trainee, Role.OutsideStandIn };

    /// <summary>Taken up with a code that whoever invited has seen: whatever the role, a second person says that it was the right one who came.</summary>
    public const string OnPaper = "paper";

    public Guid Id { get; private set; }
    public Guid Account { get; private set; }

    /// <summary>null: on the platform.</summary>
    public Guid? Zone { get; private set; }
    public Role Role { get; private set; }
    public DateTimeOffset From { get; private set; }
    public DateTimeOffset? To { get; private set; }
    public Guid? GivenBy { get; private set; }
    public Guid? ConfirmedBy { get; private set; }
    public DateTimeOffset? Confirmed { get; private set; }

    /// <summary>Code of the reason: <c>invitation</c>, <c>paper</c>, <c>given</c>, <c>first</c>, <c>demo</c>.</summary>
    public string Reason { get; private set; } = "";

    private bool NeedsASecond => Reason == OnPaper || (OpensDossiers.Contains(Role) && Reason != "demo");

    public static RoleGrant Give(Guid account, Guid? zone, Role role, DateTimeOffset? to, Guid? by, string reason, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), Account = account, Zone = zone, Role = role, From = now, To = to, GivenBy = by, Reason = reason };

    /// <summary>Does it count now? A role that opens dossiers waits for a second person.</summary>
    public bool Counts(DateTimeOffset now) => From <= now && (To is null || now < To) && (!NeedsASecond || ConfirmedBy is not null);

    public bool IsWaiting(DateTimeOffset now) => NeedsASecond && ConfirmedBy is null && (To is null || now < To);

    /// <exception cref="RefusedException">Nobody confirms what he gave, or his own role.</exception>
    public void Confirm(Guid by, DateTimeOffset now)
    {
        if (by == GivenBy || by == Account) throw new RefusedException("own", Id);
        (ConfirmedBy, Confirmed) = (by, now);
    }

    /// <exception cref="RefusedException">Nobody ends or changes his own role.</exception>
    public void End(Guid by, DateTimeOffset now) => To = by == Account ? throw new RefusedException("own", Id) : To is { } to && to < now ? to : now;

    internal sealed class Mapping : ICatalogMapping<RoleGrant>
    {
        public void Configure(EntityTypeBuilder<RoleGrant> b)
        {
            b.ToTable("role_grant");
            b.Property(g => g.Id).ValueGeneratedNever();
            b.Property(g => g.Reason).HasMaxLength(40);
            b.HasIndex(g => new { g.Account, g.Zone });
            b.HasIndex(g => g.Zone);
        }
    }
}
