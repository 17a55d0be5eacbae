using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;
using VictimSupport.OnCall.Pools;
using VictimSupport.OnCall.Rotas;
using VictimSupport.Zones.Contracts;
using Staff = VictimSupport.OnCall.Rotas.Staff;

namespace VictimSupport.OnCall.CallOuts;

/// <summary>Somewhere a call-out may lead: a zone of a pool in force, on the platform or outside it.</summary>
/// <param name="Zone">null: outside.</param>
internal sealed record Destination(Pool Pool, Guid? Zone, Guid? Outside, string Code, string Name)
{
    /// <summary>As a form names it.</summary>
    public string Key => $"{Pool.Id:N}:{Zone ?? Outside:N}";
}

/// <summary>Who may go where: whoever is on duty or back-up now, or was within the time for which the zone of the facts lets call-outs be seen; and whom a coordinator calls out.</summary>
internal sealed class Goes(CatalogDbContext house, OurPools pools, Staff staff, IZoneSettings settings, UseCase here, Caller caller, TimeProvider clock)
{
    /// <summary>Nobody may go longer than that after a shift, whatever a zone chose.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    /// <summary>Calls others out, and goes themselves without a shift.</summary>
    public bool CallsOut => caller.Is(Role.Coordinator);

    /// <summary>Where somebody of this zone may be sent now, by pool.</summary>
    public async Task<IReadOnlyList<Destination>> All(CancellationToken ct)
    {
        var (now, today, found) = (clock.GetUtcNow(), pools.Today, new List<Destination>());
        foreach (var pool in (await pools.All(ct)).Where(p => p.Begins <= now && now < p.Ends))
        {
            var members = (await pools.Members(pool.Id, ct)).Where(m => m.Counts(today)).Select(m => m.Zone).Distinct().ToList();
            if (!members.Contains(here.InZone.Id)) continue;
            var active = await house.Set<ZoneRecord>().AsNoTracking().Where(z => members.Contains(z.Id) && z.State == ZoneState.Active).Select(z => z.Id).ToListAsync(ct);
            var named = await staff.ZonesOf(active, ct);
            found.AddRange(active.Select(z => new Destination(pool, z, null, named[z].Code, named[z].Name)).OrderBy(d => d.Zone != here.InZone.Id).ThenBy(d => d.Code, StringComparer.Ordinal));
            found.AddRange((await house.Set<OutsideMember>().AsNoTracking().Where(o => o.Pool == pool.Id).ToListAsync(ct)).Where(o => o.Counts(today)).Select(o => new Destination(pool, null, o.Id, "", o.Zone)).OrderBy(d => d.Name, StringComparer.CurrentCulture));
        }
        return found;
    }

    /// <summary>Those to which this account may go, as whose colleague, until when; none: no shift of theirs explains it.</summary>
    public async Task<IReadOnlyList<(Destination To, Guid Employer, DateTimeOffset Until)>> For(Guid account, IReadOnlyList<Destination> all, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var (ids, since) = (all.Select(d => d.Pool.Id).Distinct().ToList(), now - Longest);
        var shifts = await house.Set<Shift>().AsNoTracking().Where(s => ids.Contains(s.Pool) && s.Account == account && s.Removed == null && s.Start <= now && s.End > since).OrderByDescending(s => s.End).ToListAsync(ct);
        var open = new List<(Destination, Guid, DateTimeOffset)>();
        foreach (var to in all)
        {
            if (shifts.Find(s => s.Pool == to.Pool.Id) is { } shift && shift.End + await Window(to, ct) is var until && until > now) open.Add((to, shift.Employer, until));
            else if (CallsOut && account == caller.Account) open.Add((to, here.InZone.Id, now + await Window(to, ct)));
        }
        return open;
    }

    /// <summary>The same for one of them. Whom a coordinator calls out needs no shift.</summary>
    /// <exception cref="RefusedException">It leads nowhere, or nothing explains that they go.</exception>
    public async Task<(Destination To, Guid Employer, DateTimeOffset Until)> Must(string key, Guid account, Guid? employer, CancellationToken ct)
    {
        var all = await All(ct);
        if (all.FirstOrDefault(d => d.Key == key) is not { } to) throw new RefusedException("absent");
        if ((await For(account, [to], ct)) is [var one, ..]) return one;
        return CallsOut && employer is { } from ? (to, from, clock.GetUtcNow() + await Window(to, ct)) : throw new RefusedException("not-on-duty", account);
    }

    // What outside zones let be seen is nothing.
    private async Task<TimeSpan> Window(Destination to, CancellationToken ct) => (await settings.Of(to.Zone ?? here.InZone.Id, ct)).CallOutWindow;
}
