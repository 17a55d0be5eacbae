using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Tests.Kit;
using Record = VictimSupport.Casework.Contacts.Record;

namespace VictimSupport.Tests.Casework;

/// <summary>What is printed for one person holds nothing of anybody else.</summary>
public sealed class PrintTests(Platforms platforms)
{
    private static readonly Particulars Noah = new("Fictif", "Noah", "0470 00 00 09");

    [Theory]
    [InlineData("Sarah cried; Noah did not.", "[Victim] cried; Noah did not.")]
    [InlineData("SARAH MUSTER, Muster Sarah, sarah's bag, chez d'Sarah", "[Victim], [Victim], [Victim]'s bag, chez d'[Victim]")]
    [InlineData("Noah Fictif and Marc Fictif; the Fictifs", "Noah Fictif and [Alleged perpetrator]; the Fictifs")]
    [InlineData("call 0499/11.22.33 or +32 499 11 22 33 or 0499112233, not 0470 00 00 09", "call […] or […] or […], not 0470 00 00 09")]
    [InlineData("write to Sarah@example.org, Rue de l'Ours 7", "write to […], […]")]
    [InlineData("Inès L'Ourson and Ines Lourson", "[Relative] and [Relative]")]
    [InlineData("Sarahan is a town", "Sarahan is a town")]
    public void Everybody_else_is_a_capacity(string text, string printed)
    {
        System.Globalization.CultureInfo.CurrentUICulture = System.Globalization.CultureInfo.GetCultureInfo("en");
        var black = new Blackout(Noah,
        [
            (new Particulars("Muster", "Sarah", "0499 11 22 33", "sarah@example.org", "Rue de l'Ours 7\n9901 Val-Clair"), Capacity.Victim), (new Particulars("Fictif", "Marc", "0499 11 22 33"), Capacity.AllegedAuthor), (new Particulars("L'Ourson", "Inès"), Capacity.Relative),
        ]);
        Assert.Equal(printed, black.Of(text));
    }

    [Theory, EveryEngine]
    public async Task Nothing_of_the_mother_stands_on_the_boys_print(string engine)
    {
        var (zone, worker, family) = await Family.In(await platforms.On(engine));
        await worker.Send(await worker.Standing(family, family.Grandmother) with { Role = StandingRole.Support, Told = Authority.Person, What = "what Rosa asks of Sarah", Reason = "wants it" });
        await worker.Agrees(family.Dossier, family.Noah, r => r with { Call = Rule.Never, ThirdPerson = "Rosa Fictif", CodeWord = "Magnolia" });
        await worker.Agrees(family.Dossier, family.Mother, r => r with { CodeWord = "Zzcanary0" });
        await Writes("Zzcanary1", family.Mother);
        await Writes("Zzcanary2", family.Mother, family.Noah);
        await Writes("of Noah: Sarah Muster, 0499 11 22 33, told him", family.Noah);
        await worker.Send(new Write.Command { Dossier = family.Dossier, Persons = [family.Noah], Layer = Layer.Police, Text = "facts of Noah" });
        await worker.Send(new Write.Command { Dossier = family.Dossier, Persons = [family.Mother], Layer = Layer.Police, Text = "Zzcanary3" });
        await worker.Send(new Record.Command { Dossier = family.Dossier, Persons = [family.Mother], Place = Place.Office, At = zone.Platform.Clock.GetUtcNow(), Minutes = 20, Services = [ServiceKind.Listening], Note = "Zzcanary4" });
        await worker.Send(new Record.Command { Dossier = family.Dossier, Persons = [family.Noah], Place = Place.Office, At = zone.Platform.Clock.GetUtcNow(), Minutes = 20, Services = [ServiceKind.Listening], Note = "prepared with Rosa" });
        await worker.Send(new NoteRisk.Command { Dossier = family.Dossier, Persons = [family.Mother], On = VictimSupport.Design.Html.Moment.Day(zone.Platform.Clock.GetUtcNow()), Level = RiskLevel.Acute, Author = RiskAuthor.Police });
        using var visit = worker.Visit();
        var paper = await Paper(visit, family.Noah, "Assistance", "Police");
        foreach (var secret in new[] { "Zzcanary", "Sarah", "Muster", "0499", "Rosa", "Marc", "acute" }) Assert.DoesNotContain(secret, paper, StringComparison.OrdinalIgnoreCase);
        foreach (var own in new[] { "Noah Fictif", "facts of Noah", "of Noah: [Victim], […], told him", "prepared with [Support person]", "Call: never", "Magnolia", "Printed by", "Do not confirm" }) Assert.Contains(own, paper, StringComparison.Ordinal);
        // It is there to leak: on the mother's own it stands.
        Assert.Contains("Zzcanary1", await Paper(visit, family.Mother, "Assistance"), StringComparison.Ordinal);
        Assert.DoesNotContain("Zzcanary2", await Paper(visit, family.Mother, "Assistance"), StringComparison.Ordinal);
        // A layer that was not chosen stays out.
        Assert.DoesNotContain("facts of Noah", await Paper(visit, family.Noah, "Assistance"), StringComparison.Ordinal);

        async Task Writes(string text, params Guid[] persons) => await worker.Send(new Write.Command { Dossier = family.Dossier, Persons = [.. persons], Layer = Layer.Assistance, Text = text });

        async Task<string> Paper(Visit by, Guid person, params string[] layers) =>
            (await Visit.Read(await by.Submit($"/dossiers/{family.Dossier}/people/{person}/print", [.. layers.Select(l => KeyValuePair.Create("Form.Layers", l)), new("Form.Reason", "Justice")]))).QuerySelector(".vs-paper")!.TextContent;
    }

