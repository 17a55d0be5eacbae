using System.Globalization;
using Microsoft.Playwright;
using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>A consultation body is added, a meeting is recorded with a decision and an action point, the point stands on its owner's home and worklist, and is done; the report of the year counts it; by mouse, and with script off on a phone.</summary>
public sealed class BodyTests(RunningPortal portal)
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("VS_BODY_SCREENS");

    [Theory]
    [InlineData("en", 1280, true), InlineData("fr", 320, false), InlineData("nl", 320, true), InlineData("de", 1280, false)]
    public async Task From_a_meeting_to_an_action_point_that_is_done(string language, int width, bool script)
    {
        var mark = Guid.NewGuid().ToString("N")[..6];
        var (title, decision, todo) = ("Raad " + mark, "Decision " + mark, "Write the sheet " + mark);
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(DateTimeOffset.UtcNow, TimeZoneInfo.FindSystemTimeZoneById("Europe/Brussels")).DateTime);
        await using var screen = await Screen.Open(portal, width, language, script);
        var page = screen.Page;

        // Inès, before: the demo may have given her some.
        await using var owner = await Screen.Open(portal, width, language, script);
        await As(owner, "Inès Demo-A", language);
        var before = await AtHome(owner);

        await As(screen, "Claire Demo-A", language);
        var counted = await ReportRows.Of(screen, "9901", today.AddDays(-1).Year, "bodies");
        await screen.Go("/9901/bodies");
        await Sound(screen, script);
        await Shot(screen, "bodies", width);
        await page.ClickAsync("main a.govuk-button");
        await page.FillAsync("[name='Form.Title']", title);
        await page.SelectOptionAsync("[name='Form.Kind']", "DOMESTIC_VIOLENCE");
        await Tick(page, "Form.Representing", "Claire Demo-A");
        await Tick(page, "Form.Staff", "Inès Demo-A");
        await page.FillAsync("[name='Form.Outside']", "A. Fictif\nB. Muster");
        await Sound(screen, script);
        await Shot(screen, "body-edit", width);
        await Sends(screen, "[name='Form.Title']");
        await page.Arrives(url => url.Contains("/9901/bodies/", StringComparison.Ordinal) && !url.Contains("/edit", StringComparison.Ordinal));
        Assert.Contains("B. Muster", await page.InnerTextAsync("main"), StringComparison.Ordinal);
        await Sound(screen, script);
        await Shot(screen, "body", width);

        // A meeting of yesterday; forgetting to say that it took place loses nothing of what was typed.
        await page.ClickAsync("main a.govuk-button");
        await page.FillAsync("[name='Form.At.Date']", Iso(today.AddDays(-1)));
        await page.FillAsync("[name='Form.At.Time']", "10:00");
        await page.FillAsync("[name='Form.Agenda']", "Figures\nThe sheet");
        await page.FillAsync("[name='Form.Decisions']", decision);
        await page.FillAsync("[name='Form.Minutes']", "All were heard.\nNobody objected.");
        await page.FillAsync("[name='Form.Points[0].What']", todo);
        await page.Locator("[name='Form.Points[0].Owner']").SelectOptionAsync(new SelectOptionValue { Label = "Inès Demo-A" });
        await page.FillAsync("[name='Form.Points[0].Due']", Iso(today.AddDays(1)));
        await Sound(screen, script);
        await Shot(screen, "body-meeting", width);
        await Sends(screen, "[name='Form.Decisions']");
        await page.Locator("#Form_Held-error").WaitForAsync();
        Assert.Equal(decision, (await page.InputValueAsync("[name='Form.Decisions']")).Trim());
        Assert.Equal(todo, await page.InputValueAsync("[name='Form.Points[0].What']"));
        await Sound(screen, script);
        await Shot(screen, "body-meeting-error", width);
        await page.CheckAsync("[name='Form.Held']", new() { Force = true });
        await Sends(screen, "[name='Form.Decisions']");
        await page.Arrives(url => url.Contains("/9901/meetings/", StringComparison.Ordinal));
        Assert.Equal([decision], await page.Locator("[data-decisions] li").AllInnerTextsAsync());
        Assert.Contains(todo, await page.InnerTextAsync("main table"), StringComparison.Ordinal);
        await Sound(screen, script);
        await Shot(screen, "body-minutes", width);
        await page.EmulateMediaAsync(new() { Media = Media.Print });
        Assert.Equal(0, await page.Locator("main .vs-unprinted:visible").CountAsync());
        await Shot(screen, "body-minutes-printed", width);
        await page.EmulateMediaAsync(new() { Media = Media.Screen });

        // It waits at the owner's home, on her worklist and in her list, and nowhere else is what it says.
        Assert.Equal(before + 1, await AtHome(owner));
        Assert.DoesNotContain(mark, await owner.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        await Sound(owner, script);
        await Shot(owner, "body-home", width);
        await owner.Go("/9901/worklist");
        await owner.Page.ClickAsync(".vs-card a[href$='/action-points']");
        await owner.Page.Arrives("**/9901/action-points");
        await Sound(owner, script);
        await Shot(owner, "body-points", width);
        var row = owner.Page.Locator("main table tbody tr", new() { HasTextString = todo });
        await row.Locator("a[href$='/later']").ClickAsync();
        await owner.Page.FillAsync("[name='Form.Due']", Iso(today.AddDays(8)));
        await Sound(owner, script);
        await Shot(owner, "body-later", width);
        await Sends(owner, "[name='Form.Due']");
        await owner.Page.Arrives("**/9901/action-points");
        await owner.Page.Locator("main table tbody tr", new() { HasTextString = todo }).Locator("form[action*='handler=Done'] button").ClickAsync();
        await owner.Page.Arrives(url => url.Contains("/9901/action-points", StringComparison.Ordinal));
        await owner.Page.Locator("main table tbody tr", new() { HasTextString = todo }).WaitForAsync(new() { State = WaitForSelectorState.Detached });
        Assert.Equal(before, await AtHome(owner));
        owner.SaysNothingWrong();

        // Projects and events.
        await screen.Go("/9901/projects/edit");
        await page.FillAsync("[name='Form.Title']", "Project " + mark);
        await Sound(screen, script);
        await Shot(screen, "body-project-edit", width);
        await Sends(screen, "[name='Form.Title']");
        await page.Arrives(url => url.Contains("/9901/projects/", StringComparison.Ordinal) && !url.Contains("/edit", StringComparison.Ordinal));
        await page.FillAsync("[name='Form.Title']", "First text");
        await page.FillAsync("[name='Form.Due']", Iso(today.AddDays(20)));
        await Sends(screen, "[name='Form.Title']");
        await page.Locator("form[action*='handler=Reached'] button").ClickAsync();
        await page.Locator("form[action*='handler=Reopen'] button").WaitForAsync();
        await Sound(screen, script);
        await Shot(screen, "body-project", width);
        await screen.Go("/9901/projects");
        await Sound(screen, script);
        await screen.Go("/9901/representations/edit");
        await page.FillAsync("[name='Form.Title']", "Fair " + mark);
        await Tick(page, "Form.Staff", "Claire Demo-A");
        await page.FillAsync("[name='Form.Audience']", "30");
        await Sound(screen, script);
        await Shot(screen, "body-event-edit", width);
        await Sends(screen, "[name='Form.Title']");
        await page.Arrives(url => url.Contains("/9901/representations", StringComparison.Ordinal) && !url.Contains("/edit", StringComparison.Ordinal));
        Assert.Contains("Fair " + mark, await page.InnerTextAsync("main"), StringComparison.Ordinal);
        await Sound(screen, script);
        await Shot(screen, "body-events", width);
        await screen.Go($"/9901/bodies?Year={today.AddDays(-1).Year}");
        Assert.Contains(title, await page.InnerTextAsync("main"), StringComparison.Ordinal);
        Assert.True(int.Parse(await page.InnerTextAsync("[data-count='bodies/decisions']"), CultureInfo.InvariantCulture) > 0);
        await Shot(screen, "bodies-after", width);
        // Meetings and decisions of the year of the meeting, as recorded here.
        Assert.Equal([1m, 1m], (await ReportRows.Of(screen, "9901", today.AddDays(-1).Year, "bodies")).Take(2).Zip(counted, (now, then) => now - then));
        screen.SaysNothingWrong();
        Assert.DoesNotContain(mark, portal.Output, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<int> AtHome(Screen screen)
    {
        await screen.Go("/account/home");
        var line = screen.Page.Locator(".vs-doorstep__lines a[href='/9901/action-points'] .vs-doorstep__count");
        return await line.CountAsync() == 0 ? 0 : int.Parse(await line.First.InnerTextAsync(), CultureInfo.InvariantCulture);
    }

    private static Task Tick(IPage page, string field, string name) => page.Locator($".govuk-checkboxes__item:has([name='{field}'])", new() { HasTextString = name }).Locator("input").First.CheckAsync(new() { Force = true });

    private static async Task As(Screen screen, string who, string language)
    {
        await screen.Context.ClearCookiesAsync();
        await screen.Go("/demo");
        await screen.Page.ClickAsync($".vs-languages a[lang='{language}'], .vs-languages span[lang='{language}']");
        await screen.Page.Locator("form:has(input[name='leads'][value^='/9901/']) button", new() { HasTextString = who }).First.ClickAsync();
        await screen.Page.Arrives(url => url.Contains("/9901", StringComparison.Ordinal));
    }

    private static Task Sends(Screen screen, string field) => screen.Page.Locator("main form[method=post]", new() { Has = screen.Page.Locator(field) }).Locator("button[type=submit]").Last.ClickAsync();

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static Task Sound(Screen screen, bool script) => script ? screen.IsSound() : screen.FitsItsWidth();

    private static async Task Shot(Screen screen, string name, int width)
    {
        if (Folder is not null) await screen.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}-{width}.png"), FullPage = true });
    }
}
