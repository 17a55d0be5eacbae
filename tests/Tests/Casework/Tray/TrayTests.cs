using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Intakes;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Tray;
using VictimSupport.Casework.Worklist;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Tests.Kit;
using Waiting = VictimSupport.Casework.Tray.Waiting;

namespace VictimSupport.Tests.Casework;

public sealed class TrayTests(Platforms platforms)
{
    internal static Put.Command Message(string family = "Exemple", string given = "Ada", Urgency urgency = Urgency.Ordinary) => new()
    {
        FamilyName = family, GivenName = given, Phone = "0470 11 22 33", MayCall = Rule.OnlyIf, Condition = "after five", Language = "nl", Urgency = urgency, About = "Asks for a talk", OfficialReport = "BR.30.L1.012345/2026",
    };

    [Theory, EveryEngine]
    public async Task A_message_becomes_a_dossier_without_retyping_and_twice_pressed_it_is_one(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (desk, anna) = (zone.As(Role.FrontDesk), zone.As(Role.Caseworker));
        var entry = await desk.Send(Message());
        Assert.Equal(TrayState.Waiting, Assert.Single((await desk.Send(new Put.Query())).Rows).State);
        var form = await anna.Send(new Prefill.Query(entry));
        Assert.Equal(("Ada", "Exemple", "0470 11 22 33", Rule.OnlyIf, "nl", "Asks for a talk", (DateTimeOffset?)null), (form.GivenName, form.FamilyName, form.Phone, form.Safe, form.Language, form.Note, form.When));
        Assert.Equal("after five", form.Condition);
        var taken = form with { SubKind = "Burglary", Tray = entry };
        // Emptied, it is no condition; put right, it is what was put right.
        Assert.Contains((await Assert.ThrowsAsync<FluentValidation.ValidationException>(() => anna.Send(taken with { Condition = null }))).Errors, e => e.PropertyName == "Condition");
        var made = (await anna.Send(taken with { Once = Guid.NewGuid() })).Dossier;
        Assert.Equal(made, (await anna.Send(taken with { Once = Guid.NewGuid() })).Dossier); // another window
        Assert.Equal(1, await zone.Look(z => z.Set<Dossier>().CountAsync()));
        var view = await anna.Opens(made);
        Assert.Equal(("Ada Exemple", "after five", Rule.OnlyIf), (view.People[0].Name, view.People[0].Safe.Details.Value.WhatMayBeSaid, view.People[0].Safe.Call));
        Assert.Equal(["BR.30.L1.012345/2026"], view.OfficialReports);
        Assert.Equal(made, (await anna.Send(new Search.Query { Text = "br30l1 012345 2026" })).Rows.Single().Dossier);
        Assert.Equal(TrayState.Taken, Assert.Single((await desk.Send(new Put.Query())).Rows).State);
        Assert.Empty((await anna.Send(new Waiting.Query(false, 1))).Rows);
        Assert.Equal(view.Dossier.Number, (await anna.Send(new Open.Query(entry))).Number);
        await Refused(anna.Send(new Prefill.Query(entry)));
    }

