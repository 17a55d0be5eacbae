using AngleSharp.Dom;
using System.Net;
using AngleSharp.Html.Dom;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Tests.Zones;

/// <summary>A colleague leaves: roles, sessions, dossiers, absences, invitations; and what must not be ended.</summary>
public sealed class LeaverTests
{
    [Theory, EveryEngine]
    public async Task A_leavers_session_is_dead_at_the_next_request(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var chief = await zone.Hires("chief", Role.ZoneAdministrator);
        using var administrator = chief.Visit();
        await administrator.Invites("noor@example.test", "FrontDesk");
        await platform.RunHouseJob();
        var (visit, totp) = await platform.TakesUp(platform.LinkTo("noor@example.test"));
        using (visit)
        {
            var entered = await visit.SignsIn(platform, "noor@example.test", totp, $"/{zone.Code}/absences");
            Assert.Equal(HttpStatusCode.OK, (await visit.Client.GetAsync(entered.Headers.Location!.ToString())).StatusCode);
            var account = await platform.AccountOf("noor@example.test");
            var page = await administrator.Page($"/admin/staff/{account}/leave");
            Assert.Contains("0 open dossiers", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
            Assert.Contains("comes from this zone", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.Redirect, (await administrator.Submit($"/admin/staff/{account}/leave", [])).StatusCode);
            Assert.Contains("/account/enter", (await visit.Client.GetAsync($"/{zone.Code}/absences")).Headers.Location!.ToString(), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.Redirect, (await visit.Client.GetAsync("/account/home")).StatusCode);
            // Signing in again leads nowhere: the account is there, its roles are not.
            await visit.Submit("/account/sign-in", Newcomers.Fields(("Form.Email", "noor@example.test"), ("Form.Secret", Newcomers.Secret)));
            await visit.Submit("/account/second-factor", Newcomers.Fields(("Form.Code", platform.CodeOf(totp))));
            Assert.Equal(HttpStatusCode.NotFound, (await visit.Client.GetAsync($"/account/enter?to=/{zone.Code}/absences")).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await administrator.Get($"/admin/staff/{account}/leave")).StatusCode); // left already
        }
    }

    [Theory, EveryEngine]
    public async Task The_dossiers_are_let_go_once_also_when_killed_in_between(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (chief, anna, cora) = (await zone.Hires("chief", Role.ZoneAdministrator), await zone.Hires("anna", Role.Caseworker), await zone.Hires("cora", Role.Coordinator));
        var dossiers = new List<Guid>();
        for (var i = 0; i < 3; i++) dossiers.Add(await anna.Registers(Cases.Intake(zone, "Muster" + i)));
        await anna.Closes(dossiers[2]);
        await zone.RunJobs();
        using (var visit = chief.Visit()) Assert.Contains("2 open dossiers", (await visit.Page($"/admin/staff/{anna.Id}/leave")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);

        await chief.Send(new Leave.Command { Account = anna.Id }); // and killed right here, before the other database heard of it
        var before = platform.Post.Letters.Count;
        Assert.All(await Owners(cora, dossiers[..2]), owner => Assert.Equal(anna.Id, owner));
        Assert.True(await platform.Services.GetRequiredService<NextDue>().Of(zone.Id, default) <= platform.Clock.GetUtcNow()); // the sweep comes by itself
        platform.Clock.Advance(TimeSpan.FromSeconds(5)); // another process, or this one started anew, remembers nothing
        await zone.RunJobs();
        Assert.All(await Owners(cora, dossiers[..2]), Assert.Null);
        var told = platform.Post.Letters.Count - before;
        Assert.True(told > 0); // the coordinator was told

        // Somebody takes one; nobody lets go of it again.
        await cora.Send(new VictimSupport.Casework.Dossiers.Assign.Command(dossiers[0], cora.Id));
        await zone.RunJobs();
        await zone.RunJobs();
        Assert.Equal([cora.Id, null], await Owners(cora, dossiers[..2]));
        Assert.Equal(told, platform.Post.Letters.Count - before);
    }

    [Theory, EveryEngine]
    public async Task By_the_page_they_are_let_go_at_once_and_the_job_finds_nothing_left(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (chief, anna, cora) = (await zone.Hires("chief", Role.ZoneAdministrator), await zone.Hires("anna", Role.Caseworker), await zone.Hires("cora", Role.Coordinator));
        var dossier = await anna.Registers(Cases.Intake(zone));
        using var visit = chief.Visit();
        await visit.Submit($"/admin/staff/{anna.Id}/leave", []);
        Assert.Equal([null], await Owners(cora, [dossier]));
        await zone.RunJobs();
        await zone.RunJobs();
        Assert.Single(platform.Post.Letters, l => l.Key.StartsWith("caseload-released", StringComparison.Ordinal) && l.To == Staff.AddressOf(zone, "cora"));
    }

    [Fact]
    public async Task Nobodys_dossiers_are_let_go_while_they_still_work_nor_those_of_a_stranger()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var (chief, anna, cora) = (await zone.Hires("chief", Role.ZoneAdministrator), await zone.Hires("anna", Role.Caseworker), await zone.Hires("cora", Role.Coordinator));
        var dossier = await anna.Registers(Cases.Intake(zone));
        Assert.Equal(0, await chief.Send(new Leave.ReleaseCommand { Account = anna.Id })); // the planted violation
        Assert.Equal([anna.Id], await Owners(cora, [dossier]));
        await Assert.ThrowsAsync<RefusedException>(() => chief.Send(new Leave.ReleaseCommand { Account = Guid.NewGuid() }));
    }

