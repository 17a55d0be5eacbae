using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Counting;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Intakes;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Tests.Kit;
using Counted = VictimSupport.Casework.Counting.Case;
using Correct = VictimSupport.Casework.Contacts.Correct;
using Person = VictimSupport.Tests.Kit.Person;
using Record = VictimSupport.Casework.Contacts.Record;

namespace VictimSupport.Tests.Casework;

public sealed class CaseTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task Of_one_person_two_cases_count_in_a_year_and_a_zone(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        // However it is written: accents, particles, the order of names.
        foreach (var (given, family) in new[] { ("Zoé", "Van den Voorbeeld"), ("zoe", "VANDENVOORBEELD"), ("Van den Voorbeeld", "Zoé"), ("Zoë", "Vandenvoorbeeld") }) await worker.Registers(Cases.Intake(zone, family, given));
        await worker.Registers(Cases.Intake(zone, "Voorbeeld", "Noor"));
        Assert.Equal([(1, true), (1, true), (2, true), (3, false), (4, false)], await Decided(zone));
        Assert.All(await zone.Look(z => z.Set<Counted>().ToListAsync()), c => Assert.Equal(new DateOnly(2026, 11, 24), c.RegisteredOn));
        // In another zone they count anew.
        var other = await zone.Platform.Zone();
        await other.As(Role.Caseworker).Registers(Cases.Intake(other, "Vandenvoorbeeld", "Zoé"));
        Assert.Equal([(1, true)], await Decided(other));
    }

    [Theory, EveryEngine]
    public async Task Intakes_at_once_never_let_three_count(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Coordinator);
        await Parallel.ForAsync(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) => await worker.Send(Cases.Intake(zone, "Exemple", "Ada") with { Note = $"{i}" }));
        var decided = await Decided(zone);
        Assert.Equal(Enumerable.Range(1, 16), decided.Select(d => d.Number).Order());
        Assert.Equal(2, decided.Count(d => d.Counts));
    }

    [Theory, EveryEngine]
    public async Task Nothing_is_ranked_anew_whatever_is_erased_and_in_whatever_order(string engine)
    {
        foreach (var order in (int[][])[[0, 1, 2], [2, 0, 1], [1, 2, 0]])
        {
            var zone = await (await platforms.On(engine)).Zone();
            var worker = zone.As(Role.Caseworker);
            var dossiers = new List<Guid>();
            for (var i = 0; i < 4; i++) dossiers.Add(await worker.Registers(Cases.Intake(zone, "Exemple", "Ada")));
            var before = await ByDossier(zone);
            foreach (var gone in order.Select(o => dossiers[o]))
            {
                await Erase(zone, gone);
                before.Remove(gone);
                Assert.Equal(before, await ByDossier(zone)); // whoever is left counts as before
            }
            // And the places that were given stay given: another intake counts no more than it would have.
            await worker.Registers(Cases.Intake(zone, "Exemple", "Ada"));
            Assert.Equal([(4, false), (5, false)], await Decided(zone));
        }
    }

    [Theory, EveryEngine]
    public async Task Whoever_becomes_one_with_a_case_goes_on_under_it(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        var mentioned = await worker.Send(new Edit.Command { Dossier = dossier, GivenName = "A.", FamilyName = "Exempel", Capacity = Capacity.Mentioned, Language = "fr" });
        var helped = await worker.LeadOf(dossier);
        await worker.Send(await worker.Contact(zone, dossier));
        var twins = new Twins(dossier, mentioned, helped);
        await worker.Send(await worker.Form(twins) with { Capacity = Merge.Row.Gone });
        Assert.Equal([(1, true)], await Decided(zone));
        // What comes later counts in that case; what was given stays given once; put right, nobody becomes a second case.
        await worker.Send(await worker.Contact(zone, dossier) with { Services = [ServiceKind.Listening, ServiceKind.PracticalHelp] });
        Assert.Equal([ServiceKind.Listening, ServiceKind.PracticalHelp], await Given());
        var partner = await worker.Send(Referring.Partner());
        var referral = await worker.Offers(dossier, partner);
        Assert.True(await zone.Look(z => z.Set<VictimSupport.Casework.Referrals.Referral>().Where(r => r.Id == referral).Select(r => r.Counts).SingleAsync()));
        var now = await worker.Send(new Edit.Query(dossier, mentioned, "fr"));
        await worker.Send(now with { Dossier = dossier, Person = mentioned, GivenName = "Adèle" });
        Assert.Equal([(1, true)], await Decided(zone));

        Task<List<ServiceKind>> Given() => zone.Look(z => z.Set<GivenService>().OrderBy(s => s.Kind).Select(s => s.Kind).ToListAsync());
    }

    [Theory, EveryEngine]
    public async Task Only_who_is_helped_is_a_case_and_becomes_one_when_helped(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        var mentioned = await worker.Send(new Edit.Command { Dossier = dossier, GivenName = "Bo", FamilyName = "Fictif", Capacity = Capacity.SupportPerson, Language = "fr" });
        Assert.Single(await Decided(zone));
        await Becomes(worker, dossier, mentioned, Capacity.Witness);
        Assert.Equal([(1, true), (1, true)], await Decided(zone));
        // Mentioned again and helped again: what was decided stands.
        await Becomes(worker, dossier, mentioned, Capacity.SupportPerson);
        await Becomes(worker, dossier, mentioned, Capacity.Relative);
        Assert.Equal([(1, true), (1, true)], await Decided(zone));
        await worker.Registers(Cases.Intake(zone, "Fictif", "Bo"));
        Assert.Equal([(1, true), (1, true), (2, true)], await Decided(zone));
    }

    [Theory, EveryEngine]
    public async Task Whoever_gets_their_name_later_is_recognised_from_then_on(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var unnamed = await worker.Registers(Cases.Intake(zone, "", "") with { Unknown = true });
        var lead = await worker.LeadOf(unnamed);
        await worker.Registers(Cases.Intake(zone, "", "") with { Unknown = true });
        Assert.Equal([(1, true), (1, true)], await Decided(zone)); // nobody says that these are one
        foreach (var name in new[] { "Ada", "Adda", "Ada" })
        {
            var now = await worker.Send(new Edit.Query(unnamed, lead, "fr"));
            await worker.Send(now with { Dossier = unnamed, Person = lead, GivenName = name, FamilyName = "Exemple" });
        }
        await worker.Registers(Cases.Intake(zone));
        await worker.Registers(Cases.Intake(zone));
        Assert.Equal([(1, true), (1, true), (2, true), (3, false)], await Decided(zone));
    }

    [Theory, EveryEngine]
    public async Task What_another_zone_or_an_event_counts_is_no_new_case(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var dossier = await zone.As(Role.Caseworker).Registers(Cases.Intake(zone));
        var person = await zone.Look(z => z.Set<VictimSupport.Casework.People.Person>().SingleAsync());
        foreach (var origin in new[] { CaseOrigin.HandedOver, CaseOrigin.Allotted }) Assert.Equal((0, false, origin), Counted.Register(person, origin, 0, null, default) is var made ? (made.Number, made.Counts, made.Origin) : default);
        Assert.Equal(dossier, person.DossierId);
    }

    [Theory, EveryEngine]
    public async Task Six_kinds_of_service_count_in_a_case_and_a_correction_lets_no_other_in(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        var contact = await worker.Contact(zone, dossier);
        var first = await worker.Send(contact with { Services = [ServiceKind.Listening, ServiceKind.FirstHelp, ServiceKind.Information, ServiceKind.PracticalHelp] });
        await worker.Send(contact with { Services = [ServiceKind.Listening, ServiceKind.Orientation, ServiceKind.PreparingHearing, ServiceKind.Accompanying] });
        await worker.Send(contact with { Missed = true, Services = [ServiceKind.Recontact] }); // nobody was there: nothing was given
        Assert.Equal([(ServiceKind.Listening, true), (ServiceKind.FirstHelp, true), (ServiceKind.Information, true), (ServiceKind.PracticalHelp, true), (ServiceKind.Orientation, true), (ServiceKind.PreparingHearing, true), (ServiceKind.Accompanying, false)], await Given(zone));
        var now = (await worker.Send(new Correct.Query(dossier, first))).Form;
        await worker.Send(now with { Dossier = dossier, Contact = first, Services = [ServiceKind.Information] });
        // Listening is still given by the other contact; two are taken back, and the seventh does not move up.
        Assert.Equal([(ServiceKind.Listening, true), (ServiceKind.Information, true), (ServiceKind.Orientation, true), (ServiceKind.PreparingHearing, true), (ServiceKind.Accompanying, false)], await Given(zone));
        now = (await worker.Send(new Correct.Query(dossier, first))).Form;
        await worker.Send(now with { Dossier = dossier, Contact = first, Services = [ServiceKind.Information, ServiceKind.FirstHelp] });
        Assert.Contains((ServiceKind.FirstHelp, false), await Given(zone)); // its place is gone
    }

    [Theory, EveryEngine]
    public async Task A_trainees_services_count_from_the_second_name_on(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (worker, trainee) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("mila", Role.Trainee));
        var dossier = await worker.Registers(Cases.Intake(zone));
        await zone.Names(dossier, trainee.Id);
        var contact = await trainee.Send(await trainee.Contact(zone, dossier));
        Assert.Empty(await Given(zone));
        await worker.Signs(dossier, contact);
        Assert.Equal([(ServiceKind.Listening, true)], await Given(zone));
    }

    [Fact]
    public void Two_referrals_count_in_a_case()
    {
        var person = VictimSupport.Casework.People.Person.Add(Guid.NewGuid(), new Particulars("Exemple", "Ada"), Capacity.Victim, "fr", DateTimeOffset.UnixEpoch);
        var one = Counted.Register(person, CaseOrigin.Here, 1, null, default);
        Assert.Equal([true, true, false], [one.NextReferral(), one.NextReferral(), one.NextReferral()]);
    }

    [Fact]
    public void A_mark_tells_neither_the_name_nor_the_year()
    {
        var (key, other) = (new byte[32], Enumerable.Repeat((byte)1, 32).ToArray());
        var ada = new Particulars("Exemple", "Ada");
        Assert.NotEqual(Mark.Of(ada, 2026, key), Mark.Of(ada, 2027, key));
        Assert.NotEqual(Mark.Of(ada, 2026, key), Mark.Of(ada, 2026, other));
        Assert.NotEqual(Mark.Of(ada, 2026, key), Mark.Of(new Particulars("Exemple", "Bea"), 2026, key));
        Assert.Null(Mark.Of(new Particulars("Exemple", ""), 2026, key)); // a whole family is called so
        Assert.NotNull(Mark.Of(new Particulars("Exemple", "", "0470 12 34 56"), 2026, key));
        Assert.Equal(Mark.Of(new Particulars("", "", "0470 12 34 56"), 2026, key), Mark.Of(new Particulars("", "", "+32 470 123456"), 2026, key));
    }

    [Theory, EveryEngine]
    public async Task Counters_of_years_whose_figures_are_final_are_forgotten(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        await zone.As(Role.Caseworker).Registers(Cases.Intake(zone));
        await Write(zone, async z =>
        {
            await CaseCounter.Next(z, 2025, Guid.NewGuid(), TestContext.Current.CancellationToken);
            await CaseCounter.Next(z, 2024, Guid.NewGuid(), TestContext.Current.CancellationToken);
        });
        await zone.RunRound();
        Assert.Equal([2026], await zone.Look(z => z.Set<CaseCounter>().Select(c => c.Year).ToListAsync()));
    }

    private static async Task Becomes(Person worker, Guid dossier, Guid person, Capacity capacity)
    {
        var now = await worker.Send(new Edit.Query(dossier, person, "fr"));
        await worker.Send(now with { Dossier = dossier, Person = person, Capacity = capacity });
    }

    private static async Task<List<(int Number, bool Counts)>> Decided(TestZone zone) => [.. (await zone.Look(z => z.Set<Counted>().OrderBy(c => c.Number).Select(c => new { c.Number, c.Counts }).ToListAsync())).Select(c => (c.Number, c.Counts))];

    private static async Task<List<(ServiceKind, bool)>> Given(TestZone zone) => [.. (await zone.Look(z => z.Set<GivenService>().Select(s => new { s.Kind, s.Counts }).ToListAsync())).OrderBy(s => s.Kind).Select(s => (s.Kind, s.Counts))];

    private static async Task<Dictionary<Guid, bool>> ByDossier(TestZone zone) => await zone.Look(z => z.Set<Counted>().ToDictionaryAsync(c => c.DossierId, c => c.Counts));

    // As an erasure will: the person, and their case with them.
    private static Task Erase(TestZone zone, Guid dossier) => Write(zone, async z =>
    {
        await z.Set<Counted>().Where(c => c.DossierId == dossier).ExecuteDeleteAsync(TestContext.Current.CancellationToken);
        await z.Set<VictimSupport.Casework.People.Person>().Where(p => p.DossierId == dossier).ExecuteDeleteAsync(TestContext.Current.CancellationToken);
    });

    private static Task Write(TestZone zone, Func<ZoneDbContext, Task> deed) => zone.Handle.Database.Write(new Keyring(zone.Handle.Keys), async context =>
    {
        await deed(context);
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        return new Written<bool>(true, new AuditRecord(default, null, "Test.Write", null, "{}"));
    }, TestContext.Current.CancellationToken);
}
