using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using VictimSupport.Benchmarks.Reference;
using VictimSupport.Foundation.Numbers;

namespace VictimSupport.Benchmarks;

/// <summary>R4: many who register at once in one zone. Among good intakes stand refused ones and forms that arrive twice at the same moment; the second is rolled back.</summary>
internal sealed class Numbering(string program, string folder, int each)
{
    private const int Clients = 64, Odd = 50;

    /// <returns>Was every promise kept?</returns>
    public async Task<bool> Run(string engine)
    {
        await using var cluster = engine == "postgresql" ? await Cluster.Start(Directory.CreateDirectory(Path.Combine(folder, engine)).FullName) : null;
        var product = await Product.Prepare(program, Path.Combine(folder, engine, "product"), "bench", cluster, 0);
        var passes = await Passes(product);
        var before = await Numbers(product.Where);
        var (port, errors, made, watch) = (Machine.FreePort(), new ConcurrentBag<string>(), new ConcurrentBag<Guid>(), new Stopwatch());
        var (refused, twice) = (0, 0);
        await using (await product.Start(port))
        {
            var workers = await Worker.Several(port, Product.Zone, passes, Clients);
            watch.Start();
            await Task.WhenAll(workers.Select((worker, client) => Task.Run(async () =>
            {
                for (var i = 0; i < each; i++)
                {
                    var (family, phone) = ($"Exemple{Letters(client)} {Letters(i)}", $"04{70 + client % 20} {10 + client / 20:00} {i / 100:00} {i % 100:00}");
                    if (i % Odd == 7)
                    {
                        // The rules refuse it: no number is taken.
                        if ((await worker.Intake(family, "Ada", "no telephone", "", "")).Dossier is not null) errors.Add("An intake without a telephone number was accepted.");
                        Interlocked.Increment(ref refused);
                    }
                    if (i % Odd == 23)
                    {
                        var once = Guid.CreateVersion7();
                        var both = await Task.WhenAll(worker.Intake(family, "Ada", phone, "Exemple", "", once), worker.Intake(family, "Ada", phone, "Exemple", "", once));
                        Interlocked.Increment(ref twice);
                        if (both[0].Dossier is { } one && one == both[1].Dossier) made.Add(one);
                        else errors.Add($"One form twice: {both[0]} and {both[1]}");
                        continue;
                    }
                    var (dossier, said) = await worker.Intake(family, "Ada", phone, "Exemple", "");
                    if (dossier is { } id) made.Add(id);
                    else errors.Add(said);
                }
            })));
            watch.Stop();
            foreach (var worker in workers) worker.Dispose();
        }
        return await Judge(engine, product.Where, before.Count, made, errors, $"{Clients} clients × {each} intakes, among them {refused} refused and {twice} sent twice at once, {watch.Elapsed.TotalSeconds:0} s, {made.Count / watch.Elapsed.TotalSeconds:0}/s");
    }

    private static async Task<bool> Judge(string engine, Where where, int before, ConcurrentBag<Guid> made, ConcurrentBag<string> errors, string what)
    {
        var found = await Numbers(where);
        var texts = found.Values.ToList();
        var twice = texts.Count - texts.Distinct(StringComparer.Ordinal).Count();
        var unreadable = texts.Count(t => !DossierNumber.TryParse(t, out var read) || read.Text != t);
        var lost = made.Count(id => !found.ContainsKey(id));
        // Every count of every year, 1 to the last, is one dossier's: who was refused or rolled back gave the count back.
        var (key, gaps, counted) = (new Secrets(where).Keys.NumberKey, 0, 0);
        var known = texts.ToHashSet(StringComparer.Ordinal);
        foreach (var (year, last) in await Counters(where))
        {
            counted += last;
            gaps += Enumerable.Range(1, last).Count(c => !known.Contains(DossierNumber.Of(year, c, key).Text));
        }
        SqliteConnection.ClearAllPools();
        Console.WriteLine($"{Machine.Describe()}");
        Console.WriteLine($"{engine}: {what}");
        Console.WriteLine($"{engine}: errors {errors.Count}, dossiers {found.Count - before} for {made.Count} acknowledged, acknowledged and not there {lost}, numbers twice {twice}, not passing their check {unreadable}, counts {counted} for {found.Count} dossiers, counts without a dossier {gaps}");
        foreach (var error in errors.GroupBy(e => e).Take(5)) Console.WriteLine($"  {error.Count()} × {error.Key}");
        return errors.IsEmpty && twice == 0 && unreadable == 0 && lost == 0 && gaps == 0 && counted == found.Count && found.Count - before == made.Count && made.Distinct().Count() == made.Count;
    }

    internal static async Task<IReadOnlyList<string>> Passes(Product product, string zone = Product.Zone)
    {
        var port = Machine.FreePort();
        await using var child = await product.Start(port, "Development");
        var passes = new List<string>();
        for (var i = 0; i < 4; i++) passes.Add(await product.SignIn(port, zone, i));
        return passes;
    }

    internal static string Letters(int i) => i < 26 ? $"{(char)('a' + i)}" : Letters(i / 26 - 1) + (char)('a' + i % 26);

    private static async Task<Dictionary<Guid, string>> Numbers(Where where)
    {
        var all = new Dictionary<Guid, string>();
        await Each(where, "SELECT \"Id\", \"Number\" FROM dossier", row => all[Guid.Parse(row.GetValue(0).ToString()!)] = row.GetString(1));
        return all;
    }

    private static async Task<List<(int Year, int Last)>> Counters(Where where)
    {
        var all = new List<(int, int)>();
        await Each(where, "SELECT \"Year\", \"Last\" FROM dossier_counter WHERE \"Last\" > 0", row => all.Add((Convert.ToInt32(row.GetValue(0), CultureInfo.InvariantCulture), Convert.ToInt32(row.GetValue(1), CultureInfo.InvariantCulture))));
        return all;
    }

    private static async Task Each(Where where, string sql, Action<DbDataReader> row)
    {
        await using var connection = where.Connect(where.Data);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync()) row(rows);
    }
}
