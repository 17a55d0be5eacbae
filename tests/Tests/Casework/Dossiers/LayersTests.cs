using System.Net;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Countersign;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Tests.Kit;
using Person = VictimSupport.Tests.Kit.Person;

namespace VictimSupport.Tests.Casework;

public sealed class LayersTests(Platforms platforms)
{
    private const string Said = "He came back at night. She is afraid of him. He has a key to the flat.";

    [Theory, EveryEngine]
    public async Task An_entry_for_the_police_stands_open_until_it_is_given_and_what_was_given_stays(string engine)
    {
        var (zone, worker, dossier) = await Registered(engine);
        var note = await Writes(worker, dossier, Layer.Police);
        Assert.True((await Line(worker, dossier, note)).Police!.IsOpen);
        var given = new Give.Command { Dossier = dossier, Entry = note, End = PoliceEnd.Given, To = "Inspector Fictif", Unit = "Recherche Exemple", Report = "BR.30.L1.012345/2026", On = Today(zone) };
        await worker.Send(given);
        var end = Assert.Single((await Line(worker, dossier, note)).Police!.Ends);
        Assert.Equal((null, Today(zone), worker.Id), (end.Reason, end.On, end.By));
        Assert.Equal(new GivingDetails("Inspector Fictif", "Recherche Exemple", "BR.30.L1.012345/2026", null), end.Details.Value);
        Assert.Equal(["BR.30.L1.012345/2026"], (await worker.Opens(dossier)).OfficialReports);
        Assert.Equal(dossier, Assert.Single((await worker.Send(new Search.Query { Text = "BR.30.L1.012345/2026" })).Rows).Dossier);
        // Given to another too: a further act, the number is known already.
        await worker.Send(given with { To = "Inspecteur Voorbeeld" });
        Assert.Equal(["Inspecteur Voorbeeld", "Inspector Fictif"], (await Line(worker, dossier, note)).Police!.Ends.Select(e => e.Details.Value.To));
        Assert.Single((await worker.Opens(dossier)).OfficialReports);
        Assert.Contains(await zone.Look(z => z.Set<AuditRow>().ToListAsync()), r => r.Act == "Casework.Dossiers.Give" && r.Subject == dossier && r.Actor == worker.Id);
    }

    [Theory]
    [InlineData("end"), InlineData("to"), InlineData("unit"), InlineData("reason"), InlineData("why"), InlineData("future"), InlineData("past"), InlineData("none")]
    public async Task An_end_that_says_too_little_is_refused(string what)
    {
        var (zone, worker, dossier) = await Registered("sqlite");
        var note = await Writes(worker, dossier, Layer.Police);
        var given = new Give.Command { Dossier = dossier, Entry = note, End = PoliceEnd.Given, To = "x", Unit = "y", On = Today(zone) };
        var refused = await Assert.ThrowsAsync<ValidationException>(() => worker.Send(what switch
        {
            "end" => given with { End = null },
            "to" => given with { To = " " },
            "unit" => given with { Unit = null },
            "reason" => given with { End = PoliceEnd.NotGiven },
            "why" => given with { End = PoliceEnd.NotGiven, Reason = NotGiven.Other },
            "future" => given with { On = Today(zone).AddDays(1) },
            "past" => given with { On = Today(zone).AddYears(-30) },
            _ => given with { On = null },
        }));
        Assert.Equal(what switch { "end" => "End", "to" => "To", "unit" => "Unit", "reason" => "Reason", "why" => "Why", _ => "On" }, Assert.Single(refused.Errors).PropertyName);
        Assert.True((await Line(worker, dossier, note)).Police!.IsOpen);
    }

    [Theory, EveryEngine]
    public async Task An_open_entry_holds_up_the_closing_and_one_not_given_does_not(string engine)
    {
        var (zone, worker, dossier) = await Registered(engine);
        var note = await Writes(worker, dossier, Layer.Police);
        Assert.Equal(note, Assert.Single(await worker.Send(new Close.Query(dossier)), g => g.Kind == GapKind.PoliceEntry).Entry);
        await Assert.ThrowsAsync<ValidationException>(() => worker.ClosesAtOnce(dossier));
        await worker.Send(new Give.Command { Dossier = dossier, Entry = note, End = PoliceEnd.NotGiven, Reason = NotGiven.ThePersonObjects, On = Today(zone) });
        await worker.ClosesAtOnce(dossier);
        Assert.False((await worker.Opens(dossier)).Dossier.IsOpen);
    }

