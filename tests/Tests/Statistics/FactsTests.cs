using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Contracts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Network.Contracts;
using VictimSupport.Statistics.Facts;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;
using Person = VictimSupport.Tests.Kit.Person;

namespace VictimSupport.Tests.Statistics;

public sealed class FactsTests(Platforms platforms)
{
    private static readonly FactsAsked Everything = new(new DateOnly(2026, 1, 1), new DateOnly(2027, 12, 31), Contacts: true, Ages: true, Given: true);

    [Theory, EveryEngine]
    public async Task A_zone_tells_codes_of_its_counted_cases(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone, subKind: "FamilyViolence"));
        var lead = await worker.LeadOf(dossier);
        await Changes(worker, dossier, lead, now => now with { Sex = Sex.Female, BirthDate = new DateOnly(1990, 11, 25), Damages = [Damage.Material, Damage.Moral], Language = "en" });
        await worker.Send(await worker.Contact(zone, dossier) with { Missed = true, Place = Place.Scene }); // reached nobody
        await worker.Send(await worker.Contact(zone, dossier) with { Place = Place.Hospital, Services = [ServiceKind.Listening, ServiceKind.PreparingHearing, ServiceKind.Accompanying] });
        await worker.Send(await worker.Contact(zone, dossier) with { Place = Place.Office });
        var partner = await worker.Send(Referring.Partner());
        await worker.Offers(dossier, partner);
        await worker.Offers(dossier, await worker.Send(Referring.Partner("MJ") with { Type = "MJ_AV", Needs = [Need.Support] }), ReferralState.Refused);

        var fact = Assert.Single(await Facts(zone, Everything));
        Assert.Equal(new CaseFact(new DateOnly(fact.Month.Year, fact.Month.Month, 1), "FamilySituation", "FamilyViolence", true, "Victim", "Female", fact.Age, "MaterialMoral", "en", "Elsewhere", 0, [], [], "Accepted", "NoCallOut") with { Services = fact.Services, Targets = fact.Targets }, fact);
        Assert.Equal(["Hearing", "Listening"], fact.Services.Order());
        Assert.Equal(["VictimSupport"], fact.Targets);
        var today = VictimSupport.Design.Html.Moment.Day(zone.Platform.Clock.GetUtcNow());
        Assert.Equal(today.Year - 1990 - (today < new DateOnly(today.Year, 11, 25) ? 1 : 0), fact.Age);
        // Nothing more is opened or told than was asked for.
        var less = Assert.Single(await Facts(zone, Everything with { Contacts = false, Ages = false, Given = false }));
        Assert.Equal((null, "", null, 0, 0), (less.Age, less.Place.ToString(), less.Delay, less.Services.Count, less.Targets.Count));
        Assert.Empty(await Facts(zone, Everything with { Until = new DateOnly(2026, 1, 31) }));
        Assert.Contains(await zone.Look(z => z.Set<AuditRow>().ToListAsync()), r => r.Act == "Statistics.Facts.ReadZone" && r.Actor == null);
    }

    [Theory, EveryEngine]
    public async Task What_is_no_case_any_more_is_not_told(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Coordinator);
        for (var i = 0; i < 3; i++) await worker.Registers(Cases.Intake(zone)); // the third of one person does not count
        Assert.Equal(2, (await Facts(zone, Everything)).Count);
        var error = await worker.Registers(Cases.Intake(zone, "Fictif", "Bo"));
        var mentioned = await worker.Registers(Cases.Intake(zone, "Inventé", "Cy"));
        Assert.Equal(4, (await Facts(zone, Everything)).Count);
        await worker.Send(new Close.Command { Dossier = error, Reason = ClosingReason.OpenedInError, Outcome = Outcome.NoContact });
        await Changes(worker, mentioned, await worker.LeadOf(mentioned), now => now with { Capacity = Capacity.SupportPerson });
        Assert.Equal(2, (await Facts(zone, Everything)).Count);
    }

    [Theory, EveryEngine]
    public async Task A_trainees_contact_is_none_before_its_second_name(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (worker, trainee) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("mila", Role.Trainee));
        var dossier = await worker.Registers(Cases.Intake(zone));
        await zone.Names(dossier, trainee.Id);
        var contact = await trainee.Send(await trainee.Contact(zone, dossier));
        Assert.Equal(("", null, 0), Said(Assert.Single(await Facts(zone, Everything))));
        await worker.Signs(dossier, contact);
        Assert.Equal(("PhoneOnly", 0, 1), Said(Assert.Single(await Facts(zone, Everything))));

        static (string, int?, int) Said(CaseFact fact) => (fact.Place.ToString(), fact.Delay, fact.Services.Count);
    }

    [Theory, EveryEngine]
    public async Task Rows_that_became_one_are_told_as_they_were_decided(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        var helped = await worker.LeadOf(dossier);
        var mentioned = await worker.Send(new Edit.Command { Dossier = dossier, GivenName = "A.", FamilyName = "Exempel", Capacity = Capacity.Mentioned, Language = "fr" });
        await worker.Send(await worker.Contact(zone, dossier) with { Place = Place.Home });
        await worker.Send(await worker.Form(new Twins(dossier, mentioned, helped)) with { Capacity = Merge.Row.Gone });
        await worker.Offers(dossier, await worker.Send(Referring.Partner()));
        var fact = Assert.Single(await Facts(zone, Everything));
        Assert.Equal(("Victim", "Home", 1, "VictimSupport"), (fact.Capacity.ToString(), fact.Place.ToString(), fact.Services.Count, Assert.Single(fact.Targets)));
    }

    [Theory, EveryEngine]
    public async Task No_person_reads_cases_whatever_their_role(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        await zone.As(Role.Caseworker).Registers(Cases.Intake(zone));
        foreach (var role in Enum.GetValues<Role>()) await Assert.ThrowsAsync<RefusedException>(() => zone.As(role).Send(new ReadZone.Query(Everything)));
        Assert.Single(await Facts(zone, Everything));
    }

    [Fact]
    public async Task A_zone_that_tells_what_cannot_be_counted_is_silent_and_stops_nobody()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        await zone.As(Role.Caseworker).Registers(Cases.Intake(zone));
        var read = zone.Platform.Services.GetRequiredService<ReadZone>();
        var told = 0;
        Assert.True(await read.Of(zone.Code, Everything, facts => told = facts.Count, TestContext.Current.CancellationToken));
        Assert.Equal(1, told);
        // A code that no list knows, or a database that breaks off while it answers.
        foreach (var fault in new Exception[] { new InvalidOperationException("There is no code."), new KeyNotFoundException(), new TaskCanceledException() })
            Assert.False(await read.Of(zone.Code, Everything, _ => throw fault, TestContext.Current.CancellationToken));
    }

    private static Task<IReadOnlyList<CaseFact>> Facts(TestZone zone, FactsAsked asked) => zone.As(Role.Caseworker).SendAsPlatform(new ReadZone.Query(asked));

    private static async Task Changes(Person by, Guid dossier, Guid person, Func<Edit.Command, Edit.Command> how)
    {
        var now = await by.Send(new Edit.Query(dossier, person, "fr"));
        await by.Send(how(now) with { Dossier = dossier, Person = person });
    }
}
