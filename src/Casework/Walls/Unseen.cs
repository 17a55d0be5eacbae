using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Walls;

/// <summary>Dossiers that nobody of the zone may see: behind walls and seals, or because the last who could has left. The data-protection officer sees their numbers and gives them to the stand-in.</summary>
internal static class Unseen
{
    /// <param name="StandIn">Who has it; null: nobody.</param>
    internal sealed record Row(Guid Dossier, string Number, Guid? StandIn);

    internal sealed class Answer(IEnumerable<Row> rows) : List<Row>(rows), IListDossiers
    {
        IEnumerable<Guid> IListDossiers.Listed => this.Select(r => r.Dossier);
    }

    [Requires(May.DecideOnPersonalData)]
    internal sealed record Query : IQuery<Answer>;

    [Requires(May.DecideOnPersonalData)]
    internal sealed record Give(Guid Dossier) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, LastResort lastResort, IHideDossiers hidden, Caller caller, Trail trail, TimeProvider clock) : IRequestHandler<Query, Answer>, IRequestHandler<Give, bool>
    {
        private const int Most = 200;

        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var away = await hidden.From(caller, ct);
            return new Answer((await lastResort.All(ct)).Where(l => !away.Contains(l.Dossier.Id)).Take(Most).Select(l => new Row(l.Dossier.Id, l.Dossier.Number, l.StandIn)));
        }

        public async Task<bool> Handle(Give command, CancellationToken ct)
        {
            var dossier = await zone.Set<Dossier>().SingleOrDefaultAsync(d => d.Id == command.Dossier, ct);
            if (dossier is null || (await hidden.From(caller, ct)).Contains(dossier.Id)) throw new RefusedException("absent", command.Dossier);
            var (walled, grants) = await lastResort.About(dossier.Id, ct);
            // Only what nobody sees leaves the zone's own people.
            if (await lastResort.SomebodySees(dossier, walled, grants, ct) || await lastResort.Give(dossier, walled, grants, ct) is not { } standIn) throw new RefusedException("seen", dossier.Id);
            trail.Concerns(dossier.Id, "stand-in");
            zone.Add(OutboxMessage.New($"{Notices.StandIn} {dossier.Id} {standIn} {clock.GetUtcNow().UtcTicks}", Notices.StandIn, dossier.Id, standIn, clock.GetUtcNow()));
            return true;
        }
    }
}