    [Theory, EveryEngine]
    public async Task A_role_with_an_end_date_ends_at_use_and_its_dossiers_with_it(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (chief, anna) = (await zone.Hires("chief", Role.ZoneAdministrator), await zone.Hires("anna", Role.FrontDesk));
        using var administrator = chief.Visit();
        Assert.Equal(HttpStatusCode.Redirect, (await Gives(administrator, anna.Id, "Caseworker", "2026-11-30")).StatusCode);
        var given = (await platform.RolesOf(anna.Id)).Single(g => g.Role == Role.Caseworker);
        Assert.Equal(new DateTimeOffset(2026, 11, 30, 23, 0, 0, TimeSpan.Zero), given.To);
        await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("test", null, async house =>
        {
            (await house.Set<RoleGrant>().SingleAsync(g => g.Id == given.Id)).Confirm(Guid.NewGuid(), platform.Clock.GetUtcNow());
            return true;
        }, default);
        var cora = await zone.Hires("cora", Role.Coordinator);
        var dossier = await new Person(zone, new Caller(anna.Id, Guid.NewGuid(), new HashSet<Role> { Role.Caseworker })).Registers(Cases.Intake(zone));
        platform.Clock.Advance(TimeSpan.FromDays(3)); // past the reminders
        await zone.RunJobs();
        platform.Clock.Advance(TimeSpan.FromDays(2)); // and past their being told on
        await zone.RunJobs();
        Assert.Equal([anna.Id], await Owners(cora, [dossier]));
        Assert.Equal(given.To, await platform.Services.GetRequiredService<NextDue>().Of(zone.Id, default)); // the sweep knows when
        platform.Clock.SetUtcNow(given.To!.Value);
        Assert.DoesNotContain(anna.Id, await platform.Services.GetRequiredService<VictimSupport.Zones.Contracts.IStaff>().Holding(zone.Id, [Role.Caseworker], default));
        await zone.RunJobs();
        Assert.Equal([null], await Owners(cora, [dossier]));
    }

