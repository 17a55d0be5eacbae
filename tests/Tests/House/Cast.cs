using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Sessions;
using VictimSupport.Zones.Contracts;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Tests.House;

/// <summary>How the doors of a place must take somebody.</summary>
internal enum Taken
{
    /// <summary>Led to the sign-in, for a zone that exists or not.</summary>
    AsNobody,

    /// <summary>Somebody is known and holds nothing there: nothing is there.</summary>
    AsAStranger,

    /// <summary>What the access matrix says for the roles, and nothing is there beyond it.</summary>
    ByTheirRoles,
}

/// <summary>Somebody with the cookies they would send, by hand where a browser would not.</summary>
internal sealed record Figure(string Name, string Cookie, string Token, IReadOnlySet<Role> Roles, Taken Taken)
{
    /// <summary>What is hidden in the zone does not exist for them, whatever their roles.</summary>
    public bool Walled { get; init; }

    /// <summary>They come from another zone for one thing: what else there is does not exist for them.</summary>
    public bool Visits { get; init; }

    public bool May(May deed) => deed == VictimSupport.Foundation.Access.May.HoldAnAccount ? Taken != Taken.AsNobody : Taken == Taken.ByTheirRoles && AccessMatrix.Allows(deed, Roles);
}

/// <summary>Everybody the isolation matrix sends to the doors: real accounts, sessions, roles and passes, as the catalogue and the cookies hold them.</summary>
internal sealed class Cast(World world, World other)
{
    private static readonly Role[] OfZones = [.. Enum.GetValues<Role>().Except([Role.Operator, Role.Analyst])];
    private readonly IServiceProvider services = world.Zone.Platform.Services;
    private readonly DateTimeOffset now = world.Zone.Platform.Clock.GetUtcNow();

    /// <summary>Those who stand before the doors of the zone.</summary>
    public async Task<IReadOnlyList<Figure>> OfTheZone()
    {
        var (here, there) = (Pass.PlaceOf(world.Zone.Id), Pass.PlaceOf(other.Zone.Id));
        var all = new List<Figure> { await Nobody() };
        foreach (var role in OfZones) all.Add(await Somebody(role.ToString(), here, Taken.ByTheirRoles, world.Accounts[role], Given(role)));
        all.Add(await Somebody("every role, walled off", here, Taken.ByTheirRoles, world.Walled, [.. OfZones.Select(r => Grant(r, world.Zone.Id))]) with { Walled = true });
        all.Add(await Somebody("every role elsewhere, pass from there", there, Taken.AsNobody, Guid.NewGuid(), [.. OfZones.Select(r => Grant(r, other.Zone.Id))]));
        all.Add(await Somebody("every role elsewhere, pass for here", here, Taken.AsAStranger, Guid.NewGuid(), [.. OfZones.Select(r => Grant(r, other.Zone.Id))]));
        all.Add(await Somebody("no role anywhere", here, Taken.AsAStranger, Guid.NewGuid()));
        all.Add(await Somebody("a role that ended", here, Taken.AsAStranger, Guid.NewGuid(), [.. OfZones.Select(r => Grant(r, world.Zone.Id, to: now.AddMinutes(-1)))]));
        all.Add(await Somebody("a role that begins tomorrow", here, Taken.AsAStranger, Guid.NewGuid(), [.. OfZones.Select(r => Grant(r, world.Zone.Id, from: now.AddDays(1)))]));
        all.Add(await Somebody("a role nobody confirmed", here, Taken.AsAStranger, Guid.NewGuid(), [.. RoleGrant.OpensDossiers.Select(r => RoleGrant.Give(Guid.Empty, world.Zone.Id, r, null, Guid.NewGuid(), "invitation", now))]));
        all.Add(await Somebody("an operator of the platform", here, Taken.AsAStranger, world.Accounts[Role.Operator], Grant(Role.Operator, null)));
        all.Add(await Somebody("an analyst", here, Taken.AsAStranger, world.Accounts[Role.Analyst], Grant(Role.Analyst, null)));
        all.Add(await Visitor("a visitor", v => v, Taken.ByTheirRoles) with { Roles = new HashSet<Role> { Role.Visitor }, Visits = true });
        all.Add(await Visitor("a visitor to an event", v => v with { Kind = VisitKind.Event, About = world.Of("event")[0] }, Taken.ByTheirRoles) with { Roles = new HashSet<Role> { Role.Visitor }, Visits = true });
        all.Add(await Visitor("a visitor whose time is over", v => v with { Until = now.AddMinutes(-1) }));
        all.Add(await Visitor("a visitor whose visit was ended", v => v, ends: true));
        all.Add(await Visitor("a visitor whose role at home ended", v => v, home: now.AddMinutes(-1)));
        all.Add(await Visitor("a visitor from here to the other zone", v => v with { Zone = v.From, From = Guid.NewGuid() }));
        all.Add(await Somebody("a session that was ended", here, Taken.AsNobody, Guid.NewGuid(), s => s.End(now), Given(Role.Coordinator)));
        all.Add(await Somebody("a session at rest too long", here, Taken.AsNobody, Guid.NewGuid(), s => s.LastSeen = now.AddMinutes(-31), Given(Role.Coordinator)));
        all.Add(await Somebody("a session too old", here, Taken.AsNobody, Guid.NewGuid(), s => s.LastSeen = now, [Grant(Role.Coordinator, world.Zone.Id)], begun: now.AddHours(-13)));
        all.Add(await Somebody("a pass for a zone that had this code before", Pass.PlaceOf(Guid.NewGuid()), Taken.AsNobody, Guid.NewGuid(), Given(Role.Coordinator)));
        all.Add(await Somebody("a pass for the operator's desk", Pass.OperatorPlace, Taken.AsNobody, world.Accounts[Role.Operator], Grant(Role.Operator, null)));
        all.Add(await Stolen(here));
        all.Add(await Somebody("the cookie of the session in place of a pass", here, Taken.AsNobody, Guid.NewGuid(), Given(Role.Coordinator), scheme: Pass.SessionScheme));
        all.Add(new Figure("a pass nobody minted", "p=" + new string('A', 300), (await Nobody()).Token, new HashSet<Role>(), Taken.AsNobody));
        return all;
    }

