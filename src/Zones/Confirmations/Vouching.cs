using VictimSupport.Foundation.Access;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Zones.Confirmations;

/// <summary>Who may be the second person for a role. Somebody whom the giver alone brought in is the giver once more, and so is whoever
/// that one vouches for: a second person has a giver or confirmer of his own, who goes back to the beginning without passing those who gain.</summary>
internal static class Vouching
{
    /// <summary>Roles whose holders may confirm this one.</summary>
    public static IReadOnlyList<Role> ConfirmersOf(Role role) => role switch
    {
        Role.Operator or Role.Analyst => [Role.Operator],
        Role.ZoneAdministrator => [Role.DataProtectionOfficer],
        _ => [Role.Coordinator, Role.DataProtectionOfficer, Role.ZoneAdministrator],
    };

    /// <param name="place">Every grant of the zone, or of the platform, the ended ones too: they say who brought whom in.</param>
    public static IReadOnlyList<Guid> MayConfirm(RoleGrant grant, IReadOnlyList<RoleGrant> place, DateTimeOffset now)
    {
        // An operator who invites a zone's first people holds nothing in it: the first of them may confirm the second.
        var gain = new HashSet<Guid>([grant.Account, .. new[] { grant.GivenBy, grant.HandedBy }.OfType<Guid>().Where(from => place.Any(g => g.Account == from))]);
        var confirmers = ConfirmersOf(grant.Role);
        return [.. place.Where(g => g.Counts(now) && confirmers.Contains(g.Role) && !gain.Contains(g.Account) && IsVouchedFor(g, place, gain, [g.Account])).Select(g => g.Account).Distinct()];
    }

    private static bool IsVouchedFor(RoleGrant grant, IReadOnlyList<RoleGrant> place, HashSet<Guid> gain, HashSet<Guid> seen) =>
        grant.GivenBy is null || new[] { grant.GivenBy, grant.ConfirmedBy }.OfType<Guid>().Any(voucher => !gain.Contains(voucher) && IsIndependent(voucher, place, gain, seen));

    // Somebody who holds nothing in this place (an operator, for a zone) is where its people come from.
    private static bool IsIndependent(Guid account, IReadOnlyList<RoleGrant> place, HashSet<Guid> gain, HashSet<Guid> seen)
    {
        if (!seen.Add(account)) return false;
        var own = place.Where(g => g.Account == account).ToList();
        return own.Count == 0 || own.Any(g => !g.IsUnconfirmed && IsVouchedFor(g, place, gain, seen));
    }
}
