using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace VictimSupport.Foundation.Secrecy;

/// <summary>The wrapped data keys of one zone, in a database apart from the zone's own: destroying a row here erases its owner everywhere,
/// and an old backup of the zone cannot bring the owner back.</summary>
internal sealed class KeyStore(Func<DbConnection> connect)
{
    private const string Table = "data_key";
    private readonly ConcurrentDictionary<Guid, byte[]> waiting = new();

    /// <summary>Keys made by units of a group that has not committed yet: the next unit of the group sees their rows, so it must see their keys.</summary>
    public void Await(IEnumerable<DataKey> keys)
    {
        foreach (var key in keys) waiting[key.Id] = key.Wrapped;
    }

    /// <summary>The group has committed, or was given up.</summary>
    public void Settle() => waiting.Clear();

    /// <summary>A key that is not durable yet; never to be kept in memory beyond the unit that asks.</summary>
    public byte[]? FindWaiting(Guid id) => waiting.GetValueOrDefault(id);

    /// <summary>Closes the connections that the driver kept for the next to come: a zone that nobody uses holds no file and no connection.</summary>
    public void LetGo()
    {
        using var any = connect();
        if (any is SqliteConnection sqlite) SqliteConnection.ClearPool(sqlite);
        else if (any is Npgsql.NpgsqlConnection postgres) Npgsql.NpgsqlConnection.ClearPool(postgres);
        else if (any is Microsoft.Data.SqlClient.SqlConnection server) Microsoft.Data.SqlClient.SqlConnection.ClearPool(server);
    }

    public async Task Create(CancellationToken ct)
    {
        await using var connection = await Open(ct);
        var binary = connection is SqliteConnection ? "BLOB" : connection is Npgsql.NpgsqlConnection ? "bytea" : "varbinary(200)";
        var guid = connection is SqliteConnection ? "TEXT" : connection is Npgsql.NpgsqlConnection ? "uuid" : "uniqueidentifier";
        var missing = connection is Microsoft.Data.SqlClient.SqlConnection ? $"IF OBJECT_ID('{Table}') IS NULL CREATE TABLE" : "CREATE TABLE IF NOT EXISTS";
        await using var command = connection.CreateCommand();
        command.CommandText = (connection is SqliteConnection ? "PRAGMA journal_mode=WAL; " : "") + $"{missing} {Table} (id {guid} NOT NULL PRIMARY KEY, wrapped {binary} NOT NULL)";
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Durable when the task completes.</summary>
    public async Task Add(IReadOnlyList<DataKey> keys, CancellationToken ct)
    {
        await using var connection = await Open(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"INSERT INTO {Table} (id, wrapped) VALUES (@id, @wrapped)";
        var (id, wrapped) = (Parameter(command, "@id"), Parameter(command, "@wrapped"));
        foreach (var key in keys)
        {
            id.Value = key.Id;
            wrapped.Value = key.Wrapped;
            await command.ExecuteNonQueryAsync(ct);
        }
        await transaction.CommitAsync(CancellationToken.None);
    }

    public byte[]? Find(Guid id)
    {
        using var connection = connect();
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT wrapped FROM {Table} WHERE id = @id";
        Parameter(command, "@id").Value = id;
        return command.ExecuteScalar() as byte[];
    }

    public async Task<IReadOnlyList<(Guid Id, byte[] Wrapped)>> Find(IReadOnlyList<Guid> ids, CancellationToken ct)
    {
        await using var connection = await Open(ct);
        var found = new List<(Guid, byte[])>(ids.Count);
        foreach (var chunk in ids.Chunk(500))
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"SELECT id, wrapped FROM {Table} WHERE id IN ({string.Join(',', chunk.Select((_, i) => "@p" + i))})";
            for (var i = 0; i < chunk.Length; i++) Parameter(command, "@p" + i).Value = chunk[i];
            await Read(command, found, ct);
        }
        return found;
    }

    public async Task<IReadOnlyList<(Guid Id, byte[] Wrapped)>> All(CancellationToken ct)
    {
        await using var connection = await Open(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT id, wrapped FROM {Table}";
        var found = new List<(Guid, byte[])>();
        await Read(command, found, ct);
        return found;
    }

    /// <summary>Puts every key under another wrapping, in one transaction.</summary>
    public async Task Rewrap(IEnumerable<(Guid Id, byte[] Wrapped)> keys, CancellationToken ct)
    {
        await using var connection = await Open(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"UPDATE {Table} SET wrapped = @wrapped WHERE id = @id";
        var (id, wrapped) = (Parameter(command, "@id"), Parameter(command, "@wrapped"));
        foreach (var (key, value) in keys)
        {
            id.Value = key;
            wrapped.Value = value;
            await command.ExecuteNonQueryAsync(ct);
        }
        await transaction.CommitAsync(CancellationToken.None);
    }

    /// <summary>Destroys keys; durable when the task completes. Keys that are not there are none to destroy.</summary>
    public async Task Remove(IReadOnlyCollection<Guid> ids, CancellationToken ct)
    {
        await using var connection = await Open(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"DELETE FROM {Table} WHERE id = @id";
        var id = Parameter(command, "@id");
        foreach (var key in ids)
        {
            id.Value = key;
            await command.ExecuteNonQueryAsync(ct);
        }
        await transaction.CommitAsync(CancellationToken.None);
    }

    private static async Task Read(DbCommand command, List<(Guid, byte[])> into, CancellationToken ct)
    {
        await using var row = await command.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct)) into.Add((row.GetGuid(0), (byte[])row.GetValue(1)));
    }

    private async Task<DbConnection> Open(CancellationToken ct)
    {
        var connection = connect();
        await connection.OpenAsync(ct);
        return connection;
    }

    private static DbParameter Parameter(DbCommand command, string name)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        command.Parameters.Add(parameter);
        return parameter;
    }
}
