using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Benchmarks.Reference;

/// <summary>What the hand-written application knows of where the data lie.</summary>
/// <param name="Server">null: SQLite.</param>
internal sealed record Where(string Folder, string? Server, string Prefix, string Zone, string MasterKey)
{
    public bool IsSqlite => Server is null;
    public string Catalog => IsSqlite ? $"Data Source={Path.Combine(Folder, "catalog.db")}" : On(Prefix + "_catalog");
    public string Data => IsSqlite ? $"Data Source={Path.Combine(Folder, "zones", Zone + ".db")}" : On($"{Prefix}_{Zone}");
    public string Keys => IsSqlite ? $"Data Source={Path.Combine(Folder, "zones", Zone + ".keys.db")}" : On($"{Prefix}_{Zone}_keys");

    public DbConnection Connect(string connection) => IsSqlite ? new SqliteConnection(connection) : new NpgsqlConnection(connection);

    private string On(string database) => new NpgsqlConnectionStringBuilder(Server) { Database = database, MaxAutoPrepare = 60, MaxPoolSize = 32 }.ToString();
}

/// <summary>Prepared reads: several statements in one round trip. On SQLite each connection keeps its command.</summary>
internal sealed class Reading(Where where, string sql, params string[] names)
{
    private readonly ConcurrentBag<DbCommand> idle = [];

    public async Task<T> Run<T>(Func<DbDataReader, Task<T>> read, params object[] values)
    {
        if (!where.IsSqlite)
        {
            await using var connection = new NpgsqlConnection(where.Data);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(sql, connection);
            for (var i = 0; i < names.Length; i++) command.Parameters.AddWithValue(names[i], values[i]);
            await using var rows = await command.ExecuteReaderAsync();
            return await read(rows);
        }
        if (!idle.TryTake(out var kept)) kept = Make();
        for (var i = 0; i < names.Length; i++) kept.Parameters[i].Value = values[i] is DateTime at ? at.Ticks : values[i];
        try
        {
            await using var rows = await kept.ExecuteReaderAsync();
            return await read(rows);
        }
        finally
        {
            idle.Add(kept);
        }
    }

    private SqliteCommand Make()
    {
        var connection = new SqliteConnection(where.Data + ";Mode=ReadOnly;Pooling=False");
        connection.Open();
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in names) command.Parameters.Add(new SqliteParameter("@" + name, null));
        return command;
    }
}

/// <summary>Records of reads by hand: grouped as the product groups them, a group being what arrived during the last commit. On SQLite the same turn serves the writes.</summary>
internal sealed class Appender
{
    private const string Move = """
        WITH h AS (UPDATE audit_head SET seq = @ns, mac = @nm WHERE id = 1 AND seq = @os AND mac = @om RETURNING 1)
        INSERT INTO audit (seq, at, actor, act, subject, payload, mac) SELECT u.* FROM unnest(@seq, @at, @actor, @act, @subject, @payload, @mac) u, h
        """;
    private readonly Where where;
    private readonly Chain chain;
    private readonly Lock gate = new();
    private List<(AuditRecord Record, TaskCompletionSource Done)> pending = [];
    private bool running;
    private AuditHead head;

    public Appender(Where where, Chain chain)
    {
        (this.where, this.chain) = (where, chain);
        Turn = new SemaphoreSlim(1, 1);
        Writer = where.Connect(where.Data + (where.IsSqlite ? ";Pooling=False" : ""));
        Writer.Open();
        using var last = Writer.CreateCommand();
        last.CommandText = "SELECT seq, mac FROM audit ORDER BY seq DESC LIMIT 1";
        using var row = last.ExecuteReader();
        head = row.Read() ? new AuditHead(row.GetInt64(0), (byte[])row.GetValue(1)) : AuditHead.Start;
    }

    public SemaphoreSlim Turn { get; }
    public DbConnection Writer { get; }

