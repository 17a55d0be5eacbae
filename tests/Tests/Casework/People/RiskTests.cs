using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Worklist;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Contracts;
using VictimSupport.Zones.Settings;

namespace VictimSupport.Tests.Casework;

public sealed class RiskTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task The_latest_assessment_stands_in_the_header_and_every_earlier_one_is_kept(string engine)
    {
        var (zone, worker, family) = await Family.In(await platforms.On(engine));
        var today = Moment.Day(zone.Platform.Clock.GetUtcNow());
        var noted = new NoteRisk.Command { Dossier = family.Dossier, Persons = [family.Mother], On = today.AddDays(-3), Level = RiskLevel.Moderate, Author = RiskAuthor.Police };
        await worker.Send(noted);
        var later = await worker.Send(noted with { On = today, Level = RiskLevel.High, Author = RiskAuthor.Prosecutor });
        await worker.Send(noted with { Persons = [family.Noah], Level = RiskLevel.Low });
        Assert.Equal([RiskLevel.High, RiskLevel.Low], (await worker.Opens(family.Dossier)).Risks.Select(r => r.Level));
        using var visit = worker.Visit();
        Assert.Contains("Risk high (prosecutor", (await visit.Page($"/dossiers/{family.Dossier}")).QuerySelector(".vs-identity")!.TextContent, StringComparison.Ordinal);
        await worker.Send(new NoteRisk.Withdraw(family.Dossier, later));
        Assert.Equal([RiskLevel.Moderate, RiskLevel.Low], (await worker.Opens(family.Dossier)).Risks.Select(r => r.Level));
        var history = (await worker.Send(new NoteRisk.Query(family.Dossier))).History;
        Assert.Equal(3, history.Count);
        Assert.Equal(worker.Id, history.Single(r => r.Id == later).WithdrawnBy);
        Assert.Contains((await worker.Opens(family.Dossier)).Timeline, h => h.Title == "Assessed risk noted: high");
    }

    [Theory, EveryEngine]
    public async Task A_high_risk_and_violence_among_the_other_facts_come_before_the_rest_of_the_worklist(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = await zone.Hires("worker", Role.Caseworker);
        var (plain, beside, risky) = (await worker.Registers(Cases.Intake(zone)), await worker.Registers(Cases.Intake(zone, "Anders", "Bo")), await worker.Registers(Cases.Intake(zone, "Derde", "Cy")));
        var facts = await worker.Send(new Facts.Query(beside));
        await worker.Send(facts with { Dossier = beside, Additional = ["PartnerViolence"] });
        var noted = new NoteRisk.Command { Dossier = risky, Persons = [await worker.LeadOf(risky)], On = Moment.Day(zone.Platform.Clock.GetUtcNow()), Level = RiskLevel.Acute, Author = RiskAuthor.Police };
        var error = await worker.Send(noted);
        Assert.Equal([risky, beside, plain], await Order());
        var tab = SavedFilter.Make(null, dangerous: true, DueBy.Any, null, shared: false, worker.Id, zone.Platform.Clock.GetUtcNow());
        Assert.Equal([risky], await zone.Look(z => tab.Of(z.Set<Dossier>(), default, default).Select(d => d.Id).ToListAsync()));
        await worker.Send(new NoteRisk.Withdraw(risky, error));
        Assert.Equal(beside, (await Order())[0]);

        async Task<IReadOnlyList<Guid>> Order() => [.. (await worker.Send(new Mine.Query(Tab.Mine, 1))).Rows.Select(r => r.Dossier)];
    }

    [Fact]
    public async Task It_says_of_whom_when_how_high_and_by_whom_and_is_noted_once()
    {
        var (zone, worker, family) = await Family.In(await platforms.On("sqlite"));
        StandingTests.Fails(await Assert.ThrowsAsync<ValidationException>(() => worker.Send(new NoteRisk.Command { Dossier = family.Dossier })), "Persons", "On", "Level", "Author");
        var noted = new NoteRisk.Command { Dossier = family.Dossier, Persons = [family.Mother], On = Moment.Day(zone.Platform.Clock.GetUtcNow()).AddDays(1), Level = RiskLevel.Acute, Author = RiskAuthor.Service, Once = Guid.NewGuid() };
        StandingTests.Fails(await Assert.ThrowsAsync<ValidationException>(() => worker.Send(noted)), "On");
        noted = noted with { On = Moment.Day(zone.Platform.Clock.GetUtcNow()) };
        Assert.Equal(await worker.Send(noted), await worker.Send(noted));
        Assert.Equal("absent", (await Assert.ThrowsAsync<VictimSupport.Foundation.Access.RefusedException>(() => worker.Send(noted with { Once = default, Persons = [family.Father] }))).Code); // nobody assesses a risk of the perpetrator's
    }

    [Fact]
    public void Who_counts_as_a_victim_is_the_zones_meaning_of_the_word()
    {
        var all = new[] { Capacity.Victim, Capacity.Relative, Capacity.Witness, Capacity.Deceased, Capacity.AllegedAuthor, Capacity.Representative, Capacity.SupportPerson, Capacity.Mentioned };
        Counts(VictimMeaning.Offence, true, Capacity.Victim);
        Counts(VictimMeaning.Offence, false);
        Counts(VictimMeaning.OffenceAndThoseClose, true, Capacity.Victim, Capacity.Relative);
        Counts(VictimMeaning.OffenceAndThoseClose, false);
        foreach (var offence in new[] { true, false })
        {
            Counts(VictimMeaning.Event, offence, Capacity.Victim);
            Counts(VictimMeaning.EventAndThoseClose, offence, Capacity.Victim, Capacity.Relative);
            Counts(VictimMeaning.EventThoseCloseAndWitnesses, offence, Capacity.Victim, Capacity.Relative, Capacity.Witness);
        }
        Assert.Equal([true, true, false, true, false], new[] { "Burglary", "PartnerViolence", "RoadAccident", "FamilyViolence", "Suicide" }.Select(SubKinds.IsOffence));

        void Counts(VictimMeaning meaning, bool offence, params Capacity[] those) => Assert.Equal(those, all.Where(c => c.CountsAsVictim(meaning, offence)));
    }

    [Fact]
    public async Task In_the_German_speaking_community_the_child_who_saw_it_counts_as_a_victim()
    {
        var (zone, worker, family) = await Family.In(await platforms.On("sqlite"));
        using var visit = worker.Visit();
        Assert.Equal(1, await Marks());
        await zone.As(Role.ZoneAdministrator).Send(new Change.Command { Setting = SettingCode.VictimMeans, Text = nameof(VictimMeaning.EventThoseCloseAndWitnesses), From = Moment.Day(zone.Platform.Clock.GetUtcNow()) });
        zone.Platform.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(2, await Marks()); // the mother, and Noah
        Assert.Equal(Capacity.Witness, (await worker.Opens(family.Dossier)).People.Single(p => p.Id == family.Noah).Person.Capacity);

        async Task<int> Marks() => (await visit.Page($"/dossiers/{family.Dossier}")).QuerySelectorAll("section[aria-labelledby='people'] .vs-badge").Count(b => b.TextContent == "counts as a victim");
    }
}