    [Fact]
    public async Task What_is_no_entry_for_the_police_or_another_dossiers_is_not_there_to_give()
    {
        var (zone, worker, dossier) = await Registered("sqlite");
        var (assistance, elsewhere) = (await Writes(worker, dossier, Layer.Assistance), await worker.Registers(Cases.Intake(zone)));
        var theirs = await Writes(worker, elsewhere, Layer.Police);
        foreach (var entry in new[] { assistance, theirs, Guid.NewGuid() })
        {
            await Assert.ThrowsAsync<RefusedException>(() => worker.Send(new Give.Query(dossier, entry)));
            await Assert.ThrowsAsync<RefusedException>(() => worker.Send(new Give.Command { Dossier = dossier, Entry = entry, End = PoliceEnd.NotGiven, Reason = NotGiven.KnownAlready, On = Today(zone) }));
        }
        using var stranger = zone.As(Role.Caseworker).Visit();
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.Get($"/dossiers/{elsewhere}/police/{theirs}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.Get($"/dossiers/{elsewhere}/copy/{theirs}")).StatusCode);
    }

    [Theory, EveryEngine]
    public async Task A_copy_is_a_note_of_its_own_in_the_other_layer_and_points_to_its_origin(string engine)
    {
        var (zone, worker, dossier) = await Registered(engine);
        var origin = await Writes(worker, dossier, Layer.Assistance);
        var copy = await worker.Send(new Copy.Command { Dossier = dossier, Entry = origin, Text = "He came back at night. He has a key.", Ground = CopyGround.GraveDanger, Why = "On her own word" });
        var line = await Line(worker, dossier, copy);
        Assert.Equal((Layer.Police, "He came back at night. He has a key."), (line.Layer, line.Text));
        Assert.Equal((await Line(worker, dossier, origin)).At, line.CopiedFrom);
        Assert.Contains("On her own word", line.Ground, StringComparison.Ordinal);
        Assert.True(line.Police!.IsOpen); // what was copied for the police must be given or not
        var stays = await Line(worker, dossier, origin);
        Assert.Equal((Layer.Assistance, Said), (stays.Layer, stays.Text));
        Assert.Equal((origin, CopyGround.GraveDanger), await zone.Look(z => z.Set<Note>().Where(n => n.Id == copy).Select(n => new { n.CopyOf, n.Ground }).SingleAsync()) is var row ? (row.CopyOf!.Value, row.Ground!.Value) : default);
        // The other way round as well, by the same way and no other.
        var back = await worker.Send(new Copy.Command { Dossier = dossier, Entry = copy, Text = "He has a key.", Ground = CopyGround.NeededForHelp });
        Assert.Equal((Layer.Assistance, null), await Line(worker, dossier, back) is var third ? (third.Layer, third.Police) : default);
    }

    [Fact]
    public async Task What_a_contact_says_is_copied_too()
    {
        var (zone, worker, dossier) = await Registered("sqlite");
        var contact = await worker.Send(await worker.Contact(zone, dossier) with { Note = Said });
        var silent = await worker.Send(await worker.Contact(zone, dossier));
        Assert.Equal((Layer.Police, Said), await worker.Send(new Copy.Query(dossier, contact)) is var view ? (view.Into, view.Text) : default);
        var copy = await worker.Send(new Copy.Command { Dossier = dossier, Entry = contact, Text = Said, Ground = CopyGround.ThePersonAgrees });
        Assert.Equal(Said, (await Line(worker, dossier, copy)).Text);
        await Assert.ThrowsAsync<RefusedException>(() => worker.Send(new Copy.Query(dossier, silent)));
    }

    [Theory]
    [InlineData("He came back. She is afraid.", true), InlineData("HE HAS A KEY", true), InlineData(Said, true), InlineData("night", true)]
    [InlineData("He came back with a knife.", false), InlineData("a key has He", false), InlineData("He came back at night. He came back", false), InlineData("afraidness", false)]
    public async Task A_copy_leaves_out_and_adds_nothing(string text, bool goes)
    {
        Assert.Equal(goes, Copy.Shortens(text, Said));
        var (_, worker, dossier) = await Registered("sqlite");
        var origin = await Writes(worker, dossier, Layer.Assistance);
        var copy = new Copy.Command { Dossier = dossier, Entry = origin, Text = text, Ground = CopyGround.ThePersonAgrees };
        if (goes) await worker.Send(copy);
        else Assert.Equal("Text", Assert.Single((await Assert.ThrowsAsync<ValidationException>(() => worker.Send(copy))).Errors).PropertyName);
        Assert.Equal(goes ? 2 : 1, (await worker.Opens(dossier)).Timeline.Count(h => h.Layer is not null && h.Text is not null));
    }

    [Theory]
    [InlineData("ground"), InlineData("why"), InlineData("empty")]
    public async Task A_copy_without_a_ground_or_without_words_is_refused(string what)
    {
        var (_, worker, dossier) = await Registered("sqlite");
        var copy = new Copy.Command { Dossier = dossier, Entry = await Writes(worker, dossier, Layer.Assistance), Text = Said, Ground = CopyGround.ThePersonAgrees };
        await Assert.ThrowsAsync<ValidationException>(() => worker.Send(what switch { "ground" => copy with { Ground = null }, "why" => copy with { Ground = CopyGround.Other }, _ => copy with { Text = " " } }));
    }

    [Theory, EveryEngine]
    public async Task A_trainees_copy_waits_for_a_second_name_and_is_not_given_before(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (anna, mila) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("mila", Role.Trainee));
        var dossier = await anna.Registers(Cases.Intake(zone));
        await zone.Names(dossier, mila.Id);
        var unsigned = await Writes(mila, dossier, Layer.Assistance);
        await Assert.ThrowsAsync<RefusedException>(() => mila.Send(new Copy.Query(dossier, unsigned))); // nor is what itself waits copied
        var origin = await Writes(anna, dossier, Layer.Assistance);
        var copy = await mila.Send(new Copy.Command { Dossier = dossier, Entry = origin, Text = Said, Ground = CopyGround.DutyToReport });
        Assert.Equal(Signing.Waiting, (await Line(anna, dossier, copy)).Signed!.Signing);
        await Assert.ThrowsAsync<RefusedException>(() => anna.Send(new Give.Query(dossier, copy)));
        Assert.Equal(new HashSet<Guid?> { unsigned, copy }, (await anna.Send(new Close.Query(dossier))).Where(g => g.Kind == GapKind.Unsigned).Select(g => g.Entry).ToHashSet());
        var read = await anna.Send(new Sign.Query(dossier, copy));
        Assert.Equal((Layer.Police, CopyGround.DutyToReport), (read.Layer!.Value, read.Ground!.Value)); // whoever signs knows where it goes, and why
        // Put right it stays a copy.
        await anna.Send(new Return.Command { Dossier = dossier, Entry = copy, Version = read.Version, Remark = "Shorter" });
        await Assert.ThrowsAsync<ValidationException>(() => mila.Send(new VictimSupport.Casework.Countersign.Correct.Command { Dossier = dossier, Entry = copy, Text = "He has a knife." }));
        await mila.Send(new VictimSupport.Casework.Countersign.Correct.Command { Dossier = dossier, Entry = copy, Text = "He has a key." });
        await anna.Signs(dossier, copy);
        await anna.Send(new Give.Query(dossier, copy));
        await Assert.ThrowsAsync<RefusedException>(() => mila.Send(new Give.Query(dossier, copy))); // learning, one gives nothing
    }

