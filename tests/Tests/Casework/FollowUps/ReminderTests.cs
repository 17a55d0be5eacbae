using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Reminding;
using VictimSupport.Casework.Worklist;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Casework;

public sealed class ReminderTests
{
    private static readonly TimeSpan UntilDue = TimeSpan.FromHours(49), UntilNextTry = TimeSpan.FromMinutes(5);

    [Theory, EveryEngine]
    public async Task An_act_that_falls_due_is_told_once_to_its_worker(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        await zone.Hires("coordinator", Role.Coordinator);
        var id = await anna.Registers(Cases.Intake(zone, "Verzonnenaar", "Quinten", "0470 12 34 56"));
        await zone.RunJobs();
        Assert.Empty(platform.Post.Letters); // not due, and somebody took the dossier
        platform.Clock.Advance(UntilDue);
        await zone.RunJobs();
        await zone.RunJobs();
        var letter = Assert.Single(platform.Post.Letters);
        Assert.Equal(Staff.AddressOf(zone, "anna"), letter.To);
        Assert.Equal(("Reminder from the portal", "Something has fallen due. Sign in to the portal to see it."), (letter.Subject, letter.Text));
        var number = (await anna.Opens(id)).Dossier.Number;
        foreach (var secret in new[] { "Verzonnenaar", "Quinten", "0470", number, zone.Code, "Zone" }) Assert.DoesNotContain(secret, letter.Subject + letter.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Theory, EveryEngine]
    public async Task What_is_nobodys_is_told_to_each_coordinator_in_their_language(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var onCall = await zone.Hires("nacht", Role.OnCall);
        await zone.Hires("cora", Role.Coordinator, "nl");
        await zone.Hires("chris", Role.Coordinator, "de");
        await zone.Hires("anna", Role.Caseworker);
        await onCall.Registers(Cases.Intake(zone));
        await zone.RunJobs();
        Assert.Equal(2, platform.Post.Letters.Count(l => l.Key.StartsWith("dossier-opened", StringComparison.Ordinal)));
        platform.Clock.Advance(UntilDue);
        await zone.RunJobs();
        var told = Reminders(platform);
        Assert.Equal([Staff.AddressOf(zone, "chris"), Staff.AddressOf(zone, "cora")], told.Select(l => l.To).Order());
        Assert.Equal(2, told.Select(l => l.Text).Distinct().Count());
    }

    [Theory, EveryEngine]
    public async Task Whoever_gets_dossiers_is_told_in_one_mail_and_what_was_due_already_is_told_on_if_they_do_nothing(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (onCall, anna, chief) = (await zone.Hires("nacht", Role.OnCall), await zone.Hires("anna", Role.Caseworker), await zone.Hires("chief", Role.Coordinator));
        var dossiers = new List<Guid>();
        for (var i = 0; i < 3; i++) dossiers.Add(await onCall.Registers(Cases.Intake(zone)));
        platform.Clock.Advance(UntilDue);
        await zone.RunJobs();
        platform.Clock.Advance(TimeSpan.FromDays(4));
        await zone.RunJobs();
        Assert.Empty(Letters("told-on")); // the coordinators are those who were told
        foreach (var dossier in dossiers) await chief.Send(new Assign.Command(dossier, anna.Id));
        await zone.RunJobs();
        Assert.Equal(Staff.AddressOf(zone, "anna"), Assert.Single(Letters("caseload-received")).To);
        platform.Clock.Advance(TimeSpan.FromMinutes(10));
        for (var i = 0; i < 2; i++) await zone.RunJobs();
        Assert.Equal(2, Letters("caseload-received").Count); // the second and the third, together
        await anna.Send(new Assign.Command(dossiers[0], null));
        await anna.Send(new Assign.Command(dossiers[0], anna.Id)); // what one takes oneself one knows
        platform.Clock.Advance(TimeSpan.FromDays(4));
        for (var i = 0; i < 2; i++) await zone.RunJobs();
        Assert.Equal(2, Letters("caseload-received").Count);
        Assert.All(Letters("told-on"), l => Assert.Equal(Staff.AddressOf(zone, "chief"), l.To));
        Assert.NotEmpty(Letters("told-on"));

        List<Letter> Letters(string kind) => [.. platform.Post.Letters.Where(l => l.Key.StartsWith(kind, StringComparison.Ordinal))];
    }

    [Theory, EveryEngine]
    public async Task What_is_nobodys_goes_to_the_coordinators_who_are_there_and_to_whoever_replaces_one(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (onCall, cora, chris, anna) = (await zone.Hires("nacht", Role.OnCall), await zone.Hires("cora", Role.Coordinator), await zone.Hires("chris", Role.Coordinator), await zone.Hires("anna", Role.Caseworker));
        await zone.IsAway(chris, anna);
        var id = await onCall.Registers(Cases.Intake(zone));
        await zone.RunJobs();
        Assert.Equal(["anna", "cora"], To(platform, NewDossierMail.KindName + " "));
        string[] kinds = [ToldOnMail.KindName, FirstContactsOverdue.Code, NoNextAct.Code, ActsDue.Code];
        foreach (var kind in kinds) await Puts(zone, kind, "a", id, null);
        // A caseload that became nobody's is told to all who answer for it, as a broken glass is.
        await Puts(zone, CaseloadMail.KindName, "a", null, null);
        await zone.RunJobs();
        foreach (var kind in kinds) Assert.Equal(["anna", "cora"], To(platform, kind + " a "));
        Assert.Equal(["chris", "cora"], To(platform, CaseloadMail.KindName + " a "));
        // A wall holds for whoever replaces, too: then it is for the coordinators who may know, though they be away.
        await zone.WallsOff(anna, id);
        await zone.IsAway(cora);
        foreach (var kind in kinds) await Puts(zone, kind, "b", id, null);
        await zone.RunJobs();
        foreach (var kind in kinds) Assert.Equal(["chris", "cora"], To(platform, kind + " b "));
    }

    [Theory, EveryEngine]
    public async Task What_is_of_somebody_away_whom_nobody_replaces_goes_to_the_coordinators_who_are_there_and_to_all_where_nobody_is(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (cora, chris, anna) = (await zone.Hires("cora", Role.Coordinator), await zone.Hires("chris", Role.Coordinator), await zone.Hires("anna", Role.Caseworker));
        await zone.IsAway(chris);
        await zone.IsAway(anna);
        var id = await anna.Registers(Cases.Intake(zone));
        await Puts(zone, ActsDue.Code, "a", id, anna.Id);
        await zone.RunJobs();
        Assert.Equal(["cora"], To(platform, ActsDue.Code + " a "));
        await zone.IsAway(cora);
        await Puts(zone, ActsDue.Code, "b", id, anna.Id);
        await Puts(zone, ToldOnMail.KindName, "b", id, null);
        await zone.RunJobs();
        foreach (var kind in new[] { ActsDue.Code, ToldOnMail.KindName }) Assert.Equal(["chris", "cora"], To(platform, kind + " b "));
    }

    [Theory, EveryEngine]
    public async Task The_job_run_twice_at_once_tells_once(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        for (var i = 0; i < 10; i++) await anna.Registers(Cases.Intake(zone, "", "") with { Unknown = true });
        platform.Clock.Advance(UntilDue);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(zone.RunJobs)));
        Assert.Single(Reminders(platform));
        var keys = await zone.Look(z => z.Set<OutboxMessage>().Where(m => m.Kind == ActsDue.Code && m.Delivered != null).Select(m => m.Key).ToListAsync());
        Assert.Equal(10, keys.Distinct().Count());
    }

    [Theory, EveryEngine]
    public async Task Together_with_what_is_in_no_dossier_a_sealed_one_is_still_told_to_its_readers(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, cora) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("cora", Role.Coordinator));
        var id = await cora.Registers(Cases.Intake(zone));
        await cora.Protects(id, Protection.Sealed, anna.Id);
        await zone.RunJobs();
        var now = platform.Clock.GetUtcNow();
        await zone.Handle.Database.Write(new Keyring(zone.Handle.Keys), async context =>
        {
            context.AddRange(OutboxMessage.New("told-on a", "told-on", null, null, now), OutboxMessage.New("told-on b", "told-on", id, null, now));
            await context.SaveChangesAsync();
            return new Written<bool>(true, new VictimSupport.Foundation.Audit.AuditRecord(default, null, "Test", null, "{}"));
        }, default);
        await zone.RunJobs();
        Assert.Equal([Staff.AddressOf(zone, "anna"), Staff.AddressOf(zone, "cora")], platform.Post.Letters.Where(l => l.Key.StartsWith("told-on", StringComparison.Ordinal)).Select(l => l.To).Order());
    }

    [Theory, EveryEngine]
    public async Task Of_what_falls_due_in_one_go_one_mail_tells_whoever_may_know_of_any_of_it(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, bert, cora) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker), await zone.Hires("cora", Role.Coordinator));
        Guid[] hers = [await anna.Registers(Cases.Intake(zone)), await anna.Registers(Cases.Intake(zone, "Muster", "Bram")), await anna.Registers(Cases.Intake(zone, "Muster", "Cleo"))];
        var his = await bert.Registers(Cases.Intake(zone, "Muster", "Dirk"));
        await zone.RunJobs();
        await zone.WallsOff(anna, hers[0]);
        await zone.WallsOff(bert, his);
        await zone.WallsOff(cora, his);
        platform.Clock.Advance(UntilDue);
        platform.Post.Failing = new OperationCanceledException("killed");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(zone.RunJobs);
        platform.Post.Failing = null;
        platform.Clock.Advance(OutboxMessage.Held + TimeSpan.FromMinutes(1));
        await zone.RunJobs();
        await zone.RunJobs();
        // Anna of the two that are still hers; Cora of the one that is nobody's and that she may know of.
        Assert.Equal([Staff.AddressOf(zone, "anna"), Staff.AddressOf(zone, "cora")], Reminders(platform).Select(l => l.To).Order());
        Assert.Equal(4, await zone.Look(z => z.Set<OutboxMessage>().CountAsync(m => m.Kind == ActsDue.Code && m.Delivered != null)));
    }

    [Theory, EveryEngine]
    public async Task A_mail_server_that_is_away_is_tried_again_and_the_mail_leaves_once(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        await anna.Registers(Cases.Intake(zone));
        platform.Clock.Advance(UntilDue);
        platform.Post.Failing = new IOException("away");
        await zone.RunJobs();
        Assert.Empty(platform.Post.Letters);
        platform.Post.Failing = null;
        await zone.RunJobs(); // too early: it waits
        Assert.Empty(platform.Post.Letters);
        var due = await platform.Services.GetRequiredService<NextDue>().Of(zone.Id, default);
        Assert.NotNull(due);
        platform.Clock.Advance(UntilNextTry);
        Assert.True(due <= platform.Clock.GetUtcNow()); // the sweep comes by itself
        await zone.RunJobs();
        await zone.RunJobs();
        Assert.Single(Reminders(platform));
    }

    [Theory, EveryEngine]
    public async Task Killed_between_taking_it_in_hand_and_noting_it_done_the_job_tells_it_the_next_time(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        await anna.Registers(Cases.Intake(zone));
        platform.Clock.Advance(UntilDue);
        platform.Post.Failing = new OperationCanceledException("killed");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(zone.RunJobs);
        platform.Post.Failing = null;
        platform.Clock.Advance(OutboxMessage.Held); // whoever was killed held it so long
        Assert.True(await platform.Services.GetRequiredService<NextDue>().Of(zone.Id, default) <= platform.Clock.GetUtcNow());
        await zone.RunJobs();
        await zone.RunJobs();
        Assert.Single(Reminders(platform));
        Assert.Equal(0, await zone.Look(z => z.Set<OutboxMessage>().CountAsync(m => m.Delivered == null)));
    }

    [Theory, EveryEngine]
    public async Task A_postponed_act_is_told_anew_and_one_that_is_done_is_not(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        var (late, done) = (await anna.Registers(Cases.Intake(zone)), await anna.Registers(Cases.Intake(zone, "Muster", "Bram")));
        await anna.Send(new Complete.Command((await anna.Opens(done)).Planned[0].Id));
        platform.Clock.Advance(UntilDue);
        await zone.RunJobs();
        Assert.Single(Reminders(platform));
        await anna.PutsOff((await anna.Opens(late)).Planned[0]);
        await zone.RunJobs();
        Assert.Single(Reminders(platform));
        platform.Clock.Advance(TimeSpan.FromHours(25));
        await zone.RunJobs();
        await zone.RunJobs();
        Assert.Equal(2, Reminders(platform).Count);
        Assert.Equal(2, Reminders(platform).Select(l => l.Key).Distinct().Count());
        await anna.Closes(late);
        platform.Clock.Advance(TimeSpan.FromDays(3));
        await zone.RunJobs();
        Assert.Equal(2, Reminders(platform).Count);
    }

    [Theory, EveryEngine]
    public async Task A_zone_that_fails_does_not_stop_another(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (broken, sound) = (await platform.Zone(), await platform.Zone());
        foreach (var zone in new[] { broken, sound }) await (await zone.Hires("anna", Role.Caseworker)).Registers(Cases.Intake(zone));
        var jobs = new Jobs();
        var sweep = new Sweep(platform.Services.GetRequiredService<CatalogDatabase>(), platform.Services.GetRequiredService<ZoneMaking>(), platform.Services.GetRequiredService<ZoneRegistry>(), platform.Clock, jobs);
        await Swept(); // the round at the start
        platform.Clock.Advance(UntilDue);
        await using (var attacker = await broken.Break()) await attacker.Do("ALTER TABLE follow_up RENAME TO follow_up_away");
        // A job for each, which knows of no other.
        Assert.Equal(new[] { broken.Code, sound.Code }.Order(), await Swept());
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(broken.RunJobs);
        Assert.Empty(Reminders(platform));
        await sound.RunJobs();
        Assert.Equal(Staff.AddressOf(sound, "anna"), Assert.Single(Reminders(platform)).To);
        // The one is done; the other is visited again until it is.
        Assert.Equal([broken.Code], await Swept());
        await using (var attacker = await broken.Break()) await attacker.Do("ALTER TABLE follow_up_away RENAME TO follow_up");
        await broken.RunJobs();
        Assert.Equal(2, Reminders(platform).Count);
        Assert.Empty(await Swept());

        async Task<IEnumerable<string>> Swept()
        {
            jobs.Zones.Clear();
            await sweep.Run(default);
            foreach (var code in jobs.Zones) sweep.Finished(code);
            return jobs.Zones.Order().ToList();
        }
    }

    [Theory, EveryEngine]
    public async Task An_act_put_off_told_of_and_put_back_stops_nothing(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        var (moved, other) = (await anna.Registers(Cases.Intake(zone)), await anna.Registers(Cases.Intake(zone, "Muster", "Bram")));
        await anna.Send(new Write.Command { Dossier = other, Persons = [await anna.LeadOf(other)], Layer = Layer.Assistance, Next = ActKind.CallBack, Due = platform.Clock.GetUtcNow().Add(UntilDue).AddMinutes(10) });
        await anna.Send(new Complete.Command((await anna.Opens(other)).Planned.Single(a => a.Kind == ActKind.FirstContact).Id));
        platform.Clock.Advance(UntilDue);
        await zone.RunJobs();
        var act = (await anna.Opens(moved)).Planned[0];
        var later = platform.Clock.GetUtcNow().AddMinutes(2);
        later = new DateTimeOffset(later.Ticks - later.Ticks % TimeSpan.TicksPerMinute, TimeSpan.Zero);
        Assert.True(await anna.Send(new PostponeTo.Command(act.Id, later, act.DueAt)));
        platform.Clock.Advance(TimeSpan.FromMinutes(3));
        await zone.RunJobs();
        Assert.Equal(2, Reminders(platform).Count);
        Assert.True(await anna.Send(new PostponeTo.Command(act.Id, act.DueAt, later))); // as taking a turn back does
        await zone.RunJobs();
        Assert.Equal(2, Reminders(platform).Count); // of that instant it was told
        platform.Clock.Advance(TimeSpan.FromMinutes(10));
        await zone.RunJobs();
        Assert.Equal(3, Reminders(platform).Count); // and the next act of another dossier is told all the same
    }

    [Theory, EveryEngine]
    public async Task What_one_module_cannot_do_keeps_nothing_from_going_out(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        await anna.Registers(Cases.Intake(zone));
        platform.Clock.Advance(UntilDue);
        platform.Post.Failing = new InvalidOperationException("the post is away");
        await zone.RunJobs(); // written, not gone yet
        platform.Post.Failing = null;
        Assert.Empty(Reminders(platform));
        platform.Clock.Advance(TimeSpan.FromHours(1));
        await using (var attacker = await zone.Break()) await attacker.Do("ALTER TABLE told RENAME TO told_away");
        await Assert.ThrowsAnyAsync<Exception>(zone.RunJobs); // the visit has failed, and says so
        Assert.Single(Reminders(platform));
        await using (var attacker = await zone.Break()) await attacker.Do("ALTER TABLE told_away RENAME TO told");
        await zone.RunJobs();
        Assert.Single(Reminders(platform));
    }

    /// <summary>Takes the jobs the sweep starts.</summary>
    private sealed class Jobs : IServiceProvider, IBackgroundJobClient
    {
        public List<string> Zones { get; } = [];
        public object? GetService(Type serviceType) => serviceType == typeof(IBackgroundJobClient) ? this : null;
        public bool ChangeState(string jobId, IState state, string expectedState) => true;

        public string Create(Job job, IState state)
        {
            if (job.Type == typeof(ZoneJob)) Zones.Add((string)job.Args[0]);
            return "";
        }
    }

    private static Task Puts(TestZone zone, string kind, string key, Guid? about, Guid? to) => zone.Handle.Database.Write(new Keyring(zone.Handle.Keys), async context =>
    {
        context.Add(OutboxMessage.New($"{kind} {key}", kind, about, to, zone.Platform.Clock.GetUtcNow()));
        await context.SaveChangesAsync();
        return new Written<bool>(true, new VictimSupport.Foundation.Audit.AuditRecord(default, null, "Test", null, "{}"));
    }, default);

    private static IEnumerable<string> To(Platform platform, string key) => platform.Post.Letters.Where(l => l.Key.StartsWith(key, StringComparison.Ordinal)).Select(l => l.To.Split('@')[0]).Order(StringComparer.Ordinal);

    private static IReadOnlyList<Letter> Reminders(Platform platform) => [.. platform.Post.Letters.Where(l => l.Key.StartsWith("reminder", StringComparison.Ordinal))];
}
