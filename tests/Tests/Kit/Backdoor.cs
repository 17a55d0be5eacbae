using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Persistence.Engines;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Tests.Kit;

/// <summary>What somebody can do who holds the database itself: the attacker of the audit and secrecy tests. Never used to arrange an ordinary test.</summary>
public static class Backdoor
{
    /// <summary>A connection to the zone's database that no rule of the product restrains.</summary>
    public static async Task<DbConnection> Break(this TestZone zone)
    {
        DbConnection connection = zone.Platform.Engine == "sqlite"
            ? new SqliteConnection($"Data Source={FileOf(zone)};Pooling=False")
            : new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Environment.GetEnvironmentVariable("VS_TEST_POSTGRES")) { Database = DatabaseOf(zone), Pooling = false }.ToString());
        await connection.OpenAsync();
        if (connection is SqliteConnection) await connection.Do("DROP TRIGGER IF EXISTS audit_no_update; DROP TRIGGER IF EXISTS audit_no_delete;");
        return connection;
    }

    /// <summary>The zone's own credentials, as the product uses them.</summary>
    public static string OwnConnection(this TestZone zone) => PlacementOf(zone).Data;

    public static string FileOf(TestZone zone) => PlacementOf(zone).Data;
    public static string KeyFileOf(TestZone zone) => PlacementOf(zone).Keys;

    public static async Task<int> Do(this DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteNonQueryAsync();
    }

    private static Placement PlacementOf(TestZone zone) => zone.Platform.Services.GetRequiredService<ZoneRegistry>().PlacementOf(zone.Handle.Record);
    private static string DatabaseOf(TestZone zone) => new NpgsqlConnectionStringBuilder(PlacementOf(zone).Data).Database!;
}
