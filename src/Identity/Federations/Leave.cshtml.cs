using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;

namespace VictimSupport.Identity.Federations;

/// <summary>Sends somebody to a provider by a link that follows itself: so no form of ours ends at another site, and our policy need not allow one.</summary>
[Open("leads to a provider that the platform trusts")]
internal sealed class Leave(IMediator pipeline, Providers providers, Trips trips) : PageModel
{
    public string Address { get; private set; } = "";
    public string Name { get; private set; } = "";

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (trips.Look(HttpContext) is not { } trip || await pipeline.Send(new Find.ById { Id = trip.Federation }, ct) is not { } federation) return RedirectToPage("NoAccess");
        try
        {
            (Address, Name) = (await providers.Leave(federation, trip, Back(HttpContext), ct), federation.Name);
            return Page();
        }
        catch (RefusedException)
        {
            return RedirectToPage("NoAccess"); // it does not answer
        }
    }

    public static string Back(HttpContext http) => $"{http.Request.Scheme}://{http.Request.Host}{Providers.ReturnPath}";
}
