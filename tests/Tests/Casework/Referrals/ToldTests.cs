using System.Net;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Referrals;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Tests.Kit;
using Person = VictimSupport.Tests.Kit.Person;
using Show = VictimSupport.Casework.Referrals.Show;
using StillGood = VictimSupport.Casework.People.StillGood;

namespace VictimSupport.Tests.Casework;

/// <summary>What others are told of how somebody is reached: each number with its own rule, nothing that leads to the alleged perpetrator or that nobody decided, and what grew old or changed since comes back.</summary>
public sealed class ToldTests(Platforms platforms)
{
    private const string Second = "Deuxième numéro, pour les SMS seulement|0470 99 88 77", Phone = "Téléphone|0470 12 34 56";

    [Theory, EveryEngine]
    public async Task A_second_number_goes_with_its_own_rule_and_a_telephone_that_must_not_ring_does_not_go_for_it(string engine)
    {
        var (_, anna, dossier, lead, referral) = await Begin(await platforms.On(engine));
        async Task<string[]> When(Rule call, Rule sms, string? second)
        {
            await anna.Agrees(dossier, lead, r => r with { Call = call, Sms = sms, SmsNumber = second, WhatMayBeSaid = "la bibliothèque" });
            return await Goes(anna, dossier, referral, SharedField.Phone);
        }

        const string Said = "; Ce qui peut être dit: la bibliothèque", Number = "0470 99 88 77";
        Assert.Equal([Phone, "Appeler|seulement si" + Said, Second, "SMS|sûr" + Said], await When(Rule.OnlyIf, Rule.Safe, Number));
        Assert.Equal([Second, "SMS|sûr" + Said], await When(Rule.Never, Rule.Safe, Number));
        Assert.Equal([Phone, "Appeler|sûr" + Said], await When(Rule.Safe, Rule.Never, Number));
        Assert.Empty(await When(Rule.Never, Rule.Never, Number));
        // The same number is no second one; where nobody may call it, it goes for the SMS that was allowed, and for none that was not.
        Assert.Equal([Phone, "Appeler|jamais", "SMS|sûr" + Said], await When(Rule.Never, Rule.Safe, "+32 470 12 34 56"));
        Assert.Equal([Phone, "Appeler|jamais", "SMS|sûr" + Said], await When(Rule.Never, Rule.Safe, null));
        Assert.Empty(await When(Rule.Never, Rule.NotAsked, null));
        Assert.DoesNotContain(SharedField.Phone, (await anna.Send(new Agree.Query(dossier, referral, [], null))).Possible);
    }

    [Theory, EveryEngine]
    public async Task What_is_the_alleged_perpetrators_too_is_told_as_not_asked_whatever_was_ticked(string engine)
    {
        var (_, anna, dossier, lead, referral) = await Begin(await platforms.On(engine));
        await anna.Agrees(dossier, lead, r => r with { Call = Rule.Safe, Sms = Rule.Safe, SmsNumber = "0470 99 88 77", Mail = Rule.Safe, Letter = Rule.Safe, Visit = Rule.Never });
        SharedField[] all = [SharedField.Phone, SharedField.Mail, SharedField.Address];
        string[] safe = [Phone, "Appeler|sûr", Second, "SMS|sûr", "E-mail|zz@mail.example", "Écrire un e-mail|sûr", "Adresse|Rue Zzrue 1, 9901 Val-Clair", "Écrire une lettre|sûr", "Passer à domicile|jamais"];
        Assert.Equal(safe, await Goes(anna, dossier, referral, all));
        var his = await anna.Send(new Edit.Command { Dossier = dossier, GivenName = "Marc", FamilyName = "Fictif", Capacity = Capacity.AllegedAuthor, Language = "fr", Phone = "0499 00 00 01" });
        Assert.Equal(safe, await Goes(anna, dossier, referral, all));
        foreach (var (change, line) in new (Func<Edit.Command, Edit.Command>, int)[] { (e => e with { Phone = "+32 470 12 34 56" }, 1), (e => e with { Phone = "0470/99.88.77" }, 3), (e => e with { Mail = "ZZ@mail.example" }, 5), (e => e with { Address = "9901 Val-Clair, rue Zzrue 1 bte 3" }, 7) })
        {
            var now = await anna.Send(new Edit.Query(dossier, his, "fr")) with { Dossier = dossier, Person = his };
            await anna.Send(change(now with { Phone = null, Mail = null, Address = null }));
            var told = safe.Select((l, i) => i == line ? l.Replace("|sûr", "|pas demandé", StringComparison.Ordinal) : l).ToArray();
            Assert.Equal(told, await Goes(anna, dossier, referral, all));
        }
    }

