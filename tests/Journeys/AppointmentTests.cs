using System.Globalization;
using Microsoft.Playwright;
using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>An appointment from the plan to the record, a visit in and out, and the week in which it stands.</summary>
public sealed class AppointmentTests(RunningPortal portal)
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("VS_LOOK");

    [Theory]
    [InlineData("fr", 1280, true), InlineData("de", 320, true), InlineData("nl", 320, false)]
    public async Task A_visit_is_planned_stands_in_the_week_is_gone_to_and_recorded(string language, int width, bool script)
    {
        await using var screen = await Screen.Open(portal, width, language, script);
        await Become(screen, "Karel Demo-A");
        var (dossier, number) = await Registers(screen, "Rosa", "Oefening" + Guid.NewGuid().ToString("N")[..4]);

        await screen.Page.ClickAsync("section[aria-labelledby=next] a[href$='/appointments']");
        await Sound(screen, script);
        var day = DateTime.UtcNow.AddDays(1 + Random.Shared.Next(700));
        await screen.Page.FillAsync("[name='Form.At.Date']", day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        await screen.Page.FillAsync("[name='Form.At.Time']", "14:15");
        await screen.Page.FillAsync("[name='Form.Minutes']", "45");
        await screen.Page.FillAsync("[name='Form.Travel']", "20");
        await Submit(screen); // no place yet
        Assert.Equal("14:15", await screen.Page.InputValueAsync("[name='Form.At.Time']"));
        await Sound(screen, script);
        await Look(screen, "plan", width);
        await screen.Page.CheckAsync("[name='Form.Place'][value='Home']", new() { Force = true });
        await Submit(screen);
        Assert.Equal(dossier, screen.Page.Url);
        Assert.Contains("14:15", await screen.Page.InnerTextAsync("section[aria-labelledby=next]"), StringComparison.Ordinal);
        await Sound(screen, script);
        await Look(screen, "dossier", width);

        await screen.Go($"/9901/agenda?week={ISOWeek.GetYear(day):0000}-W{ISOWeek.GetWeekOfYear(day):00}");
        Assert.Contains(number, await screen.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        await Sound(screen, script);
        await Look(screen, "week", width);

        await screen.Go(dossier);
        await screen.Page.ClickAsync("section[aria-labelledby=next] a[href$='/visit']");
        await Sound(screen, script);
        await Submit(screen); // not today
        Assert.True(await screen.Page.Locator(".govuk-error-summary").IsVisibleAsync());
        await screen.Go(dossier);
        await screen.Page.Locator("section[aria-labelledby=next] a[href*='/appointments/']:not([href$='/visit']):not([href$='/cancel'])").First.ClickAsync();
        var soon = TimeZoneInfo.ConvertTimeBySystemTimeZoneId(DateTimeOffset.UtcNow.AddMinutes(30), "Europe/Brussels");
        await screen.Page.FillAsync("[name='Form.At.Date']", soon.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        await screen.Page.FillAsync("[name='Form.At.Time']", soon.ToString("HH:mm", CultureInfo.InvariantCulture));
        await Submit(screen);
        if (screen.Page.Url != dossier)
        {
            await screen.Page.CheckAsync("[name='Form.Despite']", new() { Force = true }); // he goes elsewhere at that moment, or the office is closed
            await Submit(screen);
        }
        await screen.Page.ClickAsync("section[aria-labelledby=next] a[href$='/visit']");
        await Submit(screen);
        await Sound(screen, script);
        await Look(screen, "visit", width);
        await screen.Page.ClickAsync("main form[action*='Out'] button");
        await screen.Page.ClickAsync("main a.govuk-button[href*='appointment=']");
        await Sound(screen, script);
        await screen.Page.CheckAsync("[name='Form.Services'][value='Listening']", new() { Force = true });
        await screen.Page.CheckAsync("[name='Form.Informed'][value='DataUse']", new() { Force = true });
        await Submit(screen);
        Assert.Equal(dossier, screen.Page.Url);
        Assert.Equal(0, await screen.Page.Locator("section[aria-labelledby=next] a[href$='/visit']").CountAsync());
        await Sound(screen, script);

        await screen.Go("/9901/agenda/feeds");
        await Submit(screen);
        Assert.Contains("/9901/agenda/feed/", await screen.Page.InnerTextAsync("main code"), StringComparison.Ordinal);
        await Sound(screen, script);
        await Look(screen, "feed", width);
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
