using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Lists;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Tests.Kit;
using Person = VictimSupport.Tests.Kit.Person;

namespace VictimSupport.Tests.Casework;

/// <summary>The night's list: seen before, mended in the page, each row taken once.</summary>
public sealed class PvListTests(Platforms platforms)
{
    private const string Night = "PV;Faits;Date;Nom;Adresse;Langue\n"
        + "BR.30.L1.000001/2026;Burglary;24/11/2026;Exemple, Ada;Rue Haute 1, 9901 Val-Clair;fr\n"
        + "BR.30.L1.000002/2026;no such thing;24/11/2026;Voorbeeld, Bo;Dorp 2, 9901 Val-Clair;nl\n"
        + "BR.30.L1.000003/2026;PartnerViolence;24/11/2026;Muster, Cleo;Weg 3, 9901 Val-Clair;de\n";

    [Theory, EveryEngine]
    public async Task A_list_is_shown_mended_and_taken_and_each_row_makes_one_dossier(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var anna = zone.As(Role.Caseworker);
        using var visit = anna.Visit();
        var path = await Pastes(visit, Night);
        var page = await visit.Page(path);
        Assert.Equal(["2", "1", "0", "0"], page.QuerySelectorAll(".vs-figure").Select(f => f.TextContent));
        Assert.Contains("Row 2", page.QuerySelector(".govuk-error-summary a[href='#Form_Rows_1__Facts']")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("no such thing", page.QuerySelector("[name='Form.Rows[1].Facts'] option[selected]")!.GetAttribute("value")); // as it was typed
        Assert.Equal(0, await Dossiers(zone));

        await Take(visit, path);
        Assert.Equal(2, await Dossiers(zone));
        await Take(visit, path); // an impatient thumb
        Assert.Equal(2, await Dossiers(zone));
        page = await visit.Page(path + "?show=ToDecide");
        Assert.Single(page.QuerySelectorAll("main section.vs-card"));
        await visit.Send(path, FormOf(page), [KeyValuePair.Create("Form.Rows[0].Facts", "Fire")]);
        await Take(visit, path);
        Assert.Equal(3, await Dossiers(zone));
        var made = await visit.Page(path + "?show=Made");
        Assert.Equal(3, made.QuerySelectorAll("main a[href*='/dossiers/']").Length);

        var view = await anna.Opens(await DossierOf(zone, "Burglary"));
        Assert.Equal((Trigger.OfficialReport, "BR.30.L1.000001/2026", anna.Id), (view.Dossier.Trigger, Assert.Single(view.OfficialReports), view.Dossier.AssignedTo));
        Assert.Equal(("Ada Exemple", "Rue Haute 1, 9901 Val-Clair", "fr"), (view.People[0].Name, view.People[0].Identity.Address, view.People[0].Person.Language));
        Assert.Equal(new DateTime(2026, 11, 24), VictimSupport.Design.Html.Moment.Local(view.Dossier.FactsAt!.Value));
        Assert.Single((await anna.Send(new Search.Query { Text = "BR.30.L1.000001/2026" })).Rows);
        // Nothing of it stands open: neither in the record nor in an address.
        Assert.DoesNotContain(await zone.Look(z => z.Set<AuditRow>().Select(r => r.Payload).ToListAsync()), p => p.Contains("Exemple", StringComparison.OrdinalIgnoreCase) || p.Contains("000001", StringComparison.Ordinal));
    }

    [Theory, EveryEngine]
    public async Task Who_may_be_known_is_named_to_those_only_who_may_know_and_is_decided_by_somebody(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (anna, bert) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker));
        var (mine, theirs, hidden) = (await anna.Registers(Cases.Intake(zone, "Exemple", "Ada")), await bert.Registers(Cases.Intake(zone, "Muster", "Cleo")), await bert.Registers(Cases.Intake(zone, "Voorbeeld", "Bo")));
        await bert.Send(await bert.Send(new Facts.Query(hidden)) with { Dossier = hidden, OfficialReports = "BR.30.L1.000002/2026" });
        await zone.WallsOff(anna, hidden);
        using var visit = anna.Visit();
        var path = await Pastes(visit, Night.Replace("no such thing", "Fire", StringComparison.Ordinal));
        var page = await visit.Page(path);
        var cards = page.QuerySelectorAll("main section.vs-card").ToList();
        Assert.Contains((await anna.Opens(mine)).Dossier.Number, cards[0].TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("known", cards[1].TextContent, StringComparison.Ordinal); // behind a wall there is nobody
        Assert.Contains("Safety card: C.M.", cards[2].TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain((await bert.Opens(theirs)).Dossier.Number, page.DocumentElement.OuterHtml, StringComparison.Ordinal);
        Assert.Empty(cards[2].QuerySelectorAll($"input[value='{theirs}']"));
        Assert.Single(await zone.Look(z => z.Set<VictimSupport.Foundation.Jobs.OutboxMessage>().Where(m => m.Kind == "safety-card-shown").ToListAsync()), m => m.About == theirs && m.To == bert.Id);
        // Nobody decided about the two: only the third is taken.
        await Take(visit, path);
        Assert.Equal(4, await Dossiers(zone));
        // The first is added to what is hers already; a dossier that is not hers to open takes nothing.
        page = await visit.Page(path + "?show=ToDecide");
        await visit.Send(path, FormOf(page), [KeyValuePair.Create("Form.Rows[0].Choice", mine.ToString()), KeyValuePair.Create("Form.Rows[1].Choice", theirs.ToString())]);
        await Take(visit, path);
        Assert.Equal(4, await Dossiers(zone));
        Assert.Equal(["BR.30.L1.000001/2026"], (await anna.Opens(mine)).OfficialReports);
        Assert.Single((await anna.Opens(mine)).People);
        // The list is thrown away: what it says beside what stands there is written down, and changes nothing by itself.
        var noted = Assert.Single((await anna.Opens(mine)).Timeline, h => h.Text?.Contains("BR.30.L1.000001/2026", StringComparison.Ordinal) == true);
        Assert.Contains("Rue Haute 1, 9901 Val-Clair", noted.Text!, StringComparison.Ordinal);
        Assert.Contains(VictimSupport.Design.Html.Spoken.In("fr", () => VictimSupport.Design.Html.Moment.Show(VictimSupport.Design.Html.Moment.Instant(new DateTime(2026, 11, 24)))), noted.Text!, StringComparison.Ordinal);
        Assert.Null((await anna.Opens(mine)).People[0].Identity.Address);
        Assert.Empty((await bert.Opens(theirs)).OfficialReports);
    }

    [Fact]
    public async Task A_row_that_is_put_right_to_be_about_somebody_else_is_decided_anew()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        var ada = await anna.Registers(Cases.Intake(zone, "Exemple", "Ada"));
        await anna.Registers(Cases.Intake(zone, "Muster", "Cleo"));
        using var visit = anna.Visit();
        var list = Guid.Parse((await Pastes(visit, Night.Replace("no such thing", "Fire", StringComparison.Ordinal))).Split('/')[^1]);
        async Task<Check.Row> Row() => (await anna.Send(new Check.Query(list, PvShow.All, 1))).Rows[0];
        async Task Says(string choice, string given, string family, bool known = true) => await anna.Send(new Check.Command(list, [new Check.Changed(1, (await Row()).Cells with { GivenName = given, FamilyName = family }, choice, known)]));
        await Says(nameof(PvChoice.Take), "Ada", "Exemple");
        await Says(nameof(PvChoice.Take), "Ada", "Exemple");
        Assert.Equal(PvChoice.Take, (await Row()).Choice); // asked, and decided
        await Says(nameof(PvChoice.Take), "Cleo", "Muster");
        Assert.Equal(PvChoice.Undecided, (await Row()).Choice); // nobody asked about her
        await Says(ada.ToString(), "Cleo", "Muster");
        Assert.Equal((PvChoice.Add, (Guid?)ada), ((await Row()).Choice, (await Row()).AddTo));
        await Says(ada.ToString(), "Bo", "Voorbeeld", known: false);
        Assert.Equal((PvChoice.Undecided, null), ((await Row()).Choice, (await Row()).AddTo));
    }

