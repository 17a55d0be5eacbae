using System.Net;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Intakes;
using VictimSupport.Casework.Walls;
using VictimSupport.Casework.Worklist;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Tests.Kit;
using Opened = VictimSupport.Casework.Dossiers.Opened;

namespace VictimSupport.Tests.Casework;

public sealed class OpenedTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task Everything_that_was_done_with_a_dossier_is_said_by_whom_and_why(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (anna, bert, cora) = (zone.As(Role.Caseworker), zone.As(Role.Caseworker), zone.As(Role.Coordinator));
        var id = await anna.Registers(Cases.Intake(zone, "Exemple", "Ada", "0470 12 34 56"));
        var other = await bert.Registers(Cases.Intake(zone, "Muster", "Bram"));
        await anna.Opens(id);
        await anna.Opens(id);
        await cora.Opens(id);
        await cora.Send(new Mine.Query(Tab.Team, 1));
        await Assert.ThrowsAsync<RefusedException>(() => bert.Opens(id));
        await bert.Send(new Register.Check { FamilyName = "Exemple", GivenName = "Ada" });
        await anna.Send(new Write.Command { Dossier = id, Persons = [await anna.LeadOf(id)], Layer = Layer.Assistance, Text = "x" });
        await anna.Send(new Search.Query { Text = "Exemple" });

        var deeds = (await cora.Send(new Opened.Query(id, null))).Deeds;
        Deed(anna, What.Changed, "Intake", 1);
        Deed(anna, What.Opened, "Assigned", 3);
        Deed(anna, What.Changed, "Assigned", 1);
        Deed(anna, What.Listed, null, 1);
        Deed(cora, What.Opened, "Control", 1);
        Deed(cora, What.Listed, null, 1);
        Deed(bert, What.Refused, null, 1);
        Deed(bert, What.CardShown, null, 1);
        Assert.Equal(8, deeds.Count);
        Assert.Contains((await anna.Send(new Opened.Query(id, null))).Deeds, d => d.Actor == cora.Id && d.What == What.Asked); // looking is recorded too
        Assert.DoesNotContain((await bert.Send(new Opened.Query(other, null))).Deeds, d => d.Actor == anna.Id);

        void Deed(Tests.Kit.Person who, What what, string? why, int times) => Assert.Equal(times, Assert.Single(deeds, d => d.Actor == who.Id && d.What == what && d.Why == why).Times);
    }

    [Theory, EveryEngine]
    public async Task It_goes_a_month_at_a_time_back_to_the_day_it_was_opened(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var cora = zone.As(Role.Coordinator);
        var id = await cora.Registers(Cases.Intake(zone));
        for (var i = 0; i < 3; i++)
        {
            platform.Clock.Advance(TimeSpan.FromDays(31));
            for (var n = 0; n < 5; n++) await cora.Send(new Mine.Query(Tab.Team, 1));
        }
        var month = await cora.Send(new Opened.Query(id, null));
        Assert.Equal((new DateOnly(2027, 2, 1), (DateOnly?)new DateOnly(2027, 1, 1), (DateOnly?)null), (month.Month, month.Earlier, month.Later));
        Assert.Equal(5, month.Deeds.Single(d => d.What == What.Listed).Times);
        var first = await cora.Send(new Opened.Query(id, new DateOnly(1999, 1, 1)));
        Assert.Equal((new DateOnly(2026, 11, 1), (DateOnly?)null), (first.Month, first.Earlier));
        Assert.Equal(What.Changed, Assert.Single(first.Deeds).What);
        Assert.Equal(month.Month, (await cora.Send(new Opened.Query(id, new DateOnly(2099, 1, 1)))).Month);
        using var visit = cora.Visit();
        foreach (var odd in new[] { "", "?month=2026-11", "?month=2026-99", "?month=x", "?month=" + new string('9', 500) }) Assert.Equal(HttpStatusCode.OK, (await visit.Get($"/dossiers/{id}/opened{odd}")).StatusCode);
    }

    [Theory, EveryEngine]
    public async Task Whoever_may_not_open_the_dossier_learns_nothing_here(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (anna, bert, onCall) = (zone.As(Role.Caseworker), zone.As(Role.Caseworker), zone.As(Role.OnCall));
        var id = await anna.Registers(Cases.Intake(zone));
        await Assert.ThrowsAsync<RefusedException>(() => bert.Send(new Opened.Query(id, null)));
        var own = await onCall.Registers(Cases.Intake(zone));
        await Assert.ThrowsAsync<RefusedException>(() => onCall.Send(new Opened.Query(own, null)));
        using var visit = bert.Visit();
        Assert.Equal(HttpStatusCode.NotFound, (await visit.Get($"/dossiers/{id}/opened")).StatusCode);
    }

    [Theory, EveryEngine]
    public async Task A_wall_that_was_lifted_is_not_told_of_to_whom_it_kept_away(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, cora) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("cora", Role.Coordinator));
        var id = await cora.Registers(Cases.Intake(zone)); // nobody's
        var wall = await cora.Send(new Build.Command { Colleague = anna.Id, Round = Round.Dossier, Number = (await cora.Opens(id)).Dossier.Number });
        await Assert.ThrowsAsync<RefusedException>(() => anna.Send(new Opened.Query(id, null)));
        await cora.Send(new Lift.Command(wall));
        Assert.Contains((await cora.Send(new Opened.Query(id, null))).Deeds, Tells);
        await anna.Send(new Assign.Command(id, anna.Id)); // she takes what is nobody's
        var deeds = (await anna.Send(new Opened.Query(id, null))).Deeds;
        Assert.DoesNotContain(deeds, Tells);
        Assert.Contains(deeds, d => d.Actor == cora.Id && d.What == What.Opened);

        bool Tells(Opened.Deed deed) => deed.Actor == cora.Id && deed.What == What.Changed && deed.Why != "Intake";
    }

    [Fact]
    public void A_record_that_would_tell_of_a_wall_is_known_by_what_was_changed_with_it()
    {
        var (dossier, wall, stranger) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        AuditLine Of(string payload, Guid? subject, string act = "Casework.X") => AuditLine.Read(new AuditRow { Act = act, Subject = subject, Payload = payload }, dossier)!;
        var hidden = new HashSet<Guid> { wall, stranger };
        Assert.True(Of($$"""{"why":"control","changed":["Wall added {{wall}}"]}""", dossier).Touches(hidden));
        // Of a list only that this dossier was in it is said, so what else was in it tells nothing.
        Assert.False(Of($$"""{"listed":["{{stranger}}","{{dossier}}"]}""", null).Touches(hidden));
        Assert.Null(AuditLine.Read(new AuditRow { Act = "Casework.X", Payload = $$"""{"session":"{{dossier}}"}""" }, dossier));
        Assert.Equal(What.Refused, Of("""{"refused":"wall"}""", dossier, "Casework.Dossiers.ShowView!wall").What);
        Assert.Null(Of("""{"refused":"wall","why":"control"}""", dossier, "Casework.Dossiers.ShowView!wall").Why);
        Assert.Equal(stranger, Of($$"""{"why":"replacing {{stranger}}"}""", dossier).Replacing);
    }

    [Fact]
    public async Task The_dossier_leads_there_and_the_page_names_people_in_words()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var (anna, cora) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("cora", Role.Coordinator));
        var id = await anna.Registers(Cases.Intake(zone));
        using var visit = cora.Visit();
        var path = (await visit.Page($"/dossiers/{id}")).QuerySelector("a[href$='/opened']")!.GetAttribute("href")!;
        var text = (await visit.Page(path)).QuerySelector("main")!.TextContent;
        foreach (var said in new[] { "anna", "cora", "intake", "control", "opened" }) Assert.Contains(said, text, StringComparison.Ordinal);
        Assert.DoesNotContain("Casework.", text, StringComparison.Ordinal);
    }
}
