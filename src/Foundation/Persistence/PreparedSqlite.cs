using System.Data;
using Microsoft.Data.Sqlite;

namespace VictimSupport.Foundation.Persistence;

/// <summary>A connection that keeps what it prepared: a question asked again is bound and stepped, not parsed and planned anew. EF makes a command for each
/// query; each of them runs on the kept one with the same text. One user at a time, as any connection.</summary>
internal sealed class PreparedSqlite(string connectionString) : SqliteConnection(connectionString)
{
    // What is asked most is asked first; the rest is prepared each time, so memory has a limit.
    private const int Most = 64;
    private readonly Dictionary<string, Kept> statements = new(StringComparer.Ordinal);

    public override SqliteCommand CreateCommand() => new Asked { Connection = this, CommandTimeout = DefaultTimeout, Transaction = Transaction };

    private Kept? Of(string sql)
    {
        if (statements.TryGetValue(sql, out var kept)) return kept;
        if (statements.Count >= Most) return null;
        return statements[sql] = new Kept(new SqliteCommand { Connection = this, CommandText = sql });
    }

    private sealed class Kept(SqliteCommand command)
    {
        public SqliteCommand Command => command;
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
