using Microsoft.Extensions.Hosting;

namespace VictimSupport.Foundation.Zones;

/// <summary>Once a minute closes the zones that nobody has used for five: ten thousand that were visited by a sweep are not ten thousand that are held open.</summary>
internal sealed class IdleZones(ZoneRegistry zones) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1), Unused = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every);
        while (await timer.WaitForNextTickAsync(stoppingToken)) zones.LetGoOfIdle(Unused);
    }
}
