using System.Net;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Letters;
using VictimSupport.Casework.People;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Tests.Kit;
using Letter = VictimSupport.Foundation.Mail.Letter;
using Person = VictimSupport.Tests.Kit.Person;
using Record = VictimSupport.Casework.Contacts.Record;

namespace VictimSupport.Tests.Casework;

/// <summary>A reminder of an appointment to the person: ticked, neutral, the day before, once; and not at all when anything changed that matters.</summary>
public sealed class RemindTests(Platforms platforms)
{
    private static readonly Dictionary<string, string?> NeutralSender = new() { ["Texts:From"] = "agenda@mail.example" };

    [Theory, EveryEngine]
    public async Task It_goes_the_day_before_once_and_says_the_day_and_the_time_and_nothing_else(string engine)
    {
        await using var story = await Story.Of(engine);
        var at = story.InDays(5);
        await story.Plans(at);
        var waiting = Assert.Single(await story.Messages());
        Assert.Equal((MessageState.Waiting, true), (waiting.State, waiting.Unattended));
        var due = Moment.Instant(Moment.Day(at).AddDays(-1).ToDateTime(new TimeOnly(10, 0)));
        Assert.Equal(due, waiting.NotBefore);
        await story.Until(due.AddMinutes(-1));
        Assert.Empty(story.Got);
        await story.Until(due.AddMinutes(1));
        await story.Zone.RunJobs();
        var letter = Assert.Single(story.Got);
        Assert.Equal(("agenda@mail.example", "Un message", $"Rappel : rendez-vous le {Moment.ShowLong(Moment.Day(at), new("fr-BE"))} à 14:00.", $"message {waiting.Id}"), (letter.From, letter.Subject, letter.Text, letter.Key));
        Assert.Equal(MessageState.Sent, Assert.Single(await story.Messages()).State);
        // What the job carries names nobody and tells of no day.
        Assert.Equal([($"message {waiting.Id}", (Guid?)waiting.Id, (Guid?)null)], await story.Zone.Look(z => z.Set<OutboxMessage>().Where(m => m.Kind == SendMessage.KindName).Select(m => new ValueTuple<string, Guid?, Guid?>(m.Key, m.About, m.To)).ToListAsync()));
        // Moved to another room it reminds nobody a second time.
        await story.Plans(at, story.Contact, version: 1);
        Assert.Single(await story.Messages());
    }

    [Fact]
    public async Task Ticked_for_a_row_that_was_merged_away_meanwhile_it_goes_to_the_one_that_stayed()
    {
        await using var story = await Story.Of("sqlite");
        var stays = await story.Worker.Send(new Edit.Command { Dossier = story.Dossier, GivenName = "Adèle", FamilyName = "Exemple", Capacity = Capacity.Victim, Language = "fr", Mail = "adele@example.org" });
        await story.Worker.Send(await story.Worker.Form(new Twins(story.Dossier, stays, story.Person)));
        await story.Worker.Agrees(story.Dossier, stays, r => r with { Mail = Rule.Safe });
        await story.Worker.Send(await story.Worker.Appointment(story.Zone, story.Dossier) with { Persons = [story.Person], At = story.InDays(5), Despite = true, Remind = [$"Mail {story.Person}"] });
        Assert.Equal(stays, Assert.Single(await story.Messages()).PersonId);
    }

