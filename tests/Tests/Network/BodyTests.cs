using System.Globalization;
using System.Net;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Mail;
using VictimSupport.Network.Bodies;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;
using Change = VictimSupport.Zones.Settings.Change;
using InForce = VictimSupport.Zones.Settings.InForce;
using Record = VictimSupport.Network.Bodies.Record;
using SettingCode = VictimSupport.Zones.Settings.SettingCode;

namespace VictimSupport.Tests.Network;

/// <summary>Consultation bodies: who keeps them, what a meeting leaves behind, who is reminded of what, and what the figures count.</summary>
public sealed class BodyTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task A_meeting_leaves_decisions_and_action_points_once_and_each_point_waits_for_its_owner(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (cora, anna) = (await zone.Hires("cora", Role.Coordinator), await zone.Hires("anna", Role.Caseworker));
        var partner = await cora.Send(Referring.Partner());
        var body = await cora.Send(Council(cora) with { Staff = [anna.Id], Partners = [partner], Outside = "A. Fictif\n\nB. Muster" });
        var form = Held(zone, body, cora) with { Staff = [cora.Id, anna.Id], Points = [Todo(anna, zone, 7), new Record.Row(), new Record.Row { What = "Ask for figures", Outsider = "A. Fictif", Due = Today(zone).AddDays(3) }], Once = Guid.NewGuid() };
        var meeting = await cora.Send(form);
        Assert.Equal(meeting, await cora.Send(form)); // the same form sent again

        var view = await anna.Send(new Minutes.Query(meeting));
        Assert.Equal((MeetingState.Held, 2), (view.Meeting.State, view.Meeting.Decided));
        Assert.Equal(["One sheet", "Meet each quarter"], view.Meeting.Says.Value.Decisions);
        Assert.Equal(["Ask for figures", "Write the sheet"], view.Points.Select(p => p.What.Value));
        Assert.Equal<Guid?>([null, anna.Id], view.Points.Select(p => p.Owner));
        Assert.Equal("A. Fictif", view.Points[0].Outsider!.Value);
        var shown = await anna.Send(new Show.Query(body));
        Assert.Equal(["A. Fictif", "B. Muster"], shown.Body.Outside.Value.All);
        Assert.Equal("CAW Lindeberg", Assert.Single(shown.Partners));
        Assert.Equal((2, 1), (shown.Points.Count, shown.Meetings.Count));
        Assert.Equal([cora.Id, anna.Id], shown.Body.Staff.OrderBy(a => a == anna.Id)); // who represents the zone sits in it
        var row = Assert.Single(await anna.Send(new List.Query(Ended: false)));
        Assert.Equal(((DateTimeOffset?)view.Meeting.At, (DateTimeOffset?)null, 2), (row.Last, row.Next, row.OpenPoints));
        await cora.Send(new Record.Command { Body = body, At = zone.Platform.Clock.GetUtcNow().AddDays(30) });
        Assert.NotNull(Assert.Single(await anna.Send(new List.Query(Ended: false))).Next);

        Assert.Equal(["Write the sheet"], (await anna.Send(new Points.Query(PointTab.Mine))).Select(p => p.Point.What.Value));
        Assert.Empty(await cora.Send(new Points.Query(PointTab.Mine)));
        Assert.Equal(["Ask for figures", "Write the sheet"], (await cora.Send(new Points.Query(PointTab.Open))).Select(p => p.Point.What.Value));
        await anna.Send(new Points.Turned(view.Points[1].Id, PointState.Done));
        Assert.Empty(await anna.Send(new Points.Query(PointTab.Mine)));
        Assert.Equal(PointState.Done, Assert.Single(await anna.Send(new Points.Query(PointTab.Ended))).Point.State);
        await anna.Send(new Points.Turned(view.Points[1].Id, PointState.Open));
        Assert.Single(await anna.Send(new Points.Query(PointTab.Mine)));
    }

    [Fact]
    public async Task A_colleagues_own_points_stand_on_the_worklist_at_home_and_on_the_bell_and_no_others()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var (cora, anna) = (await zone.Hires("cora", Role.Coordinator), await zone.Hires("anna", Role.Caseworker));
        var body = await cora.Send(Council(cora));
        await cora.Send(Held(zone, body, cora) with { Points = [Todo(anna, zone, 2)] });
        Assert.Equal((1, 0), await Waiting(anna));
        Assert.Equal((0, 0), await Waiting(cora));
        using (var visit = anna.Visit())
        {
            Assert.Equal("1", (await visit.Page("/worklist")).QuerySelector(".vs-card a[href$='/action-points'] .vs-figure")!.TextContent);
            Assert.DoesNotContain((await visit.Page("/waiting")).QuerySelectorAll("main a"), a => a.GetAttribute("href")!.EndsWith("/action-points", StringComparison.Ordinal)); // its day has not come
            Assert.Contains("Write the sheet", (await visit.Page("/action-points")).Body!.TextContent, StringComparison.Ordinal);
        }
        var line = Assert.Single((await anna.Send(new VictimSupport.Identity.Home.Waits.Query()))!.Lines, l => l.Path == "/action-points");
        Assert.Equal((1, false), (line.Count, line.Presses));
        Assert.DoesNotContain("sheet", line.Text, StringComparison.Ordinal);
        Assert.DoesNotContain((await cora.Send(new VictimSupport.Identity.Home.Waits.Query()))!.Lines, l => l.Path == "/action-points");
        platform.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal((1, 1), await Waiting(anna));
        Assert.True(Assert.Single((await anna.Send(new VictimSupport.Identity.Home.Waits.Query()))!.Lines, l => l.Path == "/action-points").Presses);
        using (var visit = anna.Visit())
        {
            Assert.Contains((await visit.Page("/waiting")).QuerySelectorAll("main a"), a => a.GetAttribute("href")!.EndsWith("/action-points", StringComparison.Ordinal));
            await visit.Submit("/action-points", [], "main form[action*='handler=Done']");
            Assert.Null((await visit.Page("/worklist")).QuerySelector(".vs-card a[href$='/action-points']"));
        }
        Assert.Equal((0, 0), await Waiting(anna));

        static async Task<(int, int)> Waiting(Person who) => await who.Send(new MyPoints.Query()) is var waiting ? (waiting.Open, waiting.Due) : default;
    }

    [Theory, EveryEngine]
    public async Task On_the_worklist_stand_ones_own_points_that_are_late_or_near_with_what_where_and_when(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (cora, anna) = (await zone.Hires("cora", Role.Coordinator), await zone.Hires("anna", Role.Caseworker));
        var body = await cora.Send(Council(cora));
        await cora.Send(Held(zone, body, cora) with { Points = [Todo(anna, zone, 1) with { What = "Late" }, Todo(anna, zone, 5) with { What = "Near" }, Todo(anna, zone, 20) with { What = "Far" }] });
        await cora.Send(Held(zone, body, cora) with { Points = [Todo(cora, zone, 1) with { What = "Hers" }] });
        var cancelled = await cora.Send(Held(zone, body, cora) with { Points = [Todo(anna, zone, 1) with { What = "Never agreed" }] });
        await cora.Send(new Minutes.NotHeld(cancelled));
        var day = Today(zone);
        platform.Clock.Advance(TimeSpan.FromDays(2));
        using var visit = anna.Visit();
        var lines = (await visit.Page("/worklist")).QuerySelectorAll("main section[aria-labelledby=tasks] li");
        Assert.Equal(["Late", "Near"], lines.Select(l => l.QuerySelector("a[href$='/action-points']")!.TextContent));
        Assert.Equal([true, false], lines.Select(l => l.QuerySelector(".vs-badge--warn") is not null));
        Assert.All(lines, l => Assert.Equal("Arrondissement council", l.QuerySelector($"a[href$='/bodies/{body}']")!.TextContent));
        Assert.Contains(day.AddDays(5).ToString("dd/MM/yyyy", CultureInfo.InvariantCulture), lines[1].TextContent, StringComparison.Ordinal);
        // Whoever has none is asked nothing more.
        using var other = (await zone.Hires("bert", Role.Caseworker)).Visit();
        Assert.Empty((await other.Page("/worklist")).QuerySelectorAll("main section[aria-labelledby=tasks]"));
    }

    [Theory, EveryEngine]
    public async Task A_point_that_falls_due_is_told_once_in_words_that_tell_nothing_and_put_off_it_is_told_anew(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (cora, anna) = (await zone.Hires("cora", Role.Coordinator, "nl"), await zone.Hires("anna", Role.Caseworker));
        var body = await cora.Send(Council(cora) with { Title = "Zzraad" });
        await cora.Send(Held(zone, body, cora) with { Points = [Todo(anna, zone, 2) with { What = "Zzfiche" }, new Record.Row { What = "Zzcijfers", Outsider = "Zzpersoon", Due = Today(zone).AddDays(4) }] });
        await zone.RunJobs();
        Assert.Empty(Told());
        platform.Clock.Advance(TimeSpan.FromDays(2));
        await zone.RunJobs();
        await zone.RunJobs();
        var letter = Assert.Single(Told());
        Assert.Equal((Staff.AddressOf(zone, "anna"), "Reminder from the portal"), (letter.To, letter.Subject));
        var mine = Assert.Single(await anna.Send(new Points.Query(PointTab.Mine))).Point;
        await anna.Send(new Later.Command { Point = mine.Id, Due = Today(zone).AddDays(1) });
        platform.Clock.Advance(TimeSpan.FromDays(1));
        await zone.RunJobs();
        Assert.Equal(2, Told().Count);
        await anna.Send(new Points.Turned(mine.Id, PointState.Done));
        platform.Clock.Advance(TimeSpan.FromHours(30)); // told on is nothing: it was done
        await zone.RunJobs();
        Assert.DoesNotContain(platform.Post.Letters, l => l.Key.StartsWith("told-on", StringComparison.Ordinal));
        // An outsider has no mailbox here: the coordinators ask after it.
        Assert.Equal(Staff.AddressOf(zone, "cora"), Told()[^1].To);
        Assert.Equal(3, Told().Count);
        Assert.All(platform.Post.Letters, l => Assert.DoesNotContain("Zz", l.Key + l.Subject + l.Text, StringComparison.Ordinal));
        // Nothing came of that one: a colleague's reminder would be told on, but nobody was reminded who could have done it.
        platform.Clock.Advance(TimeSpan.FromDays(3));
        await zone.RunJobs();
        Assert.Equal(3, Told().Count);

        List<Letter> Told() => [.. platform.Post.Letters.Where(l => l.Key.StartsWith("action-point", StringComparison.Ordinal))];
    }

    [Fact]
    public async Task A_point_that_nobody_does_is_told_on_to_the_coordinators()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var (cora, anna) = (await zone.Hires("cora", Role.Coordinator), await zone.Hires("anna", Role.Caseworker));
        await cora.Send(Held(zone, await cora.Send(Council(cora)), cora) with { Points = [Todo(anna, zone, 1)] });
        platform.Clock.Advance(TimeSpan.FromDays(1));
        await zone.RunJobs();
        platform.Clock.Advance(TimeSpan.FromHours(25));
        await zone.RunJobs();
        Assert.Equal(Staff.AddressOf(zone, "cora"), Assert.Single(platform.Post.Letters, l => l.Key.StartsWith("told-on", StringComparison.Ordinal)).To);
        // It is on their bell until it is done, as the mail says.
        Assert.Equal((1, 0), (await ToldOn(cora), await ToldOn(anna)));
        await anna.Send(new Points.Turned(await zone.Look(z => z.Set<ActionPoint>().Select(p => p.Id).SingleAsync()), PointState.Done));
        Assert.Equal(0, await ToldOn(cora));

        static async Task<int> ToldOn(Person who) => (await who.Send(new VictimSupport.Casework.FollowUps.Bell.Query())).PointsToldOn;
    }

    [Fact]
    public async Task Keeping_is_for_the_coordinator_and_the_administrator_and_others_tick_their_own_only()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var (cora, anna, bert, tess, desk) = (await zone.Hires("cora", Role.Coordinator), await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker), zone.As(Role.Trainee), zone.As(Role.FrontDesk));
        var body = await zone.As(Role.ZoneAdministrator).Send(Council(cora));
        var meeting = await cora.Send(Held(zone, body, cora) with { Points = [Todo(anna, zone, 2)] });
        var point = Assert.Single((await tess.Send(new Minutes.Query(meeting))).Points).Id;
        foreach (var who in new[] { anna, tess })
        {
            Assert.Equal("role", await Refused(who.Send(Council(cora))));
            Assert.Equal("role", await Refused(who.Send(Held(zone, body, cora))));
            Assert.Equal("role", await Refused(who.Send(new Show.End(body))));
            Assert.Equal("role", await Refused(who.Send(new Point.Command { Body = body, What = "x", Owner = anna.Id, Due = Today(zone) })));
        }
        Assert.Equal("role", await Refused(desk.Send(new List.Query(Ended: false))));
        Assert.Equal("role", await Refused(zone.As(Role.DataProtectionOfficer).Send(new Show.Query(body))));
        Assert.Equal("role", await Refused(bert.Send(new Points.Turned(point, PointState.Done))));
        Assert.Equal("role", await Refused(bert.Send(new Later.Query(point))));
        Assert.Equal("role", await Refused(bert.Send(new Later.Command { Point = point, Due = Today(zone).AddDays(9) })));
        await anna.Send(new Later.Command { Point = point, Due = Today(zone).AddDays(9) });
        await cora.Send(new Points.Turned(point, PointState.Dropped));
        Assert.Equal("absent", await Refused(anna.Send(new Later.Query(point)))); // nothing to put off any more

        // Of another zone it is not there.
        var stranger = zone.As(Role.Coordinator).In(await zone.Platform.Zone(), Role.Coordinator);
        Assert.Equal("absent", await Refused(stranger.Send(new Show.Query(body))));
        Assert.Equal("absent", await Refused(stranger.Send(new Minutes.Query(meeting))));
        Assert.Equal("absent", await Refused(stranger.Send(new Points.Turned(point, PointState.Done))));
        Assert.Equal("absent", await Refused(stranger.Send(Held(zone, body, cora))));

        // Ended, it is kept.
        await cora.Send(new Show.End(body));
        Assert.Empty(await anna.Send(new List.Query(Ended: false)));
        Assert.Single(await anna.Send(new List.Query(Ended: true)));
        await cora.Send(new Show.Again(body));
        Assert.Single(await anna.Send(new List.Query(Ended: false)));
    }

    [Fact]
    public async Task Which_kinds_are_offered_follows_the_community_until_the_zone_says_otherwise_and_what_is_noted_stays()
    {
        var platform = await platforms.On("sqlite");
        var (fr, nl, both) = (await platform.Zone("fr"), await platform.Zone("nl"), await platform.Zone("fr", "nl"));
        Assert.Equal((true, false), await Has(fr));
        Assert.Equal((false, true), await Has(nl));
        Assert.Equal((true, true), await Has(both));
        var cora = await fr.Hires("cora", Role.Coordinator);
        await Assert.ThrowsAsync<ValidationException>(() => cora.Send(Council(cora) with { Kind = "VICTIM_CARE_NETWORK" }));
        var body = await cora.Send(Council(cora));
        Assert.Equal(BodyLevel.Arrondissement, (await cora.Send(new Show.Query(body))).Body.Level); // the usual one of its kind
        await fr.As(Role.ZoneAdministrator).Send(new Change.Command { Setting = SettingCode.BodyKinds, Chosen = ["VICTIM_CARE_NETWORK", "OTHER"], From = Today(fr) });
        await Assert.ThrowsAsync<ValidationException>(() => fr.As(Role.ZoneAdministrator).Send(new Change.Command { Setting = SettingCode.BodyKinds, Chosen = ["Espace Parole"], From = Today(fr) }));
        platform.Services.GetRequiredService<InForce>().Forget(fr.Id); // as the page does
        Assert.Equal((false, true), await Has(fr));
        await cora.Send(Council(cora) with { Kind = "VICTIM_CARE_NETWORK", Level = BodyLevel.Provincial });
        // What was chosen before stays what it is, and can be changed in all else.
        var now = (await cora.Send(new Edit.Query(body))).Form;
        Assert.Equal("ARRONDISSEMENT_COUNCIL", now.Kind);
        await cora.Send(now with { Body = body, Title = "Council" });
        Assert.Equal("Council", (await cora.Send(new Show.Query(body))).Body.Title);

        static async Task<(bool, bool)> Has(TestZone zone) => await zone.As(Role.Coordinator).Send(new Edit.Query(null)) is var view ? (view.Kinds.Contains("ARRONDISSEMENT_COUNCIL"), view.Kinds.Contains("VICTIM_CARE_NETWORK")) : default;
    }

    [Theory, EveryEngine]
    public async Task The_figures_of_a_year_count_what_was_attended_decided_and_done_by_the_clock_on_a_Belgian_wall(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var cora = await zone.Hires("cora", Role.Coordinator);
        var (council, security) = (await cora.Send(Council(cora)), await cora.Send(Council(cora) with { Kind = "SECURITY_COUNCIL", Level = BodyLevel.Federal }));
        // The last minute of 2025 in Brussels is still 2025, the first of 2026 is not, though both are 2025 in UTC.
        await cora.Send(Held(zone, council, cora) with { At = new DateTimeOffset(2025, 12, 31, 22, 59, 0, TimeSpan.Zero) });
        await cora.Send(Held(zone, council, cora) with { At = new DateTimeOffset(2025, 12, 31, 23, 0, 0, TimeSpan.Zero), Points = [Todo(cora, zone, 5), Todo(cora, zone, 6)] });
        await cora.Send(Held(zone, security, cora));
        await cora.Send(Held(zone, security, cora) with { Staff = [] }); // without the zone: its decisions count, it was not attended
        await cora.Send(new Record.Command { Body = council, At = platform.Clock.GetUtcNow().AddDays(3), Staff = [cora.Id] });
        await cora.Send(new Minutes.Cancel(await cora.Send(new Record.Command { Body = council, At = platform.Clock.GetUtcNow().AddDays(4), Staff = [cora.Id] })));
        await cora.Send(new Points.Turned((await cora.Send(new Points.Query(PointTab.Mine)))[0].Point.Id, PointState.Done));
        var project = await cora.Send(new EditProject.Command { Title = "Sheet", State = ProjectState.Running, Begins = new DateOnly(2025, 6, 1), Body = council });
        await cora.Send(new EditProject.Command { Title = "Later", State = ProjectState.Planned, Begins = new DateOnly(2026, 6, 1) });
        await cora.Send((await cora.Send(new EditProject.Query(await cora.Send(new EditProject.Command { Title = "Over", State = ProjectState.Running, Begins = new DateOnly(2026, 2, 1) })))).Form with { Project = (await cora.Send(new Projects.Query(Ended: false))).Single(p => p.Title == "Over").Id, State = ProjectState.Finished });
        foreach (var title in new[] { "Text", "Print" }) await cora.Send(new ShowProject.Command { Project = project, Title = title, Due = new DateOnly(2026, 11, 1) });
        await cora.Send(new ShowProject.Turned(project, (await cora.Send(new ShowProject.Query(project))).Milestones[0].Id, Reached: true));
        await cora.Send(new EditRepresentation.Command { On = new DateOnly(2026, 11, 24), Title = "Fair", Staff = [cora.Id], Audience = 40 });
        await cora.Send(new EditRepresentation.Command { On = new DateOnly(2026, 1, 1), Title = "School", Staff = [cora.Id] });
        await cora.Send(new EditRepresentation.Command { On = new DateOnly(2025, 12, 31), Title = "Fair", Staff = [cora.Id], Audience = 7 });

        var now = await Of(2026);
        Assert.Equal((2, 6, 2, 1, 1), (now["bodies/meetings"], now["bodies/decisions"], now["bodies/points-made"], now["bodies/points-done"], now["bodies/points-open"]));
        Assert.Equal((2, 1, 1, 2, 40), (now["bodies/projects"], now["bodies/projects-finished"], now["bodies/milestones-reached"], now["bodies/events"], now["bodies/audience"]));
        Assert.Equal((1, 1, 0), (now["meetings-by-level/Arrondissement"], now["meetings-by-level/Federal"], now["meetings-by-level/Local"]));
        Assert.Equal((1, 1), (now["meetings-by-kind/ARRONDISSEMENT_COUNCIL"], now["meetings-by-kind/SECURITY_COUNCIL"]));
        var before = await Of(2025);
        Assert.Equal((1, 2, 0, 0, 1, 7), (before["bodies/meetings"], before["bodies/decisions"], before["bodies/points-made"], before["bodies/points-open"], before["bodies/projects"], before["bodies/audience"]));
        Assert.All((await Of(2020)).Values, count => Assert.Equal(0, count));
        using var visit = cora.Visit();
        Assert.Equal("2", (await visit.Page("/bodies?Year=2026")).QuerySelector("[data-count='bodies/meetings']")!.TextContent);
        Assert.Equal("1", (await visit.Page("/bodies?Year=2025")).QuerySelector("[data-count='bodies/meetings']")!.TextContent);

        async Task<Dictionary<string, int>> Of(int year) => (await cora.Send(new List.Figures(year))).ToDictionary(c => $"{c.Table}/{c.Row}", c => c.Count);
    }

    [Fact]
    public async Task What_is_said_in_a_body_and_names_from_outside_lie_open_nowhere()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var cora = await zone.Hires("cora", Role.Coordinator);
        var body = await cora.Send(Council(cora) with { Title = "Zzopen", Outside = "Zzgeheim" });
        await cora.Send(Held(zone, body, cora) with { Agenda = "Zzgeheim", Decisions = "Zzgeheim", Minutes = "Zzgeheim", Place = "Zzgeheim", Outside = "Zzgeheim", Points = [Todo(cora, zone, 1) with { What = "Zzgeheim" }, new Record.Row { What = "Zzgeheim", Outsider = "Zzgeheim", Due = Today(zone) }] });
        await cora.Send(new EditProject.Command { Title = "Sheet", About = "Zzgeheim", State = ProjectState.Running, Begins = Today(zone) });
        Assert.Empty(await CanaryTests.Holding(zone, "Zzgeheim"));
        Assert.NotEmpty(await CanaryTests.Holding(zone, "Zzopen")); // the scan sees what lies open
    }

    [Fact]
    public async Task A_wrong_form_says_so_at_its_fields_and_keeps_what_was_typed_and_who_saved_over_another_is_told()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var (cora, anna) = (await zone.Hires("cora", Role.Coordinator), await zone.Hires("anna", Role.Caseworker));
        var body = await cora.Send(Council(cora));
        using var visit = cora.Visit();
        var answer = await visit.Submit($"/bodies/{body}/meeting", [new("Form.Decisions", "One sheet"), new("Form.Points[0].What", "Write it"), new("Form.At.Date", "2026-11-20"), new("Form.At.Time", "10:00")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var page = await Visit.Read(answer);
        foreach (var field in new[] { "Form_Held", "Form_Points_0__Owner", "Form_Points_0__Due" }) Assert.NotNull(page.QuerySelector($"#{field}-error"));
        Assert.Contains("One sheet", page.QuerySelector("#Form_Decisions")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("Write it", page.QuerySelector("#Form_Points_0__What")!.GetAttribute("value"));
        Assert.Empty((await cora.Send(new Show.Query(body))).Meetings);

        async Task<string[]> Wrong(Record.Command form) => [.. (await Assert.ThrowsAsync<ValidationException>(() => cora.Send(form))).Errors.Select(e => e.PropertyName).Distinct()];
        Assert.Equal(["Held"], await Wrong(Held(zone, body, cora) with { At = zone.Platform.Clock.GetUtcNow().AddHours(1) }));
        Assert.Equal(["At"], await Wrong(new Record.Command { Body = body }));
        Assert.Equal(["Staff"], await Wrong(Held(zone, body, cora) with { Staff = [Guid.NewGuid()] }));
        Assert.Equal(["Partners"], await Wrong(Held(zone, body, cora) with { Partners = [Guid.NewGuid()] }));
        Assert.Equal(["Points[0].Owner"], await Wrong(Held(zone, body, cora) with { Points = [Todo(cora, zone, 1) with { Owner = Guid.NewGuid() }] }));
        Assert.Equal(["Points[0].Owner"], await Wrong(Held(zone, body, cora) with { Points = [Todo(cora, zone, 1) with { Outsider = "and somebody" }] })); // one of the two

        var meeting = await cora.Send(Held(zone, body, cora));
        var over = (await cora.Send(new Record.Query(body, meeting))).Form with { Body = body, Meeting = meeting };
        await cora.Send(over with { Minutes = "First" });
        await Assert.ThrowsAsync<ValidationException>(() => cora.Send(over with { Minutes = "Second" }));
        Assert.Equal("First", (await anna.Send(new Minutes.Query(meeting))).Meeting.Says.Value.Minutes);
    }

    [Fact]
    public async Task A_project_goes_from_milestone_to_milestone_and_names_whom_the_zone_knows()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var cora = await zone.Hires("cora", Role.Coordinator);
        var (left, once) = (Guid.NewGuid(), Guid.NewGuid());
        var partner = await cora.Send(Referring.Partner());
        var project = await cora.Send(new EditProject.Command { Title = "Sheet", About = "One for all", State = ProjectState.Running, Begins = Today(zone), Partners = [partner], Once = once });
        Assert.Equal(project, await cora.Send(new EditProject.Command { Title = "Sheet", About = "One for all", State = ProjectState.Running, Begins = Today(zone), Partners = [partner], Once = once }));
        foreach (var (title, days) in new[] { ("Print", 20), ("Text", 10) }) await cora.Send(new ShowProject.Command { Project = project, Title = title, Due = Today(zone).AddDays(days) });
        Assert.Equal("Text", Assert.Single(await cora.Send(new Projects.Query(Ended: false))).Next);
        var view = await zone.As(Role.Caseworker).Send(new ShowProject.Query(project));
        Assert.Equal(["Text", "Print"], view.Milestones.Select(m => m.Title));
        Assert.Equal("CAW Lindeberg", Assert.Single(view.Partners));
        Assert.Equal("role", await Refused(zone.As(Role.Caseworker).Send(new ShowProject.Turned(project, view.Milestones[0].Id, Reached: true))));
        await cora.Send(new ShowProject.Turned(project, view.Milestones[0].Id, Reached: true));
        Assert.Equal("Print", Assert.Single(await cora.Send(new Projects.Query(Ended: false))).Next);
        // The partner is no longer offered: it stays where it is named, and is no new choice.
        await cora.Send(new VictimSupport.Network.Partners.List.End(partner));
        var form = (await cora.Send(new EditProject.Query(project))).Form;
        await cora.Send(form with { Project = project, State = ProjectState.Stopped });
        Assert.Equal(Today(zone), (await cora.Send(new ShowProject.Query(project))).Project.EndedOn);
        Assert.Single(await cora.Send(new Projects.Query(Ended: true)));
        await Assert.ThrowsAsync<ValidationException>(() => cora.Send(new EditProject.Command { Title = "Other", State = ProjectState.Running, Begins = Today(zone), Partners = [partner] }));
        await Assert.ThrowsAsync<ValidationException>(() => cora.Send(new EditRepresentation.Command { On = Today(zone), Title = "Fair", Staff = [left] }));
        await Assert.ThrowsAsync<ValidationException>(() => cora.Send(new EditRepresentation.Command { On = Today(zone), Title = "Fair", Staff = [cora.Id], Audience = -1 }));
    }

    [Fact]
    public void Every_kind_level_and_count_has_a_word_in_each_language()
    {
        Assert.Equal(BodyKinds.All.Count, BodyKinds.All.Select(k => k.Code).Distinct().Count());
        foreach (var language in new[] { "fr", "nl", "de", "en" })
        {
            CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
            Assert.All(BodyKinds.All, k => Assert.NotEmpty(BodyKinds.WordOf(k.Code)));
            Assert.All(Enum.GetValues<BodyLevel>(), l => Assert.NotEmpty(VictimSupport.Network.Words.Of(l)));
        }
    }

    internal static Edit.Command Council(Person by) => new() { Title = "Arrondissement council", Kind = "ARRONDISSEMENT_COUNCIL", Representing = [by.Id] };

    /// <summary>A meeting of an hour ago with two decisions.</summary>
    internal static Record.Command Held(TestZone zone, Guid body, Person by) => new()
    {
        Body = body, At = zone.Platform.Clock.GetUtcNow().AddHours(-1), Place = "Town hall", Held = true, Staff = [by.Id], Agenda = "Figures\nSheet", Decisions = "One sheet\nMeet each quarter", Minutes = "All were heard.",
    };

    private static Record.Row Todo(Person owner, TestZone zone, int days) => new() { What = "Write the sheet", Owner = owner.Id, Due = Today(zone).AddDays(days) };

    private static DateOnly Today(TestZone zone) => VictimSupport.Design.Html.Moment.Day(zone.Platform.Clock.GetUtcNow());

    private static async Task<string> Refused(Task act) => (await Assert.ThrowsAsync<RefusedException>(() => act)).Code;
}
