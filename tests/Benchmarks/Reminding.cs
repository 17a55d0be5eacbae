using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace VictimSupport.Benchmarks;

/// <summary>B13: next acts that fall due in one and the same minute in every zone of a country. The product's sweep beside one by hand over the same databases: open, read what is due, write the outbox, commit. SQLite.</summary>
internal sealed class Reminding(string program, string folder, int zones, int each, int most)
{
    /// <returns>Was every gate met, and each reminder there once?</returns>
    public async Task<bool> Run()
    {
        var product = await Product.Prepare(program, Path.Combine(folder, "product"), "bench", null, 5);
        var country = new Country(product);
        await country.Grow(zones, each);
        var own = country.Zones.Skip(1).ToList();
        var port = Machine.FreePort();
        DateTime due;
        double seconds, cpu;
        var all = (own.Count * each).ToString(CultureInfo.InvariantCulture);
        List<double> late;
        long twice;
        await using (var child = await product.Start(port))
        {
            // A process that starts looks into every zone once; what is measured comes after.
            var (watch, spentAtStart) = (Stopwatch.StartNew(), Machine.Cpu(child.Id));
            var there = await Count(product.Where, product.Where.Catalog, "SELECT count(*) FROM zone");
            while (await Count(product.Where, product.Where.Catalog, "SELECT count(*) FROM zone_visit WHERE \"DoneUpTo\" IS NOT NULL OR \"Failed\" IS NOT NULL") < there && watch.Elapsed.TotalMinutes < 20) await Task.Delay(1000);
            Console.Error.WriteLine($"The first round took {watch.Elapsed.TotalSeconds:0} s, {Machine.Cpu(child.Id) - spentAtStart:0} s CPU.");
            watch.Restart();
            var now = DateTime.UtcNow;
            due = new DateTime(now.Year, now.Month, now.Day, now.Hour, now.Minute, 0, DateTimeKind.Utc).AddMinutes(1 + Math.Ceiling(own.Count / 6000.0) * 2);
            await Parallel.ForEachAsync(own, new ParallelOptions { MaxDegreeOfParallelism = 3 }, async (code, _) => await Due(country, code, due));
            await using (var catalog = product.Where.Connect(product.Where.Catalog + ";Default Timeout=60"))
            {
                await catalog.OpenAsync();
                await Country.Run(catalog, $"UPDATE zone SET \"NextDue\" = {due.Ticks} WHERE \"Code\" NOT IN ('9901','9902','9903','9904')");
            }
            Console.Error.WriteLine($"{all} acts are due at {due:T}; all written {watch.Elapsed.TotalSeconds:0} s after, it is {DateTime.UtcNow:T}.");
            if (DateTime.UtcNow > due) throw new InvalidOperationException("It fell due while it was being written.");
            await Task.Delay(due - DateTime.UtcNow);
            var spent = Machine.Cpu(child.Id);
            watch.Restart();
            while (watch.Elapsed.TotalMinutes < most)
            {
                await Task.Delay(2000);
                if (await Count(product.Where, product.Where.Catalog, $"SELECT count(*) FROM zone WHERE \"NextDue\" <= {DateTime.UtcNow.Ticks}") == 0) break;
            }
            (seconds, cpu) = (watch.Elapsed.TotalSeconds, Machine.Cpu(child.Id) - spent);
            Console.Error.WriteLine($"No zone waits any more after {seconds:0} s, {cpu:0} s CPU.");
        }
        (late, twice) = await Lateness(country, own, due);
        SqliteConnection.ClearAllPools();
        var (handSeconds, handCpu) = await ByHand(country, own, due);
        var ratio = handCpu / cpu;
        late.Sort();
        var p99 = late.Count == 0 ? double.PositiveInfinity : late[(int)(late.Count * 0.99)];
        var (complete, fast, inTime) = (late.Count == own.Count * each && twice == 0, ratio >= 0.5, p99 <= 60);
        Console.WriteLine(Machine.Describe());
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"B13, sqlite: {all} next acts due in one minute over {own.Count} zones: {late.Count} reminders delivered, {twice} twice ({(complete ? "each once" : "**not each once**")}); {seconds:0} s and {cpu:0} s CPU, by hand (outbox rows only, nothing delivered) {handSeconds:0} s and {handCpu:0} s CPU: **{ratio:0.00}** (gate 0.5 {(fast ? "met" : "**missed**")}); lateness p50 {(late.Count == 0 ? 0 : late[late.Count / 2]):0} s, p99 {p99:0} s (gate 60 s {(inTime ? "met" : "**missed**")})."));
        return complete && fast && inTime;
    }

    private static async Task Due(Country country, string code, DateTime due)
    {
        await using var zone = await Country.Open(country.At(code));
        await Country.Run(zone, $"UPDATE follow_up SET \"DueAt\" = {due.Ticks}; UPDATE dossier SET \"NextDue\" = {due.Ticks};");
    }

    private static async Task<(List<double> Late, long Twice)> Lateness(Country country, List<string> zones, DateTime due)
    {
        var (late, twice) = (new ConcurrentBag<double>(), 0L);
        await Parallel.ForEachAsync(zones, new ParallelOptions { MaxDegreeOfParallelism = 3 }, async (code, ct) =>
        {
            await using var zone = await Country.Open(country.At(code));
            await using var command = zone.CreateCommand();
            command.CommandText = "SELECT \"Delivered\", \"About\" FROM outbox WHERE \"Kind\" = 'reminder' AND \"Delivered\" IS NOT NULL";
            var about = new HashSet<string>();
            await using var row = await command.ExecuteReaderAsync(ct);
            while (await row.ReadAsync(ct))
            {
                late.Add((new DateTime(row.GetInt64(0), DateTimeKind.Utc) - due).TotalSeconds);
                if (!about.Add(row.GetValue(1).ToString()!)) Interlocked.Increment(ref twice);
            }
        });
        return ([.. late], twice);
    }

    // What nobody can do without: each zone opened, read, written, committed.
    private async Task<(double Seconds, double Cpu)> ByHand(Country country, List<string> zones, DateTime due)
    {
        await Parallel.ForEachAsync(zones, new ParallelOptions { MaxDegreeOfParallelism = 3 }, async (code, _) =>
        {
            await using var zone = await Country.Open(country.At(code));
            await Country.Run(zone, "DELETE FROM outbox; UPDATE follow_up SET \"RemindedFor\" = NULL;");
        });
        var (self, watch, written) = (Environment.ProcessId, Stopwatch.StartNew(), 0);
        var spent = Machine.Cpu(self);
        await Parallel.ForEachAsync(zones, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (code, ct) =>
        {
            await using var zone = (SqliteConnection)await Country.Open(country.At(code));
            await Country.Run(zone, "PRAGMA synchronous=FULL;");
            await using var transaction = zone.BeginTransaction(deferred: false);
            var acts = new List<(string Id, string Dossier)>();
            await using (var read = zone.CreateCommand())
            {
                (read.Transaction, read.CommandText) = (transaction, $"SELECT \"Id\", \"DossierId\" FROM follow_up WHERE \"Done\" IS NULL AND \"DueAt\" <= {due.Ticks} AND \"RemindedFor\" IS NULL ORDER BY \"DueAt\"");
                await using var row = await read.ExecuteReaderAsync(ct);
                while (await row.ReadAsync(ct)) acts.Add((row.GetString(0), row.GetString(1)));
            }
            await using var write = zone.CreateCommand();
            (write.Transaction, write.CommandText) = (transaction, $"INSERT INTO outbox (\"Id\", \"Key\", \"Kind\", \"About\", \"NotBefore\", \"Attempts\") VALUES ($id, $key, 'reminder', $about, {due.Ticks}, 0); UPDATE follow_up SET \"RemindedFor\" = {due.Ticks} WHERE \"Id\" = $act;");
            foreach (var name in new[] { "$id", "$key", "$about", "$act" }) write.Parameters.Add(new SqliteParameter(name, null));
            foreach (var (id, dossier) in acts)
            {
                object[] values = [Guid.CreateVersion7().ToString().ToUpperInvariant(), $"reminder {id} {due.Ticks}", dossier, id];
                for (var i = 0; i < values.Length; i++) write.Parameters[i].Value = values[i];
                await write.ExecuteNonQueryAsync(ct);
                Interlocked.Increment(ref written);
            }
            await transaction.CommitAsync(ct);
        });
        if (written != zones.Count * each) throw new InvalidOperationException($"By hand {written} of {zones.Count * each}.");
        return (watch.Elapsed.TotalSeconds, Machine.Cpu(self) - spent);
    }

    private static async Task<long> Count(Reference.Where where, string connection, string sql)
    {
        await using var open = where.Connect(connection + ";Default Timeout=60");
        await open.OpenAsync();
        await using var command = open.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }
}
