using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Network.Bodies;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;
using Record = VictimSupport.Network.Bodies.Record;

namespace VictimSupport.Tests.Network;

/// <summary>What was noted on another day than it happened, or by mistake: it counts on its own day, is put right, and is taken out.</summary>
public sealed class BodyCorrectionTests
{
    [Theory, EveryEngine]
    public async Task Each_thing_counts_on_the_day_on_which_it_happened_however_late_it_was_noted(string engine)
    {
        await using var platform = Platform.Start(engine); // 24 November 2026
        var zone = await platform.Zone();
        var cora = await zone.Hires("cora", Role.Coordinator);
        var (today, then) = (zone.Today(), new DateOnly(2025, 12, 30));
        var body = await cora.Send(BodyTests.Council(cora));

        // A project that was over last year, first noted as over today.
        var over = new EditProject.Command { Title = "Over", State = ProjectState.Finished, Begins = new DateOnly(2025, 2, 1) };
        var project = await cora.Send(over);
        Assert.Equal((1, 0), (await Of(2026, "projects-finished"), await Of(2025, "projects-finished")));
        var form = (await cora.Send(new EditProject.Query(project))).Form with { Project = project };
        Assert.Equal(today, form.Ended);
        foreach (var wrong in new[] { today.AddDays(1), new DateOnly(2025, 1, 31) }) Assert.Equal("Ended", Assert.Single((await Assert.ThrowsAsync<ValidationException>(() => cora.Send(form with { Ended = wrong }))).Errors).PropertyName);
        await cora.Send(form with { Ended = then });
        Assert.Equal((0, 1, 0), (await Of(2026, "projects-finished"), await Of(2025, "projects-finished"), await Of(2026, "projects")));

        // A milestone that was reached before it was ticked.
        await cora.Send(new ShowProject.Command { Project = project, Title = "Text", Due = then });
        var milestone = Assert.Single((await cora.Send(new ShowProject.Query(project))).Milestones).Id;
        var stale = (await cora.Send(new EditMilestone.Query(project, milestone))).Form with { Project = project, Milestone = milestone };
        await cora.Send(new ShowProject.Turned(project, milestone, Reached: true));
        Assert.Equal((1, 0), (await Of(2026, "milestones-reached"), await Of(2025, "milestones-reached")));
        await Assert.ThrowsAsync<ValidationException>(() => cora.Send(stale with { Title = "Over it" })); // it was ticked meanwhile
        var right = (await cora.Send(new EditMilestone.Query(project, milestone))).Form with { Project = project, Milestone = milestone, Reached = then };
        Assert.Equal("Reached", Assert.Single((await Assert.ThrowsAsync<ValidationException>(() => cora.Send(right with { Reached = today.AddDays(1) }))).Errors).PropertyName);
        await cora.Send(right with { Title = "The text" });
        Assert.Equal((0, 1), (await Of(2026, "milestones-reached"), await Of(2025, "milestones-reached")));
        Assert.Equal("The text", Assert.Single((await cora.Send(new ShowProject.Query(project))).Milestones).Title);

        // An action point counts with the meeting that agreed on it; one of no meeting on the day that was said.
        var meeting = await cora.Send(BodyTests.Held(zone, body, cora) with { At = new DateTimeOffset(2025, 12, 30, 9, 0, 0, TimeSpan.Zero), Points = [new Record.Row { What = "Write the sheet", Owner = cora.Id, Due = today }] });
        Assert.Equal((0, 1, 1), (await Of(2026, "points-made"), await Of(2025, "points-made"), await Of(2025, "points-open")));
        var alone = await cora.Send(new Point.Command { Body = body, What = "Alone", Owner = cora.Id, Due = today });
        Assert.Equal((1, 1), (await Of(2026, "points-made"), await Of(2025, "points-made")));
        var point = (await cora.Send(new Point.Query(body, alone))).Form with { Body = body, Point = alone };
        Assert.Equal(today, point.Agreed);
        Assert.Equal("Agreed", Assert.Single((await Assert.ThrowsAsync<ValidationException>(() => cora.Send(point with { Agreed = today.AddDays(1) }))).Errors).PropertyName);
        await cora.Send(point with { Agreed = then });
        Assert.Equal((0, 2), (await Of(2026, "points-made"), await Of(2025, "points-made")));
        var agreed = Assert.Single((await cora.Send(new Minutes.Query(meeting))).Points).Id;
        await cora.Send(new Points.Turned(agreed, PointState.Done));
        Assert.Equal((1, 0), (await Of(2026, "points-done"), await Of(2025, "points-done")));
        var view = await cora.Send(new Point.Query(body, agreed));
        Assert.Equal((true, true, (DateOnly?)null, (DateOnly?)today), (view.OfMeeting, view.IsEnded, view.Form.Agreed, view.Form.Ended));
        var done = view.Form with { Body = body, Point = agreed };
        Assert.Equal("Ended", Assert.Single((await Assert.ThrowsAsync<ValidationException>(() => cora.Send(done with { Ended = today.AddDays(1) }))).Errors).PropertyName);
        await cora.Send(done with { Ended = then });
        Assert.Equal((0, 1, 1), (await Of(2026, "points-done"), await Of(2025, "points-done"), await Of(2025, "points-open")));

        async Task<int> Of(int year, string row) => (await cora.Send(new List.Figures(year))).Single(c => c.Table == "bodies" && c.Row == row).Count;
    }

