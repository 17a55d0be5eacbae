using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Handovers;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Referrals;
using VictimSupport.Foundation.Access;
using VictimSupport.Tests.Kit;
using Person = VictimSupport.Tests.Kit.Person;
using Referral = VictimSupport.Casework.Referrals.Show;
using Handed = VictimSupport.Casework.Handovers.Show;

namespace VictimSupport.Tests.Casework;

/// <summary>A never that meets somebody only later: the number or the name of whoever said it is put right, or it stands at the second number of another. From then on it holds as if it had been said just now.</summary>
public sealed class CorrectedTests(Platforms platforms)
{
    private const string Theirs = "0470 12 34 56", Wrong = "0470 65 43 21", Second = "0470 99 88 77";

    [Theory, EveryEngine]
    public async Task A_number_put_right_asks_back_what_was_handed_over_after_the_never_was_said(string engine)
    {
        var (a, b) = await platforms.On(engine) is var platform ? (await platform.Zone(), await platform.Zone("nl")) : default;
        var (anna, bert) = (a.As(Role.Coordinator), b.As(Role.Coordinator));
        var (other, lotte) = await Said(anna, Wrong, r => r with { Call = Rule.Never, Sms = Rule.Never });
        var (dossier, _) = await Said(anna, Theirs, r => r with { Call = Rule.Safe, Sms = Rule.Safe }, "Mia");
        var handover = await anna.HandsOver(dossier, b);
        Later(a);
        await Corrects(anna, other, lotte, p => p with { Phone = "+32 470 12 34 56" });
        await Settles(a, b);
        Assert.Equal(HandoverState.Withdrawn, await anna.StateOf(handover));
        Later(a);
        var again = await anna.HandsOver(dossier, b);
        var (number, call) = Assert.Single((await bert.Send(new Handed.Query(again))).Content!.People) is var them ? (them.Identity.Phone, them.Rules.Call) : default;
        Assert.Equal((null, Rule.NotAsked), (number, call));
        // It took the never along: another word of theirs about something else asks nothing back.
        Later(a);
        await Corrects(anna, other, lotte, p => p with { Address = "Rue 9" });
        await Settles(a, b);
        Assert.Equal(HandoverState.Delivered, await anna.StateOf(again));
    }

    [Theory, EveryEngine]
    public async Task A_name_put_right_asks_back_what_was_handed_over_of_the_same_person(string engine)
    {
        var (a, b) = await platforms.On(engine) is var platform ? (await platform.Zone(), await platform.Zone("nl")) : default;
        var anna = a.As(Role.Coordinator);
        var (other, row) = await Said(anna, null, r => r with { Mail = Rule.Never });
        var (dossier, _) = await Said(anna, Theirs, r => r with { Mail = Rule.Safe }, "Mia");
        var handover = await anna.HandsOver(dossier, b);
        Later(a);
        await Corrects(anna, other, row, p => p with { GivenName = "Mia" });
        await Settles(a, b);
        Assert.Equal(HandoverState.Withdrawn, await anna.StateOf(handover));
    }

    [Theory, EveryEngine]
    public async Task A_number_put_right_ends_the_link_of_a_partner_who_was_told_it(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        var (other, lotte) = await Said(anna, Wrong, r => r with { Call = Rule.Never });
        var (dossier, mia) = await Said(anna, Theirs, r => r with { Call = Rule.Safe, Sms = Rule.Safe }, "Mia");
        var (referral, token, _) = await anna.Refers(dossier, await anna.Send(Referring.Partner()), SharedField.Name, SharedField.Phone);
        Later(zone);
        await Corrects(anna, other, lotte, p => p with { Phone = Theirs });
        Assert.Equal(Bar.Never, (await anna.Send(new Call.Query(dossier, mia))).Bar);
        await zone.RunJobs();
        using var them = zone.Passer();
        await them.IsDead(token);
        Assert.Single((await anna.Send(new Referral.Query(dossier, referral))).CameBack);
        // Asked again, with the never known, they say what holds of their telephone.
        Later(zone);
        await anna.Agrees(dossier, mia, r => r with { Call = Rule.Safe });
        Assert.Equal(Bar.None, (await anna.Send(new Call.Query(dossier, mia))).Bar);
        // What is put right elsewhere takes nothing of that back.
        Later(zone);
        await Corrects(anna, other, lotte, p => p with { Address = "Rue 9", Mail = "lotte@mail.example" });
        Assert.Equal(Bar.None, (await anna.Send(new Call.Query(dossier, mia))).Bar);
    }

