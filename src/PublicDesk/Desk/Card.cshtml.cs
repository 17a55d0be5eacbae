using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.PublicDesk.Desk;

/// <summary>A card for the pocket. It says a number and hours, and nothing of whose they are: whoever finds it learns nothing.</summary>
[Open("a card for anybody")]
internal sealed class Card(PublicPages pages, WhereAndWho who, TimeProvider clock) : PageModel
{
    public PageNow Now { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await pages.Of(who.Zone, ct) is not { } page) return NotFound();
        Now = new PageNow(page, Show.Language, OpenState.At(page.Hours, clock.GetUtcNow()));
        return Page();
    }
}
