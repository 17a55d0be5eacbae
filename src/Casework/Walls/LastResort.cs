using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Walls;

/// <summary>A dossier that nobody of the zone may see any more goes to the outside stand-in, and the data-protection officer is told.</summary>
internal sealed class LastResort(ZoneDbContext zone, UseCase here, Guard guard, Colleagues colleagues, IStaff staff, IZoneSettings settings, Caller caller, TimeProvider clock)
{
    private static readonly Role[] Within = [Role.Coordinator, Role.Caseworker, Role.OnCall, Role.Trainee];

    /// <summary>Looks whether anybody is left, and hands the dossier over where nobody is.</summary>
    public async Task Reach(Dossier dossier, IReadOnlySet<Guid> walled, IReadOnlyList<Grant> grants, CancellationToken ct)
    {
        if (await SomebodySees(dossier, walled, grants, ct)) return;
        var (place, now) = (here.InZone.Id, clock.GetUtcNow());
        var given = await Give(dossier, walled, grants, ct);
        foreach (var officer in (await staff.Holding(place, [Role.DataProtectionOfficer], ct)).Where(o => !walled.Contains(o)))
            zone.Add(OutboxMessage.New($"{Notices.NobodySees} {dossier.Id} {officer} {now.UtcTicks}", Notices.NobodySees, null, officer, now));
        if (given is { } standIn) zone.Add(OutboxMessage.New($"{Notices.StandIn} {dossier.Id} {standIn} {now.UtcTicks}", Notices.StandIn, dossier.Id, standIn, now));
    }

    /// <summary>Gives this one dossier to the stand-in whom the zone named.</summary>
    /// <returns>null: nobody is named, they are walled off too, or they have it.</returns>
    public async Task<Guid?> Give(Dossier dossier, IReadOnlySet<Guid> walled, IReadOnlyList<Grant> grants, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if ((await settings.Of(here.InZone.Id, ct)).OutsideStandIn is not { } standIn || walled.Contains(standIn)) return null;
        if (grants.Any(g => g.Account == standIn && g.Kind == GrantKind.StandIn && g.Counts(now))) return null;
        zone.Add(Grant.Give(dossier.Id, standIn, GrantKind.StandIn, now, null, caller.Self));
        return standIn;
    }

    public async Task<bool> SomebodySees(Dossier dossier, IReadOnlySet<Guid> walled, IReadOnlyList<Grant> grants, CancellationToken ct)
    {
        foreach (var (account, held) in await colleagues.Holding(Within, ct))
        {
            if (!walled.Contains(account) && Sight.Sees(await guard.As(account, held, ct), dossier, walled, grants)) return true;
        }
        return false;
    }

    /// <summary>A wall came down: where somebody of the zone sees the dossier again, it is the stand-in's no longer.</summary>
    public async Task Return(Guid id, Wall lifted, CancellationToken ct)
    {
        var dossier = await zone.Set<Dossier>().AsNoTracking().SingleAsync(d => d.Id == id, ct);
        var rows = await zone.Set<WalledOff>().AsNoTracking().Where(w => w.DossierId == id && w.Wall != lifted.Id).Select(w => w.Account).ToListAsync(ct);
        var grants = await zone.Set<Grant>().Where(g => g.DossierId == id).ToListAsync(ct);
        var now = clock.GetUtcNow();
        if (!await SomebodySees(dossier, rows.ToHashSet(), grants, ct)) return;
        foreach (var grant in grants.Where(g => g.Kind == GrantKind.StandIn && g.Counts(now))) grant.End(now);
    }

    /// <summary>Who is walled off from a dossier, and to whom it is open by grant.</summary>
    public async Task<(IReadOnlySet<Guid> Walled, IReadOnlyList<Grant> Grants)> About(Guid dossier, CancellationToken ct) => (await colleagues.KeptAway(dossier, ct),
        await zone.Set<Grant>().AsNoTracking().Where(g => g.DossierId == dossier).ToListAsync(ct));
}
