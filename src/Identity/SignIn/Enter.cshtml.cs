using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;
using VictimSupport.Identity.Sessions;

namespace VictimSupport.Identity.SignIn;

/// <summary>From a session to a place: checks that the account holds a role there and mints the pass. To a stranger a zone that exists and one that does not are the same.</summary>
[Open("leads to the sign-in, or on")]
internal sealed class Enter(WhereAndWho who, PlaceDoor door) : PageModel
{
    public async Task<IActionResult> OnGetAsync(string? to, CancellationToken ct)
    {
        if (!Url.IsLocalUrl(to)) return NotFound();
        if (who.Caller is not { Account: { } account, Session: { } session }) return RedirectToPage("/Identity/SignIn/Password", new { to });
        if (to == "/account" || to!.StartsWith("/account/", StringComparison.Ordinal) || to.StartsWith("/account?", StringComparison.Ordinal)) return LocalRedirect(to); // one's own pages need no pass
        return await door.Enter(HttpContext, account, session, to, ct) switch
        {
            InTheWay.Nothing => LocalRedirect(to),
            InTheWay.Stricter => RedirectToPage("/Identity/Federations/Stricter", new { to }),
            InTheWay.OtherSide => RedirectToPage("/Identity/SignIn/OtherSide"),
            _ => NotFound(),
        };
    }
}
