using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;

namespace VictimSupport.Identity.Federations;

/// <summary>Signed out here. The session at the provider goes on, which somebody at a shared machine must know.</summary>
[Open("says what goes on at a provider; of nobody")]
internal sealed class SignedOut(IMediator pipeline, Providers providers) : PageModel
{
    public string Name { get; private set; } = "";

    /// <summary>Where to end it there; null: the provider names no such door, or does not answer.</summary>
    public string? EndThere { get; private set; }

    public async Task<IActionResult> OnGetAsync(Guid at, CancellationToken ct)
    {
        if (await pipeline.Send(new Find.ById { Id = at }, ct) is not { } federation) return RedirectToPage("/Identity/SignIn/Password");
        (Name, EndThere) = (federation.Name, await providers.WayOut(federation, ct));
        return Page();
    }
}
