using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Portal.Pages;

/// <summary>What every page of the zone warns of now, for pages that were opened before: their script asks once a minute, quietly.</summary>
[Requires(May.BeSignedIn), Quiet]
internal sealed class Alarms(IEnumerable<IWarn> warnings, WhereAndWho who) : PageModel
{
    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var texts = new List<string>();
        foreach (var warning in warnings) texts.AddRange((await warning.Of(who, ct)).Where(w => w.Everywhere).Select(w => w.Text));
        return new JsonResult(texts);
    }
}
