using System.Net;
using AngleSharp.Html.Dom;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Intakes;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Walls;
using VictimSupport.Casework.Worklist;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Contracts;
using List = VictimSupport.Casework.Walls.List;
using Person = VictimSupport.Tests.Kit.Person;

namespace VictimSupport.Tests.Casework;

public sealed class WallTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task The_bell_counts_no_appointment_behind_a_wall(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var worker = await zone.Hires("w", Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone));
        await worker.Send(await worker.Appointment(zone, id) with { At = platform.Clock.GetUtcNow().AddMinutes(30) });
        Assert.Equal(1, (await worker.Send(new Bell.Query())).Appointments);
        await zone.WallsOff(worker, id);
        Assert.Equal(0, (await worker.Send(new Bell.Query())).Appointments);
    }

    [Theory, EveryEngine]
    public async Task Behind_a_wall_a_dossier_is_nowhere_whatever_the_role(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var officer = await zone.Hires("officer", Role.DataProtectionOfficer);
        var (coordinator, worker) = (await zone.Hires("c", Role.Coordinator), await zone.Hires("w", Role.Caseworker));
        var id = await zone.As(Role.OnCall).Registers(Cases.Intake(zone, "Verzonnenaar", "Quinten", "0470 12 34 56"));
        var number = (await coordinator.Opens(id)).Dossier.Number;
        await officer.Send(new Build.Command { Colleague = coordinator.Id, Round = Round.Dossier, Number = number, Reason = "his sister" });
        await officer.Send(new Build.Command { Colleague = worker.Id, Round = Round.Dossier, Number = number });
        foreach (var somebody in new[] { coordinator, worker })
        {
            await Refused(somebody.Opens(id));
            await Refused(somebody.Send(new Assign.Command(id, somebody.Id)));
            await Refused(somebody.Closes(id));
            foreach (var text in new[] { "Verzonnenaar", "0470 12 34 56", number }) Assert.Empty((await somebody.Send(new Search.Query { Text = text })).Rows);
            foreach (var tab in Enum.GetValues<Tab>())
            {
                var list = await somebody.Send(new Mine.Query(tab, 1));
                Assert.Equal((0, 0, 0, 0), (list.Total, list.DueToday, list.Late, list.Unassigned));
            }
            Assert.Empty(await somebody.Send(new Register.Check { Phone = "0470 12 34 56" })); // not even a safety card
            Assert.Equal(0, (await somebody.Send(new Bell.Query())).Sum);
            await Assert.ThrowsAsync<ValidationException>(() => somebody.Send(new BreakGlass.Command { Number = number, Reason = "I need it at once, please." }));
            Assert.Contains(id, await HiddenFrom(zone, somebody));
        }
        Assert.Empty((await coordinator.Send(new List.Query(null))).Rows); // neither the wall about them, nor the one that would tell of the dossier
        Assert.Equal(2, (await officer.Send(new List.Query(null))).Rows.Count);
        Assert.DoesNotContain(id, await HiddenFrom(zone, officer));

        using var visit = coordinator.Visit();
        foreach (var path in new[] { "", "/facts", "/contact", "/close", "/people", "/who-may-see" })
        {
            var (hidden, absent) = (await visit.Get($"/dossiers/{id}{path}"), await visit.Get($"/dossiers/{Guid.NewGuid()}{path}"));
            Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (hidden.StatusCode, absent.StatusCode));
        }
        Assert.Equal(HttpStatusCode.NotFound, (await visit.Get($"/walls/{id}")).StatusCode);
    }

    [Theory, EveryEngine]
    public async Task A_wall_round_a_person_stands_round_every_dossier_they_are_in_or_come_into(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (coordinator, worker, walled) = (await zone.Hires("c", Role.Coordinator), await zone.Hires("w", Role.Coordinator), await zone.Hires("x", Role.Coordinator));
        var byName = await worker.Registers(Cases.Intake(zone, "Van den Verzonnen", "Célia"));
        var byPhone = await worker.Registers(Cases.Intake(zone, "Onbekend", "", "0470 12 34 56"));
        var other = await worker.Registers(Cases.Intake(zone, "Oefening", "Otis", "0470 99 99 99"));
        await coordinator.Send(new Build.Command { Colleague = walled.Id, Round = Round.Person, GivenName = "celia", FamilyName = "VANDENVERZONNEN", Phone = "+32 470 12 34 56" });
        await Refused(walled.Opens(byName));
        await Refused(walled.Opens(byPhone));
        await walled.Opens(other);

        var later = await worker.Registers(Cases.Intake(zone, "vandenverzonnen", "CELIA"));
        await Refused(walled.Opens(later));
        var joined = await worker.Registers(Cases.Intake(zone, "Muster", "Bram"));
        await walled.Opens(joined);
        await worker.Send(new Edit.Command { Dossier = joined, GivenName = "Célia", FamilyName = "Van den Verzonnen", Capacity = Capacity.Mentioned, Language = "fr" });
        await Refused(walled.Opens(joined));
        var person = await worker.LeadOf(other);
        await worker.Send(await worker.Send(new Edit.Query(other, person, "fr")) with { Dossier = other, Person = person, Phone = "0470/12.34.56" });
        await Refused(walled.Opens(other));

        var row = Assert.Single((await coordinator.Send(new List.Query(null))).Rows);
        Assert.Equal(5, row.Numbers.Count);
        Assert.Empty((await walled.Send(new List.Query(null))).Rows);
        Assert.Contains(row.Wall, await HiddenFrom(zone, walled));
        Assert.Equal(6, (await HiddenFrom(zone, walled)).Count);
    }

    [Fact]
    public async Task Another_day_of_birth_is_another_person_and_a_name_alone_is_not_enough()
    {
        Assert.True(SamePerson.May(new Particulars("Exemple", "Ada", BirthDate: new DateOnly(1990, 1, 2)), new Particulars("Exemple", "Ada")));
        Assert.False(SamePerson.May(new Particulars("Exemple", "Ada", BirthDate: new DateOnly(1990, 1, 2)), new Particulars("Exemple", "Ada", BirthDate: new DateOnly(1991, 1, 2))));
        Assert.False(SamePerson.May(new Particulars("", "Ada"), new Particulars("Exemple", "Ada")));
        var zone = await (await platforms.On("sqlite")).Zone();
        var (coordinator, worker) = (await zone.Hires("c", Role.Coordinator), await zone.Hires("w", Role.Caseworker));
        foreach (var wrong in new[]
        {
            new Build.Command(), new Build.Command { Colleague = worker.Id, Round = Round.Person, GivenName = "Ada" }, new Build.Command { Colleague = worker.Id, Round = Round.Dossier, Number = "2026-K7QPX" },
            new Build.Command { Colleague = Guid.NewGuid(), Round = Round.Person, GivenName = "Ada", FamilyName = "Exemple" },
        }) await Assert.ThrowsAsync<ValidationException>(() => coordinator.Send(wrong));
    }

    [Theory, EveryEngine]
    public async Task Whoever_types_in_a_person_from_whom_they_are_walled_off_is_thanked_and_sees_it_no_more(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (coordinator, walled, onCall) = (await zone.Hires("coordinator", Role.Coordinator), await zone.Hires("walled", Role.Caseworker), await zone.Hires("oncall", Role.OnCall));
        foreach (var somebody in new[] { walled, onCall }) await coordinator.Send(new Build.Command { Colleague = somebody.Id, Round = Round.Person, GivenName = "Ada", FamilyName = "Exemple" });
        foreach (var somebody in new[] { walled, onCall })
        {
            using var visit = somebody.Visit();
            var saved = await visit.Submit("/intake", new Dictionary<string, string> { ["Form.Trigger"] = "Person", ["Form.SubKind"] = "Burglary", ["Form.GivenName"] = "Ada", ["Form.FamilyName"] = "Exemple", ["Form.Language"] = "fr" });
            Assert.Equal($"/{zone.Code}/worklist", saved.Headers.Location!.ToString());
            Assert.Equal(0, (await somebody.Send(new Mine.Query(Tab.Team, 1))).Total);
        }
        var list = await coordinator.Send(new Mine.Query(Tab.Unassigned, 1));
        Assert.Equal(2, list.Total);
        await zone.RunJobs();
        Assert.Equal(2, platform.Post.Letters.Count(l => l.To == Staff.AddressOf(zone, "coordinator") && l.Key.StartsWith("dossier-opened", StringComparison.Ordinal)));
    }

    [Theory, EveryEngine]
    public async Task A_wall_on_the_worker_lets_the_dossier_go_and_tells_the_coordinator_who_may_know(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (coordinator, blind, worker) = (await zone.Hires("coordinator", Role.Coordinator), await zone.Hires("blind", Role.Coordinator), await zone.Hires("worker", Role.Caseworker));
        var id = await worker.Registers(Cases.Intake(zone));
        var number = (await coordinator.Opens(id)).Dossier.Number;
        await coordinator.Send(new Build.Command { Colleague = blind.Id, Round = Round.Dossier, Number = number });
        await coordinator.Send(new Build.Command { Colleague = worker.Id, Round = Round.Dossier, Number = number });
        var view = await coordinator.Opens(id);
        Assert.Null(view.Dossier.AssignedTo);
        Assert.DoesNotContain(worker.Id, view.MayGet);
        await Refused(coordinator.Send(new Assign.Command(id, worker.Id)));
        platform.Clock.Advance(TimeSpan.FromDays(3)); // its first contact falls due: a reminder for the coordinators
        await zone.RunJobs();
        Assert.Contains(platform.Post.Letters, l => l.To == Staff.AddressOf(zone, "coordinator") && l.Key.StartsWith(Notices.Unassigned, StringComparison.Ordinal));
        Assert.Contains(platform.Post.Letters, l => l.To == Staff.AddressOf(zone, "coordinator") && l.Key.StartsWith("reminder", StringComparison.Ordinal));
        foreach (var away in new[] { "blind", "worker" }) Assert.DoesNotContain(platform.Post.Letters, l => l.To == Staff.AddressOf(zone, away));
    }

    [Fact]
    public async Task A_wall_is_taken_down_by_others_and_one_about_a_coordinator_by_the_officer_only()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var (officer, claire, dora, worker) = (await zone.Hires("o", Role.DataProtectionOfficer), await zone.Hires("c", Role.Coordinator), await zone.Hires("d", Role.Coordinator), await zone.Hires("w", Role.Caseworker));
        var id = await worker.Registers(Cases.Intake(zone));
        var number = (await worker.Opens(id)).Dossier.Number;
        var wall = await claire.Send(new Build.Command { Colleague = claire.Id, Round = Round.Dossier, Number = number }); // says so herself
        await Refused(claire.Opens(id));
        await Refused(claire.Send(new Lift.Command(wall)));
        await Refused(dora.Send(new Lift.Command(wall)));
        Assert.False(Assert.Single((await dora.Send(new List.Query(null))).Rows).MayLift);
        await Refused(worker.Send(new Lift.Command(wall)));
        await officer.Send(new Lift.Command(wall));
        await claire.Opens(id);
        await Refused(officer.Send(new Lift.Command(wall)));
        Assert.Contains(wall, await HiddenFrom(zone, claire)); // that it stood is not told either
        Assert.DoesNotContain(id, await HiddenFrom(zone, claire));
    }

    [Fact]
    public async Task The_page_builds_and_lifts_and_says_no_more_than_its_reader_may_know()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var (claire, worker) = (await zone.Hires("c", Role.Coordinator), await zone.Hires("w", Role.Caseworker));
        var id = await claire.Registers(Cases.Intake(zone));
        var number = (await claire.Opens(id)).Dossier.Number;
        using var visit = claire.Visit();
        Assert.Equal(number, (await visit.Page($"/walls/{id}")).QuerySelector("[name='Form.Number']")!.GetAttribute("value"));
        var wrong = await visit.Submit("/walls", new Dictionary<string, string> { ["Form.Colleague"] = worker.Id.ToString(), ["Form.Round"] = "Dossier", ["Form.Number"] = "nonsense", ["Form.Reason"] = "is a neighbour" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        Assert.Contains("is a neighbour", await wrong.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit("/walls", new Dictionary<string, string> { ["Form.Colleague"] = worker.Id.ToString(), ["Form.Round"] = "Dossier", ["Form.Number"] = number })).StatusCode);
        await Refused(worker.Opens(id));
        var page = await visit.Page("/walls");
        var lift = (IHtmlFormElement)page.QuerySelectorAll("table form").Single();
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send("/walls", lift, [])).StatusCode);
        Assert.Empty((await visit.Page("/walls")).QuerySelectorAll("table form"));
    }

    [Theory, EveryEngine]
    public async Task A_wall_round_a_person_stays_in_its_builders_list_whatever_is_hidden_from_them(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (officer, builder, colleague) = (await zone.Hires("o", Role.DataProtectionOfficer), await zone.Hires("c", Role.Coordinator), await zone.Hires("w", Role.Caseworker));
        var nowhere = await builder.Send(new Build.Command { Colleague = colleague.Id, Round = Round.Person, GivenName = "Nemo", FamilyName = "Nergens" });
        var somewhere = await builder.Send(new Build.Command { Colleague = colleague.Id, Round = Round.Person, GivenName = "Ada", FamilyName = "Exemple" });
        var id = await zone.As(Role.Caseworker).Registers(Cases.Intake(zone));
        await zone.WallsOff(builder, id);
        await Same();
        await officer.Send(new Build.Command { Colleague = builder.Id, Round = Round.Person, GivenName = "Ada", FamilyName = "Exemple" });
        await Same();
        var own = await builder.Send(new Build.Command { Colleague = builder.Id, Round = Round.Person, GivenName = "Tess", FamilyName = "Sample" });
        Assert.Contains(own, await HiddenFrom(zone, builder)); // but never one about themselves
        await builder.Send(new Lift.Command(somewhere));

        async Task Same()
        {
            var rows = (await builder.Send(new List.Query(null))).Rows;
            Assert.Equal([somewhere, nowhere], rows.Select(r => r.Wall));
            Assert.All(rows, r => Assert.Empty(r.Numbers));
        }
    }

    [Theory, EveryEngine]
    public async Task What_nobody_of_the_zone_may_see_goes_to_the_outside_stand_in_and_the_officer_is_told(string engine)
    {
        var circumstances = new Circumstances();
        await using var platform = Platform.Start(engine, services: s => s.Replace(ServiceDescriptor.Singleton<IZoneSettings>(_ => new SettingsAsTold(circumstances))));
        var zone = await platform.Zone();
        var (officer, coordinator, standIn) = (await zone.Hires("officer", Role.DataProtectionOfficer), await zone.Hires("coordinator", Role.Coordinator), await zone.Hires("standin", Role.OutsideStandIn));
        circumstances.StandIn = standIn.Id;
        var id = await coordinator.Registers(Cases.Intake(zone));
        var other = await coordinator.Registers(Cases.Intake(zone, "Muster", "Bram"));
        await Refused(standIn.Opens(id));
        var wall = await officer.Send(new Build.Command { Colleague = coordinator.Id, Round = Round.Dossier, Number = (await coordinator.Opens(id)).Dossier.Number });
        Assert.Equal(id, (await standIn.Opens(id)).Dossier.Id);
        Assert.Contains("\"why\":\"stand-in\"", await zone.Look(z => z.Set<AuditRow>().Where(r => r.Subject == id && r.Actor == standIn.Id).OrderByDescending(r => r.Seq).Select(r => r.Payload).FirstAsync()), StringComparison.Ordinal);
        await Refused(standIn.Opens(other)); // one dossier, not the zone
        Assert.Equal(id, Assert.Single((await standIn.Send(new Mine.Query(Tab.Team, 1))).Rows).Dossier);
        Assert.Equal(id, Assert.Single((await standIn.Send(new Mine.Query(Tab.Mine, 1))).Rows).Dossier); // theirs, though nobody assigned it
        platform.Clock.Advance(TimeSpan.FromDays(3));
        Assert.Equal((1, 1), ((await standIn.Send(new Bell.Query())).Due, (await standIn.Send(new Mine.Query(Tab.Mine, 1))).Late));
        await standIn.Send(new WhoMaySee.Query(id)); // with a coordinator's rights over it
        await zone.RunJobs();
        Assert.Contains(platform.Post.Letters, l => l.To == Staff.AddressOf(zone, "officer") && l.Key.StartsWith(Notices.NobodySees, StringComparison.Ordinal));
        Assert.Contains(platform.Post.Letters, l => l.To == Staff.AddressOf(zone, "standin"));
        Assert.DoesNotContain(platform.Post.Letters, l => l.To == Staff.AddressOf(zone, "coordinator") && l.Key.Contains(id.ToString(), StringComparison.Ordinal) && !l.Key.StartsWith("dossier-opened", StringComparison.Ordinal));
        Assert.Equal(standIn.Id, Assert.Single(await officer.Send(new Unseen.Query())).StandIn);

        await officer.Send(new Lift.Command(wall));
        await coordinator.Opens(id);
        await Refused(standIn.Opens(id)); // the zone has it back
        Assert.Empty(await officer.Send(new Unseen.Query()));
    }

    [Fact]
    public async Task Where_no_stand_in_is_named_the_officer_gives_it_later()
    {
        var circumstances = new Circumstances();
        await using var platform = Platform.Start("sqlite", services: s => s.Replace(ServiceDescriptor.Singleton<IZoneSettings>(_ => new SettingsAsTold(circumstances))));
        var zone = await platform.Zone();
        var (officer, coordinator, standIn) = (await zone.Hires("officer", Role.DataProtectionOfficer), await zone.Hires("coordinator", Role.Coordinator), await zone.Hires("standin", Role.OutsideStandIn));
        var (id, seen) = (await coordinator.Registers(Cases.Intake(zone)), await coordinator.Registers(Cases.Intake(zone, "Muster", "Bram")));
        await officer.Send(new Build.Command { Colleague = coordinator.Id, Round = Round.Dossier, Number = (await coordinator.Opens(id)).Dossier.Number });
        Assert.Null(Assert.Single(await officer.Send(new Unseen.Query())).StandIn);
        await Refused(officer.Send(new Unseen.Give(id)));
        circumstances.StandIn = standIn.Id;
        await Refused(officer.Send(new Unseen.Give(seen))); // somebody of the zone sees it
        using var visit = officer.Visit();
        var give = (IHtmlFormElement)(await visit.Page("/walls")).QuerySelector("section form")!;
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send("/walls", give, [])).StatusCode);
        await standIn.Opens(id);
    }

    [Theory, EveryEngine]
    public async Task A_wall_and_a_registration_at_the_same_moment_miss_each_other_never(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (coordinator, worker, walled) = (await zone.Hires("c", Role.Coordinator), await zone.Hires("w", Role.Coordinator), await zone.Hires("x", Role.Coordinator));
        for (var round = 0; round < 6; round++)
        {
            var name = "Verzonnen" + (char)('a' + round);
            var registering = Enumerable.Range(0, 4).Select(_ => Task.Run(() => worker.Registers(Cases.Intake(zone, name, "Ada")))).ToList();
            await Task.WhenAll([Task.Run(() => coordinator.Send(new Build.Command { Colleague = walled.Id, Round = Round.Person, GivenName = "Ada", FamilyName = name })), .. registering]);
            foreach (var made in registering) await Refused(walled.Opens(await made));
        }
    }

    private static async Task<IReadOnlySet<Guid>> HiddenFrom(TestZone zone, Person reader)
    {
        await using var scope = zone.Platform.Services.CreateAsyncScope();
        var useCase = scope.ServiceProvider.GetRequiredService<UseCase>();
        (useCase.Caller, useCase.Place) = (reader.Caller, zone.Handle);
        return await scope.ServiceProvider.GetRequiredService<IHideDossiers>().From(reader.Caller, TestContext.Current.CancellationToken);
    }

    private static Task<RefusedException> Refused(Task sent) => Assert.ThrowsAsync<RefusedException>(() => sent);
}
