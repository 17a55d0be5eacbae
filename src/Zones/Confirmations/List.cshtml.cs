using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Zones.Confirmations;

/// <summary>The second person, in a zone: what one colleague asked for and another must confirm before it counts.</summary>
[Requires(May.ConfirmRoles)]
internal sealed class List(IMediator pipeline, Standing standing) : PageModel
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

    [Requires(May.ConfirmRoles)]
    internal sealed record Query : ICatalogQuery<IReadOnlyList<WaitingRow>>;

    [Requires(May.ConfirmRoles), FreshFactor]
    internal sealed record Command(string Kind, Guid Id, bool Confirms) : ICatalogCommand<Guid?>, ISensitive;

    internal sealed class QueryHandler(WhatWaits waits, UseCase here) : IRequestHandler<Query, IReadOnlyList<WaitingRow>>
    {
        public Task<IReadOnlyList<WaitingRow>> Handle(Query query, CancellationToken ct) => waits.In(here.InZone.Id, ct);
    }

    internal sealed class Handler(WhatWaits waits, UseCase here) : IRequestHandler<Command, Guid?>
    {
        public Task<Guid?> Handle(Command command, CancellationToken ct) => waits.Decide(command.Kind, command.Id, here.InZone.Id, command.Confirms, ct);
    }
}

internal sealed class ConfirmationsInMenu : IInMenu
{
    public int Order => 810;
    public May Deed => May.ConfirmRoles;
    public string Path => "/admin/confirmations";
    public string Text => Words.ConfirmTitle;
}