    [Theory, EveryEngine]
    public async Task A_letter_home_that_nobody_decided_for_a_minor_is_told_as_not_asked(string engine)
    {
        var (_, anna, dossier, lead, referral) = await Begin(await platforms.On(engine));
        await anna.Send(await anna.Send(new Edit.Query(dossier, lead, "fr")) with { Dossier = dossier, Person = lead, IsMinor = true });
        await anna.Agrees(dossier, lead, r => r with { Letter = Rule.Safe, Visit = Rule.Safe });
        Assert.Equal(["Écrire une lettre|pas demandé", "Passer à domicile|sûr"], (await Goes(anna, dossier, referral, SharedField.Address))[1..]);
        await anna.Agrees(dossier, lead, r => r with { LettersHome = Decider.Minor, MinorReason = "veut les lettres" });
        Assert.Equal(["Écrire une lettre|sûr", "Passer à domicile|sûr"], (await Goes(anna, dossier, referral, SharedField.Address))[1..]);
    }

    [Theory, EveryEngine]
    public async Task An_alleged_perpetrator_entered_after_the_consent_has_it_asked_anew_where_it_would_say_something_else(string engine)
    {
        var (zone, anna, dossier, lead, referral) = await Begin(await platforms.On(engine));
        await anna.Agrees(dossier, lead, r => r with { Call = Rule.Safe, Mail = Rule.Safe });
        var byMail = await anna.Offers(dossier, await anna.Send(Referring.Partner("Post")));
        await anna.Agrees(dossier, referral, SharedField.Phone);
        await anna.Agrees(dossier, byMail, SharedField.Mail);
        var sheet = await anna.Sends(dossier, referral);
        using var them = zone.Passer();
        var his = await anna.Send(new Edit.Command { Dossier = dossier, GivenName = "Marc", FamilyName = "Fictif", Capacity = Capacity.AllegedAuthor, Language = "fr", Phone = "0499 00 00 01" });
        Assert.Equal(HttpStatusCode.OK, (await them.Get($"/partner/{sheet.Token}")).StatusCode);
        // Another is entered whose telephone it is too; and of the first one it is known that they share the mailbox.
        await anna.Send(new Edit.Command { Dossier = dossier, GivenName = "Theo", FamilyName = "Fictif", Capacity = Capacity.AllegedAuthor, Language = "fr", Phone = "0470 12 34 56" });
        await them.IsDead(sheet.Token!);
        Assert.Null((await anna.Send(new Show.Query(dossier, referral))).Referral.ConsentId);
        Assert.Single((await anna.Send(new Show.Query(dossier, referral))).CameBack);
        Assert.NotNull((await anna.Send(new Show.Query(dossier, byMail))).Referral.ConsentId);
        await anna.Send(await anna.Send(new Edit.Query(dossier, his, "fr")) with { Dossier = dossier, Person = his, Mail = "zz@mail.example" });
        Assert.Null((await anna.Send(new Show.Query(dossier, byMail))).Referral.ConsentId);
        Assert.Single((await anna.Send(new Show.Query(dossier, byMail))).CameBack);
        // And where he turns out to be nobody of the kind, it would say something else again.
        await anna.Agrees(dossier, byMail, SharedField.Mail);
        await anna.Send(await anna.Send(new Edit.Query(dossier, his, "fr")) with { Dossier = dossier, Person = his, Capacity = Capacity.Mentioned });
        Assert.Null((await anna.Send(new Show.Query(dossier, byMail))).Referral.ConsentId);
    }

