using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Npgsql;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Foundation.Persistence.Engines;

/// <summary>PostgreSQL: the server engine that runs on a developer's machine.</summary>
internal sealed class PostgreSqlEngine(IConfiguration configuration, HouseModules modules, IHoldTheMasterKey master, TimeProvider clock) : ServerEngine(configuration, modules, master, clock)
{
    // A list of known length looks cheaper to the server than one of unknown length, so it planned anew each search what it had planned; what is asked here goes by keys. In front: the operator's own word wins.
    private const string KeepPlans = "-c plan_cache_mode=force_generic_plan";

    public override string Name => "postgresql";
    private int IdleSeconds => Configuration.GetValue("Database:IdleSeconds", 60);
    protected override AuditDialect Dialect { get; } = new PostgreSqlDialect();

    protected override DbContextOptionsBuilder Use(DbContextOptionsBuilder builder, string connection) =>
        builder.UseNpgsql(connection, o => o.MigrationsAssembly("VictimSupport.Migrations.PostgreSql").MaxBatchSize(MaxBatchSize));

    protected override string Administering(string database)
    {
        var server = new NpgsqlConnectionStringBuilder(Server);
        if (server.NoResetOnClose) throw new StartRefusedException("Database:Server says 'No Reset On Close': session settings would leak to the next user of a pooled connection.");
        server.Database = database;
        server["Server Compatibility Mode"] = "NoTypeLoading";
        return server.ToString();
    }

    protected override string Owning(string database) => new NpgsqlConnectionStringBuilder(Administering(database)) { MinPoolSize = 0, ConnectionIdleLifetime = 2, ConnectionPruningInterval = 1 }.ToString();

    protected override string Running(string database, string login, string password) => new NpgsqlConnectionStringBuilder(Server)
    {
        Database = database, Username = login, Password = password, Options = $"{KeepPlans} {new NpgsqlConnectionStringBuilder(Server).Options}".TrimEnd(), MinPoolSize = 0, MaxAutoPrepare = 60, MaxPoolSize = Configuration.GetValue("Database:PoolPerZone", 24), ConnectionIdleLifetime = IdleSeconds, ConnectionPruningInterval = Math.Max(1, IdleSeconds / 6),
    }.ToString() + ";Server Compatibility Mode=NoTypeLoading";

    protected override Task EnsureDatabase(string database, CancellationToken ct) => Ensure(database, (_, _) => Task.FromResult("template1"), ct);

    protected override Task EnsureZone(string database, CancellationToken ct) => Ensure(database, Template, ct);

    private async Task Ensure(string database, Func<NpgsqlConnection, CancellationToken, Task<string>> template, CancellationToken ct)
    {
        await using var connection = await Open("postgres", ct);
        if (!await Exists(connection, database, ct)) await Run(connection, $"CREATE DATABASE {Quote(database)} TEMPLATE {Quote(await template(connection, ct))}", ct);
        // Whoever made it may have been cut off before this. Asked first: two processes that start together would both write it, and one would fail.
        if (await Any(connection, "SELECT 1 FROM pg_database WHERE datname = @name AND has_database_privilege('public', oid, 'CONNECT')", database, ct)) await Run(connection, $"REVOKE ALL ON DATABASE {Quote(database)} FROM PUBLIC", ct);
    }

    // A migrated empty zone, made once per schema and copied for each zone. One process at a time; what was cut off is made again.
    private async Task<string> Template(NpgsqlConnection connection, CancellationToken ct)
    {
        var half = Prefix + "_template";
        await using var zone = new ZoneDbContext(For<ZoneDbContext>(Owning(half)));
        var template = $"{half}_{SchemaOf(zone).Split('_')[0]}"; // a name has 63 letters
        if (await Exists(connection, template, ct)) return template;
        await using var alone = await Open("postgres", ct, alone: true);
        // Until the connection closes; another process may take long.
        await Run(alone, $"SELECT pg_advisory_lock(hashtext('{half}'))", ct, seconds: 0);
        if (await Exists(alone, template, ct)) return template;
        await using var pool = new NpgsqlConnection(Owning(half));
        NpgsqlConnection.ClearPool(pool);
        await Run(alone, $"DROP DATABASE IF EXISTS {Quote(half)} WITH (FORCE)", ct);
        await EnsureDatabase(half, ct);
        await Upgrade(zone, ct);
        // Who were connected to it could keep it from being copied.
        await Run(alone, $"ALTER DATABASE {Quote(half)} WITH ALLOW_CONNECTIONS false", ct);
        NpgsqlConnection.ClearPool(pool);
        await Run(alone, $"ALTER DATABASE {Quote(half)} RENAME TO {Quote(template)}", ct);
        return template;
    }

