using Microsoft.Data.Sqlite;
using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>An analyst looks at the figures over all zones: six of them, a table of her own making for one area, a file, how one is quoted, how far they may be trusted, what comes next; by mouse, and with script off on a phone, in four languages.</summary>
public sealed class AnalystTests(ReleasedFigures made) : IClassFixture<ReleasedFigures>
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("VS_ANALYST_SCREENS");
    private readonly RunningPortal portal = made.Portal;

    [Theory]
    [InlineData("fr", 1280, true), InlineData("nl", 320, false), InlineData("de", 320, true), InlineData("en", 1280, false)]
    public async Task From_the_overview_to_a_figure_that_is_quoted(string language, int width, bool script)
    {
        await using var screen = await Screen.Open(portal, width, language, script);
        var page = screen.Page;
        await screen.Go("/demo");
        await page.ClickAsync($".vs-languages a[lang='{language}'], .vs-languages span[lang='{language}']");
        await page.Locator("button", new() { HasTextString = "Anselm Demo" }).First.ClickAsync();
        await page.Arrives("**/account/home");
        await page.ClickAsync("a[href$='to=%2Ffigures'], a[href='/figures']");
        await page.Arrives("**/figures");
        Assert.Equal(6, await page.Locator(".vs-cards .vs-card").CountAsync());
        Assert.True((await Stored((await page.Locator(".vs-card a").First.GetAttributeAsync("href"))!)).Value > 100); // all cases of the country: what the demo's zones have
        await Seen(screen, "overview");

        // A table of her own making, for one area.
        await page.ClickAsync("main nav a[href='/figures/pivot']");
        await page.SelectOptionAsync("#by-table", "T2");
        await page.ClickAsync("main form button");
        await page.Arrives(url => url.Contains("table=T2", StringComparison.Ordinal));
        await page.SelectOptionAsync("#by-rows", "capacity");
        await page.SelectOptionAsync("#by-columns", "category");
        await page.ClickAsync("main form button");
        await page.Arrives(url => url.Contains("rows=capacity", StringComparison.Ordinal));
        await page.SelectOptionAsync("#by-area", made.Area);
        await page.SelectOptionAsync("#by-period", made.Last);
        await page.ClickAsync("main form button");
        await page.Arrives(url => url.Contains("area=" + made.Area[..3], StringComparison.Ordinal) && url.Contains("period=" + made.Last, StringComparison.Ordinal));
        Assert.Equal(4, await page.Locator(".vs-grid tbody tr").CountAsync());
        await Seen(screen, "pivot");
        var shown = await page.Locator(".vs-grid tbody tr").First.Locator("td a").First.InnerTextAsync();
        // Every figure of it is the one that the release stored: its number with the margin of its variance, or a sign.
        foreach (var figure in await page.Locator(".vs-grid tbody td a").AllAsync())
        {
            var (stored, said) = (await Stored((await figure.GetAttributeAsync("href"))!), await figure.InnerTextAsync());
            if (stored.Shown) Assert.Equal($"{stored.Value}±{Math.Ceiling(1.96 * Math.Sqrt(stored.Variance))}", new string([.. said.Where(c => c == '±' || char.IsAsciiDigit(c))]));
            else Assert.Equal("c", said.Trim());
        }

        // The file has what the page shows.
        var address = await page.Locator("a[href*='format=csv']").GetAttributeAsync("href");
        var file = await page.Context.APIRequest.GetAsync(screen.Home + address);
        Assert.Equal(200, file.Status);
        var number = new string([.. shown.TakeWhile(c => c != '±').Where(char.IsAsciiDigit)]);
        Assert.Contains(";" + number + ";", System.Text.Encoding.UTF8.GetString(await file.BodyAsync()), StringComparison.Ordinal);

        // How it is quoted: to be selected without script, and copied by one press with it.
        await page.Locator(".vs-grid tbody tr").First.Locator("td a").First.ClickAsync();
        await page.Arrives(url => url.Contains("/figures/cite/", StringComparison.Ordinal));
        var (citation, release) = (await page.InputValueAsync("#citation"), page.Url.Split('/')[^3]);
        foreach (var part in new[] { release, "T2", shown.Trim() }) Assert.Contains(part, citation, StringComparison.Ordinal);
        Assert.Equal(script, await page.Locator("[data-copies]").IsVisibleAsync());
        if (script)
        {
            await screen.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
            await page.ClickAsync("[data-copies]");
            await page.WaitForFunctionAsync("() => document.querySelector('[data-copied-here]').textContent.length > 0");
            Assert.Equal(citation, await page.EvaluateAsync<string>("() => navigator.clipboard.readText()"));
        }
        await Seen(screen, "cite");

        // Along the quarters, a share, and the map.
        await screen.Go("/figures/pivot?table=T1&rows=category&columns=period&span=month&measure=share&area=BE");
        await Seen(screen, "pivot-months");
        await screen.Go("/figures/map?period=" + made.Last);
        Assert.Equal(12, await page.Locator(".vs-map rect").CountAsync());
        await Seen(screen, "map");
        foreach (var part in new[] { "definitions", "quality", "calendar", "privacy" })
        {
            await page.ClickAsync($"main nav a[href='/figures/{part}']");
            await page.Arrives("**/figures/" + part);
            await Seen(screen, part);
        }
        // A release that was taken back is found by whoever names it, with its mark.
        await screen.Go($"/figures/pivot?table=T1&rows=category&columns=area&period={made.Back[..7]}&release={made.Back}");
        Assert.Equal(1, await page.Locator("[role=alert]").CountAsync());
        await page.Locator(".vs-grid td a").First.ClickAsync();
        await page.Arrives(url => url.Contains($"/cite/{made.Back}/", StringComparison.Ordinal));
        Assert.Equal(1, await page.Locator("[role=alert]").CountAsync());
        await Seen(screen, "withdrawn");
        // Nothing of a zone is there for her: her pass is not one of theirs.
        var zone = await page.Context.APIRequest.GetAsync(screen.Home + "/9901/country", new() { MaxRedirects = 0 });
        Assert.Contains(zone.Status, new[] { 302, 404 });
        screen.SaysNothingWrong();
    }

    [Theory]
    [InlineData("nl", 1280, true), InlineData("de", 320, false)]
    public async Task A_zone_sees_its_figure_beside_its_area_and_the_country_with_two_presses(string language, int width, bool script)
    {
        await using var screen = await Screen.Open(portal, width, language, script);
        var page = screen.Page;
        await screen.Go("/demo");
        await page.Locator("button", new() { HasTextString = "Claire Demo-A" }).First.ClickAsync();
        await page.Arrives("**/9901/**");
        await screen.Go("/9901/our-figures"); // first press, of the menu
        await page.ClickAsync($"main a[href*='period={made.Last}']");
        await page.Arrives(url => url.Contains("period=" + made.Last, StringComparison.Ordinal));
        // Number, year before, change; then area and country, each with its margin.
        Assert.Equal(8, await page.Locator("section[aria-labelledby=glance] tbody tr").First.Locator("th, td").CountAsync());
        Assert.Equal(9, await page.Locator("section[aria-labelledby=capacity] tbody tr").First.Locator("th, td").CountAsync());
        await Seen(screen, "beside");
        await page.ClickAsync("section[aria-labelledby=capacity] a[href*='#capacity']");
        await page.Arrives(url => url.EndsWith("/9901/country/definitions#capacity", StringComparison.Ordinal));
        await Seen(screen, "definitions-zone");
        screen.SaysNothingWrong();
    }

    [Theory]
    [InlineData("fr", 1280, true), InlineData("en", 320, false)]
    public async Task A_stranger_reads_what_is_promised(string language, int width, bool script)
    {
        await using var screen = await Screen.Open(portal, width, language, script);
        await screen.Go("/figures/privacy");
        Assert.Equal(language, await screen.Page.Locator("html").GetAttributeAsync("lang"));
        Assert.Equal(0, await screen.Page.Locator("main nav").CountAsync());
        await Seen(screen, "statement");
        screen.SaysNothingWrong();
    }

    private static async Task Seen(Screen screen, string name)
    {
        if (Folder is not null)
        {
            Directory.CreateDirectory(Folder);
            await screen.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}-{screen.Page.ViewportSize!.Width}.png"), FullPage = true });
        }
        await screen.FitsItsWidth();
        if (await screen.Page.EvaluateAsync<bool>("() => document.documentElement.classList.contains('govuk-frontend-supported')")) await screen.IsSound();
    }

    // The figure of a page's address of citation, as it lies in the store.
    private async Task<(int Value, double Variance, bool Shown)> Stored(string cited)
    {
        var of = new Uri(new Uri("http://localhost"), cited).AbsolutePath.Split('/')[^3..].Select(Uri.UnescapeDataString).ToList();
        await using var store = new SqliteConnection($"Data Source={Path.Combine(portal.Folder, "figures.db")};Pooling=False;Default Timeout=20");
        await store.OpenAsync();
        await using var command = store.CreateCommand();
        command.CommandText = "SELECT value, variance, shown FROM protected_cell WHERE release_id = $0 AND table_id = $1 AND cell_id = $2 UNION ALL SELECT value, variance, shown FROM protected_sum WHERE release_id = $0 AND table_id = $1 AND cell_id = $2";
        for (var i = 0; i < of.Count; i++) command.Parameters.AddWithValue("$" + i, of[i]);
        await using var row = await command.ExecuteReaderAsync();
        Assert.True(await row.ReadAsync(), "Not in the store: " + cited);
        return (row.GetInt32(0), row.GetDouble(1), row.GetBoolean(2));
    }
}
