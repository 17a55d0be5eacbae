using System.Diagnostics;
using System.Text.Json;
using Microsoft.Playwright;

namespace VictimSupport.Journeys.Kit;

/// <summary>The weather page to which an exit leads, as there is no internet here. Answered below the browser's own history, so that what is gone back to is what the browser would go back to.</summary>
/// <remarks>The driver's own routing does not see where a redirect leads.</remarks>
internal sealed class Weather
{
    private const string Page = """<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>weather</title><link rel="icon" href="data:,"></head><body><main><h1>weather</h1></main></body></html>""";
    private readonly ICDPSession line;
    private readonly TaskCompletionSource<string> held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Weather(ICDPSession line) => this.line = line;

    /// <summary>When the weather was last asked for, by <see cref="Stopwatch"/>.</summary>
    public long Asked { get; private set; }

    /// <param name="holds">The way out is not answered until it is let go: the page stays to be looked at.</param>
    public static async Task<Weather> Over(IPage page, bool holds = false)
    {
        var weather = new Weather(await page.Context.NewCDPSessionAsync(page));
        weather.line.Event("Fetch.requestPaused").OnEvent += (_, e) => _ = weather.Answer(e!.Value);
        object[] patterns = holds ? [new { urlPattern = "https://www.meteo.be/*" }, new { urlPattern = "*/x/*" }] : [new { urlPattern = "https://www.meteo.be/*" }];
        await weather.line.SendAsync("Fetch.enable", new() { ["patterns"] = patterns });
        return weather;
    }

    /// <summary>Lets the way out go on.</summary>
    public async Task LetsGo() => await line.SendAsync("Fetch.continueRequest", new() { ["requestId"] = await held.Task.WaitAsync(TimeSpan.FromSeconds(10)) }).WaitAsync(TimeSpan.FromSeconds(10));

    private async Task Answer(JsonElement paused)
    {
        var id = paused.GetProperty("requestId").GetString()!;
        if (!paused.GetProperty("request").GetProperty("url").GetString()!.StartsWith("https://www.meteo.be/", StringComparison.Ordinal))
        {
            held.TrySetResult(id);
            return;
        }
        Asked = Stopwatch.GetTimestamp();
        await line.SendAsync("Fetch.fulfillRequest", new()
        {
            ["requestId"] = id, ["responseCode"] = 200, ["body"] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Page)),
            ["responseHeaders"] = new object[] { new { name = "Content-Type", value = "text/html; charset=utf-8" } },
        });
    }
}
