using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using VictimSupport.Benchmarks.Reference;
using VictimSupport.Foundation.Audit;

namespace VictimSupport.Benchmarks;

/// <summary>So many zones as a country of them: made by the product's own import, filled by hand with the rows that its intake writes, one coordinator at home in all of them.</summary>
internal sealed class Country(Product product)
{
    private readonly Names names = new(2_000, 400);

    /// <summary>Codes of the zones there are, the demo's own first.</summary>
    public List<string> Zones { get; } = ["9901"];

    /// <summary>Makes zones up to so many in all.</summary>
    /// <param name="each">Dossiers in each new zone; its next acts fall due in ten years.</param>
    public async Task Grow(int zones, int each)
    {
        var (watch, fresh) = (Stopwatch.StartNew(), Enumerable.Range(0, 9900).Concat(Enumerable.Range(9905, 95)).Select(c => c.ToString("0000", CultureInfo.InvariantCulture)).Skip(Zones.Count - 1).Take(zones - Zones.Count).ToList());
        if (fresh.Count == 0) return;
        var file = Path.Combine(product.Folder, "zones.csv");
        await File.WriteAllLinesAsync(file, ["code,name_fr,name_nl,name_de,languages,province,judicial_arrondissement,municipalities", .. fresh.Select(code => $"{code},Zone {code},,,fr,NAM,NAM,9{code}")]);
        await Child.Run(product.Program, ["zone", "import", file], product.Environment("Production"), product.Folder);
        await Employ();
        Console.Error.WriteLine($"{fresh.Count} zones made after {watch.Elapsed.TotalSeconds:0} s");
        var queue = new ConcurrentQueue<string>(fresh);
        var filled = 0;
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            while (queue.TryDequeue(out var code))
            {
                await Fill(code, each);
                // The driver keeps connections for the next to come, and with them files: there are only so many.
                if (Interlocked.Increment(ref filled) % 100 == 0) SqliteConnection.ClearAllPools();
            }
        })));
        Zones.AddRange(fresh);
        SqliteConnection.ClearAllPools();
        Console.Error.WriteLine($"{Zones.Count} zones filled after {watch.Elapsed.TotalSeconds:0} s");
    }

    private async Task Fill(string code, int each)
    {
        var where = product.Where with { Zone = code };
        await using (var zone = await Open(where))
        {
            await Run(zone, $"""INSERT INTO dossier_counter ("Year", "Last") SELECT {DateTime.UtcNow.Year}, 0 WHERE NOT EXISTS (SELECT 1 FROM dossier_counter WHERE "Year" = {DateTime.UtcNow.Year})""");
        }
        var secrets = new Secrets(where);
        var appender = new Appender(where, new Chain(secrets.Keys.ChainKey));
        var intake = new Intake(where, secrets, appender, product.Account, product.Template, product.Where);
        await intake.Fill(Enumerable.Range(0, each).Select(i => names.Of(i) is var (family, given) ? (family, given, $"0470 {i % 100:00} 10 10") : default), product.Session);
        await appender.Writer.DisposeAsync();
        await using (var zone = await Open(where)) await Run(zone, $"""UPDATE follow_up SET "DueAt" = {Later.Ticks}; UPDATE dossier SET "NextDue" = {Later.Ticks}; DELETE FROM outbox;""");
    }

    private static DateTime Later => DateTime.UtcNow.Date.AddYears(10);

    // The rows that let the coordinator of the first zone in, for every zone.
    private async Task Employ()
    {
        await using var catalog = product.Where.Connect(product.Where.Catalog);
        await catalog.OpenAsync();
        const string id = "upper(substr(hex(randomblob(4)),1,8)||'-'||hex(randomblob(2))||'-7'||substr(hex(randomblob(2)),2)||'-8'||substr(hex(randomblob(2)),2)||'-'||hex(randomblob(6)))";
        foreach (var (table, own) in new[] { ("role_grant", true), ("conduct_acceptance", true), ("zone_step", false) })
        {
            var columns = await Columns(catalog, table);
            var chosen = string.Join(", ", columns.Select(c => c switch { "Id" => id, "Zone" => "z.\"Id\"", _ => $"t.\"{c}\"" }));
            await Run(catalog, $"""
                INSERT INTO {table} ({string.Join(", ", columns.Select(c => $"\"{c}\""))}) SELECT {chosen} FROM {table} t CROSS JOIN zone z
                WHERE t."Zone" = (SELECT "Id" FROM zone WHERE "Code" = '9901') {(own ? $"AND t.\"Account\" = '{product.Account.ToString().ToUpperInvariant()}'" : "")} AND NOT EXISTS (SELECT 1 FROM {table} o WHERE o."Zone" = z."Id");
                """);
        }
    }

    /// <summary>Makes a pass for each zone.</summary>
    public async Task<string[]> Passes(int port)
    {
        using var client = new Client(port, product.Signed);
        var passes = new string[Zones.Count];
        await Parallel.ForAsync(0, Zones.Count, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
        {
            using var answer = await client.Answer(HttpMethod.Get, $"/account/enter?to=%2F{Zones[i]}%2Fworklist");
            passes[i] = answer.Headers.TryGetValues("Set-Cookie", out var cookies) && cookies.FirstOrDefault(c => c.StartsWith("p=", StringComparison.Ordinal)) is { } pass ? pass.Split(';')[0] : throw new InvalidOperationException($"No pass for {Zones[i]}: {answer.StatusCode}.");
        });
        return passes;
    }

    public Where At(string code) => product.Where with { Zone = code };

    public static async Task<DbConnection> Open(Where where)
    {
        var connection = new SqliteConnection(where.Data + ";Pooling=False");
        await connection.OpenAsync();
        return connection;
    }

    public static async Task Run(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<List<string>> Columns(DbConnection connection, string table)
    {
        var all = new List<string>();
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT name FROM pragma_table_info('{table}')";
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync()) all.Add(row.GetString(0));
        return all;
    }
}
