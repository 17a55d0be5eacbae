using System.Globalization;
using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>Second person, settings, access review and the wizard, in a real browser.</summary>
public sealed class RightsTests(RunningPortal portal)
{
    [Theory]
    [InlineData("nl", 1280, true), InlineData("de", 320, false)]
    public async Task A_role_counts_once_the_data_protection_officer_confirmed_it(string language, int width, bool script)
    {
        var (zone, letter) = language == "nl" ? ("9902", "B") : ("9903", "C");
        await using var officer = await Screen.Open(portal, width, language, script);
        await Demo(officer, language, $"Greta Demo-{letter}");
        await officer.Go($"/{zone}/admin/confirmations");
        await Sound(officer, script);
        var row = officer.Page.Locator("tbody tr", new() { HasTextString = $"Nora Demo-{letter}" }).First;
        await row.Locator("button").First.ClickAsync();
        Assert.Equal(0, await officer.Page.Locator("tbody tr", new() { HasTextString = $"Nora Demo-{letter}" }).CountAsync());
        await Sound(officer, script);

        await using var nora = await Screen.Open(portal, width, language, script);
        await Demo(nora, language, $"Nora Demo-{letter}");
        if (nora.Page.Url.Contains("/conduct", StringComparison.Ordinal)) await nora.Page.ClickAsync("main form[method=post] button[type=submit]");
        await nora.Go($"/{zone}/worklist");
        Assert.EndsWith("/worklist", nora.Page.Url, StringComparison.Ordinal);
        await Sound(nora, script);
    }

    [Theory]
    [InlineData("fr", 1280, true), InlineData("nl", 320, true), InlineData("en", 320, false)]
    public async Task A_zone_settles_its_hours_and_sees_them(string language, int width, bool script)
    {
        await using var screen = await Screen.Open(portal, width, language, script);
        await Demo(screen, language, "Bernard Demo-D");
        await screen.Go("/9904/admin/checklist");
        await Sound(screen, script);
        Assert.Equal(1, await screen.Page.Locator(".vs-practice").CountAsync());
        await screen.Page.ClickAsync("a[href='/9904/admin/settings/hours']");
        await Sound(screen, script);
        var from = Random.Shared.Next(0, 59).ToString("00", CultureInfo.InvariantCulture);
        await screen.Page.FillAsync("[name='Form.Days[0]']", $"8:{from}-12:00, 13:00-16:{from}");
        await Submit(screen);
        Assert.Contains($"08:{from}–12:00, 13:00–16:{from}", await screen.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        await Sound(screen, script);

        // What cannot be read stays, and is said at its field.
        await screen.Go("/9904/admin/settings/hours");
        await screen.Page.FillAsync("[name='Form.Days[0]']", "late");
        await Submit(screen);
        Assert.Equal("late", await screen.Page.InputValueAsync("[name='Form.Days[0]']"));
        Assert.Equal(1, await screen.Page.Locator(".govuk-error-message").CountAsync());
        if (script) await screen.FitsItsWidth();
    }

    [Theory]
    [InlineData("9903", "C", "fr", 1280), InlineData("9902", "B", "nl", 320)]
    public async Task A_review_costs_a_press_for_each_person_and_few_more(string zone, string letter, string language, int width)
    {
        await using var screen = await Screen.Open(portal, width, language);
        await Demo(screen, language, $"Bernard Demo-{letter}");
        await screen.Go($"/{zone}/admin/review");
        await screen.IsSound();
        var (people, presses) = (await screen.Page.Locator("tbody tr:has(input[name$='.Decision'])").CountAsync(), 1); // the menu
        for (var i = 0; i < people; i++)
        {
            await screen.Page.CheckAsync($"input[name='Form.Answers[{i}].Decision'][value=keep]", new() { Force = true });
            presses++;
        }
        await Submit(screen);
        presses++;
        Assert.True(await screen.Page.Locator("a[href$=csv]").CountAsync() == 1, await screen.Page.InnerTextAsync("main"));
        Assert.InRange(presses, people, people + 5); // 20 people: 25 at most
        await screen.IsSound();
    }

    [Theory]
    [InlineData("fr", 320, true), InlineData("en", 320, false)]
    public async Task An_operator_brings_a_zone_in_on_a_phone(string language, int width, bool script)
    {
        var code = Random.Shared.Next(7000, 7999).ToString(CultureInfo.InvariantCulture);
        await using var screen = await Screen.Open(portal, width, language, script);
        await Demo(screen, language, "Olivia Demo");
        await screen.Go("/account/enter?to=/operator/zones/new");
        await Sound(screen, script);
        await screen.Page.FillAsync("[name='Form.Code']", code);
        await screen.Page.CheckAsync("input[name='Form.Official'][value=fr]", new() { Force = true });
        await screen.Page.FillAsync("[name='Form.NameFr']", "Zone d'essai");
        await Submit(screen);
        await Sound(screen, script);
        await screen.Page.FillAsync("[name='Form.Province']", "NAM");
        await screen.Page.FillAsync("[name='Form.Arrondissement']", "NAM");
        await screen.Page.FillAsync("[name='Form.Municipalities']", "92094");
        await Submit(screen);
        await Sound(screen, script);
        await screen.Page.FillAsync("[name='Form.AdministratorName']", "Chief");
        await screen.Page.FillAsync("[name='Form.AdministratorEmail']", $"chief@{code}.example");
        await screen.Page.FillAsync("[name='Form.OfficerName']", "Officer");
        await screen.Page.FillAsync("[name='Form.OfficerEmail']", $"officer@{code}.example");
        await Submit(screen);
        await Sound(screen, script);
        await screen.Page.CheckAsync("input[name='Form.Way'][value=Portal]", new() { Force = true });
        await Submit(screen);
        await Sound(screen, script);
        await Submit(screen);
        Assert.Equal(0, await screen.Page.Locator("main form[method=post]").CountAsync());
        await Sound(screen, script);
    }

    private static async Task Demo(Screen screen, string language, string who)
    {
        await screen.Go("/demo");
        await screen.Page.ClickAsync($".vs-languages a[lang='{language}'], .vs-languages span[lang='{language}']");
        await screen.Page.Locator("button", new() { HasTextString = who }).First.ClickAsync();
        await screen.Page.Loaded();
    }

    private static Task Sound(Screen screen, bool script) => script ? screen.IsSound() : Task.CompletedTask;
    private static Task Submit(Screen screen) => screen.Page.Locator("main form[method=post] button[type=submit]:not([formaction])").First.Sends();
}
