using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Casework.CallOuts;

/// <summary>Until when whoever went out for a call-out, from whichever zone, may see it; a coordinator of the zone of the facts ends it before that. What they wrote stays, and is handed over as it stands.</summary>
[Requires(May.OpenAnyDossierOfTheZone)]
internal sealed class Access(IMediator pipeline, IAccounts accounts, IEnumerable<IKnowCallOuts> pools) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    public Answer View { get; private set; } = null!;
    public string Name { get; private set; } = "";

    public async Task OnGetAsync(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Dossier), ct);
        Name = (await accounts.Named([View.Performer], ct)).TryGetValue(View.Performer, out var colleague) ? colleague.DisplayName : Words.Nobody;
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var callOut = await pipeline.Send(new Command(Dossier), ct);
        foreach (var pool in pools) await pool.End(callOut, ct);
        TempData["Done"] = Words.CallOutAccessEnded;
        return RedirectToPage("/Casework/Dossiers/Show", new { Dossier });
    }

    /// <param name="Until">null: they may not see it any more.</param>
    internal sealed record Answer(string Number, Guid Performer, DateTimeOffset? Until);

    [Requires(May.OpenAnyDossierOfTheZone)]
    internal sealed record Query(Guid Dossier) : IQuery<Answer>;

    /// <returns>Which call-out it was.</returns>
    [Requires(May.OpenAnyDossierOfTheZone)]
    internal sealed record Command(Guid Dossier) : ICommand<Guid>;

    internal sealed class Handler(ZoneDbContext zone, Guard guard, TimeProvider clock) : IRequestHandler<Query, Answer>, IRequestHandler<Command, Guid>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Read(query.Dossier, ct), clock.GetUtcNow());
            var callOut = await Of(dossier, ct);
            return new Answer(dossier.Number, callOut.Performer, (await Grants(callOut).AsNoTracking().ToListAsync(ct)).Where(g => g.Counts(now)).Max(g => g.Until));
        }

        public async Task<Guid> Handle(Command command, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Open(command.Dossier, ct), clock.GetUtcNow());
            var callOut = await Of(dossier, ct);
            foreach (var grant in await Grants(callOut).ToListAsync(ct)) grant.End(now);
            dossier.Touch();
            return callOut.Id;
        }

        private async Task<CallOut> Of(Dossier dossier, CancellationToken ct)
        {
            var id = dossier.Id;
            return await zone.Set<CallOut>().AsNoTracking().Where(c => c.DossierId == id).OrderBy(c => c.Entered).FirstOrDefaultAsync(ct) ?? throw new RefusedException("absent", id);
        }

        private IQueryable<Grant> Grants(CallOut callOut)
        {
            var (dossier, performer) = (callOut.DossierId, callOut.Performer);
            return zone.Set<Grant>().Where(g => g.DossierId == dossier && g.Account == performer && g.Kind == GrantKind.CallOut);
        }
    }
}
