using System.Data.Common;
using Npgsql;
using NpgsqlTypes;
using VictimSupport.Foundation.Audit;

namespace VictimSupport.Foundation.Persistence.Engines;

internal sealed class PostgreSqlDialect : AuditDialect
{
    private const string Move = """
        WITH h AS (UPDATE audit_head SET seq = @newSeq, mac = @newMac WHERE id = 1 AND seq = @oldSeq AND mac = @oldMac RETURNING 1)
        INSERT INTO audit (seq, at, actor, act, subject, payload, mac)
        SELECT u.* FROM unnest(@seq, @at, @actor, @act, @subject, @payload, @mac) u, h
        """;

    public override DbConnection Connect(string connectionString) => new NpgsqlConnection(connectionString);

    public override string Apart(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "audit", MaxPoolSize = 4 }.ToString();

    public override async Task<bool> Advance(DbConnection connection, DbTransaction? transaction, AuditHead from, IReadOnlyList<AuditEntry> entries, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Move, (NpgsqlConnection)connection, (NpgsqlTransaction?)transaction);
        Add("oldSeq", NpgsqlDbType.Bigint, from.Seq);
        Add("oldMac", NpgsqlDbType.Bytea, from.Mac);
        Add("newSeq", NpgsqlDbType.Bigint, entries[^1].Seq);
        Add("newMac", NpgsqlDbType.Bytea, entries[^1].Mac);
        Add("seq", NpgsqlDbType.Array | NpgsqlDbType.Bigint, entries.Select(e => e.Seq).ToArray());
        Add("at", NpgsqlDbType.Array | NpgsqlDbType.TimestampTz, entries.Select(e => e.Record.At.UtcDateTime).ToArray());
        Add("actor", NpgsqlDbType.Array | NpgsqlDbType.Uuid, entries.Select(e => e.Record.Actor).ToArray());
        Add("act", NpgsqlDbType.Array | NpgsqlDbType.Text, entries.Select(e => e.Record.Act).ToArray());
        Add("subject", NpgsqlDbType.Array | NpgsqlDbType.Uuid, entries.Select(e => e.Record.Subject).ToArray());
        Add("payload", NpgsqlDbType.Array | NpgsqlDbType.Text, entries.Select(e => e.Record.Payload).ToArray());
        Add("mac", NpgsqlDbType.Array | NpgsqlDbType.Bytea, entries.Select(e => e.Mac).ToArray());
        return await command.ExecuteNonQueryAsync(ct) == entries.Count;

        void Add(string name, NpgsqlDbType type, object value) => command.Parameters.Add(new NpgsqlParameter(name, type) { Value = value });
    }

    public override async Task<AuditHead> Head(DbConnection connection, DbTransaction? transaction, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("SELECT seq, mac FROM audit_head WHERE id = 1" + (transaction is null ? "" : " FOR UPDATE"),
            (NpgsqlConnection)connection, (NpgsqlTransaction?)transaction);
        await using var row = await command.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? new AuditHead(row.GetInt64(0), (byte[])row.GetValue(1)) : throw new InvalidOperationException("The audit chain has no head row.");
    }
}
