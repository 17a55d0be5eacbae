using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>Partner violence, no post at home: every way out is closed by the rule, the card says what to tell "the husband", and the rules stand on every page and on paper.</summary>
public sealed class NoPostAtHomeTests(RunningPortal portal)
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("VS_PEOPLE_SCREENS");

    [Theory]
    [InlineData("fr", 1280, true), InlineData("de", 320, true), InlineData("nl", 320, false), InlineData("en", 1280, false)]
    public async Task She_is_reached_only_as_she_said(string language, int width, bool script)
    {
        await using var screen = await Screen.Open(portal, width, language, script);
        var (name, tag) = ("Zzcanary" + Guid.NewGuid().ToString("N")[..6], Random.Shared.Next(1000, 9999));
        var (phone, second) = ($"0472 55 {tag / 100} {tag % 100:00}", $"0473 66 {tag / 100} {tag % 100:00}");
        await PeopleSteps.SignIn(screen, language);
        var dossier = await PeopleSteps.Registers(screen, "PartnerViolence", "Leila", name, phone);

        // Where she lives, and who hits her.
        await PeopleSteps.Presses(screen, "section[aria-labelledby='people'] .vs-card a[href*='/people/']");
        await screen.Page.FillAsync("[name='Form.Address']", $"Rue {name} 12\n9901 Val-Clair");
        await PeopleSteps.Submits(screen);
        await PeopleSteps.Joins(screen, dossier, "Marc", name + "er", "AllegedAuthor", null, null);

        // Her rules, typed without a mouse.
        await screen.Go(dossier);
        await PeopleSteps.Presses(screen, ".vs-safe a[href*='safe-contact']");
        var rules = screen.Page.Url;
        foreach (var (field, rule) in new[] { ("Call", "Never"), ("Sms", "OnlyIf"), ("Mail", "Never"), ("Letter", "Never"), ("Visit", "Never") }) await PeopleSteps.Chooses(screen, "Form." + field, rule);
        await screen.Page.FillAsync("[name='Form.WhatMayBeSaid']", "la bibliothèque");
        await screen.Page.FillAsync("[name='Form.CodeWord']", "Magnolia");
        // An SMS to a number of her own, on weekdays from nine to three.
        await screen.Page.FillAsync("[name='Form.SmsNumber']", second);
        await screen.Page.FillAsync("[name='Form.From']", "09:00");
        await screen.Page.FillAsync("[name='Form.Until']", "15:00");
        await screen.Page.CheckAsync("[name='Form.Weekdays'][type=checkbox]", new() { Force = true });
        await screen.Page.FillAsync("[name='Form.ThirdPerson']", $"Marc {name}er");
        await PeopleSteps.Submits(screen);
        Assert.Equal(1, await screen.Page.Locator(".govuk-error-summary").CountAsync()); // never the one who hits her
        await screen.Page.FillAsync("[name='Form.ThirdPerson']", "sa sœur");
        await PeopleSteps.Submits(screen);
        Assert.True(await screen.Page.Locator(".vs-safe details[open]").CountAsync() >= 1);
        Assert.Contains($"Marc {name}er", await screen.Page.InnerTextAsync(".vs-safe details"), StringComparison.Ordinal);
        await PeopleSteps.Sound(screen, script);
        await PeopleSteps.Shot(screen, Folder, "s2-dossier", width);

        // No letter: not offered, closed where somebody goes all the same, and kept out of the batch.
        Assert.Equal(0, await screen.Page.Locator(".vs-safe a[href$='/letter']").CountAsync());
        await screen.Go(rules.Replace("safe-contact", "letter", StringComparison.Ordinal));
        Assert.Equal(0, await screen.Page.Locator("[name='Form.Text']").CountAsync());
        await PeopleSteps.Sound(screen, script);
        await PeopleSteps.Shot(screen, Folder, "s2-letter", width);
        await screen.Go(rules.Replace("safe-contact", "message", StringComparison.Ordinal));
        Assert.Equal(0, await screen.Page.Locator("input[name='Form.Channel'][value='Mail']").CountAsync());

        // On every page of it the rules stand above.
        foreach (var path in new[] { "/facts", "/contact", "/risk", "/close" })
        {
            await screen.Go(dossier + path);
            Assert.Contains(name, await screen.Page.InnerTextAsync("#vs-alarms"), StringComparison.Ordinal);
            await PeopleSteps.Sound(screen, script);
        }
        await PeopleSteps.Shot(screen, Folder, "s2-band", width);

        // A risk the police assessed.
        await screen.Go(dossier + "/risk");
        await PeopleSteps.Chooses(screen, "Form.Level", "High");
        await PeopleSteps.Chooses(screen, "Form.Author", "Police");
        await PeopleSteps.Shot(screen, Folder, "s2-risk", width);
        await PeopleSteps.Submits(screen);
        Assert.Equal(1, await screen.Page.Locator(".vs-identity .vs-badge--danger").CountAsync());

        // Shelter: a partner is told, with her consent, the number for SMS with its hours and its code word, and never the telephone that he answers.
        await screen.Go(dossier + "/referral");
        await screen.Page.SelectOptionAsync("[name='Form.Need']", "Support");
        await screen.Page.ClickAsync("main form[method=post] button[formaction]");
        await screen.Page.Locator("[name='Form.Partner']").First.CheckAsync(new() { Force = true });
        await PeopleSteps.Chooses(screen, "Form.Answer", "Accepted");
        await screen.Page.ClickAsync("main form[method=post] button[type=submit]:not([formaction])");
        await screen.Page.Arrives("**/consent");
        Assert.Equal(0, await screen.Page.Locator("[name='Form.Fields'][value='Mail'], [name='Form.Fields'][value='Address']").CountAsync());
        foreach (var field in new[] { "Name", "Phone" }) await PeopleSteps.Chooses(screen, "Form.Fields", field);
        await screen.Page.ClickAsync("main button[formaction*='handler=Preview']");
        var goes = await screen.Page.InnerTextAsync("[data-goes]");
        foreach (var told in new[] { name, second, "09:00–15:00", "la bibliothèque", "Magnolia" }) Assert.Contains(told, goes, StringComparison.Ordinal);
        foreach (var kept in new[] { phone, $"Rue {name}", name + "er" }) Assert.DoesNotContain(kept, goes, StringComparison.Ordinal);
        Assert.Equal(4, await screen.Page.Locator("[data-goes] .govuk-summary-list__row").CountAsync()); // name, second number, its rule, when it was asked
        await PeopleSteps.Chooses(screen, "Form.AgreedBy", "Person");
        await PeopleSteps.Chooses(screen, "Form.How", "OnScreen");
        await PeopleSteps.Sound(screen, script);
        await PeopleSteps.Shot(screen, Folder, "s2-consent", width);
        await PeopleSteps.Submits(screen);
        await screen.Page.Arrives("**/send");
        await PeopleSteps.Chooses(screen, "Form.How", "Sheet");
        await PeopleSteps.Sound(screen, script);
        await PeopleSteps.Submits(screen);
        Assert.Equal(1, await screen.Page.Locator("[data-code]").CountAsync());
        await PeopleSteps.Shot(screen, Folder, "s2-sent", width);

        // The rules change; what held before stays to be read.
        await screen.Go(rules);
        await PeopleSteps.Chooses(screen, "Form.Sms", "Never");
        await PeopleSteps.Submits(screen);
        await screen.Go(rules);
        Assert.Equal(2, await screen.Page.Locator("section[aria-labelledby='history'] .vs-card").CountAsync());
        Assert.Contains(second, await screen.Page.InnerTextAsync("section[aria-labelledby='history']"), StringComparison.Ordinal);
        await PeopleSteps.Sound(screen, script);
        await PeopleSteps.Shot(screen, Folder, "s2-rules", width);

        // And on paper.
        await screen.Go(rules.Replace("safe-contact", "print", StringComparison.Ordinal));
        await PeopleSteps.Sound(screen, script);
        await PeopleSteps.Chooses(screen, "Form.Reason", "ForThePerson");
        await PeopleSteps.Submits(screen);
        foreach (var rule in new[] { "Magnolia", "09:00" }) Assert.Contains(rule, await screen.Page.InnerTextAsync(".vs-paper thead"), StringComparison.Ordinal);
        Assert.DoesNotContain(name + "er", await screen.Page.InnerTextAsync(".vs-paper"), StringComparison.Ordinal);
        await PeopleSteps.Sound(screen, script);
        await PeopleSteps.Shot(screen, Folder, "s2-print", width);

        // He rings and is looked up.
        await screen.Go("/9901/search");
        await screen.Page.FillAsync("[name='Form.Text']", name + "er");
        await screen.Page.PressAsync("[name='Form.Text']", "Enter");
        await screen.Page.Locator("main p strong").First.WaitForAsync(); // without script the page comes a moment later
        await PeopleSteps.Sound(screen, script);

        screen.SaysNothingWrong();
        Assert.All(screen.Addresses, address => Assert.DoesNotContain(name, address, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(name, portal.Output, StringComparison.OrdinalIgnoreCase);
    }
}

/// <summary>What both journeys about people do.</summary>
internal static class PeopleSteps
{
    public static async Task SignIn(Screen screen, string language)
    {
        await screen.Go("/demo");
        await screen.Page.ClickAsync($".vs-languages a[lang='{language}'], .vs-languages span[lang='{language}']");
        await screen.Page.Locator("button", new() { HasTextString = "Claire Demo-A" }).First.ClickAsync();
        await screen.Page.Arrives("**/9901/worklist");
    }

    public static async Task<string> Registers(Screen screen, string facts, string given, string family, string phone)
    {
        await screen.Go("/9901/intake");
        await Chooses(screen, "Form.Trigger", "Person");
        await Chooses(screen, "Form.SubKind", facts);
        await screen.Page.FillAsync("[name='Form.GivenName']", given);
        await screen.Page.FillAsync("[name='Form.FamilyName']", family);
        await screen.Page.FillAsync("[name='Form.Phone']", phone);
        await Chooses(screen, "Form.Safe", "NotAsked");
        await screen.Page.ClickAsync("main form[method=post] button[type=submit]:not([formaction])");
        if (screen.Page.Url.Contains("/known/", StringComparison.Ordinal)) await screen.Page.ClickAsync("main a.govuk-button");
        return screen.Page.Url;
    }

    public static async Task Joins(Screen screen, string dossier, string given, string family, string capacity, string? phone, string? age)
    {
        await screen.Go(dossier + "/people");
        await screen.Page.FillAsync("[name='Form.GivenName']", given);
        await screen.Page.FillAsync("[name='Form.FamilyName']", family);
        await Chooses(screen, "Form.Capacity", capacity);
        if (phone is not null) await screen.Page.FillAsync("[name='Form.Phone']", phone);
        if (age is not null) await screen.Page.FillAsync("[name='Form.EstimatedAge']", age);
        await Submits(screen);
    }

    /// <summary>By keyboard: to the box, and the space bar.</summary>
    public static async Task Chooses(Screen screen, string name, string value)
    {
        var box = screen.Page.Locator($"input[name='{name}'][value='{value}']");
        await box.FocusAsync();
        await screen.Page.Keyboard.PressAsync("Space");
        Assert.True(await box.IsCheckedAsync());
    }

    /// <summary>By keyboard: to the link, and enter.</summary>
    public static async Task Presses(Screen screen, string link)
    {
        var from = screen.Page.Url;
        await screen.Page.Locator(link).First.FocusAsync();
        await screen.Page.Keyboard.PressAsync("Enter");
        await screen.Page.Arrives(url => url != from);
    }

    public static async Task Submits(Screen screen)
    {
        var button = screen.Page.Locator("main form[method=post]:not([action*='handler']) button[type=submit]:not([formaction])").Last;
        await screen.Page.Sends(() => button.PressAsync("Enter"));
    }

    public static Task Sound(Screen screen, bool script) => script ? screen.IsSound() : screen.FitsItsWidth();

    public static async Task Shot(Screen screen, string? folder, string name, int width)
    {
        if (folder is null) return;
        Directory.CreateDirectory(folder);
        await screen.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}-{width}.png"), FullPage = true });
    }
}
