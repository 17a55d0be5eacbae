using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Network.Papers;

namespace VictimSupport.Network.Agreements;

/// <summary>Hands a file of an agreement out.</summary>
[Requires(May.SeePartners)]
internal sealed class Download(IMediator pipeline) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid Agreement { get; set; }
    [BindProperty(SupportsGet = true, Name = "file")] public Guid Wanted { get; set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => this.HandOut(await pipeline.Send(new Query(Agreement, Wanted), ct));

    [Requires(May.SeePartners)]
    internal sealed record Query(Guid Agreement, Guid File) : IQuery<HandedOut>;

    internal sealed class Handler(Cabinet cabinet) : IRequestHandler<Query, HandedOut>
    {
        public Task<HandedOut> Handle(Query query, CancellationToken ct) => cabinet.Open<Agreement>(query.Agreement, query.File, ct);
    }
}
