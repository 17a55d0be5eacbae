using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Letters;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Settings;
using List = VictimSupport.Casework.Letters.List;
using Person = VictimSupport.Tests.Kit.Person;

namespace VictimSupport.Tests.Casework;

/// <summary>Letters: from what is due to the sheet and its label, each before the gate twice.</summary>
public sealed class LetterTests(Platforms platforms)
{
    private static readonly string[] Telling = ["police", "politie", "polizei", "victim", "slachtoffer", "opfer", "zone", "violence", "sapv", "slachtofferbejegening"];

    [Theory, EveryEngine]
    public async Task A_batch_prepares_each_person_and_address_once_and_says_why_the_others_get_none(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = await zone.Hires("worker", Role.Caseworker);
        var (plain, one) = await worker.Knows(zone, "Rue de l'Exemple 1\n9901 Val-Clair", "Exemple", "Ada", phone: null);
        var (neighbour, two) = await worker.Knows(zone, "rue de l’exemple, 1, 9901 VAL-CLAIR", "Exemple", "Bo", phone: null); // the same door, typed otherwise
        var (again, three) = await worker.Knows(zone, "Rue 77", "EXEMPLE", "ada", "Fire", phone: null); // the same person, elsewhere
        var (beaten, four) = await worker.Knows(zone, "Rue 4", "Muster", "Dina", "PartnerViolence", phone: null);
        var (child, five) = await worker.Knows(zone, "Rue 5", "Muster", "Emil", minor: true, phone: null);
        var (never, six) = await worker.Knows(zone, "Rue 6", "Muster", "Fien", phone: null);
        await worker.Agrees(never, six, r => r with { Letter = Rule.Never });
        var nowhere = await worker.Registers(Cases.Intake(zone, "Muster", "Gil"));
        var seven = await worker.LeadOf(nowhere);
        var (conditional, eight) = await worker.Knows(zone, "Rue 8", "Muster", "Hugo", phone: null);
        await worker.Agrees(conditional, eight, r => r with { Letter = Rule.OnlyIf, WhatMayBeSaid = "to her sister" });
        var (safe, nine) = await worker.Knows(zone, "Rue 9", "Muster", "Iris", "PartnerViolence", phone: null);
        await worker.Agrees(safe, nine, r => r with { Letter = Rule.Safe });
        await worker.Send(await worker.Contact(zone, safe));
        var minutes = 0;
        foreach (var (dossier, person) in new[] { (plain, one), (neighbour, two), (again, three), (beaten, four), (child, five), (never, six), (nowhere, seven), (conditional, eight), (safe, nine) }) await worker.PlansALetter(zone, dossier, person, ++minutes);

        var due = (await worker.Send(new List.Query())).Due.ToDictionary(d => d.Person);
        Assert.Equal([Bar.None, Bar.Twin, Bar.Twin, Bar.FirstLetter, Bar.FirstLetter, Bar.Never, Bar.Nowhere, Bar.OnlyIf, Bar.None], new[] { one, two, three, four, five, six, seven, eight, nine }.Select(p => due[p].Bar));
        var number = (await worker.Opens(plain)).Dossier.Number;
        Assert.Equal((number, number), (due[two].Twin, due[three].Twin));
        Assert.Equal((LetterKind.First, LetterKind.Recontact), (due[one].Kind, due[nine].Kind));
        Assert.Equal((true, false, false), (due[one].AgeUnknown, due[five].AgeUnknown, due[nine].AgeUnknown)); // none goes to a minor: whoever prints is told of whom it is not known

        using var visit = worker.Visit();
        var page = await visit.Page("/letters");
        Assert.Equal(2, page.QuerySelectorAll("input[name='chosen']").Length); // what is refused cannot be ticked
        Assert.Single(page.QuerySelectorAll("section[aria-labelledby='due'] tbody .vs-badge"), b => b.TextContent == "age not known");
        Assert.Equal(7, page.QuerySelectorAll("section[aria-labelledby='refused'] tbody tr").Length);
        Assert.Null(page.QuerySelector("#cut")); // all are shown
        // Forged: all of them are sent.
        var form = page.QuerySelector<IHtmlFormElement>("section[aria-labelledby='due'] form")!;
        var answer = await visit.Send("/letters", form, due.Values.Select(d => KeyValuePair.Create("chosen", d.Key)));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var letters = await Letters(zone);
        Assert.Equal(new[] { one, nine }.Order(), letters.Select(l => l.PersonId).Order());
        foreach (var code in new[] { "firstletter", "never", "nowhere", "onlyif" }) Assert.NotEmpty(await GateTests.Recorded(zone, "Casework.Letters.PrepareDue!gate-" + code));
        // Pressed twice, nothing more; and what is prepared is due no longer.
        await visit.Send("/letters", form, due.Values.Select(d => KeyValuePair.Create("chosen", d.Key)));
        Assert.Equal(2, (await Letters(zone)).Count);
        Assert.DoesNotContain((await worker.Send(new List.Query())).Due, d => d.Person == one || d.Person == nine);
    }

