using System.Globalization;
using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>Working with a partner over a year: somebody to call, an agreement that nears its end and is renewed, what was done together, a list of partners with one faulty line.</summary>
public sealed class PartnershipTests(RunningPortal portal)
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("VS_PARTNERSHIP_SCREENS");

    [Theory]
    [InlineData("fr", 1280, true), InlineData("nl", 320, true), InlineData("de", 320, false), InlineData("en", 1280, false)]
    public async Task A_partner_gets_a_contact_and_an_agreement_that_is_renewed_and_a_list_is_taken_after_it_was_looked_at(string language, int width, bool script)
    {
        await using var screen = await Screen.Open(portal, width, language, script);
        var page = screen.Page;
        var mark = string.Concat(Guid.NewGuid().ToString("N")[..8].Select(c => (char)('a' + (c % 26))));
        var (partner, person) = ("CPAS " + mark, "Zzcanary" + mark);
        await screen.Go("/demo");
        await page.ClickAsync($".vs-languages a[lang='{language}'], .vs-languages span[lang='{language}']");
        await page.Locator("button", new() { HasTextString = "Claire Demo-A" }).First.ClickAsync();
        await page.Arrives("**/9901/worklist");
        await screen.Go("/9901/partners");
        await Sound(screen, script);
        await Shot(screen, "partners", width);

        // A list with one faulty line: looked at, mended in its place, taken.
        await screen.Go("/9901/partners/import");
        await page.FillAsync("[name='Form.Text']", $"Organisation;Type;Municipalities;Telephone\n{partner};CPAS;Val-Clair;081 00 00 00\nPlanning {mark};?;Val-Clair;081 00 00 01\n");
        await page.ClickAsync("main form[method=post] button[type=submit]:not([formaction])");
        await page.Locator(".govuk-error-summary a[href='#Form_Text']").WaitForAsync();
        Assert.Equal(0, await page.Locator("button[formaction*='Take']").CountAsync());
        await Sound(screen, script);
        await Shot(screen, "partners-import-fault", width);
        await page.FillAsync("[name='Form.Text']", (await page.InputValueAsync("[name='Form.Text']")).Replace(";?;", ";PF;", StringComparison.Ordinal));
        await page.ClickAsync("main form[method=post] button[type=submit]:not([formaction])");
        await page.Locator("button[formaction*='Take']").WaitForAsync();
        await Sound(screen, script);
        await Shot(screen, "partners-import", width);
        await page.ClickAsync("button[formaction*='Take']");
        await page.Arrives("**/9901/partners");
        await page.ClickAsync($"main a:text-is('{partner}')");
        await page.Arrives(url => url.Contains("/9901/partners/", StringComparison.Ordinal));
        var entry = page.Url;
        await Sound(screen, script);

        // Somebody to call.
        await page.ClickAsync("section[aria-labelledby='contacts'] a[href$='/contact']");
        await Sound(screen, script);
        await page.FillAsync("[name='Form.Name']", person);
        await page.FillAsync("[name='Form.Telephone']", "081 00 00 02");
        await Sends(screen, "Form.Name");
        await page.Locator("[data-contact]").WaitForAsync();
        Assert.Contains(person, await page.InnerTextAsync("[data-contact]"), StringComparison.Ordinal);

        // An agreement that ends in six weeks: it is to be renewed, and is.
        await page.ClickAsync("section[aria-labelledby='agreements'] a[href*='/agreements/edit']");
        Assert.Equal(1, await page.Locator("[name='Form.Partners']:checked").CountAsync());
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().DateTime);
        await page.FillAsync("[name='Form.Title']", "Protocol " + mark);
        await page.FillAsync("[name='Form.From']", Day(today.AddDays(42).AddYears(-1)));
        await page.FillAsync("[name='Form.Until']", Day(today.AddDays(41)));
        await page.FillAsync("[name='Form.Signed']", Day(today.AddDays(-300)));
        await Sound(screen, script);
        await Shot(screen, "agreement-edit", width);
        await Sends(screen, "Form.Title");
        await page.Arrives(url => url.Contains("/9901/partners/agreements/", StringComparison.Ordinal) && !url.Contains("edit", StringComparison.Ordinal));
        Assert.Equal(1, await page.Locator(".govuk-tag--orange").CountAsync());
        await Sound(screen, script);
        await Shot(screen, "agreement-to-renew", width);
        await page.ClickAsync("section[aria-labelledby='files'] a[href$='/file']");
        await page.FillAsync("[name='Form.Title']", "Text");
        await page.SetInputFilesAsync("[name='Form.File']", new Microsoft.Playwright.FilePayload { Name = "signed.pdf", MimeType = "application/pdf", Buffer = "%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"u8.ToArray() });
        await Sound(screen, script);
        await Sends(screen, "Form.Title");
        await page.Locator("section[aria-labelledby='files'] .vs-card").WaitForAsync();
        await page.ClickAsync("section[aria-labelledby='periods'] a[href$='/renew']");
        Assert.Equal(Day(today.AddDays(42)), await page.InputValueAsync("[name='Form.From']"));
        await page.FillAsync("[name='Form.Signed']", Day(today));
        await Sound(screen, script);
        await Sends(screen, "Form.From");
        await page.Arrives(url => !url.Contains("renew", StringComparison.Ordinal));
        Assert.Equal(2, await page.Locator("section[aria-labelledby='periods'] tbody tr").CountAsync());
        Assert.Equal(1, await page.Locator(".govuk-tag--green").CountAsync());
        await Sound(screen, script);
        await Shot(screen, "agreement-renewed", width);
        await screen.Go("/9901/partners/agreements");
        await Sound(screen, script);
        await Shot(screen, "agreements", width);

        // What was done together.
        await screen.Go(entry);
        await page.ClickAsync("section[aria-labelledby='activities'] a[href*='/partners/activity']");
        await page.Locator("[name='Form.Kind'][value='Meeting']").CheckAsync(new() { Force = true });
        await page.FillAsync("[name='Form.Subject']", "Zzsubject " + mark);
        await page.FillAsync("[name='Form.TookPart']", person);
        await Sound(screen, script);
        await Shot(screen, "activity", width);
        await Sends(screen, "Form.Subject");
        await page.Arrives(url => url.Contains("/partners/activities", StringComparison.Ordinal));
        Assert.Contains("Zzsubject " + mark, await page.InnerTextAsync("main table"), StringComparison.Ordinal);
        await Sound(screen, script);
        await Shot(screen, "activities", width);
        await screen.Go(entry);
        Assert.Contains("Zzsubject " + mark, await page.InnerTextAsync("section[aria-labelledby='activities']"), StringComparison.Ordinal);
        await Sound(screen, script);
        await Shot(screen, "partner", width);

        foreach (var (path, name) in new[] { ("/9901/partners/figures", "partner-figures"), ("/9901/partners/check?months=3", "partner-check") })
        {
            await screen.Go(path);
            await Sound(screen, script);
            await Shot(screen, name, width);
        }
        screen.SaysNothingWrong();
        foreach (var secret in new[] { person, "Zzsubject" })
        {
            Assert.All(screen.Addresses, address => Assert.DoesNotContain(secret, address, StringComparison.OrdinalIgnoreCase));
            Assert.DoesNotContain(secret, portal.Output, StringComparison.OrdinalIgnoreCase);
        }
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static Task Sends(Screen screen, string box) => screen.Page.ClickAsync($"main form:has([name='{box}']) button[type=submit]:not([formaction])");

    private static Task Sound(Screen screen, bool script) => script ? screen.IsSound() : screen.FitsItsWidth();

    private static async Task Shot(Screen screen, string name, int width)
    {
        if (Folder is not null) await screen.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}-{width}.png"), FullPage = true });
    }
}
