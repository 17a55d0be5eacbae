using Microsoft.EntityFrameworkCore.Design;
using VictimSupport.Casework;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Persistence.Engines;
using VictimSupport.Identity;
using VictimSupport.Network;
using VictimSupport.OnCall;
using VictimSupport.Privacy;
using VictimSupport.PublicDesk;
using VictimSupport.Statistics;
using VictimSupport.Zones;

namespace VictimSupport.Migrations.PostgreSql;

// For `dotnet ef` only; no server is contacted.
internal sealed class CatalogAtDesignTime : IDesignTimeDbContextFactory<CatalogDbContext>
{
    public CatalogDbContext CreateDbContext(string[] args) => DesignTime.Catalog(DesignTimeEngine.PostgreSql, House.Modules);
}

internal sealed class ZoneAtDesignTime : IDesignTimeDbContextFactory<ZoneDbContext>
{
    public ZoneDbContext CreateDbContext(string[] args) => DesignTime.Zone(DesignTimeEngine.PostgreSql, House.Modules);
}

internal sealed class FiguresAtDesignTime : IDesignTimeDbContextFactory<FiguresDbContext>
{
    public FiguresDbContext CreateDbContext(string[] args) => DesignTime.Figures(DesignTimeEngine.PostgreSql, House.Modules);
}

internal static class House
{
    public static readonly System.Reflection.Assembly[] Modules = [typeof(IdentityModule).Assembly, typeof(ZonesModule).Assembly, typeof(NetworkModule).Assembly, typeof(PublicDeskModule).Assembly, typeof(CaseworkModule).Assembly, typeof(OnCallModule).Assembly, typeof(PrivacyModule).Assembly, typeof(StatisticsModule).Assembly];
}
