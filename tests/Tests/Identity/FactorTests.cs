using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using MediatR;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Invitations;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Tests.Identity;

/// <summary>Deeds of weight ask for a factor shown just now, and a form that came too late comes back to who typed it, to nobody else.</summary>
public sealed class FactorTests(Platforms platforms)
{
    [Fact]
    public async Task A_use_case_that_demands_a_fresh_factor_is_not_done_without()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var administrator = zone.As(Role.ZoneAdministrator);
        var invitation = new Invite.Command { Name = "New", Email = "new@example.test", Template = "Caseworker", Language = "fr" };
        await Assert.ThrowsAsync<StaleFactorException>(() => administrator.Stale().Send(invitation));
        Assert.Equal(NewcomerFate.New, await administrator.Send(invitation));
    }

    [Theory]
    [InlineData(-1, true), InlineData(4, true), InlineData(5, false), InlineData(600, false)]
    public void A_factor_is_fresh_for_five_minutes_and_a_clock_that_runs_behind_takes_nothing_away(int minutes, bool fresh)
    {
        var shown = new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.Zero);
        Assert.Equal(fresh, (Caller.Nobody with { LastFactor = shown }).IsFresh(shown.AddMinutes(minutes)));
        Assert.False(Caller.Nobody.IsFresh(shown));
        Assert.True(Caller.Platform.IsFresh(shown));
    }

    /// <summary>Which requests demand one is written down here: whoever adds a change of roles, a recovery or a factor must think of it.</summary>
    [Fact]
    public void Changes_of_roles_recoveries_and_factors_demand_one()
    {
        Type[] weighty =
        [
            typeof(Invite.Command), typeof(Show.GiveCommand), typeof(Show.EndCommand),
            typeof(VictimSupport.Identity.Recoveries.Zone.Command), typeof(VictimSupport.Identity.Recoveries.Zone.DecideCommand), typeof(VictimSupport.Identity.Recoveries.Zone.PaperCommand),
            typeof(VictimSupport.Identity.Recoveries.Operators.Command), typeof(VictimSupport.Identity.Recoveries.Operators.DecideCommand),
        ];
        Assert.All(weighty, type => Assert.True(FreshFactorAttribute.On(type), type.FullName));
        var own = typeof(VictimSupport.Identity.Security.AddPasskey).Assembly.GetTypes().Where(t => t.Namespace == "VictimSupport.Identity.Security" && typeof(IBaseRequest).IsAssignableFrom(t) && t.DeclaringType != typeof(VictimSupport.Identity.Security.Show));
        Assert.NotEmpty(own);
        Assert.All(own, type => Assert.True(FreshFactorAttribute.On(type), type.FullName));
        Assert.False(FreshFactorAttribute.On(typeof(Planted)));
    }

    private sealed record Planted : IRequest<bool>;

    [Fact]
    public async Task A_page_that_demands_one_asks_and_leads_back()
    {
        await using var platform = Platform.Start("sqlite");
        using var holder = await Holder.Make(platform, await platform.Zone(), "ask@example.test", Role.FrontDesk);
        await holder.SignIn();
        Assert.Equal(HttpStatusCode.OK, await holder.Status("/account/security/app"));
        platform.Clock.Advance(TimeSpan.FromMinutes(5));
        var asked = await holder.Visit.Client.GetAsync("/account/security/app");
        Assert.Equal("/account/factor?to=%2Faccount%2Fsecurity%2Fapp", asked.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await holder.Visit.Submit(asked.Headers.Location!.ToString(), Holder.Fields(("Form.Code", "123456")))).StatusCode);
        var shown = await holder.Visit.Submit(asked.Headers.Location!.ToString(), Holder.Fields(("Form.Code", holder.Code())));
        Assert.Equal("/account/security/app", shown.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.OK, await holder.Status("/account/security/app"));
    }

    [Fact]
    public async Task A_form_sent_with_a_stale_factor_comes_back_after_one_was_shown()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        using var holder = await Holder.Make(platform, zone, "chief@example.test", Role.ZoneAdministrator);
        await holder.SignIn($"/{zone.Code}/admin/staff/invite");
        var form = (await holder.Visit.Page($"/{zone.Code}/admin/staff/invite")).Form("main form");
        platform.Clock.Advance(TimeSpan.FromMinutes(6));
        var kept = await Follow(holder, await holder.Visit.Send($"/{zone.Code}/admin/staff/invite", form, Typed), form);
        Assert.Empty(await Invitations(platform, zone));
        var page = await Visit.Read(kept);
        Assert.DoesNotContain("Zzcanary", page.DocumentElement.OuterHtml, StringComparison.Ordinal); // sealed until the factor is shown
        var back = await Follow(holder, await holder.Visit.Send("/account/factor", page.Form("main form:not([data-passkey])"), Holder.Fields(("Form.Code", holder.Code()))), page.Form("main form:not([data-passkey])"));
        var again = (await Visit.Read(back)).Form("main form");
        Assert.Equal("Zzcanary New", again.QuerySelector("[name='Form.Name']")!.GetAttribute("value"));
        Assert.Equal(HttpStatusCode.Redirect, (await holder.Visit.Send("", again, [])).StatusCode);
        Assert.Single(await Invitations(platform, zone));
        Assert.DoesNotContain(platform.Logs.Lines, line => line.Contains("Zzcanary", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_form_sent_after_the_session_ended_comes_back_to_who_typed_it_after_signing_in()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        using var holder = await Holder.Make(platform, zone, "late@example.test", Role.ZoneAdministrator);
        await holder.SignIn($"/{zone.Code}/admin/staff/invite");
        var form = (await holder.Visit.Page($"/{zone.Code}/admin/staff/invite")).Form("main form");
        platform.Clock.Advance(TimeSpan.FromMinutes(31));
        var kept = await Follow(holder, await holder.Visit.Send($"/{zone.Code}/admin/staff/invite", form, Typed), form);
        var page = await Visit.Read(kept);
        Assert.DoesNotContain("Zzcanary", page.DocumentElement.OuterHtml, StringComparison.Ordinal);

        var signIn = await Visit.Read(await holder.Visit.Send("/account/kept", page.Form("main form"), []));
        var password = signIn.Form("form[action='/account/sign-in']");
        var half = await holder.Visit.Send("/account/sign-in", password, Holder.Fields(("Form.Email", holder.Mail), ("Form.Secret", Holder.Secret)));
        var second = await Visit.Read(await Follow(holder, half, password));
        var code = second.Form("form[action='/account/second-factor']");
        Assert.DoesNotContain(Holder.Secret, second.DocumentElement.OuterHtml, StringComparison.Ordinal);
        var back = await Visit.Read(await Follow(holder, await holder.Visit.Send("/account/second-factor", code, Holder.Fields(("Form.Code", holder.Code()))), code));
        Assert.Equal("Zzcanary New", back.QuerySelector("main [name='Form.Name']")!.GetAttribute("value"));
        Assert.Equal(HttpStatusCode.Redirect, (await holder.Visit.Send("", back.Form("main form"), [])).StatusCode);
        Assert.Single(await Invitations(platform, zone));
    }

    [Fact]
    public async Task Another_account_that_signs_in_afterwards_gets_nothing_back()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        using var holder = await Holder.Make(platform, zone, "first@example.test", Role.ZoneAdministrator);
        using var other = await Holder.Make(platform, zone, "second@example.test", Role.ZoneAdministrator);
        await holder.SignIn($"/{zone.Code}/admin/staff/invite");
        var form = (await holder.Visit.Page($"/{zone.Code}/admin/staff/invite")).Form("main form");
        platform.Clock.Advance(TimeSpan.FromMinutes(31));
        var page = await Visit.Read(await Follow(holder, await holder.Visit.Send($"/{zone.Code}/admin/staff/invite", form, Typed), form));
        var kept = page.QuerySelector("[name=kept]")!.GetAttribute("value")!;
        await other.SignIn();
        var shown = await Visit.Read(await other.Visit.Forge("/account/kept", ("kept", kept)));
        Assert.DoesNotContain("Zzcanary", shown.DocumentElement.OuterHtml, StringComparison.Ordinal);
        Assert.Null(shown.QuerySelector("main form"));
        Assert.Equal(HttpStatusCode.NotFound, (await other.Visit.Forge("/account/kept", ("kept", kept[..^3] + "AAA"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await other.Visit.Forge("/account/kept?t=forged", ("Form.Name", "planted"))).StatusCode);
    }

    [Fact]
    public async Task What_a_stranger_posts_is_not_kept()
    {
        var platform = await platforms.On("sqlite");
        using var passer = (await platform.Zone()).Passer();
        var response = await passer.Forge("/admin/staff/invite", ("Form.Name", "planted"));
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode); // not 307: nothing goes along
        Assert.StartsWith("/account/enter?to=", response.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_typed_under_account_is_a_secret_and_never_kept()
    {
        await using var platform = Platform.Start("sqlite");
        using var holder = await Holder.Make(platform, await platform.Zone(), "secret@example.test", Role.FrontDesk);
        await holder.SignIn();
        var form = (await holder.Visit.Page("/account/security/password")).Form("main form");
        platform.Clock.Advance(TimeSpan.FromMinutes(6));
        var response = await holder.Visit.Send("/account/security/password", form, Holder.Fields(("Form.Present", Holder.Secret)));
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
    }

    private static readonly Dictionary<string, string> Typed = Holder.Fields(("Form.Name", "Zzcanary New"), ("Form.Email", "new@example.test"), ("Form.Template", "Caseworker"), ("Form.Language", "fr"));

    // As a browser does with 307: the same body to the other address.
    private static async Task<HttpResponseMessage> Follow(Holder holder, HttpResponseMessage answer, IHtmlFormElement form)
    {
        Assert.Equal(HttpStatusCode.TemporaryRedirect, answer.StatusCode);
        Assert.DoesNotContain("Zzcanary", answer.Headers.Location!.ToString(), StringComparison.Ordinal);
        var body = await answer.RequestMessage!.Content!.ReadAsStringAsync();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");
        var next = await holder.Visit.Client.PostAsync(answer.Headers.Location, content);
        return next.StatusCode == HttpStatusCode.TemporaryRedirect ? await Follow(holder, next, form) : next;
    }

    private static Task<List<Invitation>> Invitations(Platform platform, TestZone zone) => platform.Look(house => Task.FromResult(house.Set<Invitation>().Where(i => i.Zone == zone.Id).ToList()));
}
