using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Testing.Handlers;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Contracts;
using VictimSupport.Identity.Sessions;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Tests.Kit;

/// <summary>A colleague with an account, a session and roles that really stand in the catalogue, and the cookies that go with them.</summary>
internal sealed class SignedIn : IDisposable
{
    private readonly TestZone zone;
    private readonly CookieContainer jar = new();

    private SignedIn(TestZone zone, Guid account, Session session)
    {
        (this.zone, Account, Session) = (zone, account, session.Id);
        Visit = new Visit(zone.Platform.CreateDefaultClient(new Uri("http://localhost"), new CookieContainerHandler(jar)), zone.Code);
        Own = new Visit(Visit.Client, "");
    }

    public Guid Account { get; }
    public Guid Session { get; }
    public Visit Visit { get; }

    /// <summary>In front of the pages of one's own account, outside the zone.</summary>
    public Visit Own { get; }

    public static async Task<SignedIn> In(TestZone zone, string mail, params Role[] roles)
    {
        var (services, now) = (zone.Platform.Services, zone.Platform.Clock.GetUtcNow());
        var session = await services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("test", null, house =>
        {
            var account = services.GetRequiredService<IMakeDemoAccounts>().Ensure(house, mail, "Somebody " + mail.Split('@')[0], "en", now);
            foreach (var role in roles)
            {
                var grant = RoleGrant.Give(account, zone.Id, role, null, null, "invitation", now);
                grant.Confirm(Guid.NewGuid(), now);
                house.Add(grant);
            }
            var begun = VictimSupport.Identity.Sessions.Session.Begin(account, "demo", now);
            house.Add(begun);
            return Task.FromResult(begun);
        }, TestContext.Current.CancellationToken);
        var signedIn = new SignedIn(zone, session.Account, session);
        await signedIn.Keep("/account", http => Cookies.SignIn(http, session));
        await signedIn.Enter(zone);
        return signedIn;
    }

    /// <summary>Gives the same account roles in another zone, or on the platform where none is named.</summary>
    public async Task Holds(TestZone? other, params Role[] roles)
    {
        var now = zone.Platform.Clock.GetUtcNow();
        await zone.Platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("test", null, house =>
        {
            foreach (var role in roles)
            {
                var grant = RoleGrant.Give(Account, other?.Id, role, null, null, "invitation", now);
                grant.Confirm(Guid.NewGuid(), now);
                house.Add(grant);
            }
            return Task.FromResult(true);
        }, TestContext.Current.CancellationToken);
        zone.Platform.Services.GetRequiredService<VictimSupport.Zones.Staff.Standing>().Forget(Account);
    }

    /// <summary>The pass of a zone, as the door would mint it.</summary>
    public Task Enter(TestZone other) => Keep("/" + other.Code, http => Cookies.Enter(http, Account, Session, Pass.PlaceOf(other.Id), "/" + other.Code));

    public Task EndSession() => Change<Session>(s => s.Id == Session, s => s.End(zone.Platform.Clock.GetUtcNow()));
    public Task EndRoles() => Change<RoleGrant>(g => g.Account == Account, g => g.End(Guid.NewGuid(), zone.Platform.Clock.GetUtcNow()));

    private async Task Change<T>(Func<T, bool> which, Action<T> how) where T : class
    {
        await zone.Platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("test", null, house =>
        {
            foreach (var row in house.Set<T>().AsEnumerable().Where(which)) how(row);
            return Task.FromResult(true);
        }, TestContext.Current.CancellationToken);
        zone.Platform.Clock.Advance(TimeSpan.FromSeconds(5)); // what other processes remember is seconds old at most
    }

    private async Task Keep(string path, Func<HttpContext, Task> mint)
    {
        await using var scope = zone.Platform.Services.CreateAsyncScope();
        var http = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        await mint(http);
        foreach (var cookie in http.Response.Headers.SetCookie) jar.SetCookies(new Uri("http://localhost" + path), cookie!);
    }

    public void Dispose() => Visit.Dispose();
}
