using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Casework.Sharings;

/// <summary>What was shared outside the team.</summary>
[Requires(May.WorkOnDossiers)]
internal sealed class Show(IMediator pipeline, IAccounts accounts) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty(SupportsGet = true)] public Guid Sharing { get; set; }
    public Answer View { get; private set; } = null!;
    public string By { get; private set; } = "";

    public async Task OnGetAsync(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Dossier, Sharing), ct);
        By = (await accounts.Named([View.Sharing.By], ct)).TryGetValue(View.Sharing.By, out var colleague) ? colleague.DisplayName : Words.Nobody;
    }

    /// <param name="Persons">Names of those it is about.</param>
    internal sealed record Answer(Sharing Sharing, SharedWords Content, string Persons);

    [Requires(May.WorkOnDossiers)]
    internal sealed record Query(Guid Dossier, Guid Sharing) : IQuery<Answer>;

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Keyring keys) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            var sharing = await zone.Set<Sharing>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == query.Sharing && s.DossierId == dossier.Id, ct) ?? throw new RefusedException("absent", dossier.Id);
            await keys.Fetch(sharing.Persons, ct);
            var people = await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id && sharing.Persons.Contains(p.Id)).OrderBy(p => p.Id).ToListAsync(ct);
            return new Answer(sharing, sharing.Content.Value, string.Join(", ", people.Select(p => p.Identity.Value.FullName)));
        }
    }
}
