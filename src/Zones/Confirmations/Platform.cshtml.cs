using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Zones.Confirmations;

/// <summary>The second operator: roles of the platform, and the first people of a zone that has nobody yet to confirm them.</summary>
[Requires(May.RunThePlatform)]
internal sealed class Platform(IMediator pipeline, Standing standing) : PageModel
{
    public IReadOnlyList<WaitingRow> Rows { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct) => Rows = await pipeline.Send(new Query(), ct);

    public Task<IActionResult> OnPostAsync(string kind, Guid id, CancellationToken ct) => Decide(new Command(kind, id, Confirms: true), ct);
    public Task<IActionResult> OnPostRefuseAsync(string kind, Guid id, CancellationToken ct) => Decide(new Command(kind, id, Confirms: false), ct);

    private async Task<IActionResult> Decide(Command command, CancellationToken ct)
    {
        if (await pipeline.Send(command, ct) is { } account) standing.Forget(account);
        TempData["Done"] = command.Confirms ? Words.Confirmed : Words.RefusedDone;
        return RedirectToPage();
    }

    [Requires(May.RunThePlatform)]
    internal sealed record Query : ICatalogQuery<IReadOnlyList<WaitingRow>>;

    [Requires(May.RunThePlatform), FreshFactor]
    internal sealed record Command(string Kind, Guid Id, bool Confirms) : ICatalogCommand<Guid?>, ISensitive;

    internal sealed class QueryHandler(WhatWaits waits) : IRequestHandler<Query, IReadOnlyList<WaitingRow>>
    {
        public Task<IReadOnlyList<WaitingRow>> Handle(Query query, CancellationToken ct) => waits.In(null, ct);
    }

    internal sealed class Handler(WhatWaits waits) : IRequestHandler<Command, Guid?>
    {
        public Task<Guid?> Handle(Command command, CancellationToken ct) => waits.Decide(command.Kind, command.Id, null, command.Confirms, ct);
    }
}
