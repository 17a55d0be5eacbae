using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;
using VictimSupport.Identity.Contracts;
using VictimSupport.Identity.Invitations;

namespace VictimSupport.Identity.Federations;

/// <summary>Federations that count now: confirmed, not ended, their provider and tenant still on the platform's list, their zone active.</summary>
internal static class Counting
{
    public static IQueryable<Federation> Federations(this CatalogDbContext house) => house.Set<Federation>().Where(f => f.Confirmed != null && f.Ended == null
        && house.Set<AllowedProvider>().Any(p => p.Issuer == f.Issuer && p.Tenant == f.Tenant && p.Ended == null) && house.Set<ZoneRecord>().Any(z => z.Id == f.Zone && z.State == ZoneState.Active));

    /// <exception cref="RefusedException">It does not count.</exception>
    public static async Task<Federation> Federation(this CatalogDbContext house, Guid id, CancellationToken ct) =>
        await house.Federations().SingleOrDefaultAsync(f => f.Id == id, ct) ?? throw new RefusedException("federation", id);
}

internal sealed class ProvidersOfZones : IKnowProviders
{
    public Task<bool> Has(CatalogDbContext house, Guid zone, CancellationToken ct) => house.Federations().AnyAsync(f => f.Zone == zone, ct);
}

/// <summary>Which providers stand open: for a domain, for some zones, or one by its id.</summary>
internal static class Find
{
    [Open("says which provider an address of this domain leads to; of no account")]
    internal sealed record ByDomain : ICatalogQuery<IReadOnlyList<Federation>>
    {
        internal string Domain { get; init; } = "";
    }

    [Open("asked by our own pages")]
    internal sealed record ById : ICatalogQuery<Federation?>
    {
        internal Guid Id { get; init; }
    }

    [Open("the link is the key")]
    internal sealed record ForInvitation : ICatalogQuery<IReadOnlyList<Federation>>
    {
        internal string Token { get; init; } = "";
    }

    internal sealed class ForInvitationHandler(CatalogDbContext house, Door door) : IRequestHandler<ForInvitation, IReadOnlyList<Federation>>
    {
        public async Task<IReadOnlyList<Federation>> Handle(ForInvitation query, CancellationToken ct) =>
            await door.Find(house, query.Token, ct) is { } found ? await house.Federations().AsNoTracking().Where(f => f.Zone == found.Invitation.Zone).ToListAsync(ct) : [];
    }

    internal sealed class ByDomainHandler(CatalogDbContext house) : IRequestHandler<ByDomain, IReadOnlyList<Federation>>
    {
        public async Task<IReadOnlyList<Federation>> Handle(ByDomain query, CancellationToken ct)
        {
            var domain = query.Domain.ToLowerInvariant();
            return [.. (await house.Federations().AsNoTracking().ToListAsync(ct)).Where(f => f.Domains.Contains(domain)).OrderBy(f => f.Name, StringComparer.CurrentCulture)];
        }
    }

    internal sealed class ByIdHandler(CatalogDbContext house) : IRequestHandler<ById, Federation?>
    {
        public Task<Federation?> Handle(ById query, CancellationToken ct) => house.Federations().AsNoTracking().SingleOrDefaultAsync(f => f.Id == query.Id, ct);
    }
}