    [Fact]
    public async Task The_pages_show_what_is_copied_and_keep_what_was_typed()
    {
        var (_, worker, dossier) = await Registered("sqlite");
        var origin = await Writes(worker, dossier, Layer.Assistance);
        using var visit = worker.Visit();
        var path = $"/dossiers/{dossier}/copy/{origin}";
        Assert.Contains($"/copy/{origin}", (await visit.Page($"/dossiers/{dossier}")).QuerySelector(".vs-timeline")!.InnerHtml, StringComparison.Ordinal);
        var page = await visit.Page(path);
        Assert.Equal(Said, page.QuerySelector("blockquote")!.TextContent);
        Assert.Equal(Said, page.QuerySelector("[name='Form.Text']")!.TextContent.TrimStart('\n'));
        var refused = await visit.Submit(path, [KeyValuePair.Create("Form.Text", "He came back"), KeyValuePair.Create("Form.Why", "kept")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var again = await Visit.Read(refused);
        Assert.Equal("He came back", again.QuerySelector("[name='Form.Text']")!.TextContent.TrimStart('\n'));
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit(path, [KeyValuePair.Create("Form.Text", "He came back"), KeyValuePair.Create("Form.Ground", "GraveDanger")])).StatusCode);
        page = await visit.Page($"/dossiers/{dossier}");
        var give = page.QuerySelector("#police-open")!.ParentElement!.QuerySelector("a")!.GetAttribute("href")!;
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit(give, [KeyValuePair.Create("Form.End", "Given"), KeyValuePair.Create("Form.To", "Inspecteur <b>Fictif</b>"), KeyValuePair.Create("Form.Unit", "Recherche")])).StatusCode);
        page = await visit.Page($"/dossiers/{dossier}");
        Assert.Null(page.QuerySelector("#police-open"));
        Assert.Contains("Inspecteur <b>Fictif</b>", page.QuerySelector(".vs-timeline")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_sealed_field_says_its_layer_and_regime()
    {
        var (zone, worker, dossier) = await Registered("sqlite");
        var (police, assistance) = (await Writes(worker, dossier, Layer.Police), await Writes(worker, dossier, Layer.Assistance));
        var (model, notes) = await zone.Look(async z => (z.Model, await z.Set<Note>().ToListAsync()));
        var declared = Layers.Declared(model);
        Assert.Contains(new DeclaredField("person.identity", Layer.Assistance), declared);
        Assert.Contains(new DeclaredField("official_report.number", Layer.Police), declared);
        Assert.Contains(new DeclaredField("giving.details", Layer.Police), declared);
        Assert.Equal(["contact.answer", "contact.question", "contact_change.before", "document.head", "document.remark", "document_part.content", "note.text"], declared.Where(d => d.Layer is null).Select(d => d.Name)); // its rows say so
        Assert.Equal(declared.Count, declared.Select(d => d.Name).Distinct().Count());
        Assert.Equal(Regime.PoliceOperational, Layers.Of(model, notes.Single(n => n.Id == police), "note.text").Regime());
        Assert.Equal(Regime.Assistance, Layers.Of(model, notes.Single(n => n.Id == assistance), "note.text").Regime());
        Assert.Equal(Regime.Assistance, Layers.Of(model, notes.Single(n => n.Id == police), "note.remark").Regime());
    }

    private async Task<(TestZone Zone, Person Worker, Guid Dossier)> Registered(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        return (zone, worker, await worker.Registers(Cases.Intake(zone)));
    }

    private static async Task<Guid> Writes(Person by, Guid dossier, Layer layer)
    {
        await by.Send(new Write.Command { Dossier = dossier, Persons = [await by.LeadOf(dossier)], Layer = layer, Text = Said });
        return await by.Zone.Look(z => z.Set<Note>().Where(n => n.DossierId == dossier).OrderByDescending(n => n.At).Select(n => n.Id).FirstAsync());
    }

    private static async Task<Happening> Line(Person by, Guid dossier, Guid entry)
    {
        var at = await by.Zone.Look(z => z.Set<Note>().Where(n => n.Id == entry).Select(n => n.At).SingleAsync());
        return (await by.Opens(dossier)).Timeline.Single(h => h.At == at && h.Layer is not null);
    }

    private static DateOnly Today(TestZone zone) => VictimSupport.Design.Html.Moment.Day(zone.Platform.Clock.GetUtcNow());
}
