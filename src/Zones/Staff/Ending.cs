using FluentValidation;
using FluentValidation.Results;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Absences;

namespace VictimSupport.Zones.Staff;

/// <summary>How access ends: one role, or all at once when a colleague leaves. What rests on the account in a zone's database is let go by the zone's job,
/// which finds it by the roles: a crash in between loses nothing.</summary>
internal sealed class Ending(ISessions sessions, IAccounts accounts, IInvite invitations, TimeProvider clock)
{
    /// <summary>Ends one role.</summary>
    /// <exception cref="RefusedException">It is not there, or one's own.</exception>
    /// <exception cref="ValidationException">The zone would be left without an administrator.</exception>
    public async Task<Guid> One(CatalogDbContext house, Guid zone, Guid grant, Guid by, CancellationToken ct)
    {
        var (now, found) = (clock.GetUtcNow(), await house.Set<RoleGrant>().SingleOrDefaultAsync(g => g.Id == grant && g.Zone == zone, ct));
        if (found is null || found.To <= now) throw new RefusedException("absent", grant);
        await KeepAnAdministrator(house, zone, [found], ct);
        found.End(by, now);
        await Wake(house, [zone], ct);
        return found.Account;
    }

    /// <summary>A colleague leaves: roles here end, absences and invitations too, sessions are dead at the next request. Where the account comes from this zone, its roles elsewhere end as well.</summary>
    /// <exception cref="RefusedException">Nobody of this zone, or oneself.</exception>
    /// <exception cref="ValidationException">The zone would be left without an administrator.</exception>
    public async Task All(CatalogDbContext house, Guid zone, Guid account, Guid by, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var grants = (await house.Set<RoleGrant>().Where(g => g.Account == account).ToListAsync(ct)).Where(g => g.To is null || g.To > now).ToList();
        var here = grants.Where(g => g.Zone == zone).ToList();
        if (here.Count == 0 || account == by) throw new RefusedException(account == by ? "own" : "absent", account);
        await KeepAnAdministrator(house, zone, here, ct);
        var ending = await HomeOf(house, account, ct) == zone ? grants : here;
        // The platform is never left without an operator by a zone.
        if (ending.Any(g => g is { Zone: null, Role: Role.Operator }) && !await OtherHolds(house, null, Role.Operator, account, now, ct)) ending = [.. ending.Where(g => g is not { Zone: null, Role: Role.Operator })];
        foreach (var grant in ending) grant.End(by, now);
        var zones = ending.Select(g => g.Zone).OfType<Guid>().Distinct().ToList();
        foreach (var absence in await house.Set<Absence>().Where(a => zones.Contains(a.Zone) && (a.Account == account || a.Replacement == account) && a.To > now).ToListAsync(ct)) absence.Gone(account, now);
        if ((await accounts.Named([account], ct)).TryGetValue(account, out var colleague))
        {
            foreach (var open in (await invitations.Of(house, zone, ct)).Where(i => i.IsOpen(now) && string.Equals(i.Email, colleague.Email, StringComparison.OrdinalIgnoreCase))) await invitations.Revoke(house, open.Id, zone, now, ct);
        }
        await sessions.EndSessions(house, account, now, ct);
        foreach (var other in zones.Where(z => z != zone)) house.Add(OutboxMessage.New($"access-ended {account} {other} {now.UtcTicks}", AccessEndedMail.KindName, account, null, now, other));
        await Wake(house, zones, ct);
    }

    /// <summary>The zone an account comes from: the first that gave it a role.</summary>
    public static async Task<Guid?> HomeOf(CatalogDbContext house, Guid account, CancellationToken ct) =>
        (await house.Set<RoleGrant>().AsNoTracking().Where(g => g.Account == account && g.Zone != null).OrderBy(g => g.From).ThenBy(g => g.Id).Take(1).ToListAsync(ct)).SingleOrDefault()?.Zone;

    private async Task KeepAnAdministrator(CatalogDbContext house, Guid zone, IReadOnlyList<RoleGrant> ending, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (ending.FirstOrDefault(g => g.Role == Role.ZoneAdministrator && g.Counts(now)) is { } own && !await OtherHolds(house, zone, Role.ZoneAdministrator, own.Account, now, ct))
            throw new ValidationException([new ValidationFailure("", Words.LastAdministrator)]);
    }

    private static async Task<bool> OtherHolds(CatalogDbContext house, Guid? zone, Role role, Guid account, DateTimeOffset now, CancellationToken ct) =>
        (await house.Set<RoleGrant>().AsNoTracking().Where(g => g.Zone == zone && g.Role == role && g.Account != account).ToListAsync(ct)).Any(g => g.Counts(now));

    // In the same transaction: the sweep comes within half a minute, whatever happens to this process.
    private async Task Wake(CatalogDbContext house, IReadOnlyList<Guid> zones, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        foreach (var record in await house.Set<ZoneRecord>().Where(z => zones.Contains(z.Id)).ToListAsync(ct))
        {
            if (record.NextDue is null || record.NextDue > now) record.NextDue = now;
        }
    }
}
