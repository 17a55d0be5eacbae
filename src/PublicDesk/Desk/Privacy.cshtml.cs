using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.PublicDesk.Desk;

/// <summary>What is kept of whoever reads or writes here, for how long, and who answers for it.</summary>
[Open("what the zone says of its pages")]
internal sealed class Privacy(PublicPages pages, WhereAndWho who) : PageModel
{
    /// <summary>When the statement was last worded.</summary>
    public static readonly DateOnly Worded = new(2026, 11, 27);

    public PublicPage Shown { get; private set; } = null!;
    public string Language => Show.Language;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await pages.Of(who.Zone, ct) is not { } page) return NotFound();
        Shown = page;
        return Page();
    }
}
