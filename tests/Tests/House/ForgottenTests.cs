using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Zones;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.House;

/// <summary>A run starts hosts by the hundred: one that ended and stays takes 13 MB and more with it.</summary>
public sealed class ForgottenTests
{
    [Theory, EveryEngine]
    public async Task A_host_that_ended_is_forgotten(string engine)
    {
        var held = await Ended(engine);
        for (var tries = 0; held.IsAlive && tries < 20; tries++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        Assert.False(held.IsAlive, "Something static holds the host: dotnet-dump, gcroot of ZoneRegistry.");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> Ended(string engine)
    {
        for (var i = 0; i < 2; i++)
        {
            // The first may be held by what the process makes once.
            await using var platform = Platform.Start(engine);
            using var visit = (await platform.Zone()).Passer();
            await visit.Get("/");
            if (i == 1) return new WeakReference(platform.Services.GetRequiredService<ZoneRegistry>());
        }
        throw new InvalidOperationException();
    }
}
