using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Events;

/// <summary>Side by side: who may stand in the list twice, at the centre and in the hospital, and who may be the one somebody looks for. Proposals; somebody decides.</summary>
[Requires(May.WorkOnEvents)]
internal sealed class Alike(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Event { get; set; }
    public Answer View { get; private set; } = null!;

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct) => View = await pipeline.Send(new Query(Event), ct);

    /// <param name="line">Which line says it: of the same person, the one that stays.</param>
    public async Task<IActionResult> OnPostAsync(Guid line, Guid other, Relation? how, CancellationToken ct)
    {
        try
        {
            await pipeline.Send(new Relate.Command { Event = Event, Line = line, Other = other, How = how }, ct);
        }
        catch (ValidationException wrong)
        {
            TempData["Done"] = wrong.Errors.First().ErrorMessage;
        }
        return RedirectToPage(new { Event });
    }

    internal sealed record Answer(EventHead Head, IReadOnlyList<(LineRow One, LineRow Other)> Same, IReadOnlyList<(LineRow One, LineRow Other)> Seek)
    {
        public const int Most = 50;
        public required IReadOnlySet<Guid> NotToCall { get; init; }
    }

    [Requires(May.WorkOnEvents)]
    internal sealed record Query(Guid Event) : IQuery<Answer>;

    internal sealed class Handler(ZoneDbContext zone, AtEvent at, Nevers nevers, TimeProvider clock) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var ev = await at.Read(query.Event, ct);
            var (says, lines) = (ev.Says.Value, await at.Lines(ev.Id, ct));
            var likeness = new Likeness(lines, await zone.Set<EventLink>().AsNoTracking().Where(l => l.EventId == ev.Id).ToListAsync(ct));
            var (same, seek) = (Rows(likeness.Same()), Rows(likeness.Seek()));
            return new Answer(await EventHead.Of(zone, at, ev, clock.GetUtcNow(), ct) with { Here = "/Casework/Events/Alike" }, same, seek)
            {
                NotToCall = await LineRow.NotToCall(nevers, same.Concat(seek).SelectMany(p => new[] { p.One, p.Other }).DistinctBy(r => r.Line.Id), ct),
            };

            IReadOnlyList<(LineRow One, LineRow Other)> Rows(IEnumerable<(ReadLine One, ReadLine Other)> pairs) => [.. pairs.Take(Answer.Most).Select(p => (Row(p.One), Row(p.Other)))];
            LineRow Row(ReadLine read) => new(read.Line, read.Says, says.Place(read.Line.Place), []);
        }
    }
}
