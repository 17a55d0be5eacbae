using Microsoft.Playwright;
using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>What the front desk and a trainee begin, and others take up.</summary>
public sealed class DeskTests(RunningPortal portal)
{
    [Theory]
    [InlineData("fr", 320, true), InlineData("nl", 1280, true), InlineData("de", 320, false)]
    public async Task The_front_desk_puts_a_message_and_a_caseworker_turns_it_into_a_dossier(string language, int width, bool script)
    {
        var name = "Zzcanary" + Guid.NewGuid().ToString("N")[..6];
        await using (var desk = await Screen.Open(portal, width, language, script))
        {
            await SignIn(desk, language, "Lotte Demo-A", "**/9901/message");
            await Sound(desk, script);
            await desk.Page.ClickAsync("main form[method=post] button[type=submit]"); // nothing filled in yet
            await Sound(desk, script);
            await desk.Page.FillAsync("[name='Form.GivenName']", "Noor");
            await desk.Page.FillAsync("[name='Form.FamilyName']", name);
            await desk.Page.FillAsync("[name='Form.Phone']", "0470 11 22 33");
            await Radio(desk, "Form.MayCall", "OnlyIf");
            await desk.Page.FillAsync("[name='Form.Condition']", "Après 17 h");
            await Radio(desk, "Form.Urgency", "Urgent");
            await desk.Page.FillAsync("[name='Form.About']", "Demande un entretien");
            await desk.Page.ClickAsync("main form[method=post] button[type=submit]");
            Assert.Contains("N.Z.", await desk.Page.InnerTextAsync("section[aria-labelledby='today']"), StringComparison.Ordinal);
            Assert.DoesNotContain(name, await desk.Page.InnerTextAsync("main"), StringComparison.Ordinal);
            await Sound(desk, script);
            Assert.Equal(404, (await desk.Page.GotoAsync(desk.Home + "/9901/tray"))!.Status);
        }

        await using var screen = await Screen.Open(portal, width, language, script);
        await SignIn(screen, language, "Inès Demo-A", "**/9901/worklist");
        await screen.Page.ClickAsync(".vs-cards a[href$='/tray']");
        await Sound(screen, script);
        var row = screen.Page.Locator("tbody tr", new() { HasTextString = "N.Z." }).Last; // the youngest of the urgent
        await row.Locator("a").ClickAsync();
        Assert.Contains(name, await screen.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        await Sound(screen, script);
        await screen.Page.ClickAsync("main a[href*='/intake?tray=']");
        Assert.Equal(name, await screen.Page.InputValueAsync("[name='Form.FamilyName']"));
        await Radio(screen, "Form.SubKind", "Burglary");
        await Sound(screen, script);
        await screen.Page.ClickAsync("main form[method=post] button[type=submit]:not([formaction])");
        if (screen.Page.Url.Contains("/known/", StringComparison.Ordinal)) await screen.Page.ClickAsync("main a.govuk-button");
        Assert.Contains(name, await screen.Page.InnerTextAsync(".vs-identity"), StringComparison.Ordinal);
        Assert.Contains("Après 17 h", await screen.Page.InnerTextAsync(".vs-safe"), StringComparison.Ordinal);
        Assert.All(screen.Addresses, address => Assert.DoesNotContain(name, address, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(name, portal.Output, StringComparison.OrdinalIgnoreCase);
        screen.SaysNothingWrong();
    }

    [Theory]
    [InlineData("fr", 320, true), InlineData("en", 1280, false)]
    public async Task A_trainee_writes_and_a_coordinator_countersigns(string language, int width, bool script)
    {
        var text = "Zzcanary" + Guid.NewGuid().ToString("N")[..6];
        await using (var trainee = await Screen.Open(portal, width, language, script))
        {
            await SignIn(trainee, language, "Mila Demo-A", "**/9901/worklist");
            await Sound(trainee, script);
            await trainee.Page.ClickAsync("tbody a[href*='/dossiers/']");
            await Sound(trainee, script);
            await trainee.Page.FillAsync("[name='Form.Text']", text);
            await trainee.Page.ClickAsync(".vs-composer button[type=submit]");
            Assert.Equal(1, await trainee.Page.Locator($".vs-timeline li:has-text('{text}') .vs-badge--warn").CountAsync());
            await Sound(trainee, script);
        }

        await using var screen = await Screen.Open(portal, width, language, script);
        await SignIn(screen, language, "Claire Demo-A", "**/9901/worklist");
        await screen.Page.ClickAsync(".vs-cards a[href$='/countersign']");
        await Sound(screen, script);
        await screen.Page.Locator("tbody a[href*='/countersign/']").Last.ClickAsync(); // the youngest
        Assert.Contains(text, await screen.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        await Sound(screen, script);
        await screen.Page.ClickAsync("main form[method=post]:not([action]) button[type=submit]");
        Assert.Contains("Claire Demo-A", await screen.Page.InnerTextAsync($".vs-timeline li:has-text('{text}')"), StringComparison.Ordinal);
        await Sound(screen, script);

        // And she asks who opened it: the trainee is named there.
        await screen.Page.ClickAsync(".vs-tabs a[href$='/opened']");
        Assert.Contains("Mila Demo-A", await screen.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        await Sound(screen, script);
        screen.SaysNothingWrong();
    }

    private static async Task SignIn(Screen screen, string language, string who, string lands)
    {
        await screen.Go("/demo");
        await screen.Page.ClickAsync($".vs-languages a[lang='{language}'], .vs-languages span[lang='{language}']");
        await screen.Page.Locator("button", new() { HasTextString = who }).First.ClickAsync();
        await screen.Page.Arrives(lands);
    }

    private static Task Sound(Screen screen, bool script) => script ? screen.IsSound() : Task.CompletedTask;
    private static Task Radio(Screen screen, string name, string value) => screen.Page.CheckAsync($"input[name='{name}'][value='{value}']", new() { Force = true });
}
