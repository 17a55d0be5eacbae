using Microsoft.Playwright;
using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>Somebody without an account asks for an appointment, and a caseworker makes a dossier of it.</summary>
public sealed class RequestTests(RunningPortal portal)
{
    private const string Check = "form[action$='handler=Send']";

    [Theory]
    [InlineData("fr", 1280, true), InlineData("nl", 320, true), InlineData("de", 320, false), InlineData("en", 1280, false)]
    public async Task From_the_public_page_to_a_dossier_and_back_to_the_status(string language, int width, bool script)
    {
        var name = "Zzcanary" + Guid.NewGuid().ToString("N")[..6];
        string reference, code;
        await using (var somebody = await Screen.Open(portal, width, language, script))
        {
            var page = somebody.Page;
            await somebody.Go($"/9901/{language}/appointment");
            await Sound(somebody, script);
            Assert.Equal(["p0"], await Shown(page));
            await page.ClickAsync("a[href='#now']");
            Assert.Equal(["now"], await Shown(page));
            await Sound(somebody, script);
            await page.GoBackAsync();
            await page.ClickAsync("a[href='#p1']");

            // Each page alone, and the browser's Back from each with what was filled in.
            await Radio(page, "Form.Need", "Information");
            await Sound(somebody, script);
            await page.ClickAsync("a[href='#p2']:visible");
            await Radio(page, "Form.Way", "Sms");
            await page.FillAsync("[name='Form.Reach']", "0470 11 22 33");
            Assert.False(await page.IsVisibleAsync("[name='Form.CodeWord']"));
            await Radio(page, "Form.OnlyIf", "True");
            await page.FillAsync("[name='Form.Hours']", "18 h – 20 h");
            await page.FillAsync("[name='Form.CodeWord']", "Tournesol");
            await Sound(somebody, script);
            await page.Keyboard.PressAsync("Enter"); // in a field: nothing is sent half filled in
            Assert.EndsWith("#p2", page.Url, StringComparison.Ordinal);
            await page.ClickAsync("a[href='#p3']:visible");
            await page.FillAsync("[name='Form.Called']", name);
            await page.SelectOptionAsync("[name='Form.Language']", "uk");
            await page.CheckAsync("[name='Form.Interpreter']", new() { Force = true });
            await Sound(somebody, script);
            await page.ClickAsync("a[href='#p4']:visible");
            await Radio(page, "Form.When", "Soon");
            await Radio(page, "Form.Parts", "Evening");
            await Sound(somebody, script);
            await page.ClickAsync("a[href='#p5']:visible");
            await page.FillAsync("[name='Form.More']", "Avec mon enfant");
            await Sound(somebody, script);
            foreach (var back in new[] { "p4", "p3", "p2", "p1" })
            {
                await page.GoBackAsync();
                Assert.Equal([back], await Shown(page));
            }
            Assert.Equal((name, "0470 11 22 33"), (await page.InputValueAsync("[name='Form.Called']"), await page.InputValueAsync("[name='Form.Reach']")));
            for (var i = 0; i < 4; i++) await page.GoForwardAsync();
            await page.WaitForTimeoutAsync(2100); // nobody is faster
            await page.ClickAsync("#p5 button[type=submit]");
            await Comes(page, Check);
            if (script)
            {
                // Back from the check to the questions as they were filled in.
                await page.GoBackAsync();
                await Comes(page, "#p5");
                Assert.Equal("Avec mon enfant", await page.InputValueAsync("[name='Form.More']"));
                await page.ClickAsync("#p5 button[type=submit]");
                await Comes(page, Check);
            }
            var check = await page.InnerTextAsync("main");
            foreach (var said in new[] { name, "0470 11 22 33", "18 h – 20 h", "Tournesol", "Українська", "Avec mon enfant" }) Assert.Contains(said, check, StringComparison.Ordinal);
            await Sound(somebody, script);

            // Change one answer: the others stay.
            await page.ClickAsync("button[formaction$='#p3']");
            await Comes(page, "#p3");
            Assert.Equal(["p3"], await Shown(page));
            Assert.Equal(name, await page.InputValueAsync("[name='Form.Called']"));
            await page.ClickAsync("a[href='#p4']:visible");
            await page.ClickAsync("a[href='#p5']:visible");
            await page.ClickAsync("#p5 button[type=submit]");
            await page.ClickAsync(Check + " .govuk-button");
            await Comes(page, ".vs-ask__sign");
            var signs = await page.Locator(".vs-ask__sign").AllInnerTextsAsync();
            (reference, code) = (signs[0], signs[1]);
            Assert.DoesNotContain(name, await page.ContentAsync(), StringComparison.Ordinal);
            await Sound(somebody, script);
            Assert.Empty(await somebody.Context.CookiesAsync());

            await page.ClickAsync("a[href$='/status']");
            await Sound(somebody, script);
            await page.FillAsync("[name='Reference']", reference);
            await page.FillAsync("[name='Code']", "AAAA-AAAA");
            await page.ClickAsync("main form button[type=submit]");
            await Comes(page, "main [role=alert]");
            await Sound(somebody, script);
            Assert.All(somebody.Addresses, address => Assert.DoesNotContain(name, address, StringComparison.OrdinalIgnoreCase));
            Assert.All(somebody.Addresses, address => Assert.DoesNotContain(reference, address, StringComparison.OrdinalIgnoreCase));
            somebody.SaysNothingWrong();
        }

        await using (var worker = await Screen.Open(portal, width, language, script))
        {
            await SignIn(worker, language, "Inès Demo-A", "**/9901/worklist");
            await Sound(worker, script);
            await worker.Page.Locator(".vs-cards a[href$='/tray']").First.ClickAsync();
            await Sound(worker, script);
            var row = worker.Page.Locator("tbody tr", new() { HasTextRegex = new System.Text.RegularExpressions.Regex(@"^\s*Z\.", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)) }).Last; // the youngest of the urgent
            await row.Locator("a").ClickAsync();
            var message = await worker.Page.InnerTextAsync("main");
            foreach (var said in new[] { name, reference, "0470 11 22 33", "18 h – 20 h", "Tournesol", "Avec mon enfant" }) Assert.Contains(said, message, StringComparison.Ordinal);
            await Sound(worker, script);
            await worker.Page.ClickAsync("main a[href*='/intake?tray=']");
            Assert.Equal((name, "0470 11 22 33", "uk"), (await worker.Page.InputValueAsync("[name='Form.GivenName']"), await worker.Page.InputValueAsync("[name='Form.Phone']"), await worker.Page.InputValueAsync("[name='Form.Language']")));
            await Radio(worker.Page, "Form.SubKind", "Burglary");
            await Sound(worker, script);
            await worker.Page.ClickAsync("main form[method=post] button[type=submit]:not([formaction])");
            if (worker.Page.Url.Contains("/known/", StringComparison.Ordinal)) await worker.Page.ClickAsync("main a.govuk-button");
            Assert.Contains(name, await worker.Page.InnerTextAsync(".vs-identity"), StringComparison.Ordinal);
            Assert.Contains("Tournesol", await worker.Page.InnerTextAsync(".vs-safe"), StringComparison.Ordinal);
            await Sound(worker, script);
            worker.SaysNothingWrong();
        }

