using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>Work that enters in lists: the night's reports to the letters and the closing, an officer's request, the card on paper, a caseload that goes to others.</summary>
public sealed class ListsTests(RunningPortal portal)
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("VS_LISTS_SCREENS");

    [Theory]
    [InlineData("fr", 1280, true), InlineData("nl", 320, true), InlineData("de", 320, false)]
    public async Task The_nights_list_becomes_intakes_letters_and_one_contact_that_is_closed(string language, int width, bool script)
    {
        var name = "Zzcanary" + string.Concat(Guid.NewGuid().ToString("N")[..8].Select(c => (char)('a' + c % 26)));
        await using var screen = await Screen.Open(portal, width, language, script);
        await SignIn(screen, language, "Inès Demo-A", "**/9901/worklist");

        // Somebody of the list is known: a dossier of one's own.
        await screen.Go("/9901/intake");
        await Radio(screen, "Form.Trigger", "OfficialReport");
        await Radio(screen, "Form.SubKind", "Burglary");
        await screen.Page.FillAsync("[name='Form.GivenName']", "Noor");
        await screen.Page.FillAsync("[name='Form.FamilyName']", name);
        await screen.Page.ClickAsync("main form[method=post] button[type=submit]:not([formaction])");
        if (screen.Page.Url.Contains("/known/", StringComparison.Ordinal)) await screen.Page.ClickAsync("main a.govuk-button");
        var known = screen.Page.Url;
        var number = await screen.Page.InnerTextAsync(".vs-identity strong");

        // The night's list, pasted and sent by the keyboard alone.
        await screen.Go("/9901/intake");
        await screen.Page.ClickAsync("main a[href$='/intake/list']");
        await Sound(screen, script);
        await screen.Page.FocusAsync("[name='Form.Text']");
        await screen.Page.Keyboard.InsertTextAsync(
            $"BR.30.L1.{Random.Shared.Next(100000, 999999)}/2026\tBurglary\t24/11/2026\tDUBOIS Armand {name}\tRue {name} 78, 9901 Val-Clair\tfr\n"
            + $"BR.30.L1.{Random.Shared.Next(100000, 999999)}/2026\tBurglary\t24/11/2026\t{name}, Noor\tRue {name} 9, 9901 Val-Clair\tnl\n"
            + $"BR.30.L1.{Random.Shared.Next(100000, 999999)}/2026\tBurglary\t31/02/2026\tBEISPIEL {name[..4]}{name[^8..]}\tRue {name} 78, 9901 Val-Clair\tde\n");
        await screen.Page.FocusAsync("main form button[type=submit]");
        await screen.Page.Keyboard.PressAsync("Enter");
        await screen.Page.Arrives("**/intake/list/*");
        await Sound(screen, script);
        await Shot(screen, "list-check", width);
        Assert.Equal(1, await screen.Page.Locator(".govuk-error-summary a").CountAsync());
        Assert.Contains(number, await screen.Page.InnerTextAsync("section[aria-labelledby='row-2']"), StringComparison.Ordinal);

        // The known one goes to the dossier, the day is mended; then all that is in order is taken.
        await screen.Page.Locator("section[aria-labelledby='row-2'] input[type=radio]").Last.CheckAsync(new() { Force = true });
        Assert.Equal("31/02/2026", await screen.Page.InputValueAsync("[name='Form.Rows[2].Date']"));
        await screen.Page.FillAsync("[name='Form.Rows[2].Date']", "25/11/2026");
        await screen.Page.ClickAsync("main form button[formaction*='Take']");
        await screen.Page.Arrives(url => url.Contains("how=Made", StringComparison.Ordinal));
        await Sound(screen, script);
        await Shot(screen, "list-made", width);
        Assert.Equal(3, await screen.Page.Locator("main section.vs-card a[href*='/dossiers/']").CountAsync());
        var made = await screen.Page.GetAttributeAsync("section[aria-labelledby='row-1'] a[href*='/dossiers/']", "href");
        Assert.EndsWith(await screen.Page.GetAttributeAsync("section[aria-labelledby='row-2'] a[href*='/dossiers/']", "href") ?? "?", new Uri(known).AbsolutePath, StringComparison.Ordinal);

        // The letters of the night, each person and each letter box once.
        await screen.Page.ClickAsync("form[action*='handler=Letters'] button");
        await screen.Page.Arrives("**/9901/letters");
        await Sound(screen, script);
        await Shot(screen, "list-letters", width);
        Assert.Equal(1, await screen.Page.Locator($"section[aria-labelledby='due'] a[href='{made}']").CountAsync());
        Assert.True(await screen.Page.Locator("section[aria-labelledby='refused'] tbody tr").CountAsync() >= 1); // the same letter box
        await screen.Page.ClickAsync("section[aria-labelledby='due'] form button[type=submit]");
        await screen.Page.ClickAsync("section[aria-labelledby='prepared'] form button[type=submit]:not([formaction])");
        Assert.Equal(1, await screen.Page.Locator(".vs-sheet:not(.vs-labels)", new() { HasTextString = $"Rue {name} 78" }).CountAsync());

        // He calls back; a short talk on the telephone, and he has what he needs.
        await screen.Go(made!);
        await screen.Page.ClickAsync(".vs-tabs a[href$='/contact'], .vs-tabs a[aria-keyshortcuts='c']");
        await Radio(screen, "Form.Place", "Phone");
        await screen.Page.FillAsync("[name='Form.Minutes']", "12");
        await screen.Page.CheckAsync("input[name='Form.Services'][value='Information']", new() { Force = true });
        await screen.Page.ClickAsync("main form[method=post] button[type=submit]");
        await screen.Go(made!);
        await screen.Page.ClickAsync("a[href$='/close']");
        foreach (var select in await screen.Page.Locator("[data-gap] select").AllAsync()) await select.SelectOptionAsync("DidNotSay");
        await Radio(screen, "Form.Reason", "NeedsMet");
        await Radio(screen, "Form.Outcome", "Supported");
        await screen.Page.ClickAsync("main form[method=post] button[type=submit]");
        await screen.Go(made!);
        Assert.Equal(0, await screen.Page.Locator(".vs-composer").CountAsync());
        Assert.Equal(1, await screen.Page.Locator(".vs-timeline a[href*='/contact']").CountAsync()); // one contact, held by day: no call-out
        await Sound(screen, script);

        screen.SaysNothingWrong();
        Assert.All(screen.Addresses, address => Assert.DoesNotContain(name, address, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(name, portal.Output, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("fr", 320, false), InlineData("nl", 1280, false), InlineData("en", 320, true)]
    public async Task An_officer_asks_without_an_account_and_the_service_finds_it_in_the_tray(string language, int width, bool script)
    {
        var name = "Zzcanary" + Guid.NewGuid().ToString("N")[..6];
        await using var chief = await Screen.Open(portal, 1280, language);
        await SignIn(chief, language, "Claire Demo-A", "**/9901/worklist");
        await chief.Go("/9901/admin/request-link");
        await chief.IsSound();
        await chief.Page.Locator("main form button[type=submit]").Last.ClickAsync();
        var address = new Uri(await chief.Page.InnerTextAsync("main code")).AbsolutePath;

        await using (var officer = await Screen.Open(portal, width, language, script))
        {
            await officer.Go(address);
            await Sound(officer, script);
            await officer.FitsItsWidth();
            await Shot(officer, "request-form", width);
            Assert.DoesNotContain("9901", await officer.Page.TitleAsync(), StringComparison.Ordinal);
            await officer.Page.ClickAsync("main form button[type=submit]"); // nothing filled in yet
            Assert.True(await officer.Page.Locator(".govuk-error-summary a").CountAsync() >= 4);
            await Sound(officer, script);
            foreach (var (field, value) in new[] { ("Unit", "Unit 3"), ("Officer", "Insp. Muster"), ("OfficerPhone", "02 555 00 00"), ("About", "Please call her after six"), ("GivenName", "Noor"), ("FamilyName", name), ("Phone", "0470 11 22 33") })
                await officer.Page.FillAsync($"[name='Form.{field}']", value);
            await Radio(officer, "Form.MayCall", "Safe");
            await Radio(officer, "Form.Urgency", "Urgent");
            await officer.Page.ClickAsync("main form button[type=submit]");
            var reference = await officer.Page.InnerTextAsync("[role=status] strong");
            Assert.Equal(6, reference.Length);
            Assert.DoesNotContain(name, await officer.Page.ContentAsync(), StringComparison.OrdinalIgnoreCase);
            await Sound(officer, script);
            await Shot(officer, "request-thanks", width);
            officer.SaysNothingWrong();
            Assert.All(officer.Addresses, a => Assert.DoesNotContain(name, a, StringComparison.OrdinalIgnoreCase));
        }

        await chief.Go("/9901/tray");
        await chief.Page.Locator("tbody tr", new() { HasTextString = "N.Z." }).Last.Locator("a").ClickAsync();
        Assert.Contains(name, await chief.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        Assert.Contains("Insp. Muster", await chief.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        await chief.IsSound();
        Assert.DoesNotContain(name, portal.Output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(address[(address.LastIndexOf('/') + 1)..], portal.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fr", 1280), InlineData("de", 320)]
    public async Task The_card_goes_on_paper_and_a_caseload_is_looked_at_before_it_goes(string language, int width)
    {
        await using var screen = await Screen.Open(portal, width, language);
        await SignIn(screen, language, "Claire Demo-A", "**/9901/worklist");
        foreach (var size in new[] { "A5", "A6" })
        {
            await screen.Go("/9901/intake/card?size=" + size);
            await screen.IsSound();
            await Shot(screen, "card-" + size, width);
            await screen.Page.EmulateMediaAsync(new() { Media = Microsoft.Playwright.Media.Print });
            Assert.False(await screen.Page.Locator(".vs-header").IsVisibleAsync());
            Assert.False(await screen.Page.Locator("h1").IsVisibleAsync());
            Assert.True(await screen.Page.Locator(".vs-pocket").IsVisibleAsync());
            if (Folder is not null && width == 1280) await screen.Page.PdfAsync(new() { Path = Path.Combine(Folder, $"card-{size}.pdf"), PreferCSSPageSize = true });
            await screen.Page.EmulateMediaAsync(new() { Media = Microsoft.Playwright.Media.Screen });
        }
        foreach (var tab in new[] { "NoNextAct", "ShortTerm" })
        {
            await screen.Go("/9901/worklist?tab=" + tab);
            await screen.IsSound();
        }
        await screen.Page.ClickAsync("main a[href$='/worklist/hand-over']");
        await screen.IsSound();
        await screen.Page.SelectOptionAsync("[name='Form.From']", new Microsoft.Playwright.SelectOptionValue { Index = 1 });
        await screen.Page.Locator("[name='Form.To']").First.CheckAsync(new() { Force = true });
        await screen.Page.ClickAsync("main form button[type=submit]");
        await screen.IsSound();
        await Shot(screen, "hand-over", width);
        Assert.True(await screen.Page.Locator("main form[action*='handler=Do'] .vs-card").CountAsync() > 0);
        screen.SaysNothingWrong();
    }

    private static async Task SignIn(Screen screen, string language, string who, string lands)
    {
        await screen.Go("/demo");
        await screen.Page.ClickAsync($".vs-languages a[lang='{language}'], .vs-languages span[lang='{language}']");
        await screen.Page.Locator("button", new() { HasTextString = who }).First.ClickAsync();
        await screen.Page.Arrives(lands);
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