    [Fact]
    public async Task An_older_window_of_a_list_undoes_nothing_unseen_and_what_was_chosen_in_it_stays_in_its_boxes()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var anna = zone.As(Role.Caseworker);
        using var visit = anna.Visit();
        var path = await Pastes(visit, Night);
        var (older, list) = (await visit.Page(path), Guid.Parse(path.Split('/')[^1]));
        await visit.Send(path, FormOf(await visit.Page(path)), [Choice(0, "Leave"), KeyValuePair.Create("Form.Rows[1].Facts", "Fire")]);
        // It says something else only of the third: the others stay as they were put since.
        await visit.Send(path, FormOf(older), [Choice(2, "Leave")]);
        Assert.Equal([PvChoice.Leave, PvChoice.Take, PvChoice.Leave], await Choices());
        Assert.Empty((await Rows())[1].Reading.Faults);

        // One row was taken meanwhile, so that boxes stand elsewhere.
        await Take(visit, path);
        var answer = await visit.Send(path, FormOf(older), [Choice(0, "Undecided"), KeyValuePair.Create("Form.Rows[0].FamilyName", "Exempel"), Choice(2, "Undecided")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal(PvChoice.Leave, (await Choices())[0]);
        var shown = await Visit.Read(answer);
        Assert.Equal(2, shown.QuerySelectorAll(".govuk-error-summary li").Length);
        Assert.Contains("Row 1 was changed in another window and now says “Leave”", shown.QuerySelector("a[href='#Form_Rows_0__Choice']")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Row 3", shown.QuerySelector("a[href='#Form_Rows_1__Choice']")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(("Exempel", "Muster"), (shown.QuerySelector("[name='Form.Rows[0].FamilyName']")!.GetAttribute("value"), shown.QuerySelector("[name='Form.Rows[1].FamilyName']")!.GetAttribute("value")));
        // Where the row stands on the tab no more, it is shown with what was typed all the same.
        var deciding = await visit.Page(path + "?show=ToDecide");
        Assert.Empty(deciding.QuerySelectorAll("[name='Form.Rows[0].Row']"));
        var hidden = await Visit.Read(await visit.Send(path + "?show=ToDecide", FormOf(older), [KeyValuePair.Create("show", "ToDecide"), Choice(2, "Undecided"), KeyValuePair.Create("Form.Rows[2].FamilyName", "Muhster")]));
        Assert.Contains("Row 3", hidden.QuerySelector(".govuk-error-summary a")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Muhster", hidden.QuerySelectorAll("input[name$='.FamilyName']").Select(i => i.GetAttribute("value")));
        // Seen, it is kept.
        await visit.Send(path, FormOf(shown), [Choice(0, "Take")]);
        Assert.Equal((PvChoice.Take, "Exempel"), ((await Choices())[0], (await Rows())[0].Cells.FamilyName));

        static KeyValuePair<string, string> Choice(int place, string choice) => KeyValuePair.Create($"Form.Rows[{place}].Choice", choice);
        async Task<IReadOnlyList<Check.Row>> Rows() => (await anna.Send(new Check.Query(list, PvShow.All, 1))).Rows;
        async Task<PvChoice[]> Choices() => [.. (await Rows()).Select(r => r.Choice)];
    }

    [Fact]
    public async Task A_report_that_is_known_is_a_duplicate_and_somebody_else_in_it_joins_the_dossier()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var anna = zone.As(Role.Caseworker);
        var mine = await anna.Registers(Cases.Intake(zone, "Sample", "Zoë", subKind: "Fire"));
        await anna.Send(await anna.Send(new Facts.Query(mine)) with { Dossier = mine, OfficialReports = "br 30 l1 1/26" });
        using var visit = anna.Visit();
        var path = await Pastes(visit, Night);
        await visit.Send(path, FormOf(await visit.Page(path)), [KeyValuePair.Create("Form.Rows[0].Choice", mine.ToString())]);
        await Take(visit, path);
        await Take(visit, path);
        var view = await anna.Opens(mine);
        Assert.Equal(["Ada Exemple", "Zoë Sample"], view.People.Select(p => p.Name).Order(StringComparer.Ordinal));
        Assert.Single(view.OfficialReports);
        Assert.Equal(["Burglary"], view.Dossier.Additional);
        Assert.Equal(2, await zone.Look(z => z.Set<VictimSupport.Casework.Counting.Case>().CountAsync(c => c.DossierId == mine && c.Counts)));
    }

    [Fact]
    public async Task A_list_is_its_writers_alone_lies_sealed_and_is_gone_after_a_day()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var (anna, bert) = (zone.As(Role.Caseworker), zone.As(Role.Coordinator));
        using var hers = anna.Visit();
        var path = await Pastes(hers, Night);
        var list = Guid.Parse(path[(path.LastIndexOf('/') + 1)..]);
        using (var his = bert.Visit())
        {
            Assert.Equal(HttpStatusCode.NotFound, (await his.Get(path)).StatusCode);
            Assert.DoesNotContain(list.ToString(), (await his.Page("/intake/list")).DocumentElement.OuterHtml, StringComparison.Ordinal);
        }
        await Assert.ThrowsAsync<RefusedException>(() => bert.Send(new Ready.Query(list)));
        await Assert.ThrowsAsync<RefusedException>(() => bert.Send(new Cards.Command(list, [1])));
        Assert.Contains(list.ToString(), (await hers.Page("/intake/list")).DocumentElement.OuterHtml, StringComparison.Ordinal);
        Assert.Equal(list, await zone.Look(async z => (await z.Set<PvList>().AsNoTracking().SingleAsync()).KeyOwner));
        platform.Clock.Advance(TimeSpan.FromHours(23));
        await zone.RunJobs();
        Assert.Equal(HttpStatusCode.OK, (await hers.Get(path)).StatusCode);
        platform.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(HttpStatusCode.NotFound, (await hers.Get(path)).StatusCode);
        await zone.RunJobs();
        Assert.Equal(0, await zone.Look(z => z.Set<PvList>().CountAsync()));
        Assert.Throws<ErasedException>(() => new Keyring(zone.Handle.Keys).Open(list));
        // Thrown away by hand its key goes with the next visit, not with the hourly round.
        path = await Pastes(hers, Night);
        list = Guid.Parse(path[(path.LastIndexOf('/') + 1)..]);
        await zone.RunJobs();
        await anna.Send(new Away.Command(list));
        await zone.RunJobs();
        Assert.Equal(0, await zone.Look(z => z.Set<PvList>().CountAsync()));
        Assert.Throws<ErasedException>(() => new Keyring(zone.Handle.Keys).Open(list));
    }

    [Theory, EveryEngine]
    public async Task Five_hundred_rows_are_taken_once_though_the_press_was_broken_off(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var anna = zone.As(Role.Caseworker);
        var text = string.Join('\n', Enumerable.Range(1, PvText.Most).Select(i => $"BR.30.L1.{i:000000}/2026\tBurglary\t24/11/2026\t{Name(i)}\tRue {i}, 9901 Val-Clair\tfr"));
        using var visit = anna.Visit();
        var path = await Pastes(visit, text);
        var ready = await anna.Send(new Ready.Query(Guid.Parse(path[(path.LastIndexOf('/') + 1)..])));
        Assert.Equal(PvText.Most, ready.Count);
        foreach (var row in ready.Take(40)) await anna.Send(row.Intake!); // then the lights went out
        await Task.WhenAll(Take(visit, path), Take(visit, path));
        // On a slow machine a press answers before all are taken, and says so: pressed again until nothing waits.
        for (var press = 0; press < 60 && (await anna.Send(new Ready.Query(Guid.Parse(path[(path.LastIndexOf('/') + 1)..])))).Count > 0; press++) await Take(visit, path);
        Assert.Equal(PvText.Most, await Dossiers(zone));
        Assert.Equal("500", (await visit.Page(path)).QuerySelectorAll(".vs-figure")[3].TextContent);
    }

    [Fact]
    public async Task From_the_list_straight_to_the_letters_of_those_who_may_get_one_unasked()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var anna = zone.As(Role.Caseworker);
        using var visit = anna.Visit();
        var path = await Pastes(visit, Night);
        await Take(visit, path);
        await Take(visit, path);
        await Letters(visit, path);
        var acts = await zone.Look(z => z.Set<FollowUp>().Where(f => f.Kind == ActKind.Letter).ToListAsync());
        Assert.Equal(await DossierOf(zone, "Burglary"), Assert.Single(acts).DossierId); // partner violence: never
        Assert.Equal(new FirstLetter.Outcome(Bar.None, IsNew: false), await anna.Send(new FirstLetter.Command(acts[0].DossierId, acts[0].Persons[0]))); // pressed again: one act
        Assert.Single(await zone.Look(z => z.Set<FollowUp>().Where(f => f.Kind == ActKind.Letter).ToListAsync()));
        var letters = await visit.Page("/letters");
        Assert.Single(letters.QuerySelectorAll("input[name='chosen']"));
    }

