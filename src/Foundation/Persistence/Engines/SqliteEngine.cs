using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Foundation.Persistence.Engines;

/// <summary>Embedded mode: a file per zone in the data folder, one process.</summary>
internal sealed class SqliteEngine(IConfiguration configuration, HouseModules modules, DataFolder folder, TimeProvider clock) : Engine(configuration, modules, clock)
{
    // SQLite counts what it allocates under one lock of the process, and nobody reads the count.
    static SqliteEngine()
    {
        SQLitePCL.Batteries_V2.Init();
        SQLitePCL.raw.sqlite3_config(SQLitePCL.raw.SQLITE_CONFIG_MEMSTATUS, 0);
    }

    public override string Name => "sqlite";
    public override bool IsEmbedded => true;
    public override string CatalogConnection => SqliteFiles.Writing(Catalog);

    private string Catalog => Path.Combine(folder.Path, "catalog.db");
    private string Figures => Path.Combine(folder.Path, "figures.db");
    public override Placement DefaultPlacement(string code) => new(Path.Combine(folder.Sub("zones"), code + ".db"), Path.Combine(folder.Sub("zones"), code + ".keys.db"));

    public override async Task MigrateHouse(CancellationToken ct)
    {
        await using (var catalog = new CatalogDbContext(Writing<CatalogDbContext>(Catalog))) await Upgrade(catalog, ct);
        SqliteFiles.MakeReady(Catalog, audited: true);
        await using (var figures = new FiguresDbContext(Writing<FiguresDbContext>(Figures))) await Upgrade(figures, ct);
        SqliteFiles.MakeReady(Figures, audited: false);
        await using var published = OpenFigures(reading: false);
        await NeverChanged.Guard(published, NeverChanged.OnSqlite, ct);
        await using var readable = OpenPublished();
        foreach (var (name, select) in PublishedView.Views(readable, "1"))
        {
#pragma warning disable EF1002, RS0030 // the names of our own views; raw SQL lives here
            await published.Database.ExecuteSqlRawAsync($"DROP VIEW IF EXISTS {name}", ct);
            await published.Database.ExecuteSqlRawAsync($"CREATE VIEW {name} AS {select}", ct);
#pragma warning restore EF1002, RS0030
        }
    }

    public override PublishedDbContext OpenPublished() => new((DbContextOptions<PublishedDbContext>)Options<PublishedDbContext>().UseSqlite(SqliteFiles.Reading(Figures)).UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking).Options);

    public override FiguresDbContext OpenFigures(bool reading) => reading
        ? new((DbContextOptions<FiguresDbContext>)Options<FiguresDbContext>().UseSqlite(SqliteFiles.Reading(Figures)).Options)
        : new(Writing<FiguresDbContext>(Figures));

    public override Database<CatalogDbContext> OpenCatalog(Lazy<Chain> chain) => new SqliteDatabase<CatalogDbContext>(Catalog, Options<CatalogDbContext>, chain, Clock);
    public override Database<ZoneDbContext> OpenZone(Placement placement, Lazy<Chain> chain) => new SqliteDatabase<ZoneDbContext>(placement.Data, Options<ZoneDbContext>, chain, Clock);

    public override KeyStore KeysOf(Placement placement)
    {
        var connection = new SqliteConnectionStringBuilder { DataSource = placement.Keys }.ToString();
        return new KeyStore(() => new SqliteConnection(connection));
    }

    public override async Task<Placement> CreateZone(string code, Placement? known, CancellationToken ct)
    {
        var placement = known ?? DefaultPlacement(code);
        if (!File.Exists(placement.Data))
        {
            // Copied under another name first: a kill in mid-copy leaves no half database under the zone's name.
            var half = placement.Data + ".new";
            File.Copy(await Template(ct), half, overwrite: true);
            File.Move(half, placement.Data);
            SqliteFiles.MakeReady(placement.Data, audited: true);
        }
        await KeysOf(placement).Create(ct);
        return placement;
    }

    public override async Task MigrateZone(string code, Placement placement, CancellationToken ct)
    {
        await using (var zone = Administer(placement)) await Upgrade(zone, ct);
        SqliteFiles.MakeReady(placement.Data, audited: true);
    }

    public override ZoneDbContext Administer(Placement placement) => new(Writing<ZoneDbContext>(placement.Data));

    // A migrated empty zone, made once per schema and copied for each zone: thirty times faster than migrating each.
    private async Task<string> Template(CancellationToken ct)
    {
        var half = Path.Combine(folder.Sub("templates"), Guid.NewGuid() + ".db");
        await using var zone = new ZoneDbContext(Writing<ZoneDbContext>(half));
        var file = Path.Combine(folder.Sub("templates"), $"zone-{SchemaOf(zone)}.db");
        if (File.Exists(file)) return file;
        await Upgrade(zone, ct);
        await zone.Database.CloseConnectionAsync();
        using (var one = new SqliteConnection(SqliteFiles.Writing(half)))
        {
            one.Open();
            using var command = one.CreateCommand();
            command.CommandText = "PRAGMA journal_mode=DELETE;"; // one file without a log beside it can be copied
            command.ExecuteNonQuery();
        }
        File.Move(half, file, overwrite: true);
        return file;
    }

    private DbContextOptions<TContext> Writing<TContext>(string file) where TContext : DbContext =>
        (DbContextOptions<TContext>)Options<TContext>().UseSqlite(SqliteFiles.Writing(file), o => o.MigrationsAssembly("VictimSupport.Migrations.Sqlite")).Options;
}
