using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Zones.Staff;

/// <summary>The second person: a role that opens dossiers counts once somebody else has confirmed it.</summary>
[Requires(May.ConfirmRoles)]
internal sealed class Confirm(IMediator pipeline, IAccounts accounts, Standing standing, WhereAndWho who) : PageModel
{
    public IReadOnlyList<Row> Rows { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct)
    {
        var grants = await pipeline.Send(new Query(), ct);
        var names = await accounts.Named(grants.Select(g => g.Account).Concat(grants.Select(g => g.GivenBy).OfType<Guid>()), ct);
        Rows = [.. grants.Select(g => new Row(g.Id, Name(g.Account), g.Role, g.GivenBy is { } by ? Name(by) : "–", g.From, g.GivenBy != who.Caller.Account && g.Account != who.Caller.Account))];

        string Name(Guid id) => names.TryGetValue(id, out var colleague) ? colleague.DisplayName : "–";
    }

    public Task<IActionResult> OnPostAsync(Guid grant, CancellationToken ct) => Decide(grant, confirm: true, ct);
    public Task<IActionResult> OnPostRefuseAsync(Guid grant, CancellationToken ct) => Decide(grant, confirm: false, ct);

    private async Task<IActionResult> Decide(Guid grant, bool confirm, CancellationToken ct)
    {
        standing.Forget(await pipeline.Send(new Command { Grant = grant, Confirms = confirm }, ct));
        return RedirectToPage();
    }

    internal sealed record Row(Guid Id, string Name, Role Role, string GivenBy, DateTimeOffset From, bool May);

    [Requires(May.ConfirmRoles)]
    internal sealed record Query : ICatalogQuery<IReadOnlyList<RoleGrant>>;

    [Requires(May.ConfirmRoles)]
    internal sealed record Command : ICatalogCommand<Guid>, ISensitive
    {
        internal Guid Grant { get; init; }
        internal bool Confirms { get; init; }
    }

    internal sealed class QueryHandler(CatalogDbContext house, UseCase here, TimeProvider clock) : IRequestHandler<Query, IReadOnlyList<RoleGrant>>
    {
        public async Task<IReadOnlyList<RoleGrant>> Handle(Query query, CancellationToken ct)
        {
            var (zone, now) = (here.InZone.Id, clock.GetUtcNow());
            return [.. (await house.Set<RoleGrant>().AsNoTracking().Where(g => g.Zone == zone && g.ConfirmedBy == null).OrderBy(g => g.Id).ToListAsync(ct)).Where(g => g.IsWaiting(now))];
        }
    }

    internal sealed class Handler(CatalogDbContext house, UseCase here, Caller caller, TimeProvider clock) : IRequestHandler<Command, Guid>
    {
        public async Task<Guid> Handle(Command command, CancellationToken ct)
        {
            var zone = here.InZone.Id;
            var grant = await house.Set<RoleGrant>().SingleOrDefaultAsync(g => g.Id == command.Grant && g.Zone == zone && g.ConfirmedBy == null, ct) ?? throw new RefusedException("absent", command.Grant);
            if (command.Confirms) grant.Confirm(caller.Self, clock.GetUtcNow());
            else grant.End(caller.Self, clock.GetUtcNow());
            return grant.Account;
        }
    }
}

internal sealed class ConfirmationsInMenu : IInMenu
{
    public int Order => 810;
    public May Deed => May.ConfirmRoles;
    public string Path => "/admin/confirmations";
    public string Text => Words.ConfirmTitle;
}
