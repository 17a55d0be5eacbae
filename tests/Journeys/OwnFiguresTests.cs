using System.Text;
using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>A coordinator looks at the year, switches the period, takes the figures home as files, and looks up what one of them means; an administrator sees a quarter that is over.</summary>
public sealed class OwnFiguresTests(RunningPortal portal)
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("VS_LOOK");

    [Theory]
    [InlineData("en", 1280, true, false), InlineData("fr", 320, true, false), InlineData("nl", 320, false, false), InlineData("de", 1280, true, true)]
    public async Task From_the_year_to_a_file_and_a_definition(string language, int width, bool script, bool night)
    {
        await using var screen = await Screen.Open(portal, width, language, script, night);
        var page = screen.Page;
        await Become(screen, "Claire Demo-A");
        await screen.Go("/9901/our-figures");
        var year = await Cases(screen);
        Assert.True(year > 0);
        await Sound(screen, script);
        await Look(screen, "year", width, night);

        // Another period: two presses.
        var month = TimeZoneInfo.ConvertTime(DateTimeOffset.UtcNow, TimeZoneInfo.FindSystemTimeZoneById("Europe/Brussels")).ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture);
        await page.SelectOptionAsync("[name=Period]", month);
        await page.CheckAsync("[name=Ages]", new() { Force = true });
        await page.ClickAsync("main form button");
        await page.Arrives(url => url.Contains("Period=" + month, StringComparison.Ordinal));
        var cases = await Cases(screen);
        Assert.Equal(1, await page.Locator("section[aria-labelledby=sexAge] table").CountAsync());
        await Sound(screen, script);

        // Days that cannot be are said at their field, and kept.
        await page.FillAsync("[name=From]", "2026-05-01");
        await page.FillAsync("[name=To]", "2026-04-01");
        await page.ClickAsync("main form button");
        await page.WaitForSelectorAsync("#To-error");
        Assert.Equal("2026-05-01", await page.InputValueAsync("[name=From]"));
        await Sound(screen, script);
        await Look(screen, "wrong", width, night);

        // The year is read after its month: other journeys register in this zone meanwhile.
        await screen.Go("/9901/our-figures?period=" + month[..4]);
        Assert.InRange(await Cases(screen), cases, int.MaxValue);
        foreach (var (ending, begins) in new[] { ("csv", new byte[] { 0xEF, 0xBB, 0xBF }), ("xlsx", Encoding.ASCII.GetBytes("PK")) })
        {
            var file = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync($"main a[href*='{ending}']"));
            Assert.Equal($"9901-{month[..4]}.{ending}", file.SuggestedFilename);
            Assert.Equal(begins, (await File.ReadAllBytesAsync((await file.PathAsync())!, TestContext.Current.CancellationToken))[..begins.Length]);
        }

        await page.ClickAsync("section[aria-labelledby=category] a[href*='#category']");
        await page.Arrives(url => url.EndsWith("/country/definitions#category", StringComparison.Ordinal));
        Assert.True(await page.Locator("dt#category:target").IsVisibleAsync());
        await Sound(screen, script);
        await Look(screen, "definitions", width, night);

        await Become(screen, "Bernard Demo-A");
        await screen.Go("/9901/our-figures/closed");
        Assert.Equal(0, await page.Locator("section[aria-labelledby=caseload]").CountAsync());
        await Sound(screen, script);
        await Look(screen, "closed", width, night);
        Assert.Equal(404, (await page.GotoAsync(screen.Home + "/9901/our-figures"))!.Status);
    }

    private static async Task<int> Cases(Screen screen) => int.Parse((await screen.Page.Locator("section[aria-labelledby=glance] tbody tr").First.Locator("data").First.GetAttributeAsync("value"))!, System.Globalization.CultureInfo.InvariantCulture);

    private static async Task Sound(Screen screen, bool script)
    {
        if (script) await screen.IsSound();
        await screen.FitsItsWidth();
    }

    private static async Task Look(Screen screen, string name, int width, bool night)
    {
        if (Folder is not null) await screen.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"own-{name}-{width}{(night ? "-night" : "")}.png"), FullPage = true });
    }

    private static async Task Become(Screen screen, string name)
    {
        await screen.Go("/demo");
        await screen.Page.Locator("button", new() { HasTextString = name }).First.ClickAsync();
        await screen.Page.Arrives("**/9901/**");
    }
}
