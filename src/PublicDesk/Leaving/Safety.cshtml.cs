using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.PublicDesk.Desk;

namespace VictimSupport.PublicDesk.Leaving;

/// <summary>What leaving does, what it does not do, how to come back, and what else helps.</summary>
[SameForAll]
[Open("what leaving the pages for anybody does, and what it does not do")]
internal sealed class Safety(PublicPages pages, WhereAndWho who) : PageModel
{
    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await pages.Of(who.Zone, ct) is null ? NotFound() : Page();
}
