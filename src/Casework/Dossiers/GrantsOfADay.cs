using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.Dossiers;

/// <summary>Single dossiers that were open to somebody beyond what their roles show, counted by person and kind of grant.</summary>
internal sealed class GrantsOfADay(ZoneDbContext zone, IEnumerable<IHideDossiers> walls) : ICountGrants
{
    public async Task<IReadOnlyList<GrantCount>> Between(DateTimeOffset from, DateTimeOffset to, Caller reader, CancellationToken ct)
    {
        var hidden = await walls.From(reader, ct);
        return [.. (await zone.Set<Grant>().AsNoTracking().Where(g => g.From < to && (g.Until == null || g.Until > from)).Select(g => new { g.Account, g.Kind, g.DossierId }).ToListAsync(ct))
            .Where(g => !hidden.Contains(g.DossierId)).GroupBy(g => (g.Account, g.Kind)).OrderBy(g => g.Key.Kind)
            .Select(g => new GrantCount(g.Key.Account, () => Words.Of(g.Key.Kind), g.Select(one => one.DossierId).Distinct().Count()))];
    }
}