    /// <summary>Those who stand before the operator's doors.</summary>
    public async Task<IReadOnlyList<Figure>> OfThePlatform(string place) =>
    [
        await Nobody(),
        await Somebody("an operator", place, Taken.ByTheirRoles, world.Accounts[Role.Operator], Grant(Role.Operator, null)),
        await Somebody("an analyst", place, Taken.ByTheirRoles, world.Accounts[Role.Analyst], Grant(Role.Analyst, null)),
        await Somebody("every role of a zone, pass for here", place, Taken.AsAStranger, Guid.NewGuid(), [.. OfZones.Select(r => Grant(r, world.Zone.Id))]),
        await Somebody("every role of a zone, pass from there", Pass.PlaceOf(world.Zone.Id), Taken.AsNobody, Guid.NewGuid(), [.. OfZones.Select(r => Grant(r, world.Zone.Id))]),
        await Somebody("an operator's role that ended", place, Taken.AsAStranger, Guid.NewGuid(), Grant(Role.Operator, null, to: now.AddMinutes(-1))),
        await Somebody("an operator whose session was ended", place, Taken.AsNobody, Guid.NewGuid(), s => s.End(now), [Grant(Role.Operator, null)]),
    ];

    /// <summary>Those who stand before the pages of one's own account.</summary>
    public async Task<IReadOnlyList<Figure>> OfTheAccount() =>
    [
        await Nobody(),
        await Somebody("somebody with an account", "", Taken.ByTheirRoles, world.Accounts[Role.FrontDesk], scheme: Pass.SessionScheme),
        await Somebody("a session that was ended", "", Taken.AsNobody, Guid.NewGuid(), s => s.End(now), [], scheme: Pass.SessionScheme),
        await Somebody("a pass in place of the session", Pass.PlaceOf(world.Zone.Id), Taken.AsNobody, world.Accounts[Role.Coordinator]),
    ];

    private RoleGrant[] Given(Role role) => [Grant(role, world.Zone.Id)];

    // Confirmed by a second person, as it must be.
    private RoleGrant Grant(Role role, Guid? zone, DateTimeOffset? from = null, DateTimeOffset? to = null) => Confirmed(RoleGrant.Give(Guid.Empty, zone, role, to, Guid.NewGuid(), "invitation", from ?? now.AddDays(-1)));

    private RoleGrant Confirmed(RoleGrant grant)
    {
        if (grant.IsUnconfirmed) grant.Confirm(Guid.NewGuid(), now.AddDays(-1));
        return grant;
    }

