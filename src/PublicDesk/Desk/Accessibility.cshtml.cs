using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.PublicDesk.Desk;

/// <summary>How far the public pages can be used by everybody, and whom to tell where they cannot.</summary>
[Open("what the zone says of its pages")]
internal sealed class Accessibility(PublicPages pages, WhereAndWho who) : PageModel
{
    /// <summary>When the pages were last gone through, by machine and by hand.</summary>
    public static readonly DateOnly Looked = new(2026, 11, 27);

    public PublicPage Shown { get; private set; } = null!;
    public string Language => Show.Language;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await pages.Of(who.Zone, ct) is not { } page) return NotFound();
        Shown = page;
        return Page();
    }
}
