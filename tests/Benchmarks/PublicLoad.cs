using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace VictimSupport.Benchmarks;

/// <summary>The page for anybody under 64 connections, beside a page of the same length that the reference keeps as bytes: what a crowd costs that reads and sends nothing.</summary>
internal sealed partial class PublicLoad(string program, string reference, string folder, int rounds, int seconds)
{
    private const int Connections = 64;
    private readonly bool wrk = Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(at => File.Exists(Path.Combine(at, "wrk")));

    public async Task<bool> Run()
    {
        var ours = await Product.Prepare(program, Path.Combine(folder, "product"), "bench", null, 20);
        var (port, refPort) = (Machine.FreePort(), Machine.FreePort());
        var copy = await ours.Copy(Path.Combine(folder, "reference"), "benchref");
        await using var product = await ours.Start(port, "Production", Weight.Hosts);
        await using var byHand = await Speed.StartReference(reference, copy, refPort);
        var path = $"/{Product.Zone}/fr/contact";
        int length;
        using (var http = new HttpClient())
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}{path}");
            request.Headers.Host = "public.example";
            using var answer = await http.SendAsync(request);
            if (answer.StatusCode != HttpStatusCode.OK) throw new InvalidOperationException($"{path} answered {(int)answer.StatusCode}.");
            length = (await answer.Content.ReadAsByteArrayAsync()).Length;
        }
        Console.WriteLine($"{Machine.Describe()}; {rounds} rounds of {seconds} s, {Connections} connections, {(wrk ? "wrk" : "the load generator of these benchmarks, in this process")}; page of {length} bytes, nothing kept of it by anybody.");
        await Crowd(port, path, product, seconds); // until the runtime has compiled for good
        await Crowd(refPort, $"/public/{length}", byHand, seconds);
        var (a, b, x, y, bad) = (new List<double>(), new List<double>(), new List<double>(), new List<double>(), 0L);
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (to, page, child, speeds, cpus) in new[] { (port, path, product, a, x), (refPort, $"/public/{length}", byHand, b, y) })
            {
                var (perSecond, cpu, wrong) = await Crowd(to, page, child, seconds);
                speeds.Add(perSecond);
                cpus.Add(cpu);
                bad += wrong;
            }
        }
        Console.WriteLine();
        Console.WriteLine("| public page, 64 connections | /s | µs CPU a page | errors |");
        Console.WriteLine("|---|---|---|---|");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| product | {Speed.Median(a):0} | {Speed.Median(x):0} | {bad} |"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| static page by hand | {Speed.Median(b):0} | {Speed.Median(y):0} | |"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| ratio | {Speed.Median(b) / Speed.Median(a):0.0} times fewer | **{Speed.Median(x) / Speed.Median(y):0.0}** | gate 0 errors {(bad == 0 ? "met" : "**missed**")} |"));
        return bad == 0;
    }

    private async Task<(double PerSecond, double Cpu, long Bad)> Crowd(int port, string path, Child child, int time)
    {
        var before = Machine.Cpu(child.Id);
        if (!wrk)
        {
            using var client = new Client(port, "") { Host = "public.example" };
            var (until, good, bad, watch) = (TimeSpan.FromSeconds(time), 0L, 0L, System.Diagnostics.Stopwatch.StartNew());
            await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(async () =>
            {
                while (watch.Elapsed < until)
                {
                    if ((await client.Send(HttpMethod.Get, path)).Status == HttpStatusCode.OK) Interlocked.Increment(ref good);
                    else Interlocked.Increment(ref bad);
                }
            })));
            return (good / watch.Elapsed.TotalSeconds, (Machine.Cpu(child.Id) - before) / Math.Max(1, good) * 1e6, bad);
        }
        var said = await Child.Read("wrk", ["-t2", $"-c{Connections}", string.Create(CultureInfo.InvariantCulture, $"-d{time}s"), "-H", "Host: public.example", "-H", "X-Forwarded-Proto: https", "-H", "Accept-Language: fr", $"http://127.0.0.1:{port}{path}"]);
        var answered = Number(Answered().Match(said));
        return (Number(PerSecond().Match(said)), (Machine.Cpu(child.Id) - before) / Math.Max(1, answered) * 1e6, (long)Refused().Matches(said).Sum(Number));
    }

    private static double Number(Match match) => match.Success ? double.Parse(match.Groups["n"].Value, CultureInfo.InvariantCulture) : throw new InvalidOperationException("wrk said something else.");

    [GeneratedRegex(@"(?<n>\d+) requests in", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Answered();

    [GeneratedRegex(@"Requests/sec:\s+(?<n>[\d.]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PerSecond();

    [GeneratedRegex(@"(Non-2xx or 3xx responses: |(connect|read|write|timeout) )(?<n>\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Refused();
}
