using System.Globalization;
using MediatR;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Network.Invitations;

/// <summary>Trainings of other zones of a pool: those to which colleagues may be registered, and those to which some were.</summary>
[Requires(May.SeeTrainings)]
internal sealed class List(IMediator pipeline) : PageModel
{
    public IReadOnlyList<Row> Rows { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct) => Rows = await pipeline.Send(new Query(), ct);

    /// <param name="Zone">Code of the zone that gives it, with its name where both are in one pool.</param>
    /// <param name="Takes">May somebody be registered now?</param>
    /// <param name="Ours">This zone's people on the other's list, or on their way there.</param>
    /// <param name="Present">Those of them who were there.</param>
    internal sealed record Row(Invitation Invitation, string Zone, bool Takes, int Ours, int Present);

    [Requires(May.SeeTrainings)]
    internal sealed record Query : IQuery<IReadOnlyList<Row>>;

    internal sealed class Handler(ZoneDbContext zone, UseCase here, IKnowPools pools, TimeProvider clock) : IRequestHandler<Query, IReadOnlyList<Row>>
    {
        public async Task<IReadOnlyList<Row>> Handle(Query query, CancellationToken ct)
        {
            var all = await zone.Set<Invitation>().AsNoTracking().ToListAsync(ct);
            if (all.Count == 0) return [];
            var (now, names) = (clock.GetUtcNow(), await Neighbours.Of(pools, here.InZone.Id, ct));
            var ours = (await zone.Set<Registration>().AsNoTracking().Where(r => r.State != RegistrationState.Refused && r.State != RegistrationState.Withdrawn).ToListAsync(ct)).ToLookup(r => r.InvitationId);
            return [.. all.Select(i => new Row(i, Neighbours.Say(names, i.From), i.Takes(now) && names.ContainsKey(i.From), ours[i.Id].Count(), ours[i.Id].Count(r => r.WasThere)))
                .Where(r => r.Takes || r.Ours > 0).OrderByDescending(r => r.Takes).ThenBy(r => r.Invitation.Sittings.Count == 0 ? DateTimeOffset.MaxValue : r.Invitation.Sittings[0].Start).ThenBy(r => r.Invitation.Subject, StringComparer.CurrentCulture)];
        }
    }
}

/// <summary>Zones with which this one is in a pool today.</summary>
internal static class Neighbours
{
    /// <summary>Their names by code, in the reader's language.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> Of(IKnowPools pools, Guid zone, CancellationToken ct)
    {
        var language = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;
        return (await pools.Of(zone, ct)).SelectMany(p => p.Others).DistinctBy(z => z.Code).ToDictionary(z => z.Code, z => z.NameIn(language), StringComparer.Ordinal);
    }

    /// <summary>Name and code; of one that is no neighbour any more, the code.</summary>
    public static string Say(IReadOnlyDictionary<string, string> names, string code) => names.TryGetValue(code, out var name) && !name.Contains(code, StringComparison.Ordinal) ? $"{name} ({code})" : name ?? code;
}
