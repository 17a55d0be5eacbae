using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.PublicDesk.Desk;

/// <summary>A leaflet of one A5 page, to print and to lay out.</summary>
[Open("a leaflet for anybody")]
internal sealed class Leaflet(PublicPages pages, Hosts hosts, WhereAndWho who, TimeProvider clock) : PageModel
{
    public PageNow Now { get; private set; } = null!;

    /// <summary>To be typed by hand: without https.</summary>
    public string Address => hosts.PublicName(Request) + $"/{Now.Page.Code}/contact";

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await pages.Of(who.Zone, ct) is not { } page) return NotFound();
        Now = new PageNow(page, Show.Language, OpenState.At(page.Hours, clock.GetUtcNow()));
        return Page();
    }
}
