using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.Extensions.Configuration;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Foundation.Persistence.Engines;

/// <summary>Where one zone's data lie. In embedded mode files, on a server connection strings with the zone's own credentials.</summary>
/// <param name="Data">The zone's database.</param>
/// <param name="Keys">The zone's key store, apart from it.</param>
internal sealed record Placement(string Data, string Keys);

/// <summary>A database engine: everything that differs between SQLite, PostgreSQL and SQL Server. Chosen by <c>Database:Engine</c>.</summary>
internal abstract class Engine(IConfiguration configuration, HouseModules modules, TimeProvider clock)
{
    public abstract string Name { get; }
    protected IConfiguration Configuration => configuration;
    protected TimeProvider Clock => clock;

    /// <summary>Statements a batch may hold; some servers that speak TDS lack MERGE and need 1.</summary>
    protected int MaxBatchSize => configuration.GetValue("Database:MaxBatchSize", 42);

    /// <summary>Creates or upgrades the catalogue and figures databases.</summary>
    public abstract Task MigrateHouse(CancellationToken ct);
    public abstract Database<CatalogDbContext> OpenCatalog(Lazy<Chain> chain);
    public abstract string CatalogConnection { get; }

    /// <summary>A context on the figures, which have no zone, no key and no audit chain.</summary>
    /// <param name="reading">Where the engine can, one that cannot write.</param>
    public abstract FiguresDbContext OpenFigures(bool reading);

    /// <summary>A context on what is published of the figures, which can read nothing else.</summary>
    public abstract PublishedDbContext OpenPublished();

    /// <summary>Embedded mode allows one process; a server engine any number.</summary>
    public abstract bool IsEmbedded { get; }

    /// <summary>Asks the server for a sign of life.</summary>
    public virtual Task Beat() => Task.CompletedTask;

    /// <summary>Makes a zone's database and key store with credentials of their own; what exists already is left as it is.</summary>
    public abstract Task<Placement> CreateZone(string code, Placement? known, CancellationToken ct);

    /// <summary>Brings an existing zone database to the current schema.</summary>
    public abstract Task MigrateZone(string code, Placement placement, CancellationToken ct);
    public abstract Database<ZoneDbContext> OpenZone(Placement placement, Lazy<Chain> chain);
    public abstract KeyStore KeysOf(Placement placement);

    /// <summary>Where a zone is whose record names no place: embedded mode names files after the code.</summary>
    public virtual Placement? DefaultPlacement(string code) => null;

    /// <summary>A context on a zone's database outside any request, with the zone's own credentials: to check its seal.</summary>
    public abstract ZoneDbContext Administer(Placement placement);

    /// <summary>The same as the owner, who may set the seal.</summary>
    public virtual ZoneDbContext AdministerAsOwner(string code, Placement placement) => Administer(placement);

    /// <summary>Brings a database to the current schema.</summary>
    /// <exception cref="StartRefusedException">It was made by another version: until 1.0 there is one migration and no way from one to the next.</exception>
    protected static async Task Upgrade(DbContext context, CancellationToken ct)
    {
        var known = context.Database.GetMigrations().ToHashSet(StringComparer.Ordinal);
        var applied = (await Applied(context, ct)).ToHashSet(StringComparer.Ordinal);
        if (applied.FirstOrDefault(m => !known.Contains(m)) is { } foreign)
            throw new StartRefusedException($"The data were made by another version of the program (migration {foreign}). Until 1.0 they cannot be upgraded: start with an empty data folder or server.");
        // Comparing models before every start costs more than the rest of it.
        if (applied.Count < known.Count) await context.Database.MigrateAsync(ct);
    }

    /// <summary>The name of the schema this program brings a database to.</summary>
    protected static string SchemaOf(DbContext context) => context.Database.GetMigrations().LastOrDefault() ?? "none";

    private static async Task<IEnumerable<string>> Applied(DbContext context, CancellationToken ct) =>
        await context.GetService<Microsoft.EntityFrameworkCore.Storage.IRelationalDatabaseCreator>().ExistsAsync(ct) ? await context.Database.GetAppliedMigrationsAsync(ct) : [];

    protected DbContextOptionsBuilder<TContext> Options<TContext>() where TContext : DbContext
    {
        var builder = new DbContextOptionsBuilder<TContext>().AddInterceptors(Sealing.Instance).ReplaceService<IStructuralTypeMaterializerSource, SealedMaterializer>().EnableDetailedErrors(false).EnableSensitiveDataLogging(false)
            .ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning)); // a test compares; at each start and each zone it costs more than the rest
        ((IDbContextOptionsBuilderInfrastructure)builder).AddOrUpdateExtension(new ModulesExtension(modules.Assemblies));
        return builder;
    }

    public static Engine Choose(IConfiguration configuration, HouseModules modules, DataFolder folder, IHoldTheMasterKey master, TimeProvider clock) => (configuration["Database:Engine"] ?? "sqlite").ToLowerInvariant() switch
    {
        "sqlite" => new SqliteEngine(configuration, modules, folder, clock),
        "postgresql" => new PostgreSqlEngine(configuration, modules, master, clock),
        "sqlserver" => new SqlServerEngine(configuration, modules, master, clock),
        var other => throw new StartRefusedException($"Database:Engine is '{other}'. It may be sqlite, postgresql or sqlserver."),
    };
}
