using Microsoft.AspNetCore.Http.Features;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Portal;

/// <summary>Where the public pages and the portal have a host each, either answers its own pages only; whatever else is asked there is not there. A name that is neither gets nothing but whether the program is well.</summary>
internal static class OwnHost
{
    public static Task Keep(HttpContext http, RequestDelegate next)
    {
        var hosts = http.RequestServices.GetRequiredService<Hosts>();
        if (!hosts.AreApart || http.Request.Path.StartsWithSegments("/health") || http.Request.Path.StartsWithSegments("/error")) return next(http);
        var (open, portal, inZone) = (hosts.IsPublic(http.Request), hosts.IsPortal(http.Request), http.Features.GetRequiredFeature<Whereabouts>().IsZonePath);
        if (portal && !inZone && (http.Request.Path.Value is "/" or ""))
        {
            // The directory is the other's front door; here people work.
            http.Response.Redirect("/account/home");
            return Task.CompletedTask;
        }
        if (open && inZone && http.Request.Path.Value is "/" or "")
        {
            // The address off a leaflet, cut short.
            http.Response.Redirect(http.Request.PathBase + "/contact");
            return Task.CompletedTask;
        }
        var answers = Hosts.IsForAnybody(inZone, http.Request.Path) switch { true => open, false => portal, null => open || portal };
        if (answers) return next(http);
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