        // Back to the person: it is being seen to; and they take it back.
        await using var later = await Screen.Open(portal, width, language, script);
        await later.Go($"/9901/{language}/status");
        await later.Page.FillAsync("[name='Reference']", reference.ToLowerInvariant());
        await later.Page.FillAsync("[name='Code']", code);
        await later.Page.ClickAsync("main form button[type=submit]");
        await Comes(later.Page, "main [role=status]");
        Assert.DoesNotContain(name, await later.Page.ContentAsync(), StringComparison.Ordinal);
        await Sound(later, script);
        await later.Page.ClickAsync("main form[action*=Withdraw] button");
        await later.Page.Locator("main form").First.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await Sound(later, script);
        Assert.DoesNotContain(name, portal.Output, StringComparison.OrdinalIgnoreCase);
        later.SaysNothingWrong();
    }

    [Fact]
    public async Task By_keyboard_alone_in_at_most_ten_presses_and_two_typed_fields()
    {
        await using var screen = await Screen.Open(portal, 1280, "fr", script: false);
        var (page, presses) = (screen.Page, 0);
        await screen.Go("/9902/fr/contact");
        await Press("main a[href$='/appointment']");
        await Press("#p0 a[href='#p1']");                                   // not in danger
        await Press("#p1 a[href='#p2']");                                // an appointment is what the page is for
        await Press("input[name='Form.Way'][value='Sms']", "Space");
        await Type("[name='Form.Reach']", "0470 11 22 33");
        await Press("input[name='Form.OnlyIf'][value='False']", "Space");
        await Press("#p2 a[href='#p3']");
        await Type("[name='Form.Called']", "Tess");
        await Press("#p3 a[href='#p4']");
        await Press("#p4 a[href='#p5']");
        await page.WaitForTimeoutAsync(2100); // nobody is faster
        await Press("#p5 button[type=submit]");
        await Press(Check + " .govuk-button");
        await Comes(page, ".vs-ask__sign");
        Assert.Equal(2, await page.Locator(".vs-ask__sign").CountAsync());
        Assert.True(presses <= 10, $"{presses} presses");

        // Tab until it stands there, as somebody without a mouse does; radios of one group are reached by arrows from their first.
        async Task Reach(string what)
        {
            for (var i = 0; i < 60; i++)
            {
                if (await page.Locator(what).EvaluateAsync<bool>("e => e === document.activeElement")) return;
                if (await page.Locator(what).EvaluateAsync<bool>("e => e.type === 'radio' && document.activeElement.name === e.name")) await page.Keyboard.PressAsync("ArrowDown");
                else await page.Keyboard.PressAsync("Tab");
            }
            Assert.Fail($"{what} is not reached by Tab");
        }
        async Task Press(string what, string key = "Enter")
        {
            await Reach(what);
            presses++;
            await page.Keyboard.PressAsync(key);
            await page.Loaded();
        }
        async Task Type(string what, string text)
        {
            await Reach(what);
            await page.Keyboard.InsertTextAsync(text);
        }
    }

    [Theory]
    [InlineData(320, true), InlineData(1280, false)]
    public async Task What_is_missing_is_shown_on_one_page_and_all_on_one_page_is_a_choice(int width, bool script)
    {
        await using var screen = await Screen.Open(portal, width, "fr", script);
        var page = screen.Page;
        await screen.Go("/9903/fr/appointment");
        await page.ClickAsync("a[href='#all']");
        Assert.Equal(["p0", "now", "p1", "p2", "p3", "p4", "p5"], await Shown(page));
        await Sound(screen, script);
        await page.FillAsync("[name='Form.More']", "Mots écrits");
        await page.WaitForTimeoutAsync(2100); // nobody is faster
        await page.ClickAsync("#p5 button[type=submit]");
        await Comes(page, ".govuk-error-summary");
        Assert.Equal(["p1", "p2", "p3", "p4", "p5"], await Shown(page));
        Assert.Equal("Mots écrits", await page.InputValueAsync("[name='Form.More']"));
        Assert.True(await page.Locator(".govuk-error-summary a").CountAsync() >= 2);
        await Sound(screen, script);
        await page.ClickAsync(".govuk-error-summary a[href='#Form_Called']");
        Assert.Equal(["p1", "p2", "p3", "p4", "p5"], await Shown(page));
        await Radio(page, "Form.Way", "Self");
        Assert.False(await page.IsVisibleAsync("[name='Form.Reach']"));
        await page.FillAsync("[name='Form.Called']", "Bo");
        await page.ClickAsync("#p5 button[type=submit]");
        await page.ClickAsync(Check + " .govuk-button");
        await Comes(page, ".vs-ask__sign");
        screen.SaysNothingWrong();
    }

    [Fact]
    public async Task When_the_line_is_gone_it_says_so_and_what_was_written_stays()
    {
        await using var screen = await Screen.Open(portal, 320, "nl");
        var page = screen.Page;
        await screen.Go("/9902/nl/appointment");
        await page.ClickAsync("a[href='#all']");
        await Radio(page, "Form.Way", "Self");
        await page.FillAsync("[name='Form.Called']", "Łucja");
        await page.WaitForTimeoutAsync(2100); // nobody is faster
        await screen.Context.SetOfflineAsync(true);
        await page.ClickAsync("#p5 button[type=submit]");
        await Comes(page, "main > [role=alert]");
        Assert.Equal("Łucja", await page.InputValueAsync("[name='Form.Called']"));
        await screen.FitsItsWidth(); // the browser complains of the line, as it should
        await screen.Context.SetOfflineAsync(false);
        await page.ClickAsync("#p5 button[type=submit]");
        await Comes(page, Check);
        Assert.Contains("Łucja", await page.InnerTextAsync("main"), StringComparison.Ordinal);
        await screen.Context.SetOfflineAsync(true);
        await page.ClickAsync(Check + " .govuk-button");
        await Comes(page, "main > [role=alert]");
        await screen.Context.SetOfflineAsync(false);

        // A page of the program's own that says it cannot: what was written stands where it stood.
        await page.RouteAsync("**/nl/appointment?handler=Send", route => route.FulfillAsync(new() { Status = 503, ContentType = "text/html", Body = "<main id=main><h1>Weg</h1><p data-fault>Even niet.</p><p data-fault>Niets verloren.</p></main>" }));
        await page.ClickAsync(Check + " .govuk-button");
        await Comes(page, "main > [role=alert]:has-text('Even niet. Niets verloren.')");
        Assert.Contains("Łucja", await page.InnerTextAsync("main"), StringComparison.Ordinal);
        await page.UnrouteAllAsync();

        // It arrived, and the answer is lost: nobody is told that nothing was sent, and pressing again is the same request.
        await page.RouteAsync("**/nl/appointment?handler=Send", async route =>
        {
            await route.FetchAsync();
            await route.AbortAsync();
        });
        await page.ClickAsync(Check + " .govuk-button");
        await Comes(page, "main > [role=alert]:has-text('Wij weten niet of het is aangekomen')");
        await page.UnrouteAllAsync();
        await page.ClickAsync(Check + " .govuk-button");
        await Comes(page, ".vs-ask__sign");
    }

    // The page before stands at the same address, and its answer takes its place.
    private static Task Comes(IPage page, string what) => page.Locator(what).First.WaitForAsync();

    private static async Task<IReadOnlyList<string>> Shown(IPage page)
    {
        await page.Loaded();
        var shown = new List<string>();
        foreach (var part in await page.Locator(".vs-ask__page").AllAsync()) if (await part.IsVisibleAsync()) shown.Add(await part.GetAttributeAsync("id") ?? "");
        return shown;
    }

    private static async Task SignIn(Screen screen, string language, string who, string lands)
    {
        await screen.Go("/demo");
        await screen.Page.ClickAsync($".vs-languages a[lang='{language}'], .vs-languages span[lang='{language}']");
        await screen.Page.Locator("button", new() { HasTextString = who }).First.ClickAsync();
        await screen.Page.Arrives(lands);
    }

    private static async Task Sound(Screen screen, bool script)
    {
        if (Environment.GetEnvironmentVariable("VS_TEST_SHOTS") is { Length: > 0 } folder)
            await screen.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"request-{screen.Page.ViewportSize!.Width}-{DateTime.UtcNow:HHmmssfff}.png"), FullPage = true });
        if (script) await screen.IsSound();
        else await screen.FitsItsWidth();
    }

    private static Task Radio(IPage page, string name, string value) => page.CheckAsync($"input[name='{name}'][value='{value}']", new() { Force = true });
}
