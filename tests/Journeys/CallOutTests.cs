using Microsoft.Playwright;
using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>S1, a death notification at night: Inès of one zone is called out in another and writes it down on a telephone whose line comes and goes; by day the zone of the facts has it once, with what is to be done.</summary>
public sealed class CallOutTests(RunningPortal portal)
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("VS_CALLOUT_SCREENS");

    [Fact]
    public async Task A_call_out_written_on_a_bad_line_arrives_once_with_its_tasks()
    {
        var note = "Zznacht " + Guid.NewGuid().ToString("N")[..6];
        await using var ines = await Screen.Open(portal, 320, "fr");
        var page = ines.Page;
        await IsOnDuty(ines);
        await As(ines, "Inès Demo-B", "9902");

        // Before the press the other zone is not there for her.
        Assert.Equal(404, (await page.GotoAsync(ines.Home + "/9901/call-outs"))!.Status);
        await ines.Go("/9902/on-call/call-out");
        await ines.IsSound();
        await Shot(ines, "callout-where");
        await page.Locator("main form button", new() { HasTextString = "9901" }).First.ClickAsync();
        await page.Arrives(url => url.Contains("/9901/", StringComparison.Ordinal));
        if (page.Url.Contains("/conduct", StringComparison.Ordinal))
        {
            await page.ClickAsync("main form[method=post] button[type=submit]");
            await page.Arrives(url => !url.Contains("/conduct", StringComparison.Ordinal));
        }
        if (!page.Url.Contains("/call-outs/enter/", StringComparison.Ordinal))
        {
            await ines.Go("/9901/call-outs");
            await page.Locator("main .vs-cards a").First.ClickAsync();
        }
        await page.Arrives(url => url.Contains("/call-outs/enter/", StringComparison.Ordinal));
        var form = page.Url;
        await ines.IsSound();
        await Shot(ines, "callout-empty");

        // The line is lost while she types: the page says so, and keeps all.
        await page.SelectOptionAsync("[name='Form.SubKind']", "DeathNotification");
        await page.FillAsync("[name='Form.Persons[0].GivenName']", "Ada");
        await page.FillAsync("[name='Form.Persons[0].FamilyName']", "Exemple");
        await ines.Context.SetOfflineAsync(true);
        await page.FillAsync("[name='Form.Note']", note);
        var said = page.Locator("form[data-draft] [data-saved]");
        await Assertions.Expect(said).ToContainTextAsync("pas de connexion", new() { Timeout = 20_000 });
        await page.Locator("[name='Form.Tasks'][value='CallWithin24Hours']").CheckAsync(new() { Force = true });
        await page.Locator("[name='Form.Acts'][value='NotifiedOfDeath']").CheckAsync(new() { Force = true });
        await page.Locator("main form[data-draft] .govuk-button-group button").First.ClickAsync();
        await Assertions.Expect(said).ToContainTextAsync("Pas encore envoyé", new() { Timeout = 20_000 });
        Assert.Equal((form, note), (page.Url, await page.InputValueAsync("[name='Form.Note']")));
        await Shot(ines, "callout-offline");
        Assert.Equal("[0,0,0]", await page.EvaluateAsync<string>("async () => JSON.stringify([localStorage.length, sessionStorage.length, (await indexedDB.databases()).length])"));

        // Back again, it goes by itself, once.
        await ines.Context.SetOfflineAsync(false);
        await Assertions.Expect(page.Locator("[data-missing]")).ToBeVisibleAsync(new() { Timeout = 30_000 });
        Assert.Equal(note, await page.InputValueAsync("[name='Form.Note']"));
        await ines.FitsItsWidth();
        await Shot(ines, "callout-saved");
        // Told that the page is hers no more, it does not leave with her text.
        var saved = page.Url;
        await page.RouteAsync("**/call-outs/enter/**", route => route.Request.Headers.ContainsKey("vs-draft") ? route.FulfillAsync(new() { Status = 404 }) : route.ContinueAsync());
        await page.FillAsync("[name='Form.Scene']", "Rue de l'Exemple 1");
        await page.Locator("main form[data-draft] .govuk-button-group button").First.ClickAsync();
        await Assertions.Expect(said).ToContainTextAsync("ne vous est plus ouverte", new() { Timeout = 20_000 });
        await page.WaitForTimeoutAsync(4_000); // nor later, by itself
        Assert.Equal((saved, "Rue de l'Exemple 1"), (page.Url, await page.InputValueAsync("[name='Form.Scene']")));
        await page.UnrouteAsync("**/call-outs/enter/**");
        await page.FillAsync("[name='Form.Report']", "BR.30.L1.012345/2026");
        await page.Locator("button[formaction*='handler=HandOver']").ClickAsync();
        await Assertions.Expect(page.Locator("button[formaction*='handler=HandOver']")).ToHaveCountAsync(0, new() { Timeout = 30_000 });
        await ines.FitsItsWidth();
        Assert.Equal(404, (await page.GotoAsync(ines.Home + "/9901/worklist"))!.Status);
        await ines.Go("/9901/call-outs");
        Assert.Equal(1, await page.Locator($".vs-cards a[href='{new Uri(form).PathAndQuery}']").CountAsync());
        await ines.FitsItsWidth();
        await Shot(ines, "callout-mine");

        // By day.
        await using var claire = await Screen.Open(portal, 320, "fr");
        await As(claire, "Claire Demo-A", "9901");
        await claire.Go("/9901/search");
        await claire.Page.FillAsync("[name='Form.Text']", "BR.30.L1.012345/2026");
        await claire.Page.ClickAsync("main form[method=post] button[type=submit]");
        await claire.Page.Locator("main a[href*='/dossiers/']").First.ClickAsync();
        await claire.Page.Arrives(url => url.Contains("/dossiers/", StringComparison.Ordinal));
        var text = await claire.Page.InnerTextAsync("main");
        foreach (var part in new[] { note, "BR.30.L1.012345/2026", "Inès Demo-B", "Appeler dans les 24 heures" }) Assert.Contains(part, text, StringComparison.Ordinal);
        Assert.Equal(1, await claire.Page.Locator("[data-call-out]").CountAsync());
        await claire.IsSound();
        await Shot(claire, "callout-dossier");
        Assert.All(ines.Addresses, address => Assert.DoesNotContain("Zznacht", address, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("Zznacht", portal.Output, StringComparison.OrdinalIgnoreCase);
        claire.SaysNothingWrong();
    }

    // The two zones share a pool, and in it Inès is on duty today.
    private async Task IsOnDuty(Screen screen)
    {
        var (page, today) = (screen.Page, DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(DateTimeOffset.UtcNow, TimeZoneInfo.FindSystemTimeZoneById("Europe/Brussels")).DateTime));
        await As(screen, "Bernard Demo-B", "9902");
        await screen.Go("/9902/admin/pools");
        await page.ClickAsync("main a.govuk-button");
        await page.FillAsync("[name='Form.Title']", "Nuits " + Guid.NewGuid().ToString("N")[..6]);
        await page.FillAsync("[name='Form.From']", Iso(today));
        await page.FillAsync("[name='Form.Zones']", "9901");
        await Sends(screen, "[name='Form.Title']");
        await page.Arrives(url => url.Contains("/9902/admin/pools/", StringComparison.Ordinal) && !url.EndsWith("propose", StringComparison.Ordinal));
        var pool = page.Url[(page.Url.LastIndexOf('/') + 1)..];
        await using (var other = await Screen.Open(portal, 320, "fr"))
        {
            await As(other, "Bernard Demo-A", "9901");
            await other.Go("/9901/admin/pools");
            await other.Page.ClickAsync($"main table a[href$='{pool}']");
            await other.Page.ClickAsync("form[action*='handler=Answer']:has([value='true']) button");
            await other.Page.Arrives("**/9901/admin/pools/" + pool);
        }
        await As(screen, "Claire Demo-B", "9902");
        await screen.Go($"/9902/on-call/rota/{pool}/edit");
        await page.FillAsync("[name='Form.Start.Date']", Iso(today));
        await page.FillAsync("[name='Form.Start.Time']", "00:00");
        await page.FillAsync("[name='Form.End.Date']", Iso(today.AddDays(1)));
        await page.FillAsync("[name='Form.End.Time']", "08:00");
        await page.Locator("[name='Form.Rank'][value='Duty']").CheckAsync(new() { Force = true });
        await page.SelectOptionAsync("[name='Form.Who']", (await page.Locator("[name='Form.Who'] option", new() { HasTextString = "Inès Demo-B (9902)" }).First.GetAttributeAsync("value"))!);
        await Sends(screen, "[name='Form.Who']");
        await page.Arrives(url => url.Contains($"/on-call/rota/{pool}?from=", StringComparison.Ordinal));
    }

    private static Task Sends(Screen screen, string field) => screen.Page.Locator("main form[method=post]", new() { Has = screen.Page.Locator(field) }).Locator("button[type=submit]").Last.ClickAsync();

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private static async Task As(Screen screen, string who, string zone)
    {
        await screen.Context.ClearCookiesAsync();
        await screen.Go("/demo");
        await screen.Page.ClickAsync(".vs-languages a[lang='fr'], .vs-languages span[lang='fr']");
        await screen.Page.Locator("button", new() { HasTextString = who }).First.ClickAsync();
        await screen.Page.Arrives(url => url.Contains("/" + zone, StringComparison.Ordinal));
    }

    private static async Task Shot(Screen screen, string name)
    {
        if (Folder is not null) await screen.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}.png"), FullPage = true });
    }
}
