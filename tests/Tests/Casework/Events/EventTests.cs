using System.Net;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Events;
using VictimSupport.Casework.Handovers;
using VictimSupport.Casework.Walls;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Tests.Kit;
using EventShow = VictimSupport.Casework.Events.Show;
using Person = VictimSupport.Tests.Kit.Person;

namespace VictimSupport.Tests.Casework;

/// <summary>A collective event in its own zone: opened, written by many at once, put right, compared, allotted, counted, forgotten.</summary>
public sealed class EventTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task Twenty_write_at_once_and_no_line_and_no_number_is_lost(string engine)
    {
        const int Workers = 20, Each = 3;
        var zone = await (await platforms.On(engine)).Zone();
        var ev = await zone.As(Role.Coordinator).Send(Happenings.Opening(zone));
        var written = await Task.WhenAll(Enumerable.Range(0, Workers).Select(w => Task.Run(async () =>
        {
            var (worker, numbers) = (zone.As(w % 2 == 0 ? Role.Caseworker : Role.OnCall), new List<(int, string)>());
            for (var i = 0; i < Each; i++)
            {
                var name = $"{(char)('A' + w)}name{(char)('a' + i)}";
                numbers.Add((await worker.Send(i == 1 ? Happenings.Nameless(ev) with { Note = name } : Happenings.Somebody(ev, name)), name));
            }
            return numbers;
        })));
        var lines = await Happenings.Lines(zone, ev);
        Assert.Equal(Enumerable.Range(1, Workers * Each), lines.Select(l => l.Number));
        // Each line is whose it was said to be, and each has a key of its own.
        var says = await zone.Look(async z => (await z.Set<EventLine>().Where(l => l.EventId == ev).ToListAsync()).ToDictionary(l => l.Number, l => l.Says!.Value.GivenName + l.Says.Value.Note));
        Assert.All(written.SelectMany(w => w), w => Assert.Equal(w.Item2, says[w.Item1]));
        Assert.All(lines, l => Assert.Equal(l.Id, l.KeyOwner));
        Assert.Equal(Workers * Each, await zone.Look(z => z.Set<CollectiveEvent>().Where(e => e.Id == ev).Select(e => e.Turn).SingleAsync()));
        Assert.Equal($"Unidentified {lines.First(l => l.Role == EventRole.Injured).Number}", (await zone.As(Role.Coordinator).Reads(ev)).Rows.Last(r => r.Line.Role == EventRole.Injured).Called);
    }

    [Theory, EveryEngine]
    public async Task One_enter_saves_one_line_and_leads_back_to_the_first_box(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var ev = await zone.As(Role.Coordinator).Send(Happenings.Opening(zone));
        using var visit = zone.Visit(Role.Caseworker);
        var path = $"/events/{ev}";
        var page = await visit.Page(path);
        Assert.NotNull(page.QuerySelector("[name='Form.GivenName'][autofocus]"));
        Assert.Contains("Working list, not the official list", page.QuerySelector(".vs-notice")!.TextContent, StringComparison.Ordinal);
        var hospital = page.QuerySelector("[name='Form.Place'] option:last-child")!.GetAttribute("value")!;
        var form = page.QuerySelector<IHtmlFormElement>("form:has([name='Form.GivenName'])")!;
        KeyValuePair<string, string>[] typed = [KeyValuePair.Create("Form.GivenName", "Éva"), KeyValuePair.Create("Form.FamilyName", "Muster"), KeyValuePair.Create("Form.Age", "± 40"), KeyValuePair.Create("Form.Role", "Injured"), KeyValuePair.Create("Form.Place", hospital), KeyValuePair.Create("Form.Language", "de")];
        var saved = await visit.Send(path, form, typed);
        Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
        Assert.DoesNotContain("Muster", saved.Headers.Location!.ToString(), StringComparison.Ordinal);
        await visit.Send(path, form, typed); // an impatient thumb
        Assert.Single(await Happenings.Lines(zone, ev));
        // The next of the same ambulance mostly says the same.
        page = await visit.Page(saved.Headers.Location!.ToString());
        Assert.Equal(("Injured", hospital, "de"), (page.QuerySelector("[name='Form.Role'] option[selected]")!.GetAttribute("value"), page.QuerySelector("[name='Form.Place'] option[selected]")!.GetAttribute("value"), page.QuerySelector("[name='Form.Language'] option[selected]")!.GetAttribute("value")));
        Assert.Equal("± 40", page.QuerySelector("#lines tbody tr td:nth-child(3)")!.TextContent);
        // What is wrong is said at its box, and what was typed stays.
        var wrong = await visit.Submit(path, [KeyValuePair.Create("Form.GivenName", "Bo"), KeyValuePair.Create("Form.Age", "old"), KeyValuePair.Create("Form.Phone", "12")], "form:has([name='Form.GivenName'])");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        page = await Visit.Read(wrong);
        Assert.Equal("Bo", page.QuerySelector("[name='Form.GivenName']")!.GetAttribute("value"));
        Assert.NotNull(page.QuerySelector(".govuk-error-summary a[href='#Form_Age']"));
        Assert.NotNull(page.QuerySelector(".govuk-error-summary a[href='#Form_Phone']"));
        // A name is found by a form that posts it.
        var found = await Visit.Read(await visit.Submit(path, [KeyValuePair.Create("Find", "eva muster")], "form:has([name='Find'])"));
        Assert.Single(found.QuerySelectorAll("#lines tbody tr"));
        Assert.Empty((await Visit.Read(await visit.Submit(path, [KeyValuePair.Create("Find", "somebody else")], "form:has([name='Find'])"))).QuerySelectorAll("#lines tbody tr"));
    }

    [Theory, EveryEngine]
    public async Task A_line_that_was_typed_and_not_sent_is_there_again_for_whoever_typed_it(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var ev = await zone.As(Role.Coordinator).Send(Happenings.Opening(zone));
        var (worker, path) = (zone.As(Role.Caseworker), $"/events/{ev}");
        using var visit = worker.Visit();
        using var colleague = zone.Visit(Role.Caseworker);
        var form = (await visit.Page(path)).QuerySelector<IHtmlFormElement>("form[data-draft]")!;
        Assert.NotNull(form.GetAttribute("data-no-line")); // without a line it stays open and tries again
        var once = form.QuerySelector<IHtmlInputElement>("[name=vs-once]")!.Value;
        using var saving = new HttpRequestMessage(HttpMethod.Post, $"/{zone.Code}{path}")
        {
            Content = new FormUrlEncodedContent([.. form.QuerySelectorAll<IHtmlInputElement>("input[type=hidden]").Where(i => i.Name != "vs-draft").Select(i => KeyValuePair.Create(i.Name!, i.Value)),
                KeyValuePair.Create("vs-draft", once), KeyValuePair.Create("vs-version", "0"), KeyValuePair.Create("vs-turn", "1"), KeyValuePair.Create("Form.GivenName", "Zzada"), KeyValuePair.Create("Form.Role", "Relative"), KeyValuePair.Create("Form.Seeks", "Zztom, 8")]),
        };
        saving.Headers.Add("Vs-Draft", "1");
        Assert.Equal(HttpStatusCode.OK, (await visit.Client.SendAsync(saving, TestContext.Current.CancellationToken)).StatusCode);
        Assert.Empty(await Happenings.Lines(zone, ev));
        var again = await visit.Page(path);
        Assert.Equal(("Zzada", "Zztom, 8", "Relative"), (Box(again, "Form.GivenName"), Box(again, "Form.Seeks"), again.QuerySelector<IHtmlSelectElement>("[name='Form.Role']")!.Value));
        var theirs = (await colleague.Page(path)).Body!.InnerHtml; // two letters alone may stand in a form's token
        Assert.DoesNotContain("Zzada", theirs, StringComparison.Ordinal);
        Assert.DoesNotContain("Zztom", theirs, StringComparison.Ordinal);
        // The list that renews itself takes no text out of its sleeve, and leaves no record of it.
        var read = await zone.Look(z => z.Set<AuditRow>().CountAsync(r => r.Act.Contains("Drafts.Find")));
        using var quiet = new HttpRequestMessage(HttpMethod.Get, $"/{zone.Code}{path}");
        quiet.Headers.Add(QuietAttribute.Header, "1");
        Assert.DoesNotContain("Zzada", (await Visit.Read(await visit.Client.SendAsync(quiet, TestContext.Current.CancellationToken))).Body!.InnerHtml, StringComparison.Ordinal);
        Assert.Equal(read, await zone.Look(z => z.Set<AuditRow>().CountAsync(r => r.Act.Contains("Drafts.Find"))));
        // Turned back it is kept, sent it is gone.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await visit.Submit(path, [KeyValuePair.Create("Form.Age", "old")], "form[data-draft]")).StatusCode);
        Assert.Equal("Zzada", Box(await visit.Page(path), "Form.GivenName"));
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit(path, [], "form[data-draft]")).StatusCode);
        Assert.Equal("Relative", Assert.Single(await Happenings.Lines(zone, ev)).Role.ToString());
        Assert.Equal("", Box(await visit.Page(path), "Form.GivenName"));
        Assert.Equal(0, await zone.Look(z => z.Set<VictimSupport.Casework.Drafts.Draft>().CountAsync(d => d.Text != null)));

        static string Box(IHtmlDocument page, string name) => page.QuerySelector<IHtmlInputElement>($"form[data-draft] [name='{name}']")!.Value;
    }

    [Fact]
    public async Task The_list_is_filtered_by_place_role_state_and_who_looks_for_somebody()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var (anna, ev) = (zone.As(Role.Coordinator), default(Guid));
        ev = await anna.Send(Happenings.Opening(zone));
        var places = (await anna.Reads(ev)).Says.Places;
        await anna.Send(Happenings.Somebody(ev, "Ada") with { Place = places[0].Id, State = EventState.Unhurt });
        await anna.Send(Happenings.Somebody(ev, "Bo") with { Place = places[1].Id, Role = EventRole.Injured });
        await anna.Send(Happenings.Somebody(ev, "Cleo") with { Role = EventRole.Relative, Seeks = "Bo Exemple" });
        async Task<string> Who(EventShow.Query query) => string.Join(' ', (await anna.Send(query)).Rows.Select(r => r.Says.GivenName));
        var all = new EventShow.Query(ev, null, null, null, false, false, 1);
        Assert.Equal(("Cleo Bo Ada", "Bo", "Cleo", "Ada", "Cleo", "Cleo Bo Ada"), (await Who(all), await Who(all with { Place = places[1].Id }), await Who(all with { Role = EventRole.Relative }), await Who(all with { State = EventState.Unhurt }), await Who(all with { Seeks = true }), await Who(all with { Open = true })));
        await anna.Send(new Allot.Command { Event = ev, Chosen = [await anna.LineOf(ev, 1)] });
        Assert.Equal("Cleo Bo", await Who(all with { Open = true }));
    }

    [Theory, EveryEngine]
    public async Task Of_two_who_change_one_line_the_second_sees_what_the_first_saved(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var ev = await zone.As(Role.Coordinator).Send(Happenings.Opening(zone));
        var (anna, bert) = (zone.As(Role.Caseworker), zone.As(Role.Caseworker));
        await anna.Send(Happenings.Nameless(ev));
        var line = await anna.LineOf(ev, 1);
        var path = $"/events/{ev}/lines/{line}";
        using var visit = bert.Visit();
        var form = (await visit.Page(path)).QuerySelector<IHtmlFormElement>("form:has([name='Form.GivenName'])")!;
        await anna.Corrects(ev, line, f => f with { GivenName = "Ada", FamilyName = "Exemple" });
        var late = await visit.Send(path, form, [KeyValuePair.Create("Form.Note", "scar on the left hand")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, late.StatusCode);
        var page = await Visit.Read(late);
        Assert.Contains("Ada", page.QuerySelector("main .govuk-summary-list")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("scar on the left hand", page.QuerySelector("textarea[name='Form.Note']")!.TextContent, StringComparison.Ordinal);
        // Identified, they keep their number.
        Assert.Equal(("Ada Exemple", 1), ((await anna.Reads(ev)).Rows[0].Called, (await anna.Reads(ev)).Rows[0].Line.Number));
        // Many lines at once: nobody is in another's way.
        foreach (var name in new[] { "Bo", "Cleo", "Dieter", "Elif" }) await anna.Send(Happenings.Somebody(ev, name));
        await Task.WhenAll(Enumerable.Range(2, 4).Select(n => Task.Run(async () => await bert.Corrects(ev, await bert.LineOf(ev, n), f => f with { State = EventState.Unhurt }))));
        Assert.Equal(4, (await Happenings.Lines(zone, ev)).Count(l => l.State == EventState.Unhurt));
    }

    [Theory, EveryEngine]
    public async Task Relatives_are_proposed_whom_they_look_for_and_only_somebody_links_them(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var anna = zone.As(Role.Coordinator);
        var ev = await anna.Send(Happenings.Opening(zone));
        await anna.Send(Happenings.Somebody(ev, "Jean", "Dupont") with { Role = EventRole.Injured, Age = "12" });
        await anna.Send(Happenings.Somebody(ev, "Marie", "Voorbeeld") with { Role = EventRole.Relative, Seeks = "son fils Jean Dupond, 12 ans" });
        await anna.Send(Happenings.Somebody(ev, "Luc", "Muster") with { Role = EventRole.Relative });
        var (child, mother, uncle) = (await anna.LineOf(ev, 1), await anna.LineOf(ev, 2), await anna.LineOf(ev, 3));
        var proposed = Assert.Single((await anna.Send(new Alike.Query(ev))).Seek);
        Assert.Equal((mother, child), (proposed.One.Line.Id, proposed.Other.Line.Id));
        Assert.Equal([child], (await anna.Send(new Line.Query(ev, mother))).MaySeek.Select(r => r.Line.Id));
        Assert.Empty((await anna.Reads(ev)).Links[child]); // a proposal links nobody
        await anna.Says(ev, mother, Relation.Seeks, child);
        await anna.Send(new Relate.Command { Event = ev, Line = child, Number = 3, How = Relation.SoughtBy }); // two look for one
        Assert.Empty((await anna.Send(new Alike.Query(ev))).Seek);
        Assert.Equal([2, 3], (await anna.Send(new Line.Query(ev, child))).SoughtBy.Select(r => r.Line.Number));
        Assert.Equal(["looked for by no. 2", "looked for by no. 3"], (await anna.Reads(ev)).Links[child].Order(StringComparer.Ordinal));
        await anna.Send(new Unrelate.Command(ev, child, uncle));
        Assert.Equal([2], (await anna.Send(new Line.Query(ev, child))).SoughtBy.Select(r => r.Line.Number));
        // Said to be somebody else, they are proposed no more.
        await anna.Says(ev, mother, Relation.NotSeeking, child);
        Assert.Empty((await anna.Send(new Alike.Query(ev))).Seek);
        Assert.Empty((await anna.Send(new Line.Query(ev, mother))).Seeks);
    }

    [Theory, EveryEngine]
    public async Task The_same_person_at_the_centre_and_in_the_hospital_is_joined_and_parted_again_with_nothing_lost(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var anna = zone.As(Role.Coordinator);
        var ev = await anna.Send(Happenings.Opening(zone));
        await anna.Send(Happenings.Somebody(ev, "Katja", "Beispiel") with { Age = "40", Phone = "0470 12 34 56" });
        await anna.Send(Happenings.Nameless(ev) with { Phone = "+32 470 12 34 56", Note = "blue coat" });
        await anna.Send(Happenings.Somebody(ev, "Catja", "Beispiel") with { Age = "± 45" });
        await anna.Send(Happenings.Somebody(ev, "Katja", "Beispiel") with { Age = "8" }); // her daughter, called like her
        var (one, two, three) = (await anna.LineOf(ev, 1), await anna.LineOf(ev, 2), await anna.LineOf(ev, 3));
        Assert.Equal(["1 2", "1 3"], (await anna.Send(new Alike.Query(ev))).Same.Select(p => $"{p.One.Line.Number} {p.Other.Line.Number}"));
        await anna.Says(ev, three, Relation.NotTheSame, one);
        await anna.Says(ev, two, Relation.Same, one); // the unidentified one stays, and is identified by it
        var view = await anna.Reads(ev);
        Assert.Equal(3, view.Total);
        var joined = view.Rows.Single(r => r.Line.Number == 2);
        Assert.Equal(("Katja Beispiel", "40", "blue coat", "1"), (joined.Called, joined.Says.AgeText, joined.Says.Note, string.Join(',', joined.Same)));
        Assert.Empty((await anna.Send(new Alike.Query(ev))).Same);
        Assert.Equal(3, (await anna.Send(new Figures.Query(ev))).Total);
        // Nobody stands under a line that stands under another.
        await Assert.ThrowsAsync<ValidationException>(() => anna.Says(ev, one, Relation.Same, three));
        await anna.Send(new Unrelate.Command(ev, two, one));
        view = await anna.Reads(ev);
        Assert.Equal((4, "Unidentified 2", "Katja Beispiel"), (view.Total, view.Rows.Single(r => r.Line.Number == 2).Called, view.Rows.Single(r => r.Line.Number == 1).Called));
    }

    [Fact]
    public async Task Who_looks_for_whom_holds_when_their_lines_are_joined()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var anna = zone.As(Role.Coordinator);
        var ev = await anna.Send(Happenings.Opening(zone));
        await anna.Send(Happenings.Somebody(ev, "Jean", "Dupont") with { Age = "12" });
        await anna.Send(Happenings.Somebody(ev, "Marie", "Voorbeeld") with { Role = EventRole.Relative, Seeks = "Jean Dupont" });
        await anna.Send(Happenings.Somebody(ev, "Jean", "Dupont"));
        await anna.Send(Happenings.Somebody(ev, "Jean", "Dupont") with { Age = "11" });
        await anna.Send(Happenings.Somebody(ev, "Marie", "Voorbeeld") with { Seeks = "Jean Dupont" });
        var (child, mother, again, other, herself) = (await anna.LineOf(ev, 1), await anna.LineOf(ev, 2), await anna.LineOf(ev, 3), await anna.LineOf(ev, 4), await anna.LineOf(ev, 5));
        await anna.Says(ev, mother, Relation.Seeks, child);
        await anna.Says(ev, child, Relation.NotTheSame, other);
        await anna.Says(ev, mother, Relation.NotSeeking, other);
        // The boy stands in the list by his later line from now on, and so does his mother.
        await anna.Says(ev, again, Relation.Same, child);
        await anna.Says(ev, herself, Relation.Same, mother);
        var view = await anna.Reads(ev);
        Assert.Equal(("looks for no. 3", "looked for by no. 5"), (Assert.Single(view.Links[herself]), Assert.Single(view.Links[again])));
        Assert.Equal([again], (await anna.Send(new Line.Query(ev, herself))).Seeks.Select(r => r.Line.Id));
        Assert.Equal([herself], (await anna.Send(new Line.Query(ev, again))).SoughtBy.Select(r => r.Line.Id));
        // What was decided of the earlier lines is proposed no more of the later ones.
        var alike = await anna.Send(new Alike.Query(ev));
        Assert.Empty(alike.Same);
        Assert.Empty(alike.Seek);
        // Taken back where it is shown.
        await anna.Send(new Unrelate.Command(ev, herself, again));
        Assert.Empty((await anna.Reads(ev)).Links);
        Assert.Equal(3, (await anna.Reads(ev)).Total);
    }

    [Fact]
    public async Task What_joined_lines_say_stands_together_in_the_list_the_export_the_figures_and_the_dossier()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var anna = zone.As(Role.Coordinator);
        var ev = await anna.Send(Happenings.Opening(zone));
        var hospital = (await anna.Reads(ev)).Says.Places[1];
        await anna.Send(Happenings.Somebody(ev) with { Phone = "0470 12 34 56", Note = "asks for her dog", Seeks = "her son", Language = "" });
        await anna.Send(Happenings.Nameless(ev) with { Phone = "+32 470 12 34 56", Note = "blue coat", SoughtBy = "a neighbour" });
        await anna.Send(Happenings.Nameless(ev) with { State = EventState.Unhurt, Place = hospital.Id, Language = "nl", Phone = "0471 22 33 44", Note = "Blue coat", Seeks = "Tom", SoughtBy = "an uncle" });
        await anna.Send(Happenings.Somebody(ev, "Bo") with { Role = EventRole.Injured });
        await anna.Send(Happenings.Nameless(ev) with { Role = EventRole.Deceased });
        var (one, two, three, four, dead) = (await anna.LineOf(ev, 1), await anna.LineOf(ev, 2), await anna.LineOf(ev, 3), await anna.LineOf(ev, 4), await anna.LineOf(ev, 5));
        await anna.Says(ev, two, Relation.Same, three);
        await anna.Says(ev, one, Relation.Same, two);
        var row = (await anna.Reads(ev)).Rows.Single(r => r.Line.Id == one);
        Assert.Equal(("0470 12 34 56", "her son; Tom", "a neighbour; an uncle", "asks for her dog; blue coat; Telephone: 0471 22 33 44"), (row.Says.Phone, row.Says.Seeks, row.Says.SoughtBy, row.Says.Note));
        Assert.Equal((EventRole.Injured, EventState.SeriouslyHurt, hospital.Id, "nl"), (row.Role, row.State, row.Place!.Id, row.Language));
        Assert.Equal([one], (await anna.Send(new EventShow.Query(ev, hospital.Id, EventRole.Injured, EventState.SeriouslyHurt, true, false, 1))).Rows.Select(r => r.Line.Id));
        Assert.Equal(1, (await anna.Send(new Figures.Query(ev))).Of(EventRole.Injured, EventState.SeriouslyHurt));
        var text = Encoding.UTF8.GetString(await anna.Send(new Export.Query { Event = ev, Reason = EventExportReason.OwnCopy }));
        foreach (var said in new[] { "her son; Tom", "a neighbour; an uncle", "asks for her dog; blue coat; Telephone: 0471 22 33 44", hospital.Word, "Dutch" }) Assert.Contains($"\"{said}\"", text, StringComparison.Ordinal);
        // One of them says that they died: nobody becomes a dossier.
        await anna.Says(ev, four, Relation.Same, dead);
        Assert.Equal([one], (await anna.Send(new Allot.Query(ev))).Waiting.Select(r => r.Line.Id));
        Assert.Equal(1, await anna.Send(new Allot.Command { Event = ev, Chosen = [one, four] }));
        var view = await anna.Opens((await Happenings.Lines(zone, ev))[0].Dossier!.Value);
        Assert.Equal(("nl", Damage.Physical, "0470 12 34 56"), (view.People[0].Person.Language, view.People[0].Person.Damage, view.People[0].Identity.Phone));
        var note = Assert.Single(view.Timeline, h => h.Text?.Contains("dog", StringComparison.Ordinal) == true).Text!;
        // The zone's language, not that of whoever allots.
        Assert.All(["blue coat; Téléphone: 0471 22 33 44", "Cherche: her son; Tom", "Recherché par: a neighbour; an uncle"], said => Assert.Contains(said, note, StringComparison.Ordinal));
    }

    [Theory, EveryEngine]
    public async Task Allotted_a_line_becomes_one_dossier_that_says_where_it_comes_from_and_counts_once(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var anna = zone.As(Role.Coordinator);
        var ev = await anna.Send(Happenings.Opening(zone));
        await anna.Send(Happenings.Somebody(ev, "Ada", "Exemple") with { Age = "15", Language = "nl", State = EventState.LightlyHurt, Note = "asks for her dog" });
        await anna.Send(Happenings.Nameless(ev) with { Role = EventRole.Deceased });
        await anna.Send(Happenings.Somebody(ev, "Bo", "Exemple") with { Role = EventRole.Relative, Phone = "0470 12 34 56" });
        var (child, dead, father) = (await anna.LineOf(ev, 1), await anna.LineOf(ev, 2), await anna.LineOf(ev, 3));
        Assert.Equal(2, (await anna.Send(new Allot.Query(ev))).Waiting.Count);
        Assert.Equal(2, await anna.Send(new Allot.Command { Event = ev, Chosen = [child, dead, father, child] }));
        Assert.Equal(0, await anna.Send(new Allot.Command { Event = ev, Chosen = [child, father] })); // sent twice
        var lines = await Happenings.Lines(zone, ev);
        Assert.Equal([zone.Code, null, zone.Code], lines.Select(l => l.Home));
        var view = await anna.Opens(lines[0].Dossier!.Value);
        Assert.Equal(("Ada Exemple", Capacity.Victim, "nl", true, Damage.Physical, Trigger.OtherService, "RoadAccident"), (view.People[0].Name, view.People[0].Person.Capacity, view.People[0].Person.Language, view.People[0].Person.IsMinor, view.People[0].Person.Damage, view.Dossier.Trigger, view.Dossier.SubKind));
        Assert.Contains(view.Timeline, h => h.Title == "Comes from a collective event: no. 1" && h.Event == ev);
        Assert.Contains(view.Timeline, h => h.Text == "asks for her dog");
        Assert.Equal("BR.30.L1.000777/2026", Assert.Single(view.OfficialReports));
        Assert.Single(view.Planned);
        Assert.Equal(Capacity.Relative, (await anna.Opens(lines[2].Dossier!.Value)).People[0].Person.Capacity);
        Assert.Equal(2, await zone.Look(z => z.Set<VictimSupport.Casework.Counting.Case>().CountAsync(c => c.Counts)));
        Assert.Single((await anna.Send(new Search.Query { Text = "0470123456" })).Rows);
        using var visit = anna.Visit();
        Assert.NotNull((await visit.Page($"/dossiers/{lines[0].Dossier}")).QuerySelector($"a[href='/{zone.Code}/events/{ev}']"));
        // The event keeps its figures.
        var figures = await anna.Send(new Figures.Query(ev));
        Assert.Equal((3, 2, 1), (figures.Total, figures.Homes.Single(h => h.Home == zone.Code).Count, figures.Homes.Single(h => h.Home is null).Count));
        // Whoever has a dossier of their own stays a line of their own.
        await anna.Send(Happenings.Somebody(ev, "Ada", "Exemple"));
        await Assert.ThrowsAsync<ValidationException>(async () => await anna.Says(ev, await anna.LineOf(ev, 4), Relation.Same, child));
    }

    [Theory, EveryEngine]
    public async Task Whoever_lives_in_another_zone_is_proposed_to_it_and_is_at_home_there_once_it_has_accepted(string engine)
    {
        var platform = await platforms.On(engine);
        var (zone, home) = (await platform.Zone(), await platform.Zone("nl"));
        var (anna, bert) = (zone.As(Role.Coordinator), home.As(Role.Coordinator));
        var ev = await anna.Send(Happenings.Opening(zone));
        await anna.Send(Happenings.Somebody(ev, "Ada", "Exemple") with { Age = "15", Language = "nl", Phone = "0470 12 34 56", State = EventState.LightlyHurt, Note = "asks for her dog" });
        await anna.Send(Happenings.Somebody(ev, "Bo", "Exemple"));
        await anna.Send(Happenings.Nameless(ev));
        // Bo is known here: no letter, never.
        var (known, before) = await anna.Knows(zone, "Rue 9", "Exemple", "Bo", phone: "0475 00 00 01");
        await anna.Agrees(known, before, r => r with { Letter = Rule.Never });
        var (ada, bo) = (await anna.LineOf(ev, 1), await anna.LineOf(ev, 2));
        var form = new Allot.Command { Event = ev, Chosen = [ada, bo], Elsewhere = true, Home = home.Code, Basis = HandoverBasis.TheyAgree };
        foreach (var wrong in new[] { form with { Home = null }, form with { Home = zone.Code }, form with { Home = "0999" }, form with { Basis = null }, form with { Basis = HandoverBasis.WithoutAgreement } })
            await Assert.ThrowsAsync<ValidationException>(() => anna.Send(wrong));
        Assert.All(await Happenings.Lines(zone, ev), l => Assert.Null(l.Home));

        Assert.Equal(2, await anna.Send(form));
        Assert.Equal(0, await anna.Send(form)); // sent twice
        await zone.RunJobs();
        var (sent, lines) = ((await anna.Send(new Allot.Query(ev))).Proposed, await Happenings.Lines(zone, ev));
        Handover Of(int number) => sent[lines[number - 1].Dossier!.Value];
        Assert.Equal([zone.Code, zone.Code, null], lines.Select(l => l.Home));
        Assert.All(sent.Values, h => Assert.Equal((home.Code, HandoverState.Delivered), (h.Other, h.State)));
        var content = (await bert.Send(new VictimSupport.Casework.Handovers.Show.Query(Of(1).Id))).Content!;
        var came = Assert.Single(content.People);
        Assert.Equal(("Ada Exemple", 15, "0470 12 34 56", "nl", true, Damage.Physical), (came.Identity.FullName, came.Identity.EstimatedAge, came.Identity.Phone, came.Language, came.IsMinor, came.Damage));
        Assert.All(new[] { came.Rules.Call, came.Rules.Sms, came.Rules.Mail, came.Rules.Letter, came.Rules.Visit }, rule => Assert.Equal(Rule.NotAsked, rule));
        Assert.Equal(("asks for her dog", "BR.30.L1.000777/2026", "RoadAccident", "Val-Clair"), (content.Notes.Single().Text, content.Reports.Single(), content.SubKind, content.Municipality));
        Assert.Contains("Autocar E411", content.Why, StringComparison.Ordinal);
        Assert.Equal((Rule.Never, Rule.NotAsked), Assert.Single((await bert.Send(new VictimSupport.Casework.Handovers.Show.Query(Of(2).Id))).Content!.People) is var second ? (second.Rules.Letter, second.Rules.Mail) : default);

        // Accepted the one, refused the other: the list, its figures and whoever has the dossiers know it.
        await bert.Accepts(Of(1).Id);
        await bert.Refuses(Of(2).Id);
        await home.RunJobs();
        lines = await Happenings.Lines(zone, ev);
        Assert.Equal([home.Code, zone.Code, null], lines.Select(l => l.Home));
        var figures = await anna.Send(new Figures.Query(ev));
        Assert.Equal([1, 1, 1], new[] { home.Code, zone.Code, null }.Select(h => figures.Homes.Single(x => x.Home == h).Count));
        sent = (await anna.Send(new Allot.Query(ev))).Proposed;
        Assert.Equal(HandoverState.Refused, Of(2).State);
        Assert.Single(sent);
        Assert.False((await anna.Opens(lines[0].Dossier!.Value)).Dossier.IsOpen); // nobody here is left to do anything for her
        var stays = await anna.Opens(lines[1].Dossier!.Value);
        Assert.True(stays.Dossier.IsOpen);
        Assert.Equal([ActKind.FirstContact, ActKind.Administration], stays.Planned.Select(p => p.Kind).Order()); // she is still to be reached, and whoever has it reads why she stays
        Assert.Equal((3, 0), (await zone.Look(z => z.Set<VictimSupport.Casework.Counting.Case>().CountAsync(c => c.Counts)), await home.Look(z => z.Set<VictimSupport.Casework.Counting.Case>().CountAsync(c => c.Counts)))); // Bo was known before
    }

    [Theory, EveryEngine]
    public async Task With_script_off_the_home_zone_is_chosen_on_the_page_and_what_was_chosen_stays(string engine)
    {
        var platform = await platforms.On(engine);
        var (zone, home) = (await platform.Zone(), await platform.Zone());
        var anna = zone.As(Role.Coordinator);
        var ev = await anna.Send(Happenings.Opening(zone));
        await anna.Send(Happenings.Somebody(ev));
        var line = await anna.LineOf(ev, 1);
        using var visit = anna.Visit();
        KeyValuePair<string, string>[] fields = [new("Form.Chosen", line.ToString()), new("Form.Elsewhere", "True"), new("Form.Home", home.Code)];
        var again = await Visit.Read(await visit.Submit($"/events/{ev}/allot", fields, "form:has([name='Form.Chosen'])"));
        Assert.NotNull(again.QuerySelector(".govuk-error-message"));
        Assert.Equal((true, true, home.Code), (again.QuerySelector($"[name='Form.Chosen'][value='{line}']")!.HasAttribute("checked"), again.QuerySelector("[name='Form.Elsewhere'][value='True']")!.HasAttribute("checked"), again.QuerySelector("[name='Form.Home'] option[selected]")!.GetAttribute("value")));
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit($"/events/{ev}/allot", [.. fields, new("Form.Basis", "TheirWish")], "form:has([name='Form.Chosen'])")).StatusCode);
        Assert.Contains(home.Code, (await visit.Page($"/events/{ev}/allot")).QuerySelector("a[href*='/handovers/']")!.TextContent, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task At_its_end_an_event_is_there_for_the_coordinators_alone_and_can_be_put_off(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, bert) = (zone.As(Role.Coordinator), zone.As(Role.Caseworker));
        var ev = await anna.Send(Happenings.Opening(zone));
        await bert.Send(Happenings.Somebody(ev));
        var line = await bert.LineOf(ev, 1);
        using var his = bert.Visit();
        using var hers = anna.Visit();
        platform.Clock.Advance(TimeSpan.FromDays(14) - TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, (await his.Get($"/events/{ev}")).StatusCode);
        platform.Clock.Advance(TimeSpan.FromSeconds(1));
        foreach (var path in new[] { "", "/alike", "/figures", "/pulse", $"/lines/{line}" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await his.Get($"/events/{ev}{path}")).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await hers.Get($"/events/{ev}{path}")).StatusCode);
        }
        await Assert.ThrowsAsync<RefusedException>(() => bert.Send(Happenings.Somebody(ev, "Late")));
        await Assert.ThrowsAsync<RefusedException>(() => bert.Send(new Unrelate.Command(ev, line, line)));
        Assert.Empty((await bert.Send(new VictimSupport.Casework.Events.List.Query())));
        // Put off, it is there again; closed, it is gone at once.
        await anna.Send((await anna.Send(new Edit.Query(ev))).Form with { Event = ev, Until = platform.Clock.GetUtcNow().AddDays(3) });
        Assert.Equal(HttpStatusCode.OK, (await his.Get($"/events/{ev}")).StatusCode);
        await anna.Send(new VictimSupport.Casework.Events.Close.Command(ev));
        Assert.Equal(HttpStatusCode.NotFound, (await his.Get($"/events/{ev}")).StatusCode);
        await Assert.ThrowsAsync<ValidationException>(async () => await anna.Send((await anna.Send(new Edit.Query(ev))).Form with { Event = ev, Until = platform.Clock.GetUtcNow().AddDays(91) }));
    }

    [Fact]
    public async Task A_year_after_its_end_the_lines_are_forgotten_with_their_keys_and_the_counts_stay()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var anna = zone.As(Role.Coordinator);
        var ev = await anna.Send(Happenings.Opening(zone));
        foreach (var name in new[] { "Ada", "Bo", "Cleo" }) await anna.Send(Happenings.Somebody(ev, name) with { State = EventState.Unhurt });
        await anna.Says(ev, await anna.LineOf(ev, 1), Relation.Same, await anna.LineOf(ev, 3));
        await anna.Send(new Allot.Command { Event = ev, Chosen = [await anna.LineOf(ev, 2)] });
        var (lines, before) = (await Happenings.Lines(zone, ev), await anna.Send(new Figures.Query(ev)));
        platform.Clock.Advance(TimeSpan.FromDays(14) + CollectiveEvent.Kept - TimeSpan.FromMinutes(1));
        await zone.RunJobs();
        Assert.Equal(3, (await Happenings.Lines(zone, ev)).Count);
        platform.Clock.Advance(TimeSpan.FromMinutes(2));
        await zone.RunJobs();
        Assert.Empty(await Happenings.Lines(zone, ev));
        Assert.All(lines, l => Assert.Throws<ErasedException>(() => new Keyring(zone.Handle.Keys).Open(l.Id)));
        var after = await anna.Send(new Figures.Query(ev));
        Assert.Equal(2, after.Total);
        Assert.Equal(before.Homes, after.Homes);
        Assert.Equal(0, (await anna.Reads(ev)).Total);
        await Assert.ThrowsAsync<RefusedException>(() => anna.Send(Happenings.Somebody(ev)));
        Assert.Equal("Bo Exemple", (await anna.Opens(lines[1].Dossier!.Value)).People[0].Name); // a dossier lives its own life
    }

    [Theory, EveryEngine]
    public async Task Whoever_is_walled_off_from_somebody_finds_no_line_of_theirs(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (anna, officer, walled) = (zone.As(Role.Coordinator), zone.As(Role.DataProtectionOfficer), await zone.Hires("walled", Role.Coordinator));
        var ev = await anna.Send(Happenings.Opening(zone));
        await anna.Send(Happenings.Somebody(ev, "Bo", "Before"));
        await anna.Send(Happenings.Somebody(ev, "Ada", "Seen"));
        foreach (var name in new[] { "Before", "After" }) await officer.Send(new Build.Command { Colleague = walled.Id, Round = Round.Person, GivenName = "Bo", FamilyName = name });
        await anna.Send(Happenings.Somebody(ev, "Bo", "After"));
        await anna.Send(Happenings.Nameless(ev));
        await anna.Corrects(ev, await anna.LineOf(ev, 4), f => f with { GivenName = "Bo", FamilyName = "After" }); // identified later
        Assert.Equal(4, (await anna.Reads(ev)).Total);
        Assert.Equal(["Ada Seen"], (await walled.Reads(ev)).Rows.Select(r => r.Called));
        Assert.Equal(1, (await walled.Send(new Figures.Query(ev))).Total);
        Assert.DoesNotContain("After", Encoding.UTF8.GetString(await walled.Send(new Export.Query { Event = ev, Reason = EventExportReason.OwnCopy })), StringComparison.Ordinal);
        foreach (var number in new[] { 1, 3, 4 })
        {
            var line = await anna.LineOf(ev, number);
            await Assert.ThrowsAsync<RefusedException>(() => walled.Send(new Line.Query(ev, line)));
            await Assert.ThrowsAsync<RefusedException>(() => walled.Send(new Allot.Command { Event = ev, Chosen = [line] }));
        }
        var theirs = await walled.LineOf(ev, 2);
        await Assert.ThrowsAsync<ValidationException>(() => walled.Send(new Relate.Command { Event = ev, Line = theirs, Number = 3, How = Relation.Seeks })); // as one that is not there
    }

    [Theory, EveryEngine]
    public async Task A_wall_round_one_line_stands_round_every_line_of_the_same_person_and_their_dossier(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (anna, officer, walled) = (zone.As(Role.Coordinator), zone.As(Role.DataProtectionOfficer), await zone.Hires("walled", Role.Coordinator));
        var ev = await anna.Send(Happenings.Opening(zone));
        async Task Walls(string name) => await officer.Send(new Build.Command { Colleague = walled.Id, Round = Round.Person, GivenName = "Bo", FamilyName = name });
        await Walls("Early");
        await anna.Send(Happenings.Somebody(ev, "Bo", "Early"));
        for (var i = 2; i <= 9; i++) await anna.Send(i == 5 ? Happenings.Somebody(ev, "Bo", "Late") : i == 9 ? Happenings.Somebody(ev, "Ada", "Seen") : Happenings.Nameless(ev));
        Assert.Equal([2, 3, 4, 5, 6, 7, 8, 9], (await walled.Reads(ev)).Rows.Select(r => r.Line.Number).Order());
        async Task<Guid> Of(int number) => (await Happenings.Lines(zone, ev)).Single(l => l.Number == number).Id;
        async Task Sees(params int[] numbers) => Assert.Equal(numbers, (await walled.Reads(ev)).Rows.Select(r => r.Line.Number).Order());
        // Joined to one behind a wall; and one that has a line under itself already.
        await anna.Says(ev, await Of(2), Relation.Same, await Of(3));
        await anna.Says(ev, await Of(2), Relation.Same, await Of(1));
        await Sees(4, 5, 6, 7, 8, 9);
        await Assert.ThrowsAsync<RefusedException>(async () => await walled.Send(new Line.Query(ev, await Of(3))));
        // A wall that comes later, round the one under it and the one beside it.
        await anna.Says(ev, await Of(4), Relation.Same, await Of(5));
        await anna.Says(ev, await Of(4), Relation.Same, await Of(6));
        await Walls("Late");
        await Sees(7, 8, 9);
        // Named only when joined already.
        await anna.Says(ev, await Of(7), Relation.Same, await Of(8));
        await anna.Corrects(ev, await Of(8), f => f with { GivenName = "Bo", FamilyName = "Late" });
        await Sees(9);
        // Parted, each keeps the wall; allotted, the dossier has it, whatever the line that stands says.
        await anna.Send(new Unrelate.Command(ev, await Of(4), await Of(6)));
        await Sees(9);
        await anna.Corrects(ev, await Of(4), f => f with { GivenName = "Bob", FamilyName = "Otherwise" });
        Assert.Equal(1, await anna.Send(new Allot.Command { Event = ev, Chosen = [await Of(4)] }));
        var dossier = (await Happenings.Lines(zone, ev)).Single(l => l.Number == 4).Dossier!.Value;
        Assert.Equal("Bob Otherwise", (await anna.Opens(dossier)).People[0].Name);
        await Assert.ThrowsAsync<RefusedException>(() => walled.Opens(dossier));
    }

    [Fact]
    public async Task A_line_of_another_event_and_an_event_of_another_zone_are_not_there()
    {
        var platform = await platforms.On("sqlite");
        var (zone, other) = (await platform.Zone(), await platform.Zone());
        var (anna, stranger) = (zone.As(Role.Coordinator), other.As(Role.Coordinator));
        var (ev, second, theirs) = (await anna.Send(Happenings.Opening(zone)), await anna.Send(Happenings.Opening(zone)), await stranger.Send(Happenings.Opening(other)));
        await anna.Send(Happenings.Somebody(ev));
        await anna.Send(Happenings.Somebody(second));
        var (line, elsewhere) = (await anna.LineOf(ev, 1), await anna.LineOf(second, 1));
        await Assert.ThrowsAsync<RefusedException>(() => anna.Send(new Line.Query(ev, elsewhere)));
        await Assert.ThrowsAsync<RefusedException>(() => anna.Send(new Line.Command { Event = ev, Line = elsewhere, Version = 1 }));
        await Assert.ThrowsAsync<RefusedException>(() => anna.Says(ev, line, Relation.Same, elsewhere));
        await Assert.ThrowsAsync<RefusedException>(() => anna.Send(new Allot.Command { Event = ev, Chosen = [elsewhere] }));
        await Assert.ThrowsAsync<RefusedException>(() => anna.Reads(theirs));
        using var visit = stranger.Visit();
        foreach (var path in new[] { "", "/alike", "/figures", "/import", "/export", "/allot", "/zones", "/pulse" }) Assert.Equal(HttpStatusCode.NotFound, (await visit.Get($"/events/{ev}{path}")).StatusCode);
        // A place of another event is no place of this one.
        var place = (await anna.Reads(second)).Says.Places[0].Id;
        await Assert.ThrowsAsync<ValidationException>(() => anna.Send(Happenings.Somebody(ev) with { Place = place }));
        foreach (var role in new[] { Role.FrontDesk, Role.ZoneAdministrator, Role.DataProtectionOfficer, Role.OutsideStandIn })
        {
            using var colleague = zone.Visit(role);
            Assert.Equal(HttpStatusCode.NotFound, (await colleague.Get($"/events/{ev}")).StatusCode);
        }
        foreach (var path in new[] { "/import", "/export", "/allot", "/zones" })
        {
            using var worker = zone.Visit(Role.Caseworker);
            Assert.Equal(HttpStatusCode.NotFound, (await worker.Get($"/events/{ev}{path}")).StatusCode);
        }
    }

    [Fact]
    public async Task An_export_says_in_four_languages_what_it_is_not_runs_no_formula_and_is_recorded_with_its_reason()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var anna = zone.As(Role.Coordinator);
        var ev = await anna.Send(Happenings.Opening(zone));
        string[] hostile = ["=1+1", "+32", "-2", "@SUM(A1)", "\t=1", " =1", "'=1", "|cmd", "%x", "=HYPERLINK(\"http://x\";\"y\")"];
        foreach (var name in hostile) await anna.Send(Happenings.Somebody(ev, name, "Exemple") with { Seeks = name });
        await Assert.ThrowsAsync<StaleFactorException>(() => anna.Stale().Send(new Export.Query { Event = ev, Reason = EventExportReason.CrisisCell }));
        await Assert.ThrowsAsync<ValidationException>(() => anna.Send(new Export.Query { Event = ev }));
        var file = Encoding.UTF8.GetString(await anna.Send(new Export.Query { Event = ev, Reason = EventExportReason.CrisisCell }));
        Assert.StartsWith("\uFEFF", file, StringComparison.Ordinal);
        foreach (var said in new[] { "Liste de travail, pas la liste officielle", "Werklijst, niet de officiële lijst", "Arbeitsliste, nicht die amtliche Liste", "Working list, not the official list" }) Assert.Contains(said, file, StringComparison.Ordinal);
        Assert.All(hostile, name => Assert.Contains($"\"'{name.Trim().Replace("\"", "\"\"", StringComparison.Ordinal)}\"", file, StringComparison.Ordinal));
        Assert.Equal("\"plain\"", ListText.Cell("plain"));
        Assert.Contains(await zone.Look(z => z.Set<AuditRow>().ToListAsync()), r => r.Act == "Casework.Events.Export" && r.Subject == ev && r.Payload.Contains("export CrisisCell", StringComparison.Ordinal));
        // It comes back as it went.
        var again = await anna.Send(Happenings.Opening(zone));
        Assert.Equal(hostile.Length, await anna.Send(new Import.Command(again, file, Guid.NewGuid())));
        Assert.Equal("=HYPERLINK(\"http://x\";\"y\")", (await anna.Reads(again)).Rows[0].Says.GivenName);
    }

    [Theory, EveryEngine]
    public async Task The_number_of_somebody_who_said_never_to_calls_stands_in_no_list_and_no_file(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var anna = zone.As(Role.Coordinator);
        var (known, person) = await anna.Knows(zone, "Rue 9", "Exemple", "Noor", phone: "0475 00 00 01");
        await anna.Agrees(known, person, r => r with { Call = Rule.Never });
        var ev = await anna.Send(Happenings.Opening(zone));
        await anna.Send(Happenings.Somebody(ev, "Noor", "Exemple") with { Phone = "0475 00 00 01", Note = "asks for her dog" });
        await anna.Send(Happenings.Somebody(ev, "Nour", "Exemple") with { Phone = "+32 475 00 00 01" }); // written otherwise at the hospital
        await anna.Send(Happenings.Somebody(ev, "Bo", "Muster") with { Phone = "0475 00 00 02" });
        await anna.Send(Happenings.Somebody(ev, "Noor", "Exemple"));

        var list = await anna.Reads(ev);
        Assert.Equal([1, 2], list.Rows.Where(r => list.NotToCall.Contains(r.Line.Id)).Select(r => r.Line.Number).Order());
        using var visit = zone.Visit(Role.Coordinator);
        var page = (await visit.Page($"/events/{ev}")).Body!.TextContent;
        Assert.DoesNotContain("475 00 00 01", page, StringComparison.Ordinal);
        Assert.Contains("0475 00 00 02", page, StringComparison.Ordinal);
        var alike = (await visit.Page($"/events/{ev}/alike")).Body!.TextContent;
        Assert.Contains("Noor Exemple", alike, StringComparison.Ordinal);
        Assert.DoesNotContain("475 00 00 01", alike, StringComparison.Ordinal);
        var file = Encoding.UTF8.GetString(await anna.Send(new Export.Query { Event = ev, Reason = EventExportReason.CrisisCell }));
        Assert.DoesNotContain("475 00 00 01", file, StringComparison.Ordinal);
        Assert.Contains("0475 00 00 02", file, StringComparison.Ordinal);
        Assert.Contains($"{VictimSupport.Casework.Words.EventNotToCall}. asks for her dog", file, StringComparison.Ordinal);
        Assert.True((await anna.Send(new Line.Query(ev, await anna.LineOf(ev, 1)))).IsNotToCall);
        Assert.False((await anna.Send(new Line.Query(ev, await anna.LineOf(ev, 3)))).IsNotToCall);

        // Only they change it: then it is there again.
        await anna.Agrees(known, person, r => r with { Call = Rule.Safe });
        Assert.Empty((await anna.Reads(ev)).NotToCall);
    }

    [Fact]
    public async Task A_list_is_shown_first_and_taken_whole_or_not_at_all()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var anna = zone.As(Role.Coordinator);
        var ev = await anna.Send(Happenings.Opening(zone));
        await anna.Send(Happenings.Somebody(ev, "Ada", "Exemple"));
        using var visit = anna.Visit();
        var path = $"/events/{ev}/import";
        const string list = "Naam;Voornaam;Leeftijd;Hoedanigheid;Toestand;Ziekenhuis;Zoekt\nExemple;Ada;;Gewonde;Lichtgewond;Sainte-Preuve;\nMuster;Bo;ongeveer 30;Naaste;;Nowhere;Ada Exemple\n;;;;;;\n;;5;betrokkene;;;";
        var refused = await visit.Submit(path, [KeyValuePair.Create("Form.Text", list)], "form:has([name='Form.Text'])");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var page = await Visit.Read(refused);
        Assert.Equal(3, page.QuerySelectorAll("tbody tr").Length);
        Assert.Contains("Perhaps no. 1", page.QuerySelectorAll("tbody tr")[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("Row 2", page.QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        Assert.Empty(page.QuerySelectorAll("button[formaction*='Take']"));
        await Assert.ThrowsAsync<ValidationException>(() => anna.Send(new Import.Command(ev, list, Guid.NewGuid())));
        Assert.Single(await Happenings.Lines(zone, ev));
        var mended = list.Replace("Nowhere", "Onthaalcentrum", StringComparison.Ordinal);
        page = await Visit.Read(await visit.Submit(path, [KeyValuePair.Create("Form.Text", mended)], "form:has([name='Form.Text'])"));
        var form = page.QuerySelector<IHtmlFormElement>("form:has([name='Form.Text'])")!;
        form.SetAttribute("action", form.QuerySelector("button[formaction*='Take']")!.GetAttribute("formaction")!);
        await visit.Send(path, form, []);
        await visit.Send(path, form, []); // an impatient thumb
        var rows = (await anna.Reads(ev)).Rows.Reverse().ToList();
        Assert.Equal(["Ada Exemple", "Ada Exemple", "Bo Muster", "Unidentified 4"], rows.Select(r => r.Called));
        Assert.Equal((EventRole.Injured, EventState.LightlyHurt, "Hospital Sainte-Preuve", "± 30"), (rows[1].Line.Role, rows[1].Line.State, rows[1].Place!.Word, rows[2].Says.AgeText));
        foreach (var none in new[] { "", "Naam;Voornaam\n", new string('x', 600_000) }) await Assert.ThrowsAsync<ValidationException>(() => anna.Send(new Import.Command(ev, none, Guid.NewGuid())));
    }

    [Fact]
    public async Task An_open_page_hears_that_the_list_changed_and_nothing_of_anybody()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var anna = zone.As(Role.Coordinator);
        var ev = await anna.Send(Happenings.Opening(zone));
        using var visit = zone.Visit(Role.Caseworker);
        var mark = (await visit.Page($"/events/{ev}")).QuerySelector("#lines")!.GetAttribute("data-mark");
        async Task<string> Pulse() => await (await visit.Get($"/events/{ev}/pulse")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal($"{{\"mark\":{mark}}}", await Pulse());
        await anna.Send(Happenings.Somebody(ev));
        Assert.NotEqual($"{{\"mark\":{mark}}}", await Pulse());
        var records = await zone.Look(z => z.Set<AuditRow>().ToListAsync());
        Assert.Contains(records, r => r.Act == "Casework.Events.Show" && r.Subject == ev); // the reading is recorded
        Assert.DoesNotContain(records, r => r.Act == "Casework.Events.Pulse");
        Assert.DoesNotContain(records, r => r.Payload.Contains("Exemple", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", null, false), InlineData("40", 40, false), InlineData("± 40", 40, true), InlineData("about 7", 7, true), InlineData("40?", 40, true), InlineData(" 0 ", 0, false)]
    public void An_age_is_read_as_people_say_it(string typed, int? years, bool about) => Assert.Equal((years, about), LineForm.ReadAge(typed));

    [Theory]
    [InlineData("old"), InlineData("121"), InlineData("1999"), InlineData("30-40"), InlineData("somewhere about forty 4")]
    public void What_is_no_age_is_refused(string typed) => Assert.Null(LineForm.ReadAge(typed));
}
