using System.Globalization;
using Microsoft.Playwright;
using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>A colleague of two zones: the home across both, from one to the other in one press, and two tabs that never mix.</summary>
public sealed class HomeTests(RunningPortal portal)
{
    [Theory]
    [InlineData("fr", 1280, true, false), InlineData("de", 320, true, true), InlineData("nl", 320, false, false), InlineData("en", 1280, false, false)]
    public async Task The_home_shows_what_waits_in_each_zone_and_leads_there(string language, int width, bool script, bool night)
    {
        await using var screen = await Screen.Open(portal, width, language, script, night);
        await Become(screen);
        await Registers(screen.Page, portal.Address + "/9901/intake", "Exemple"); // something waits
        await screen.Go("/account/home");
        Assert.Equal(["9901", "9902"], await screen.Page.Locator(".vs-doorstep__code").AllInnerTextsAsync());
        foreach (var zone in new[] { "9901", "9902" }) Assert.True(await screen.Page.Locator($".vs-doorstep__lines a[href='/{zone}/worklist'] .vs-doorstep__count").CountAsync() >= 3);
        Assert.True(int.Parse(await screen.Page.Locator(".vs-doorstep__lines a[href='/9901/worklist'] .vs-doorstep__count").First.InnerTextAsync(), CultureInfo.InvariantCulture) > 0);
        var shown = await screen.Page.InnerTextAsync(".vs-doorsteps");
        Assert.DoesNotContain("Exemple", shown, StringComparison.Ordinal);
        // Each zone has the colour of its own pages.
        var bar = await Colour(screen.Page, "[href='/9902/']", night);
        await IsSound(screen, script);
        await Picture(screen.Page, $"home-{language}-{width}");
        await screen.Page.ClickAsync(".vs-doorstep__lines a[href='/9902/worklist'] >> nth=0");
        await screen.Page.Arrives("**/9902/worklist");
        Assert.Equal(bar, await screen.Page.Locator(".vs-header").EvaluateAsync<string>("e => getComputedStyle(e).borderTopColor"));
        Assert.Contains("– 9902 –", await screen.Page.TitleAsync(), StringComparison.Ordinal);
        await IsSound(screen, script);
        await Picture(screen.Page, $"home-zone-{language}-{width}");

        // By keyboard alone, from any page.
        await screen.Go("/9902/search");
        await screen.Page.Locator(".vs-zones a[href='/9901/']").FocusAsync();
        await screen.Page.Keyboard.PressAsync("Enter");
        await screen.Page.Arrives("**/9901/worklist");
        Assert.Equal("9901", await screen.Page.InnerTextAsync(".vs-zone__code"));
    }

