using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Sessions;

namespace VictimSupport.Identity.SignIn;

/// <summary>What came of a factor that was shown.</summary>
/// <param name="Session">The session it begins, or belongs to; null: it was not accepted.</param>
/// <param name="Rests">So long nothing more is tried under this name, whether anybody has it or not.</param>
internal sealed record Shown(Session? Session, TimeSpan? Rests = null);

/// <summary>The last step of every way in.</summary>
internal static class Begin
{
    /// <summary>Puts the session into its cookie and leads on: to the form that came too late, to where one was going, or home.</summary>
    public static async Task<IActionResult> Lead(this PageModel page, Session session, string? to, string? kept)
    {
        await Cookies.SignIn(page.HttpContext, session);
        if (kept is { Length: > 0 }) return new RedirectResult(WayBack.Keeper, permanent: false, preserveMethod: true);
        return page.Url.IsLocalUrl(to) ? page.RedirectToPage("/Identity/SignIn/Enter", new { to }) : page.RedirectToPage("/Identity/Home/Show");
    }

    /// <summary>Too many tries: the same for a name that exists and one that does not.</summary>
    public static void Rests(this HttpResponse response, TimeSpan rests)
    {
        response.StatusCode = StatusCodes.Status429TooManyRequests;
        response.Headers.RetryAfter = ((int)Math.Ceiling(rests.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Scheme and host of this request: where a passkey must say it was asked.</summary>
    public static string Origin(this HttpRequest request) => request.Scheme + "://" + request.Host.Value;
}