    [Theory, EveryEngine]
    public async Task In_a_dossier_that_was_there_the_letter_is_for_whom_the_row_names_and_not_for_whom_it_is_shown_under(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var anna = zone.As(Role.Caseworker);
        var (mine, zoe) = await anna.Knows(zone, "Rue Haute 7, 9901 Val-Clair", "Sample", "Zoë", phone: null);
        await anna.Send(await anna.Send(new Facts.Query(mine)) with { Dossier = mine, OfficialReports = "br 30 l1 1/26" });
        await anna.Send(await anna.Contact(zone, mine)); // with Zoë: Ada was never spoken to
        using var visit = anna.Visit();
        var path = await Pastes(visit, Night);
        await visit.Send(path, FormOf(await visit.Page(path)), [KeyValuePair.Create("Form.Rows[0].Choice", mine.ToString())]);
        await Take(visit, path);
        await Take(visit, path);
        Assert.Contains("planned for 1 people. For 1 no letter", await Letters(visit, path), StringComparison.Ordinal); // partner violence: never
        var ada = (await anna.Opens(mine)).People.Single(p => p.Id != zoe).Id;
        var act = Assert.Single(await zone.Look(z => z.Set<FollowUp>().Where(f => f.Kind == ActKind.Letter).ToListAsync()));
        Assert.Equal((mine, ada), (act.DossierId, Assert.Single(act.Persons)));
        var due = Assert.Single((await anna.Send(new VictimSupport.Casework.Letters.List.Query())).Due);
        Assert.Equal((ada, Bar.None, VictimSupport.Casework.Letters.LetterKind.First), (due.Person, due.Bar, due.Kind)); // and the batch lets it out
    }

