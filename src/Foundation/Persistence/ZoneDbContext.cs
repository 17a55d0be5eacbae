using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Foundation.Persistence;

/// <summary>One zone's data, about people. Handlers get it ready: on the zone's own connection, inside the transaction where they write.</summary>
public sealed class ZoneDbContext(DbContextOptions<ZoneDbContext> options) : DbContext(options), IAuditedContext
{
    /// <summary>Opens and seals this use case's boxes; set at each lease, so nothing is left over in a pooled context.</summary>
    internal Keyring? Keyring { get; set; }

    DbConnection? IAuditedContext.Held { get; set; }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) => configurationBuilder.Conventions(options);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyMappings(options, typeof(IZoneMapping<>));
        AuditRow.Map(modelBuilder);
    }

    public override void Dispose()
    {
        HeldConnection.GiveBack(this);
        base.Dispose();
    }

    public override async ValueTask DisposeAsync()
    {
        await HeldConnection.GiveBackAsync(this);
        await base.DisposeAsync();
    }
}

/// <summary>The catalogue: about the house (zones, accounts, sessions, jobs), never about a person helped.</summary>
public sealed class CatalogDbContext(DbContextOptions<CatalogDbContext> options) : DbContext(options), IAuditedContext
{
    DbConnection? IAuditedContext.Held { get; set; }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) => configurationBuilder.Conventions(options);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyMappings(options, typeof(ICatalogMapping<>));
        AuditRow.Map(modelBuilder);
    }

    public override void Dispose()
    {
        HeldConnection.GiveBack(this);
        base.Dispose();
    }

    public override async ValueTask DisposeAsync()
    {
        await HeldConnection.GiveBackAsync(this);
        await base.DisposeAsync();
    }
}

/// <summary>Published figures: about no one.</summary>
public sealed class FiguresDbContext(DbContextOptions<FiguresDbContext> options) : DbContext(options)
{
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) => configurationBuilder.Conventions(options);
    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.ApplyMappings(options, typeof(IFiguresMapping<>));
}

/// <summary>What of the figures may be read by everybody who reads figures: views and tables that hold nothing that is not shown. Its model knows no other.</summary>
public sealed class PublishedDbContext(DbContextOptions<PublishedDbContext> options) : DbContext(options)
{
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) => configurationBuilder.Conventions(options);
    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.ApplyMappings(options, typeof(IPublishedMapping<>));
}

/// <summary>A context whose database carries an audit chain.</summary>
internal interface IAuditedContext
{
    /// <summary>The connection that this lease of the context holds; null on SQLite, whose readers stay open and belong to their file.</summary>
    DbConnection? Held { get; set; }
}
