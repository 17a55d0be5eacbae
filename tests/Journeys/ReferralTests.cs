using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>Story S5: accepted, agreed to line by line, sent; the partner answers in a browser of its own; withdrawn, the link is dead and the partner told; asked again by a new consent; closed, and opened again.</summary>
public sealed class ReferralTests(RunningPortal portal)
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("VS_REFERRAL_SCREENS");

    [Theory]
    [InlineData("fr", 1280, true), InlineData("nl", 320, true), InlineData("de", 320, false), InlineData("en", 1280, false)]
    public async Task From_the_offer_to_the_partners_answer_and_the_withdrawal(string language, int width, bool script)
    {
        await using var screen = await Screen.Open(portal, width, language, script);
        var page = screen.Page;
        var name = "Zzcanary" + Guid.NewGuid().ToString("N")[..6];
        var phone = $"0470 {Random.Shared.Next(10, 99)} {Random.Shared.Next(10, 99)} {Random.Shared.Next(10, 99)}";
        await screen.Go("/demo");
        await page.ClickAsync($".vs-languages a[lang='{language}'], .vs-languages span[lang='{language}']");
        await page.Locator("button", new() { HasTextString = "Claire Demo-A" }).First.ClickAsync();
        await page.Arrives("**/9901/worklist");
        await screen.Go("/9901/partners");
        await Sound(screen, script);
        await Shot(screen, "referral-partners", width);
        await screen.Go("/9901/intake");
        await Radio(screen, "Form.Trigger", "Patrol");
        await Radio(screen, "Form.SubKind", "Robbery");
        await page.FillAsync("[name='Form.GivenName']", "Piet");
        await page.FillAsync("[name='Form.FamilyName']", name);
        await page.FillAsync("[name='Form.Phone']", phone);
        await Radio(screen, "Form.Safe", "Safe");
        await page.ClickAsync("main form[method=post] button[type=submit]:not([formaction])");
        if (page.Url.Contains("/known/", StringComparison.Ordinal)) await page.ClickAsync("main a.govuk-button");
        var dossier = page.Url;

        // Offered and accepted: from what is needed to who can help.
        await page.ClickAsync("section[aria-labelledby='referrals'] a[href$='/referral']");
        await page.SelectOptionAsync("[name='Form.Need']", "Support");
        await Sound(screen, script);
        await page.ClickAsync("main form[method=post] button[formaction]");
        await Accepts(screen);
        await Sound(screen, script);
        await Shot(screen, "referral-offer", width);
        await page.ClickAsync("main form[method=post] button[type=submit]:not([formaction])");
        await page.Arrives("**/consent");

        // On screen, line by line.
        var lines = await Agrees(screen, script, width, "referral-consent");
        Assert.Contains(lines, l => l.Contains(name, StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains(phone, StringComparison.Ordinal));

        // Sent on a sheet, the code to be said.
        await Radio(screen, "Form.How", "Sheet");
        await Sound(screen, script);
        await Shot(screen, "referral-send", width);
        await page.Locator("main form[method=post]", new() { Has = page.Locator("[name='Form.How']") }).Locator("button[type=submit]").ClickAsync();
        var (link, code) = (await page.InnerTextAsync("[data-link]"), await page.InnerTextAsync("[data-code]"));
        await Sound(screen, script);
        await Shot(screen, "referral-sent", width);

        // The partner, who knows nobody here.
        await using (var partner = await Screen.Open(portal, width, language, script))
        {
            await partner.Go(link);
            await Sound(partner, script);
            await Shot(partner, "referral-partner", width);
            Assert.DoesNotContain(name, await partner.Page.ContentAsync(), StringComparison.OrdinalIgnoreCase);
            await partner.Page.FillAsync("[name='Code']", "00000000");
            await partner.Page.ClickAsync("form[action*='handler=Open'] button");
            Assert.Equal(1, await partner.Page.Locator("[role=alert]").CountAsync());
            await Sound(partner, script);
            await partner.Page.FillAsync("[name='Code']", code);
            await partner.Page.ClickAsync("form[action*='handler=Open'] button");
            Assert.Equal(lines, await Lines(partner, "section[aria-labelledby='content']"));
            await Sound(partner, script);
            await Shot(partner, "referral-content", width);
            await partner.Page.ClickAsync("form[action*='handler=Answer'] button[value='received']");
            await Sound(partner, script);
            Assert.Equal(1, await partner.Page.Locator("[role=status].govuk-inset-text").CountAsync());
            Assert.Equal(0, await partner.Page.Locator("section[aria-labelledby='content']").CountAsync());

            // The answer comes by itself.
            await screen.Go(dossier);
            await page.ClickAsync("section[aria-labelledby='referrals'] li a");
            var referral = page.Url;
            await Arriving.Until(async () =>
            {
                await screen.Go(referral);
                return await page.Locator("[data-history] li").CountAsync() >= 5;
            });
            Assert.Equal(5, await page.Locator("[data-history] li").CountAsync()); // accepted, agreed, sent, opened, received
            await Sound(screen, script);
            await Shot(screen, "referral-received", width);

            // He telephones: no longer.
            await page.ClickAsync("form[action*='handler=Withdraw'] button");
            await screen.Go(referral);
            Assert.Equal(0, await page.Locator("form[action*='handler=Withdraw']").CountAsync());
            await partner.Go(link);
            Assert.Equal(0, await partner.Page.Locator("main form").CountAsync());
            await Sound(partner, script);
            await Shot(partner, "referral-dead", width);
            var reference = await page.Locator("dd strong").First.InnerTextAsync();
            string? told = null;
            await Arriving.Until(() => Task.FromResult((told = Mails().FirstOrDefault(m => m.Contains(reference, StringComparison.Ordinal))) is not null));
            Assert.DoesNotContain(name, told!, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("support@partner.example", told!, StringComparison.Ordinal);
            partner.SaysNothingWrong();
            Assert.All(partner.Addresses, address => Assert.DoesNotContain(name, address, StringComparison.OrdinalIgnoreCase));

            // Closed with a reason and an outcome; two months later he comes back, and the same dossier is opened again.
            await Closes(screen, script, dossier);
            await Shot(screen, "referral-closed", width);
            await page.ClickAsync("section[aria-labelledby='close'] a[href$='/reopen']");
            await Sound(screen, script);
            await page.Locator("main form[method=post] button[type=submit]:not([formaction])").Sends();
            Assert.Equal(1, await page.Locator(".vs-composer").CountAsync());
            await Sound(screen, script);

            // Asked again: a new consent, in the same dossier.
            await screen.Go(referral);
            await page.ClickAsync("a[href*='again=']");
            await Accepts(screen);
            await page.ClickAsync("main form[method=post] button[type=submit]:not([formaction])");
            await page.Arrives("**/consent");
            Assert.Equal(0, await page.Locator("[name='Form.Fields']:checked").CountAsync()); // what was taken back is not taken as given
            await Agrees(screen, script, width, "referral-again");
            await screen.Go(dossier);
            Assert.Equal(2, await page.Locator("section[aria-labelledby='referrals'] li").CountAsync());
            await Sound(screen, script);
            await Shot(screen, "referral-dossier", width);
        }

        await screen.Go("/9901/referrals");
        await Sound(screen, script);
        await screen.Go(dossier);
        await page.ClickAsync("section[aria-labelledby='referrals'] a[href$='/sharing']");
        await Sound(screen, script);
        await Radio(screen, "Form.Ground", "ConsultationByProsecutor");
        foreach (var field in new[] { "Recipient", "What", "Reason", "DecidedBy" }) await page.FillAsync($"[name='Form.{field}']", "Zzshared");
        await Radio(screen, "Form.Told", "True");
        await page.Locator("main form[method=post]", new() { Has = page.Locator("[name='Form.Ground']") }).Locator("button[type=submit]").ClickAsync();
        await page.ClickAsync("section[aria-labelledby='referrals'] a[href*='/sharings/']");
        await Sound(screen, script);
        await Shot(screen, "referral-sharing", width);
        screen.SaysNothingWrong();
        Assert.All(screen.Addresses, address => Assert.DoesNotContain(name, address, StringComparison.OrdinalIgnoreCase));
        foreach (var secret in new[] { name, code, link[(link.LastIndexOf('/') + 1)..], "Zzshared" }) Assert.DoesNotContain(secret, portal.Output, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task Closes(Screen screen, bool script, string dossier)
    {
        var page = screen.Page;
        await screen.Go(dossier);
        await page.ClickAsync("section[aria-labelledby='close'] a[href$='/close']");
        await Sound(screen, script);
        var send = page.Locator("main form[method=post]", new() { Has = page.Locator("[name='Form.Reason']") }).Locator("button[type=submit]:not([formaction])");
        await Radio(screen, "Form.Reason", "NeedsMet");
        await send.Sends();
        Assert.NotEqual(dossier, page.Url); // no outcome, and what the figures need is unknown
        Assert.True(await page.IsCheckedAsync("[name='Form.Reason'][value='NeedsMet']"));
        await Radio(screen, "Form.Outcome", "Supported");
        foreach (var why in await page.Locator("[data-gap] select").AllAsync()) await why.SelectOptionAsync("DidNotSay");
        await send.Sends();
        Assert.Equal(dossier, page.Url);
        Assert.Equal(0, await page.Locator(".vs-composer").CountAsync());
        await Sound(screen, script);
    }

    private static async Task Accepts(Screen screen)
    {
        await screen.Page.Locator("[name='Form.Partner']").First.CheckAsync(new() { Force = true });
        await Radio(screen, "Form.Answer", "Accepted");
    }

    private static async Task<string[]> Agrees(Screen screen, bool script, int width, string shot)
    {
        foreach (var field in new[] { "Name", "Phone", "Language" }) await screen.Page.Locator($"[name='Form.Fields'][value='{field}']").CheckAsync(new() { Force = true });
        await Sound(screen, script);
        await screen.Page.ClickAsync("main button[formaction*='handler=Preview']");
        var lines = await Lines(screen, "[data-goes]");
        await Radio(screen, "Form.AgreedBy", "Person");
        await Radio(screen, "Form.How", "OnScreen");
        await Sound(screen, script);
        await Shot(screen, shot, width);
        await screen.Page.Locator("main form[method=post]", new() { Has = screen.Page.Locator("[name='Form.Shown']") }).Locator("button[type=submit]:not([formaction])").ClickAsync();
        await screen.Page.Arrives("**/send");
        return lines;
    }

    private static async Task<string[]> Lines(Screen screen, string where)
    {
        var found = new List<string>();
        foreach (var row in await screen.Page.Locator($"{where} .govuk-summary-list__row").AllAsync()) found.Add($"{(await row.Locator("dt").InnerTextAsync()).Trim()}|{(await row.Locator("dd").First.InnerTextAsync()).Trim()}");
        return [.. found];
    }

    private IEnumerable<string> Mails() => Directory.Exists(Path.Combine(portal.Folder, "mail")) ? Directory.EnumerateFiles(Path.Combine(portal.Folder, "mail"), "*.eml").Select(File.ReadAllText) : [];

    private static Task Radio(Screen screen, string field, string value) => screen.Page.Locator($"[name='{field}'][value='{value}']").CheckAsync(new() { Force = true });

    private static Task Sound(Screen screen, bool script) => script ? screen.IsSound() : screen.FitsItsWidth();

    private static async Task Shot(Screen screen, string name, int width)
    {
        if (Folder is not null) await screen.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}-{width}.png"), FullPage = true });
    }
}
