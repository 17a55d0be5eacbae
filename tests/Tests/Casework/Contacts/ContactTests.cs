using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Casework;

public sealed class ContactTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task The_first_contact_held_ends_the_wait(string engine)
    {
        var (zone, worker, dossier) = await Registered(engine);
        var contact = await worker.Contact(zone, dossier);
        await worker.Send(contact);
        var view = await worker.Opens(dossier);
        Assert.Equal(contact.At!.Value, view.Dossier.FirstContact!.Value, TimeSpan.FromSeconds(1));
        Assert.Empty(view.Planned);
        Assert.Null(view.Dossier.NextDue);
        Assert.Contains(view.Timeline, h => h.Services.SequenceEqual([ServiceKind.Listening]));
    }

    [Fact]
    public async Task A_contact_held_with_somebody_else_for_them_reached_nobody_yet()
    {
        var (zone, worker, dossier) = await Registered("sqlite");
        await worker.Send(await worker.Contact(zone, dossier) with { ForThem = true });
        var view = await worker.Opens(dossier);
        Assert.Null(view.Dossier.FirstContact);
        Assert.Equal(ActKind.FirstContact, Assert.Single(view.Planned).Kind);
    }

    [Theory, EveryEngine]
    public async Task One_persons_first_contact_is_not_anothers(string engine)
    {
        var (zone, worker, dossier) = await Registered(engine);
        var other = await worker.Send(new VictimSupport.Casework.People.Edit.Command { Dossier = dossier, GivenName = "Bo", FamilyName = "Voorbeeld", Capacity = Capacity.Victim, Language = "nl" });
        // Whoever comes in later waits for a first contact of their own, and who is only mentioned for none.
        await worker.Send(new VictimSupport.Casework.People.Edit.Command { Dossier = dossier, GivenName = "Dirk", FamilyName = "Voorbeeld", Capacity = Capacity.AllegedAuthor, Language = "nl" });
        await worker.Send(await worker.Contact(zone, dossier)); // with the lead
        var waits = Assert.Single((await worker.Opens(dossier)).Planned);
        Assert.Equal((other, ActKind.FirstContact, waits.DueAt), (Assert.Single(waits.Persons), waits.Kind, (await worker.Opens(dossier)).Dossier.NextDue));
        await worker.Send(await worker.Contact(zone, dossier) with { Persons = [other] });
        Assert.Empty((await worker.Opens(dossier)).Planned);
    }

    [Fact]
    public async Task The_only_person_is_ticked_and_of_several_nobody()
    {
        var (zone, worker, dossier) = await Registered("sqlite");
        using var visit = worker.Visit();
        string[] forms = ["", "/contact", "/appointments", "/risk", "/documents/add", "/sharing", "/referral"];
        foreach (var form in forms) Assert.Single((await visit.Page($"/dossiers/{dossier}{form}")).QuerySelectorAll("[name='Form.Persons'][checked], [name='Form.Persons'][type=hidden]"));
        await worker.Send(new VictimSupport.Casework.People.Edit.Command { Dossier = dossier, GivenName = "Noah", FamilyName = "Voorbeeld", Capacity = Capacity.Victim, Language = "nl" });
        foreach (var form in forms)
        {
            var boxes = (await visit.Page($"/dossiers/{dossier}{form}")).QuerySelectorAll("[name='Form.Persons']");
            Assert.Equal(2, boxes.Length);
            Assert.All(boxes, box => Assert.True(!box.HasAttribute("checked") && box.GetAttribute("type") == "checkbox", form));
        }
    }

    [Theory, EveryEngine]
    public async Task What_was_asked_for_the_person_and_when_they_were_told_stands_on_the_timeline_and_is_put_right(string engine)
    {
        var (zone, worker, dossier) = await Registered(engine);
        var today = VictimSupport.Design.Html.Moment.Day(zone.Platform.Clock.GetUtcNow());
        var asked = await worker.Contact(zone, dossier) with { ForThem = true, With = Counterpart.Insurer, Question = " Wordt de deur vergoed? " };
        var id = await worker.Send(asked);
        Assert.Equal(["Question asked for the person: Wordt de deur vergoed?"], (await Line()).Asked);
        // The answer comes later, and then the person is told.
        using var visit = worker.Visit();
        var path = $"/dossiers/{dossier}/contacts/{id}/correct";
        var page = await visit.Page(path);
        Assert.Equal("Wordt de deur vergoed?", page.QuerySelector("[name='Form.Question']")!.TextContent.Trim());
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit(path, [KeyValuePair.Create("Form.Answer", "Ja, na expertise"), KeyValuePair.Create("Form.ToldOn", today.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture))])).StatusCode);
        var shown = (await visit.Page($"/dossiers/{dossier}")).QuerySelector(".vs-timeline")!.TextContent;
        foreach (var said in new[] { "Wordt de deur vergoed?", "Answer received: Ja, na expertise", "Told to the person on: " + VictimSupport.Design.Html.Moment.ShowLong(today) }) Assert.Contains(said, shown, StringComparison.Ordinal);
        var kept = await zone.Look(z => z.Set<Contact>().SingleAsync());
        Assert.Equal(("Wordt de deur vergoed?", "Ja, na expertise", today), (kept.Question!.Value, kept.Answer!.Value, kept.ToldOn));
        // With the person there is nobody to ask, and what was typed is not thrown away unsaid; nobody was told tomorrow.
        var refused = await Assert.ThrowsAsync<ValidationException>(() => worker.Send(asked with { ForThem = false }));
        Assert.Equal(["With", "Question"], refused.Errors.Select(e => e.PropertyName)); // whom it was with neither: the prosecutor is not the person
        foreach (var future in new Func<Task>[] { () => worker.Send(asked with { ToldOn = today.AddDays(1) }), async () => await worker.Send((await worker.Send(new Correct.Query(dossier, id))).Form with { Dossier = dossier, Contact = id, ToldOn = today.AddDays(1) }) })
            Assert.Equal("ToldOn", Assert.Single((await Assert.ThrowsAsync<ValidationException>(future)).Errors).PropertyName);
        using var again = worker.Visit();
        Assert.NotNull((await again.Page($"/dossiers/{dossier}/contact")).QuerySelector("details:not([open]) [name='Form.Question']"));

        async Task<VictimSupport.Casework.Dossiers.Happening> Line() => (await worker.Opens(dossier)).Timeline.Single(h => h.Corrects == id);
    }

    [Theory, EveryEngine]
    public async Task A_second_name_stands_under_what_was_asked_too(string engine)
    {
        var (zone, worker, dossier) = await Registered(engine);
        var trainee = zone.As(Role.Trainee);
        await zone.Names(dossier, trainee.Id);
        var id = await trainee.Send(await trainee.Contact(zone, dossier) with { ForThem = true, With = Counterpart.School, Question = "Mag hij thuisblijven?" });
        Assert.Contains("Mag hij thuisblijven?", (await worker.Send(new VictimSupport.Casework.Countersign.Sign.Query(dossier, id))).Text, StringComparison.Ordinal);
        var mine = (await trainee.Send(new VictimSupport.Casework.Countersign.Correct.Query(dossier, id))).Form;
        Assert.Equal("Mag hij thuisblijven?", mine.Question);
        await trainee.Send(mine with { Dossier = dossier, Entry = id, Answer = "Een week" });
        Assert.Equal(("Mag hij thuisblijven?", "Een week"), await zone.Look(async z => await z.Set<Contact>().SingleAsync() is var c ? (c.Question!.Value, c.Answer!.Value) : default));
    }

    [Fact]
    public async Task An_earlier_contact_noted_later_is_the_first()
    {
        var (zone, worker, dossier) = await Registered("sqlite");
        var late = await worker.Contact(zone, dossier);
        await worker.Send(late);
        await worker.Send(late with { At = late.At!.Value.AddHours(-1) });
        Assert.Equal(late.At!.Value.AddHours(-1), (await worker.Opens(dossier)).Dossier.FirstContact!.Value, TimeSpan.FromSeconds(1));
    }

    [Theory, EveryEngine]
    public async Task A_contact_that_was_missed_leaves_the_wait(string engine)
    {
        var (zone, worker, dossier) = await Registered(engine);
        var due = (await worker.Opens(dossier)).Dossier.NextDue;
        await worker.Send(await worker.Contact(zone, dossier) with { Missed = true, Services = [] });
        var view = await worker.Opens(dossier);
        Assert.Null(view.Dossier.FirstContact);
        Assert.Equal(ActKind.FirstContact, Assert.Single(view.Planned).Kind);
        Assert.Equal(due, view.Dossier.NextDue);
    }

    public static TheoryData<string, string> Faults => new()
    {
        { "no service", "Services" }, { "forged service", "Services" }, { "nobody", "Persons" }, { "no place", "Place" }, { "forged place", "Place" }, { "no time", "At" }, { "future", "At" }, { "no minutes", "Minutes" }, { "two days", "Minutes" }, { "long note", "Note" }, { "next without due", "Due" }, { "due without next", "Next" }, { "next in the past", "Due" }, { "next in ten years", "Due" },
    };

    [Theory, MemberData(nameof(Faults))]
    public async Task What_is_wrong_is_said_and_nothing_is_saved(string fault, string field)
    {
        var (zone, worker, dossier) = await Registered("sqlite");
        var (good, now) = (await worker.Contact(zone, dossier), zone.Platform.Clock.GetUtcNow());
        var bad = fault switch
        {
            "due without next" => good with { Due = zone.Platform.Clock.GetUtcNow().AddDays(1) },
            "no service" => good with { Services = [] },
            "forged service" => good with { Services = [(ServiceKind)99] },
            "nobody" => good with { Persons = [] },
            "no place" => good with { Place = null },
            "forged place" => good with { Place = (Place)99 },
            "no time" => good with { At = null },
            "future" => good with { At = now.AddDays(1) },
            "no minutes" => good with { Minutes = null },
            "two days" => good with { Minutes = 48 * 60 },
            "long note" => good with { Note = new string('x', 20_001) },
            "next without due" => good with { Next = ActKind.CallBack },
            "next in the past" => good with { Next = ActKind.CallBack, Due = now.AddHours(-1) },
            _ => good with { Next = ActKind.CallBack, Due = now.AddYears(10) },
        };
        var refused = await Assert.ThrowsAsync<ValidationException>(() => worker.Send(bad));
        Assert.Contains(refused.Errors, e => e.PropertyName.StartsWith(field, StringComparison.Ordinal));
        Assert.Equal(0, await zone.Look(z => z.Set<Contact>().CountAsync()));
    }

    [Theory]
    [InlineData((int)Capacity.Deceased), InlineData((int)Capacity.AllegedAuthor), InlineData((int)Capacity.Representative), InlineData((int)Capacity.SupportPerson), InlineData((int)Capacity.Mentioned)]
    public async Task Nobody_who_is_only_mentioned_is_contacted(int capacity)
    {
        var (zone, worker, dossier) = await Registered("sqlite");
        var mentioned = await worker.Send(new Edit.Command { Dossier = dossier, FamilyName = "Fictif", GivenName = "Marc", Capacity = (Capacity)capacity, Language = "fr" });
        var contact = await worker.Contact(zone, dossier);
        await Assert.ThrowsAsync<RefusedException>(() => worker.Send(contact with { Persons = [mentioned] }));
        await Assert.ThrowsAsync<RefusedException>(() => worker.Send(contact with { Persons = [.. contact.Persons, mentioned] }));
        using var visit = worker.Visit();
        Assert.DoesNotContain(mentioned.ToString(), (await visit.Page($"/dossiers/{dossier}/contact")).DocumentElement.OuterHtml, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task A_next_act_planned_with_it_is_what_the_dossier_waits_for(string engine)
    {
        var (zone, worker, dossier) = await Registered(engine);
        var due = zone.Platform.Clock.GetUtcNow().AddHours(5);
        await worker.Send(await worker.Contact(zone, dossier) with { Missed = true, Services = [], Next = ActKind.CallBack, Due = due });
        var view = await worker.Opens(dossier);
        Assert.Equal(2, view.Planned.Count);
        Assert.Equal(due, view.Dossier.NextDue!.Value, TimeSpan.FromMinutes(1));
    }

    [Theory, EveryEngine]
    public async Task The_same_form_sent_at_once_notes_one_contact(string engine)
    {
        var (zone, worker, dossier) = await Registered(engine);
        var contact = await worker.Contact(zone, dossier) with { Once = Guid.NewGuid() };
        var made = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => worker.Send(contact))));
        Assert.Single(made.Distinct());
        Assert.Equal(1, await zone.Look(z => z.Set<Contact>().CountAsync()));
    }

    [Fact]
    public async Task Who_comes_to_the_desk_without_appointment_is_registered_and_the_conversation_recorded_as_held_here_and_now()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = zone.As(Role.Caseworker);
        using var visit = worker.Visit();
        var intake = Cases.Intake(zone);
        KeyValuePair<string, string>[] typed = [new("Form.Trigger", nameof(Trigger.Person)), new("Form.SubKind", intake.SubKind), new("Form.GivenName", "Ada"), new("Form.FamilyName", "Exemple"), new("Form.Language", "fr")];
        var button = (await visit.Page("/intake")).QuerySelector<IHtmlButtonElement>("button[formaction*='AtTheDesk']")!;
        button.Form!.SetAttribute("action", button.GetAttribute("formaction")!);
        var saved = await visit.Send("/intake", button.Form!, typed);
        var dossier = await zone.Look(z => z.Set<Dossier>().Select(d => d.Id).SingleAsync());
        Assert.EndsWith($"/dossiers/{dossier}/contact?place=Office", saved.Headers.Location!.ToString(), StringComparison.Ordinal);
        var form = await visit.Page($"/dossiers/{dossier}/contact?place=Office");
        Assert.Equal("Office", form.QuerySelector("[name='Form.Place'][checked]")!.GetAttribute("value"));
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit($"/dossiers/{dossier}/contact?place=Office", [new("Form.Services", nameof(ServiceKind.Listening))])).StatusCode);
        var held = await zone.Look(z => z.Set<Contact>().SingleAsync());
        Assert.Equal((Place.Office, true, (DateTimeOffset?)null), (held.Place, held.Held, held.PlannedFor));
        Assert.NotNull((await worker.Opens(dossier)).Dossier.FirstContact);
    }

    [Fact]
    public async Task A_leaflet_that_was_handed_over_is_ticked_among_what_the_person_was_told()
    {
        var (zone, worker, dossier) = await Registered("sqlite");
        using var visit = worker.Visit();
        var offered = (await visit.Page($"/dossiers/{dossier}/contact")).QuerySelectorAll("[name='Form.Informed']").Select(b => b.GetAttribute("value")).ToList();
        foreach (var one in new[] { Topic.DataUse, Topic.Leaflet, Topic.PocketCard, Topic.OtherLeaflet }) Assert.Contains(one.ToString(), offered);
        await worker.Send(await worker.Contact(zone, dossier) with { Informed = [Topic.OtherLeaflet, Topic.Rights, Topic.Leaflet] });
        Assert.Contains((await worker.Opens(dossier)).Timeline, h => h.Informed == "Informed about: Rights of victims, Leaflet of the service given, Leaflet of another service given");
    }

    private async Task<(TestZone, VictimSupport.Tests.Kit.Person, Guid)> Registered(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        return (zone, worker, await worker.Registers(Cases.Intake(zone)));
    }
}
