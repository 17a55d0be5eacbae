using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Zones.Absences;
using VictimSupport.Zones.Contracts;
using VictimSupport.Zones.Settings;
using VictimSupport.Zones.Visits;

namespace VictimSupport.Zones.Staff;

internal sealed class RoleHistory(CatalogDatabase catalog, InForce settings) : IRoleHistory
{
    public async Task<IReadOnlyList<RoleSpan>> Of(Guid zone, CancellationToken ct)
    {
        await using var house = catalog.Lease();
        var visits = await house.VisitsIn(zone, ct);
        var spans = (await house.Set<RoleGrant>().AsNoTracking().Where(g => g.Zone == zone).OrderByDescending(g => g.From).ThenByDescending(g => g.Id).ToListAsync(ct)).Select(Span);
        return [.. spans.Concat(visits.Select(v => new RoleSpan(v.Id, v.Account, Role.Visitor, v.Since, v.Since, v.Until, v.By, null, "visit"))).OrderByDescending(s => s.From).ThenByDescending(s => s.Id)];
    }

    public async Task<IReadOnlyList<ReplacementSpan>> Replacements(Guid zone, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        await using var house = catalog.Lease();
        return [.. (await house.Set<Absence>().AsNoTracking().Where(a => a.Zone == zone && a.Replacement != null && a.From < to && a.To > from && a.From < a.To).OrderBy(a => a.From).ToListAsync(ct))
            .Select(a => new ReplacementSpan(a.Replacement!.Value, a.Account, a.From, a.To, a.By))];
    }

    public async Task<bool> TeamSawAll(Guid zone, DateOnly day, CancellationToken ct)
    {
        await using var house = catalog.Lease();
        var changes = await house.Set<SettingChange>().AsNoTracking().Where(c => c.Zone == zone && c.Withdrawn == null).ToListAsync(ct);
        return settings.ValueOn(day, SettingCode.TeamSeesAll, changes, "") == "yes";
    }

    private static RoleSpan Span(RoleGrant grant) => new(grant.Id, grant.Account, grant.Role, grant.From, grant.Since, grant.To, grant.GivenBy, grant.ConfirmedBy, grant.Reason);
}
