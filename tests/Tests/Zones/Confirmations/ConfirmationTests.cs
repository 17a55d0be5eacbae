using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Contracts;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Demo;
using VictimSupport.OnCall.Pools;
using VictimSupport.Zones.Staff;
using Confirm = VictimSupport.Zones.Confirmations.List;

namespace VictimSupport.Tests.Zones.Confirmations;

/// <summary>Nobody gives himself a role: the second person, and every way round that must not be there.</summary>
public sealed class ConfirmationTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task A_role_that_opens_dossiers_counts_once_a_second_person_confirmed_it(string engine)
    {
        var (zone, chief, officer) = await Begun(engine);
        var karel = await zone.Brings("Karel", Role.Caseworker, chief.Id);
        Assert.False(await zone.Holds(karel, Role.Caseworker));

        using var visit = officer.Visit();
        var page = await visit.Page("/admin/confirmations");
        Assert.Contains(Colleagues.AddressOf(zone, "Karel"), page.Body!.TextContent, StringComparison.Ordinal); // whoever confirms sees whose account
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send("/admin/confirmations", FormOf(page, await zone.Platform.Grant(karel.Id, Role.Caseworker)), [])).StatusCode);
        Assert.True(await zone.Holds(karel, Role.Caseworker));
        Assert.Equal(officer.Id, (await zone.Platform.Grant(karel.Id, Role.Caseworker)).ConfirmedBy);
    }

    [Fact]
    public async Task What_is_refused_never_counts_and_given_again_it_waits_again()
    {
        var (zone, chief, officer) = await Begun();
        var karel = await zone.Brings("Karel", Role.Caseworker, chief.Id);
        await officer.Send(new Confirm.Command("role", (await zone.Platform.Grant(karel.Id, Role.Caseworker)).Id, Confirms: false));
        Assert.False(await zone.Holds(karel, Role.Caseworker));
        await Assert.ThrowsAsync<RefusedException>(() => Confirms(officer, karel, Role.Caseworker)); // it no longer waits

        await zone.Brings("Karel", Role.Caseworker, chief.Id, karel.Id);
        Assert.False(await zone.Holds(karel, Role.Caseworker));
        await Confirms(officer, karel, Role.Caseworker);
        Assert.True(await zone.Holds(karel, Role.Caseworker));

        // Ended and given once more: the confirmation of before is no confirmation of now.
        await Ends(zone, karel, Role.Caseworker);
        await zone.Brings("Karel", Role.Caseworker, chief.Id, karel.Id);
        Assert.False(await zone.Holds(karel, Role.Caseworker));
    }

    [Fact]
    public async Task Neither_giver_nor_receiver_confirms_and_the_page_does_not_offer_it()
    {
        var (zone, chief, officer) = await Begun();
        var second = await zone.Brings("Second", Role.ZoneAdministrator, chief.Id);
        await Confirms(officer, second, Role.ZoneAdministrator);
        await zone.Brings("Officer", Role.Caseworker, second.Id, officer.Id);
        var mine = await zone.Platform.Grant(officer.Id, Role.Caseworker);
        Assert.Equal("own", (await Assert.ThrowsAsync<RefusedException>(() => Confirms(second, officer, Role.Caseworker))).Code);
        Assert.Equal("own", (await Assert.ThrowsAsync<RefusedException>(() => Confirms(officer, officer, Role.Caseworker))).Code);
        using var visit = officer.Visit();
        Assert.Null((await visit.Page("/admin/confirmations")).QuerySelector($"input[name=id][value='{mine.Id}']"));
        await Confirms(chief, officer, Role.Caseworker); // an administrator who did not give it
        Assert.True(await zone.Holds(officer, Role.Caseworker));
    }

    [Fact]
    public async Task Nobody_gives_himself_a_role_however_it_comes_about()
    {
        var (zone, chief, _) = await Begun();
        // Taking up with one's own account what one promised: the link opened while signed in.
        Assert.Equal("own", (await Assert.ThrowsAsync<RefusedException>(() => zone.Brings("Chief", Role.Coordinator, chief.Id, chief.Id))).Code);
        Assert.Equal("own", Assert.Throws<RefusedException>(() => RoleGrant.Give(chief.Id, zone.Id, Role.FrontDesk, null, chief.Id, "template", DateTimeOffset.UnixEpoch)).Code);
        Assert.Equal("own", Assert.Throws<RefusedException>(() => RoleGrant.GiveFirst(chief.Id, zone.Id, Role.ZoneAdministrator, null, chief.Id, DateTimeOffset.UnixEpoch)).Code);
        // No other way to a grant, and none to alter what a grant gives.
        Assert.DoesNotContain(typeof(RoleGrant).GetConstructors(), c => c.GetParameters().Length > 0);
        Assert.DoesNotContain(typeof(RoleGrant).GetProperties(), p => p.SetMethod is { IsPrivate: false });
        // The reasons that count without a second person are not to be had by naming them.
        foreach (var reason in new[] { RoleGrant.FirstOfAPlace, RoleGrant.Demo }) Assert.Throws<ArgumentOutOfRangeException>(() => RoleGrant.Give(Guid.NewGuid(), zone.Id, Role.Coordinator, null, chief.Id, reason, DateTimeOffset.UnixEpoch));
    }

    [Theory]
    [InlineData("chief@{0}.example"), InlineData(" CHIEF@{0}.EXAMPLE "), InlineData("chief+work@{0}.example"), InlineData("c.hief@{0}.example"), InlineData("ｃｈｉｅｆ@{0}.example"), InlineData("сhiеf@{0}.example"), InlineData("chíef@{0}.example"), InlineData("chi\u200Bef@{0}.example")]
    public async Task An_invitation_to_ones_own_mailbox_under_any_name_is_not_made(string address)
    {
        var (zone, chief, _) = await Begun();
        await zone.Platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test", null, house =>
        {
            var invite = zone.Platform.Services.GetRequiredService<IInvite>();
            Assert.Throws<ValidationException>(() => invite.Invite(house, string.Format(System.Globalization.CultureInfo.InvariantCulture, address, zone.Code), "X", new Promise(zone.Id, Role.Coordinator, null), chief.Id, DateTimeOffset.UnixEpoch));
            Assert.StartsWith("/account/invitation/", invite.Invite(house, $"chiefs@{zone.Code}.example", "X", new Promise(zone.Id, Role.Coordinator, null), chief.Id, DateTimeOffset.UnixEpoch), StringComparison.Ordinal);
            return Task.FromResult(true);
        }, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Whom_one_brought_in_alone_confirms_nothing_for_one()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var chief = await zone.Brings("Chief", Role.ZoneAdministrator);
        Assert.True(await zone.Holds(chief, Role.ZoneAdministrator)); // the first: nobody is there to confirm
        // A mailbox of the chief's own under each name that could confirm, a minute ago.
        var puppets = new List<Person>();
        foreach (var role in new[] { Role.Coordinator, Role.DataProtectionOfficer, Role.ZoneAdministrator }) puppets.Add(await zone.Brings("Puppet" + role, role, chief.Id));
        var target = await zone.Brings("Target", Role.Caseworker, chief.Id);
        foreach (var puppet in puppets)
        {
            await Assert.ThrowsAsync<RefusedException>(() => Confirms(puppet, target, Role.Caseworker));
            foreach (var other in puppets) await Assert.ThrowsAsync<RefusedException>(() => Confirms(puppet, other, other.Caller.Roles.Single()));
        }
        Assert.False(await zone.Holds(target, Role.Caseworker));
    }

    [Fact]
    public async Task Two_who_vouch_for_a_third_get_nothing_confirmed_by_that_third()
    {
        var (zone, chief, officer) = await Begun();
        var third = await zone.Brings("Third", Role.Coordinator, chief.Id);
        await Confirms(officer, third, Role.Coordinator); // given by the one, confirmed by the other
        await zone.Brings("Officer", Role.Caseworker, chief.Id, officer.Id);
        Assert.Equal("own", (await Assert.ThrowsAsync<RefusedException>(() => Confirms(third, officer, Role.Caseworker))).Code);
        var karel = await zone.Brings("Karel", Role.Caseworker, chief.Id);
        await Confirms(third, karel, Role.Caseworker); // the officer, who gains nothing here, stands behind the third
        Assert.True(await zone.Holds(karel, Role.Caseworker));
    }

    [Fact]
    public async Task A_second_administrator_is_confirmed_by_the_data_protection_officer_only()
    {
        var (zone, chief, officer) = await Begun();
        var coordinator = await zone.Brings("Coordinator", Role.Coordinator, chief.Id);
        await Confirms(officer, coordinator, Role.Coordinator);
        var second = await zone.Brings("Second", Role.ZoneAdministrator, chief.Id);
        await Assert.ThrowsAsync<RefusedException>(() => Confirms(coordinator, second, Role.ZoneAdministrator));
        await Confirms(officer, second, Role.ZoneAdministrator);
        Assert.True(await zone.Holds(second, Role.ZoneAdministrator));
    }

    [Fact]
    public async Task Where_a_zone_has_nobody_who_could_confirm_a_second_operator_does()
    {
        var platform = await platforms.On("sqlite");
        var zone = await platform.Zone();
        var chief = await zone.Brings("Chief", Role.ZoneAdministrator);
        var officer = await zone.Brings("Officer", Role.DataProtectionOfficer, chief.Id);
        var karel = await zone.Brings("Karel", Role.Caseworker, chief.Id);
        using var visit = new Visit(platform, "operator", await platform.Operator(), Role.Operator);
        var page = await visit.Page("/operator/confirmations");
        Assert.Null(page.QuerySelector($"input[value='{(await platform.Grant(karel.Id, Role.Caseworker)).Id}']")); // dossiers are never an operator's to open
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send("/operator/confirmations", FormOf(page, await platform.Grant(officer.Id, Role.DataProtectionOfficer)), [])).StatusCode);
        Assert.True(await zone.Holds(officer, Role.DataProtectionOfficer));
        // From now on the zone has its own: the next officer is not an operator's matter.
        await Confirms(officer, karel, Role.Caseworker);
        var next = await zone.Brings("Next", Role.DataProtectionOfficer, chief.Id);
        Assert.Null((await visit.Page("/operator/confirmations")).QuerySelector($"input[value='{(await platform.Grant(next.Id, Role.DataProtectionOfficer)).Id}']"));
    }

    [Theory, EveryEngine]
    public async Task The_data_protection_officer_is_told_once_of_each_role_that_counts(string engine)
    {
        var (zone, chief, officer) = await Begun(engine);
        await zone.Platform.RunHouseJob();
        var before = To(zone, "Officer").Count;
        var karel = await zone.Brings("Karel", Role.Caseworker, chief.Id);
        await zone.Platform.RunHouseJob();
        Assert.Equal(before + 1, To(zone, "Officer").Count); // something waits
        await Confirms(officer, karel, Role.Caseworker);
        for (var i = 0; i < 3; i++) await zone.Platform.RunHouseJob();
        Assert.Equal(before + 2, To(zone, "Officer").Count); // it counts
        Assert.DoesNotContain(To(zone, "Officer"), l => (l.Subject + l.Text).Contains("Karel", StringComparison.Ordinal) || (l.Subject + l.Text).Contains(zone.Code, StringComparison.Ordinal));

        static List<VictimSupport.Foundation.Mail.Letter> To(TestZone zone, string name) => [.. zone.Platform.Post.Letters.Where(l => l.To == Colleagues.AddressOf(zone, name))];
    }

    [Fact]
    public async Task A_pool_gives_nobody_a_role()
    {
        var platform = await platforms.On("sqlite");
        var (here, there) = (await Begun(), await platform.Zone());
        var karel = await here.Zone.Brings("Karel", Role.OnCall, here.Chief.Id);
        await Confirms(here.Officer, karel, Role.OnCall);
        await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test", null, house =>
        {
            var pool = new Pool { Id = Guid.NewGuid(), Name = "Test" };
            house.AddRange(pool, new PoolMember { Pool = pool.Id, Zone = here.Zone.Id, State = Membership.Agreed, From = new DateOnly(2026, 1, 1) }, new PoolMember { Pool = pool.Id, Zone = there.Id, State = Membership.Agreed, From = new DateOnly(2026, 1, 1) });
            return Task.FromResult(true);
        }, TestContext.Current.CancellationToken);
        Assert.True(await here.Zone.Holds(karel, Role.OnCall));
        Assert.False(await there.Holds(karel, Role.OnCall));
    }

    [Fact]
    public async Task What_a_story_gave_counts_in_demo_mode_only()
    {
        var platform = await platforms.On("sqlite");
        var zone = await platform.Zone();
        var invented = zone.As(Role.Coordinator);
        await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test", null, house => Task.FromResult(house.Add(RoleGrant.Invent(invented.Id, zone.Id, Role.Coordinator, platform.Clock.GetUtcNow()))), TestContext.Current.CancellationToken);
        Assert.False(await zone.Holds(invented, Role.Coordinator)); // the kit's host is none
        foreach (var (asked, environment, counts) in new[] { ("true", "Development", true), ("false", "Development", false), ("true", "Production", false) })
        {
            var standing = ActivatorUtilities.CreateInstance<Standing>(platform.Services, new ConfigurationManager { ["Demo:Enabled"] = asked }, WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment }).Environment);
            Assert.Equal(counts, (await standing.Holding(zone.Id, [Role.Coordinator], TestContext.Current.CancellationToken)).Contains(invented.Id));
        }
    }

    [Theory, EveryEngine]
    public async Task A_house_that_starts_without_stories_ends_what_they_gave_and_makes_none(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, invented) = (await platform.Zone(), Guid.NewGuid());
        var chief = await zone.Hires("Chief", Role.ZoneAdministrator);
        await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test", null, house => Task.FromResult(house.Add(RoleGrant.Invent(invented, zone.Id, Role.ZoneAdministrator, platform.Clock.GetUtcNow()))), TestContext.Current.CancellationToken);
        foreach (var (asked, environment, lives) in new[] { ("true", "Development", true), ("true", "Production", false) })
        {
            var there = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment }).Environment;
            await ActivatorUtilities.CreateInstance<EndStories>(platform.Services, new ConfigurationManager { ["Demo:Enabled"] = asked }, there).StartAsync(TestContext.Current.CancellationToken);
            Assert.Equal(lives, Assert.Single(await platform.RolesOf(invented)).Lives(platform.Clock.GetUtcNow()));
            if (!lives) await Assert.ThrowsAsync<VictimSupport.Foundation.Secrecy.StartRefusedException>(() => ActivatorUtilities.CreateInstance<StoryZones>(platform.Services, there).Make(1, TestContext.Current.CancellationToken));
        }
        // Nobody invented is the other administrator who lets the last one go.
        await Assert.ThrowsAsync<FluentValidation.ValidationException>(() => zone.As(Role.ZoneAdministrator).Send(new Leave.Command { Account = chief.Id }));
    }

    private async Task<(TestZone Zone, Person Chief, Person Officer)> Begun(string engine = "sqlite")
    {
        // As a zone begins: the operator invites administrator and officer, the second of them is confirmed by the first.
        var platform = await platforms.On(engine);
        var (zone, op) = (await platform.Zone(), Guid.NewGuid());
        var chief = await zone.Brings("Chief", Role.ZoneAdministrator, op);
        var officer = await zone.Brings("Officer", Role.DataProtectionOfficer, op);
        Assert.False(await zone.Holds(officer, Role.DataProtectionOfficer));
        await Confirms(chief, officer, Role.DataProtectionOfficer);
        Assert.True(await zone.Holds(officer, Role.DataProtectionOfficer));
        return (zone, chief, officer);
    }

    private async Task Confirms(Person by, Person whom, Role role) => await by.Send(new Confirm.Command("role", (await by.Zone.Platform.Grant(whom.Id, role)).Id, Confirms: true));

    private static Task Ends(TestZone zone, Person whom, Role role) => zone.Platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test", zone.Id, async house =>
    {
        var grant = await zone.Platform.Grant(whom.Id, role);
        house.Attach(grant).Entity.End(Guid.NewGuid(), zone.Platform.Clock.GetUtcNow());
        return true;
    }, TestContext.Current.CancellationToken);

    private static IHtmlFormElement FormOf(IHtmlDocument page, RoleGrant grant) => page.QuerySelectorAll<IHtmlInputElement>($"input[name=id][value='{grant.Id}']").First().Form!;
}
