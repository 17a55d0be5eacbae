using System.Net;
using Microsoft.AspNetCore.Mvc.Testing.Handlers;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Contracts;
using VictimSupport.Identity.Federations;
using VictimSupport.Identity.Sessions;
using VictimSupport.Tests.Kit;
using VictimSupport.OnCall.Pools;

namespace VictimSupport.Tests.Identity;

/// <summary>A zone with a provider of its own beside it, set up by operator, administrator and a second person through the real pages.</summary>
internal sealed class Place : IAsyncDisposable
{
    private static readonly HttpClient Outside = new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
    public TestZone Zone { get; private init; } = null!;
    public Provider Provider { get; private init; } = null!;
    public Guid Proposer { get; private set; }

    public static async Task<Place> Open(string engine, bool confirmed = true)
    {
        var platform = Platform.Start(engine);
        var place = new Place { Zone = await platform.Zone(), Provider = await Provider.Start(platform.Clock) };
        using (var visit = new Visit(platform, "operator", Guid.NewGuid(), Role.Operator))
        {
            var added = await visit.Submit("/operator/providers", new Dictionary<string, string> { ["Form.Name"] = "Entra", ["Form.Issuer"] = place.Provider.Issuer, ["Form.Tenant"] = place.Provider.Tenant });
            Assert.Equal(HttpStatusCode.Redirect, added.StatusCode);
        }
        await place.Federate(place.Zone, asksMfa: false, confirmed);
        return place;
    }

    public async Task Federate(TestZone zone, bool asksMfa, bool confirmed = true)
    {
        Proposer = Guid.NewGuid();
        using var administrator = zone.As(Proposer, Role.ZoneAdministrator).Visit();
        var provider = (await administrator.Page("/admin/federation")).QuerySelector("[name='Form.Provider']")!.GetAttribute("value")!;
        var fields = new Dictionary<string, string> { ["Form.Provider"] = provider, ["Form.Name"] = "Zone account", ["Form.ClientId"] = Provider.ClientId, ["Form.Secret"] = Provider.Secret, ["Form.Domains"] = zone == Zone ? "zone.example" : "neighbour.example" };
        if (asksMfa) fields["Form.AsksMfa"] = "true";
        Assert.Equal(HttpStatusCode.Redirect, (await administrator.Submit("/admin/federation", fields)).StatusCode);
        if (confirmed) await Decide(Assert.Single(await Waiting(zone)).Id, true, Guid.NewGuid(), zone: zone);
    }

    public async Task<IReadOnlyList<Waiting>> Waiting(TestZone? zone = null)
    {
        await using var house = House();
        return await Changes.In(house, (zone ?? Zone).Id, default);
    }

    /// <summary>As the page of confirmations does it.</summary>
    public Task Decide(Guid id, bool confirms, Guid by, bool elsewhere = false, TestZone? zone = null) => Zone.Platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("test", null,
        house => Changes.Decide(house, id, elsewhere ? Guid.NewGuid() : (zone ?? Zone).Id, confirms, by, default), default);

    private IAwaitASecondPerson Changes => Zone.Platform.Services.CreateScope().ServiceProvider.GetServices<IAwaitASecondPerson>().Single(k => k.Kind == "federation");

    public CatalogDbContext House() => Zone.Platform.Services.GetRequiredService<CatalogDatabase>().Lease();

    public Visit Browser() => new(Zone.Platform, "", null);

    /// <summary>From the address to the provider's door.</summary>
    public async Task<Uri> Go(Visit browser)
    {
        return await Leaving(browser, await browser.Submit("/account/federation?at=zone.example", []));
    }

    public async Task<Uri> StartLink(Visit person) => await Leaving(person, await person.Submit("/account/federation/link", []));

    public async Task Link(Visit person) => Assert.Equal("/account/federation/link", await Return(person, await StartLink(person)));

    public async Task<Uri> Leaving(Visit browser, HttpResponseMessage sent)
    {
        Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        var page = sent.Headers.Location!.ToString();
        // On a machine with much to do the provider's document may take longer than the product waits for it.
        for (var i = 0; i < 5 && (await browser.Client.GetAsync(page)).StatusCode != HttpStatusCode.OK; i++) await Task.Delay(1000);
        return new Uri((await browser.Page(page)).QuerySelector("#leave")!.GetAttribute("href")!);
    }

    /// <summary>The provider's answer: where it sends the browser back to.</summary>
    public async Task<string> Answer(Uri door)
    {
        Assert.StartsWith(Provider.Issuer, door.ToString(), StringComparison.Ordinal);
        var answer = await Outside.GetAsync(door);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return answer.Headers.Location!.PathAndQuery;
    }

    /// <summary>Back with the answer; where that leads.</summary>
    public async Task<string> Return(Visit browser, Uri door) => (await browser.Client.GetAsync(await Answer(door))).Headers.Location!.ToString();

    /// <summary>A browser with a session that began at the provider some time ago, where the person signed in in the morning.</summary>
    public async Task<Visit> AtWork()
    {
        Provider.SignedIn = Zone.Platform.Clock.GetUtcNow().AddHours(-2);
        var browser = Browser();
        Assert.Equal("/account/home", await Return(browser, await Go(browser)));
        return browser;
    }

    /// <summary>From a page that asks for a fresh factor to the provider's door.</summary>
    public async Task<Uri> GoForFactor(Visit browser, string page)
    {
        var asks = (await browser.Client.GetAsync(page)).Headers.Location!.ToString();
        Assert.Equal("/account/factor?to=" + Uri.EscapeDataString(page), asks);
        return await Leaving(browser, await browser.Submit(asks, [], "form[action*='handler=Provider']"));
    }

    /// <summary>The zone and a neighbour help each other out, and the person holds a role in both.</summary>
    public async Task Pool(SignedIn person, TestZone neighbour, Role role = Role.OnCall)
    {
        await Zone.Platform.Write(house =>
        {
            var pool = Guid.NewGuid();
            house.Add(new Pool { Id = pool, Name = "Pool" });
            foreach (var zone in new[] { Zone, neighbour }) house.Add(new PoolMember { Pool = pool, Zone = zone.Id, State = Membership.Agreed, From = new DateOnly(2026, 1, 1) });
            house.Add(VictimSupport.Zones.Staff.RoleGrant.GiveFirst(person.Account, neighbour.Id, role, null, null, Zone.Platform.Clock.GetUtcNow()));
            return Task.FromResult(true);
        });
        Zone.Platform.Clock.Advance(TimeSpan.FromSeconds(5));
    }

    public async Task Enters(Visit browser, TestZone zone, bool may)
    {
        var to = $"/{zone.Code}/admin/access-matrix";
        var answer = await browser.Client.GetAsync("/account/enter?to=" + Uri.EscapeDataString(to));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(may ? to : "/account/federation/stricter?to=" + Uri.EscapeDataString(to), answer.Headers.Location!.ToString());
    }

    public async Task<Session> LastSession()
    {
        await using var house = House();
        return (await house.Set<FederatedSession>().Join(house.Set<Session>(), f => f.Id, s => s.Id, (_, s) => s).ToListAsync()).MaxBy(s => s.Created)!;
    }

    /// <summary>Refusals as the catalogue's chain has them.</summary>
    public async Task<IReadOnlyList<string>> Refusals()
    {
        await using var house = House();
        return await house.Set<VictimSupport.Foundation.Audit.AuditRow>().Where(r => r.Act.Contains("!")).Select(r => r.Act).ToListAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Provider.DisposeAsync();
        await Zone.Platform.DisposeAsync();
    }
}
