using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Zones.Onboarding;

/// <summary>What is answered so far, for the pages of the wizard.</summary>
internal static class Draft
{
    [Requires(May.RunThePlatform)]
    internal sealed record Query(Guid Draft) : ICatalogQuery<ZoneDraft>;

    [Requires(May.RunThePlatform)]
    internal sealed record OpenQuery : ICatalogQuery<IReadOnlyList<ZoneDraft>>;

    internal sealed class Handler(CatalogDbContext house) : IRequestHandler<Query, ZoneDraft>
    {
        public Task<ZoneDraft> Handle(Query query, CancellationToken ct) => Of(house, query.Draft, ct);
    }

    internal sealed class OpenHandler(CatalogDbContext house) : IRequestHandler<OpenQuery, IReadOnlyList<ZoneDraft>>
    {
        public async Task<IReadOnlyList<ZoneDraft>> Handle(OpenQuery query, CancellationToken ct) => await house.Set<ZoneDraft>().AsNoTracking().Where(d => d.Finished == null).OrderBy(d => d.Id).ToListAsync(ct);
    }

    /// <exception cref="RefusedException">There is none.</exception>
    public static async Task<ZoneDraft> Of(CatalogDbContext house, Guid id, CancellationToken ct) =>
        await house.Set<ZoneDraft>().SingleOrDefaultAsync(d => d.Id == id, ct) ?? throw new RefusedException("absent", id);

    /// <summary>The page of a step.</summary>
    public static string PageOf(Step step) => "/Zones/Onboarding/" + step;
}
