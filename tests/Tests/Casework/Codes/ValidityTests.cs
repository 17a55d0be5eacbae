using System.Net;
using AngleSharp.Html.Dom;
using FluentValidation;
using VictimSupport.Casework.CallOuts;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Lists;
using VictimSupport.Casework.People;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Tests.Kit;
using Correct = VictimSupport.Casework.Contacts.Correct;
using Facts = VictimSupport.Casework.Dossiers.Facts;
using Mend = VictimSupport.Casework.Countersign.Correct;
using Person = VictimSupport.Tests.Kit.Person;

namespace VictimSupport.Tests.Casework;

/// <summary>A shipped code that ended is offered and taken nowhere, and stays where it stood.</summary>
public sealed class ValidityTests(Platforms platforms)
{
    [Fact]
    public async Task Where_what_and_about_what_ended_a_contact_keeps_it_and_no_other_gets_it()
    {
        var (zone, anna, dossier) = await Begun();
        var contact = await anna.Send(await anna.Contact(zone, dossier) with { Place = Place.Home, Services = [ServiceKind.FirstHelp], Informed = [Topic.Rights] });
        Ends(zone, "Place.Home", "Service.FirstHelp", "Topic.Rights");
        using var visit = anna.Visit();
        Offers(await visit.Page($"/dossiers/{dossier}/contact"), false, "Home", "FirstHelp", "Rights");
        var form = await anna.Contact(zone, dossier);
        await Refused("Place", anna.Send(form with { Place = Place.Home }));
        await Refused("Services", anna.Send(form with { Services = [ServiceKind.Listening, ServiceKind.FirstHelp] }));
        await Refused("Informed", anna.Send(form with { Informed = [Topic.Rights] }));

        var path = $"/dossiers/{dossier}/contacts/{contact}/correct";
        Offers(await visit.Page(path), true, "Home", "FirstHelp", "Rights");
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit(path, [KeyValuePair.Create("Form.Minutes", "35")])).StatusCode);
        var stands = await Stands();
        Assert.Equal((35, Place.Home, ServiceKind.FirstHelp, Topic.Rights), (stands.Minutes, stands.Place, Assert.Single(stands.Services), Assert.Single(stands.Informed)));
        // Taken away it does not come back.
        await anna.Send(stands with { Place = Place.Phone, Services = [ServiceKind.Listening], Informed = [] });
        Offers(await visit.Page(path), false, "Home", "FirstHelp", "Rights");
        stands = await Stands();
        await Refused("Place", anna.Send(stands with { Place = Place.Home }));
        await Refused("Services", anna.Send(stands with { Services = [ServiceKind.FirstHelp] }));
        await Refused("Informed", anna.Send(stands with { Informed = [Topic.Rights] }));

        async Task<Correct.Command> Stands() => (await anna.Send(new Correct.Query(dossier, contact))).Form with { Dossier = dossier, Contact = contact };
    }

    [Fact]
    public async Task An_appointment_stays_where_it_was_agreed_and_is_held_there()
    {
        var (zone, anna, dossier) = await Begun();
        var form = await anna.Appointment(zone, dossier);
        var planned = await anna.Send(form);
        Ends(zone, "Place.Office");
        using var visit = anna.Visit();
        Offers(await visit.Page($"/dossiers/{dossier}/appointments"), false, "Office");
        Offers(await visit.Page($"/dossiers/{dossier}/appointments/{planned}"), true, "Office");
        Offers(await visit.Page($"/dossiers/{dossier}/contact?appointment={planned}"), true, "Office");
        await Refused("Place", anna.Send(form with { At = form.At!.Value.AddDays(1) }));
        var now = (await anna.Send(new Plan.Query(dossier, planned))).Planned!;
        await anna.Send(form with { Contact = planned, Version = now.Version, Note = "with her sister" });
        await anna.Send(await anna.Contact(zone, dossier) with { Appointment = planned, Version = now.Version + 1, Place = Place.Office });
        Assert.Equal(Place.Office, (await anna.Send(new Correct.Query(dossier, planned))).Form.Place);
    }

    [Fact]
    public async Task What_a_person_is_stays_and_nobody_else_becomes_it()
    {
        var (zone, anna, dossier) = await Begun();
        var form = new Edit.Command { Dossier = dossier, GivenName = "Bo", FamilyName = "Voorbeeld", Capacity = Capacity.Witness, Sex = Sex.Other, Damages = [Damage.Moral, Damage.Material], Language = "nl" };
        var bo = await anna.Send(form);
        Ends(zone, "Capacity.Witness", "Sex.Other", "Damage.Moral");
        using var visit = anna.Visit();
        Offers(await visit.Page($"/dossiers/{dossier}/people"), false, "Witness", "Other", "Moral");
        await Refused("Capacity", anna.Send(form));
        await Refused("Sex", anna.Send(form with { Capacity = Capacity.Victim }));
        await Refused("Damages", anna.Send(form with { Capacity = Capacity.Victim, Sex = Sex.NotSaid }));

        Offers(await visit.Page($"/dossiers/{dossier}/people/{bo}"), true, "Witness", "Other", "Moral");
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit($"/dossiers/{dossier}/people/{bo}", [KeyValuePair.Create("Form.GivenName", "Boris")])).StatusCode);
        var kept = (await anna.Opens(dossier)).People.Single(p => p.Id == bo);
        Assert.Equal(("Boris Voorbeeld", Capacity.Witness, Sex.Other, Damage.Moral | Damage.Material), (kept.Name, kept.Person.Capacity, kept.Person.Sex, kept.Person.Damage));
    }

    [Fact]
    public async Task An_outcome_that_ended_closes_nothing()
    {
        var (zone, anna, dossier) = await Begun();
        Ends(zone, "Outcome.Supported");
        using var visit = anna.Visit();
        Offers(await visit.Page($"/dossiers/{dossier}/close"), false, "Supported");
        await Refused("Outcome", anna.Closes(dossier));
    }

    [Fact]
    public async Task A_trainee_keeps_what_was_given_and_adds_nothing_that_ended()
    {
        var (zone, _, dossier) = await Begun();
        var mila = zone.As(Role.Trainee);
        await zone.Names(dossier, mila.Id);
        var contact = await mila.Send(await mila.Contact(zone, dossier) with { Services = [ServiceKind.FirstHelp] });
        Ends(zone, "Service.FirstHelp", "Service.Recontact");
        using var visit = mila.Visit();
        var page = await visit.Page($"/dossiers/{dossier}/correct/{contact}");
        Offers(page, true, "FirstHelp");
        Offers(page, false, "Recontact");
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit($"/dossiers/{dossier}/correct/{contact}", [KeyValuePair.Create("Form.Minutes", "35")])).StatusCode);
        var now = (await mila.Send(new Mend.Query(dossier, contact))).Form;
        Assert.Equal((35, ServiceKind.FirstHelp), (now.Minutes, Assert.Single(now.Services)));
        await Refused("Services", mila.Send(now with { Dossier = dossier, Entry = contact, Services = [ServiceKind.FirstHelp, ServiceKind.Recontact] }));
    }

    [Fact]
    public async Task A_capacity_that_ended_is_chosen_in_no_intake_nor_on_a_call_out_nor_on_paper()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = await zone.Hires("worker", Role.OnCall);
        Ends(zone, "Capacity.Witness", "Trigger.Patrol");
        using var visit = worker.Visit();
        foreach (var path in new[] { "/intake", "/call-outs/enter" }) Offers(await visit.Page(path), false, "Witness");
        var card = (await visit.Page("/intake/card?language=en")).QuerySelector("main")!.TextContent;
        foreach (var ended in new[] { Lists.Word(CodeList.Capacity, "Witness"), Lists.Word(CodeList.Trigger, "Patrol") }) Assert.DoesNotContain(ended, card, StringComparison.Ordinal);
        Assert.Contains(Lists.Word(CodeList.Capacity, "Victim"), card, StringComparison.Ordinal);
        await Refused("Capacity", worker.Registers(Cases.Intake(zone) with { Capacity = Capacity.Witness }));
        var least = new Enter.Command { SubKind = "Fire", Language = "fr", Once = Guid.NewGuid(), Persons = [new Enter.PersonRow(), new Enter.PersonRow { GivenName = "Ada", Capacity = Capacity.Witness }] };
        await Refused("Persons[1].Capacity", worker.Send(least));
        await worker.Send(least with { Persons = [new Enter.PersonRow { GivenName = "Ada", Capacity = Capacity.Victim }] });
    }

    [Fact]
    public async Task Facts_that_ended_stay_beside_the_main_ones_and_come_in_by_no_list_and_no_word_of_the_zone()
    {
        var (zone, anna, dossier) = await Begun();
        var now = await anna.Send(new Facts.Query(dossier));
        await anna.Send(now with { Dossier = dossier, Additional = ["Stalking"] });
        var entry = new OwnEntry.Command { List = CodeList.SubKind, Shipped = "Stalking", Fr = "Suivie", Nl = "Gevolgd", De = "Verfolgt", En = "Followed", From = Moment.Day(zone.Platform.Clock.GetUtcNow()) };
        var own = OwnCode.ValueOf(await zone.As(Role.ZoneAdministrator).Send(entry));
        var followed = await anna.Registers(Cases.Intake(zone, "Voorbeeld", subKind: own));
        Ends(zone, "SubKind.Stalking", "SubKind.Fire");
        using var visit = anna.Visit();
        var page = await visit.Page($"/dossiers/{dossier}/facts");
        Assert.NotNull(page.QuerySelector("[name='Form.Additional'][value=Stalking][checked]"));
        Assert.Null(page.QuerySelector("[value=Fire]"));
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit($"/dossiers/{dossier}/facts", [KeyValuePair.Create("Form.Municipality", "Deux-Rives")])).StatusCode);
        now = await anna.Send(new Facts.Query(dossier)) with { Dossier = dossier };
        Assert.Equal(("Deux-Rives", "Stalking"), (now.Municipality, Assert.Single(now.Additional)));
        await Refused("Additional", anna.Send(now with { Additional = ["Stalking", "Fire"] }));
        // The zone's own word goes with what it stands for, and stays where it stood.
        Assert.DoesNotContain(await anna.Send(new Offered.Query(CodeList.SubKind)), c => c.Value == own || c.Value == "Stalking");
        Assert.Contains(await anna.Send(new Offered.Query(CodeList.SubKind, own)), c => c.Value == own);
        await Refused("SubKind", anna.Registers(Cases.Intake(zone, subKind: own)));
        now = await anna.Send(new Facts.Query(followed)) with { Dossier = followed };
        await anna.Send(now with { Municipality = "Deux-Rives" });
        Assert.Equal(own, (await anna.Send(new Facts.Query(followed))).SubKind);
        // A row of the night's list.
        var cells = Assert.Single(PvText.Read("1/2026;Fire;;Exemple, Ada").Rows);
        Assert.Equal(nameof(PvCells.Facts), Assert.Single(PvReading.Of(cells, "fr", new Dictionary<string, OwnCode>(), zone.Platform.Clock.GetUtcNow()).Faults).Field);
    }

    private async Task<(TestZone Zone, Person Anna, Guid Dossier)> Begun()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        return (zone, anna, await anna.Registers(Cases.Intake(zone)));
    }

    // Yesterday was the last day, for the rest of this test and for nothing beside it.
    private static void Ends(TestZone zone, params string[] codes)
    {
        var yesterday = Moment.Day(zone.Platform.Clock.GetUtcNow()).AddDays(-1);
        Assert.All(codes, code => Assert.Contains(ShippedCodes.All, c => $"{c.List}.{c.Code}" == code));
        ShippedCodes.Dated.Value = c => codes.Contains($"{c.List}.{c.Code}") ? c with { Until = yesterday } : c;
    }

    private static void Offers(IHtmlDocument page, bool offers, params string[] codes) =>
        Assert.All(codes, code => Assert.Equal(offers, page.QuerySelector($"main [name^='Form.'][value='{code}'], main [name^='Form.'] option[value='{code}']") is not null));

    private static async Task Refused(string field, Task sent) => Assert.Equal(field, Assert.Single((await Assert.ThrowsAsync<ValidationException>(() => sent)).Errors).PropertyName);
}
