using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Identity.Clients;

/// <summary>A client that this zone lets in, or outside every zone the platform, for the token server.</summary>
internal static class FindClient
{
    [Open("the token server asks before anybody is known")]
    internal sealed record Query : ICatalogQuery<ApiClient?>
    {
        internal Guid? Zone { get; init; }
        internal Guid Client { get; init; }
    }

    internal sealed class Handler(CatalogDbContext house) : IRequestHandler<Query, ApiClient?>
    {
        public Task<ApiClient?> Handle(Query query, CancellationToken ct) =>
            house.Set<ApiClient>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == query.Client && c.Zone == query.Zone && c.Ended == null, ct);
    }
}
