using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Intakes;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Contracts;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Tests.Casework.FollowUps;

/// <summary>What falls due reaches its worker once, whatever happens in between.</summary>
public sealed class ReminderTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task A_due_act_sends_one_mail_however_often_the_job_runs(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (mail, _) = await Due(zone);
        await zone.RunJobs();
        await Task.WhenAll(zone.RunJobs(), zone.RunJobs(), zone.RunJobs());
        await zone.RunJobs();
        var letter = Assert.Single(Letters(zone, mail));
        Assert.DoesNotContain("Exemple", letter.Subject + letter.Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(zone.Code, letter.Subject + letter.Text, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task A_mail_server_that_is_away_delays_the_mail_and_loses_nothing(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (mail, _) = await Due(zone);
        platform.Post.Failing = new IOException("away");
        await zone.RunJobs();
        Assert.Empty(Letters(zone, mail));
        platform.Post.Failing = null;
        await zone.RunJobs(); // too early: the next try is in the row
        Assert.Empty(Letters(zone, mail));
        platform.Clock.Advance(TimeSpan.FromMinutes(5));
        await zone.RunJobs();
        Assert.Single(Letters(zone, mail));
    }

    [Theory, EveryEngine]
    public async Task A_job_that_died_between_claim_and_mail_is_taken_up_again(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (mail, _) = await Due(zone);
        await zone.As().SendAsPlatform(new VictimSupport.Casework.FollowUps.Reminders.Command());
        var message = await zone.Look(z => z.Set<OutboxMessage>().SingleAsync(m => m.Kind == "reminder"));
        Assert.True(await zone.As().SendAsPlatform(new Outbox.Claim(message.Id)));
        Assert.False(await zone.As().SendAsPlatform(new Outbox.Claim(message.Id))); // nobody else takes it meanwhile
        platform.Clock.Advance(TimeSpan.FromMinutes(5));
        await zone.RunJobs();
        Assert.Single(Letters(zone, mail));
    }

    [Theory, EveryEngine]
    public async Task A_postponed_act_is_reminded_anew(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (mail, worker) = await Due(zone);
        await zone.RunJobs();
        var act = await zone.Look(z => z.Set<VictimSupport.Casework.FollowUps.FollowUp>().Where(f => f.Done == null).OrderBy(f => f.DueAt).FirstAsync());
        await worker.Send(new VictimSupport.Casework.FollowUps.Complete.Postpone(act.Id));
        await zone.RunJobs();
        Assert.Single(Letters(zone, mail));
        platform.Clock.Advance(TimeSpan.FromHours(25));
        await zone.RunJobs();
        Assert.Equal(2, Letters(zone, mail).Count);
    }

    [Theory, EveryEngine]
    public async Task A_write_tells_the_catalogue_when_to_come_and_the_job_tells_it_again(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var next = zone.Platform.Services.GetRequiredService<NextDue>();
        Assert.Null(await next.Of(zone.Code, default));
        await worker.Send(new Register.Command { Trigger = Trigger.Patrol, SubKind = "Burglary", FamilyName = "Exemple", Language = "fr" });
        Assert.True(await next.Of(zone.Code, default) <= zone.Platform.Clock.GetUtcNow()); // its outbox row is due at once
        await zone.RunJobs();
        var then = (await next.Of(zone.Code, default))!.Value;
        Assert.InRange(then, zone.Platform.Clock.GetUtcNow().AddHours(47), zone.Platform.Clock.GetUtcNow().AddHours(49)); // the first contact
    }

    private static IReadOnlyList<VictimSupport.Foundation.Mail.Letter> Letters(TestZone zone, string mail) => [.. zone.Platform.Post.Letters.Where(l => l.To == mail)];

    // A worker with an address, and an act of theirs that is due.
    private static async Task<(string Mail, Person Worker)> Due(TestZone zone)
    {
        var mail = $"worker.{zone.Code}.{zone.Platform.Engine}@example.test";
        var account = await zone.Platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("test", null, house =>
        {
            var id = zone.Platform.Services.GetRequiredService<IMakeDemoAccounts>().Ensure(house, mail, "Worker", "nl", zone.Platform.Clock.GetUtcNow());
            house.Add(RoleGrant.Give(id, zone.Id, Role.Caseworker, null, null, "demo", zone.Platform.Clock.GetUtcNow()));
            return Task.FromResult(id);
        }, default);
        var worker = zone.As(account, Role.Caseworker);
        var made = await worker.Send(new Register.Command { Trigger = Trigger.Patrol, SubKind = "Burglary", GivenName = "Ada", FamilyName = "Exemple", Language = "nl" });
        var person = (await worker.Send(new ShowView.Query(made.Dossier))).People[0].Id;
        await worker.Send(new Write.Command { Dossier = made.Dossier, Persons = [person], Next = ActKind.CallBack, Due = zone.Platform.Clock.GetUtcNow().AddMinutes(-1) });
        return (mail, worker);
    }
}
