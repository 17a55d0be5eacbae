using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace VictimSupport.Benchmarks;

/// <summary>B6's writer: every flush slowed by 2.4 ms through a preloaded shim, as on an ordinary disk; a fast one hides what grouping is for.</summary>
internal static class SlowFlush
{
    private const int Clients = 32;

    private const string Shim = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <time.h>
        static void wait_a_little(void) { struct timespec t = { 0, 2400000 }; nanosleep(&t, 0); }
        int fsync(int fd) { static int (*real)(int); if (!real) real = dlsym(RTLD_NEXT, "fsync"); wait_a_little(); return real(fd); }
        int fdatasync(int fd) { static int (*real)(int); if (!real) real = dlsym(RTLD_NEXT, "fdatasync"); wait_a_little(); return real(fd); }
        """;

    public static async Task<string> Measure(Product product, string self, string folder)
    {
        var library = Path.Combine(folder, "slow.so");
        await File.WriteAllTextAsync(Path.Combine(folder, "slow.c"), Shim);
        try
        {
            await Child.Run("cc", ["-shared", "-fPIC", "-O2", "-o", library, Path.Combine(folder, "slow.c"), "-ldl"]);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "B6 writer under slow flush: **not measured**, there is no C compiler here.";
        }
        var raw = double.Parse((await Child.Read(self, ["raw-writes", "--file", Path.Combine(folder, "raw.db")], new Dictionary<string, string> { ["LD_PRELOAD"] = library })).Trim(), CultureInfo.InvariantCulture);
        var port = Machine.FreePort();
        await using var child = await product.Start(port, "Production", ("LD_PRELOAD", library));
        using var client = new Client(port, product.Pass);
        var work = new Workload(product, client);
        await work.Token();
        await Load.Closed(Clients, 1500, i => work.Write(i + 11_000_000)); // warm
        var outcome = await Load.Closed(Clients, 3000, i => work.Write(i + 12_000_000));
        var ratio = outcome.PerSecond / raw;
        return string.Create(CultureInfo.InvariantCulture, $"B6 writer, {Clients} clients, every flush 2.4 ms slower, sqlite: {outcome.PerSecond:0} intakes/s over HTTP against {raw:0} raw single-row commits/s, **{ratio:0.0}** (gate 4 {(ratio >= 4 ? "met" : "**missed**")}), p99 {outcome.Percentile(0.99):0} ms (gate 60 ms {(outcome.Percentile(0.99) <= 60 ? "met" : "**missed**")}), errors {outcome.Bad}.");
    }

    /// <summary>One row, one durable commit, 32 writers in turn on one connection; prints commits a second.</summary>
    public static async Task Raw(string file)
    {
        await using var connection = new SqliteConnection($"Data Source={file}");
        await connection.OpenAsync();
        await using (var make = connection.CreateCommand())
        {
            make.CommandText = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE row (id INTEGER PRIMARY KEY, text TEXT);";
            await make.ExecuteNonQueryAsync();
        }
        using var turn = new SemaphoreSlim(1, 1);
        var (count, watch) = (0, Stopwatch.StartNew());
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            while (watch.Elapsed.TotalSeconds < 5)
            {
                await turn.WaitAsync();
                try
                {
                    await using var insert = connection.CreateCommand();
                    insert.CommandText = "INSERT INTO row (text) VALUES ('a single row')";
                    await insert.ExecuteNonQueryAsync();
                    count++;
                }
                finally
                {
                    turn.Release();
                }
            }
        })));
        await Console.Out.WriteLineAsync((count / watch.Elapsed.TotalSeconds).ToString(CultureInfo.InvariantCulture));
    }
}
