using Microsoft.Playwright;
using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>A zone's own word from the settings to the intake; a dossier with gaps that are mended, facts given to the police, closed and opened again.</summary>
public sealed class ClosingTests(RunningPortal portal)
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("VS_LOOK");

    [Theory]
    [InlineData("fr", 1280, true), InlineData("de", 320, true), InlineData("nl", 320, false)]
    public async Task A_dossier_is_closed_with_what_is_known_and_opened_again(string language, int width, bool script)
    {
        await using var screen = await Screen.Open(portal, width, language, script);
        await Become(screen, "Karel Demo-A");
        var dossier = await Registers(screen, "Burglary");

        // Facts of an assistance note go to the police, shortened and on a ground.
        await screen.Page.FillAsync("[name='Form.Text']", "La porte était ouverte. Elle dort mal depuis.");
        await screen.Page.CheckAsync("[name='Form.Layer'][value='Assistance']", new() { Force = true });
        await Press(screen, ".vs-composer");
        await screen.Page.ClickAsync(".vs-timeline a[href*='/copy/']");
        await Sound(screen, script);
        await screen.Page.FillAsync("[name='Form.Text']", "La porte était ouverte hier.");
        await screen.Page.CheckAsync("[name='Form.Ground'][value='ThePersonAgrees']", new() { Force = true });
        await Submit(screen);
        Assert.Equal(1, await screen.Page.Locator(".govuk-error-summary").CountAsync()); // a word too many
        Assert.Equal("La porte était ouverte hier.", await screen.Page.InputValueAsync("[name='Form.Text']"));
        await Look(screen, "copy", width);
        await screen.Page.FillAsync("[name='Form.Text']", "La porte était ouverte.");
        await Submit(screen);
        Assert.Equal(dossier, screen.Page.Url);
        Assert.Equal(1, await screen.Page.Locator("section[aria-labelledby=police-open] li").CountAsync());
        await Sound(screen, script);
        await Look(screen, "open", width);

        // What is open holds up the closing; the list leads to where it ends.
        await screen.Page.ClickAsync("section[aria-labelledby=close] a[href$='/close']");
        Assert.Equal(1, await screen.Page.Locator("[data-unfinished] li").CountAsync());
        await Sound(screen, script);
        await Look(screen, "gaps", width);
        await screen.Page.ClickAsync("[data-unfinished] a");
        await screen.Page.CheckAsync("[name='Form.End'][value='Given']", new() { Force = true });
        await screen.Page.FillAsync("[name='Form.To']", "Inspecteur Exemple");
        await screen.Page.FillAsync("[name='Form.Unit']", "Recherche locale");
        await screen.Page.FillAsync("[name='Form.Report']", "BR.30.L1.012345/2026");
        await Sound(screen, script);
        await Look(screen, "give", width);
        await Submit(screen);
        Assert.Contains("Inspecteur Exemple", await screen.Page.InnerTextAsync(".vs-timeline"), StringComparison.Ordinal);

        // A gap is mended, the others are unknown and why.
        await screen.Page.ClickAsync("section[aria-labelledby=close] a[href$='/close']");
        Assert.Equal(0, await screen.Page.Locator("[data-unfinished]").CountAsync());
        await screen.Page.ClickAsync("[data-gap=Sex] a");
        await screen.Page.CheckAsync("[name='Form.Sex'][value='Female']", new() { Force = true });
        await screen.Page.FillAsync("[name='Form.EstimatedAge']", "40");
        await Submit(screen);
        await screen.Page.ClickAsync("section[aria-labelledby=close] a[href$='/close']");
        Assert.Equal(0, await screen.Page.Locator("[data-gap=Sex], [data-gap=Age]").CountAsync());
        await screen.Page.CheckAsync("[name='Form.Reason'][value='NeedsMet']", new() { Force = true });
        await screen.Page.CheckAsync("[name='Form.Outcome'][value='Supported']", new() { Force = true });
        await Submit(screen);
        Assert.NotEqual(0, await screen.Page.Locator("[data-gap] .govuk-error-message").CountAsync());
        Assert.True(await screen.Page.IsCheckedAsync("[name='Form.Reason'][value='NeedsMet']"));
        await Sound(screen, script);
        await Look(screen, "why", width);
        foreach (var select in await screen.Page.Locator("[data-gap] select").AllAsync()) await select.SelectOptionAsync("DidNotSay");
        await Submit(screen);
        Assert.Equal(dossier, screen.Page.Url);
        Assert.Equal(0, await screen.Page.Locator(".vs-composer").CountAsync());
        await Sound(screen, script);
        await Look(screen, "closed", width);

        // The act that the closing cancelled is there to be taken up again.
        await screen.Page.ClickAsync("section[aria-labelledby=close] a[href$='/reopen']");
        Assert.True(await screen.Page.IsCheckedAsync("[name='Acts']"));
        await Sound(screen, script);
        await Look(screen, "reopen", width);
        await Submit(screen);
        Assert.Equal(dossier, screen.Page.Url);
        Assert.Equal(1, await screen.Page.Locator(".vs-composer").CountAsync());
    }

    [Fact]
    public async Task A_dossier_is_closed_with_the_keyboard_alone()
    {
        await using var screen = await Screen.Open(portal);
        await Become(screen, "Karel Demo-A");
        var dossier = await Registers(screen, "Burglary");
        await screen.Go(dossier + "/close");
        for (var gap = await screen.Page.Locator("[data-gap] select").CountAsync(); gap > 0; gap--)
        {
            await TabTo(screen, "Form.Why[");
            await screen.Page.Keyboard.PressAsync("ArrowDown");
        }
        foreach (var name in new[] { "Form.Reason", "Form.Outcome" })
        {
            await TabTo(screen, name);
            await screen.Page.Keyboard.PressAsync("Space");
        }
        await screen.Page.Keyboard.PressAsync("Tab");
        await screen.Page.Keyboard.PressAsync("Enter");
        await screen.Page.Arrives(dossier);
        Assert.Equal(0, await screen.Page.Locator(".vs-composer").CountAsync());
    }

    [Theory]
    [InlineData("fr", 1280, true), InlineData("en", 320, false)]
    public async Task A_word_of_the_zone_goes_from_the_settings_to_the_intake_and_ends(string language, int width, bool script)
    {
        await using var screen = await Screen.Open(portal, width, language, script);
        await Become(screen, "Claire Demo-A");
        var word = "Morsure " + Guid.NewGuid().ToString("N")[..4];
        await screen.Go("/9901/admin/codes");
        await Sound(screen, script);
        await screen.Page.ClickAsync("main a[href*='list=SubKind']");
        await screen.Page.FillAsync("[name='Form.Nl']", word + " nl");
        await Submit(screen); // neither what it stands for nor the zone's first language
        Assert.Equal(word + " nl", await screen.Page.InputValueAsync("[name='Form.Nl']"));
        await Sound(screen, script);
        await screen.Page.FillAsync("[name='Form.Fr']", word);
        await screen.Page.FillAsync("[name='Form.De']", word + " de");
        await screen.Page.FillAsync("[name='Form.En']", word + " en");
        await screen.Page.SelectOptionAsync("[name='Form.Shipped']", "OtherOffence");
        await Look(screen, "own", width);
        await Submit(screen);
        Assert.EndsWith("/9901/admin/codes", screen.Page.Url, StringComparison.Ordinal);
        await Sound(screen, script);
        await Look(screen, "codes", width);
        var shown = language == "en" ? word + " en" : word;
        var entry = await screen.Page.Locator("main a", new() { HasTextString = shown }).GetAttributeAsync("href");

        await Become(screen, "Karel Demo-A");
        await screen.Go("/9901/intake");
        var value = await screen.Page.Locator(".govuk-radios__item", new() { HasTextString = shown }).Locator("input").GetAttributeAsync("value");
        await Look(screen, "tiles", width);
        var dossier = await Registers(screen, value!);
        Assert.Contains(shown, await screen.Page.InnerTextAsync(".vs-identity"), StringComparison.Ordinal);
        await Sound(screen, script);

        await Become(screen, "Claire Demo-A");
        await screen.Go(new Uri(new Uri(screen.Home), entry!).ToString());
        // The zone's yesterday: an hour before midnight UTC it is already another day there.
        var yesterday = TimeZoneInfo.ConvertTime(DateTimeOffset.UtcNow, TimeZoneInfo.FindSystemTimeZoneById("Europe/Brussels")).AddDays(-1).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        await screen.Page.FillAsync("[name='Form.Until']", yesterday);
        await Submit(screen);
        await Become(screen, "Karel Demo-A");
        await screen.Go("/9901/intake");
        Assert.Equal(0, await screen.Page.Locator($"input[value='{value}']").CountAsync());
        await screen.Go(dossier);
        Assert.Contains(shown, await screen.Page.InnerTextAsync(".vs-identity"), StringComparison.Ordinal);
    }

    private static async Task TabTo(Screen screen, string name)
    {
        for (var i = 0; i < 60; i++)
        {
            await screen.Page.Keyboard.PressAsync("Tab");
            if ((await screen.Page.EvaluateAsync<string?>("document.activeElement?.getAttribute('name')"))?.StartsWith(name, StringComparison.Ordinal) == true) return;
        }
        Assert.Fail($"{name} is not reached by the keyboard.");
    }

    private static async Task Sound(Screen screen, bool script)
    {
        if (script) await screen.IsSound();
        else await screen.FitsItsWidth();
    }

    private static async Task Look(Screen screen, string name, int width)
    {
        if (Folder is not null) await screen.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}-{width}.png"), FullPage = true });
    }

    private static async Task Become(Screen screen, string name)
    {
        await screen.Go("/demo");
        await screen.Page.Locator("button", new() { HasTextString = name }).First.ClickAsync();
        await screen.Page.Arrives("**/9901/**");
    }

    private static async Task<string> Registers(Screen screen, string facts)
    {
        await screen.Go("/9901/intake");
        await screen.Page.CheckAsync("[name='Form.Trigger'][value='Person']", new() { Force = true });
        await screen.Page.CheckAsync($"[name='Form.SubKind'][value='{facts}']", new() { Force = true });
        await screen.Page.FillAsync("[name='Form.GivenName']", "Noor");
        await screen.Page.FillAsync("[name='Form.FamilyName']", "Oefening" + Guid.NewGuid().ToString("N")[..4]);
        await Submit(screen);
        if (screen.Page.Url.Contains("/known/", StringComparison.Ordinal)) await screen.Page.ClickAsync("main a.govuk-button");
        return screen.Page.Url;
    }

    private static Task Press(Screen screen, string section) => screen.Page.Locator($"{section} form button[type=submit]:not([formaction])").Last.Sends();
    private static Task Submit(Screen screen) => Press(screen, "main");
}
