using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Sessions;

namespace VictimSupport.Identity.Federations;

/// <summary>A change of federation starts when a second person says so.</summary>
internal sealed class Changes(SessionBook sessions, TimeProvider clock) : IAwaitASecondPerson
{
    public string Kind => "federation";

    public async Task<IReadOnlyList<Waiting>> In(CatalogDbContext house, Guid? zone, CancellationToken ct) => zone is null ? [] :
        [.. (await house.Set<Federation>().AsNoTracking().Where(f => f.Zone == zone && f.Confirmed == null && f.Ended == null).OrderBy(f => f.Id).ToListAsync(ct))
            .Select(f => new Waiting(f.Id, Words.FederationWaiting(f.Name, f.Tenant.Length > 0 ? $"{f.Issuer} · {f.Tenant}" : f.Issuer, string.Join(", ", f.Domains)), null, f.ProposedBy, f.Proposed, [f.ProposedBy]))];

    public async Task<Guid?> Decide(CatalogDbContext house, Guid id, Guid? zone, bool confirms, Guid by, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var federation = await house.Set<Federation>().SingleOrDefaultAsync(f => f.Id == id && f.Zone == zone && f.Confirmed == null && f.Ended == null, ct) ?? throw new RefusedException("absent", id);
        if (!confirms)
        {
            if (by == federation.ProposedBy) throw new RefusedException("own", id);
            federation.End(now);
            return null;
        }
        federation.Confirm(by, now);
        foreach (var earlier in await house.Set<Federation>().Where(f => f.Zone == zone && f.Confirmed != null && f.Ended == null && f.Id != id).ToListAsync(ct)) await End(house, sessions, earlier, now, ct);
        return null;
    }

    /// <summary>Ends a federation, and every session that began there: a provider that is no longer trusted vouches for nobody.</summary>
    public static async Task End(CatalogDbContext house, SessionBook sessions, Federation federation, DateTimeOffset now, CancellationToken ct)
    {
        federation.End(now);
        var begun = house.Set<FederatedSession>().Where(s => s.Federation == federation.Id).Select(s => s.Id);
        foreach (var session in await house.Set<Session>().Where(s => s.Ended == null && begun.Contains(s.Id)).ToListAsync(ct))
        {
            session.End(now);
            sessions.ForgetAllOf(session.Account);
        }
    }
}
