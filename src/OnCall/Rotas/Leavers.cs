using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.OnCall.Pools;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.OnCall.Rotas;

/// <summary>Whoever no longer works in a zone is not on call as its colleague: the shift they are on ends now, those that have not begun are nobody's, and the gap is warned of like any other. A role that waits for a
/// second person is one all the same: whoever was given another has not left.</summary>
internal sealed class Leavers : IDoWhatIsDue
{
    public async Task Run(IMediator pipeline, CancellationToken ct)
    {
        if (await pipeline.Send(new Query(), ct)) await pipeline.Send(new Command(), ct);
    }

    // The zone's rows do not know when a role ends. Whoever does brings all.
    public Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct) => Task.FromResult<DateTimeOffset?>(null);

    /// <returns>Is somebody on the rota who has left?</returns>
    [Requires(May.RunThePlatform)]
    internal sealed record Query : ICatalogQuery<bool>;

    /// <returns>How many shifts were taken out or cut short.</returns>
    [Requires(May.RunThePlatform)]
    internal sealed record Command : ICatalogCommand<int>;

    internal sealed class QueryHandler(CatalogDbContext house, UseCase here, IRoleHistory history, TimeProvider clock) : IRequestHandler<Query, bool>
    {
        public async Task<bool> Handle(Query query, CancellationToken ct) => (await Left(house, here.InZone.Id, history, clock.GetUtcNow(), ct)).Count > 0;
    }

    internal sealed class Handler(CatalogDbContext house, UseCase here, IRoleHistory history, Book book, TimeProvider clock) : IRequestHandler<Command, int>
    {
        public async Task<int> Handle(Command command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var left = await Left(house, here.InZone.Id, history, clock.GetUtcNow(), ct);
            var ids = left.Select(s => s.Pool).Distinct().ToList();
            var pools = await house.Set<Pool>().Where(p => ids.Contains(p.Id)).ToDictionaryAsync(p => p.Id, ct);
            foreach (var shift in left)
            {
                if (shift.Start < now) shift.Change(new Shift.What(shift.Rank, shift.Account, shift.Employer, shift.Start, now, shift.Number));
                else shift.Remove(now);
                book.Note(pools[shift.Pool], shift, Turn.Gone);
                await book.LapseSwaps(pools[shift.Pool], shift, null, ct, gone: shift.Account);
            }
            return left.Count;
        }
    }

    private static async Task<List<Shift>> Left(CatalogDbContext house, Guid zone, IRoleHistory history, DateTimeOffset now, CancellationToken ct)
    {
        var ahead = await house.Set<Shift>().Where(s => s.Employer == zone && s.Removed == null && s.End > now).ToListAsync(ct);
        if (ahead.Count == 0) return [];
        var there = (await history.Of(zone, ct)).Where(s => (s.To is null || s.To > now) && Staff.Roles.Contains(s.Role)).Select(s => s.Account).ToHashSet();
        return [.. ahead.Where(s => !there.Contains(s.Account))];
    }
}
