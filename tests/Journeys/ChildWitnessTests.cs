using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>A boy saw his father hit his mother: the contact goes to his grandmother by decision of the prosecutor, the school's centre is informed with the mother's consent, the father is told nothing, and nothing of the mother stands on the boy's print.</summary>
public sealed class ChildWitnessTests(RunningPortal portal)
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("VS_PEOPLE_SCREENS");

    [Theory]
    [InlineData("de", 1280, true), InlineData("fr", 320, true), InlineData("en", 320, false), InlineData("nl", 1280, false)]
    public async Task He_is_reached_through_her_and_the_father_through_nobody(string language, int width, bool script)
    {
        await using var screen = await Screen.Open(portal, width, language, script);
        var (name, tag) = ("Zzcanary" + Guid.NewGuid().ToString("N")[..6], Random.Shared.Next(1000, 9999));
        await PeopleSteps.SignIn(screen, language);
        var dossier = await PeopleSteps.Registers(screen, "FamilyViolence", "Sarah", name + "mum", $"0473 10 {tag / 100} {tag % 100:00}");
        await PeopleSteps.Joins(screen, dossier, "Noah", name, "Witness", null, "9");
        await PeopleSteps.Joins(screen, dossier, "Rosa", name, "SupportPerson", $"0474 40 {tag / 100} {tag % 100:00}", null);
        await PeopleSteps.Joins(screen, dossier, "Marc", name, "AllegedAuthor", $"0475 70 {tag / 100} {tag % 100:00}", null);
        var noah = (await screen.Page.Locator($".vs-card:has(> p > strong:text-is('Noah {name}'))").Locator("a[href*='/people/']").First.GetAttributeAsync("href"))!;

        // The father holds parental authority: noted, told nothing, reached for nothing.
        await screen.Go(noah + "/standing");
        await PeopleSteps.Sound(screen, script);
        await Picks(screen, $"Marc {name}");
        await PeopleSteps.Chooses(screen, "Form.Role", "Parent");
        await PeopleSteps.Chooses(screen, "Form.Reached", "Prosecutor");
        await screen.Page.FillAsync("[name='Form.Reason']", "ordonnance");
        await screen.Page.FillAsync("[name='Form.Reference']", "LA.1");
        await PeopleSteps.Submits(screen);
        Assert.Equal(1, await screen.Page.Locator(".govuk-error-summary").CountAsync());
        Assert.Equal("ordonnance", await screen.Page.InputValueAsync("[name='Form.Reason']"));
        await PeopleSteps.Sound(screen, script);
        await PeopleSteps.Shot(screen, Folder, "s4-father", width);
        await PeopleSteps.Chooses(screen, "Form.Reached", "Nobody");
        await screen.Page.Locator("[name='Form.Conflict'][type='checkbox']").FocusAsync();
        await screen.Page.Keyboard.PressAsync("Space");
        await screen.Page.FillAsync("[name='Form.ConflictWhat']", "suspect");
        await PeopleSteps.Submits(screen);

        // The grandmother, by decision of the prosecutor.
        await screen.Go(noah + "/standing");
        await Picks(screen, $"Rosa {name}");
        await PeopleSteps.Chooses(screen, "Form.Role", "Support");
        await PeopleSteps.Chooses(screen, "Form.Told", "Prosecutor");
        await PeopleSteps.Chooses(screen, "Form.Reached", "Prosecutor");
        await screen.Page.FillAsync("[name='Form.What']", "jour et heure de l'audition");
        await screen.Page.FillAsync("[name='Form.Reason']", "le père vit au domicile");
        await screen.Page.FillAsync("[name='Form.Reference']", "LA.30.99.17/2026");
        await PeopleSteps.Submits(screen);
        await PeopleSteps.Sound(screen, script);
        await PeopleSteps.Shot(screen, Folder, "s4-dossier", width);
        Assert.Contains("LA.30.99.17/2026", await screen.Page.InnerTextAsync("section[aria-labelledby='people']"), StringComparison.Ordinal);

        // The number shown for Noah is hers.
        await screen.Go(noah + "/call");
        await PeopleSteps.Sound(screen, script);
        await PeopleSteps.Shot(screen, Folder, "s4-call", width);
        Assert.Equal(0, await screen.Page.Locator("a[href^='tel:']").CountAsync());
        await PeopleSteps.Submits(screen);
        Assert.StartsWith("tel:+3247440", await screen.Page.Locator("a[href^='tel:']").First.GetAttributeAsync("href"), StringComparison.Ordinal);
        await PeopleSteps.Sound(screen, script);

        await TellsTheSchool(screen, script, width, dossier, noah, name);

        // An interpreter who bears the father's name is refused.
        await screen.Go(noah + "/interpreter");
        await PeopleSteps.Chooses(screen, "Form.Kind", "Present");
        await screen.Page.FillAsync("[name='Form.Name']", $"Marc {name}");
        await PeopleSteps.Submits(screen);
        Assert.Equal(1, await screen.Page.Locator(".govuk-error-summary").CountAsync());
        await PeopleSteps.Sound(screen, script);
        await PeopleSteps.Shot(screen, Folder, "s4-interpreter", width);

        // Notes: of the mother, and of Noah, in which she is named.
        await Writes(screen, dossier, $"Sarah {name}mum", "secret de la mère");
        await Writes(screen, dossier, $"Noah {name}", $"Noah a vu Sarah {name}mum pleurer");

        // His print.
        await screen.Go(noah + "/print");
        await PeopleSteps.Chooses(screen, "Form.Reason", "Justice");
        await PeopleSteps.Submits(screen);
        var paper = await screen.Page.InnerTextAsync(".vs-paper");
        foreach (var secret in new[] { "secret de la mère", "Sarah", name + "mum", "Rosa", "Marc" }) Assert.DoesNotContain(secret, paper, StringComparison.Ordinal);
        Assert.Contains("Noah a vu [", paper, StringComparison.Ordinal);
        await PeopleSteps.Sound(screen, script);
        await PeopleSteps.Shot(screen, Folder, "s4-print", width);
        await screen.Page.EmulateMediaAsync(new() { Media = Microsoft.Playwright.Media.Print });
        Assert.False(await screen.Page.Locator(".vs-header").IsVisibleAsync());
        Assert.False(await screen.Page.Locator("h1").IsVisibleAsync());
        Assert.True(await screen.Page.Locator(".vs-paper").IsVisibleAsync());
        if (Folder is not null && width == 1280) await screen.Page.PdfAsync(new() { Path = Path.Combine(Folder, "s4-paper.pdf"), PreferCSSPageSize = true });
        await screen.Page.EmulateMediaAsync(new() { Media = Microsoft.Playwright.Media.Screen });

        // Rosa was typed in twice: one again, and two again.
        await PeopleSteps.Joins(screen, dossier, "Rosa", name, "SupportPerson", null, null);
        var rosa = (await screen.Page.Locator($".vs-card:has(> p > strong:text-is('Rosa {name}'))").Locator("a[href*='/people/']").First.GetAttributeAsync("href"))!;
        await screen.Go(rosa + "/merge");
        await PeopleSteps.Sound(screen, script);
        await PeopleSteps.Presses(screen, $"main ul a:has-text('Rosa {name}')");
        await PeopleSteps.Sound(screen, script);
        await PeopleSteps.Shot(screen, Folder, "s4-merge", width);
        await PeopleSteps.Submits(screen);
        Assert.Equal(1, await screen.Page.Locator($"section[aria-labelledby='people'] .vs-card > p > strong:text-is('Rosa {name}')").CountAsync());
        await screen.Go(rosa + "/merge");
        await screen.Page.Locator("form[action*='Undo'] button").PressAsync("Enter");
        await screen.Page.Loaded();
        Assert.Equal(2, await screen.Page.Locator($"section[aria-labelledby='people'] .vs-card > p > strong:text-is('Rosa {name}')").CountAsync());

        screen.SaysNothingWrong();
        Assert.All(screen.Addresses, address => Assert.DoesNotContain(name, address, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(name, portal.Output, StringComparison.OrdinalIgnoreCase);
    }

    // His school's counselling centre learns of it: his mother agrees, who is a victim in the same dossier; the father, who holds the same authority, is not even asked.
    private async Task TellsTheSchool(Screen screen, bool script, int width, string dossier, string noah, string name)
    {
        var page = screen.Page;
        await screen.Go(noah + "/standing");
        await Picks(screen, $"Sarah {name}mum");
        await PeopleSteps.Chooses(screen, "Form.Role", "Parent");
        await PeopleSteps.Chooses(screen, "Form.Told", "Person");
        await page.FillAsync("[name='Form.What']", "school");
        await page.FillAsync("[name='Form.Reason']", "he asks");
        await PeopleSteps.Submits(screen);
        await screen.Go("/9901/partners/edit");
        await page.FillAsync("[name='Form.Organisation']", "Centre " + name);
        await page.SelectOptionAsync("[name='Form.Type']", "CPMS");
        await PeopleSteps.Chooses(screen, "Form.Needs", "Children");
        await PeopleSteps.Chooses(screen, "Form.Languages", "fr");
        await PeopleSteps.Chooses(screen, "Form.Channel", "Phone");
        await page.FillAsync("[name='Form.Telephone']", "081 00 00 04");
        await PeopleSteps.Submits(screen);

        await screen.Go(dossier + "/referral");
        foreach (var box in await page.Locator("input[name='Form.Persons'][type='checkbox']").AllAsync()) await box.SetCheckedAsync(false, new() { Force = true });
        await page.Locator(".govuk-checkboxes__item", new() { HasTextString = $"Noah {name}" }).Locator("input[type='checkbox']").CheckAsync(new() { Force = true });
        await page.SelectOptionAsync("[name='Form.Need']", "Children");
        await page.ClickAsync("main form[method=post] button[formaction]");
        await page.Locator(".govuk-radios__item", new() { HasTextString = "Centre " + name }).Locator("[name='Form.Partner']").CheckAsync(new() { Force = true });
        await page.CheckAsync("[name='Form.Answer'][value='Accepted']", new() { Force = true });
        await page.ClickAsync("main form[method=post] button[type=submit]:not([formaction])");
        await page.Arrives("**/consent");
        foreach (var field in new[] { "Name", "Language" }) await page.CheckAsync($"[name='Form.Fields'][value='{field}']", new() { Force = true });
        await page.ClickAsync("main button[formaction*='handler=Preview']");
        await page.CheckAsync("[name='Form.AgreedBy'][value='Representative']", new() { Force = true });
        Assert.Equal([$"Sarah {name}mum"], (await page.Locator("[name='Form.Representative'] option").AllInnerTextsAsync()).Select(o => o.Trim()).Where(o => o.Contains(name, StringComparison.Ordinal)));
        await page.SelectOptionAsync("[name='Form.Representative']", [new Microsoft.Playwright.SelectOptionValue { Label = $"Sarah {name}mum" }]);
        await page.CheckAsync("[name='Form.How'][value='OnScreen']", new() { Force = true });
        await PeopleSteps.Sound(screen, script);
        await PeopleSteps.Shot(screen, Folder, "s4-consent", width);
        await page.Locator("main form[method=post]", new() { Has = page.Locator("[name='Form.Shown']") }).Locator("button[type=submit]:not([formaction])").Sends();
        await page.Arrives("**/send");
        await page.CheckAsync("[name='Form.How'][value='Sheet']", new() { Force = true });
        await page.Locator("main form[method=post]", new() { Has = page.Locator("[name='Form.How']") }).Locator("button[type=submit]").Sends();
        var (link, code) = (await page.InnerTextAsync("[data-link]"), await page.InnerTextAsync("[data-code]"));

        // The centre reads of the boy, and of nobody else.
        await using (var centre = await Screen.Open(portal, width, "fr", script))
        {
            await centre.Go(link);
            await centre.Page.FillAsync("[name='Code']", code);
            await centre.Page.Locator("form[action*='handler=Open'] button").Sends();
            var read = await centre.Page.InnerTextAsync("section[aria-labelledby='content']");
            Assert.Contains($"Noah {name}", read, StringComparison.Ordinal);
            foreach (var other in new[] { "Sarah", "Marc", "Rosa", "0473", "0474", "0475" }) Assert.DoesNotContain(other, read, StringComparison.Ordinal);
            await PeopleSteps.Sound(centre, script);
            centre.SaysNothingWrong();
        }
    }

    private static async Task Picks(Screen screen, string who)
    {
        var option = await screen.Page.Locator("[name='Form.Chosen'] option", new() { HasTextString = who }).GetAttributeAsync("value");
        await screen.Page.SelectOptionAsync("[name='Form.Chosen']", option!);
    }

    private static async Task Writes(Screen screen, string dossier, string who, string text)
    {
        await screen.Go(dossier);
        foreach (var box in await screen.Page.Locator(".vs-composer input[name='Form.Persons'][type='checkbox']").AllAsync()) await box.SetCheckedAsync(false, new() { Force = true });
        await screen.Page.Locator(".vs-composer label", new() { HasTextString = who }).First.ClickAsync();
        await screen.Page.FillAsync(".vs-composer [name='Form.Text']", text);
        await screen.Page.ClickAsync(".vs-composer form button[type=submit]");
        await screen.Page.Loaded();
    }
}
