using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Events;

/// <summary>Which zones were asked to help in an event, and who came from them.</summary>
[Requires(May.LeadEvents)]
internal sealed class Zones(IMediator pipeline, IAccounts accounts, IVisits visits, TimeProvider clock) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Event { get; set; }
    [BindProperty] public Input Form { get; set; } = new();
    public EventHead Head { get; private set; } = null!;
    public Visiting.Guests Guests { get; private set; } = null!;
    public IReadOnlyDictionary<Guid, Colleague> Names { get; private set; } = null!;
    public DateTimeOffset Now => clock.GetUtcNow();

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct)
    {
        Head = await pipeline.Send(new Query(Event), ct);
        Guests = await pipeline.Send(new Visiting.Query(Event), ct);
        Names = await accounts.Named(Guests.Visits.Select(v => v.Visit.Account), ct);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        // The event first: of one that is not there nobody is asked anything.
        var ev = (await pipeline.Send(new Query(Event), ct)).Event;
        TempData["Done"] = Words.EventZoneAsked(await pipeline.Send(new Visiting.Ask(ev, Form.Code), ct));
        return RedirectToPage(new { Event });
    }

    public async Task<IActionResult> OnPostEndAsync(Guid account, CancellationToken ct)
    {
        await pipeline.Send(new Query(Event), ct);
        foreach (var ended in await pipeline.Send(new Visiting.End(Event, account), ct)) visits.Kept(ended);
        TempData["Done"] = Words.EventVisitEnded;
        return RedirectToPage(new { Event });
    }

    public async Task<IActionResult> OnPostLetBackAsync(Guid account, CancellationToken ct)
    {
        await pipeline.Send(new Query(Event), ct);
        if (await pipeline.Send(new Visiting.LetBack(Event, account), ct)) visits.Kept(account);
        TempData["Done"] = Words.EventMayComeAgain;
        return RedirectToPage(new { Event });
    }

    internal sealed record Input
    {
        /// <summary>Of the zone that is asked, chosen by its name.</summary>
        public string? Code { get; init; }
    }

    [Requires(May.LeadEvents)]
    internal sealed record Query(Guid Event) : IQuery<EventHead>;

    internal sealed class Handler(ZoneDbContext zone, AtEvent at, TimeProvider clock) : IRequestHandler<Query, EventHead>
    {
        public async Task<EventHead> Handle(Query query, CancellationToken ct) => await EventHead.Of(zone, at, await at.Read(query.Event, ct), clock.GetUtcNow(), ct) with { Here = "/Casework/Events/Zones" };
    }
}
