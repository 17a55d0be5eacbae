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
    // No session lives longer.
    private static readonly TimeSpan SessionsAreOver = TimeSpan.FromDays(1);

    /// <summary>Ends one role. The last one here: that is leaving.</summary>
    /// <exception cref="RefusedException">It is not there, or one's own.</exception>
    /// <exception cref="ValidationException">The zone would be left without an administrator.</exception>
    public async Task<Guid> One(CatalogDbContext house, Guid zone, Guid grant, Guid by, CancellationToken ct)
    {
        await InTurn(house, zone, ct);
        var (now, found) = (clock.GetUtcNow(), await house.Set<RoleGrant>().SingleOrDefaultAsync(g => g.Id == grant && g.Zone == zone, ct));
        if (found?.Lives(now) != true) throw new RefusedException("absent", grant);
        if (!await house.Set<RoleGrant>().AnyAsync(g => g.Account == found.Account && g.Zone == zone && g.Id != grant && (g.To == null || g.To > now), ct))
        {
            await All(house, zone, found.Account, by, ct);
            return found.Account;
        }
        await KeepAnAdministrator(house, zone, [found], ct);
        found.End(by, now);
        return found.Account;
    }

    /// <summary>A colleague leaves: roles here end, absences and invitations too, sessions are dead at the next request. Where the account comes from this zone, its roles elsewhere end as well.</summary>
    /// <exception cref="RefusedException">Nobody of this zone, or oneself.</exception>
    /// <exception cref="ValidationException">The zone would be left without an administrator.</exception>
    public async Task All(CatalogDbContext house, Guid zone, Guid account, Guid by, CancellationToken ct)
    {
        await InTurn(house, zone, ct);
        var (now, grants) = (clock.GetUtcNow(), await house.Set<RoleGrant>().Where(g => g.Account == account).ToListAsync(ct));
        var here = grants.Where(g => g.Zone == zone && g.Lives(now)).ToList();
        if (here.Count == 0 || account == by) throw new RefusedException(account == by ? "own" : "absent", account);
        await KeepAnAdministrator(house, zone, here, ct);
        await End(house, zone, account, Home.Of(grants, now) == zone ? [.. grants.Where(g => g.Lives(now))] : here, by, ct);
    }

    /// <summary>Who comes from this zone and left it when the last role here ended by its date, and what did not end with it: roles elsewhere that were given before, sessions.
    /// Whoever was asked in anew since keeps that.</summary>
    public async Task<IReadOnlyList<(Guid Account, IReadOnlyList<RoleGrant> Left)>> LeftByDate(CatalogDbContext house, Guid zone, CancellationToken ct)
    {
        var (now, found) = (clock.GetUtcNow(), new List<(Guid, IReadOnlyList<RoleGrant>)>());
        var here = house.Set<RoleGrant>().Where(g => g.Zone == zone);
        var gone = here.Where(g => g.To <= now && !here.Any(other => other.Account == g.Account && (other.To == null || other.To > now))).Select(g => g.Account);
        foreach (var own in (await house.Set<RoleGrant>().Where(g => gone.Contains(g.Account)).ToListAsync(ct)).GroupBy(g => g.Account))
        {
            if (own.Where(g => g.Zone == zone && g.Since < g.To).Max(g => g.To) is not { } left || Home.Of(own, left) != zone) continue;
            var living = own.Where(g => g.Lives(now)).ToList();
            var elsewhere = living.Where(g => g.From < left).ToList();
            if (elsewhere.Count > 0 || (living.Count == 0 && left > now - SessionsAreOver && await sessions.AliveOf(own.Key, ct) > 0)) found.Add((own.Key, elsewhere));
        }
        return found;
    }

    /// <summary>Ends what <see cref="LeftByDate"/> finds.</summary>
    public async Task<int> ByDate(CatalogDbContext house, Guid zone, CancellationToken ct)
    {
        var left = await LeftByDate(house, zone, ct);
        foreach (var (account, elsewhere) in left) await End(house, zone, account, elsewhere, null, ct);
        return left.Count;
    }

    private async Task End(CatalogDbContext house, Guid zone, Guid account, IReadOnlyList<RoleGrant> ending, Guid? by, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        // The platform is never left without an operator by a zone.
        if (ending.Any(g => g is { Zone: null, Role: Role.Operator }) && !await OtherHolds(house, null, Role.Operator, account, now, ct)) ending = [.. ending.Where(g => g is not { Zone: null, Role: Role.Operator })];
        foreach (var grant in ending) grant.End(by, now);
        var zones = ending.Select(g => g.Zone).OfType<Guid>().Append(zone).Distinct().ToList();
        foreach (var absence in await house.Set<Absence>().Where(a => zones.Contains(a.Zone) && (a.Account == account || a.Replacement == account) && a.To > now).ToListAsync(ct))
        {
            // Whom they replaced is the coordinators'.
            if (absence.Account == account) absence.End(now);
            else if (absence.ReplaceBy(null, now) is { } rest) house.Add(rest);
        }
        if ((await accounts.Named([account], ct)).TryGetValue(account, out var colleague))
        {
            foreach (var open in (await invitations.Of(house, zone, ct)).Where(i => i.IsOpen(now) && string.Equals(i.Email, colleague.Email, StringComparison.OrdinalIgnoreCase))) await invitations.Revoke(house, open.Id, zone, now, ct);
        }
        await sessions.EndSessions(house, account, now, ct);
        foreach (var other in zones.Where(z => z != zone)) house.Add(OutboxMessage.New($"access-ended {account} {other} {now.UtcTicks}", AccessEndedMail.KindName, account, null, now, other));
        await Wake(house, zones, ct);
    }

    // Two who end each other at once would each find the other still there: whoever ends roles of a zone waits here until the one before is done.
    private Task InTurn(CatalogDbContext house, Guid zone, CancellationToken ct) => Wake(house, [zone], ct);

    private async Task KeepAnAdministrator(CatalogDbContext house, Guid zone, IReadOnlyList<RoleGrant> ending, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (ending.FirstOrDefault(g => g.Role == Role.ZoneAdministrator && g.Counts(now)) is { } own && !await OtherHolds(house, zone, Role.ZoneAdministrator, own.Account, now, ct))
            throw new ValidationException([new ValidationFailure("", Words.LastAdministrator)]);
    }

    // Tracked: a review ends several in one go, and who was ended a moment ago is no other.
    private static async Task<bool> OtherHolds(CatalogDbContext house, Guid? zone, Role role, Guid account, DateTimeOffset now, CancellationToken ct) =>
        (await house.Set<RoleGrant>().Where(g => g.Zone == zone && g.Role == role && g.Account != account).ToListAsync(ct)).Any(g => g.Counts(now));

    // In the same transaction: the sweep comes within half a minute, whatever happens to this process. Written though something is due there already: a visit that is under way has to wait for it at the zone's row, or come again.
    private Task Wake(CatalogDbContext house, IReadOnlyList<Guid> zones, CancellationToken ct)
    {
        DateTimeOffset? now = clock.GetUtcNow();
        return house.Set<ZoneRecord>().Where(z => zones.Contains(z.Id)).ExecuteUpdateAsync(set => set.SetProperty(z => z.NextDue, now), ct);
    }
}
