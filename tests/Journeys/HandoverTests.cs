using Microsoft.Playwright;
using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>Story S6: facts in a French-speaking zone, the victim lives in a Dutch-speaking one. Proposed, asked, answered, accepted, in two browsers at once; who answers for her is seen in both, she is told in Dutch, and counted once.</summary>
public sealed class HandoverTests(RunningPortal portal)
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("VS_HANDOVER_SCREENS");

    [Theory]
    [InlineData(1280, true), InlineData(320, true), InlineData(320, false)]
    public async Task From_the_zone_of_the_facts_to_the_zone_where_she_lives(int width, bool script)
    {
        await using var a = await Screen.Open(portal, width, "fr", script);
        await using var b = await Screen.Open(portal, width, "nl", script);
        var name = "Zzcanary" + Guid.NewGuid().ToString("N")[..6];
        await Become(a, "Demo-A", "9901", "fr");
        await Become(b, "Demo-B", "9902", "nl");
        await a.Go("/9901/intake");
        await Radio(a, "Form.Trigger", "Patrol");
        await Radio(a, "Form.SubKind", "Assault");
        await a.Page.FillAsync("[name='Form.GivenName']", "Mia");
        await a.Page.FillAsync("[name='Form.FamilyName']", name);
        await a.Page.FillAsync("[name='Form.Phone']", $"0470 {Random.Shared.Next(10, 99)} {Random.Shared.Next(10, 99)} {Random.Shared.Next(10, 99)}");
        await Radio(a, "Form.Safe", "Safe");
        if (await a.Page.Locator("select[name='Form.Language']").CountAsync() > 0) await a.Page.SelectOptionAsync("[name='Form.Language']", "nl");
        else await Radio(a, "Form.Language", "nl");
        await a.Page.ClickAsync("main form[method=post] button[type=submit]:not([formaction])");
        if (a.Page.Url.Contains("/known/", StringComparison.Ordinal)) await a.Page.ClickAsync("main a.govuk-button");
        var dossier = a.Page.Url;

        // Proposed: ticked, seen, sent.
        await a.Page.ClickAsync("section[aria-labelledby='handover'] a[href$='/handover']");
        await Sound(a, script);
        await a.Page.SelectOptionAsync("[name='Form.Zone']", "9902");
        await a.Page.FillAsync("[name='Form.Reason']", "Zzreason");
        await Radio(a, "Form.Basis", "TheyAgree");
        await Radio(a, "Form.Told", "False");
        await Shot(a, "handover-propose", width);
        await a.Page.ClickAsync("main button[formaction*='handler=Preview']");
        Assert.Contains(name, await a.Page.InnerTextAsync("[data-goes]"), StringComparison.Ordinal);
        await Sound(a, script);
        await Shot(a, "handover-preview", width);
        await a.Page.Locator("main form[method=post]", new() { Has = a.Page.Locator("[name='Form.Shown']") }).Locator("button[type=submit]:not([formaction])").ClickAsync();
        await a.Page.Arrives("**/handovers/*");
        var handover = new Uri(a.Page.Url).AbsolutePath["/9901".Length..];
        await Sound(a, script);
        await Shot(a, "handover-sent", width);
        Assert.Contains("9901", await Owner(a), StringComparison.Ordinal);

        // It arrives by itself; there it is read, and asked about.
        await Arriving.Until(async () => (await b.Page.GotoAsync(b.Home + "/9902" + handover))!.Status == 200);
        Assert.Contains(name, await b.Page.InnerTextAsync("[data-goes]"), StringComparison.Ordinal);
        Assert.Contains("9901", await Owner(b), StringComparison.Ordinal);
        await Sound(b, script);
        await Shot(b, "handover-came", width);
        await b.Go("/9902/handovers");
        await Sound(b, script);
        await Shot(b, "handover-list", width);
        await Decides(b, handover, "Ask", "Form.Question", "Zzquestion", script, width);
        await Arriving.Until(() => State(a, "9901", handover, "Asked"));
        await a.Page.ClickAsync("a[href$='/reply']");
        Assert.Contains("Zzquestion", await a.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        await a.Page.FillAsync("[name='Form.Text']", "Zzanswer");
        await Sound(a, script);
        await Shot(a, "handover-reply", width);
        await a.Page.Locator("main form[method=post]", new() { Has = a.Page.Locator("[name='Form.Text']") }).Locator("button[type=submit]").ClickAsync();
        await Arriving.Until(() => State(b, "9902", handover, "Delivered"));
        Assert.Contains("Zzanswer", await b.Page.InnerTextAsync("[data-history]"), StringComparison.Ordinal);

        // Accepted: theirs, in both zones.
        await Decides(b, handover, "Accept", null, "", script, width);
        await b.Page.Arrives("**/9902/dossiers/*");
        Assert.Contains(name, await b.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        await Sound(b, script);
        await Shot(b, "handover-dossier", width);
        var theirs = b.Page.Url;
        await b.Go("/9902" + handover);
        Assert.Contains("9902", await Owner(b), StringComparison.Ordinal);
        await Arriving.Until(() => State(a, "9901", handover, "Accepted"));
        Assert.Contains("9902", await Owner(a), StringComparison.Ordinal);
        await Sound(a, script);
        await Shot(a, "handover-accepted", width);
        await a.Page.GotoAsync(dossier);
        Assert.Contains("9902", await a.Page.InnerTextAsync("section[aria-labelledby='handover']"), StringComparison.Ordinal);
        await Sound(a, script);
        await Shot(a, "handover-dossier-before", width);

        // She is to be told, in her language, when she is reached for the first time.
        await b.Page.GotoAsync(theirs);
        Assert.Contains("Zeggen wie er nu voor de persoon is", await b.Page.InnerTextAsync("section[aria-labelledby='next']"), StringComparison.Ordinal);
        Assert.Contains("Nederlands", await b.Page.InnerTextAsync(".vs-identity"), StringComparison.Ordinal);

        a.SaysNothingWrong();
        b.SaysNothingWrong();
        Assert.All(a.Addresses.Concat(b.Addresses), address => Assert.DoesNotContain(name, address, StringComparison.OrdinalIgnoreCase));
        foreach (var secret in new[] { name, "Zzreason", "Zzquestion", "Zzanswer" }) Assert.DoesNotContain(secret, portal.Output, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task Become(Screen screen, string who, string zone, string language)
    {
        await screen.Go("/demo");
        await screen.Page.ClickAsync($".vs-languages a[lang='{language}'], .vs-languages span[lang='{language}']");
        await screen.Page.Locator("button", new() { HasTextString = $"Claire {who}" }).First.ClickAsync();
        await screen.Page.Arrives($"**/{zone}/worklist");
    }

    private static async Task Decides(Screen screen, string handover, string what, string? field, string text, bool script, int width)
    {
        await screen.Go($"/9902{handover}/decision");
        await Radio(screen, "Form.Decision", what);
        if (field is not null) await screen.Page.FillAsync($"[name='{field}']", text);
        await Sound(screen, script);
        await Shot(screen, $"handover-{what}", width);
        await screen.Page.Locator("main form[method=post]", new() { Has = screen.Page.Locator("[name='Form.Decision']") }).Locator("button[type=submit]").ClickAsync();
    }

    private static Task<string> Owner(Screen screen) => screen.Page.InnerTextAsync("[data-owner]");

    private static async Task<bool> State(Screen screen, string zone, string handover, string state)
    {
        await screen.Go($"/{zone}{handover}");
        return await screen.Page.Locator($"[data-state='{state}']").CountAsync() == 1;
    }

    private static Task Radio(Screen screen, string field, string value) => screen.Page.Locator($"[name='{field}'][value='{value}']").CheckAsync(new() { Force = true });
    private static Task Sound(Screen screen, bool script) => script ? screen.IsSound() : screen.FitsItsWidth();

    private static async Task Shot(Screen screen, string name, int width)
    {
        if (Folder is not null) await screen.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}-{width}.png"), FullPage = true });
    }
}
