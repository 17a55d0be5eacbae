using System.Net;
using AngleSharp.Html.Dom;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Worklist;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Contracts;
using VictimSupport.Zones.Settings;
using Record = VictimSupport.Casework.Contacts.Record;

namespace VictimSupport.Tests.Casework;

/// <summary>An appointment is a contact that has not happened yet: planned, then held, missed or cancelled.</summary>
public sealed class AppointmentTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task An_appointment_is_what_the_dossier_waits_for_until_it_is_held(string engine)
    {
        var (zone, worker, dossier) = await Registered(engine);
        var plan = await worker.Appointment(zone, dossier) with { Room = " B12 ", Note = "Brengt haar zus mee" };
        var id = await worker.Send(plan);
        var view = await worker.Opens(dossier);
        var planned = Assert.Single(view.Appointments);
        Assert.Equal((ContactState.Planned, "B12", worker.Id, "Brengt haar zus mee"), (planned.State, planned.Room, planned.Worker, planned.Note!.Value));
        Assert.Equal(plan.At!.Value, view.Dossier.NextDue!.Value, TimeSpan.FromMilliseconds(1));
        Assert.DoesNotContain(view.Timeline, h => h.Text == "Brengt haar zus mee"); // it has not happened yet
        var row = Assert.Single((await worker.Send(new Mine.Query(Tab.Mine, 1))).Rows);
        Assert.Equal((Place.Office, (Guid?)null, (ActKind?)null), (row.Meets, row.Act, row.ActKind));

        var form = (await worker.Send(new Record.Query(dossier, id))).Planned!;
        Assert.Equal((Place.Office, 60, "Brengt haar zus mee"), (form.Place, form.Minutes, form.Note));
        var now = zone.Platform.Clock.GetUtcNow();
        await worker.Send(form with { Dossier = dossier, Appointment = id, At = now, Minutes = 45, Services = [ServiceKind.Information], Informed = [Topic.Rights, Topic.DataUse], Note = "Kwam alleen" });
        view = await worker.Opens(dossier);
        Assert.Empty(view.Appointments);
        Assert.Null(view.Dossier.NextDue); // the first contact is made, nothing else was planned
        Assert.NotNull(view.Dossier.FirstContact);
        var held = Assert.Single(view.Timeline, h => h.Text == "Kwam alleen");
        Assert.Contains("How their data are used", held.Informed, StringComparison.Ordinal);
        Assert.Equal((ContactState.Held, 45, true), await zone.Look(z => z.Set<Contact>().Select(c => new ValueTuple<ContactState, int, bool>(c.State, c.Minutes, c.PlannedFor != null)).SingleAsync()));
    }

    [Theory, EveryEngine]
    public async Task One_that_was_missed_or_cancelled_leaves_the_wait(string engine)
    {
        var (zone, worker, dossier) = await Registered(engine);
        var first = (await worker.Opens(dossier)).Dossier.NextDue;
        var missed = await worker.Send(await worker.Appointment(zone, dossier));
        await worker.Send((await worker.Send(new Record.Query(dossier, missed))).Planned! with { Dossier = dossier, Appointment = missed, At = zone.Platform.Clock.GetUtcNow(), Missed = true });
        var view = await worker.Opens(dossier);
        Assert.Equal(first, view.Dossier.NextDue);
        Assert.Null(view.Dossier.FirstContact);
        var cancelled = await worker.Send(await worker.Appointment(zone, dossier));
        var due = zone.Platform.Clock.GetUtcNow().AddHours(5);
        var cancel = new Cancel.Command { Dossier = dossier, Contact = cancelled, Reason = CancelReason.ByThePerson, Next = ActKind.CallBack, Due = due, Version = 1 };
        Assert.True(await worker.Send(cancel));
        Assert.False(await worker.Send(cancel)); // pressed twice
        view = await worker.Opens(dossier);
        Assert.Empty(view.Appointments);
        Assert.Equal(2, view.Planned.Count);
        Assert.Equal(due, view.Dossier.NextDue!.Value, TimeSpan.FromMinutes(1));
        Assert.Contains(view.Timeline, h => h.Title.Contains("The person cancelled", StringComparison.Ordinal));
        Assert.Equal("Missed Cancelled", string.Join(' ', await zone.Look(z => z.Set<Contact>().OrderBy(c => c.State).Select(c => c.State).ToListAsync())));
    }

    [Fact]
    public async Task The_earlier_of_act_and_appointment_comes_first_whichever_is_done()
    {
        var (zone, worker, dossier) = await Registered("sqlite");
        var (lead, now) = (await worker.LeadOf(dossier), zone.Platform.Clock.GetUtcNow());
        await worker.Send(await worker.Appointment(zone, dossier) with { At = now.AddHours(6) });
        await worker.Send(new Write.Command { Dossier = dossier, Persons = [lead], Layer = VictimSupport.Foundation.Secrecy.Layer.Assistance, Next = ActKind.CallBack, Due = now.AddHours(3) });
        var view = await worker.Opens(dossier);
        Assert.Equal(now.AddHours(3), view.Dossier.NextDue!.Value, TimeSpan.FromMinutes(1));
        Assert.Equal(ActKind.CallBack, Assert.Single((await worker.Send(new Mine.Query(Tab.Mine, 1))).Rows).ActKind);
        await worker.Send(new Complete.Command(view.Planned[0].Id));
        Assert.Equal(now.AddHours(6), (await worker.Opens(dossier)).Dossier.NextDue!.Value, TimeSpan.FromMinutes(1));
        foreach (var act in (await worker.Opens(dossier)).Planned) await worker.Send(new Complete.Command(act.Id));
        Assert.Equal(now.AddHours(6), (await worker.Opens(dossier)).Dossier.NextDue!.Value, TimeSpan.FromMinutes(1));
    }

    [Theory, EveryEngine]
    public async Task It_is_moved_and_whoever_moves_it_over_anothers_move_is_told_and_loses_nothing(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = await zone.Hires("worker", Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        var id = await worker.Send(await worker.Appointment(zone, dossier));
        var path = $"/dossiers/{dossier}/appointments/{id}";
        using var visit = worker.Visit();
        var stale = (IHtmlFormElement)(await visit.Page(path)).QuerySelector("main form[method=post]")!;
        Assert.Equal("60", ((IHtmlInputElement)stale.QuerySelector("[name='Form.Minutes']")!).Value);
        await worker.Send(await worker.Appointment(zone, dossier) with { Contact = id, Version = 1, Minutes = 90, Place = Place.Court });
        var refused = await visit.Send(path, stale, Typed(("Form.Note", "mijn tekst")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var page = await Visit.Read(refused);
        Assert.Equal("mijn tekst", page.QuerySelector("[name='Form.Note']")!.TextContent.Trim());
        Assert.Contains("90 min", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(Place.Court, Assert.Single((await worker.Opens(dossier)).Appointments).Place);
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send(path, (IHtmlFormElement)page.QuerySelector("main form[method=post]")!, [])).StatusCode);
        var now = Assert.Single((await worker.Opens(dossier)).Appointments);
        Assert.Equal((Place.Office, "mijn tekst", 60), (now.Place, now.Note!.Value, now.Minutes));
        Assert.Equal(1, await zone.Look(z => z.Set<Contact>().CountAsync()));
    }

    [Theory, EveryEngine]
    public async Task Whoever_cancels_one_that_was_moved_meanwhile_is_told_and_sees_when_it_is_now(string engine)
    {
        var (zone, bert, dossier) = await Registered(engine);
        var chris = await zone.Hires("chris", Role.Coordinator);
        var id = await bert.Send(await bert.Appointment(zone, dossier));
        var (path, later) = ($"/dossiers/{dossier}/appointments/{id}/cancel", zone.Platform.Clock.GetUtcNow().AddDays(2));
        using var visit = bert.Visit();
        var stale = (IHtmlFormElement)(await visit.Page(path)).QuerySelector("main form[method=post]")!;
        await chris.Send(await chris.Appointment(zone, dossier) with { Contact = id, Version = 1, At = later, Note = "op donderdag", Despite = true });
        var page = await Told(visit, path, stale, Typed(("Form.Reason", nameof(CancelReason.ByThePerson))), later, "op donderdag", "chris");
        Assert.True(((IHtmlInputElement)page.QuerySelector($"[name='Form.Reason'][value={nameof(CancelReason.ByThePerson)}]")!).IsChecked);
        Assert.Equal(later, Assert.Single((await bert.Opens(dossier)).Appointments).At, TimeSpan.FromMilliseconds(1));
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send(path, (IHtmlFormElement)page.QuerySelector("main form[method=post]")!, [])).StatusCode);
        Assert.Empty((await bert.Opens(dossier)).Appointments);
        // Without a version nothing was read.
        var another = await bert.Send(await bert.Appointment(zone, dossier));
        Assert.Equal("Reason", Assert.Single((await Assert.ThrowsAsync<ValidationException>(() => bert.Send(new Cancel.Command { Dossier = dossier, Contact = another, Reason = CancelReason.NotSafe }))).Errors).PropertyName);
    }

    [Theory, EveryEngine]
    public async Task Whoever_records_one_that_was_moved_meanwhile_is_told_and_loses_nothing(string engine)
    {
        var (zone, bert, dossier) = await Registered(engine);
        var chris = await zone.Hires("chris", Role.Coordinator);
        var id = await bert.Send(await bert.Appointment(zone, dossier));
        var (path, later) = ($"/dossiers/{dossier}/contact?appointment={id}", zone.Platform.Clock.GetUtcNow().AddDays(2));
        var today = Moment.Local(zone.Platform.Clock.GetUtcNow());
        using var visit = bert.Visit();
        var stale = (IHtmlFormElement)(await visit.Page(path)).QuerySelector("main form[method=post]")!;
        await chris.Send(await chris.Appointment(zone, dossier) with { Contact = id, Version = 1, At = later, Despite = true });
        var typed = Typed(("Form.Missed", "true"), ("Form.Note", "niemand kwam"), ("Form.At.Date", today.ToString("yyyy-MM-dd")), ("Form.At.Time", today.ToString("HH:mm")));
        var page = await Told(visit, path, stale, typed, later, "chris");
        Assert.Equal("niemand kwam", page.QuerySelector("[name='Form.Note']")!.TextContent.Trim());
        Assert.Equal(today.ToString("HH:mm"), page.QuerySelector("[name='Form.At.Time']")!.GetAttribute("value"));
        Assert.Equal(ContactState.Planned, Assert.Single((await bert.Opens(dossier)).Appointments).State);
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send(path, (IHtmlFormElement)page.QuerySelector("main form[method=post]")!, [])).StatusCode);
        Assert.Equal(ContactState.Missed, await zone.Look(z => z.Set<Contact>().Where(c => c.Id == id).Select(c => c.State).SingleAsync()));
        // One that was not planned stands over nothing.
        Assert.Null((await visit.Page($"/dossiers/{dossier}/contact")).QuerySelector("[name='Form.Version']"));
        await bert.Send(await bert.Contact(zone, dossier));
    }

    private static async Task<IHtmlDocument> Told(Visit visit, string path, IHtmlFormElement stale, KeyValuePair<string, string>[] typed, DateTimeOffset now, params string[] saved)
    {
        var refused = await visit.Send(path, stale, typed);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var page = await Visit.Read(refused);
        Assert.Contains(VictimSupport.Casework.Words.ChangedMeanwhile[..20], page.QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        var shown = page.QuerySelector("main dl.govuk-summary-list")!.TextContent;
        foreach (var one in saved.Append(Moment.Clock(now))) Assert.Contains(one, shown, StringComparison.Ordinal);
        return page;
    }

    [Theory, EveryEngine]
    public async Task A_form_for_one_that_was_ended_meanwhile_keeps_what_was_typed(string engine)
    {
        var (zone, worker, dossier) = await Registered(engine);
        var id = await worker.Send(await worker.Appointment(zone, dossier));
        using var visit = worker.Visit();
        var path = $"/dossiers/{dossier}/contact?appointment={id}";
        var form = (IHtmlFormElement)(await visit.Page(path)).QuerySelector("main form[method=post]")!;
        await worker.Cancels(dossier, id, CancelReason.ByTheService);
        var today = Moment.Local(zone.Platform.Clock.GetUtcNow());
        var answer = await visit.Send(path, form, [KeyValuePair.Create("Form.Note", "een lang verslag"), KeyValuePair.Create("Form.Services", "Listening"), KeyValuePair.Create("Form.At.Date", today.ToString("yyyy-MM-dd")), KeyValuePair.Create("Form.At.Time", today.ToString("HH:mm"))]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var page = await Visit.Read(answer);
        Assert.Contains("een lang verslag", page.QuerySelector("[name='Form.Note']")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Cancelled", page.QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        foreach (var late in (Func<Task>[])[() => Moves(), () => Checks(), () => Cancels()]) await Assert.ThrowsAsync<ValidationException>(late);

        async Task Moves() => await worker.Send(await worker.Appointment(zone, dossier) with { Contact = id, Version = 2 });
        Task Checks() => worker.Send(new HomeVisit.In { Dossier = dossier, Contact = id, Minutes = 10 });
        Task Cancels() => worker.Send(new Cancel.Command { Dossier = dossier, Contact = id, Reason = CancelReason.NotSafe });
    }

    public static TheoryData<string, string> Faults => new()
    {
        { "nobody", "Persons" }, { "no time", "At" }, { "past", "At" }, { "far", "At" }, { "no minutes", "Minutes" }, { "two days", "Minutes" }, { "no place", "Place" }, { "forged place", "Place" }, { "long room", "Room" }, { "long way", "Travel" }, { "nobody goes", "Worker" }, { "stranger goes", "Worker" }, { "stranger goes along", "Companion" }, { "forged counterpart", "With" }, { "counterpart and the person", "With" }, { "long note", "Note" },
    };

    [Theory, MemberData(nameof(Faults))]
    public async Task What_is_wrong_is_said_and_nothing_is_planned(string fault, string field)
    {
        var (zone, worker, dossier) = await Registered("sqlite");
        var (good, now) = (await worker.Appointment(zone, dossier), zone.Platform.Clock.GetUtcNow());
        var bad = fault switch
        {
            "nobody" => good with { Persons = [] },
            "no time" => good with { At = null },
            "past" => good with { At = now.AddHours(-1) },
            "far" => good with { At = now.AddYears(4) },
            "no minutes" => good with { Minutes = 0 },
            "two days" => good with { Minutes = 48 * 60 },
            "no place" => good with { Place = null },
            "forged place" => good with { Place = (Place)99 },
            "long room" => good with { Room = new string('x', 41) },
            "long way" => good with { Travel = 721 },
            "nobody goes" => good with { Worker = null },
            "stranger goes" => good with { Worker = Guid.NewGuid() },
            "stranger goes along" => good with { Companion = Guid.NewGuid() },
            "counterpart and the person" => good with { With = Counterpart.School },
            "forged counterpart" => good with { With = (Counterpart)99 },
            _ => good with { Note = new string('x', 20_001) },
        };
        var refused = await Assert.ThrowsAsync<ValidationException>(() => worker.Send(bad));
        Assert.Contains(refused.Errors, e => e.PropertyName.StartsWith(field, StringComparison.Ordinal));
        Assert.Equal(0, await zone.Look(z => z.Set<Contact>().CountAsync()));
    }

    [Fact]
    public async Task A_date_without_what_is_to_be_done_is_asked_about_and_not_thrown_away()
    {
        var (zone, worker, dossier) = await Registered("sqlite");
        var (id, due) = (await worker.Send(await worker.Appointment(zone, dossier)), zone.Platform.Clock.GetUtcNow().AddDays(1));
        foreach (var deed in new Func<Task>[]
        {
            () => worker.Send(new Cancel.Command { Dossier = dossier, Contact = id, Reason = CancelReason.ByTheService, Due = due }),
            async () => await worker.Send(new Write.Command { Dossier = dossier, Persons = [await worker.LeadOf(dossier)], Text = "belt terug", Due = due }),
        }) Assert.Equal("Next", Assert.Single((await Assert.ThrowsAsync<ValidationException>(deed)).Errors).PropertyName);
    }

    [Theory, EveryEngine]
    public async Task Of_two_who_take_one_room_at_once_the_second_is_told(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (anna, bert) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker));
        var at = zone.Platform.Clock.GetUtcNow().AddHours(4);
        var plans = new List<Func<Task<Guid>>>();
        foreach (var by in new[] { anna, bert, anna, bert })
        {
            var plan = await by.Appointment(zone, await by.Registers(Cases.Intake(zone))) with { At = at.AddHours(plans.Count / 2 * 5), Room = "B12" };
            plans.Add(() => by.Send(plan));
        }
        foreach (var both in plans.Chunk(2))
        {
            var refused = 0;
            await Task.WhenAll(both.Select(plan => Task.Run(async () =>
            {
                try { await plan(); }
                catch (ValidationException taken) when (taken.Errors.All(e => e.PropertyName == "Despite")) { Interlocked.Increment(ref refused); }
            })));
            Assert.Equal(1, refused);
        }
    }

    [Theory, EveryEngine]
    public async Task A_worker_or_room_that_is_taken_is_said_once_and_prevents_nothing(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, bert) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker));
        var (hers, his) = (await anna.Registers(Cases.Intake(zone)), await bert.Registers(Cases.Intake(zone, "Voorbeeld")));
        var at = zone.Platform.Clock.GetUtcNow().AddHours(4);
        await anna.Send(await anna.Appointment(zone, hers) with { At = at, Room = "B12", Companion = bert.Id });
        // Bert goes along until at + 60 minutes; half an hour on the way makes 61 too early, 91 enough.
        var plan = await bert.Appointment(zone, his) with { Place = Place.Home, Travel = 30 };
        Assert.Single((await Refused(bert, plan with { At = at.AddMinutes(61) })).Errors, e => e.ErrorMessage.Contains("bert", StringComparison.Ordinal) && !e.ErrorMessage.Contains("Exemple", StringComparison.Ordinal));
        Assert.Single((await Refused(bert, plan with { At = at.AddMinutes(-89) })).Errors);
        var room = Assert.Single((await Refused(bert, plan with { Place = Place.Office, Room = "b12 ", Worker = bert.Id, At = at.AddMinutes(59) })).Errors, e => e.ErrorMessage.StartsWith("b12", StringComparison.Ordinal));
        Assert.Equal("Despite", room.PropertyName);
        await bert.Send(plan with { At = at.AddMinutes(61), Despite = true });
        var free = await bert.Send(plan with { At = at.AddHours(8) });
        await bert.Send(plan with { Contact = free, Version = 1, At = at.AddHours(8).AddMinutes(10) }); // it is not in its own way
        Assert.Equal(3, await zone.Look(z => z.Set<Contact>().CountAsync()));
    }

    [Fact]
    public async Task The_page_says_what_is_in_the_way_and_offers_to_plan_all_the_same()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        var now = platform.Clock.GetUtcNow();
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test.Hours", zone.Id, house =>
            Task.FromResult(house.Add(SettingChange.Make(zone.Id, SettingCode.Hours, "08:30-17:00;08:30-12:00;;;08:30-17:00;;", "", today, Guid.NewGuid(), now)) is not null), TestContext.Current.CancellationToken);
        var dossier = await anna.Registers(Cases.Intake(zone));
        using var visit = anna.Visit();
        var path = $"/dossiers/{dossier}/appointments";
        // Tuesday 1 December 2026, 11:30 to 12:30: it closes at noon.
        var typed = Typed(("Form.At.Date", "2026-12-01"), ("Form.At.Time", "11:30"), ("Form.Place", "Office"), ("Form.Note", "mijn tekst"));
        var answer = await visit.Submit(path, typed);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var page = await Visit.Read(answer);
        Assert.Contains("closed", page.QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("mijn tekst", page.QuerySelector("[name='Form.Note']")!.TextContent.Trim());
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send(path, (IHtmlFormElement)page.QuerySelector("main form[method=post]")!, [KeyValuePair.Create("Form.Despite", "true")])).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit(path, Typed(("Form.At.Date", "2026-12-01"), ("Form.At.Time", "08:30"), ("Form.Place", "Office")))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit(path, Typed(("Form.At.Date", "2026-12-02"), ("Form.At.Time", "22:00"), ("Form.Place", "Phone")))).StatusCode); // no office, no hours
        Assert.Equal(3, (await anna.Opens(dossier)).Appointments.Count);
        var shown = (await visit.Page($"/dossiers/{dossier}")).QuerySelector("section[aria-labelledby=next]")!.TextContent;
        Assert.Contains("Appointment: Office", shown, StringComparison.Ordinal);
        Assert.Contains("anna", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-11-30T08:30", 60, true), InlineData("2026-11-30T08:29", 60, false), InlineData("2026-11-30T16:00", 60, true), InlineData("2026-11-30T16:30", 60, false), InlineData("2026-12-01T11:30", 60, false), InlineData("2026-12-02T10:00", 60, false), InlineData("2026-11-30T16:00", 24 * 60, false)]
    public void The_office_is_open_only_if_it_is_the_whole_time(string at, int minutes, bool open)
    {
        var from = Moment.Instant(DateTime.Parse(at, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(open, Diary.IsOpen(OpeningHours.Read("08:30-17:00;08:30-12:00,13:00-17:00;;;08:30-17:00;;")!, from, from.AddMinutes(minutes)));
    }

    [Theory, EveryEngine]
    public async Task Nobody_who_never_wants_a_visit_is_visited_and_the_rule_stands_beside(string engine)
    {
        var (zone, worker, dossier) = await Registered(engine);
        var lead = await worker.LeadOf(dossier);
        await worker.Send((await worker.Send(new Safe.Query(dossier, lead))).Form with { Dossier = dossier, Person = lead, Visit = Rule.Never, WhatMayBeSaid = "de bibliotheek" });
        var plan = await worker.Appointment(zone, dossier);
        Assert.Equal("gate-never", (await Assert.ThrowsAsync<RefusedException>(() => worker.Send(plan with { Place = Place.Home, Despite = true }))).Code);
        Assert.Single(await GateTests.Recorded(zone, "Casework.Contacts.Plan!gate-never", a => a.Subject == dossier && a.Actor == worker.Id));
        await worker.Send(plan with { Place = Place.Home, ForThem = true, With = Counterpart.Family });
        await worker.Send(plan with { At = plan.At!.Value.AddHours(4) });
        using var visit = worker.Visit();
        var beside = (await visit.Page($"/dossiers/{dossier}/appointments")).QuerySelector("section[aria-labelledby=care]")!.TextContent;
        Assert.Contains("Visit: never", beside, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("de bibliotheek", beside, StringComparison.Ordinal);
        // By the form it is said at the field, and nothing that was typed is lost.
        var refused = await Visit.Read(await visit.Submit($"/dossiers/{dossier}/appointments", [new("Form.Worker", worker.Id.ToString()), new("Form.Place", nameof(Place.Home)), new("Form.At.Date", "2027-01-11"), new("Form.At.Time", "10:15"), new("Form.Minutes", "45"), new("Form.Note", "mijn tekst")], "main form[method=post]"));
        Assert.Contains("does not want to be visited", refused.QuerySelector("[id$='Place-error']")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(("mijn tekst", "10:15"), (refused.QuerySelector("[name='Form.Note']")!.TextContent.Trim(), refused.QuerySelector("[name='Form.At.Time']")!.GetAttribute("value")));
        Assert.Equal(2, (await GateTests.Recorded(zone, "Casework.Contacts.Plan!gate-never", a => a.Subject == dossier)).Count);
    }

    [Theory, EveryEngine]
    public async Task A_visit_keeps_to_the_hours_that_were_agreed(string engine)
    {
        var (zone, worker, dossier) = await Registered(engine);
        await worker.Agrees(dossier, await worker.LeadOf(dossier), r => r with { Visit = Rule.Safe, From = new TimeOnly(9, 0), Until = new TimeOnly(15, 0) });
        var plan = await worker.Appointment(zone, dossier) with { Place = Place.Home, Despite = true };
        var evening = Moment.Instant(Moment.Day(plan.At!.Value).AddDays(1).ToDateTime(new TimeOnly(18, 0)));
        Assert.Equal("gate-hours", (await Assert.ThrowsAsync<RefusedException>(() => worker.Send(plan with { At = evening }))).Code);
        await worker.Send(plan with { At = evening, Place = Place.Office });
        await worker.Send(plan with { At = evening.AddHours(-5) });
    }

    [Theory, EveryEngine]
    public async Task A_planned_visit_that_other_hours_or_a_second_row_s_never_close_comes_back(string engine)
    {
        var (zone, worker, dossier) = await Registered(engine);
        var lead = await worker.LeadOf(dossier);
        foreach (var done in (await worker.Opens(dossier)).Planned) await worker.Send(new Complete.Command(done.Id));
        var plan = await worker.Appointment(zone, dossier) with { Place = Place.Home, Despite = true };
        var noon = Moment.Instant(Moment.Day(plan.At!.Value).AddDays(1).ToDateTime(new TimeOnly(12, 0)));
        await worker.Send(plan with { At = noon });
        await worker.Agrees(dossier, lead, r => r with { Visit = Rule.Safe, From = new TimeOnly(9, 0), Until = new TimeOnly(15, 0) });
        Assert.Empty((await worker.Opens(dossier)).Planned);
        await worker.Agrees(dossier, lead, r => r with { Visit = Rule.Safe, From = new TimeOnly(13, 0), Until = new TimeOnly(15, 0) });
        Assert.Equal(ActKind.Visit, Assert.Single((await worker.Opens(dossier)).Planned).Kind);
        await worker.Agrees(dossier, lead, r => r with { Visit = Rule.Safe, From = new TimeOnly(14, 0), Until = new TimeOnly(15, 0) });
        Assert.Single((await worker.Opens(dossier)).Planned); // closed before, said once

        var twin = await worker.Send(new Edit.Command { Dossier = dossier, GivenName = "Mia", FamilyName = "Jansens", Capacity = Capacity.Victim, Language = "nl" });
        await worker.Send(plan with { At = noon.AddDays(1), Persons = [twin] });
        await worker.Agrees(dossier, lead, r => r with { Visit = Rule.Never });
        var before = await Visits();
        await worker.Send(new Merge.Command
        {
            Dossier = dossier, Person = lead, Other = twin, Version = (await worker.Opens(dossier)).Dossier.Version,
            Name = Merge.Row.Kept, Capacity = Merge.Row.Kept, Sex = Merge.Row.Kept, Birth = Merge.Row.Kept, Language = Merge.Row.Kept, Phone = Merge.Row.Kept, Mail = Merge.Row.Kept, Address = Merge.Row.Kept,
        });
        Assert.Equal(before + 1, await Visits());

        async Task<int> Visits() => (await worker.Opens(dossier)).Planned.Count(a => a.Kind == ActKind.Visit && a.Persons.SequenceEqual([lead]));
    }

    [Theory, EveryEngine]
    public async Task Who_says_never_after_a_visit_was_planned_gets_none(string engine)
    {
        var (zone, worker, dossier) = await Registered(engine);
        var lead = await worker.LeadOf(dossier);
        foreach (var done in (await worker.Opens(dossier)).Planned) await worker.Send(new Complete.Command(done.Id));
        await worker.Send(await worker.Appointment(zone, dossier)); // the office bars nobody
        await worker.Agrees(dossier, lead, r => r with { Visit = Rule.Never });
        Assert.Empty((await worker.Opens(dossier)).Planned);
        await worker.Agrees(dossier, lead, r => r with { Visit = Rule.Safe });
        var visit = await worker.Send(await worker.Appointment(zone, dossier) with { Place = Place.Home, Despite = true });
        await worker.Agrees(dossier, lead, r => r with { Visit = Rule.Never });
        var view = await worker.Opens(dossier);
        var act = Assert.Single(view.Planned);
        Assert.Equal((ActKind.Visit, lead), (act.Kind, Assert.Single(act.Persons)));
        Assert.Contains("another place", act.Text!.Value, StringComparison.Ordinal);
        Assert.Equal(act.DueAt, view.Dossier.NextDue);
        await worker.Agrees(dossier, lead, r => r with { Sms = Rule.Safe });
        Assert.Single((await worker.Opens(dossier)).Planned); // said once
        using var hers = worker.Visit();
        Assert.Contains("Visit: never", (await hers.Page($"/dossiers/{dossier}")).QuerySelector("section[aria-labelledby=next] .vs-badge--danger")!.TextContent, StringComparison.OrdinalIgnoreCase);
        // Whoever goes all the same is told at the door.
        var page = await Visit.Read(await hers.Submit($"/dossiers/{dossier}/appointments/{visit}/visit", [new("Form.Minutes", "35")], "main form[method=post]"));
        Assert.Contains("does not want to be visited", page.QuerySelector("[id$='Minutes-error']")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("35", page.QuerySelector("[name='Form.Minutes']")!.GetAttribute("value"));
        Assert.Null(await zone.Look(z => z.Set<Contact>().Where(c => c.Id == visit).Select(c => c.CheckedIn).SingleAsync()));
        Assert.Single(await zone.Look(z => z.Set<VictimSupport.Foundation.Audit.AuditRow>().Where(a => a.Subject == dossier && a.Actor == worker.Id).ToListAsync()), a => a.Act.StartsWith("Casework.Contacts.HomeVisit", StringComparison.Ordinal) && a.Act.EndsWith("!gate-never", StringComparison.Ordinal));
    }

    [Fact]
    public async Task All_that_a_colleague_agreed_anew_stands_beside_what_was_typed()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var (worker, goes) = (await zone.Hires("worker", Role.Caseworker), await zone.Hires("companion", Role.Caseworker));
        var dossier = await worker.Registers(Cases.Intake(zone));
        var second = await worker.Send(new Edit.Command { Dossier = dossier, GivenName = "Bo", FamilyName = "Exemple", Capacity = Capacity.Relative, Language = "nl" });
        var id = await worker.Send(await worker.Appointment(zone, dossier));
        using var visit = worker.Visit();
        var path = $"/dossiers/{dossier}/appointments/{id}";
        var stale = (IHtmlFormElement)(await visit.Page(path)).QuerySelector("main form[method=post]")!;
        await worker.Send(await worker.Appointment(zone, dossier) with { Contact = id, Version = 1, Place = Place.Court, Travel = 37, Persons = [second], Companion = goes.Id, ForThem = true, With = Counterpart.Prosecutor, Note = "met haar dossier", Despite = true });
        var shown = (await Visit.Read(await visit.Send(path, stale, []))).QuerySelector("main dl.govuk-summary-list")!.TextContent;
        foreach (var saved in new[] { "Bo Exemple", "37", "companion", VictimSupport.Casework.Words.Of(Counterpart.Prosecutor), "met haar dossier" }) Assert.Contains(saved, shown, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task The_same_form_sent_at_once_plans_one(string engine)
    {
        var (zone, worker, dossier) = await Registered(engine);
        var plan = await worker.Appointment(zone, dossier) with { Once = Guid.NewGuid() };
        var made = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => worker.Send(plan))));
        Assert.Single(made.Distinct());
        Assert.Equal(1, await zone.Look(z => z.Set<Contact>().CountAsync()));
        var held = (await worker.Send(new Record.Query(dossier, made[0]))).Planned! with { Dossier = dossier, Appointment = made[0], At = zone.Platform.Clock.GetUtcNow(), Services = [ServiceKind.Listening], Once = Guid.NewGuid() };
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => worker.Send(held)))), id => Assert.Equal(made[0], id));
        Assert.Equal(ContactState.Held, await zone.Look(z => z.Set<Contact>().Select(c => c.State).SingleAsync()));
    }

    [Theory, EveryEngine]
    public async Task Who_may_not_see_the_dossier_finds_no_appointment_in_it(string engine)
    {
        var platform = await platforms.On(engine);
        var (zone, other) = (await platform.Zone(), await platform.Zone());
        var (worker, walled) = (await zone.Hires("worker", Role.Caseworker), await zone.Hires("walled", Role.Coordinator));
        var dossier = await worker.Registers(Cases.Intake(zone));
        var id = await worker.Send(await worker.Appointment(zone, dossier) with { Place = Place.Home });
        var held = await worker.Send(await worker.Contact(zone, dossier));
        await zone.WallsOff(walled, dossier);
        string[] paths = [$"/dossiers/{dossier}/appointments", $"/dossiers/{dossier}/appointments/{id}", $"/dossiers/{dossier}/appointments/{id}/cancel", $"/dossiers/{dossier}/appointments/{id}/visit", $"/dossiers/{dossier}/contact?appointment={id}", $"/dossiers/{dossier}/contacts/{held}/correct"];
        using var his = worker.Visit();
        foreach (var path in paths) Assert.Equal(HttpStatusCode.OK, (await his.Get(path)).StatusCode);
        foreach (var stranger in new[] { walled.Visit(), zone.Visit(Role.Caseworker), zone.Visit(Role.FrontDesk), zone.Visit(Role.ZoneAdministrator), other.Visit(Role.Coordinator), new Visit(platform, other.Code, worker.Id, Role.Caseworker) })
        {
            using (stranger)
            {
                foreach (var path in paths) Assert.Equal(HttpStatusCode.NotFound, (await stranger.Client.GetAsync($"/{zone.Code}{path}")).StatusCode);
            }
        }
        var another = await worker.Registers(Cases.Intake(zone, "Voorbeeld"));
        foreach (var path in paths.Skip(1)) Assert.Equal(HttpStatusCode.NotFound, (await his.Get(path.Replace(dossier.ToString(), another.ToString(), StringComparison.Ordinal))).StatusCode); // of another dossier
        await Assert.ThrowsAsync<RefusedException>(() => walled.Send(new Cancel.Command { Dossier = dossier, Contact = id, Reason = CancelReason.NotSafe }));
        await Assert.ThrowsAsync<RefusedException>(() => walled.Send(new HomeVisit.In { Dossier = dossier, Contact = id, Minutes = 10 }));
        await Assert.ThrowsAsync<RefusedException>(() => walled.Send(new HomeVisit.Out(dossier, id)));
        // A colleague behind the wall is among nobody's choices.
        Assert.DoesNotContain((await worker.Send(new Plan.Query(dossier, null))).MayGo, a => a == walled.Id);
        // A forged form changes nothing, and is not told from an absent page by a stranger.
        foreach (var path in paths.Skip(1)) Assert.Equal(HttpStatusCode.BadRequest, (await his.Forge(path, ("Form.Reason", "NotSafe"), ("Form.Minutes", "10"))).StatusCode);
        Assert.Equal(ContactState.Planned, await zone.Look(z => z.Set<Contact>().Where(c => c.Id == id).Select(c => c.State).SingleAsync()));
    }

    [Theory, EveryEngine]
    public async Task A_contact_is_put_right_by_whoever_changes_dossiers_and_over_anothers_correction_nothing_is_lost(string engine)
    {
        var (zone, worker, dossier) = await Registered(engine);
        var id = await worker.Send(await worker.Contact(zone, dossier) with { ForThem = true, With = Counterpart.Insurer });
        Assert.Contains((await worker.Opens(dossier)).Timeline, h => h.Corrects == id && h.Title.Contains("Insurer", StringComparison.Ordinal));
        var form = (await worker.Send(new Correct.Query(dossier, id))).Form;
        await worker.Send(form with { Dossier = dossier, Contact = id, Minutes = 35, Informed = [Topic.DataUse], Note = "verbeterd" });
        Assert.Contains((await worker.Opens(dossier)).Timeline, h => h.Text == "verbeterd" && h.Title.Contains("35", StringComparison.Ordinal) && h.Informed is not null);
        Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => worker.Send(form with { Dossier = dossier, Contact = id, Note = "oud" }))).Errors, e => e.PropertyName == "Note");
        Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => worker.Send(form with { Dossier = dossier, Contact = id, Version = form.Version + 1, Services = [] }))).Errors, e => e.PropertyName == "Services");
        // What is still to come is moved, not corrected; what a trainee wrote has its own way.
        var planned = await worker.Send(await worker.Appointment(zone, dossier));
        await Assert.ThrowsAsync<RefusedException>(() => worker.Send(new Correct.Query(dossier, planned)));
        var trainee = zone.As(Role.Trainee);
        await zone.Names(dossier, trainee.Id);
        var learned = await trainee.Send(await worker.Contact(zone, dossier));
        await Assert.ThrowsAsync<RefusedException>(() => worker.Send(new Correct.Query(dossier, learned)));
    }

    [Theory, EveryEngine]
    public async Task A_contact_under_the_wrong_day_is_put_right_and_the_wait_for_the_first_one_with_it(string engine)
    {
        var (zone, worker, dossier) = await Registered(engine);
        var now = zone.Platform.Clock.GetUtcNow();
        var first = await worker.Send(await worker.Contact(zone, dossier) with { At = now.AddDays(-9) });
        await worker.Send(await worker.Contact(zone, dossier) with { At = now.AddDays(-1) });
        Assert.Equal(now.AddDays(-9), (await worker.Opens(dossier)).Dossier.FirstContact);
        var form = (await worker.Send(new Correct.Query(dossier, first))).Form with { Dossier = dossier, Contact = first };
        Assert.Equal(now.AddDays(-9), form.At);
        // Written down under the ninth day, it was today, at the hospital: the other one was the first.
        await worker.Send(form with { At = now.AddHours(-2), Place = Place.Hospital });
        Assert.Equal(now.AddDays(-1), (await worker.Opens(dossier)).Dossier.FirstContact);
        Assert.Equal((Place.Hospital, now.AddHours(-2)), await zone.Look(async z => { var c = await z.Set<Contact>().SingleAsync(c => c.Id == first); return (c.Place, c.At); }));
        Assert.Equal("At", Assert.Single((await Assert.ThrowsAsync<ValidationException>(() => worker.Send(form with { Version = form.Version + 1, At = now.AddHours(3) }))).Errors).PropertyName);
    }

    [Theory, EveryEngine]
    public async Task What_is_to_come_or_under_way_holds_up_the_closing(string engine)
    {
        var (zone, worker, dossier) = await Registered(engine);
        var (planned, away) = (await worker.Send(await worker.Appointment(zone, dossier)), await worker.Send(await worker.Appointment(zone, dossier) with { Place = Place.Home, Despite = true }));
        await worker.Send(new HomeVisit.In { Dossier = dossier, Contact = away, Minutes = 30 });
        Assert.Equal([planned, away], (await worker.Send(new Close.Query(dossier))).Where(g => g.Kind == GapKind.Appointment).Select(g => g.Entry!.Value).ToHashSet());
        await Assert.ThrowsAsync<ValidationException>(() => worker.ClosesAtOnce(dossier));
        await worker.Cancels(dossier, planned, CancelReason.NoLongerNeeded);
        await Assert.ThrowsAsync<ValidationException>(() => worker.ClosesAtOnce(dossier)); // somebody is still there
        Assert.True(await worker.Send(new HomeVisit.Out(dossier, away)));
        await worker.Send((await worker.Send(new Record.Query(dossier, away))).Planned! with { Dossier = dossier, Appointment = away, Services = [ServiceKind.Listening] });
        await worker.ClosesAtOnce(dossier);
        Assert.Null((await worker.Opens(dossier)).Dossier.NextDue);
        await Assert.ThrowsAsync<ValidationException>(async () => await worker.Send(await worker.Appointment(zone, dossier)));
    }

    [Fact]
    public async Task Only_the_helped_are_met_and_a_trainee_plans_nothing()
    {
        var (zone, worker, dossier) = await Registered("sqlite");
        var mentioned = await worker.Send(new Edit.Command { Dossier = dossier, FamilyName = "Fictif", GivenName = "Marc", Capacity = Capacity.AllegedAuthor, Language = "fr" });
        var plan = await worker.Appointment(zone, dossier);
        await Assert.ThrowsAsync<RefusedException>(() => worker.Send(plan with { Persons = [.. plan.Persons, mentioned] }));
        var trainee = zone.As(Role.Trainee);
        await zone.Names(dossier, trainee.Id);
        await Assert.ThrowsAsync<RefusedException>(() => trainee.Send(plan with { Worker = trainee.Id }));
        var id = await worker.Send(plan);
        var contact = await trainee.Contact(zone, dossier);
        await Assert.ThrowsAsync<RefusedException>(() => trainee.Send(contact with { Appointment = id }));
        await Assert.ThrowsAsync<RefusedException>(() => trainee.Send(new Record.Query(dossier, id)));
        await trainee.Send(contact);
        using var visit = trainee.Visit();
        Assert.Equal(HttpStatusCode.OK, (await visit.Get($"/dossiers/{dossier}")).StatusCode);
        Assert.DoesNotContain("/appointments", (await visit.Page($"/dossiers/{dossier}")).DocumentElement.OuterHtml, StringComparison.Ordinal);
    }

    private static KeyValuePair<string, string>[] Typed(params (string, string)[] fields) => [.. fields.Select(f => KeyValuePair.Create(f.Item1, f.Item2))];

    private static Task<ValidationException> Refused(VictimSupport.Tests.Kit.Person who, Plan.Command plan) => Assert.ThrowsAsync<ValidationException>(() => who.Send(plan));

    private async Task<(TestZone, VictimSupport.Tests.Kit.Person, Guid)> Registered(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        return (zone, worker, await worker.Registers(Cases.Intake(zone)));
    }

    [Theory, EveryEngine]
    public async Task The_rooms_of_the_zone_are_offered_another_may_be_typed_and_a_room_is_the_same_however_it_is_typed(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        var (dossier, at) = (await anna.Registers(Cases.Intake(zone)), platform.Clock.GetUtcNow().AddHours(4));
        var path = $"/dossiers/{dossier}/appointments";
        using var visit = anna.Visit();
        Assert.Null((await visit.Page(path)).QuerySelector("datalist, [list]"));
        var chief = zone.As(Role.Coordinator);
        await chief.Send(new Change.Command { Setting = SettingCode.Rooms, Text = "Salle d’été\r\n\r\n B 12\r\n b 12", From = VictimSupport.Design.Html.Moment.Day(platform.Clock.GetUtcNow()) });
        platform.Clock.Advance(TimeSpan.FromSeconds(5));
        var page = await visit.Page(path);
        Assert.Equal(page.QuerySelector("datalist")!.Id, page.QuerySelector("[name='Form.Room']")!.GetAttribute("list"));
        Assert.Equal(["Salle d’été", "B 12"], page.QuerySelectorAll("datalist option").Select(o => o.GetAttribute("value")));
        var plan = await anna.Appointment(zone, dossier) with { At = at, Room = "SALLE  d’ete" };
        var first = await anna.Send(plan);
        Assert.Equal("Salle d’été", await zone.Look(z => z.Set<Contact>().Where(c => c.Id == first).Select(c => c.Room).SingleAsync())); // as the zone calls it
        foreach (var same in new[] { "salled’été", " Salle d’e\u0301te\u0301 " })
            Assert.Contains((await Refused(anna, plan with { Room = same })).Errors, e => e.ErrorMessage.StartsWith("Salle d’été", StringComparison.Ordinal));
        // One of nobody's list is taken too, and is the same to whoever types it otherwise.
        await anna.Send(plan with { Room = "Grenier 1.2", At = at.AddHours(2) });
        Assert.Contains((await Refused(anna, plan with { Room = "grénier1.2", At = at.AddHours(2) })).Errors, e => e.ErrorMessage.StartsWith("grénier1.2", StringComparison.Ordinal));
        Assert.DoesNotContain((await Refused(anna, plan with { Room = "Grenier 12", At = at.AddHours(2) })).Errors, e => e.ErrorMessage.StartsWith("Grenier", StringComparison.Ordinal));
    }
}
