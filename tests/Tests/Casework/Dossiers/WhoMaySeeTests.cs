using System.Net;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Worklist;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Casework;

public sealed class WhoMaySeeTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task A_restricted_dossier_is_the_coordinators_and_the_nameds(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (coordinator, worker, named, other, onCall) = (await zone.Hires("c", Role.Coordinator), await zone.Hires("w", Role.Caseworker), await zone.Hires("n", Role.Caseworker), await zone.Hires("o", Role.Caseworker), await zone.Hires("d", Role.OnCall));
        var id = await onCall.Registers(Cases.Intake(zone));
        await coordinator.Send(new Assign.Command(id, worker.Id));
        await onCall.Opens(id);
        await coordinator.Protects(id, Protection.Restricted, named.Id);
        await coordinator.Opens(id);
        await worker.Opens(id); // has it, so is named
        await named.Opens(id);
        await Refused(other.Opens(id));
        await Refused(onCall.Opens(id)); // opened it on call, but is not named
        await coordinator.Send(new Assign.Command(id, other.Id));
        await other.Opens(id);
        await coordinator.Protects(id, Protection.Restricted, onCall.Id);
        await Refused(named.Opens(id)); // not ticked, not named
        await onCall.Opens(id);
        Assert.Contains("\"why\":\"named\"", await LastWhy(zone, onCall, id), StringComparison.Ordinal);
        Assert.Contains("\"why\":\"assigned\"", await LastWhy(zone, worker, id), StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task A_sealed_dossier_is_its_readers_and_nobody_elses(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (coordinator, worker, reader, trainee) = (await zone.Hires("c", Role.Coordinator), await zone.Hires("w", Role.Caseworker), await zone.Hires("r", Role.Caseworker), await zone.Hires("t", Role.Trainee));
        var id = await worker.Registers(Cases.Intake(zone, "Verzonnenaar", "Quinten", "0470 12 34 56"));
        await Assert.ThrowsAsync<ValidationException>(() => coordinator.Protects(id, Protection.Sealed));
        await Assert.ThrowsAsync<ValidationException>(() => coordinator.Protects(id, Protection.Sealed, trainee.Id));
        await coordinator.Protects(id, Protection.Sealed, reader.Id);
        Assert.Equal(id, (await reader.Opens(id)).Dossier.Id);
        foreach (var somebody in new[] { coordinator, worker })
        {
            await Refused(somebody.Opens(id));
            Assert.Empty((await somebody.Send(new Search.Query { Text = "Verzonnenaar" })).Rows);
            Assert.Equal(0, (await somebody.Send(new Mine.Query(Tab.Team, 1))).Total);
            Assert.Empty(await somebody.Send(new VictimSupport.Casework.Intakes.Register.Check { Phone = "0470 12 34 56" })); // no safety card either
        }
        Assert.Null((await reader.Opens(id)).Dossier.AssignedTo); // its worker is no reader
        await Assert.ThrowsAsync<StaleFactorException>(() => reader.Stale().Opens(id));
        await Refused(worker.Stale().Opens(id)); // who may not open it is asked for nothing
        await Refused(coordinator.Send(new WhoMaySee.Command { Dossier = id, Protection = Protection.None }));
    }

    [Fact]
    public async Task Only_who_decides_decides_and_a_stranger_is_not_named()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var (coordinator, worker) = (zone.As(Role.Coordinator), zone.As(Role.Caseworker));
        var id = await worker.Registers(Cases.Intake(zone));
        await Refused(worker.Send(new WhoMaySee.Command { Dossier = id, Protection = Protection.Restricted }));
        await Refused(zone.As(Role.OutsideStandIn).Send(new WhoMaySee.Command { Dossier = id, Protection = Protection.Restricted }));
        await Refused(coordinator.Protects(id, Protection.Restricted, Guid.NewGuid()));
        await Refused(coordinator.Send(new WhoMaySee.Command { Dossier = Guid.NewGuid(), Protection = Protection.Restricted }));
        using var visit = worker.Visit();
        Assert.Equal(HttpStatusCode.NotFound, (await visit.Get($"/dossiers/{id}/who-may-see")).StatusCode);
        Assert.DoesNotContain("who-may-see", (await visit.Page($"/dossiers/{id}")).DocumentElement.OuterHtml, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_restricts_names_and_leads_away_from_what_is_no_longer_there()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var (coordinator, worker) = (await zone.Hires("c", Role.Coordinator), await zone.Hires("w", Role.Caseworker));
        var id = await worker.Registers(Cases.Intake(zone));
        using var visit = coordinator.Visit();
        var path = $"/dossiers/{id}/who-may-see";
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await visit.Submit(path, [KeyValuePair.Create("Form.Protection", "Sealed")])).StatusCode);
        var saved = await visit.Submit(path, [KeyValuePair.Create("Form.Protection", "Restricted"), KeyValuePair.Create("Form.Readers", worker.Id.ToString())]);
        Assert.Equal($"/{zone.Code}{path}", saved.Headers.Location!.ToString());
        Assert.NotNull((await visit.Page(path)).QuerySelector($"input[value='{worker.Id}'][checked]"));
        var gone = await visit.Submit(path, [KeyValuePair.Create("Form.Protection", "Sealed"), KeyValuePair.Create("Form.Readers", worker.Id.ToString())]);
        Assert.Equal($"/{zone.Code}/worklist", gone.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.NotFound, (await visit.Get(path)).StatusCode);
    }

    [Fact]
    public void What_opens_or_seals_needs_a_fresh_factor()
    {
        foreach (var type in new[] { typeof(WhoMaySee.Command), typeof(VictimSupport.Casework.Walls.Lift.Command), typeof(Reviews.Command) })
            Assert.NotEmpty(type.GetCustomAttributes(typeof(FreshFactorAttribute), false));
    }

    [Theory, EveryEngine]
    public async Task A_seal_set_meanwhile_is_not_undone_by_an_older_page(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (one, two, reader) = (await zone.Hires("one", Role.Coordinator), await zone.Hires("two", Role.Coordinator), await zone.Hires("reader", Role.Caseworker));
        var id = await one.Registers(Cases.Intake(zone));
        var older = await two.Send(new WhoMaySee.Query(id));
        await one.Protects(id, Protection.Sealed, two.Id, reader.Id);
        await Assert.ThrowsAsync<ValidationException>(() => two.Send(new WhoMaySee.Command { Dossier = id, Protection = Protection.None, Version = older.Version }));
        Assert.Equal(Protection.Sealed, (await reader.Opens(id)).Dossier.Protection);
        using var visit = two.Visit();
        var shown = await Visit.Read(await visit.Submit($"/dossiers/{id}/who-may-see", new Dictionary<string, string> { ["Form.Version"] = older.Version.ToString(System.Globalization.CultureInfo.InvariantCulture), ["Form.Protection"] = "None" }));
        Assert.Contains("reader", shown.QuerySelector(".govuk-summary-card, .govuk-summary-list")!.TextContent, StringComparison.Ordinal); // what holds now stands beside what was chosen
        Assert.NotNull(shown.QuerySelector("input[value=None][checked]"));
    }

    private static async Task<string> LastWhy(TestZone zone, Person who, Guid dossier) =>
        await zone.Look(z => z.Set<AuditRow>().Where(r => r.Subject == dossier && r.Actor == who.Id && r.Act == "Casework.Dossiers.ShowView").OrderByDescending(r => r.Seq).Select(r => r.Payload).FirstAsync());

    private static Task<RefusedException> Refused(Task sent) => Assert.ThrowsAsync<RefusedException>(() => sent);
}
