using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;

namespace VictimSupport.Identity.SignIn;

/// <summary>Work in a zone and work on the platform do not go together in one session: one signs out and in again.</summary>
[Requires(May.HoldAnAccount)]
internal sealed class OtherSide : PageModel
{
    public void OnGet() { }
}
