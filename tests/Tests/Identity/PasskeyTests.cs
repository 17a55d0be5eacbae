using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Identity.Passkeys;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Identity;

/// <summary>Passkeys through the real pages, with an authenticator in software, and the answers that must not be accepted.</summary>
public sealed class PasskeyTests
{
    [Theory, EveryEngine]
    public async Task A_passkey_is_added_with_a_name_signs_in_as_both_factors_is_renamed_and_removed(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        using var holder = await Holder.Make(platform, zone, "key@example.test", Role.ZoneAdministrator);
        using var device = new SoftAuthenticator();
        await holder.SignIn();
        Assert.Equal(HttpStatusCode.Redirect, (await Add(holder, device, "work phone")).StatusCode);
        await platform.RunHouse();
        Assert.Contains(platform.Post.Letters, l => l.To == holder.Mail && !l.Text.Contains("work phone", StringComparison.Ordinal));

        using var elsewhere = holder.Elsewhere();
        var shown = await Show(elsewhere, device, to: $"/{zone.Code}/admin/staff");
        Assert.Equal(HttpStatusCode.Redirect, shown.StatusCode);
        Assert.Equal($"/{zone.Code}/admin/staff", (await elsewhere.Visit.Client.GetAsync(shown.Headers.Location!.ToString())).Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.OK, await elsewhere.Status($"/{zone.Code}/admin/staff"));
        Assert.Contains((await platform.Sessions(holder.Id)), s => s.Factors == "passkey");

        var link = (await elsewhere.Visit.Page("/account/security")).QuerySelector("main table a")!.GetAttribute("href")!;
        await elsewhere.Visit.Submit(link, Holder.Fields(("Form.Name", "key in the drawer")), "main form:not([action])");
        Assert.Contains("key in the drawer", (await elsewhere.Visit.Page("/account/security")).Body!.TextContent, StringComparison.Ordinal);
        await elsewhere.Visit.Submit(link, [], "main form[action*=Remove]");
        using var again = holder.Elsewhere();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Show(again, device)).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, await again.Status("/account/security"));
    }

    /// <summary>Also where the device counts nothing; and a sealed text can be spelled in several ways that open alike.</summary>
    [Theory, InlineData(""), InlineData("\n"), InlineData(" "), InlineData("=")]
    public async Task An_answer_is_good_once_however_its_challenge_is_spelled(string extra)
    {
        await using var platform = Platform.Start("sqlite");
        using var holder = await Holder.Make(platform, await platform.Zone(), "once@example.test", Role.FrontDesk);
        using var device = new SoftAuthenticator();
        await holder.SignIn();
        await Add(holder, device, "phone");
        using var one = holder.Elsewhere();
        using var two = holder.Elsewhere();
        var (options, challenge) = await Asked(one);
        device.Counter = uint.MaxValue; // wraps to 0 at the next showing, as passkeys do that are kept in a cloud
        var answer = device.Show(options);
        Assert.Equal(HttpStatusCode.Redirect, (await Answer(one, answer, challenge)).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Answer(two, answer, challenge + extra)).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, await two.Status("/account/home"));
    }

    public static TheoryData<string> Thieves => ["another origin", "another domain", "no finger", "an old counter", "an old challenge", "another's challenge", "not json", "nothing"];

    [Theory, MemberData(nameof(Thieves))]
    public async Task An_answer_that_is_not_to_our_question_opens_nothing(string thief)
    {
        await using var platform = Platform.Start("sqlite");
        using var holder = await Holder.Make(platform, await platform.Zone(), "victim@example.test", Role.FrontDesk);
        using var device = new SoftAuthenticator { Counter = 10 };
        await holder.SignIn();
        await Add(holder, device, "phone");
        using var elsewhere = holder.Elsewhere();
        Assert.Equal(HttpStatusCode.Redirect, (await Show(elsewhere, device)).StatusCode); // it works
        using var fresh = holder.Elsewhere();
        var (options, challenge) = await Asked(fresh);
        switch (thief)
        {
            case "another origin": device.Origin = "http://localhost.evil.example"; break;
            case "another domain": device.Domain = "evil.example"; break;
            case "no finger": device.Verifies = false; break;
            case "an old counter": device.Counter = 3; break;
            case "an old challenge": platform.Clock.Advance(Ceremony.GoodFor); break;
            case "another's challenge": challenge = (await Asked(fresh)).Challenge; break;
        }
        var answer = thief switch { "not json" => "{", "nothing" => "", _ => device.Show(options) };
        var response = await Answer(fresh, answer, challenge);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.NotNull((await Visit.Read(response)).QuerySelector(".govuk-error-summary"));
        Assert.Equal(HttpStatusCode.Redirect, await fresh.Status("/account/home"));
    }

    [Fact]
    public async Task A_colleagues_passkey_is_no_factor_of_mine()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        using var one = await Holder.Make(platform, zone, "one@example.test", Role.FrontDesk);
        using var two = await Holder.Make(platform, zone, "two@example.test", Role.FrontDesk);
        using var ones = new SoftAuthenticator();
        using var twos = new SoftAuthenticator();
        await one.SignIn();
        await Add(one, ones, "one's");
        await two.SignIn();
        await Add(two, twos, "two's");
        platform.Clock.Advance(TimeSpan.FromMinutes(6));
        var page = await one.Visit.Page("/account/factor?to=/account/home");
        var form = page.Form("form[data-passkey]");
        var (options, challenge) = (form.GetAttribute("data-options")!, page.QuerySelector("[name='Form.Challenge']")!.GetAttribute("value")!);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await one.Visit.Send("/account/factor", form, Holder.Fields(("Form.Json", twos.Show(options)), ("Form.Challenge", challenge)))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await one.Visit.Send("/account/factor", form, Holder.Fields(("Form.Json", ones.Show(options)), ("Form.Challenge", challenge)))).StatusCode);
    }

    [Fact]
    public async Task Nobody_collects_passkeys_without_end()
    {
        await using var platform = Platform.Start("sqlite");
        using var holder = await Holder.Make(platform, await platform.Zone(), "many@example.test", Role.FrontDesk);
        await holder.SignIn();
        for (var i = 0; i < Names.Most; i++)
        {
            using var device = new SoftAuthenticator();
            Assert.Equal(HttpStatusCode.Redirect, (await Add(holder, device, "key " + i)).StatusCode);
        }
        Assert.Null((await holder.Visit.Page("/account/security/add-passkey")).QuerySelector("form[data-passkey]"));
        Assert.Equal(Names.Most, await platform.Look(house => house.Set<IdentityUserPasskey<Guid>>().CountAsync(p => p.UserId == holder.Id)));
    }

    [Fact]
    public async Task The_sign_in_page_offers_passkeys_to_nobody_in_particular()
    {
        await using var platform = Platform.Start("sqlite");
        using var holder = await Holder.Make(platform, await platform.Zone(), "quiet@example.test", Role.FrontDesk);
        using var device = new SoftAuthenticator();
        await holder.SignIn();
        await Add(holder, device, "phone");
        using var passer = holder.Elsewhere();
        var page = await passer.Visit.Page("/account/sign-in");
        Assert.Equal("username webauthn", page.QuerySelector("[name='Form.Email']")!.GetAttribute("autocomplete"));
        Assert.Contains("\"allowCredentials\":[]", (await Asked(passer)).Options, StringComparison.Ordinal);
        Assert.Contains("\"userVerification\":\"required\"", (await Asked(passer)).Options, StringComparison.Ordinal);
    }

    internal static async Task<HttpResponseMessage> Add(Holder holder, SoftAuthenticator device, string name)
    {
        var page = await holder.Visit.Page("/account/security/add-passkey");
        var form = page.Form("form[data-passkey=create]");
        return await holder.Visit.Send("/account/security/add-passkey", form, Holder.Fields(("Form.Name", name), ("Form.Json", device.Make(form.GetAttribute("data-options")!))));
    }

    internal static async Task<HttpResponseMessage> Show(Holder holder, SoftAuthenticator device, string to = "")
    {
        var page = await holder.Visit.Page("/account/sign-in?to=" + Uri.EscapeDataString(to));
        var form = page.Form("form[data-passkey=get]");
        form.SetAttribute("action", form.GetAttribute("data-action")!); // as the script does
        return await holder.Visit.Send("/account/sign-in", form, Holder.Fields(("Passkey.Json", device.Show(form.GetAttribute("data-options")!))));
    }

    private static async Task<(string Options, string Challenge)> Asked(Holder holder)
    {
        var form = (await holder.Visit.Page("/account/sign-in")).Form("form[data-passkey=get]");
        return (form.GetAttribute("data-options")!, form.QuerySelector("[name='Passkey.Challenge']")!.GetAttribute("value")!);
    }

    private static async Task<HttpResponseMessage> Answer(Holder holder, string answer, string challenge)
    {
        var form = (await holder.Visit.Page("/account/sign-in")).Form("form[data-passkey=get]");
        form.SetAttribute("action", form.GetAttribute("data-action")!);
        return await holder.Visit.Send("/account/sign-in", form, Holder.Fields(("Passkey.Json", answer), ("Passkey.Challenge", challenge)));
    }
}
