using System.Globalization;
using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>A long menu: what is everyday stands open, what is rare behind one press, and one entry alone is the one where one stands.</summary>
public sealed class MenuTests(RunningPortal portal)
{
    [Theory]
    [InlineData("fr", 1280, true), InlineData("nl", 320, true), InlineData("de", 320, false)]
    public async Task What_is_rare_stands_behind_one_press(string language, int width, bool script)
    {
        await using var screen = await Screen.Open(portal, width, language, script);
        var page = screen.Page;
        await screen.Go("/demo");
        await page.ClickAsync($".vs-languages a[lang='{language}'], .vs-languages span[lang='{language}']");
        await page.Locator("button", new() { HasTextString = "Claire Demo-A" }).First.ClickAsync();
        await page.Arrives("**/9901/worklist");
        var folded = script && width < 640;
        if (folded) await page.ClickAsync(".govuk-service-navigation__toggle");
        Assert.True(await page.IsVisibleAsync("#menu > li > a[href='/9901/search']"));
        Assert.False(await page.IsVisibleAsync("#menu a[href='/9901/absences']"));
        Assert.True(width < 640 || (await page.Locator(".govuk-service-navigation").BoundingBoxAsync())!.Height < 150);
        await Shot(screen, "menu", width);

        // By keyboard, and away again.
        var more = page.Locator(".vs-more summary");
        await more.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        Assert.True(await page.IsVisibleAsync("#menu a[href='/9901/absences']"));
        if (script) await screen.IsSound(); else await screen.FitsItsWidth();
        await Shot(screen, "menu-more", width);
        if (script)
        {
            await page.Keyboard.PressAsync("Escape");
            Assert.False(await page.IsVisibleAsync("#menu a[href='/9901/absences']"));
            await page.Keyboard.PressAsync("Enter");
        }
        await page.ClickAsync("#menu a[href='/9901/absences']");
        await page.Arrives("**/9901/absences");
        var name = await page.Locator("#menu a[href='/9901/absences']").TextContentAsync();
        Assert.Contains(name!, await page.Locator(".vs-more summary").TextContentAsync(), StringComparison.Ordinal);
        Assert.Equal(["/9901/absences"], await Current());
        if (script) await screen.IsSound(); else await screen.FitsItsWidth();

        // Below the figures too one entry alone is the one where one stands.
        await screen.Go("/9901/our-figures/report");
        Assert.Equal(["/9901/our-figures/report"], await Current());

        Task<string[]> Current() => page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('#menu [aria-current]')].map(a => a.getAttribute('href'))");
    }

    private static async Task Shot(Screen screen, string name, int width)
    {
        if (Environment.GetEnvironmentVariable("VS_LOOK") is { Length: > 0 } folder) await screen.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{name}-{width}.png")) });
    }
}
