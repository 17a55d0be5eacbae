using MediatR;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Handovers;

/// <summary>Handovers between zones: what came in and waits, for the coordinators; what goes, or became a dossier, as far as one sees the dossiers. Initials only.</summary>
[Requires(May.WorkOnDossiers)]
internal sealed class List(IMediator pipeline, WhereAndWho who) : PageModel
{
    public Answer View { get; private set; } = null!;
    public IReadOnlyDictionary<string, string> Zones { get; private set; } = null!;
    public bool Leads => who.Caller.May(May.OpenAnyDossierOfTheZone);
    public string Owner(Row row) => Zones.Say(row.IsTheirs ? row.Other : who.Zone!.Code);

    public async Task OnGetAsync(CancellationToken ct) => (View, Zones) = (await pipeline.Send(new Query(), ct), await pipeline.Send(new Neighbours.Query(), ct));

    /// <param name="Number">Of the dossier here; null: it is none yet.</param>
    internal sealed record Row(Guid Id, Guid Dossier, string Other, string? Number, string Initials, bool CameIn, HandoverState State, bool IsTheirs, DateTimeOffset Since);

    internal sealed record Answer(IReadOnlyList<Row> Waiting, IReadOnlyList<Row> Rows) : IListDossiers
    {
        IEnumerable<Guid> IListDossiers.Listed => Waiting.Concat(Rows).Select(r => r.Dossier).Distinct();
    }

    [Requires(May.WorkOnDossiers)]
    internal sealed record Query : IQuery<Answer>;

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Proposals proposals, Keyring keys, Caller caller) : IRequestHandler<Query, Answer>
    {
        private const int Most = 200;

        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var waiting = caller.May(May.OpenAnyDossierOfTheZone) ? await proposals.CameIn().AsNoTracking().OrderByDescending(h => h.State == HandoverState.Delivered || h.State == HandoverState.Asked).ThenBy(h => h.TurnedAt).Take(Most).ToListAsync(ct) : [];
            await keys.Fetch(waiting.Select(h => h.Id), ct);
            var found = await zone.Set<Handover>().AsNoTracking().Join(zone.Set<Dossier>().Where(await guard.Visible(ct)), h => h.DossierId, d => d.Id, (h, d) => new { Handover = h, d.Number, d.Lead }).OrderByDescending(x => x.Handover.TurnedAt).Take(Most).ToListAsync(ct);
            var leads = found.Select(f => f.Lead).OfType<Guid>().Distinct().ToList();
            var people = await zone.Set<People.Person>().AsNoTracking().Where(p => leads.Contains(p.Id)).ToListAsync(ct);
            await keys.Fetch(people.Select(p => p.Id), ct);
            var initials = people.ToDictionary(p => p.Id, p => p.Identity.Value.Initials);
            return new Answer([.. waiting.Select(h => Of(h, null, h.Content is { } content ? string.Join(", ", content.Value.People.Select(p => p.Identity.Initials)) : "–"))],
                [.. found.Select(f => Of(f.Handover, f.Number, f.Lead is { } lead ? initials.GetValueOrDefault(lead, "–") : "–"))]);
        }

        private static Row Of(Handover h, string? number, string initials) => new(h.Id, h.DossierId, h.Other, number, initials, h.CameIn, h.State, h.IsTheirs, h.TurnedAt);
    }
}
