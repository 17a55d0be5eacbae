using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>A boy saw his father hit his mother: the contact goes to his grandmother by decision of the prosecutor, the father is told nothing, and nothing of the mother stands on the boy's print.</summary>
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
