using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>Pictures of the real pages for the documents: written to VS_SCREENS where it names a folder, and always looked at for soundness.</summary>
public sealed class ScreensTests(RunningPortal portal)
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("VS_SCREENS");

    [Theory]
    [InlineData(1280), InlineData(320)]
    public async Task The_pages_of_the_main_job_have_their_picture(int width)
    {
        await using var screen = await Screen.Open(portal, width, "fr");
        await screen.Go("/demo");
        await Shot(screen, "demo", width);
        await screen.Page.Locator("button", new() { HasTextString = "Karel Demo-A" }).First.ClickAsync();
        await screen.Page.WaitForURLAsync("**/9901/worklist");
        await Shot(screen, "worklist", width);
        await screen.Page.ClickAsync("tbody tr:first-child a[href*='/dossiers/']");
        await Shot(screen, "dossier", width);
        await screen.Page.ClickAsync(".vs-safe a[href*='safe-contact']");
        await Shot(screen, "safe-contact", width);
        await screen.Page.GoBackAsync();
        await screen.Page.ClickAsync(".vs-tabs a[href$='/contact']");
        await Shot(screen, "contact", width);
        await screen.Go("/9901/intake");
        await Shot(screen, "intake", width);
        await screen.Page.ClickAsync("main form button[type=submit]:not([formaction])");
        await Shot(screen, "intake-errors", width);
        await screen.Go("/demo");
        await screen.Page.Locator("button", new() { HasTextString = "Inès Demo-A" }).First.ClickAsync();
        await screen.Go("/9901/intake");
        await screen.Page.FillAsync("[name='Form.GivenName']", "Leila");
        await screen.Page.FillAsync("[name='Form.FamilyName']", "Muster");
        await screen.Page.ClickAsync("button[formaction*='Check']");
        await Shot(screen, "safety-card", width);
        await screen.Go("/demo");
        await screen.Page.Locator("button", new() { HasTextString = "Bernard Demo-A" }).First.ClickAsync();
        await screen.Go("/9901/admin/staff");
        await Shot(screen, "staff", width);
    }

    private static async Task Shot(Screen screen, string name, int width)
    {
        await screen.FitsItsWidth();
        if (Folder is null) return;
        Directory.CreateDirectory(Folder);
        await screen.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}-{width}.png"), FullPage = true });
    }
}
