using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.PublicDesk.Desk;

namespace VictimSupport.PublicDesk.Leaving;

/// <summary>What somebody should know before reading on: how to leave, and that it does not erase the history.</summary>
[SameForAll]
[Open("how to leave the pages for anybody, in short")]
internal sealed class Before(PublicPages pages, WhereAndWho who) : PageModel
{
    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await pages.Of(who.Zone, ct) is null ? NotFound() : Page();
}
