using System.Net;
using AngleSharp.Dom;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Contracts;
using VictimSupport.Identity.Invitations;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Staff;
using Confirm = VictimSupport.Zones.Confirmations.List;
using Invitation = VictimSupport.Identity.Invitations.Invitation;

namespace VictimSupport.Tests.Zones;

/// <summary>How people are asked in, and every way in which an invitation must not work.</summary>
public sealed class InvitationTests(Platforms platforms)
{
    private const string Mail = "noor@example.test";

    [Theory, EveryEngine]
    public async Task The_mail_leaves_once_by_itself_and_the_link_is_then_forgotten(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        using var administrator = zone.Visit(Role.ZoneAdministrator);
        Assert.Equal(HttpStatusCode.Redirect, (await administrator.Invites(Mail, "CaseworkerOnCall", ("Form.Until", "2027-01-31"))).StatusCode);
        Assert.Empty(platform.Post.Letters); // acknowledged when kept, carried out after
        platform.Post.Failing = new IOException("away");
        await platform.RunHouseJob();
        Assert.Contains("mail failed", await Status(administrator), StringComparison.Ordinal);
        platform.Post.Failing = null;
        await platform.RunHouseJob(); // too early: it waits
        Assert.Empty(platform.Post.Letters);
        platform.Clock.Advance(TimeSpan.FromMinutes(5));
        await platform.RunHouseJob();
        await platform.RunHouseJob();
        var letter = Assert.Single(platform.Post.Letters);
        Assert.Equal((Mail, "Invitation"), (letter.To, letter.Subject));
        foreach (var secret in new[] { zone.Code, "Zone", "Noor", "caseworker" }) Assert.DoesNotContain(secret, letter.Subject + letter.Text.Replace("/account/invitation/", "", StringComparison.Ordinal).Split("http")[0], StringComparison.OrdinalIgnoreCase);
        Assert.Contains("mail sent", await Status(administrator), StringComparison.Ordinal);
        Assert.Null((await Row(platform)).SealedLink);

        var (visit, _) = await platform.TakesUp(platform.LinkTo(Mail));
        visit.Dispose();
        var roles = await platform.RolesOf(await platform.AccountOf(Mail));
        Assert.Equal([Role.Caseworker, Role.OnCall], roles.Select(r => r.Role).Order());
        Assert.All(roles, r => Assert.Equal(new DateTimeOffset(2027, 1, 31, 23, 0, 0, TimeSpan.Zero), r.To)); // the last day ends at midnight in Brussels
        Assert.Contains("taken up", await Status(administrator), StringComparison.Ordinal);
        Assert.DoesNotContain(platform.Logs.Lines, line => line.Contains(platform.LinkTo(Mail).Split('/')[^1], StringComparison.Ordinal));
    }

