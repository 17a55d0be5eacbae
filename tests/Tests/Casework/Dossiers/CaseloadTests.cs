using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Walls;
using VictimSupport.Casework.Worklist;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Contracts;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Tests.Casework;

public sealed class CaseloadTests
{
    [Theory, EveryEngine]
    public async Task What_rests_on_an_account_is_counted_and_put_to_unassigned(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, bert, cora) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker), await zone.Hires("cora", Role.Coordinator));
        List<Guid> annas = [await anna.Registers(Cases.Intake(zone)), await anna.Registers(Cases.Intake(zone, "Muster", "Bram"))];
        var (berts, closed) = (await bert.Registers(Cases.Intake(zone, "Fictif", "Noor")), await anna.Registers(Cases.Intake(zone, "Sample", "Tess")));
        await anna.Closes(closed);
        Assert.Equal((2, 1, 0), (await Caseload(zone, c => c.Open(anna.Id, default)), await Caseload(zone, c => c.Open(bert.Id, default)), await Caseload(zone, c => c.Open(Guid.NewGuid(), default))));

        Assert.Equal(2, await Caseload(zone, c => c.Release(anna.Id, default)));
        Assert.Equal(0, await Caseload(zone, c => c.Release(anna.Id, default)));
        Assert.Equal(annas.Order(), (await cora.Send(new Mine.Query(Tab.Unassigned, 1))).Rows.Select(r => r.Dossier).Order());
        Assert.Equal((berts, bert.Id), (berts, (await bert.Opens(berts)).Dossier.AssignedTo));
        Assert.Equal(anna.Id, (await cora.Opens(closed)).Dossier.AssignedTo); // what is done stays as it was done
        foreach (var id in annas) Assert.Single(await zone.Look(z => z.Set<Milestone>().Where(m => m.DossierId == id && m.Kind == MilestoneKind.Released).ToListAsync()));
        await zone.RunJobs();
        await zone.RunJobs();
        var letter = Assert.Single(platform.Post.Letters, l => l.Key.StartsWith("caseload", StringComparison.Ordinal));
        Assert.Equal(Staff.AddressOf(zone, "cora"), letter.To);
        foreach (var secret in new[] { "anna", "Exemple", zone.Code, (await cora.Opens(annas[0])).Dossier.Number }) Assert.DoesNotContain(secret, letter.Subject + letter.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Theory, EveryEngine]
    public async Task Killed_between_the_end_of_the_role_and_the_release_the_zones_job_releases_once(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, bert, cora) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker), await zone.Hires("cora", Role.Coordinator));
        var (left, stays) = (await anna.Registers(Cases.Intake(zone)), await bert.Registers(Cases.Intake(zone, "Muster", "Bram")));
        await zone.RunJobs();
        Assert.Equal(anna.Id, (await cora.Opens(left)).Dossier.AssignedTo); // whoever still works keeps theirs
        await Ends(zone, anna.Id, cora.Id);
        // The release got as far as its rows, then the process died.
        await Assert.ThrowsAsync<IOException>(() => Caseload(zone, async c => await c.Release(anna.Id, default) == 1 ? throw new IOException("killed") : 0));
        Assert.Equal(anna.Id, (await cora.Opens(left)).Dossier.AssignedTo);

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(zone.RunJobs)));
        await zone.RunJobs();
        Assert.Null((await cora.Opens(left)).Dossier.AssignedTo);
        Assert.Equal(bert.Id, (await cora.Opens(stays)).Dossier.AssignedTo);
        Assert.Single(await zone.Look(z => z.Set<Milestone>().Where(m => m.DossierId == left && m.Kind == MilestoneKind.Released).ToListAsync()));
        Assert.Single(platform.Post.Letters, l => l.Key.StartsWith("caseload", StringComparison.Ordinal));
        using var visit = cora.Visit();
        Assert.Contains("the portal itself", (await visit.Page($"/dossiers/{left}")).Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_that_no_longer_opens_dossiers_keeps_none_and_the_sweep_comes_by_itself()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var (anna, cora) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("cora", Role.Coordinator));
        var id = await anna.Registers(Cases.Intake(zone));
        await zone.Hires("anna", Role.FrontDesk);
        await Ends(zone, anna.Id, cora.Id, Role.Caseworker);
        var sweep = platform.Services.GetRequiredService<Sweep>();
        foreach (var visit in await sweep.Due(default)) sweep.Finished(visit.Code); // the round at the start, before anybody left
        platform.Clock.Advance(TimeSpan.FromHours(1.1));
        Assert.Contains(await sweep.Due(default), v => v.Code == zone.Code);
        await zone.RunJobs();
        Assert.Null((await cora.Opens(id)).Dossier.AssignedTo);
    }

    [Theory, EveryEngine]
    public async Task A_dossier_whose_last_reader_left_is_found_told_once_and_given_to_the_stand_in(string engine)
    {
        var circumstances = new Circumstances();
        await using var platform = Platform.Start(engine, services: s => s.Replace(ServiceDescriptor.Singleton<IZoneSettings>(_ => new SettingsAsTold(circumstances))));
        var zone = await platform.Zone();
        var (officer, cora, anna, standIn) = (await zone.Hires("officer", Role.DataProtectionOfficer), await zone.Hires("cora", Role.Coordinator), await zone.Hires("anna", Role.Caseworker), await zone.Hires("standin", Role.OutsideStandIn));
        var id = await cora.Registers(Cases.Intake(zone));
        await cora.Protects(id, VictimSupport.Casework.Codes.Protection.Sealed, anna.Id);
        await zone.RunJobs();
        Assert.Empty(Told("nobody-sees"));

        await Ends(zone, anna.Id, officer.Id);
        await zone.RunJobs();
        await zone.RunJobs();
        Assert.Equal(Staff.AddressOf(zone, "officer"), Assert.Single(Told("nobody-sees")).To);
        Assert.Null(Assert.Single(await officer.Send(new Unseen.Query())).StandIn);
        await Assert.ThrowsAsync<RefusedException>(() => standIn.Opens(id));

        circumstances.StandIn = standIn.Id;
        await zone.RunJobs();
        await zone.RunJobs();
        Assert.Equal(id, (await standIn.Opens(id)).Dossier.Id);
        Assert.Equal(standIn.Id, Assert.Single(await officer.Send(new Unseen.Query())).StandIn);
        Assert.Single(Told("stand-in-asked"));
        Assert.Single(Told("nobody-sees"));

        // The stand-in leaves too: nobody has it, and the silence does not last.
        await Ends(zone, standIn.Id, officer.Id);
        Assert.Null(Assert.Single(await officer.Send(new Unseen.Query())).StandIn);
        platform.Clock.Advance(TimeSpan.FromDays(31));
        await zone.RunJobs();
        Assert.Equal(2, Told("nobody-sees").Count());

        IEnumerable<VictimSupport.Foundation.Mail.Letter> Told(string kind) => platform.Post.Letters.Where(l => l.Key.StartsWith(kind, StringComparison.Ordinal));
    }

    [Theory, EveryEngine]
    public async Task Whoever_left_and_comes_back_is_named_for_nothing(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (officer, cora, anna, bert) = (await zone.Hires("officer", Role.DataProtectionOfficer), await zone.Hires("cora", Role.Coordinator), await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker));
        var id = await cora.Registers(Cases.Intake(zone));
        await cora.Protects(id, VictimSupport.Casework.Codes.Protection.Sealed, anna.Id, bert.Id);
        Assert.Equal(id, (await anna.Opens(id)).Dossier.Id);
        await Ends(zone, anna.Id, officer.Id);
        await zone.RunJobs();
        platform.Clock.Advance(TimeSpan.FromDays(100));
        await VictimSupport.Tests.Zones.Newcomers.Gives(zone, anna.Id, Role.Caseworker);
        zone.Platform.Services.GetRequiredService<Standing>().Forget(anna.Id);
        await Assert.ThrowsAsync<RefusedException>(() => anna.Opens(id));
        Assert.Equal(id, (await bert.Opens(id)).Dossier.Id); // whoever stayed is named still
    }

    [Theory, EveryEngine]
    public async Task What_is_hidden_from_whoever_ends_an_access_is_not_in_the_count(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, both) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("both", Role.Coordinator));
        foreach (var name in new[] { "Exemple", "Muster" }) await anna.Registers(Cases.Intake(zone, name));
        var chief = zone.As(both.Id, Role.ZoneAdministrator, Role.Coordinator);
        Assert.Equal(2, await chief.Send(new Leave.CaseloadQuery { Account = anna.Id }));
        await zone.WallsOff(both, (await anna.Send(new Mine.Query(Tab.Mine, 1))).Rows[0].Dossier);
        Assert.Equal(1, await chief.Send(new Leave.CaseloadQuery { Account = anna.Id }));
    }

    [Theory, EveryEngine]
    public async Task No_mail_tells_a_coordinator_of_what_is_hidden_from_them(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, walled, named, other) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("walled", Role.Coordinator), await zone.Hires("named", Role.Coordinator), await zone.Hires("other", Role.Coordinator));
        var (kept, sealedOne) = (await anna.Registers(Cases.Intake(zone)), await anna.Registers(Cases.Intake(zone, "Muster", "Bram")));
        await named.Protects(sealedOne, VictimSupport.Casework.Codes.Protection.Sealed, anna.Id, named.Id);
        await zone.WallsOff(walled, kept);
        await zone.RunJobs();
        var before = platform.Post.Letters.Count;
        Assert.Equal(2, await Caseload(zone, c => c.Release(anna.Id, default)));
        await zone.RunJobs();
        var told = platform.Post.Letters.Skip(before).Where(l => l.Key.StartsWith("caseload", StringComparison.Ordinal)).Select(l => l.To).Order();
        Assert.Equal(new[] { Staff.AddressOf(zone, "named"), Staff.AddressOf(zone, "other") }.Order(), told); // for the one who is walled off, neither is there
    }

    private static Task<T> Caseload<T>(TestZone zone, Func<Caseload, Task<T>> deed) => zone.Handle.Database.Write(new Keyring(zone.Handle.Keys), async context =>
    {
        var services = zone.Platform.Services;
        var place = new UseCase(services, services.GetRequiredService<CatalogDatabase>()) { Place = zone.Handle };
        var result = await deed(new Caseload(context, place, services.GetRequiredService<IStaff>(), new Hidden(context, new Keyring(zone.Handle.Keys), zone.Platform.Clock), Caller.Platform, zone.Platform.Clock));
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        return new Written<T>(result, new AuditRecord(default, null, "Test.Caseload", null, "{}"));
    }, TestContext.Current.CancellationToken);

    private static async Task Ends(TestZone zone, Guid account, Guid by, Role? only = null)
    {
        await zone.Platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test.End", zone.Id, async house =>
        {
            foreach (var grant in await house.Set<RoleGrant>().Where(g => g.Account == account && g.Zone == zone.Id && (only == null || g.Role == only)).ToListAsync()) grant.End(by, zone.Platform.Clock.GetUtcNow());
            return true;
        }, TestContext.Current.CancellationToken);
        zone.Platform.Services.GetRequiredService<Standing>().Forget(account);
    }
}
