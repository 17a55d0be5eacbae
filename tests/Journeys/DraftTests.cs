using Microsoft.Playwright;
using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>What was typed is there again, whatever happened meanwhile.</summary>
public sealed class DraftTests
{
    [Fact]
    public async Task A_text_outlives_the_browser_and_a_killed_server_and_is_gone_when_it_was_sent()
    {
        await using var portal = new RunningPortal();
        await portal.InitializeAsync();
        var text = "Zzcanary" + Guid.NewGuid().ToString("N")[..6];
        string path;
        await using (var screen = await Screen.Open(portal, 320))
        {
            await SignIn(screen, "Inès Demo-A");
            await screen.Page.ClickAsync("tbody a[href*='/dossiers/']");
            path = new Uri(screen.Page.Url).AbsolutePath;
            await screen.Page.FillAsync("[name='Form.Text']", text + " eerste zin");
            await Saved(screen);
            await Shot(screen, "saved-320");
            await screen.IsSound();
            await portal.KillAndStart(); // the saving was answered: it is durable
        }

        await using (var screen = await Screen.Open(portal, 1280))
        {
            await SignIn(screen, "Inès Demo-A");
            await screen.Go(path);
            Assert.Equal(text + " eerste zin", await screen.Page.InputValueAsync("[name='Form.Text']"));
            await Shot(screen, "restored-1280");
            await screen.IsSound();
            // Typed on, and the page left at once: not ten seconds of typing are lost.
            await screen.Page.FillAsync("[name='Form.Text']", text + " tweede zin");
            await screen.Go("/9901/worklist");
            await Task.Delay(1000);
            Assert.All(screen.Addresses, address => Assert.DoesNotContain(text, address, StringComparison.OrdinalIgnoreCase));
            Assert.DoesNotContain(text, await screen.Page.EvaluateAsync<string>("() => JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage })"), StringComparison.Ordinal);
            screen.SaysNothingWrong();
        }

        await using (var plain = await Screen.Open(portal, 320, script: false))
        {
            await SignIn(plain, "Inès Demo-A");
            await plain.Go(path);
            Assert.Equal(text + " tweede zin", await plain.Page.InputValueAsync("[name='Form.Text']"));
            await plain.FitsItsWidth();
            await Shot(plain, "restored-320-plain");
            await plain.Page.ClickAsync(".vs-composer form[data-draft] button[type=submit]");
            Assert.Equal("", await plain.Page.InputValueAsync("[name='Form.Text']"));
            Assert.Equal(1, await plain.Page.Locator($".vs-timeline li:has-text('{text}')").CountAsync());
            plain.SaysNothingWrong();
        }
        Assert.DoesNotContain(text, portal.Output, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Two_who_have_one_dossier_open_see_each_other_and_what_one_throws_away_is_gone()
    {
        await using var portal = new RunningPortal();
        await portal.InitializeAsync();
        await using var one = await Screen.Open(portal, 1280, "nl");
        await SignIn(one, "Inès Demo-A");
        await one.Page.ClickAsync("tbody a[href*='/dossiers/']");
        var path = new Uri(one.Page.Url).AbsolutePath;
        await using var two = await Screen.Open(portal, 1280, "fr");
        await SignIn(two, "Claire Demo-A");
        await two.Go(path);
        await two.Page.Locator("[data-here]:has-text('Inès Demo-A')").WaitForAsync();
        await Shot(two, "also-open-1280");
        await two.IsSound();
        await two.Page.FillAsync("[name='Form.Text']", "un brouillon");
        await Saved(two);
        await two.Page.ReloadAsync();
        Assert.Equal("un brouillon", await two.Page.InputValueAsync("[name='Form.Text']"));
        await two.Page.SetViewportSizeAsync(320, 640);
        await Shot(two, "restored-320");
        await two.IsSound();
        await two.Page.ClickAsync(".vs-kept button");
        Assert.Equal("", await two.Page.InputValueAsync("[name='Form.Text']"));
        await two.Page.ReloadAsync();
        Assert.Equal("", await two.Page.InputValueAsync("[name='Form.Text']"));
        two.SaysNothingWrong();
        one.SaysNothingWrong();
    }

    private static Task Saved(Screen screen) => screen.Page.Locator("[data-saved]:not(:empty)").WaitForAsync(new() { Timeout = 20_000 });

    private static async Task SignIn(Screen screen, string who)
    {
        await screen.Go("/demo");
        await screen.Page.Locator("button", new() { HasTextString = who }).First.ClickAsync();
        await screen.Page.WaitForURLAsync("**/9901/worklist");
    }

    // Looked at by whoever changes these pages: VS_TEST_SHOTS names a folder.
    private static async Task Shot(Screen screen, string name)
    {
        if (Environment.GetEnvironmentVariable("VS_TEST_SHOTS") is { Length: > 0 } folder) await screen.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = true });
    }
}