    [Fact]
    public async Task Killed_between_sending_and_noting_it_the_mail_is_the_same_mail()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        using var administrator = zone.Visit(Role.ZoneAdministrator);
        await administrator.Invites(Mail);
        platform.Post.Failing = new OperationCanceledException("killed");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(platform.RunHouseJob);
        platform.Post.Failing = null;
        platform.Clock.Advance(VictimSupport.Foundation.Jobs.OutboxMessage.Held + TimeSpan.FromMinutes(1));
        await platform.RunHouseJob();
        await platform.RunHouseJob();
        Assert.Single(platform.Post.Letters);
    }

    [Fact]
    public async Task A_used_a_withdrawn_an_old_and_a_replaced_link_open_nothing()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        using var administrator = zone.Visit(Role.ZoneAdministrator);

        await administrator.Invites("used@example.test");
        await platform.RunHouseJob();
        var used = platform.LinkTo("used@example.test");
        using (var open = new Visit(platform, "", null)) for (var i = 0; i < 3; i++) Assert.True(await Opens(open, used)); // opening consumes nothing
        (await platform.TakesUp(used)).Visit.Dispose();

        await administrator.Invites("withdrawn@example.test");
        await platform.RunHouseJob();
        var withdrawn = platform.LinkTo("withdrawn@example.test");
        await Press(administrator, "Revoke", "withdrawn@example.test");

        await administrator.Invites("again@example.test");
        await platform.RunHouseJob();
        var old = platform.LinkTo("again@example.test");
        await Press(administrator, "Resend", "again@example.test");
        await platform.RunHouseJob();
        var anew = platform.LinkTo("again@example.test");
        Assert.NotEqual(old, anew);

        using var visit = new Visit(platform, "", null);
        foreach (var dead in new[] { used, withdrawn, old, "/account/invitation/" + new string('A', 43), "/account/invitation/c.forged" }) Assert.False(await Opens(visit, dead), dead);
        Assert.True(await Opens(visit, anew));
        Assert.Contains("link first opened", await Status(administrator), StringComparison.Ordinal);
        platform.Clock.Advance(TimeSpan.FromHours(73));
        Assert.False(await Opens(visit, anew));
        Assert.Contains("expired", await Status(administrator), StringComparison.Ordinal);
        // A form that was filled in meanwhile sends nothing through either.
        Assert.Equal(HttpStatusCode.NotFound, (await Sends(platform, anew)).StatusCode);
        await Press(administrator, "Resend", "again@example.test"); // an expired one can be given new life
        await platform.RunHouseJob();
        Assert.True(await Opens(visit, platform.LinkTo("again@example.test")));
    }

    [Fact]
    public async Task An_invitation_is_another_zones_for_another_zone()
    {
        await using var platform = Platform.Start("sqlite");
        var (zone, other) = (await platform.Zone(), await platform.Zone());
        using var administrator = zone.Visit(Role.ZoneAdministrator);
        using var stranger = other.Visit(Role.ZoneAdministrator);
        await administrator.Invites(Mail);
        await stranger.Invites("own@example.test");
        var id = (await Row(platform)).Id;
        Assert.DoesNotContain(Mail, await Status(stranger), StringComparison.Ordinal);
        foreach (var handler in new[] { "Revoke", "Resend", "Paper" })
        {
            var page = await stranger.Page("/admin/staff/invitations");
            var form = page.QuerySelectorAll<AngleSharp.Html.Dom.IHtmlFormElement>($"form[action*='{handler}']").First();
            Assert.Equal(HttpStatusCode.NotFound, (await stranger.Send("", form, Newcomers.Fields(("invitation", id.ToString())))).StatusCode);
        }
        Assert.True((await Row(platform)).IsOpen(platform.Clock.GetUtcNow()));
    }

    [Theory, EveryEngine]
    public async Task A_code_on_paper_is_shown_once_tried_five_times_at_most_and_waits_for_a_second_person(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        using var administrator = zone.Visit(Role.ZoneAdministrator);
        await administrator.Invites(Mail, "FrontDesk");
        var code = await Paper(administrator, Mail);
        Assert.Matches(@"^\d{4} \d{4} \d{4}$", code);
        Assert.DoesNotContain(code, (await administrator.Page("/admin/staff/invitations")).Body!.TextContent, StringComparison.Ordinal);

        using var visit = new Visit(platform, "", null);
        for (var i = 0; i < 8; i++) Assert.Contains("slip", await Typed(visit, Mail, "1234 5678 9013"), StringComparison.Ordinal); // a slip of the pen costs no try
        var wrong = await Typed(visit, Mail, PaperCodes.New());
        Assert.Equal(wrong, await Typed(visit, "nobody@example.test", code)); // the answer tells nothing of the address
        for (var i = 0; i < 4; i++) Assert.Equal(wrong, await Typed(visit, Mail, PaperCodes.New()));
        Assert.Equal(wrong, await Typed(visit, Mail, code)); // right, and dead

        var second = await Paper(administrator, Mail);
        var ticket = await visit.Submit("/account/invitation", Newcomers.Fields(("Form.Email", Mail.ToUpperInvariant()), ("Form.Code", second.Replace(' ', '.'))));
        Assert.Equal(HttpStatusCode.Redirect, ticket.StatusCode);
        var (taken, _) = await platform.TakesUp(ticket.Headers.Location!.ToString());
        taken.Dispose();
        Assert.Equal(HttpStatusCode.NotFound, (await Sends(platform, ticket.Headers.Location!.ToString())).StatusCode); // replayed
        var grant = Assert.Single(await platform.RolesOf(await platform.AccountOf(Mail)));
        Assert.False(grant.Counts(platform.Clock.GetUtcNow())); // whoever invited has seen the code: also a front desk waits
        grant.Confirm(Guid.NewGuid(), platform.Clock.GetUtcNow());
        Assert.True(grant.Counts(platform.Clock.GetUtcNow()));
    }

    [Theory, EveryEngine]
    public async Task Neither_who_invited_nor_who_made_the_code_on_paper_confirms_what_was_taken_up_by_it(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var chief = await VictimSupport.Tests.Casework.Staff.Hires(zone, "chief", Role.ZoneAdministrator);
        var second = await VictimSupport.Tests.Casework.Staff.Hires(zone, "second", Role.ZoneAdministrator);
        var officer = await VictimSupport.Tests.Casework.Staff.Hires(zone, "officer", Role.DataProtectionOfficer);
        using var inviting = chief.Visit();
        using var handing = second.Visit();
        await inviting.Invites(Mail);
        var code = await Paper(handing, Mail);
        using var visit = new Visit(platform, "", null);
        var ticket = await visit.Submit("/account/invitation", Newcomers.Fields(("Form.Email", Mail), ("Form.Code", code)));
        (await platform.TakesUp(ticket.Headers.Location!.ToString())).Visit.Dispose();
        var account = await platform.AccountOf(Mail);
        var grant = Assert.Single(await platform.RolesOf(account)).Id;
        foreach (var one in new[] { chief, second }) Assert.Equal("own", (await Assert.ThrowsAsync<RefusedException>(() => one.Send(new Confirm.Command("role", grant, Confirms: true)))).Code);
        await officer.Send(new Confirm.Command("role", grant, Confirms: true));
        Assert.Equal(officer.Id, Assert.Single(await platform.RolesOf(account)).ConfirmedBy);
    }

    [Theory, EveryEngine]
    public async Task On_paper_an_address_that_has_an_account_is_answered_like_a_dead_ticket_and_costs_a_try(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (home, zone) = (await platform.Zone(), await platform.Zone());
        using var first = home.Visit(Role.ZoneAdministrator);
        using var second = zone.Visit(Role.ZoneAdministrator);
        await first.Invites(Mail, "FrontDesk");
        await platform.RunHouseJob();
        (await platform.TakesUp(platform.LinkTo(Mail))).Visit.Dispose();
        await second.Invites(Mail, "FrontDesk");
        var code = await Paper(second, Mail);
        using var visit = new Visit(platform, "", null);
        var ticket = (await visit.Submit("/account/invitation", Newcomers.Fields(("Form.Email", Mail), ("Form.Code", code)))).Headers.Location!.ToString();
        var dead = await Visit.Read(await Sends(platform, "/account/invitation/c.forged"));
        for (var i = 0; i < Invitation.MostTries; i++)
        {
            Assert.True(await Opens(visit, ticket));
            var answer = await Sends(platform, ticket);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            Assert.Equal(dead.QuerySelector("main h1")!.TextContent, (await Visit.Read(answer)).QuerySelector("main h1")!.TextContent);
        }
        Assert.False(await Opens(visit, ticket)); // five tries, as of a wrong code
        Assert.Single(await platform.RolesOf(await platform.AccountOf(Mail)));
    }

    [Fact]
    public async Task The_links_in_mails_lead_to_the_address_of_the_house_whatever_host_a_request_names()
    {
        await using var platform = Platform.Start("sqlite", new() { ["Portal:Address"] = "https://portal.example/" });
        using var administrator = (await platform.Zone()).Visit(Role.ZoneAdministrator);
        using var op = new Visit(platform, "operator", Guid.NewGuid(), Role.Operator);
        foreach (var visit in new[] { administrator, op }) visit.Client.DefaultRequestHeaders.Host = "evil.example";
        await administrator.Invites(Mail);
        await platform.RunHouseJob();
        await Press(administrator, "Resend", Mail);
        await administrator.Submit("/admin/staff/import", Newcomers.Fields(("Form.Text", "name,email,roles,until,language\nAnn,ann@example.test,caseworker,,\n")));
        await op.Submit("/operator/people", Newcomers.Fields(("Form.Name", "Otto"), ("Form.Email", "otto@example.test"), ("Form.Role", "Operator")));
        await platform.RunHouseJob();
        Assert.Equal(["ann@example.test", Mail, Mail, "otto@example.test"], platform.Post.Letters.Select(l => l.To).Order(StringComparer.Ordinal));
        Assert.All(platform.Post.Letters, l => Assert.Contains(" https://portal.example/account/invitation/", l.Text.ReplaceLineEndings(" "), StringComparison.Ordinal));
        Assert.All(platform.Post.Letters, l => Assert.DoesNotContain("evil", l.Text, StringComparison.Ordinal));
        await Paper(administrator, Mail);
        await Press(administrator, "Paper", Mail);
        Assert.Contains("https://portal.example/account/invitation", await Status(administrator), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Production", null, false), InlineData("Production", "portal.example", false), InlineData("Production", "https://portal.example", true), InlineData("Development", null, true), InlineData("Development", "javascript:x", false)]
    public void Where_real_people_are_no_portal_starts_without_its_address(string environment, string? address, bool starts)
    {
        var settings = new Microsoft.Extensions.Configuration.ConfigurationManager { ["Portal:Address"] = address };
        var there = Microsoft.AspNetCore.Builder.WebApplication.CreateBuilder(new Microsoft.AspNetCore.Builder.WebApplicationOptions { EnvironmentName = environment }).Environment;
        var fault = Record.Exception(() => VictimSupport.Foundation.Mail.PortalAddress.Check(settings, there));
        if (starts) Assert.Null(fault);
        else Assert.IsType<VictimSupport.Foundation.Secrecy.StartRefusedException>(fault);
    }

    [Fact]
    public async Task Guesses_sent_at_once_are_counted_one_by_one()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        using var administrator = zone.Visit(Role.ZoneAdministrator);
        await administrator.Invites(Mail);
        var code = await Paper(administrator, Mail);
        using var visit = new Visit(platform, "", null);
        await visit.Page("/account/invitation"); // the form's cookie, before they race
        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Typed(visit, Mail, PaperCodes.New())));
        Assert.Equal(Invitation.MostTries, (await Row(platform)).CodeTries);
        Assert.Contains("do not fit", await Typed(visit, Mail, code), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_slip_of_one_digit_is_told_from_a_code()
    {
        for (var i = 0; i < 50; i++)
        {
            var code = PaperCodes.New().Replace(" ", "", StringComparison.Ordinal);
            Assert.True(PaperCodes.IsWhole(code));
            for (var at = 0; at < code.Length; at++) Assert.False(PaperCodes.IsWhole(code[..at] + (char)('0' + (code[at] - '0' + 1) % 10) + code[(at + 1)..]), code);
        }
        await Task.CompletedTask;
    }

    [Theory, EveryEngine]
    public async Task A_colleague_of_another_zone_accepts_with_the_account_there_is_and_the_inviter_learns_nothing(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (home, zone) = (await platform.Zone(), await platform.Zone());
        using var first = home.Visit(Role.ZoneAdministrator);
        using var second = zone.Visit(Role.ZoneAdministrator);
        await first.Invites(Mail, "FrontDesk");
        await platform.RunHouseJob();
        var (visit, totp) = await platform.TakesUp(platform.LinkTo(Mail));
        using (visit)
        {
            var (known, unknown) = (await second.Invites(Mail, "FrontDesk"), await second.Invites("new@example.test", "FrontDesk"));
            Assert.Equal((known.StatusCode, known.Headers.Location), (unknown.StatusCode, unknown.Headers.Location));
            Assert.Equal(RowOf(await second.Page("/admin/staff/invitations"), Mail).Replace(Mail, "", StringComparison.Ordinal), RowOf(await second.Page("/admin/staff/invitations"), "new@example.test").Replace("new@example.test", "", StringComparison.Ordinal));
            await platform.RunHouseJob();
            var link = platform.LinkTo(Mail);
            // Set up a second account with the same address: no.
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Sends(platform, link)).StatusCode);

            // Somebody else who is signed in, with the link: no.
            await second.Invites("other@example.test", "FrontDesk");
            await platform.RunHouseJob();
            var (thief, thiefs) = await platform.TakesUp(platform.LinkTo("other@example.test"));
            using (thief)
            {
                await thief.SignsIn(platform, "other@example.test", thiefs, "/account/home");
                var shown = await thief.Page(link);
                Assert.Null(shown.QuerySelector("form[action*='Take']"));
                Assert.DoesNotContain("invitation", (await thief.Page("/account/home")).QuerySelector("main")!.TextContent, StringComparison.OrdinalIgnoreCase);
            }

            await visit.SignsIn(platform, Mail, totp, "/account/home");
            Assert.NotNull((await visit.Page("/account/home")).QuerySelector("a[href='/account/invitations']"));
            var taken = await visit.Submit("/account/invitations", []);
            Assert.Equal(HttpStatusCode.Redirect, taken.StatusCode);
            Assert.Equal(2, (await platform.RolesOf(await platform.AccountOf(Mail))).Count);
            Assert.Equal(HttpStatusCode.Redirect, (await visit.Client.GetAsync($"/account/enter?to=/{zone.Code}/absences")).StatusCode); // at once
            Assert.False(await Opens(visit, link));
        }
    }

    [Theory]
    [InlineData("Form.Email", "аnna@example.test", "looks like one")] // the first letter is Cyrillic
    [InlineData("Form.Email", "anna@exämple.test", "looks like one")]
    [InlineData("Form.Email", "anna", "valid e-mail")]
    [InlineData("Form.Email", "anna@example.test\r\nBcc: all@example.test", "valid e-mail")]
    [InlineData("Form.Name", "=HYPERLINK(\"x\")", "formula")]
    [InlineData("Form.Template", "Operator", "Choose a role")]
    [InlineData("Form.Template", "Other", "Choose a role")]
    [InlineData("Form.Until", "2020-01-01", "has passed")]
    [InlineData("Form.Until", "2040-01-01", "too far")]
    public async Task What_is_wrong_is_said_at_its_field_and_nothing_leaves(string field, string value, string said)
    {
        var platform = await platforms.On("sqlite");
        using var administrator = (await platform.Zone()).Visit(Role.ZoneAdministrator);
        var fields = Newcomers.Fields(("Form.Name", "Noor"), ("Form.Email", "x@example.test"), ("Form.Template", "Caseworker"), ("Form.Language", "en"));
        fields[field] = value;
        var response = await administrator.Submit("/admin/staff/invite", fields);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Contains(said, (await Visit.Read(response)).QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Platform_roles_and_clashing_roles_cannot_be_invited_and_nobody_invites_himself()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        using var any = zone.Visit(Role.ZoneAdministrator);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await any.Invites("a@example.test", "Other", ("Form.Roles", "Operator"))).StatusCode);
        var both = await any.Page("/admin/staff/invite");
        var form = both.QuerySelectorAll<AngleSharp.Html.Dom.IHtmlFormElement>("main form").Last();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await any.Send("/admin/staff/invite", form, [.. Newcomers.Fields(("Form.Name", "x"), ("Form.Email", "a@example.test"), ("Form.Template", "Other")), KeyValuePair.Create("Form.Roles", "DataProtectionOfficer"), KeyValuePair.Create("Form.Roles", "Coordinator")])).StatusCode);

        var chief = await VictimSupport.Tests.Casework.Staff.Hires(zone, "chief", Role.ZoneAdministrator);
        using var visit = chief.Visit();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await visit.Invites(VictimSupport.Tests.Casework.Staff.AddressOf(zone, "chief"))).StatusCode);
        // Past the page's own check the deed itself refuses.
        await Assert.ThrowsAsync<RefusedException>(() => platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("test", null, async house =>
        {
            await using var scope = platform.Services.CreateAsyncScope();
            return await scope.ServiceProvider.GetRequiredService<Bringing>().Bring(house, zone.Id, [new Newcomer("x", VictimSupport.Tests.Casework.Staff.AddressOf(zone, "chief"), [Role.DataProtectionOfficer], null, "en")], chief.Id, default);
        }, default));
        Assert.Equal(0, await Count(platform));
    }

    private static async Task<string> Status(Visit administrator) => (await administrator.Page("/admin/staff/invitations")).QuerySelector("main")!.TextContent;

    private static string RowOf(IDocument page, string mail) => page.QuerySelectorAll("tbody tr").Single(r => r.TextContent.Contains(mail, StringComparison.Ordinal)).TextContent;

    private static async Task<bool> Opens(Visit visit, string path) => (await visit.Page(path)).QuerySelector("main form") is not null;

    private static async Task Press(Visit administrator, string handler, string mail)
    {
        var page = await administrator.Page("/admin/staff/invitations");
        var form = page.QuerySelectorAll("tbody tr").Single(r => r.TextContent.Contains(mail, StringComparison.Ordinal)).QuerySelectorAll<AngleSharp.Html.Dom.IHtmlFormElement>($"form[action*='{handler}']").Single();
        Assert.Equal(HttpStatusCode.Redirect, (await administrator.Send("", form, [])).StatusCode);
    }

    private static async Task<string> Paper(Visit administrator, string mail)
    {
        await Press(administrator, "Paper", mail);
        return (await administrator.Page("/admin/staff/invitations")).QuerySelector("main code")!.TextContent;
    }

    private static async Task<string> Typed(Visit visit, string mail, string code) =>
        (await Visit.Read(await visit.Submit("/account/invitation", Newcomers.Fields(("Form.Email", mail), ("Form.Code", code))))).QuerySelector(".govuk-error-summary")!.TextContent.Trim();

    // What a browser sends that had the form open.
    private static async Task<HttpResponseMessage> Sends(Platform platform, string path)
    {
        using var visit = new Visit(platform, "", null);
        var secrets = platform.Services.GetRequiredService<VictimSupport.Identity.Accounts.TotpSecrets>();
        var offer = secrets.Offer();
        var form = (await visit.Page("/account/invitation")).QuerySelectorAll<AngleSharp.Html.Dom.IHtmlFormElement>("main form").Single();
        form.SetAttribute("action", path);
        return await visit.Send(path, form, Newcomers.Fields(("Form.DisplayName", "x"), ("Form.Secret", Newcomers.Secret), ("Form.Again", Newcomers.Secret), ("Form.Totp", offer), ("Form.Code", platform.CodeOf(secrets.Offered(offer)!))));
    }

    private static async Task<Invitation> Row(Platform platform)
    {
        await using var house = platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        return await house.Set<Invitation>().AsNoTracking().OrderBy(i => i.Created).FirstAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<int> Count(Platform platform)
    {
        await using var house = platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        return await house.Set<OutboxMessage>().CountAsync(TestContext.Current.CancellationToken);
    }
}
