using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Reviews;
using VictimSupport.Zones.Settings;

namespace VictimSupport.Tests.Zones.Reviews;

/// <summary>Each quarter: every person kept or removed, all answered, signed by somebody who may.</summary>
public sealed class ReviewTests(Platforms platforms)
{
    [Theory]
    [InlineData("2026-09-30", "2026-11-24", "2026Q3"), InlineData("2026-10-01", "2026-11-24", ""), InlineData("2026-10-01", "2027-01-01", "2026Q4"), InlineData("2026-12-31", "2026-12-31", ""), InlineData(null, "2026-11-24", ""), InlineData("2026-02-01", "2026-11-24", "2026Q1,2026Q2,2026Q3")]
    public void A_review_is_owed_for_every_quarter_a_zone_was_live_in(string? live, string today, string owed) =>
        Assert.Equal(owed, string.Join(',', Quarter.Owed(live is null ? null : DateTimeOffset.Parse(live + "T12:00Z", System.Globalization.CultureInfo.InvariantCulture), DateOnly.Parse(today, System.Globalization.CultureInfo.InvariantCulture))));

    [Theory, EveryEngine]
    public async Task All_rows_are_answered_before_it_is_signed_and_whom_it_removes_holds_nothing_more(string engine)
    {
        var (zone, chief, karel) = await Live(engine);
        var dossier = await karel.Registers(Cases.Intake(zone));
        for (var i = 0; i < 3; i++) await karel.Opens(dossier); // three times the same one
        using var visit = chief.Visit();
        var page = await visit.Page("/admin/review");
        Assert.Equal("1", RowOf(page, "Karel").QuerySelector(".vs-number")!.TextContent.Trim());
        Assert.DoesNotContain(dossier.ToString(), page.Body!.InnerHtml, StringComparison.Ordinal); // how many, never which
        Assert.Single(RowOf(page, "Chief").QuerySelectorAll("input[type=radio]")); // nobody removes himself

        var half = await visit.Send("/admin/review", Form(page), Answers(page, (name, _) => name == "Karel" ? null : "keep"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, half.StatusCode);
        Assert.NotNull((await Visit.Read(half)).QuerySelector("input[value=keep][checked]")); // what was answered stays
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send("/admin/review", Form(page), Answers(page, (name, _) => name == "Karel" ? "remove" : "keep"))).StatusCode);
        Assert.False(await zone.Holds(karel, Role.Caseworker));
        Assert.True(await zone.Holds(chief, Role.ZoneAdministrator));

        var after = await visit.Page("/admin/review");
        Assert.Null(after.QuerySelector("input[type=radio]"));
        var csv = await visit.Client.GetAsync(after.QuerySelector<IHtmlAnchorElement>("a[href$=csv]")!.GetAttribute("href"));
        Assert.Equal(HttpStatusCode.OK, csv.StatusCode);
        var lines = (await csv.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains(lines, l => l.Contains("\"Karel\"", StringComparison.Ordinal));
        // What somebody opened is the signer's to know: another reader sees other dossiers, and would learn by the difference.
        Assert.All(lines, l => Assert.Equal(7, l.Split(';').Length));
        await using var house = zone.Platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        var review = await house.Set<AccessReview>().Where(r => r.Zone == zone.Id).Select(r => r.Id).SingleAsync();
        Assert.Single(await zone.Look(z => z.Set<VictimSupport.Foundation.Audit.AuditRow>().Where(r => r.Act == "Zones.Reviews.Csv" && r.Subject == review && r.Actor == chief.Id).ToListAsync()));
    }

    [Fact]
    public async Task A_dossier_hidden_from_whoever_signs_is_in_no_figure()
    {
        var (zone, chief, karel) = await Live();
        var (seen, walled) = (await karel.Registers(Cases.Intake(zone)), await karel.Registers(Cases.Intake(zone, "Muster", "Bram")));
        foreach (var dossier in new[] { seen, walled }) await karel.Opens(dossier);
        using var visit = chief.Visit();
        Assert.Equal("2", RowOf(await visit.Page("/admin/review"), "Karel").QuerySelector(".vs-number")!.TextContent.Trim());
        await zone.WallsOff(chief, walled);
        Assert.Equal("1", RowOf(await visit.Page("/admin/review"), "Karel").QuerySelector(".vs-number")!.TextContent.Trim());
    }

