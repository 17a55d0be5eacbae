using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Referrals;

/// <summary>On the page behind the bell: referrals that came back in dossiers that are closed. Those of open ones are on the worklist. Counted on that page only, not in the figure on every page.</summary>
internal sealed class CameBack(IMediator pipeline, WhereAndWho who) : IRing
{
    public ValueTask<int> Due(CancellationToken ct) => ValueTask.FromResult(0);

    public async ValueTask<IReadOnlyList<RingLine>> Lines(CancellationToken ct) => who.Caller.May(May.WorkOnDossiers) ? [new(Words.WaitsCameBack, "/referrals", await pipeline.Send(new Query(), ct))] : [];

    /// <summary>How many: of the dossiers the caller worked on last, or whose last worker they replace; for whoever leads, of all.</summary>
    [Requires(May.WorkOnDossiers)]
    internal sealed record Query : IQuery<int>;

    internal sealed class Handler(ZoneDbContext zone, Guard guard) : IRequestHandler<Query, int>
    {
        public async Task<int> Handle(Query query, CancellationToken ct)
        {
            var who = await guard.Looks(ct);
            var (self, all, replaced) = (who.Self, who.Leads || who.OnlyStandsIn, who.Replaced.ToList());
            var closed = zone.Set<Dossier>().AsNoTracking().Where(await guard.Visible(ct)).Where(d => d.Closed != null && (all || d.AssignedTo == self || replaced.Contains(d.AssignedTo!.Value)));
            return await zone.Set<FollowUp>().Where(f => f.About != null && f.Done == null && closed.Any(d => d.Id == f.DossierId)).Select(f => f.About).Distinct().CountAsync(ct);
        }
    }
}
