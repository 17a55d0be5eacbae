using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.PublicDesk.Leaving;

/// <summary>The way out of the pages for anybody. Whoever took it is led away from every one of them for ten minutes, so that going back shows the weather.
/// Portal, account and API know nothing of it.</summary>
internal static class Exit
{
    /// <summary>Below a zone, or below nothing at the directory; the language may follow.</summary>
    public const string Path = "/x";

    /// <summary>How long the pages for anybody lead away.</summary>
    public static readonly TimeSpan Away = TimeSpan.FromMinutes(10);

    /// <summary>The mark this host reads. Not the name of a pass, or leaving would sign staff out. A change of a mark that no script sees makes a browser drop the pages it kept alive.</summary>
    public const string Mark = Hosts.Left;

    /// <summary>The same for the script of a page that a browser kept alive all the same.</summary>
    public const string Seen = "r";

    public static void Map(WebApplication app)
    {
        app.Use(LeadAway);
        app.MapGet(Path + "/{language:regex(^(fr|nl|de|en)$)?}", Leave);
    }

    /// <summary>The way out, for the page that is shown.</summary>
    public static string Href(HttpContext http) => $"{http.Request.PathBase}{Path}/{CultureInfo.CurrentUICulture.TwoLetterISOLanguageName}";

    [Open("the way out of the pages for anybody")]
    private static async Task Leave(HttpContext http, string? language)
    {
        if (IsMeant(http.Request))
        {
            http.Response.Headers["Clear-Site-Data"] = "\"storage\""; // not the cache: it holds no page of ours, and a browser may take seconds to clear it first
            http.Response.Cookies.Append(Mark, "1", Lasting(http, hidden: true));
            http.Response.Cookies.Append(Seen, "1", Lasting(http, hidden: false));
        }
        http.Response.Redirect(await Goals.Of(http, language ?? CultureInfo.CurrentUICulture.TwoLetterISOLanguageName));
    }

    private static async Task LeadAway(HttpContext http, RequestDelegate next)
    {
        if (http.Request.Cookies.ContainsKey(Mark) && IsForAnybody(http)) http.Response.Redirect(await Goals.Of(http, CultureInfo.CurrentUICulture.TwoLetterISOLanguageName));
        else await next(http);
    }

    /// <summary>Whether an address is one of the pages for anybody: by its path alone, so that what is not there leads away too; on a host of their own every page is. In a zone "/" is the desk of the staff; outside it is the directory.</summary>
    internal static bool IsForAnybody(HttpContext http)
    {
        if (http.Request.Path.StartsWithSegments(Path)) return false; // whoever leaves once more is away for longer
        var inZone = http.Features.Get<Whereabouts>() is { IsZonePath: true };
        if (http.Request.Path.StartsWithSegments("/error") && http.RequestServices.GetRequiredService<Hosts>().IsOpen(http.Request)) return true;
        return Hosts.IsForAnybody(inZone, http.Request.Path) ?? (!inZone && http.Request.Path.Value is "/" or "" or null);
    }

    // A link or picture on another site, or a browser that looks ahead, takes nobody's pages away. A browser that says nothing is believed.
    private static bool IsMeant(HttpRequest request) => request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin" or "none" && request.Headers["Sec-Purpose"].Count == 0 && request.Headers["Purpose"].Count == 0;

    private static CookieOptions Lasting(HttpContext http, bool hidden) => new()
    {
        Path = "/", MaxAge = Away, HttpOnly = hidden, IsEssential = true,
        SameSite = SameSiteMode.Lax, // strict would not come along when somebody goes back to a page that another site had led to
        Secure = http.Request.IsHttps || !http.RequestServices.GetRequiredService<IHostEnvironment>().IsDevelopment(),
    };
}
