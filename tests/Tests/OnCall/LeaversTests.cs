using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Persistence;
using VictimSupport.OnCall.Rotas;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Tests.OnCall;

public sealed class LeaversTests
{
    [Theory, EveryEngine]
    public async Task Who_leaves_a_zone_keeps_no_shift_that_has_not_begun_and_what_they_leave_open_is_warned_of(string engine)
    {
        await using var platform = Platform.Start(engine);
        var two = await platform.Pooled();
        var now = new DateTimeOffset(2026, 11, 24, 9, 30, 0, TimeSpan.Zero);
        var (running, ahead, other) = (await Enters(two, two.AnnaKey, now.AddMinutes(30)), await Enters(two, two.AnnaKey, now.AddDays(1)), await Enters(two, two.BertKey, now.AddDays(2)));
        await two.Here.RunJobs();
        Assert.Equal([running, ahead, other], (await two.Rota()).Select(s => s.Id)); // everybody is there
        await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("test", null, async house =>
        {
            foreach (var grant in await house.Set<RoleGrant>().Where(g => g.Account == two.Anna.Id).ToListAsync(TestContext.Current.CancellationToken)) grant.End(Guid.NewGuid(), platform.Clock.GetUtcNow());
            return true;
        }, TestContext.Current.CancellationToken);
        platform.Clock.Advance(TimeSpan.FromHours(1));
        await two.Here.RunJobs();
        Assert.Equal([running, other], (await two.Rota()).Select(s => s.Id));
        Assert.True((await two.Rota())[0].End <= platform.Clock.GetUtcNow(), "who left is still on duty");
        Assert.Contains(await two.Here.Platform.House(h => h.Set<ShiftChange>().AsNoTracking().Where(c => c.Shift == ahead).Select(c => c.Turn).ToListAsync(TestContext.Current.CancellationToken)), turn => turn == Turn.Gone);
    }

    private static async Task<Guid> Enters(Pooling.Two two, string who, DateTimeOffset at)
    {
        await two.Cora.Send(two.Shift(who, at, 12));
        return (await two.Rota()).Single(s => s.Start == at).Id;
    }
}
