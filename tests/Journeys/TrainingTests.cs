using System.Globalization;
using System.Text.RegularExpressions;
using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>Story S11: forty-three colleagues for forty seats, one withdraws and one comes in, thirty-six sign, six say what they thought, the certificates are printed, and the report of the year has it all.</summary>
public sealed partial class TrainingTests(RunningPortal portal)
{
    private const int Seats = 40, Waiting = 3, Present = 36;
    private static readonly string? Folder = Environment.GetEnvironmentVariable("VS_TRAINING_SCREENS");

    [Theory]
    [InlineData("fr", 1280, true), InlineData("nl", 320, true), InlineData("de", 320, false), InlineData("en", 1280, false)]
    public async Task From_the_plan_to_the_certificates(string language, int width, bool script)
    {
        await using var screen = await Screen.Open(portal, width, language, script);
        var page = screen.Page;
        var name = "Zzcolleague" + Guid.NewGuid().ToString("N")[..6];
        await screen.Go("/demo");
        await page.ClickAsync($".vs-languages a[lang='{language}'], .vs-languages span[lang='{language}']");
        await page.Locator("button", new() { HasTextString = "Claire Demo-A" }).First.ClickAsync();
        await page.Arrives("**/9901/worklist");
        // The day of the session that will have been, and so its year.
        var held = DateTime.UtcNow.AddDays(-1);
        var before = await ReportRows.Of(screen, "9901", held.Year, "trainings");
        await screen.Go("/9901/trainings");
        await Sound(screen, script);
        await Shot(screen, "training-list", width);

        // Planned, with a session that has just been and one to come.
        await page.ClickAsync("a[href$='/trainings/edit']");
        await page.FillAsync("[name='Form.Subject']", "Annoncer un décès " + name[^6..]);
        await page.SelectOptionAsync("[name='Form.Topic']", "DEATH");
        await page.FillAsync("[name='Form.Trainers']", "Claire Démo\nNora Exemple");
        await page.Locator("[name='Form.Partners']").First.CheckAsync(new() { Force = true });
        await page.FillAsync("[name='Form.Capacity']", Seats.ToString(CultureInfo.InvariantCulture));
        await Sound(screen, script);
        await Shot(screen, "training-edit", width);
        await Press(screen, "[name='Form.Subject']");
        var training = page.Url;
        foreach (var days in (int[])[-1, 1])
        {
            await page.ClickAsync("section[aria-labelledby='sessions'] a[href$='/session']");
            await page.FillAsync("[name='Form.Day']", held.AddDays(days + 1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            await page.FillAsync("[name='Form.From']", "09:00");
            await page.FillAsync("[name='Form.Until']", "12:30");
            await page.FillAsync("[name='Form.Place']", "Salle 2");
            await Sound(screen, script);
            await Press(screen, "[name='Form.Place']");
        }

        // What is shown there is kept beside it; a web page that calls itself a PDF is not.
        await page.ClickAsync("main a[href$='/slides']");
        await page.FillAsync("[name='Form.Title']", "Zzslides " + name);
        await Sound(screen, script);
        await page.SetInputFilesAsync("[name='Form.File']", new Microsoft.Playwright.FilePayload { Name = "slides.pdf", MimeType = "application/pdf", Buffer = "<html>"u8.ToArray() });
        await page.Locator("main form[method=post] button[type=submit]").Last.Sends();
        Assert.Equal("Zzslides " + name, await page.InputValueAsync("[name='Form.Title']"));
        await Sound(screen, script);
        await page.SetInputFilesAsync("[name='Form.File']", new Microsoft.Playwright.FilePayload { Name = "slides.pdf", MimeType = "application/pdf", Buffer = "%PDF-1.7\n%%EOF"u8.ToArray() });
        await page.Locator("main form[method=post] button[type=submit]").Last.Sends();
        await page.Arrives(training);
        var download = await page.RunAndWaitForDownloadAsync(() => page.Locator("a[href*='/slides/']").ClickAsync());
        Assert.Equal("%PDF-1.7\n%%EOF", await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken));
        await Sound(screen, script);

        // A list is looked at, mended, and taken.
        await page.ClickAsync("a[href$='/import']");
        var list = "nom;unité;e-mail;langue\n" + string.Concat(Enumerable.Range(1, Seats + Waiting).Select(i => $"{name} {i};Unité {i % 3};{(i == Seats + 1 ? $"{name}@police.example" : i % 2 == 1 ? $"{name}.{i}@police.example" : "")};{(i == 2 ? "de" : "nl")}\n"));
        await page.FillAsync("[name='Form.Text']", list + ";Unité 1\n");
        await page.ClickAsync("main form[method=post] button[type=submit]:not([formaction])");
        Assert.Equal(1, await page.Locator(".govuk-error-summary li").CountAsync());
        await Sound(screen, script);
        await page.FillAsync("[name='Form.Text']", list);
        await page.ClickAsync("main form[method=post] button[type=submit]:not([formaction])");
        Assert.Equal(Seats + Waiting, await page.Locator("main tbody tr").CountAsync());
        await Sound(screen, script);
        await Shot(screen, "training-import", width);
        await page.ClickAsync("button[formaction*='handler=Take']");
        await page.Arrives(training);
        Assert.Equal((Seats, Waiting), (await Count(screen, "Registered"), await Count(screen, "Waiting")));
        await Sound(screen, script);
        await Shot(screen, "training-show", width);

        // How one was entered is put right; the seat stays theirs.
        await page.Locator("tr[data-state='Registered'] a[href*='/participants/']").Nth(2).ClickAsync();
        await page.FillAsync("[name='Form.FullName']", name + " 3 bis");
        await page.SelectOptionAsync("[name='Form.Rank']", "Middle");
        await Sound(screen, script);
        await Shot(screen, "training-correct", width);
        await Press(screen, "[name='Form.FullName']");
        await page.Arrives(training);
        Assert.Equal(1, await page.Locator("tr[data-state='Registered']", new() { HasTextString = name + " 3 bis" }).CountAsync());

        // Who withdraws lets in the first who waits, and is told by mail.
        await page.Locator("tr[data-state='Registered'] form[action*='handler=Withdraw'] button").First.ClickAsync();
        await page.Arrives(training);
        await page.Loaded();
        Assert.Equal((Seats, Waiting - 1, 1), (await Count(screen, "Registered"), await Count(screen, "Waiting"), await Count(screen, "Withdrawn")));

        // The list for signature; then who signed is ticked.
        await page.Locator("a[href*='/sheet/']").First.ClickAsync();
        Assert.Equal(Seats + Waiting - 1 + 3, await page.Locator("tbody tr").CountAsync());
        await Sound(screen, script);
        await Shot(screen, "training-sheet", width);
        await screen.Go(training);
        await page.Locator("a[href*='/attendance/']").First.ClickAsync();
        for (var i = 0; i < Present; i++) await page.Locator("[name='Form.Present']").Nth(i).CheckAsync(new() { Force = true });
        await Sound(screen, script);
        await Shot(screen, "training-attendance", width);
        await Press(screen, "[name='Form.Present']");
        Assert.Equal(Present.ToString(CultureInfo.InvariantCulture), (await page.InnerTextAsync("[data-present]")).Trim());

        // Six say what they thought, each in a browser and a language of their own: one by a link on paper, five by the one in their mail.
        await screen.Go(training + "/evaluations");
        await Sound(screen, script);
        await page.Locator("form[action*='handler=Link'] button").First.ClickAsync();
        var paper = await page.InnerTextAsync("[data-link]");
        await Sound(screen, script);
        await Shot(screen, "training-link", width);
        await Says(paper, weighs: true);
        await screen.Go(training + "/evaluations");
        await page.ClickAsync("form[action*='handler=Ask'] button");
        await Arriving.Until(() => Task.FromResult(Links(name).Count >= 5));
        var links = Links(name);
        foreach (var link in links.Take(4)) await Says(new Uri(link).AbsolutePath);
        await screen.Go(training + "/evaluations");
        Assert.Equal("5", (await page.InnerTextAsync("[data-answers]")).Trim());
        Assert.Equal(0, await page.Locator("blockquote").CountAsync()); // the one on paper brings nothing out
        await Sound(screen, script);
        await Says(new Uri(links[4]).AbsolutePath);
        await screen.Go(training + "/evaluations");
        Assert.Equal("6", (await page.InnerTextAsync("[data-answers]")).Trim());
        Assert.Equal(6, await page.Locator("blockquote").CountAsync());
        Assert.DoesNotContain(name, await page.InnerTextAsync("main section[aria-labelledby='remarks']"), StringComparison.Ordinal);
        await Sound(screen, script);
        await Shot(screen, "training-evaluations", width);

        async Task Says(string link, bool weighs = false)
        {
            await using var colleague = await Screen.Open(portal, width, language, script);
            await colleague.Go(link);
            Assert.Contains(await colleague.Page.Locator("main div[lang]").GetAttributeAsync("lang"), (string[])["nl", "de"]);
            await Sound(colleague, script);
            foreach (var mark in (string[])["Useful", "Clear", "Trainer", "Organised"]) await Radio(colleague, "Form." + mark, "4");
            // One says that it weighs on them: a talk is offered, before and after, and nothing but their remark goes to the training.
            Assert.True(await colleague.Page.Locator("[data-talk]").IsVisibleAsync());
            await colleague.Page.FillAsync("[name='Form.Remark']", weighs ? "Zzremark: this weighs on me" : "Zzremark");
            await Shot(colleague, "training-evaluate", width);
            await colleague.Page.ClickAsync("main form button[type=submit]");
            Assert.Equal(1, await colleague.Page.Locator("[role=status]").CountAsync());
            var talk = colleague.Page.Locator("[data-talk]");
            Assert.True(await talk.IsVisibleAsync());
            Assert.Contains("stressteam", await talk.InnerTextAsync(), StringComparison.OrdinalIgnoreCase); // in the colleague's language
            await Sound(colleague, script);
            await colleague.Go(link);
            Assert.Equal(0, await colleague.Page.Locator("main form").CountAsync());
            await Sound(colleague, script);
            colleague.SaysNothingWrong();
        }

        // A certificate for each who was there, and no other.
        await screen.Go(training + "/certificates");
        Assert.Equal(Present, await page.Locator("[data-certificate]").CountAsync());
        await Sound(screen, script);
        await Shot(screen, "training-certificates", width);
        await screen.Go("/9901/trainings/due?topic=STRESS&years=3");
        Assert.True(await page.Locator("main tbody tr", new() { HasTextString = name }).CountAsync() >= Present);
        await Sound(screen, script);
        await Shot(screen, "training-due", width);
        await screen.Go("/9901/trainings");
        await Sound(screen, script);
        await Shot(screen, "training-figures", width);

        // In the report of the year: one more training, no awareness, one session of three and a half hours, those who signed, and what they answered. What is to come counts no more than who waited or did not come.
        var after = await ReportRows.Of(screen, "9901", held.Year, "trainings");
        Assert.Equal([1, 0, 1, 3.5m, Present, 6], after.Take(6).Zip(before, (now, then) => now - then));
        await Sound(screen, script);

        // Somebody who waited was told.
        await Arriving.Until(() => Task.FromResult(Mails().Any(m => m.Contains(name + "@police.example", StringComparison.OrdinalIgnoreCase))));
        screen.SaysNothingWrong();
        Assert.All(screen.Addresses, address => Assert.DoesNotContain(name, address, StringComparison.OrdinalIgnoreCase));
        foreach (var secret in new[] { name, "Zzremark" }) Assert.DoesNotContain(secret, portal.Output, StringComparison.OrdinalIgnoreCase);
    }

    private IEnumerable<string> Mails() => Directory.Exists(Path.Combine(portal.Folder, "mail")) ? Directory.EnumerateFiles(Path.Combine(portal.Folder, "mail"), "*.eml").Select(File.ReadAllText) : [];

    // In the mails to this training's people, by mailbox.
    private List<string> Links(string name) => [.. Mails().Where(m => m.Contains(name + ".", StringComparison.OrdinalIgnoreCase)).Select(m => Link().Match(m.Replace("=\r\n", "", StringComparison.Ordinal).Replace("=\n", "", StringComparison.Ordinal)).Value).Where(l => l.Length > 0).Order(StringComparer.Ordinal)];

    [GeneratedRegex("https?://[^\\s]+/evaluation/[A-Za-z0-9_-]+", RegexOptions.None, 1000)]
    private static partial Regex Link();

    private static Task<int> Count(Screen screen, string state) => screen.Page.Locator($"tr[data-state='{state}']").CountAsync();

    private static async Task Press(Screen screen, string field)
    {
        await screen.Page.Locator("main form[method=post]", new() { Has = screen.Page.Locator(field) }).Locator("button[type=submit]").ClickAsync();
        await screen.Page.Arrives(url => !url.Contains("/edit", StringComparison.Ordinal) && !url.Contains("/session", StringComparison.Ordinal) && !url.Contains("/participants/", StringComparison.Ordinal) && !url.Contains("/attendance", StringComparison.Ordinal));
    }

    private static Task Radio(Screen screen, string field, string value) => screen.Page.Locator($"[name='{field}'][value='{value}']").CheckAsync(new() { Force = true });

    private static Task Sound(Screen screen, bool script) => script ? screen.IsSound() : screen.FitsItsWidth();

    private static async Task Shot(Screen screen, string name, int width)
    {
        if (Folder is not null) await screen.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}-{width}.png"), FullPage = true });
    }
}
