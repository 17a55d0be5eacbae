using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Foundation.Persistence.Engines;

/// <summary>SQL Server: the production engine of the brief. Its statements are parsed in the suite and run in the pipeline, where a server is.</summary>
internal sealed class SqlServerEngine(IConfiguration configuration, HouseModules modules, IHoldTheMasterKey master, TimeProvider clock) : ServerEngine(configuration, modules, master, clock)
{
    public override string Name => "sqlserver";
    protected override AuditDialect Dialect { get; } = new SqlServerDialect();

    protected override DbContextOptionsBuilder Use(DbContextOptionsBuilder builder, string connection) =>
        builder.UseSqlServer(connection, o => o.MigrationsAssembly("VictimSupport.Migrations.SqlServer").MaxBatchSize(MaxBatchSize));

    protected override string Administering(string database) => new SqlConnectionStringBuilder(Server) { InitialCatalog = database }.ToString();

    protected override string Running(string database, string login, string password) => new SqlConnectionStringBuilder(Server)
    {
        InitialCatalog = database, UserID = login, Password = password, IntegratedSecurity = false, MinPoolSize = 0, MaxPoolSize = Configuration.GetValue("Database:PoolPerZone", 24),
    }.ToString();

    protected override async Task EnsureDatabase(string database, CancellationToken ct) => await Run("master", CreateDatabase(database), ct);
    protected override async Task EnsureLogin(string login, string password, CancellationToken ct) => await Run("master", CreateLogin(login, password), ct);
    protected override async Task Grant(string database, string login, bool audited, CancellationToken ct) => await Run(database, GrantTo(login, audited), ct);

    protected override IEnumerable<string> FiguresAreNeverChanged(string table) => NeverChanged.OnSqlServer(table);

    protected override string Yes => "1";

    protected override string CreateView(string name, string select) => CreateViewOf(name, select);

    protected override async Task LetRead(string database, string login, string password, IReadOnlyList<string> readable, IReadOnlyList<string> hidden, CancellationToken ct)
    {
        await EnsureLogin(login, password, ct);
        await Run(database, LetReadOnly(login, readable, hidden), ct);
    }

    internal static string CreateViewOf(string name, string select) => $"CREATE OR ALTER VIEW dbo.{name} AS {select}";

    // The view reads its tables as their owner, so what is denied to its reader does not stop it.
    internal static string LetReadOnly(string login, IEnumerable<string> readable, IEnumerable<string> hidden) => $"""
        IF USER_ID(N'{login}') IS NULL CREATE USER [{login}] FOR LOGIN [{login}];
        REVOKE SELECT, INSERT, UPDATE, DELETE ON SCHEMA::dbo FROM [{login}];
        DENY INSERT, UPDATE, DELETE, ALTER ON SCHEMA::dbo TO [{login}];
        {string.Join('\n', readable.Select(r => $"GRANT SELECT ON dbo.[{r}] TO [{login}];"))}
        {string.Join('\n', hidden.Select(h => $"DENY SELECT ON dbo.[{h}] TO [{login}];"))}
        """;

    internal static string CreateDatabase(string database) => $"IF DB_ID(N'{database}') IS NULL CREATE DATABASE [{database}]";

    internal static string CreateLogin(string login, string password) => $"""
        IF SUSER_ID(N'{login}') IS NULL CREATE LOGIN [{login}] WITH PASSWORD = N'{password}', CHECK_POLICY = OFF
        ELSE ALTER LOGIN [{login}] WITH PASSWORD = N'{password}'
        """;

    internal static string GrantTo(string login, bool audited) => $"""
        IF USER_ID(N'{login}') IS NULL CREATE USER [{login}] FOR LOGIN [{login}];
        GRANT SELECT, INSERT, UPDATE, DELETE ON SCHEMA::dbo TO [{login}];
        """ + (audited ? $"""

        DENY UPDATE, DELETE ON dbo.audit TO [{login}];
        DENY DELETE ON dbo.audit_head TO [{login}];
        DENY INSERT, UPDATE, DELETE ON dbo.seal TO [{login}];
        """ : "");

    private async Task Run(string database, string sql, CancellationToken ct)
    {
        await using var connection = new SqlConnection(Administering(database));
        await connection.OpenAsync(ct);
        await using var command = new SqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }
}
