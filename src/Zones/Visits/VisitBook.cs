using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Zones.Contracts;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Zones.Visits;

/// <summary>Visits as they stand in the catalogue: begun, prolonged and ended inside a use case that writes there; looked up by those who ask who comes for what.</summary>
internal sealed class VisitBook(CatalogDatabase catalog, Standing standing, TimeProvider clock) : IVisits
{
    public async Task<Guid> Begin(CatalogDbContext house, VisitAsked asked, Guid by, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (!await house.Set<RoleGrant>().AsNoTracking().AnyAsync(g => g.Account == asked.Account && g.Zone == asked.From && (g.To == null || g.To > now), ct)) throw new RefusedException("absent", asked.Account);
        if ((await About(house, asked.Kind, asked.About, ct)).Find(v => v.Account == asked.Account && v.Zone == asked.Zone && v.Lives(now)) is { } known)
        {
            known.Prolong(asked.Until);
            return known.Id;
        }
        var visit = Visit.Begin(asked, by, now);
        house.Add(visit);
        return visit.Id;
    }

    public async Task Prolong(CatalogDbContext house, VisitKind kind, Guid about, DateTimeOffset until, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        foreach (var visit in (await About(house, kind, about, ct)).Where(v => v.Lives(now))) visit.Prolong(until);
    }

    public async Task<IReadOnlyList<Guid>> End(CatalogDbContext house, VisitKind kind, Guid about, Guid? account, CancellationToken ct)
    {
        var (now, ended) = (clock.GetUtcNow(), new List<Guid>());
        foreach (var visit in (await About(house, kind, about, ct)).Where(v => v.Lives(now) && (account is null || v.Account == account)))
        {
            visit.End(now);
            ended.Add(visit.Account);
        }
        return ended;
    }

    public async Task<IReadOnlyList<Guid>> CallHome(CatalogDbContext house, VisitKind kind, Guid about, Guid? from, CancellationToken ct)
    {
        var (now, over) = (clock.GetUtcNow(), new List<Guid>());
        foreach (var visit in (await About(house, kind, about, ct)).Where(v => v.Lives(now) && (from is null || v.From == from)))
        {
            visit.IsOver(now);
            over.Add(visit.Account);
        }
        return over;
    }

    public async Task LetBack(CatalogDbContext house, VisitKind kind, Guid about, Guid account, CancellationToken ct)
    {
        foreach (var visit in (await About(house, kind, about, ct)).Where(v => v.Account == account)) visit.LetBack();
    }

    public async Task<IReadOnlySet<Guid>> SentAway(CatalogDbContext house, VisitKind kind, Guid about, CancellationToken ct) =>
        (await house.Set<Visit>().AsNoTracking().Where(v => v.About == about && v.Kind == kind && v.Ended != null).Select(v => v.Account).ToListAsync(ct)).ToHashSet();

    public void Kept(Guid account) => standing.Forget(account);

    public ValueTask<IReadOnlyList<VisitSpan>> Of(Guid account, Guid zone, CancellationToken ct) => standing.Visits(account, zone, ct);

    public async Task<IReadOnlyList<VisitSpan>> In(Guid zone, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        await using var house = catalog.Lease();
        return await house.VisitsIn(zone, from, to, ct);
    }

    private static Task<List<Visit>> About(CatalogDbContext house, VisitKind kind, Guid about, CancellationToken ct) => house.Set<Visit>().Where(v => v.About == about && v.Kind == kind).ToListAsync(ct);
}

internal static class VisitsOfAZone
{
    /// <summary>Those that counted at some moment between these, the latest first.</summary>
    public static async Task<IReadOnlyList<VisitSpan>> VisitsIn(this CatalogDbContext house, Guid zone, DateTimeOffset from, DateTimeOffset to, CancellationToken ct) =>
        [.. (await house.Set<Visit>().AsNoTracking().Where(v => v.Zone == zone && v.Since < to && v.Until > from).OrderByDescending(v => v.Since).ToListAsync(ct)).Select(v => v.Span).Where(s => s.Until > from)];

    /// <summary>All there ever were.</summary>
    public static async Task<IReadOnlyList<VisitSpan>> VisitsIn(this CatalogDbContext house, Guid zone, CancellationToken ct) =>
        [.. (await house.Set<Visit>().AsNoTracking().Where(v => v.Zone == zone).ToListAsync(ct)).Select(v => v.Span)];
}
