using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Foundation.Jobs;

/// <summary>The catalogue's note of when each zone has something due. A write lowers it before it commits, and once more after: the first outlives a crash
/// between the two databases, the second a sweep that looked in between. The hourly visit of every zone catches the rest.</summary>
public sealed class NextDue(CatalogDatabase catalog)
{
    /// <summary>Lowers the zone's next due instant, only if it is earlier.</summary>
    public async Task Lower(Guid zone, DateTimeOffset due, CancellationToken ct)
    {
        await using var house = catalog.Lease();
        var noted = await house.Set<ZoneRecord>().AsNoTracking().Where(z => z.Id == zone).Select(z => z.NextDue).SingleAsync(ct);
        if (noted is { } known && known <= due) return;
        await catalog.WriteAsPlatform("Foundation.LowerNextDue", null, async c =>
        {
            var record = await c.Set<ZoneRecord>().SingleAsync(z => z.Id == zone, ct);
            if (record.NextDue is null || record.NextDue > due) record.NextDue = due;
            return true;
        }, ct);
    }

    internal async Task<DateTimeOffset?> Of(string code, CancellationToken ct)
    {
        await using var house = catalog.Lease();
        return await house.Set<ZoneRecord>().AsNoTracking().Where(z => z.Code == code).Select(z => z.NextDue).SingleOrDefaultAsync(ct);
    }

    /// <summary>Writes what the zone's rows say, unless somebody lowered it since <paramref name="observed"/> was read.</summary>
    internal async Task Rewrite(string code, DateTimeOffset? observed, DateTimeOffset? next, CancellationToken ct)
    {
        if (observed == next) return;
        await catalog.WriteAsPlatform("Foundation.RewriteNextDue", null, async c =>
        {
            var record = await c.Set<ZoneRecord>().SingleAsync(z => z.Code == code, ct);
            if (record.NextDue == observed) record.NextDue = next;
            return true;
        }, ct);
    }
}
