using System.Globalization;
using System.Net;

namespace VictimSupport.Benchmarks;

/// <summary>Half the load of a busy evening for a long time: memory, handles and answers must stay as they were after the first minutes.</summary>
internal sealed class Soak(string program, string folder, int minutes, int perSecond)
{
    private const int Settled = 5;

    private sealed record Minute(double Resident, int Handles, double P50, double P95, int Bad);

    /// <returns>Was every promise kept?</returns>
    public async Task<bool> Run(string engine)
    {
        await using var cluster = engine == "postgresql" ? await Cluster.Start(Directory.CreateDirectory(Path.Combine(folder, engine)).FullName) : null;
        var product = await Product.Prepare(program, Path.Combine(folder, engine, "product"), "bench", cluster, 300);
        var (port, all) = (Machine.FreePort(), new List<Minute>());
        await using var child = await product.Start(port);
        var workers = await Worker.Several(port, Product.Zone, [product.Pass], 16); // the coordinator, whom every dossier opens to
        Console.WriteLine($"{Machine.Describe()}; {engine}, {perSecond} requests a second for {minutes} minutes: 40 % dossiers, 30 % worklists, 20 % searches, 10 % intakes.");
        Console.WriteLine("| minute | RSS MB | handles | p50 ms | p95 ms | errors |");
        Console.WriteLine("|---|---|---|---|---|---|");
        for (var minute = 1; minute <= minutes; minute++)
        {
            var from = minute * 100_000;
            var outcome = await Load.Open(perSecond, TimeSpan.FromMinutes(1), i => One(product, workers[i % workers.Length], from + i));
            var now = new Minute(Machine.Resident(child.Id), Machine.Handles(child.Id), outcome.Percentile(0.5), outcome.Percentile(0.95), outcome.Bad);
            all.Add(now);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {minute} | {now.Resident:0} | {now.Handles} | {now.P50:0} | {now.P95:0} | {now.Bad} |"));
        }
        foreach (var worker in workers) worker.Dispose();
        return Judge(all);
    }

    private static bool Judge(List<Minute> all)
    {
        var settled = all.Skip(Math.Min(Settled, all.Count - 1) - 1).ToList();
        var (memory, handles) = (Slope(settled.Select(m => m.Resident)) * 60, Slope(settled.Select(m => (double)m.Handles)) * 60);
        // The end is the mean of the last three minutes: one collection more or less is no trend.
        var (begin, end) = (settled[0].Resident, all.TakeLast(3).Average(m => m.Resident));
        var (grown, errors) = (end / begin - 1, all.Sum(m => m.Bad));
        double Mean(IEnumerable<Minute> some, Func<Minute, double> of) => some.Average(of);
        var (first, last) = (all.Take(5).ToList(), all.TakeLast(5).ToList());
        // Steadily: a trend that would add a tenth in an hour, and an end above everything at the beginning.
        var leaking = handles > settled[0].Handles * 0.1 && all.TakeLast(3).Min(m => m.Handles) > settled.Take(3).Max(m => m.Handles);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Memory {begin:0} MB at minute {Settled}, {end:0} MB at the end: {grown:+0.0%;-0.0%} (gate 10 %), {memory:+0.0;-0.0} MB an hour. Handles {handles:+0.0;-0.0} an hour{(leaking ? ", growing" : "")}. Errors {errors} (gate 0)."));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"p50 {Mean(first, m => m.P50):0.0} → {Mean(last, m => m.P50):0.0} ms, p95 {Mean(first, m => m.P95):0.0} → {Mean(last, m => m.P95):0.0} ms, first five minutes against the last five."));
        return grown <= 0.1 && !leaking && errors == 0;
    }

    private static async Task<(bool, long)> One(Product product, Worker worker, int i)
    {
        var random = new Random(HashCode.Combine(i, 23));
        var answer = (i % 10) switch
        {
            < 4 => await worker.Get($"/dossiers/{product.Dossiers[random.Next(product.Dossiers.Count)]}"),
            < 7 => await worker.Get($"/worklist?tab={(random.Next(2) == 0 ? "Team" : "Mine")}&at={random.Next(1, 4)}"),
            < 9 => await worker.Search(random.Next(2) == 0 ? "Voorbeeld" : $"04{random.Next(70, 99)} 12 34 {random.Next(10, 99)}"),
            _ => await worker.Intake("Exemple" + Numbering.Letters(random.Next(100_000)), "Ada", $"0470 {random.Next(10, 99)} {random.Next(10, 99)} {random.Next(10, 99)}", "Exemple", "Une note de la nuit.") is { Dossier: not null } ? (HttpStatusCode.OK, "") : (HttpStatusCode.BadRequest, ""),
        };
        return (answer.Item1 == HttpStatusCode.OK, answer.Item2.Length);
    }

    private static double Slope(IEnumerable<double> values)
    {
        var (y, n) = (values.ToList(), values.Count());
        if (n < 2) return 0;
        var (meanX, meanY) = ((n - 1) / 2.0, y.Average());
        return y.Select((v, x) => (x - meanX) * (v - meanY)).Sum() / Enumerable.Range(0, n).Sum(x => (x - meanX) * (x - meanX));
    }
}