    // Somebody of the other zone, with a visit to this one; about a call-out that nobody entered.
    private async Task<Figure> Visitor(string name, Func<VisitAsked, VisitAsked> asked, Taken taken = Taken.AsAStranger, bool ends = false, DateTimeOffset? home = null)
    {
        var account = Guid.NewGuid();
        var visit = VictimSupport.Zones.Visits.Visit.Begin(asked(new VisitAsked(account, world.Zone.Id, other.Zone.Id, VisitKind.CallOut, Guid.NewGuid(), now.AddDays(1))), account, now.AddDays(-1));
        if (ends) visit.End(now.AddMinutes(-1));
        await services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test.Cast", null, house => Task.FromResult(house.Add(visit) is not null), CancellationToken.None);
        return await Somebody(name, Pass.PlaceOf(world.Zone.Id), taken, account, Grant(Role.Caseworker, other.Zone.Id, to: home));
    }

    private Task<Figure> Nobody()
    {
        var (cookie, token) = World.TokenOf(services, null);
        return Task.FromResult(new Figure("nobody", "f=" + cookie, token, new HashSet<Role>(), Taken.AsNobody));
    }

    private Task<Figure> Somebody(string name, string place, Taken taken, Guid account, RoleGrant grant) => Somebody(name, place, taken, account, [grant]);
    private Task<Figure> Somebody(string name, string place, Taken taken, Guid account, Action<Session> session, RoleGrant[] grants) => Somebody(name, place, taken, account, session, grants, null);
    private Task<Figure> Somebody(string name, string place, Taken taken, Guid account, RoleGrant[]? grants = null, string scheme = Pass.PlaceScheme) => Somebody(name, place, taken, account, _ => { }, grants ?? [], null, scheme);

    private async Task<Figure> Somebody(string name, string place, Taken taken, Guid account, Action<Session> session, RoleGrant[] grants, DateTimeOffset? begun = null, string scheme = Pass.PlaceScheme)
    {
        var began = Session.Begin(account, "totp", begun ?? now);
        session(began);
        await services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test.Cast", null, house =>
        {
            house.Add(began);
            foreach (var grant in grants)
            {
                house.Add(grant);
                house.Entry(grant).Property(g => g.Account).CurrentValue = account;
            }
            return Task.FromResult(true);
        }, CancellationToken.None);
        return await With(name, place, taken, account, began.Id, grants, scheme);
    }

    // The session is somebody else's, the account in the pass is not.
    private async Task<Figure> Stolen(string place)
    {
        var session = Session.Begin(Guid.NewGuid(), "totp", now);
        await services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test.Cast", null, house => Task.FromResult(house.Add(session) is not null), CancellationToken.None);
        return await With("a pass with another's session", place, Taken.AsNobody, world.Accounts[Role.Coordinator], session.Id, [], Pass.PlaceScheme);
    }

    private async Task<Figure> With(string name, string place, Taken taken, Guid account, Guid session, RoleGrant[] grants, string scheme)
    {
        await using var scope = services.CreateAsyncScope();
        var http = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        http.Request.Scheme = "http";
        if (scheme == Pass.PlaceScheme)
        {
            await Cookies.Enter(http, account, session, place, "/");
        }
        else
        {
            await http.SignInAsync(scheme, new ClaimsPrincipal(new ClaimsIdentity([new Claim(Pass.AccountClaim, account.ToString()), new Claim(Pass.SessionClaim, session.ToString()), new Claim(Pass.PlaceClaim, place)], scheme)));
        }
        var minted = http.Response.Headers.SetCookie.ToString().Split(';')[0];
        // Sent under the pass's name where a session poses as one.
        if (place.Length > 0 && scheme == Pass.SessionScheme) minted = "p" + minted[minted.IndexOf('=', StringComparison.Ordinal)..];
        if (place.Length > 0 && taken == Taken.AsNobody && name.Contains("in place of the session", StringComparison.Ordinal)) minted = "s" + minted[minted.IndexOf('=', StringComparison.Ordinal)..];
        var (cookie, token) = World.TokenOf(services, taken == Taken.AsNobody ? null : account);
        return new Figure(name, $"{minted}; f={cookie}", token, grants.Select(g => g.Role).ToHashSet(), taken);
    }
}