    [Theory, EveryEngine]
    public async Task A_second_number_that_is_somebody_elses_telephone_takes_no_message_where_they_said_never(string engine)
    {
        var (a, b) = await platforms.On(engine) is var platform ? (await platform.Zone(), await platform.Zone("nl")) : default;
        var (anna, bert) = (await a.Hires("anna", Role.Coordinator), b.As(Role.Coordinator));
        var (dossier, mia) = await Said(anna, Theirs, r => r, "Mia");
        var sister = await anna.Send(new Edit.Command { Dossier = dossier, GivenName = "Lotte", FamilyName = "Claes", Capacity = Capacity.SupportPerson, Language = "fr", Phone = "+32 470 99 88 77" });
        await anna.Agrees(dossier, sister, r => r with { Sms = Rule.Safe });
        Later(a);
        await anna.Agrees(dossier, mia, r => r with { Call = Rule.Safe, Sms = Rule.Safe, SmsNumber = Second });
        Assert.Equal(Bar.None, await Sms());
        var (referral, token, _) = await anna.Refers(dossier, await anna.Send(Referring.Partner()), SharedField.Phone);
        var handover = await anna.HandsOver(dossier, b);
        Later(a);
        await anna.Agrees(dossier, sister, r => r with { Sms = Rule.Never });
        Assert.Equal(Bar.Never, await Sms());
        await Settles(a, b);
        using var them = a.Passer();
        await them.IsDead(token);
        Assert.Equal(HandoverState.Withdrawn, await anna.StateOf(handover));
        // It goes to nobody; the telephone, of which nothing was said, does.
        var lines = (await anna.Send(new Agree.Query(dossier, referral, [SharedField.Phone], null))).Preview!.Lines.Select(l => l.Value).ToList();
        Assert.Contains(Theirs, lines);
        Assert.DoesNotContain(Second, lines);
        var again = Assert.Single((await bert.Send(new Handed.Query(await anna.HandsOver(dossier, b)))).Content!.People);
        Assert.Equal((Theirs, null, Rule.NotAsked), (again.Identity.Phone, again.Rules.Details.SmsNumber, again.Rules.Sms));

        async Task<Bar> Sms() => (await anna.Send(new Text.Query(dossier, mia))).Ways.Single(w => w.Channel == Channel.Sms).Bar;
    }

    private static async Task<(Guid Dossier, Guid Person)> Said(Person by, string? phone, Func<Safe.Command, Safe.Command> how, string given = "Lotte")
    {
        Later(by.Zone);
        var known = await by.Knows(by.Zone, given + "straat 1", "Janssens", given, mail: $"{given.ToLowerInvariant()}@example.org", phone: phone);
        await by.Agrees(known.Dossier, known.Person, how);
        Later(by.Zone);
        return known;
    }

    private static async Task Corrects(Person by, Guid dossier, Guid person, Func<Edit.Command, Edit.Command> how) => await by.Send(how(await by.Send(new Edit.Query(dossier, person, "fr"))) with { Dossier = dossier, Person = person });

    private static async Task Settles(TestZone a, TestZone b)
    {
        for (var i = 0; i < 3; i++)
        {
            await a.RunJobs();
            await b.RunJobs();
        }
    }

    private static void Later(TestZone zone) => zone.Platform.Clock.Advance(TimeSpan.FromMinutes(1));
}
