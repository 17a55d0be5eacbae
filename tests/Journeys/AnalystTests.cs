using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>An analyst looks at the figures over all zones: six of them, a table of her own making for one area, a file, how one is quoted, how far they may be trusted, what comes next; by mouse, and with script off on a phone, in four languages.</summary>
public sealed class AnalystTests(RunningPortal portal)
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("VS_ANALYST_SCREENS");
    private static readonly SemaphoreSlim One = new(1, 1);
    private static bool made;

    [Theory]
    [InlineData("fr", 1280, true), InlineData("nl", 320, false), InlineData("de", 320, true), InlineData("en", 1280, false)]
    public async Task From_the_overview_to_a_figure_that_is_quoted(string language, int width, bool script)
    {
        await Releases();
        await using var screen = await Screen.Open(portal, width, language, script);
        var page = screen.Page;
        await screen.Go("/demo");
        await page.ClickAsync($".vs-languages a[lang='{language}'], .vs-languages span[lang='{language}']");
        await page.Locator("button", new() { HasTextString = "Anselm Demo" }).First.ClickAsync();
        await page.Arrives("**/account/home");
        await page.ClickAsync("a[href$='to=%2Ffigures'], a[href='/figures']");
        await page.Arrives("**/figures");
        Assert.Equal(6, await page.Locator(".vs-cards .vs-card").CountAsync());
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
        await page.SelectOptionAsync("#by-area", "NAM");
        await page.SelectOptionAsync("#by-period", "2019-Q4");
        await page.ClickAsync("main form button");
        await page.Arrives(url => url.Contains("area=NAM", StringComparison.Ordinal) && url.Contains("period=2019-Q4", StringComparison.Ordinal));
        Assert.Equal(4, await page.Locator(".vs-grid tbody tr").CountAsync());
        await Seen(screen, "pivot");
        var shown = await page.Locator(".vs-grid tbody tr").First.Locator("td a").First.InnerTextAsync();

        // The file has what the page shows.
        var address = await page.Locator("a[href*='format=csv']").GetAttributeAsync("href");
        var file = await page.Context.APIRequest.GetAsync(screen.Home + address);
        Assert.Equal(200, file.Status);
        var number = new string([.. shown.TakeWhile(c => c != '±').Where(char.IsAsciiDigit)]);
        Assert.Contains(";" + number + ";", System.Text.Encoding.UTF8.GetString(await file.BodyAsync()), StringComparison.Ordinal);

        // How it is quoted: to be selected without script, and copied by one press with it.
        await page.Locator(".vs-grid tbody tr").First.Locator("td a").First.ClickAsync();
        await page.Arrives(url => url.Contains("/figures/cite/", StringComparison.Ordinal));
        var citation = await page.InputValueAsync("#citation");
        foreach (var part in new[] { "2019-Q4-P", "T2", shown.Trim() }) Assert.Contains(part, citation, StringComparison.Ordinal);
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
        await screen.Go("/figures/map?period=2019-Q4");
        Assert.Equal(12, await page.Locator(".vs-map rect").CountAsync());
        await Seen(screen, "map");
        foreach (var part in new[] { "definitions", "quality", "calendar", "privacy" })
        {
            await page.ClickAsync($"main nav a[href='/figures/{part}']");
            await page.Arrives("**/figures/" + part);
            await Seen(screen, part);
        }
        // A release that was taken back is found by whoever names it, with its mark.
        await screen.Go("/figures/pivot?table=T1&rows=category&columns=area&period=2019-Q2&release=2019-Q2-P");
        Assert.Equal(1, await page.Locator("[role=alert]").CountAsync());
        await page.Locator(".vs-grid td a").First.ClickAsync();
        await page.Arrives(url => url.Contains("/cite/2019-Q2-P/", StringComparison.Ordinal));
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
        await Releases();
        await using var screen = await Screen.Open(portal, width, language, script);
        var page = screen.Page;
        await screen.Go("/demo");
        await page.Locator("button", new() { HasTextString = "Claire Demo-A" }).First.ClickAsync();
        await page.Arrives("**/9901/**");
        await screen.Go("/9901/our-figures"); // first press, of the menu
        await page.ClickAsync("main a[href*='period=2019-Q4']");
        await page.Arrives(url => url.Contains("period=2019-Q4", StringComparison.Ordinal));
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

    // Three quarters of a year long gone, the first of them taken back, so that no release of the demo is met; written beside the portal as releases would be.
    private async Task Releases()
    {
        await One.WaitAsync();
        try
        {
            if (made) return;
            made = true;
            var programme = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "..", "src", "Statistics", "Programme", "programme.json"));
            var hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(programme)));
            string[] areas = ["ANT", "LIM", "OVL", "WVL", "LEU", "HVV", "BRU", "WBR", "HAI", "NAM", "LUX", "LIE"], categories = ["Offence", "ShockingEvent", "RoadAccident", "FamilySituation", "PartnerViolence"];
            await using var store = new SqliteConnection($"Data Source={Path.Combine(portal.Folder, "figures.db")};Pooling=False;Default Timeout=20");
            await store.OpenAsync();
            await using var whole = store.BeginTransaction();
            foreach (var quarter in new[] { 2, 3, 4 })
            {
                var release = $"2019-Q{quarter}-P";
                Do("INSERT INTO published_release VALUES ($0, 2, $1, $2, 1, $3, $4, '', 180, 186)", release, release[..7], hash, new DateTimeOffset(2020, 2, 14, 9, 0, 0, TimeSpan.Zero).AddMonths(-3 * (4 - quarter)).UtcTicks, string.Join(';', areas));
                foreach (var (table, codes) in new[] { ("T1", (string[])[""]), ("T2", ["Victim", "Relative", "Witness"]), ("T8", ["0-1", "2-7", "8-14", "15+", "NoContact"]) })
                {
                    var sums = new Dictionary<string, int>(StringComparer.Ordinal);
                    foreach (var area in areas)
                    {
                        foreach (var month in table == "T1" ? [(quarter * 3) - 2, (quarter * 3) - 1, quarter * 3] : new[] { 0 })
                        {
                            var period = month == 0 ? release[..7] : $"2019-{month:00}";
                            for (var c = 0; c < categories.Length; c++)
                            {
                                for (var k = 0; k < codes.Length; k++)
                                {
                                    var value = (area[0] * 7 % 90) + (quarter * 9) + (c * 23 % 40) - (k * 20) + month;
                                    Put("protected_cell", release, table, Id(area, period, categories[c], codes[k]), value);
                                    foreach (var place in new[] { area, "BE" })
                                        foreach (var when in new[] { period, release[..7] }.Distinct())
                                            foreach (var category in new[] { categories[c], "*" })
                                                foreach (var code in new[] { codes[k], codes[k].Length == 0 ? "" : "*" }.Distinct())
                                                    if (Id(place, when, category, code) is var sum && sum != Id(area, period, categories[c], codes[k])) sums[sum] = sums.GetValueOrDefault(sum) + value;
                                }
                            }
                        }
                    }
                    foreach (var (sum, value) in sums) Put("protected_sum", release, table, sum, value);
                }
            }
            Do("INSERT INTO withdrawal VALUES ($0, 3, $1)", "2019-Q2-P", new DateTimeOffset(2020, 3, 2, 9, 0, 0, TimeSpan.Zero).UtcTicks);
            await whole.CommitAsync();
            // And the zone is counted in one of the areas.
            await using var house = new SqliteConnection($"Data Source={Path.Combine(portal.Folder, "catalog.db")};Pooling=False;Default Timeout=20");
            await house.OpenAsync();
            await using var counted = house.CreateCommand();
            counted.CommandText = "INSERT INTO place_of_zone SELECT Id, Id, 'NAM', '2019-04-01', NULL FROM zone WHERE Code = '9901'; INSERT INTO area_of_year VALUES (2019, 'NAM', 'NAM')";
            Assert.Equal(2, await counted.ExecuteNonQueryAsync());

            static string Id(string place, string period, string category, string code) => string.Join('|', new[] { place, period, category }.Concat(code.Length == 0 ? [] : [code]));
            void Put(string into, string release, string table, string cell, int value) => Do($"INSERT INTO {into} (release_id, table_id, cell_id, value, variance, shown) VALUES ($0, $1, $2, $3, 16.0, $4)", release, table, cell, value, value >= 10);
            void Do(string sql, params object[] values)
            {
                using var command = store.CreateCommand();
                command.CommandText = sql;
                for (var i = 0; i < values.Length; i++) command.Parameters.AddWithValue("$" + i, values[i]);
                command.ExecuteNonQuery();
            }
        }
        finally
        {
            One.Release();
        }
    }
}
