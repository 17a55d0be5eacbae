using VictimSupport.Casework.CallOuts;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contracts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Letters;
using VictimSupport.Foundation.Access;
using VictimSupport.Statistics.Facts;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;
using Print = VictimSupport.Casework.Letters.Print;

namespace VictimSupport.Tests.Statistics;

/// <summary>T12: what became of the offer of help is read from what the casework keeps in any case.</summary>
public sealed class OfferedTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task What_became_of_the_offer_is_read_from_the_dossier(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Coordinator);
        // One of each kind of event, so that the answer can be told apart; who asks is told no name and no id.
        Assert.Equal("NoneOffered", await Becomes("Burglary", (_, _) => Task.CompletedTask));
        Assert.Equal("Accepted", await Becomes("Robbery", async (d, _) => await worker.Send(await worker.Contact(zone, d))));
        Assert.Equal("Accepted", await Becomes("Homicide", async (d, _) => await worker.Send(await worker.Contact(zone, d) with { ForThem = true, With = Counterpart.School }))); // something was done for them
        Assert.Equal("NoneOffered", await Becomes("Stalking", async (d, _) => await worker.Send(await worker.Contact(zone, d) with { ForThem = true, With = Counterpart.School, Missed = true, Services = [] }))); // nobody tried to reach them
        Assert.Equal("NoAnswer", await Becomes("Fire", async (d, _) => await worker.Send(await worker.Contact(zone, d) with { Missed = true, Services = [] })));
        Assert.Equal("NoneOffered", await Becomes("OtherOffence", async (d, p) => await Letter(d, p))); // prepared is not sent
        Assert.Equal("NoAnswer", await Becomes("Assault", async (d, p) => await worker.Send(new Print.Command(await Letter(d, p)))));
        Assert.Equal("NoAnswer", await Becomes("OtherShock", async (d, _) => await Closes(d, ClosingReason.Unreachable, Outcome.NoContact)));
        Assert.Equal("Accepted", await Becomes("RoadAccident", async (d, _) => await worker.Offers(d, await worker.Send(Referring.Partner()))));
        Assert.Equal("Refused", await Becomes("Suicide", async (d, _) =>
        {
            await worker.Send(await worker.Contact(zone, d) with { Services = [ServiceKind.Information] });
            await Closes(d, ClosingReason.Declined, Outcome.InformedOnly);
        }));
        // Months of support, and then no more: the offer was taken up.
        Assert.Equal("Accepted", await Becomes("SocialDistress", async (d, _) =>
        {
            await worker.Send(await worker.Contact(zone, d));
            await Closes(d, ClosingReason.Declined, Outcome.Supported);
        }));

        async Task<string> Becomes(string subKind, Func<Guid, Guid, Task> what)
        {
            var (dossier, person) = await worker.Knows(zone, $"Rue {subKind} 1", "Exemple" + subKind, subKind: subKind, phone: null);
            await what(dossier, person);
            var fact = Assert.Single(await Facts(zone, given: true), f => f.SubKind.ToString() == subKind);
            Assert.Equal("NoCallOut", fact.CallOut.ToString());
            return fact.Offer.ToString();
        }

        async Task<Guid> Letter(Guid dossier, Guid person) => await worker.Send(new Prepare.Command { Dossier = dossier, Person = person, Kind = LetterKind.Free, Language = "fr", Text = "Bonjour", Shown = await Agreed(dossier, person), Once = Guid.NewGuid() });

        async Task<int> Agreed(Guid dossier, Guid person)
        {
            await worker.Agrees(dossier, person, r => r with { Letter = Rule.Safe });
            return (await worker.RulesOf(dossier, person)).Revision;
        }

        async Task Closes(Guid dossier, ClosingReason reason, Outcome outcome) => await worker.Send(new Close.Command
        {
            Dossier = dossier, Reason = reason, Outcome = outcome, Why = (await worker.Send(new Close.Query(dossier))).Where(g => g.MayStayUnknown).ToDictionary(g => g.Key, _ => (WhyUnknown?)WhyUnknown.DidNotSay),
        });
    }

    [Theory, EveryEngine]
    public async Task A_case_of_a_call_out_is_told_apart_and_nothing_is_told_before_the_final_release_asks(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = await zone.Hires("worker", Role.OnCall);
        var now = zone.Platform.Clock.GetUtcNow();
        await worker.Send(new Enter.Command { SubKind = "Fire", Language = "fr", Once = Guid.NewGuid(), Arrived = now.AddHours(-1), Ended = now, Acts = [CallOutAct.Listened], Persons = [new() { GivenName = "Ada", FamilyName = "Exemple", Capacity = Capacity.Victim }], HandsOver = true });
        var fact = Assert.Single(await Facts(zone, given: true));
        Assert.Equal(("Accepted", "CallOut"), (fact.Offer.ToString(), fact.CallOut.ToString()));
        fact = Assert.Single(await Facts(zone, given: false));
        Assert.Equal(("", ""), (fact.Offer.ToString(), fact.CallOut.ToString()));
    }

    private static Task<IReadOnlyList<CaseFact>> Facts(TestZone zone, bool given) => zone.As(Role.Caseworker).SendAsPlatform(new ReadZone.Query(new FactsAsked(new DateOnly(2026, 1, 1), new DateOnly(2027, 12, 31), Contacts: true, Ages: false, given)));
}
