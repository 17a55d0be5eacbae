using AngleSharp.Dom;
using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Identity.Accounts;
using VictimSupport.Identity.Contracts;
using VictimSupport.Identity.Invitations;
using VictimSupport.Identity.Sessions;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Contracts;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Tests.Identity;

/// <summary>From an invitation to a place, through the real pages and cookies, and the ways round that must not be there.</summary>
public sealed class AccessTests(Platforms platforms)
{
    private const string Secret = "a long sentence nobody guesses";

    [Theory, EveryEngine]
    public async Task An_invited_administrator_sets_password_and_second_factor_and_comes_into_the_zone(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (visit, totp) = await Accepted(platform, zone, "chief@example.test");
        using (visit)
        {
            var place = await SignIn(platform, visit, "chief@example.test", totp, $"/{zone.Code}/admin/staff");
            Assert.Equal(HttpStatusCode.OK, (await visit.Client.GetAsync(place)).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await visit.Client.GetAsync("/account/home")).StatusCode);
        }
    }

    [Fact]
    public async Task Opening_an_invitation_uses_nothing_up_and_taking_it_up_does()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var path = await Invite(platform, zone, "once@example.test");
        using var visit = new Visit(platform, "", null);
        for (var i = 0; i < 3; i++) Assert.NotNull((await visit.Page(path)).QuerySelector("[name='Form.Secret']"));
        (await Accept(platform, path)).Visit.Dispose();
        Assert.Null((await visit.Page(path)).QuerySelector("[name='Form.Secret']"));
        Assert.DoesNotContain(platform.Logs.Lines, line => line.Contains(path.Split('/')[^1], StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_invitation_is_good_for_three_days()
    {
        await using var platform = Platform.Start("sqlite");
        var path = await Invite(platform, await platform.Zone(), "late@example.test");
        platform.Clock.Advance(TimeSpan.FromHours(71));
        using var visit = new Visit(platform, "", null);
        Assert.NotNull((await visit.Page(path)).QuerySelector("[name='Form.Secret']"));
        platform.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Null((await visit.Page(path)).QuerySelector("[name='Form.Secret']"));
    }

    [Fact]
    public async Task A_code_of_the_second_factor_is_good_once()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var (visit, totp) = await Accepted(platform, zone, "replay@example.test");
        using (visit)
        {
            var code = await Code(platform, totp);
            await SignIn(platform, visit, "replay@example.test", totp, $"/{zone.Code}/admin/staff", code);
            using var other = new Visit(platform, "", null);
            await other.Submit("/account/sign-in", Fields(("Form.Email", "replay@example.test"), ("Form.Secret", Secret)), "form[action='/account/sign-in']");
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await other.Submit("/account/second-factor", Fields(("Form.Code", code)))).StatusCode);
        }
    }

    [Fact]
    public async Task A_pass_is_good_in_its_own_place_only_and_dies_with_session_and_role()
    {
        await using var platform = Platform.Start("sqlite");
        var (zone, other) = (await platform.Zone(), await platform.Zone());
        var (visit, totp) = await Accepted(platform, zone, "pass@example.test");
        using (visit)
        {
            await SignIn(platform, visit, "pass@example.test", totp, $"/{zone.Code}/admin/staff");
            Assert.Equal(HttpStatusCode.OK, (await visit.Client.GetAsync($"/{zone.Code}/admin/staff")).StatusCode);

            // The same cookie sent to another zone by hand.
            using var thief = platform.CreateDefaultClient(new Uri("http://localhost"));
            var pass = await Pass(platform, zone, "pass@example.test");
            Assert.Equal(HttpStatusCode.OK, (await With(thief, pass, $"/{zone.Code}/admin/staff")).StatusCode);
            Assert.Equal(HttpStatusCode.Redirect, (await With(thief, pass, $"/{other.Code}/admin/staff")).StatusCode);
            Assert.Equal(HttpStatusCode.Redirect, (await With(thief, pass, "/operator/zones")).StatusCode);

            await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("test", null, async house =>
            {
                foreach (var grant in await house.Set<RoleGrant>().Where(g => g.Zone == zone.Id).ToListAsync()) grant.End(Guid.NewGuid(), platform.Clock.GetUtcNow());
                return true;
            }, default);
            platform.Clock.Advance(TimeSpan.FromSeconds(5));
            Assert.Equal(HttpStatusCode.NotFound, (await visit.Client.GetAsync($"/{zone.Code}/admin/staff")).StatusCode);

            var home = await visit.Page("/account/home");
            await visit.Send("/account/home", home.QuerySelectorAll<AngleSharp.Html.Dom.IHtmlFormElement>("form[action='/account/sign-out']").First(), []);
            Assert.Equal(HttpStatusCode.Redirect, (await visit.Client.GetAsync($"/{zone.Code}/admin/staff")).StatusCode);
        }
    }

    [Fact]
    public async Task A_session_ends_after_half_an_hour_of_rest_and_after_twelve_hours_of_work()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var (visit, totp) = await Accepted(platform, zone, "tired@example.test");
        using (visit)
        {
            await SignIn(platform, visit, "tired@example.test", totp, $"/{zone.Code}/admin/staff");
            for (var i = 0; i < 35; i++)
            {
                platform.Clock.Advance(TimeSpan.FromMinutes(20));
                Assert.Equal(HttpStatusCode.OK, (await visit.Client.GetAsync($"/{zone.Code}/admin/staff")).StatusCode);
            }
            platform.Clock.Advance(TimeSpan.FromMinutes(25)); // twelve hours are over
            Assert.Equal(HttpStatusCode.Redirect, (await visit.Client.GetAsync($"/{zone.Code}/admin/staff")).StatusCode);
            await SignIn(platform, visit, "tired@example.test", totp, $"/{zone.Code}/admin/staff");
            platform.Clock.Advance(TimeSpan.FromMinutes(31));
            Assert.Equal(HttpStatusCode.Redirect, (await visit.Client.GetAsync($"/{zone.Code}/admin/staff")).StatusCode);
        }
    }

    [Fact]
    public async Task Ending_somebodys_sessions_acts_at_the_very_next_request()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var (visit, totp) = await Accepted(platform, zone, "leaver@example.test");
        using (visit)
        {
            await SignIn(platform, visit, "leaver@example.test", totp, $"/{zone.Code}/admin/staff");
            Assert.Equal(HttpStatusCode.OK, (await visit.Client.GetAsync($"/{zone.Code}/admin/staff")).StatusCode);
            var account = (await platform.Services.GetRequiredService<IAccounts>().WithEmail("leaver@example.test", default))!.Id;
            var ended = await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("test", null, async house =>
            {
                var count = await platform.Services.GetRequiredService<ISessions>().EndSessions(house, account, platform.Clock.GetUtcNow(), default);
                // Somebody looks in before the end is saved: what is read then must not be believed afterwards.
                Assert.Equal(HttpStatusCode.OK, (await visit.Client.GetAsync($"/{zone.Code}/admin/staff")).StatusCode);
                return count;
            }, default);
            Assert.Equal(1, ended);
            Assert.Equal(HttpStatusCode.Redirect, (await visit.Client.GetAsync($"/{zone.Code}/admin/staff")).StatusCode);
            Assert.Equal(HttpStatusCode.Redirect, (await visit.Client.GetAsync("/account/home")).StatusCode);
        }
    }

    [Theory]
    [InlineData("https://evil.example"), InlineData("//evil.example"), InlineData("/\\evil.example"), InlineData("javascript:alert(1)"), InlineData("/9999/worklist"), InlineData("evil"), InlineData("")]
    public async Task The_door_leads_nowhere_but_to_ones_own_places(string to)
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var (visit, totp) = await Accepted(platform, zone, "door@example.test");
        using (visit)
        {
            await SignIn(platform, visit, "door@example.test", totp, $"/{zone.Code}/admin/staff");
            Assert.Equal(HttpStatusCode.NotFound, (await visit.Client.GetAsync("/account/enter?to=" + Uri.EscapeDataString(to))).StatusCode);
        }
    }

    [Fact]
    public async Task A_role_that_opens_dossiers_waits_for_a_second_person()
    {
        var (giver, holder, second, now) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), DateTimeOffset.UnixEpoch);
        foreach (var role in RoleGrant.OpensDossiers)
        {
            var grant = RoleGrant.Give(holder, Guid.NewGuid(), role, null, giver, "invitation", now);
            Assert.False(grant.Counts(now));
            Assert.Throws<RefusedException>(() => grant.Confirm(giver, now));
            Assert.Throws<RefusedException>(() => grant.Confirm(holder, now));
            Assert.Throws<RefusedException>(() => grant.End(holder, now));
            grant.Confirm(second, now);
            Assert.True(grant.Counts(now));
            Assert.False(RoleGrant.Give(holder, Guid.NewGuid(), Role.FrontDesk, now, giver, "invitation", now).Counts(now)); // ended as it began
        }
        await Task.CompletedTask;
    }

    [Fact]
    public async Task A_zone_with_an_administrator_gets_no_second_one_from_outside()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        Assert.NotNull(await Invite(platform, zone, "one@example.test"));
        Assert.Null(await platform.Services.GetRequiredService<IAddZones>().Add(zone.Code, "Zone", null, null, ["fr"], "two@example.test", default));
        Assert.NotNull(await platform.Services.GetRequiredService<IAddZones>().InviteOperator("op@example.test", default));
        Assert.Null(await platform.Services.GetRequiredService<IAddZones>().InviteOperator("op2@example.test", default));
    }

    [Fact]
    public async Task The_picker_is_not_there_without_demo_mode_and_demo_mode_is_never_on_in_production()
    {
        var platform = await platforms.On("sqlite");
        using var visit = new Visit(platform, "", null);
        Assert.Equal(HttpStatusCode.NotFound, (await visit.Client.GetAsync("/demo")).StatusCode);
        var settings = new Microsoft.Extensions.Configuration.ConfigurationManager { ["Demo:Enabled"] = "true" };
        var production = Microsoft.AspNetCore.Builder.WebApplication.CreateBuilder(new Microsoft.AspNetCore.Builder.WebApplicationOptions { EnvironmentName = "Production" }).Environment;
        Assert.Throws<StartRefusedException>(() => VictimSupport.Portal.DemoMode.Is(settings, production));
        Assert.False(VictimSupport.Portal.DemoMode.Is(new Microsoft.Extensions.Configuration.ConfigurationManager(), production));
    }

    private static async Task<string> Invite(Platform platform, TestZone zone, string mail) =>
        (await platform.Services.GetRequiredService<IAddZones>().Add(zone.Code, "Zone", null, null, ["fr"], mail, TestContext.Current.CancellationToken))!;

    private static async Task<(Visit Visit, byte[] Totp)> Accepted(Platform platform, TestZone zone, string mail) => await Accept(platform, await Invite(platform, zone, mail));

    private static async Task<(Visit Visit, byte[] Totp)> Accept(Platform platform, string path)
    {
        var visit = new Visit(platform, "", null);
        var page = await visit.Page(path);
        var secret = platform.Services.GetRequiredService<TotpSecrets>().Offered(page.QuerySelector("[name='Form.Totp']")!.GetAttribute("value"))!;
        var response = await visit.Send(path, page.QuerySelectorAll<AngleSharp.Html.Dom.IHtmlFormElement>("main form").First(),
            Fields(("Form.DisplayName", "Chief"), ("Form.Secret", Secret), ("Form.Again", Secret), ("Form.Code", await Code(platform, secret))));
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal(8, (await visit.Page(response.Headers.Location!.ToString())).QuerySelectorAll("main code").Length);
        return (visit, secret);
    }

    // A new half minute each time: a code is good once.
    private static Task<string> Code(Platform platform, byte[] secret)
    {
        platform.Clock.Advance(TimeSpan.FromSeconds(31));
        return Task.FromResult(Totp.CodeAt(secret, platform.Clock.GetUtcNow()));
    }

    private static async Task<string> SignIn(Platform platform, Visit visit, string mail, byte[] totp, string to, string? code = null)
    {
        await visit.Submit("/account/sign-in?to=" + Uri.EscapeDataString(to), Fields(("Form.Email", mail), ("Form.Secret", Secret)), "form[action='/account/sign-in']");
        var second = await visit.Submit("/account/second-factor?to=" + Uri.EscapeDataString(to), Fields(("Form.Code", code ?? await Code(platform, totp))));
        var enter = await visit.Client.GetAsync(second.Headers.Location!.ToString(), TestContext.Current.CancellationToken);
        Assert.Equal(to, enter.Headers.Location!.ToString());
        return to;
    }

    // The pass as the browser holds it, taken to be sent elsewhere.
    private static async Task<string> Pass(Platform platform, TestZone zone, string mail)
    {
        await using var house = platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        var account = await house.Set<Account>().AsNoTracking().SingleAsync(a => a.Email == mail);
        var session = await house.Set<Session>().AsNoTracking().Where(s => s.Account == account.Id).OrderByDescending(s => s.Created).FirstAsync();
        await using var scope = platform.Services.CreateAsyncScope();
        var http = new Microsoft.AspNetCore.Http.DefaultHttpContext { RequestServices = scope.ServiceProvider };
        await Cookies.Enter(http, account.Id, session.Id, VictimSupport.Foundation.Access.Pass.PlaceOf(zone.Id), "/" + zone.Code);
        return http.Response.Headers.SetCookie.ToString().Split(';')[0];
    }

    private static async Task<HttpResponseMessage> With(HttpClient client, string cookie, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Cookie", cookie);
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static Dictionary<string, string> Fields(params (string, string)[] fields) => fields.ToDictionary(f => f.Item1, f => f.Item2);
}