    [Theory, EveryEngine]
    public async Task Whoever_asks_what_is_kept_of_them_is_shown_what_stood_before_a_correction_and_nobody_else_is(string engine)
    {
        var (zone, worker, family) = await Family.In(await platforms.On(engine));
        var at = zone.Platform.Clock.GetUtcNow();
        var his = await worker.Send(new Record.Command { Dossier = family.Dossier, Persons = [family.Noah], Place = Place.Office, At = at, Minutes = 20, Services = [ServiceKind.Listening], Note = "Noah trusts Sarah" });
        var both = await worker.Send(new Record.Command { Dossier = family.Dossier, Persons = [family.Noah, family.Mother], Place = Place.Office, At = at, Minutes = 20, Services = [ServiceKind.Listening], Note = "Zzcanary of both" });
        await Corrects(his, f => f with { Note = "Noah trusts nobody", Minutes = 35 });
        await Corrects(both, f => f with { Persons = [family.Noah], Note = "of Noah alone" });
        using var visit = worker.Visit();
        var asked = await Paper("ForThePerson");
        foreach (var said in new[] { "Noah trusts nobody", "Before it was put right: ", "Noah trusts [Victim]", "of Noah alone" }) Assert.Contains(said, asked, StringComparison.Ordinal);
        Assert.DoesNotContain("Zzcanary", asked, StringComparison.Ordinal); // it was said of somebody else too
        Assert.DoesNotContain("Before it was put right", await Paper("Justice"), StringComparison.Ordinal);

        async Task Corrects(Guid contact, Func<VictimSupport.Casework.Contacts.Correct.Command, VictimSupport.Casework.Contacts.Correct.Command> how) =>
            await worker.Send(how((await worker.Send(new VictimSupport.Casework.Contacts.Correct.Query(family.Dossier, contact))).Form) with { Dossier = family.Dossier, Contact = contact });

        async Task<string> Paper(string reason) =>
            (await Visit.Read(await visit.Submit($"/dossiers/{family.Dossier}/people/{family.Noah}/print", [new("Form.Layers", "Assistance"), new("Form.Reason", reason)]))).QuerySelector(".vs-paper")!.TextContent;
    }

