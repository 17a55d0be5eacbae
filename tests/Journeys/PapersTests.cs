using Microsoft.Playwright;
using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>A document from the form to the download and out again; what waits, and how one is told.</summary>
public sealed class PapersTests(RunningPortal portal)
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("VS_LOOK");

    [Theory]
    [InlineData("fr", 1280, true), InlineData("de", 320, true), InlineData("nl", 320, false)]
    public async Task A_document_is_put_in_downloaded_and_withdrawn(string language, int width, bool script)
    {
        await using var screen = await Screen.Open(portal, width, language, script);
        await Become(screen);
        await screen.Page.ClickAsync("tbody a[href*='/dossiers/']");
        var dossier = screen.Page.Url.Split('?', '#')[0];
        await screen.Page.ClickAsync(".vs-tabs a[href$='/documents']");
        await Sound(screen, script);
        await screen.Page.ClickAsync("main a[href$='/documents/add']");
        await Sound(screen, script);
        var title = "Zzcanary attest " + Guid.NewGuid().ToString("N")[..4];
        await screen.Page.CheckAsync("[name='Form.Kind'][value='MedicalCertificate']", new() { Force = true });
        await screen.Page.FillAsync("[name='Form.Title']", title);
        await screen.Page.FillAsync("[name='Form.Warning']", "Zzcanary photos of injuries");
        await screen.Page.SetInputFilesAsync("[name='Form.File']", new FilePayload { Name = "Zzcanary.pdf", MimeType = "application/pdf", Buffer = "<html>"u8.ToArray() });
        await Submit(screen); // a web page that calls itself a PDF
        Assert.Equal(title, await screen.Page.InputValueAsync("[name='Form.Title']"));
        await Sound(screen, script);
        await Look(screen, "document-add", width);
        await Persons(screen);
        await screen.Page.SetInputFilesAsync("[name='Form.File']", new FilePayload { Name = "Zzcanary.pdf", MimeType = "application/pdf", Buffer = "%PDF-1.7\n%%EOF"u8.ToArray() });
        await Submit(screen);
        Assert.Contains(title, await screen.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        await Sound(screen, script);
        await Look(screen, "documents", width);
        await Assertions.Expect(screen.Page.Locator(".vs-card", new() { HasTextString = title }).Locator(".vs-badge--warn")).ToContainTextAsync("Zzcanary photos of injuries");
        var download = await screen.Page.RunAndWaitForDownloadAsync(() => screen.Page.Locator(".vs-card", new() { HasTextString = title }).Locator("a[href$='/file']").ClickAsync());
        Assert.Matches("^document-[0-9]{8}-[0-9a-f]{6}\\.pdf$", download.SuggestedFilename);
        Assert.Equal("%PDF-1.7\n%%EOF", await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken));
        await screen.Page.Locator(".vs-card", new() { HasTextString = title }).Locator("a[href$='/warning']").ClickAsync();
        await Sound(screen, script);
        await screen.Page.FillAsync("[name='Form.Warning']", "Foto’s");
        await Look(screen, "document-warning", width);
        await Submit(screen);
        Assert.Contains("Foto’s", await screen.Page.Locator(".vs-card", new() { HasTextString = title }).InnerTextAsync(), StringComparison.Ordinal);
        await screen.Page.Locator(".vs-card", new() { HasTextString = title }).Locator("a[href$='/withdraw']").ClickAsync();
        await Sound(screen, script);
        await screen.Page.CheckAsync("[name='Form.Reason'][value='WrongFile']", new() { Force = true });
        await Submit(screen);
        Assert.DoesNotContain(title, await screen.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        await screen.Go(dossier);
        await Sound(screen, script);
        Assert.All(screen.Addresses, address => Assert.DoesNotContain("Zzcanary", address, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("Zzcanary attest", portal.Output, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("nl", 1280, true), InlineData("fr", 320, false)]
    public async Task Behind_the_bell_stands_what_waits_and_how_one_is_told(string language, int width, bool script)
    {
        await using var screen = await Screen.Open(portal, width, language, script);
        await Become(screen);
        await screen.Page.ClickAsync("a.vs-bell");
        Assert.EndsWith("/waiting", screen.Page.Url, StringComparison.Ordinal);
        await Sound(screen, script);
        await Look(screen, "waiting", width);
        await screen.Page.ClickAsync("main a[href$='/waiting/mail']");
        await Sound(screen, script);
        await screen.Page.CheckAsync("[name='Form.Rhythm'][value='Daily']", new() { Force = true });
        await screen.Page.SelectOptionAsync("[name='Form.Hour']", "7");
        await screen.Page.CheckAsync("[name='Form.WorkingDaysOnly'][value='true']", new() { Force = true });
        await Look(screen, "waiting-mail", width);
        await Submit(screen);
        await screen.Page.ClickAsync("main a[href$='/waiting/mail']");
        Assert.True(await screen.Page.IsCheckedAsync("[name='Form.Rhythm'][value='Daily']"));
        Assert.Equal("7", await screen.Page.InputValueAsync("[name='Form.Hour']"));
    }

    private static async Task Persons(Screen screen)
    {
        var boxes = screen.Page.Locator("input[type=checkbox][name='Form.Persons']");
        if (await boxes.CountAsync() > 0 && await boxes.Locator("xpath=self::*[@checked]").CountAsync() == 0) await boxes.First.CheckAsync(new() { Force = true });
    }

    private static Task Sound(Screen screen, bool script) => script ? screen.IsSound() : screen.FitsItsWidth();

    private static async Task Look(Screen screen, string name, int width)
    {
        if (Folder is not null) await screen.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}-{width}.png"), FullPage = true });
    }

    private static Task Submit(Screen screen) => screen.Page.Locator("main form[method=post]:not([data-away]) > button[type=submit], main form[method=post]:not([data-away]) button.govuk-button[type=submit]").Last.Sends();

    private static async Task Become(Screen screen)
    {
        await screen.Go("/demo");
        await screen.Page.Locator("button", new() { HasTextString = "Karel Demo-A" }).First.ClickAsync();
        await screen.Page.Arrives("**/9901/**");
    }
}
