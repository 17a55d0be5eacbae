using Microsoft.Playwright;
using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>Nothing that was typed is lost: by leaving, by an ended session, by a second tab, by pressing twice, by a server that dies.</summary>
public sealed class DraftTests(RunningPortal portal)
{
    private const string Note = "[name='Form.Text']";
    private static readonly string? Folder = Environment.GetEnvironmentVariable("VS_LOOK");

    [Theory]
    [InlineData("fr", 1280), InlineData("nl", 320)]
    public async Task A_note_left_in_the_middle_is_there_again_after_leaving_and_after_the_session_has_ended(string language, int width)
    {
        await using var screen = await Screen.Open(portal, width, language);
        await Become(screen);
        var dossier = await Dossier(screen);
        var text = "Zzcanary laat weten " + Guid.NewGuid().ToString("N")[..6];
        await Types(screen.Page, text);
        await screen.Go("/9901/worklist");
        await screen.Go(dossier);
        Assert.Equal(text, await screen.Page.InputValueAsync(Note));
        await Assertions.Expect(screen.Page.Locator(".vs-kept")).ToBeVisibleAsync();
        await screen.IsSound();
        if (Folder is not null) await screen.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"draft-{width}.png"), FullPage = true });

        await Types(screen.Page, text + ", morgen om negen");
        await Saved(screen.Page);
        await screen.Context.ClearCookiesAsync(); // the session is over
        await Become(screen);
        await screen.Go(dossier);
        Assert.Equal(text + ", morgen om negen", await screen.Page.InputValueAsync(Note));
        // Nothing of it is kept in the browser.
        Assert.Equal("[0,0,0]", await screen.Page.EvaluateAsync<string>("async () => JSON.stringify([localStorage.length, sessionStorage.length, (await indexedDB.databases()).length])"));
        Assert.DoesNotContain(await screen.Context.CookiesAsync(), c => c.Value.Contains("Zzcanary", StringComparison.OrdinalIgnoreCase));
        Assert.All(screen.Addresses, address => Assert.DoesNotContain("Zzcanary", address, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("Zzcanary laat weten", portal.Output, StringComparison.OrdinalIgnoreCase);

        // Sent, pressed twice: one note, and no draft of it is left.
        await screen.Page.Locator(".vs-composer form[data-draft] button[type=submit]").DblClickAsync();
        await screen.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await screen.Go(dossier);
        Assert.Equal(1, await screen.Page.Locator($".vs-timeline li:has-text('{text}')").CountAsync());
        Assert.Equal("", await screen.Page.InputValueAsync(Note));
        Assert.Equal(0, await screen.Page.Locator(".vs-kept").CountAsync());
    }

    [Fact]
    public async Task Two_tabs_over_one_version_show_mine_and_theirs()
    {
        await using var screen = await Screen.Open(portal, 1280, "en");
        await Become(screen);
        var dossier = await Dossier(screen);
        await screen.Go(dossier + "/facts");
        var second = await screen.Context.NewPageAsync();
        await second.GotoAsync(dossier + "/facts");
        await screen.Page.FillAsync("[name='Form.Municipality']", "Eerste");
        await second.FillAsync("[name='Form.Municipality']", "Tweede");
        await screen.Page.ClickAsync("main form[data-draft] button[type=submit]");
        await second.ClickAsync("main form[data-draft] button[type=submit]");
        Assert.Contains("/facts", second.Url, StringComparison.Ordinal);
        Assert.Equal("Tweede", await second.InputValueAsync("[name='Form.Municipality']"));
        Assert.Contains("Eerste", await second.InnerTextAsync("main"), StringComparison.Ordinal);
        await second.CloseAsync();

        // Two tabs that write two notes: the second does not write over the first, each is kept.
        await screen.Go(dossier);
        var other = await screen.Context.NewPageAsync();
        await other.GotoAsync(dossier);
        await Types(screen.Page, "from the first tab");
        await Saved(screen.Page);
        await Types(other, "from the second tab");
        await Saved(other);
        await screen.Go("/9901/worklist");
        await screen.Go(dossier);
        var here = await screen.Page.InputValueAsync(Note);
        await screen.Page.ClickAsync(".vs-kept a");
        Assert.Equal(["from the first tab", "from the second tab"], new[] { here, await screen.Page.InputValueAsync(Note) }.Order());
    }

    [Fact]
    public async Task Without_script_a_note_is_saved_when_it_is_sent_and_kept_by_a_button_or_when_it_is_turned_back()
    {
        await using var screen = await Screen.Open(portal, 320, "de", script: false);
        await Become(screen);
        var dossier = await Dossier(screen);
        await screen.Page.FillAsync(Note, "ohne");
        await screen.Page.ClickAsync("[name='vs-keep']");
        await screen.Go("/9901/worklist");
        await screen.Go(dossier);
        Assert.Equal("ohne", await screen.Page.InputValueAsync(Note));
        if (Folder is not null) await screen.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, "draft-without-script.png"), FullPage = true });
        await screen.Page.FillAsync(Note, "ohne Skript");
        await screen.Page.SelectOptionAsync("[name='Form.Next']", "CallBack"); // without a day: turned back
        await screen.Page.ClickAsync(".vs-composer form[data-draft] button:not([name])");
        Assert.Equal("ohne Skript", await screen.Page.InputValueAsync(Note));
        await screen.Page.SelectOptionAsync("[name='Form.Next']", "");
        await screen.Page.ClickAsync(".vs-composer form[data-draft] button:not([name])");
        await screen.Go(dossier);
        Assert.Equal(1, await screen.Page.Locator(".vs-timeline li:has-text('ohne Skript')").CountAsync());
    }

    [Fact]
    public async Task A_server_killed_in_the_middle_of_a_note_has_what_was_saved_and_takes_what_was_typed_meanwhile()
    {
        await using var own = new RunningPortal { Settings = [] };
        await own.InitializeAsync();
        await using var screen = await Screen.Open(own, 1280, "fr");
        await Become(screen);
        var dossier = await Dossier(screen);
        await Types(screen.Page, "avant la coupure");
        await Saved(screen.Page);
        await own.Kill();
        await Types(screen.Page, "avant la coupure, et pendant");
        await Assertions.Expect(screen.Page.Locator("[data-saved].govuk-error-message")).ToBeVisibleAsync(new() { Timeout = 30_000 }); // it says that it could not
        await own.StartAgain();
        await Assertions.Expect(screen.Page.Locator("[data-saved]:not(.govuk-error-message)")).Not.ToBeEmptyAsync(new() { Timeout = 60_000 }); // and saves by itself once it can
        await screen.Go(dossier);
        Assert.Equal("avant la coupure, et pendant", await screen.Page.InputValueAsync(Note));
    }

    private static async Task Types(IPage page, string text)
    {
        await page.FillAsync(Note, text);
        Assert.Equal(text, await page.InputValueAsync(Note));
    }

    // Every ten seconds it is saved by itself.
    private static Task Saved(IPage page) => Assertions.Expect(page.Locator(".vs-composer [data-saved]:not(.govuk-error-message)")).Not.ToBeEmptyAsync(new() { Timeout = 30_000 });

    private static async Task Become(Screen screen)
    {
        await screen.Go("/demo");
        await screen.Page.Locator("button", new() { HasTextString = "Karel Demo-A" }).First.ClickAsync();
        await screen.Page.Arrives("**/9901/**");
    }

    private static async Task<string> Dossier(Screen screen)
    {
        await screen.Go("/9901/intake");
        await screen.Page.CheckAsync("[name='Form.Trigger'][value='Person']", new() { Force = true });
        await screen.Page.CheckAsync("[name='Form.SubKind'][value='Burglary']", new() { Force = true });
        await screen.Page.FillAsync("[name='Form.GivenName']", "Rosa");
        await screen.Page.FillAsync("[name='Form.FamilyName']", "Oefening" + Guid.NewGuid().ToString("N")[..6]);
        await screen.Page.ClickAsync("main form[method=post] button[type=submit]:not([formaction])");
        if (screen.Page.Url.Contains("/known/", StringComparison.Ordinal)) await screen.Page.ClickAsync("main a.govuk-button");
        await screen.Page.WaitForSelectorAsync(".vs-identity");
        return screen.Page.Url;
    }
}