    [Theory]
    [InlineData("fr"), InlineData("nl"), InlineData("de"), InlineData("en"), InlineData("vgt"), InlineData("ar")]
    public void Its_words_tell_nothing_in_any_language(string language)
    {
        var says = AppointmentReminders.Says(new DateTimeOffset(2026, 12, 1, 13, 5, 0, TimeSpan.Zero), language);
        Assert.Null(Neutral.Telling(says, ["Exemple", "Ada", "http", "www", "Rue", "service", "bureau", "zone", "?"]));
        Assert.Contains("14:05", says, StringComparison.Ordinal);
        Assert.Contains("2026", says, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_is_reminded_who_was_not_ticked_and_nothing_is_ticked_by_itself()
    {
        await using var story = await Story.Of("sqlite");
        using var visit = story.Worker.Visit();
        var page = await visit.Page(story.Path);
        Assert.Equal([$"Mail {story.Person}"], page.QuerySelectorAll("[name='Form.Remind']").Select(b => b.GetAttribute("value")));
        Assert.Empty(page.QuerySelectorAll("[name='Form.Remind'][checked]"));
        await story.Plans(story.InDays(5), remind: []);
        Assert.Empty(await story.Messages());
        // What was ticked is ticked when it is moved, and can be unticked.
        var id = await story.Plans(story.InDays(6));
        Assert.Single((await visit.Page($"{story.Path}/{id}")).QuerySelectorAll("[name='Form.Remind'][checked]"));
        await story.Plans(story.InDays(6), id, 1, remind: []);
        Assert.Equal((MessageState.Dropped, Bar.Withdrawn), Assert.Single((await story.Messages()).Select(m => (m.State, m.Why))));
        Assert.Empty((await visit.Page($"{story.Path}/{id}")).QuerySelectorAll("[name='Form.Remind'][checked]"));
    }

    [Theory, InlineData("hours"), InlineData("words")]
    public async Task Words_on_hours_or_on_what_may_be_said_are_for_people_to_keep(string which)
    {
        await using var story = await Story.Of("sqlite");
        await story.Worker.Agrees(story.Dossier, story.Person, r => which == "hours" ? r with { Hours = "never on a Tuesday, he is home" } : r with { WhatMayBeSaid = "that the library calls" });
        using var visit = story.Worker.Visit();
        Assert.Empty((await visit.Page(story.Path)).QuerySelectorAll("[name='Form.Remind']"));
        Assert.Equal((Bar.OnlyIf.Code(), nameof(Plan.Command.Remind)), await Refused(() => story.Plans(story.InDays(5))));
    }

    [Theory, InlineData("moved"), InlineData("cancelled")]
    public async Task Whoever_was_reminded_of_a_moment_that_holds_no_more_is_to_be_told(string how)
    {
        await using var story = await Story.Of("sqlite");
        var at = story.InDays(4);
        var id = await story.Plans(at);
        await story.Until(at.AddHours(-27));
        Assert.Single(story.Got);
        if (how == "moved") await story.Plans(at.AddDays(2), id, 1, remind: []);
        else await story.Worker.Cancels(story.Dossier, id, CancelReason.ByThePerson);
        var act = Assert.Single((await story.Worker.Opens(story.Dossier)).Planned, a => a.Kind == ActKind.Other);
        Assert.Equal(Spoken.In("fr", () => VictimSupport.Casework.Words.ReminderIsOld), act.Text!.Value);
        Assert.Equal([story.Person], act.Persons);
    }

    [Theory, InlineData("another"), InlineData("not themselves"), InlineData("another place")]
    public async Task Whoever_was_reminded_and_comes_no_more_is_to_be_told_and_nobody_else(string how)
    {
        await using var story = await Story.Of("sqlite");
        var (at, other) = (story.InDays(4), await story.Worker.Send(new VictimSupport.Casework.People.Edit.Command { Dossier = story.Dossier, GivenName = "Bo", FamilyName = "Voorbeeld", Capacity = Capacity.Victim, Language = "nl" }));
        var id = await story.Plans(at);
        await story.Until(at.AddHours(-27));
        Assert.Single(story.Got);
        var now = await story.Worker.Appointment(story.Zone, story.Dossier) with { At = at, Contact = id, Version = 1, Despite = true };
        await story.Worker.Send(how switch { "another" => now with { Persons = [other] }, "not themselves" => now with { ForThem = true, With = Counterpart.Family }, _ => now with { Place = Place.Court } });
        Assert.Equal(how == "another place" ? 0 : 1, (await story.Worker.Opens(story.Dossier)).Planned.Count(a => a.Kind == ActKind.Other && a.Persons.SequenceEqual([story.Person])));
    }

    [Theory, EveryEngine]
    public async Task Moved_it_goes_with_the_appointment(string engine)
    {
        await using var story = await Story.Of(engine);
        var (at, later) = (story.InDays(4), story.InDays(7));
        var id = await story.Plans(at);
        await story.Plans(later, id, 1);
        Assert.Equal([(MessageState.Dropped, Bar.Withdrawn), (MessageState.Waiting, Bar.None)], (await story.Messages()).Select(m => (m.State, m.Why)));
        await story.Until(at);
        Assert.Empty(story.Got);
        await story.Until(later.AddHours(-27)); // the day before at eleven
        Assert.Contains(Moment.ShowLong(Moment.Day(later), new("fr-BE")), Assert.Single(story.Got).Text, StringComparison.Ordinal);
    }

    [Theory, InlineData("cancelled"), InlineData("held"), InlineData("missed")]
    public async Task Cancelled_or_held_it_is_taken_back_at_once(string how)
    {
        await using var story = await Story.Of("sqlite");
        var at = story.InDays(4);
        var id = await story.Plans(at);
        if (how == "cancelled") await story.Worker.Cancels(story.Dossier, id, CancelReason.ByThePerson);
        else await story.Worker.Send((await story.Worker.Send(new Record.Query(story.Dossier, id))).Planned! with { Dossier = story.Dossier, Appointment = id, At = story.Now, Missed = how == "missed", Services = [ServiceKind.Listening] });
        Assert.Equal((MessageState.Dropped, Bar.Withdrawn), Assert.Single((await story.Messages()).Select(m => (m.State, m.Why))));
        Assert.DoesNotContain((await story.Worker.Opens(story.Dossier)).Planned, a => a.Kind == ActKind.Other); // nobody need tell them
        await story.Until(at);
        Assert.Empty(story.Got);
    }

    [Theory, InlineData("closed"), InlineData("cancelled"), InlineData("gone to"), InlineData("past"), InlineData("somebody else")]
    public async Task When_it_goes_the_dossier_and_the_appointment_are_looked_at_again(string what)
    {
        await using var story = await Story.Of("sqlite");
        var at = story.InDays(4);
        await story.Plans(at);
        var (now, nobody) = ((DateTimeOffset?)story.Now, new List<Guid> { Guid.NewGuid() });
        // Past every form that would have taken it back.
        await story.Zone.Handle.Database.Write(new Keyring(story.Zone.Handle.Keys), async z =>
        {
            if (what == "closed") await z.Set<Dossier>().ExecuteUpdateAsync(set => set.SetProperty(d => d.Closed, now));
            if (what == "cancelled") await z.Set<Contact>().ExecuteUpdateAsync(set => set.SetProperty(c => c.State, ContactState.Cancelled));
            if (what == "gone to") await z.Set<Contact>().ExecuteUpdateAsync(set => set.SetProperty(c => c.CheckedIn, now));
            if (what == "somebody else") await z.Set<Contact>().ExecuteUpdateAsync(set => set.SetProperty(c => c.Persons, nobody));
            return new Written<bool>(true, new AuditRecord(default, null, "Test.Plant", null, "{}"));
        }, TestContext.Current.CancellationToken);
        await story.Until(what == "past" ? at.AddMinutes(1) : at.AddHours(-27), what == "past");
        Assert.Empty(story.Got);
        Assert.Equal((MessageState.Dropped, Bar.Ended), Assert.Single((await story.Messages()).Select(m => (m.State, m.Why))));
        Assert.DoesNotContain((await story.Worker.Opens(story.Dossier)).Planned, a => a.Kind == ActKind.Other);
    }

    [Theory, EveryEngine]
    public async Task A_rule_that_changes_drops_it_and_whoever_works_on_the_dossier_is_told(string engine)
    {
        await using var story = await Story.Of(engine);
        var at = story.InDays(4);
        await story.Plans(at);
        story.Clock.Advance(TimeSpan.FromMinutes(1));
        await story.Worker.Agrees(story.Dossier, story.Person, r => r with { Mail = Rule.Never });
        Assert.Equal((MessageState.Dropped, Bar.RuleChanged), Assert.Single((await story.Messages()).Select(m => (m.State, m.Why))));
        await story.IsTold(Bar.RuleChanged);
        await story.Until(at.AddHours(-27));
        Assert.Empty(story.Got);
        using var visit = story.Worker.Visit();
        Assert.Contains("Reminder not sent: E-mail", (await visit.Page($"/dossiers/{story.Dossier}")).QuerySelector("section[aria-labelledby=next]")!.TextContent, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task Rules_that_are_too_old_when_it_goes_stop_it_and_asked_again_they_let_it_go(string engine)
    {
        await using var story = await Story.Of(engine);
        var (first, second) = (story.InDays(20), story.InDays(40));
        await story.Plans(first);
        await story.Until(first.AddHours(-27));
        Assert.Empty(story.Got);
        Assert.Equal((MessageState.Dropped, Bar.Outdated), Assert.Single((await story.Messages()).Select(m => (m.State, m.Why))));
        await story.IsTold(Bar.Outdated);
        // Too old already, none is planned; the refusal is recorded.
        Assert.Equal(("gate-outdated", "Remind"), await Refused(() => story.Plans(second)));
        await story.Worker.Agrees(story.Dossier, story.Person, r => r);
        await story.Plans(second);
        await story.Until(second.AddDays(-10));
        await story.Worker.Agrees(story.Dossier, story.Person, r => r); // still good
        await story.Until(second.AddHours(-27));
        Assert.Single(story.Got);
    }

    [Theory, EveryEngine]
    public async Task One_that_no_server_takes_is_told_of_once_while_a_call_is_still_possible(string engine)
    {
        await using var story = await Story.Of(engine);
        var at = story.InDays(4);
        await story.Plans(at);
        story.Fails(new TimeoutException("The mail server is away."));
        var due = (await story.Messages())[0].NotBefore!.Value;
        await story.Until(due.AddMinutes(1));
        // Tried again and again: a server may be away for a moment.
        await story.Until(due.AddMinutes(100));
        Assert.Equal(MessageState.Waiting, Assert.Single(await story.Messages()).State);
        Assert.DoesNotContain((await story.Worker.Opens(story.Dossier)).Planned, a => a.Kind == ActKind.Other);
        await story.Until(due.AddHours(3).AddMinutes(1));
        Assert.Equal((MessageState.Dropped, Bar.NotTaken), Assert.Single((await story.Messages()).Select(m => (m.State, m.Why))));
        await story.IsTold(Bar.NotTaken);
        // The server comes back: nothing goes, nobody is told twice.
        story.Fails(null);
        await story.Until(due.AddHours(6));
        Assert.Empty(story.Got);
        await story.IsTold(Bar.NotTaken);
    }

    [Fact]
    public async Task Beside_the_tick_and_beside_the_appointment_it_says_by_when_the_rules_must_be_asked_again()
    {
        await using var story = await Story.Of("sqlite");
        using var visit = story.Worker.Visit();
        var by = Moment.ShowLong(Moment.Day((await story.Worker.RulesOf(story.Dossier, story.Person)).ReviewBy!.Value), new("en-BE"));
        Assert.Contains($"A reminder after {by} goes only if the rules were asked again by then.", (await visit.Page(story.Path)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        await story.Plans(story.InDays(5));
        Assert.DoesNotContain("Goes only if asked again", await Next(), StringComparison.Ordinal);
        await story.Plans(story.InDays(20));
        Assert.Contains($"Goes only if asked again by {by}", await Next(), StringComparison.Ordinal);
        story.Clock.Advance(TimeSpan.FromDays(10));
        await story.Worker.Agrees(story.Dossier, story.Person, r => r); // still good
        Assert.DoesNotContain("Goes only if asked again", await Next(), StringComparison.Ordinal);

        async Task<string> Next() => (await visit.Page($"/dossiers/{story.Dossier}")).QuerySelector("section[aria-labelledby=next]")!.TextContent;
    }

    [Fact]
    public async Task The_gate_is_asked_again_when_it_goes()
    {
        await using var story = await Story.Of("sqlite");
        var at = story.InDays(4);
        await story.Plans(at);
        story.Clock.Advance(TimeSpan.FromMinutes(1));
        // The same person says never in another dossier: nothing here changed.
        var (other, same) = await story.Worker.Knows(story.Zone, "Rue 1", mail: "ada@example.org");
        await story.Worker.Agrees(other, same, r => r with { Mail = Rule.Never });
        Assert.Equal(MessageState.Waiting, Assert.Single(await story.Messages()).State);
        await story.Until(at.AddHours(-27));
        Assert.Empty(story.Got);
        Assert.Equal((MessageState.Dropped, Bar.Never), Assert.Single((await story.Messages()).Select(m => (m.State, m.Why))));
        await story.IsTold(Bar.Never);
    }

    [Fact]
    public async Task It_keeps_the_hours_when_it_is_planned_and_when_it_goes()
    {
        await using var story = await Story.Of("sqlite");
        await story.Worker.Agrees(story.Dossier, story.Person, r => r with { From = new TimeOnly(12, 30), Until = new TimeOnly(15, 0) });
        var (first, second, third) = (story.InDays(3), story.InDays(6), story.InDays(9));
        await story.Plans(first);
        await story.Until(first.AddHours(-25).AddMinutes(1)); // 13:01 the day before
        Assert.Single(story.Got);
        await story.Plans(second);
        await story.Until(second.AddHours(-23), sleeps: true); // 15:00: the server was away
        Assert.Single(story.Got);
        Assert.Equal(Bar.Hours, (await story.Messages())[^1].Why);
        await story.IsTold(Bar.Hours);
        // Without hours of their own nobody is woken either.
        await story.Worker.Agrees(story.Dossier, story.Person, r => r with { From = null, Until = null });
        await story.Plans(third);
        await story.Until(third.AddHours(-11), sleeps: true); // three in the morning
        Assert.Single(story.Got);
        Assert.Equal(Bar.Hours, (await story.Messages())[^1].Why);
    }

    // Monday 30 November 2026, 14:00 in Belgium, seen from the Wednesday before.
    [Theory]
    [InlineData(null, null, false, "2026-11-29T10:00"), InlineData("12:30", "15:00", false, "2026-11-29T13:00"), InlineData(null, null, true, "2026-11-27T10:00"), InlineData("20:00", "22:00", false, null), InlineData("17:00", "09:00", false, "2026-11-29T17:00")]
    public void It_goes_in_the_first_hour_that_suits(string? from, string? until, bool weekdays, string? due)
    {
        var details = new SafeDetails(From: Time(from), Until: Time(until), Weekdays: weekdays);
        Assert.Equal(due is null ? null : Instant(due), AppointmentReminders.DueFor(Instant("2026-11-30T14:00"), details, Instant("2026-11-25T08:00")));
        Assert.Equal(Instant("2026-11-29T17:00"), AppointmentReminders.DueFor(Instant("2026-11-30T08:00"), new SafeDetails(), Instant("2026-11-29T16:20")));
        Assert.Null(AppointmentReminders.DueFor(Instant("2026-11-30T08:00"), new SafeDetails(), Instant("2026-11-29T19:00")));

        static TimeOnly? Time(string? text) => text is null ? null : TimeOnly.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        static DateTimeOffset Instant(string text) => Moment.Instant(DateTime.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Without_a_provider_none_is_offered_and_a_forged_one_is_turned_back_at_its_field_and_kept()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = await zone.Hires("worker", Role.Caseworker);
        var (dossier, person) = await worker.Knows(zone, "Rue 1", mail: "ada@example.org");
        await worker.Agrees(dossier, person, r => r with { Mail = Rule.Safe, Sms = Rule.Safe });
        using var visit = worker.Visit();
        var path = $"/dossiers/{dossier}/appointments";
        var page = await visit.Page(path);
        Assert.Empty(page.QuerySelectorAll("[name='Form.Remind']"));
        Assert.Contains("and a sender is set up", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        var refused = await visit.Submit(path, Typed(("Form.Remind", $"Sms {person}")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var again = await Visit.Read(refused);
        Assert.Contains("No SMS provider is set up", again.QuerySelector("[id$='Remind-error']")!.TextContent, StringComparison.Ordinal);
        Assert.NotNull(again.QuerySelector("[name='Form.Remind'][checked]"));
        Assert.Equal("mijn tekst", again.QuerySelector("[name='Form.Note']")!.TextContent.Trim());
        Assert.Equal(0, await zone.Look(async z => await z.Set<Message>().CountAsync() + await z.Set<Contact>().CountAsync()));
    }

    [Fact]
    public async Task What_the_rules_close_is_refused_at_its_field_recorded_and_nothing_is_planned()
    {
        await using var story = await Story.Of("sqlite");
        using var visit = story.Worker.Visit();
        await story.Worker.Agrees(story.Dossier, story.Person, r => r with { Mail = Rule.OnlyIf, WhatMayBeSaid = "overdag" });
        Assert.Empty((await visit.Page(story.Path)).QuerySelectorAll("[name='Form.Remind']"));
        var refused = await Visit.Read(await visit.Submit(story.Path, Typed(("Form.Remind", $"Mail {story.Person}"))));
        Assert.Contains("Safe only under a condition", refused.QuerySelector("[id$='Remind-error']")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("mijn tekst", refused.QuerySelector("[name='Form.Note']")!.TextContent.Trim());
        Assert.Single(await GateTests.Recorded(story.Zone, "Casework.Contacts.Plan!gate-onlyif", a => a.Subject == story.Dossier && a.Actor == story.Worker.Id));
        Assert.Equal(0, await story.Zone.Look(async z => await z.Set<Message>().CountAsync() + await z.Set<Contact>().CountAsync()));
    }

    [Theory, InlineData("twice"), InlineData("forged"), InlineData("call"), InlineData("another"), InlineData("for them"), InlineData("too late")]
    public async Task What_cannot_be_is_said_at_its_field(string fault)
    {
        await using var story = await Story.Of("sqlite");
        await story.Worker.Agrees(story.Dossier, story.Person, r => r with { Sms = Rule.Safe });
        var plan = await story.Worker.Appointment(story.Zone, story.Dossier) with { At = story.InDays(5), Despite = true };
        var mail = $"Mail {story.Person}";
        plan = fault switch
        {
            "twice" => plan with { Remind = [mail, $"Sms {story.Person}"] },
            "forged" => plan with { Remind = ["Mail"] },
            "call" => plan with { Remind = [$"Call {story.Person}"] },
            "another" => plan with { Remind = [$"Mail {Guid.NewGuid()}"] },
            "for them" => plan with { Remind = [mail], ForThem = true, With = Counterpart.Family },
            _ => plan with { Remind = [mail], At = story.Now.AddMinutes(10) },
        };
        Assert.All((await Assert.ThrowsAsync<ValidationException>(() => story.Worker.Send(plan))).Errors, e => Assert.Equal("Remind", e.PropertyName));
        Assert.Equal(0, await story.Zone.Look(async z => await z.Set<Message>().CountAsync() + await z.Set<Contact>().CountAsync()));
    }

    [Theory, InlineData("withdrawn"), InlineData("merged")]
    public async Task Somebody_who_is_helped_no_more_or_becomes_one_with_another_is_not_reminded(string how)
    {
        await using var story = await Story.Of("sqlite");
        var at = story.InDays(4);
        await story.Plans(at);
        if (how == "withdrawn")
        {
            var now = await story.Worker.Send(new Edit.Query(story.Dossier, story.Person, "fr"));
            await story.Worker.Send(now with { Dossier = story.Dossier, Person = story.Person, Capacity = Capacity.AllegedAuthor });
        }
        else
        {
            var kept = await story.Worker.Send(new Edit.Command { Dossier = story.Dossier, FamilyName = "Exemple", GivenName = "Ada", Capacity = Capacity.Victim, Language = "fr" });
            await story.Worker.Send(await story.Worker.Form(new Twins(story.Dossier, kept, story.Person)));
        }
        Assert.Equal((MessageState.Dropped, Bar.Changed), Assert.Single((await story.Messages()).Select(m => (m.State, m.Why))));
        await story.IsTold(Bar.Changed);
        await story.Until(at.AddHours(-27));
        Assert.Empty(story.Got);
    }

    [Fact]
    public async Task Another_zone_reminds_nobody_here()
    {
        await using var story = await Story.Of("sqlite");
        var id = await story.Plans(story.InDays(4));
        var other = await story.Zone.Platform.Zone();
        var stranger = await other.Hires("stranger", Role.Caseworker);
        var plan = await story.Worker.Appointment(story.Zone, story.Dossier) with { At = story.InDays(6), Worker = stranger.Id, Remind = [$"Mail {story.Person}"] };
        foreach (var forged in new[] { plan, plan with { Contact = id, Version = 1 } }) Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => stranger.Send(forged))).Code);
        using var visit = stranger.Visit();
        foreach (var path in new[] { story.Path, $"{story.Path}/{id}" }) Assert.Equal(HttpStatusCode.NotFound, (await visit.Get(path)).StatusCode);
        Assert.Equal(0, await other.Look(z => z.Set<Message>().CountAsync()));
        Assert.Equal(MessageState.Waiting, Assert.Single(await story.Messages()).State);
    }

    private static KeyValuePair<string, string>[] Typed(params (string, string)[] fields) =>
        [new("Form.Place", nameof(Place.Office)), new("Form.At.Date", "2027-01-11"), new("Form.At.Time", "10:15"), new("Form.Minutes", "45"), new("Form.Note", "mijn tekst"), .. fields.Select(f => KeyValuePair.Create(f.Item1, f.Item2))];

    private static async Task<(string Code, string? Field)> Refused(Func<Task> act) => await Assert.ThrowsAsync<RefusedException>(act) is var refused ? (refused.Code, refused.Field) : default;

    /// <summary>A zone that can send, and somebody who called e-mail simply safe.</summary>
    private sealed class Story(Platform platform, TestZone zone, Person worker, Guid dossier, Guid person) : IAsyncDisposable
    {
        public TestZone Zone => zone;
        public Person Worker => worker;
        public Guid Dossier => dossier;
        public Guid Person => person;
        public Guid Contact { get; private set; }
        public TestClock Clock => platform.Clock;
        public DateTimeOffset Now => platform.Clock.GetUtcNow();
        public string Path => $"/dossiers/{dossier}/appointments";
        public IReadOnlyList<Letter> Got => [.. platform.Post.Letters.Where(l => l.To == "ada@example.org")];

        public static async Task<Story> Of(string engine)
        {
            var platform = Platform.Start(engine, NeutralSender);
            var zone = await platform.Zone();
            var worker = await zone.Hires("worker", Role.Caseworker);
            var (dossier, person) = await worker.Knows(zone, "Rue 1", mail: "ada@example.org");
            await worker.Agrees(dossier, person, r => r with { Mail = Rule.Safe });
            return new Story(platform, zone, worker, dossier, person);
        }

        /// <summary>Two in the afternoon, so many days from now.</summary>
        public DateTimeOffset InDays(int days) => Moment.Instant(Moment.Day(Now).AddDays(days).ToDateTime(new TimeOnly(14, 0)));

        public async Task<Guid> Plans(DateTimeOffset at, Guid? moved = null, int version = 0, List<string>? remind = null) =>
            Contact = await worker.Send(await worker.Appointment(zone, dossier) with { At = at, Contact = moved, Version = version, Despite = true, Remind = remind ?? [$"Mail {person}"] });

        /// <summary>The clock goes on, and the jobs run; hour by hour, unless the server sleeps.</summary>
        public async Task Until(DateTimeOffset at, bool sleeps = false)
        {
            if (!sleeps && at - Now > TimeSpan.FromHours(3))
            {
                Clock.Advance(at - Now - TimeSpan.FromHours(3));
                await zone.RunJobs();
            }
            Clock.Advance(at - Now);
            await zone.RunJobs();
        }

        public Task<List<Message>> Messages() => zone.Look(z => z.Set<Message>().AsNoTracking().OrderBy(m => m.NotBefore).ToListAsync());

        /// <summary>The mail server is away; null: it is back.</summary>
        public void Fails(Exception? with) => platform.Post.Failing = with;

        /// <summary>One act says so, now, in the language of the zone.</summary>
        public async Task IsTold(Bar why)
        {
            var act = Assert.Single((await worker.Opens(dossier)).Planned, a => a.Kind == ActKind.Other && a.Text!.Value.Contains(VictimSupport.Design.Html.Spoken.In("fr", () => VictimSupport.Casework.Words.Of(why)), StringComparison.Ordinal));
            Assert.True(act.DueAt <= Now && act.By == worker.Id && act.Persons.Count == 0);
        }

        public ValueTask DisposeAsync() => platform.DisposeAsync();
    }
}
