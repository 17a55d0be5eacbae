using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Foundation.Jobs;

/// <summary>The catalogue's note of when each zone has something due. A write lowers it before it commits, and once more after: the first outlives a crash
/// between the two databases, the second a sweep that looked in between. The hourly visit of every zone catches the rest.</summary>
public sealed class NextDue(CatalogDatabase catalog, TimeProvider clock)
{
    /// <summary>Lowers the zone's next due instant, only if it is earlier.</summary>
    public async Task Lower(Guid zone, DateTimeOffset due, CancellationToken ct)
    {
        await using var house = catalog.Lease();
        var noted = await house.Set<ZoneRecord>().AsNoTracking().Where(z => z.Id == zone).Select(z => z.NextDue).SingleAsync(ct);
        if (noted is { } known && known <= due) return;
        await catalog.WriteAsPlatform("Foundation.LowerNextDue", null, async c =>
        {
            Lower(await c.Set<ZoneRecord>().SingleAsync(z => z.Id == zone, ct), due);
            return true;
        }, ct);
    }

    /// <summary>The same, within a transaction on the catalogue.</summary>
    public static void Lower(ZoneRecord record, DateTimeOffset due)
    {
        if (record.NextDue is null || record.NextDue > due) record.NextDue = due;
    }

    internal async Task<DateTimeOffset?> Of(Guid zone, CancellationToken ct)
    {
        await using var house = catalog.Lease();
        return await house.Set<ZoneRecord>().AsNoTracking().Where(z => z.Id == zone).Select(z => z.NextDue).SingleOrDefaultAsync(ct);
    }

    /// <summary>Notes anew what is next. A note whose time has come is taken away before the zone's rows are asked: a write that they do not show yet would find it earlier than its own and leave it, and be forgotten with it.
    /// One that is still to come is never put off: the visit at that time does it.</summary>
    /// <param name="done">What was due by then is done; noted before the rows are asked, so that what goes by the clock is not named once more.</param>
    /// <param name="asked">Asks the rows, and notes what they say. What it throws leaves the note as it was.</param>
    internal async Task Anew(Guid zone, DateTimeOffset done, Func<Task> asked, CancellationToken ct)
    {
        var (now, noted) = (clock.GetUtcNow(), (DateTimeOffset?)null);
        await catalog.WriteAsPlatform("Foundation.RewriteNextDue", null, async c =>
        {
            (await ZoneVisit.Of(c, zone, ct)).DoneUpTo = done;
            var record = await c.Set<ZoneRecord>().SingleAsync(z => z.Id == zone, ct);
            noted = record.NextDue;
            if (noted <= now) record.NextDue = null;
            return true;
        }, ct);
        try
        {
            await asked();
        }
        catch when (noted is not null)
        {
            await Lower(zone, noted.Value, CancellationToken.None);
            throw;
        }
    }
}
