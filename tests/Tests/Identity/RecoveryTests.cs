using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Identity.Accounts;
using VictimSupport.Identity.Federations;
using VictimSupport.Identity.Recoveries;
using VictimSupport.Tests.Kit;
using static VictimSupport.Foundation.Access.Role;

namespace VictimSupport.Tests.Identity;

/// <summary>The ladder for whoever lost every factor: who may confirm with whom, and what it takes in the end.</summary>
public sealed class RecoveryTests
{
    private const string Fresh = "a new sentence for a new start";

    public static TheoryData<Role[], Role[], bool> Pairs => new()
    {
        { [ZoneAdministrator], [ZoneAdministrator], true },
        { [ZoneAdministrator], [DataProtectionOfficer], true },
        { [DataProtectionOfficer], [ZoneAdministrator], true },
        { [Operator], [DataProtectionOfficer], true },
        { [DataProtectionOfficer], [Operator], true },
        { [Operator], [ZoneAdministrator], false },
        { [ZoneAdministrator], [Operator], false },
        { [Operator], [Operator], false },
        { [DataProtectionOfficer], [DataProtectionOfficer], false },
        { [ZoneAdministrator], [Coordinator, Caseworker, Role.OnCall, Trainee, FrontDesk, Analyst, OutsideStandIn], false },
        { [Coordinator], [ZoneAdministrator], false },
        { [Coordinator, DataProtectionOfficer], [ZoneAdministrator], true },
    };

    [Theory, MemberData(nameof(Pairs))]
    public void Two_make_a_pair_only_as_the_ladder_says(Role[] first, Role[] second, bool fits) => Assert.Equal(fits, Recovery.Fits(first.ToHashSet(), second.ToHashSet()));