    [Theory, EveryEngine]
    public async Task A_message_of_somebody_is_not_there_for_whoever_is_walled_off_from_them(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (desk, officer, walled, worker) = (zone.As(Role.FrontDesk), await zone.Hires("o", Role.DataProtectionOfficer), await zone.Hires("x", Role.Coordinator), await zone.Hires("w", Role.Caseworker));
        var before = await desk.Send(Message("Verzonnen", "Celia"));
        await worker.Send(new PutTo.Command(before, walled.Id));
        var wall = await officer.Send(new VictimSupport.Casework.Walls.Build.Command { Colleague = walled.Id, Round = VictimSupport.Casework.Walls.Round.Person, GivenName = "Célia", FamilyName = "VERZONNEN" });
        var after = await desk.Send(Message("Verzonnen", "Célia"));
        var other = await desk.Send(Message("Muster", "Bram"));

        Assert.Equal((other, 1, 1), (Assert.Single((await walled.Send(new Waiting.Query(false, 1))).Rows).Entry, (await walled.Send(new Waiting.Query(false, 1))).Total, (await walled.Send(new Desk.Query())).Tray));
        foreach (var hidden in new[] { before, after })
        {
            await Refused(walled.Send(new Open.Query(hidden)));
            await Refused(walled.Send(new Prefill.Query(hidden)));
            await Refused(walled.Send(new PutTo.Command(hidden, walled.Id)));
            await Refused(walled.Send(new Decline.Command { Entry = hidden, Reason = "no" }));
            await Refused(walled.Send(Cases.Intake(zone) with { Tray = hidden }));
            await Refused(worker.Send(new PutTo.Command(hidden, walled.Id)));
            var opened = await worker.Send(new Open.Query(hidden));
            Assert.Null(opened.Entry.For);
            Assert.Equal([worker.Id], opened.MayTake);
        }
        Assert.DoesNotContain((await walled.Send(new VictimSupport.Privacy.Audit.Log.Query())).Rows, r => r.Line.Subject == before || (r.Line.Subject == after && r.Line.Refusal is null));
        await worker.Send(new Decline.Command { Entry = after, Reason = "Asked twice." });
        Assert.Empty((await walled.Send(new Waiting.Query(true, 1))).Rows);
        Assert.Single((await worker.Send(new Waiting.Query(true, 1))).Rows);

        await officer.Send(new VictimSupport.Casework.Walls.Lift.Command(wall));
        Assert.Equal(2, (await walled.Send(new Waiting.Query(false, 1))).Total);
        await walled.Send(new Open.Query(before));
    }

    [Theory, EveryEngine]
    public async Task A_wall_round_a_message_stands_round_its_dossier_however_the_name_was_put_right(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (officer, walled, worker) = (await zone.Hires("o", Role.DataProtectionOfficer), await zone.Hires("x", Role.Coordinator), await zone.Hires("w", Role.Caseworker));
        await officer.Send(new VictimSupport.Casework.Walls.Build.Command { Colleague = walled.Id, Round = VictimSupport.Casework.Walls.Round.Person, GivenName = "Célia", FamilyName = "Verzonnen" });
        var message = await zone.As(Role.FrontDesk).Send(Message("Verzonnen", "Celia"));
        var made = await worker.Registers(Cases.Intake(zone, "Oefening", "Celina") with { Tray = message });
        await worker.Opens(made);
        await Refused(walled.Opens(made));
    }

