using System.Diagnostics;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Tests.Kit;
using Lookup = VictimSupport.Casework.Dossiers.Search;

namespace VictimSupport.Tests.Foundation;

/// <summary>A zone that floods stands in its own queue while others work, and nothing waits for ever.</summary>
public sealed class TurnsTests(Platforms platforms)
{
    [Fact]
    public async Task Alone_a_zone_waits_for_nobody_and_beside_others_it_has_so_many_turns_at_once()
    {
        var platform = await platforms.On("sqlite");
        var (loud, quiet, turns) = ((await platform.Zone()).Handle, (await platform.Zone()).Handle, new Turns());
        for (var i = 0; i < 5 * Turns.Together; i++) Assert.Null(await turns.Take(loud, TestContext.Current.CancellationToken));
        Assert.Null(await turns.Take(null, TestContext.Current.CancellationToken)); // outside any zone
        Assert.NotNull(await turns.Take(quiet, TestContext.Current.CancellationToken));
        var held = new List<SemaphoreSlim>();
        for (var i = 0; i < Turns.Together; i++) held.Add((await turns.Take(loud, TestContext.Current.CancellationToken))!);
        Assert.All(held, Assert.NotNull);
        Assert.Null(await turns.Take(loud, TestContext.Current.CancellationToken)); // waited long enough, goes in all the same
        Assert.NotNull(await turns.Take(quiet, TestContext.Current.CancellationToken)); // not behind the other's
        held[0].Release();
        Assert.NotNull(await turns.Take(loud, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Every_use_case_takes_its_turn_and_gives_it_back()
    {
        var platform = await platforms.On("sqlite");
        var (loud, quiet) = (await platform.Zone(), await platform.Zone());
        var (there, here) = (quiet.As(Role.Coordinator), loud.As(Role.Coordinator));
        await there.Send(new Lookup.Query { Text = "Nobody" });
        await here.Send(new Lookup.Query { Text = "Nobody" });
        Assert.Equal(Turns.Together, loud.Handle.Turns.CurrentCount);
        for (var i = 0; i < Turns.Together; i++) await loud.Handle.Turns.WaitAsync(TestContext.Current.CancellationToken);
        var watch = Stopwatch.StartNew();
        await here.Send(new Lookup.Query { Text = "Nobody" });
        Assert.True(watch.ElapsedMilliseconds >= 240, "it did not wait for a turn");
        loud.Handle.Turns.Release(Turns.Together);
        await Assert.ThrowsAnyAsync<Exception>(() => here.Send(new Lookup.Query { Text = "" }));
        Assert.Equal(Turns.Together, loud.Handle.Turns.CurrentCount); // refused, it is given back too
    }
}
