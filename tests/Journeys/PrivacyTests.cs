using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>Those who answer for a zone's data, before a screen: two questions, the log, what was unusual; and the operator, who sees none of it.</summary>
public sealed class PrivacyTests(RunningPortal portal)
{
    [Theory]
    [InlineData("fr", 1280, true), InlineData("nl", 320, true), InlineData("de", 1280, false), InlineData("en", 320, false)]
    public async Task The_officer_answers_both_questions(string language, int width, bool script)
    {
        await using var screen = await As("Greta Demo-A", language, width, script);
        await screen.Go("/9901/privacy/audit");
        await Sound(screen, script);
        Assert.True(await screen.Page.Locator("tbody tr").CountAsync() > 5);

        // Who could do what today: choose nothing, press once.
        await screen.Go("/9901/privacy/rights");
        await Press(screen);
        await Sound(screen, script);
        Assert.Contains("Karel Demo-A", await screen.Page.InnerTextAsync("tbody"), StringComparison.Ordinal);

        // What did somebody open in the last month: choose the person, press.
        await screen.Go("/9901/privacy/opened");
        await screen.Page.SelectOptionAsync("[name='Form.Person']", new Microsoft.Playwright.SelectOptionValue { Label = "Karel Demo-A" });
        await Press(screen);
        await Sound(screen, script);
        Assert.True(await screen.Page.Locator("tbody tr").CountAsync() >= 3);
        Assert.Contains("Karel Demo-A", await screen.Page.InnerTextAsync("h1"), StringComparison.Ordinal);

        await screen.Go("/9901/privacy/audit/roles");
        await Sound(screen, script);
    }

    [Fact]
    public async Task The_officer_finds_what_the_night_found_and_the_administrator_sees_no_dossier()
    {
        await using var screen = await As("Greta Demo-A", "en", 1280, true);
        for (var i = 0; i < 60; i++)
        {
            await screen.Go("/9901/privacy/unusual");
            if (await screen.Page.Locator(".govuk-summary-card").CountAsync() > 0) break;
            await Task.Delay(1000); // the sweep visits every zone at the start
        }
        await screen.IsSound();
        Assert.Contains("Inès Demo-A", await screen.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        await screen.Page.FillAsync("[name='Form.Note']", "Asked: an old link.");
        await Press(screen);
        Assert.Contains("Asked: an old link.", await screen.Page.InnerTextAsync("main"), StringComparison.Ordinal);

        await using var administrator = await As("Bernard Demo-A", "en", 1280, true);
        await administrator.Go("/9901/privacy/audit");
        await administrator.IsSound();
        Assert.DoesNotContain("assigned", await administrator.Page.InnerTextAsync("tbody"), StringComparison.Ordinal);
        await administrator.Go("/9901/privacy/unusual");
        Assert.Equal(0, await administrator.Page.Locator(".govuk-summary-card").CountAsync());
    }

    [Fact]
    public async Task A_coordinator_walled_off_from_a_dossier_sees_nothing_of_it_in_the_log()
    {
        await using var officer = await As("Greta Demo-C", "en", 1280, true);
        await officer.Go("/9903/privacy/opened");
        await officer.Page.SelectOptionAsync("[name='Form.Person']", new Microsoft.Playwright.SelectOptionValue { Label = "Karel Demo-C" });
        await Press(officer);
        var number = (await officer.Page.InnerTextAsync("tbody tr:first-child td:first-child")).Trim();

        await using var coordinator = await As("Claire Demo-C", "en", 1280, true);
        await AskTheLog(coordinator, "9903", number); // by its number: what the other journeys do in this zone moves it off the first page
        Assert.Contains(number, await coordinator.Page.InnerTextAsync("tbody"), StringComparison.Ordinal);

        await officer.Go("/9903/walls");
        await officer.Page.SelectOptionAsync("[name='Form.Colleague']", new Microsoft.Playwright.SelectOptionValue { Label = "Claire Demo-C" });
        await officer.Page.CheckAsync("input[name='Form.Round'][value='Dossier']", new() { Force = true });
        await officer.Page.FillAsync("[name='Form.Number']", number);
        await officer.Page.Locator("main form:has([name='Form.Number']) button[type=submit]").ClickAsync();

        foreach (var path in new[] { "/9903/privacy/audit", "/9903/walls" })
        {
            await coordinator.Go(path);
            Assert.DoesNotContain(number, await coordinator.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        }
        await AskTheLog(coordinator, "9903", number);
        Assert.Equal(0, await coordinator.Page.Locator("tbody tr").CountAsync());
        await coordinator.IsSound();
        await AskTheLog(officer, "9903", number);
        Assert.Contains(number, await officer.Page.InnerTextAsync("tbody"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fr", 1280), InlineData("de", 320)]
    public async Task The_operator_sees_how_the_platform_fares(string language, int width)
    {
        await using var screen = await As("Olivia Demo", language, width, true);
        foreach (var path in (string[])["/operator", "/operator/zones", "/operator/health", "/operator/jobs"])
        {
            await screen.Go(path);
            await screen.IsSound();
        }
    }

    private async Task<Screen> As(string who, string language, int width, bool script)
    {
        var screen = await Screen.Open(portal, width, language, script);
        await screen.Go("/demo");
        await screen.Page.Locator("button", new() { HasTextString = who }).First.ClickAsync();
        await screen.Page.Arrives(url => !url.Contains("/demo", StringComparison.Ordinal));
        return screen;
    }

    private static async Task AskTheLog(Screen screen, string zone, string number)
    {
        await screen.Go($"/{zone}/privacy/audit");
        await screen.Page.FillAsync("[name='Form.Dossier']", number);
        await Press(screen);
    }

    private static Task Press(Screen screen) => screen.Page.Locator("main form button[type=submit]:not([formaction]):not([name])").First.Sends();

    private static async Task Sound(Screen screen, bool script)
    {
        if (script) await screen.IsSound();
        else await screen.FitsItsWidth();
    }
}
