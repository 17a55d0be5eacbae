using System.Data;
using Microsoft.Data.Sqlite;

namespace VictimSupport.Foundation.Persistence;

/// <summary>A connection that keeps what it prepared: a question asked again is bound and stepped, not parsed and planned anew. EF makes a command for each
/// query; each of them runs on the kept one with the same text. One user at a time, as any connection.</summary>
internal sealed class PreparedSqlite(string connectionString) : SqliteConnection(connectionString)
{
    // Memory has a limit: what was not asked for longest makes room.
    private const int Most = 64;
    private readonly Dictionary<string, Kept> statements = new(StringComparer.Ordinal);
    private long asked;

    public override SqliteCommand CreateCommand() => new Asked { Connection = this, CommandTimeout = DefaultTimeout, Transaction = Transaction };

    private Kept? Of(string sql)
    {
        if (!statements.TryGetValue(sql, out var kept))
        {
            if (statements.Count >= Most && !Forget()) return null;
            statements[sql] = kept = new Kept(new SqliteCommand { Connection = this, CommandText = sql });
        }
        kept.Asked = ++asked;
        return kept;
    }

    internal bool Keeps(string sql) => statements.ContainsKey(sql);

    private bool Forget()
    {
        if (statements.Where(s => !s.Value.IsRead).MinBy(s => s.Value.Asked) is not { Key: { } sql, Value: var oldest }) return false;
        statements.Remove(sql);
        oldest.Command.Dispose();
        return true;
    }

    private sealed class Kept(SqliteCommand command)
    {
        public SqliteCommand Command => command;
        public long Asked { get; set; }
        public SqliteDataReader? Reader { get; set; }
        public bool IsRead => Reader is { IsClosed: false };
    }

    private sealed class Asked : SqliteCommand
    {
        public override SqliteDataReader ExecuteReader(CommandBehavior behavior)
        {
            // Asked again while its rows are still read: then by a statement of its own.
            if (Connection is not PreparedSqlite connection || connection.Of(CommandText) is not { IsRead: false } kept) return base.ExecuteReader(behavior);
            var command = kept.Command;
            (command.Transaction, command.CommandTimeout) = (Transaction, CommandTimeout);
            command.Parameters.Clear();
            foreach (SqliteParameter parameter in Parameters) command.Parameters.Add(parameter);
            return kept.Reader = command.ExecuteReader(behavior);
        }
    }
}
