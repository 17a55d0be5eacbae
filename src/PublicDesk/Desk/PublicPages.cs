using System.Collections.Concurrent;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.PublicDesk.Desk;

/// <summary>The public pages of zones as they are read, as of a few seconds ago at most; what is published in this process is read at once.</summary>
internal sealed class PublicPages(CatalogDatabase catalog, IZoneSettings settings, Kept shown, TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3);
    private readonly ConcurrentDictionary<Guid, (PublicPage? Page, long Read)> known = new();

    /// <summary>null: there is no such zone, or it is not open to the public: suspended, there for the figures, not live yet. All of these are one answer.</summary>
    public async ValueTask<PublicPage?> Of(ZoneHandle? zone, CancellationToken ct)
    {
        if (zone is not { Record.State: ZoneState.Active }) return null;
        if (known.TryGetValue(zone.Id, out var entry) && clock.GetElapsedTime(entry.Read) <= Fresh) return entry.Page;
        var now = await settings.Of(zone.Id, ct);
        PublicPage? page = null;
        if (now.Live is not null)
        {
            await using var house = catalog.Lease();
            var last = await PublishedPage.Last(house, zone.Id, ct);
            page = new PublicPage(zone.Record, now, last?.Content ?? new PublicContent(), last?.Version ?? 0);
        }
        if (known.Count > 10_000) known.Clear();
        known[zone.Id] = (page, clock.GetTimestamp());
        return page;
    }

    public void Forget(Guid zone)
    {
        known.TryRemove(zone, out _);
        shown.Drop();
    }
}
