using System.Globalization;
using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>A coach accident: the coordinator opens an event and asks another zone, two workers of two zones write into one list at the same time by keyboard alone, people are found again, joined and allotted; at the end nobody else gets in.</summary>
public sealed class EventTests(RunningPortal portal)
{
    private const int Each = 4;
    private static readonly string? Folder = Environment.GetEnvironmentVariable("VS_EVENT_SCREENS");

    [Theory]
    [InlineData("fr", 1280, true), InlineData("de", 320, false)]
    public async Task From_the_opening_to_the_allotment_with_three_browsers_at_once(string language, int width, bool script)
    {
        var mark = string.Concat(Guid.NewGuid().ToString("N")[..8].Select(c => (char)('a' + c % 26)));
        var (called, family) = ("Autocar " + mark, "Zzcanary" + mark);
        await using var cora = await Screen.Open(portal, width, language, script);
        await using var ines = await Screen.Open(portal, width, language, script);
        await using var guest = await Screen.Open(portal, width, language, script);
        await SignIn(cora, language, "Claire Demo-A", "**/9901/worklist");
        await SignIn(ines, language, "Inès Demo-A", "**/9901/worklist");
        await SignIn(guest, language, "Inès Demo-B", "**/9902/worklist");

        // Opened, with a hospital.
        await cora.Go("/9901/events");
        await cora.Page.ClickAsync("main a.govuk-button");
        await Sound(cora, script);
        await cora.Page.FillAsync("[name='Form.Called']", called);
        await cora.Page.SelectOptionAsync("[name='Form.SubKind']", "RoadAccident");
        await cora.Page.FillAsync("[name='Form.Municipality']", "Val-Clair");
        await cora.Page.SelectOptionAsync("[name='Form.Places[3].Kind']", "Hospital");
        await cora.Page.FillAsync("[name='Form.Places[3].Called']", "Sainte-Preuve");
        await Shot(cora, "event-open", width);
        await cora.Page.ClickAsync("main form:has([name='Form.Called']) button[type=submit]");
        await cora.Page.Arrives(url => url.Contains("/9901/events/", StringComparison.Ordinal) && !url.Contains("edit", StringComparison.Ordinal));
        var ev = cora.Page.Url[(cora.Page.Url.LastIndexOf('/') + 1)..];
        await Sound(cora, script);

        // Another zone is asked, accepts for itself, and its colleague joins from her own zone.
        await cora.Go($"/9901/events/{ev}/zones");
        await cora.Page.FillAsync("[name='Form.Codes']", "9902");
        await cora.Page.ClickAsync("main form:has([name='Form.Codes']) button");
        await cora.Page.Locator("main table tbody tr").First.WaitForAsync();
        await Sound(cora, script);
        await Shot(cora, "event-zones", width);
        await guest.Go($"/9901/events/{ev}");
        Assert.Equal(0, await guest.Page.Locator(".vs-notice").CountAsync()); // not asked in yet
        await using (var chief = await Screen.Open(portal, width, language, script))
        {
            await SignIn(chief, language, "Claire Demo-B", "**/9902/worklist");
            await chief.Go("/9902/events-elsewhere");
            await Sound(chief, script);
            await Shot(chief, "event-asked", width);
            await chief.Page.Locator("button[name='accepts'][value='true']").Last.ClickAsync();
            await chief.Page.Arrives("**/9902/events-elsewhere");
            chief.SaysNothingWrong();
        }
        await guest.Go("/9902/events-elsewhere");
        await Sound(guest, script);
        await guest.Page.Locator("form[action*='handler=Join'] button").Last.ClickAsync();
        await guest.Page.Arrives(url => url.Contains($"{ev}", StringComparison.Ordinal));
        // Whoever comes for the first time accepts the zone's code of conduct.
        if (guest.Page.Url.Contains("/9901/conduct", StringComparison.Ordinal)) await guest.Page.ClickAsync("main form:has([name='Form.Version']) button");
        await guest.Page.Arrives(url => url.Contains($"/9901/events/{ev}", StringComparison.Ordinal) && !url.Contains("conduct", StringComparison.Ordinal));
        await Sound(guest, script);
        await Shot(guest, "event-guest", width);

        // Two write at once, by keyboard alone; the coordinator has the list open.
        await cora.Go($"/9901/events/{ev}");
        await ines.Go($"/9901/events/{ev}");
        await Task.WhenAll(Writes(ines, ev, "Ada", family, script), Writes(guest, ev, "Bo", family, script));
        if (script) await cora.Page.Locator("#lines tbody tr").Nth(2 * Each - 1).WaitForAsync(); // renewed by itself
        else await cora.Go($"/9901/events/{ev}");
        Assert.Equal(Enumerable.Range(1, 2 * Each).Reverse(), (await cora.Page.Locator("#lines tbody tr td:first-child").AllInnerTextsAsync()).Select(n => int.Parse(n.Split('\n')[^1].Trim(), CultureInfo.InvariantCulture)));
        await Sound(cora, script);
        await Shot(cora, "event-list", width);

        // An unidentified child in the hospital, and his mother who looks for him.
        await ines.Go($"/9901/events/{ev}");
        await ines.Page.SelectOptionAsync("[name='Form.Place']", new Microsoft.Playwright.SelectOptionValue { Index = 4 });
        await ines.Page.FillAsync("[name='Form.Age']", "± 8");
        await ines.Page.ClickAsync(".vs-quick button[type=submit]");
        await ines.Page.Arrives(url => url.Contains("saved=9", StringComparison.Ordinal));
        Assert.Contains("9", await ines.Page.InnerTextAsync("#lines tbody tr:first-child a"), StringComparison.Ordinal);
        await ines.Page.FillAsync("[name='Form.GivenName']", "Mina");
        await ines.Page.FillAsync("[name='Form.FamilyName']", family);
        await ines.Page.SelectOptionAsync("[name='Form.Role']", "Relative");
        await ines.Page.FillAsync("[name='Form.Seeks']", $"Tom {family}, 8");
        await ines.Page.ClickAsync(".vs-quick button[type=submit]");
        await ines.Page.Arrives(url => url.Contains("saved=10", StringComparison.Ordinal));
        // He says his name: he keeps his number, and is proposed to those who work on it.
        await ines.Page.Locator("#lines tbody tr").Nth(1).Locator("a").First.ClickAsync();
        await Sound(ines, script);
        await ines.Page.FillAsync("[name='Form.GivenName']", "Tom");
        await ines.Page.FillAsync("[name='Form.FamilyName']", family);
        await Shot(ines, "event-line", width);
        await ines.Page.ClickAsync("main form:has([name='Form.GivenName']) button[type=submit]");
        await ines.Page.Arrives(url => url.EndsWith($"/9901/events/{ev}", StringComparison.Ordinal));
        await ines.Go($"/9901/events/{ev}/alike");
        await Sound(ines, script);
        await Shot(ines, "event-alike", width);
        await ines.Page.Locator("section[aria-labelledby='seek'] form button").First.ClickAsync();
        await ines.Page.Arrives($"**/events/{ev}/alike");
        await ines.Go($"/9901/events/{ev}?seeks=true");
        Assert.Equal(1, await ines.Page.Locator("#lines tbody tr").CountAsync());
        Assert.Contains("9", await ines.Page.InnerTextAsync("#lines tbody tr .vs-badge"), StringComparison.Ordinal);

        // On paper, too, it says what it is not.
        await ines.Page.EmulateMediaAsync(new() { Media = Microsoft.Playwright.Media.Print });
        Assert.True(await ines.Page.Locator(".vs-notice").IsVisibleAsync());
        Assert.False(await ines.Page.Locator(".vs-quick").IsVisibleAsync());
        await ines.Page.EmulateMediaAsync(new() { Media = Microsoft.Playwright.Media.Screen });

        // Allotted here, counted, and the dossier says where it comes from.
        await cora.Go($"/9901/events/{ev}/allot");
        await Sound(cora, script);
        await cora.Page.Locator("input[name='Form.Chosen']").First.CheckAsync(new() { Force = true });
        await Shot(cora, "event-allot", width);
        await cora.Page.ClickAsync("main form:has([name='Form.Chosen']) button[type=submit]");
        await cora.Page.ClickAsync("section[aria-labelledby='done'] a");
        await cora.Page.Arrives("**/9901/dossiers/*");
        Assert.Equal(1, await cora.Page.Locator($".vs-timeline a[href='/9901/events/{ev}']").CountAsync());
        await Sound(cora, script);
        foreach (var part in new[] { "figures", "import", "export" })
        {
            await cora.Go($"/9901/events/{ev}/{part}");
            if (cora.Page.Url.Contains("/account/", StringComparison.Ordinal)) continue; // a factor first
            Assert.Equal(1, await cora.Page.Locator(".vs-notice").CountAsync());
            await Sound(cora, script);
            await Shot(cora, "event-" + part, width);
        }

        // Ended: from this instant it is not there for the others.
        await cora.Go($"/9901/events/edit/{ev}");
        await Sound(cora, script);
        await cora.Page.ClickAsync("form[action*='handler=Close'] button");
        await cora.Page.Arrives(url => url.EndsWith($"/9901/events/{ev}", StringComparison.Ordinal));
        foreach (var other in new[] { ines, guest })
        {
            await other.Go($"/9901/events/{ev}");
            Assert.Equal(0, await other.Page.Locator(".vs-notice").CountAsync());
            Assert.DoesNotContain(family, await other.Page.ContentAsync(), StringComparison.Ordinal);
            other.SaysNothingWrong(apart: $"{portal.Address}/9901/events/{ev}"); // the open list asked once more, and was told that it is not there
        }
        foreach (var screen in new[] { cora, ines, guest }) Assert.DoesNotContain(screen.Addresses, a => a.Contains(family, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(family, portal.Output, StringComparison.OrdinalIgnoreCase);
        cora.SaysNothingWrong();
    }

    // Names are typed, Enter is pressed, and the first box has the focus again.
    private static async Task Writes(Screen screen, string ev, string given, string family, bool script)
    {
        for (var i = 0; i < Each; i++)
        {
            if (script) Assert.Equal("Form.GivenName", await screen.Page.EvaluateAsync<string>("() => document.activeElement.name"));
            else await screen.Page.FocusAsync("[name='Form.GivenName']");
            await screen.Page.Keyboard.InsertTextAsync($"{given}{(char)('a' + i)}");
            await screen.Page.Keyboard.PressAsync("Tab");
            await screen.Page.Keyboard.InsertTextAsync(family);
            await screen.Page.Keyboard.PressAsync("Enter");
            await screen.Page.Locator("#lines tbody tr", new() { HasTextString = $"{given}{(char)('a' + i)} {family}" }).First.WaitForAsync();
        }
        Assert.Contains($"/events/{ev}?saved=", screen.Page.Url, StringComparison.Ordinal);
    }

    private static async Task SignIn(Screen screen, string language, string who, string lands)
    {
        await screen.Go("/demo");
        await screen.Page.ClickAsync($".vs-languages a[lang='{language}'], .vs-languages span[lang='{language}']");
        await screen.Page.Locator("button", new() { HasTextString = who }).Last.ClickAsync(); // the last is their own zone: visits stand before it
        await screen.Page.Arrives(lands);
    }

    private static async Task Shot(Screen screen, string name, int width)
    {
        if (Folder is null) return;
        Directory.CreateDirectory(Folder);
        await screen.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}-{width}.png"), FullPage = true });
    }

    private static Task Sound(Screen screen, bool script) => script ? screen.IsSound() : Task.CompletedTask;
}
