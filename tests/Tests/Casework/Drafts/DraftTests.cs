using System.Net;
using System.Text.Json;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Countersign;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Drafts;
using VictimSupport.Casework.Intakes;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Tests.Kit;
using VictimSupport.Tests.OnCall;
using Draft = VictimSupport.Casework.Drafts.Draft;
using Find = VictimSupport.Casework.Drafts.Find;
using Place = VictimSupport.Casework.Codes.Place;

namespace VictimSupport.Tests.Casework;

/// <summary>Nothing that was typed is lost, and nobody but its writer ever reads it.</summary>
public sealed class DraftTests(Platforms platforms)
{
    private const string Text = "Form.Text";

    [Theory, EveryEngine]
    public async Task What_was_typed_is_there_again_after_the_session_has_ended(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        using var before = await SignedIn.In(zone, "draft@z.example", Role.Caseworker);
        var path = $"/dossiers/{await zone.As(before.Account, Role.Caseworker).Registers(Cases.Intake(zone))}";
        var tab = await Open(before.Visit, path);
        Assert.Matches("^Saved [0-9]{2}:[0-9]{2}$", (await tab.Saves((Text, "zij belt morgen terug"))).Said);
        await before.EndSession();
        Assert.Equal(HttpStatusCode.TemporaryRedirect, (await tab.Saves((Text, "zij belt morgen terug, om negen"))).Status);

        using var after = await SignedIn.In(zone, "draft@z.example", Role.Caseworker);
        Assert.Equal(before.Account, after.Account);
        var page = await after.Visit.Page(path);
        Assert.Equal("zij belt morgen terug", page.QuerySelector("textarea")!.TextContent.Trim());
        Assert.Contains("Filled in again from ", page.QuerySelector(".vs-kept")!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Error", page.Title!, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task What_is_written_into_the_catalogue_ends_its_draft_too_once_it_is_sent(string engine)
    {
        await using var platform = Platform.Start(engine);
        var two = await platform.Pooled();
        var now = platform.Clock.GetUtcNow();
        await two.Cora.Send(two.Shift(two.AnnaKey, now.AddHours(-10), 11));
        using var visit = two.Anna.Visit();
        var tab = await Open(visit, "/on-call");
        Assert.Equal(HttpStatusCode.OK, (await tab.Saves(("Form.Note", "sleutels aan de balie"))).Status);
        var again = await Open(visit, "/on-call");
        Assert.Equal("sleutels aan de balie", again.Page.QuerySelector("textarea")!.TextContent.Trim());
        // Turned back, it keeps its draft.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await again.Sends(("Form.Note", " "))).StatusCode);
        Assert.Equal("sleutels aan de balie", (await visit.Page("/on-call")).QuerySelector("textarea")!.TextContent.Trim());
        Assert.Equal(HttpStatusCode.Redirect, (await again.Sends(("Form.Note", "sleutels aan de balie"))).StatusCode);
        Assert.Equal("", (await visit.Page("/on-call")).QuerySelector("textarea")!.TextContent.Trim());
        Assert.Equal(0, await two.Here.Look(z => z.Set<Draft>().CountAsync(d => d.Text != null)));
        Assert.Equal("sleutels aan de balie", Assert.Single(Assert.Single((await two.Anna.Send(new VictimSupport.OnCall.Now.Show.Query())).Rows).Notes).Said);
    }

    [Theory, EveryEngine]
    public async Task Every_kind_of_box_is_filled_in_again_as_it_was_left(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone));
        var bram = await worker.Send(new VictimSupport.Casework.People.Edit.Command { Dossier = id, GivenName = "Bram", FamilyName = "Muster", Capacity = Capacity.Relative, Language = "nl" });
        using var visit = worker.Visit();
        var path = $"/dossiers/{id}/contact";
        var before = await Open(visit, path);
        await before.Saves(("Form.Persons", bram.ToString()));
        var tab = await Open(visit, path);
        Assert.Equal(bram.ToString(), tab.Page.QuerySelector("[name='Form.Persons'][checked]")!.GetAttribute("value"));
        await tab.Saves(("Form.Place", nameof(Place.Home)), ("Form.Missed", "true"), ("Form.At.Date", "2026-11-23"), ("Form.At.Time", "25:61"), ("Form.Minutes", "veel"), ("Form.Services", nameof(ServiceKind.Listening)), ("Form.Services", nameof(ServiceKind.Information)),
            ("Form.Note", "één <b>regel</b>\nen nog een"), ("Form.Next", nameof(ActKind.CallBack)), (FormTag.Unticked, "Form.Persons"), (FormTag.Unticked, "Form.OnCall"));
        var again = await visit.Page(path);
        Assert.Equal(nameof(Place.Home), again.QuerySelector("[name='Form.Place'][checked]")!.GetAttribute("value"));
        Assert.True(again.QuerySelector<IHtmlInputElement>("[name='Form.Missed']")!.IsChecked);
        Assert.Equal(("2026-11-23", "25:61", "veel"), (Value("Form.At.Date"), Value("Form.At.Time"), Value("Form.Minutes"))); // wrong as it is: nobody's typing is corrected
        Assert.Equal(2, again.QuerySelectorAll("[name='Form.Services'][checked]").Length);
        Assert.Equal("één <b>regel</b>\nen nog een", again.QuerySelector("textarea[name='Form.Note']")!.TextContent.TrimStart('\n'));
        Assert.Equal(nameof(ActKind.CallBack), again.QuerySelector<IHtmlSelectElement>("[name='Form.Next']")!.Value);
        Assert.Null(again.QuerySelector("[name='Form.Persons'][checked]"));

        string? Value(string name) => again.QuerySelector($"[name='{name}']")!.GetAttribute("value");
    }

