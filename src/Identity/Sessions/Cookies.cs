using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using VictimSupport.Foundation.Access;

namespace VictimSupport.Identity.Sessions;

/// <summary>The two cookies. One says who and is sent to <c>/account</c> only; one for each place says where, and is refused elsewhere.</summary>
internal static class Cookies
{
    public static void Add(IServiceCollection services)
    {
        services.AddAuthentication().AddCookie(Pass.SessionScheme).AddCookie(Pass.PlaceScheme);
        services.AddOptions<CookieAuthenticationOptions>(Pass.SessionScheme).Configure<IHostEnvironment>((o, environment) =>
        {
            Common(o, environment, "s");
            o.Cookie.Path = "/account";
            o.Cookie.SameSite = SameSiteMode.Lax; // a link in a mail must lead somebody who is signed in to their page
        });
        services.AddOptions<CookieAuthenticationOptions>(Pass.PlaceScheme).Configure<IHostEnvironment>((o, environment) =>
        {
            Common(o, environment, "p");
            o.Cookie.SameSite = SameSiteMode.Lax;
            // The pass is minted at /account/enter for another path than the request's own.
            o.Events.OnSigningIn = context =>
            {
                context.CookieOptions.Path = context.Properties.Items[PathItem];
                return Task.CompletedTask;
            };
        });
    }

    private const string PathItem = "path";

    public static Task SignIn(HttpContext http, Session session) => http.SignInAsync(Pass.SessionScheme, Principal(Pass.SessionScheme, session.Account, session.Id, null));

    /// <summary>Mints the pass of a place.</summary>
    /// <param name="path">Where the browser may send it, such as <c>/9901</c>.</param>
    public static Task Enter(HttpContext http, Guid account, Guid session, string place, string path) =>
        http.SignInAsync(Pass.PlaceScheme, Principal(Pass.PlaceScheme, account, session, place), new AuthenticationProperties { Items = { [PathItem] = path } });

    private static ClaimsPrincipal Principal(string scheme, Guid account, Guid session, string? place)
    {
        var identity = new ClaimsIdentity([new Claim(Pass.AccountClaim, account.ToString()), new Claim(Pass.SessionClaim, session.ToString())], scheme);
        if (place is not null) identity.AddClaim(new Claim(Pass.PlaceClaim, place));
        return new ClaimsPrincipal(identity);
    }

    private static void Common(CookieAuthenticationOptions options, IHostEnvironment environment, string name)
    {
        options.Cookie.Name = name;
        options.Cookie.HttpOnly = true;
        options.Cookie.IsEssential = true;
        options.Cookie.SecurePolicy = environment.IsDevelopment() ? CookieSecurePolicy.SameAsRequest : CookieSecurePolicy.Always;
        // The session's row decides. The ticket outlives it by a night: it opens nothing then, and says whose form came too late.
        options.ExpireTimeSpan = SessionLimits.OfTheHouse.Absolute * 2;
        options.SlidingExpiration = false;
    }
}