    public Task Append(AuditRecord record)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            pending.Add((record, done));
            if (running) return done.Task;
            running = true;
        }
        _ = Task.Run(Pump);
        return done.Task;
    }

    /// <summary>The last act of a writing transaction; the caller holds the turn.</summary>
    public async Task Chain(DbConnection connection, DbTransaction transaction, IReadOnlyList<AuditRecord> records)
    {
        var entries = new AuditEntry[records.Count];
        var after = head;
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = chain.Next(after, records[i]);
            after = new AuditHead(entries[i].Seq, entries[i].Mac);
        }
        if (connection is NpgsqlConnection npgsql) await Insert(npgsql, (NpgsqlTransaction)transaction, entries, after);
        else foreach (var entry in entries) Insert((SqliteConnection)connection, (SqliteTransaction)transaction, entry);
        head = after;
    }

    private async Task Pump()
    {
        while (true)
        {
            List<(AuditRecord Record, TaskCompletionSource Done)> group;
            lock (gate)
            {
                if (pending.Count == 0) { running = false; return; }
                (group, pending) = (pending, []);
            }
            await Turn.WaitAsync();
            try
            {
                await using var transaction = await Writer.BeginTransactionAsync();
                await Chain(Writer, transaction, [.. group.Select(g => g.Record)]);
                await transaction.CommitAsync();
            }
            finally
            {
                Turn.Release();
            }
            foreach (var (_, done) in group) done.SetResult();
        }
    }

    private async Task Insert(NpgsqlConnection connection, NpgsqlTransaction transaction, AuditEntry[] entries, AuditHead after)
    {
        await using var command = new NpgsqlCommand(Move, connection, transaction);
        command.Parameters.AddWithValue("os", head.Seq);
        command.Parameters.AddWithValue("om", head.Mac);
        command.Parameters.AddWithValue("ns", after.Seq);
        command.Parameters.AddWithValue("nm", after.Mac);
        command.Parameters.AddWithValue("seq", entries.Select(e => e.Seq).ToArray());
        command.Parameters.AddWithValue("at", entries.Select(e => e.Record.At.UtcDateTime).ToArray());
        command.Parameters.AddWithValue("actor", entries.Select(e => e.Record.Actor).ToArray());
        command.Parameters.AddWithValue("act", entries.Select(e => e.Record.Act).ToArray());
        command.Parameters.AddWithValue("subject", entries.Select(e => e.Record.Subject).ToArray());
        command.Parameters.AddWithValue("payload", entries.Select(e => e.Record.Payload).ToArray());
        command.Parameters.AddWithValue("mac", entries.Select(e => e.Mac).ToArray());
        if (await command.ExecuteNonQueryAsync() != entries.Length) throw new InvalidOperationException("Another process wrote the reference's chain.");
    }

    private SqliteCommand? insert;

    private void Insert(SqliteConnection connection, SqliteTransaction transaction, AuditEntry entry)
    {
        if (insert is null)
        {
            insert = connection.CreateCommand();
            insert.CommandText = "INSERT INTO audit (seq, at, actor, act, subject, payload, mac) VALUES (@seq, @at, @actor, @act, @subject, @payload, @mac)";
            foreach (var name in new[] { "@seq", "@at", "@actor", "@act", "@subject", "@payload", "@mac" }) insert.Parameters.Add(new SqliteParameter(name, null));
        }
        insert.Transaction = transaction;
        object?[] values = [entry.Seq, entry.Record.At.UtcTicks, entry.Record.Actor, entry.Record.Act, entry.Record.Subject, entry.Record.Payload, entry.Mac];
        for (var i = 0; i < values.Length; i++) insert.Parameters[i].Value = values[i] ?? DBNull.Value;
        insert.ExecuteNonQuery();
    }
}

/// <summary>Keys and chain of the zone, read by hand from catalogue and key store.</summary>
internal sealed class Secrets
{
    public Secrets(Where where)
    {
        var master = Convert.FromHexString(File.ReadAllText(where.MasterKey).Trim());
        using var catalog = where.Connect(where.Catalog);
        catalog.Open();
        using var command = catalog.CreateCommand();
        command.CommandText = $"""SELECT k."Zone", k."Version", k."Wrapped" FROM zone_key k JOIN zone z ON z."Id" = k."Zone" WHERE z."Code" = '{where.Zone}'""";
        var keys = new List<ZoneKey>();
        using (var row = command.ExecuteReader())
        {
            while (row.Read())
            {
                Zone = row.GetGuid(0);
                keys.Add(new ZoneKey(row.GetInt32(1), Box.Open((byte[])row.GetValue(2), master, [.. "zone key"u8, .. Zone.ToByteArray()])));
            }
        }
        Store = new KeyStore(() => where.Connect(where.Keys));
        Keys = new ZoneKeys(Zone, () => keys, Store);
    }

    public Guid Zone { get; }
    public ZoneKeys Keys { get; }
    public KeyStore Store { get; }

    public byte[] Open(byte[] box, string field, Guid row) => Box.Open(box, Keys.Find(Box.KeyOf(box))!, Sealing.Place(Zone, field, row));
}
