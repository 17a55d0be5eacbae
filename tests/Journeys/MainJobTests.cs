using System.Globalization;
using Microsoft.Playwright;
using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>The main job, as a caseworker does it: from a call at night to a closed dossier.</summary>
public sealed class MainJobTests(RunningPortal portal)
{
    [Theory]
    [InlineData("fr", 1280, true), InlineData("nl", 320, true), InlineData("de", 1280, false), InlineData("en", 320, false)]
    public async Task From_a_call_at_night_to_a_closed_dossier(string language, int width, bool script)
    {
        await using var screen = await Screen.Open(portal, width, language, script);
        var name = "Zzcanary" + Guid.NewGuid().ToString("N")[..6];
        await SignIn(screen, language, script);

        await screen.Go("/9901/intake");
        await Sound(screen, script);
        await Radio(screen, "Form.Trigger", "Patrol");
        await Radio(screen, "Form.SubKind", "PartnerViolence");
        await screen.Page.FillAsync("[name='Form.GivenName']", "Elif");
        await screen.Page.FillAsync("[name='Form.FamilyName']", name);
        await screen.Page.FillAsync("[name='Form.Phone']", $"0470 {Random.Shared.Next(10, 99)} {Random.Shared.Next(10, 99)} {Random.Shared.Next(10, 99)}");
        await Radio(screen, "Form.Safe", "OnlyIf");
        await screen.Page.FillAsync("[name='Form.Condition']", "Bibliothèque");
        await screen.Page.FillAsync("[name='Form.Note']", "Note " + name);
        await Submit(screen);

        var dossier = screen.Page.Url;
        Assert.Matches("/9901/dossiers/[0-9a-f-]{36}$", dossier);
        Assert.Contains(name, await screen.Page.InnerTextAsync(".vs-identity"), StringComparison.Ordinal);
        Assert.DoesNotContain(name, await screen.Page.TitleAsync(), StringComparison.Ordinal);
        await Sound(screen, script);

        // The safe-contact rule, in words.
        await screen.Page.ClickAsync(".vs-safe a[href*='safe-contact']");
        await Sound(screen, script);
        await Radio(screen, "Form.Letter", "Never");
        await Radio(screen, "Form.Mail", "Never");
        await screen.Page.FillAsync("[name='Form.WhatMayBeSaid']", "Bibliothèque");
        await Submit(screen);
        Assert.Contains("Bibliothèque", await screen.Page.InnerTextAsync(".vs-safe"), StringComparison.Ordinal);

        // A contact with services given and the next act with a date.
        await screen.Page.ClickAsync(".vs-tabs a[href$='/contact']");
        await Sound(screen, script);
        await Radio(screen, "Form.Place", "Phone");
        await Check(screen, "Form.Services", "Listening");
        await Check(screen, "Form.Services", "Information");
        await screen.Page.SelectOptionAsync("[name='Form.Next']", "CallBack");
        var tomorrow = DateTime.UtcNow.AddDays(1);
        await screen.Page.FillAsync("[name='Form.Due.Date']", tomorrow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        await screen.Page.FillAsync("[name='Form.Due.Time']", "10:30");
        await Submit(screen);
        Assert.Equal(dossier, screen.Page.Url);
        Assert.Contains("10:30", await screen.Page.InnerTextAsync("section[aria-labelledby='next']"), StringComparison.Ordinal);

        // A fact for the police file, apart from the assistance notes.
        await screen.Page.FillAsync("[name='Form.Text']", "Constat " + name);
        await Radio(screen, "Form.Layer", "Police");
        await screen.Page.ClickAsync(".vs-composer button[type=submit]");
        Assert.Equal(1, await screen.Page.Locator(".vs-badge--police").CountAsync());

        // Found again by name, posted, never in an address.
        await screen.Go("/9901/search");
        await screen.Page.FillAsync("[name='Form.Text']", name.ToUpperInvariant());
        await Submit(screen);
        Assert.Contains(name, await screen.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        await Sound(screen, script);
        if (script) // the way back from a dossier does not ask to post the search anew
        {
            await screen.Page.ClickAsync("main table a");
            await screen.Page.GoBackAsync();
            Assert.Contains(name, await screen.Page.InnerTextAsync("main table"), StringComparison.Ordinal);
            Assert.DoesNotContain(name, screen.Page.Url, StringComparison.OrdinalIgnoreCase);
        }

        // Closed with a reason.
        await screen.Go(dossier);
        await screen.Page.ClickAsync("section[aria-labelledby=police-open] a");
        await Radio(screen, "Form.End", "NotGiven");
        await Radio(screen, "Form.Reason", "KnownAlready");
        await Submit(screen);
        await screen.Page.ClickAsync("a[href$='/close']");
        await Sound(screen, script);
        foreach (var select in await screen.Page.Locator("[data-gap] select").AllAsync()) await select.SelectOptionAsync("DidNotSay");
        await Radio(screen, "Form.Reason", "NeedsMet");
        await Radio(screen, "Form.Outcome", "Supported");
        await Submit(screen);
        Assert.Equal(0, await screen.Page.Locator(".vs-composer").CountAsync());

        screen.SaysNothingWrong();
        Assert.All(screen.Addresses, address => Assert.DoesNotContain(name, address, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(name, portal.Output, StringComparison.OrdinalIgnoreCase);
        if (script) Assert.Equal("0", await screen.Page.EvaluateAsync<string>("() => String(localStorage.length + sessionStorage.length)"));
        foreach (var file in Directory.EnumerateFiles(portal.Folder, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith("lock", StringComparison.Ordinal)))
            Assert.False(await Holds(file, name), $"{Path.GetFileName(file)} holds the name in clear");
    }

    [Fact]
    public async Task The_first_page_answers_within_thirty_seconds_of_the_start()
    {
        Assert.True(portal.ToFirstPage < TimeSpan.FromSeconds(30), $"{portal.ToFirstPage.TotalSeconds:0.0} s");
        await Task.CompletedTask;
    }

    [Fact]
    public async Task What_falls_due_rings_the_bell_and_sends_one_neutral_mail()
    {
        await using var screen = await Screen.Open(portal, language: "en");
        await SignIn(screen, "en", script: true);
        await Intake(screen, "Burglary", "Noor", "Beispiel");
        var reference = await screen.Page.InnerTextAsync(".vs-identity strong");
        var due = TimeZoneInfo.ConvertTime(DateTimeOffset.UtcNow.AddMinutes(-2), TimeZoneInfo.FindSystemTimeZoneById("Europe/Brussels"));
        await screen.Page.FillAsync("[name='Form.Text']", "Call about the lock");
        await screen.Page.SelectOptionAsync("[name='Form.Next']", "CallBack");
        await screen.Page.FillAsync("[name='Form.Due.Date']", due.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        await screen.Page.FillAsync("[name='Form.Due.Time']", due.ToString("HH:mm", CultureInfo.InvariantCulture));
        await screen.Page.ClickAsync(".vs-composer button[type=submit]");
        Assert.True(int.Parse(await screen.Page.InnerTextAsync(".vs-bell .vs-count"), CultureInfo.InvariantCulture) > 0);

        // The sweep comes round every twenty seconds.
        var folder = Path.Combine(portal.Folder, "mail");
        for (var i = 0; i < 120 && !Letters(folder).Any(); i++) await Task.Delay(500);
        var letters = Letters(folder).ToList();
        Assert.NotEmpty(letters);
        Assert.All(letters, letter =>
        {
            Assert.DoesNotContain(reference, letter, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("Noor", letter, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("Val-Clair", letter, StringComparison.OrdinalIgnoreCase);
        });
    }

    [Fact]
    public async Task A_colleague_of_two_zones_changes_zone_in_one_press_and_is_nobody_in_a_third()
    {
        await using var screen = await Screen.Open(portal, language: "en");
        await screen.Go("/demo");
        await screen.Page.ClickAsync(".vs-languages a[lang='en'], .vs-languages span[lang='en']");
        await screen.Page.Locator("button", new() { HasTextString = "Jonas Demo-B" }).First.ClickAsync();
        await screen.Page.Arrives("**/990*/worklist");
        var first = await screen.Page.InnerTextAsync(".vs-zone__code");
        await screen.Page.ClickAsync(".vs-zones a");
        await screen.Page.Arrives("**/worklist");
        Assert.NotEqual(first, await screen.Page.InnerTextAsync(".vs-zone__code"));
        await screen.IsSound();
        Assert.Equal(404, (await screen.Page.GotoAsync(screen.Home + "/9903/worklist"))!.Status);
        Assert.Equal(404, (await screen.Page.GotoAsync(screen.Home + "/9999/worklist"))!.Status);
    }

    [Fact]
    public async Task Every_demo_account_lands_on_a_page_of_its_own()
    {
        await using var screen = await Screen.Open(portal, language: "en", script: false);
        foreach (var name in new[] { "Inès Demo-A", "Karel Demo-B", "Claire Demo-C", "Jonas Demo-D", "Bernard Demo-A", "Mila Demo-A", "Lotte Demo-B", "Greta Demo-C", "Olivia Demo", "Anselm Demo" })
        {
            await screen.Go("/demo");
            var landed = await screen.Page.RunAndWaitForResponseAsync(() => screen.Page.Locator("button", new() { HasTextString = name }).First.ClickAsync(), r => r.Status is not (302 or 301) && r.Request.ResourceType == "document");
            Assert.True(landed.Status == 200, $"{name} landed on {landed.Url}: {landed.Status}");
            Assert.Contains("vs-header", await screen.Page.ContentAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Somebody_known_to_a_colleague_shows_the_safety_card_and_no_more()
    {
        await using var screen = await Screen.Open(portal, language: "en");
        await SignIn(screen, "en", script: true, "Inès Demo-A");
        await screen.Go("/9901/intake");
        await screen.Page.FillAsync("[name='Form.GivenName']", "Leila");
        await screen.Page.FillAsync("[name='Form.FamilyName']", "MUSTER");
        await screen.Page.ClickAsync("button[formaction*='Check']");
        var card = await screen.Page.InnerTextAsync("aside");
        Assert.Contains("L.M.", card, StringComparison.Ordinal);
        Assert.DoesNotContain("Muster", card, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(0, await screen.Page.Locator("aside a").CountAsync());
        Assert.Equal("MUSTER", await screen.Page.InputValueAsync("[name='Form.FamilyName']"));
        await screen.IsSound();
    }

    [Fact]
    public async Task An_intake_goes_by_keyboard_alone()
    {
        await using var screen = await Screen.Open(portal, language: "en");
        await SignIn(screen, "en", script: true);
        await screen.Go("/9901/worklist");
        await screen.Page.WaitForSelectorAsync("[data-opens=vs-keys]:not([hidden])"); // the script is there
        await screen.Page.Keyboard.PressAsync("n");
        await screen.Page.Arrives("**/intake");
        await TabTo(screen, "Form.Trigger");
        await screen.Page.Keyboard.PressAsync("Space");
        await TabTo(screen, "Form.SubKind");
        await screen.Page.Keyboard.PressAsync("ArrowDown");
        await TabTo(screen, "Form.GivenName");
        await screen.Page.Keyboard.TypeAsync("Tess");
        await TabTo(screen, "Form.FamilyName");
        await screen.Page.Keyboard.TypeAsync("Sample");
        await TabTo(screen, "Form.Phone");
        await screen.Page.Keyboard.PressAsync("Control+Enter");
        await screen.Page.Arrives(url => url.Contains("/dossiers/", StringComparison.Ordinal) || url.Contains("/known/", StringComparison.Ordinal));
        screen.SaysNothingWrong();
    }

    [Theory]
    [InlineData("fr"), InlineData("nl"), InlineData("de"), InlineData("en")]
    public async Task Pages_are_sound_in_every_language_by_day_and_night_wide_and_narrow(string language)
    {
        foreach (var (width, night) in new[] { (1280, false), (320, true) })
        {
            await using var screen = await Screen.Open(portal, width, language, night: night);
            foreach (var path in new[] { "/", "/demo", "/account/sign-in" }) await Visit(screen, path);
            await SignIn(screen, language, script: true, "Claire Demo-A");
            foreach (var path in new[] { "/account/home", "/9901/worklist", "/9901/worklist?tab=Team", "/9901/intake", "/9901/search", "/9901/admin/confirmations", "/9901/admin/access-matrix" }) await Visit(screen, path);
            await screen.Go("/9901/worklist?tab=Team");
            await screen.Page.ClickAsync("tbody a[href*='/dossiers/']");
            await screen.IsSound();
            Assert.Equal(language, await screen.Page.GetAttributeAsync("html", "lang"));
        }
    }

    private static IEnumerable<string> Letters(string folder) => Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.eml").Select(File.ReadAllText) : [];

    private static async Task Intake(Screen screen, string subKind, string given, string family)
    {
        await screen.Go("/9901/intake");
        await Radio(screen, "Form.Trigger", "Patrol");
        await Radio(screen, "Form.SubKind", subKind);
        await screen.Page.FillAsync("[name='Form.GivenName']", given);
        await screen.Page.FillAsync("[name='Form.FamilyName']", family + Guid.NewGuid().ToString("N")[..5]);
        await Submit(screen);
    }

    private static async Task Visit(Screen screen, string path)
    {
        await screen.Go(path);
        await screen.IsSound();
    }

    private static async Task SignIn(Screen screen, string language, bool script, string who = "Inès Demo-A")
    {
        await screen.Go("/demo");
        await screen.Page.ClickAsync($".vs-languages a[lang='{language}'], .vs-languages span[lang='{language}']");
        await screen.Page.Locator("button", new() { HasTextString = who }).First.ClickAsync();
        await screen.Page.Arrives("**/9901/worklist");
        await Sound(screen, script);
    }

    private static Task Sound(Screen screen, bool script) => script ? screen.IsSound() : Task.CompletedTask;
    private static Task Radio(Screen screen, string name, string value) => screen.Page.CheckAsync($"input[name='{name}'][value='{value}']", new() { Force = true });
    private static Task Check(Screen screen, string name, string value) => screen.Page.CheckAsync($"input[name='{name}'][value='{value}']", new() { Force = true });
    private static Task Submit(Screen screen) => screen.Page.Locator("main form[method=post] button[type=submit]:not([formaction])").First.Sends();

    private static async Task TabTo(Screen screen, string name)
    {
        for (var i = 0; i < 80; i++)
        {
            if (await screen.Page.EvaluateAsync<string?>("() => document.activeElement.name") == name) return;
            await screen.Page.Keyboard.PressAsync("Tab");
        }
        Assert.Fail($"Tab never reaches {name}");
    }

    private static async Task<bool> Holds(string file, string name)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        var bytes = copy.GetBuffer().AsSpan(0, (int)copy.Length);
        return bytes.IndexOf(System.Text.Encoding.UTF8.GetBytes(name)) >= 0 || bytes.IndexOf(System.Text.Encoding.Unicode.GetBytes(name)) >= 0;
    }
}
