using Microsoft.Playwright;
using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>The pages for anybody, in a real browser: read in four languages, with and without script, wide and narrow, by keyboard, on paper; found by postcode; and worded by the zone.</summary>
public sealed class PublicDeskTests(RunningPortal portal)
{
    private static readonly string[] Pages = ["contact", "leaflet", "card", "accessibility", "privacy", "feedback"];
    private static readonly string? Folder = Environment.GetEnvironmentVariable("VS_SCREENS");

    [Theory]
    [InlineData("fr", 1280, true), InlineData("fr", 320, false), InlineData("nl", 320, true), InlineData("de", 320, true), InlineData("en", 1280, true), InlineData("nl", 1280, false)]
    public async Task Anybody_reads_a_zones_pages_and_nothing_is_left_behind(string language, int width, bool script)
    {
        await using var screen = await Screen.Open(portal, width, language, script);
        await screen.Go("/9901/contact");
        Assert.EndsWith($"/9901/{language}/contact", screen.Page.Url, StringComparison.Ordinal);
        foreach (var page in Pages)
        {
            await screen.Go($"/9901/{language}/{page}");
            Assert.Equal(language, await screen.Page.GetAttributeAsync("html", "lang"));
            Assert.Matches("^(Contact – zone|Kontakt – Zone) 9901$", await screen.Page.TitleAsync());
            await Sound(screen, script);
            await Shot(screen, $"public-{page}-{language}", width);
        }
        // The other languages are one press away, on the same page.
        foreach (var other in new[] { "fr", "nl", "de", "en" }.Where(l => l != language))
        {
            await screen.Page.ClickAsync($".vs-tongues a[lang='{other}']");
            Assert.EndsWith($"/9901/{other}/feedback", screen.Page.Url, StringComparison.Ordinal);
            Assert.Equal(other, await screen.Page.GetAttributeAsync("html", "lang"));
        }
        await screen.Page.ClickAsync($".vs-tongues a[lang='{language}']");

        // Nothing written: said at the field. Then it arrives, and nothing of it is shown or stands in an address.
        await screen.Page.ClickAsync("main form[method=post] button[type=submit]");
        await screen.Page.Locator(".govuk-error-summary").WaitForAsync();
        await Sound(screen, script);
        await screen.Page.FillAsync("[name='Form.Text']", "Zzkanarie");
        await screen.Page.ClickAsync("main form[method=post] button[type=submit]");
        await screen.Page.Locator("main [role=status]").WaitForAsync();
        await Sound(screen, script);
        Assert.DoesNotContain("Zzkanarie", await screen.Page.ContentAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("Zzkanarie", portal.Output, StringComparison.Ordinal);
        Assert.Empty(await screen.Context.CookiesAsync());
        Assert.All(screen.Addresses, address => Assert.StartsWith(portal.Address, address, StringComparison.Ordinal));
        Assert.All(screen.Addresses, address => Assert.DoesNotContain("Zzkanarie", address, StringComparison.Ordinal));
        screen.SaysNothingWrong();
    }

    [Fact]
    public async Task The_page_weighs_little_on_a_first_visit()
    {
        await using var screen = await Screen.Open(portal, 320, "fr");
        var answers = new List<IResponse>();
        screen.Page.Response += (_, answer) => { lock (answers) answers.Add(answer); };
        await screen.Go("/9901/fr/contact");
        await screen.Page.Loaded();
        await screen.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        var (sum, files) = (0, new List<string>());
        foreach (var answer in answers.ToList())
        {
            // In development files go out hardly compressed; published they are, as the build compresses them.
            var (body, headers) = (await answer.BodyAsync(), (await answer.HeadersArrayAsync()).Sum(h => h.Name.Length + h.Value.Length + 4));
            var size = (answer.Url.Contains("/assets/", StringComparison.Ordinal) ? Packed(body) : body.Length) + headers;
            sum += size;
            files.Add($"{answer.Url} {size}");
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{sum / 1000d:F1} kB in {files.Count} answers: {string.Join(", ", files)}");
        Assert.InRange(sum, 5_000, 50_000);
        Assert.Contains(files, f => f.Contains("/logo", StringComparison.Ordinal)); // with the zone's picture
    }

    [Fact]
    public async Task The_page_goes_by_keyboard_from_the_first_press_to_the_appointment()
    {
        await using var screen = await Screen.Open(portal, 320, "fr");
        await screen.Go("/9901/fr/contact");
        var (seen, reached) = (new List<string>(), false);
        for (var i = 0; i < 30 && !reached; i++)
        {
            await screen.Page.Keyboard.PressAsync("Tab");
            var focus = await screen.Page.EvaluateAsync<string>("() => { const a = document.activeElement, r = a.getBoundingClientRect(); return (a.getAttribute('href') ?? '') + ' ' + (r.bottom > 0 && r.top < innerHeight && r.height > 0); }");
            seen.Add(focus);
            Assert.EndsWith("true", focus, StringComparison.Ordinal);
            reached = focus.Contains("/appointment", StringComparison.Ordinal);
        }
        Assert.True(reached, string.Join('\n', seen));
        Assert.StartsWith("#main", seen[0], StringComparison.Ordinal);
        Assert.Contains(seen, s => s.StartsWith("tel:112", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("leaflet", "fr"), InlineData("leaflet", "nl"), InlineData("leaflet", "de"), InlineData("leaflet", "en"), InlineData("card", "fr"), InlineData("card", "de")]
    public async Task On_paper_it_is_one_page(string page, string language)
    {
        await using var screen = await Screen.Open(portal, 1280, language);
        await screen.Go($"/9901/{language}/{page}");
        await screen.IsOneSheet(page == "card" ? 86 : 148);
    }

    [Theory]
    [InlineData("fr", 320, true), InlineData("nl", 1280, false), InlineData("de", 1280, true), InlineData("en", 320, false)]
    public async Task A_zone_is_found_by_postcode_and_where_there_is_none_it_is_said_what_to_do(string language, int width, bool script)
    {
        await using var screen = await Screen.Open(portal, width, language, script);
        await screen.Go("/");
        Assert.Equal(language, await screen.Page.GetAttributeAsync("html", "lang"));
        await Sound(screen, script);
        await screen.Page.FillAsync("[name=Place]", "0000");
        await screen.Page.ClickAsync("main form button[type=submit]");
        Assert.Contains("112", await screen.Page.InnerTextAsync("[data-found='0']"), StringComparison.Ordinal);
        await Sound(screen, script);
        await Shot(screen, $"public-directory-{language}", width);
        await screen.Page.FillAsync("[name=Place]", "lindeberg");
        await screen.Page.ClickAsync("main form button[type=submit]");
        await screen.Page.ClickAsync("[data-found='1'] a");
        // How to leave is said before the first page is read.
        Assert.EndsWith($"/9902/{language}/before", screen.Page.Url, StringComparison.Ordinal);
        await screen.Page.ClickAsync("main .govuk-button");
        Assert.EndsWith($"/9902/{language}/contact", screen.Page.Url, StringComparison.Ordinal);
        await Sound(screen, script);
        // A zone that is not live is in no list, and its page is not there.
        Assert.Equal(404, (await screen.Page.GotoAsync(screen.Home + $"/9904/{language}/contact"))!.Status);
        Assert.Equal(language, await screen.Page.GetAttributeAsync("html", "lang"));
        Assert.DoesNotContain("Deux-Rives", await screen.Page.ContentAsync(), StringComparison.Ordinal);
        await Sound(screen, script);
        Assert.Empty(await screen.Context.CookiesAsync());
        screen.SaysNothingWrong();
    }

    [Theory]
    [InlineData("fr", 1280, true), InlineData("de", 320, false), InlineData("nl", 320, true), InlineData("en", 1280, false)]
    public async Task A_coordinator_words_the_page_looks_at_it_and_publishes_it(string language, int width, bool script)
    {
        await using var screen = await Screen.Open(portal, width, language, script);
        await screen.Go("/demo");
        await screen.Page.ClickAsync($".vs-languages a[lang='{language}'], .vs-languages span[lang='{language}']");
        await screen.Page.Locator("button", new() { HasTextString = "Claire Demo-C" }).First.ClickAsync();
        await screen.Page.Arrives("**/9903/worklist");
        foreach (var page in new[] { "", "/reach", "/logo", "/helplines", "/feedback", "/texts/de" })
        {
            await screen.Go("/9903/admin/public-page" + page);
            await Sound(screen, script);
            if (page is "" or "/texts/de" or "/helplines") await Shot(screen, $"public-edit{page.Replace('/', '-')}-{language}", width);
        }
        var words = $"Herzlich willkommen {Guid.NewGuid().ToString("N")[..6]}";
        await screen.Page.FillAsync("[name='Form.Intro']", words);
        await screen.Page.ClickAsync("button[formaction*='Preview']");
        Assert.Contains(words, await screen.Page.InnerTextAsync(".vs-lead"), StringComparison.Ordinal);
        Assert.Equal("de", await screen.Page.GetAttributeAsync("html", "lang"));
        await Sound(screen, script);
        await screen.Page.ClickAsync("[data-preview] button[formaction]");
        Assert.Equal(words, await screen.Page.InputValueAsync("[name='Form.Intro']"));
        await screen.Page.ClickAsync("main form button[type=submit]:not([formaction])");
        await screen.Page.Arrives("**/9903/admin/public-page");
        await using (var passer = await Screen.Open(portal, width, "de", script))
        {
            await passer.Go("/9903/de/contact");
            Assert.Contains(words, await passer.Page.InnerTextAsync(".vs-lead"), StringComparison.Ordinal);
            await Sound(passer, script);
        }
        await screen.Page.Locator("tbody tr").Nth(1).Locator("button").ClickAsync();
        await Sound(screen, script);
        await using (var passer = await Screen.Open(portal, width, "de", script))
        {
            await passer.Go("/9903/de/contact");
            Assert.DoesNotContain(words, await passer.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        }
        screen.SaysNothingWrong();
    }

    private static int Packed(byte[] body)
    {
        using var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.SmallestSize, leaveOpen: true)) gzip.Write(body);
        return (int)packed.Length;
    }

    private static Task Sound(Screen screen, bool script) => script ? screen.IsSound() : Task.CompletedTask;

    private static async Task Shot(Screen screen, string name, int width)
    {
        if (Folder is not null) await screen.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}-{width}.png"), FullPage = true });
    }
}
