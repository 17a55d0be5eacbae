using System.Data.Common;
using System.Text;
using Microsoft.Data.SqlClient;
using VictimSupport.Foundation.Audit;

namespace VictimSupport.Foundation.Persistence.Engines;

/// <summary>Its statements are parsed in the suite and run in the pipeline, where a server is.</summary>
internal sealed class SqlServerDialect : AuditDialect
{
    /// <summary>Seven parameters a row; the engine takes 2,100 in one batch.</summary>
    private const int RowsInABatch = 200;

    public override DbConnection Connect(string connectionString) => new SqlConnection(connectionString);

    public override string Apart(string connectionString) => new SqlConnectionStringBuilder(connectionString) { ApplicationName = "audit", MinPoolSize = 0, MaxPoolSize = 4 }.ToString();

    public override async Task<bool> Advance(DbConnection connection, DbTransaction? transaction, AuditHead from, IReadOnlyList<AuditEntry> entries, CancellationToken ct)
    {
        await using (var move = new SqlCommand(Move, (SqlConnection)connection, (SqlTransaction?)transaction))
        {
            move.Parameters.AddWithValue("@oldSeq", from.Seq);
            move.Parameters.AddWithValue("@oldMac", from.Mac);
            move.Parameters.AddWithValue("@newSeq", entries[^1].Seq);
            move.Parameters.AddWithValue("@newMac", entries[^1].Mac);
            if (await move.ExecuteNonQueryAsync(ct) != 1) return false;
        }
        foreach (var batch in entries.Chunk(RowsInABatch))
        {
            await using var insert = new SqlCommand(Insert(batch.Length), (SqlConnection)connection, (SqlTransaction?)transaction);
            for (var i = 0; i < batch.Length; i++)
            {
                insert.Parameters.AddWithValue("@s" + i, batch[i].Seq);
                insert.Parameters.AddWithValue("@t" + i, batch[i].Record.At);
                insert.Parameters.AddWithValue("@a" + i, (object?)batch[i].Record.Actor ?? DBNull.Value);
                insert.Parameters.AddWithValue("@c" + i, batch[i].Record.Act);
                insert.Parameters.AddWithValue("@u" + i, (object?)batch[i].Record.Subject ?? DBNull.Value);
                insert.Parameters.AddWithValue("@p" + i, batch[i].Record.Payload);
                insert.Parameters.AddWithValue("@m" + i, batch[i].Mac);
            }
            await insert.ExecuteNonQueryAsync(ct);
        }
        return true;
    }

    public override async Task<AuditHead> Head(DbConnection connection, DbTransaction? transaction, CancellationToken ct)
    {
        await using var command = new SqlCommand(transaction is null ? Read : ReadAndHold, (SqlConnection)connection, (SqlTransaction?)transaction);
        await using var row = await command.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? new AuditHead(row.GetInt64(0), (byte[])row.GetValue(1)) : throw new InvalidOperationException("The audit chain has no head row.");
    }

    internal const string Move = "UPDATE audit_head WITH (ROWLOCK) SET seq = @newSeq, mac = @newMac WHERE id = 1 AND seq = @oldSeq AND mac = @oldMac";
    internal const string Read = "SELECT seq, mac FROM audit_head WHERE id = 1";
    internal const string ReadAndHold = "SELECT seq, mac FROM audit_head WITH (UPDLOCK, ROWLOCK) WHERE id = 1";

    internal static string Insert(int rows)
    {
        var sql = new StringBuilder("INSERT INTO audit (seq, at, actor, act, subject, payload, mac) VALUES ");
        for (var i = 0; i < rows; i++) sql.Append(i == 0 ? "" : ", ").Append($"(@s{i}, @t{i}, @a{i}, @c{i}, @u{i}, @p{i}, @m{i})");
        return sql.ToString();
    }
}
