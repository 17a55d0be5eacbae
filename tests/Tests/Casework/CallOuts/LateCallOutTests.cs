using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.CallOuts;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Counting;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Tests.Casework.CallOuts;

/// <summary>A call-out nobody closed is handed over when the time of whoever went is over.</summary>
public sealed class LateCallOutTests(Platforms platforms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EveryEngine]
    public async Task A_call_out_never_closed_is_handed_over_and_counted_once_its_time_is_over(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var worker = await zone.Hires("worker", Role.OnCall);
        var began = platform.Clock.GetUtcNow();
        var id = (await worker.Send(new Enter.Command { SubKind = "DeathNotification", Language = "fr", Once = Guid.NewGuid(), CalledAt = began, Acts = [CallOutAct.NotifiedOfDeath], Persons = [new() { GivenName = "Ada", FamilyName = "Exemple" }] })).Id;
        Task<CallOut> Now() => zone.Look(z => z.Set<CallOut>().AsNoTracking().SingleAsync(c => c.Id == id, Ct));
        var ends = (await zone.Look(z => new Lapse().Next(z, Ct)))!.Value;
        Assert.InRange(ends - began, ZoneSettings.FederalDefaults.CallOutWindow, ZoneSettings.FederalDefaults.CallOutWindow + TimeSpan.FromMinutes(1));
        platform.Clock.Advance(ends - platform.Clock.GetUtcNow() - TimeSpan.FromSeconds(1));
        await zone.RunJobs();
        Assert.Null((await Now()).HandedOver);
        platform.Clock.Advance(TimeSpan.FromSeconds(1));
        await zone.RunJobs();
        await zone.RunJobs();
        var now = await Now();
        Assert.InRange(now.HandedOver!.Value, ends, ends.AddMinutes(1));
        Assert.Equal(((DateTimeOffset?)null, 0, 2), (now.Ended, now.Minutes, now.Version)); // when it ended, nobody said
        var contact = Assert.Single(await zone.Look(z => z.Set<Contact>().AsNoTracking().ToListAsync(Ct)));
        Assert.Equal((now.Contact!.Value, worker.Id, true), (contact.Id, contact.By, contact.OnCall));
        Assert.Equal(now.CalledAt, contact.At);
        Assert.Equal([ServiceKind.DeathNotification], (await zone.Look(z => z.Set<GivenService>().AsNoTracking().ToListAsync(Ct))).Select(s => s.Kind));
        Assert.Equal([ActKind.CallBack], (await zone.As(Role.Coordinator).Opens(now.DossierId)).Planned.Select(f => f.Kind));
        Assert.Null(await zone.Look(z => new Lapse().Next(z, Ct)));
    }

    [Fact]
    public async Task One_that_was_closed_is_left_as_it_is()
    {
        var platform = await platforms.On("sqlite");
        var zone = await platform.Zone();
        var worker = await zone.Hires("worker", Role.OnCall);
        var form = new Enter.Command { SubKind = "Fire", Language = "fr", Once = Guid.NewGuid() };
        await worker.Send(form with { HandsOver = true });
        Assert.Null(await zone.Look(z => new Lapse().Next(z, Ct)));
        await worker.Send(form with { Once = Guid.NewGuid() });
        Assert.NotNull(await zone.Look(z => new Lapse().Next(z, Ct)));
    }

    [Fact]
    public async Task One_that_cannot_be_handed_over_keeps_no_other_waiting()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var worker = await zone.Hires("worker", Role.OnCall);
        var (broken, sound) = ((await worker.Send(new Enter.Command { SubKind = "Fire", Language = "fr", Once = Guid.NewGuid() })).Id, (await worker.Send(new Enter.Command { SubKind = "Fire", Language = "fr", Once = Guid.NewGuid() })).Id);
        var dossier = await zone.Look(z => z.Set<CallOut>().Where(c => c.Id == broken).Select(c => c.DossierId).SingleAsync(Ct));
        await Plant(zone, dossier);
        platform.Clock.Advance(ZoneSettings.FederalDefaults.CallOutWindow + TimeSpan.FromMinutes(2));
        await Assert.ThrowsAnyAsync<Exception>(zone.RunJobs); // said, and tried again
        Assert.Equal([sound], await zone.Look(z => z.Set<CallOut>().Where(c => c.HandedOver != null).Select(c => c.Id).ToListAsync(Ct)));
    }

    // The dossier of the older one is away; the call-out and its grant are not.
    private static Task<bool> Plant(TestZone zone, Guid dossier) => zone.Handle.Database.Write(new VictimSupport.Foundation.Secrecy.Keyring(zone.Handle.Keys), async z =>
    {
        await z.Set<VictimSupport.Casework.Dossiers.Dossier>().Where(d => d.Id == dossier).ExecuteDeleteAsync(Ct);
        return new Written<bool>(true, new VictimSupport.Foundation.Audit.AuditRecord(default, null, "Test.Plant", null, "{}"));
    }, Ct);
}
