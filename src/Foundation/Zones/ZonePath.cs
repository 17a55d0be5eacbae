using Microsoft.AspNetCore.Http.Features;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Foundation.Zones;

/// <summary>Where a request stands, taken from the first segment of its path and from nothing else: no header, no body, no query.</summary>
public sealed class Whereabouts
{
    /// <summary>The first segment is four digits: a zone's, whether it exists or not.</summary>
    public bool IsZonePath { get; internal init; }

    /// <summary><c>operator</c> or <c>figures</c>, where a pass of their own is needed.</summary>
    public string? Place { get; internal init; }

    /// <summary>The address of a token server: of a zone, or of the figures over all zones.</summary>
    public bool IsIssuer { get; internal init; }
}

/// <summary>The two steps that put a request in its place.</summary>
public static class ZonePath
{
    /// <summary>Before routing: a leading zone code becomes the path base, so that links, cookies and the token issuer follow by themselves.</summary>
    public static IApplicationBuilder UseZonePath(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        var path = http.Request.Path.Value ?? "/";
        var end = path.IndexOf('/', 1);
        var first = end < 0 ? path[1..] : path[1..end];
        var isZone = first.Length == 4 && first.All(char.IsAsciiDigit);
        if (isZone)
        {
            http.Request.PathBase = http.Request.PathBase.Add("/" + first);
            http.Request.Path = new PathString(end < 0 ? "/" : path[end..]); // a string by itself would be decoded once more
            var zone = http.RequestServices.GetRequiredService<ZoneRegistry>().FindForPeople(first);
            http.RequestServices.GetRequiredService<WhereAndWho>().Zone = Hosts.LeadsAway(http.Request, http.Request.Path) ? await Soon(zone) : await http.RequestServices.GetRequiredService<Pulse>().Wait(zone);
        }
        // The programs that read the figures over all zones belong to no zone: their token server stands at the figures.
        var isOfFigures = first == Pass.FiguresPlace && end >= 0 && new PathString(path[end..]) is var below && (below.StartsWithSegments("/connect") || below.StartsWithSegments("/.well-known"));
        if (isOfFigures)
        {
            http.Request.PathBase = http.Request.PathBase.Add("/" + first);
            http.Request.Path = new PathString(path[end..]);
        }
        if (isZone && http.Request.Path.StartsWithSegments("/assets"))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound; // files of the design stand outside every zone
            return;
        }
        http.RequestServices.GetRequiredService<WhereAndWho>().IsOutside = !isZone;
        http.Features.Set(new Whereabouts { IsZonePath = isZone, Place = isZone ? null : first is Pass.OperatorPlace or Pass.FiguresPlace ? first : null, IsIssuer = isZone || isOfFigures });
        await next();
    });

    // Whoever leaves us is held up by no database that is slow or away: they go on without the zone.
    private static async ValueTask<ZoneHandle?> Soon(ValueTask<ZoneHandle?> zone)
    {
        try
        {
            return await zone.AsTask().WaitAsync(TimeSpan.FromMilliseconds(200));
        }
#pragma warning disable CA1031 // Whatever is wrong with the zone, somebody wants to be gone now.
        catch (Exception)
#pragma warning restore CA1031
        {
            return null;
        }
    }

    /// <summary>After authentication: the pass of this place, checked against session and roles, becomes the caller.</summary>
    public static IApplicationBuilder UsePass(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        var where = http.Features.GetRequiredFeature<Whereabouts>();
        var who = http.RequestServices.GetRequiredService<WhereAndWho>();
        if (http.Request.Path.StartsWithSegments(Api.ApiDoor.Segment))
        {
            // A program shows its token. A cookie is nothing here, so no page of another site can ask in somebody's name.
            who.Caller = await Bearer(http, who) ?? Caller.Nobody;
            await next();
            return;
        }
        // /account carries the session itself; everything else needs the pass of its place.
        var scheme = where.IsZonePath || where.Place is not null ? Pass.PlaceScheme : http.Request.Path.StartsWithSegments("/account") ? Pass.SessionScheme : null;
        if (scheme is not null && (await http.AuthenticateAsync(scheme)) is { Succeeded: true, Principal: { } principal }
            && Read(principal, Pass.AccountClaim) is { } account && Read(principal, Pass.SessionClaim) is { } session)
        {
            var expected = where.IsZonePath ? who.Zone is { } zone ? Pass.PlaceOf(zone.Id) : "" : where.Place;
            if (scheme == Pass.SessionScheme || principal.FindFirstValue(Pass.PlaceClaim) == expected)
            {
                who.Caller = await http.RequestServices.GetRequiredService<Pulse>().Wait(http.RequestServices.GetRequiredService<IKnowStanding>().Of(account, session, who.Zone?.Id, QuietAttribute.Is(http), http.RequestAborted)) ?? Caller.Nobody;
                if (who.Caller.Account is null) who.Was = account;
                http.User = principal;
                if (await Before(http, who) is { } first)
                {
                    var back = HttpMethods.IsGet(http.Request.Method) ? "?to=" + Uri.EscapeDataString(http.Request.PathBase + http.Request.Path + http.Request.QueryString) : "";
                    http.Response.Redirect(http.Request.PathBase + first + back);
                    return;
                }
            }
        }
        await next();
    });

    // What stands at the door of a zone for those who may go in; whoever may not is told nothing of it.
    private static async Task<string?> Before(HttpContext http, WhereAndWho who)
    {
        if (who.Zone is not { } zone || who.Caller.Account is not { } account || who.Caller.Roles.Count == 0) return null;
        // The colours of the page on which it is done are open to everybody.
        if (http.Request.Path.Value?.EndsWith(".css", StringComparison.Ordinal) == true) return null;
        var sends = !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method);
        foreach (var keeper in http.RequestServices.GetServices<IStandAtTheDoor>())
        {
            if (await http.RequestServices.GetRequiredService<Pulse>().Wait(keeper.First(zone.Id, account, sends, http.RequestAborted)) is { } first && !http.Request.Path.StartsWithSegments(first)) return first;
        }
        return null;
    }

    private static async ValueTask<Caller?> Bearer(HttpContext http, WhereAndWho who)
    {
        const string Scheme = "Bearer ";
        var inZone = http.Features.GetRequiredFeature<Whereabouts>().IsZonePath;
        if ((inZone && who.Zone is null) || http.Request.Headers.Authorization.ToString() is not { Length: < 8000 } header || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return null;
        var issuer = $"{http.Request.Scheme}://{http.Request.Host}{http.Request.PathBase}{(inZone ? "" : "/" + Pass.FiguresPlace)}";
        return http.RequestServices.GetService<IKnowBearers>() is { } bearers ? await http.RequestServices.GetRequiredService<Pulse>().Wait(bearers.Of(header[Scheme.Length..].Trim(), issuer, who.Zone?.Id, http.RequestAborted)) : null;
    }

    private static Guid? Read(ClaimsPrincipal principal, string claim) => Guid.TryParse(principal.FindFirstValue(claim), out var id) ? id : null;
}
