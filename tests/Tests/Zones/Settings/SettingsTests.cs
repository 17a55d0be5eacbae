using System.Net;
using AngleSharp.Dom;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Contracts;
using VictimSupport.Zones.Settings;

namespace VictimSupport.Tests.Zones.Settings;

/// <summary>Federal defaults, what is locked, from which day on, and what was before.</summary>
public sealed class SettingsTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task A_setting_holds_from_its_day_on_and_the_old_value_stays_on_record(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (coordinator, today) = (zone.As(Role.Coordinator), Today(zone));
        await Settles(coordinator, SettingCode.FirstContactHours, "24", today);
        await Settles(coordinator, SettingCode.FirstContactHours, "12", today.AddDays(10));
        Assert.Equal(TimeSpan.FromHours(24), (await Now(zone)).FirstContactWithin);
        Assert.Equal("12", (await Changes(zone)).Single(c => c.IsFuture(today)).Value);
        Assert.Equal("24", SettingChange.On(today.AddDays(9), SettingCode.FirstContactHours, await Changes(zone))!.Value);
        Assert.Equal("12", SettingChange.On(today.AddDays(10), SettingCode.FirstContactHours, await Changes(zone))!.Value);
        Assert.Equal("24", (await Changes(zone)).Single(c => c.Value == "12").Before);
        await using var house = zone.Platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        Assert.Contains(await house.Set<AuditRow>().AsNoTracking().Where(r => r.Actor == coordinator.Id).Select(r => r.Payload).ToListAsync(), p => p.Contains("FirstContactHours", StringComparison.Ordinal) && p.Contains("\"24\"", StringComparison.Ordinal) && p.Contains("\"12\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_change_to_come_can_be_withdrawn_and_one_that_holds_cannot()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var (chief, today) = (zone.As(Role.ZoneAdministrator), Today(zone));
        await Settles(chief, SettingCode.CallOutHours, "24", today);
        await Settles(chief, SettingCode.CallOutHours, "0", today.AddDays(3));
        var changes = await Changes(zone);
        await chief.Send(new List.WithdrawCommand(changes.Single(c => c.Value == "0").Id));
        Assert.Equal("24", SettingChange.On(today.AddDays(30), SettingCode.CallOutHours, await Changes(zone))!.Value);
        Assert.Equal("in force", (await Assert.ThrowsAsync<RefusedException>(() => chief.Send(new List.WithdrawCommand(changes.Single(c => c.Value == "24").Id)))).Code);
        var other = await zone.Platform.Zone();
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => other.As(Role.ZoneAdministrator).Send(new List.WithdrawCommand(changes[0].Id)))).Code);
    }

    [Theory]
    [InlineData("FirstContactHours", "49"), InlineData("FirstContactHours", "0"), InlineData("FirstContactHours", "x"), InlineData("FirstContactHours", "-1"), InlineData("CallOutHours", "73")]
    [InlineData("YearsOfPoliceFacts", "5"), InlineData("YearsOfAssistance", "1"), InlineData("TeamSeesAll", "perhaps"), InlineData("VictimMeans", "7")]
    [InlineData("Accent", "#ffcc00"), InlineData("Accent", "red"), InlineData("Accent", "#22577a;}body{display:none"), InlineData("OutsideStandIn", "0192f000-0000-7000-8000-00000000dead")]
    [InlineData("ServiceNameFr", "two\nlines")]
    public async Task What_is_locked_stays_locked(string setting, string value)
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        await Assert.ThrowsAsync<ValidationException>(() => Settles(zone.As(Role.ZoneAdministrator), Enum.Parse<SettingCode>(setting), value, Today(zone)));
        Assert.Empty(await Changes(zone));
    }

    [Theory]
    [InlineData("PartnerViolence"), InlineData("FamilyViolence"), InlineData("SexualViolence"), InlineData("Stalking"), InlineData("Nothing")]
    public async Task No_zone_lets_a_first_letter_go_out_where_it_endangers(string kind)
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var chief = zone.As(Role.ZoneAdministrator);
        await Assert.ThrowsAsync<ValidationException>(() => chief.Send(new Change.Command { Setting = SettingCode.FirstLetterFor, Chosen = ["Fire", kind], From = Today(zone) }));
        Assert.Equal(["Burglary", "Fire", "RoadAccident"], (await Now(zone)).FirstLetterFor.Order());
        await chief.Send(new Change.Command { Setting = SettingCode.FirstLetterFor, Chosen = ["Fire"], From = Today(zone) });
        Assert.Equal(["Fire"], (await Now(zone)).FirstLetterFor);
    }

    [Fact]
    public async Task Nothing_is_settled_for_yesterday()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        await Assert.ThrowsAsync<ValidationException>(() => Settles(zone.As(Role.ZoneAdministrator), SettingCode.TeamSeesAll, "yes", Today(zone).AddDays(-1)));
        await Assert.ThrowsAsync<ValidationException>(() => Settles(zone.As(Role.ZoneAdministrator), SettingCode.TeamSeesAll, "yes", Today(zone).AddYears(3)));
        await Assert.ThrowsAsync<ValidationException>(() => zone.As(Role.ZoneAdministrator).Send(new Change.Command { Setting = SettingCode.TeamSeesAll, Text = "yes" }));
    }

    [Fact]
    public async Task The_official_languages_are_always_worked_in()
    {
        var zone = await (await platforms.On("sqlite")).Zone("fr", "nl");
        var chief = zone.As(Role.ZoneAdministrator);
        Assert.Equal(["fr", "nl"], (await Now(zone)).OfficialLanguages);
        await Assert.ThrowsAsync<ValidationException>(() => chief.Send(new Change.Command { Setting = SettingCode.Languages, Chosen = ["fr", "en"], From = Today(zone) }));
        await chief.Send(new Change.Command { Setting = SettingCode.Languages, Chosen = ["fr", "nl", "en"], From = Today(zone) });
        await Assert.ThrowsAsync<ValidationException>(() => chief.Send(new Change.Command { Setting = SettingCode.OfficialLanguages, Chosen = ["de"], From = Today(zone) }));
    }

    [Fact]
    public async Task The_official_languages_are_worked_in_on_every_day_that_is_planned()
    {
        var zone = await (await platforms.On("sqlite")).Zone("fr", "nl");
        var (chief, today) = (zone.As(Role.ZoneAdministrator), Today(zone));
        await chief.Send(new Change.Command { Setting = SettingCode.Languages, Chosen = ["fr", "nl"], From = today.AddDays(10) });
        var early = new Change.Command { Setting = SettingCode.OfficialLanguages, Chosen = ["fr", "nl", "de"], From = today.AddDays(1) };
        await Assert.ThrowsAsync<ValidationException>(() => chief.Send(early)); // German is worked in for nine days more only

        await chief.Send(new Change.Command { Setting = SettingCode.OfficialLanguages, Chosen = ["fr"], From = today.AddDays(20) });
        await chief.Send(new Change.Command { Setting = SettingCode.Languages, Chosen = ["fr"], From = today.AddDays(20) });
        var changes = await Changes(zone);
        await Assert.ThrowsAsync<ValidationException>(() => chief.Send(new List.WithdrawCommand(changes.Single(c => c.Setting == nameof(SettingCode.OfficialLanguages)).Id)));
        foreach (var last in changes.Where(c => c.Setting == nameof(SettingCode.Languages)).OrderByDescending(c => c.From)) await chief.Send(new List.WithdrawCommand(last.Id));
        await chief.Send(early);
        Assert.DoesNotContain(await Changes(zone), c => c.Setting == nameof(SettingCode.Languages) && c.Withdrawn is null);
    }

    [Fact]
    public async Task Rooms_are_a_line_each_and_none_is_longer_than_an_appointment_takes()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var chief = zone.As(Role.Coordinator);
        await Assert.ThrowsAsync<ValidationException>(() => Settles(chief, SettingCode.Rooms, new string('x', 41), Today(zone)));
        await Assert.ThrowsAsync<ValidationException>(() => Settles(chief, SettingCode.Rooms, string.Join('\n', Enumerable.Range(0, 200).Select(i => $"Room {i}")), Today(zone)));
        await Settles(chief, SettingCode.Rooms, "B 12\r\nAttic\r\n", Today(zone));
        Assert.Equal(["B 12", "Attic"], (await Now(zone)).Rooms);
        using var visit = zone.Visit(Role.ZoneAdministrator);
        Assert.Equal("B 12\nAttic", (await visit.Page("/admin/settings/rooms")).QuerySelector("textarea")!.TextContent.Trim());
        Assert.Contains("B 12, Attic", (await visit.Page("/admin/settings")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task A_stand_in_whose_role_ended_is_named_no_more(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var standIn = await zone.Hires("standin", Role.OutsideStandIn);
        await Settles(zone.As(Role.ZoneAdministrator), SettingCode.OutsideStandIn, standIn.Id.ToString(), Today(zone));
        Assert.Equal(standIn.Id, (await Now(zone)).OutsideStandIn);
        await (await zone.Hires("chief", Role.ZoneAdministrator)).Send(new VictimSupport.Zones.Staff.Leave.Command { Account = standIn.Id });
        zone.Platform.Services.GetRequiredService<VictimSupport.Zones.Staff.Standing>().Forget(standIn.Id);
        Assert.Null((await Now(zone)).OutsideStandIn);
        using var visit = zone.Visit(Role.ZoneAdministrator);
        var row = (await visit.Page("/admin/checklist")).QuerySelectorAll("main li, main tr").First(r => r.QuerySelector("a[href$='outsidestandin']") is not null);
        Assert.NotNull(row.QuerySelector(".govuk-tag")); // open again
        Assert.DoesNotContain("standin", (await visit.Page("/admin/settings")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8:30-12:00, 13.00–17u00", "08:30-12:00,13:00-17:00"), InlineData("", ""), InlineData("08:00-07:00", null), InlineData("08:00-12:00,11:00-13:00", null), InlineData("25:00-26:00", null), InlineData("mornings", null)]
    public void Hours_are_read_as_people_write_them(string written, string? kept) =>
        Assert.Equal(kept, OpeningHours.Spans(written) is { } spans ? OpeningHours.Write(spans) : null);

    [Theory]
    [InlineData("#000000"), InlineData("#22577a"), InlineData("#801650"), InlineData("#0000ff"), InlineData("#767676")]
    public void A_colour_that_is_let_through_is_readable_by_day_and_by_night(string colour)
    {
        Assert.Null(Colours.Fault(colour));
        var sheet = Colours.Sheet(colour);
        var night = sheet[(sheet.IndexOf("accent-night:", StringComparison.Ordinal) + 13)..][..7];
        Assert.True(Colours.Contrast(Colours.Read(night), (16, 23, 28)) >= 4.5);
        Assert.True(Colours.Contrast(Colours.Read(colour), (255, 255, 255)) >= 4.5);
    }

    [Fact]
    public async Task The_first_contact_is_due_when_the_zone_says()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        await Settles(zone.As(Role.Coordinator), SettingCode.FirstContactHours, "6", Today(zone));
        zone.Platform.Services.GetRequiredService<InForce>().Forget(zone.Id);
        var dossier = await zone.As(Role.Caseworker).Registers(Cases.Intake(zone));
        var first = await zone.Look(z => z.Set<FollowUp>().AsNoTracking().SingleAsync(f => f.DossierId == dossier));
        Assert.InRange(first.DueAt - zone.Platform.Clock.GetUtcNow(), TimeSpan.FromHours(5), TimeSpan.FromHours(6));
    }

    [Fact]
    public async Task By_the_page_what_was_typed_stays_when_it_is_wrong()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        using var visit = zone.Visit(Role.ZoneAdministrator);
        var answer = await visit.Submit("/admin/settings/accent", new Dictionary<string, string> { ["Form.Text"] = "#ffeeaa" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var page = await Visit.Read(answer);
        Assert.Equal("#ffeeaa", page.QuerySelector("[name='Form.Text']")!.GetAttribute("value"));
        Assert.NotNull(page.QuerySelector(".govuk-error-message"));
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit("/admin/settings/accent", new Dictionary<string, string> { ["Form.Text"] = "#801650" })).StatusCode);
        Assert.Contains("--zone-accent:#801650", await (await visit.Get("/theme.css")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit("/admin/settings/hours", new Dictionary<string, string> { ["Form.Days[0]"] = "8:30-12:00" })).StatusCode);
        Assert.Contains("08:30–12:00", (await visit.Page("/admin/settings")).Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await visit.Get("/admin/settings/nothing")).StatusCode);
    }

    private static Task<bool> Settles(Person by, SettingCode code, string value, DateOnly from) => by.Send(new Change.Command { Setting = code, Text = value, From = from });
    private static DateOnly Today(TestZone zone) => VictimSupport.Design.Html.Moment.Day(zone.Platform.Clock.GetUtcNow());

    private static ValueTask<ZoneSettings> Now(TestZone zone)
    {
        zone.Platform.Services.GetRequiredService<InForce>().Forget(zone.Id);
        return zone.Platform.Services.GetRequiredService<IZoneSettings>().Of(zone.Id, TestContext.Current.CancellationToken);
    }

    private static async Task<List<SettingChange>> Changes(TestZone zone)
    {
        await using var house = zone.Platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        return await house.Set<SettingChange>().AsNoTracking().Where(c => c.Zone == zone.Id).OrderBy(c => c.Id).ToListAsync(TestContext.Current.CancellationToken);
    }
}