    [Fact]
    public async Task Answers_are_kept_until_it_is_signed()
    {
        var (zone, chief, _) = await Live();
        using var visit = chief.Visit();
        var page = await visit.Page("/admin/review");
        var form = Form(page);
        form.SetAttribute("action", page.QuerySelector("button[formaction]")!.GetAttribute("formaction")!);
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send("/admin/review", form, Answers(page, (name, _) => name == "Karel" ? "remove" : null))).StatusCode);
        Assert.True(await zone.Holds(await Of(zone, "Karel"), Role.Caseworker)); // nothing is removed before the signature
        Assert.True(RowOf(await visit.Page("/admin/review"), "Karel").QuerySelector<IHtmlInputElement>("input[value=remove]")!.IsChecked);
    }

    [Fact]
    public async Task Where_the_administrator_coordinates_too_the_data_protection_officer_signs()
    {
        var (zone, chief, _) = await Live();
        var officer = await zone.Hires("Officer", Role.DataProtectionOfficer);
        Assert.Equal("signer", (await Assert.ThrowsAsync<RefusedException>(() => officer.Send(new Review.Command()))).Code);
        await Newly(zone, chief.Id, Role.Coordinator);
        Assert.Equal("signer", (await Assert.ThrowsAsync<RefusedException>(() => chief.Send(new Review.Command()))).Code);
        using var visit = officer.Visit();
        var page = await visit.Page("/admin/review");
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send("/admin/review", Form(page), Answers(page, (_, _) => "keep"))).StatusCode);
        await Assert.ThrowsAsync<RefusedException>(() => officer.Send(new Review.Command())); // signed once
    }

    [Theory, EveryEngine]
    public async Task No_review_leaves_a_zone_without_an_administrator(string engine)
    {
        var (zone, chief, _) = await Live(engine);
        var (second, officer) = (await zone.Hires("Second", Role.ZoneAdministrator), await zone.Hires("Officer", Role.DataProtectionOfficer));
        foreach (var one in new[] { chief, second }) await Newly(zone, one.Id, Role.Coordinator);
        using var visit = officer.Visit();
        var page = await visit.Page("/admin/review");
        var answer = await visit.Send("/admin/review", Form(page), Answers(page, (name, _) => name is "Chief" or "Second" ? "remove" : "keep"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        foreach (var one in new[] { chief, second }) Assert.True(await zone.Holds(one, Role.ZoneAdministrator));
    }

    [Theory, EveryEngine]
    public async Task A_quarter_that_nobody_signed_stays_owed_when_the_next_begins(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var chief = await zone.Hires("Chief", Role.ZoneAdministrator);
        await Write(zone, house => house.Add(new ZoneStep { Zone = zone.Id, Step = ZoneStep.Live, At = new DateTimeOffset(2026, 2, 1, 9, 0, 0, TimeSpan.Zero) }));
        using var visit = chief.Visit();
        foreach (var quarter in new[] { "2026Q1", "2026Q2", "2026Q3" })
        {
            var page = await visit.Page("/admin/review");
            Assert.Equal(HttpStatusCode.Redirect, (await visit.Send("/admin/review", Form(page), Answers(page, (_, _) => "keep"))).StatusCode);
            Assert.Contains(quarter, (await visit.Page("/admin/review")).QuerySelector("main ul")!.TextContent, StringComparison.Ordinal);
        }
        Assert.Null((await visit.Page("/admin/review")).QuerySelector("input[type=radio]"));
    }

    [Theory, EveryEngine]
    public async Task What_somebody_was_given_since_it_was_shown_is_not_signed_unseen(string engine)
    {
        var (zone, chief, karel) = await Live(engine);
        using var visit = chief.Visit();
        var page = await visit.Page("/admin/review");
        await Newly(zone, karel.Id, Role.Coordinator);
        var answer = await visit.Send("/admin/review", Form(page), Answers(page, (_, _) => "keep"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var again = await Visit.Read(answer);
        Assert.Contains("coordinator", RowOf(again, "Karel").TextContent, StringComparison.OrdinalIgnoreCase);
        Assert.NotNull(RowOf(again, "Karel").QuerySelector(".govuk-error-message"));
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send("/admin/review", Form(again), Answers(again, (_, _) => "keep"))).StatusCode); // now it was seen
    }

    [Theory, EveryEngine]
    public async Task It_is_called_to_mind_once_a_week_until_it_is_signed(string engine)
    {
        var (zone, chief, _) = await Live(engine);
        for (var i = 0; i < 3; i++) await zone.RunJobs();
        Assert.Single(await Mails(zone));
        Assert.Contains(chief.Id, (await Mails(zone)).Select(m => m.To!.Value));
        Assert.DoesNotContain(zone.Code, string.Join(' ', (await Mails(zone)).Select(m => m.Kind)), StringComparison.Ordinal);
        // Visited when the catalogue says that something is due, and in the night before for something else.
        var (clock, next) = (zone.Platform.Clock, zone.Platform.Services.GetRequiredService<NextDue>());
        for (var until = clock.GetUtcNow().AddDays(28); await next.Of(zone.Id, default) is { } due && due <= until; await zone.RunJobs())
        {
            if (due.AddHours(-3) > clock.GetUtcNow())
            {
                clock.SetUtcNow(due.AddHours(-3));
                await zone.RunJobs();
            }
            clock.SetUtcNow(due > clock.GetUtcNow() ? due : clock.GetUtcNow().AddSeconds(20));
        }
        Assert.Equal(5, (await Mails(zone)).Count);
    }

    [Theory]
    [InlineData("=1+1", "\"'=1+1\""), InlineData("+32", "\"'+32\""), InlineData("-x", "\"'-x\""), InlineData("@x", "\"'@x\""), InlineData("a\"b", "\"a\"\"b\""), InlineData("Anna", "\"Anna\"")]
    public void What_looks_like_a_formula_is_text(string value, string cell) => Assert.Equal(cell, Csv.Cell(value));

    private async Task<(TestZone Zone, Person Chief, Person Karel)> Live(string engine = "sqlite")
    {
        var zone = await (await platforms.On(engine)).Zone();
        var chief = await zone.Hires("Chief", Role.ZoneAdministrator);
        var karel = await zone.Hires("Karel", Role.Caseworker);
        await Write(zone, house => house.Add(new ZoneStep { Zone = zone.Id, Step = ZoneStep.Live, At = zone.Platform.Clock.GetUtcNow().AddDays(-120) }));
        return (zone, chief, karel);
    }

    private static Task Newly(TestZone zone, Guid account, Role role) => Write(zone, house =>
    {
        var grant = VictimSupport.Zones.Staff.RoleGrant.Give(account, zone.Id, role, null, null, "given", zone.Platform.Clock.GetUtcNow());
        grant.Confirm(Guid.NewGuid(), zone.Platform.Clock.GetUtcNow());
        house.Add(grant);
    });

    private static Task Write(TestZone zone, Action<CatalogDbContext> what) => zone.Platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test", zone.Id, house =>
    {
        what(house);
        return Task.FromResult(true);
    }, TestContext.Current.CancellationToken);

    private static async Task<List<OutboxMessage>> Mails(TestZone zone)
    {
        await using var house = zone.Platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        return await house.Set<VictimSupport.Foundation.Jobs.OutboxMessage>().AsNoTracking().Where(m => m.Zone == zone.Id && m.Kind == Reminders.Kind).ToListAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<Person> Of(TestZone zone, string name)
    {
        await using var house = zone.Platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        var account = await house.Set<VictimSupport.Identity.Accounts.Account>().Where(a => a.Email == Casework.Staff.AddressOf(zone, name)).Select(a => a.Id).SingleAsync(TestContext.Current.CancellationToken);
        return zone.As(account, Role.Caseworker);
    }

    private static IElement RowOf(IHtmlDocument page, string name) => page.QuerySelectorAll("tbody tr").Single(r => r.Children[0].TextContent.Contains(name, StringComparison.Ordinal));
    private static IHtmlFormElement Form(IHtmlDocument page) => page.QuerySelectorAll<IHtmlFormElement>("main form[method=post]").First();

    private static Dictionary<string, string> Answers(IHtmlDocument page, Func<string, int, string?> answer) => page.QuerySelectorAll("tbody tr").Select((row, i) => (Name: $"Form.Answers[{i}].Decision", Value: answer(row.Children[0].TextContent.Trim(), i)))
        .Where(a => a.Value is not null).ToDictionary(a => a.Name, a => a.Value!);
}
