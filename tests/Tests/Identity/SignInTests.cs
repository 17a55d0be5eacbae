using System.Net;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Identity.Accounts;
using VictimSupport.Identity.Sessions;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Identity;

/// <summary>Password, code, recovery code, sessions: what they open, and what they must not.</summary>
public sealed class SignInTests
{
    [Theory, EveryEngine]
    public async Task A_code_sent_many_times_at_once_begins_one_session(string engine)
    {
        await using var platform = Platform.Start(engine);
        using var holder = await Holder.Make(platform, await platform.Zone(), "race@example.test", Role.FrontDesk);
        var browsers = Enumerable.Range(0, 5).Select(_ => holder.Elsewhere()).ToList();
        foreach (var browser in browsers) await browser.Password();
        var code = holder.Code();
        var answers = await Task.WhenAll(browsers.Select(b => b.Second(code: code)));
        Assert.Equal(1, answers.Count(a => a.StatusCode == HttpStatusCode.Redirect));
        Assert.Single(await platform.Sessions(holder.Id));
    }

    [Theory, EveryEngine]
    public async Task A_recovery_code_sent_many_times_at_once_begins_one_session(string engine)
    {
        await using var platform = Platform.Start(engine);
        using var holder = await Holder.Make(platform, await platform.Zone(), "lost@example.test", Role.FrontDesk);
        await holder.SignIn();
        var codes = await NewCodes(holder);
        Assert.Equal(8, codes.Count);
        var browsers = Enumerable.Range(0, 4).Select(_ => holder.Elsewhere()).ToList();
        foreach (var browser in browsers) await browser.Password();
        var answers = await Task.WhenAll(browsers.Select(b => b.Second(code: codes[0])));
        Assert.Equal(1, answers.Count(a => a.StatusCode == HttpStatusCode.Redirect));
        Assert.Equal(7, (await platform.Account(holder.Id)).RecoveryCodes.Count);
    }

