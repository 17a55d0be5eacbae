using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;

namespace VictimSupport.Identity.Federations;

/// <summary>The way in through a zone's own provider. The domain of the address says which one: whoever types an address learns nothing about accounts.</summary>
[Open("the way in")]
internal sealed class Begin(IMediator pipeline, Trips trips, TimeProvider clock) : PageModel
{
    [BindProperty] public string? Email { get; set; }
    [BindProperty(SupportsGet = true, Name = "to")] public string? To { get; set; }
    [BindProperty(SupportsGet = true, Name = "at")] public string? At { get; set; }
    public IReadOnlyList<Federation> Found { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct)
    {
        At = At is { Length: > 0 } said ? Domain.Plain(said) : null; // nothing else of an address is shown
        if (At is not null) Found = await pipeline.Send(new Find.ByDomain { Domain = At }, ct);
    }

    public IActionResult OnPost()
    {
        if (Domain.Of(Email) is { } domain) return RedirectToPage(new { at = domain, to = To });
        ModelState.AddModelError(nameof(Email), Words.EnterEmail);
        Response.StatusCode = Microsoft.AspNetCore.Http.StatusCodes.Status422UnprocessableEntity;
        return Page();
    }

    public async Task<IActionResult> OnPostGoAsync(Guid federation, CancellationToken ct)
    {
        if (await pipeline.Send(new Find.ById { Id = federation }, ct) is not { } found) return RedirectToPage("NoAccess");
        trips.Keep(HttpContext, Trip.Begin(found.Id, TripKind.SignIn, clock.GetUtcNow(), Url.IsLocalUrl(To) ? To : null));
        return RedirectToPage("Leave");
    }

    /// <summary>An invitation is taken up with the name one has at the zone's provider.</summary>
    public async Task<IActionResult> OnPostInvitationAsync(Guid federation, string? invitation, CancellationToken ct)
    {
        if (invitation is null || (await pipeline.Send(new Find.ForInvitation { Token = invitation }, ct)).FirstOrDefault(f => f.Id == federation) is not { } found) return RedirectToPage("NoAccess");
        trips.Keep(HttpContext, Trip.Begin(found.Id, TripKind.Invitation, clock.GetUtcNow(), invitation: invitation));
        return RedirectToPage("Leave");
    }
}
