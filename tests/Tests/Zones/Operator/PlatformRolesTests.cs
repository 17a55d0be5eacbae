using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Contracts;
using VictimSupport.Identity.Sessions;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Contracts;
using VictimSupport.Zones.Operator;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Tests.Zones.Operator;

/// <summary>Operators and analysts: on request, with an end, confirmed by a second operator, and never beside a zone's role in one session.</summary>
public sealed class PlatformRolesTests
{
    [Fact]
    public async Task An_analyst_comes_on_request_with_an_end_and_counts_once_a_second_operator_confirmed()
    {
        await using var platform = Platform.Start("sqlite");
        var (first, second) = (await platform.Operator(), await platform.Operator());
        using var visit = new Visit(platform, "operator", first, Role.Operator);
        var fields = new Dictionary<string, string> { ["Form.Name"] = "Ada", ["Form.Email"] = "ada@forum.example", ["Form.Role"] = "Analyst", ["Form.Until"] = "2027-06-30", ["Form.Reference"] = "FOR/2026/17" };
        foreach (var missing in new[] { "Form.Until", "Form.Reference" })
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await visit.Submit("/operator/people", fields.Where(f => f.Key != missing))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit("/operator/people", fields)).StatusCode);
        await using (var house = platform.Services.GetRequiredService<CatalogDatabase>().Lease()) Assert.Equal("FOR/2026/17", (await house.Set<ForumRequest>().SingleAsync()).Reference);

        var zone = await platform.Zone();
        var ada = await Takes(platform, zone, "ada@forum.example", Role.Analyst, first);
        Assert.True((await platform.Grant(ada, Role.Analyst)).IsUnconfirmed);
        Assert.Null((await visit.Page("/operator/confirmations")).QuerySelector("input[name=id]")); // who invited does not confirm
        using var other = new Visit(platform, "operator", second, Role.Operator);
        Assert.Contains("FOR/2026/17", (await other.Page("/operator/confirmations")).Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await other.Submit("/operator/confirmations", [], "main form[method=post]:not([action*=Refuse])")).StatusCode);
        Assert.False((await platform.Grant(ada, Role.Analyst)).IsUnconfirmed);
    }

    [Fact]
    public async Task A_single_operator_gets_a_second_one_by_the_command_line_only()
    {
        await using var platform = Platform.Start("sqlite");
        var zones = platform.Services.GetRequiredService<IAddZones>();
        var (zone, first) = (await platform.Zone(), await platform.Operator());
        var second = await Takes(platform, zone, "second@x.example", Role.Operator, first);
        Assert.True((await platform.Grant(second, Role.Operator)).IsUnconfirmed);
        Assert.False(await zones.ConfirmOperator("nobody@x.example", default));
        Assert.True(await zones.ConfirmOperator("second@x.example", default));
        Assert.False((await platform.Grant(second, Role.Operator)).IsUnconfirmed);
        var third = await Takes(platform, zone, "third@x.example", Role.Operator, first);
        Assert.False(await zones.ConfirmOperator("third@x.example", default)); // there are two by now: they confirm
        Assert.True((await platform.Grant(third, Role.Operator)).IsUnconfirmed);
    }

    [Theory, EveryEngine]
    public async Task No_session_stands_in_a_zone_and_on_the_platform(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var both = await Takes(platform, zone, "both@x.example", Role.FrontDesk, null);
        await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test", null, house => Task.FromResult(house.Add(RoleGrant.GiveFirst(both, null, Role.Operator, null, null, platform.Clock.GetUtcNow()))), default);
        foreach (var platformFirst in new[] { true, false })
        {
            var session = Session.Begin(both, "totp", platform.Clock.GetUtcNow());
            await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test", null, house => Task.FromResult(house.Add(session)), default);
            var (places, standing) = (platform.Services.GetRequiredService<IKnowPlaces>(), platform.Services.GetRequiredService<IKnowStanding>());
            Assert.True(await places.Enter(session.Id, onPlatform: platformFirst, default));
            Assert.False(await places.Enter(session.Id, onPlatform: !platformFirst, default)); // no pass for the other side
            Assert.True(await places.Enter(session.Id, onPlatform: platformFirst, default));
            // And were a pass there, it would open nothing.
            Assert.Equal(platformFirst ? [Role.Operator] : [], (await Roles(standing, both, session.Id, null)).ToArray());
            Assert.Equal(platformFirst ? [] : [Role.FrontDesk], (await Roles(standing, both, session.Id, zone.Id)).ToArray());
        }
    }

    private static async Task<IReadOnlySet<Role>> Roles(IKnowStanding standing, Guid account, Guid session, Guid? zone) => (await standing.Of(account, session, zone, quiet: false, default))?.Roles ?? new HashSet<Role>();

    private static Task<Guid> Takes(Platform platform, TestZone zone, string email, Role role, Guid? by) => platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test", null, async house =>
    {
        var account = platform.Services.GetRequiredService<IMakeDemoAccounts>().Ensure(house, email, email, "en", platform.Clock.GetUtcNow());
        await using var scope = platform.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IHearOfInvitations>().TakenUp(house, account, new Promise(role == Role.FrontDesk ? zone.Id : null, role, null), by, onPaper: null, TestContext.Current.CancellationToken);
        return account;
    }, TestContext.Current.CancellationToken);
}
