using System.Globalization;

namespace VictimSupport.Benchmarks;

/// <summary>One workload against one process for a while, so that a profiler can look on: prints the process and what a request costs. The runtime writes its map for <c>perf</c>.</summary>
internal sealed class Profile(string program, string folder, string workload, int seconds)
{
    public async Task Run(string engine)
    {
        await using var cluster = engine == "postgresql" ? await Cluster.Start(Directory.CreateDirectory(Path.Combine(folder, engine)).FullName) : null;
        var product = await Product.Prepare(program, Path.Combine(folder, engine, "product"), "profile", cluster, 300);
        var port = Machine.FreePort();
        await using var child = await product.Start(port, "Production", ("DOTNET_PerfMapEnabled", "1"), ("DOTNET_EnableWriteXorExecute", "0"));
        using var client = new Client(port, product.Pass);
        var work = new Workload(product, client);
        await work.Token();
        if (workload == "B4") for (var i = 0; i < 200; i++) await work.Write(i);
        Func<int, Task<(bool, long)>> send = workload switch { "B1" => i => work.Dossier(i), "B2" => i => work.Worklist(i), "B4" => i => work.Search(work.Form(i % 200) is var form ? $"{form["Form.GivenName"]} {form["Form.FamilyName"]}" : ""), _ => work.Write };
        for (var watch = System.Diagnostics.Stopwatch.StartNew(); watch.Elapsed.TotalSeconds < 20;) await Load.Closed(16, 200, send);
        Console.WriteLine($"{workload} on {engine}: process {child.Id}, warm");
        var (requests, before) = (0, Machine.Cpu(child.Id) + (cluster?.Cpu() ?? 0));
        for (var watch = System.Diagnostics.Stopwatch.StartNew(); watch.Elapsed.TotalSeconds < seconds; requests += 400) await Load.Closed(16, 400, i => send(i + 1_000_000 + requests));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(Machine.Cpu(child.Id) + (cluster?.Cpu() ?? 0) - before) / requests * 1e6:0} µs CPU a request, {requests} requests"));
    }
}
