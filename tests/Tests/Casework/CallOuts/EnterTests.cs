using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.CallOuts;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Contracts;
using Person = VictimSupport.Casework.People.Person;

namespace VictimSupport.Tests.Casework.CallOuts;

/// <summary>A call-out in one's own zone: the least is enough, what is missing is said, and it is one's own.</summary>
public sealed class EnterTests(Platforms platforms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static DateTimeOffset Instant(string written) => DateTimeOffset.Parse(written, System.Globalization.CultureInfo.InvariantCulture);
    private static Enter.Command Least => new() { SubKind = "Suicide", Language = "fr", Once = Guid.NewGuid() };

    [Theory, EveryEngine]
    public async Task The_kind_of_facts_is_enough_and_what_is_missing_is_said(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var worker = await zone.Hires("worker", Role.OnCall);
        await Assert.ThrowsAsync<ValidationException>(() => worker.Send(Least with { SubKind = "" }));
        var id = (await worker.Send(Least)).Id;
        var view = await worker.Send(new Enter.Query(id));
        Assert.Equal(9, view.Missing.Count);
        var row = Assert.Single(view.Form.Persons);
        Assert.Equal((true, Capacity.Relative), (row.Unknown, row.Capacity!.Value)); // of whom nothing is known yet
        Assert.Equal(id, Assert.Single((await worker.Send(new Mine.Query())).Rows).Id);
        var now = platform.Clock.GetUtcNow();
        // The name comes later: the same person, not another.
        await worker.Send(view.Form with { CallOut = id, Once = Guid.NewGuid(), CalledAt = now.AddHours(-2), Arrived = now.AddHours(-1), By = CalledBy.Hospital, Scene = "CHU", Municipality = "Val-Clair", Report = "X1", Ended = now,
            Acts = [CallOutAct.Listened], Persons = [row with { GivenName = "Ada", FamilyName = "Exemple" }], Note = "Nuit" });
        view = await worker.Send(new Enter.Query(id));
        Assert.Empty(view.Missing);
        Assert.Equal("Ada Exemple", Assert.Single(view.Names).Value);
        var dossier = await zone.Look(z => z.Set<CallOut>().Where(c => c.Id == id).Select(c => c.DossierId).SingleAsync(Ct));
        Assert.Contains(dossier, (await worker.Send(new Search.Query { Text = "Exemple" })).Rows.Select(r => r.Dossier));
        // Handed over without a task: by day somebody calls.
        await worker.Send(view.Form with { CallOut = id, Once = Guid.NewGuid(), HandsOver = true });
        Assert.Equal([ActKind.CallBack], (await zone.As(Role.Coordinator).Opens(dossier)).Planned.Select(f => f.Kind));
    }

    [Theory, EveryEngine]
    public async Task Handed_over_later_without_an_end_it_has_none_and_it_counts_for_whoever_arrived(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var worker = await zone.Hires("worker", Role.OnCall);
        var arrived = platform.Clock.GetUtcNow().AddHours(-55); // in the night of Saturday, typed in on Monday; nothing ticked
        var form = Least with { CalledAt = arrived.AddMinutes(-20), Arrived = arrived, HandsOver = true };
        var saved = await worker.Send(form);
        Assert.Equal((arrived, (DateTimeOffset?)null), (saved.From!.Value, saved.To));
        Assert.Equal(saved.Id, (await worker.Send(form)).Id); // the same press again
        var view = await worker.Send(new Enter.Query(saved.Id));
        Assert.Contains(VictimSupport.Casework.Words.EndedLabel, view.Missing);
        Assert.NotNull(view.HandedOver);
        var contact = Assert.Single(await zone.Look(z => z.Set<Contact>().AsNoTracking().ToListAsync(Ct)));
        Assert.Equal((arrived, 0, true, true), (contact.At, contact.Minutes, contact.OnCall, contact.Held));
        Assert.Empty(contact.Services);
        using (var chief = zone.Visit(Role.Coordinator)) Assert.Contains("not known", (await chief.Page($"/dossiers/{contact.DossierId}")).QuerySelector("[data-call-out]")!.TextContent, StringComparison.Ordinal);
        // An end of another day than the night is none.
        var late = view.Form with { CallOut = saved.Id, Once = Guid.NewGuid(), Ended = arrived.AddHours(24).AddMinutes(1) };
        Assert.Equal("Ended", Assert.Single((await Assert.ThrowsAsync<ValidationException>(() => worker.Send(late))).Errors).PropertyName);
        var again = await worker.Send(late with { Ended = arrived.AddHours(3) });
        Assert.Equal(arrived.AddHours(3), again.To);
        Assert.Equal(180, Assert.Single(await zone.Look(z => z.Set<Contact>().AsNoTracking().ToListAsync(Ct))).Minutes);
        // What came to be ticked is given; what is unticked again stays given.
        view = await worker.Send(new Enter.Query(saved.Id));
        await worker.Send(view.Form with { CallOut = saved.Id, Once = Guid.NewGuid(), Acts = [CallOutAct.Listened] });
        await worker.Send((await worker.Send(new Enter.Query(saved.Id))).Form with { CallOut = saved.Id, Once = Guid.NewGuid(), Acts = [], Ended = arrived.AddHours(2) });
        contact = Assert.Single(await zone.Look(z => z.Set<Contact>().AsNoTracking().ToListAsync(Ct)));
        Assert.Equal(120, contact.Minutes);
        Assert.Equal([ServiceKind.Listening], contact.Services);
        // Called off on the way: nobody says that somebody was met.
        await worker.Send(Least with { CalledAt = arrived, HandsOver = true });
        Assert.Single(await zone.Look(z => z.Set<Contact>().AsNoTracking().ToListAsync(Ct)));
    }

    [Theory, EveryEngine]
    public async Task It_is_whose_it_is_for_as_long_as_the_zone_lets_it_be_seen(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (worker, other, chief) = (await zone.Hires("worker", Role.OnCall), await zone.Hires("other", Role.OnCall), await zone.Hires("chief", Role.Coordinator));
        var id = (await worker.Send(Least)).Id;
        foreach (var somebody in new[] { other, chief }) Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => somebody.Send(new Enter.Query(id)))).Code);
        Assert.Empty((await other.Send(new Mine.Query())).Rows);
        foreach (var role in new[] { Role.Trainee, Role.FrontDesk, Role.OutsideStandIn, Role.ZoneAdministrator }) Assert.Equal("role", (await Assert.ThrowsAsync<RefusedException>(() => zone.As(role).Send(new Mine.Query()))).Code);
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => zone.As(Role.Visitor).Send(Least))).Code); // a visitor begins none
        platform.Clock.Advance(ZoneSettings.FederalDefaults.CallOutWindow);
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => worker.Send(new Enter.Query(id)))).Code);
        Assert.Empty((await worker.Send(new Mine.Query())).Rows);
    }

    [Theory, EveryEngine]
    public async Task Somebody_who_is_walled_off_has_entered_it_and_sees_it_no_more(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var karel = await zone.Hires("karel", Role.OnCall);
        var officer = zone.As(Role.DataProtectionOfficer);
        await officer.Send(new VictimSupport.Casework.Walls.Build.Command { Colleague = karel.Id, Round = VictimSupport.Casework.Walls.Round.Person, GivenName = "Bo", FamilyName = "Cousin" });
        var id = (await karel.Send(Least with { Persons = [new() { GivenName = "Bo", FamilyName = "Cousin" }] })).Id;
        Assert.False(await karel.Send(new Enter.StillTheirs(id)));
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => karel.Send(new Enter.Query(id)))).Code);
        Assert.Empty((await karel.Send(new Mine.Query())).Rows);
    }

    [Theory, EveryEngine]
    public async Task Another_kind_of_facts_has_the_rules_asked_again(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var worker = await zone.Hires("worker", Role.OnCall);
        var id = (await worker.Send(Least)).Id;
        var view = await worker.Send(new Enter.Query(id));
        Assert.Equal([null], await zone.Look(z => z.Set<SafeContact>().Select(s => s.ViolenceAt).ToListAsync(Ct)));
        await worker.Send(view.Form with { CallOut = id, Once = Guid.NewGuid(), SubKind = "PartnerViolence" });
        Assert.NotNull(Assert.Single(await zone.Look(z => z.Set<SafeContact>().Select(s => s.ViolenceAt).ToListAsync(Ct))));
    }

    [Theory, EveryEngine]
    public async Task Named_after_violence_at_home_somebody_has_their_rules_asked_again_elsewhere(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (worker, colleague) = (await zone.Hires("worker", Role.OnCall), zone.As(Role.Caseworker));
        var known = await colleague.Registers(Cases.Intake(zone, phone: "0470 12 34 56"));
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        var id = (await worker.Send(Least with { SubKind = "PartnerViolence" })).Id;
        var view = await worker.Send(new Enter.Query(id));
        Assert.False(await Amber());
        await worker.Send(view.Form with { CallOut = id, Once = Guid.NewGuid(), Persons = [Assert.Single(view.Form.Persons) with { GivenName = "Ada", FamilyName = "Exemple" }] });
        Assert.True(await Amber());
        var there = await zone.Look(z => z.Set<CallOut>().Where(c => c.Id == id).Select(c => c.DossierId).SingleAsync(Ct));
        Assert.Null(await zone.Look(z => z.Set<SafeContact>().Where(s => s.DossierId == there).Select(s => s.ViolenceAt).SingleAsync(Ct))); // known there from the first moment

        async Task<bool> Amber() => (await colleague.RulesOf(known, await colleague.LeadOf(known))).MustBeAskedAgain(platform.Clock.GetUtcNow());
    }

    [Fact]
    public async Task A_number_that_was_noted_at_night_is_one_nobody_has_asked_about()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var (worker, chief) = (await zone.Hires("worker", Role.OnCall), zone.As(Role.Coordinator));
        var id = (await worker.Send(Least with { Persons = [new() { GivenName = "Ada", FamilyName = "Exemple", Phone = "0470 12 34 56" }] })).Id;
        var dossier = await zone.Look(z => z.Set<CallOut>().Where(c => c.Id == id).Select(c => c.DossierId).SingleAsync(Ct));
        var person = await chief.LeadOf(dossier);
        var shown = await chief.Send(new Call.Query(dossier, person));
        Assert.Equal((Rule.NotAsked, Passage.AttendedAfterScript, true), (shown.Rule, shown.Passage, shown.AskAgain));
        Assert.Equal(Passage.AttendedAfterScript, (await chief.Send(new Call.Command { Dossier = dossier, Person = person, Shown = shown.Revision })).Passage);
        Assert.Equal("gate-notasked", (await Assert.ThrowsAsync<RefusedException>(() => chief.Send(new Text.Command { Dossier = dossier, Person = person, Channel = Channel.Sms, Text = "Bonjour", Shown = shown.Revision }))).Code);
    }

    [Theory, EveryEngine]
    public async Task The_same_press_with_more_in_it_is_not_said_to_be_saved_before_it_is(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var worker = await zone.Hires("worker", Role.OnCall);
        var form = Least with { Note = "Nuit", OwnTask = "Rappeler", Acts = [CallOutAct.Listened], Persons = [new() { GivenName = "Ada", FamilyName = "Exemple", Relation = "mère" }, new() { Unknown = true, Capacity = Capacity.Relative }] };
        var id = (await worker.Send(form)).Id;
        Assert.Equal(id, (await worker.Send(form)).Id); // nothing more in it
        Assert.Equal(1, (await worker.Send(new Enter.Query(id))).Form.Version);
        // The answer never came; more was typed, and the other button pressed.
        var more = form with { Note = "Nuit, et le matin" };
        foreach (var pressed in new[] { more, form with { HandsOver = true }, form with { Municipality = "Val-Clair" }, form with { Persons = [.. form.Persons, new() { GivenName = "Noor" }] } })
            await Assert.ThrowsAsync<ValidationException>(() => worker.Send(pressed));
        var again = await worker.Send(new Enter.Query(null, form.Once)); // as the page shows it again
        Assert.Equal(1, again.Form.Version);
        await worker.Send(more with { Version = again.Form.Version, HandsOver = true });
        var view = await worker.Send(new Enter.Query(id));
        Assert.Equal(("Nuit, et le matin", true, 2), (view.Form.Note!, view.HandedOver is not null, view.Form.Persons.Count));
        Assert.Equal(1, await zone.Look(z => z.Set<Dossier>().CountAsync(Ct)));
        Assert.Single(await zone.Look(z => z.Set<FollowUp>().Where(f => f.Kind == ActKind.Other).Select(f => f.Id).ToListAsync(Ct)));
        Assert.Equal(2, await zone.Look(z => z.Set<Note>().CountAsync(Ct)));
    }

    [Theory, EveryEngine]
    public async Task What_the_day_team_put_right_stays_and_two_tabs_bring_nobody_twice(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (worker, chief) = (await zone.Hires("worker", Role.OnCall), await zone.Hires("chief", Role.Coordinator));
        var called = platform.Clock.GetUtcNow().AddHours(-2);
        var id = (await worker.Send(Least with { CalledAt = called })).Id;
        var one = (await worker.Send(new Enter.Query(id))).Form;
        var added = one with { CallOut = id, CalledAt = called.AddMinutes(10), Persons = [.. one.Persons, new() { GivenName = "Ada", FamilyName = "Exemple", Relation = "mère" }], OwnTask = "Rappeler" };
        await worker.Send(added with { Once = Guid.NewGuid() });
        await Assert.ThrowsAsync<ValidationException>(() => worker.Send(added with { Once = Guid.NewGuid() }));
        var dossier = await zone.Look(z => z.Set<CallOut>().Where(c => c.Id == id).Select(c => c.DossierId).SingleAsync(Ct));
        var facts = await chief.Send(new Facts.Query(dossier));
        Assert.Equal(called.AddMinutes(10), facts.At); // nobody said otherwise
        await chief.Send(facts with { Dossier = dossier, SubKind = "Fire", Municipality = "Val-Clair", At = called.AddHours(-1) });
        await worker.Send(added with { Once = Guid.NewGuid(), Version = one.Version + 1, CalledAt = called.AddMinutes(20) });
        Assert.Equal(2, await zone.Look(z => z.Set<Person>().CountAsync(Ct)));
        Assert.Equal(1, await zone.Look(z => z.Set<Note>().CountAsync(Ct)));
        Assert.Equal(1, await zone.Look(z => z.Set<FollowUp>().CountAsync(f => f.Kind == ActKind.Other, Ct)));
        facts = await chief.Send(new Facts.Query(dossier));
        Assert.Equal(("Fire", "Val-Clair", called.AddHours(-1)), (facts.SubKind, facts.Municipality, facts.At!.Value));
        // What the form itself says otherwise is written.
        one = (await worker.Send(new Enter.Query(id))).Form;
        await worker.Send(one with { CallOut = id, Once = Guid.NewGuid(), Municipality = "Beaulieu" });
        facts = await chief.Send(new Facts.Query(dossier));
        Assert.Equal(("Fire", "Beaulieu", called.AddHours(-1)), (facts.SubKind, facts.Municipality, facts.At!.Value));
    }

    [Theory, EveryEngine]
    public async Task The_day_team_reads_its_tasks_in_its_own_language(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var worker = await zone.Hires("worker", Role.OnCall);
        var first = zone.Handle.Record.FirstLanguage;
        System.Globalization.CultureInfo.CurrentUICulture = System.Globalization.CultureInfo.GetCultureInfo(first == "nl" ? "fr-BE" : "nl-BE");
        await worker.Send(Least with { Tasks = [DayTask.LastFarewell] });
        var (theirs, own) = (VictimSupport.Design.Html.Spoken.In(first, () => VictimSupport.Casework.Words.Of(DayTask.LastFarewell)), VictimSupport.Casework.Words.Of(DayTask.LastFarewell));
        Assert.NotEqual(own, theirs);
        Assert.Equal([theirs], (await zone.Look(z => z.Set<FollowUp>().Where(f => f.Kind == ActKind.Accompany).ToListAsync(Ct))).Select(f => f.Text!.Value));
    }

    [Theory, EveryEngine]
    public async Task A_number_that_may_not_be_dialled_is_not_there(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var worker = await zone.Hires("worker", Role.OnCall);
        var id = (await worker.Send(Least with { Persons = [new() { Unknown = true, Phone = "0470 12 34 56" }] })).Id;
        var row = Assert.Single((await worker.Send(new Enter.Query(id))).Form.Persons);
        Assert.NotNull(row.Phone);
        await zone.Handle.Database.Write(new Keyring(zone.Handle.Keys), async z =>
        {
            await z.Set<SafeContact>().ExecuteUpdateAsync(s => s.SetProperty(c => c.Call, Rule.Never), Ct);
            return new Written<bool>(true, new AuditRecord(default, null, "Test.Plant", null, "{}"));
        }, Ct);
        var view = await worker.Send(new Enter.Query(id));
        Assert.Null(Assert.Single(view.Form.Persons).Phone);
        // It is hidden, and stays.
        await worker.Send(view.Form with { CallOut = id, Once = Guid.NewGuid(), Persons = [view.Form.Persons[0] with { GivenName = "Ada" }] });
        Assert.Equal("0470 12 34 56", Assert.Single(await zone.Look(z => z.Set<Person>().ToListAsync(Ct))).Identity.Value.Phone);
    }

    [Theory, EveryEngine]
    public async Task What_is_said_of_somebody_whose_name_nobody_knows_is_kept_and_named_as_the_alleged_perpetrator_they_close_what_they_share(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (worker, chief) = (await zone.Hires("worker", Role.OnCall), zone.As(Role.Coordinator));
        var id = (await worker.Send(Least with { Persons = [new() { GivenName = "Ada", FamilyName = "Exemple", Phone = "0470 12 34 56" }, new() { Unknown = true, Capacity = Capacity.AllegedAuthor }] })).Id;
        var view = await worker.Send(new Enter.Query(id));
        var his = view.Form.Persons.Single(p => !view.Names.ContainsKey(p.Id!.Value));
        await worker.Send(view.Form with { CallOut = id, Once = Guid.NewGuid(), Persons = [his with { Relation = "the lodger", Phone = "0470 00 00 01" }] });
        var dossier = await zone.Look(z => z.Set<CallOut>().Where(c => c.Id == id).Select(c => c.DossierId).SingleAsync(Ct));
        Assert.Contains((await chief.Opens(dossier)).Timeline, h => h.Text?.Contains("the lodger", StringComparison.Ordinal) == true);
        Assert.Contains(await zone.Look(z => z.Set<Person>().Where(p => p.DossierId == dossier).ToListAsync(Ct)), p => p.Identity.Value.Phone == "0470 00 00 01");
        // What Ada agreed to, of a number that turns out to be his too.
        var ada = await chief.LeadOf(dossier);
        await chief.Agrees(dossier, ada, r => r with { Call = Rule.Safe });
        var referral = await chief.Offers(dossier, await chief.Send(Referring.Partner()));
        await chief.Agrees(dossier, referral, SharedField.Phone);
        await chief.Interprets(new Interpret.Command { Dossier = dossier, Person = ada, Kind = InterpreterKind.Sworn, Name = "Tolk Vertaler", Agency = "Taaldienst" });
        Assert.False((await chief.Send(new Interpret.Query(dossier, ada))).Again);
        view = await worker.Send(new Enter.Query(id));
        his = view.Form.Persons.Single(p => !view.Names.ContainsKey(p.Id!.Value));
        await worker.Send(view.Form with { CallOut = id, Once = Guid.NewGuid(), Persons = [his with { GivenName = "Bo", FamilyName = "Exemple", Phone = "0470 12 34 56" }] });
        Assert.Null((await chief.Send(new VictimSupport.Casework.Referrals.Show.Query(dossier, referral))).Referral.ConsentId);
        Assert.True((await chief.Send(new Interpret.Query(dossier, ada))).Again);
        // A form that was open while somebody else named him: what it says of him is kept for the day team.
        await worker.Send((await worker.Send(new Enter.Query(id))).Form with { CallOut = id, Once = Guid.NewGuid(), Persons = [his with { GivenName = "Tom", FamilyName = "Ander" }] });
        Assert.Contains((await chief.Opens(dossier)).Timeline, h => h.Text?.Contains("Tom Ander", StringComparison.Ordinal) == true);
    }

    [Theory]
    [InlineData("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", 60), InlineData("2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z", 60)] // half past two twice; half past one, then half past three
    public void Hours_are_those_that_passed_also_in_the_nights_the_clock_changes(string from, string to, int minutes)
    {
        var callOut = CallOut.Begin(Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), DateTimeOffset.UnixEpoch);
        callOut.Says(new CallOut.Said(null, Instant(from), null, Instant(to), null, false, []), OpeningHours.Unknown);
        Assert.Equal((minutes, (bool?)null), (callOut.Minutes, callOut.OutOfHours));
    }

    [Theory]
    [InlineData("2026-11-26T10:00:00Z", false), InlineData("2026-11-26T20:00:00Z", true), InlineData("2026-11-28T10:00:00Z", true)]
    public void Out_of_hours_is_what_the_zone_says_of_its_hours(string at, bool outside)
    {
        var callOut = CallOut.Begin(Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), DateTimeOffset.UnixEpoch);
        callOut.Says(new CallOut.Said(null, Instant(at), null, null, null, false, []), OpeningHours.Read("09:00-17:00;09:00-17:00;09:00-17:00;09:00-17:00;09:00-17:00;;")!);
        Assert.Equal(outside, callOut.OutOfHours);
    }

    [Fact]
    public async Task What_was_typed_and_not_sent_comes_back_in_all_its_rows_and_over_what_it_was_typed()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var worker = await zone.Hires("worker", Role.OnCall);
        var id = (await worker.Send(Least)).Id;
        var then = (await worker.Send(new Enter.Query(id))).Form;
        await worker.Send(new VictimSupport.Casework.Drafts.Save.Command
        {
            Draft = Guid.NewGuid(), Once = Guid.NewGuid(), Turn = 1, Place = "/Casework/CallOuts/Enter callout " + id,
            Boxes = Enumerable.Range(0, 7).ToDictionary(i => $"Form.Persons[{i}].GivenName", i => new[] { i == 0 ? "" : "Zoë " + i }).Append(KeyValuePair.Create("Form.Version", new[] { then.Version.ToString(System.Globalization.CultureInfo.InvariantCulture) })).ToDictionary(),
        });
        // Saved from another telephone meanwhile.
        await worker.Send(then with { CallOut = id, Once = Guid.NewGuid(), Note = "from the car" });
        using var visit = worker.Visit();
        var page = await visit.Page($"/call-outs/enter/{id}");
        Assert.Equal("Zoë 6", page.QuerySelector("[name='Form.Persons[6].GivenName']")!.GetAttribute("value"));
        var sent = await visit.Submit($"/call-outs/enter/{id}", [], "main form[data-draft]");
        Assert.Equal(System.Net.HttpStatusCode.UnprocessableEntity, sent.StatusCode); // told, and kept
        var again = await Visit.Read(sent);
        Assert.Equal("Zoë 6", again.QuerySelector("[name='Form.Persons[6].GivenName']")!.GetAttribute("value"));
        Assert.True(int.Parse(again.QuerySelector("[name='Form.Version']")!.GetAttribute("value")!, System.Globalization.CultureInfo.InvariantCulture) > then.Version);
    }

    [Theory]
    [InlineData("Fire", false, false), InlineData("Fire", true, true), InlineData("Suicide", false, true)]
    public async Task With_script_off_the_form_saves_and_hands_over_from_the_page_and_after_a_death_nobody_is_left_alone_with_it(string facts, bool died, bool isHeavy)
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        using var visit = (await zone.Hires("worker", Role.OnCall)).Visit();
        var wrong = await Visit.Read(await visit.Submit("/call-outs/enter", [KeyValuePair.Create("Form.Note", "Nuit difficile")]));
        Assert.Equal("Nuit difficile", wrong.QuerySelector("[name='Form.Note']")!.TextContent.Trim());
        var saved = await visit.Submit("/call-outs/enter", [KeyValuePair.Create("Form.SubKind", facts), KeyValuePair.Create("Form.Persons[0].GivenName", "Ada"), KeyValuePair.Create("Form.Persons[0].FamilyName", "Exemple"),
            KeyValuePair.Create("Form.Persons[1].GivenName", "Leo"), KeyValuePair.Create("Form.Persons[1].FamilyName", "Exemple"), KeyValuePair.Create("Form.Persons[1].Capacity", died ? "Deceased" : "Witness")]);
        var page = saved.Headers.Location!.ToString()[5..];
        Assert.NotNull((await visit.Page(page)).QuerySelector("[data-missing]"));
        Assert.Equal(System.Net.HttpStatusCode.Redirect, (await visit.Press(page, "button[formaction*='handler=HandOver']")).StatusCode);
        var after = (await visit.Page("/call-outs")).Body!.TextContent;
        Assert.Contains("Handed over", after, StringComparison.Ordinal);
        Assert.Equal(isHeavy, after.Contains("You need not carry it alone", StringComparison.Ordinal));
        Assert.Null((await visit.Page(page)).QuerySelector("button[formaction*='handler=HandOver']"));
    }
}
