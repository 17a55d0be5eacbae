using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Zones.Staff;

/// <summary>A role that ends by its date counts no more at that instant, by itself; this makes the zone's job come then, so that what rested on the account is let go of.
/// Where it was the last role in the zone the account comes from, that is leaving.</summary>
internal sealed class RoleEnds(CatalogDatabase catalog, UseCase here, Standing standing) : IDoWhatIsDue
{
    public async Task Run(IMediator pipeline, CancellationToken ct)
    {
        if (await pipeline.Send(new Query(), ct) == 0) return;
        await pipeline.Send(new Command(), ct);
        standing.ForgetAll();
    }

    public bool BringsAll => true;

    // Ended by its date or by somebody: named until a visit that began after it has ended well.
    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct)
    {
        var id = here.InZone.Id;
        await using var house = catalog.Lease();
        var done = await ZoneVisit.Done(house, id, ct);
        return await house.Set<RoleGrant>().Where(g => g.Zone == id && g.To > done).MinAsync(g => g.To, ct);
    }

    [Requires(May.RunThePlatform)]
    internal sealed record Query : ICatalogQuery<int>;

    [Requires(May.RunThePlatform)]
    internal sealed record Command : ICatalogCommand<int>, ISensitive;

    internal sealed class QueryHandler(CatalogDbContext house, UseCase here, Ending ending) : IRequestHandler<Query, int>
    {
        public async Task<int> Handle(Query query, CancellationToken ct) => (await ending.LeftByDate(house, here.InZone.Id, ct)).Count;
    }

    internal sealed class Handler(CatalogDbContext house, UseCase here, Ending ending) : IRequestHandler<Command, int>
    {
        public Task<int> Handle(Command command, CancellationToken ct) => ending.ByDate(house, here.InZone.Id, ct);
    }
}