    [Fact]
    public async Task A_message_that_nobody_may_take_any_more_is_told_to_the_officer()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var (officer, only) = (await zone.Hires("officer", Role.DataProtectionOfficer), await zone.Hires("only", Role.Coordinator));
        await officer.Send(new VictimSupport.Casework.Walls.Build.Command { Colleague = only.Id, Round = VictimSupport.Casework.Walls.Round.Person, GivenName = "Celia", FamilyName = "Verzonnen" });
        await zone.As(Role.FrontDesk).Send(Message("Verzonnen", "Celia"));
        await zone.RunJobs();
        Assert.Equal(Staff.AddressOf(zone, "officer"), Assert.Single(platform.Post.Letters, l => l.Key.StartsWith(VictimSupport.Casework.FollowUps.Notices.NobodySees, StringComparison.Ordinal)).To);
    }

    [Theory, EveryEngine]
    public async Task Two_who_take_it_at_once_make_one_dossier(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var entry = await zone.As(Role.FrontDesk).Send(Message());
        var workers = Enumerable.Range(0, 4).Select(_ => zone.As(Role.Coordinator)).ToList();
        var made = await Task.WhenAll(workers.Select(w => Task.Run(() => w.Send(Cases.Intake(zone) with { Tray = entry, Once = Guid.NewGuid() }))));
        Assert.Single(made.Select(m => m.Dossier).Distinct());
        Assert.Equal(1, await zone.Look(z => z.Set<Dossier>().CountAsync()));
    }

    [Theory, EveryEngine]
    public async Task A_refused_registration_leaves_the_message_waiting(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (entry, anna) = (await zone.As(Role.FrontDesk).Send(Message()), zone.As(Role.Caseworker));
        await Assert.ThrowsAsync<FluentValidation.ValidationException>(() => anna.Send(Cases.Intake(zone, subKind: "no such thing") with { Tray = entry }));
        Assert.Single((await anna.Send(new Waiting.Query(false, 1))).Rows);
        await Refused(anna.Send(Cases.Intake(zone) with { Tray = Guid.NewGuid() }));
        Assert.Equal(0, await zone.Look(z => z.Set<Dossier>().CountAsync()));
    }

    [Theory, EveryEngine]
    public async Task The_urgent_come_first_then_the_longest_waiting_and_the_figures_say_how_many(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (desk, anna, cora) = (zone.As(Role.FrontDesk), await zone.Hires("anna", Role.Caseworker), await zone.Hires("cora", Role.Coordinator));
        var old = await desk.Send(Message("Voorbeeld"));
        platform.Clock.Advance(TimeSpan.FromMinutes(5));
        var young = await desk.Send(Message("Muster"));
        platform.Clock.Advance(TimeSpan.FromMinutes(5));
        var urgent = await desk.Send(Message("Fictif", urgency: Urgency.Urgent));
        Assert.Equal([urgent, old, young], (await anna.Send(new Waiting.Query(false, 1))).Rows.Select(r => r.Entry));
        Assert.Equal("A.F.", (await anna.Send(new Waiting.Query(false, 1))).Rows[0].Initials);
        Assert.Equal((3, 3), ((await anna.Send(new Desk.Query())).Tray, (await cora.Send(new Desk.Query())).Tray));
        await cora.Send(new PutTo.Command(old, anna.Id));
        await cora.Send(new PutTo.Command(old, anna.Id));
        Assert.Equal((3, 2), ((await anna.Send(new Desk.Query())).Tray, (await cora.Send(new Desk.Query())).Tray));
        await Refused(cora.Send(new PutTo.Command(old, Guid.NewGuid()))); // nobody of this zone's staff
        using (var hers = cora.Visit()) Assert.Contains("2 in the tray", (await hers.Page("/worklist")).Body!.TextContent, StringComparison.Ordinal);
        await zone.RunJobs();
        await zone.RunJobs();
        Assert.Equal(Staff.AddressOf(zone, "anna"), Assert.Single(platform.Post.Letters, l => l.Key.StartsWith("tray-put", StringComparison.Ordinal)).To);
        using (var visit = anna.Visit()) Assert.Contains("3 in the tray", (await visit.Page("/worklist")).Body!.TextContent, StringComparison.Ordinal);
        // What she was to take and did not in time is everybody's to see to; once she is here no more, everybody's to take.
        platform.Clock.Advance(TimeSpan.FromDays(3));
        Assert.Equal(3, (await cora.Send(new Desk.Query())).Tray);
        await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test.End", zone.Id, async c =>
        {
            (await c.Set<VictimSupport.Zones.Staff.RoleGrant>().SingleAsync(g => g.Account == anna.Id)).End(Guid.NewGuid(), platform.Clock.GetUtcNow());
            return true;
        }, TestContext.Current.CancellationToken);
        platform.Clock.Advance(TimeSpan.FromSeconds(10));
        await zone.RunRound();
        Assert.Null(await zone.Look(z => z.Set<TrayEntry>().Where(e => e.Id == old).Select(e => e.For).SingleAsync()));
    }

    [Theory, EveryEngine]
    public async Task A_declined_message_keeps_its_reason_sealed_and_the_first_one_stands(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (desk, anna, bert) = (zone.As(Role.FrontDesk), zone.As(Role.Caseworker), zone.As(Role.Caseworker));
        var entry = await desk.Send(Message());
        await Assert.ThrowsAsync<FluentValidation.ValidationException>(() => anna.Send(new Decline.Command { Entry = entry, Reason = " " }));
        await anna.Send(new Decline.Command { Entry = entry, Reason = "Sent on to the traffic desk" });
        await bert.Send(new Decline.Command { Entry = entry, Reason = "another" });
        Assert.Equal("Sent on to the traffic desk", (await bert.Send(new Open.Query(entry))).Reason);
        Assert.Equal(TrayState.Declined, Assert.Single((await desk.Send(new Put.Query())).Rows).State);
        Assert.Equal(entry, Assert.Single((await bert.Send(new Waiting.Query(true, 1))).Rows).Entry);
        var late = await Assert.ThrowsAsync<FluentValidation.ValidationException>(() => bert.Send(Cases.Intake(zone) with { Tray = entry }));
        Assert.Contains("declined", late.Message, StringComparison.Ordinal);
        await Refused(bert.Send(new PutTo.Command(entry, bert.Id)));
    }

    [Theory, EveryEngine]
    public async Task The_coordinators_are_told_once_of_what_waits_too_long(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (desk, anna) = (await zone.Hires("lotte", Role.FrontDesk), await zone.Hires("anna", Role.Caseworker));
        await zone.Hires("cora", Role.Coordinator);
        var urgent = await desk.Send(Message("Zzcanary", urgency: Urgency.Urgent));
        await desk.Send(Message());
        var taken = await desk.Send(Message("Muster", urgency: Urgency.Urgent));
        await anna.Send(Cases.Intake(zone) with { Tray = taken });
        platform.Clock.Advance(TimeSpan.FromHours(3.5));
        await zone.RunJobs();
        Assert.Empty(Told(platform));
        platform.Clock.Advance(TimeSpan.FromHours(1));
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(zone.RunJobs)));
        await zone.RunJobs();
        var letter = Assert.Single(Told(platform));
        Assert.Equal(Staff.AddressOf(zone, "cora"), letter.To);
        foreach (var secret in new[] { "Zzcanary", "0470", zone.Code, "lotte" }) Assert.DoesNotContain(secret, letter.Subject + letter.Text, StringComparison.OrdinalIgnoreCase);
        platform.Clock.Advance(TimeSpan.FromHours(44)); // the ordinary one: the zone's delay for a first contact
        await zone.RunJobs();
        Assert.Equal(2, Told(platform).Count);
        await anna.Send(new Decline.Command { Entry = urgent, Reason = "x" });
        platform.Clock.Advance(TimeSpan.FromDays(9));
        await zone.RunJobs();
        Assert.Equal(2, Told(platform).Count);
    }

    [Theory, EveryEngine]
    public async Task What_the_desk_called_urgent_is_answered_within_its_hours_also_when_it_is_a_dossier(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (desk, anna, came) = (zone.As(Role.FrontDesk), zone.As(Role.Caseworker), platform.Clock.GetUtcNow());
        var (urgent, ordinary, misread) = (await desk.Send(Message("Fictif", urgency: Urgency.Urgent)), await desk.Send(Message("Muster")), await desk.Send(Message("Sample", urgency: Urgency.Urgent)));
        platform.Clock.Advance(TimeSpan.FromHours(1));
        foreach (var (entry, name, within) in new[] { (urgent, "Fictif", 4), (ordinary, "Muster", 48) })
            Assert.Equal(came.AddHours(within), await Due(await anna.Registers(Cases.Intake(zone, name) with { Tray = entry })), TimeSpan.FromMinutes(1));
        // When it was asked for was typed wrongly, and is put right.
        var dossier = await anna.Registers(Cases.Intake(zone, "Sample") with { Tray = misread, RequestedAt = came.AddHours(-60) });
        Assert.Equal(came.AddHours(-12), await Due(dossier), TimeSpan.FromMinutes(1));
        await anna.Send(await anna.Send(new VictimSupport.Casework.Dossiers.Facts.Query(dossier)) with { Dossier = dossier, RequestedAt = came });
        Assert.Equal(came.AddHours(4), await Due(dossier), TimeSpan.FromMinutes(1));

        async Task<DateTimeOffset> Due(Guid of) => Assert.Single((await anna.Opens(of)).Planned).DueAt;
    }

    [Theory, EveryEngine]
    public async Task What_was_typed_about_calls_is_kept_whatever_the_rule(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (desk, anna) = (zone.As(Role.FrontDesk), zone.As(Role.Caseworker));
        using var visit = anna.Visit();
        foreach (var rule in new[] { Rule.Never, Rule.NotAsked, Rule.Safe })
        {
            var entry = await desk.Send(Message(given: rule.ToString()) with { MayCall = rule, Condition = "he answers her phone" });
            Assert.Contains("he answers her phone", (await visit.Page($"/tray/{entry}")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
            var form = await anna.Send(new Prefill.Query(entry));
            Assert.Equal((rule, "he answers her phone"), (form.Safe, form.Condition));
            var safe = (await anna.Opens(await anna.Registers(form with { SubKind = "Burglary", Tray = entry }))).People[0].Safe;
            Assert.Equal((rule, "he answers her phone"), (safe.Call, safe.Details.Value.WhatMayBeSaid));
        }
    }

    [Fact]
    public async Task The_desk_sees_what_it_put_in_today_and_nothing_else()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var (lotte, other, anna) = (zone.As(Role.FrontDesk), zone.As(Role.FrontDesk), zone.As(Role.Caseworker));
        var entry = await lotte.Send(Message());
        var dossier = await anna.Registers(Cases.Intake(zone) with { Tray = entry });
        Assert.Empty((await other.Send(new Put.Query())).Rows);
        using var visit = lotte.Visit();
        var page = await visit.Page("/message");
        Assert.Contains("Taken", page.QuerySelector("#today")!.ParentElement!.TextContent, StringComparison.Ordinal);
        foreach (var secret in new[] { dossier.ToString(), (await anna.Opens(dossier)).Dossier.Number, entry.ToString() }) Assert.DoesNotContain(secret, page.DocumentElement.OuterHtml, StringComparison.Ordinal);
        foreach (var path in new[] { "/tray", $"/tray/{entry}", $"/dossiers/{dossier}", "/worklist", "/search", "/intake", $"/intake?tray={entry}", "/countersign", $"/dossiers/{dossier}/opened" }) Assert.Equal(HttpStatusCode.NotFound, (await visit.Get(path)).StatusCode);
        Assert.Equal("/" + zone.Code + "/message", (await visit.Get("/")).Headers.Location!.ToString());
        platform.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Empty((await lotte.Send(new Put.Query())).Rows);
    }

    [Theory, EveryEngine]
    public async Task Whoever_may_not_see_the_dossier_learns_nothing_of_it_from_the_tray(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (anna, bert) = (zone.As(Role.Caseworker), zone.As(Role.Caseworker));
        var entry = await zone.As(Role.FrontDesk).Send(Message());
        await anna.Registers(Cases.Intake(zone) with { Tray = entry });
        // To him the message is as one that never was.
        await Refused(bert.Send(new Open.Query(entry)));
        await Refused(bert.Send(Cases.Intake(zone) with { Tray = entry }));
        await Refused(bert.Send(new Decline.Command { Entry = entry, Reason = "x" }));
        await Refused(bert.Send(new PutTo.Command(entry, bert.Id)));
        await Refused(bert.Send(new Prefill.Query(entry)));
        Assert.Empty((await bert.Send(new Waiting.Query(true, 1))).Rows.Concat((await bert.Send(new Waiting.Query(false, 1))).Rows));
        using var visit = bert.Visit();
        Assert.Equal(HttpStatusCode.NotFound, (await visit.Get($"/tray/{entry}")).StatusCode);
    }

    [Theory, EveryEngine]
    public async Task Each_message_has_a_key_of_its_own_and_opening_it_is_recorded(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (desk, anna) = (zone.As(Role.FrontDesk), zone.As(Role.Caseworker));
        var (one, two) = (await desk.Send(Message("Zzcanaryfamily")), await desk.Send(Message()));
        await anna.Send(new Waiting.Query(false, 1));
        await anna.Send(new Open.Query(one));
        var records = await zone.Look(z => z.Set<AuditRow>().OrderBy(r => r.Seq).ToListAsync());
        Assert.Contains(records, r => r.Act == "Casework.Tray.Put" && r.Subject == one && r.Actor == desk.Id);
        Assert.Contains(records, r => r.Act == "Casework.Tray.Waiting" && r.Payload.Contains(one.ToString(), StringComparison.Ordinal) && r.Payload.Contains(two.ToString(), StringComparison.Ordinal));
        Assert.Contains(records, r => r.Act == "Casework.Tray.Open" && r.Subject == one && r.Actor == anna.Id);
        Assert.DoesNotContain(records, r => r.Payload.Contains("Zzcanary", StringComparison.OrdinalIgnoreCase));
        var boxes = await zone.Look(async z => (await z.Set<TrayEntry>().AsNoTracking().ToListAsync()).Select(e => (e.Id, e.KeyOwner)).ToList());
        Assert.All(boxes, e => Assert.Equal(e.Id, e.KeyOwner));
        Assert.Empty((await zone.Platform.Services.GetRequiredService<KeyCare>().Verify(zone.Code, default)).Faults);
    }

    [Fact]
    public async Task The_form_says_what_is_missing_and_keeps_what_was_typed()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        using var visit = zone.Visit(Role.FrontDesk);
        var again = await visit.Submit("/message", new Dictionary<string, string> { ["Form.Phone"] = "0470 11 22 33", ["Form.About"] = "Typed words", ["Form.MayCall"] = "OnlyIf" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, again.StatusCode);
        var page = await Visit.Read(again);
        Assert.Contains("Typed words", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Choose how urgent it is", page.Body.TextContent, StringComparison.Ordinal);
        Assert.Contains("on what condition", page.QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        foreach (var bad in new (string Field, string Value)[] { ("Form.Phone", "no number"), ("Form.Language", "xx"), ("Form.Urgency", "9"), ("Form.MayCall", "77"), ("Form.About", new string('x', 1001)), ("Form.OfficialReport", new string('9', 61)) })
        {
            var fields = new Dictionary<string, string> { ["Form.GivenName"] = "Ada", ["Form.Language"] = "fr", ["Form.Urgency"] = "Urgent", ["Form.About"] = "x", [bad.Field] = bad.Value };
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await visit.Submit("/message", fields)).StatusCode);
        }
        var sent = await visit.Submit("/message", new Dictionary<string, string> { ["Form.GivenName"] = "Ada", ["Form.Language"] = "fr", ["Form.Urgency"] = "Urgent", ["Form.About"] = "x" });
        Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
    }

    [Fact]
    public async Task The_intake_form_opens_filled_in_and_closes_the_message_when_it_is_saved()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var anna = zone.As(Role.Caseworker);
        var entry = await zone.As(Role.Trainee).Send(Message());
        using var visit = anna.Visit();
        var opened = await visit.Page($"/tray/{entry}");
        var path = opened.QuerySelector("a[href*='/intake']")!.GetAttribute("href")!;
        Assert.Equal("Exemple", (await visit.Page(path)).QuerySelector("[name='Form.FamilyName']")!.GetAttribute("value"));
        var turned = await visit.Submit(path, new Dictionary<string, string>()); // what happened is not chosen yet
        Assert.Equal(HttpStatusCode.UnprocessableEntity, turned.StatusCode);
        Assert.Equal(entry.ToString(), (await Visit.Read(turned)).QuerySelector("[name='tray']")!.GetAttribute("value"));
        var saved = await visit.Submit(path, new Dictionary<string, string> { ["Form.SubKind"] = "Burglary" });
        Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
        Assert.Equal(TrayState.Taken, await zone.Look(z => z.Set<TrayEntry>().Select(e => e.State).SingleAsync()));
        Assert.Equal(HttpStatusCode.NotFound, (await visit.Get($"/intake?tray={entry}")).StatusCode);
    }

    private static IReadOnlyList<VictimSupport.Foundation.Mail.Letter> Told(Platform platform) => [.. platform.Post.Letters.Where(l => l.Key.StartsWith("tray-waits", StringComparison.Ordinal))];
    private static Task<RefusedException> Refused(Task sent) => Assert.ThrowsAsync<RefusedException>(() => sent);
}
