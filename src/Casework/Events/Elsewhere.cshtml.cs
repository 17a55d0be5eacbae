using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Casework.Codes;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Events;

/// <summary>Events of other zones in which this one was asked to help: accepted for the zone, then joined by each colleague, or by those whom the zone names. Nothing of the people is shown here.</summary>
[Requires(May.BelongToTheZone)]
internal sealed class Elsewhere(IMediator pipeline, WhereAndWho who, IStaff staff, IAccounts accounts, IVisits visits) : PageModel, IShowAgain
{
    public IReadOnlyList<Visiting.Asked> Asked { get; private set; } = [];
    public IReadOnlyList<Choice> Colleagues { get; private set; } = [];
    public bool MayAnswer => who.Caller.May(May.SetUpTheZone);
    public bool MayJoin(Visiting.Asked asked) => who.Caller.May(May.OpenCallOuts) && !asked.SentAway.Contains(who.Caller.Self);
    public IReadOnlyList<Choice> Sendable(Visiting.Asked asked) => [.. Colleagues.Where(c => !asked.SentAway.Contains(Guid.Parse(c.Value)))];

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct)
    {
        Asked = await pipeline.Send(new Visiting.Elsewhere(), ct);
        if (!MayAnswer || Asked.Count == 0) return;
        Colleagues = [.. (await accounts.Named(await staff.Holding(who.Zone!.Id, Visiting.Helping.Sendable, ct), ct)).Values.OrderBy(c => c.DisplayName, StringComparer.CurrentCulture).Select(c => new Choice(c.Id.ToString(), c.DisplayName))];
    }

    public async Task<IActionResult> OnPostReplyAsync(Guid ask, bool accepts, CancellationToken ct)
    {
        foreach (var colleague in await pipeline.Send(new Visiting.Reply(ask, accepts), ct)) visits.Kept(colleague);
        TempData["Done"] = accepts ? Words.EventAccepted : Words.EventDeclined;
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostNameAsync(Guid ask, List<Guid> chosen, CancellationToken ct)
    {
        TempData["Done"] = Words.EventColleaguesNamed(await pipeline.Send(new Visiting.Name(ask, chosen), ct));
        foreach (var colleague in chosen) visits.Kept(colleague);
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostJoinAsync(Guid ask, CancellationToken ct)
    {
        var (code, ev) = await pipeline.Send(new Visiting.Join(ask), ct);
        visits.Kept(who.Caller.Self);
        return Redirect($"/{code}/events/{ev}");
    }
}

/// <summary>In the menu while another zone asks for help.</summary>
internal sealed class ElsewhereInMenu(IMediator pipeline, WhereAndWho who, EventsNow known) : IInMenuAtTimes
{
    public int Order => 28;
    public May Deed => May.BelongToTheZone;
    public string Path => "/events-elsewhere";
    public string Text => Words.EventsElsewhere;

    public ValueTask<bool> IsNow(CancellationToken ct) => known.Are(who.Zone!.Id, elsewhere: true, () => pipeline.Send(new Visiting.AnyElsewhere(), ct));
}

/// <summary>In which zones an event is under way, as of a few seconds ago: every page asks, for its menu. Who may open it is asked anew by the page itself.</summary>
internal sealed class EventsNow(TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);
    private readonly System.Collections.Concurrent.ConcurrentDictionary<(Guid Zone, bool Elsewhere), (bool Are, long Read)> known = new();

    public async ValueTask<bool> Are(Guid zone, bool elsewhere, Func<Task<bool>> read)
    {
        if (known.TryGetValue((zone, elsewhere), out var entry) && clock.GetElapsedTime(entry.Read) <= Fresh) return entry.Are;
        if (known.Count > 20_000) known.Clear();
        var (at, are) = (clock.GetTimestamp(), await read());
        known[(zone, elsewhere)] = (are, at);
        return are;
    }
}
