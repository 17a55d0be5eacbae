using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using VictimSupport.Benchmarks.Reference;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Benchmarks;

/// <summary>B4: a name searched in a zone of a hundred thousand people, over the sealed store, beside the same page by hand over names in clear text under an index. CPU of application and database for each search; how long one searcher waits.</summary>
internal sealed class Searching(string program, string reference, string folder, int people, int rounds, int warm)
{
    private const int Clients = 16, Each = 3000, Alone = 1000; // the clock of a process has steps of 10 ms: 3 µs of a search
    private const int Open = 2_000; // more than any zone has
    private readonly Names names = new(20_000, 2_000);

    /// <returns>Was every gate met?</returns>
    public async Task<bool> Run(IEnumerable<string> engines)
    {
        var (met, lines) = (true, new List<string>
        {
            $"{Machine.Describe()}; {people} people, {rounds} rounds of {Each} searches, {Clients} clients; CPU is the application's and the database's together, per search.", "",
            "| engine | searched by | product µs | by hand, in clear µs | ratio | bare µs | gate | found | p50, p99 ms of one searcher | by hand | errors |", "|---|---|---|---|---|---|---|---|---|---|---|",
        });
        foreach (var engine in engines)
        {
            await using var cluster = engine == "postgresql" ? await Cluster.Start(Directory.CreateDirectory(Path.Combine(folder, engine)).FullName) : null;
            var ours = await Product.Prepare(program, Path.Combine(folder, engine, "product"), "bench", cluster, 20);
            var intake = await Fill(ours);
            var theirs = await ours.Copy(Path.Combine(folder, engine, "reference"), "benchref");
            await NamesInClear.Write(theirs.Where, await intake.Written());
            await Intake.Analyze(theirs.Where);
            met &= await Measure(engine, ours, theirs, cluster, lines);
        }
        foreach (var line in lines) Console.WriteLine(line);
        return met;
    }

    private async Task<Intake> Fill(Product product)
    {
        var (where, watch) = (product.Where, Stopwatch.StartNew());
        var secrets = new Secrets(where);
        var appender = new Appender(where, new Chain(secrets.Keys.ChainKey));
        var intake = new Intake(where, secrets, appender, product.Account, product.Template);
        await intake.Fill(Enumerable.Range(0, people).Select(i => names.Of(i) is var (family, given) ? (family, given, $"047{i % 10} {i / 10 % 100:00} {i / 1000 % 100:00} {i / 100_000 % 10}{i % 7}") : default), product.Session);
        await appender.Writer.DisposeAsync();
        await Settle(where);
        await Intake.Analyze(where);
        Console.Error.WriteLine($"{people} people after {watch.Elapsed.TotalSeconds:0} s");
        return intake;
    }

    // Each of them was told to the coordinators on its day, and all but the latest are closed: a hundred thousand mails that wait, or as many dossiers with something due, would measure the job and the bell.
    private static async Task Settle(Where where)
    {
        await using var connection = where.Connect(where.Data);
        await connection.OpenAsync();
        await Country.Run(connection, "UPDATE outbox SET \"Delivered\" = \"NotBefore\", \"Attempts\" = 1 WHERE \"Delivered\" IS NULL");
        await Country.Run(connection, $"UPDATE dossier SET \"Closed\" = \"Opened\", \"NextDue\" = NULL WHERE \"Id\" NOT IN (SELECT \"Id\" FROM dossier ORDER BY \"Id\" DESC LIMIT {Open})");
        await Country.Run(connection, "UPDATE follow_up SET \"Done\" = \"DueAt\", \"DoneBy\" = \"By\" WHERE \"DossierId\" IN (SELECT \"Id\" FROM dossier WHERE \"Closed\" IS NOT NULL)");
    }

    private async Task<bool> Measure(string engine, Product ours, Product theirs, Cluster? cluster, List<string> lines)
    {
        var (port, refPort, met) = (Machine.FreePort(), Machine.FreePort(), true);
        await using var product = await ours.Start(port);
        await using var byHand = await Speed.StartReference(reference, theirs, refPort);
        using var client = new Client(port, ours.Pass);
        using var refClient = new Client(refPort, await Speed.Entered(refPort));
        var (a, b) = (new Workload(ours, client), new Workload(theirs, refClient));
        await a.Token();
        await b.Token();
        (string Name, bool Gated, Func<int, string> Text)[] kinds =
        [
            ("both names", true, i => names.Of(i * 131 % people) is var (family, given) ? $"{given} {family}" : ""),
            ("the family name alone", false, i => names.Of(i * 131 % people).Family),
        ];
        foreach (var (name, gated, text) in kinds)
        {
            foreach (var work in new[] { a, b }) for (var watch = Stopwatch.StartNew(); watch.Elapsed.TotalSeconds < warm;) await Load.Closed(Clients, 200, i => work.Search(text(i + 77)));
            var (x, y, z, bad, found) = (new List<double>(), new List<double>(), new List<double>(), 0, new ConcurrentBag<int>());
            for (var round = 0; round < rounds; round++)
            {
                var offset = (round + 1) * 10_007;
                foreach (var (child, work, query, into) in new[] { (product, a, "", x), (byHand, b, "", y), (byHand, b, "?bare", z) })
                {
                    var before = Machine.Cpu(child.Id) + (cluster?.Cpu() ?? 0);
                    var outcome = await Load.Closed(Clients, Each, i => work.Search(text(i + offset), query, child == product ? found : null));
                    into.Add((Machine.Cpu(child.Id) + (cluster?.Cpu() ?? 0) - before) / Each * 1e6);
                    bad += outcome.Bad;
                }
            }
            var (alone, aloneByHand) = (await Load.Closed(1, Alone, i => a.Search(text(i + 3))), await Load.Closed(1, Alone, i => b.Search(text(i + 3))));
            var (ratio, gate) = (Speed.Median(x) / Speed.Median(y), engine == "sqlite" ? 7.0 : 3.0);
            var fine = ratio <= gate && alone.Percentile(0.99) <= 10 && bad == 0;
            if (gated) met &= fine;
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"| {engine} | {name} | {Speed.Median(x):0} | {Speed.Median(y):0} | **{ratio:0.00}** | {Speed.Median(z):0} | {(gated ? $"≤ {gate:0}, p99 ≤ 10 ms {(fine ? "met" : "**missed**")}" : "–")} | {found.Average():0.0} | {alone.Percentile(0.5):0.0}, {alone.Percentile(0.99):0.0} | {aloneByHand.Percentile(0.5):0.0}, {aloneByHand.Percentile(0.99):0.0} | {bad} |"));
            Console.Error.WriteLine(lines[^1]);
        }
        return met;
    }
}
