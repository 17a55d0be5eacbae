using System.Globalization;
using Microsoft.Playwright;
using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>Story S7, a coach accident: the coordinator opens an event and asks another zone, workers of two zones write into one list at the same time by keyboard alone, one of them on a telephone that loses its line; a list is taken in and
/// given out as a file, people are found again, joined, and allotted here and to the zone where they live, which accepts; at the end nobody else gets in.</summary>
public sealed class EventTests(RunningPortal portal)
{
    private const int Each = 4;
    private static readonly string? Folder = Environment.GetEnvironmentVariable("VS_EVENT_SCREENS");

    [Theory]
    [InlineData("fr", 1280, true), InlineData("de", 320, false)]
    public async Task From_the_opening_to_the_allotment_with_five_browsers_at_once(string language, int width, bool script)
    {
        var mark = string.Concat(Guid.NewGuid().ToString("N")[..8].Select(c => (char)('a' + c % 26)));
        var (called, family) = ("Autocar " + mark, "Zzcanary" + mark);
        await using var cora = await Screen.Open(portal, width, language, script);
        await using var ines = await Screen.Open(portal, width, language, script);
        await using var guest = await Screen.Open(portal, width, language, script);
        await using var phone = await Screen.Open(portal, 320, language, script);
        await using var chief = await Screen.Open(portal, width, language, script);
        await SignIn(cora, language, "Claire Demo-A", "**/9901/worklist");
        await SignIn(ines, language, "Inès Demo-A", "**/9901/worklist");
        await SignIn(guest, language, "Inès Demo-B", "**/9902/worklist");
        await SignIn(phone, language, "Inès Demo-A", "**/9901/worklist");
        await SignIn(chief, language, "Claire Demo-B", "**/9902/worklist");

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
        await cora.Page.SelectOptionAsync("[name='Form.Code']", "9902");
        await cora.Page.ClickAsync("main form:has([name='Form.Code']) button");
        await cora.Page.Locator("main table tbody tr").First.WaitForAsync();
        await Sound(cora, script);
        await Shot(cora, "event-zones", width);
        await guest.Go($"/9901/events/{ev}");
        Assert.Equal(0, await guest.Page.Locator(".vs-notice").CountAsync()); // not asked in yet
        await chief.Go("/9902/events-elsewhere");
        await Sound(chief, script);
        await Shot(chief, "event-asked", width);
        await chief.Page.Locator("button[name='accepts'][value='true']").Last.Sends();
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

        // An unidentified child in the hospital, typed on a telephone whose line is lost: what was typed stays, and goes by itself, once.
        await phone.Go($"/9901/events/{ev}");
        await Sound(phone, script);
        await phone.Page.SelectOptionAsync("[name='Form.Place']", new SelectOptionValue { Index = 4 });
        if (script) await phone.Context.SetOfflineAsync(true);
        await phone.Page.FillAsync("[name='Form.Age']", "± 8");
        await phone.Page.ClickAsync(".vs-quick button[type=submit]");
        if (script)
        {
            await Assertions.Expect(phone.Page.Locator("form[data-draft] [data-saved]")).ToContainTextAsync(language == "fr" ? "Pas encore envoyé" : "Noch nicht gesendet", new() { Timeout = 20_000 });
            Assert.Equal("± 8", await phone.Page.InputValueAsync("[name='Form.Age']"));
            await Shot(phone, "event-offline", width);
            await phone.Context.SetOfflineAsync(false);
        }
        await phone.Page.Arrives(url => url.Contains("saved=9", StringComparison.Ordinal));
        await phone.FitsItsWidth();

        // And his mother, who looks for him: half a line, left behind, is there again.
        await ines.Go($"/9901/events/{ev}");
        Assert.Equal(9, await ines.Page.Locator("#lines tbody tr").CountAsync());
        if (script)
        {
            await ines.Page.FillAsync("[name='Form.GivenName']", "Mi");
            await Assertions.Expect(ines.Page.Locator("form[data-draft] [data-saved]")).Not.ToBeEmptyAsync(new() { Timeout = 20_000 }); // within ten seconds, by itself
            await ines.Go($"/9901/events/{ev}");
            Assert.Equal("Mi", await ines.Page.InputValueAsync("[name='Form.GivenName']"));
            await Sound(ines, script);
            await Shot(ines, "event-typed", width);
        }
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
        await ines.Page.EmulateMediaAsync(new() { Media = Media.Print });
        Assert.True(await ines.Page.Locator(".vs-notice").IsVisibleAsync());
        Assert.False(await ines.Page.Locator(".vs-quick").IsVisibleAsync());
        await ines.Page.EmulateMediaAsync(new() { Media = Media.Screen });

        // A list of the hospital's as a file: shown first, with what is wrong; nothing is taken before it is right.
        const string Heading = "Nom;Prénom;Âge;Qualité;État;Lieu\n";
        await Upload(cora, ev, Heading + $"{family};Vera;40;Personne blessée;Guérie;Sainte-Preuve\n", script);
        Assert.Equal(1, await cora.Page.Locator(".govuk-error-summary").CountAsync());
        Assert.Equal(0, await cora.Page.Locator("button[formaction*='handler=Take']").CountAsync());
        await Shot(cora, "event-import-wrong", width);
        await Upload(cora, ev, Heading + $"{family};Vera;40;Personne blessée;Blessure légère;Sainte-Preuve\n{family};Wim;;Témoin;;\n;;70;Personne impliquée;Sans blessure;\n", script);
        Assert.Equal(3, await cora.Page.Locator("main table tbody tr").CountAsync());
        await Shot(cora, "event-import", width);
        await guest.Go($"/9901/events/{ev}");
        Assert.Equal(10, await guest.Page.Locator("#lines tbody tr").CountAsync()); // shown and not taken
        await cora.Page.Locator("button[formaction*='handler=Take']").Sends();
        await guest.Go($"/9901/events/{ev}");
        Assert.Equal(13, await guest.Page.Locator("#lines tbody tr").CountAsync());

        // Given out as a file it says what it is not, and every line, each under its number.
        await cora.Go($"/9901/events/{ev}/export");
        await Sound(cora, script);
        await cora.Page.CheckAsync("[name='Form.Reason'][value='CrisisCell']", new() { Force = true });
        await Shot(cora, "event-export", width);
        var file = await cora.Page.RunAndWaitForDownloadAsync(() => cora.Page.ClickAsync("main form:has([name='Form.Reason']) button"));
        var given = (await File.ReadAllTextAsync((await file.PathAsync())!, TestContext.Current.CancellationToken)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(';').Select(c => c.Trim('"', '\uFEFF')).ToArray()).ToList();
        Assert.Equal(["Arbeitsliste, nicht die amtliche Liste", "Liste de travail, pas la liste officielle", "Werklijst, niet de officiële lijst", "Working list, not the official list"], given.Take(4).Select(l => l[0].TrimEnd('.')).Order(StringComparer.Ordinal));
        var lines = given.Skip(6).ToList();
        Assert.Equal(Enumerable.Range(1, 13).Select(n => n.ToString(CultureInfo.InvariantCulture)), lines.Select(l => l[0]));
        Assert.Equal(["Adaa", "Adab", "Adac", "Adad", "Boa", "Bob", "Boc", "Bod"], lines.Take(8).Select(l => l[2]).Order(StringComparer.Ordinal));
        Assert.Equal([("Tom", "± 8"), ("Mina", ""), ("Vera", "40"), ("Wim", ""), ("", "70")], lines.Skip(8).Select(l => (l[2], l[3])));
        Assert.All(lines.Take(12), l => Assert.Equal(family, l[1]));
        Assert.Contains("Sainte-Preuve", lines[10][7], StringComparison.Ordinal);

        // Vera lives where the guest comes from: allotted there in the same press, hers to answer for here until that zone accepts.
        await cora.Go($"/9901/events/{ev}/allot");
        await cora.Page.Locator(".govuk-checkboxes__item", new() { HasTextString = "Vera " + family }).Locator("input").CheckAsync(new() { Force = true });
        await cora.Page.CheckAsync("[name='Form.Elsewhere'][value='True']", new() { Force = true });
        await cora.Page.SelectOptionAsync("[name='Form.Home']", "9902");
        await cora.Page.CheckAsync("[name='Form.Basis'][value='TheyAgree']", new() { Force = true });
        await Shot(cora, "event-allot-elsewhere", width);
        await cora.Page.Locator("main form:has([name='Form.Chosen']) button[type=submit]").Sends();
        var handover = (await cora.Page.Locator("section[aria-labelledby='done'] a[href*='/handovers/']").GetAttributeAsync("href"))!["/9901".Length..];
        Assert.Contains("9901", await cora.Page.InnerTextAsync("section[aria-labelledby='done'] .vs-badge"), StringComparison.Ordinal);
        await Arriving.Until(async () => (await chief.Page.GotoAsync(chief.Home + "/9902" + handover))!.Status == 200);
        Assert.Contains("Vera " + family, await chief.Page.InnerTextAsync("[data-goes]"), StringComparison.Ordinal);
        await Sound(chief, script);
        await chief.Go($"/9902{handover}/decision");
        await chief.Page.CheckAsync("[name='Form.Decision'][value='Accept']", new() { Force = true });
        await chief.Page.ClickAsync("main form:has([name='Form.Decision']) button[type=submit]");
        await chief.Page.Arrives("**/9902/dossiers/*");
        Assert.Contains("Vera " + family, await chief.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        await Arriving.Until(async () =>
        {
            await cora.Go($"/9901/events/{ev}");
            return await cora.Page.Locator("#lines tbody tr", new() { HasTextString = "Vera " + family }).Locator(".vs-badge", new() { HasTextString = "9902" }).CountAsync() == 1;
        });
        await Sound(cora, script);

        // Allotted here, counted, and the dossier says where it comes from.
        await cora.Go($"/9901/events/{ev}/allot");
        await Sound(cora, script);
        await cora.Page.Locator("input[name='Form.Chosen']").First.CheckAsync(new() { Force = true });
        await Shot(cora, "event-allot", width);
        await cora.Page.Locator("main form:has([name='Form.Chosen']) button[type=submit]").Sends();
        await cora.Page.ClickAsync("section[aria-labelledby='done'] li:first-child a[href*='/dossiers/']");
        await cora.Page.Arrives("**/9901/dossiers/*");
        Assert.Equal(1, await cora.Page.Locator($".vs-timeline a[href='/9901/events/{ev}']").CountAsync());
        await Sound(cora, script);
        await cora.Go($"/9901/events/{ev}/figures");
        Assert.Equal(1, await cora.Page.Locator(".vs-notice").CountAsync());
        await Sound(cora, script);
        await Shot(cora, "event-figures", width);

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
        foreach (var screen in new[] { cora, ines, guest, phone, chief }) Assert.DoesNotContain(screen.Addresses, a => a.Contains(family, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(family, portal.Output, StringComparison.OrdinalIgnoreCase);
        cora.SaysNothingWrong();
        chief.SaysNothingWrong();
    }

    // Chosen as a file and looked at: nothing is taken yet.
    private static async Task Upload(Screen screen, string ev, string list, bool script)
    {
        await screen.Go($"/9901/events/{ev}/import");
        Assert.Equal(1, await screen.Page.Locator(".vs-notice").CountAsync());
        await screen.Page.SetInputFilesAsync("[name='Form.File']", new FilePayload { Name = "hospital.csv", MimeType = "text/csv", Buffer = System.Text.Encoding.UTF8.GetBytes(list) });
        await screen.Page.Locator("main form:has([name='Form.File']) button[type=submit]:not([formaction])").Sends();
        await Sound(screen, script);
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
