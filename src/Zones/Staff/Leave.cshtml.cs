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

/// <summary>A colleague leaves, in one press: roles gone, sessions dead at the next request, dossiers unassigned. How many, never which.</summary>
[Requires(May.BringStaffIn)]
internal sealed class Leave(IMediator pipeline, Standing standing) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Account { get; set; }
    public View What { get; private set; } = null!;
    public int Dossiers { get; private set; }

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct)
    {
        What = await pipeline.Send(new Query { Account = Account }, ct);
        Dossiers = await pipeline.Send(new CaseloadQuery { Account = Account }, ct);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(new Command { Account = Account }, ct);
        standing.ForgetAll();
        // From here on the zone's job would do it, too: a kill right now leaves nothing stuck.
        await pipeline.Send(new ReleaseCommand { Account = Account }, ct);
        TempData["Done"] = Words.LeftDone;
        return RedirectToPage("/Zones/Staff/List");
    }

    /// <param name="IsHome">The account comes from this zone: with it its roles elsewhere end.</param>
    internal sealed record View(string Name, string Roles, bool IsHome);

    [Requires(May.BringStaffIn)]
    internal sealed record Query : ICatalogQuery<View>
    {
        internal Guid Account { get; init; }
    }

    [Requires(May.BringStaffIn)]
    internal sealed record CaseloadQuery : IQuery<int>
    {
        internal Guid Account { get; init; }
    }

    [Requires(May.BringStaffIn), FreshFactor]
    internal sealed record Command : ICatalogCommand<bool>, ISensitive
    {
        internal Guid Account { get; init; }
    }

    /// <summary>Puts the account's dossiers to "unassigned" and tells the coordinators; twice lets go of nothing more.</summary>
    [Requires(May.BringStaffIn)]
    internal sealed record ReleaseCommand : ICommand<int>, ISensitive
    {
        internal Guid Account { get; init; }
    }

    internal sealed class QueryHandler(CatalogDbContext house, UseCase here, IAccounts accounts, Caller caller, TimeProvider clock) : IRequestHandler<Query, View>
    {
        public async Task<View> Handle(Query query, CancellationToken ct)
        {
            var (zone, now) = (here.InZone.Id, clock.GetUtcNow());
            var grants = await house.Set<RoleGrant>().AsNoTracking().Where(g => g.Account == query.Account).ToListAsync(ct);
            var held = grants.Where(g => g.Zone == zone && g.Lives(now)).ToList();
            if (held.Count == 0 || query.Account == caller.Account || !(await accounts.Named([query.Account], ct)).TryGetValue(query.Account, out var colleague)) throw new RefusedException("absent", query.Account);
            return new View(colleague.DisplayName, Standing.InWords(held.Select(g => g.Role)), Home.Of(grants, now) == zone);
        }
    }

    internal sealed class CaseloadHandler(IEnumerable<IHoldCaseload> caseloads) : IRequestHandler<CaseloadQuery, int>
    {
        public async Task<int> Handle(CaseloadQuery query, CancellationToken ct)
        {
            var dossiers = 0;
            foreach (var caseload in caseloads) dossiers += await caseload.Open(query.Account, ct);
            return dossiers;
        }
    }

    internal sealed class Handler(CatalogDbContext house, UseCase here, Ending ending, Caller caller) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            await ending.All(house, here.InZone.Id, command.Account, caller.Self, ct);
            return true;
        }
    }

    internal sealed class ReleaseHandler(CatalogDatabase catalog, UseCase here, IEnumerable<IHoldCaseload> caseloads, TimeProvider clock) : IRequestHandler<ReleaseCommand, int>
    {
        public async Task<int> Handle(ReleaseCommand command, CancellationToken ct)
        {
            var (zone, now, released) = (here.InZone.Id, clock.GetUtcNow(), 0);
            await using (var house = catalog.Lease())
            {
                // Whoever still opens dossiers keeps theirs, and nobody else's people are ours.
                var grants = await house.Set<RoleGrant>().AsNoTracking().Where(g => g.Zone == zone && g.Account == command.Account).ToListAsync(ct);
                if (grants.Count == 0) throw new RefusedException("absent", command.Account);
                if (grants.Any(g => RoleGrant.OpensDossiers.Contains(g.Role) && g.Counts(now))) return 0;
            }
            foreach (var caseload in caseloads) released += await caseload.Release(command.Account, ct);
            return released;
        }
    }
}
