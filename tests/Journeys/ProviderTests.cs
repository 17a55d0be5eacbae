using Microsoft.Playwright;
using VictimSupport.Journeys.Kit;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Journeys;

/// <summary>Signing in at a zone's own provider, in a real browser, with a real provider in a host of its own.</summary>
public sealed class ProviderTests(RunningPortal portal)
{
    [Theory]
    [InlineData(1280, true), InlineData(320, false)]
    public async Task From_the_operators_list_to_a_colleagues_sign_in(int width, bool script)
    {
        await using var provider = await Provider.Start(TimeProvider.System, asksAPerson: true);
        var (zone, domain) = script ? ("9902", "lindeberg.example") : ("9903", "hohenau.example");
        var letter = script ? "B" : "C";
        await using (var screen = await Open(width, script, "Olivia Demo"))
        {
            await screen.Go("/operator/providers");
            await Sound(screen, script);
            await screen.Page.FillAsync("[name='Form.Name']", "Entra " + zone);
            await screen.Page.FillAsync("[name='Form.Issuer']", provider.Issuer);
            await screen.Page.FillAsync("[name='Form.Tenant']", provider.Tenant);
            await screen.Page.Locator("main form button[type=submit]").Last.ClickAsync();
            await Assertions.Expect(screen.Page.Locator("main table").First).ToContainTextAsync(provider.Issuer);
            screen.SaysNothingWrong();
        }
        await using (var screen = await Open(width, script, "Bernard Demo-" + letter))
        {
            await screen.Go($"/{zone}/admin/federation");
            await Sound(screen, script);
            await screen.Page.Locator("label", new() { HasTextString = "Entra " + zone }).ClickAsync();
            await screen.Page.FillAsync("[name='Form.Name']", "Zone " + zone);
            await screen.Page.FillAsync("[name='Form.ClientId']", provider.ClientId);
            await screen.Page.FillAsync("[name='Form.Secret']", provider.Secret);
            await screen.Page.FillAsync("[name='Form.Domains']", domain);
            await screen.Page.Locator("main form button[type=submit]").Last.ClickAsync();
            await Sound(screen, script);
        }
        await using (var screen = await Open(width, script, "Claire Demo-" + letter))
        {
            await screen.Go($"/{zone}/admin/confirmations");
            Assert.Contains("Zone " + zone, await screen.Page.InnerTextAsync("main"), StringComparison.Ordinal);
            await screen.Page.Locator("tr", new() { HasTextString = "Zone " + zone }).Locator("form button").First.ClickAsync();
        }
        await using (var screen = await Open(width, script, "Inès Demo-" + letter))
        {
            await screen.Go("/account/federation/link");
            await Sound(screen, script);
            await screen.Page.ClickAsync("main form button[type=submit]");
            await screen.Page.ClickAsync("#in"); // at the provider
            await screen.Page.Arrives("**/account/federation/link");
            Assert.Contains(provider.Issuer, await screen.Page.InnerTextAsync("main"), StringComparison.Ordinal);
            screen.SaysNothingWrong(provider.Issuer);
        }
        await using (var screen = await Screen.Open(portal, width, "en", script))
        {
            await screen.Go("/account/sign-in");
            await screen.Page.ClickAsync("main a[href*='/account/federation']");
            await Sound(screen, script);
            await screen.Page.FillAsync("[name=Email]", "anybody@" + domain);
            await screen.Page.ClickAsync("main form button[type=submit]");
            await Sound(screen, script);
            await screen.Page.ClickAsync("main form button[type=submit]");
            await screen.Page.ClickAsync("#in");
            await screen.Page.Arrives("**/account/home");
            Assert.Contains("Inès Demo-" + letter, await screen.Page.InnerTextAsync("main"), StringComparison.Ordinal);
            await screen.Go($"/{zone}/worklist");
            Assert.EndsWith($"/{zone}/worklist", screen.Page.Url, StringComparison.Ordinal);
            screen.SaysNothingWrong(provider.Issuer);
        }
        Assert.DoesNotContain(provider.Secret, portal.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_is_registered_and_asks_a_colleague()
    {
        string id;
        await using (var screen = await Open(1280, true, "Bernard Demo-A"))
        {
            await screen.Go("/9901/admin/clients");
            await Sound(screen, true);
            await screen.Page.FillAsync("[name='Form.Name']", "Planner");
            await screen.Page.CheckAsync("input[name='Form.Kind'][value='App']", new() { Force = true });
            await screen.Page.FillAsync("[name='Form.Addresses']", "http://localhost:1/back");
            await screen.Page.CheckAsync("input[name='Form.Scopes'][value='zones']", new() { Force = true });
            await screen.Page.Locator("main form button[type=submit]").Last.ClickAsync();
            id = await screen.Page.InnerTextAsync(".govuk-inset-text code");
            await Sound(screen, true);
        }
        await using (var screen = await Open(1280, true, "Inès Demo-A"))
        {
            await screen.Go($"/9901/connect/authorize?client_id={id}&response_type=code&redirect_uri={Uri.EscapeDataString("http://localhost:1/back")}&scope=zones&state=s&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256");
            await Sound(screen, true);
            // Nothing answers there; that the browser was let go is what counts.
            var left = await screen.Page.RunAndWaitForRequestAsync(() => screen.Page.ClickAsync("button[value=yes]"), r => r.Url.StartsWith("http://localhost:1/back?", StringComparison.Ordinal));
            Assert.Contains("code=", left.Url, StringComparison.Ordinal);
        }
    }

    private async Task<Screen> Open(int width, bool script, string who)
    {
        var screen = await Screen.Open(portal, width, "en", script);
        await screen.Go("/demo");
        await screen.Page.Locator("button", new() { HasTextString = who }).First.ClickAsync();
        await screen.Page.Arrives(url => !url.Contains("/demo", StringComparison.Ordinal));
        return screen;
    }

    private static Task Sound(Screen screen, bool script) => script ? screen.IsSound() : Task.CompletedTask;
}
