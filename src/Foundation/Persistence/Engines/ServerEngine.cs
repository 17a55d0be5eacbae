using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Foundation.Persistence.Engines;

/// <summary>What the server engines share: an administering login (<c>Database:Server</c>) that owns and migrates, and for each zone a login that
/// can open the zone's two databases and no others.</summary>
internal abstract class ServerEngine(IConfiguration configuration, HouseModules modules, IHoldTheMasterKey master, TimeProvider clock) : Engine(configuration, modules, clock)
{
    public override bool IsEmbedded => false;
    public override string CatalogConnection => Administering(CatalogName);

    protected string Server => Configuration["Database:Server"] ?? throw new StartRefusedException($"Database:Server is not set. With Database:Engine={Name} it is the connection string of the administering login.");
    protected string Prefix => Configuration["Database:Prefix"] ?? "victimsupport";
    protected string CatalogName => Prefix + "_catalog";
    protected string FiguresName => Prefix + "_figures";
    protected string ZoneName(string code) => $"{Prefix}_{code}";
    protected string KeysName(string code) => $"{Prefix}_{code}_keys";
    protected string LoginOf(string code) => $"{Prefix}_{code}";

    protected abstract AuditDialect Dialect { get; }
    protected abstract DbContextOptionsBuilder Use(DbContextOptionsBuilder builder, string connection);

    /// <summary>The administering login's way into a database of this server.</summary>
    protected abstract string Administering(string database);

    /// <summary>The same, to make and migrate zones: many are made one after the other, and none may keep a connection.</summary>
    protected virtual string Owning(string database) => Administering(database);

    /// <summary>The way in of a login of its own, a zone's or the figures' reader's. Nothing is held for an idle zone: pools start empty and drain.</summary>
    protected abstract string Running(string database, string login, string password);
    protected abstract Task EnsureDatabase(string database, CancellationToken ct);
    protected abstract Task EnsureLogin(string login, string password, CancellationToken ct);

    /// <summary>Lets the login use the database's rows, insert and read audit rows only, and own nothing.</summary>
    protected abstract Task Grant(string database, string login, bool audited, CancellationToken ct);

    public override async Task MigrateHouse(CancellationToken ct)
    {
        await EnsureDatabase(CatalogName, ct);
        await using (var catalog = new CatalogDbContext(For<CatalogDbContext>(Administering(CatalogName)))) await Upgrade(catalog, ct);
        await EnsureDatabase(FiguresName, ct);
        await using var figures = new FiguresDbContext(For<FiguresDbContext>(Administering(FiguresName)));
        await Upgrade(figures, ct);
        await NeverChanged.Guard(figures, FiguresAreNeverChanged, ct);
        await using var published = new PublishedDbContext(For<PublishedDbContext>(Administering(FiguresName)));
        foreach (var (name, select) in PublishedView.Views(published, Yes))
#pragma warning disable EF1002, RS0030 // the names of our own views; raw SQL lives here
            await figures.Database.ExecuteSqlRawAsync(CreateView(name, select), ct);
#pragma warning restore EF1002, RS0030
        var readable = PublishedView.Readable(published);
        await LetRead(FiguresName, FiguresReader, ReadersPassword, readable, [.. figures.Model.GetEntityTypes().Select(e => e.GetTableName()).OfType<string>().Append("__EFMigrationsHistory").Distinct(StringComparer.Ordinal).Except(readable, StringComparer.Ordinal)], ct);
    }

    /// <summary>The login that reads what is published and nothing else. The portal signs in as it for whatever it shows.</summary>
    protected string FiguresReader => Prefix + "_figures_reader";

    // Follows from the master key: every process that holds the key knows it, and it lies nowhere.
    private string ReadersPassword => Convert.ToHexString(HKDF.DeriveKey(HashAlgorithmName.SHA256, master.Key, 24, info: System.Text.Encoding.UTF8.GetBytes(FiguresReader))) + "aA1!";

    /// <summary>As the engine compares a flag with yes.</summary>
    protected abstract string Yes { get; }

    protected abstract string CreateView(string name, string select);

    /// <summary>Makes the login where it is missing, and lets it select from these and from no other; what else it had is taken from it.</summary>
    /// <param name="hidden">Tables it must never read itself, though the views do.</param>
    protected abstract Task LetRead(string database, string login, string password, IReadOnlyList<string> readable, IReadOnlyList<string> hidden, CancellationToken ct);

    public override PublishedDbContext OpenPublished() => new((DbContextOptions<PublishedDbContext>)Use(Options<PublishedDbContext>().UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking), Running(FiguresName, FiguresReader, ReadersPassword)).Options);

    public override FiguresDbContext OpenFigures(bool reading) => new(For<FiguresDbContext>(Administering(FiguresName)));

    /// <summary>Statements that let nobody change or delete a row of a table of the figures; each is a batch of its own.</summary>
    protected abstract IEnumerable<string> FiguresAreNeverChanged(string table);

    public override async Task Beat()
    {
        await using var connection = Dialect.Connect(Dialect.Apart(CatalogConnection));
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT 1";
        await command.ExecuteScalarAsync();
    }

    public override Database<CatalogDbContext> OpenCatalog(Lazy<Chain> chain) =>
        new ServerDatabase<CatalogDbContext>(Administering(CatalogName), b => Use(b, Administering(CatalogName)), Options<CatalogDbContext>, Dialect, chain, Clock);

    public override Database<ZoneDbContext> OpenZone(Placement placement, Lazy<Chain> chain) =>
        new ServerDatabase<ZoneDbContext>(placement.Data, b => Use(b, placement.Data), Options<ZoneDbContext>, Dialect, chain, Clock);

    public override KeyStore KeysOf(Placement placement) => new(() => Dialect.Connect(placement.Keys));

    public override async Task<Placement> CreateZone(string code, Placement? known, CancellationToken ct)
    {
        await EnsureZone(ZoneName(code), ct);
        await MigrateAsOwner(code, ct);
        await EnsureDatabase(KeysName(code), ct);
        await new KeyStore(() => Dialect.Connect(Owning(KeysName(code)))).Create(ct);
        var password = Convert.ToHexString(RandomNumberGenerator.GetBytes(24)) + "aA1!";
        await EnsureLogin(LoginOf(code), password, ct);
        await Grant(ZoneName(code), LoginOf(code), audited: true, ct);
        await Grant(KeysName(code), LoginOf(code), audited: false, ct);
        return new Placement(Running(ZoneName(code), LoginOf(code), password), Running(KeysName(code), LoginOf(code), password));
    }

    public override async Task MigrateZone(string code, Placement placement, CancellationToken ct)
    {
        await MigrateAsOwner(code, ct);
        await Grant(ZoneName(code), LoginOf(code), audited: true, ct);
    }

    public override ZoneDbContext Administer(Placement placement) => new(For<ZoneDbContext>(placement.Data));

    public override ZoneDbContext AdministerAsOwner(string code, Placement placement) => new(For<ZoneDbContext>(Owning(ZoneName(code))));

    /// <summary>Makes a zone's database where it is missing; with its tables, where the engine copies a database faster than it makes one.</summary>
    protected virtual Task EnsureZone(string database, CancellationToken ct) => EnsureDatabase(database, ct);

    private async Task MigrateAsOwner(string code, CancellationToken ct)
    {
        await using var zone = new ZoneDbContext(For<ZoneDbContext>(Owning(ZoneName(code))));
        await Upgrade(zone, ct);
    }

    protected DbContextOptions<TContext> For<TContext>(string connection) where TContext : DbContext => (DbContextOptions<TContext>)Use(Options<TContext>(), connection).Options;
}