    [Theory, EveryEngine]
    public async Task Without_script_a_button_keeps_it_sends_nothing_and_shows_it_again(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        var path = $"/dossiers/{dossier}";
        using var visit = worker.Visit();
        foreach (var text in new[] { "zij belt morgen terug", "zij belt morgen terug, om negen" })
        {
            var form = (await visit.Page(path)).QuerySelector<IHtmlFormElement>("form[data-draft]")!;
            var buttons = form.QuerySelectorAll<IHtmlButtonElement>("button").ToList();
            Assert.NotEqual(FormTag.KeepNow, buttons[0].Name); // Enter presses the first
            var keep = buttons.Single(b => b.Name == FormTag.KeepNow);
            Assert.NotNull(keep.Closest("noscript"));
            var answer = await visit.Send(path, form, [KeyValuePair.Create(Text, text), KeyValuePair.Create(FormTag.KeepNow, keep.Value)]);
            Assert.Equal((HttpStatusCode.Redirect, $"/{zone.Code}{path}"), (answer.StatusCode, answer.Headers.Location!.ToString()));
            var page = await visit.Page(path);
            Assert.Equal(text, page.QuerySelector("textarea")!.TextContent.Trim());
            Assert.NotNull(page.QuerySelector(".vs-kept"));
        }
        // Turned back, it is kept in the same place.
        var turned = await Visit.Read(await visit.Send(path, (await visit.Page(path)).QuerySelector<IHtmlFormElement>("form[data-draft]")!, [KeyValuePair.Create("Form.Next", "CallBack")]));
        await visit.Send(path, turned.QuerySelector<IHtmlFormElement>("form[data-draft]")!, [KeyValuePair.Create(Text, "zij belt om tien"), KeyValuePair.Create(FormTag.KeepNow, "true")]);
        Assert.Equal("zij belt om tien", (await visit.Page(path)).QuerySelector("textarea")!.TextContent.Trim());
        // Too much of it is refused, and shown.
        var refused = await visit.Send(path, (await visit.Page(path)).QuerySelector<IHtmlFormElement>("form[data-draft]")!, [KeyValuePair.Create(Text, new string('x', 100_001)), KeyValuePair.Create(FormTag.KeepNow, "true")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains(new string('x', 100_001), await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        // What was ticked when it was shown and is not any more stays unticked.
        var bram = await worker.Send(new VictimSupport.Casework.People.Edit.Command { Dossier = dossier, GivenName = "Bram", FamilyName = "Muster", Capacity = Capacity.Relative, Language = "nl", IsMinor = true, Damages = [Damage.Material] });
        var edit = (await visit.Page($"{path}/people/{bram}")).QuerySelector<IHtmlFormElement>("form[data-draft]")!;
        var boxes = edit.QuerySelectorAll<IHtmlInputElement>("[name='Form.IsMinor'][checked], [name='Form.Damages'][checked]").ToList();
        Assert.Equal(2, boxes.Count);
        foreach (var box in boxes) box.IsChecked = false;
        await visit.Send($"{path}/people/{bram}", edit, [KeyValuePair.Create(FormTag.KeepNow, "true")]);
        Assert.Empty((await visit.Page($"{path}/people/{bram}")).QuerySelectorAll("[name='Form.IsMinor'][checked], [name='Form.Damages'][checked]"));
        Assert.Equal((2, 0), await zone.Look(async z => (await z.Set<Draft>().CountAsync(), await z.Set<Note>().CountAsync())));
    }

    [Theory, EveryEngine]
    public async Task Sent_it_is_gone_in_the_same_transaction_and_a_saving_on_its_way_does_not_bring_it_back(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone));
        using var visit = worker.Visit();
        var path = $"/dossiers/{id}";
        var tab = await Open(visit, path);
        await tab.Saves((Text, "eerste zin"));
        // Turned back: it is kept.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await tab.Sends((Text, "eerste zin"), ("Form.Layer", ""))).StatusCode);
        Assert.Equal("eerste zin", (await visit.Page(path)).QuerySelector("textarea")!.TextContent.Trim());
        // Pressed three times at once, while a saving is under way.
        var presses = Enumerable.Range(0, 3).Select(_ => Task.Run(() => tab.Sends((Text, "eerste zin"), ("Form.Layer", nameof(Layer.Assistance)))));
        var saving = Task.Run(() => tab.Saves((Text, "eerste zin")));
        Assert.All(await Task.WhenAll(presses), a => Assert.Equal(HttpStatusCode.Redirect, a.StatusCode));
        await saving;
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await tab.Saves((Text, "eerste zin"))).Status);
        Assert.Single((await worker.Opens(id)).Timeline, h => h.Text == "eerste zin");
        Assert.Equal("", (await visit.Page(path)).QuerySelector("textarea")!.TextContent.Trim());
        Assert.Equal(0, await zone.Look(z => z.Set<Draft>().CountAsync(d => d.Text != null)));

