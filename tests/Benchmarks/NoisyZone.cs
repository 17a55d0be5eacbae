using System.Globalization;
using System.Net;

namespace VictimSupport.Benchmarks;

/// <summary>B14: somebody opens the worklist of a quiet zone five times a second, alone and while sixty-four others press in another zone as fast as they are answered. How much longer does the quiet one wait?</summary>
internal sealed class NoisyZone(string program, string folder, int rounds, int seconds)
{
    private const int Noisy = 64, Gate = 2;
    private const double PerSecond = 5;

    /// <returns>Was every gate met, without an error in either zone?</returns>
    public async Task<bool> Run(IEnumerable<string> engines)
    {
        var (met, lines) = (true, new List<string> { $"{Machine.Describe()}; {rounds} rounds of {seconds} s, one reader at {PerSecond} pages a second, {Noisy} clients in the other zone.", "", "| B14 | alone p50, p95 ms | beside a flood p50, p95 ms | p95 ratio | gate | flood pages/s | errors |", "|---|---|---|---|---|---|---|" });
        foreach (var engine in engines)
        {
            await using var cluster = engine == "postgresql" ? await Cluster.Start(Directory.CreateDirectory(Path.Combine(folder, engine)).FullName) : null;
            var product = await Product.Prepare(program, Path.Combine(folder, engine, "product"), "bench", cluster, 60, zones: 2);
            var quietPass = (await Numbering.Passes(product, "9902"))[0];
            var port = Machine.FreePort();
            await using var child = await product.Start(port);
            using var loud = new Client(port, product.Pass);
            using var quiet = new Client(port, quietPass);
            Task<(bool, long)> Page(Client client, string zone) => Task.Run(async () => await client.Send(HttpMethod.Get, $"/{zone}/worklist") is var (status, bytes) ? (status == HttpStatusCode.OK, bytes) : default);
            for (var watch = System.Diagnostics.Stopwatch.StartNew(); watch.Elapsed.TotalSeconds < 20;)
            {
                await Load.Closed(16, 200, _ => Page(loud, "9901"));
                await Load.Closed(2, 20, _ => Page(quiet, "9902"));
            }
            var (alone, beside, floods, bad) = (new List<Outcome>(), new List<Outcome>(), new List<double>(), 0);
            for (var round = 0; round < rounds; round++)
            {
                alone.Add(await Load.Open(PerSecond, TimeSpan.FromSeconds(seconds), _ => Page(quiet, "9902")));
                using var over = new CancellationTokenSource();
                var (pages, faults, since) = (0, 0, System.Diagnostics.Stopwatch.StartNew());
                var flood = Task.WhenAll(Enumerable.Range(0, Noisy).Select(_ => Task.Run(async () =>
                {
                    while (!over.IsCancellationRequested) if ((await Page(loud, "9901")).Item1) Interlocked.Increment(ref pages); else Interlocked.Increment(ref faults);
                })));
                await Task.Delay(1000);
                beside.Add(await Load.Open(PerSecond, TimeSpan.FromSeconds(seconds), _ => Page(quiet, "9902")));
                await over.CancelAsync();
                await flood;
                floods.Add(pages / since.Elapsed.TotalSeconds);
                bad += faults + alone[^1].Bad + beside[^1].Bad;
            }
            double Of(List<Outcome> all, double p) => Speed.Median([.. all.Select(o => o.Percentile(p))]);
            var ratio = Of(beside, 0.95) / Of(alone, 0.95);
            met &= ratio <= Gate && bad == 0;
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"| {engine} | {Of(alone, 0.5):0.0}, {Of(alone, 0.95):0.0} | {Of(beside, 0.5):0.0}, {Of(beside, 0.95):0.0} | **{ratio:0.00}** | ≤ {Gate} {(ratio <= Gate && bad == 0 ? "met" : "**missed**")} | {Speed.Median(floods):0} | {bad} |"));
            Console.Error.WriteLine(lines[^1]);
        }
        foreach (var line in lines) Console.WriteLine(line);
        return met;
    }
}