    private static Task<bool> Exists(NpgsqlConnection connection, string database, CancellationToken ct) => Any(connection, "SELECT 1 FROM pg_database WHERE datname = @name", database, ct);

    private static async Task<bool> Any(NpgsqlConnection connection, string sql, string database, CancellationToken ct)
    {
        await using var known = new NpgsqlCommand(sql, connection);
        known.Parameters.AddWithValue("name", database);
        return await known.ExecuteScalarAsync(ct) is not null;
    }

    protected override async Task EnsureLogin(string login, string password, CancellationToken ct)
    {
        await using var connection = await Open("postgres", ct);
        await using var known = new NpgsqlCommand("SELECT 1 FROM pg_roles WHERE rolname = @name", connection);
        known.Parameters.AddWithValue("name", login);
        var verb = await known.ExecuteScalarAsync(ct) is null ? "CREATE" : "ALTER";
        // Role statements take no parameters; the password is hexadecimal of our own making.
        await Run(connection, $"{verb} ROLE {Quote(login)} WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT PASSWORD '{password}'", ct);
    }

    protected override async Task Grant(string database, string login, bool audited, CancellationToken ct)
    {
        await using var connection = await Open(database, ct);
        await Run(connection, $"""
            GRANT CONNECT ON DATABASE {Quote(database)} TO {Quote(login)};
            GRANT USAGE ON SCHEMA public TO {Quote(login)};
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {Quote(login)};
            GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {Quote(login)};
            """ + (audited ? $"REVOKE UPDATE, DELETE, TRUNCATE ON audit FROM {Quote(login)}; REVOKE DELETE, TRUNCATE ON audit_head FROM {Quote(login)}; REVOKE INSERT, UPDATE, DELETE ON seal, \"__EFMigrationsHistory\" FROM {Quote(login)};" : ""), ct);
    }

    protected override IEnumerable<string> FiguresAreNeverChanged(string table) => NeverChanged.OnPostgreSql(table);

    protected override string Yes => "TRUE";

    protected override string CreateView(string name, string select) => $"CREATE OR REPLACE VIEW {name} AS {select}";

    protected override async Task LetRead(string database, string login, string password, IReadOnlyList<string> readable, IReadOnlyList<string> hidden, CancellationToken ct)
    {
        await using var connection = await Open(database, ct, alone: true);
        // Another process may do the same at the same moment: one after the other, until the connection closes. Role statements take no parameters; the password is hexadecimal of our own making.
        await Run(connection, $"""
            SELECT pg_advisory_lock(hashtext('{login}'));
            DO $$ BEGIN
              IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{login}') THEN CREATE ROLE {Quote(login)}; END IF;
            END $$;
            ALTER ROLE {Quote(login)} WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT PASSWORD '{password}';
            ALTER ROLE {Quote(login)} SET default_transaction_read_only = on;
            REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {Quote(login)};
            REVOKE ALL ON SCHEMA public FROM {Quote(login)};
            GRANT CONNECT ON DATABASE {Quote(database)} TO {Quote(login)};
            GRANT USAGE ON SCHEMA public TO {Quote(login)};
            GRANT SELECT ON {string.Join(", ", readable.Select(Quote))} TO {Quote(login)};
            """, ct);
    }

    private async Task<NpgsqlConnection> Open(string database, CancellationToken ct, bool alone = false)
    {
        var connection = new NpgsqlConnection(alone ? new NpgsqlConnectionStringBuilder(Administering(database)) { Pooling = false }.ToString() : Owning(database));
        await connection.OpenAsync(ct);
        return connection;
    }

    private static async Task Run(NpgsqlConnection connection, string sql, CancellationToken ct, int? seconds = null)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        if (seconds is { } limit) command.CommandTimeout = limit;
        await command.ExecuteNonQueryAsync(ct);
    }

    private static string Quote(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
}
