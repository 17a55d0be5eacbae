using Microsoft.Playwright;
using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>Who sees what, as people meet it: a glass broken in an emergency, and a wall behind which a dossier is nowhere.</summary>
public sealed class VisibilityTests(RunningPortal portal)
{
    [Theory]
    [InlineData("fr", 1280, true), InlineData("de", 320, false)]
    public async Task A_broken_glass_shows_a_red_band_until_it_is_ended_and_is_signed(string language, int width, bool script)
    {
        await using var screen = await Screen.Open(portal, width, language, script);
        await Become(screen, "Karel Demo-A");
        var (address, number) = await Registers(screen, "Hugo", "Muster");

        await Become(screen, "Inès Demo-A");
        Assert.Equal(404, (await screen.Page.GotoAsync(address))!.Status);
        await screen.Go("/9901/search");
        await screen.Page.ClickAsync("main a[href$='/break-glass']");
        if (script) await screen.IsSound();
        await screen.Page.FillAsync("[name='Form.Number']", "2026-22222");
        await screen.Page.FillAsync("[name='Form.Reason']", "Il est à l'accueil, en détresse.");
        await Submit(screen);
        Assert.Equal("Il est à l'accueil, en détresse.", await screen.Page.InputValueAsync("[name='Form.Reason']"));
        await screen.Page.FillAsync("[name='Form.Number']", number);
        await Submit(screen);
        Assert.Equal(address, screen.Page.Url);
        Assert.True(await screen.Page.Locator(".vs-alarm").IsVisibleAsync());
        if (script) await screen.IsSound();
        await screen.FitsItsWidth();
        await screen.Page.ClickAsync("main a[href$='/facts']");
        Assert.True(await screen.Page.Locator(".vs-alarm").IsVisibleAsync());
        await screen.Go("/9901/worklist");
        Assert.Equal(0, await screen.Page.Locator(".vs-alarm").CountAsync());
        await screen.Go(address);
        await screen.Page.ClickAsync(".vs-alarm button");
        await screen.Page.Arrives("**/9901/worklist");
        Assert.Equal(404, (await screen.Page.GotoAsync(address))!.Status);

        await Become(screen, "Greta Demo-A");
        await screen.Go("/9901/break-glass/reviews");
        Assert.Contains(number, await screen.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        if (script) await screen.IsSound();
        await screen.FitsItsWidth();
    }

    [Theory]
    [InlineData("nl", 1280, true), InlineData("en", 320, true)]
    public async Task Behind_a_wall_a_dossier_is_nowhere(string language, int width, bool script)
    {
        await using var screen = await Screen.Open(portal, width, language, script);
        await Become(screen, "Inès Demo-A");
        var family = "Oefening" + Guid.NewGuid().ToString("N")[..4];
        var (address, number) = await Registers(screen, "Otis", family);

        await Become(screen, "Claire Demo-A");
        await screen.Go(address + "/who-may-see");
        await screen.IsSound();
        await screen.Page.ClickAsync("main a[href*='/walls/']");
        Assert.Equal(number, await screen.Page.InputValueAsync("[name='Form.Number']"));
        await screen.IsSound();
        await screen.Page.SelectOptionAsync("[name='Form.Colleague']", new SelectOptionValue { Label = "Inès Demo-A" });
        await Submit(screen);
        Assert.Contains(number, await screen.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        await screen.IsSound();

        await Become(screen, "Inès Demo-A");
        Assert.Equal(404, (await screen.Page.GotoAsync(address))!.Status);
        foreach (var typed in new[] { family, number })
        {
            await screen.Go("/9901/search");
            await screen.Page.FillAsync("[name='Form.Text']", typed);
            await Submit(screen);
            Assert.Equal(0, await screen.Page.Locator("main tbody tr").CountAsync());
        }
        await screen.Go("/9901/worklist?tab=Team");
        Assert.DoesNotContain(number, await screen.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        await screen.Go("/9901/break-glass");
        await screen.Page.FillAsync("[name='Form.Number']", number);
        await screen.Page.FillAsync("[name='Form.Reason']", "She stands at the desk.");
        await Submit(screen);
        Assert.EndsWith("/break-glass", screen.Page.Url, StringComparison.Ordinal);
    }

    private static async Task Become(Screen screen, string name)
    {
        await screen.Go("/demo");
        await screen.Page.Locator("button", new() { HasTextString = name }).First.ClickAsync();
        await screen.Page.Arrives("**/9901/**");
    }

    private static async Task<(string Address, string Number)> Registers(Screen screen, string given, string family)
    {
        await screen.Go("/9901/intake");
        await screen.Page.CheckAsync("[name='Form.Trigger'][value='Person']", new() { Force = true });
        await screen.Page.CheckAsync("[name='Form.SubKind'][value='Burglary']", new() { Force = true });
        await screen.Page.FillAsync("[name='Form.GivenName']", given);
        await screen.Page.FillAsync("[name='Form.FamilyName']", family);
        await Submit(screen);
        if (screen.Page.Url.Contains("/known/", StringComparison.Ordinal)) await screen.Page.ClickAsync("main a.govuk-button");
        return (screen.Page.Url, (await screen.Page.InnerTextAsync(".vs-identity strong")).Trim());
    }

    private static Task Submit(Screen screen) => screen.Page.Locator("main form button[type=submit]:not([formaction])").Last.Sends();
}
