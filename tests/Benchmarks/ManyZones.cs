using System.Globalization;
using System.Net;

namespace VictimSupport.Benchmarks;

/// <summary>B7: the worklist of a zone among ten, and among ten thousand, all of them in use; what an active zone holds in memory, and an idle one. SQLite; jobs rest meanwhile.</summary>
internal sealed class ManyZones(string program, string folder, IReadOnlyList<int> sizes, int rounds, bool idle)
{
    private const int Clients = 16, Least = 3000, Dossiers = 26;

    /// <returns>Was every gate met?</returns>
    public async Task<bool> Run()
    {
        var product = await Product.Prepare(program, Path.Combine(folder, "product"), "bench", null, 30);
        var country = new Country(product);
        List<string> lines = [$"{Machine.Describe()}; worklist of a zone, {Dossiers} dossiers in each, {Clients} clients, requests over all zones in turn; sqlite.", "", "| zones | µs CPU a page | against ten | /s | p99 ms | first page of a zone µs CPU | MB before, after all were used | MB of its own a zone | with files the kernel maps | errors |", "|---|---|---|---|---|---|---|---|---|---|"];
        var (first, met) = (0.0, true);
        foreach (var size in sizes)
        {
            await country.Grow(size, Dossiers);
            var port = Machine.FreePort();
            await using var child = await product.Start(port, "Production", ("Jobs__Run", "false"));
            var passes = await country.Passes(port);
            using var client = new Client(port, "");
            async Task<(bool, long)> Page(int i)
            {
                var at = (int)((long)i * 7919 % country.Zones.Count);
                var (status, bytes) = await client.Send(HttpMethod.Get, $"/{country.Zones[at]}/worklist?tab=Team", cookies: passes[at]);
                return (status == HttpStatusCode.OK && bytes > 10_000, bytes);
            }
            // What the program itself takes is warm before the zones are counted: the first ten only.
            for (var watch = System.Diagnostics.Stopwatch.StartNew(); watch.Elapsed.TotalSeconds < 20;) await Load.Closed(Clients, 200, i => client.Send(HttpMethod.Get, $"/{country.Zones[i % 10]}/worklist?tab=Team", cookies: passes[i % 10]).ContinueWith(t => (true, 0L), TaskScheduler.Default));
            var (before, own) = (Machine.Resident(child.Id), Machine.Own(child.Id));
            var cold = Machine.Cpu(child.Id);
            var bad = (await Load.Closed(Clients, country.Zones.Count, Page)).Bad;
            cold = (Machine.Cpu(child.Id) - cold) / country.Zones.Count * 1e6;
            var (cpu, speeds, p99) = (new List<double>(), new List<double>(), new List<double>());
            for (var round = 0; round < rounds; round++)
            {
                var (many, spent) = (Math.Max(Least, country.Zones.Count), Machine.Cpu(child.Id));
                var outcome = await Load.Closed(Clients, many, i => Page(i + round * many));
                cpu.Add((Machine.Cpu(child.Id) - spent) / many * 1e6);
                speeds.Add(outcome.PerSecond);
                p99.Add(outcome.Percentile(0.99));
                bad += outcome.Bad;
            }
            var (after, held) = (Machine.Resident(child.Id), Machine.Own(child.Id));
            if (first == 0) first = Speed.Median(cpu);
            var (ratio, each, mapped) = (Speed.Median(cpu) / first, size > 10 ? (held - own) / (size - 10) : 0, size > 10 ? (after - before) / (size - 10) : 0);
            met &= ratio <= 1.10 && each <= 0.3 && bad == 0;
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"| {size} | {Speed.Median(cpu):0} | **{ratio:0.00}** (gate 1.10 {(ratio <= 1.10 ? "met" : "**missed**")}) | {Speed.Median(speeds):0} | {Speed.Median(p99):0} | {cold:0} | {before:0}, {after:0} | {(size > 10 ? $"{each.ToString("0.00", CultureInfo.InvariantCulture)} (gate 0.3 {(each <= 0.3 ? "met" : "**missed**")})" : "–")} | {(size > 10 ? mapped.ToString("0.00", CultureInfo.InvariantCulture) : "–")} | {bad} |"));
            Console.Error.WriteLine(lines[^1]);
            if (!idle || size != sizes[^1]) continue;
            // Unused for five minutes, looked for every minute, closed half a minute later.
            await Task.Delay(TimeSpan.FromMinutes(7.5));
            await Load.Closed(Clients, 200, i => client.Send(HttpMethod.Get, $"/{country.Zones[i % 10]}/worklist?tab=Team", cookies: passes[i % 10]).ContinueWith(t => (true, 0L), TaskScheduler.Default));
            var (rest, files) = (Machine.Own(child.Id), Machine.Handles(child.Id));
            lines.Add("");
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"After {size} zones had rested: {rest:0} MB of its own, {Math.Max(0, rest - own) / size * 1024:0.0} KB a zone that is idle (gate 0), {files} handles."));
        }
        foreach (var line in lines) Console.WriteLine(line);
        return met;
    }
}