    [Theory, EveryEngine]
    public async Task What_was_referred_put_in_and_asked_for_the_boy_stands_on_his_print_and_nothing_of_the_mothers(string engine)
    {
        var (zone, worker, family) = await Family.In(await platforms.On(engine));
        var own = await zone.As(Role.ZoneAdministrator).Send(new VictimSupport.Casework.Codes.OwnEntry.Command { List = CodeList.SubKind, Shipped = "FamilyViolence", Fr = "Ruzie", Nl = "Ruzie", De = "Ruzie", En = "Row at home", From = VictimSupport.Design.Html.Moment.Day(zone.Platform.Clock.GetUtcNow()) });
        await worker.Send((await worker.Send(new VictimSupport.Casework.Dossiers.Facts.Query(family.Dossier))) with { Dossier = family.Dossier, SubKind = OwnCode.ValueOf(own) });
        var partners = new[] { await worker.Send(Referring.Partner("CAW Noordwijk")), await worker.Send(Referring.Partner("Zzcanary partner")) };
        foreach (var (person, partner) in new[] { (family.Noah, partners[0]), (family.Mother, partners[1]) })
            await worker.Send(new VictimSupport.Casework.Referrals.Offer.Command { Dossier = family.Dossier, Persons = [person], Need = VictimSupport.Network.Contracts.Need.Support, Partner = partner, Answer = ReferralState.Accepted, Once = Guid.NewGuid() });
        await worker.Interprets(new Interpret.Command { Dossier = family.Dossier, Person = family.Noah, Kind = InterpreterKind.Sworn, Name = "Zzcanary Tolk" });
        foreach (var (title, persons, layer) in new (string, Guid[], Layer)[]
        {
            ("Attest, given by Sarah Muster", [family.Noah], Layer.Assistance), ("Order about Noah", [family.Noah], Layer.Police), ("Zzcanary of both", [family.Noah, family.Mother], Layer.Assistance), ("Zzcanary hers", [family.Mother], Layer.Assistance),
        })
            await worker.Send(await worker.File(family.Dossier) with { Persons = [.. persons], Title = title, Layer = layer });
        var contact = new Record.Command { Dossier = family.Dossier, Persons = [family.Noah], Place = Place.Phone, At = zone.Platform.Clock.GetUtcNow(), Minutes = 5, Services = [ServiceKind.Information], ForThem = true, With = Counterpart.School, Question = "does Sarah know?", Answer = "not yet" };
        await worker.Send(contact);
        var asked = new PrintPerson.Command { Dossier = family.Dossier, Person = family.Noah, Layers = [Layer.Assistance], Reason = PrintReason.Justice };
        Assert.Equal(1, (await worker.Send(asked)).LeftOut); // the one about both
        using var visit = worker.Visit();
        var paper = await Paper("Assistance", "Police");
        foreach (var secret in new[] { "Zzcanary", "Sarah", "Muster" }) Assert.DoesNotContain(secret, paper, StringComparison.OrdinalIgnoreCase);
        foreach (var told in new[] { "Row at home", "CAW Noordwijk", "sworn interpreter", "Medical certificate: Attest, given by [Victim]", "Order about Noah", "Question asked for the person: does [Victim] know?", "Answer received: not yet" }) Assert.Contains(told, paper, StringComparison.Ordinal);
        // A layer that was not chosen stays out, and with it what is the other's.
        Assert.DoesNotContain("Order about Noah", await Paper("Assistance"), StringComparison.Ordinal);
        var police = await Paper("Police");
        Assert.DoesNotContain("CAW Noordwijk", police, StringComparison.Ordinal);
        Assert.DoesNotContain("Attest", police, StringComparison.Ordinal);

        async Task<string> Paper(params string[] layers) =>
            (await Visit.Read(await visit.Submit($"/dossiers/{family.Dossier}/people/{family.Noah}/print", [.. layers.Select(l => KeyValuePair.Create("Form.Layers", l)), new("Form.Reason", "Justice")]))).QuerySelector(".vs-paper")!.TextContent;
    }

