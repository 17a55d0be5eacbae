using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Reminding;
using VictimSupport.Casework.Worklist;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Mail;
using VictimSupport.Tests.Kit;

using Person = VictimSupport.Tests.Kit.Person;

namespace VictimSupport.Tests.Casework;

/// <summary>How reminders reach people: as each chose, told on where nothing was done, on the wall's clock in every night of the year.</summary>
public sealed class DigestTests
{
    private static readonly TimeSpan UntilDue = TimeSpan.FromHours(49);

    [Theory]
    // Asked at, hour, working days only; on the wall in Brussels.
    [InlineData("2026-11-24T09:00", 8, false, "2026-11-25T08:00")]
    [InlineData("2026-11-24T08:00", 8, false, "2026-11-24T08:00")]
    [InlineData("2026-11-27T09:00", 8, true, "2026-11-30T08:00")] // Friday to Monday
    [InlineData("2026-12-24T09:00", 8, true, "2026-12-28T08:00")] // Christmas, a week-end
    [InlineData("2026-04-03T09:00", 8, true, "2026-04-07T08:00")] // Easter Monday
    [InlineData("2027-05-05T09:00", 8, true, "2027-05-07T08:00")] // Ascension
    [InlineData("2028-02-28T09:00", 8, false, "2028-02-29T08:00")] // the leap day is a day
    [InlineData("2028-02-29T09:00", 8, false, "2028-03-01T08:00")]
    [InlineData("2026-03-28T09:00", 2, false, "2026-03-29T03:00")] // two o'clock is left out
    [InlineData("2026-10-24T09:00", 2, false, "2026-10-25T02:00")] // and comes twice: the first
    public void A_daily_mail_leaves_at_its_hour_on_the_wall(string asked, int hour, bool workingDays, string leaves)
    {
        var (day, at) = Digest.Next(Wall(asked), hour, workingDays);
        Assert.Equal(Wall(leaves), at);
        Assert.Equal(Moment.Day(at), day);
    }

    [Fact]
    public void Over_thirty_years_every_day_has_its_one_mail_at_every_hour()
    {
        foreach (var hour in new[] { 0, 2, 3, 8, 23 })
        {
            var day = new DateOnly(2024, 1, 1);
            for (var at = Wall("2024-01-01T00:00"); day.Year < 2054; day = day.AddDays(1))
            {
                var (of, leaves) = Digest.Next(at, hour, workingDaysOnly: false);
                Assert.Equal(day, of);
                at = Moment.Instant(day.AddDays(1).ToDateTime(TimeOnly.MinValue));
                Assert.True(leaves < at);
            }
        }
        Assert.Equal([new(2026, 4, 6), new(2026, 5, 14), new(2026, 5, 25)], Enumerable.Range(0, 365).Select(new DateOnly(2026, 1, 1).AddDays).Where(d => d.Month is 4 or 5 && d.Day != 1 && d.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !Digest.IsWorked(d)));
    }

