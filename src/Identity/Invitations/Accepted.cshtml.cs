using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;

namespace VictimSupport.Identity.Invitations;

/// <summary>The recovery codes, shown once.</summary>
[Open("shows only what the same browser has just been given")]
internal sealed class Accepted : PageModel
{
    public IReadOnlyList<string> Codes { get; private set; } = [];

    public void OnGet() => Codes = (TempData["RecoveryCodes"] as string)?.Split(' ') ?? [];
}
