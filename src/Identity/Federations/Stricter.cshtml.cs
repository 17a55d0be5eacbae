using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;

namespace VictimSupport.Identity.Federations;

/// <summary>The place one goes to does not accept this sign-in: another provider's outside a pool, or one without a second factor.</summary>
[Requires(May.HoldAnAccount)]
internal sealed class Stricter : PageModel
{
    [BindProperty(SupportsGet = true, Name = "to")] public string? To { get; set; }

    public void OnGet()
    {
        if (!Url.IsLocalUrl(To)) To = null;
    }
}
