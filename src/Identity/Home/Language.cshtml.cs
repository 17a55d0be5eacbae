using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;

namespace VictimSupport.Identity.Home;

/// <summary>Another language, from the link on every page; back to where one was.</summary>
[Open("a choice of language")]
internal sealed class Language : PageModel
{
    public IActionResult OnGet(string? to, string? back)
    {
        if (to is "fr" or "nl" or "de" or "en")
            Response.Cookies.Append("l", to, new() { Path = "/", HttpOnly = true, SameSite = SameSiteMode.Lax, MaxAge = TimeSpan.FromDays(365), IsEssential = true });
        return Url.IsLocalUrl(back) ? LocalRedirect(back) : Redirect("/");
    }
}
