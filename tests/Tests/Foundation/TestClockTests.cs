using VictimSupport.Casework.Tray;
using VictimSupport.Foundation.Access;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Foundation;

public sealed class TestClockTests(Platforms platforms)
{
    [Fact]
    public async Task A_test_that_waits_a_month_waits_alone()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var (clock, desk) = (zone.Platform.Clock, zone.As(Role.FrontDesk));
        var before = clock.GetUtcNow();
        await desk.Send(TrayTests.Message());
        using var visit = desk.Visit();
        Assert.Single((await visit.Page("/message")).QuerySelectorAll("main tbody tr"));
        clock.Advance(TimeSpan.FromDays(30));
        // Here it is another day, in the handlers and behind the pages.
        Assert.InRange(clock.GetUtcNow() - before, TimeSpan.FromDays(30), TimeSpan.FromDays(31));
        Assert.Empty((await desk.Send(new Put.Query())).Rows);
        Assert.Empty((await visit.Page("/message")).QuerySelectorAll("main tbody tr"));
        // For whoever runs beside it, it is not.
        Task<DateTimeOffset> others;
        using (ExecutionContext.SuppressFlow()) others = Task.Run(() => clock.GetUtcNow());
        Assert.InRange(await others - before, TimeSpan.Zero, TimeSpan.FromHours(1));
        Assert.Throws<InvalidOperationException>(() => clock.AutoAdvanceAmount = TimeSpan.Zero);
    }
}
