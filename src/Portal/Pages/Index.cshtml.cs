using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Portal.Pages;

/// <summary>The front door: who takes part, and where staff sign in. In a zone it leads to the first thing one may do there.</summary>
[Open("the front door")]
internal sealed class Index(Provisioning provisioning, WhereAndWho who, IEnumerable<IInMenu> menu, IConfiguration configuration, IHostEnvironment environment) : PageModel
{
    public bool Demo { get; private set; }
    public IReadOnlyList<string> Zones { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (HttpContext.Features.Get<Whereabouts>() is { IsZonePath: true })
        {
            if (who.Caller.Account is null) return Redirect("/account/enter?to=" + Uri.EscapeDataString(Request.PathBase + "/"));
            return menu.OrderBy(m => m.Order).FirstOrDefault(m => who.Caller.May(m.Deed)) is { } first ? Redirect(Request.PathBase + first.Path) : NotFound();
        }
        Demo = DemoMode.Is(configuration, environment);
        var language = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;
        Zones = [.. (await provisioning.Zones(ct)).Where(z => z.State == ZoneState.Active).Select(z => $"{z.Code} · {z.NameIn(language)}")];
        return Page();
    }
}
