using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>Reaching somebody: the number after the script, and a letter from the dossier to the sheet and its label.</summary>
public sealed class LettersTests(RunningPortal portal)
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("VS_GATE_SCREENS");

    [Theory]
    [InlineData("fr", 1280, true), InlineData("nl", 320, true), InlineData("de", 320, false), InlineData("en", 1280, false)]
    public async Task From_the_rule_to_the_number_and_from_the_text_to_a_neutral_envelope(string language, int width, bool script)
    {
        await using var screen = await Screen.Open(portal, width, language, script);
        var name = "Zzcanary" + Guid.NewGuid().ToString("N")[..6];
        await screen.Go("/demo");
        await screen.Page.ClickAsync($".vs-languages a[lang='{language}'], .vs-languages span[lang='{language}']");
        await screen.Page.Locator("button", new() { HasTextString = "Claire Demo-A" }).First.ClickAsync();
        await screen.Page.Arrives("**/9901/worklist");
        await screen.Go("/9901/intake");
        await Radio(screen, "Form.Trigger", "OfficialReport");
        await Radio(screen, "Form.SubKind", "Burglary");
        await screen.Page.FillAsync("[name='Form.GivenName']", "Noor");
        await screen.Page.FillAsync("[name='Form.FamilyName']", name);
        await screen.Page.FillAsync("[name='Form.Phone']", $"0470 {Random.Shared.Next(10, 99)} {Random.Shared.Next(10, 99)} {Random.Shared.Next(10, 99)}");
        await Radio(screen, "Form.Safe", "NotAsked");
        await screen.Page.ClickAsync("main form[method=post] button[type=submit]:not([formaction])");
        if (screen.Page.Url.Contains("/known/", StringComparison.Ordinal)) await screen.Page.ClickAsync("main a.govuk-button");
        var dossier = screen.Page.Url;
        await Shot(screen, "gate-dossier", width);
        Assert.Equal(0, await screen.Page.Locator("a[href^='tel:']").CountAsync());
        await Sound(screen, script);

        // The number, after the script.
        await screen.Page.ClickAsync(".vs-safe form[action$='/call'] button");
        Assert.Equal(1, await screen.Page.Locator("a[href^='tel:+32470']").CountAsync());
        await Sound(screen, script);
        await Shot(screen, "gate-call", width);

        // Where she lives.
        await screen.Go(dossier);
        await screen.Page.ClickAsync("section[aria-labelledby='people'] .vs-card a[href*='/people/']");
        await screen.Page.FillAsync("[name='Form.Address']", $"Rue {name} 12\n9901 Val-Clair");
        await screen.Page.ClickAsync("main form[method=post] button[type=submit]");

        // The letter.
        await screen.Page.ClickAsync(".vs-safe a[href$='/letter']");
        await Sound(screen, script);
        await Shot(screen, "gate-letter", width);
        Assert.Contains(name, await screen.Page.InputValueAsync("[name='Form.Text']"), StringComparison.Ordinal);
        await screen.Page.ClickAsync("main form[method=post] button[type=submit]");
        await screen.Page.Arrives("**/9901/letters");
        await Sound(screen, script);
        await Shot(screen, "gate-letters", width);
        await screen.Page.ClickAsync("section[aria-labelledby='prepared'] form button[type=submit]:not([formaction])");
        var label = await screen.Page.Locator(".vs-label", new() { HasTextString = name }).InnerTextAsync();
        foreach (var secret in new[] { "polic", "polit", "poliz", "victim", "slachtoffer", "opfer", "zone", "demo" }) Assert.DoesNotContain(secret, label, StringComparison.OrdinalIgnoreCase);
        await Sound(screen, script);
        await Shot(screen, "gate-print", width);
        await OnPaper(screen, width);
        await screen.Go(dossier);
        Assert.NotEmpty(await screen.Page.InnerTextAsync(".vs-timeline"));

        // The texts of the zone.
        await screen.Go("/9901/admin/letters");
        await Sound(screen, script);
        await Shot(screen, "gate-texts", width);
        await screen.Go("/9901/admin/letters/first");
        await Sound(screen, script);
        await screen.Go(dossier);
        await screen.Page.ClickAsync(".vs-safe a[href*='safe-contact']");
        await Sound(screen, script);
        await Shot(screen, "gate-rules", width);

        screen.SaysNothingWrong();
        Assert.All(screen.Addresses, address => Assert.DoesNotContain(name, address, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(name, portal.Output, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("fr", 1280, true), InlineData("nl", 320, true), InlineData("de", 320, false), InlineData("en", 1280, false)]
    public async Task A_leaflet_in_the_persons_language_is_one_sheet_and_the_card_goes_into_a_purse(string language, int width, bool script)
    {
        await using var screen = await Screen.Open(portal, width, language, script);
        await screen.Go("/demo");
        await screen.Page.Locator("button", new() { HasTextString = "Claire Demo-A" }).First.ClickAsync();
        await screen.Page.Arrives("**/9901/worklist");
        await screen.Go("/9901/letters");
        await screen.Page.ClickAsync("main a[href$='/9901/leaflets']");
        foreach (var leaflet in new[] { "ServiceLeaflet", "AfterShockLeaflet", "RightsLeaflet", "PocketCard" })
        {
            await screen.Page.ClickAsync($"main nav a[hreflang='{language}']");
            await screen.Page.ClickAsync($"main nav a[href$='/leaflets/{language}/{leaflet}']");
            await Sound(screen, script);
            await Shot(screen, $"leaflet-{leaflet}-{language}", width);
            Assert.Equal(language, await screen.Page.GetAttributeAsync("[data-leaflet]", "lang"));
            await screen.IsOneSheet(leaflet == "PocketCard" ? 86 : 148, Folder is null ? null : Path.Combine(Folder, $"leaflet-{leaflet}-{language}.pdf"));
            await screen.Page.EmulateMediaAsync(new() { Media = Microsoft.Playwright.Media.Print });
            foreach (var round in new[] { ".vs-header", "h1", "main nav" }) Assert.False(await screen.Page.Locator(round).First.IsVisibleAsync());
            Assert.True(await screen.Page.Locator("[data-leaflet]").IsVisibleAsync());
            await screen.Page.EmulateMediaAsync(new() { Media = Microsoft.Playwright.Media.Null });
        }
        await screen.Page.ClickAsync("main a[href$='/admin/letters/pocketcard']");
        await Sound(screen, script);
        await Shot(screen, $"leaflet-text-{language}", width);
        screen.SaysNothingWrong();
    }

    // On paper there is the sheet and the label, and nothing of the portal round them.
    private static async Task OnPaper(Screen screen, int width)
    {
        await screen.Page.EmulateMediaAsync(new() { Media = Microsoft.Playwright.Media.Print });
        Assert.False(await screen.Page.Locator(".vs-header").IsVisibleAsync());
        Assert.False(await screen.Page.Locator("h1").IsVisibleAsync());
        Assert.True(await screen.Page.Locator(".vs-sheet").First.IsVisibleAsync());
        await Shot(screen, "gate-paper", width);
        if (Folder is not null && width == 1280) await screen.Page.PdfAsync(new() { Path = Path.Combine(Folder, "gate-paper.pdf"), PreferCSSPageSize = true });
        await screen.Page.EmulateMediaAsync(new() { Media = Microsoft.Playwright.Media.Screen });
    }

    private static async Task Shot(Screen screen, string name, int width)
    {
        if (Folder is null) return;
        Directory.CreateDirectory(Folder);
        await screen.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}-{width}.png"), FullPage = true });
    }

    private static Task Sound(Screen screen, bool script) => script ? screen.IsSound() : Task.CompletedTask;
    private static Task Radio(Screen screen, string name, string value) => screen.Page.CheckAsync($"input[name='{name}'][value='{value}']", new() { Force = true });
}
