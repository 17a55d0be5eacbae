using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Contracts;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Network.Contracts;

namespace VictimSupport.Statistics.Campaign;

/// <summary>Asks a zone, where it is counted who looked, whether its figures of a year still are those it looked at. Answered to the platform alone; no figure is in the answer.</summary>
internal static class Stands
{
    /// <returns>null: nobody looked; false: the figures have changed since.</returns>
    [Requires(May.RunThePlatform)]
    internal sealed record Query(int Year) : IQuery<bool?>;

    internal sealed class Handler(ZoneDbContext zone, ITellOwnFigures figures, IEnumerable<ICountStructuralWork> structural, Caller caller, Trail trail) : IRequestHandler<Query, bool?>
    {
        public async Task<bool?> Handle(Query query, CancellationToken ct)
        {
            if (!caller.IsPlatform) throw new RefusedException("role"); // as for the figures: no person asks a zone from outside it
            trail.Because($"campaign {query.Year}");
            return await zone.Set<YearAsked>().AsNoTracking().SingleOrDefaultAsync(y => y.Year == query.Year, ct) is { Validated: not null, Digest: { } digest } year ? digest == await Digest.Of(figures, structural, year.Period, ct) : null;
        }
    }
}
