using AngleSharp.Dom;
using System.Net;
using AngleSharp.Html.Dom;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Identity.Accounts;
using VictimSupport.Identity.Contracts;
using VictimSupport.Identity.Federations;
using VictimSupport.Identity.Sessions;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Contracts;
using VictimSupport.OnCall.Pools;

namespace VictimSupport.Tests.Identity;

/// <summary>Signing in at a zone's own provider, against a real one that also lies.</summary>
public sealed class FederationTests
{
    [Theory, EveryEngine]
    public async Task Who_linked_the_account_from_inside_signs_in_at_the_provider(string engine)
    {
        await using var place = await Place.Open(engine);
        using var person = await SignedIn.In(place.Zone, "ada@zone.example", Role.Caseworker);
        await place.Link(person.Own);
        place.Provider.Methods = ["pwd", "mfa"];
        using var browser = place.Browser();
        var back = await place.Return(browser, await place.Go(browser));
        Assert.Equal("/account/home", back);
        var session = await place.LastSession();
        Assert.Equal(person.Account, session.Account);
        Assert.Equal("federation mfa", session.Factors);
        Assert.Equal(HttpStatusCode.OK, (await browser.Client.GetAsync("/account/home")).StatusCode);
        await place.Enters(browser, place.Zone, true);
        Assert.Equal(HttpStatusCode.OK, (await browser.Client.GetAsync($"/{place.Zone.Code}/admin/access-matrix")).StatusCode);
        // Whoever stands at the provider is known by the provider's name, not by the address.
        Assert.DoesNotContain(place.Zone.Platform.Logs.Lines, l => l.Contains(place.Provider.Secret, StringComparison.Ordinal) || l.Contains("zone.example", StringComparison.Ordinal));
    }