    [Fact]
    public async Task Whoever_has_a_letter_already_is_not_counted_as_planned()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var anna = zone.As(Role.Caseworker);
        using var visit = anna.Visit();
        var path = await Pastes(visit, Night);
        await Take(visit, path);
        Assert.DoesNotContain("already", await Letters(visit, path), StringComparison.Ordinal);
        Assert.Contains("planned for 0 people. For 1 no letter goes out unasked. For 1 one was planned or written already.", await Letters(visit, path), StringComparison.Ordinal);
        var act = Assert.Single(await zone.Look(z => z.Set<FollowUp>().Where(f => f.Kind == ActKind.Letter).ToListAsync()));
        await anna.Send(new VictimSupport.Casework.Letters.PrepareDue.Command(act.Id, act.Persons[0]));
        await anna.Send(new VictimSupport.Casework.Letters.Print.Command(await zone.Look(z => z.Set<VictimSupport.Casework.Letters.Letter>().Select(l => l.Id).SingleAsync())));
        Assert.Contains("planned for 0 people. For 1 no letter goes out unasked. For 1 one was planned or written already.", await Letters(visit, path), StringComparison.Ordinal);
        Assert.Single(await zone.Look(z => z.Set<FollowUp>().Where(f => f.Kind == ActKind.Letter).ToListAsync()));
    }

    // What the page says after the press.
    private static async Task<string> Letters(Visit visit, string path)
    {
        var sent = await visit.Client.PostAsync($"{path}?handler=Letters", new FormUrlEncodedContent([KeyValuePair.Create("__RequestVerificationToken", Token(await visit.Page(path)))]), TestContext.Current.CancellationToken);
        Assert.EndsWith("/letters", sent.Headers.Location!.ToString(), StringComparison.Ordinal);
        return (await visit.Page("/letters")).Body!.TextContent;
    }

    [Fact]
    public async Task What_is_no_list_is_said_and_what_was_pasted_stays()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        using var visit = zone.Visit(Role.OnCall);
        var many = string.Join('\n', Enumerable.Range(0, 501).Select(i => $"{i}/2026;Burglary"));
        var refused = await visit.Submit("/intake/list", [KeyValuePair.Create("Form.Text", many)]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var page = await Visit.Read(refused);
        Assert.Contains("500/2026;Burglary", page.QuerySelector("textarea")!.TextContent, StringComparison.Ordinal);
        Assert.NotNull(page.QuerySelector(".govuk-error-summary a[href='#Form_Text']"));
        // A file, with the mark of UTF-8.
        using var file = new MultipartFormDataContent { { new StringContent(Token(page)), "__RequestVerificationToken" }, { new ByteArrayContent([.. System.Text.Encoding.UTF8.Preamble, .. System.Text.Encoding.UTF8.GetBytes(Night)]), "Form.File", "night.csv" } };
        var read = await visit.Client.PostAsync($"/{zone.Code}/intake/list", file, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Redirect, read.StatusCode);
        foreach (var role in new[] { Role.Trainee, Role.FrontDesk, Role.ZoneAdministrator, Role.DataProtectionOfficer })
        {
            using var other = zone.Visit(role);
            Assert.Equal(HttpStatusCode.NotFound, (await other.Get("/intake/list")).StatusCode);
        }
    }

    [Theory, EveryEngine]
    public async Task Where_the_officer_asked_to_offer_follow_up_a_recontact_is_planned_by_the_kind_of_facts(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var anna = zone.As(Role.Caseworker);
        using var visit = anna.Visit();
        var path = await Pastes(visit, "PV;Faits;Date;Nom;Proposer un suivi\n"
            + "BR.30.L1.000001/2026;Burglary;24/11/2026;Exemple, Ada;choqué, à rappeler\n"
            + "BR.30.L1.000002/2026;Fire;24/11/2026;Voorbeeld, Bo;non\n"
            + "BR.30.L1.000003/2026;RoadAccident;24/11/2026;Muster, Cleo;\n");
        var page = await visit.Page(path);
        Assert.Equal([true, false, false], page.QuerySelectorAll<IHtmlInputElement>("main input[type=checkbox][name$=FollowUp]").Select(b => b.IsChecked));
        // The third is asked for in the page.
        await visit.Send(path, FormOf(page), [KeyValuePair.Create("Form.Rows[2].FollowUp", "true")]);
        await Take(visit, path);
        var asked = await zone.Look(z => z.Set<FollowUp>().Where(f => f.Kind == ActKind.CallBack).ToListAsync());
        Assert.Equal(new[] { (await DossierOf(zone, "Burglary"), 4), (await DossierOf(zone, "RoadAccident"), 8) }.OrderBy(a => a.Item2), asked.Select(a => (a.DossierId, VictimSupport.Design.Html.Moment.Day(a.DueAt).Day)).OrderBy(a => a.Day));
        var view = await anna.Opens(await DossierOf(zone, "Burglary"));
        Assert.Contains(view.Planned, a => a.Kind == ActKind.CallBack && a.Text!.Value.Contains("offer follow-up", StringComparison.Ordinal) && a.Persons.SequenceEqual([view.Dossier.Lead!.Value]));
        Assert.DoesNotContain((await anna.Opens(await DossierOf(zone, "Fire"))).Planned, a => a.Kind == ActKind.CallBack);
        // Added to a dossier that is there, it is asked for too.
        path = await Pastes(visit, "PV;Faits;Date;Nom;Suivi\nBR.30.L1.000009/2026;Fire;24/11/2026;Exemple, Ada;x\n");
        await visit.Send(path, FormOf(await visit.Page(path)), [KeyValuePair.Create("Form.Rows[0].Choice", view.Dossier.Id.ToString())]);
        await Take(visit, path);
        Assert.Equal(2, (await anna.Opens(view.Dossier.Id)).Planned.Count(a => a.Kind == ActKind.CallBack));
    }

    [Theory, EveryEngine]
    public async Task A_follow_up_is_planned_by_a_way_that_is_open_to_the_person(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var anna = zone.As(Role.Caseworker);
        var (mine, ada) = await anna.Knows(zone, "Rue Haute 7, 9901 Val-Clair");
        await anna.Agrees(mine, ada, r => r with { Call = Rule.Never, Letter = Rule.Safe });
        await anna.Send(await anna.Send(new Facts.Query(mine)) with { Dossier = mine, OfficialReports = "BR.30.L1.000010/2026" });
        using var visit = anna.Visit();
        var path = await Pastes(visit, "PV;Faits;Date;Nom;Suivi\nBR.30.L1.000009/2026;Fire;24/11/2026;Exemple, Ada;x\nBR.30.L1.000010/2026;RoadAccident;24/11/2026;Muster, Bo;x\n");
        await visit.Send(path, FormOf(await visit.Page(path)), [KeyValuePair.Create("Form.Rows[0].Choice", mine.ToString()), KeyValuePair.Create("Form.Rows[1].Choice", mine.ToString())]);
        await Take(visit, path);
        Assert.Equal(ActKind.Letter, Assert.Single(await Offered(mine, ada)).Kind);
        var bo = (await anna.Opens(mine)).People.Single(p => p.Id != ada).Id; // came in by the row itself
        Assert.Equal(ActKind.CallBack, Assert.Single(await Offered(mine, bo)).Kind);
        // Who never was to be called is not in another dossier either, though nothing was said there yet.
        var anew = await anna.Registers(Cases.Intake(zone, "Exemple", "Ada", "0470 12 34 56") with { OfferFollowUp = true });
        Assert.Equal(ActKind.Other, Assert.Single(await Offered(anew, await anna.LeadOf(anew))).Kind);

        async Task<List<FollowUp>> Offered(Guid dossier, Guid person) => [.. (await anna.Opens(dossier)).Planned.Where(a => a.Persons.Contains(person) && a.Text?.Value.Contains("offer follow-up", StringComparison.Ordinal) == true)];
    }

    private static string Name(int i) => $"{(char)('A' + i % 26)}{(char)('a' + i / 26 % 26)}xo, {(char)('A' + i / 7 % 26)}{(char)('a' + i % 7)}lu{(char)('a' + i % 19)}";

    [Theory, EveryEngine]
    public async Task Facts_by_the_zones_own_word_are_understood_offered_and_kept(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var entry = new OwnEntry.Command { List = CodeList.SubKind, Shipped = "OtherOffence", Fr = "Morsure de chien", Nl = "Hondenbeet", De = "Hundebiss", En = "Dog bite", From = VictimSupport.Design.Html.Moment.Day(zone.Platform.Clock.GetUtcNow()) };
        var own = OwnCode.ValueOf(await zone.As(Role.ZoneAdministrator).Send(entry));
        var anna = zone.As(Role.Caseworker);
        using var visit = anna.Visit();
        var path = await Pastes(visit, "PV;Faits;Date;Nom\nBR.30.L1.000001/2026;hondenbeet;24/11/2026;Exemple, Ada\nBR.30.L1.000002/2026;no such thing;24/11/2026;Voorbeeld, Bo\n");
        var page = await visit.Page(path);
        Assert.Equal(own, page.QuerySelector("[name='Form.Rows[0].Facts'] option[selected]")!.GetAttribute("value"));
        Assert.Contains(", Dog bite", page.QuerySelector("main section.vs-card")!.TextContent, StringComparison.Ordinal);
        await visit.Send(path, FormOf(page), [KeyValuePair.Create("Form.Rows[1].Facts", own)]);
        await Take(visit, path);
        Assert.Equal([OwnCode.IdOf(own), OwnCode.IdOf(own)], await zone.Look(z => z.Set<Dossier>().Where(d => d.SubKind == "OtherOffence").Select(d => d.OwnSubKind).ToListAsync()));
    }

    private static async Task<string> Pastes(Visit visit, string text)
    {
        var read = await visit.Submit("/intake/list", [KeyValuePair.Create("Form.Text", text)]);
        Assert.Equal(HttpStatusCode.Redirect, read.StatusCode);
        return read.Headers.Location!.ToString();
    }

    private static async Task Take(Visit visit, string path)
    {
        var page = await visit.Page(path);
        var form = FormOf(page);
        form.SetAttribute("action", form.QuerySelector("button[formaction*='Take']")?.GetAttribute("formaction") ?? path + "?handler=Take");
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send(path, form, [])).StatusCode);
    }

    private static IHtmlFormElement FormOf(IHtmlDocument page) => page.QuerySelector<IHtmlFormElement>("main form:has(section)")!;
    private static string Token(IHtmlDocument page) => page.QuerySelector("input[name='__RequestVerificationToken']")!.GetAttribute("value")!;
    private static Task<int> Dossiers(TestZone zone) => zone.Look(z => z.Set<Dossier>().CountAsync());
    private static Task<Guid> DossierOf(TestZone zone, string subKind) => zone.Look(z => z.Set<Dossier>().Where(d => d.SubKind == subKind).Select(d => d.Id).SingleAsync());
}
