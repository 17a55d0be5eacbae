using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>A pool is proposed and agreed to in two zones, a rota is filled and changed, a shift swapped, and an officer without an account sees whom to call; by mouse, and with script off on a phone.</summary>
public sealed class OnCallTests(RunningPortal portal)
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("VS_ONCALL_SCREENS");

    [Theory]
    [InlineData("en", 1280, true), InlineData("fr", 320, false)]
    public async Task From_the_pool_to_whom_an_officer_calls(string language, int width, bool script)
    {
        var name = "Pool " + Guid.NewGuid().ToString("N")[..6];
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(DateTimeOffset.UtcNow, TimeZoneInfo.FindSystemTimeZoneById("Europe/Brussels")).DateTime);
        await using var screen = await Screen.Open(portal, width, language, script);
        var page = screen.Page;

        // Proposed here, agreed to there: each administrator for their own zone.
        await As(screen, "Bernard Demo-A", "9901", language);
        await screen.Go("/9901/admin/pools");
        await Sound(screen, script);
        await page.ClickAsync("main a.govuk-button");
        await page.FillAsync("[name='Form.Title']", name);
        await page.FillAsync("[name='Form.From']", Iso(today));
        await page.FillAsync("[name='Form.Zones']", "9902");
        await page.FillAsync("[name='Form.Outside']", "Zone Ailleurs");
        await Sound(screen, script);
        await Shot(screen, "oncall-propose", width);
        await Sends(screen, "[name='Form.Title']");
        await page.Arrives(url => url.Contains("/9901/admin/pools/", StringComparison.Ordinal) && !url.EndsWith("propose", StringComparison.Ordinal));
        var pool = page.Url[(page.Url.LastIndexOf('/') + 1)..];
        await Sound(screen, script);
        await Shot(screen, "oncall-pool", width);
        await using (var other = await Screen.Open(portal, width, language, script))
        {
            await As(other, "Bernard Demo-B", "9902", language);
            await other.Go("/9902/admin/pools");
            await other.Page.ClickAsync($"main table a[href$='{pool}']");
            await Sound(other, script);
            await other.Page.ClickAsync("form[action*='handler=Answer']:has([value='true']) button");
            await other.Page.Arrives("**/9902/admin/pools/" + pool);
            Assert.Equal(0, await other.Page.Locator("form[action*='handler=Answer']").CountAsync());
            Assert.Equal(1, await other.Page.Locator("form[action*='handler=Leave']").CountAsync());
            other.SaysNothingWrong();
        }

        // A rota: the number, three weeks by a pattern, a shift by hand for now.
        await As(screen, "Claire Demo-A", "9901", language);
        await screen.Go($"/9901/on-call/rota/{pool}/terms");
        await page.FillAsync("[name='Form.Number']", "0800 12 345");
        await Sound(screen, script);
        await Sends(screen, "[name='Form.Number']");
        await page.Arrives("**/on-call/rota/" + pool);
        Assert.Equal(1, await page.Locator("[data-gaps] li").CountAsync());
        await screen.Go($"/9901/on-call/rota/{pool}/edit");
        var jonas = await page.Locator("[name='Form.Who'] option", new() { HasTextString = "Jonas Demo-A (9901)" }).First.GetAttributeAsync("value");
        var inesB = await page.Locator("[name='Form.Who'] option", new() { HasTextString = "Inès Demo-B (9902)" }).First.GetAttributeAsync("value");
        await page.FillAsync("[name='Form.Start.Date']", Iso(today));
        await page.FillAsync("[name='Form.Start.Time']", "00:00");
        await page.FillAsync("[name='Form.End.Date']", Iso(today.AddDays(1)));
        await page.FillAsync("[name='Form.End.Time']", "08:00");
        await page.Locator("[name='Form.Rank'][value='Duty']").CheckAsync(new() { Force = true });
        await page.SelectOptionAsync("[name='Form.Who']", jonas!);
        await Sound(screen, script);
        await Shot(screen, "oncall-shift", width);
        await Sends(screen, "[name='Form.Who']");
        await page.Arrives(url => url.Contains($"/on-call/rota/{pool}?from=", StringComparison.Ordinal));
        await screen.Go($"/9901/on-call/rota/{pool}/fill");
        await page.FillAsync("[name='Form.First']", Iso(today.AddDays(1)));
        await page.FillAsync("[name='Form.Last']", Iso(today.AddDays(21)));
        await page.SelectOptionAsync("[name='Form.Who1']", inesB!);
        await page.SelectOptionAsync("[name='Form.Who2']", jonas!);
        await Sound(screen, script);
        await Shot(screen, "oncall-fill", width);
        await Sends(screen, "[name='Form.Who1']");
        await page.Arrives(url => url.Contains($"/on-call/rota/{pool}?from=", StringComparison.Ordinal));
        await screen.Go($"/9901/on-call/rota/{pool}");
        Assert.Equal(4, await page.Locator("main table tbody tr").CountAsync());
        await Sound(screen, script);
        await Shot(screen, "oncall-rota", width);
        foreach (var paper in new[] { "sheet", "statement" })
        {
            await screen.Go($"/9901/on-call/rota/{pool}/{paper}");
            await Sound(screen, script);
            await Shot(screen, "oncall-" + paper, width);
        }

        // Whom an officer calls.
        await screen.Go("/9901/admin/duty-link");
        if (await page.Locator("form[action*='handler=Revoke']").CountAsync() > 0) await page.ClickAsync("form[action*='handler=Revoke'] button");
        await screen.Go("/9901/admin/duty-link");
        await page.ClickAsync("main form[method=post] button");
        var link = await page.InnerTextAsync("[data-link]");
        await Sound(screen, script);
        await Shot(screen, "oncall-link", width);
        await using (var officer = await Screen.Open(portal, width, language, script))
        {
            await officer.Go(link);
            var said = await officer.Page.InnerTextAsync("main");
            Assert.Contains("0800 12 345", said, StringComparison.Ordinal);
            foreach (var secret in new[] { "Jonas", "Demo", name }) Assert.DoesNotContain(secret, said, StringComparison.OrdinalIgnoreCase);
            await Sound(officer, script);
            await Shot(officer, "oncall-officer", width);
            await screen.Go("/9901/admin/duty-link");
            await page.ClickAsync("form[action*='handler=Revoke'] button");
            await screen.Go("/9901/admin/duty-link");
            Assert.Equal(0, await page.Locator("form[action*='handler=Revoke']").CountAsync());
            await officer.Go(link);
            Assert.DoesNotContain("0800", await officer.Page.InnerTextAsync("main"), StringComparison.Ordinal);
            officer.SaysNothingWrong();
        }

        // Jonas gives his shift of today away; it is his until Inès says yes.
        await As(screen, "Jonas Demo-A", "9901", language);
        await screen.Go("/9901/on-call");
        Assert.Contains("Jonas Demo-A", await page.InnerTextAsync($"section:has(a[href$='{pool}'])"), StringComparison.Ordinal);
        await page.Locator($"section:has(a[href$='{pool}']) [name='Form.Note']").FillAsync("Car keys at the desk");
        await Sound(screen, script);
        await Shot(screen, "oncall-now", width);
        await page.Locator($"section:has(a[href$='{pool}']) form button[type=submit]").ClickAsync();
        await page.Arrives("**/9901/on-call");
        Assert.Contains("Car keys at the desk", await page.InnerTextAsync($"section:has(a[href$='{pool}']) [data-note]"), StringComparison.Ordinal);
        await screen.Go("/9901/on-call/swaps");
        await Sound(screen, script);
        await page.Locator("main table tbody tr", new() { HasTextString = name }).First.Locator("a").ClickAsync();
        await page.SelectOptionAsync("[name='Form.Who']", inesB!);
        await Sound(screen, script);
        await Shot(screen, "oncall-ask", width);
        await Sends(screen, "[name='Form.Who']");
        await page.Arrives("**/9901/on-call/swaps");
        await Shot(screen, "oncall-swaps", width);
        await using (var ines = await Screen.Open(portal, width, language, script))
        {
            await As(ines, "Inès Demo-B", "9902", language);
            await ines.Go("/9902/on-call/swaps");
            await Sound(ines, script);
            await Shot(ines, "oncall-asked", width);
            await ines.Page.Locator("form[action*='handler=Accept'] button").First.ClickAsync();
            await ines.Page.Arrives("**/9902/on-call/swaps");
            await ines.Go("/9902/on-call");
            Assert.Contains("Inès Demo-B", await ines.Page.InnerTextAsync($"section:has(a[href$='{pool}'])"), StringComparison.Ordinal);
            Assert.Contains("Car keys at the desk", await ines.Page.InnerTextAsync($"section:has(a[href$='{pool}'])"), StringComparison.Ordinal);
            ines.SaysNothingWrong();
        }
        screen.SaysNothingWrong();
        Assert.DoesNotContain(link[(link.LastIndexOf('/') + 1)..], portal.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Car keys", portal.Output, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task As(Screen screen, string who, string zone, string language)
    {
        await screen.Context.ClearCookiesAsync();
        await screen.Go("/demo");
        await screen.Page.ClickAsync($".vs-languages a[lang='{language}'], .vs-languages span[lang='{language}']");
        // A colleague who visits another zone stands there too.
        await screen.Page.Locator($"form:has(input[name='leads'][value^='/{zone}/']) button", new() { HasTextString = who }).First.ClickAsync();
        await screen.Page.Arrives(url => url.Contains("/" + zone, StringComparison.Ordinal));
    }

    private static Task Sends(Screen screen, string field) => screen.Page.Locator("main form[method=post]", new() { Has = screen.Page.Locator(field) }).Locator("button[type=submit]").Last.ClickAsync();

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private static Task Sound(Screen screen, bool script) => script ? screen.IsSound() : screen.FitsItsWidth();

    private static async Task Shot(Screen screen, string name, int width)
    {
        if (Folder is not null) await screen.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}-{width}.png"), FullPage = true });
    }
}
