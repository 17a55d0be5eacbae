using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace VictimSupport.Foundation.Persistence;

/// <summary>Queries of the busiest pages, translated once instead of looked up by their shape each time. EF ties a compiled query to one model; a process
/// that serves two engines (a test run) has two.</summary>
public static class Compiled
{
    public static Compiled<TOne, T> Query<TOne, T>(Expression<Func<ZoneDbContext, TOne, IQueryable<T>>> query) => new(() => EF.CompileAsyncQuery(query));
    public static Compiled<TOne, TTwo, T> Query<TOne, TTwo, T>(Expression<Func<ZoneDbContext, TOne, TTwo, IQueryable<T>>> query) => new(() => EF.CompileAsyncQuery(query));

    /// <param name="onSqlite">The same question, where SQLite carries it out faster in other words.</param>
    public static Compiled<TOne, TTwo, TThree, T> Query<TOne, TTwo, TThree, T>(Expression<Func<ZoneDbContext, TOne, TTwo, TThree, IQueryable<T>>> query, Expression<Func<ZoneDbContext, TOne, TTwo, TThree, IQueryable<T>>>? onSqlite = null) =>
        new(zone => EF.CompileAsyncQuery(onSqlite is not null && zone.Database.IsSqlite() ? onSqlite : query));

    internal static async Task<List<T>> Read<T>(IAsyncEnumerable<T> rows, CancellationToken ct)
    {
        var read = new List<T>();
        await foreach (var row in rows.WithCancellation(ct)) read.Add(row);
        return read;
    }
}

/// <summary>A compiled query of one parameter.</summary>
public sealed class Compiled<TOne, T>
{
    private readonly ConditionalWeakTable<IModel, Func<ZoneDbContext, TOne, IAsyncEnumerable<T>>> models = [];
    private readonly Func<Func<ZoneDbContext, TOne, IAsyncEnumerable<T>>> compile;

    internal Compiled(Func<Func<ZoneDbContext, TOne, IAsyncEnumerable<T>>> compile) => this.compile = compile;

    public Task<List<T>> In(ZoneDbContext zone, TOne one, CancellationToken ct) => Compiled.Read(models.GetValue(zone.Model, _ => compile())(zone, one), ct);
}

/// <summary>A compiled query of two parameters.</summary>
public sealed class Compiled<TOne, TTwo, T>
{
    private readonly ConditionalWeakTable<IModel, Func<ZoneDbContext, TOne, TTwo, IAsyncEnumerable<T>>> models = [];
    private readonly Func<Func<ZoneDbContext, TOne, TTwo, IAsyncEnumerable<T>>> compile;

    internal Compiled(Func<Func<ZoneDbContext, TOne, TTwo, IAsyncEnumerable<T>>> compile) => this.compile = compile;

    public Task<List<T>> In(ZoneDbContext zone, TOne one, TTwo two, CancellationToken ct) => Compiled.Read(models.GetValue(zone.Model, _ => compile())(zone, one, two), ct);
}

/// <summary>A compiled query of three parameters.</summary>
public sealed class Compiled<TOne, TTwo, TThree, T>
{
    private readonly ConditionalWeakTable<IModel, Func<ZoneDbContext, TOne, TTwo, TThree, IAsyncEnumerable<T>>> models = [];
    private readonly Func<ZoneDbContext, Func<ZoneDbContext, TOne, TTwo, TThree, IAsyncEnumerable<T>>> compile;

    internal Compiled(Func<ZoneDbContext, Func<ZoneDbContext, TOne, TTwo, TThree, IAsyncEnumerable<T>>> compile) => this.compile = compile;

    public Task<List<T>> In(ZoneDbContext zone, TOne one, TTwo two, TThree three, CancellationToken ct) => Compiled.Read(models.GetValue(zone.Model, _ => compile(zone))(zone, one, two, three), ct);
}
