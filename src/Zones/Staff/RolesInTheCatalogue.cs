using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Demo;

namespace VictimSupport.Zones.Staff;

/// <summary>Roles as they stand in the transaction that asks, not as somebody remembers them.</summary>
internal sealed class RolesInTheCatalogue(IConfiguration configuration, IHostEnvironment environment) : IKnowRoles
{
    private readonly bool demo = Stories.AreTold(configuration, environment);

    public async Task<IReadOnlySet<Role>> Of(CatalogDbContext house, Guid account, Guid? zone, DateTimeOffset now, CancellationToken ct) =>
        (await house.Grants(demo).Where(g => g.Account == account && g.Zone == zone).ToListAsync(ct)).Where(g => g.Counts(now)).Select(g => g.Role).ToHashSet();

    public async Task<IReadOnlyList<Guid>> ZonesOf(CatalogDbContext house, Guid account, DateTimeOffset now, CancellationToken ct) =>
        [.. (await house.Grants(demo).Where(g => g.Account == account && g.Zone != null).ToListAsync(ct)).Where(g => g.Counts(now)).Select(g => g.Zone!.Value).Distinct()];

    public async Task<IReadOnlyDictionary<Guid, IReadOnlySet<Role>>> StaffOf(CatalogDbContext house, Guid zone, DateTimeOffset now, CancellationToken ct) =>
        (await house.Grants(demo).Where(g => g.Zone == zone).ToListAsync(ct)).Where(g => g.Counts(now)).GroupBy(g => g.Account)
            .ToDictionary(own => own.Key, own => (IReadOnlySet<Role>)own.Select(g => g.Role).ToHashSet());
}
