using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.People;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Events;

/// <summary>The list of an event as a file, for a reason, recorded before a byte of it leaves.</summary>
[Requires(May.LeadEvents), FreshFactor]
internal sealed class Export(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Event { get; set; }
    [BindProperty] public Query Form { get; set; } = new();
    public EventHead Head { get; private set; } = null!;
    public IReadOnlyList<Choice> Reasons => Choice.All<EventExportReason>(Words.Of);

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct) => Head = await pipeline.Send(new HeadOf(Event), ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct) => File(await pipeline.Send(Form with { Event = Event }, ct), "text/csv; charset=utf-8", "working-list.csv");

    [Requires(May.LeadEvents)]
    internal sealed record HeadOf(Guid Event) : IQuery<EventHead>;

    // A read: its record is durable before the file is sent, and no writer of the zone waits for it.
    [Requires(May.LeadEvents), FreshFactor]
    internal sealed record Query : IQuery<byte[]>, ISensitive
    {
        public EventExportReason? Reason { get; init; }
        internal Guid Event { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Query>
    {
        public Rules() => RuleFor(c => c.Reason).Must(r => r is { } given && Enum.IsDefined(given)).WithMessage(_ => Words.EventChooseReason);
    }

    internal sealed class Handler(ZoneDbContext zone, AtEvent at, Nevers nevers, Trail trail, TimeProvider clock) : IRequestHandler<HeadOf, EventHead>, IRequestHandler<Query, byte[]>
    {
        public async Task<EventHead> Handle(HeadOf query, CancellationToken ct) => await EventHead.Of(zone, at, await at.Read(query.Event, ct), clock.GetUtcNow(), ct) with { Here = "/Casework/Events/Export" };

        public async Task<byte[]> Handle(Query query, CancellationToken ct)
        {
            var ev = await at.Read(query.Event, ct);
            trail.Because($"export {query.Reason}", ev.Id);
            var rows = LineRow.Of(await at.Lines(ev.Id, ct), ev.Says.Value);
            return ListText.Write(await EventHead.Of(zone, at, ev, clock.GetUtcNow(), ct), rows, await LineRow.NotToCall(nevers, rows, ct));
        }
    }
}
