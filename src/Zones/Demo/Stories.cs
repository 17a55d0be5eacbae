using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Zones.Demo;

/// <summary>What a story gave counts where stories are told, and nowhere else.</summary>
internal static class Stories
{
    public static bool AreTold(IConfiguration configuration, IHostEnvironment environment) => environment.IsDevelopment() && configuration.GetValue("Demo:Enabled", true);

    /// <summary>Roles, those of stories only where they are told.</summary>
    public static IQueryable<RoleGrant> Grants(this CatalogDbContext house, bool told) => house.Set<RoleGrant>().AsNoTracking().Where(g => told || g.Reason != RoleGrant.Demo);
}

/// <summary>A house that told stories once and starts without them begins with none of their roles: nobody invented stands in for an administrator, confirms or is reviewed.</summary>
internal sealed class EndStories(CatalogDatabase catalog, IConfiguration configuration, IHostEnvironment environment, TimeProvider clock) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (Stories.AreTold(configuration, environment)) return;
        var now = clock.GetUtcNow();
        await using (var house = catalog.Lease())
        {
            if (!await Invented(house, now).AnyAsync(cancellationToken)) return;
        }
        await catalog.WriteAsPlatform("Zones.EndStories", null, async house =>
        {
            foreach (var grant in await Invented(house, now).ToListAsync(cancellationToken)) grant.End(null, now);
            return true;
        }, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static IQueryable<RoleGrant> Invented(CatalogDbContext house, DateTimeOffset now) => house.Set<RoleGrant>().Where(g => g.Reason == RoleGrant.Demo && (g.To == null || g.To > now));
}
