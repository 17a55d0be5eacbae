using System.Collections.Concurrent;
using System.Globalization;

namespace VictimSupport.Benchmarks;

/// <summary>R3: the database server is stopped, killed, frozen under load. Everybody is answered in time, truly, with what they typed; and when it is back, so is everything.</summary>
internal sealed class Outage(string program, string folder, int seconds)
{
    private const int Clients = 12;
    private const double Patience = 5, Recovery = 10;

    public async Task<IReadOnlyList<string>> Run()
    {
        Console.WriteLine($"outages of PostgreSQL, {seconds} s each, {Clients} clients. {Machine.Describe()}");
        await using var cluster = await Cluster.Start(Directory.CreateDirectory(Path.Combine(folder, "postgresql")).FullName);
        var product = await Product.Prepare(program, Path.Combine(folder, "postgresql", "product"), "outage", cluster, 100);
        var port = Machine.FreePort();
        using var client = new Client(port, product.Pass);
        var (work, proof, broken, frozen) = (new Workload(product, client), new Proof(product), new List<string>(), (IReadOnlyList<int>)[]);
        await using (var child = await product.Start(port))
        {
            await work.Token();
            var storm = new Storm(product, client, work);
            await proof.Begin();
            (string Name, Func<Task> Begin, Func<Task> End)[] phases =
            [
                ("stop -m fast", () => cluster.Stop("fast"), cluster.Up),
                ("kill -9 of all its processes", cluster.Crash, cluster.Up),
                ("SIGSTOP of all its processes", () => All("STOP", frozen = cluster.Everyone()), () => All("CONT", frozen)),
            ];
            foreach (var (name, begin, end) in phases) broken.AddRange((await Phase(storm, client, begin, end)).Select(fault => name + ": " + fault));
            if (child.HasEnded) broken.Add("the application ended: " + child.Errors);
            broken.AddRange(await proof.Whole(storm));
            Console.WriteLine("  " + storm.Figures);
        }
        broken.AddRange(await proof.Commands());
        return broken;

        static Task All(string signal, IReadOnlyList<int> processes)
        {
            foreach (var one in processes) Child.Signal(one, signal);
            return Task.CompletedTask;
        }

        async Task<List<string>> Phase(Storm storm, Client visitor, Func<Task> begin, Func<Task> end)
        {
            using var over = new CancellationTokenSource();
            var health = new ConcurrentQueue<(double At, double Took, int Status, string Said)>();
            var before = storm.All.Count;
            var raging = storm.Run(Clients, over.Token);
            var asking = Ask(storm, visitor, health, over.Token);
            await Task.Delay(3000);
            var away = storm.Now;
            await begin();
            await Task.Delay(TimeSpan.FromSeconds(seconds));
            var returning = storm.Now;
            await end();
            var back = storm.Now;
            await Task.Delay(TimeSpan.FromSeconds(Recovery + 5));
            await over.CancelAsync();
            await raging;
            await asking;
            return Judge([.. storm.All.Skip(before)], [.. health], away, returning, back);
        }
    }

    /// <summary>What was promised to everybody between <paramref name="away"/> and <paramref name="back"/>, and from ten seconds later on.</summary>
    internal static List<string> Judge(List<Seen> all, List<(double At, double Took, int Status, string Said)> health, double away, double returning, double back)
    {
        var broken = new List<string>();
        var during = all.Where(s => s.Ended > away && s.Begun < back + Recovery).ToList();
        Fault(during.Where(s => s.Took > Patience), "took longer than 5 s");
        Fault(during.Where(s => s.Status is not (200 or 302 or 503)), "answered neither 200, 302 nor 503");
        Fault(during.Where(s => s is { Post: true, Status: 503, Kept: false }), "answered 503 without what was typed");
        Fault(all.Where(s => s.Begun > back + Recovery && !s.Good), "failed more than 10 s after the database was back");
        var down = health.Where(h => h.At > away + 6 && h.At + h.Took < returning).ToList();
        if (down.Count == 0 || down.Any(h => h.Status != 503 || !h.Said.Contains("DOWN", StringComparison.Ordinal))) broken.Add($"/health did not say DOWN with 503: {string.Join(", ", down.Select(h => h.Status + h.Said).Distinct())}");
        if (health.Any(h => h.Took > Patience)) broken.Add($"/health took {health.Max(h => h.Took):0.0} s");
        if (health.Any(h => h.At > back + Recovery && h.Status != 200)) broken.Add("/health is not UP 10 s after the database was back");
        var bad = all.Where(s => !s.Good && s.Ended > back).ToList();
        var refused = during.Where(s => s.Status == 503).ToList();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  away {back - away:0.0} s: {refused.Count} × 503, {during.Count(s => s.Good)} × 200/302, slowest {during.Max(s => s.Took):0.00} s, slowest 503 {(refused.Count == 0 ? 0 : refused.Max(s => s.Took)):0.00} s; last failure {(bad.Count == 0 ? 0 : bad.Max(s => s.Ended) - back):0.0} s after it was back ({bad.Count} failures then); before and after {all.Count(s => s.Good && (s.Ended < away || s.Begun > back))} good"));
        return broken;

        void Fault(IEnumerable<Seen> found, string what)
        {
            var list = found.ToList();
            if (list.Count > 0) broken.Add($"{list.Count} requests {what} ({string.Join(", ", list.GroupBy(s => (s.Post, s.Status)).Select(g => $"{g.Count()} {(g.Key.Post ? "POST" : "GET")} {g.Key.Status}, up to {g.Max(s => s.Took).ToString("0.0", CultureInfo.InvariantCulture)} s"))})");
        }
    }

    internal static async Task Ask(Storm storm, Client visitor, ConcurrentQueue<(double At, double Took, int Status, string Said)> health, CancellationToken until)
    {
        while (!until.IsCancellationRequested)
        {
            var at = storm.Now;
            try
            {
                using var answer = await visitor.Answer(HttpMethod.Get, "/health");
                health.Enqueue((at, storm.Now - at, (int)answer.StatusCode, await answer.Content.ReadAsStringAsync(CancellationToken.None)));
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                health.Enqueue((at, storm.Now - at, 0, e.GetType().Name));
            }
            await Task.Delay(250, CancellationToken.None);
        }
    }
}
