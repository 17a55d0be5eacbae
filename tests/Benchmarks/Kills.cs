using System.Diagnostics;
using System.Globalization;

namespace VictimSupport.Benchmarks;

/// <summary>R1: the application, or the database server, is killed under load again and again. What was acknowledged is there, whole; what is there is whole.</summary>
internal sealed class Kills(string program, string folder, string engine, string target, int times)
{
    private const int Clients = 12;

    public async Task<IReadOnlyList<string>> Run()
    {
        Console.WriteLine($"kill -9 of the {target}, {engine}, {times} times, {Clients} clients. {Machine.Describe()}");
        await using var cluster = engine == "postgresql" ? await Cluster.Start(Directory.CreateDirectory(Path.Combine(folder, engine)).FullName) : null;
        var product = await Product.Prepare(program, Path.Combine(folder, engine, "product"), "kill", cluster, 100);
        var (port, random, whole) = (Machine.FreePort(), new Random(), Stopwatch.StartNew());
        using var client = new Client(port, product.Pass);
        var work = new Workload(product, client);
        var child = await product.Start(port);
        await work.Token();
        var (storm, proof, broken, back) = (new Storm(product, client, work), new Proof(product), new List<string>(), new List<double>());
        await proof.Begin();
        for (var round = 1; round <= times && broken.Count == 0; round++)
        {
            var known = storm.Acknowledged.Count;
            using var over = new CancellationTokenSource();
            var raging = storm.Run(Clients, over.Token);
            // Only once the first is acknowledged, else a cold process on a busy machine is killed before it did anything.
            for (var begun = Stopwatch.StartNew(); storm.Acknowledged.Count == known && begun.Elapsed.TotalSeconds < 10;) await Task.Delay(5);
            await Task.Delay(random.Next(50, 1500));
            var watch = Stopwatch.StartNew();
            if (target == "database")
            {
                await cluster!.Crash();
                await cluster.Up();
                watch.Restart();
                for (var good = 0; good < 10; good = (await storm.Intake()).Good && (await storm.Page(random)).Good ? good + 1 : 0)
                    if (watch.Elapsed.TotalSeconds > 20) throw new TimeoutException("The application did not come back: " + child.Errors);
                await over.CancelAsync();
                await raging;
            }
            else
            {
                await child.Kill();
                await over.CancelAsync();
                await raging;
                await child.DisposeAsync();
                child = await product.Start(port);
            }
            back.Add(watch.Elapsed.TotalMilliseconds);
            broken.AddRange(await proof.Of([.. storm.Acknowledged.Skip(known)]));
            if (round % 20 == 0) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {round} kills, {whole.Elapsed.TotalSeconds:0} s, {storm.Acknowledged.Count} acknowledged"));
        }
        broken.AddRange(await proof.Whole(storm));
        await child.DisposeAsync();
        broken.AddRange(await proof.Commands());
        if (storm.All.Any(s => s.Status == 500)) broken.Add("an answer was 500");
        back.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {back.Count} kills in {whole.Elapsed.TotalSeconds:0} s; back after {back[back.Count / 2]:0} ms (slowest {back[^1]:0} ms); {storm.Figures}"));
        return broken;
    }
}