    [Fact]
    public async Task Nobody_ends_himself_and_the_last_administrator_stays_until_there_is_another()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var (chief, anna) = (await zone.Hires("chief", Role.ZoneAdministrator), await zone.Hires("anna", Role.Caseworker));
        await zone.Gives(anna.Id, Role.ZoneAdministrator);
        await zone.Gives(chief.Id, Role.Coordinator);
        using var visit = chief.Visit();
        Assert.Equal(HttpStatusCode.NotFound, (await visit.Get($"/admin/staff/{chief.Id}/leave")).StatusCode);
        await Assert.ThrowsAsync<RefusedException>(() => chief.Send(new Leave.Command { Account = chief.Id }));
        foreach (var own in await platform.RolesOf(chief.Id)) await Assert.ThrowsAnyAsync<Exception>(() => chief.Send(new VictimSupport.Zones.Staff.Show.EndCommand { Account = chief.Id, Grant = own.Id }));
        Assert.Null((await visit.Page($"/admin/staff/{chief.Id}")).QuerySelector("form[action*='End']"));
        await Assert.ThrowsAsync<RefusedException>(() => chief.Send(new VictimSupport.Zones.Staff.Show.GiveCommand { Account = chief.Id, Role = Role.DataProtectionOfficer }));
        await Assert.ThrowsAsync<RefusedException>(() => chief.Send(new VictimSupport.Zones.Staff.Show.SessionsCommand { Account = chief.Id }));

