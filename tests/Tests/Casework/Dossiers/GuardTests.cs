using System.Net;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Worklist;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Tests.Kit;
using Record = VictimSupport.Casework.Contacts.Record;

namespace VictimSupport.Tests.Casework;

public sealed partial class GuardTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task A_coordinator_opens_every_dossier_and_the_record_says_why(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (worker, coordinator) = (zone.As(Role.Caseworker), zone.As(Role.Coordinator));
        var id = await worker.Registers(Cases.Intake(zone));
        await coordinator.Opens(id);
        await worker.Opens(id);
        var why = await zone.Look(z => z.Set<AuditRow>().Where(r => r.Subject == id && r.Act.StartsWith("Casework.Dossiers.ShowView")).OrderBy(r => r.Seq).Select(r => r.Payload).ToListAsync());
        Assert.Contains("\"why\":\"control\"", why[0], StringComparison.Ordinal);
        Assert.Contains("\"why\":\"assigned\"", why[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_coordinator_who_replaces_somebody_finds_their_work_and_the_record_says_so()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var (anna, cora) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("cora", Role.Coordinator));
        var id = await anna.Registers(Cases.Intake(zone));
        await zone.IsAway(anna, cora);
        await cora.Opens(id);
        Assert.Contains($"\"why\":\"replacing {anna.Id}\"", await zone.Look(z => z.Set<AuditRow>().Where(r => r.Subject == id && r.Actor == cora.Id).Select(r => r.Payload).SingleAsync()), StringComparison.Ordinal);
        Assert.Equal(id, Assert.Single((await cora.Send(new Mine.Query(Tab.Mine, 1))).Rows).Dossier);
    }

    [Fact]
    public async Task Whose_it_is_changes_only_from_whom_the_page_showed()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var (anna, bert, cora) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker), await zone.Hires("cora", Role.Coordinator));
        var id = await zone.As(Role.OnCall).Registers(Cases.Intake(zone));
        var path = $"/dossiers/{id}";
        using var hers = anna.Visit();
        using var coras = cora.Visit();
        var (free, older) = (await hers.Page(path), await coras.Page(path));
        await bert.Send(new Assign.Command(id, bert.Id));
        await hers.Send(path, FormOf(free, "Take"), []);
        await coras.Send(path, FormOf(older, "Assign"), [KeyValuePair.Create("to", anna.Id.ToString())]);
        Assert.Equal(bert.Id, (await cora.Opens(id)).Dossier.AssignedTo);
        var page = await coras.Page(path);
        Assert.Contains("Nothing was changed", page.Body!.TextContent, StringComparison.Ordinal);
        await coras.Send(path, FormOf(page, "Assign"), [KeyValuePair.Create("to", anna.Id.ToString())]);
        Assert.Equal(anna.Id, (await cora.Opens(id)).Dossier.AssignedTo);
        // Closed, it can be given to whoever answers for it.
        await cora.Closes(id);
        await coras.Send(path, FormOf(await coras.Page(path), "Assign"), [KeyValuePair.Create("to", bert.Id.ToString())]);
        Assert.Equal(bert.Id, (await cora.Opens(id)).Dossier.AssignedTo);

        static AngleSharp.Html.Dom.IHtmlFormElement FormOf(AngleSharp.Html.Dom.IHtmlDocument page, string handler) => page.QuerySelectorAll($"form[action*='handler={handler}']").OfType<AngleSharp.Html.Dom.IHtmlFormElement>().Single();
    }

    [Theory, EveryEngine]
    public async Task A_caseworker_opens_what_is_theirs_or_nobodys(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (anna, bert, onCall) = (zone.As(Role.Caseworker), zone.As(Role.Caseworker), zone.As(Role.OnCall));
        var (annas, free) = (await anna.Registers(Cases.Intake(zone)), await onCall.Registers(Cases.Intake(zone, "Muster", "Bram")));
        await anna.Opens(annas);
        await anna.Opens(free);
        await bert.Opens(free);
        await Assert.ThrowsAsync<RefusedException>(() => bert.Opens(annas));
        await bert.Send(new Assign.Command(free, bert.Id));
        await Assert.ThrowsAsync<RefusedException>(() => anna.Opens(free));
        await onCall.Opens(free); // opened by them
    }

    [Theory, EveryEngine]
    public async Task What_opens_is_what_is_listed_for_every_role(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (anna, bert, dora, carl) = (zone.As(Role.Caseworker), zone.As(Role.Caseworker), zone.As(Role.OnCall), zone.As(Role.Coordinator));
        List<Guid> all = [await anna.Registers(Cases.Intake(zone)), await bert.Registers(Cases.Intake(zone)), await dora.Registers(Cases.Intake(zone)), await dora.Registers(Cases.Intake(zone)), await anna.Registers(Cases.Intake(zone))];
        await bert.Send(new Assign.Command(all[2], bert.Id));
        foreach (var (who, expected) in new[] { (anna, 3), (bert, 3), (dora, 2), (carl, 5) })
        {
            var listed = (await who.Send(new Mine.Query(Tab.Team, 1))).Rows.Select(r => r.Dossier).ToHashSet();
            var opened = new HashSet<Guid>();
            foreach (var id in all)
            {
                try { opened.Add((await who.Opens(id)).Dossier.Id); }
                catch (RefusedException) { }
            }
            Assert.Equal(expected, listed.Count);
            Assert.Equal(listed, opened);
        }
    }

    [Theory, EveryEngine]
    public async Task A_colleagues_dossier_is_in_no_list_count_or_search(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (anna, bert) = (zone.As(Role.Caseworker), zone.As(Role.Caseworker));
        var id = await anna.Registers(Cases.Intake(zone, "Verzonnenaar", "Quinten", "0470 12 34 56"));
        var number = (await anna.Opens(id)).Dossier.Number;
        foreach (var tab in Enum.GetValues<Tab>())
        {
            var list = await bert.Send(new Mine.Query(tab, 1));
            Assert.Empty(list.Rows);
            Assert.Equal((0, 0, 0, 0), (list.Total, list.DueToday, list.Late, list.Unassigned));
        }
        foreach (var text in new[] { "Verzonnenaar", "0470 12 34 56", number }) Assert.Empty((await bert.Send(new Search.Query { Text = text })).Rows);
        Assert.Single((await anna.Send(new Search.Query { Text = number })).Rows);
    }

    [Fact]
    public async Task A_colleagues_dossier_and_one_that_is_not_there_answer_alike()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var anna = zone.As(Role.Caseworker);
        var id = await anna.Registers(Cases.Intake(zone));
        var act = (await anna.Opens(id)).Planned[0].Id;
        using var bert = zone.Visit(Role.Caseworker);
        foreach (var path in new[] { "", "/facts", "/contact", "/close", "/people", $"/people/{Guid.NewGuid()}" })
        {
            var (hidden, absent) = (await bert.Get($"/dossiers/{id}{path}"), await bert.Get($"/dossiers/{Guid.NewGuid()}{path}"));
            Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (hidden.StatusCode, absent.StatusCode));
            Assert.Equal(await Body(absent), await Body(hidden));
        }
        var form = (AngleSharp.Html.Dom.IHtmlFormElement)(await bert.Page("/intake")).QuerySelector("main form[method=post]")!; // a token of his own
        form.SetAttribute("action", $"/{zone.Code}/acts/{act}/done");
        var onHidden = await bert.Send("", form, []);
        form.SetAttribute("action", $"/{zone.Code}/acts/{Guid.NewGuid()}/done");
        var onAbsent = await bert.Send("", form, []);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (onHidden.StatusCode, onAbsent.StatusCode));
        Assert.Equal(await Body(onAbsent), await Body(onHidden));
    }

    [Fact]
    public async Task A_colleague_on_call_keeps_what_they_opened_for_three_days()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var (onCall, other) = (zone.As(Role.OnCall), zone.As(Role.OnCall));
        var id = await onCall.Registers(Cases.Intake(zone));
        await Assert.ThrowsAsync<RefusedException>(() => other.Opens(id));
        platform.Clock.Advance(TimeSpan.FromHours(71));
        await onCall.Opens(id);
        platform.Clock.Advance(TimeSpan.FromHours(2));
        await Assert.ThrowsAsync<RefusedException>(() => onCall.Opens(id));
        Assert.Empty((await onCall.Send(new Search.Query { Text = "Exemple" })).Rows);
        Assert.Empty((await onCall.Send(new Mine.Query(Tab.Team, 1))).Rows);
    }

    [Theory]
    [InlineData(Role.FrontDesk), InlineData(Role.ZoneAdministrator), InlineData(Role.DataProtectionOfficer), InlineData(Role.Analyst), InlineData(Role.Operator)]
    public async Task Other_roles_open_nothing(Role role)
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var id = await zone.As(Role.OnCall).Registers(Cases.Intake(zone));
        var somebody = zone.As(role);
        await Assert.ThrowsAsync<RefusedException>(() => somebody.Opens(id));
        await Assert.ThrowsAsync<RefusedException>(() => somebody.Send(new Mine.Query(Tab.Team, 1)));
        await Assert.ThrowsAsync<RefusedException>(() => somebody.Send(new Search.Query { Text = "Exemple" }));
        using var visit = somebody.Visit();
        foreach (var path in new[] { $"/dossiers/{id}", "/worklist", "/search", "/intake" }) Assert.Equal(HttpStatusCode.NotFound, (await visit.Get(path)).StatusCode);
    }

    [Theory, EveryEngine]
    public async Task An_id_of_another_dossier_or_zone_is_refused(string engine)
    {
        var platform = await platforms.On(engine);
        var (zone, other) = (await platform.Zone(), await platform.Zone());
        var (anna, bert) = (zone.As(Role.Caseworker), zone.As(Role.Caseworker));
        var (own, theirs) = (await anna.Registers(Cases.Intake(zone)), await bert.Registers(Cases.Intake(zone, "Muster", "Bram")));
        var (theirView, lead) = (await bert.Opens(theirs), await anna.LeadOf(own));
        var (person, act) = (theirView.Dossier.Lead!.Value, theirView.Planned[0].Id);
        var elsewhere = other.As(Role.Coordinator);
        var abroad = await elsewhere.Registers(Cases.Intake(other));
        var (foreignPerson, foreignAct) = (await elsewhere.LeadOf(abroad), (await elsewhere.Opens(abroad)).Planned[0].Id);

        foreach (var forged in new[] { person, foreignPerson, Guid.NewGuid() })
        {
            await Refused(anna.Send(new Safe.Command { Dossier = own, Person = forged }));
            await Refused(anna.Send(new Safe.Query(own, forged)));
            await Refused(anna.Send(new StillGood.Command(own, forged, 0)));
            await Refused(anna.Send(new Edit.Query(own, forged, "fr")));
            await Refused(anna.Send(new Edit.Command { Dossier = own, Person = forged, Capacity = Capacity.Victim, Language = "fr" }));
            await Refused(anna.Send(new Write.Command { Dossier = own, Persons = [lead, forged], Layer = Layer.Assistance, Text = "x" }));
            await Refused(anna.Send(await anna.Contact(zone, own) with { Persons = [lead, forged] }));
        }
        foreach (var forged in new[] { act, foreignAct, Guid.NewGuid() })
        {
            await Refused(anna.Send(new Complete.Command(forged)));
            await Refused(anna.Send(new VictimSupport.Casework.Worklist.PostponeTo.Command(forged, default, default)));
        }
        foreach (var forged in new[] { theirs, abroad, Guid.NewGuid() })
        {
            await Refused(anna.Opens(forged));
            await Refused(anna.Closes(forged));
            await Refused(anna.Send(new Reopen.Command(forged)));
            await Refused(anna.Send(new Assign.Command(forged, anna.Id)));
            await Refused(anna.Send(new Facts.Query(forged)));
            await Refused(anna.Send(new Record.Query(forged)));
        }
        Assert.Null((await bert.Opens(theirs)).Planned[0].Done);
    }

    [Fact]
    public async Task A_caseworker_takes_or_lets_go_and_gives_nothing_to_others()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var (anna, bert, coordinator) = (zone.As(Role.Caseworker), zone.As(Role.Caseworker), zone.As(Role.Coordinator));
        var id = await anna.Registers(Cases.Intake(zone));
        await Refused(anna.Send(new Assign.Command(id, bert.Id)));
        await anna.Send(new Assign.Command(id, null));
        await bert.Send(new Assign.Command(id, bert.Id));
        await Refused(anna.Send(new Assign.Command(id, anna.Id))); // hers by origin, his now
        await Refused(coordinator.Send(new Assign.Command(id, Guid.NewGuid()))); // nobody of this zone's staff
    }

    private static Task<RefusedException> Refused(Task sent) => Assert.ThrowsAsync<RefusedException>(() => sent);

    // Every answer carries a reference of its own.
    private static async Task<string> Body(HttpResponseMessage response) => Reference().Replace(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), "");

    [System.Text.RegularExpressions.GeneratedRegex("<code>[0-9a-f]+</code>", System.Text.RegularExpressions.RegexOptions.None, 1000)]
    private static partial System.Text.RegularExpressions.Regex Reference();
}