    [Theory, EveryEngine]
    public async Task What_was_agreed_to_and_what_was_shared_with_his_knowledge_stands_on_it_and_the_rest_is_counted(string engine)
    {
        var (zone, worker, family) = await Family.In(await platforms.On(engine));
        var partner = await worker.Send(Referring.Partner("CAW Noordwijk"));
        foreach (var person in new[] { family.Noah, family.Mother })
        {
            var referral = (await worker.Send(new VictimSupport.Casework.Referrals.Offer.Command { Dossier = family.Dossier, Persons = [person], Need = VictimSupport.Network.Contracts.Need.Support, Partner = partner, Answer = ReferralState.Accepted, Once = Guid.NewGuid() }))!.Value;
            await worker.Send((await worker.Consent(family.Dossier, referral, null, SharedField.Name)) with { AgreedBy = AgreedBy.Person });
            if (person != family.Noah) continue;
            await worker.Send((await worker.Consent(family.Dossier, referral, null, SharedField.Name, SharedField.Language)) with { AgreedBy = AgreedBy.Person });
            await worker.Turns(family.Dossier, referral, ReferralState.Withdrawn);
        }
        await Shares("his school, through Sarah Muster", true, family.Noah);
        await Shares("Zzcanary untold", false, family.Noah);
        await Shares("Zzcanary of both", true, family.Noah, family.Mother);
        await Shares("Zzcanary hers", true, family.Mother);
        var sheet = await worker.Send(new PrintPerson.Command { Dossier = family.Dossier, Person = family.Noah, Layers = [Layer.Assistance], Reason = PrintReason.ForThePerson });
        Assert.Equal(2, sheet.LeftOut); // what he was not told, and what is about both
        Assert.Equal([(2, true), (1, true)], sheet.Consents.Select(c => (c.Version, c.Withdrawn is not null)));
        using var visit = worker.Visit();
        var paper = await Paper("Assistance");
        foreach (var secret in new[] { "Zzcanary", "Sarah", "Muster" }) Assert.DoesNotContain(secret, paper, StringComparison.OrdinalIgnoreCase);
        foreach (var told in new[] { "Shared outside the team: his school, through [Victim]", VictimSupport.Design.Html.Spoken.In("en", () => VictimSupport.Casework.Words.Of(SharingGround.PersonsRequest)), "Consent, version 1: CAW Noordwijk", "Consent, version 2: CAW Noordwijk", "withdrawn on" }) Assert.Contains(told, paper, StringComparison.Ordinal);
        // Neither is of the layer for the police, and nothing of them is left out of it.
        Assert.Equal(0, (await worker.Send(new PrintPerson.Command { Dossier = family.Dossier, Person = family.Noah, Layers = [Layer.Police], Reason = PrintReason.ForThePerson })).LeftOut);
        var police = await Paper("Police");
        foreach (var told in new[] { "Shared outside", "Consent" }) Assert.DoesNotContain(told, police, StringComparison.Ordinal);

        async Task Shares(string to, bool told, params Guid[] persons) => await worker.Send(new VictimSupport.Casework.Sharings.Share.Command
        {
            Dossier = family.Dossier, Once = Guid.NewGuid(), Persons = [.. persons], Ground = SharingGround.PersonsRequest, Recipient = to, What = "Zzcanary what", DecidedBy = "Zzcanary who", Reason = "Zzcanary why", Told = told, WhyNotTold = told ? null : "Zzcanary silence", At = zone.Platform.Clock.GetUtcNow(),
        });

        async Task<string> Paper(string layer) =>
            (await Visit.Read(await visit.Submit($"/dossiers/{family.Dossier}/people/{family.Noah}/print", [new("Form.Layers", layer), new("Form.Reason", "ForThePerson")]))).QuerySelector(".vs-paper")!.TextContent;
    }