    [Theory, EveryEngine]
    public async Task Who_chose_one_mail_a_day_gets_one_whatever_falls_due_and_whatever_breaks(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        await anna.Send(new Choose.Command { Rhythm = MailRhythm.Daily, Hour = 8 });
        for (var i = 0; i < 5; i++) await anna.Registers(Cases.Intake(zone, "", "") with { Unknown = true });
        platform.Clock.Advance(UntilDue); // Thursday, 11 o'clock on the wall
        platform.Post.Failing = new OperationCanceledException("killed");
        await zone.RunJobs(); // nothing leaves now, so nothing fails
        platform.Post.Failing = null;
        Assert.Empty(platform.Post.Letters);
        Assert.Equal(1, await zone.Look(z => z.Set<OutboxMessage>().CountAsync(m => m.Kind == DigestMail.KindName)));
        platform.Clock.Advance(TimeSpan.FromHours(22)); // Friday, 9 o'clock
        platform.Post.Failing = new OperationCanceledException("killed");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(zone.RunJobs);
        platform.Post.Failing = null;
        platform.Clock.Advance(OutboxMessage.Held);
        await zone.RunJobs();
        await zone.RunJobs();
        var letter = Assert.Single(platform.Post.Letters);
        Assert.Equal((Staff.AddressOf(zone, "anna"), "Daily message from the portal", "Something waits for you. Sign in to the portal to see it."), (letter.To, letter.Subject, letter.Text));
        Assert.StartsWith($"digest {anna.Id} 20261127", letter.Key, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task Who_chooses_a_later_hour_on_the_day_whose_mail_has_left_gets_what_falls_due_since_in_a_second_one(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        await anna.Send(new Choose.Command { Rhythm = MailRhythm.Daily, Hour = 8 });
        var dossier = await anna.Registers(Cases.Intake(zone));
        await anna.Send(await anna.Contact(zone, dossier));
        foreach (var due in new[] { "2026-11-26T10:00", "2026-11-27T11:00" })
            await anna.Send(new Write.Command { Dossier = dossier, Persons = [await anna.LeadOf(dossier)], Next = ActKind.CallBack, Due = Wall(due), Version = (await anna.Opens(dossier)).Dossier.Version });
        await To(platform, "2026-11-26T10:01");
        await zone.RunJobs();
        await To(platform, "2026-11-27T08:01");
        await zone.RunJobs();
        Assert.Single(platform.Post.Letters);
        await anna.Send(new Choose.Command { Rhythm = MailRhythm.Daily, Hour = 17 });
        await To(platform, "2026-11-27T11:01");
        platform.Post.Failing = new OperationCanceledException("killed");
        for (var i = 0; i < 2; i++) await zone.RunJobs();
        platform.Post.Failing = null;
        await To(platform, "2026-11-27T16:59");
        await zone.RunJobs();
        Assert.Single(platform.Post.Letters);
        await To(platform, "2026-11-27T17:00");
        for (var i = 0; i < 2; i++) await zone.RunJobs();
        Assert.Equal(2, platform.Post.Letters.Count);
        Assert.All(platform.Post.Letters, l => Assert.StartsWith($"digest {anna.Id} 20261127", l.Key, StringComparison.Ordinal));
        Assert.Equal(2, await zone.Look(z => z.Set<OutboxMessage>().CountAsync(m => m.Kind == DigestMail.KindName)));
    }

    [Theory, EveryEngine]
    public async Task Never_is_never_and_a_working_day_is_waited_for(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, ben) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("ben", Role.Caseworker));
        await anna.Send(new Choose.Command { Rhythm = MailRhythm.Never, Hour = 8 });
        await ben.Send(new Choose.Command { Rhythm = MailRhythm.AtOnce, Hour = 9, WorkingDaysOnly = true });
        platform.Clock.Advance(TimeSpan.FromDays(3)); // Friday: due on Sunday
        foreach (var worker in new[] { anna, ben }) await worker.Registers(Cases.Intake(zone));
        platform.Clock.Advance(UntilDue);
        await zone.RunJobs();
        Assert.Empty(platform.Post.Letters);
        platform.Clock.Advance(TimeSpan.FromHours(21)); // Monday, 8 o'clock
        await zone.RunJobs();
        Assert.Empty(platform.Post.Letters);
        platform.Clock.Advance(TimeSpan.FromHours(2));
        await zone.RunJobs();
        Assert.Equal(Staff.AddressOf(zone, "ben"), Assert.Single(platform.Post.Letters).To);
        // In the portal it waits all the same.
        using var visit = anna.Visit();
        Assert.Contains("Dossiers in which something is due", (await visit.Page("/waiting")).Body!.TextContent, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task What_leads_to_nothing_is_told_on_to_the_coordinators_once_after_the_zones_delay(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, cora) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("cora", Role.Coordinator));
        var (left, done, postponed, walled) = (await anna.Registers(Cases.Intake(zone)), await anna.Registers(Cases.Intake(zone, "Muster", "Bram")), await anna.Registers(Cases.Intake(zone, "Muster", "Cleo")), await anna.Registers(Cases.Intake(zone, "Muster", "Dirk")));
        await zone.WallsOff(cora, walled);
        await anna.Send(await anna.Contact(zone, postponed));
        await anna.Send(new Write.Command { Dossier = postponed, Persons = [await anna.LeadOf(postponed)], Next = ActKind.CallBack, Due = platform.Clock.GetUtcNow().AddHours(48), Version = (await anna.Opens(postponed)).Dossier.Version });
        platform.Clock.Advance(UntilDue);
        await zone.RunJobs();
        Assert.Single(platform.Post.Letters); // one mail for all four
        await anna.Send(await anna.Contact(zone, done));
        await anna.PutsOff((await anna.Opens(postponed)).Planned[0]);
        platform.Clock.Advance(TimeSpan.FromHours(23));
        await zone.RunJobs();
        Assert.Empty(ToldOn(platform));
        platform.Clock.Advance(TimeSpan.FromHours(1.5));
        Assert.True(await platform.Services.GetRequiredService<NextDue>().Of(zone.Id, default) <= platform.Clock.GetUtcNow()); // the sweep comes by itself
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(zone.RunJobs)));
        await zone.RunJobs();
        // The one behind the wall has nobody who may know of it but its worker, who knows.
        Assert.Equal([Staff.AddressOf(zone, "cora")], ToldOn(platform).Select(l => l.To));
        var number = (await anna.Opens(left)).Dossier.Number;
        foreach (var secret in new[] { "Exemple", number, zone.Code, "anna" }) Assert.DoesNotContain(secret, ToldOn(platform)[0].Subject + ToldOn(platform)[0].Text, StringComparison.OrdinalIgnoreCase);
        using var visit = cora.Visit();
        var page = (await visit.Page("/waiting")).Body!.TextContent;
        Assert.Contains("Dossiers of colleagues where a reminder led to nothing", page, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task A_late_first_contact_stays_late_and_is_told_on_whatever_is_put_off_or_planned_beside_it(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, cora) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("cora", Role.Coordinator));
        var (before, after, ticked, beside, left) = (await Registers("Ada"), await Registers("Bram"), await Registers("Cleo"), await Registers("Dirk"), await Registers("Eva"));
        // Put off before it was due, so that its act is told of much later.
        var act = (await anna.Opens(before)).Planned[0];
        await anna.Send(new PostponeTo.Command(act.Id, act.DueAt.AddDays(9), act.DueAt));
        // Ticked off, though nobody was reached, and something else is planned far away.
        await anna.Send(new Complete.Command((await anna.Opens(beside)).Planned[0].Id));
        await anna.Send(new Write.Command { Dossier = beside, Persons = [await anna.LeadOf(beside)], Next = ActKind.Referral, Due = platform.Clock.GetUtcNow().AddDays(9), Version = (await anna.Opens(beside)).Dossier.Version });
        platform.Clock.Advance(TimeSpan.FromHours(47));
        await zone.RunJobs();
        Assert.Empty(platform.Post.Letters);
        platform.Clock.Advance(TimeSpan.FromHours(1.1));
        Assert.True(await platform.Services.GetRequiredService<NextDue>().Of(zone.Id, default) <= platform.Clock.GetUtcNow());
        await zone.RunJobs();
        // By its own act where that stands, else as overdue; never both.
        Assert.Equal(new[] { before, beside }.Order(), await Late(t => t.Kind == FirstContactsOverdue.Code));
        Assert.Equal(["first-contact", "reminder"], platform.Post.Letters.Select(l => l.Key.Split(' ')[0]).Order()); // one mail of each
        // The next evening, one puts off what was told and ticks off another.
        platform.Clock.Advance(TimeSpan.FromHours(20));
        await anna.PutsOff((await anna.Opens(after)).Planned[0]);
        await anna.Send(new Complete.Command((await anna.Opens(ticked)).Planned[0].Id));
        platform.Clock.Advance(TimeSpan.FromHours(5));
        await zone.RunJobs();
        // The day after it was told, all the same.
        Assert.Equal(new[] { before, after, ticked, beside, left }.Order(), await Late(t => t.ToldOn != null));
        Assert.Single(ToldOn(platform));
        Assert.Equal(5, (await cora.Send(new Bell.Query())).ToldOn);
        foreach (var dossier in new[] { before, after, ticked, beside }) await anna.Send(await anna.Contact(zone, dossier));
        Assert.Equal(1, (await cora.Send(new Bell.Query())).ToldOn);

        Task<Guid> Registers(string given) => anna.Registers(Cases.Intake(zone, "Exemple", given));
        async Task<IEnumerable<Guid>> Late(System.Linq.Expressions.Expression<Func<Told, bool>> which) => (await zone.Look(z => z.Set<Told>().Where(which).Select(t => t.DossierId!.Value).ToListAsync())).Order();
    }

    [Theory, EveryEngine]
    public async Task A_first_contact_that_was_told_in_good_time_and_put_off_within_it_is_not_told_on(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        await zone.Hires("cora", Role.Coordinator);
        var act = (await anna.Opens(await anna.Registers(Cases.Intake(zone)))).Planned[0];
        var (early, now) = (act.DueAt.AddHours(-46), act.DueAt.AddHours(-4));
        await anna.Send(new PostponeTo.Command(act.Id, early, act.DueAt));
        platform.Clock.Advance(TimeSpan.FromHours(3));
        await zone.RunJobs();
        await anna.Send(new PostponeTo.Command(act.Id, now, early));
        platform.Clock.Advance(TimeSpan.FromHours(26));
        await zone.RunJobs();
        Assert.Empty(ToldOn(platform));
        Assert.Single(platform.Post.Letters);
    }

    [Theory, EveryEngine]
    public async Task An_open_dossier_without_a_next_act_is_counted_at_once_told_after_a_day_and_told_on(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, bert, cora) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker), await zone.Hires("cora", Role.Coordinator));
        var (idle, planned, closed, unreached) = (await anna.Registers(Cases.Intake(zone)), await anna.Registers(Cases.Intake(zone, "Muster", "Bram")), await anna.Registers(Cases.Intake(zone, "Muster", "Cleo")), await anna.Registers(Cases.Intake(zone, "Muster", "Dirk")));
        foreach (var dossier in new[] { idle, planned, closed }) await anna.Send(await anna.Contact(zone, dossier));
        await anna.Send(new Recontact.Command(planned));
        await anna.Closes(closed);
        await anna.Send(new Complete.Command((await anna.Opens(unreached)).Planned[0].Id)); // its first contact is watched, not this
        Assert.Equal((2, 0, 0), (await Rings(anna), await Rings(bert), await Rings(cora)));
        Assert.Equal((2, 0, 2), (await Tabbed(anna), await Tabbed(bert), await Tabbed(cora)));
        using var visit = anna.Visit();
        Assert.Equal("Without next act (2)", (await visit.Page("/worklist")).QuerySelector(".vs-tabs a[href*='tab=NoNextAct']")!.TextContent.Trim());
        platform.Clock.Advance(TimeSpan.FromHours(23));
        await zone.RunJobs();
        Assert.Empty(platform.Post.Letters);
        platform.Clock.Advance(TimeSpan.FromHours(1.1));
        Assert.True(await platform.Services.GetRequiredService<NextDue>().Of(zone.Id, default) <= platform.Clock.GetUtcNow());
        await zone.RunJobs();
        await zone.RunJobs();
        Assert.Equal(Staff.AddressOf(zone, "anna"), Assert.Single(platform.Post.Letters).To);
        Assert.StartsWith("no-next-act", platform.Post.Letters[0].Key, StringComparison.Ordinal);
        platform.Clock.Advance(TimeSpan.FromHours(23));
        await anna.Closes(unreached);
        platform.Clock.Advance(TimeSpan.FromHours(1.1));
        await zone.RunJobs();
        Assert.Equal(Staff.AddressOf(zone, "cora"), Assert.Single(ToldOn(platform)).To);
        Assert.Equal(1, (await cora.Send(new Bell.Query())).ToldOn);
        // Something is planned, and done: the same anew.
        await anna.Send(new Recontact.Command(idle));
        Assert.Equal((0, 0), ((await cora.Send(new Bell.Query())).ToldOn, await Rings(anna)));
        await anna.Send(new Complete.Command((await anna.Opens(idle)).Planned[0].Id));
        platform.Clock.Advance(TimeSpan.FromHours(25));
        await zone.RunJobs();
        await zone.RunJobs();
        Assert.Equal(2, platform.Post.Letters.Where(l => l.Key.StartsWith("no-next-act", StringComparison.Ordinal)).Select(l => l.Key).Distinct().Count());

        static async Task<int> Rings(Person who) => (await who.Send(new Bell.Query())).NoNextAct;
        static async Task<int> Tabbed(Person who) => (await who.Send(new Mine.Query(Tab.Mine, 1))).NoNextAct;
    }

    [Theory, EveryEngine]
    public async Task Whoever_stands_in_is_told_instead_and_a_dossier_whose_act_is_gone_without_contact_is_told_too(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, ben) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("ben", Role.Caseworker));
        var cora = await zone.Hires("cora", Role.Coordinator);
        var dossier = await anna.Registers(Cases.Intake(zone));
        await anna.Send(new Complete.Command((await anna.Opens(dossier)).Planned[0].Id)); // pressed away: nobody was reached
        await zone.IsAway(anna, ben);
        platform.Clock.Advance(TimeSpan.FromHours(47));
        await zone.RunJobs();
        Assert.Empty(platform.Post.Letters);
        platform.Clock.Advance(TimeSpan.FromHours(1.1));
        Assert.True(await platform.Services.GetRequiredService<NextDue>().Of(zone.Id, default) <= platform.Clock.GetUtcNow());
        await zone.RunJobs();
        await zone.RunJobs();
        var letter = Assert.Single(platform.Post.Letters);
        Assert.Equal(Staff.AddressOf(zone, "ben"), letter.To);
        Assert.StartsWith("first-contact", letter.Key, StringComparison.Ordinal);
        // Nobody does anything: the coordinators see it on their bell too.
        Assert.Equal(0, (await cora.Send(new Bell.Query())).ToldOn);
        platform.Clock.Advance(TimeSpan.FromHours(25));
        await zone.RunJobs();
        Assert.Equal(1, (await cora.Send(new Bell.Query())).ToldOn);
        await anna.Send(await anna.Contact(zone, dossier));
        Assert.Equal(0, (await cora.Send(new Bell.Query())).ToldOn);
    }

    [Theory, EveryEngine]
    public async Task An_appointment_is_told_in_the_morning_of_its_day_and_anew_when_it_moves(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, ben) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("ben", Role.Caseworker));
        var dossier = await anna.Registers(Cases.Intake(zone));
        await anna.Send(await anna.Contact(zone, dossier));
        var plan = await anna.Appointment(zone, dossier);
        await anna.Send(plan); // today, by herself: she knows
        await anna.Send(plan with { At = Wall("2026-11-25T14:00"), Companion = ben.Id, Despite = true });
        await anna.Send(plan with { At = Wall("2026-11-26T07:30"), Despite = true });
        await zone.RunJobs();
        Assert.Empty(Appointments(platform));
        await To(platform, "2026-11-25T06:59");
        await zone.RunJobs();
        Assert.Empty(Appointments(platform));
        await To(platform, "2026-11-25T07:00");
        Assert.True(await platform.Services.GetRequiredService<NextDue>().Of(zone.Id, default) <= platform.Clock.GetUtcNow());
        await zone.RunJobs();
        await zone.RunJobs();
        Assert.Equal([Staff.AddressOf(zone, "anna"), Staff.AddressOf(zone, "ben")], Appointments(platform).Select(l => l.To).Order());
        await To(platform, "2026-11-25T18:00"); // the evening before an early one
        await zone.RunJobs();
        await zone.RunJobs();
        Assert.Equal(3, Appointments(platform).Count);
    }

    [Theory, EveryEngine]
    public async Task Whoever_goes_instead_is_told_too_once_when_the_others_were_told_already(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, ben, cora) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("ben", Role.Caseworker), await zone.Hires("cora", Role.Coordinator));
        var dossier = await anna.Registers(Cases.Intake(zone, "Zzkanarie", "Quirien"));
        await anna.Send(await anna.Contact(zone, dossier));
        var plan = await anna.Appointment(zone, dossier) with { At = Wall("2026-11-25T14:00"), Despite = true };
        var id = await anna.Send(plan);
        var version = 1;
        await Goes(cora, ben.Id); // the day before: the morning tells him
        await Goes(cora, anna.Id);
        await zone.RunJobs();
        Assert.Empty(Appointments(platform));
        await To(platform, "2026-11-25T07:00");
        await zone.RunJobs();
        Assert.Equal(["anna"], Told());
        await To(platform, "2026-11-25T08:30");
        await Goes(cora, ben.Id);
        for (var i = 0; i < 2; i++) await zone.RunJobs();
        Assert.Equal(["anna", "ben"], Told());
        var letter = Appointments(platform)[1];
        foreach (var secret in new[] { "Zzkanarie", "Quirien", "14:00", zone.Code }) Assert.DoesNotContain(secret, letter.Subject + letter.Text, StringComparison.OrdinalIgnoreCase);
        // Given back and given once more, nobody is told twice; whoever takes it knows; one who goes along is told.
        await Goes(cora, anna.Id);
        await Goes(cora, ben.Id);
        await Goes(cora, cora.Id);
        await zone.RunJobs();
        Assert.Equal(["anna", "ben"], Told());
        await Goes(cora, ben.Id);
        await Goes(anna, anna.Id, cora.Id);
        for (var i = 0; i < 2; i++) await zone.RunJobs();
        Assert.Equal(["anna", "ben", "cora"], Told());
        // At another hour all are told anew, once.
        plan = plan with { At = Wall("2026-11-25T15:00") };
        await Goes(cora, ben.Id);
        for (var i = 0; i < 2; i++) await zone.RunJobs();
        Assert.Equal(["anna", "ben", "ben", "cora"], Told());

        async Task Goes(Person by, Guid who, Guid? along = null) => await by.Send(plan with { Contact = id, Worker = who, Companion = along, Version = version++ });
        IReadOnlyList<string> Told() => [.. new[] { "anna", "ben", "cora" }.SelectMany(n => Appointments(platform).Where(l => l.To == Staff.AddressOf(zone, n)).Select(_ => n))];
    }

    [Theory, EveryEngine]
    public async Task Two_workers_whose_clocks_are_five_minutes_apart_lose_and_double_nothing_in_both_nights_and_on_the_leap_day(string engine)
    {
        foreach (var night in new[] { "2027-03-27T23:00", "2027-10-30T22:00", "2028-02-28T23:00" })
        {
            await using var platform = Platform.Start(engine);
            platform.Clock.Advance(Wall(night) - platform.Clock.GetUtcNow());
            var zone = await platform.Zone();
            var anna = await zone.Hires("anna", Role.Caseworker);
            var dossier = await anna.Registers(Cases.Intake(zone));
            await anna.Send(await anna.Contact(zone, dossier));
            var lead = await anna.LeadOf(dossier);
            var acts = 0;
            // An act every quarter of an hour through the night.
            for (var due = platform.Clock.GetUtcNow().AddMinutes(15); due < platform.Clock.GetUtcNow().AddHours(7); due = due.AddMinutes(15), acts++)
                await anna.Send(new Write.Command { Dossier = dossier, Persons = [lead], Next = ActKind.CallBack, Due = due, Version = (await anna.Opens(dossier)).Dossier.Version });
            for (var step = 0; step < 32; step++)
            {
                platform.Clock.Advance(TimeSpan.FromMinutes(15));
                await Task.WhenAll(Task.Run(zone.RunJobs), Task.Run(() => WallClock.Ahead(TimeSpan.FromMinutes(5), zone.RunJobs)));
            }
            var told = platform.Post.Letters.Where(l => l.Key.StartsWith("reminder", StringComparison.Ordinal)).ToList();
            Assert.Equal(acts, told.Select(l => l.Key).Distinct().Count());
            Assert.Equal(acts, told.Count);
        }
    }

    private static DateTimeOffset Wall(string wall) => Moment.Instant(DateTime.Parse(wall, System.Globalization.CultureInfo.InvariantCulture));

    private static Task To(Platform platform, string wall)
    {
        platform.Clock.Advance(Wall(wall) - platform.Clock.GetUtcNow());
        return Task.CompletedTask;
    }

    private static IReadOnlyList<Letter> ToldOn(Platform platform) => [.. platform.Post.Letters.Where(l => l.Key.StartsWith("told-on", StringComparison.Ordinal))];
    private static IReadOnlyList<Letter> Appointments(Platform platform) => [.. platform.Post.Letters.Where(l => l.Key.StartsWith("appointment-today", StringComparison.Ordinal))];
}
