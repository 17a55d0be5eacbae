using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Persistence;
using VictimSupport.OnCall.Pools;
using VictimSupport.OnCall.Rotas;

namespace VictimSupport.OnCall.Now;

/// <param name="Next">The next to be on duty, where a later shift is entered.</param>
internal sealed record OnDuty(Pool Pool, Shift? Duty, Shift? BackUp, Shift? Next)
{
    public string? NumberOf(Shift? shift) => shift?.Number ?? (shift is { Rank: Rank.Duty } ? Pool.Number : null);

    /// <summary>Who is on call at this instant, in each of these pools that is in force.</summary>
    public static async Task<IReadOnlyList<OnDuty>> At(CatalogDbContext house, IReadOnlyList<Pool> pools, DateTimeOffset now, CancellationToken ct)
    {
        var running = pools.Where(p => p.Begins <= now && now < p.Ends).ToList();
        var ids = running.ConvertAll(p => p.Id);
        if (ids.Count == 0) return [];
        var ahead = now.AddDays(Cover.DaysShown);
        var shifts = await house.Set<Shift>().AsNoTracking().Where(s => ids.Contains(s.Pool) && s.Removed == null && s.End > now && s.Start < ahead).OrderBy(s => s.Start).ToListAsync(ct);
        return [.. running.Select(p => new OnDuty(p, Of(p, Rank.Duty), Of(p, Rank.BackUp), shifts.Find(s => s.Pool == p.Id && s.Rank == Rank.Duty && s.Start > now)))];

        Shift? Of(Pool pool, Rank rank) => shifts.Find(s => s.Pool == pool.Id && s.Rank == rank && s.Covers(now));
    }
}
