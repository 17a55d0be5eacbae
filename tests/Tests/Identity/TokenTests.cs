using AngleSharp.Dom;
using System.Net;
using System.Text.Json;
using AngleSharp.Html.Dom;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Identity.Clients;
using VictimSupport.Identity.Tokens;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Identity;

/// <summary>Other programs: code with proof, a system's secret, refreshing, giving back, and all that must be nothing.</summary>
public sealed class TokenTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task An_app_acts_in_the_name_of_whoever_let_it(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        using var app = await Programs.App(zone);
        using var person = await SignedIn.In(zone, $"ada.{zone.Code}@example.test", Role.Caseworker);
        var given = await app.Redeem(await app.Code(person.Visit));
        var (status, me) = await app.Me(Text(given, "access_token"));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(person.Account, me.GetProperty("account").GetProperty("id").GetGuid());
        Assert.Equal("caseworker", me.GetProperty("account").GetProperty("roles")[0].GetString());
        Assert.Equal("Planner", me.GetProperty("client").GetProperty("name").GetString());
        Assert.Equal(zone.Code, me.GetProperty("zone").GetProperty("code").GetString());
        Assert.Equal("zones", me.GetProperty("scopes")[0].GetString());
        Assert.EndsWith($"/{zone.Code}/api/zones/v1/me", me.GetProperty("self").GetString(), StringComparison.Ordinal);
        var identity = new Microsoft.IdentityModel.JsonWebTokens.JsonWebToken(Text(given, "id_token"));
        Assert.Equal($"http://localhost/{zone.Code}", identity.Issuer);
        Assert.Equal("n1", identity.GetClaim("nonce").Value);
        Assert.DoesNotContain(identity.Claims, c => c.Value.Contains("example.test", StringComparison.Ordinal));
    }

    [Theory, EveryEngine]
    public async Task A_refresh_token_is_good_once_and_one_shown_twice_ends_everything(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        using var app = await Programs.App(zone);
        using var person = await SignedIn.In(zone, $"bo.{zone.Code}@example.test", Role.Caseworker);
        var first = await app.Redeem(await app.Code(person.Visit));
        var second = await app.Refresh(Text(first, "refresh_token"));
        var third = await app.Refresh(Text(second, "refresh_token"));
        Assert.Equal(HttpStatusCode.OK, (await app.Me(Text(third, "access_token"))).Status);
        Assert.Equal("invalid_grant", Text(await app.Refresh(Text(first, "refresh_token")), "error"));
        Assert.Equal("invalid_grant", Text(await app.Refresh(Text(third, "refresh_token")), "error"));
        zone.Platform.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.Me(Text(third, "access_token"))).Status);
    }

    [Theory, EveryEngine]
    public async Task Of_many_who_show_one_refresh_token_at_once_one_is_served_at_most(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        using var app = await Programs.App(zone);
        using var person = await SignedIn.In(zone, $"cy.{zone.Code}@example.test", Role.Caseworker);
        var first = await app.Redeem(await app.Code(person.Visit));
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => app.Refresh(Text(first, "refresh_token")))));
        Assert.True(answers.Count(a => a.TryGetProperty("access_token", out _)) <= 1);
        Assert.All(answers.Where(a => !a.TryGetProperty("access_token", out _)), a => Assert.Equal("invalid_grant", Text(a, "error")));
    }

    [Theory, EveryEngine]
    public async Task A_code_is_good_once_for_its_own_client_with_its_own_proof(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        using var app = await Programs.App(zone);
        using var other = await Programs.App(zone);
        using var person = await SignedIn.In(zone, $"di.{zone.Code}@example.test", Role.Caseworker);
        Assert.Equal("invalid_grant", Text(await app.Redeem(await app.Code(person.Visit), "another-verifier-another-verifier-another-verifier"), "error"));
        Assert.Equal("invalid_grant", Text(await other.Redeem(await app.Code(person.Visit), app.Verifier), "error"));
        var code = await app.Code(person.Visit);
        var given = await app.Redeem(code);
        Assert.Equal(HttpStatusCode.OK, (await app.Me(Text(given, "access_token"))).Status);
        Assert.Equal("invalid_grant", Text(await app.Redeem(code), "error"));
        zone.Platform.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.Me(Text(given, "access_token"))).Status);
        Assert.Equal("invalid_grant", Text(await app.Refresh(Text(given, "refresh_token")), "error"));
    }

    [Theory, EveryEngine]
    public async Task A_system_comes_in_with_its_secret_and_in_its_own_name(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        using var system = await Programs.System(zone);
        var (status, me) = await system.Me(await system.Token("zones"));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.False(me.TryGetProperty("account", out _));
        Assert.Equal("invalid_scope", Text(await system.Ask(("grant_type", "client_credentials"), ("scope", "casework")), "error"));
        var before = system.Secret;
        using (var administrator = zone.Visit(Role.ZoneAdministrator))
        {
            var page = await administrator.Page("/admin/clients");
            Assert.DoesNotContain(before!, page.DocumentElement.OuterHtml, StringComparison.Ordinal);
            var rotated = await Visit.Read(await administrator.Send("/admin/clients", page.QuerySelectorAll<IHtmlFormElement>("main td form").First(f => f.Action.Contains("Rotate", StringComparison.Ordinal)), []));
            system.Secret = rotated.QuerySelectorAll(".govuk-inset-text code")[1].TextContent;
        }
        Assert.Equal(HttpStatusCode.OK, (await system.Me(await system.Token("zones"))).Status);
        system.Secret = before;
        Assert.Equal("invalid_client", Text(await system.Ask(("grant_type", "client_credentials"), ("scope", "zones")), "error"));
        system.Secret = null;
        Assert.Equal("invalid_request", Text(await system.Ask(("grant_type", "client_credentials"), ("scope", "zones")), "error"));
    }

    [Theory, EveryEngine]
    public async Task A_token_of_one_zone_is_nothing_in_another(string engine)
    {
        var platform = await platforms.On(engine);
        var (zone, other) = (await platform.Zone(), await platform.Zone());
        using var app = await Programs.App(zone);
        using var system = await Programs.System(zone);
        using var person = await SignedIn.In(zone, $"ed.{zone.Code}@example.test", Role.Caseworker);
        var given = await app.Redeem(await app.Code(person.Visit));
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.Me(Text(given, "access_token"), other)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await system.Me(await system.Token("zones"), other)).Status);
        using var http = platform.CreateDefaultClient(new Uri("http://localhost"));
        foreach (var code in (string[])[other.Code, "0999"])
        {
            var answer = await http.PostAsync($"/{code}/connect/token", new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = system.Id, ["client_secret"] = system.Secret! }));
            Assert.Equal("invalid_client", Text(JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement, "error"));
        }
        // A token is nothing at a page, and a pass nothing at the API.
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/{zone.Code}/admin/access-matrix") { Headers = { Authorization = new("Bearer", Text(given, "access_token")) } };
        Assert.Equal(HttpStatusCode.Redirect, (await http.SendAsync(request)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await person.Visit.Get("/admin/access-matrix")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await person.Visit.Get("/api/zones/v1/me")).StatusCode);
    }

    [Theory, EveryEngine]
    public async Task The_end_of_session_role_or_client_ends_what_was_granted(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        using var app = await Programs.App(zone, keepsSecret: true);
        foreach (var end in (string[])["session", "role", "client"])
        {
            using var person = await SignedIn.In(zone, $"{end}.{zone.Code}@example.test", Role.Caseworker);
            var given = await app.Redeem(await app.Code(person.Visit));
            Assert.Equal(HttpStatusCode.OK, (await app.Me(Text(given, "access_token"))).Status);
            if (end == "session") await person.EndSession();
            else if (end == "role") await person.EndRoles();
            else
            {
                using var administrator = zone.Visit(Role.ZoneAdministrator);
                var page = await administrator.Page("/admin/clients");
                await administrator.Send("/admin/clients", page.QuerySelectorAll<IHtmlFormElement>("main td form").First(f => f.Action.Contains("End", StringComparison.Ordinal)), []);
            }
            Assert.Equal(HttpStatusCode.Unauthorized, (await app.Me(Text(given, "access_token"))).Status);
            Assert.Equal(end == "client" ? "invalid_client" : "invalid_grant", Text(await app.Refresh(Text(given, "refresh_token")), "error"));
        }
    }

    [Fact]
    public async Task A_program_does_not_keep_an_idle_session_alive()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        using var app = await Programs.App(zone);
        using var person = await SignedIn.In(zone, "idle@example.test", Role.Caseworker);
        var given = await app.Redeem(await app.Code(person.Visit));
        for (var i = 0; i < 3; i++)
        {
            platform.Clock.Advance(TimeSpan.FromMinutes(9));
            given = await app.Refresh(Text(given, "refresh_token"));
            Assert.Equal(HttpStatusCode.OK, (await app.Me(Text(given, "access_token"))).Status);
        }
        platform.Clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.Me(Text(given, "access_token"))).Status);
        Assert.Equal("invalid_grant", Text(await app.Refresh(Text(given, "refresh_token")), "error"));
    }

    [Fact]
    public async Task A_program_shows_no_factor_however_fresh_its_persons_is()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        using var app = await Programs.App(zone);
        using var person = await SignedIn.In(zone, $"ike.{zone.Code}@example.test", Role.Coordinator);
        var given = await app.Redeem(await app.Code(person.Visit));
        var caller = await zone.Platform.Services.GetRequiredService<IKnowBearers>().Of(Text(given, "access_token"), $"http://localhost/{zone.Code}", zone.Id, default);
        Assert.Equal(person.Account, caller!.Account);
        Assert.False(caller.IsFresh(zone.Platform.Clock.GetUtcNow()));
    }

    [Fact]
    public async Task What_a_program_asked_for_is_not_kept_but_asked_again()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        using var app = await Programs.App(zone);
        using var person = await SignedIn.In(zone, "jan@example.test", Role.Caseworker);
        var page = await person.Visit.Page(app.AuthorizePath());
        platform.Clock.Advance(TimeSpan.FromMinutes(31));
        var answer = await person.Visit.Send("", page.QuerySelectorAll<IHtmlFormElement>("main form").Last(), [KeyValuePair.Create("decision", "yes")]);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode); // not 307: nothing goes along
        Assert.StartsWith("/account/enter?to=", answer.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_program_asks_so_often_a_minute_and_no_more_whether_it_is_known_or_not(bool known)
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        using var system = await Programs.System(zone);
        using var http = platform.CreateDefaultClient(new Uri("http://localhost"));
        using var person = await SignedIn.In(zone, "often@example.test", Role.Caseworker);
        var id = known ? system.Id : Guid.NewGuid().ToString();
        // By form, by header and at the page of an app: one count.
        for (var i = 0; i < Pace.Allowed; i++) Assert.NotEqual(HttpStatusCode.TooManyRequests, (await Ask(i % 4)).StatusCode);
        for (var i = 0; i < 4; i++)
        {
            var answer = await Ask(i);
            Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
            Assert.NotNull(answer.Headers.RetryAfter);
        }
        // Nobody uses up the turns of another, nor of the same one elsewhere.
        Assert.Equal(HttpStatusCode.BadRequest, (await http.GetAsync($"/{zone.Code}/connect/token?client_id={Guid.NewGuid()}")).StatusCode);
        var elsewhere = await platform.Server.SendAsync(there => (there.Connection.RemoteIpAddress, there.Request.Method, there.Request.Path, there.Request.QueryString) =
            (IPAddress.Parse("192.0.2.7"), "GET", $"/{zone.Code}/connect/token", new Microsoft.AspNetCore.Http.QueryString("?client_id=" + id)));
        Assert.Equal(400, elsewhere.Response.StatusCode);

        Task<HttpResponseMessage> Ask(int how) => how switch
        {
            0 => person.Visit.Client.GetAsync($"/{zone.Code}/connect/authorize?client_id={id}"),
            1 => http.PostAsync($"/{zone.Code}/connect/introspection", Form(new() { ["client_id"] = id, ["client_secret"] = "wrong", ["token"] = "x" })),
            2 => http.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"/{zone.Code}/connect/token") { Content = Form(new() { ["grant_type"] = "client_credentials" }), Headers = { Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(id + ":wrong"))) } }),
            _ => http.PostAsync($"/{zone.Code}/connect/token", Form(new() { ["grant_type"] = "client_credentials", ["client_id"] = id.ToUpperInvariant(), ["client_secret"] = "wrong" })),
        };
        static FormUrlEncodedContent Form(Dictionary<string, string> fields) => new(fields);
    }

    [Fact]
    public async Task One_address_asks_for_tokens_so_often_a_minute_whatever_name_it_gives()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        using var http = platform.CreateDefaultClient(new Uri("http://localhost"));
        var answers = new List<HttpResponseMessage>();
        for (var i = 0; i <= VictimSupport.Portal.Limits.Programs; i++) answers.Add(await http.GetAsync($"/{zone.Code}/connect/authorize?client_id={Guid.NewGuid()}"));
        Assert.NotEqual(HttpStatusCode.TooManyRequests, answers[^2].StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, answers[^1].StatusCode);
        Assert.NotNull(answers[^1].Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await http.PostAsync("/0999/connect/token", new FormUrlEncodedContent([]))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync($"/{zone.Code}/.well-known/jwks")).StatusCode);
    }

    [Theory, EveryEngine]
    public async Task One_sees_which_programs_act_in_ones_name_and_takes_it_back(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        using var app = await Programs.App(zone);
        using var person = await SignedIn.In(zone, $"kay.{zone.Code}@example.test", Role.Caseworker);
        using var other = await SignedIn.In(zone, $"lou.{zone.Code}@example.test", Role.Caseworker);
        var given = await app.Redeem(await app.Code(person.Visit));
        var theirs = await app.Redeem(await app.Code(other.Visit));
        const string ends = "form[action*='handler=Program']";
        var page = await person.Own.Page("/account/security");
        Assert.Contains("Planner", Assert.Single(page.QuerySelectorAll("tr"), r => r.QuerySelector(ends) is not null).TextContent, StringComparison.Ordinal);
        var foreign = (await other.Own.Page("/account/security")).QuerySelector($"{ends} [name=grant]")!.GetAttribute("value")!;
        Assert.Equal(HttpStatusCode.NotFound, (await person.Own.Send("", page.Form(ends), Holder.Fields(("grant", foreign)))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await person.Own.Send("", page.Form(ends), [])).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.Me(Text(given, "access_token"))).Status);
        Assert.Equal("invalid_grant", Text(await app.Refresh(Text(given, "refresh_token")), "error"));
        Assert.Null((await person.Own.Page("/account/security")).QuerySelector(ends));
        Assert.Equal(HttpStatusCode.OK, (await app.Me(Text(theirs, "access_token"))).Status);
    }

    [Theory, EveryEngine]
    public async Task What_is_given_back_is_gone_and_introspection_says_so(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        using var app = await Programs.App(zone, keepsSecret: true);
        using var person = await SignedIn.In(zone, $"fay.{zone.Code}@example.test", Role.Caseworker);
        var given = await app.Redeem(await app.Code(person.Visit));
        Assert.True((await app.Ask("introspection", null, [("token", Text(given, "access_token"))])).GetProperty("active").GetBoolean());
        await app.Ask("revocation", null, [("token", Text(given, "refresh_token"))]);
        Assert.Equal("invalid_grant", Text(await app.Refresh(Text(given, "refresh_token")), "error"));
        zone.Platform.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.False((await app.Ask("introspection", null, [("token", Text(given, "access_token"))])).GetProperty("active").GetBoolean());
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.Me(Text(given, "access_token"))).Status);
    }

    [Fact]
    public async Task A_key_is_shown_before_it_is_used_and_kept_until_its_tokens_lapsed()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        using var system = await Programs.System(zone);
        await system.Token("zones");
        var first = Assert.Single(await Published(platform, zone));
        platform.Clock.Advance(TokenKey.Use - TokenKey.Ahead + TimeSpan.FromHours(1));
        Assert.Equal(2, (await Published(platform, zone)).Count);
        Assert.Equal(first, (await Published(platform, zone))[0]); // the first one still signs
        platform.Clock.Advance(TokenKey.Ahead - TimeSpan.FromHours(1) - TimeSpan.FromMinutes(5));
        var old = await system.Token("zones");
        platform.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(HttpStatusCode.OK, (await system.Me(old)).Status);
        Assert.NotEqual(first, (await Published(platform, zone))[0]);
        Assert.Equal(HttpStatusCode.OK, (await system.Me(await system.Token("zones"))).Status);
        platform.Clock.Advance(TokenKey.Kept);
        Assert.DoesNotContain(first, await Published(platform, zone));

        var stolen = await system.Token("zones");
        await platform.Services.GetRequiredService<TokenKeys>().EndAll(default);
        Assert.Equal(HttpStatusCode.Unauthorized, (await system.Me(stolen)).Status);
        Assert.Equal(HttpStatusCode.OK, (await system.Me(await system.Token("zones"))).Status);
    }

    [Theory, EveryEngine]
    public async Task Several_processes_share_the_keys(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        using var system = await Programs.System(zone);
        var token = await system.Token("zones");
        if (engine == "sqlite")
        {
            // One process on one data folder: a second reader of the same catalogue stands in for it.
            var second = ActivatorUtilities.CreateInstance<TokenKeys>(platform.Services);
            await second.Ready(default);
            Assert.Equal(platform.Services.GetRequiredService<TokenKeys>().Signatures.Select(k => k.KeyId), second.Signatures.Select(k => k.KeyId));
            return;
        }
        await using var other = Platform.Start(engine, platform.SameHouse);
        using var http = other.CreateDefaultClient(new Uri("http://localhost"));
        Assert.Equal(HttpStatusCode.OK, (await system.Me(token, host: http)).Status);
        var there = Text(await system.Ask("token", http, [("grant_type", "client_credentials"), ("scope", "zones")]), "access_token");
        Assert.Equal(HttpStatusCode.OK, (await system.Me(there)).Status);
    }

    public static TheoryData<string> Elsewhere => [.. (string[])["https://evil.example/back", "https://app.example/back/", "https://app.example/back?x=1", "https://app.example.evil.example/back", "https://app.example@evil.example/back", "//evil.example", "javascript:alert(1)", "https://app.example/BACK", "https://app.example/back#x", ""]];

    [Theory, MemberData(nameof(Elsewhere))]
    public async Task Nobody_is_sent_anywhere_but_to_a_registered_address(string back)
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        using var app = await Programs.App(zone);
        using var person = await SignedIn.In(zone, $"gus.{zone.Code}@example.test", Role.Caseworker);
        var answer = await person.Visit.Client.GetAsync(app.AuthorizePath(back: back));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Null(answer.Headers.Location);
    }

    [Fact]
    public async Task What_is_asked_wrongly_is_sent_nowhere()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        using var app = await Programs.App(zone);
        using var system = await Programs.System(zone);
        using var person = await SignedIn.In(zone, $"hal.{zone.Code}@example.test", Role.Caseworker);
        var sound = app.AuthorizePath();
        Assert.Equal(HttpStatusCode.OK, (await person.Visit.Client.GetAsync(sound)).StatusCode);
        foreach (var unsound in (string[])[sound.Replace("code_challenge=", "other=", StringComparison.Ordinal), sound.Replace("S256", "plain", StringComparison.Ordinal), sound.Replace("response_type=code", "response_type=token", StringComparison.Ordinal),
            sound + "&response_mode=form_post", sound.Replace("zones", "casework", StringComparison.Ordinal), sound.Replace(app.Id, system.Id, StringComparison.Ordinal), sound.Replace(app.Id, Guid.NewGuid().ToString(), StringComparison.Ordinal)])
        {
            var answer = await person.Visit.Client.GetAsync(unsound);
            Assert.True(answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized, unsound);
            Assert.Null(answer.Headers.Location);
        }
        // A press that was not hers.
        Assert.Equal(HttpStatusCode.BadRequest, (await person.Visit.Forge("/connect/authorize", ("decision", "yes"), ("client_id", app.Id))).StatusCode);
        // No is an answer too.
        var page = await person.Visit.Page(sound);
        var refused = await person.Visit.Send(sound, page.QuerySelectorAll<IHtmlFormElement>("main form").Last(), [KeyValuePair.Create("decision", "no")]);
        Assert.Contains("error=access_denied", refused.Headers.Location!.Query, StringComparison.Ordinal);
        // The page may send its form there, and nowhere else.
        Assert.Contains("form-action 'self' https://app.example;", (await person.Visit.Client.GetAsync(sound)).Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Contains("form-action 'self';", (await person.Visit.Get("/admin/access-matrix")).Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://app.example/back", true), InlineData("http://localhost:8123/back", true), InlineData("http://127.0.0.1/back", true), InlineData("com.example.planner:/back", true)]
    [InlineData("http://app.example/back", false), InlineData("https://*.example/back", false), InlineData("https://app.example/back#x", false), InlineData("https://u:p@app.example/back", false), InlineData("javascript:alert(1)", false)]
    [InlineData("data:text/html,x", false), InlineData("/back", false), InlineData("app.example", false), InlineData("https:///back", false), InlineData("https://app.example/ba ck", false), InlineData("https://app.example\\@evil.example", false)]
    public void An_address_to_return_to_is_whole_and_exact(string address, bool sound) => Assert.Equal(sound, ReturnAddress.IsSound(address));

    [Fact]
    public async Task Secrets_are_hashed_and_keys_sealed_at_rest()
    {
        var platform = await platforms.On("sqlite");
        var zone = await platform.Zone();
        using var system = await Programs.System(zone);
        await system.Token("zones");
        await using var house = platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        var client = await house.Set<ApiClient>().AsNoTracking().SingleAsync(c => c.Id == Guid.Parse(system.Id));
        Assert.DoesNotContain(system.Secret!, client.SecretHash!, StringComparison.Ordinal);
        var seal = platform.Services.GetRequiredService<HouseSeal>();
        foreach (var key in await house.Set<TokenKey>().AsNoTracking().ToListAsync())
        {
            var clear = seal.Open("token key", key.Id, key.Sealed);
            Assert.True(key.Sealed.AsSpan().IndexOf(clear.AsSpan(0, 16)) < 0);
            Assert.Throws<SealBrokenException>(() => seal.Open("token key", Guid.NewGuid(), key.Sealed));
        }
        Assert.DoesNotContain(platform.Logs.Lines, line => line.Contains(system.Secret!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_zone_that_does_not_exist_has_a_discovery_document_like_any_other()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        using var passer = zone.Passer();
        var there = await passer.Client.GetStringAsync($"/{zone.Code}/.well-known/openid-configuration");
        Assert.Contains($"http://localhost/{zone.Code}/connect/token", there, StringComparison.Ordinal);
        Assert.Equal(there.Replace(zone.Code, "0999", StringComparison.Ordinal), await passer.Client.GetStringAsync("/0999/.well-known/openid-configuration"));
        var nowhere = await passer.Client.GetAsync("/.well-known/openid-configuration");
        Assert.True(HttpStatusCode.NotFound == nowhere.StatusCode, await nowhere.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await passer.Client.PostAsync("/connect/token", new FormUrlEncodedContent([]))).StatusCode);
    }

    private static async Task<IReadOnlyList<string>> Published(Platform platform, TestZone zone)
    {
        using var http = platform.CreateDefaultClient(new Uri("http://localhost"));
        return [.. JsonDocument.Parse(await http.GetStringAsync($"/{zone.Code}/.well-known/jwks")).RootElement.GetProperty("keys").EnumerateArray().Select(k => k.GetProperty("kid").GetString()!)];
    }

    private static string Text(JsonElement answer, string name) => answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty(name, out var value) ? value.GetString()! : $"no {name} in {answer}";
}
