using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace VictimSupport.Benchmarks;

/// <summary>B1, B2, B3, B8, B9, B10 and B18 on each engine, product and reference in turn, medians of the rounds.</summary>
internal sealed class Speed(string program, string reference, string folder, int rounds, int warmSeconds, IReadOnlyList<string> only)
{
    private const int Clients = 16, Crowd = 64;
    private readonly List<string> table = [];

    public async Task Run(IEnumerable<string> engines)
    {
        Line($"{Machine.Describe()}; {rounds} rounds, {Clients} clients; CPU is the application's and the database's together, per request.");
        foreach (var engine in engines)
        {
            await using var cluster = engine == "postgresql" ? await Cluster.Start(Directory.CreateDirectory(Path.Combine(folder, engine)).FullName) : null;
            var ours = await Product.Prepare(program, Path.Combine(folder, engine, "product"), "bench", cluster, 300);
            var theirs = await Product.Prepare(program, Path.Combine(folder, engine, "reference"), "benchref", cluster, 300);
            if (Asked("B1", "B2", "B3", "B10")) await Ratios(engine, ours, theirs, cluster);
            if (Asked("B9")) await Starts(engine, ours, theirs);
            if (Asked("B18")) await CrowdAtTheDoor(engine, ours);
            if (Asked("B8")) await Onboarding(engine, ours);
            if (engine == "sqlite" && Asked("B6")) Line(await SlowFlush.Measure(ours, reference, folder));
        }
        foreach (var line in table) Console.WriteLine(line);
    }

    private bool Asked(params string[] names) => only.Count == 0 || names.Any(only.Contains);

    private void Line(string line)
    {
        table.Add(line);
        Console.Error.WriteLine(line);
    }

    private async Task Ratios(string engine, Product ours, Product theirs, Cluster? cluster)
    {
        var (port, refPort) = (Machine.FreePort(), Machine.FreePort());
        await using var product = await ours.Start(port);
        await using var byHand = await StartReference(theirs, refPort);
        using var client = new Client(port, ours.Pass);
        using var refClient = new Client(refPort, await Entered(refPort));
        var (a, b) = (new Workload(ours, client), new Workload(theirs, refClient));
        await a.Token();
        await b.Token();
        (string Name, int Requests, double Gate, Func<int, Task<(bool, long)>> Product, Func<int, Task<(bool, long)>> Reference, Func<int, Task<(bool, long)>>? Bare)[] works =
        [
            ("B1 dossier page", 2500, engine == "sqlite" ? 3.0 : 2.5, i => a.Dossier(i), i => b.Dossier(i), i => b.Dossier(i, "?bare")),
            ("B2 worklist", 1500, engine == "sqlite" ? 3.0 : 2.2, i => a.Worklist(i), i => b.Worklist(i), i => b.Worklist(i, "?bare")),
            ("B3 write", 1000, 3.0, a.Write, b.Write, null),
        ];
        Line("");
        Line($"| {engine} | product µs | by hand µs | ratio | bare µs | ratio | gate | product /s | by hand /s | p99 ms | bytes | errors |");
        Line("|---|---|---|---|---|---|---|---|---|---|---|---|");
        var idle = (Machine.Resident(product.Id), Machine.Resident(byHand.Id));
        foreach (var work in works.Where(w => Asked(w.Name.Split(' ')[0])))
        {
            foreach (var send in new[] { work.Product, work.Reference, work.Bare }) if (send is not null) await Warm(send);
            var (x, y, z) = (new List<double>(), new List<double>(), new List<double>());
            var (speeds, refSpeeds, p99, bad, size) = (new List<double>(), new List<double>(), new List<double>(), 0, "");
            for (var round = 0; round < rounds; round++)
            {
                var (cpu, outcome) = await Measured(product, cluster, work.Requests, (round + 3) * 100_000, work.Product);
                x.Add(cpu);
                speeds.Add(outcome.PerSecond);
                p99.Add(outcome.Percentile(0.99));
                bad += outcome.Bad;
                var (refCpu, refOutcome) = await Measured(byHand, cluster, work.Requests, (round + 3) * 100_000, work.Reference);
                y.Add(refCpu);
                refSpeeds.Add(refOutcome.PerSecond);
                bad += refOutcome.Bad;
                size = $"{outcome.Bytes / work.Requests} / {refOutcome.Bytes / work.Requests}";
                if (work.Bare is { } read) z.Add((await Measured(byHand, cluster, work.Requests, 0, read)).Cpu);
            }
            var ratio = Median(x) / Median(y);
            Line(string.Create(CultureInfo.InvariantCulture, $"| {work.Name} | {Median(x):0} | {Median(y):0} | **{ratio:0.00}** | {(z.Count > 0 ? Median(z).ToString("0", CultureInfo.InvariantCulture) : "–")} | {(z.Count > 0 ? (Median(x) / Median(z)).ToString("0.00", CultureInfo.InvariantCulture) : "–")} | ≤ {work.Gate:0.0} {(ratio <= work.Gate ? "met" : "**missed**")} | {Median(speeds):0} | {Median(refSpeeds):0} | {Median(p99):0} | {size} | {bad} |"));
        }
        if (!Asked("B10")) return;
        var loaded = (Machine.Resident(product.Id), Machine.Resident(byHand.Id));
        Line("");
        Line(string.Create(CultureInfo.InvariantCulture, $"B10 memory, {engine}: idle {idle.Item1:0} MB against {idle.Item2:0} MB, {idle.Item1 / idle.Item2:0.00} (gate 2.0 {(idle.Item1 / idle.Item2 <= 2 ? "met" : "**missed**")}); loaded {loaded.Item1:0} MB against {loaded.Item2:0} MB, {loaded.Item1 / loaded.Item2:0.00} (gate 1.6 {(loaded.Item1 / loaded.Item2 <= 1.6 ? "met" : "**missed**")})."));
        foreach (var (name, gate, send) in new (string, int, Func<int, Task<(bool, long)>>)[] { ("a page (dossier and worklist in turn)", 150, i => i % 2 == 0 ? a.Dossier(i) : a.Worklist(i)), ("a write", 250, i => a.Write(i + 9_000_000)) })
        {
            var open = await Load.Open(50, TimeSpan.FromSeconds(15), send);
            Line(string.Create(CultureInfo.InvariantCulture, $"Open loop, 50/s for 15 s, {name}, {engine}: p50 {open.Percentile(0.5):0} ms, p95 {open.Percentile(0.95):0} ms (gate {gate} ms {(open.Percentile(0.95) <= gate ? "met" : "**missed**")}), p99 {open.Percentile(0.99):0} ms, errors {open.Bad}."));
        }
        var crowd = await Load.Closed(Crowd, 3000, i => a.Write(i + 5_000_000));
        Line(string.Create(CultureInfo.InvariantCulture, $"B3 at {Crowd} clients, {engine}: {crowd.PerSecond:0}/s, p99 {crowd.Percentile(0.99):0} ms, errors {crowd.Bad} (gate 0)."));
    }

