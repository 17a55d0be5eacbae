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
using VictimSupport.Identity.Contracts;
using VictimSupport.Identity.Federations;
using VictimSupport.Identity.Sessions;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Contracts;
using VictimSupport.Zones.Pools;

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
        await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("test", null, house =>
        {
            var pool = Guid.NewGuid();
            house.Add(new Pool { Id = pool, Name = "Pool" });
            foreach (var zone in new[] { place.Zone, neighbour }) house.Add(new PoolMember { Pool = pool, Zone = zone.Id, From = new DateOnly(2026, 1, 1) });
            foreach (var zone in new[] { neighbour, stranger }) house.Add(VictimSupport.Zones.Staff.RoleGrant.GiveFirst(person.Account, zone.Id, Role.OnCall, null, null, platform.Clock.GetUtcNow()));
            house.Add(VictimSupport.Zones.Staff.RoleGrant.GiveFirst(person.Account, null, Role.Operator, null, null, platform.Clock.GetUtcNow()));
            return Task.FromResult(true);
        }, default);
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
