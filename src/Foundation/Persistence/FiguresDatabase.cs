using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Persistence.Engines;

namespace VictimSupport.Foundation.Persistence;

/// <summary>The figures: about no one. What is written is written whole and once; nothing in it is ever changed or taken away.</summary>
public sealed class FiguresDatabase
{
    private readonly Engine engine;

    internal FiguresDatabase(Engine engine) => this.engine = engine;

    /// <summary>A context to read with; who leases it disposes it.</summary>
    public FiguresDbContext Lease() => engine.OpenFigures(reading: true);

    /// <summary>A context that reads what is published and can read nothing else: on server engines as a login of its own that may select that and no more, on SQLite, which has no roles, from a file opened for reading. Who leases it disposes it.</summary>
    public PublishedDbContext LeasePublished() => engine.OpenPublished();

    /// <summary>Runs the unit in one transaction, saved whole or not at all; durable when it returns.</summary>
    public async Task Write(Func<FiguresDbContext, Task> unit, CancellationToken ct)
    {
        await using var figures = engine.OpenFigures(reading: false);
        await using var whole = await figures.Database.BeginTransactionAsync(ct);
        await unit(figures);
        await figures.SaveChangesAsync(ct);
        await whole.CommitAsync(ct);
    }
}

/// <summary>Lets nobody change or delete a row of the figures, whatever they hold.</summary>
internal static class NeverChanged
{
    private const string Why = "published figures are never changed";

    /// <summary>Puts the guard on every table of the model; may be repeated.</summary>
    /// <param name="statements">What the engine says for one table.</param>
    public static async Task Guard(FiguresDbContext figures, Func<string, IEnumerable<string>> statements, CancellationToken ct)
    {
        foreach (var statement in figures.Model.GetEntityTypes().Select(e => e.GetTableName()).OfType<string>().Distinct(StringComparer.Ordinal).SelectMany(statements))
#pragma warning disable EF1002, RS0030 // the names of our own tables; raw SQL lives here
            await figures.Database.ExecuteSqlRawAsync(statement, ct);
#pragma warning restore EF1002, RS0030
    }

    public static IEnumerable<string> OnSqlite(string table) =>
    [
        $"CREATE TRIGGER IF NOT EXISTS {table}_no_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{Why}'); END",
        $"CREATE TRIGGER IF NOT EXISTS {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{Why}'); END",
    ];

    public static IEnumerable<string> OnPostgreSql(string table) =>
    [
        $"CREATE OR REPLACE FUNCTION never_changed() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''{Why}''; END'",
        $"CREATE OR REPLACE TRIGGER {table}_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION never_changed()",
    ];

    public static IEnumerable<string> OnSqlServer(string table) => [$"CREATE OR ALTER TRIGGER {table}_never_changed ON dbo.{table} INSTEAD OF UPDATE, DELETE AS THROW 50001, '{Why}', 1"];
}
