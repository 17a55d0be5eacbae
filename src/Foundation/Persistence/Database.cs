using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Foundation.Persistence;

/// <summary>What a unit of work gives back: its result, and the record to chain as its last act.</summary>
/// <param name="Record">null: it is one of the few that leave none (<see cref="Pipeline.IUnrecorded"/>).</param>
internal readonly record struct Written<T>(T Result, AuditRecord? Record);

/// <summary>A database with an audit chain. Everything that is written, and every record of a read, enters it here.</summary>
internal abstract class Database<TContext>(Lazy<Chain> chain, TimeProvider clock) : IAsyncDisposable where TContext : DbContext
{
    // Made when something is first written: its key is not opened before the seal is known to be the zone's.
    protected Chain Chain => chain.Value;

    /// <summary>A context to read with, from the database's own pool. The scope that asked for it gives it back.</summary>
    public abstract TContext Lease();

    /// <summary>Runs the unit in one transaction: its rows, its new data keys and its audit record, or nothing. Acknowledged when durable.</summary>
    public abstract Task<T> Write<T>(Func<TContext, Task<Written<T>>> unit, IHoldNewKeys? keys, CancellationToken ct);

    /// <summary>Chains a record of its own; durable when the task completes.</summary>
    public abstract Task Append(AuditRecord record, CancellationToken ct);

    /// <summary>Where the chain ends now.</summary>
    public abstract Task<AuditHead> Head(CancellationToken ct);

    public abstract ValueTask DisposeAsync();

    protected AuditEntry Next(AuditHead head, AuditRecord record) => Chain.Next(head, record with { At = clock.GetUtcNow() });
}

/// <summary>Data keys made during a unit of work: they must be durable before the data that need them.</summary>
internal interface IHoldNewKeys
{
    IReadOnlyList<DataKey> New { get; }
    KeyStore Store { get; }
}
