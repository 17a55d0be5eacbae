using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Walls;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Casework.CallOuts;

/// <summary>Whoever was called out knows somebody there: from now on it does not exist for them, and whoever stands by goes in their place. What they wrote before stays for the other; a wall keeps them away.</summary>
[Requires(May.WorkOnCallOuts)]
internal sealed class PassOn(IMediator pipeline, IAccounts accounts, IEnumerable<IKnowCallOuts> pools, WhereAndWho who) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid CallOut { get; set; }

    /// <summary>null: nobody stands by.</summary>
    public StandBy? Behind { get; private set; }
    public string Name { get; private set; } = "";

    public async Task OnGetAsync(CancellationToken ct)
    {
        await pipeline.Send(new Query(CallOut), ct);
        Behind = await StandsBy(ct);
        if (Behind is { } one) Name = (await accounts.Named([one.Account], ct)).TryGetValue(one.Account, out var colleague) ? colleague.DisplayName : Words.Nobody;
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var behind = await StandsBy(ct);
        // First they are kept away; then it is the other's. Pressed again after a fault between the two, it goes on.
        await pipeline.Send(new Command { CallOut = CallOut, To = behind }, ct);
        foreach (var pool in pools)
            if (await pool.Of(CallOut, ct) is not null) await pool.PassOn(CallOut, behind?.Account, ct);
        // Whoever came for it alone is not let in here any more.
        if (!who.Caller.May(May.OpenCallOuts)) return LocalRedirect("/account/home");
        TempData["Done"] = behind is null ? Words.CallOutPassedToNobody : Words.CallOutPassedOn;
        return RedirectToPage("/Casework/CallOuts/Mine");
    }

    private async Task<StandBy?> StandsBy(CancellationToken ct)
    {
        foreach (var pool in pools)
            if (await pool.Behind(CallOut, who.Caller.Self, ct) is { } one) return one;
        return null;
    }

    /// <summary>Is it theirs?</summary>
    [Requires(May.WorkOnCallOuts)]
    internal sealed record Query(Guid CallOut) : IQuery<bool>;

    [Requires(May.WorkOnCallOuts)]
    internal sealed record Command : ICommand<bool>
    {
        internal Guid CallOut { get; init; }
        internal StandBy? To { get; init; }
    }

    internal sealed class Handler(ZoneDbContext zone, Leaves leaves, Masonry masonry, Caller caller, Trail trail, TimeProvider clock) : IRequestHandler<Query, bool>, IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Query query, CancellationToken ct) => (await leaves.For(query.CallOut, ct)) is not null;

        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var (now, self) = (clock.GetUtcNow(), caller.Self);
            await leaves.For(command.CallOut, ct);
            await DossierCounter.TakeTurns(zone, now, ct);
            if (await zone.Set<CallOut>().AsNoTracking().Where(c => c.Id == command.CallOut).Select(c => (Guid?)c.DossierId).SingleOrDefaultAsync(ct) is not { } id)
            {
                // Nothing is written down yet: they are kept from what will be.
                if (!await zone.Set<Wall>().AnyAsync(w => w.Account == self && w.DossierId == command.CallOut && w.Lifted == null, ct)) masonry.Build(Wall.Round(command.CallOut, self, null, self, now), command.CallOut);
                return false;
            }
            var (callOut, dossier) = (await zone.Set<CallOut>().SingleAsync(c => c.Id == command.CallOut, ct), await zone.Set<Dossier>().SingleAsync(d => d.Id == id, ct));
            trail.Concerns(id, "wall");
            foreach (var grant in await zone.Set<Grant>().Where(g => g.DossierId == id && g.Account == self).ToListAsync(ct)) grant.End(now);
            if (!await zone.Set<Wall>().AnyAsync(w => w.Account == self && w.DossierId == id && w.Lifted == null, ct)) await masonry.Build(Wall.Round(id, self, null, self, now), dossier, ct);
            if (command.To is { } to && callOut.Performer == self)
            {
                callOut.GoesTo(to.Account, to.Employer);
                zone.Add(Grant.Give(id, to.Account, GrantKind.CallOut, now, to.Until, self));
            }
            dossier.Touch();
            return true;
        }
    }
}
