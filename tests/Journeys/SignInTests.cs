using System.Text.RegularExpressions;
using Microsoft.Playwright;
using VictimSupport.Journeys.Kit;

namespace VictimSupport.Journeys;

/// <summary>Signing in as people do it, in a real browser: passkey, code, recovery, a session that ends under one's hands.</summary>
public sealed partial class SignInTests(RunningPortal portal)
{
    private const string Secret = "une phrase que personne ne devine";

    [Theory]
    [InlineData("fr", 1280), InlineData("de", 320)]
    public async Task A_passkey_is_made_and_signs_in(string language, int width)
    {
        await using var screen = await Screen.Open(portal, width, language);
        await Authenticator(screen);
        await Demo(screen, "Lotte Demo-C");
        await screen.Go("/account/security");
        await screen.IsSound();
        await screen.Page.ClickAsync("main a[href$='add-passkey']");
        await screen.IsSound();
        await screen.Page.FillAsync("[name='Form.Name']", "Clé de test " + width);
        await screen.Page.ClickAsync("main form button[type=submit]");
        await screen.Page.Arrives("**/account/security");
        Assert.Contains("Clé de test " + width, await screen.Page.InnerTextAsync("main table >> nth=0"), StringComparison.Ordinal);
        await screen.IsSound();

        await SignOut(screen.Page);
        await ByPasskey(screen); // an authenticator that answers at once accepts the offer in the e-mail field
        await screen.Go("/account/security");
        await screen.IsSound();
        await screen.Page.ClickAsync("main table >> nth=0 >> a >> nth=0"); // gone again, so that the next run finds it as it was
        await screen.Page.ClickAsync("main form[action*='Remove'] button");
        await screen.Page.Arrives("**/account/security");
        screen.SaysNothingWrong();
    }