    [Fact]
    public async Task New_recovery_codes_void_the_old_and_few_left_are_warned_of()
    {
        await using var platform = Platform.Start("sqlite");
        using var holder = await Holder.Make(platform, await platform.Zone(), "codes@example.test", Role.FrontDesk);
        await holder.SignIn();
        var (old, codes) = (await NewCodes(holder), await NewCodes(holder));
        Assert.Null((await holder.Visit.Page("/account/security")).QuerySelector(".govuk-warning-text"));
        using var elsewhere = holder.Elsewhere();
        await elsewhere.Password();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await elsewhere.Second(code: old[0])).StatusCode);
        foreach (var code in codes.Take(6))
        {
            await elsewhere.Password();
            Assert.Equal(HttpStatusCode.Redirect, (await elsewhere.Second(code: code.ToLowerInvariant().Replace('-', ' '))).StatusCode);
        }
        Assert.NotNull((await elsewhere.Visit.Page("/account/security")).QuerySelector(".govuk-warning-text"));
    }

    [Theory]
    [InlineData(-29, true), InlineData(31, true), InlineData(-95, false), InlineData(95, false)]
    public async Task A_clock_that_is_half_a_minute_off_is_forgiven_and_no_more(int seconds, bool accepted)
    {
        await using var platform = Platform.Start("sqlite");
        using var holder = await Holder.Make(platform, await platform.Zone(), "skew@example.test", Role.FrontDesk);
        await holder.Password();
        var response = await holder.Second(code: Totp.CodeAt(holder.Totp, platform.Clock.GetUtcNow().AddSeconds(seconds)));
        Assert.Equal(accepted ? HttpStatusCode.Redirect : HttpStatusCode.UnprocessableEntity, response.StatusCode);
    }

    [Fact]
    public async Task After_five_wrong_passwords_a_known_and_an_unknown_name_rest_alike_and_a_passkey_still_opens()
    {
        await using var platform = Platform.Start("sqlite");
        using var holder = await Holder.Make(platform, await platform.Zone(), "known@example.test", Role.FrontDesk);
        using var device = new SoftAuthenticator();
        await holder.SignIn();
        await PasskeyTests.Add(holder, device, "phone");
        using var attacker = new Visit(platform, "", null);
        var (known, unknown) = (await Try("known@example.test"), await Try("nobody@example.test"));
        Assert.Equal(unknown, known);
        Assert.StartsWith("429", known[^1], StringComparison.Ordinal);
        using var elsewhere = holder.Elsewhere();
        Assert.Equal(HttpStatusCode.TooManyRequests, (await elsewhere.Password()).StatusCode); // the right one is refused too
        Assert.Equal(HttpStatusCode.Redirect, (await PasskeyTests.Show(elsewhere, device)).StatusCode);
        platform.Clock.Advance(Attempts.Rest);
        using var later = holder.Elsewhere();
        Assert.Equal(HttpStatusCode.Redirect, (await later.Password()).StatusCode);

        async Task<List<string>> Try(string mail)
        {
            var answers = new List<string>();
            for (var i = 0; i < Attempts.Allowed + 2; i++)
            {
                var response = await attacker.Submit("/account/sign-in", Holder.Fields(("Form.Email", mail), ("Form.Secret", "wrong sentence altogether")), "form[action='/account/sign-in']");
                answers.Add($"{(int)response.StatusCode} {(response.Headers.RetryAfter is null ? "" : "later")} {(await Visit.Read(response)).QuerySelector(".govuk-error-summary")?.TextContent.Trim()}");
            }
            return answers;
        }
    }

    [Fact]
    public async Task Wrong_codes_are_counted_over_all_browsers()
    {
        await using var platform = Platform.Start("sqlite");
        using var holder = await Holder.Make(platform, await platform.Zone(), "guess@example.test", Role.FrontDesk);
        for (var i = 0; i < Attempts.Allowed; i++)
        {
            using var browser = holder.Elsewhere();
            await browser.Password();
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.Second(code: "000000")).StatusCode);
        }
        await holder.Password();
        var rests = await holder.Second();
        Assert.Equal(HttpStatusCode.TooManyRequests, rests.StatusCode);
        Assert.True(rests.Headers.RetryAfter!.Delta > TimeSpan.FromMinutes(10));
    }

    [Fact]
    public async Task One_address_knocks_thirty_times_a_minute_and_is_told_when_to_come_back()
    {
        await using var platform = Platform.Start("sqlite");
        using var visit = new Visit(platform, "", null);
        var answers = new List<HttpResponseMessage>();
        for (var i = 0; i < 31; i++) answers.Add(await visit.Forge("/account/lost-access", ("Form.Email", $"a{i}@example.test")));
        Assert.Equal(HttpStatusCode.TooManyRequests, answers[^1].StatusCode);
        Assert.NotNull(answers[^1].Headers.RetryAfter);
    }

    [Fact]
    public async Task A_sign_in_ends_the_session_the_browser_had_before()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        using var attacker = await Holder.Make(platform, zone, "attacker@example.test", Role.FrontDesk);
        using var victim = await Holder.Make(platform, zone, "victim@example.test", Role.ZoneAdministrator);
        await attacker.SignIn();
        var planted = Assert.Single(await platform.Sessions(attacker.Id));
        // The victim signs in over a session that somebody planted in the browser.
        Assert.Equal(HttpStatusCode.Redirect, (await attacker.Visit.Submit("/account/sign-in", Holder.Fields(("Form.Email", victim.Mail), ("Form.Secret", Holder.Secret)), "form[action='/account/sign-in']")).StatusCode);
        await attacker.Visit.Submit("/account/second-factor", Holder.Fields(("Form.Code", victim.Code())));
        var own = Assert.Single(await platform.Sessions(victim.Id));
        Assert.NotEqual(planted.Id, own.Id);
        Assert.NotNull(Assert.Single(await platform.Sessions(attacker.Id)).Ended);
    }

    [Fact]
    public async Task The_own_list_shows_devices_in_coarse_words_and_ends_one_or_all_others()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        using var holder = await Holder.Make(platform, zone, "list@example.test", Role.ZoneAdministrator);
        using var stranger = await Holder.Make(platform, zone, "stranger@example.test", Role.FrontDesk);
        var (home, other, third) = (holder, holder.Elsewhere(), holder.Elsewhere());
        home.Visit.Client.DefaultRequestHeaders.UserAgent.ParseAdd("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
        await home.SignIn();
        await other.SignIn();
        await third.SignIn($"/{zone.Code}/admin/staff");
        await stranger.SignIn();
        var page = await home.Visit.Page("/account/security");
        Assert.Contains("Firefox · Linux", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("140", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(2, page.QuerySelectorAll("form[action*='handler=End']").Length);

        // Somebody else's session is not mine to end.
        var theirs = Assert.Single(await platform.Sessions(stranger.Id)).Id;
        await home.Visit.Send("/account/security", page.Form("form[action*='handler=End']"), Holder.Fields(("session", theirs.ToString())));
        Assert.Equal(HttpStatusCode.OK, await stranger.Status("/account/home"));

        await home.Visit.Submit("/account/security", [], "form[action*='handler=Others']");
        Assert.Equal(HttpStatusCode.OK, await home.Status("/account/home"));
        Assert.Equal(HttpStatusCode.Redirect, await other.Status("/account/home"));
        Assert.Equal(HttpStatusCode.Redirect, await third.Status($"/{zone.Code}/admin/staff")); // the pass dies with it
        other.Dispose();
        third.Dispose();
    }

    [Fact]
    public async Task A_page_that_asks_by_itself_keeps_no_session_awake()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        using var holder = await Holder.Make(platform, zone, "idle@example.test", Role.ZoneAdministrator);
        await holder.SignIn($"/{zone.Code}/admin/staff");
        for (var i = 0; i < 6; i++)
        {
            platform.Clock.Advance(TimeSpan.FromMinutes(5));
            using var quiet = new HttpRequestMessage(HttpMethod.Get, i % 2 == 0 ? "/account/session" : $"/{zone.Code}/admin/staff");
            quiet.Headers.Add(QuietAttribute.Header, "1");
            await holder.Visit.Client.SendAsync(quiet);
            await holder.Visit.Client.GetAsync($"/{zone.Code}/admin/staff?{QuietAttribute.Key}=1");
        }
        Assert.Equal(HttpStatusCode.Redirect, await holder.Status($"/{zone.Code}/admin/staff"));
    }

    [Fact]
    public async Task Staying_signed_in_prolongs_the_session_but_not_beyond_twelve_hours()
    {
        await using var platform = Platform.Start("sqlite");
        using var holder = await Holder.Make(platform, await platform.Zone(), "stay@example.test", Role.FrontDesk);
        await holder.SignIn();
        for (var i = 0; i < 28; i++)
        {
            platform.Clock.Advance(TimeSpan.FromMinutes(25));
            Assert.DoesNotContain("\"left\":0", await holder.Visit.Client.GetStringAsync("/account/session"), StringComparison.Ordinal);
        }
        Assert.Contains("\"last\":true", await holder.Visit.Client.GetStringAsync("/account/session"), StringComparison.Ordinal);
        Assert.Equal("true", (await holder.Visit.Page("/account/home")).QuerySelector("#vs-session")!.GetAttribute("data-last"));
        platform.Clock.Advance(TimeSpan.FromMinutes(25));
        Assert.Contains("\"left\":0", await holder.Visit.Client.GetStringAsync("/account/session"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sign_in_before_this_one_is_shown()
    {
        await using var platform = Platform.Start("sqlite");
        using var holder = await Holder.Make(platform, await platform.Zone(), "before@example.test", Role.FrontDesk);
        await holder.SignIn();
        Assert.Null((await holder.Visit.Page("/account/home")).QuerySelector("main .govuk-body-s time"));
        var first = (await platform.Account(holder.Id)).LastSignIn!.Value;
        platform.Clock.Advance(TimeSpan.FromHours(1));
        using var elsewhere = holder.Elsewhere();
        await elsewhere.SignIn();
        Assert.Equal(VictimSupport.Design.Html.Moment.Machine(first), (await elsewhere.Visit.Page("/account/home")).QuerySelector("main .govuk-body-s time")!.GetAttribute("datetime"));
    }

    [Fact]
    public async Task A_changed_password_ends_the_other_sessions_and_a_changed_app_voids_the_old_one()
    {
        await using var platform = Platform.Start("sqlite");
        using var holder = await Holder.Make(platform, await platform.Zone(), "change@example.test", Role.FrontDesk);
        using var other = holder.Elsewhere();
        await other.SignIn();
        await holder.SignIn();
        const string fresh = "another sentence altogether";
        var wrong = await holder.Visit.Submit("/account/security/password", Holder.Fields(("Form.Present", "not this one at all"), ("Form.Secret", fresh), ("Form.Again", fresh)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await holder.Visit.Submit("/account/security/password", Holder.Fields(("Form.Present", Holder.Secret), ("Form.Secret", fresh), ("Form.Again", fresh)))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, await other.Status("/account/home"));
        Assert.Equal(HttpStatusCode.OK, await holder.Status("/account/home"));

        var page = await holder.Visit.Page("/account/security/app");
        var secret = platform.Services.GetRequiredService<TotpSecrets>().Offered(page.QuerySelector("[name='Form.Totp']")!.GetAttribute("value"))!;
        platform.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(HttpStatusCode.Redirect, (await holder.Visit.Send("/account/security/app", page.Form("main form"), Holder.Fields(("Form.Code", Totp.CodeAt(secret, platform.Clock.GetUtcNow()))))).StatusCode);
        using var later = holder.Elsewhere();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await later.Password()).StatusCode);
        await later.Password(secret: fresh);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await later.Second()).StatusCode);
        later.Totp = secret;
        Assert.Equal(HttpStatusCode.Redirect, (await later.Second()).StatusCode);
        await platform.RunHouse();
        Assert.Equal(2, platform.Post.Letters.Count(l => l.To == holder.Mail));
    }

    [Fact]
    public async Task The_secret_of_an_app_in_use_is_shown_by_no_page()
    {
        await using var platform = Platform.Start("sqlite");
        using var holder = await Holder.Make(platform, await platform.Zone(), "shown@example.test", Role.FrontDesk);
        await holder.SignIn();
        var page = await holder.Visit.Page("/account/security/app");
        var offer = page.QuerySelector("[name='Form.Totp']")!.GetAttribute("value")!;
        var secrets = platform.Services.GetRequiredService<TotpSecrets>();
        var offered = secrets.Offered(offer)!;
        // The picture is in the page: nothing can be asked to draw another.
        Assert.Equal("img", page.QuerySelector("main svg[aria-label]")!.GetAttribute("role"));
        Assert.Empty(page.QuerySelectorAll("main img, main [style]"));
        Assert.Equal(Totp.Show(offered), page.QuerySelector("main code")!.TextContent);
        var kept = (await platform.Account(holder.Id)).TotpSecret!;
        Assert.Equal(HttpStatusCode.NotFound, await holder.Status("/account/totp-picture?sealed=" + Uri.EscapeDataString(kept)));
        // What is kept is no offer, and an offer is not what is kept.
        Assert.Null(secrets.Offered(kept));
        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() => secrets.Open(offer));
        foreach (var forged in (string[])[kept, "", offer[..^3] + "AAA"])
        {
            var answer = await holder.Visit.Send("/account/security/app", page.Form("main form"), Holder.Fields(("Form.Totp", forged), ("Form.Code", holder.Code())));
            Assert.Equal("/account/security/app", answer.Headers.Location!.ToString()); // another is offered
        }
        var wrong = await Visit.Read(await holder.Visit.Send("/account/security/app", page.Form("main form"), Holder.Fields(("Form.Code", "000000"))));
        Assert.Equal(offer, wrong.QuerySelector("[name='Form.Totp']")!.GetAttribute("value")); // a slip: the same again, whose code comes next
        Assert.Equal(Totp.Show(offered), wrong.QuerySelector("main code")!.TextContent);
        Assert.Equal(kept, (await platform.Account(holder.Id)).TotpSecret);
        Assert.Equal(HttpStatusCode.Redirect, (await holder.Visit.Send("/account/security/app", page.Form("main form"), Holder.Fields(("Form.Code", Totp.CodeAt(offered, platform.Clock.GetUtcNow()))))).StatusCode);
        var changed = (await platform.Account(holder.Id)).TotpSecret!;
        Assert.NotEqual(offer, changed);
        Assert.Equal(offered, secrets.Open(changed));
    }

    [Theory]
    [InlineData("https://evil.example/x"), InlineData("//evil.example"), InlineData("/\\evil.example"), InlineData("http:evil.example"), InlineData("\t//evil.example")]
    public async Task No_way_in_leads_out(string to)
    {
        await using var platform = Platform.Start("sqlite");
        using var holder = await Holder.Make(platform, await platform.Zone(), "door@example.test", Role.FrontDesk);
        await holder.Password(to);
        var second = await holder.Second(to);
        Assert.Equal("/account/home", second.Headers.Location!.ToString());
        platform.Clock.Advance(TimeSpan.FromMinutes(6));
        var factor = await holder.Visit.Submit("/account/factor?to=" + Uri.EscapeDataString(to), Holder.Fields(("Form.Code", holder.Code())));
        Assert.Equal("/account/home", factor.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Signing_out_clears_what_the_browser_kept()
    {
        await using var platform = Platform.Start("sqlite");
        using var holder = await Holder.Make(platform, await platform.Zone(), "out@example.test", Role.FrontDesk);
        await holder.SignIn();
        var page = await holder.Visit.Page("/account/home");
        var gone = await holder.Visit.Send("/account/home", page.Form("form[action='/account/sign-out']"), []);
        Assert.Contains("\"storage\"", string.Join(',', gone.Headers.GetValues("Clear-Site-Data")), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, await holder.Status("/account/home"));
    }

    [Fact]
    public void A_device_is_named_by_family_only()
    {
        Assert.Equal("Edge · Windows", Device.Of("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36 Edg/131.0"));
        Assert.Equal("Safari · iPhone", Device.Of("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"));
        Assert.Equal("Chrome · Android", Device.Of("Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36"));
        Assert.Equal("", Device.Of(new string('x', 5000)));
        Assert.Equal("", Device.Of(null));
    }

    private static async Task<List<string>> NewCodes(Holder holder)
    {
        var made = await holder.Visit.Submit("/account/security/codes", []);
        return [.. (await holder.Visit.Page(made.Headers.Location!.ToString())).QuerySelectorAll("main code").Select(c => c.TextContent)];
    }
}
