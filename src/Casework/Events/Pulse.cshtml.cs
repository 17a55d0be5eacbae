using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Events;

/// <summary>How often the list of an event changed: open pages ask, quietly, and read again where it rose. Shows nothing of anybody, so it is not recorded; the reading is.</summary>
[Requires(May.WorkOnEvents), Quiet]
internal sealed class Pulse(IMediator pipeline) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid Event { get; set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => new JsonResult(new { mark = await pipeline.Send(new Query(Event), ct) });

    [Requires(May.WorkOnEvents)]
    internal sealed record Query(Guid Event) : IQuery<int>;

    internal sealed class Handler(AtEvent at) : IRequestHandler<Query, int>
    {
        public async Task<int> Handle(Query query, CancellationToken ct) =>
            await (await at.Events(ct)).Where(e => e.Id == query.Event).Select(e => (int?)e.Turn).SingleOrDefaultAsync(ct) ?? throw new RefusedException("absent", query.Event);
    }
}