    [Theory, EveryEngine]
    public async Task Printing_is_recorded_completes_the_act_and_shows_a_sheet_and_a_neutral_label(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone("nl", "fr");
        var worker = await zone.Hires("worker", Role.Caseworker);
        await zone.As(Role.ZoneAdministrator).Send(new Change.Command { Setting = SettingCode.ServiceNameNl, Text = "Slachtofferbejegening Testzone", From = VictimSupport.Design.Html.Moment.Day(zone.Platform.Clock.GetUtcNow()) });
        zone.Platform.Clock.Advance(TimeSpan.FromSeconds(5));
        await zone.As(Role.Coordinator).Send(new Templates.Command { ServicePhone = "081 00 00 00", ReturnLine = "Molenstraat 1, 9901 Lindeberg" });
        var (dossier, person) = await worker.Knows(zone, "Voorbeeldlaan 12\n9901 Lindeberg", "Voorbeeld", "Ada", language: "nl");
        await worker.PlansALetter(zone, dossier, person);
        var due = Assert.Single((await worker.Send(new List.Query())).Due);
        Assert.Equal(Bar.None, await worker.Send(new PrepareDue.Command(due.Act, due.Person)));
        var text = (await Letters(zone)).Single();
        Assert.Equal("nl", text.Language);

        using var visit = worker.Visit();
        var printed = await Visit.Read(await visit.Submit("/letters", [], "form[action$='/letters/print']"));
        var sheets = printed.QuerySelectorAll("article.vs-sheet");
        var sheet = Assert.Single(sheets);
        Assert.Equal("nl", sheet.GetAttribute("lang"));
        foreach (var said in new[] { "Beste Ada Voorbeeld", "Slachtofferbejegening Testzone", "081 00 00 00", "worker", "Voorbeeldlaan 12", VictimSupport.Design.Html.Moment.ShowLong(VictimSupport.Design.Html.Moment.Day(zone.Platform.Clock.GetUtcNow()), System.Globalization.CultureInfo.GetCultureInfo("nl-BE")) }) Assert.Contains(said, sheet.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("[", sheet.TextContent, StringComparison.Ordinal);
        var label = Assert.Single(printed.QuerySelectorAll(".vs-label"));
        foreach (var said in new[] { "Ada Voorbeeld", "Voorbeeldlaan 12", "Molenstraat 1" }) Assert.Contains(said, label.TextContent, StringComparison.Ordinal);
        var number = (await worker.Opens(dossier)).Dossier.Number;
        foreach (var secret in Telling.Concat([number, zone.Code, "Testzone", "081", "worker"])) Assert.DoesNotContain(secret, label.TextContent, StringComparison.OrdinalIgnoreCase);

        var record = Assert.Single(await GateTests.Recorded(zone, "Casework.Letters.Print", a => a.Subject == dossier && a.Actor == worker.Id));
        Assert.Contains("Letter changed", record.Payload, StringComparison.Ordinal);
        Assert.DoesNotContain("Voorbeeld", record.Payload, StringComparison.Ordinal);
        var view = await worker.Opens(dossier);
        Assert.Contains(view.Timeline, h => h.Title == "Letter printed" && h.By == worker.Id);
        Assert.DoesNotContain(view.Planned, f => f.Kind == ActKind.Letter);
        Assert.Equal(view.Planned.Min(f => f.DueAt), view.Dossier.NextDue);
        Assert.Contains((await worker.Send(new Opened.Query(dossier, null))).Deeds, d => d.What == What.Printed);
        // The paper jammed: once more, recorded once more, told once.
        var again = await Visit.Read(await visit.Submit("/letters", [KeyValuePair.Create("letters", text.Id.ToString())], "section[aria-labelledby='ended'] form"));
        Assert.Single(again.QuerySelectorAll("article.vs-sheet"));
        Assert.Equal(2, (await GateTests.Recorded(zone, "Casework.Letters.Print", a => a.Subject == dossier)).Count);
        Assert.Single((await worker.Opens(dossier)).Timeline, h => h.Title == "Letter printed");
    }

    [Theory, EveryEngine]
    public async Task Whoever_prints_has_before_their_eyes_what_was_agreed(string engine)
    {
        await using var platform = Platform.Start(engine); // its clock is moved
        var zone = await platform.Zone();
        var worker = zone.As(Role.Caseworker);
        var (dossier, person) = await worker.Knows(zone, "Rue 1");
        await worker.Agrees(dossier, person, r => r with { Letter = Rule.OnlyIf, WhatMayBeSaid = "to her sister" });
        await Prepares(worker, dossier, person, LetterKind.Recontact);
        Assert.Contains("to her sister", await Prepared(), StringComparison.Ordinal);
        Assert.DoesNotContain("Ask again", await Prepared(), StringComparison.Ordinal);
        platform.Clock.Advance(TimeSpan.FromDays(15));
        Assert.Contains("Ask again", await Prepared(), StringComparison.Ordinal);

        async Task<string> Prepared()
        {
            using var visit = worker.Visit();
            return (await visit.Page("/letters")).QuerySelector("section[aria-labelledby='prepared']")!.TextContent;
        }
    }

    [Theory, EveryEngine]
    public async Task A_rule_changed_between_preparing_and_printing_drops_the_letter_and_says_so(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var (dossier, person) = await worker.Knows(zone, "Rue 1");
        await worker.Agrees(dossier, person, r => r with { Letter = Rule.Safe });
        var letter = await Prepares(worker, dossier, person, LetterKind.Recontact);
        await worker.Agrees(dossier, person, r => r with { Letter = Rule.Never });
        Assert.Equal((LetterState.Dropped, Bar.RuleChanged), Assert.Single((await Letters(zone)).Select(l => (l.State, l.Why))));
        using var visit = worker.Visit();
        var page = await Prints(visit, letter);
        Assert.Empty(page.QuerySelectorAll(".vs-sheet"));
        Assert.Contains("The rules of safe contact changed after it was prepared.", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains("The rules of safe contact changed", (await visit.Page("/letters")).QuerySelector("section[aria-labelledby='ended']")!.TextContent, StringComparison.Ordinal);
        Assert.Contains((await worker.Opens(dossier)).Timeline, h => h.Title == "What waited to go out was dropped");
    }

    [Theory, EveryEngine]
    public async Task What_the_gate_closes_to_without_a_rule_changing_is_refused_at_the_print_recorded_and_dropped(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var (dossier, person) = await worker.Knows(zone, "Rue 1");
        var letter = await Prepares(worker, dossier, person, LetterKind.First);
        await zone.As(Role.ZoneAdministrator).Send(new Change.Command { Setting = SettingCode.FirstLetterFor, Chosen = [], From = VictimSupport.Design.Html.Moment.Day(zone.Platform.Clock.GetUtcNow()) });
        zone.Platform.Clock.Advance(TimeSpan.FromSeconds(5));
        using var visit = worker.Visit();
        Assert.Empty((await Prints(visit, letter)).QuerySelectorAll(".vs-sheet"));
        Assert.Single(await GateTests.Recorded(zone, "Casework.Letters.Print!gate-firstletter", a => a.Subject == dossier));
        Assert.Equal((LetterState.Dropped, Bar.FirstLetter), Assert.Single((await Letters(zone)).Select(l => (l.State, l.Why))));
    }

    [Theory]
    [InlineData("address"), InlineData("name"), InlineData("minor"), InlineData("mentioned"), InlineData("violence"), InlineData("danger")]
    public async Task What_changes_about_the_person_or_the_facts_takes_the_letter_back(string what)
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = zone.As(Role.Caseworker);
        var (dossier, person) = await worker.Knows(zone, "Rue 1");
        await Prepares(worker, dossier, person, LetterKind.First);
        var (identity, facts) = (await worker.Send(new Edit.Query(dossier, person, "fr")) with { Dossier = dossier, Person = person }, await worker.Send(new VictimSupport.Casework.Dossiers.Facts.Query(dossier)) with { Dossier = dossier });
        await (what switch
        {
            "address" => worker.Send(identity with { Address = "Rue 2" }),
            "name" => worker.Send(identity with { GivenName = "Adèle" }),
            "minor" => worker.Send(identity with { EstimatedAge = 15 }),
            "mentioned" => worker.Send(identity with { Capacity = Capacity.AllegedAuthor }),
            "violence" => (Task)worker.Send(facts with { Additional = ["Stalking"] }),
            _ => worker.Send(facts with { Dangers = [Danger.AtHome] }),
        });
        Assert.Equal((LetterState.Dropped, Bar.Changed), Assert.Single((await Letters(zone)).Select(l => (l.State, l.Why))));
    }

    [Theory, EveryEngine]
    public async Task A_letter_made_for_another_name_or_address_is_not_printed_again(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var (dossier, person) = await worker.Knows(zone, "Rue 1");
        await worker.Agrees(dossier, person, r => r with { Letter = Rule.Safe });
        var letter = await Prepares(worker, dossier, person, LetterKind.Recontact);
        using var visit = worker.Visit();
        Assert.Single((await Prints(visit, letter)).QuerySelectorAll("article.vs-sheet"));
        foreach (var change in new Func<Edit.Command, Edit.Command>[] { p => p with { Address = "Rue 2" }, p => p with { FamilyName = "Other", Address = "Rue 1" } })
        {
            await worker.Send(change(await worker.Send(new Edit.Query(dossier, person, "fr"))) with { Dossier = dossier, Person = person });
            await worker.Agrees(dossier, person, r => r with { Letter = Rule.Safe });
            var page = await Prints(visit, letter);
            Assert.Empty(page.QuerySelectorAll(".vs-sheet"));
            Assert.Contains("The person or the facts changed after it was prepared.", page.Body!.TextContent, StringComparison.Ordinal);
            Assert.EndsWith($"/dossiers/{dossier}/people/{person}/letter", page.QuerySelector("main .vs-unprinted a")!.GetAttribute("href"), StringComparison.Ordinal);
        }
        Assert.Equal(2, (await GateTests.Recorded(zone, "Casework.Letters.Print!gate-changed", a => a.Subject == dossier)).Count);
        Assert.Equal(LetterState.Printed, Assert.Single(await Letters(zone)).State); // it was sent all the same
        await worker.Send(await worker.Send(new Edit.Query(dossier, person, "fr")) with { Dossier = dossier, Person = person, FamilyName = "Exemple" });
        await worker.Agrees(dossier, person, r => r with { Letter = Rule.Safe });
        Assert.Single((await Prints(visit, letter)).QuerySelectorAll("article.vs-sheet"));
    }

    [Theory, EveryEngine]
    public async Task Whoever_came_into_a_dossier_later_gets_a_first_letter_on_their_own_page_as_in_the_batch(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var (dossier, husband) = await worker.Knows(zone, "Rue 1", "Exemple", "Ada");
        await worker.Send(await worker.Contact(zone, dossier));
        var wife = await worker.Send(new Edit.Command { Dossier = dossier, GivenName = "Bea", FamilyName = "Voorbeeld", Capacity = Capacity.Victim, Language = "nl", Address = "Rue 2" });
        Assert.Equal((LetterKind.First, LetterKind.Recontact), ((await worker.Send(new Prepare.Query(dossier, wife, null, null))).Kind, (await worker.Send(new Prepare.Query(dossier, husband, null, null))).Kind));
        await Prepares(worker, dossier, wife, LetterKind.First);
    }

    [Theory, EveryEngine]
    public async Task Unasked_one_letter_goes_to_somebody_and_no_second_however_it_is_prepared(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var (dossier, person) = await worker.Knows(zone, "Rue 1", "Exemple", "Ada", phone: null);
        var first = await Prepares(worker, dossier, person, LetterKind.First);
        Assert.Equal("gate-firstletter", await Code(Prepares(worker, dossier, person, LetterKind.First))); // singly, and the first is not printed yet
        await worker.PlansALetter(zone, dossier, person);
        var due = Assert.Single((await worker.Send(new List.Query())).Due);
        Assert.NotEqual(Bar.None, due.Bar);
        Assert.Equal("gate-firstletter", await Code(worker.Send(new PrepareDue.Command(due.Act, person)))); // by the batch
        // In another dossier of theirs, weeks after it went.
        await worker.Send(new Print.Command(first));
        zone.Platform.Clock.Advance(TimeSpan.FromDays(20));
        var (other, again) = await worker.Knows(zone, "Rue 2", "Exemple", "Ada", "Fire", phone: null);
        Assert.Equal("gate-firstletter", await Code(Prepares(worker, other, again, LetterKind.First)));
        Assert.Equal(Bar.FirstLetter, (await worker.Send(new VictimSupport.Casework.Lists.FirstLetter.Command(other, again))).Bar);
        // The paper jammed: the same one once more. Asked since, they may get another elsewhere.
        Assert.NotNull((await worker.Send(new Print.Command(first))).Content);
        await worker.Agrees(dossier, person, r => r with { Letter = Rule.Safe });
        var second = await Prepares(worker, other, again, LetterKind.First);
        // Two that were prepared before: one is printed.
        await worker.Agrees(dossier, person, r => r with { Letter = Rule.NotAsked });
        Assert.Equal("gate-firstletter", await Code(worker.Send(new Print.Command(second))));

        static async Task<string?> Code(Task sent)
        {
            try
            {
                await sent;
                return null;
            }
            catch (RefusedException refused)
            {
                return refused.Code;
            }
        }
    }

    [Theory, EveryEngine]
    public async Task Letters_of_another_zone_or_behind_a_wall_are_not_there(string engine)
    {
        var platform = await platforms.On(engine);
        var (zone, other) = (await platform.Zone(), await platform.Zone());
        var (worker, walled) = (await zone.Hires("w", Role.Caseworker), await zone.Hires("x", Role.Coordinator));
        var (dossier, person) = await worker.Knows(zone, "Rue 1");
        await worker.PlansALetter(zone, dossier, person);
        var due = Assert.Single((await walled.Send(new List.Query())).Due);
        var letter = await Prepares(worker, dossier, person, LetterKind.First);
        Assert.Single((await walled.Send(new List.Query())).Prepared);
        await zone.WallsOff(walled, dossier);
        foreach (var by in new[] { walled, zone.As(Role.Caseworker), other.As(Role.Coordinator) })
        {
            foreach (var sent in new Func<Task>[] { () => by.Send(new Print.Command(letter)), () => by.Send(new Withdraw.Command(letter)), () => by.Send(new PrepareDue.Command(due.Act, person)) })
                Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(sent)).Code);
            var list = await by.Send(new List.Query());
            Assert.Empty(list.Due.Select(d => d.Dossier).Concat(list.Prepared.Concat(list.Ended).Select(r => r.Dossier)));
            using var visit = by.Visit();
            Assert.Equal(HttpStatusCode.NotFound, (await Sends(visit, letter)).StatusCode);
        }
        // A twin that the reader may not know of is none: it would tell that there is one.
        var mine = await walled.Knows(zone, "Rue 1", "Voorbeeld", "Bram", phone: null);
        await walled.PlansALetter(zone, mine.Dossier, mine.Person);
        Assert.Equal(Bar.None, Assert.Single((await walled.Send(new List.Query())).Due).Bar);
    }

    [Theory]
    [InlineData("fr", "fr", "Bonjour Ada Exemple"), InlineData("nl", "nl", "Beste Ada Exemple"), InlineData("de", "de", "Guten Tag Ada Exemple"), InlineData("en", "en", "Dear Ada Exemple"), InlineData("vgt", "nl", "Beste Ada Exemple"), InlineData("ar", "fr", "Bonjour Ada Exemple")]
    public async Task A_letter_is_written_in_the_language_of_the_person(string person, string written, string greeting)
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = zone.As(Role.Caseworker);
        var (dossier, id) = await worker.Knows(zone, "Rue 1", language: person);
        var proposal = await worker.Send(new Prepare.Query(dossier, id, null, null));
        Assert.Equal((written, LetterKind.First), (proposal.Language, proposal.Kind));
        Assert.StartsWith(greeting, proposal.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("[phone]", proposal.Text, StringComparison.Ordinal); // none is set: the line is left out
    }

    [Fact]
    public void Every_kind_has_a_shipped_text_in_four_languages_that_says_nothing_of_what_happened()
    {
        foreach (var kind in LetterKinds.Letters)
        {
            var texts = Wording.Languages.Select(l => Wording.Shipped(kind, l)).ToList();
            Assert.Equal(4, texts.Distinct(StringComparer.Ordinal).Count());
            Assert.All(texts, text => Assert.Null(Neutral.Telling(text, [])));
            Assert.All(texts, text => Assert.Contains("[service]", text, StringComparison.Ordinal));
        }
    }

    [Theory, EveryEngine]
    public async Task The_zone_writes_its_own_texts_and_an_empty_one_brings_the_shipped_back(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (chief, worker) = (zone.As(Role.ZoneAdministrator), zone.As(Role.Caseworker));
        var (dossier, person) = await worker.Knows(zone, "Rue 1");
        var texts = await chief.Send(new Template.Query(LetterKind.First));
        await chief.Send(texts with { Kind = LetterKind.First, Fr = "Chère personne,\r\n\r\nParlons-en.\n[worker]" });
        Assert.Equal((LetterKind.First, "fr"), Assert.Single((await chief.Send(new Templates.Query())).Own));
        Assert.StartsWith("Chère personne,\n\nParlons-en.", (await worker.Send(new Prepare.Query(dossier, person, LetterKind.First, "fr"))).Text, StringComparison.Ordinal);
        Assert.StartsWith("Beste Ada", (await worker.Send(new Prepare.Query(dossier, person, LetterKind.First, "nl"))).Text, StringComparison.Ordinal);
        Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => chief.Send(texts with { Kind = LetterKind.First, Nl = "Beste [naam]" }))).Errors, e => e.PropertyName == "Nl" && e.ErrorMessage.Contains("[naam]", StringComparison.Ordinal));
        await chief.Send(await chief.Send(new Template.Query(LetterKind.First)) with { Kind = LetterKind.First, Fr = " " });
        Assert.StartsWith("Bonjour Ada", (await worker.Send(new Prepare.Query(dossier, person, LetterKind.First, "fr"))).Text, StringComparison.Ordinal);
        await Assert.ThrowsAsync<RefusedException>(() => worker.Send(new Template.Query(LetterKind.First)));
    }

    [Theory, EveryEngine]
    public async Task Two_who_change_one_kind_of_letter_lose_nothing_of_each_other(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (one, two) = (await zone.Hires("one", Role.ZoneAdministrator), await zone.Hires("two", Role.ZoneAdministrator));
        using var first = one.Visit();
        using var second = two.Visit();
        const string path = "/admin/letters/recontact";
        var (mine, theirs) = (await first.Page(path), await second.Page(path));
        Assert.Equal(HttpStatusCode.Redirect, (await first.Send(path, FormOf(mine), [KeyValuePair.Create("Form.Fr", "Parlons-en.")])).StatusCode);
        var refused = await second.Send(path, FormOf(theirs), [KeyValuePair.Create("Form.Nl", "Laten we praten.")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var page = await Visit.Read(refused);
        Assert.Contains(page.QuerySelectorAll("dd .vs-paper__text"), saved => saved.TextContent == "Parlons-en."); // what was saved is shown
        Assert.Equal(("Parlons-en.", "Laten we praten."), (page.QuerySelector("[name='Form.Fr']")!.TextContent.Trim(), page.QuerySelector("[name='Form.Nl']")!.TextContent.Trim()));
        Assert.Equal(HttpStatusCode.Redirect, (await second.Send(path, FormOf(page), [])).StatusCode);
        var both = await one.Send(new Template.Query(LetterKind.Recontact));
        Assert.Equal(("Parlons-en.", "Laten we praten."), (both.Fr, both.Nl));

        static IHtmlFormElement FormOf(AngleSharp.Dom.IDocument page) => page.QuerySelector<IHtmlFormElement>("main form[method=post]")!;
    }

    [Theory]
    [InlineData("Politie Lindeberg, Molenstraat 1"), InlineData("Service Aide, Rue 1"), InlineData("SAPV, Rue 1")]
    public async Task The_return_line_names_nobody(string line)
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var chief = zone.As(Role.Coordinator);
        await chief.Send(new Change.Command { Setting = SettingCode.ServiceNameFr, Text = "Service Aide", From = VictimSupport.Design.Html.Moment.Day(zone.Platform.Clock.GetUtcNow()) });
        zone.Platform.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => chief.Send(new Templates.Command { ReturnLine = line }))).Errors, e => e.PropertyName == "ReturnLine");
        await chief.Send(new Templates.Command { ReturnLine = "Rue 1, 9901 Val-Clair" });
    }

    [Fact]
    public async Task A_gap_in_the_text_is_turned_back_at_its_field_and_what_was_typed_stays()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = zone.As(Role.Caseworker);
        var (dossier, person) = await worker.Knows(zone, "Rue 1");
        await worker.Agrees(dossier, person, r => r with { Letter = Rule.Safe });
        using var visit = worker.Visit();
        var path = $"/dossiers/{dossier}/people/{person}/letter?kind=Appointment&language=fr";
        var refused = await visit.Submit(path, []);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var page = await Visit.Read(refused);
        Assert.Contains("[jour et heure]", page.QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Bonjour Ada", page.QuerySelector("[name='Form.Text']")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit(path, [KeyValuePair.Create("Form.Text", "Bonjour, à jeudi.")])).StatusCode);
        Assert.Equal("Bonjour, à jeudi.", (await Letters(zone)).Single().Content.Value.Text);
    }

    [Theory, InlineData((int)LetterKind.First), InlineData((int)LetterKind.Recontact), InlineData((int)LetterKind.HandedOver)]
    public async Task A_text_that_goes_out_in_a_batch_has_no_gap_that_nobody_fills(int kind)
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => zone.As(Role.Coordinator).Send(new Template.Command { Kind = (LetterKind)kind, Nl = "[medewerker] neemt contact met u op" }))).Errors, e => e.PropertyName == "Nl");
    }

    [Theory, EveryEngine]
    public async Task A_letter_planned_for_two_is_done_when_both_were_printed(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var (dossier, ada) = await worker.Knows(zone, "Rue 1");
        var bo = await worker.Send(new Edit.Command { Dossier = dossier, GivenName = "Bo", FamilyName = "Voorbeeld", Address = "Rue 2", Capacity = Capacity.Relative, Language = "fr" });
        await worker.Send(new Write.Command { Dossier = dossier, Persons = [ada, bo], Layer = Layer.Assistance, Next = ActKind.Letter, Due = zone.Platform.Clock.GetUtcNow().AddMinutes(1), Version = (await worker.Opens(dossier)).Dossier.Version });
        var due = (await worker.Send(new List.Query())).Due;
        Assert.Equal(new[] { ada, bo }.Order(), due.Select(d => d.Person).Order());
        await worker.Send(new PrepareDue.Command(due[0].Act, ada));
        await worker.Send(new Print.Command((await Letters(zone)).Single().Id));
        // Ada's is out of the list; Bo's stays due, and the dossier waits for it.
        Assert.Equal(bo, Assert.Single((await worker.Send(new List.Query())).Due).Person);
        var view = await worker.Opens(dossier);
        Assert.Equal(view.Planned.Single(f => f.Kind == ActKind.Letter).DueAt, view.Dossier.NextDue);
        Assert.Equal(Bar.Twin, await worker.Send(new PrepareDue.Command(due[0].Act, ada))); // pressed in an old list
        // Another letter to Ada is none of this act: it ends nothing of Bo's.
        await worker.Agrees(dossier, ada, r => r with { Letter = Rule.Safe });
        await worker.Send(new Print.Command(await Prepares(worker, dossier, ada, LetterKind.Free)));
        Assert.Null((await Letters(zone)).Single(l => l.Kind == LetterKind.Free).Act);
        Assert.Contains((await worker.Opens(dossier)).Planned, f => f.Kind == ActKind.Letter);
        // Bo's is refused meanwhile: it stays on the list, with the reason.
        await worker.Send(new PrepareDue.Command(due[0].Act, bo));
        await worker.Agrees(dossier, bo, r => r with { Letter = Rule.Never });
        Assert.Equal((bo, Bar.Never), Assert.Single((await worker.Send(new List.Query())).Due.Select(d => (d.Person, d.Bar))));
        await worker.Agrees(dossier, bo, r => r with { Letter = Rule.Safe });
        await worker.Send(new PrepareDue.Command(due[0].Act, bo));
        await worker.Send(new Print.Command((await Letters(zone)).Single(l => l.PersonId == bo && l.State == LetterState.Prepared).Id));
        view = await worker.Opens(dossier);
        Assert.DoesNotContain(view.Planned, f => f.Kind == ActKind.Letter);
        Assert.Equal(view.Planned.Min(f => f.DueAt), view.Dossier.NextDue);
        Assert.Empty((await worker.Send(new List.Query())).Due);
    }

    [Theory, EveryEngine]
    public async Task What_is_no_longer_there_is_left_out_and_the_others_of_the_press_are_shown(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (worker, reader) = (await zone.Hires("w", Role.Caseworker), await zone.Hires("x", Role.Coordinator));
        var cases = new List<(Guid Dossier, Guid Person)>();
        foreach (var (family, given) in new[] { ("Peeters", "Ada"), ("Janssens", "Bo"), ("Dubois", "Cléo"), ("Lambert", "Dirk"), ("Martin", "Emil"), ("Willems", "Fien") }) cases.Add(await worker.Knows(zone, $"Rue {family} 1", family, given, phone: null));
        // Prepared: the first and the last are walled off from who prints them, the second was given to a sealed dossier.
        var letters = new List<Guid>();
        foreach (var (dossier, person) in cases.Take(4)) letters.Add(await Prepares(worker, dossier, person, LetterKind.First));
        foreach (var (dossier, person) in cases.Skip(4)) await worker.PlansALetter(zone, dossier, person);
        var due = (await reader.Send(new List.Query())).Due;
        Assert.Equal(2, due.Count);
        foreach (var walled in new[] { 0, 3, 4 }) await zone.WallsOff(reader, cases[walled].Dossier);
        await reader.Protects(cases[1].Dossier, Protection.Sealed, reader.Id);
        using var visit = reader.Stale().Visit();

        var page = await Prints(visit, letters);
        Assert.Contains("Dubois", Assert.Single(page.QuerySelectorAll("article.vs-sheet")).TextContent, StringComparison.Ordinal);
        Assert.Contains("Left out: 3.", page.QuerySelector("[data-left-out]")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(letters[2], Assert.Single(await Letters(zone), l => l.State == LetterState.Printed).Id);

        foreach (var (handler, field, chosen, left) in new[] { ("Prepare", "chosen", due.Select(d => d.Key), "Prepared: 1. Refused: 0. Left out: 1."), ("Withdraw", "letters", letters.Select(l => l.ToString()), "Taken back Left out: 3.") })
        {
            var form = (await visit.Page("/search")).QuerySelector<IHtmlFormElement>("main form[method=post]")!;
            form.SetAttribute("action", $"/{zone.Code}/letters?handler={handler}");
            Assert.Equal(HttpStatusCode.Redirect, (await visit.Send("/letters", form, chosen.Select(c => KeyValuePair.Create(field, c)))).StatusCode);
            Assert.Contains(left, (await visit.Page("/letters")).Body!.TextContent, StringComparison.Ordinal);
        }
        Assert.Single(await Letters(zone), l => l.PersonId == cases[5].Person && l.State == LetterState.Prepared);
        // Where nothing came of it, it is as for what is not there.
        Assert.Equal(HttpStatusCode.NotFound, (await Sends(visit, letters[0])).StatusCode);
    }

    [Theory, EveryEngine]
    public async Task What_is_barred_or_begun_keeps_no_letter_from_being_found_and_what_is_not_shown_is_said(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var nowhere = await worker.Registers(Cases.Intake(zone, "Muster", "Gil"));
        var nobody = await worker.LeadOf(nowhere);
        var may = new List<(Guid Dossier, Guid Person)>();
        foreach (var family in new[] { "Exemple", "Voorbeeld" })
            foreach (var given in new[] { "Ada", "Bo", "Cleo", "Dirk", "Emil" }) may.Add(await worker.Knows(zone, $"Rue {family} {may.Count}", family, given, phone: null));
        var now = zone.Platform.Clock.GetUtcNow();
        await zone.Handle.Database.Write(new Keyring(zone.Handle.Keys), async context =>
        {
            context.AddRange(Enumerable.Range(1, 110).Select(i => FollowUp.Plan(nowhere, [nobody], ActKind.Letter, null, now.AddMinutes(-10 - i), worker.Id, now)));
            context.AddRange(may.Select(m => FollowUp.Plan(m.Dossier, [m.Person], ActKind.Letter, null, now, worker.Id, now)));
            await context.SaveChangesAsync();
            return new Written<bool>(true, new VictimSupport.Foundation.Audit.AuditRecord(default, null, "Test", null, "{}"));
        }, default);
        var view = await worker.Send(new List.Query());
        Assert.Equal(may.Select(m => m.Person).Order(), view.Due.Where(d => d.Bar == Bar.None).Select(d => d.Person).Order());
        Assert.All(view.Due.Take(10), d => Assert.Equal(Bar.None, d.Bar)); // before what may not go
        Assert.Equal((110, 120), (view.Due.Count, view.AllDue));
        using var visit = worker.Visit();
        var page = await visit.Page("/letters");
        Assert.Equal(10, page.QuerySelectorAll("input[name='chosen']").Length);
        Assert.StartsWith("The first 110 of 120", page.QuerySelector("#cut")!.TextContent, StringComparison.Ordinal);
        // What is prepared has no place there any more.
        foreach (var due in view.Due.Take(10)) Assert.Equal(Bar.None, await worker.Send(new PrepareDue.Command(due.Act, due.Person)));
        view = await worker.Send(new List.Query());
        Assert.Equal((100, 110), (view.Due.Count, view.AllDue));
    }

    private static async Task<Guid> Prepares(Person by, Guid dossier, Guid person, LetterKind kind) =>
        await by.Send(new Prepare.Command { Dossier = dossier, Person = person, Kind = kind, Language = "fr", Text = "Bonjour", Shown = (await by.RulesOf(dossier, person)).Revision });

    // With the token of another form: what is prepared may be gone from the page.
    private static async Task<HttpResponseMessage> Sends(Visit visit, params IEnumerable<Guid> letters)
    {
        var form = (await visit.Page("/search")).QuerySelector<IHtmlFormElement>("main form[method=post]")!;
        form.RemoveAttribute("action");
        return await visit.Send("/letters/print", form, letters.Select(l => KeyValuePair.Create("letters", l.ToString())));
    }

    private static async Task<IHtmlDocument> Prints(Visit visit, params IEnumerable<Guid> letters) => await Visit.Read(await Sends(visit, letters));

    // Opened while the context lives: the text is sealed under the person's key.
    private static Task<List<Letter>> Letters(TestZone zone) => zone.Look(async z =>
    {
        var letters = await z.Set<Letter>().AsNoTracking().OrderBy(l => l.Id).ToListAsync();
        letters.ForEach(l => _ = l.Content.Value);
        return letters;
    });

    [Theory, EveryEngine]
    public async Task Two_who_change_what_all_letters_have_in_common_lose_nothing_of_each_other(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (one, two) = (await zone.Hires("one", Role.ZoneAdministrator), await zone.Hires("two", Role.ZoneAdministrator));
        using var first = one.Visit();
        using var second = two.Visit();
        const string path = "/admin/letters";
        await one.Send(new Templates.Command { ServicePhone = "081 00 00 00" });
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        var (mine, theirs) = (await first.Page(path), await second.Page(path));
        Assert.Equal(HttpStatusCode.Redirect, (await first.Send(path, FormOf(mine), [KeyValuePair.Create("Form.ServicePhone", "081 11 11 11")])).StatusCode);
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        var refused = await second.Send(path, FormOf(theirs), [KeyValuePair.Create("Form.ReturnLine", "Rue 1, 9901 Val-Clair")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var page = await Visit.Read(refused);
        Assert.Contains(page.QuerySelectorAll("main dd"), saved => saved.TextContent.Trim() == "081 11 11 11"); // what was saved is shown
        Assert.Equal(("081 11 11 11", "Rue 1, 9901 Val-Clair"), (page.QuerySelector("[name='Form.ServicePhone']")!.GetAttribute("value"), page.QuerySelector("[name='Form.ReturnLine']")!.GetAttribute("value"))); // what was typed stays, what was not touched follows
        Assert.Equal(HttpStatusCode.Redirect, (await second.Send(path, FormOf(page), [])).StatusCode);
        var head = (await one.Send(new Templates.Query())).Form;
        Assert.Equal(("081 11 11 11", "Rue 1, 9901 Val-Clair"), (head.ServicePhone, head.ReturnLine));

        static IHtmlFormElement FormOf(AngleSharp.Dom.IDocument page) => page.QuerySelector<IHtmlFormElement>("main form[method=post]")!;
    }
}
