using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Tests.Kit;
using VictimSupport.OnCall.Pools;

namespace VictimSupport.Tests.OnCall;

/// <summary>From which instant to which zones share a pool.</summary>
public sealed class PoolDaysTests(Platforms platforms)
{
    [Theory]
    [InlineData("2026-07-10", "2026-07-10T21:59:59Z", true), InlineData("2026-07-10", "2026-07-10T22:00:00Z", false)] // summer
    [InlineData("2026-12-10", "2026-12-10T22:59:59Z", true), InlineData("2026-12-10", "2026-12-10T23:00:00Z", false)] // winter
    [InlineData("2026-03-28", "2026-03-28T22:59:59Z", true), InlineData("2026-03-28", "2026-03-28T23:00:00Z", false)] // the night that is an hour short
    [InlineData("2026-03-29", "2026-03-29T21:59:59Z", true), InlineData("2026-03-29", "2026-03-29T22:00:00Z", false)]
    [InlineData("2026-10-24", "2026-10-24T21:59:59Z", true), InlineData("2026-10-24", "2026-10-24T22:00:00Z", false)] // the night that is an hour long
    [InlineData("2026-10-25", "2026-10-25T22:59:59Z", true), InlineData("2026-10-25", "2026-10-25T23:00:00Z", false)]
    public async Task A_last_day_in_a_pool_ends_at_midnight_in_Belgium(string until, string at, bool shares)
    {
        var platform = await platforms.On("sqlite");
        var (one, other) = (await platform.Zone(), await platform.Zone());
        await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test", null, house =>
        {
            var pool = new Pool { Id = Guid.NewGuid(), Name = "Test" };
            house.Add(pool);
            foreach (var zone in new[] { one, other }) house.Add(new PoolMember { Pool = pool.Id, Zone = zone.Id, State = Membership.Agreed, From = new DateOnly(2026, 1, 1), Until = DateOnly.Parse(until, CultureInfo.InvariantCulture) });
            return Task.FromResult(true);
        }, TestContext.Current.CancellationToken);
        var book = ActivatorUtilities.CreateInstance<PoolBook>(platform.Services, new FakeTimeProvider(DateTimeOffset.Parse(at, CultureInfo.InvariantCulture)));
        Assert.Equal(shares, await book.Share(one.Id, other.Id, TestContext.Current.CancellationToken));
    }
}
