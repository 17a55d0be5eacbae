using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence.Engines;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Foundation.Persistence;

/// <summary>The catalogue, opened once per process when it is first needed.</summary>
public sealed class CatalogDatabase : IAsyncDisposable
{
    private readonly Lazy<Database<CatalogDbContext>> database;
    private readonly Func<string> connection;

    internal CatalogDatabase(Engine engine, IHoldTheMasterKey master)
    {
        Chain = new Chain(HKDF.DeriveKey(HashAlgorithmName.SHA256, master.Key, 32, info: "catalogue chain"u8.ToArray()));
        database = new(() => engine.OpenCatalog(new(Chain)));
        connection = () => engine.CatalogConnection;
    }

    /// <summary>For the job engine's own tables, which stand beside the catalogue on server engines.</summary>
    public string ConnectionString => connection();

    internal Chain Chain { get; }

    /// <summary>A context to read with; who leases it disposes it.</summary>
    public CatalogDbContext Lease() => database.Value.Lease();

    internal Task<T> Write<T>(Func<CatalogDbContext, Task<Written<T>>> unit, CancellationToken ct) => database.Value.Write(unit, null, ct);
    internal Task Append(AuditRecord record, CancellationToken ct) => database.Value.Append(record, ct);
    internal Task<AuditHead> Head(CancellationToken ct) => database.Value.Head(ct);

    /// <summary>Notes when a session was last seen: recorded as the platform's own, once a minute at most.</summary>
    public Task Seen(Func<CatalogDbContext, Task> note, CancellationToken ct) => WriteAsPlatform("Identity.SessionSeen", null, async house =>
    {
        await note(house);
        return true;
    }, ct);

    /// <summary>Work of the platform itself on the catalogue, outside any request: provisioning, the sweep, the command line. One transaction, recorded.</summary>
    /// <param name="by">Who set it going; null: nobody did.</param>
    public async Task<T> WriteAsPlatform<T>(string act, Guid? subject, Func<CatalogDbContext, Task<T>> work, CancellationToken ct, Guid? by = null)
    {
        CatalogDbContext? lent = null; // no scope gives it back
        try
        {
            return await Write(async catalog =>
            {
                lent = catalog;
                var result = await work(catalog);
                subject ??= catalog.ChangeTracker.Entries<IOfZone>().Select(e => e.Entity.Zone).FirstOrDefault(zone => zone is not null);
                await catalog.SaveChangesAsync(ct);
                return new Written<T>(result, new AuditRecord(default, by, act, subject, """{"platform":true}"""));
            }, ct);
        }
        finally
        {
            if (lent is not null) await lent.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (database.IsValueCreated) await database.Value.DisposeAsync();
    }
}
