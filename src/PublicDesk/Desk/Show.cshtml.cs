using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.PublicDesk.Desk;

/// <summary>The zone's page for anybody, in the language of its address: for whom, what, where confidentiality ends, how to reach the service. It asks nothing, and keeps nothing.</summary>
[SameForAll]
[Open("the zone's page for anybody")]
internal sealed class Show(PublicPages pages, WhereAndWho who, TimeProvider clock) : PageModel
{
    public PageNow Now { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await pages.Of(who.Zone, ct) is not { } page) return NotFound();
        Now = new PageNow(page, Language, OpenState.At(page.Hours, clock.GetUtcNow()));
        return Page();
    }

    internal static string Language => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;
}
