using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Zones.Staff;

/// <summary>A role somebody holds in a zone, or on the platform: from, to, who gave it, who confirmed it, why.</summary>
internal sealed class RoleGrant : IOfZone
{
    /// <summary>Roles that open dossiers: they count only once a second person has confirmed them.</summary>
    public static readonly IReadOnlySet<Role> OpensDossiers = new HashSet<Role> { Role.Coordinator, Role.Caseworker, Role.OnCall, Role.Trainee, Role.OutsideStandIn };

    /// <summary>Taken up with a code that whoever invited has seen: whatever the role, a second person says that it was the right one who came.</summary>
    public const string OnPaper = "paper";

    // Whoever brings people in, confirms them or runs the platform could open dossiers by a detour: so those wait too. The front desk opens nothing.
    private static bool NeedsASecondPerson(Role role) => OpensDossiers.Contains(role) || role is Role.ZoneAdministrator or Role.DataProtectionOfficer or Role.Operator or Role.Analyst;

    /// <summary>Reasons that this class alone gives.</summary>
    public const string FirstOfAPlace = "first", Demo = "demo";

    private static readonly Guid CommandLine = new("00000000-0000-0000-0000-00000000c0de");

    // In the place of giver and confirmer where both are invented too.
    private static readonly Guid Fiction = new("00000000-0000-0000-0000-00000000de00");

    public Guid Id { get; private set; }
    public Guid Account { get; private set; }

    /// <summary>null: on the platform.</summary>
    public Guid? Zone { get; private set; }
    public Role Role { get; private set; }
    public DateTimeOffset From { get; private set; }
    public DateTimeOffset? To { get; private set; }
    public Guid? GivenBy { get; private set; }

    /// <summary>Who made the code on paper by which it was taken up: has seen it, as the giver might have.</summary>
    public Guid? HandedBy { get; private set; }
    public Guid? ConfirmedBy { get; private set; }
    public DateTimeOffset? Confirmed { get; private set; }

    /// <summary>Code of the reason: <c>invitation</c>, <c>paper</c>, <c>given</c>, <c>first</c>, <c>demo</c>.</summary>
    public string Reason { get; private set; } = "";

    /// <exception cref="RefusedException">Nobody gives himself a role, in whatever way it comes about.</exception>
    public static RoleGrant Give(Guid account, Guid? zone, Role role, DateTimeOffset? to, Guid? by, string reason, DateTimeOffset now)
    {
        if (by == account) throw new RefusedException("own", account);
        if (reason is FirstOfAPlace or Demo or OnPaper) throw new ArgumentOutOfRangeException(nameof(reason));
        return New(account, zone, role, to, by, reason, now);
    }

    /// <param name="handedBy">Who made the code.</param>
    /// <exception cref="RefusedException">Nobody gives himself a role, nor hands himself the code for it.</exception>
    public static RoleGrant GiveOnPaper(Guid account, Guid? zone, Role role, DateTimeOffset? to, Guid? by, Guid handedBy, DateTimeOffset now)
    {
        if (by == account || handedBy == account) throw new RefusedException("own", account);
        var grant = New(account, zone, role, to, by, OnPaper, now);
        grant.HandedBy = handedBy;
        return grant;
    }

    /// <summary>The first of a zone, or of the platform: nobody is there to confirm it.</summary>
    public static RoleGrant GiveFirst(Guid account, Guid? zone, Role role, DateTimeOffset? to, Guid? by, DateTimeOffset now) =>
        by == account ? throw new RefusedException("own", account) : New(account, zone, role, to, by, FirstOfAPlace, now);

    /// <summary>A role in a story: given and confirmed by nobody, and counting in demo mode only.</summary>
    public static RoleGrant Invent(Guid account, Guid? zone, Role role, DateTimeOffset now)
    {
        var grant = New(account, zone, role, null, null, Demo, now);
        (grant.ConfirmedBy, grant.Confirmed) = (Fiction, now);
        return grant;
    }

    private static RoleGrant New(Guid account, Guid? zone, Role role, DateTimeOffset? to, Guid? by, string reason, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), Account = account, Zone = zone, Role = role, From = now, To = to, GivenBy = by, Reason = reason };

    /// <summary>A second person is needed and has not confirmed.</summary>
    public bool IsUnconfirmed => ConfirmedBy is null && Reason != FirstOfAPlace && (Reason == OnPaper || NeedsASecondPerson(Role));

    /// <summary>Does it count now?</summary>
    public bool Counts(DateTimeOffset now) => From <= now && Lives(now) && !IsUnconfirmed;

    public bool IsWaiting(DateTimeOffset now) => IsUnconfirmed && Lives(now);

    /// <summary>Not ended, and not over by its date; it may still wait.</summary>
    public bool Lives(DateTimeOffset now) => To is null || now < To;

    /// <summary>From when on it counted; null: it never did.</summary>
    public DateTimeOffset? Since => IsUnconfirmed ? null : Confirmed > From ? Confirmed : From;

    /// <exception cref="RefusedException">Nobody confirms what he gave or handed over, or his own role.</exception>
    public void Confirm(Guid by, DateTimeOffset now)
    {
        if (by == GivenBy || by == HandedBy || by == Account) throw new RefusedException("own", Id);
        (ConfirmedBy, Confirmed) = (by, now);
    }

    /// <summary>The second operator, where there is only one to confirm: whoever holds the machine stands in for the second person.</summary>
    public void ConfirmByCommandLine(DateTimeOffset now) => (ConfirmedBy, Confirmed) = (CommandLine, now);

    /// <param name="by">null: the house, by its rules.</param>
    /// <exception cref="RefusedException">Nobody ends or changes his own role.</exception>
    public void End(Guid? by, DateTimeOffset now) => To = by == Account ? throw new RefusedException("own", Id) : To is { } to && to < now ? to : now;

    internal sealed class Mapping : ICatalogMapping<RoleGrant>
    {
        public void Configure(EntityTypeBuilder<RoleGrant> b)
        {
            b.ToTable("role_grant");
            b.Property(g => g.Id).ValueGeneratedNever();
            b.Ignore(g => g.IsUnconfirmed);
            b.Ignore(g => g.Since);
            b.Property(g => g.Reason).HasMaxLength(40);
            b.HasIndex(g => new { g.Account, g.Zone });
            b.HasIndex(g => g.Zone);
        }
    }
}
