using MediatR;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Events;

/// <summary>The collective events of the zone: those under way, and for its coordinators those that ended.</summary>
[Requires(May.WorkOnEvents)]
internal sealed class List(IMediator pipeline, WhereAndWho who, TimeProvider clock) : PageModel
{
    public IReadOnlyList<Row> Events { get; private set; } = [];
    public bool Leads => who.Caller.May(May.LeadEvents);
    public DateTimeOffset Now => clock.GetUtcNow();

    public async Task OnGetAsync(CancellationToken ct) => Events = await pipeline.Send(new Query(), ct);

    internal sealed record Row(CollectiveEvent Event, string Name, string Facts);

    [Requires(May.WorkOnEvents)]
    internal sealed record Query : IQuery<IReadOnlyList<Row>>;

    internal sealed class Handler(ZoneDbContext zone, AtEvent at, Keyring keys) : IRequestHandler<Query, IReadOnlyList<Row>>
    {
        public async Task<IReadOnlyList<Row>> Handle(Query query, CancellationToken ct)
        {
            var events = await (await at.Events(ct)).AsNoTracking().OrderByDescending(e => e.Opened).Take(200).ToListAsync(ct);
            await keys.Fetch(events.Select(e => e.Id), ct);
            var own = await OwnCodes.WordsOf(zone, events.Select(e => e.OwnSubKind), ct);
            return [.. events.Select(e => new Row(e, e.Says.Value.Name, own.Of(e.OwnSubKind) ?? Words.Of("SubKind_" + e.SubKind)))];
        }
    }
}

/// <summary>Is an event under way that is there for the caller? Else the menu does not name events to whoever cannot open one.</summary>
internal sealed class EventsInMenu(IMediator pipeline, WhereAndWho who, EventsNow known) : IInMenuAtTimes
{
    public int Order => 27;
    public May Deed => May.WorkOnEvents;
    public string Path => "/events";
    public string Text => Words.Events;

    public async ValueTask<bool> IsNow(CancellationToken ct) => who.Caller.May(May.LeadEvents) || (who.Caller.May(May.BelongToTheZone) ? await known.Are(who.Zone!.Id, elsewhere: false, () => pipeline.Send(new Query(), ct)) : await pipeline.Send(new Query(), ct));

    [Requires(May.WorkOnEvents)]
    internal sealed record Query : IQuery<bool>;

    internal sealed class Handler(AtEvent at) : IRequestHandler<Query, bool>
    {
        public async Task<bool> Handle(Query query, CancellationToken ct) => await (await at.Events(ct)).AnyAsync(ct);
    }
}
