using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Accounts;
using VictimSupport.Identity.Contracts;
using VictimSupport.Identity.Notices;

namespace VictimSupport.Identity.Recoveries;

/// <summary>Recoveries that wait for a first or a second person, and what follows when they decide.</summary>
internal sealed class Ladder(IKnowRoles roles, TimeProvider clock) : IAwaitASecondPerson
{
    public string Kind => "recovery";

    public async Task<IReadOnlyList<Waiting>> In(CatalogDbContext house, Guid? zone, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var staff = zone is { } here ? await roles.StaffOf(house, here, now, ct) : null;
        var found = new List<Waiting>();
        foreach (var recovery in await Open(house, now, ct))
        {
            if (recovery.Granted is not null || (staff is not null && !staff.ContainsKey(recovery.Account))) continue;
            var firsts = recovery.First is { } first ? await roles.Of(house, first, recovery.FirstZone, now, ct) : null;
            if (zone is null && !Recovery.Fits(firsts, new HashSet<Role> { Role.Operator })) continue; // somebody of the zone must be the second
            if (zone is not null && recovery.FirstZone is { } begun && begun != zone && Recovery.Fits(null, firsts!)) continue; // two of one zone
            var others = staff?.Where(s => !Recovery.Fits(firsts, s.Value)).Select(s => s.Key) ?? [];
            var name = await house.Set<Account>().AsNoTracking().Where(a => a.Id == recovery.Account).Select(a => a.DisplayName).SingleOrDefaultAsync(ct);
            found.Add(new Waiting(recovery.Id, Words.RecoveryOf(name ?? "–"), recovery.Account, recovery.First ?? recovery.AskedBy, recovery.Asked,
                [recovery.Account, .. others, .. recovery.First is { } one ? new[] { one } : []]));
        }
        return found;
    }

    public async Task<Guid?> Decide(CatalogDbContext house, Guid id, Guid? zone, bool confirms, Guid by, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var recovery = await house.Set<Recovery>().SingleOrDefaultAsync(r => r.Id == id, ct) ?? throw new RefusedException("absent", id);
        if (zone is { } here && !(await roles.ZonesOf(house, recovery.Account, now, ct)).Contains(here)) throw new RefusedException("absent", id);
        await Decide(house, recovery, zone, confirms, by, now, ct);
        return null;
    }

    /// <summary>Somebody begins one for a colleague, and has confirmed it as the first by that.</summary>
    /// <exception cref="RefusedException">The colleague is not of this zone, or it is oneself.</exception>
    public async Task<Recovery> Begin(CatalogDbContext house, Guid account, Guid? zone, Guid by, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (zone is { } here && !(await roles.ZonesOf(house, account, now, ct)).Contains(here)) throw new RefusedException("absent", account);
        var open = (await house.Set<Recovery>().Where(r => r.Account == account && r.Done == null && r.Stopped == null).ToListAsync(ct)).FirstOrDefault(r => r.IsOpen(now));
        if (open is null) house.Add(open = Recovery.Ask(account, by, now));
        if (open.Granted is null && open.First != by) await Decide(house, open, zone, confirms: true, by, now, ct);
        return open;
    }

    internal static async Task<List<Recovery>> Open(CatalogDbContext house, DateTimeOffset now, CancellationToken ct)
    {
        var oldest = now - Recovery.Waits - Recovery.OperatorsDelay - Recovery.LinkGoodFor;
        return [.. (await house.Set<Recovery>().AsNoTracking().Where(r => r.Done == null && r.Stopped == null && r.Asked > oldest).OrderBy(r => r.Id).ToListAsync(ct)).Where(r => r.IsOpen(now))];
    }

    private async Task Decide(CatalogDbContext house, Recovery recovery, Guid? zone, bool confirms, Guid by, DateTimeOffset now, CancellationToken ct)
    {
        var held = await roles.Of(house, by, zone, now, ct);
        if (by == recovery.Account) throw new RefusedException("own", recovery.Id);
        if (!confirms)
        {
            if (!recovery.IsWaiting(now) || !Recovery.Fits(null, held)) throw new RefusedException("role", recovery.Id);
            recovery.Stop(now);
            return;
        }
        var firsts = recovery.First is { } first ? await roles.Of(house, first, recovery.FirstZone, now, ct) : null;
        recovery.Confirm(by, zone, held, firsts, now, ofThePlatform: (await roles.Of(house, recovery.Account, null, now, ct)).Count > 0);
        if (recovery.Granted is null) return;
        house.Add(Notice.To(recovery.Account, NoticeKind.RecoveryLink, recovery.Begins!.Value, recovery.Id));
        if (recovery.ToldZone is not { } told) return;
        foreach (var colleague in (await roles.StaffOf(house, told, now, ct)).Keys) house.Add(Notice.To(colleague, NoticeKind.RecoveryBegun, now, recovery.Id));
    }
}
