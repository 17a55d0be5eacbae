using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using VictimSupport.Foundation.Modules;

namespace VictimSupport.Foundation.Persistence.Engines;

/// <summary>SQL Server: the production engine of the brief. Its statements are parsed in the suite and run in the pipeline, where a server is.</summary>
internal sealed class SqlServerEngine(IConfiguration configuration, HouseModules modules, TimeProvider clock) : ServerEngine(configuration, modules, clock)
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