    [Theory, EveryEngine]
    public async Task A_provider_that_lies_is_not_believed(string engine)
    {
        await using var place = await Place.Open(engine);
        using var person = await SignedIn.In(place.Zone, "bo@zone.example", Role.Caseworker);
        await place.Link(person.Own);
        foreach (var lie in Enum.GetValues<Lie>().Where(l => l != Lie.None))
        {
            place.Provider.Lie = lie;
            using var browser = place.Browser();
            Assert.True("/account/federation/no-access" == await place.Return(browser, await place.Go(browser)), lie.ToString());
            Assert.Equal(HttpStatusCode.Redirect, (await browser.Client.GetAsync("/account/home")).StatusCode);
        }
        place.Provider.Lie = Lie.None;
        using var honest = place.Browser();
        Assert.Equal("/account/home", await place.Return(honest, await place.Go(honest)));
        // The page tells nobody why; the chain does.
        var refusals = await place.Refusals();
        foreach (var code in (string[])["issuer", "tenant", "nonce", "signature", "expired", "audience", "subject", "token"]) Assert.Contains(refusals, r => r.EndsWith("!" + code, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_colleagues_address_under_another_name_is_a_stranger()
    {
        await using var place = await Place.Open("sqlite");
        using var person = await SignedIn.In(place.Zone, "cy@zone.example", Role.Caseworker);
        await place.Link(person.Own);
        place.Provider.User = (Guid.NewGuid().ToString(), "cy@zone.example");
        using var browser = place.Browser();
        Assert.Equal("/account/federation/no-access", await place.Return(browser, await place.Go(browser)));
        Assert.Contains(await place.Refusals(), r => r.EndsWith("!unknown", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_answer_is_good_once_and_only_in_the_browser_that_left()
    {
        await using var place = await Place.Open("sqlite");
        using var person = await SignedIn.In(place.Zone, "di@zone.example", Role.Caseworker);
        await place.Link(person.Own);
        using var victim = place.Browser();
        using var thief = place.Browser();
        var answer = await place.Answer(await place.Go(thief));
        // The thief's own answer planted in another browser: its state is not the one that left from there.
        await place.Go(victim);
        Assert.EndsWith("/account/federation/no-access", (await victim.Client.GetAsync(answer)).Headers.Location!.ToString(), StringComparison.Ordinal);
        using var passer = place.Browser();
        Assert.EndsWith("/account/federation/no-access", (await passer.Client.GetAsync(answer)).Headers.Location!.ToString(), StringComparison.Ordinal);
        // Copied with the cookie: the provider redeems the code once, and the trip is used up here too.
        var cookie = (await thief.Client.GetAsync("/account/federation/leave")).RequestMessage!.Headers.GetValues("Cookie").Single();
        Assert.Equal("/account/home", (await thief.Client.GetAsync(answer)).Headers.Location!.ToString());
        using var copy = place.Zone.Platform.CreateDefaultClient(new Uri("http://localhost"));
        using var again = new HttpRequestMessage(HttpMethod.Get, answer);
        again.Headers.Add("Cookie", cookie);
        Assert.EndsWith("/account/federation/no-access", (await copy.SendAsync(again)).Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Contains(await place.Refusals(), r => r.EndsWith("!code", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nobody_has_his_name_tied_to_a_colleagues_account()
    {
        await using var place = await Place.Open("sqlite");
        using var person = await SignedIn.In(place.Zone, "ed@zone.example", Role.Caseworker);
        using var other = await SignedIn.In(place.Zone, "fay@zone.example", Role.Caseworker);
        // An answer fetched in one session, brought back in another.
        var leaving = await place.StartLink(person.Own);
        var answer = await place.Answer(leaving);
        Assert.EndsWith("/account/federation/no-access", (await other.Visit.Client.GetAsync(answer)).Headers.Location!.ToString(), StringComparison.Ordinal);
        await place.Link(person.Own);
        // A name that is tied already cannot be tied again.
        Assert.EndsWith("/account/federation/no-access", (await other.Visit.Client.GetAsync(await place.Answer(await place.StartLink(other.Own)))).Headers.Location!.ToString(), StringComparison.Ordinal);
        await using var house = place.House();
        Assert.Equal(person.Account, (await house.Set<FederatedIdentity>().SingleAsync()).Account);
    }

    [Theory, EveryEngine]
    public async Task A_change_starts_when_a_second_person_says_so_and_its_secret_is_sealed(string engine)
    {
        await using var place = await Place.Open(engine, confirmed: false);
        using var passer = place.Browser();
        Assert.Null((await passer.Page("/account/federation?at=zone.example")).QuerySelector("[name=federation]"));
        var waiting = Assert.Single(await place.Waiting());
        Assert.Contains("Zone account", waiting.What, StringComparison.Ordinal);
        Assert.Equal([place.Proposer], waiting.Mine);
        await Assert.ThrowsAsync<RefusedException>(() => place.Decide(waiting.Id, true, place.Proposer));
        await Assert.ThrowsAsync<RefusedException>(() => place.Decide(waiting.Id, true, Guid.NewGuid(), elsewhere: true));
        await place.Decide(waiting.Id, true, Guid.NewGuid());
        await Assert.ThrowsAsync<RefusedException>(() => place.Decide(waiting.Id, true, Guid.NewGuid()));
        Assert.NotNull((await passer.Page("/account/federation?at=ZONE.example")).QuerySelector("[name=federation]"));
        await using var house = place.House();
        var row = await house.Set<Federation>().SingleAsync();
        Assert.True(row.Secret.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(place.Provider.Secret)) < 0);
        Assert.Throws<SealBrokenException>(() => place.Zone.Platform.Services.GetRequiredService<HouseSeal>().Open(Federation.SecretKind, Guid.NewGuid(), row.Secret));
        using var administrator = place.Zone.Visit(Role.ZoneAdministrator);
        Assert.DoesNotContain(place.Provider.Secret, (await administrator.Page("/admin/federation")).DocumentElement.OuterHtml, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Addresses_of_a_known_colleague_and_of_nobody_lead_to_the_same_page()
    {
        await using var place = await Place.Open("sqlite");
        using var person = await SignedIn.In(place.Zone, "gus@zone.example", Role.Caseworker);
        using var browser = place.Browser();
        var known = await browser.Submit("/account/federation", [KeyValuePair.Create("Email", "gus@zone.example")]);
        var nobody = await browser.Submit("/account/federation", [KeyValuePair.Create("Email", "nobody@zone.example")]);
        Assert.Equal(known.Headers.Location, nobody.Headers.Location);
        Assert.DoesNotContain("gus", known.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.Submit("/account/federation", [KeyValuePair.Create("Email", "no address")])).StatusCode);
    }

    [Fact]
    public async Task What_is_ended_or_taken_off_the_list_vouches_for_nobody_from_that_moment()
    {
        foreach (var byOperator in (bool[])[false, true])
        {
            await using var place = await Place.Open("sqlite");
            using var person = await SignedIn.In(place.Zone, "hal@zone.example", Role.Caseworker);
            await place.Link(person.Own);
            using var browser = place.Browser();
            var late = place.Browser();
            Assert.Equal("/account/home", await place.Return(browser, await place.Go(browser)));
            var halfWay = await place.Answer(await place.Go(late));
            using var ender = byOperator ? new Visit(place.Zone.Platform, "operator", Guid.NewGuid(), Role.Operator) : place.Zone.Visit(Role.ZoneAdministrator);
            var page = byOperator ? "/operator/providers" : "/admin/federation";
            await ender.Send(page, (await ender.Page(page)).QuerySelectorAll<IHtmlFormElement>("main td form").First(), []);
            place.Zone.Platform.Clock.Advance(TimeSpan.FromSeconds(5));
            Assert.Equal(HttpStatusCode.Redirect, (await browser.Client.GetAsync("/account/home")).StatusCode);
            Assert.EndsWith("/account/federation/no-access", (await late.Client.GetAsync(halfWay)).Headers.Location!.ToString(), StringComparison.Ordinal);
            Assert.Null((await late.Page("/account/federation?at=zone.example")).QuerySelector("[name=federation]"));
            Assert.Equal(HttpStatusCode.OK, (await person.Visit.Client.GetAsync("/account/home")).StatusCode); // who signed in here stays
        }
    }

    [Fact]
    public async Task The_home_zones_sign_in_opens_the_pool_unless_a_zone_there_is_stricter()
    {
        await using var place = await Place.Open("sqlite");
        var (platform, neighbour, stranger) = (place.Zone.Platform, await place.Zone.Platform.Zone(), await place.Zone.Platform.Zone());
        using var person = await SignedIn.In(place.Zone, "ines@zone.example", Role.OnCall);
        await place.Link(person.Own);
        await place.Pool(person, neighbour);
        await platform.Write(house =>
        {
            house.Add(VictimSupport.Zones.Staff.RoleGrant.GiveFirst(person.Account, stranger.Id, Role.OnCall, null, null, platform.Clock.GetUtcNow()));
            house.Add(VictimSupport.Zones.Staff.RoleGrant.GiveFirst(person.Account, null, Role.Operator, null, null, platform.Clock.GetUtcNow()));
            return Task.FromResult(true);
        });
        platform.Clock.Advance(TimeSpan.FromSeconds(5));
        using (var browser = place.Browser())
        {
            await place.Return(browser, await place.Go(browser));
            await place.Enters(browser, place.Zone, true);
            await place.Enters(browser, neighbour, true);
            await place.Enters(browser, stranger, false); // a role, but no agreement between the zones
            Assert.Contains("/account/federation/stricter", (await browser.Client.GetAsync("/account/enter?to=/operator/zones")).Headers.Location!.ToString(), StringComparison.Ordinal);
        }
        await place.Federate(neighbour, asksMfa: true);
        using (var browser = place.Browser())
        {
            await place.Return(browser, await place.Go(browser));
            await place.Enters(browser, place.Zone, true);
            await place.Enters(browser, neighbour, false);
        }
        place.Provider.Methods = ["pwd", "mfa"];
        using (var browser = place.Browser())
        {
            await place.Return(browser, await place.Go(browser));
            await place.Enters(browser, neighbour, true);
        }
        // Who signed in here, with factors of our own, is under no such rule.
        Assert.StartsWith($"/{stranger.Code}", (await person.Visit.Client.GetAsync($"/account/enter?to=/{stranger.Code}/worklist")).Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Minutes since the person signed in there; null: the provider does not say.</summary>
    [Theory]
    [InlineData(1, true, true), InlineData(6, true, false), InlineData(240, true, false), InlineData(null, true, false), InlineData(-10, true, false), InlineData(1, false, false)]
    public async Task A_providers_word_is_a_fresh_factor_only_where_it_says_that_two_were_shown_just_now(int? ago, bool mfa, bool fresh)
    {
        await using var place = await Place.Open("sqlite");
        using var person = await SignedIn.In(place.Zone, "kim@zone.example", Role.Caseworker);
        await place.Link(person.Own);
        place.Provider.Methods = mfa ? ["pwd", "mfa"] : ["pwd"];
        place.Provider.SignedIn = ago is { } minutes ? place.Zone.Platform.Clock.GetUtcNow().AddMinutes(-minutes) : null;
        using var browser = place.Browser();
        Assert.Equal("/account/home", await place.Return(browser, await place.Go(browser)));
        Assert.Equal(fresh ? HttpStatusCode.OK : HttpStatusCode.Redirect, (await browser.Client.GetAsync(Weighty)).StatusCode);
        // It grows old from the moment it was shown there, not from the one it reached us.
        place.Zone.Platform.Clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(HttpStatusCode.Redirect, (await browser.Client.GetAsync(Weighty)).StatusCode);
    }

    [Theory, EveryEngine]
    public async Task Who_came_by_a_provider_signs_in_there_anew_before_a_deed_of_weight(string engine)
    {
        await using var place = await Place.Open(engine);
        using var person = await SignedIn.In(place.Zone, "lea@zone.example", Role.Caseworker);
        await place.Link(person.Own);
        place.Provider.Methods = ["pwd", "mfa"];
        using var browser = await place.AtWork();
        var door = await place.GoForFactor(browser, Weighty);
        var asked = QueryHelpers.ParseQuery(door.Query);
        Assert.Equal(("login", "0"), (asked["prompt"].ToString(), asked["max_age"].ToString()));
        Assert.Equal(Weighty, await place.Return(browser, door));
        Assert.Equal(HttpStatusCode.OK, (await browser.Client.GetAsync(Weighty)).StatusCode);
        Assert.DoesNotContain("prompt=", (await place.Go(place.Browser())).Query, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("same session", "stale"), InlineData("says nothing", "stale"), InlineData("one factor less", "stale"), InlineData("somebody else", "another"), InlineData("another session", null), InlineData("twice", "replay")]
    public async Task What_is_no_sign_in_made_anew_is_no_fresh_factor(string how, string? refusal)
    {
        await using var place = await Place.Open("sqlite");
        using var person = await SignedIn.In(place.Zone, "max@zone.example", Role.Caseworker);
        using var other = await SignedIn.In(place.Zone, "noa@zone.example", Role.Caseworker);
        await place.Link(person.Own);
        place.Provider.Methods = ["pwd", "mfa"];
        using var browser = await place.AtWork();
        var door = await place.GoForFactor(browser, Weighty);
        if (how is "same session" or "says nothing") place.Provider.IgnoresPrompt = true;
        if (how == "says nothing") place.Provider.SignedIn = null;
        if (how == "one factor less") place.Provider.Methods = ["pwd"];
        if (how == "somebody else") place.Provider.User = (Guid.NewGuid().ToString(), "somebody@zone.example");
        var answer = await place.Answer(door);
        if (how == "another session") place.Zone.Platform.Services.GetRequiredService<SessionBook>().Forget((await place.LastSession()).Id);
        if (how == "another session") await browser.Send("/account/home", (await browser.Page("/account/home")).Form("form[action='/account/sign-out']"), []);
        var cookie = (await browser.Client.GetAsync("/account/federation/leave")).RequestMessage!.Headers.GetValues("Cookie").Single();
        var back = (await browser.Client.GetAsync(answer)).Headers.Location!.ToString();
        if (how == "twice")
        {
            Assert.Equal(Weighty, back);
            place.Provider.Forgets = true;
            using var copy = place.Zone.Platform.CreateDefaultClient(new Uri("http://localhost"));
            using var again = new HttpRequestMessage(HttpMethod.Get, answer);
            again.Headers.Add("Cookie", cookie);
            back = (await copy.SendAsync(again)).Headers.Location!.ToString();
        }
        Assert.Equal("/account/federation/no-access", back);
        if (refusal is not null) Assert.Contains(await place.Refusals(), r => r.EndsWith("ShownThere!" + refusal, StringComparison.Ordinal));
        if (how != "twice") Assert.Equal(HttpStatusCode.Redirect, (await browser.Client.GetAsync(Weighty)).StatusCode);
    }

    [Fact]
    public async Task A_providers_answer_begins_one_session_even_where_the_provider_redeems_it_twice()
    {
        await using var place = await Place.Open("sqlite");
        using var person = await SignedIn.In(place.Zone, "oda@zone.example", Role.Caseworker);
        await place.Link(person.Own);
        place.Provider.Forgets = true;
        using var browser = place.Browser();
        var answer = await place.Answer(await place.Go(browser));
        var cookie = (await browser.Client.GetAsync("/account/federation/leave")).RequestMessage!.Headers.GetValues("Cookie").Single();
        Assert.Equal("/account/home", (await browser.Client.GetAsync(answer)).Headers.Location!.ToString());
        using var copy = place.Zone.Platform.CreateDefaultClient(new Uri("http://localhost"));
        using var again = new HttpRequestMessage(HttpMethod.Get, answer);
        again.Headers.Add("Cookie", cookie);
        Assert.EndsWith("/account/federation/no-access", (await copy.SendAsync(again)).Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Contains(await place.Refusals(), r => r.EndsWith("!replay", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_providers_word_is_not_turned_into_factors_of_ones_own()
    {
        await using var place = await Place.Open("sqlite");
        using var person = await SignedIn.In(place.Zone, "pia@zone.example", Role.Caseworker);
        await place.Link(person.Own);
        place.Provider.Methods = ["pwd", "mfa"];
        place.Provider.SignedIn = place.Zone.Platform.Clock.GetUtcNow();
        using var browser = place.Browser();
        await place.Return(browser, await place.Go(browser));
        Assert.Equal(HttpStatusCode.NotFound, (await browser.Client.GetAsync("/account/security/add-passkey")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.Submit("/account/security/codes", [])).StatusCode);
        var app = await browser.Page("/account/security/app");
        var secret = place.Zone.Platform.Services.GetRequiredService<TotpSecrets>().Offered(app.QuerySelector("[name='Form.Totp']")!.GetAttribute("value"))!;
        Assert.Equal(HttpStatusCode.NotFound, (await browser.Send("/account/security/app", app.Form("main form"), Holder.Fields(("Form.Code", Totp.CodeAt(secret, place.Zone.Platform.Clock.GetUtcNow()))))).StatusCode);
        var own = await browser.Page("/account/security");
        foreach (var page in (string[])["add-passkey", "app", "codes"]) Assert.Null(own.QuerySelector($"main a[href='/account/security/{page}']"));
        // Nor is a link made or undone by it.
        Assert.Empty((await browser.Page("/account/federation/link")).QuerySelectorAll("main form"));
        await using var house = place.House();
        var identity = (await house.Set<FederatedIdentity>().SingleAsync()).Id;
        var form = own.Form("form[action='/account/sign-out']");
        foreach (var (path, field, value) in new[] { ("?handler=Undo", "identity", identity), ("", "federation", (await house.Set<Federation>().SingleAsync()).Id) })
        {
            form.SetAttribute("action", "/account/federation/link" + path);
            Assert.Equal(HttpStatusCode.NotFound, (await browser.Send("", form, [KeyValuePair.Create(field, value.ToString())])).StatusCode);
        }
        Assert.Single(await house.Set<FederatedIdentity>().ToListAsync());
        foreach (var page in (string[])["add-passkey", "app", "codes"]) Assert.Equal(HttpStatusCode.OK, (await person.Own.Client.GetAsync("/account/security/" + page)).StatusCode);
    }

    [Theory, EveryEngine]
    public async Task Who_signs_out_is_told_that_the_session_at_the_provider_goes_on(string engine)
    {
        await using var place = await Place.Open(engine);
        using var person = await SignedIn.In(place.Zone, "tom@zone.example", Role.Caseworker);
        await place.Link(person.Own);
        using var browser = place.Browser();
        await place.Return(browser, await place.Go(browser));
        var gone = (await SignOut(browser)).Headers.Location!.ToString();
        Assert.Equal(HttpStatusCode.Redirect, (await browser.Client.GetAsync("/account/home")).StatusCode);
        var page = await browser.Page(gone);
        Assert.Contains("Zone account", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Equal($"{place.Provider.Issuer}end-session?client_id={place.Provider.ClientId}", page.QuerySelector("#end-there")!.GetAttribute("href"));
        Assert.Equal("/account/sign-in", (await browser.Client.GetAsync("/account/signed-out?at=" + Guid.NewGuid())).Headers.Location!.ToString());
        Assert.Equal("/account/sign-in", (await SignOut(person.Own)).Headers.Location!.ToString()); // who signed in here

        static async Task<HttpResponseMessage> SignOut(Visit visit) => await visit.Send("", (await visit.Page("/account/home")).Form("form[action='/account/sign-out']"), []);
    }

    [Theory, EveryEngine]
    public async Task Making_and_undoing_a_link_is_told_and_ends_what_began_by_it(string engine)
    {
        await using var place = await Place.Open(engine);
        var platform = place.Zone.Platform;
        using var person = await SignedIn.In(place.Zone, "quin@zone.example", Role.Caseworker);
        await place.Link(person.Own);
        using var browser = place.Browser();
        await place.Return(browser, await place.Go(browser));
        var there = await place.LastSession();
        // A session that began at another provider is none of this one's.
        var elsewhere = await platform.Write(house =>
        {
            var now = platform.Clock.GetUtcNow();
            var federation = Federation.Propose(Guid.NewGuid(), place.Zone.Id, "Other", AllowedProvider.Add("Other", "https://login.example", "", null, now), "c", [1], [], false, Guid.NewGuid(), now);
            var session = Session.Begin(person.Account, "federation", now);
            house.AddRange(federation, session, FederatedSession.Of(session.Id, federation, new Said("https://login.example", "", "s", [], null), "hash"));
            return Task.FromResult(session.Id);
        });
        await person.Own.Submit("/account/federation/link", [], "form[action*='handler=Undo']");
        Assert.Equal(HttpStatusCode.Redirect, (await browser.Client.GetAsync("/account/home")).StatusCode);
        var sessions = await platform.Sessions(person.Account);
        Assert.NotNull(sessions.Single(s => s.Id == there.Id).Ended);
        Assert.Equal([null, null], sessions.Where(s => s.Id == elsewhere || s.Id == person.Session).Select(s => s.Ended));
        Assert.Equal("/account/federation/no-access", await place.Return(browser, await place.Go(browser)));
        await platform.RunHouse();
        Assert.Equal(["ProviderLinked", "ProviderUnlinked"], platform.Post.Letters.Where(l => l.To == "quin@zone.example").Select(l => l.Key.Split(' ')[0]).Order());
    }

    [Fact]
    public async Task A_zone_that_asked_for_two_factors_asks_for_them_when_its_provider_has_gone()
    {
        await using var place = await Place.Open("sqlite");
        var neighbour = await place.Zone.Platform.Zone();
        using var person = await SignedIn.In(place.Zone, "ria@zone.example", Role.OnCall);
        await place.Link(person.Own);
        await place.Pool(person, neighbour);
        await place.Federate(neighbour, asksMfa: true);
        using var browser = place.Browser();
        await place.Return(browser, await place.Go(browser));
        await place.Enters(browser, neighbour, false);
        using var administrator = neighbour.Visit(Role.ZoneAdministrator);
        await administrator.Send("/admin/federation", (await administrator.Page("/admin/federation")).QuerySelectorAll<IHtmlFormElement>("main td form").First(), []);
        await place.Enters(browser, neighbour, false);
        // What waits for its second person rules nothing; what counts does.
        await place.Federate(neighbour, asksMfa: false, confirmed: false);
        await place.Enters(browser, neighbour, false);
        await place.Decide(Assert.Single(await place.Waiting(neighbour)).Id, true, Guid.NewGuid(), zone: neighbour);
        await place.Enters(browser, neighbour, true);
    }

    [Fact]
    public async Task A_form_that_came_too_late_waits_for_a_sign_in_that_is_good_enough_there()
    {
        await using var place = await Place.Open("sqlite");
        var (platform, neighbour) = (place.Zone.Platform, await place.Zone.Platform.Zone());
        using var person = await SignedIn.In(place.Zone, "sam@zone.example", Role.Coordinator);
        await place.Link(person.Own);
        await place.Pool(person, neighbour, Role.ZoneAdministrator);
        await place.Federate(neighbour, asksMfa: true);
        await person.Enter(neighbour);
        using var here = new Visit(person.Visit.Client, neighbour.Code);
        var form = (await here.Page("/admin/staff/invite")).Form("main form");
        platform.Clock.Advance(TimeSpan.FromMinutes(31));
        var late = await here.Send("/admin/staff/invite", form, Holder.Fields(("Form.Name", "Zzcanary New")));
        Assert.Equal(HttpStatusCode.TemporaryRedirect, late.StatusCode);
        using var body = new StringContent(await late.RequestMessage!.Content!.ReadAsStringAsync(), System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");
        var kept = (await Visit.Read(await here.Client.PostAsync(late.Headers.Location, body))).QuerySelector("[name=kept]")!.GetAttribute("value")!;

        using var browser = place.Browser();
        await place.Return(browser, await place.Go(browser));
        var answer = await browser.Forge("/account/kept", ("kept", kept));
        var page = await Visit.Read(answer);
        Assert.DoesNotContain("Zzcanary", page.DocumentElement.OuterHtml, StringComparison.Ordinal);
        Assert.DoesNotContain(answer.Headers.TryGetValues("Set-Cookie", out var set) ? set : [], c => c.Contains("path=/" + neighbour.Code, StringComparison.OrdinalIgnoreCase));
        Assert.Equal(kept.Length > 0, page.QuerySelector("main form [name=kept]") is not null); // and goes on to the sign-in

        place.Provider.Methods = ["pwd", "mfa"];
        using var better = place.Browser();
        await place.Return(better, await place.Go(better));
        Assert.Contains("Zzcanary", (await Visit.Read(await better.Forge("/account/kept", ("kept", kept)))).DocumentElement.OuterHtml, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await better.Client.GetAsync($"/{neighbour.Code}/admin/access-matrix")).StatusCode);
    }

    /// <summary>A page of one's own that asks for a fresh factor.</summary>
    private const string Weighty = "/account/federation/link";

    [Theory, EveryEngine]
    public async Task An_invitation_is_taken_up_by_signing_in_at_the_provider(string engine)
    {
        await using var place = await Place.Open(engine);
        var path = (await place.Zone.Platform.Services.GetRequiredService<IAddZones>().Add(place.Zone.Code, "Zone", null, null, ["fr"], "jo@zone.example", default))!;
        using var browser = place.Browser();
        var form = (await browser.Page(path)).QuerySelectorAll<IHtmlFormElement>("main form").First(f => f.Action.Contains("federation", StringComparison.Ordinal));
        var leave = await browser.Send(path, form, []);
        Assert.Equal("/account/home", await place.Return(browser, await place.Leaving(browser, leave)));
        await using (var house = place.House())
        {
            var account = await house.Set<VictimSupport.Identity.Accounts.Account>().SingleAsync(a => a.Email == "jo@zone.example");
            Assert.Null(account.PasswordHash);
            Assert.Equal(place.Provider.User.Subject, (await house.Set<FederatedIdentity>().SingleAsync(i => i.Account == account.Id)).Subject);
        }
        await place.Enters(browser, place.Zone, true);
        // Used up; and the name now has its account.
        using var second = place.Browser();
        Assert.DoesNotContain((await second.Page(path)).QuerySelectorAll<IHtmlFormElement>("main form"), f => f.Action.Contains("federation", StringComparison.Ordinal));
        Assert.Equal("/account/home", await place.Return(second, await place.Go(second)));
    }

    [Theory]
    [InlineData("https://login.example/t/v2.0", "", true), InlineData("http://login.example", "", false), InlineData("ftp://x", "", false), InlineData("https://u:p@login.example", "", false), InlineData("https://login.example?x=1", "", false)]
    [InlineData("https://login.microsoftonline.com/common/v2.0", "", false), InlineData("https://login.microsoftonline.com/0b7c1f4e-0000-4000-8000-000000000001/v2.0", "0b7c1f4e-0000-4000-8000-000000000001", true)]
    [InlineData("https://login.microsoftonline.com/common/v2.0", "0b7c1f4e-0000-4000-8000-000000000001", false)]
    public async Task The_list_of_providers_takes_no_address_that_speaks_for_everybody(string issuer, string tenant, bool sound)
    {
        await using var platform = Platform.Start("sqlite");
        using var visit = new Visit(platform, "operator", Guid.NewGuid(), Role.Operator);
        var answer = await visit.Submit("/operator/providers", new Dictionary<string, string> { ["Form.Name"] = "Some", ["Form.Issuer"] = issuer, ["Form.Tenant"] = tenant });
        Assert.Equal(sound ? HttpStatusCode.Redirect : HttpStatusCode.UnprocessableEntity, answer.StatusCode);
    }

    [Theory]
    [InlineData("ada@zone.example", "zone.example"), InlineData("ada@ZONE.Example.", "zone.example"), InlineData("ada@zöne.example", "xn--zne-sna.example"), InlineData("a@b@zone.example", null), InlineData("ada", null), InlineData("ada@zone", null), InlineData("@zone.example", null), InlineData("ada@-zone.example", null), InlineData("", null)]
    public void A_domain_is_compared_in_one_form(string mail, string? domain) => Assert.Equal(domain, Domain.Of(mail));
}
