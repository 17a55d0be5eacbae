using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Zones.Confirmations;

/// <summary>Roles that wait. In a zone its own people confirm; where a zone has nobody yet who could confirm its administrator or its
/// data-protection officer, an operator does.</summary>
internal sealed class Roles(IAccounts accounts, TimeProvider clock) : IAwaitASecondPerson
{
    private static readonly Role[] BroughtInFromOutside = [Role.ZoneAdministrator, Role.DataProtectionOfficer];

    public string Kind => "role";

    public async Task<IReadOnlyList<Waiting>> In(CatalogDbContext house, Guid? zone, CancellationToken ct)
    {
        var (now, found) = (clock.GetUtcNow(), new List<Waiting>());
        var here = await Grants(house, zone, ct);
        foreach (var grant in here.Where(g => g.IsWaiting(now))) found.Add(Of(grant, here, Vouching.MayConfirm(grant, here, now), await Say(house, grant, ct)));
        if (zone is not null) return found;
        foreach (var (grant, code) in await Orphans(house, ct)) found.Add(Of(grant, here, Operators(grant, here, now), Words.RoleWaitsInZone(code, Words.Of(grant.Role))));
        return found;
    }

    public async Task<Guid?> Decide(CatalogDbContext house, Guid id, Guid? zone, bool confirms, Guid by, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var grant = await house.Set<RoleGrant>().SingleOrDefaultAsync(g => g.Id == id, ct);
        if (grant?.IsWaiting(now) != true) throw new RefusedException("absent", id);
        var here = await Grants(house, zone, ct);
        IReadOnlyList<Guid> may;
        if (grant.Zone == zone) may = Vouching.MayConfirm(grant, here, now);
        else if (zone is null && (await Orphans(house, ct)).Any(o => o.Grant.Id == id)) may = Operators(grant, here, now);
        else throw new RefusedException("absent", id);
        if (!may.Contains(by)) throw new RefusedException("own", id);
        if (confirms)
        {
            grant.Confirm(by, now);
            Notices.Confirmed(house, grant, now);
        }
        else grant.End(by, now);
        return grant.Account;
    }

    /// <summary>Waiting roles of zones in which nobody may confirm them.</summary>
    private async Task<IReadOnlyList<(RoleGrant Grant, string Code)>> Orphans(CatalogDbContext house, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var waiting = (await house.Set<RoleGrant>().AsNoTracking().Where(g => g.Zone != null && g.ConfirmedBy == null && BroughtInFromOutside.Contains(g.Role)).ToListAsync(ct)).Where(g => g.IsWaiting(now)).ToList();
        var orphans = new List<(RoleGrant, string)>();
        foreach (var zone in waiting.GroupBy(g => g.Zone!.Value))
        {
            var there = await Grants(house, zone.Key, ct);
            var code = await house.Set<ZoneRecord>().Where(z => z.Id == zone.Key).Select(z => z.Code).SingleAsync(ct);
            orphans.AddRange(zone.Where(g => Vouching.MayConfirm(g, there, now).Count == 0).Select(g => (g, code)));
        }
        return orphans;
    }

    // For an analyst the written request stands beside: whoever confirms compares the two.
    private async Task<string> Say(CatalogDbContext house, RoleGrant grant, CancellationToken ct)
    {
        if (grant.Role != Role.Analyst || !(await accounts.Named([grant.Account], ct)).TryGetValue(grant.Account, out var colleague)) return Words.RoleWaits(Words.Of(grant.Role));
        var email = colleague.Email.ToUpperInvariant();
        var request = await house.Set<Operator.ForumRequest>().AsNoTracking().Where(r => r.Email == email).OrderByDescending(r => r.Id).Select(r => r.Reference).FirstOrDefaultAsync(ct);
        return Words.AnalystWaits(Words.Of(grant.Role), request ?? "–");
    }

    private static List<Guid> Operators(RoleGrant grant, IReadOnlyList<RoleGrant> platform, DateTimeOffset now) =>
        [.. platform.Where(g => g.Role == Role.Operator && g.Counts(now) && g.Account != grant.GivenBy && g.Account != grant.HandedBy && g.Account != grant.Account).Select(g => g.Account).Distinct()];

    private static Waiting Of(RoleGrant grant, IReadOnlyList<RoleGrant> here, IReadOnlyList<Guid> may, string what) =>
        new(grant.Id, what, grant.Account, grant.GivenBy, grant.From, [.. here.Select(g => g.Account).Append(grant.Account).Concat(grant.GivenBy is { } by ? [by] : []).Except(may).Distinct()]);

    private static Task<List<RoleGrant>> Grants(CatalogDbContext house, Guid? zone, CancellationToken ct) =>
        house.Set<RoleGrant>().AsNoTracking().Where(g => g.Zone == zone).OrderBy(g => g.Id).ToListAsync(ct);
}
