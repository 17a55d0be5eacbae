namespace VictimSupport.Zones.Staff;

/// <summary>Where somebody comes from: the zone in which a role has stood longest without a break. A role lent elsewhere began later, or ends sooner.</summary>
internal static class Home
{
    /// <param name="grants">All of one account.</param>
    /// <param name="at">The instant that is asked about; a role that ends then still stood.</param>
    public static Guid? Of(IEnumerable<RoleGrant> grants, DateTimeOffset at) => grants.Where(g => g.Zone is not null).GroupBy(g => g.Zone)
        .Select(zone => (Zone: zone.Key, Begun: BegunWithoutBreak([.. zone], at), Until: zone.Max(g => g.To ?? DateTimeOffset.MaxValue)))
        .Where(zone => zone.Begun is not null).OrderBy(zone => zone.Begun).ThenByDescending(zone => zone.Until).FirstOrDefault().Zone;

    private static DateTimeOffset? BegunWithoutBreak(IReadOnlyList<RoleGrant> here, DateTimeOffset at)
    {
        DateTimeOffset? begun = null;
        while (here.Where(g => g.Since <= (begun ?? at) && (g.To is null || (g.To >= (begun ?? at) && g.To > g.Since))).Min(g => g.Since) is { } earlier && earlier != begun) begun = earlier;
        return begun;
    }
}