    [Theory]
    [InlineData("en", 1280, true), InlineData("fr", 320, false)]
    public async Task Two_tabs_in_two_zones_never_mix(string language, int width, bool script)
    {
        await using var screen = await Screen.Open(portal, width, language, script);
        await Become(screen);
        var family = "Beispiel" + Guid.NewGuid().ToString("N")[..4];
        await screen.Go("/9901/intake");
        await Fills(screen.Page, family);
        // The second tab enters the other zone, and is filled in too; its pass is the newer.
        var other = await screen.Context.NewPageAsync();
        await other.GotoAsync(portal.Address + "/9902/intake");
        await Fills(other, family + "Twee");
        Assert.Equal(("9901", "9902"), (await screen.Page.InnerTextAsync(".vs-zone__code"), await other.InnerTextAsync(".vs-zone__code")));
        Assert.NotEqual(await screen.Page.TitleAsync(), await other.TitleAsync());
        if (script)
        {
            // What is saved while it is typed comes back in its own zone only.
            await screen.Page.Locator(".vs-saved:not(:empty)").First.WaitForAsync(new() { State = WaitForSelectorState.Attached, Timeout = 15_000 });
            var third = await screen.Context.NewPageAsync();
            await third.GotoAsync(portal.Address + "/9902/intake");
            Assert.DoesNotContain(await third.Locator("[name='Form.FamilyName']").EvaluateAllAsync<string[]>("all => all.map(e => e.value)"), typed => typed == family);
            await third.CloseAsync();
        }
        await Sends(screen.Page);
        await screen.Page.Arrives(url => url.Contains("/9901/dossiers/", StringComparison.Ordinal));
        await Sends(other);
        await other.Arrives(url => url.Contains("/9902/dossiers/", StringComparison.Ordinal));
        Assert.Contains(family, await screen.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        Assert.Contains(family + "Twee", await other.InnerTextAsync("main"), StringComparison.Ordinal);
        // The one zone knows nothing of the other's, not even by its address.
        var id = new Uri(screen.Page.Url).Segments[^1];
        Assert.Equal(404, (await other.GotoAsync($"{portal.Address}/9902/dossiers/{id}"))!.Status);
        Assert.Equal("9902", await other.InnerTextAsync(".vs-zone__code"));
    }

    [Fact]
    public async Task On_paper_too_one_sees_whose_page_it_is()
    {
        await using var screen = await Screen.Open(portal, language: "fr");
        await Become(screen);
        await screen.Go("/9902/worklist");
        await screen.Page.EmulateMediaAsync(new() { Media = Media.Print });
        Assert.True(await screen.Page.Locator(".vs-zone").IsVisibleAsync());
        Assert.Contains("Zone Lindeberg", await screen.Page.InnerTextAsync(".vs-zone"), StringComparison.Ordinal);
        Assert.Equal("6px", await screen.Page.Locator(".vs-header").EvaluateAsync<string>("e => getComputedStyle(e).borderTopWidth"));
        // Black on no ground: a printer that leaves grounds out still prints the code.
        Assert.Equal("rgb(0, 0, 0)", await screen.Page.Locator(".vs-zone__code").EvaluateAsync<string>("e => getComputedStyle(e).color"));
        foreach (var gone in new[] { ".vs-zones", ".vs-header__end", ".govuk-service-navigation", ".vs-header__product" }) Assert.False(await screen.Page.Locator(gone).First.IsVisibleAsync(), gone);
        await Picture(screen.Page, "home-print");
        // A letter has nothing of it: its envelope is neutral.
        await screen.Go("/9902/intake/card");
        Assert.False(await screen.Page.Locator(".vs-header").IsVisibleAsync());
    }

    private static async Task Become(Screen screen)
    {
        await screen.Go("/demo");
        await screen.Page.Locator("button", new() { HasTextString = "Jonas Demo-B" }).First.ClickAsync();
        await screen.Page.Arrives("**/990*/worklist");
    }

    private static async Task Fills(IPage page, string family)
    {
        await page.CheckAsync("[name='Form.Trigger'][value='Person']", new() { Force = true });
        await page.CheckAsync("[name='Form.SubKind'][value='Burglary']", new() { Force = true });
        await page.FillAsync("[name='Form.GivenName']", "Otis");
        await page.FillAsync("[name='Form.FamilyName']", family);
    }

    private static async Task Sends(IPage page)
    {
        await page.Locator("main form button[type=submit]:not([formaction])").Last.ClickAsync();
        await page.Arrives(url => !url.EndsWith("/intake", StringComparison.Ordinal));
        if (page.Url.Contains("/known/", StringComparison.Ordinal)) await page.ClickAsync("main a.govuk-button");
    }

    private static async Task Registers(IPage page, string at, string family)
    {
        await page.GotoAsync(at);
        await Fills(page, family + Guid.NewGuid().ToString("N")[..4]);
        await Sends(page);
    }

    // The band above a zone's name at home; of two, that of the theme is shown.
    private static Task<string> Colour(IPage page, string zone, bool night) =>
        page.Locator($".vs-doorstep:has(h3 a{zone}) rect.{(night ? "vs-by-night" : "vs-by-day")}").EvaluateAsync<string>("e => getComputedStyle(e).fill");

    private static async Task IsSound(Screen screen, bool script)
    {
        if (script) await screen.IsSound();
        else await screen.FitsItsWidth();
    }

    private static async Task Picture(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("VS_TEST_PICTURES") is { Length: > 0 } folder) await page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = true });
    }
}