    [Theory, EveryEngine]
    public async Task What_lies_ahead_counts_once_its_day_has_come(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var cora = await zone.Hires("cora", Role.Coordinator);
        var (body, ahead) = (await cora.Send(BodyTests.Council(cora)), zone.Today().AddDays(3));
        await cora.Send(new EditRepresentation.Command { On = ahead, Title = "Fair", Staff = [cora.Id], Audience = 40 });
        await cora.Send(new EditProject.Command { Title = "Sheet", State = ProjectState.Running, Begins = ahead });
        var meeting = await cora.Send(new Record.Command { Body = body, At = platform.Clock.GetUtcNow().AddDays(3), Staff = [cora.Id] });
        await cora.Send(new Point.Command { Body = body, After = meeting, What = "Prepare", Owner = cora.Id, Due = ahead });
        Assert.Equal((0, 0, 0, 0), await Figures());
        platform.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal((0, 0, 0, 0), await Figures());
        platform.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal((1, 40, 1, 1), await Figures());
        await cora.Send(new Minutes.Cancel(meeting));
        Assert.Equal((1, 40, 1, 0), await Figures()); // what was to be agreed at a meeting that never was, nobody agreed

        async Task<(int, int, int, int)> Figures()
        {
            var all = (await cora.Send(new List.Figures(2026))).Where(c => c.Table == "bodies").ToDictionary(c => c.Row, c => c.Count);
            return (all["events"], all["audience"], all["projects"], all["points-made"]);
        }
    }

    [Fact]
    public async Task A_cancelled_meeting_that_is_put_right_stays_cancelled_until_somebody_says_that_it_takes_place()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var cora = await zone.Hires("cora", Role.Coordinator);
        var body = await cora.Send(BodyTests.Council(cora));
        var meeting = await cora.Send(new Record.Command { Body = body, At = platform.Clock.GetUtcNow().AddDays(3) });
        await cora.Send(new Minutes.Cancel(meeting));
        await cora.Send(await Form() with { Place = "Town hall" });
        Assert.Equal(MeetingState.Cancelled, await State());
        using var visit = cora.Visit();
        await visit.Submit($"/meetings/{meeting}", [], "main form[action*='handler=Revive']");
        Assert.Equal(MeetingState.Planned, await State());
        await cora.Send(new Minutes.Cancel(meeting));
        platform.Clock.Advance(TimeSpan.FromDays(4));
        await cora.Send(await Form() with { Held = true }); // it was held all the same
        Assert.Equal(MeetingState.Held, await State());
        await cora.Send(new Minutes.Revive(meeting));
        Assert.Equal(MeetingState.Held, await State());

