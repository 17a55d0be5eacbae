using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using VictimSupport.Foundation.Audit;

namespace VictimSupport.Foundation.Persistence;

/// <summary>What differs between the server engines where records are chained.</summary>
internal abstract class AuditDialect
{
    public abstract DbConnection Connect(string connectionString);

    /// <summary>The same database through a pool of its own. Writers hold their connections while they wait for the head; the appender must never wait for one of theirs.</summary>
    public abstract string Apart(string connectionString);

    /// <summary>Moves the head from <paramref name="from"/> over the entries and inserts them, in one statement; false: another process was first.</summary>
    public abstract Task<bool> Advance(DbConnection connection, DbTransaction? transaction, AuditHead from, IReadOnlyList<AuditEntry> entries, CancellationToken ct);

    /// <summary>Reads the head, and holds its row until the transaction ends where one is given.</summary>
    public abstract Task<AuditHead> Head(DbConnection connection, DbTransaction? transaction, CancellationToken ct);
}

/// <summary>A database on a server engine, shared by several processes. A writing transaction takes the head last; records of reads that
/// arrive together are committed together. The head is compared and swapped; after one loss the row lock decides, else two processes starve each other.</summary>
internal sealed class ServerDatabase<TContext>(string connectionString, Func<DbContextOptionsBuilder<TContext>, DbContextOptionsBuilder> engine,
    Func<DbContextOptionsBuilder<TContext>> options, AuditDialect dialect, Lazy<Chain> chain, TimeProvider clock) : Database<TContext>(chain, clock) where TContext : DbContext, IAuditedContext
{
    private const int LargestGroup = 256;
    private readonly PooledDbContextFactory<TContext> contexts = new((DbContextOptions<TContext>)engine(options().AddInterceptors(HeldConnection.Instance)).Options, 256);
    private readonly string apart = dialect.Apart(connectionString);
    private readonly SemaphoreSlim headGate = new(1, 1);
    private readonly Lock pendingGate = new();
    private List<(AuditRecord Record, TaskCompletionSource Done)> pending = [];
    private bool pumping;
    private AuditHead? known;

    public override TContext Lease() => contexts.CreateDbContext();

    public override async Task<T> Write<T>(Func<TContext, Task<Written<T>>> unit, IHoldNewKeys? keys, CancellationToken ct)
    {
        var context = contexts.CreateDbContext();
        try { return await Commit(context, unit, keys, ct); }
        finally { await HeldConnection.GiveBackAsync(context); }
    }

    private async Task<T> Commit<T>(TContext context, Func<TContext, Task<Written<T>>> unit, IHoldNewKeys? keys, CancellationToken ct)
    {
        await using var transaction = await context.Database.BeginTransactionAsync(ct);
        var written = await unit(context);
        if (keys is { New.Count: > 0 }) await keys.Store.Add(keys.New, ct);
        if (written.Record is not { } record)
        {
            await transaction.CommitAsync(CancellationToken.None);
            return written.Result;
        }
        await headGate.WaitAsync(ct);
        try
        {
            var head = await Advance(context.Database.GetDbConnection(), transaction.GetDbTransaction(), [record], ct);
            known = null; // unknown while the commit's fate is
            await transaction.CommitAsync(CancellationToken.None);
            known = head;
        }
        finally
        {
            headGate.Release();
        }
        return written.Result;
    }

    public override Task Append(AuditRecord record, CancellationToken ct)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (pendingGate)
        {
            pending.Add((record, done));
            if (pumping) return done.Task;
            pumping = true;
        }
        _ = Task.Run(Pump, CancellationToken.None);
        return done.Task;
    }

    public override async Task<AuditHead> Head(CancellationToken ct)
    {
        await using var connection = dialect.Connect(apart);
        await connection.OpenAsync(ct);
        return await dialect.Head(connection, null, ct);
    }

    public override ValueTask DisposeAsync()
    {
        headGate.Dispose();
        return ValueTask.CompletedTask;
    }

    // Nobody waits for company: a group is whatever arrived during the last commit.
    private async Task Pump()
    {
        while (true)
        {
            List<(AuditRecord Record, TaskCompletionSource Done)> group;
            lock (pendingGate)
            {
                if (pending.Count == 0) { pumping = false; return; }
                group = pending.Count <= LargestGroup ? pending : pending[..LargestGroup];
                pending = pending.Count <= LargestGroup ? [] : pending[LargestGroup..];
            }
            try
            {
                await Flush([.. group.Select(g => g.Record)]);
                foreach (var (_, done) in group) done.SetResult();
            }
            catch (Exception e)
            {
                foreach (var (_, done) in group) done.SetException(e);
            }
        }
    }

    private async Task Flush(IReadOnlyList<AuditRecord> records)
    {
        await headGate.WaitAsync();
        try
        {
            await using var connection = dialect.Connect(apart);
            await connection.OpenAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            var head = await Advance(connection, transaction, records, CancellationToken.None);
            known = null;
            await transaction.CommitAsync();
            known = head;
        }
        finally
        {
            headGate.Release();
        }
    }

    private async Task<AuditHead> Advance(DbConnection connection, DbTransaction transaction, IReadOnlyList<AuditRecord> records, CancellationToken ct)
    {
        if (known is { } head)
        {
            var entries = Entries(head, records);
            if (await dialect.Advance(connection, transaction, head, entries, ct)) return End(entries);
        }
        var locked = await dialect.Head(connection, transaction, ct);
        var after = Entries(locked, records);
        if (!await dialect.Advance(connection, transaction, locked, after, ct)) throw new InvalidOperationException("The head of the audit chain moved while its row was held.");
        return End(after);
    }

    private AuditEntry[] Entries(AuditHead head, IReadOnlyList<AuditRecord> records)
    {
        var entries = new AuditEntry[records.Count];
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = Next(head, records[i]);
            head = new AuditHead(entries[i].Seq, entries[i].Mac);
        }
        return entries;
    }

    private static AuditHead End(AuditEntry[] entries) => new(entries[^1].Seq, entries[^1].Mac);
}
