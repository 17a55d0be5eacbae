using System.Data.Common;
using Npgsql;

namespace VictimSupport.Benchmarks.Reference;

/// <summary>A table of names in clear text beside the sealed store: the yardstick of a search, and what the product must never have.</summary>
internal static class NamesInClear
{
    public static bool In(Where where)
    {
        using var connection = where.Connect(where.Data);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = where.IsSqlite ? "SELECT count(*) FROM sqlite_master WHERE name = 'name_in_clear'" : "SELECT count(*) FROM pg_class WHERE relname = 'name_in_clear'";
        return Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture) > 0;
    }

    /// <param name="names">Person, folded and written family name, folded and written given name.</param>
    public static async Task Write(Where where, IEnumerable<(Guid Person, string Family, string FamilyName, string Given, string GivenName)> names)
    {
        await using var connection = where.Connect(where.Data);
        await connection.OpenAsync();
        var collation = where.IsSqlite ? "" : " COLLATE \"C\"";
        await Run(connection, $"""CREATE TABLE name_in_clear ("Person" {(where.IsSqlite ? "TEXT" : "uuid")} PRIMARY KEY, "Family" TEXT{collation}, "FamilyName" TEXT, "Given" TEXT{collation}, "GivenName" TEXT)""");
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var insert = connection.CreateCommand();
            insert.Transaction = transaction;
            insert.CommandText = "INSERT INTO name_in_clear VALUES (@a, @b, @c, @d, @e)";
            foreach (var name in new[] { "a", "b", "c", "d", "e" })
            {
                var parameter = insert.CreateParameter();
                parameter.ParameterName = name;
                insert.Parameters.Add(parameter);
            }
            foreach (var (person, family, familyName, given, givenName) in names)
            {
                object[] values = [person, family, familyName, given, givenName];
                for (var i = 0; i < values.Length; i++) insert.Parameters[i].Value = values[i];
                await insert.ExecuteNonQueryAsync();
            }
            await transaction.CommitAsync();
        }
        await Run(connection, """CREATE INDEX name_in_clear_by_name ON name_in_clear ("Family", "Given")""");
    }

    private static async Task Run(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        if (command is NpgsqlCommand npgsql) npgsql.CommandTimeout = 300;
        await command.ExecuteNonQueryAsync();
    }
}
