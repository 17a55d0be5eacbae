using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Reminding;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Casework;

/// <summary>Every effect of a job is one effect, though the job runs twice at once and is killed after each of them before it can be noted. (Ten thousand, with a real kill: <c>effects</c> of tests/Benchmarks.)</summary>
public sealed class EffectsTests
{
    [Theory, EveryEngine]
    public async Task Killed_after_every_single_mail_each_effect_has_one_key_and_is_the_same_whenever_it_is_repeated(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, ben, cora) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("ben", Role.Caseworker), await zone.Hires("cora", Role.Coordinator));
        await ben.Send(new Choose.Command { Rhythm = MailRhythm.Daily, Hour = 8 });
        for (var i = 0; i < 6; i++)
        {
            var dossier = await (i % 2 == 0 ? anna : ben).Registers(Cases.Intake(zone, "", "") with { Unknown = true });
            if (i == 0) await anna.Send(new Complete.Command((await anna.Opens(dossier)).Planned[0].Id)); // its first contact will be overdue
            if (i == 2) await anna.Send(await anna.Appointment(zone, dossier) with { At = platform.Clock.GetUtcNow().AddHours(24) });
        }
        await zone.As(Role.FrontDesk).Send(TrayTests.Message());
        await (await zone.Hires("nacht", Role.OnCall)).Registers(Cases.Intake(zone));
        // Every mail kills the process the first time it leaves; two workers run all the time.
        var killed = new HashSet<string>(StringComparer.Ordinal);
        platform.Post.Dies = letter => { lock (killed) return killed.Add(letter.Key); };
        for (var hour = 0; hour < 100; hour++)
        {
            for (var minutes = 0; minutes < 60; minutes += 15)
            {
                platform.Clock.Advance(TimeSpan.FromMinutes(15));
                await Task.WhenAll(Task.Run(Runs), Task.Run(Runs));
            }
        }
        var sent = platform.Post.Letters;
        Assert.All(sent.GroupBy(l => l.Key), same => Assert.Single(same.Distinct())); // the same message, to be told by its id
        Assert.All(sent.GroupBy(l => l.Key), same => Assert.InRange(same.Count(), 1, 2)); // once, and once more for the one kill
        var outbox = await zone.Look(z => z.Set<OutboxMessage>().ToListAsync());
        Assert.All(outbox, m => Assert.NotNull(m.Delivered));
        Assert.Equal(outbox.Count, outbox.Select(m => m.Key).Distinct().Count());
        foreach (var kind in new[] { ActsDue.Code, FirstContactsOverdue.Code, AppointmentsToday.Code, ToldOnMail.KindName, DigestMail.KindName, "tray-waits", "dossier-opened" }) Assert.Contains(outbox, m => m.Kind == kind);
        // Anna's two acts that stood, in one mail; Ben's three are in his mail of the day.
        Assert.Equal(2, outbox.Count(m => m.Kind == ActsDue.Code && m.To == anna.Id));
        Assert.Single(sent.Where(l => l.Key.StartsWith("reminder", StringComparison.Ordinal) && l.To == Staff.AddressOf(zone, "anna")).Select(l => l.Key).Distinct());
        Assert.DoesNotContain(sent, l => l.Key.StartsWith("reminder", StringComparison.Ordinal) && l.To == Staff.AddressOf(zone, "ben"));

        async Task Runs()
        {
            try { await zone.RunJobs(); }
            catch (OperationCanceledException) { /* killed: the sweep starts it again */ }
        }
    }
}