    [Fact]
    public async Task Whoever_lost_everything_climbs_the_ladder_signs_in_by_code_and_loses_no_text_when_the_session_ends()
    {
        await using var passer = await Screen.Open(portal, 320, "nl");
        await passer.Go("/account/sign-in");
        await passer.Page.ClickAsync("main a[href$='/account/lost-access']");
        await passer.IsSound();
        await passer.Page.FillAsync("[name='Form.Email']", "karel.9904@example.test");
        await passer.Page.ClickAsync("main form button[type=submit]");
        await passer.Page.Arrives("**/account/lost-access?asked=*");
        await passer.IsSound();

        await using var chief = await Screen.Open(portal, 1280, "fr");
        await Demo(chief, "Bernard Demo-D");
        await chief.Go("/9904/admin/recoveries");
        await chief.IsSound();
        await chief.Page.ClickAsync("form[action*='handler=Confirm'] button");
        await using var officer = await Screen.Open(portal, 320, "fr");
        await Demo(officer, "Greta Demo-D");
        await officer.Go("/9904/admin/recoveries");
        await officer.IsSound();
        await officer.Page.ClickAsync("form[action*='handler=Confirm'] button");
        await officer.Page.ClickAsync("form[action*='handler=Paper'] button");
        var paper = await officer.Page.InnerTextAsync(".govuk-inset-text code");
        await officer.IsSound();

        await passer.Go(await Link());
        await passer.IsSound();
        await passer.Page.FillAsync("[name='Form.Paper']", paper);
        await passer.Page.FillAsync("[name='Form.Secret']", Secret);
        await passer.Page.FillAsync("[name='Form.Again']", Secret);
        var totp = FromBase32(await passer.Page.InnerTextAsync("main form code"));
        await passer.Page.FillAsync("[name='Form.Code']", CodeAt(totp, DateTimeOffset.UtcNow));
        var used = DateTimeOffset.UtcNow;
        await passer.Page.ClickAsync("main form button[type=submit]");
        await passer.Page.Arrives("**/account/recovery-codes");
        var codes = await passer.Page.Locator("main code").AllInnerTextsAsync();
        Assert.Equal(8, codes.Count);
        await passer.IsSound();

        // A recovery code instead of the app.
        await Password(passer.Page);
        await passer.IsSound();
        await passer.Page.FillAsync("[name='Form.Code']", codes[3]);
        await passer.Page.ClickAsync("main form button[type=submit]");
        await passer.Page.Arrives("**/account/home");
        await passer.Go("/account/security");
        Assert.Contains("7", await passer.Page.InnerTextAsync("main ul"), StringComparison.Ordinal);
        await SignOut(passer.Page);

        // The app; and without script a session that ends in another tab while a note is being written.
        while (DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 30 <= used.ToUnixTimeSeconds() / 30 + 1) await Task.Delay(500);
        await using var plain = await Screen.Open(portal, 1280, "nl", script: false);
        await plain.Go("/account/sign-in?to=%2F9904%2Fintake");
        await Password(plain.Page);
        await plain.Page.FillAsync("[name='Form.Code']", CodeAt(totp, DateTimeOffset.UtcNow));
        used = DateTimeOffset.UtcNow;
        await plain.Page.ClickAsync("main form button[type=submit]");
        await plain.Page.Arrives("**/9904/intake");
        Assert.Equal(1, await plain.Page.Locator("#vs-session time").CountAsync()); // the page says when it ends
        await plain.Page.CheckAsync("input[name='Form.Trigger'][value='Patrol']", new() { Force = true });
        await plain.Page.CheckAsync("input[name='Form.SubKind'][value='Burglary']", new() { Force = true });
        await plain.Page.FillAsync("[name='Form.GivenName']", "Wout");
        var name = "Zzcanary" + Guid.NewGuid().ToString("N")[..6];
        await plain.Page.FillAsync("[name='Form.FamilyName']", name);
        var tab = await plain.Context.NewPageAsync();
        await tab.GotoAsync(plain.Home + "/account/home");
        await SignOut(tab);
        await plain.Page.ClickAsync("main form[method=post] button[type=submit]:not([formaction])");
        await plain.Page.Arrives("**/account/kept?*");
        Assert.DoesNotContain(name, await plain.Page.ContentAsync(), StringComparison.OrdinalIgnoreCase);
        await plain.Page.ClickAsync("main form button[type=submit]");
        while (DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 30 <= used.ToUnixTimeSeconds() / 30 + 1) await Task.Delay(500);
        await Password(plain.Page);
        await plain.Page.FillAsync("[name='Form.Code']", CodeAt(totp, DateTimeOffset.UtcNow));
        await plain.Page.ClickAsync("main form button[type=submit]");
        await plain.Page.Arrives("**/account/kept");
        Assert.Equal(name, await plain.Page.InputValueAsync("main [name='Form.FamilyName']"));
        await plain.Page.ClickAsync("main form button[type=submit]");
        await plain.Page.Arrives(url => url.Contains("/9904/dossiers/", StringComparison.Ordinal) || url.Contains("/9904/", StringComparison.Ordinal));
        Assert.All(plain.Addresses, address => Assert.DoesNotContain(name, address, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(name, portal.Output, StringComparison.OrdinalIgnoreCase);
        passer.SaysNothingWrong();
    }

    [Fact]
    public async Task Two_minutes_before_the_end_the_page_warns_and_after_it_covers_what_was_typed()
    {
        await using var brief = new RunningPortal { Settings = ["--Identity:Idle", "00:02:12"] };
        await brief.InitializeAsync();
        await using var screen = await Screen.Open(brief, language: "fr");
        await Demo(screen, "Inès Demo-A");
        await screen.Go("/9901/intake");
        await screen.Page.FillAsync("[name='Form.GivenName']", "Typed before the end");
        await screen.Page.WaitForSelectorAsync("#vs-session-soon[open]");
        await screen.IsSound();
        await screen.Page.ClickAsync("#vs-session-soon [data-stay]");
        await screen.Page.WaitForSelectorAsync("#vs-session-soon", new() { State = WaitForSelectorState.Hidden });

        var tab = await screen.Context.NewPageAsync();
        await tab.GotoAsync(screen.Home + "/account/home");
        await SignOut(tab);
        await screen.Page.BringToFrontAsync();
        await screen.Page.EvaluateAsync("() => dispatchEvent(new Event('focus'))");
        await screen.Page.WaitForSelectorAsync("#vs-session-over[open]");
        await screen.IsSound();
        await tab.GotoAsync(screen.Home + "/demo");
        await tab.Locator("button", new() { HasTextString = "Inès Demo-A" }).First.ClickAsync();
        await tab.Arrives("**/9901/worklist");
        await screen.Page.EvaluateAsync("() => dispatchEvent(new Event('focus'))");
        await screen.Page.WaitForSelectorAsync("#vs-session-over", new() { State = WaitForSelectorState.Hidden });
        Assert.Equal("Typed before the end", await screen.Page.InputValueAsync("[name='Form.GivenName']"));
        screen.SaysNothingWrong();
    }

    // What a machine with a fingerprint reader does, without a finger.
    private static async Task Authenticator(Screen screen)
    {
        var cdp = await screen.Context.NewCDPSessionAsync(screen.Page);
        await cdp.SendAsync("WebAuthn.enable");
        await cdp.SendAsync("WebAuthn.addVirtualAuthenticator", new Dictionary<string, object>
        {
            ["options"] = new Dictionary<string, object>
            {
                ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = true, ["isUserVerified"] = true, ["automaticPresenceSimulation"] = true,
            },
        });
    }

    // The browser may offer the passkey by itself (conditional mediation) and be answered at once; else the button asks.
    private static async Task ByPasskey(Screen screen)
    {
        try
        {
            await screen.Page.Arrives("**/account/home", within: 2000);
        }
        catch (TimeoutException)
        {
            try
            {
                await screen.Page.ClickAsync("[data-ask]", new() { Timeout = 10_000 });
            }
            catch (TimeoutException)
            {
                // A slow machine: the browser was answered meanwhile, and the button is gone with its page.
            }
            await screen.Page.Arrives("**/account/home");
        }
    }

    private static async Task Demo(Screen screen, string who)
    {
        await screen.Go("/demo");
        await screen.Page.Locator("button", new() { HasTextString = who }).First.ClickAsync();
        await screen.Page.Arrives("**/99*/**");
    }

    private static async Task Password(IPage page)
    {
        if (!page.Url.Contains("/account/sign-in", StringComparison.Ordinal)) await page.ClickAsync("main a[href='/account/sign-in']");
        await page.FillAsync("[name='Form.Email']", "karel.9904@example.test");
        await page.FillAsync("[name='Form.Secret']", Secret);
        await page.ClickAsync("form[action='/account/sign-in'] button[type=submit]");
        await page.Arrives("**/account/second-factor*");
    }

    private static async Task SignOut(IPage page)
    {
        await page.Locator("details.vs-drop summary").Last.ClickAsync();
        await page.ClickAsync("form[action='/account/sign-out'] button");
        // A passkey that is offered and answered at once may lead on before the sign-in page has loaded.
        await page.Arrives(url => url.EndsWith("/account/sign-in", StringComparison.Ordinal) || url.EndsWith("/account/home", StringComparison.Ordinal), loaded: false);
    }

    // The house's job comes round every twenty seconds.
    private async Task<string> Link()
    {
        var folder = Path.Combine(portal.Folder, "mail");
        for (var i = 0; i < 160; i++)
        {
            foreach (var letter in Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.eml").Select(File.ReadAllText) : [])
            {
                if (InMail().Match(Clear(letter)) is { Success: true } found) return found.Value;
            }
            await Task.Delay(500);
        }
        throw new TimeoutException("No mail with a link came.");
    }

    private static string Clear(string letter)
    {
        if (!letter.Contains("base64", StringComparison.OrdinalIgnoreCase)) return letter.Replace("=\r\n", "", StringComparison.Ordinal).Replace("=\n", "", StringComparison.Ordinal);
        var body = letter.ReplaceLineEndings("\n");
        return System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(body[(body.IndexOf("\n\n", StringComparison.Ordinal) + 2)..].Replace("\n", "", StringComparison.Ordinal)));
    }

    [GeneratedRegex("/account/recover/[A-Za-z0-9_-]{40,}", RegexOptions.None, 1000)]
    private static partial Regex InMail();

    // What an authenticator app shows (RFC 6238), written here once more: the product's own is not asked.
    private static string CodeAt(byte[] secret, DateTimeOffset at)
    {
        var counter = new byte[8];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(counter, at.ToUnixTimeSeconds() / 30);
#pragma warning disable CA5350 // the algorithm of the RFC
        var hash = System.Security.Cryptography.HMACSHA1.HashData(secret, counter);
#pragma warning restore CA5350
        var number = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[19] & 15)) & int.MaxValue;
        return (number % 1_000_000).ToString("000000", System.Globalization.CultureInfo.InvariantCulture);
    }

    private static byte[] FromBase32(string text)
    {
        var bytes = new List<byte>();
        var (bits, held) = (0, 0);
        foreach (var c in text.Trim())
        {
            bits = ((bits << 5) | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal)) & 0xFFFF;
            if ((held += 5) < 8) continue;
            held -= 8;
            bytes.Add((byte)(bits >> held));
        }
        return [.. bytes];
    }
}
