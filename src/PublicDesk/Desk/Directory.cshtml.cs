using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Design.Chrome;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.PublicDesk.Desk;

/// <summary>The front door: which zones take part, found by postcode or place. In a zone's own address it leads whoever works there to the first thing they may do.</summary>
[Open("the front door: which zones take part")]
internal sealed class Directory(ITakePart zones, IChrome chrome, Hosts hosts, WhereAndWho who, IEnumerable<IInMenu> menu) : PageModel
{
    public const int Longest = 60;

    /// <summary>A postcode, or a piece of a name. It says where somebody may live, as the zone's page they go to does; nothing else.</summary>
    [BindProperty(SupportsGet = true)] public string? Place { get; set; }

    public IReadOnlyList<Participant> Found { get; private set; } = [];
    public IReadOnlyList<Participant> All { get; private set; } = [];
    public bool Asked => !string.IsNullOrWhiteSpace(Place);

    /// <summary>Where a demo account is chosen; null: nobody here is invented.</summary>
    public string? DemoHref { get; private set; }

    /// <summary>Where people work, if it is here too.</summary>
    public bool HasSignIn => !hosts.AreApart;
    public string Language => Show.Language;

    /// <summary>National helplines in the reader's language; where none answers in it, all.</summary>
    public IReadOnlyList<Helpline> Lines => Helplines.All.Any(h => h.Languages.Contains(Language)) ? [.. Helplines.All.Where(h => h.Languages.Contains(Language))] : Helplines.All;

    public string NameOf(Participant zone) => zone.Called.GetValueOrDefault(Language) ?? zone.Languages.Select(l => zone.Called.GetValueOrDefault(l)).FirstOrDefault(n => n is not null) ?? zone.Code;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (!who.IsOutside)
        {
            if (who.Caller.Account is null) return Redirect("/account/enter?to=" + Uri.EscapeDataString(Request.PathBase + "/"));
            return menu.OrderBy(m => m.Order).FirstOrDefault(m => who.Caller.May(m.Deed)) is { } first ? Redirect(Request.PathBase + first.Path) : NotFound();
        }
        All = await zones.All(ct);
        DemoHref = hosts.AreApart ? null : (await chrome.ForAsync(HttpContext)).DemoHref;
        if (Asked) Found = Matching(All, Place!.Length > Longest ? Place[..Longest] : Place);
        return Page();
    }

    /// <summary>By postcode, by a place or by the zone's own name; accents and hyphens do not matter.</summary>
    internal static IReadOnlyList<Participant> Matching(IReadOnlyList<Participant> all, string typed)
    {
        var wanted = Plain(typed);
        if (wanted.Length == 0) return [];
        if (wanted.All(char.IsAsciiDigit)) return wanted.Length != 4 ? [] : [.. all.Where(z => z.Code == wanted || z.Places.Any(p => p.StartsWith(wanted, StringComparison.Ordinal)))];
        return wanted.Length < 2 ? [] : [.. all.Where(z => z.Places.Select(Plain).Concat(z.Called.Values.Select(Plain)).Any(name => name.Contains(wanted, StringComparison.Ordinal)))];
    }

    private static string Plain(string text) => string.Concat(text.Normalize(NormalizationForm.FormD).Where(c => CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark && char.IsLetterOrDigit(c))).ToLowerInvariant();
}
