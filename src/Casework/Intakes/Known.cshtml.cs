using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Intakes;

/// <summary>After saving: people who may be known already. A look, never a block.</summary>
[Requires(May.SeeSafetyCards)]
internal sealed class Known(IMediator pipeline) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    public IReadOnlyList<PossibleDuplicate> People { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct) => People = await pipeline.Send(new Command(Dossier), ct);

    /// <summary>A command, because showing a safety card is told to the worker whose dossier it is.</summary>
    [Requires(May.SeeSafetyCards)]
    internal sealed record Command(Guid Dossier) : ICommand<IReadOnlyList<PossibleDuplicate>>;

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Duplicates duplicates) : IRequestHandler<Command, IReadOnlyList<PossibleDuplicate>>
    {
        public async Task<IReadOnlyList<PossibleDuplicate>> Handle(Command command, CancellationToken ct)
        {
            var dossier = await guard.Read(command.Dossier, ct);
            var person = await zone.Set<Person>().AsNoTracking().SingleAsync(p => p.Id == dossier.Lead, ct);
            var identity = person.Identity.Value;
            return await duplicates.Of(identity.FamilyName, identity.GivenName, identity.Phone, dossier.Id, ct);
        }
    }
}
