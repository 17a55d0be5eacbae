using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.OnCall.Contracts;
using VictimSupport.OnCall.Pools;
using VictimSupport.OnCall.Rotas;
using VictimSupport.OnCall.Swaps;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Tests.OnCall;

/// <summary>The rota of the demo.</summary>
public sealed class StoryRotaTests
{
    [Fact]
    public async Task It_lies_around_today_with_one_gap_and_telling_it_again_adds_nothing_but_the_weeks_that_came()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var platform = Platform.Start("sqlite");
        await platform.Services.GetRequiredService<IMakeStoryZones>().Make(4, ct);
        var rota = platform.Services.GetRequiredService<ITellRota>();
        await rota.Tell(ct);
        var (pools, members, shifts, swaps) = await Rows();
        Assert.Equal((1, 4, 1), (pools.Count, members, swaps));
        var now = platform.Clock.GetUtcNow();
        foreach (var rank in Enum.GetValues<Rank>()) Assert.Single(shifts, s => s.Rank == rank && s.Covers(now));
        var gap = Assert.Single(Cover.Gaps(pools[0], shifts, now, now.AddDays(Cover.DaysShown)));
        Assert.Equal(TimeSpan.FromDays(1), gap.Length);
        await rota.Tell(ct);
        var again = await Rows();
        Assert.Equal((shifts.Count, members, swaps), (again.Shifts.Count, again.Members, again.Swaps));
        platform.Clock.Advance(TimeSpan.FromDays(7));
        await rota.Tell(ct);
        Assert.Equal(shifts.Count + 2, (await Rows()).Shifts.Count); // the week that came: on duty, and back-up

        Task<(List<Pool> Pools, int Members, List<Shift> Shifts, int Swaps)> Rows() => platform.House(async house =>
            (await house.Set<Pool>().AsNoTracking().ToListAsync(ct), await house.Set<PoolMember>().CountAsync(ct), await house.Set<Shift>().AsNoTracking().ToListAsync(ct), await house.Set<Swap>().CountAsync(ct)));
    }
}
