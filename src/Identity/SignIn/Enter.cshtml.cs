using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;
using VictimSupport.Identity.Sessions;

namespace VictimSupport.Identity.SignIn;

/// <summary>From a session to a place: checks that the account holds a role there and mints the pass. To a stranger a zone that exists and one that does not are the same.</summary>
[Open("leads to the sign-in, or on")]
internal sealed class Enter(WhereAndWho who, IKnowPlaces places, Federations.HomeRule home) : PageModel
{
    public async Task<IActionResult> OnGetAsync(string? to, CancellationToken ct)
    {
        if (!Url.IsLocalUrl(to)) return NotFound();
        if (who.Caller is not { Account: { } account, Session: { } session }) return RedirectToPage("/Identity/SignIn/Password", new { to });
        var first = "/" + to!.Split('/', '?')[1];
        if (first == "/account") return LocalRedirect(to); // one's own pages need no pass
        if ((await places.Of(account, ct)).FirstOrDefault(p => p.Path == first) is not { } place) return NotFound();
        if (!await home.Opens(session, place.Key, ct)) return RedirectToPage("/Identity/Federations/Stricter", new { to });
        if (!await places.Enter(session, onPlatform: place.Path.Length != 5 || !place.Path[1..].All(char.IsAsciiDigit), ct)) return RedirectToPage("/Identity/SignIn/OtherSide");
        await Cookies.Enter(HttpContext, account, session, place.Key, place.Path);
        return LocalRedirect(to);
    }
}
