using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>A slow telephone on a bad line: 400 kbit/s, 300 ms there and back, a processor four times slower.</summary>
public sealed class BadLineTests
{
    [Fact]
    public async Task A_page_for_anybody_is_there_within_two_and_a_half_seconds_and_stands_still()
    {
        // In Development files of the design are sent as they lie there, for whoever works on them; here as in production.
        await using var portal = new RunningPortal { Settings = ["--ReloadStaticAssetsAtRuntime", "false"] };
        await portal.InitializeAsync();
        foreach (var path in new[] { "/9901/fr/contact", "/9901/de/safety", "/9901/nl/appointment" })
        {
            // Nobody else's start is measured: the process has shown the page before.
            using (var http = new HttpClient()) Assert.True((await http.GetAsync(portal.Address + path, TestContext.Current.CancellationToken)).IsSuccessStatusCode);
            // Others use this machine too: of three times the best.
            var (seen, bytes) = await Reads(portal, path);
            for (var i = 1; i < 3 && seen[0] > 2_500; i++) (seen, bytes) = await Reads(portal, path);
            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}: largest paint after {seen[0]:0} ms, layout shift {seen[1]:0.000}, {bytes.Sum() / 1000:0.0} kB in {bytes.Count} answers"));
            Assert.InRange(seen[0], 1, 2_500);
            Assert.InRange(seen[1], 0, 0.05);
            Assert.InRange(bytes.Sum(), 1_000, 50_000);
            Assert.True(bytes.Count >= 3, $"{bytes.Count} answers");
        }
    }

    private static async Task<(double[] Seen, IReadOnlyCollection<double> Bytes)> Reads(RunningPortal portal, string path)
    {
        await using var screen = await Screen.Open(portal, 360, "fr");
        var line = await screen.Context.NewCDPSessionAsync(screen.Page);
        var bytes = new ConcurrentBag<double>();
        line.Event("Network.loadingFinished").OnEvent += (_, e) => bytes.Add(((JsonElement)e!).GetProperty("encodedDataLength").GetDouble());
        await line.SendAsync("Network.enable");
        await line.SendAsync("Network.setCacheDisabled", new() { ["cacheDisabled"] = true });
        await line.SendAsync("Network.emulateNetworkConditions", new() { ["offline"] = false, ["latency"] = 300, ["downloadThroughput"] = 400_000 / 8, ["uploadThroughput"] = 400_000 / 8 });
        await line.SendAsync("Emulation.setCPUThrottlingRate", new() { ["rate"] = 4 });
        await screen.Go(path);
        var seen = await screen.Page.EvaluateAsync<double[]>("""
            () => new Promise(done => {
                let largest = 0, shifted = 0;
                new PerformanceObserver(list => { for (const entry of list.getEntries()) largest = entry.startTime; }).observe({ type: "largest-contentful-paint", buffered: true });
                new PerformanceObserver(list => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) shifted += entry.value; }).observe({ type: "layout-shift", buffered: true });
                setTimeout(() => done([largest, shifted]), 1000);
            })
            """);
        return (seen, bytes);
    }
}