    [Theory, EveryEngine]
    public async Task What_a_partner_has_grows_old_with_it_says_until_when_it_holds_and_comes_back_once(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, anna, dossier, lead, referral) = await Begin(platform);
        await anna.Agrees(dossier, lead, r => r with { Call = Rule.Safe, Sms = Rule.Never });
        var (named, unsent) = (await anna.Offers(dossier, await anna.Send(Referring.Partner("Named"))), await anna.Offers(dossier, await anna.Send(Referring.Partner("Unsent"))));
        await anna.Agrees(dossier, named, SharedField.Name);
        await anna.Agrees(dossier, unsent, SharedField.Phone);
        await anna.Agrees(dossier, referral, SharedField.Phone);
        var sent = await anna.Sends(dossier, referral);
        await anna.Sends(dossier, named);
        foreach (var each in new[] { referral, named }) await anna.Turns(dossier, each, ReferralState.TakenUp, partner: true);
        var (asked, until) = (VictimSupport.Design.Html.Moment.Day(platform.Clock.GetUtcNow()), VictimSupport.Design.Html.Moment.Day(platform.Clock.GetUtcNow().AddDays(14)));
        var checkedOn = VictimSupport.Design.Html.Spoken.In("fr", () => VictimSupport.Casework.Words.SharedCheckedOn(VictimSupport.Design.Html.Moment.Show(asked), VictimSupport.Design.Html.Moment.Show(until)));
        platform.Clock.Advance(TimeSpan.FromDays(13));
        await zone.RunJobs();
        Assert.Empty((await anna.Send(new Show.Query(dossier, referral))).CameBack);
        platform.Clock.Advance(TimeSpan.FromDays(1.1));
        await zone.RunJobs();
        await zone.RunJobs();
        Assert.Contains("ne sont plus sûres", Assert.Single((await anna.Send(new Show.Query(dossier, referral))).CameBack), StringComparison.Ordinal);
        Assert.Empty((await anna.Send(new Show.Query(dossier, named))).CameBack); // nothing grows old in a name
        Assert.DoesNotContain("sûres", Assert.Single((await anna.Send(new Show.Query(dossier, unsent))).CameBack)!, StringComparison.Ordinal); // nothing is with the other: that was to be sent
        // Age alone takes nothing away from the partner: the lines say it.
        using var them = zone.Passer();
        Assert.Equal([Phone, "Appeler|sûr", "SMS|jamais", "Règles de contact|" + checkedOn], (await them.Opens(sent.Token!, sent.Code!)).Lines("[lang='fr']"));
        // What was not sent does not go before somebody has asked; then it does, as it was agreed.
        await Assert.ThrowsAsync<ValidationException>(() => anna.Sends(dossier, unsent));
        Assert.Equal([Phone, "Appeler|pas demandé", "SMS|jamais"], await Goes(anna, dossier, unsent, SharedField.Phone));
        Assert.True(await anna.Send(new StillGood.Command(dossier, lead, (await anna.Opens(dossier)).People.Single(p => p.Id == lead).Safe.Revision)));
        await anna.Sends(dossier, unsent);
        platform.Clock.Advance(TimeSpan.FromDays(15));
        await zone.RunJobs();
        foreach (var each in new[] { referral, unsent }) Assert.Single((await anna.Send(new Show.Query(dossier, each))).CameBack, text => text?.Contains("ne sont plus sûres", StringComparison.Ordinal) == true);
    }

    [Theory, EveryEngine]
    public async Task After_violence_at_home_what_a_partner_could_read_is_gone_and_it_comes_back_once(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, anna, dossier, lead, referral) = await Begin(platform);
        await anna.Agrees(dossier, lead, r => r with { Call = Rule.Safe, Sms = Rule.Safe });
        await anna.Agrees(dossier, referral, SharedField.Phone);
        var sent = await anna.Sends(dossier, referral);
        platform.Clock.Advance(TimeSpan.FromHours(1));
        await anna.Registers(Cases.Intake(zone, "Peeters", "Peet", "0470 12 34 56", "PartnerViolence"));
        await zone.RunJobs();
        await zone.RunJobs();
        using var them = zone.Passer();
        await them.IsDead(sent.Token!);
        var view = await anna.Send(new Show.Query(dossier, referral));
        Assert.Null(view.Referral.ConsentId);
        Assert.Single(view.CameBack);
        Assert.Single(view.History, m => m.Kind == MilestoneKind.RulesAged);
    }

    [Theory, EveryEngine]
    public async Task Violence_after_it_grew_old_ends_the_link_all_the_same(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, anna, dossier, lead, referral) = await Begin(platform);
        await anna.Agrees(dossier, lead, r => r with { Call = Rule.Safe, Sms = Rule.Safe });
        await anna.Agrees(dossier, referral, SharedField.Phone);
        var sent = await anna.Sends(dossier, referral);
        platform.Clock.Advance(TimeSpan.FromDays(14.1));
        await zone.RunJobs();
        Assert.Single((await anna.Send(new Show.Query(dossier, referral))).History, m => m.Kind == MilestoneKind.RulesAged);
        platform.Clock.Advance(TimeSpan.FromDays(6));
        await anna.Registers(Cases.Intake(zone, "Peeters", "Peet", "0470 12 34 56", "PartnerViolence"));
        await zone.RunJobs();
        await zone.RunJobs();
        using var them = zone.Passer();
        await them.IsDead(sent.Token!);
        Assert.Equal(2, (await anna.Send(new Show.Query(dossier, referral))).History.Count(m => m.Kind == MilestoneKind.RulesAged));
    }

    [Theory, EveryEngine]
    public async Task A_never_of_somebody_else_at_the_same_number_ends_what_shows_it_and_is_told_as_nobodys_own(string engine)
    {
        var (zone, anna, dossier, lead, referral) = await Begin(await platforms.On(engine));
        await anna.Agrees(dossier, lead, r => r with { Call = Rule.Safe, Sms = Rule.Safe });
        var sms = await anna.Offers(dossier, await anna.Send(Referring.Partner("Sms")));
        await anna.Agrees(dossier, referral, SharedField.Name, SharedField.Phone);
        var sheet = await anna.Sends(dossier, referral);
        zone.Platform.Clock.Advance(TimeSpan.FromMinutes(1));
        var bert = await zone.Hires("bert", Role.Caseworker);
        var other = await bert.Registers(Cases.Intake(zone, "Claes", "Lotte", "0470 12 34 56"));
        await bert.Agrees(other, await bert.LeadOf(other), s => s with { Call = Rule.Never, Sms = Rule.Safe });
        await zone.RunJobs();
        using var them = zone.Passer();
        await them.IsDead(sheet.Token!);
        Assert.Single((await anna.Send(new Show.Query(dossier, referral))).CameBack);
        // The number does not go, and nothing says that this person said never.
        Assert.Equal(["Nom|Peet Peeters"], await Goes(anna, dossier, referral, SharedField.Name, SharedField.Phone));
        await bert.Agrees(other, await bert.LeadOf(other), s => s with { Call = Rule.Safe, Sms = Rule.Never });
        Assert.Equal([Phone, "Appeler|sûr", "SMS|pas à ce numéro"], await Goes(anna, dossier, sms, SharedField.Phone));
        // A second number is no telephone of theirs: its own rule holds.
        await anna.Agrees(dossier, lead, r => r with { Call = Rule.Safe, Sms = Rule.Safe, SmsNumber = "0470 99 88 77" });
        zone.Platform.Clock.Advance(TimeSpan.FromMinutes(1));
        await bert.Agrees(other, await bert.LeadOf(other), s => s with { Call = Rule.Never, Sms = Rule.Never });
        Assert.Equal([Second, "SMS|sûr"], await Goes(anna, dossier, sms, SharedField.Phone));
        // On paper it is said as the portal says it.
        var paper = await anna.Send(new PrintPerson.Command { Dossier = dossier, Person = lead, Layers = [Layer.Assistance], Reason = PrintReason.Justice });
        Assert.Equal((VictimSupport.Casework.Words.NotAtThisNumber, true), (paper.Rules.Says(Channel.Call), paper.MustNotBeConfirmed));
    }

    [Theory, EveryEngine]
    public async Task Nobody_in_a_conflict_with_a_minor_and_no_alleged_perpetrator_agrees_for_them(string engine)
    {
        var (_, anna, family) = await Family.In(await platforms.On(engine));
        Edit.Command Somebody(string given, string? phone) => new() { Dossier = family.Dossier, GivenName = given, FamilyName = "Muster", Capacity = Capacity.Representative, Language = "fr", Phone = phone };
        var (guardian, aunt) = (await anna.Send(Somebody("Greta", null)), await anna.Send(Somebody("Ida", "0470 55 55 01")));
        var partner = await anna.Send(Referring.Partner());
        var referral = (await anna.Send(new Offer.Command { Dossier = family.Dossier, Persons = [family.Noah], Need = VictimSupport.Network.Contracts.Need.Support, Partner = partner, Answer = ReferralState.Accepted, Once = Guid.NewGuid() }))!.Value;
        async Task<HashSet<Guid>> May() => [.. (await anna.Send(new Agree.Query(family.Dossier, referral, [], null))).Representatives.Select(r => r.Id)];
        // Whoever stands there as a representative, of whom is not said, is asked nothing about a minor.
        Assert.Empty(await May());
        foreach (var told in new[] { guardian, aunt }) await anna.Send(await anna.Standing(family, told) with { Role = StandingRole.Guardian, Told = Authority.Person, What = "all", Reason = "he asks" });
        Assert.Equal(new HashSet<Guid> { guardian, aunt }, await May());
        var consent = await anna.Consent(family.Dossier, referral, null, SharedField.Name) with { AgreedBy = AgreedBy.Representative, Representative = aunt };
        await anna.Send(consent with { Once = Guid.NewGuid() });
        Assert.NotNull((await anna.Send(new Show.Query(family.Dossier, referral))).Referral.ConsentId);
        // Her interest is no longer his: what she agreed to goes no further, and she agrees to nothing.
        await anna.Send(await anna.Standing(family, aunt) with { Role = StandingRole.Guardian, Conflict = true, ConflictWhat = "inherits", Told = Authority.Nobody });
        Assert.Equal(guardian, Assert.Single(await May()));
        var view = await anna.Send(new Show.Query(family.Dossier, referral));
        Assert.Null(view.Referral.ConsentId);
        Assert.Single(view.CameBack);
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => anna.Send(consent with { Once = Guid.NewGuid() }))).Code);
        // Nor does whoever is the alleged perpetrator by name, under whatever capacity they came in.
        await anna.Send(consent with { Once = Guid.NewGuid(), Representative = guardian });
        await anna.Send(new Edit.Command { Dossier = family.Dossier, GivenName = "Greta", FamilyName = "Muster", Capacity = Capacity.AllegedAuthor, Language = "fr" });
        Assert.Empty(await May());
        Assert.Null((await anna.Send(new Show.Query(family.Dossier, referral))).Referral.ConsentId);
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => anna.Send(consent with { Once = Guid.NewGuid(), Representative = guardian }))).Code);
    }

    [Theory, EveryEngine]
    public async Task The_representative_of_one_agrees_for_no_other(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = await zone.Hires("worker", Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        var ada = await worker.LeadOf(dossier);
        Edit.Command Somebody(string given, Capacity capacity) => new() { Dossier = dossier, GivenName = given, FamilyName = "Muster", Capacity = capacity, Language = "fr" };
        var lawyer = await worker.Send(Somebody("Lex", Capacity.Representative));
        var partner = await worker.Send(Referring.Partner());
        var referral = (await worker.Send(new Offer.Command { Dossier = dossier, Persons = [ada], Need = VictimSupport.Network.Contracts.Need.Support, Partner = partner, Answer = ReferralState.Accepted, Once = Guid.NewGuid() }))!.Value;
        async Task<Guid[]> May() => [.. (await worker.Send(new Agree.Query(dossier, referral, [], null))).Representatives.Select(r => r.Id)];
        Assert.Equal([lawyer], await May()); // she is helped alone: whose else would it be
        var bram = await worker.Send(Somebody("Bram", Capacity.Victim));
        Assert.Empty(await May());
        async Task Stands(Guid person) => await worker.Send((await worker.Send(new Stand.Query(dossier, person, lawyer))).Form with { Dossier = dossier, Person = person, Who = lawyer, Role = StandingRole.Other });
        await Stands(bram);
        Assert.Empty(await May());
        await Stands(ada);
        Assert.Equal([lawyer], await May());
    }

    // Lines a partner would read, without the one that says when the rules were asked.
    private static async Task<string[]> Goes(Person by, Guid dossier, Guid referral, params SharedField[] fields) =>
        [.. (await by.Send(new Agree.Query(dossier, referral, fields, null))).Preview!.Lines.Where(l => l.Label != "Règles de contact").Select(l => $"{l.Label}|{l.Value}")];

    private static async Task<(TestZone Zone, Person Anna, Guid Dossier, Guid Lead, Guid Referral)> Begin(Platform platform)
    {
        var zone = await platform.Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        var dossier = await anna.Registers(Cases.Intake(zone, "Peeters", "Peet", "0470 12 34 56", "Robbery"));
        var lead = await anna.LeadOf(dossier);
        await anna.Send(await anna.Send(new Edit.Query(dossier, lead, "fr")) with { Dossier = dossier, Person = lead, Address = "Rue Zzrue 1, 9901 Val-Clair", Mail = "zz@mail.example" });
        return (zone, anna, dossier, lead, await anna.Offers(dossier, await anna.Send(Referring.Partner())));
    }
}
