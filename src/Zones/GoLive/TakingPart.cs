using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;
using VictimSupport.Zones.Contracts;
using VictimSupport.Zones.Settings;

namespace VictimSupport.Zones.GoLive;

/// <summary>The zones that take part, as of a few seconds ago at most.</summary>
internal sealed class TakingPart(CatalogDatabase catalog, TimeProvider clock) : ITakePart
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3);
    private Known? known;

    public async ValueTask<IReadOnlyList<Participant>> All(CancellationToken ct)
    {
        if (known is { } entry && clock.GetElapsedTime(entry.Read) <= Fresh) return entry.Zones;
        await using var house = catalog.Lease();
        var live = await house.Set<ZoneRecord>().AsNoTracking().Where(z => z.State == ZoneState.Active && house.Set<ZoneStep>().Any(s => s.Zone == z.Id && s.Step == ZoneStep.Live)).OrderBy(z => z.Code).ToListAsync(ct);
        IReadOnlyList<Participant> zones = [.. live.Select(z => new Participant(z.Code, new[] { ("fr", z.NameFr), ("nl", z.NameNl), ("de", z.NameDe) }.Where(n => n.Item2 is not null).ToDictionary(n => n.Item1, n => n.Item2!, StringComparer.Ordinal), z.Facts.Languages, z.Facts.Places ?? []))];
        known = new Known(zones, clock.GetTimestamp());
        return zones;
    }

    private sealed record Known(IReadOnlyList<Participant> Zones, long Read);
}