        // Sent before its first saving arrived.
        var quick = await Open(visit, path);
        quick.Kept = quick.Once;
        await quick.Sends((Text, "snel"), ("Form.Layer", nameof(Layer.Assistance)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await quick.Saves((Text, "snel"))).Status);
        Assert.Null((await visit.Page(path)).QuerySelector(".vs-kept"));
    }

    [Theory, EveryEngine]
    public async Task A_form_that_fails_keeps_its_draft(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        using var visit = worker.Visit();
        var tab = await Open(visit, "/intake");
        await tab.Saves(("Form.FamilyName", "Exemple"), ("Form.Note", "nachtdienst"));
        // "Look for duplicates" sends nothing of it.
        var form = tab.Page.QuerySelector<IHtmlFormElement>("form[data-draft]")!;
        form.SetAttribute("action", $"/{zone.Code}/intake?handler=Check");
        Assert.Equal(HttpStatusCode.OK, (await visit.Send("/intake", form, [KeyValuePair.Create(FormTag.Kept, tab.Kept.ToString()), KeyValuePair.Create("Form.FamilyName", "Exemple")])).StatusCode);
        form.RemoveAttribute("action");
        var again = await visit.Page("/intake");
        Assert.Equal(("Exemple", "nachtdienst"), (again.QuerySelector("[name='Form.FamilyName']")!.GetAttribute("value"), again.QuerySelector("textarea")!.TextContent.Trim()));
        // Beside a message of the tray another form stands.
        var message = await zone.As(Role.FrontDesk).Send(TrayTests.Message());
        Assert.Equal("Asks for a talk", (await visit.Page($"/intake?tray={message}")).QuerySelector("textarea")!.TextContent.Trim());
        Assert.Equal(HttpStatusCode.Redirect, (await tab.Sends(("Form.FamilyName", "Exemple"), ("Form.Trigger", nameof(Trigger.Person)), ("Form.SubKind", "Burglary"), ("Form.Note", "nachtdienst"))).StatusCode);
        Assert.Null((await visit.Page("/intake")).QuerySelector(".vs-kept"));
    }

    [Theory, EveryEngine]
    public async Task Two_tabs_on_one_form_lose_neither_text(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        using var visit = worker.Visit();
        var path = $"/dossiers/{await worker.Registers(Cases.Intake(zone))}";
        var (one, two) = (await Open(visit, path), await Open(visit, path));
        await one.Saves((Text, "tab een"));
        await two.Saves((Text, "tab twee"));
        Assert.NotEqual(one.Kept, two.Kept);
        // Both go on from the same text: the first to save keeps it, the other gets a text of its own.
        var (three, four) = (await Open(visit, path), await Open(visit, path));
        Assert.Equal((two.Kept, two.Kept), (three.Kept, four.Kept));
        await three.Saves((Text, "tab twee, verder"));
        await four.Saves((Text, "tab twee, anders"));
        await three.Saves((Text, "tab twee, nog verder"));
        await two.Saves((Text, "tab twee, de eerste"));
        Assert.Equal(["tab een", "tab twee, anders", "tab twee, de eerste", "tab twee, nog verder"], await All(visit, path));
        // One of them is sent: the others stay, also for the tab that wrote on.
        Assert.Equal(HttpStatusCode.Redirect, (await three.Sends((Text, "tab twee, nog verder"), ("Form.Layer", nameof(Layer.Assistance)))).StatusCode);
        Assert.Equal(["tab een", "tab twee, anders", "tab twee, de eerste"], await All(visit, path));
    }

    [Theory, EveryEngine]
    public async Task An_overtaken_saving_does_not_undo_a_later_one(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var (place, once) = ("/Casework/Intakes/Register intake", Guid.NewGuid());
        var save = new Save.Command { Draft = once, Once = once, Place = place };
        await worker.Send(save with { Turn = 2, Boxes = Typed("later") });
        await worker.Send(save with { Turn = 1, Boxes = Typed("eerder") });
        Assert.Equal("later", (await worker.Send(new Find.Query(place, null)))!.Text.Boxes[Text][0]);
        await Task.WhenAll(Enumerable.Range(3, 3).Select(turn => Task.Run(() => worker.Send(save with { Turn = turn, Boxes = Typed($"{turn}") }))));
        Assert.Equal("5", (await worker.Send(new Find.Query(place, null)))!.Text.Boxes[Text][0]);
        Assert.Empty((await worker.Send(new Find.Query(place, null)))!.Others);
    }

    [Theory, EveryEngine]
    public async Task A_draft_is_its_writers_alone(string engine)
    {
        var platform = await platforms.On(engine);
        var (zone, elsewhere) = (await platform.Zone(), await platform.Zone());
        var (anna, bert) = (zone.As(Role.Coordinator), zone.As(Role.Coordinator));
        var id = await anna.Registers(Cases.Intake(zone));
        using var annas = anna.Visit();
        using var berts = bert.Visit();
        var path = $"/dossiers/{id}";
        var tab = await Open(annas, path);
        await tab.Saves((Text, "zzgeheim"));
        Assert.DoesNotContain("zzgeheim", (await berts.Page(path)).DocumentElement.OuterHtml, StringComparison.Ordinal);
        Assert.DoesNotContain("zzgeheim", (await berts.Page($"{path}?draft={tab.Kept}")).DocumentElement.OuterHtml, StringComparison.Ordinal);
        Assert.Null(await bert.Send(new Find.Query(Of(id), tab.Kept)));
        await Refused(bert.Send(new Away.Command(tab.Kept, Guid.NewGuid())));
        // Written at somebody else's draft: it lands in a draft of one's own.
        var own = await bert.Send(new Save.Command { Draft = tab.Kept, Once = Guid.NewGuid(), Version = 1, Turn = 9, Place = Of(id), Dossier = id, Boxes = Typed("van bert") });
        Assert.NotEqual(tab.Kept, own.Draft);
        var sent = await Open(berts, path);
        sent.Kept = tab.Kept;
        await sent.Sends((Text, "van bert"), ("Form.Layer", nameof(Layer.Assistance)));
        Assert.Equal("zzgeheim", (await annas.Page(path)).QuerySelector("textarea")!.TextContent.Trim());
        // The same account in another zone, where it holds every role.
        var there = anna.In(elsewhere, Enum.GetValues<Role>());
        Assert.Null(await there.Send(new Find.Query(Of(id), tab.Kept)));
        await Refused(there.Send(new Away.Command(tab.Kept, Guid.NewGuid())));
        await Refused(there.Send(new Save.Command { Draft = tab.Kept, Once = tab.Once, Place = Of(id), Dossier = id, Boxes = Typed("x") }));
    }

    [Theory, EveryEngine]
    public async Task Behind_a_wall_nothing_is_saved_and_nothing_is_shown(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (walled, worker) = (await zone.Hires("w", Role.Coordinator), await zone.Hires("c", Role.Caseworker));
        var id = await worker.Registers(Cases.Intake(zone));
        using var visit = walled.Visit();
        var tab = await Open(visit, $"/dossiers/{id}");
        await tab.Saves((Text, "voor de muur"));
        await zone.WallsOff(walled, id);
        Assert.Equal(HttpStatusCode.NotFound, (await tab.Saves((Text, "achter de muur"))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await visit.Get($"/dossiers/{id}")).StatusCode);
        Assert.Null(await walled.Send(new Find.Query(Of(id), null)));
        // One that is not there, and one that one may not see, are one.
        await Refused(walled.Send(new Save.Command { Draft = Guid.NewGuid(), Once = Guid.NewGuid(), Place = Of(Guid.Empty), Dossier = Guid.NewGuid(), Boxes = Typed("x") }));
        Assert.Equal("voor de muur", Assert.Single(await zone.Look(z => z.Set<Draft>().ToListAsync())).Text!.Value.Boxes[Text][0]);
    }

    [Theory, EveryEngine]
    public async Task Who_may_not_send_a_form_may_not_save_it(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone));
        var trainee = await zone.Hires("t", Role.Trainee);
        await zone.Names(id, trainee.Id);
        using var visit = trainee.Visit();
        var tab = await Open(visit, $"/dossiers/{id}"); // may write notes
        Assert.Equal(HttpStatusCode.OK, (await tab.Saves((Text, "leerling"))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await tab.SavesAt($"/dossiers/{id}/facts", (Text, "x"))).Status); // may change no facts
        await Refused(trainee.Send(new Save.Command { Draft = Guid.NewGuid(), Once = Guid.NewGuid(), Place = "x", Dossier = id, Deed = May.ChangeDossiers, Boxes = Typed("x") }));
        using var desk = zone.Visit(Role.FrontDesk);
        var message = await Open(desk, "/message");
        Assert.Equal(HttpStatusCode.OK, (await message.Saves(("Form.About", "vraagt een gesprek"))).Status);
        Assert.Equal("vraagt een gesprek", (await desk.Page("/message")).QuerySelector("textarea")!.TextContent.Trim());
        Assert.Equal(HttpStatusCode.NotFound, (await message.SavesAt("/intake", (Text, "x"))).Status);
        // Without the form's own token nothing is saved.
        Assert.Equal(HttpStatusCode.BadRequest, (await message.Forges(("Form.About", "x"))).Status);
    }

    [Theory, EveryEngine]
    public async Task What_no_form_of_ours_sends_is_refused(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        using var visit = worker.Visit();
        var tab = await Open(visit, "/intake");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await tab.Saves(("Form.Note", new string('n', Save.Rules.Longest + 1)))).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await tab.Saves([.. Enumerable.Range(0, Save.Rules.MostBoxes + 1).Select(i => ($"Form.X{i}", "x"))])).Status);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await tab.Saves(("Form.Note", new string('n', 2_200_000)))).Status);
        foreach (var (box, bad) in new[] { (FormTag.Kept, "no id"), (FormTag.Once, ""), (FormTag.Kept, Guid.Empty.ToString()) }) Assert.Equal(HttpStatusCode.UnprocessableEntity, (await tab.Saves((box, bad), ("Form.Note", "x"))).Status);
        foreach (var bad in new[] { "", "Exemple Ada", "intake; DROP", new string('a', 500) }) Assert.Equal(HttpStatusCode.NotFound, (await tab.Saves((FormTag.Place, bad), ("Form.Note", "x"))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await tab.Saves(("Form.Note", "nul\0"))).Status);
        Assert.Equal(0, await zone.Look(z => z.Set<Draft>().CountAsync()));
        // Odd counts, a half character, and what is no box of the form.
        Assert.Equal(HttpStatusCode.OK, (await tab.Saves((FormTag.Version, "-5"), (FormTag.Turn, "99999999999999999999"), ("Form.Note", "half \ud83d"), ("tray", Guid.NewGuid().ToString()), ("secret", "zzsecret"))).Status);
        var draft = Assert.Single(await zone.Look(z => z.Set<Draft>().ToListAsync()));
        Assert.DoesNotContain("secret", draft.Text!.Value.Boxes.Keys);
        Assert.StartsWith("half", (await visit.Page("/intake")).QuerySelector("textarea")!.TextContent.Trim(), StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task After_a_month_it_is_gone_with_its_key_and_so_it_is_when_its_writers_role_ends(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, stranger) = (await zone.Hires("anna", Role.Caseworker), zone.As(Role.Caseworker)); // the catalogue knows of no role of the second
        var id = await anna.Registers(Cases.Intake(zone));
        var (loose, held) = (await Saved(anna, "/Casework/Intakes/Register intake", null), await Saved(anna, Of(id), id));
        var left = await Saved(stranger, "/Casework/Intakes/Register intake", null);
        Assert.NotNull(zone.Handle.Keys.Find(loose));
        await zone.RunRound();
        Assert.NotNull(await anna.Send(new Find.Query(Of(id), null)));
        Assert.Null((await zone.Look(z => z.Set<Draft>().SingleAsync(d => d.Id == left))).Text);

        platform.Clock.Advance(Draft.Kept - TimeSpan.FromMinutes(1));
        await zone.RunRound();
        Assert.NotNull(await anna.Send(new Find.Query(Of(id), null)));
        platform.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Null(await anna.Send(new Find.Query(Of(id), null))); // before any job ran
        await zone.RunRound();
        Assert.Equal(0, await zone.Look(z => z.Set<Draft>().CountAsync(d => d.Text != null)));
        Assert.Null(zone.Handle.Keys.Find(loose));
        Assert.NotNull(zone.Handle.Keys.Find(id)); // the dossier's own key is none of ours
        Assert.NotNull(await anna.Opens(id));
        platform.Clock.Advance(Draft.Remembered + TimeSpan.FromMinutes(1));
        await zone.RunRound();
        Assert.Equal(0, await zone.Look(z => z.Set<Draft>().CountAsync()));
        Assert.NotEqual(held, loose);
    }

    [Theory, EveryEngine]
    public async Task Thrown_away_it_is_gone_and_the_page_comes_back_empty(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        using var visit = worker.Visit();
        var path = $"/dossiers/{await worker.Registers(Cases.Intake(zone))}";
        await (await Open(visit, path)).Saves((Text, "weg ermee"));
        var tab = await Open(visit, path);
        var away = await visit.Send(path, tab.Page.QuerySelector<IHtmlFormElement>("form[data-away]")!, []);
        Assert.Equal($"/{zone.Code}{path}", away.Headers.Location!.ToString());
        Assert.Equal("", (await visit.Page(path)).QuerySelector("textarea")!.TextContent.Trim());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await tab.Saves((Text, "weg ermee"))).Status); // what that page still had on its way
        // Led nowhere but back into the zone.
        await (await Open(visit, path)).Saves((Text, "nog eens"));
        var form = (await visit.Page(path)).QuerySelector<IHtmlFormElement>("form[data-away]")!;
        Assert.Equal($"/{zone.Code}/", (await visit.Send(path, form, [KeyValuePair.Create("back", "//evil.example/")])).Headers.Location!.ToString());
    }

    [Theory, EveryEngine]
    public async Task Facts_left_over_an_older_version_are_told_of_what_was_saved_meanwhile(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone));
        using var visit = worker.Visit();
        var path = $"/dossiers/{id}/facts";
        await (await Open(visit, path)).Saves(("Form.Municipality", "Hohenau"));
        await worker.Send(await worker.Send(new VictimSupport.Casework.Dossiers.Facts.Query(id)) with { Dossier = id, Municipality = "Lindeberg" });
        var tab = await Open(visit, path);
        Assert.Equal("Hohenau", tab.Page.QuerySelector("[name='Form.Municipality']")!.GetAttribute("value"));
        var refused = await tab.Sends();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var page = await Visit.Read(refused);
        Assert.Contains("Lindeberg", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("Hohenau", page.QuerySelector("[name='Form.Municipality']")!.GetAttribute("value"));
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send(path, page.QuerySelector<IHtmlFormElement>("form[data-draft]")!, [])).StatusCode);
        Assert.Equal("Hohenau", (await worker.Opens(id)).Dossier.Municipality);
        Assert.Null((await visit.Page(path)).QuerySelector(".vs-kept"));
    }

    [Theory, EveryEngine]
    public async Task What_was_left_over_older_rules_undoes_no_never_that_was_said_since(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone));
        var lead = await worker.LeadOf(id);
        await worker.Agrees(id, lead, r => r with { Call = VictimSupport.Casework.Codes.Rule.Safe });
        using var visit = worker.Visit();
        var path = $"/dossiers/{id}/people/{lead}/safe-contact";
        await (await Open(visit, path)).Saves(("Form.Hours", "in the evening"), ("Form.Call", "Safe")); // a browser saves every box
        zone.Platform.Clock.Advance(TimeSpan.FromSeconds(1));
        await worker.Agrees(id, lead, r => r with { Call = VictimSupport.Casework.Codes.Rule.Never });
        var refused = await (await Open(visit, path)).Sends();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send(path, (await Visit.Read(refused)).QuerySelector<IHtmlFormElement>("form[data-draft]")!, [])).StatusCode);
        var rules = await worker.RulesOf(id, lead);
        Assert.Equal(VictimSupport.Casework.Codes.Rule.Never, rules.Call);
        Assert.Equal("in the evening", rules.Details.Value.Hours);
    }

    [Theory, EveryEngine]
    public async Task Saving_leaves_no_record_but_finding_again_sending_and_a_refusal_do(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone));
        using var visit = worker.Visit();
        var tab = await Open(visit, $"/dossiers/{id}");
        var before = await Acts();
        for (var i = 0; i < 3; i++) await tab.Saves((Text, $"zin {i}"));
        Assert.Equal(before, await Acts());
        await visit.Page($"/dossiers/{id}");
        Assert.Equal(1, await Acts("Casework.Drafts.Find"));
        Assert.Equal(0, await Acts("Casework.Drafts.Save"));
        await Refused(worker.Send(new Save.Command { Draft = Guid.NewGuid(), Once = Guid.NewGuid(), Place = "x", Dossier = Guid.NewGuid(), Boxes = Typed("x") }));
        Assert.Equal(1, await Acts("Casework.Drafts.Save!absent"));
        await tab.Sends((Text, "zin"), ("Form.Layer", nameof(Layer.Assistance)));
        var sent = await zone.Look(z => z.Set<AuditRow>().OrderByDescending(r => r.Seq).FirstAsync(r => r.Act == "Casework.Dossiers.Write"));
        Assert.Contains($"Draft changed {tab.Kept}", sent.Payload, StringComparison.Ordinal);

        Task<int> Acts(string? act = null) => zone.Look(z => z.Set<AuditRow>().CountAsync(r => act == null || r.Act == act));
    }

    [Theory, EveryEngine]
    public async Task An_erased_dossiers_draft_opens_no_more_and_breaks_no_page(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var draft = await Saved(worker, "/Casework/Intakes/Register intake", null);
        await new Keyring(zone.Handle.Keys).Destroy([draft], default);
        Assert.Null(await worker.Send(new Find.Query("/Casework/Intakes/Register intake", null)));
        using var visit = worker.Visit();
        Assert.Null((await visit.Page("/intake")).QuerySelector(".vs-kept"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => new Keyring(zone.Handle.Keys).Destroy([zone.Id], default));
    }

    [Fact]
    public async Task What_is_written_at_length_is_kept_until_it_is_sent_whatever_form_it_stands_in()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var (worker, trainee) = (await zone.Hires("worker", Role.Caseworker), await zone.Hires("trainee", Role.Trainee));
        zone.Platform.Clock.Advance(TimeSpan.FromSeconds(5)); // who works here is kept for seconds
        var (id, person) = await worker.Knows(zone, "Rue 1");
        await worker.Send(await worker.Contact(zone, id));
        var contact = await zone.Look(z => z.Set<VictimSupport.Casework.Contacts.Contact>().Select(c => c.Id).SingleAsync());
        await zone.Names(id, trainee.Id);
        await trainee.Send(new Write.Command { Dossier = id, Persons = [person], Layer = Layer.Assistance, Text = "van de leerling" });
        var note = await zone.Look(z => z.Set<Note>().Where(n => n.Signing == Signing.Waiting).Select(n => n.Id).SingleAsync());
        using var visit = worker.Visit();
        using var chief = zone.Visit(Role.ZoneAdministrator);

        await Keeps(visit, $"/dossiers/{id}/short-term", "Form.Reason", ("Form.Weeks", "2"));
        await Keeps(visit, $"/dossiers/{id}/appointments", "Form.Note", ("Form.At.Date", VictimSupport.Design.Html.Moment.Day(zone.Platform.Clock.GetUtcNow()).AddDays(2).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)), ("Form.At.Time", "10:00"), ("Form.Place", nameof(Place.Office)), ("Form.Worker", worker.Id.ToString()));
        await Keeps(visit, $"/dossiers/{id}/contacts/{contact}/correct", "Form.Note");
        await Keeps(visit, $"/dossiers/{id}/countersign/{note}", "Form.Remark");
        await worker.Agrees(id, person, s => s with { Letter = Rule.Safe }); // they were reached: a letter goes only where they said so
        await Keeps(visit, $"/dossiers/{id}/people/{person}/letter?kind=Recontact&language=fr", "Form.Text");
        await Keeps(visit, "/partners/edit", "Form.Municipalities", ("Form.Organisation", "CAW"), ("Form.Type", "CAW"), ("Form.Needs", "Support"), ("Form.Channel", "Phone"), ("Form.Telephone", "078 15 00 00"), ("Form.Municipalities", ""));
        await Keeps(chief, "/admin/letters/first", "Form.Fr");
        await Keeps(visit, "/intake/list", Text, (Text, "PV;Faits;Date;Nom;Adresse;Langue\nBR.30.L1.000001/2026;Burglary;24/11/2026;Exemple, Ada;Rue Haute 1, 9901 Val-Clair;fr"));

        // Left over an older version, a contact is not written over.
        var path = $"/dossiers/{id}/contacts/{contact}/correct";
        await (await Open(visit, path)).Saves(("Form.Note", "van mij"));
        await worker.Send((await worker.Send(new VictimSupport.Casework.Contacts.Correct.Query(id, contact))).Form with { Dossier = id, Contact = contact, Note = "van een ander" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await (await Open(visit, path)).Sends()).StatusCode);
        // Another kind of letter, or another language, is another text.
        path = $"/dossiers/{id}/people/{person}/letter";
        await (await Open(visit, path + "?kind=Free&language=nl")).Saves((Text, "vrije brief"));
        foreach (var other in new[] { "?kind=Free&language=fr", "?kind=Closing&language=nl" }) Assert.DoesNotContain("vrije brief", (await visit.Page(path + other)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("vrije brief", (await visit.Page(path + "?kind=Free&language=nl")).QuerySelector("textarea")!.TextContent.Trim());

        async Task Keeps(Visit by, string where, string box, params (string Box, string Typed)[] rest)
        {
            var saved = (await (await Open(by, where)).Saves((box, "zin voor zin"))).Status;
            Assert.True(saved == HttpStatusCode.OK, $"{where}: {saved}");
            var tab = await Open(by, where);
            Assert.Equal("zin voor zin", tab.Page.QuerySelector($"[name='{box}']")!.TextContent.Trim());
            var typed = rest.Any(r => r.Box == box) ? rest : [(box, "zin voor zin"), .. rest];
            var sent = (await tab.Sends(typed)).StatusCode;
            Assert.True(sent == HttpStatusCode.Redirect, $"{where}: {sent}");
            Assert.Equal(0, await zone.Look(z => z.Set<Draft>().CountAsync(d => d.Text != null)));
        }
    }

    [Theory, EveryEngine]
    public async Task What_is_typed_over_a_page_of_a_list_is_filled_in_over_the_same_rows_only_and_kept_no_longer_than_the_list(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var worker = await zone.Hires("worker", Role.Caseworker);
        using var visit = worker.Visit();
        var rows = string.Join('\n', Enumerable.Range(1, 26).Select(i => $"BR.30.L1.{i:000000}/2026;{(i == 2 ? "no such thing" : "Burglary")};24/11/2026;{(char)('A' + i - 1)}zzz, Ada;Rue Haute {i}, 9901 Val-Clair;fr"));
        var pasted = await visit.Submit("/intake/list", [KeyValuePair.Create(Text, "PV;Faits;Date;Nom;Adresse;Langue\n" + rows)], "main form[enctype]");
        var path = pasted.Headers.Location!.ToString()[$"/{zone.Code}".Length..];
        var tab = await Open(visit, path);
        // As the script does: every box of the page.
        var boxes = tab.Page.QuerySelectorAll<IHtmlInputElement>("form[data-draft] input[name^='Form.']").Where(i => i.Type is "text" or "hidden" || i.IsChecked).Select(i => (i.Name!, i.Value)).Where(b => b.Item1 != "Form.Rows[0].Address").ToList();
        boxes.AddRange(tab.Page.QuerySelectorAll<IHtmlSelectElement>("form[data-draft] select[name^='Form.']").Select(s => (s.Name!, s.Value ?? "")).Where(b => b.Item1 != "Form.Rows[1].Facts"));
        Assert.True(boxes.Count > 200);
        Assert.Equal(HttpStatusCode.OK, (await tab.Saves([.. boxes, ("Form.Rows[0].Address", "Rue Basse 9"), ("Form.Rows[1].Facts", "Fire")])).Status);
        var again = await visit.Page(path);
        Assert.Equal("Rue Basse 9", again.QuerySelector("[name='Form.Rows[0].Address']")!.GetAttribute("value"));
        Assert.Equal("Fire", again.QuerySelector<IHtmlSelectElement>("[name='Form.Rows[1].Facts']")!.Value); // though the page finds the row wrong
        Assert.DoesNotContain("Rue Basse 9", (await visit.Page(path + "?at=2")).Body!.InnerHtml, StringComparison.Ordinal);
        Assert.DoesNotContain("Rue Basse 9", (await visit.Page(path + "?show=ToDecide")).Body!.InnerHtml, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await (await Open(visit, path)).Sends(("Form.Rows[0].Address", "Rue Basse 9"))).StatusCode);
        Assert.Equal(0, await zone.Look(z => z.Set<Draft>().CountAsync(d => d.Text != null)));

        var note = await Open(visit, "/intake");
        await note.Saves(("Form.Note", "blijft"));
        var (left, kept) = (await Open(visit, "/intake/list"), note.Kept);
        await left.Saves((Text, rows));
        platform.Clock.Advance(VictimSupport.Casework.Lists.PvList.Kept + TimeSpan.FromMinutes(1));
        Assert.Null((await visit.Page("/intake/list")).QuerySelector(".vs-kept")); // before any job ran
        await zone.RunRound();
        Assert.Equal(kept, Assert.Single(await zone.Look(z => z.Set<Draft>().Where(d => d.Text != null).Select(d => d.Id).ToListAsync())));
        Assert.Null(zone.Handle.Keys.Find(left.Kept));
    }

    private static async Task<Guid> Saved(Person by, string place, Guid? dossier)
    {
        var once = Guid.NewGuid();
        return (await by.Send(new Save.Command { Draft = once, Once = once, Turn = 1, Place = place, Dossier = dossier, Boxes = Typed("bewaard") })).Draft;
    }

    private static string Of(Guid dossier) => $"/Casework/Dossiers/Show note {dossier}";
    private static Dictionary<string, string[]> Typed(string text) => new() { [Text] = [text] };
    private static Task Refused(Task what) => Assert.ThrowsAsync<RefusedException>(() => what);

    private static async Task<string[]> All(Visit visit, string path)
    {
        var page = await visit.Page(path);
        var texts = new List<string> { page.QuerySelector("textarea")!.TextContent.Trim() };
        foreach (var other in page.QuerySelectorAll(".vs-kept a")) texts.Add((await visit.Page(other.GetAttribute("href")!)).QuerySelector("textarea")!.TextContent.Trim());
        return [.. texts.Order(StringComparer.Ordinal)];
    }

    private static async Task<Tab> Open(Visit visit, string path) => new(visit, path, await visit.Page(path));

    /// <summary>A page in a browser that saves itself, as the script does.</summary>
    private sealed class Tab(Visit visit, string path, IHtmlDocument page)
    {
        private static readonly HashSet<string> Own = new(StringComparer.Ordinal) { FormTag.Kept, FormTag.Version, FormTag.Turn, FormTag.Unticked };
        private readonly IHtmlFormElement form = page.QuerySelector<IHtmlFormElement>("form[data-draft]")!;
        private int version = int.Parse(page.QuerySelector("form[data-draft]")!.GetAttribute("data-draft")!, System.Globalization.CultureInfo.InvariantCulture);
        private long turn;

        public IHtmlDocument Page => page;
        public Guid Once { get; } = Guid.Parse(page.QuerySelector("form[data-draft] [name=vs-once]")!.GetAttribute("value")!);
        public Guid Kept { get; set; } = Guid.TryParse(page.QuerySelector("form[data-draft] [name=vs-draft]")!.GetAttribute("value"), out var kept) ? kept : Guid.Empty;

        public Task<(HttpStatusCode Status, string? Said)> Saves(params (string Box, string Typed)[] typed) => SavesAt(path, typed);

        public Task<(HttpStatusCode Status, string? Said)> Forges(params (string Box, string Typed)[] typed) => Post(path, [("__RequestVerificationToken", ""), .. typed]);

        public async Task<(HttpStatusCode Status, string? Said)> SavesAt(string where, params (string Box, string Typed)[] typed) => await Post(where, typed);

        public Task<HttpResponseMessage> Sends(params (string Box, string Typed)[] typed) =>
            visit.Send(path, form, [KeyValuePair.Create(FormTag.Kept, Kept == Guid.Empty ? "" : Kept.ToString()), .. typed.Select(t => KeyValuePair.Create(t.Box, t.Typed))]);

        private async Task<(HttpStatusCode Status, string? Said)> Post(string where, (string Box, string Typed)[] typed)
        {
            if (Kept == Guid.Empty) Kept = Once;
            var all = form.QuerySelectorAll<IHtmlInputElement>("input[type=hidden]").Where(i => typed.All(t => t.Box != i.Name) && !Own.Contains(i.Name!)).Select(i => (i.Name!, i.Value)).ToList();
            (string, string)[] own = [(FormTag.Kept, Kept.ToString()), (FormTag.Version, $"{version}"), (FormTag.Turn, $"{Interlocked.Increment(ref turn)}")];
            all.AddRange(own.Where(o => typed.All(t => t.Box != o.Item1)));
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/{visit.Place}{where}") { Content = new FormUrlEncodedContent([.. all.Concat(typed).Select(f => KeyValuePair.Create(f.Item1, f.Item2))]) };
            request.Headers.Add(FormTag.SavesItself, "1");
            var answer = await visit.Client.SendAsync(request, TestContext.Current.CancellationToken);
            if (answer.StatusCode != HttpStatusCode.OK) return (answer.StatusCode, null);
            using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            (Kept, version) = (json.RootElement.GetProperty("draft").GetGuid(), json.RootElement.GetProperty("version").GetInt32());
            return (answer.StatusCode, json.RootElement.GetProperty("said").GetString());
        }
    }
}