        await chief.Send(new Leave.Command { Account = anna.Id }); // chief is left: allowed
        var stranger = zone.As(Role.ZoneAdministrator); // acts, and holds nothing the catalogue knows
        var last = await Assert.ThrowsAsync<FluentValidation.ValidationException>(() => stranger.Send(new Leave.Command { Account = chief.Id }));
        Assert.Contains(last.Errors, e => e.ErrorMessage.Length > 0);
        var grant = (await platform.RolesOf(chief.Id)).Single(g => g.Role == Role.ZoneAdministrator);
        await Assert.ThrowsAsync<FluentValidation.ValidationException>(() => stranger.Send(new VictimSupport.Zones.Staff.Show.EndCommand { Account = chief.Id, Grant = grant.Id }));
        var successor = await zone.Hires("successor", Role.ZoneAdministrator);
        await successor.Send(new Leave.Command { Account = chief.Id });
        Assert.All(await platform.RolesOf(chief.Id), g => Assert.False(g.Counts(platform.Clock.GetUtcNow())));
    }

    [Theory, EveryEngine]
    public async Task The_end_in_the_home_zone_ends_all_and_elsewhere_only_what_is_there(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (home, other) = (await platform.Zone(), await platform.Zone());
        var (chief, there) = (await home.Hires("chief", Role.ZoneAdministrator), await other.Hires("there", Role.ZoneAdministrator));
        var (jonas, mila) = (await home.Hires("jonas", Role.OnCall), await home.Hires("mila", Role.OnCall));
        platform.Clock.Advance(TimeSpan.FromDays(1));
        await other.Gives(jonas.Id, Role.OnCall);
        await other.Gives(mila.Id, Role.OnCall);

        await there.Send(new Leave.Command { Account = mila.Id });
        Assert.Equal(home.Id, Assert.Single(await Counting(platform, mila.Id)).Zone);
        await chief.Send(new Leave.Command { Account = jonas.Id });
        Assert.Empty(await Counting(platform, jonas.Id));
        await platform.RunHouseJob();
        await platform.RunHouseJob();
        var letter = Assert.Single(platform.Post.Letters); // the other zone is told, without a name
        Assert.Equal(Staff.AddressOf(other, "there"), letter.To);
        Assert.DoesNotContain("jonas", letter.Subject + letter.Text, StringComparison.OrdinalIgnoreCase);
        Assert.True(await platform.Services.GetRequiredService<NextDue>().Of(other.Id, default) <= platform.Clock.GetUtcNow()); // and its job comes
    }

    [Theory, EveryEngine]
    public async Task To_end_the_last_role_at_home_is_to_leave(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (home, other) = (await platform.Zone(), await platform.Zone());
        var (chief, jonas) = (await home.Hires("chief", Role.ZoneAdministrator), await home.Hires("jonas", Role.OnCall));
        platform.Clock.Advance(TimeSpan.FromDays(1));
        await other.Gives(jonas.Id, Role.OnCall);
        await home.Gives(jonas.Id, Role.FrontDesk);
        await chief.Send(new VictimSupport.Zones.Staff.Show.EndCommand { Account = jonas.Id, Grant = await At(home, Role.OnCall) });
        Assert.Equal(2, (await Counting(platform, jonas.Id)).Count); // still at home
        await chief.Send(new VictimSupport.Zones.Staff.Show.EndCommand { Account = jonas.Id, Grant = await At(home, Role.FrontDesk) });
        Assert.Empty(await Counting(platform, jonas.Id));

        async Task<Guid> At(TestZone zone, Role role) => (await platform.RolesOf(jonas.Id)).Single(g => g.Zone == zone.Id && g.Role == role).Id;
    }

    [Theory, EveryEngine]
    public async Task A_last_role_at_home_that_ends_by_its_date_ends_those_elsewhere_and_the_sessions(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (home, other) = (await platform.Zone(), await platform.Zone());
        var (jonas, mila) = (await home.Hires("jonas", Role.FrontDesk), await other.Hires("mila", Role.FrontDesk));
        var end = platform.Clock.GetUtcNow().AddDays(7);
        await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("test", null, async house =>
        {
            house.Add(RoleGrant.Give(mila.Id, home.Id, Role.FrontDesk, end, null, "given", platform.Clock.GetUtcNow())); // lent to us: not where she comes from
            (await house.Set<RoleGrant>().SingleAsync(g => g.Account == jonas.Id)).End(Guid.NewGuid(), end);
            return true;
        }, default);
        platform.Clock.Advance(TimeSpan.FromDays(1));
        await other.Gives(jonas.Id, Role.OnCall);
        var session = VictimSupport.Identity.Sessions.Session.Begin(jonas.Id, "totp", end.AddMinutes(-5));
        await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("test", null, house => Task.FromResult(house.Add(session)), default);
        await home.RunJobs();
        Assert.Equal(2, (await Counting(platform, jonas.Id)).Count);
        platform.Clock.SetUtcNow(end);
        await home.RunJobs();
        await home.RunJobs();
        Assert.Empty(await Counting(platform, jonas.Id));
        Assert.Equal(0, await platform.Services.GetRequiredService<VictimSupport.Identity.Contracts.ISessions>().AliveOf(jonas.Id, default));
        Assert.Single(await Counting(platform, mila.Id));
        await other.Gives(jonas.Id, Role.OnCall); // asked in anew: that stays
        await home.RunJobs();
        Assert.Single(await Counting(platform, jonas.Id));
    }

    [Theory, EveryEngine]
    public async Task A_role_that_ended_is_named_until_a_visit_that_began_after_it_has_ended_well(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var jonas = await zone.Hires("jonas", Role.FrontDesk);
        await zone.RunJobs();
        var end = platform.Clock.GetUtcNow().AddDays(7);
        await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("test", null, async house =>
        {
            (await house.Set<RoleGrant>().SingleAsync(g => g.Account == jonas.Id)).End(Guid.NewGuid(), end);
            return true;
        }, default);
        Assert.Equal(end, await Named());
        platform.Clock.SetUtcNow(end);
        Assert.Equal(end, await Named());
        await zone.RunJobs();
        Assert.Equal(end, await Named()); // a deed of that instant may be committed only now
        Assert.Equal(end, await Noted());
        platform.Clock.Advance(TimeSpan.FromSeconds(20));
        await zone.RunJobs();
        Assert.Null(await Named());
        Assert.True(await Noted() is null || await Noted() > platform.Clock.GetUtcNow(), "nobody needs to come once more");

        Task<DateTimeOffset?> Noted() => platform.Services.GetRequiredService<NextDue>().Of(zone.Id, default);

        async Task<DateTimeOffset?> Named()
        {
            await using var scope = platform.Services.CreateAsyncScope();
            var at = scope.ServiceProvider.GetServices<IDoWhatIsDue>().ToList().FindIndex(m => m is RoleEnds);
            return (await jonas.SendAsPlatform(new WhenNext.Query())).Modules[at];
        }
    }

    [Theory, EveryEngine]
    public async Task A_role_that_ends_while_a_visit_is_under_way_brings_another_that_runs_all(string engine)
    {
        var (looked, during) = (0, (Func<Task>?)null);
        await using var platform = Platform.Start(engine, services: services => services.Add(ServiceDescriptor.Scoped<IDoWhatIsDue>(_ => new Looks(async () =>
        {
            looked++;
            if (during is not null) await during();
        }))));
        var zone = await platform.Zone();
        var (chief, jonas) = (await zone.Hires("chief", Role.ZoneAdministrator), await zone.Hires("jonas", Role.FrontDesk));
        var grant = await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("test", null, async house => (await house.Set<RoleGrant>().SingleAsync(g => g.Account == jonas.Id)).Id, default);
        during = () => chief.Send(new VictimSupport.Zones.Staff.Show.EndCommand { Account = jonas.Id, Grant = grant });
        await zone.RunRound();
        during = null;
        Assert.Equal(1, looked);
        Assert.True(await platform.Services.GetRequiredService<NextDue>().Of(zone.Id, default) <= platform.Clock.GetUtcNow(), "somebody has to come again");
        await zone.RunJobs();
        Assert.Equal(2, looked);
    }

    private sealed class Looks(Func<Task> deed) : IDoWhatIsDue
    {
        public Task Run(MediatR.IMediator pipeline, CancellationToken ct) => deed();

        public Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct) => Task.FromResult<DateTimeOffset?>(null);
    }

    [Theory, EveryEngine]
    public async Task Somebody_comes_from_where_a_role_has_stood_longest_without_a_break(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (home, other) = (await platform.Zone(), await platform.Zone());
        var (chief, there) = (await home.Hires("chief", Role.ZoneAdministrator), await other.Hires("there", Role.ZoneAdministrator));
        var mila = await other.Hires("mila", Role.FrontDesk);
        await there.Send(new Leave.Command { Account = mila.Id }); // she worked there once
        platform.Clock.Advance(TimeSpan.FromDays(1));
        await home.Gives(mila.Id, Role.FrontDesk);
        platform.Clock.Advance(TimeSpan.FromDays(1));
        await other.Gives(mila.Id, Role.OnCall);
        platform.Clock.Advance(TimeSpan.FromDays(1));
        // Another role at home, and the first ended: she stays where she is.
        await home.Gives(mila.Id, Role.Caseworker);
        await chief.Send(new VictimSupport.Zones.Staff.Show.EndCommand { Account = mila.Id, Grant = (await platform.RolesOf(mila.Id)).Single(g => g.Zone == home.Id && g.Role == Role.FrontDesk).Id });
        await there.Send(new Leave.Command { Account = mila.Id });
        Assert.Equal(home.Id, Assert.Single(await Counting(platform, mila.Id)).Zone);
        await other.Gives(mila.Id, Role.OnCall);
        await chief.Send(new Leave.Command { Account = mila.Id });
        Assert.Empty(await Counting(platform, mila.Id));
    }

    [Theory, EveryEngine]
    public async Task Two_administrators_who_end_each_other_at_once_leave_one(string engine)
    {
        await using var platform = Platform.Start(engine);
        for (var i = 0; i < 8; i++)
        {
            var zone = await platform.Zone();
            var (anna, bernard) = (await zone.Hires("anna", Role.ZoneAdministrator), await zone.Hires("bernard", Role.ZoneAdministrator));
            await Task.WhenAll(Ends(anna, bernard), Ends(bernard, anna));
            Assert.Single((await Counting(platform, anna.Id)).Concat(await Counting(platform, bernard.Id)));
        }

        static async Task Ends(Person by, Person whom)
        {
            try
            {
                await Task.Run(() => by.Send(new Leave.Command { Account = whom.Id }));
            }
            catch (FluentValidation.ValidationException)
            {
                // The other was quicker.
            }
        }
    }

    [Fact]
    public async Task A_colleague_of_another_zone_is_not_there()
    {
        await using var platform = Platform.Start("sqlite");
        var (zone, other) = (await platform.Zone(), await platform.Zone());
        var chief = await zone.Hires("chief", Role.ZoneAdministrator);
        var anna = await other.Hires("anna", Role.Caseworker);
        using var visit = chief.Visit();
        foreach (var path in new[] { $"/admin/staff/{anna.Id}", $"/admin/staff/{anna.Id}/leave", $"/admin/staff/{Guid.NewGuid()}" }) Assert.Equal(HttpStatusCode.NotFound, (await visit.Get(path)).StatusCode);
        await Assert.ThrowsAsync<RefusedException>(() => chief.Send(new Leave.Command { Account = anna.Id }));
        await Assert.ThrowsAsync<RefusedException>(() => chief.Send(new VictimSupport.Zones.Staff.Show.SessionsCommand { Account = anna.Id }));
        await Assert.ThrowsAsync<RefusedException>(() => chief.Send(new VictimSupport.Zones.Staff.Show.GiveCommand { Account = anna.Id, Role = Role.Caseworker }));
        var grant = (await platform.RolesOf(anna.Id)).Single();
        await Assert.ThrowsAsync<RefusedException>(() => chief.Send(new VictimSupport.Zones.Staff.Show.EndCommand { Account = anna.Id, Grant = grant.Id }));
        Assert.DoesNotContain("anna", (await visit.Page("/admin/staff")).Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_former_colleague_does_elsewhere_is_no_longer_told_nor_ended_here()
    {
        await using var platform = Platform.Start("sqlite");
        var (zone, other) = (await platform.Zone(), await platform.Zone());
        var chief = await zone.Hires("chief", Role.ZoneAdministrator);
        using var anna = await SignedIn.In(zone, "anna@example.test", Role.Caseworker);
        using var visit = chief.Visit();
        Assert.Contains("anna@example.test", (await visit.Page($"/admin/staff/{anna.Account}")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        await anna.EndRoles();
        await Newcomers.Gives(other, anna.Account, Role.Caseworker);
        var page = await visit.Page($"/admin/staff/{anna.Account}");
        Assert.DoesNotContain("anna@example.test", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Empty(page.QuerySelectorAll("form[action*='Sessions']"));
        Assert.NotEmpty(page.QuerySelectorAll("tbody tr")); // what they held here stays told
        await Assert.ThrowsAsync<RefusedException>(() => chief.Send(new VictimSupport.Zones.Staff.Show.SessionsCommand { Account = anna.Account }));
    }

    [Fact]
    public async Task The_list_has_a_line_for_each_person_and_a_filter_when_it_is_long()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var chief = await zone.Hires("chief", Role.ZoneAdministrator);
        var anna = await zone.Hires("anna", Role.Caseworker);
        await zone.Gives(anna.Id, Role.OnCall);
        using var visit = chief.Visit();
        var page = await visit.Page("/admin/staff");
        Assert.Equal(2, page.QuerySelectorAll("tbody tr").Length);
        Assert.Contains("caseworker, on call", page.QuerySelectorAll("tbody tr").First(r => r.TextContent.Contains("anna", StringComparison.Ordinal)).TextContent, StringComparison.Ordinal);
        Assert.Null(page.QuerySelector(".vs-filter"));
        for (var i = 0; i < 31; i++) await zone.Hires("trainee" + i, Role.Trainee);
        Assert.NotNull((await visit.Page("/admin/staff")).QuerySelector(".vs-filter"));
        var found = await Visit.Read(await visit.Submit("/admin/staff", Newcomers.Fields(("Name", "ANN"), ("Role", ""))));
        Assert.Equal("anna", Assert.Single(found.QuerySelectorAll("tbody tr")).Children[0].TextContent.Trim());
        Assert.Equal(31, (await Visit.Read(await visit.Submit("/admin/staff", Newcomers.Fields(("Role", "Trainee"))))).QuerySelectorAll("tbody tr").Length);
    }

    private static async Task<HttpResponseMessage> Gives(Visit visit, Guid account, string role, string until)
    {
        var form = (await visit.Page($"/admin/staff/{account}")).QuerySelectorAll<IHtmlFormElement>("form[action*='Give']").Single();
        return await visit.Send("", form, Newcomers.Fields(("Form.Role", role), ("Form.Until", until)));
    }

    private static async Task<IReadOnlyList<Guid?>> Owners(Person coordinator, IEnumerable<Guid> dossiers)
    {
        var owners = new List<Guid?>();
        foreach (var id in dossiers) owners.Add((await coordinator.Opens(id)).Dossier.AssignedTo);
        return owners;
    }

    private static async Task<IReadOnlyList<RoleGrant>> Counting(Platform platform, Guid account) => [.. (await platform.RolesOf(account)).Where(g => g.Counts(platform.Clock.GetUtcNow()))];
}
