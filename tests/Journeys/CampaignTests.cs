using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>Story S12 in a zone: a coordinator looks at the figures of the year, opens a dossier that lacks something, says that these are the zone's figures, and takes it back.</summary>
public sealed class CampaignTests(RunningPortal portal)
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("VS_LOOK");

    [Theory]
    [InlineData("fr", "A", 1280, true), InlineData("nl", "B", 320, false), InlineData("de", "C", 320, true)]
    public async Task A_coordinator_looks_at_the_zones_year(string language, string letter, int width, bool script)
    {
        await using var screen = await Screen.Open(portal, width, language, script);
        var (page, zone) = (screen.Page, "990" + (letter[0] - 'A' + 1));
        await screen.Go("/demo");
        await page.ClickAsync($".vs-languages a[lang='{language}'], .vs-languages span[lang='{language}']");
        await page.Locator("button", new() { HasTextString = $"Claire Demo-{letter}" }).First.ClickAsync();
        await page.Arrives($"**/{zone}/worklist");
        await screen.Chooses($"/{zone}/our-figures/campaign");
        await Sound();
        await Shot("asked");

        // What is missing leads to where it is completed.
        await page.Locator("section[aria-labelledby=lacking] tbody a").First.ClickAsync();
        await page.Arrives($"**/{zone}/dossiers/*");
        await screen.Chooses($"/{zone}/our-figures/campaign");

        // Looked; and taken back.
        Assert.Equal(1, await page.Locator("main form[method=post]").CountAsync());
        await page.ClickAsync("main form[method=post] button[type=submit]");
        await page.Arrives("**/campaign");
        Assert.Equal(1, await page.Locator("main form[action*='handler=Back']").CountAsync());
        await Sound();
        await Shot("looked");
        await page.ClickAsync("main form[action*='handler=Back'] button[type=submit]");
        await page.Arrives("**/campaign");
        Assert.Equal(0, await page.Locator("main form[action*='handler=Back']").CountAsync());
        Assert.Equal(1, await page.Locator("main form[method=post]").CountAsync());

        // A caseworker has no such page.
        await using var other = await Screen.Open(portal, width, language, script);
        await other.Go("/demo");
        await other.Page.Locator("button", new() { HasTextString = $"Karel Demo-{letter}" }).First.ClickAsync();
        await other.Page.Loaded();
        Assert.Equal(404, (await other.Page.GotoAsync($"{other.Home}/{zone}/our-figures/campaign"))!.Status);
        screen.SaysNothingWrong();

        Task Sound() => script ? screen.IsSound() : screen.FitsItsWidth();

        async Task Shot(string name)
        {
            if (Folder is not null) await page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"campaign-{name}-{width}.png"), FullPage = true });
        }
    }
}
