using MediatR;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Identity.Contracts;
using VictimSupport.Network.Trainings;

namespace VictimSupport.Network.Invitations;

/// <summary>Colleagues between zones: those whom this zone registered for trainings of others, and those whom others registered for its own. Each leads to its training, where it can be withdrawn.</summary>
[Requires(May.SeeTrainings)]
internal sealed class People(IMediator pipeline, WhereAndWho who) : PageModel
{
    public Answer View { get; private set; } = null!;
    public bool MayKeep => who.Caller.May(May.KeepTrainings);

    public async Task OnGetAsync(CancellationToken ct) => View = await pipeline.Send(new Query(), ct);

    /// <param name="Sent">Of this zone, the latest training first.</param>
    /// <param name="Received">Of other zones, the latest training first.</param>
    internal sealed record Answer(IReadOnlyList<Row<Registration>> Sent, IReadOnlyList<Row<Participant>> Received);

    /// <param name="Day">Of the first session; null: it has none.</param>
    /// <param name="Zone">The other one, by name where both are in one pool.</param>
    internal sealed record Row<T>(T Who, string Subject, DateOnly? Day, string Zone);

    [Requires(May.SeeTrainings)]
    internal sealed record Query : IQuery<Answer>;

    internal sealed class Handler(ZoneDbContext zone, UseCase here, IKnowPools pools, Keyring keys) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var names = await Neighbours.Of(pools, here.InZone.Id, ct);
            var sent = await zone.Set<Registration>().AsNoTracking().ToListAsync(ct);
            var received = await zone.Set<Participant>().AsNoTracking().Where(p => p.From != null).ToListAsync(ct);
            await keys.Fetch(sent.Select(r => r.InvitationId).Concat(received.Select(p => p.TrainingId)), ct);
            var invitations = await zone.Set<Invitation>().AsNoTracking().ToDictionaryAsync(i => i.Id, ct);
            var ids = received.Select(p => p.TrainingId).Distinct().ToList();
            var subjects = await zone.Set<Training>().AsNoTracking().Where(t => ids.Contains(t.Id)).ToDictionaryAsync(t => t.Id, t => t.Subject, ct);
            var first = (await zone.Set<TrainingSession>().AsNoTracking().Where(s => ids.Contains(s.TrainingId)).ToListAsync(ct)).GroupBy(s => s.TrainingId).ToDictionary(g => g.Key, g => g.Min(s => s.Day));
            return new Answer(
                [.. Ordered(sent.Select(r => (r, invitations[r.InvitationId])).Select(x => new Row<Registration>(x.r, x.Item2.Subject, x.Item2.Sittings.Count == 0 ? null : x.Item2.Sittings.Min(s => Moment.Day(s.Start)), Neighbours.Say(names, x.Item2.From))), r => r.FullName)],
                [.. Ordered(received.Select(p => new Row<Participant>(p, subjects[p.TrainingId], first.TryGetValue(p.TrainingId, out var day) ? day : null, Neighbours.Say(names, p.From!))), p => p.FullName)]);
        }

        private static IEnumerable<Row<T>> Ordered<T>(IEnumerable<Row<T>> rows, Func<T, string> name) => rows.OrderByDescending(r => r.Day ?? DateOnly.MaxValue).ThenBy(r => r.Subject, StringComparer.CurrentCulture).ThenBy(r => name(r.Who), StringComparer.CurrentCulture);
    }
}