    [Theory, EveryEngine]
    public async Task The_rules_on_a_print_are_those_that_hold_when_it_is_printed(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, worker, family) = await Family.In(platform);
        platform.Clock.Advance(TimeSpan.FromHours(1));
        await worker.Agrees(family.Dossier, family.Mother, r => r with { Call = Rule.Safe, Sms = Rule.Safe, SmsNumber = "0471 00 00 07", Mail = Rule.OnlyIf, Letter = Rule.Never, WhatMayBeSaid = "the library" });
        // The telephone is the father's too: whoever reads it must not take it for safe.
        Assert.Equal("Call: not asked, SMS: safe, E-mail: only if, Letter: never, Visit: not asked", await Rules());
        platform.Clock.Advance(TimeSpan.FromDays(15));
        Assert.Equal("Call: not asked, SMS: not asked, E-mail: not asked, Letter: never, Visit: not asked", await Rules());
        await worker.Agrees(family.Dossier, family.Mother, r => r with { SmsNumber = "0471 00 00 07" });
        Assert.Equal("Call: not asked, SMS: safe, E-mail: only if, Letter: never, Visit: not asked", await Rules());
        platform.Clock.Advance(TimeSpan.FromHours(1));
        await worker.Registers(Cases.Intake(zone, "Muster", "Sarah", null, "PartnerViolence"));
        Assert.Equal("Call: not asked, SMS: not asked, E-mail: not asked, Letter: never, Visit: not asked", await Rules());

        async Task<string> Rules()
        {
            using var visit = worker.Visit();
            var paper = await Visit.Read(await visit.Submit($"/dossiers/{family.Dossier}/people/{family.Mother}/print", [new("Form.Layers", "Assistance"), new("Form.Reason", "Justice")]));
            Assert.Contains("Contact rules: ", paper.QuerySelector(".vs-paper thead")!.TextContent, StringComparison.Ordinal);
            return paper.QuerySelectorAll(".vs-paper thead p").Select(p => p.TextContent.Trim()).Single(t => t.Contains("Call:", StringComparison.Ordinal)) is var line ? line[line.IndexOf("Call:", StringComparison.Ordinal)..] : "";
        }
    }

    [Theory, EveryEngine]
    public async Task It_is_recorded_as_a_print_with_its_reason_and_says_so_to_who_asks(string engine)
    {
        var (zone, worker, family) = await Family.In(await platforms.On(engine));
        StandingTests.Fails(await Assert.ThrowsAsync<ValidationException>(() => worker.Send(new PrintPerson.Command { Dossier = family.Dossier, Person = family.Noah })), "Layers", "Reason");
        await worker.Send(new PrintPerson.Command { Dossier = family.Dossier, Person = family.Noah, Layers = [Layer.Assistance], Reason = PrintReason.Justice });
        var record = Assert.Single(await zone.Look(z => z.Set<AuditRow>().Where(a => a.Act == "Casework.People.PrintPerson" && a.Actor == worker.Id && a.Payload.Contains("print-Justice")).ToListAsync()));
        Assert.Equal(family.Dossier, record.Subject);
        Assert.Contains((await worker.Send(new VictimSupport.Casework.Dossiers.Opened.Query(family.Dossier, null))).Deeds, d => d is { What: What.Printed, Why: "PrintJustice" });
        // Nobody who is only mentioned, nobody of another dossier, nobody who may not open it.
        foreach (var (by, person) in new[] { (worker, family.Father), (worker, Guid.NewGuid()), (zone.As(Role.Caseworker), family.Noah) })
            Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => by.Send(new PrintPerson.Command { Dossier = family.Dossier, Person = person, Layers = [Layer.Assistance], Reason = PrintReason.Justice }))).Code);
    }

    [Theory, EveryEngine]
    public async Task What_waits_for_a_second_name_is_not_printed(string engine)
    {
        var (zone, worker, family) = await Family.In(await platforms.On(engine));
        var trainee = zone.As(Role.Trainee);
        await zone.Names(family.Dossier, trainee.Id);
        await trainee.Send(new Write.Command { Dossier = family.Dossier, Persons = [family.Noah], Layer = Layer.Assistance, Text = "seen by a trainee" });
        var asked = new PrintPerson.Command { Dossier = family.Dossier, Person = family.Noah, Layers = [Layer.Assistance], Reason = PrintReason.Other };
        var paper = await worker.Send(asked);
        Assert.DoesNotContain(paper.Entries, e => e.Text == "seen by a trainee");
        Assert.Equal(1, paper.LeftOut);
        await worker.Signs(family.Dossier, (await zone.Look(z => z.Set<Note>().SingleAsync(n => n.By == trainee.Id))).Id);
        Assert.Contains((await worker.Send(asked)).Entries, e => e.Text == "seen by a trainee");
    }
}