    [Fact]
    public void Nobody_confirms_for_himself_nor_twice_and_an_operator_waits_a_day()
    {
        var (holder, chief, officer, zone, now) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), DateTimeOffset.UnixEpoch);
        IReadOnlySet<Role> administrator = new HashSet<Role> { ZoneAdministrator }, protection = new HashSet<Role> { DataProtectionOfficer }, platform = new HashSet<Role> { Operator }, none = new HashSet<Role>();
        var recovery = Recovery.Ask(holder, null, now);
        Assert.Throws<RefusedException>(() => recovery.Confirm(holder, zone, administrator, null, now));
        Assert.Throws<RefusedException>(() => recovery.Confirm(chief, zone, none, null, now));
        recovery.Confirm(chief, zone, administrator, null, now);
        Assert.Null(recovery.Granted);
        Assert.Throws<RefusedException>(() => recovery.Confirm(chief, zone, administrator, administrator, now));
        Assert.Throws<RefusedException>(() => recovery.Confirm(Guid.NewGuid(), null, platform, administrator, now));
        recovery.Confirm(officer, zone, protection, administrator, now);
        Assert.Equal(now, recovery.Begins);

        var operators = Recovery.Ask(holder, chief, now);
        operators.Confirm(chief, null, platform, null, now);
        operators.Confirm(officer, zone, protection, platform, now);
        Assert.Equal((now.AddHours(24), zone), (operators.Begins, operators.ToldZone));
        Assert.False(operators.MayBeTakenUp(now.AddHours(23)));

        // One here and one elsewhere are no pair, though each is an administrator.
        var apart = Recovery.Ask(holder, chief, now);
        apart.Confirm(chief, zone, administrator, null, now);
        Assert.Throws<RefusedException>(() => apart.Confirm(officer, Guid.NewGuid(), administrator, administrator, now));
        Assert.Null(apart.Granted);

        // Whoever runs the platform waits a day too.
        var runs = Recovery.Ask(holder, chief, now);
        runs.Confirm(chief, zone, administrator, null, now, ofThePlatform: true);
        runs.Confirm(officer, zone, protection, administrator, now, ofThePlatform: true);
        Assert.Equal((now.AddHours(24), null), (runs.Begins, runs.ToldZone));

        // A first one who lost the role meanwhile counts no longer: who comes next is the first.
        var stale = Recovery.Ask(holder, chief, now);
        stale.Confirm(chief, zone, administrator, null, now);
        stale.Confirm(officer, zone, protection, none, now);
        Assert.Null(stale.Granted);
        Assert.False(stale.IsWaiting(now + Recovery.Waits));
    }

    [Theory, EveryEngine]
    public async Task Two_colleagues_confirm_and_link_and_paper_together_set_everything_anew(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        using var holder = await Holder.Make(platform, zone, "holder@example.test", FrontDesk);
        using var chief = await Holder.Make(platform, zone, "chief@example.test", ZoneAdministrator);
        using var officer = await Holder.Make(platform, zone, "officer@example.test", DataProtectionOfficer);
        using var device = new SoftAuthenticator();
        await holder.SignIn();
        await PasskeyTests.Add(holder, device, "stolen phone");
        await platform.Write(house => Task.FromResult(house.Add(FederatedIdentity.Link(holder.Id, new Said("https://login.example", "", "stolen name", [], null), platform.Clock.GetUtcNow())).Entity));

        using var passer = new Visit(platform, "", null);
        Assert.Equal("/account/lost-access?asked=True", (await passer.Submit("/account/lost-access", Holder.Fields(("Form.Email", holder.Mail)))).Headers.Location!.ToString());
        await platform.RunHouse();
        Assert.Equal([chief.Mail, officer.Mail], platform.Post.Letters.Where(l => l.To != holder.Mail).Select(l => l.To).Order());
        Assert.All(platform.Post.Letters, l => Assert.DoesNotContain("holder", l.Text, StringComparison.Ordinal));

        var path = $"/{zone.Code}/admin/recoveries";
        await chief.SignIn(path);
        await Press(chief, path, "Confirm");
        Assert.Null(await Press(chief, path, "Confirm")); // not offered a second time
        await officer.SignIn(path);
        await Press(officer, path, "Confirm");
        var paper = (await Visit.Read((await Press(officer, path, "Paper"))!)).QuerySelector("main code")!.TextContent;
        await platform.RunHouse();
        var link = Link(platform, holder.Mail);
        Assert.DoesNotContain(platform.Post.Letters, l => l.Text.Contains(paper, StringComparison.Ordinal));

        // Opening uses nothing up; the link without the paper is nothing.
        for (var i = 0; i < 3; i++) Assert.NotNull((await passer.Page(link)).QuerySelector("[name='Form.Paper']"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await TakeUp(platform, passer, link, "AAAA-BBBB-CCCC-DDDD")).Answer.StatusCode);
        var (done, totp) = await TakeUp(platform, passer, link, paper);
        Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
        Assert.Equal(8, (await passer.Page(done.Headers.Location!.ToString())).QuerySelectorAll("main code").Length);
        Assert.Null((await passer.Page(link)).QuerySelector("[name='Form.Paper']"));

        Assert.Equal(HttpStatusCode.Redirect, await holder.Status("/account/home")); // the old session is dead
        Assert.Equal(0, await platform.Look(house => house.Set<IdentityUserPasskey<Guid>>().CountAsync(p => p.UserId == holder.Id)));
        Assert.Equal(0, await platform.Look(house => house.Set<FederatedIdentity>().CountAsync(i => i.Account == holder.Id)));
        using var back = holder.Elsewhere();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await back.Password()).StatusCode);
        await back.Password(secret: Fresh);
        back.Totp = totp;
        Assert.Equal(HttpStatusCode.Redirect, (await back.Second()).StatusCode);
        await platform.RunHouse();
        Assert.Equal(3, platform.Post.Letters.Count(l => l.Key.StartsWith("Recovered", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Whether_there_is_such_an_account_nobody_learns()
    {
        await using var platform = Platform.Start("sqlite");
        using var holder = await Holder.Make(platform, await platform.Zone(), "there@example.test", FrontDesk);
        using var passer = new Visit(platform, "", null);
        var answers = new List<string>();
        foreach (var mail in new[] { "there@example.test", "nowhere@example.test" })
        {
            var told = "";
            for (var i = 0; i < Attempts.Allowed + 1; i++)
            {
                var response = await passer.Submit("/account/lost-access", Holder.Fields(("Form.Email", mail)));
                told += $"{response.StatusCode} {response.Headers.Location} {response.Headers.RetryAfter is not null};";
            }
            answers.Add(told);
        }
        Assert.Equal(answers[0], answers[1]);
        Assert.Contains("TooManyRequests", answers[0], StringComparison.Ordinal);
        Assert.Single(await platform.Look(house => house.Set<Recovery>().ToListAsync()));
    }

    [Fact]
    public async Task The_operator_does_nothing_alone_a_day_passes_and_the_whole_staff_is_told()
    {
        await using var platform = Platform.Start("sqlite");
        var (zone, elsewhere) = (await platform.Zone(), await platform.Zone());
        using var holder = await Holder.Make(platform, zone, "holder@example.test", ZoneAdministrator);
        using var officer = await Holder.Make(platform, zone, "officer@example.test", DataProtectionOfficer);
        using var colleague = await Holder.Make(platform, zone, "colleague@example.test", Caseworker);
        using var stranger = await Holder.Make(platform, elsewhere, "stranger@example.test", DataProtectionOfficer);
        using var one = await Holder.Make(platform, null, "one@example.test", Operator);
        using var two = await Holder.Make(platform, null, "two@example.test", Operator);
        await one.SignIn("/operator/recoveries");
        await one.Visit.Submit("/operator/recoveries", Holder.Fields(("Form.Email", holder.Mail)), "main form:not([action])");
        await two.SignIn("/operator/recoveries");
        Assert.Null(await Press(two, "/operator/recoveries", "Confirm")); // two operators are no pair
        var path = $"/{elsewhere.Code}/admin/recoveries";
        await stranger.SignIn(path);
        Assert.Null(await Press(stranger, path, "Confirm")); // nor an officer of another zone
        await platform.RunHouse();
        Assert.Empty(platform.Post.Letters);

        await officer.SignIn($"/{zone.Code}/admin/recoveries");
        await Press(officer, $"/{zone.Code}/admin/recoveries", "Confirm");
        await platform.RunHouse();
        await platform.RunHouse();
        Assert.Equal([colleague.Mail, holder.Mail, officer.Mail], platform.Post.Letters.Select(l => l.To).Order());
        platform.Clock.Advance(TimeSpan.FromHours(23));
        await platform.RunHouse();
        Assert.Equal(3, platform.Post.Letters.Count);
        platform.Clock.Advance(TimeSpan.FromHours(1));
        await platform.RunHouse();
        Assert.NotNull(Link(platform, holder.Mail));
    }

    [Fact]
    public async Task Two_of_one_zone_confirm_and_whoever_runs_the_platform_waits_a_day()
    {
        await using var platform = Platform.Start("sqlite");
        var (zone, elsewhere) = (await platform.Zone(), await platform.Zone());
        using var holder = await Holder.Make(platform, zone, "holder@example.test", FrontDesk);
        await platform.Write(house =>
        {
            foreach (var (place, role) in new (Guid?, Role)[] { (elsewhere.Id, FrontDesk), (null, Operator) }) house.Add(VictimSupport.Zones.Staff.RoleGrant.GiveFirst(holder.Id, place, role, null, null, platform.Clock.GetUtcNow()));
            return Task.FromResult(true);
        });
        using var chief = await Holder.Make(platform, zone, "chief@example.test", ZoneAdministrator);
        using var second = await Holder.Make(platform, zone, "second@example.test", ZoneAdministrator);
        using var stranger = await Holder.Make(platform, elsewhere, "stranger@example.test", ZoneAdministrator);
        var (path, there) = ($"/{zone.Code}/admin/recoveries", $"/{elsewhere.Code}/admin/recoveries");
        await chief.SignIn(path);
        await chief.Visit.Submit(path, Holder.Fields(("Form.Account", holder.Id.ToString())), "main form:not([action])");
        await stranger.SignIn(there);
        Assert.Null(await Press(stranger, there, "Confirm"));
        await second.SignIn(path);
        await Press(second, path, "Confirm");
        await platform.RunHouse();
        Assert.DoesNotContain(platform.Post.Letters, l => l.Text.Contains("/account/recover/", StringComparison.Ordinal));
        platform.Clock.Advance(Recovery.OperatorsDelay);
        await platform.RunHouse();
        Assert.NotNull(Link(platform, holder.Mail));
    }

    [Fact]
    public async Task Whoever_holds_the_account_and_is_signed_in_stops_it()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        using var holder = await Holder.Make(platform, zone, "holder@example.test", FrontDesk);
        using var chief = await Holder.Make(platform, zone, "chief@example.test", ZoneAdministrator);
        using var second = await Holder.Make(platform, zone, "second@example.test", ZoneAdministrator);
        var path = $"/{zone.Code}/admin/recoveries";
        await chief.SignIn(path);
        await chief.Visit.Submit(path, Holder.Fields(("Form.Account", holder.Id.ToString())), "main form:not([action])");
        await second.SignIn(path);
        await Press(second, path, "Confirm");
        await platform.RunHouse();
        var link = Link(platform, holder.Mail);
        using var passer = new Visit(platform, "", null);
        Assert.NotNull((await passer.Page(link)).QuerySelector("[name='Form.Paper']"));
        await holder.SignIn();
        await holder.Visit.Submit("/account/security", [], "form[action*='handler=Stop']");
        Assert.Null((await passer.Page(link)).QuerySelector("[name='Form.Paper']"));
    }

    [Fact]
    public async Task Five_wrong_papers_stop_it_and_the_holder_cannot_begin_it_for_himself()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        using var chief = await Holder.Make(platform, zone, "chief@example.test", ZoneAdministrator);
        using var second = await Holder.Make(platform, zone, "second@example.test", ZoneAdministrator);
        using var holder = await Holder.Make(platform, zone, "holder@example.test", FrontDesk);
        var path = $"/{zone.Code}/admin/recoveries";
        await chief.SignIn(path);
        Assert.Equal(HttpStatusCode.NotFound, (await chief.Visit.Submit(path, Holder.Fields(("Form.Account", chief.Id.ToString())), "main form:not([action])")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await chief.Visit.Submit(path, Holder.Fields(("Form.Account", Guid.NewGuid().ToString())), "main form:not([action])")).StatusCode);
        await chief.Visit.Submit(path, Holder.Fields(("Form.Account", holder.Id.ToString())), "main form:not([action])");
        await second.SignIn(path);
        await Press(second, path, "Confirm");
        await Press(second, path, "Paper");
        await platform.RunHouse();
        using var passer = new Visit(platform, "", null);
        var link = Link(platform, holder.Mail);
        for (var i = 0; i < 5; i++) Assert.Equal(HttpStatusCode.UnprocessableEntity, (await TakeUp(platform, passer, link, "AAAA-BBBB-CCCC-DDDD")).Answer.StatusCode);
        Assert.Null((await passer.Page(link)).QuerySelector("[name='Form.Paper']"));
    }

    [Fact]
    public async Task The_page_of_confirmations_sees_it_as_any_other_second_person()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        using var holder = await Holder.Make(platform, zone, "holder@example.test", FrontDesk);
        using var chief = await Holder.Make(platform, zone, "chief@example.test", ZoneAdministrator);
        using var coordinator = await Holder.Make(platform, zone, "coordinator@example.test", Coordinator);
        using var passer = new Visit(platform, "", null);
        await passer.Submit("/account/lost-access", Holder.Fields(("Form.Email", holder.Mail)));
        await using var scope = platform.Services.CreateAsyncScope();
        var kind = scope.ServiceProvider.GetServices<IAwaitASecondPerson>().Single(k => k.Kind == "recovery");
        var waiting = Assert.Single(await platform.Look(house => kind.In(house, zone.Id, default)));
        Assert.Equal(holder.Id, waiting.About);
        Assert.Contains(holder.Id, waiting.Mine);
        Assert.Contains(coordinator.Id, waiting.Mine);
        Assert.DoesNotContain(chief.Id, waiting.Mine);
        await Assert.ThrowsAsync<RefusedException>(() => platform.Write(house => kind.Decide(house, waiting.Id, zone.Id, true, coordinator.Id, default)));
        await Assert.ThrowsAsync<RefusedException>(() => platform.Write(house => kind.Decide(house, waiting.Id, zone.Id, true, holder.Id, default)));
        await Assert.ThrowsAsync<RefusedException>(() => platform.Write(house => kind.Decide(house, waiting.Id, Guid.NewGuid(), true, chief.Id, default)));
        await platform.Write(house => kind.Decide(house, waiting.Id, zone.Id, false, chief.Id, default));
        Assert.Empty(await platform.Look(house => kind.In(house, zone.Id, default)));
    }

    // Presses a button of the first row; null: it is not there.
    private static async Task<HttpResponseMessage?> Press(Holder holder, string path, string handler)
    {
        var form = (await holder.Visit.Page(path)).QuerySelector<IHtmlFormElement>($"form[action*='handler={handler}']");
        return form is null ? null : await holder.Visit.Send(path, form, []);
    }

    private static string Link(Platform platform, string mail) =>
        new Uri(platform.Post.Letters.Last(l => l.To == mail && l.Text.Contains("/account/recover/", StringComparison.Ordinal)).Text.Split(' ')[^1], UriKind.RelativeOrAbsolute) is { IsAbsoluteUri: true } uri
            ? uri.AbsolutePath : platform.Post.Letters.Last(l => l.To == mail).Text.Split(' ')[^1];

    private static async Task<(HttpResponseMessage Answer, byte[] Totp)> TakeUp(Platform platform, Visit visit, string link, string paper)
    {
        var page = await visit.Page(link);
        var secret = platform.Services.GetRequiredService<TotpSecrets>().Offered(page.QuerySelector("[name='Form.Totp']")!.GetAttribute("value"))!;
        platform.Clock.Advance(TimeSpan.FromSeconds(31));
        return (await visit.Send(link, page.Form("main form"), Holder.Fields(("Form.Paper", paper), ("Form.Secret", Fresh), ("Form.Again", Fresh), ("Form.Code", Totp.CodeAt(secret, platform.Clock.GetUtcNow())))), secret);
    }
}
