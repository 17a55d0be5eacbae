using System.Net;
using AngleSharp.Html.Dom;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Accounts;
using VictimSupport.Identity.Federations;
using VictimSupport.Identity.SignIn;
using VictimSupport.Identity.Tokens;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Identity;

/// <summary>How long each thing is good that a browser holds for us: a second before its end it is, a second after it is not.</summary>
public sealed class LimitTests
{
    [Theory, InlineData(-1, true), InlineData(1, false)]
    public async Task The_way_to_the_keeper_of_forms_stands_open_for_two_minutes(int seconds, bool good)
    {
        await using var platform = Platform.Start("sqlite");
        var (holder, late, since) = await Late(platform);
        using (holder)
        {
            platform.Clock.SetUtcNow(since + WayBack.GoodFor + TimeSpan.FromSeconds(seconds));
            Assert.Equal(good ? HttpStatusCode.OK : HttpStatusCode.NotFound, (await Follow(holder.Visit.Client, late)).StatusCode);
        }
        Assert.Equal(TimeSpan.FromMinutes(2), WayBack.GoodFor);
    }

    [Fact]
    public async Task A_form_is_kept_only_for_the_browser_that_had_it_from_us()
    {
        await using var platform = Platform.Start("sqlite");
        var (holder, late, _) = await Late(platform);
        using (holder)
        {
            using var another = new Visit(platform, "", null);
            Assert.Equal(HttpStatusCode.NotFound, (await Follow(another.Client, late)).StatusCode); // without the cookie of our forms
            Assert.Equal(HttpStatusCode.OK, (await Follow(holder.Visit.Client, late)).StatusCode);
        }
    }

    [Theory, InlineData(-1, true), InlineData(1, false)]
    public async Task A_form_is_kept_for_twelve_hours(int seconds, bool good)
    {
        await using var platform = Platform.Start("sqlite");
        var (holder, late, _) = await Late(platform);
        using (holder)
        {
            var since = platform.Clock.GetUtcNow();
            var kept = (await Visit.Read(await Follow(holder.Visit.Client, late))).QuerySelector("[name=kept]")!.GetAttribute("value")!;
            platform.Clock.SetUtcNow(since + KeptForms.GoodFor - TimeSpan.FromMinutes(2));
            await holder.SignIn();
            platform.Clock.SetUtcNow(since + KeptForms.GoodFor + TimeSpan.FromSeconds(seconds));
            var shown = await holder.Visit.Forge("/account/kept", ("kept", kept));
            Assert.Equal(good ? HttpStatusCode.OK : HttpStatusCode.NotFound, shown.StatusCode);
            Assert.Equal(good, (await shown.Content.ReadAsStringAsync()).Contains("Zzcanary", StringComparison.Ordinal));
        }
        Assert.Equal(TimeSpan.FromHours(12), KeptForms.GoodFor);
    }

    [Theory, InlineData(-1, true), InlineData(1, false)]
    public async Task Between_the_factors_lie_five_minutes(int seconds, bool good)
    {
        await using var platform = Platform.Start("sqlite");
        using var holder = await Holder.Make(platform, await platform.Zone(), "half@example.test", Role.FrontDesk);
        var since = platform.Clock.GetUtcNow();
        await holder.Password();
        var form = (await holder.Visit.Page("/account/second-factor")).Form("main form");
        platform.Clock.SetUtcNow(since + HalfWay.GoodFor + TimeSpan.FromSeconds(seconds));
        var answer = await holder.Visit.Send("/account/second-factor", form, Holder.Fields(("Form.Code", Totp.CodeAt(holder.Totp, platform.Clock.GetUtcNow()))));
        Assert.Equal(good ? "/account/home" : "/account/sign-in", answer.Headers.Location!.ToString());
        Assert.Equal(good ? HttpStatusCode.OK : HttpStatusCode.Redirect, await holder.Status("/account/home"));
        Assert.Equal(TimeSpan.FromMinutes(5), HalfWay.GoodFor);
    }

    [Theory, InlineData(-1, true), InlineData(1, false)]
    public async Task A_trip_to_a_provider_takes_ten_minutes_at_most(int seconds, bool good)
    {
        await using var place = await Place.Open("sqlite");
        using var person = await SignedIn.In(place.Zone, "slow@zone.example", Role.Caseworker);
        await place.Link(person.Own);
        using var browser = place.Browser();
        var since = place.Zone.Platform.Clock.GetUtcNow();
        var door = await place.Go(browser);
        place.Zone.Platform.Clock.SetUtcNow(since + Trips.GoodFor + TimeSpan.FromSeconds(seconds));
        Assert.Equal(good ? "/account/home" : "/account/federation/no-access", await place.Return(browser, door));
        Assert.Equal(TimeSpan.FromMinutes(10), Trips.GoodFor);
    }

    [Theory, InlineData(-1, true), InlineData(1, false)]
    public async Task A_secret_for_an_app_is_offered_for_an_hour(int seconds, bool good)
    {
        await using var platform = Platform.Start("sqlite");
        using var holder = await Holder.Make(platform, await platform.Zone(), "hour@example.test", Role.FrontDesk);
        var (secrets, since) = (platform.Services.GetRequiredService<TotpSecrets>(), platform.Clock.GetUtcNow());
        var offer = secrets.Offer();
        platform.Clock.SetUtcNow(since + TotpSecrets.OfferedFor + TimeSpan.FromSeconds(seconds));
        Assert.Equal(good, secrets.Offered(offer) is not null);
        Assert.Equal(TimeSpan.FromHours(1), TotpSecrets.OfferedFor);
    }

    [Theory, InlineData(-1, true), InlineData(1, false)]
    public async Task A_code_of_the_token_server_is_good_for_a_minute(int seconds, bool good)
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        using var app = await Programs.App(zone);
        using var person = await SignedIn.In(zone, "minute@example.test", Role.Caseworker);
        var since = platform.Clock.GetUtcNow();
        var code = await app.Code(person.Visit);
        platform.Clock.SetUtcNow(since + TokenServer.CodeFor + TimeSpan.FromSeconds(seconds));
        Assert.Equal(good, (await app.Redeem(code)).TryGetProperty("access_token", out _));
        Assert.Equal(TimeSpan.FromMinutes(1), TokenServer.CodeFor);
    }

    // A form sent after its session had ended: the answer that sends it on to the keeper, and when it was given.
    private static async Task<(Holder Holder, HttpResponseMessage Answer, DateTimeOffset Since)> Late(Platform platform)
    {
        var zone = await platform.Zone();
        var holder = await Holder.Make(platform, zone, "late@example.test", Role.ZoneAdministrator);
        var path = $"/{zone.Code}/admin/staff/invite";
        await holder.SignIn(path);
        var form = (await holder.Visit.Page(path)).Form("main form");
        platform.Clock.Advance(TimeSpan.FromMinutes(31));
        var since = platform.Clock.GetUtcNow();
        var answer = await holder.Visit.Send(path, form, Holder.Fields(("Form.Name", "Zzcanary New")));
        Assert.Equal(HttpStatusCode.TemporaryRedirect, answer.StatusCode);
        return (holder, answer, since);
    }

    // As a browser does with 307: the same body to the other address.
    private static async Task<HttpResponseMessage> Follow(HttpClient browser, HttpResponseMessage answer)
    {
        using var body = new StringContent(await answer.RequestMessage!.Content!.ReadAsStringAsync(), System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");
        return await browser.PostAsync(answer.Headers.Location, body);
    }
}
