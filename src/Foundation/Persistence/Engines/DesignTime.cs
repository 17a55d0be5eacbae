using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace VictimSupport.Foundation.Persistence.Engines;

/// <summary>The engines a migration is written for.</summary>
public enum DesignTimeEngine { Sqlite, SqlServer, PostgreSql }

/// <summary>Contexts for the migration tool: the model with its engine, and a connection that is never opened.</summary>
public static class DesignTime
{
    public static CatalogDbContext Catalog(DesignTimeEngine engine, params Assembly[] modules) => new(For<CatalogDbContext>(engine, modules));
    public static ZoneDbContext Zone(DesignTimeEngine engine, params Assembly[] modules) => new(For<ZoneDbContext>(engine, modules));
    public static FiguresDbContext Figures(DesignTimeEngine engine, params Assembly[] modules) => new(For<FiguresDbContext>(engine, modules));

    private static DbContextOptions<TContext> For<TContext>(DesignTimeEngine engine, Assembly[] modules) where TContext : DbContext
    {
        var builder = new DbContextOptionsBuilder<TContext>();
        ((IDbContextOptionsBuilderInfrastructure)builder).AddOrUpdateExtension(new ModulesExtension(modules));
        _ = engine switch
        {
            DesignTimeEngine.Sqlite => builder.UseSqlite("Data Source=:memory:", o => o.MigrationsAssembly("VictimSupport.Migrations.Sqlite")),
            DesignTimeEngine.SqlServer => builder.UseSqlServer("Server=localhost", o => o.MigrationsAssembly("VictimSupport.Migrations.SqlServer")),
            _ => builder.UseNpgsql("Host=localhost", o => o.MigrationsAssembly("VictimSupport.Migrations.PostgreSql")),
        };
        return builder.Options;
    }
}
