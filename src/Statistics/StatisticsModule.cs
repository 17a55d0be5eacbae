using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Modules;
using VictimSupport.Statistics.Contracts;

namespace VictimSupport.Statistics;

/// <summary>The figures that leave the zones: counted over all of them in memory, protected by noise, released on the days of a calendar. All that this module adds to the house.</summary>
public sealed class StatisticsModule : IModule
{
    public void Add(IServiceCollection services)
    {
        services.AddSingleton<Noise.IRandomBits, Noise.CryptographicBits>();
        services.AddSingleton<Facts.ReadZone>();
        services.AddSingleton<Areas.Places>();
        services.AddSingleton<Releases.Publish>();
        services.AddSingleton<Releases.Published>();
        services.AddSingleton<IReleaseFigures, Releases.Desk>();
    }
}
