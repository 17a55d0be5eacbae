using System.Collections.Concurrent;
using System.Data.Common;
using System.Runtime.ExceptionServices;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Foundation.Persistence;

/// <summary>A SQLite file with one writer. Units of work take turns on the writer's connection, each in a savepoint of one shared
/// transaction; whoever finds nobody waiting commits for all, and all are answered after that commit. Readers have connections of their own.</summary>
internal sealed class SqliteDatabase<TContext> : Database<TContext> where TContext : DbContext
{
    private const int LargestGroup = 128;
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly string file;
    private readonly PooledDbContextFactory<TContext> readers, writers;
    private readonly SqliteConnection writer;
    private readonly SqliteCommand insert;
    private readonly ConcurrentBag<DbConnection> opened = [];
    private readonly List<DataKey> newKeys = [];
    private KeyStore? keyStore;
    private SqliteTransaction? transaction;
    private TaskCompletionSource group = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private AuditHead? head;
    private int waiting, size;
    private bool closed;

    public SqliteDatabase(string file, Func<DbContextOptionsBuilder<TContext>> options, Lazy<Chain> chain, TimeProvider clock) : base(chain, clock)
    {
        this.file = file;
        readers = new(options().UseSqlite(SqliteFiles.Reading(file), Lists).Options, 64);
        writer = new PreparedSqlite(SqliteFiles.Writing(file));
        writer.Open();
        Run("PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=1000;");
        writers = new(options().UseSqlite(writer, Lists).Options, 16);
        insert = writer.CreateCommand();
        insert.CommandText = "INSERT INTO audit (seq, at, actor, act, subject, payload, mac) VALUES ($seq, $at, $actor, $act, $subject, $payload, $mac)";
        foreach (var name in (string[])["$seq", "$at", "$actor", "$act", "$subject", "$payload", "$mac"]) insert.Parameters.Add(new SqliteParameter(name, null));
    }

    // A list in a question is one parameter: with one for each of its members it would be another question each time, written and prepared anew.
    private static void Lists(SqliteDbContextOptionsBuilder options) => options.UseParameterizedCollectionMode(ParameterTranslationMode.Parameter);

    /// <summary>A pooled context keeps its connection open: opening one for each query cost a third of a page.</summary>
    public override TContext Lease()
    {
        var context = readers.CreateDbContext();
        if (context.Database.GetDbConnection().State == System.Data.ConnectionState.Open) return context;
        // Not the context's own: its pool closes what it owns.
        var connection = new PreparedSqlite(SqliteFiles.Reading(file) + ";Pooling=False");
        connection.Open();
        opened.Add(connection);
        context.Database.SetDbConnection(connection, contextOwnsConnection: false);
        return context;
    }

    public override Task<T> Write<T>(Func<TContext, Task<Written<T>>> unit, IHoldNewKeys? keys, CancellationToken ct) => InTurn(async () =>
    {
        var context = writers.CreateDbContext();
        context.Database.AutoSavepointsEnabled = false;
        await context.Database.UseTransactionAsync(transaction, ct);
        try
        {
            var written = await unit(context);
            if (written.Record is { } record) Insert(record);
            if (keys is { New.Count: > 0 })
            {
                keyStore = keys.Store;
                newKeys.AddRange(keys.New);
                keyStore.Await(keys.New);
            }
            return written.Result;
        }
        finally
        {
            await context.Database.UseTransactionAsync(null, CancellationToken.None);
        }
    }, ct);

    public override Task Append(AuditRecord record, CancellationToken ct) => InTurn(() =>
    {
        Insert(record);
        return Task.FromResult(true);
    }, ct);

    public override async Task<AuditHead> Head(CancellationToken ct)
    {
        await turn.WaitAsync(ct);
        try { return LastRecord(); }
        finally { turn.Release(); }
    }

