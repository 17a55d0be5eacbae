using VictimSupport.Foundation.Zones;

namespace VictimSupport.Foundation.Pipeline;

/// <summary>While several zones work, each has only so many use cases in hand at once: what one floods stands in its own queue, not before the others. It is a courtesy and no lock: whoever waited
/// a quarter of a second goes in all the same, so that something slow holds up nobody for longer. Where one zone works alone nobody waits.</summary>
internal sealed class Turns
{
    /// <summary>One for each processor keeps them busy; one more would stand before the other zones.</summary>
    internal static readonly int Together = Math.Max(2, Environment.ProcessorCount);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250), Working = TimeSpan.FromMinutes(1);
    private Use latest = new(Guid.Empty, null), other = new(Guid.Empty, null);

    private sealed record Use(Guid Zone, long? At);

    /// <returns>What to give back when the use case has ended; null: it has no turn, and goes in.</returns>
    public async ValueTask<SemaphoreSlim?> Take(ZoneHandle? zone, CancellationToken ct) =>
        zone is not null && OthersWork(zone.Id) && await zone.Turns.WaitAsync(Patience, ct) ? zone.Turns : null;

    // Two that note themselves at once may forget one of them; the next puts it right.
    private bool OthersWork(Guid zone)
    {
        var (now, last) = (Environment.TickCount64, Volatile.Read(ref latest));
        if (last.Zone != zone) Volatile.Write(ref other, last);
        if (last.Zone != zone || last.At != now) Volatile.Write(ref latest, new Use(zone, now));
        return Volatile.Read(ref other) is { At: { } at } others && others.Zone != zone && now - at < Working.TotalMilliseconds;
    }
}