    // Until the runtime has compiled for good what is run often: by count it would take the slower one longer.
    private async Task Warm(Func<int, Task<(bool, long)>> send)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed.TotalSeconds < warmSeconds;) await Load.Closed(Clients, 200, send);
    }

    private static async Task<(double Cpu, Outcome Outcome)> Measured(Child child, Cluster? cluster, int requests, int offset, Func<int, Task<(bool, long)>> send)
    {
        var before = Machine.Cpu(child.Id) + (cluster?.Cpu() ?? 0);
        var outcome = await Load.Closed(Clients, requests, i => send(i + offset));
        var spent = Machine.Cpu(child.Id) + (cluster?.Cpu() ?? 0) - before;
        return (spent / requests * 1e6, outcome);
    }

    private async Task Starts(string engine, Product ours, Product theirs)
    {
        var (first, byHand) = (new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            first.Add(await FirstList(ours.Pass, port => Child.Start(program, [], new Dictionary<string, string>(ours.Environment("Production")) { ["Urls"] = $"http://127.0.0.1:{port}" }, ours.Folder)));
            byHand.Add(await FirstList(null, port => ReferenceChild(theirs, port)));
        }
        var ratio = Median(first) / Median(byHand);
        Line(string.Create(CultureInfo.InvariantCulture, $"B9 cold start to the first authenticated list, {engine}: {Median(first):0} ms against {Median(byHand):0} ms, **{ratio:0.00}** (gate 2.5 {(ratio <= 2.5 ? "met" : "**missed**")}); both published ReadyToRun, demo off."));
    }

    private async Task<double> FirstList(string? pass, Func<int, Child> start)
    {
        var (port, watch) = (Machine.FreePort(), Stopwatch.StartNew());
        await using var child = start(port);
        using var client = new Client(port, pass ?? "");
        while (true)
        {
            if (child.HasEnded || watch.Elapsed.TotalSeconds > 60) throw new InvalidOperationException("It never showed the list. " + child.Errors);
            try
            {
                if (pass is null && client.Cookies.Length == 0) client.Cookies = await Entered(port);
                if ((await client.Send(HttpMethod.Get, $"/{Product.Zone}/worklist?tab=Team")).Status == HttpStatusCode.OK) return watch.Elapsed.TotalMilliseconds;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(5);
            }
        }
    }

    // Everybody at once on a process that has served nothing yet, with fewer connections than clients.
    private async Task CrowdAtTheDoor(string engine, Product ours)
    {
        foreach (var (name, requests, send) in new (string, int, Func<Workload, int, Task<(bool, long)>>)[] { ("B1", 2000, (w, i) => w.Dossier(i)), ("B2", 1500, (w, i) => w.Worklist(i)), ("B3", 1000, (w, i) => w.Write(i + 7_000_000)) })
        {
            var port = Machine.FreePort();
            await using var child = await ours.Start(port, "Production", ("Database__PoolPerZone", "8"));
            using var client = new Client(port, ours.Pass);
            var work = new Workload(ours, client);
            if (name == "B3") await work.Token();
            var outcome = await Load.Closed(Crowd, requests, i => send(work, i));
            Line(string.Create(CultureInfo.InvariantCulture, $"B18 {name}, {engine}: {Crowd} clients on a cold process, 8 connections: {outcome.PerSecond:0}/s, longest time in which nobody was answered {outcome.LongestGap:0.00} s, slowest {outcome.Percentile(1):0} ms, errors {outcome.Bad} (gate: 0 stalls {(outcome.Bad == 0 && outcome.LongestGap < 3 ? "met" : "**missed**")})."));
        }
    }

    private async Task Onboarding(string engine, Product ours)
    {
        // The command runs while no server does, for the engine that allows one process; then the server starts, which is measured elsewhere, and the first page is asked for.
        var (port, took) = (Machine.FreePort(), new List<double>());
        var codes = Enumerable.Range(8100, rounds).Select(c => c.ToString(CultureInfo.InvariantCulture)).ToList();
        foreach (var code in codes)
        {
            var command = Stopwatch.StartNew();
            await Child.Run(program, ["zone", "add", "--code", code, "--name-fr", "Zone " + code, "--admin", $"chief{code}@example.test"], ours.Environment("Production"), ours.Where.Folder);
            took.Add(command.Elapsed.TotalSeconds);
        }
        await using (await ours.Start(port))
        {
            using var client = new Client(port, "");
            for (var i = 0; i < rounds; i++)
            {
                var page = Stopwatch.StartNew();
                var first = await client.Send(HttpMethod.Get, $"/{codes[i]}/");
                if (first.Status is not (HttpStatusCode.Redirect or HttpStatusCode.OK)) throw new InvalidOperationException($"The first page of a new zone answered {first.Status}.");
                took[i] += page.Elapsed.TotalSeconds;
            }
        }
        Line(string.Create(CultureInfo.InvariantCulture, $"B8 a new zone, command to first page, process start of the command included, {engine}: {Median(took):0.00} s (gate 2 s {(Median(took) <= 2 ? "met" : "**missed**")})."));
        if (engine != "sqlite") return;
        var empty = Directory.CreateDirectory(Path.Combine(folder, "import")).FullName;
        var file = Path.Combine(empty, "zones.csv");
        await File.WriteAllLinesAsync(file, ["code,name_fr,name_nl,name_de,languages,province,judicial_arrondissement,municipalities", .. Enumerable.Range(5200, 176).Select(i => $"{i},Zone {i},,,fr,NAM,NAM,9{i}")]);
        var whole = Stopwatch.StartNew();
        await Child.Run(program, ["zone", "import", file], new Dictionary<string, string>(ours.Environment("Development")) { ["Data__Directory"] = empty }, empty);
        Line(string.Create(CultureInfo.InvariantCulture, $"B8 176 zones from a file, sqlite, process start included: {whole.Elapsed.TotalSeconds:0.0} s (gate 60 s {(whole.Elapsed.TotalSeconds <= 60 ? "met" : "**missed**")})."));
    }

    private Child ReferenceChild(Product of, int port) => ReferenceChild(reference, of, port);

    private static Child ReferenceChild(string reference, Product of, int port)
    {
        var where = of.Where;
        return Child.Start(reference, ["reference", "--folder", where.Folder, "--server", where.Server ?? "", "--prefix", where.Prefix, "--port", port.ToString(CultureInfo.InvariantCulture), "--session", of.Session.ToString(), "--account", of.Account.ToString(), "--template", of.Template.ToString()],
            new Dictionary<string, string> { ["DOTNET_gcServer"] = "0" }, where.Folder);
    }

    private Task<Child> StartReference(Product of, int port) => StartReference(reference, of, port);

    internal static async Task<Child> StartReference(string reference, Product of, int port)
    {
        var child = ReferenceChild(reference, of, port);
        await Product.Answering(port, child);
        return child;
    }

    internal static async Task<string> Entered(int port)
    {
        using var client = new Client(port, "");
        using var answer = await client.Answer(HttpMethod.Get, "/enter");
        return answer.Headers.GetValues("Set-Cookie").First().Split(';')[0];
    }

    internal static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
