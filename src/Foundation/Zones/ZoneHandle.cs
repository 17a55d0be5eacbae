using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Persistence.Engines;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Foundation.Zones;

/// <summary>An active zone in this process: its keys, its database with pool and writer. Evicted, it leaves nothing behind.</summary>
public sealed class ZoneHandle : IAsyncDisposable
{
    private int within;

    internal ZoneHandle(ZoneRecord record, ZoneKeys keys, ZoneDatabase database)
    {
        Record = record;
        Keys = keys;
        Database = database;
    }

    /// <summary>What the catalogue says of the zone, as of when it was opened.</summary>
    public ZoneRecord Record { get; }
    public Guid Id => Record.Id;
    public string Code => Record.Code;
    public ZoneKeys Keys { get; }
    internal ZoneDatabase Database { get; }

    /// <summary>The platform alone may enter it.</summary>
    public bool IsForFiguresOnly => Record.State == ZoneState.FiguresOnly;

    /// <summary>How many of its use cases are in hand while other zones work too.</summary>
    internal SemaphoreSlim Turns { get; } = new(Pipeline.Turns.Together);

    /// <summary>How long nobody has used it. By the machine's running time: a clock that is set must close nobody's zone.</summary>
    internal TimeSpan Idle => Database.Idle;

    /// <summary>How often this process has written in it: a figure that was counted before may be old.</summary>
    public long Writes => Database.Writes;

    internal void Touch() => Database.Touch();

    /// <summary>Requests and jobs that stand in it now: while there is one it is not closed.</summary>
    internal int Within => Volatile.Read(ref within);
    internal void Enter() => Interlocked.Increment(ref within);
    internal void Leave() => Interlocked.Decrement(ref within);

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        Keys.Store.LetGo();
    }
}

/// <summary>A zone's database with this use case's keys put into each context it gives out.</summary>
internal sealed class ZoneDatabase(Database<ZoneDbContext> inner) : IAsyncDisposable
{
    private long used = Environment.TickCount64, writes;

    public long Writes => Volatile.Read(ref writes);

    public TimeSpan Idle => TimeSpan.FromMilliseconds(Environment.TickCount64 - Volatile.Read(ref used));
    public void Touch() => Volatile.Write(ref used, Environment.TickCount64);

    public ZoneDbContext Lease(Keyring keys)
    {
        Touch();
        var context = inner.Lease();
        context.Keyring = keys;
        return context;
    }

    public async Task<T> Write<T>(Keyring keys, Func<ZoneDbContext, Task<Written<T>>> unit, CancellationToken ct)
    {
        Touch();
        try
        {
            return await inner.Write(context =>
            {
                context.Keyring = keys;
                return unit(context);
            }, keys, ct);
        }
        finally
        {
            Interlocked.Increment(ref writes); // whatever became of it
        }
    }

    public Task Append(AuditRecord record, CancellationToken ct)
    {
        Touch();
        return inner.Append(record, ct);
    }

    public Task<AuditHead> Head(CancellationToken ct) => inner.Head(ct);
    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
