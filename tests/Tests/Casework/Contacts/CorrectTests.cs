using System.Net;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Counting;
using VictimSupport.Casework.Countersign;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Tests.Kit;
using Correct = VictimSupport.Casework.Contacts.Correct;
using Edit = VictimSupport.Casework.People.Edit;
using Person = VictimSupport.Tests.Kit.Person;

namespace VictimSupport.Tests.Casework;

/// <summary>A contact that was written down wrongly, and all that hangs on it.</summary>
public sealed class CorrectTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task What_stood_before_a_correction_stays_readable_with_who_put_it_right_and_when(string engine)
    {
        var (zone, anna, dossier) = await Registered(engine);
        var cora = await zone.Hires("cora", Role.Coordinator);
        var id = await anna.Send(await anna.Contact(zone, dossier) with { Note = "Zij woont bij haar zus" });
        Assert.Empty((await Line()).Earlier);
        using var visit = cora.Visit();
        await visit.Submit($"/dossiers/{dossier}/contacts/{id}/correct", [new("Form.Note", "Zij woont bij haar tante"), new("Form.Minutes", "45")]);
        await visit.Submit($"/dossiers/{dossier}/contacts/{id}/correct", []); // nothing is other than it was
        var line = await Line();
        Assert.Equal("Zij woont bij haar tante", line.Text);
        Assert.Equal((anna.Id, cora.Id), (line.By, Assert.Single(line.Earlier).Change.By));
        var shown = (await visit.Page($"/dossiers/{dossier}")).QuerySelector("[data-earlier]")!.TextContent;
        foreach (var said in new[] { "Corrected by cora", "Zij woont bij haar zus", "20" }) Assert.Contains(said, shown, StringComparison.Ordinal);
        // Sealed under the dossier's key, as the note is.
        var box = await zone.Look(async z => (await z.Database.SqlQueryRaw<byte[]>("SELECT \"Before\" AS \"Value\" FROM contact_change").ToListAsync()).Single());
        Assert.DoesNotContain("zus", System.Text.Encoding.UTF8.GetString(box), StringComparison.Ordinal);
        Assert.Contains(VictimSupport.Casework.People.Pointers.TypesOf(await zone.Look(z => Task.FromResult(z.Model))), t => t.ClrType == typeof(ContactChange));

        async Task<Happening> Line() => (await anna.Opens(dossier)).Timeline.Single(h => h.Corrects == id);
    }

    [Theory, EveryEngine]
    public async Task With_whom_it_was_is_put_right_and_the_wait_and_what_counts_go_with_it(string engine)
    {
        var (zone, anna, dossier) = await Registered(engine);
        var (ada, bo) = (await anna.LeadOf(dossier), await anna.Send(new Edit.Command { Dossier = dossier, GivenName = "Bo", FamilyName = "Voorbeeld", Capacity = Capacity.Victim, Language = "nl" }));
        var id = await anna.Send(await anna.Contact(zone, dossier));
        Assert.Equal([bo], Assert.Single((await anna.Opens(dossier)).Planned).Persons);
        await Puts(anna, dossier, id, f => f with { Persons = [bo] });
        var view = await anna.Opens(dossier);
        Assert.Equal([ada], Assert.Single(view.Planned).Persons);
        Assert.Equal(Assert.Single(view.Planned).DueAt, view.Dossier.NextDue);
        Assert.NotNull(view.Dossier.FirstContact);
        Assert.Equal([bo], await zone.Look(z => z.Set<GivenService>().Select(s => s.PersonId).ToListAsync()));
        Assert.Equal(["Ada Exemple"], (await Earlier(anna, dossier)).Select(e => e.Persons));
        // As when it was entered: whoever is only mentioned is contacted by nobody, and nobody of another dossier is.
        var mentioned = await anna.Send(new Edit.Command { Dossier = dossier, GivenName = "Dirk", FamilyName = "Voorbeeld", Capacity = Capacity.AllegedAuthor, Language = "nl" });
        foreach (var nobody in new[] { mentioned, Guid.NewGuid() }) await Assert.ThrowsAsync<RefusedException>(() => Puts(anna, dossier, id, f => f with { Persons = [bo, nobody] }));
        Assert.Equal("Persons", Assert.Single((await Assert.ThrowsAsync<ValidationException>(() => Puts(anna, dossier, id, f => f with { Persons = [] }))).Errors).PropertyName);
    }

    [Theory, EveryEngine]
    public async Task One_ticked_as_missed_by_mistake_was_held_and_one_held_by_mistake_reached_nobody(string engine)
    {
        var (zone, anna, dossier) = await Registered(engine);
        var due = (await anna.Opens(dossier)).Dossier.NextDue;
        var id = await anna.Send(await anna.Contact(zone, dossier) with { Missed = true, Services = [] });
        Assert.Equal("Services", Assert.Single((await Assert.ThrowsAsync<ValidationException>(() => Puts(anna, dossier, id, f => f with { Missed = false }))).Errors).PropertyName);
        await Puts(anna, dossier, id, f => f with { Missed = false, Services = [ServiceKind.Listening] });
        var view = await anna.Opens(dossier);
        Assert.Empty(view.Planned);
        Assert.Equal((await zone.Look(z => z.Set<Contact>().SingleAsync())).At, view.Dossier.FirstContact);
        Assert.Equal(1, await zone.Look(z => z.Set<GivenService>().CountAsync()));
        await Puts(anna, dossier, id, f => f with { Missed = true });
        view = await anna.Opens(dossier);
        Assert.Equal((ActKind.FirstContact, due), (Assert.Single(view.Planned).Kind, view.Dossier.NextDue));
        Assert.Null(view.Dossier.FirstContact);
        Assert.Equal(0, await zone.Look(z => z.Set<GivenService>().CountAsync()));
        Assert.Equal(2, (await Earlier(anna, dossier)).Count);
        // The same of one with somebody else for them.
        await Puts(anna, dossier, id, f => f with { Missed = false, ForThem = true, With = Counterpart.School, Services = [ServiceKind.Listening] });
        Assert.Null((await anna.Opens(dossier)).Dossier.FirstContact);
        await Puts(anna, dossier, id, f => f with { ForThem = false, With = null });
        Assert.NotNull((await anna.Opens(dossier)).Dossier.FirstContact);
        Assert.Null((await zone.Look(z => z.Set<Contact>().SingleAsync())).With);
    }

    [Theory, EveryEngine]
    public async Task A_second_name_put_there_by_mistake_is_taken_back_and_counts_no_more(string engine)
    {
        var (zone, anna, dossier) = await Registered(engine);
        var mila = zone.As(Role.Trainee);
        await zone.Names(dossier, mila.Id);
        var id = await mila.Send(await mila.Contact(zone, dossier) with { Note = "van mila" });
        await anna.Signs(dossier, id);
        Assert.Equal(1, await zone.Look(z => z.Set<GivenService>().CountAsync()));
        foreach (var nobody in new[] { mila, zone.As(Role.Caseworker), zone.As(mila.Id, Role.Trainee, Role.Coordinator) }) await Assert.ThrowsAsync<RefusedException>(() => nobody.Send(new TakeBack.Command(dossier, id)));
        using var visit = anna.Visit();
        await visit.Submit($"/dossiers/{dossier}", [], "form[action*='TakeBack']");
        var view = await anna.Opens(dossier);
        Assert.Null(view.Dossier.FirstContact);
        Assert.Equal(ActKind.FirstContact, Assert.Single(view.Planned).Kind);
        Assert.Equal(0, await zone.Look(z => z.Set<GivenService>().CountAsync()));
        Assert.Equal((Signing.Waiting, (Guid?)null), await zone.Look(async z => await z.Set<Contact>().SingleAsync() is var c ? (c.Signing, c.SignedBy) : default));
        Assert.False(await anna.Send(new TakeBack.Command(dossier, id))); // pressed twice
        await Assert.ThrowsAsync<RefusedException>(() => anna.Send(new Correct.Query(dossier, id))); // what waits is its writer's
        // Signed again, whoever answers for it puts it right under their own name; its writer does not, nor does a colleague.
        await anna.Signs(dossier, id);
        var cora = zone.As(Role.Coordinator);
        foreach (var nobody in new[] { mila, zone.As(Role.Caseworker), zone.As(mila.Id, Role.Trainee, Role.Coordinator) }) await Assert.ThrowsAsync<RefusedException>(() => nobody.Send(new Correct.Query(dossier, id)));
        await Puts(cora, dossier, id, f => f with { Note = "van mila, verbeterd" });
        Assert.Equal(("van mila, verbeterd", Signing.Signed, (Guid?)cora.Id, mila.Id), await zone.Look(async z => await z.Set<Contact>().SingleAsync() is var c ? (c.Note!.Value, c.Signing, c.SignedBy, c.By) : default));
        Assert.Equal(cora.Id, Assert.Single(await Earlier(anna, dossier)).Change.By);
        await anna.Closes(dossier);
        await Assert.ThrowsAsync<RefusedException>(() => anna.Send(new TakeBack.Command(dossier, id)));
    }

    [Fact]
    public async Task A_trainee_who_corrects_before_the_second_name_leaves_what_stood_there_too()
    {
        var (zone, anna, dossier) = await Registered("sqlite");
        var mila = zone.As(Role.Trainee);
        await zone.Names(dossier, mila.Id);
        var id = await mila.Send(await mila.Contact(zone, dossier) with { Note = "eerst" });
        await mila.Send((await mila.Send(new VictimSupport.Casework.Countersign.Correct.Query(dossier, id))).Form with { Dossier = dossier, Entry = id, Text = "daarna" });
        Assert.Equal("eerst", Assert.Single(await Earlier(anna, dossier)).Change.Before.Value.Note);
    }

    [Fact]
    public async Task A_contact_typed_to_the_whole_minute_stands_above_what_was_there_before_it()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var anna = zone.As(Role.Caseworker);
        var dossier = await anna.Registers(Cases.Intake(zone));
        var lead = await anna.LeadOf(dossier);
        var now = platform.Clock.GetUtcNow();
        platform.Clock.Advance(TimeSpan.FromSeconds(80 - now.Second)); // 20 seconds into a minute
        await anna.Send(new Write.Command { Dossier = dossier, Persons = [lead], Layer = Layer.Assistance, Text = "eerst" });
        platform.Clock.Advance(TimeSpan.FromSeconds(10));
        var at = platform.Clock.GetUtcNow();
        await anna.Send(await anna.Contact(zone, dossier) with { Note = "daarna", At = at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMinute)) });
        platform.Clock.Advance(TimeSpan.FromSeconds(10));
        await anna.Send(new Write.Command { Dossier = dossier, Persons = [lead], Layer = Layer.Assistance, Text = "ten slotte" });
        Assert.Equal(["ten slotte", "daarna", "eerst"], (await anna.Opens(dossier)).Timeline.Select(h => h.Text).OfType<string>());
    }

    private static async Task Puts(Person by, Guid dossier, Guid contact, Func<Correct.Command, Correct.Command> how) =>
        await by.Send(how((await by.Send(new Correct.Query(dossier, contact))).Form) with { Dossier = dossier, Contact = contact });

    private static async Task<List<Earlier>> Earlier(Person by, Guid dossier) => [.. (await by.Opens(dossier)).Timeline.SelectMany(h => h.Earlier)];

    private async Task<(TestZone, Person, Guid)> Registered(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        return (zone, anna, await anna.Registers(Cases.Intake(zone)));
    }
}
