using Microsoft.Data.Sqlite;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Tests.Foundation;

/// <summary>What a connection keeps prepared never mixes two askings.</summary>
public sealed class PreparedSqliteTests
{
    [Fact]
    public void Asked_again_while_it_is_read_both_answers_are_whole()
    {
        using var connection = Open();
        using var first = Ask(connection, 2);
        Assert.True(first.Read());
        using (var second = Ask(connection, 3)) Assert.Equal([1, 2, 3], Rest(second));
        Assert.Equal([2], Rest(first));
        using var third = Ask(connection, 1);
        Assert.Equal([1], Rest(third)); // the parameter of this asking, not of the one before
    }

    [Fact]
    public void What_fails_leaves_the_next_asking_whole()
    {
        using var connection = Open();
        for (var i = 0; i < 3; i++) Assert.Throws<SqliteException>(() => Run(connection, "INSERT INTO number VALUES (1)"));
        using var after = Ask(connection, 3);
        Assert.Equal([1, 2, 3], Rest(after));
    }

    [Fact]
    public void More_than_it_keeps_is_answered_too_and_in_a_transaction_that_is_taken_back_nothing_stays()
    {
        using var connection = Open();
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 100; i++) Assert.Equal((long)i, Run(connection, $"SELECT {i}"));
            using var transaction = connection.BeginTransaction();
            Run(connection, "INSERT INTO number VALUES (4)");
            transaction.Rollback();
        }
        Assert.Equal(3L, Run(connection, "SELECT count(*) FROM number"));
    }

    [Fact]
    public void What_is_asked_again_and_again_stays_and_what_was_not_asked_for_longest_goes()
    {
        using var connection = Open();
        for (var i = 0; i < 200; i++)
        {
            Run(connection, $"SELECT {i}");
            Run(connection, "SELECT 'each time'");
        }
        Assert.True(connection.Keeps("SELECT 'each time'"));
        Assert.True(connection.Keeps("SELECT 199"));
        Assert.False(connection.Keeps("SELECT 0"));
    }

    [Fact]
    public void What_is_still_read_stays_however_much_is_asked_meanwhile()
    {
        using var connection = Open();
        using var first = Ask(connection, 3);
        Assert.True(first.Read());
        for (var i = 0; i < 200; i++) Assert.Equal((long)i, Run(connection, $"SELECT {i}"));
        Assert.Equal([2, 3], Rest(first));
    }

    private static PreparedSqlite Open()
    {
        var connection = new PreparedSqlite("Data Source=:memory:");
        connection.Open();
        Run(connection, "CREATE TABLE number (n INTEGER PRIMARY KEY)");
        Run(connection, "INSERT INTO number VALUES (1), (2), (3)");
        return connection;
    }

    private static object? Run(PreparedSqlite connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private static SqliteDataReader Ask(PreparedSqlite connection, int most)
    {
        var command = connection.CreateCommand();
        command.CommandText = "SELECT n FROM number WHERE n <= $most ORDER BY n";
        command.Parameters.AddWithValue("$most", most);
        return command.ExecuteReader();
    }

    private static List<int> Rest(SqliteDataReader rows)
    {
        var read = new List<int>();
        while (rows.Read()) read.Add(rows.GetInt32(0));
        return read;
    }
}