    private async Task<T> InTurn<T>(Func<Task<T>> unit, CancellationToken ct)
    {
        Interlocked.Increment(ref waiting);
        try { await turn.WaitAsync(ct); }
        finally { Interlocked.Decrement(ref waiting); }

        if (closed)
        {
            turn.Release();
            throw new TimeoutException("The database was closed meanwhile.");
        }
        Task acknowledged;
        T result = default!;
        ExceptionDispatchInfo? failed = null;
        try
        {
            transaction ??= writer.BeginTransaction(deferred: false);
            acknowledged = group.Task;
            var before = head ??= LastRecord();
            var keysBefore = newKeys.Count;
            Run("SAVEPOINT unit");
            try
            {
                result = await unit();
                Run("RELEASE unit");
                size++;
            }
            catch (Exception e)
            {
                failed = ExceptionDispatchInfo.Capture(e);
                head = before;
                newKeys.RemoveRange(keysBefore, newKeys.Count - keysBefore);
                Run("ROLLBACK TO unit; RELEASE unit");
            }
            if (Volatile.Read(ref waiting) == 0 || size >= LargestGroup) await Commit();
        }
        catch (Exception e)
        {
            // The engine gave the whole group up (disk full, I/O error): none of it was acknowledged, none of it is kept.
            Abandon(e);
            throw;
        }
        finally
        {
            turn.Release();
        }
        failed?.Throw();
        await acknowledged;
        return result;
    }

    private async Task Commit()
    {
        if (newKeys.Count > 0) await keyStore!.Add(newKeys, CancellationToken.None);
        transaction!.Commit();
        var done = Renew();
        done.SetResult();
    }

    private void Abandon(Exception because)
    {
        head = null;
        try { transaction?.Rollback(); }
        catch (SqliteException) { transaction?.Dispose(); /* already rolled back by the engine itself */ }
        catch (InvalidOperationException) { transaction?.Dispose(); }
        var lost = Renew();
        lost.SetException(because);
        _ = lost.Task.Exception; // seen, also where the group had nobody else in it
    }

    private TaskCompletionSource Renew()
    {
        transaction = null;
        newKeys.Clear();
        keyStore?.Settle();
        size = 0;
        var ended = group;
        group = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return ended;
    }

    private void Insert(AuditRecord record)
    {
        var entry = Next(head ??= LastRecord(), record);
        insert.Transaction = transaction;
        insert.Parameters[0].Value = entry.Seq;
        insert.Parameters[1].Value = entry.Record.At.UtcTicks;
        insert.Parameters[2].Value = (object?)entry.Record.Actor ?? DBNull.Value;
        insert.Parameters[3].Value = entry.Record.Act;
        insert.Parameters[4].Value = (object?)entry.Record.Subject ?? DBNull.Value;
        insert.Parameters[5].Value = entry.Record.Payload;
        insert.Parameters[6].Value = entry.Mac;
        insert.ExecuteNonQuery();
        head = new AuditHead(entry.Seq, entry.Mac);
    }

    private AuditHead LastRecord()
    {
        using var command = writer.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "SELECT seq, mac FROM audit ORDER BY seq DESC LIMIT 1";
        using var row = command.ExecuteReader();
        return row.Read() ? new AuditHead(row.GetInt64(0), (byte[])row.GetValue(1)) : AuditHead.Start;
    }

    private void Run(string sql)
    {
        using var command = writer.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public override async ValueTask DisposeAsync()
    {
        await turn.WaitAsync();
        closed = true;
        turn.Release(); // whoever waits for a turn is told, instead of waiting for ever
        insert.Dispose();
        await writer.DisposeAsync();
        foreach (var connection in opened) await connection.DisposeAsync();
        using var any = new SqliteConnection(SqliteFiles.Reading(file));
        SqliteConnection.ClearPool(any);
    }
}

/// <summary>How SQLite files are opened and made ready.</summary>
internal static class SqliteFiles
{
    public static string Reading(string file) => new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, ForeignKeys = true }.ToString();

    /// <summary>Not pooled: the writer is one connection, held while the zone is active.</summary>
    public static string Writing(string file) => new SqliteConnectionStringBuilder { DataSource = file, ForeignKeys = true, Pooling = false }.ToString();

    /// <summary>After a migration: write-ahead log, and triggers that let nobody change or delete an audit row.</summary>
    public static void MakeReady(string file, bool audited)
    {
        using var connection = new SqliteConnection(Writing(file));
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode=WAL;" + (audited
            ? """
              CREATE TRIGGER IF NOT EXISTS audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END;
              CREATE TRIGGER IF NOT EXISTS audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows are never deleted'); END;
              """
            : "");
        command.ExecuteNonQuery();
    }
}
