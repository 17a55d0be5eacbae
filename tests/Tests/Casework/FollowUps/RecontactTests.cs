using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Secrecy;
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

    [Theory, EveryEngine]
    public async Task Each_who_is_helped_has_a_recontact_of_their_own_by_their_own_first_contact(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        var lead = await worker.LeadOf(dossier);
        var sister = await worker.Send(new VictimSupport.Casework.People.Edit.Command { Dossier = dossier, GivenName = "Bo", FamilyName = "Exemple", Capacity = Capacity.Relative, Language = "fr" });
        await worker.Send(new VictimSupport.Casework.People.Edit.Command { Dossier = dossier, GivenName = "Marc", FamilyName = "Fictif", Capacity = Capacity.AllegedAuthor, Language = "fr" });
        Assert.Empty((await worker.Opens(dossier)).Recontacts); // the first contact comes first
        await worker.Send(await worker.Contact(zone, dossier));
        platform.Clock.Advance(TimeSpan.FromDays(3));
        await worker.Send(await worker.Contact(zone, dossier) with { Persons = [sister] });
        using var visit = worker.Visit();
        var page = await visit.Page($"/dossiers/{dossier}");
        Assert.Equal(2, page.QuerySelectorAll("form[action$='/recontact']").Length);
        Assert.Contains("Bo Exemple", string.Concat(page.QuerySelectorAll("form[action$='/recontact']").Select(f => f.TextContent)), StringComparison.Ordinal);
        await visit.Submit($"/dossiers/{dossier}", [], $"form[action$='/recontact']:has(input[value='{lead}'])");
        // Hers is planned; his is still proposed.
        Assert.Equal(sister, Assert.Single((await worker.Opens(dossier)).Recontacts).Person);
        Assert.True(await worker.Send(new Recontact.Command(dossier, sister)));
        Assert.False(await worker.Send(new Recontact.Command(dossier, sister)));
        Assert.False(await worker.Send(new Recontact.Command(dossier, Guid.NewGuid())));
        var planned = (await worker.Opens(dossier)).Planned;
        Assert.Equal([lead, sister], planned.Select(a => Assert.Single(a.Persons)));
        Assert.Equal(3, (planned[1].DueAt.Date - planned[0].DueAt.Date).Days);
    }

    [Theory]
    [InlineData(nameof(ActKind.Referral), 1), InlineData(nameof(ActKind.Administration), 1), InlineData(nameof(ActKind.Other), 1), InlineData(nameof(ActKind.CallBack), 0), InlineData(nameof(ActKind.Letter), 0), InlineData(nameof(ActKind.Accompany), 0)]
    public async Task A_paper_that_is_planned_is_no_word_to_anybody(string planned, int proposed)
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        var lead = await worker.LeadOf(dossier);
        await worker.Send(await worker.Contact(zone, dossier));
        await worker.Send(new Write.Command { Dossier = dossier, Persons = [lead], Layer = Layer.Assistance, Next = Enum.Parse<ActKind>(planned), Due = platform.Clock.GetUtcNow().AddDays(2), Version = (await worker.Opens(dossier)).Dossier.Version });
        Assert.Equal(proposed, (await worker.Opens(dossier)).Recontacts.Count);
        // Spoken to on a second day, they had their recontact.
        platform.Clock.Advance(TimeSpan.FromDays(1));
        await worker.Send(await worker.Contact(zone, dossier));
        Assert.Empty((await worker.Opens(dossier)).Recontacts);
    }

    [Fact]
    public void Of_several_kinds_of_facts_the_one_that_asks_soonest_counts()
    {
        var rules = VictimSupport.Zones.Contracts.ZoneSettings.FederalDefaults;
        Assert.Equal(TimeSpan.FromDays(14), Recontact.After(rules, KindOfEvent.RoadAccident, []));
        Assert.Equal(TimeSpan.FromDays(7), Recontact.After(rules, KindOfEvent.RoadAccident, ["PartnerViolence"]));
        foreach (var kind in SubKinds.All.Select(s => s.Kind).Distinct()) Assert.InRange(Recontact.After(rules, kind, []), TimeSpan.FromDays(7), TimeSpan.FromDays(14));
    }
}
