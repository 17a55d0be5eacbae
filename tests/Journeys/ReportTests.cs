using System.Globalization;
using System.Text;
using Microsoft.Playwright;
using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>A coordinator opens the year's report from the figures in one press, writes a section, looks at what may leave the house, and prints it.</summary>
public sealed class ReportTests(RunningPortal portal)
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("VS_LOOK");

    [Theory]
    [InlineData("fr", 1280, true, false), InlineData("nl", 320, true, false), InlineData("de", 320, false, false), InlineData("en", 1280, true, true)]
    public async Task From_the_figures_to_paper(string language, int width, bool script, bool night)
    {
        await using var screen = await Screen.Open(portal, width, language, script, night);
        var page = screen.Page;
        await screen.Go("/demo");
        await page.ClickAsync($".vs-languages a[lang='{language}'], .vs-languages span[lang='{language}']");
        await page.Locator("button", new() { HasTextString = "Claire Demo-A" }).First.ClickAsync();
        await page.Arrives("**/9901/worklist");
        // One press: the report of the year that is shown, with the same numbers. Other stories register in this zone meanwhile: then it is looked at anew.
        var (cases, told, after) = ("", "?", "?");
        for (var tries = 0; tries < 6 && cases != after; tries++)
        {
            cases = await Figures();
            await Report();
            told = await First("t-glance");
            after = await Figures();
        }
        Assert.Equal((after, after), (cases, told));
        await Report();
        await Look(screen, "internal", width, night);
        await Sound(screen, script);
        var file = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("main a[href*='/report/annex']"));
        Assert.Equal(Encoding.ASCII.GetBytes("PK"), (await File.ReadAllBytesAsync((await file.PathAsync())!, TestContext.Current.CancellationToken))[..2]);

        // The zone's own words.
        await page.ClickAsync("main a[href*='/report/words/']");
        await Sound(screen, script);
        await Look(screen, "words", width, night);
        var said = $"Ein Satz von {width}, {language} {Guid.NewGuid():N}.";
        await page.FillAsync("[name='Form.Plans']", said);
        await page.ClickAsync("main form[method=post] button[type=submit]:not([formaction])");
        await page.Arrives(url => url.Contains("/our-figures/report?", StringComparison.Ordinal));
        await Sound(screen, script);

        // What may leave the house is of a year that is over; the words of its own year stand in it.
        await page.SelectOptionAsync("[name=Year]", (Year - 1).ToString(CultureInfo.InvariantCulture));
        await page.SelectOptionAsync("[name=Edition]", "public");
        await page.ClickAsync("main .vs-filter form button");
        await page.Arrives(url => url.Contains("Edition=public", StringComparison.Ordinal));
        Assert.Equal(0, await page.Locator(".vs-report__mark").CountAsync());
        Assert.DoesNotContain(said, await page.Locator("article").InnerTextAsync(), StringComparison.Ordinal);
        Assert.True(await page.Locator("section[aria-labelledby=t-earlier] tbody tr").CountAsync() >= 3);
        await Sound(screen, script);
        await Look(screen, "public", width, night);
        foreach (var path in new[] { "earlier", "earlier/import" })
        {
            await screen.Go("/9901/our-figures/report/" + path);
            await Sound(screen, script);
            await Look(screen, path.Replace('/', '-'), width, night);
        }

        // On paper: the report alone, on sheets of A4, each marked.
        await screen.Go($"/9901/our-figures/report?Year={Year}&Edition=internal&Language=fr");
        await page.EmulateMediaAsync(new() { Media = Media.Print });
        Assert.True(await page.Locator(".vs-report__mark").IsVisibleAsync());
        Assert.True(await page.Locator(".vs-report__cover").IsVisibleAsync());
        foreach (var apart in new[] { "header.govuk-header, body > header", "main .vs-filter", "h1" }) Assert.False(await page.Locator(apart).First.IsVisibleAsync(), apart);
        var pdf = Encoding.Latin1.GetString(await page.PdfAsync(new() { PreferCSSPageSize = true, PrintBackground = true }));
        Assert.StartsWith("%PDF", pdf, StringComparison.Ordinal);
        Assert.InRange(pdf.Split("/MediaBox").Length - 1, 4, 40);
        foreach (var box in pdf.Split("/MediaBox [")[1..]) Assert.StartsWith("0 0 59", box, StringComparison.Ordinal); // 210 mm

        async Task<string> First(string section) => await page.Locator($"section[aria-labelledby={section}] tbody tr").First.Locator("data").First.GetAttributeAsync("value") ?? "";

        async Task<string> Figures()
        {
            await screen.Go("/9901/our-figures");
            return await First("glance");
        }

        async Task Report()
        {
            await page.ClickAsync("main a[href*='/our-figures/report']");
            await page.Arrives(url => url.Contains("/our-figures/report?", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_year_is_settled_for_every_reader_and_what_is_written_afterwards_waits_for_a_new_version()
    {
        await using var screen = await Screen.Open(portal, 320, "nl", script: true);
        await using var reader = await Screen.Open(portal, 1280, "fr", script: false);
        foreach (var (who, name) in new[] { (screen, "Claire Demo-B"), (reader, "Greta Demo-B") })
        {
            await who.Go("/demo");
            await who.Page.Locator("button", new() { HasTextString = name }).First.ClickAsync();
            await who.Page.Loaded();
        }
        // Before, whoever sees no exact figures sees nothing of it, and the coordinator a draft.
        await reader.Chooses("/9902/our-figures/report");
        Assert.Equal(0, await reader.Page.Locator("article").CountAsync());
        await screen.Chooses("/9902/our-figures/report");
        await Public();
        Assert.Equal(1, await screen.Page.Locator(".vs-report__cover .vs-badge--warn").CountAsync());
        await Settle();
        Assert.Equal(0, await screen.Page.Locator(".vs-report__cover .vs-badge--warn").CountAsync());
        await Sound(screen, true);
        await Look(screen, "settled", 320, false);
        await reader.Chooses("/9902/our-figures/report");
        Assert.Equal(await screen.Page.Locator("article").TextContentAsync(), await reader.Page.Locator("article").TextContentAsync());
        await Sound(reader, false);

        // A word more waits outside the print, until it is put out.
        await screen.Page.ClickAsync("main a[href*='/report/words/']");
        var said = $"Een zin {Guid.NewGuid():N}.";
        await screen.Page.FillAsync("[name='Form.Plans']", said);
        await screen.Page.Locator("main form[method=post] button[type=submit]:not([formaction])").Sends();
        await Public();
        Assert.Equal(1, await screen.Page.Locator("main [data-behind]").CountAsync());
        Assert.DoesNotContain(said, await screen.Page.Locator("article").TextContentAsync() ?? "", StringComparison.Ordinal);
        await Sound(screen, true);
        await Settle();
        Assert.Equal(1, await screen.Page.Locator("article [data-version]").CountAsync());
        await reader.Chooses("/9902/our-figures/report");
        Assert.Contains(said, await reader.Page.Locator("article").TextContentAsync() ?? "", StringComparison.Ordinal);
        foreach (var who in (Screen[])[screen, reader]) who.SaysNothingWrong();

        async Task Public()
        {
            await screen.Page.SelectOptionAsync("[name=Year]", (Year - 1).ToString(CultureInfo.InvariantCulture));
            await screen.Page.SelectOptionAsync("[name=Edition]", "public");
            await screen.Page.Locator("main .vs-filter form button").Sends();
            await screen.Page.Arrives(url => url.Contains("Edition=public", StringComparison.Ordinal));
        }

        async Task Settle()
        {
            await screen.Page.ClickAsync("main a[href*='/report/settle']");
            await screen.Page.Arrives(url => url.Contains("/report/settle", StringComparison.Ordinal));
            await Sound(screen, true);
            await screen.Page.Locator("main form[method=post] button[type=submit]").Sends();
            await screen.Page.Arrives(url => url.Contains("/our-figures/report?", StringComparison.Ordinal));
        }
    }

    private static int Year => TimeZoneInfo.ConvertTime(DateTimeOffset.UtcNow, TimeZoneInfo.FindSystemTimeZoneById("Europe/Brussels")).Year;

    private static async Task Sound(Screen screen, bool script)
    {
        if (script) await screen.IsSound();
        await screen.FitsItsWidth();
    }

    private static async Task Look(Screen screen, string name, int width, bool night)
    {
        if (Folder is not null) await screen.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"report-{name}-{width}{(night ? "-night" : "")}.png"), FullPage = true });
    }
}
