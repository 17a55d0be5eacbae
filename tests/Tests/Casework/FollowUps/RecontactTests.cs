using VictimSupport.Casework.Codes;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Foundation.Access;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Casework;

public sealed class RecontactTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task After_the_first_contact_a_recontact_is_proposed_by_kind_of_facts_and_planned_in_one_press(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        foreach (var (subKind, days) in new[] { ("Burglary", 10), ("PartnerViolence", 7), ("RoadAccident", 14), ("Fire", 10), ("FamilyConflict", 14) })
        {
            var dossier = await worker.Registers(Cases.Intake(zone, subKind: subKind, phone: "0470 12 34 56"));
            using var visit = worker.Visit();
            Assert.Empty((await visit.Page($"/dossiers/{dossier}")).QuerySelectorAll("form[action$='/recontact']")); // the first contact is planned
            await worker.Send(await worker.Contact(zone, dossier));
            var held = (await worker.Opens(dossier)).Dossier.FirstContact!.Value;
            await visit.Submit($"/dossiers/{dossier}", [], "form[action$='/recontact']");
            var view = await worker.Opens(dossier);
            var act = Assert.Single(view.Planned);
            Assert.Equal((ActKind.CallBack, held.AddDays(days).Date, view.Dossier.Lead!.Value), (act.Kind, act.DueAt.Date, Assert.Single(act.Persons)));
            Assert.Equal(act.DueAt, view.Dossier.NextDue);
            Assert.False(await worker.Send(new Recontact.Command(dossier))); // pressed twice, one act
        }
    }

    [Fact]
    public async Task A_dossier_that_waits_for_an_appointment_waits_for_no_recontact()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        await worker.Send(await worker.Contact(zone, dossier)); // the first contact is made
        await worker.Send(await worker.Appointment(zone, dossier));
        using var visit = worker.Visit();
        Assert.Empty((await visit.Page($"/dossiers/{dossier}")).QuerySelectorAll("form[action$='/recontact']"));
        Assert.False(await worker.Send(new Recontact.Command(dossier)));
    }

    [Fact]
    public async Task Who_must_not_be_called_is_written_to_and_what_is_late_is_for_tomorrow()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var worker = zone.As(Role.Caseworker);
        var (dossier, person) = await worker.Knows(zone, "Rue 1");
        await worker.Agrees(dossier, person, r => r with { Call = Rule.Never, Letter = Rule.Safe });
        await worker.Send(await worker.Contact(zone, dossier));
        platform.Clock.Advance(TimeSpan.FromDays(30));
        await worker.Send(new Recontact.Command(dossier));
        var act = Assert.Single((await worker.Opens(dossier)).Planned);
        Assert.Equal(ActKind.Letter, act.Kind);
        Assert.Equal(platform.Clock.GetUtcNow().AddDays(1).Date, act.DueAt.Date);
        await Assert.ThrowsAsync<RefusedException>(() => zone.As(Role.Caseworker).Send(new Recontact.Command(dossier)));
        await worker.Closes(dossier);
        Assert.False(await worker.Send(new Recontact.Command(dossier)));
    }
}
