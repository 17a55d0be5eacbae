using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Network.Papers;

namespace VictimSupport.Network.Trainings;

/// <summary>Hands a file of a training out.</summary>
[Requires(May.SeeTrainings)]
internal sealed class Slides(IMediator pipeline) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid Training { get; set; }
    [BindProperty(SupportsGet = true, Name = "slides")] public Guid Wanted { get; set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => this.HandOut(await pipeline.Send(new Query(Training, Wanted), ct));

    [Requires(May.SeeTrainings)]
    internal sealed record Query(Guid Training, Guid Slides) : IQuery<HandedOut>;

    internal sealed class Handler(Cabinet cabinet) : IRequestHandler<Query, HandedOut>
    {
        public Task<HandedOut> Handle(Query query, CancellationToken ct) => cabinet.Open<Training>(query.Training, query.Slides, ct);
    }
}
