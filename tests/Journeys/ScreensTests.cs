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
        await screen.Page.Arrives("**/9901/worklist");
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

    [Theory]
    [InlineData(1280), InlineData(320)]
    public async Task The_rest_of_casework_has_its_picture(int width)
    {
        await using var screen = await Screen.Open(portal, width, "fr");
        await screen.Go("/demo");
        await screen.Page.Locator("button", new() { HasTextString = "Claire Demo-A" }).First.ClickAsync();
        await screen.Page.Arrives("**/9901/worklist");
        foreach (var (name, path) in new[] { ("partners", "/9901/partners"), ("referrals", "/9901/referrals"), ("week", "/9901/agenda"), ("waiting", "/9901/waiting"), ("hand-over", "/9901/worklist/hand-over"), ("card", "/9901/intake/card") })
        {
            await screen.Go(path);
            await Shot(screen, name, width);
        }
        await screen.Go("/9901/intake/list");
        await screen.Page.FillAsync("[name='Form.Text']", "BR.30.L1.000211/2026\tBurglary\t24/11/2026\tDupont Jeanne\tRue des Saules 7, 9901 Val-Clair\tfr\nBR.30.L1.000212/2026\tBurglary\t31/02/2026\tPeeters Piet\tRue des Saules 9, 9901 Val-Clair\tnl\n");
        await screen.Page.ClickAsync("main form button[type=submit]");
        await screen.Page.Arrives("**/intake/list/*");
        await Shot(screen, "list", width);

        var peeters = await Finds(screen, "Peeters");
        await screen.Page.ClickAsync("main a[href*='/referrals/']");
        await Shot(screen, "referral", width);
        await screen.Go(peeters + "/documents");
        await Shot(screen, "documents", width);
        var noah = await Finds(screen, "Noah");
        await Shot(screen, "child", width);
        await screen.Go(noah + "/close");
        await Shot(screen, "closing", width);
        await screen.Go("/demo");
        await screen.Page.Locator("button", new() { HasTextString = "Bernard Demo-A" }).First.ClickAsync();
        await screen.Go("/9901/admin/codes");
        await Shot(screen, "codes", width);
    }

    [Theory]
    [InlineData(1280), InlineData(320)]
    public async Task The_report_of_a_year_has_its_picture_and_its_pages(int width)
    {
        await using var screen = await Screen.Open(portal, width, "fr");
        await screen.Go("/demo");
        await screen.Page.Locator("button", new() { HasTextString = "Claire Demo-A" }).First.ClickAsync();
        await screen.Page.Arrives("**/9901/worklist");
        await screen.Go("/9901/our-figures");
        await screen.Page.ClickAsync("main a[href*='/our-figures/report']");
        await screen.Page.Arrives(url => url.Contains("/our-figures/report?", StringComparison.Ordinal));
        await Shot(screen, "report", width);
        if (width >= 600)
        {
            var paper = await screen.Page.PdfAsync(new() { PreferCSSPageSize = true, PrintBackground = true });
            Assert.Equal("%PDF"u8.ToArray(), paper[..4]);
            // infra/dev/screens.sh makes pictures of its pages.
            if (Folder is not null) await File.WriteAllBytesAsync(Path.Combine(Folder, "report.pdf"), paper, TestContext.Current.CancellationToken);
        }
        // What may leave the house, of the latest year that is over.
        await screen.Go("/9901/our-figures/report?Edition=public");
        Assert.Equal(0, await screen.Page.Locator(".vs-report__mark").CountAsync());
        await Shot(screen, "report-public", width);
    }

    // The dossier's address.
    private static async Task<string> Finds(Screen screen, string name)
    {
        await screen.Go("/9901/search");
        await screen.Page.FillAsync("[name='Form.Text']", name);
        await screen.Page.ClickAsync("main form button[type=submit]");
        await screen.Page.ClickAsync("main tbody a[href*='/dossiers/']");
        return new Uri(screen.Page.Url).AbsolutePath;
    }

    private static async Task Shot(Screen screen, string name, int width)
    {
        await screen.FitsItsWidth();
        if (Folder is null) return;
        Directory.CreateDirectory(Folder);
        await screen.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}-{width}.png"), FullPage = true });
    }
}
