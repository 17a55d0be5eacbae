using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Zones.Staff;

/// <summary>A role that ends by its date counts no more at that instant, by itself; this makes the zone's job come then, so that what rested on the account is let go of.</summary>
internal sealed class RoleEnds(CatalogDatabase catalog, UseCase here, TimeProvider clock) : IDoWhatIsDue
{
    public Task Run(IMediator pipeline, CancellationToken ct) => Task.CompletedTask;

    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct)
    {
        var (now, id) = (clock.GetUtcNow(), here.InZone.Id);
        await using var house = catalog.Lease();
        return await house.Set<RoleGrant>().Where(g => g.Zone == id && g.To != null && g.To > now).OrderBy(g => g.To).Select(g => g.To).FirstOrDefaultAsync(ct);
    }
}