        async Task<Record.Command> Form() => (await cora.Send(new Record.Query(body, meeting))).Form with { Body = body, Meeting = meeting };
        async Task<MeetingState> State() => (await cora.Send(new Minutes.Query(meeting))).Meeting.State;
    }

    [Theory, EveryEngine]
    public async Task What_was_noted_by_mistake_is_taken_out_by_those_who_keep_it_and_the_audit_says_so(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (cora, anna) = (await zone.Hires("cora", Role.Coordinator), await zone.Hires("anna", Role.Caseworker));
        var today = zone.Today();
        var body = await cora.Send(BodyTests.Council(cora));
        var project = await cora.Send(new EditProject.Command { Title = "Sheet", About = "Zzabout", State = ProjectState.Running, Begins = today });
        foreach (var title in new[] { "Text", "Print" }) await cora.Send(new ShowProject.Command { Project = project, Title = title, Due = today });
        var milestone = (await cora.Send(new ShowProject.Query(project))).Milestones[0].Id;
        var point = await cora.Send(new Point.Command { Body = body, What = "Sheet", Owner = anna.Id, Due = today });
        var fair = await cora.Send(new EditRepresentation.Command { On = today, Title = "Fair", Staff = [cora.Id] });
        Assert.Equal("role", (await Assert.ThrowsAsync<RefusedException>(() => anna.Send(new Point.TakeOut(body, point)))).Code);
        Assert.Equal("role", (await Assert.ThrowsAsync<RefusedException>(() => anna.Send(new EditMilestone.TakeOut(project, milestone)))).Code);
        Assert.Equal("role", (await Assert.ThrowsAsync<RefusedException>(() => anna.Send(new EditProject.TakeOut(project)))).Code);
        Assert.Equal("role", (await Assert.ThrowsAsync<RefusedException>(() => anna.Send(new EditRepresentation.TakeOut(fair)))).Code);
        using var visit = cora.Visit();
        foreach (var path in new[] { $"/projects/{project}/milestone/{milestone}", $"/bodies/{body}/action-point/{point}", $"/representations/edit/{fair}" }) await visit.Submit(path, [], "main form[action*='handler=TakeOut']");
        Assert.Single((await cora.Send(new ShowProject.Query(project))).Milestones);
        Assert.Empty(await anna.Send(new Points.Query(PointTab.Mine)));
        Assert.Empty(await cora.Send(new Representations.Query(today.Year)));
        await visit.Submit($"/projects/edit/{project}", [], "main form[action*='handler=TakeOut']");
        Assert.Empty(await cora.Send(new Projects.Query(Ended: false)));
        Assert.Empty(await zone.Look(z => z.Set<ProjectMilestone>().ToListAsync()));
        Assert.False(await zone.IsErased(project)); // its row is gone first
        await zone.RunJobs();
        Assert.True(await zone.IsErased(project));
        var acts = await zone.Look(z => z.Set<AuditRow>().Where(r => r.Act.EndsWith(".TakeOut")).ToListAsync());
        foreach (var (act, what) in new[] { ("EditMilestone", $"ProjectMilestone removed {milestone}"), ("Point", $"ActionPoint removed {point}"), ("EditRepresentation", $"Representation removed {fair}"), ("EditProject", $"Project removed {project}") })
            Assert.Contains(acts, r => r.Act == $"Network.Bodies.{act}.TakeOut" && r.Payload.Contains(what, StringComparison.Ordinal));
    }

    [Theory, EveryEngine]
    public async Task A_meeting_noted_as_held_by_mistake_counts_no_more_and_one_that_never_was_goes_with_what_it_decided(string engine)
    {
        await using var platform = Platform.Start(engine); // 24 November 2026
        var zone = await platform.Zone();
        var (cora, anna) = (await zone.Hires("cora", Role.Coordinator), await zone.Hires("anna", Role.Caseworker));
        var body = await cora.Send(BodyTests.Council(cora));
        Record.Row[] points = [new Record.Row { What = "Zzsheet", Owner = anna.Id, Due = zone.Today() }];
        var (kept, wrong) = (await cora.Send(BodyTests.Held(zone, body, cora) with { Points = [.. points] }), await cora.Send(BodyTests.Held(zone, body, cora) with { Points = [.. points] }));
        var alone = await cora.Send(new Point.Command { Body = body, What = "Alone", Owner = cora.Id, Due = zone.Today() });
        var (one, both) = (await Figures(), (await cora.Send(new Minutes.Query(kept))).Meeting.Decided);
        Assert.Equal((2, 2 * both, 3, 3), one);
        Assert.True(both > 0);
        foreach (var deed in new Func<Task>[] { () => anna.Send(new Minutes.NotHeld(wrong)), () => anna.Send(new Minutes.TakeOut(wrong)) }) Assert.Equal("role", (await Assert.ThrowsAsync<RefusedException>(deed)).Code);

        // It did not take place: what was written stays to be read, and nothing of it counts.
        using var visit = cora.Visit();
        await visit.Submit($"/meetings/{wrong}", [], "main form[action*='handler=NotHeld']");
        var cancelled = await cora.Send(new Minutes.Query(wrong));
        Assert.Equal((MeetingState.Cancelled, both), (cancelled.Meeting.State, cancelled.Meeting.Says.Value.Decisions.Count));
        Assert.Equal((1, both, 2, 2), await Figures());
        Assert.Equal([kept, null], (await cora.Send(new Show.Query(body))).Points.Select(p => p.MeetingId).OrderByDescending(m => m));
        Assert.Equal(2, (await cora.Send(new List.Query(Ended: false))).Single().OpenPoints);
        Assert.Equal((1, 1), ((await anna.Send(new Points.Query(PointTab.Mine))).Count, (await anna.Send(new MyPoints.Query())).Open)); // nobody has to do what was never agreed
        await zone.RunJobs();
        platform.Clock.Advance(TimeSpan.FromDays(1));
        await zone.RunJobs();
        Assert.Single(await zone.Look(z => z.Set<ActionPoint>().Where(p => p.Owner == anna.Id && p.RemindedFor != null).ToListAsync())); // nor is told of it
        await cora.Send(new Minutes.NotHeld(wrong)); // pressed twice
        Assert.Equal(MeetingState.Cancelled, (await cora.Send(new Minutes.Query(wrong))).Meeting.State);

        // It never was one: nothing of it is kept, nor in the worklist of who was to do it; the others stay.
        var (planned, path) = (await cora.Send(new Record.Command { Body = body, At = platform.Clock.GetUtcNow().AddDays(3) }), $"/meetings/{wrong}");
        await cora.Send(new Minutes.NotHeld(planned));
        Assert.Equal(MeetingState.Planned, (await cora.Send(new Minutes.Query(planned))).Meeting.State); // only what was held was not
        await visit.Submit(path, [], "main form[action*='handler=TakeOut']");
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await visit.Get(path)).StatusCode);
        Assert.Equal([planned, kept], (await cora.Send(new Show.Query(body))).Meetings.Select(m => m.Id));
        Assert.Equal(kept, Assert.Single(await anna.Send(new Points.Query(PointTab.Mine))).Point.MeetingId);
        Assert.Equal([alone], (await cora.Send(new Points.Query(PointTab.Mine))).Select(r => r.Point.Id));
        Assert.Equal((1, both, 2, 2), await Figures());
        Assert.Contains(await zone.Look(z => z.Set<AuditRow>().Where(r => r.Act == "Network.Bodies.Minutes.TakeOut").ToListAsync()), r => r.Payload.Contains($"Meeting removed {wrong}", StringComparison.Ordinal) && r.Payload.Contains("ActionPoint removed", StringComparison.Ordinal));

        async Task<(int, int, int, int)> Figures()
        {
            var all = (await cora.Send(new List.Figures(2026))).Where(c => c.Table == "bodies").ToDictionary(c => c.Row, c => c.Count);
            return (all["meetings"], all["decisions"], all["points-made"], all["points-open"]);
        }
    }
}
