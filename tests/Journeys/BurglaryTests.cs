using System.Globalization;
using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>Story S3: a burglary at the house of a man of 78 who lives alone. From the night's list comes a letter in the zone's own words; he calls back, a recontact is proposed and planned, the police's own prevention service comes, nobody else is told, and the zone's figures say what it was.</summary>
public sealed class BurglaryTests(RunningPortal portal)
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("VS_TEST_SHOTS");

    // One story after the other in one test: its figures are those of a zone in which nobody else works meanwhile.
    [Fact]
    public async Task He_gets_a_letter_calls_back_and_is_content_and_it_counts_as_one_contact_and_no_call_out()
    {
        await Tells("fr", 1280, true);
        await Tells("nl", 320, false);
    }

    private async Task Tells(string language, int width, bool script)
    {
        await using var screen = await Screen.Open(portal, width, language, script);
        var page = screen.Page;
        var name = "Zzcanary" + string.Concat(Guid.NewGuid().ToString("N")[..8].Select(c => (char)('a' + (c % 26))));
        await screen.Go("/demo");
        await page.ClickAsync($".vs-languages a[lang='{language}'], .vs-languages span[lang='{language}']");
        await page.Locator("button", new() { HasTextString = "Claire Demo-D" }).First.ClickAsync();
        await page.Arrives("**/9904/worklist");

        // The zone's own: how soon somebody is called again, and what it writes.
        var days = width > 600 ? 9 : 12;
        await screen.Go("/9904/admin/settings/recontactdaysoffence");
        await page.FillAsync("[name='Form.Text']", days.ToString(CultureInfo.InvariantCulture));
        await Sends(screen, "Form.Text");
        await screen.Go("/9904/admin/settings/servicenamefr");
        await page.FillAsync("[name='Form.Text']", $"Cellule Écoute {days}");
        await Sends(screen, "Form.Text");
        await screen.Go("/9904/admin/letters/first");
        await page.FillAsync("[name='Form.Fr']", $"[name],\n\nVotre maison a été cambriolée. {name}: appelez-nous quand vous voulez.\n\n[service]\n");
        await Sends(screen, "Form.Fr");
        await Sound(screen, script);
        var before = await Figures(screen);

        // The night's list: he, a neighbour, and his wife, in whose letter box one letter is enough.
        await screen.Go("/9904/intake/list");
        await page.FillAsync("[name='Form.Text']", string.Join('\n',
            Row($"Dubois {name}, Armand", $"Rue {name} 78", "fr"), Row($"Voisin {name}, Otis", $"Rue {name} 80", "nl"), Row($"Exemple {name}, Rosa", $"Rue {name} 78", "fr")) + "\n");
        await Sends(screen, "Form.Text");
        await page.Arrives("**/intake/list/*");
        foreach (var section in await page.Locator("section[aria-labelledby^='row-']").AllAsync())
            if (await section.Locator("input[type=radio][value='Take']").CountAsync() > 0) await section.Locator("input[type=radio][value='Take']").CheckAsync(new() { Force = true });
        await page.ClickAsync("main form button[formaction*='Take']");
        await page.Arrives(url => url.Contains("how=Made", StringComparison.Ordinal));
        Assert.Equal(3, await page.Locator("main section.vs-card a[href*='/dossiers/']").CountAsync());
        var dossier = screen.Home + await page.GetAttributeAsync("section[aria-labelledby='row-1'] a[href*='/dossiers/']", "href");
        await page.ClickAsync("form[action*='handler=Letters'] button");
        await page.Arrives("**/9904/letters");
        await Sound(screen, script);
        await Shot(screen, "s3-letters", width);
        Assert.True(await page.Locator("section[aria-labelledby='refused'] tbody tr").CountAsync() >= 1); // one letter box, one letter
        await page.ClickAsync("section[aria-labelledby='due'] form button[type=submit]");
        await page.ClickAsync("section[aria-labelledby='prepared'] form button[type=submit]:not([formaction])");
        var sheet = page.Locator("article.vs-sheet[lang='fr']", new() { HasTextString = $"Rue {name} 78" });
        Assert.Equal(1, await sheet.CountAsync());
        var letter = await sheet.InnerTextAsync();
        foreach (var said in new[] { $"Votre maison a été cambriolée. {name}: appelez-nous", $"Cellule Écoute {days}" }) Assert.Contains(said, letter, StringComparison.Ordinal);
        await Sound(screen, script);
        await Shot(screen, "s3-sheet", width);

        // What the officer said of him, and how old he is.
        await screen.Go(dossier);
        await page.FillAsync(".vs-composer [name='Form.Text']", "Vit seul. Ébranlé: proposer un suivi.");
        await page.Locator(".vs-composer form button[type=submit]:not([formaction])").Last.Sends();
        await page.ClickAsync("section[aria-labelledby='people'] .vs-card a[href*='/people/']");
        await page.FillAsync("[name='Form.EstimatedAge']", "78");
        await page.CheckAsync("[name='Form.Sex'][value='Male']", new() { Force = true });
        await Sends(screen, "Form.FamilyName");

        // He calls back. From then on a recontact is proposed, as the zone has it, and planned in one press.
        await screen.Go(dossier);
        Assert.Equal(0, await page.Locator("form[action$='/recontact']").CountAsync());
        await page.ClickAsync(".vs-tabs a[href$='/contact'], .vs-tabs a[aria-keyshortcuts='c']");
        await page.CheckAsync("[name='Form.Place'][value='Phone']", new() { Force = true });
        await page.FillAsync("[name='Form.Minutes']", "12");
        foreach (var service in new[] { "Listening", "Orientation", "PracticalHelp" }) await page.CheckAsync($"[name='Form.Services'][value='{service}']", new() { Force = true });
        await page.FillAsync("[name='Form.Note']", "Souhaite le conseiller en prévention et de l'aide pour l'assureur.");
        await Sends(screen, "Form.Minutes");
        await screen.Go(dossier);
        await Sound(screen, script);
        await Shot(screen, "s3-proposed", width);
        await page.Locator("form[action$='/recontact'] button").Sends();
        var due = DayOf(TimeProvider.System.GetUtcNow().AddDays(days));
        var planned = page.Locator("section[aria-labelledby='next'] li.vs-card");
        Assert.Equal(1, await planned.CountAsync());
        // Between midnight here and midnight UTC the machine's day is the day before.
        Assert.Equal(due, DayOf(DateTimeOffset.Parse((await planned.Locator("time").GetAttributeAsync("datetime"))!, CultureInfo.InvariantCulture)));

        // Inside the police: its own prevention service, asked by telephone, with what he agrees to. No other partner.
        await screen.Go("/9904/partners/edit");
        await page.FillAsync("[name='Form.Organisation']", "Prévention vol " + name);
        await page.SelectOptionAsync("[name='Form.Type']", "POL_PREV");
        await page.CheckAsync("[name='Form.Needs'][value='Prevention']", new() { Force = true });
        await page.CheckAsync("[name='Form.Languages'][value='fr']", new() { Force = true });
        await page.CheckAsync("[name='Form.Channel'][value='Phone']", new() { Force = true });
        await page.FillAsync("[name='Form.Telephone']", "081 00 00 03");
        await Sends(screen, "Form.Organisation");
        await screen.Go(dossier + "/referral");
        await page.SelectOptionAsync("[name='Form.Need']", "Prevention");
        await page.ClickAsync("main form[method=post] button[formaction]");
        await page.Locator(".govuk-radios__item", new() { HasTextString = name }).Locator("[name='Form.Partner']").CheckAsync(new() { Force = true });
        await page.CheckAsync("[name='Form.Answer'][value='Accepted']", new() { Force = true });
        await Sound(screen, script);
        await Shot(screen, "s3-offer", width);
        await page.ClickAsync("main form[method=post] button[type=submit]:not([formaction])");
        await page.Arrives("**/consent");
        foreach (var field in new[] { "Name", "Address", "Facts" }) await page.CheckAsync($"[name='Form.Fields'][value='{field}']", new() { Force = true });
        await page.ClickAsync("main button[formaction*='handler=Preview']");
        Assert.Contains($"Rue {name} 78", await page.InnerTextAsync("[data-goes]"), StringComparison.Ordinal);
        await page.CheckAsync("[name='Form.AgreedBy'][value='Person']", new() { Force = true });
        await page.CheckAsync("[name='Form.How'][value='Orally']", new() { Force = true });
        await Sends(screen, "Form.Shown");
        await page.Arrives("**/send");
        await page.CheckAsync("[name='Form.How'][value='Phone']", new() { Force = true });
        await Sends(screen, "Form.How");
        await page.SelectOptionAsync("[name='Form.To']", "TakenUp");
        await Sends(screen, "Form.To");
        await Sound(screen, script);
        await Shot(screen, "s3-referral", width);

        // What was planned is done by then, and he has what he needs.
        await screen.Go(dossier);
        await page.Locator("section[aria-labelledby='next'] li.vs-card form button").First.Sends();
        await screen.Go(dossier + "/close");
        foreach (var select in await page.Locator("[data-gap] select").AllAsync()) await select.SelectOptionAsync("DidNotSay");
        await page.CheckAsync("[name='Form.Reason'][value='NeedsMet']", new() { Force = true });
        await page.CheckAsync("[name='Form.Outcome'][value='Supported']", new() { Force = true });
        await Sends(screen, "Form.Reason");
        await screen.Go(dossier);
        Assert.Equal(0, await page.Locator(".vs-composer").CountAsync());
        Assert.Equal(1, await page.Locator("section[aria-labelledby='referrals'] li").CountAsync());

        // One contact, one dossier closed as content, a referral inside the police and no other, no call-out. The two others of the list have a dossier too, and no contact.
        var after = await Figures(screen);
        await Shot(screen, "s3-figures", width);
        Assert.Equal([3, 1, 1, 0, 1, 1, 1, 0], after.Zip(before, (now, then) => now - then));
        screen.SaysNothingWrong();
        Assert.All(screen.Addresses, address => Assert.DoesNotContain(name, address, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(name, portal.Output, StringComparison.OrdinalIgnoreCase);

        static string Row(string who, string where, string speaks) => $"BR.30.L1.{Random.Shared.Next(100000, 999999)}/2026\tBurglary\t24/11/2026\t{who}\t{where}, 9904 Deux-Rives\t{speaks}";
    }

    // Dossiers, those closed, contacts, call-outs, referrals; closed because needs are met; referrals to no kind of partner outside, and to one.
    private static async Task<int[]> Figures(Screen screen)
    {
        await screen.Go("/9904/our-figures");
        var glance = new List<int>();
        foreach (var code in new[] { "dossiers", "closed", "contacts", "callOuts", "referrals" }) glance.Add(await Number(screen.Page.Locator($"section[aria-labelledby='glance'] tbody tr:has(a[href$='#{code}'])")));
        var (reasons, targets) = (await Numbers("closingReason"), await Numbers("referralTarget"));
        // Needs met is the first reason; the police is no kind of its own among those referred to, and counts with the others, who come last.
        return [.. glance, reasons[0], targets[^1], targets.SkipLast(1).Sum()];

        async Task<List<int>> Numbers(string table)
        {
            var read = new List<int>();
            foreach (var row in await screen.Page.Locator($"section[aria-labelledby='{table}'] tbody tr:not(.vs-total)").AllAsync()) read.Add(await Number(row));
            return read;
        }

        static async Task<int> Number(Microsoft.Playwright.ILocator row) =>
            await row.Locator("data").CountAsync() == 0 ? 0 : int.Parse((await row.Locator("data").First.GetAttributeAsync("value"))!, CultureInfo.InvariantCulture);
    }

    private static Task Sends(Screen screen, string field) => screen.Page.Locator("main form[method=post]", new() { Has = screen.Page.Locator($"[name='{field}']") }).Locator("button[type=submit]:not([formaction])").Last.Sends();

    private static Task Sound(Screen screen, bool script) => script ? screen.IsSound() : screen.FitsItsWidth();

    private static async Task Shot(Screen screen, string name, int width)
    {
        if (Folder is null) return;
        Directory.CreateDirectory(Folder);
        await screen.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}-{width}.png"), FullPage = true });
    }

    private static DateOnly DayOf(DateTimeOffset at) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById("Europe/Brussels")).DateTime);
}
