using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Worklist;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Tests.Kit;

using Person = VictimSupport.Tests.Kit.Person;

namespace VictimSupport.Tests.Casework;

/// <summary>Several dossiers at once: seen before, recorded one by one, taken back within ten minutes.</summary>
public sealed class BulkTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task A_coordinator_assigns_three_sees_them_first_and_takes_it_back(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (chief, anna, bert) = (await zone.Hires("chief", Role.Coordinator), await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker));
        Guid[] three = [await anna.Registers(Cases.Intake(zone, "Exemple")), await anna.Registers(Cases.Intake(zone, "Voorbeeld")), await anna.Registers(Cases.Intake(zone, "Muster"))];
        var (hidden, closed) = (await anna.Registers(Cases.Intake(zone, "Fictif")), await anna.Registers(Cases.Intake(zone, "Sample")));
        await zone.WallsOff(chief, hidden);
        await anna.Closes(closed);
        using var visit = chief.Visit();
        var worklist = await visit.Page("/worklist?tab=Team");
        Assert.Equal(3, worklist.QuerySelectorAll("input[name='Form.Dossiers']").Length);
        var ask = await Visit.Read(await visit.Client.PostAsync($"/{zone.Code}/worklist/bulk", Fields(worklist, [.. three, hidden, closed], "main form:has(table)"), TestContext.Current.CancellationToken));
        Assert.Equal(3, ask.QuerySelectorAll("tbody tr").Length);
        Assert.Contains("2 of those ticked are left out", ask.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Exemple", ask.QuerySelector("main")!.TextContent, StringComparison.Ordinal); // initials only
        foreach (var id in three) Assert.Equal(anna.Id, await AssignedTo(zone, id)); // nothing is done yet

        var form = ask.QuerySelector<IHtmlFormElement>("main form[method=post]")!;
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await visit.Send("/worklist/bulk", form, Chosen(three))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send("/worklist/bulk", form, [.. Chosen(three), KeyValuePair.Create("Form.Act", "Assign"), KeyValuePair.Create("Form.To", bert.Id.ToString())])).StatusCode);
        foreach (var id in three) Assert.Equal(bert.Id, await AssignedTo(zone, id));
        var recorded = await zone.Look(z => z.Set<AuditRow>().Where(r => r.Act == "Casework.Dossiers.Assign").Select(r => r.Subject!.Value).ToListAsync());
        Assert.Equal(three.Order(), recorded.Order());

        // One of them moves on meanwhile; the others go back.
        await chief.Send(new Assign.Command(three[1], null));
        var done = await visit.Page("/worklist");
        Assert.Contains("Done for 3 dossiers.", done.QuerySelector(".govuk-notification-banner")!.TextContent, StringComparison.Ordinal);
        var undo = done.QuerySelector<IHtmlFormElement>("main form[action*='handler=Undo']")!;
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send("/worklist/bulk", undo, [])).StatusCode);
        Assert.Equal((anna.Id, (Guid?)null, anna.Id), (await AssignedTo(zone, three[0]), await AssignedTo(zone, three[1]), await AssignedTo(zone, three[2])));
        Assert.Contains("Taken back for 2 dossiers. 1 stayed", (await visit.Page("/worklist")).QuerySelector(".govuk-notification-banner")!.TextContent, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task What_is_not_as_the_preview_showed_it_stays_as_it_is_and_is_said_as_a_number(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (chief, anna, bert) = (await zone.Hires("chief", Role.Coordinator), await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker));
        var (called, taken, closed, same) = (await anna.Registers(Cases.Intake(zone)), await anna.Registers(Cases.Intake(zone)), await anna.Registers(Cases.Intake(zone)), await anna.Registers(Cases.Intake(zone)));
        Guid[] four = [called, taken, closed, same];
        await chief.Send(new Assign.Command(taken, null));
        using var visit = chief.Visit();
        // Seen; then the call is made and a visit is planned, one is taken, one is closed.
        var form = await Preview();
        await anna.Send(await anna.Contact(zone, called));
        var coming = platform.Clock.GetUtcNow().AddDays(2);
        await anna.Send(new Write.Command { Dossier = called, Persons = [await anna.LeadOf(called)], Next = ActKind.CallBack, Due = coming, Version = (await anna.Opens(called)).Dossier.Version });
        await bert.Send(new Assign.Command(taken, bert.Id));
        await anna.Closes(closed);
        var (planned, due) = (await NextDue(zone, called), await NextDue(zone, taken));
        var until = Moment.Day(platform.Clock.GetUtcNow()).AddDays(21).ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        KeyValuePair<string, string>[] postpone = [KeyValuePair.Create("Form.Act", "Postpone"), KeyValuePair.Create("Form.Until.Date", until), KeyValuePair.Create("Form.Until.Time", "09:00")];
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send("/worklist/bulk", form, postpone)).StatusCode);
        Assert.Equal((planned, due), (await NextDue(zone, called), await NextDue(zone, taken)));
        Assert.True(await NextDue(zone, same) > platform.Clock.GetUtcNow().AddDays(19));
        Assert.Contains("Done for 1 dossiers. 3 stayed", (await visit.Page("/worklist")).QuerySelector(".govuk-notification-banner")!.TextContent, StringComparison.Ordinal);

        // Whose it is, too; where nothing is left to do, they are shown as they are now.
        var again = await Preview();
        await chief.Send(new Assign.Command(taken, null));
        await bert.Send(new Assign.Command(taken, bert.Id)); // as it was shown
        await chief.Send(new Assign.Command(called, bert.Id));
        await chief.Send(new Assign.Command(same, bert.Id));
        KeyValuePair<string, string>[] give = [KeyValuePair.Create("Form.Act", "Assign"), KeyValuePair.Create("Form.To", chief.Id.ToString())];
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send("/worklist/bulk", again, give)).StatusCode);
        Assert.Equal((bert.Id, chief.Id, bert.Id), (await AssignedTo(zone, called), await AssignedTo(zone, taken), await AssignedTo(zone, same)));
        var turned = await visit.Send("/worklist/bulk", again, give);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, turned.StatusCode);
        var page = await Visit.Read(turned);
        Assert.Contains("3 stayed as they were", page.QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send("/worklist/bulk", page.QuerySelector<IHtmlFormElement>("main form[method=post]")!, give)).StatusCode);
        Assert.Equal((chief.Id, chief.Id, chief.Id), (await AssignedTo(zone, called), await AssignedTo(zone, taken), await AssignedTo(zone, same)));

        async Task<IHtmlFormElement> Preview() =>
            (await Visit.Read(await visit.Client.PostAsync($"/{zone.Code}/worklist/bulk", Fields(await visit.Page("/worklist?tab=Team"), four, "main form:has(table)"), TestContext.Current.CancellationToken))).QuerySelector<IHtmlFormElement>("main form[method=post]")!;
    }

    [Theory, EveryEngine]
    public async Task What_was_never_shown_is_not_done_and_one_that_changes_hands_at_the_last_moment_stays(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (chief, anna, bert) = (await zone.Hires("chief", Role.Coordinator), await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker));
        var (shown, unshown) = (await anna.Registers(Cases.Intake(zone)), await anna.Registers(Cases.Intake(zone)));
        var row = Assert.Single(await Seen(chief, shown));
        var command = new Bulk.Command { Dossiers = [shown, unshown], Act = BulkAct.Assign, To = bert.Id };
        await Assert.ThrowsAsync<ValidationException>(() => chief.Send(command));
        Assert.Equal(nameof(Bulk.Command.To), Assert.Single((await Assert.ThrowsAsync<ValidationException>(() => chief.Send(command with { To = null, Rows = [row] }))).Errors).PropertyName); // nobody is a choice, not a slip
        foreach (var forged in new[] { row with { Dossier = unshown }, row with { Due = row.Due + 1 }, row with { Due = long.MaxValue }, row with { Act = null }, row with { Worker = null }, new Bulk.Shown() })
            await Assert.ThrowsAsync<ValidationException>(() => chief.Send(command with { Rows = [forged] }));
        var turn = await chief.Send(command with { Rows = [row, row] });
        Assert.Equal((shown, 1), (Assert.Single(turn.Steps).Dossier, turn.Left));
        // Between the decision and the deed.
        Assert.False(await chief.Send(new Assign.Command(shown, bert.Id, new(null))));
        Assert.Equal(anna.Id, await AssignedTo(zone, shown));
        Assert.True(await chief.Send(new Assign.Command(shown, bert.Id, new(anna.Id))));
        await bert.Closes(shown);
        Assert.False(await chief.Send(new Assign.Command(shown, anna.Id, new(bert.Id, IsOpen: true))));
        Assert.Equal(bert.Id, await AssignedTo(zone, shown));
    }

    [Theory, EveryEngine]
    public async Task Who_was_named_by_a_restricted_dossier_in_going_is_named_no_more_when_it_comes_back(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (chief, anna, bert) = (await zone.Hires("chief", Role.Coordinator), await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker));
        var locked = await anna.Registers(Cases.Intake(zone));
        await chief.Protects(locked, Protection.Restricted, anna.Id);
        using var visit = chief.Visit();
        var ask = await Visit.Read(await visit.Client.PostAsync($"/{zone.Code}/worklist/bulk", Fields(await visit.Page("/worklist?tab=Team"), [locked], "main form:has(table)"), TestContext.Current.CancellationToken));
        await visit.Send("/worklist/bulk", ask.QuerySelector<IHtmlFormElement>("main form[method=post]")!, [.. Chosen([locked]), KeyValuePair.Create("Form.Act", "Assign"), KeyValuePair.Create("Form.To", bert.Id.ToString())]);
        Assert.Equal(bert.Id, (await bert.Opens(locked)).Dossier.AssignedTo);
        await visit.Send("/worklist/bulk", (await visit.Page("/worklist")).QuerySelector<IHtmlFormElement>("main form[action*='handler=Undo']")!, []);
        Assert.Equal(anna.Id, (await anna.Opens(locked)).Dossier.AssignedTo);
        await Assert.ThrowsAsync<RefusedException>(() => bert.Opens(locked));
    }

    [Theory, EveryEngine]
    public async Task A_caseworker_postpones_and_never_to_earlier(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, bert) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker));
        Guid[] two = [await anna.Registers(Cases.Intake(zone)), await anna.Registers(Cases.Intake(zone))];
        var until = platform.Clock.GetUtcNow().AddDays(10);
        var before = await NextDue(zone, two[0]);
        var turn = await anna.Send(new Bulk.Command { Dossiers = [.. two], Rows = await Seen(anna, two), Act = BulkAct.Postpone, Until = until });
        Assert.Equal(2, turn.Steps.Count);
        var first = turn.Steps.Single(s => s.Dossier == two[0]);
        foreach (var step in turn.Steps) Assert.True(await anna.Send(new PostponeTo.Command(step.Act, BulkStep.Due(step.After), BulkStep.Due(step.Before))));
        Assert.Equal(BulkStep.Due(first.After), await NextDue(zone, two[0]));
        Assert.False(await anna.Send(new PostponeTo.Command(first.Act, until.AddDays(1), before!.Value))); // somebody moved it since
        var moved = await Seen(anna, two);
        await Assert.ThrowsAsync<ValidationException>(() => anna.Send(new Bulk.Command { Dossiers = [.. two], Rows = [.. moved], Act = BulkAct.Postpone, Until = until.AddDays(-1) })); // nothing would be later
        await Assert.ThrowsAsync<ValidationException>(() => anna.Send(new Bulk.Command { Dossiers = [.. two], Act = BulkAct.Postpone, Until = platform.Clock.GetUtcNow().AddMinutes(-1) }));
        await Assert.ThrowsAsync<ValidationException>(() => anna.Send(new Bulk.Command { Act = BulkAct.Postpone, Until = until }));
        await Assert.ThrowsAsync<ValidationException>(() => anna.Send(new Bulk.Command { Dossiers = [.. Enumerable.Range(0, 51).Select(_ => Guid.NewGuid())], Act = BulkAct.Postpone, Until = until }));
        await Refused(anna.Send(new Bulk.Command { Dossiers = [.. two], Act = BulkAct.Assign, To = bert.Id }));

        await Refused(bert.Send(new Back.Query(turn.Id)));
        await Refused(bert.Send(new Back.Command(turn.Id, first.Act)));
        await Refused(anna.Send(new Back.Command(turn.Id, Guid.NewGuid())));
        Assert.True(await anna.Send(new Back.Command(turn.Id, first.Act)));
        Assert.False(await anna.Send(new Back.Command(turn.Id, first.Act))); // pressed twice
        Assert.Equal(before, await NextDue(zone, two[0]));
        platform.Clock.Advance(BulkTurn.Undoable + TimeSpan.FromSeconds(1));
        await Refused(anna.Send(new Back.Query(turn.Id)));
        await zone.RunRound();
        Assert.Equal(0, await zone.Look(z => z.Set<BulkTurn>().CountAsync()));
    }

    [Theory, EveryEngine]
    public async Task A_late_act_that_was_put_to_tomorrow_is_taken_back_and_a_page_that_stood_open_too_long_says_so(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        var dossier = await anna.Registers(Cases.Intake(zone));
        platform.Clock.Advance(TimeSpan.FromDays(3) + TimeSpan.FromSeconds(17));
        var act = Assert.Single((await anna.Opens(dossier)).Planned);
        var turn = (await anna.Send(new PostponeTo.Alone(act.Id, Complete.Tomorrow(act.DueAt, platform.Clock.GetUtcNow()), act.DueAt)))!.Value;
        Assert.True(await anna.Send(new Back.Command(turn, act.Id)));
        Assert.Equal(act.DueAt, await NextDue(zone, dossier));
        using var hers = anna.Visit();
        Assert.Equal(HttpStatusCode.Redirect, (await hers.Press("/worklist", "main button[name=was]")).StatusCode);
        var later = await NextDue(zone, dossier);
        Assert.NotEqual(act.DueAt, later);
        var undo = (await hers.Page("/worklist")).QuerySelector<IHtmlFormElement>("main form[action*='handler=Undo']")!;
        platform.Clock.Advance(BulkTurn.Undoable + TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Redirect, (await hers.Send("/worklist", undo, [])).StatusCode);
        Assert.Contains("too late to take that back", (await hers.Page("/worklist")).Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal(later, await NextDue(zone, dossier));
    }

    [Theory, EveryEngine]
    public async Task What_is_not_there_for_the_reader_is_neither_shown_nor_changed(string engine)
    {
        var platform = await platforms.On(engine);
        var (zone, elsewhere) = (await platform.Zone(), await platform.Zone());
        var (chief, anna) = (await zone.Hires("c", Role.Coordinator), await zone.Hires("a", Role.Caseworker));
        var (walled, sealedOne, free) = (await anna.Registers(Cases.Intake(zone)), await anna.Registers(Cases.Intake(zone)), await anna.Registers(Cases.Intake(zone)));
        await chief.Protects(sealedOne, VictimSupport.Casework.Codes.Protection.Sealed, chief.Id);
        await zone.WallsOff(chief, walled);
        Assert.Equal([free], (await chief.Send(new Bulk.Query([walled, sealedOne, free, Guid.NewGuid()], true))).Rows.Select(r => r.Dossier));
        var turn = await chief.Send(new Bulk.Command { Dossiers = [walled, sealedOne, free], Rows = [.. await Seen(anna, walled), .. await Seen(chief, free)], Act = BulkAct.Assign, To = Guid.Empty });
        Assert.Equal([free], turn.Steps.Select(s => s.Dossier));
        Assert.Empty((await chief.In(elsewhere, Role.Coordinator).Send(new Bulk.Query([free], true))).Rows);
        await Refused(chief.In(elsewhere, Role.Coordinator).Send(new Back.Query(turn.Id)));
        await Refused(zone.As(Role.Trainee).Send(new Bulk.Query([free], false)));
        // A colleague who is walled off from one of them is nobody's choice for all.
        await zone.WallsOff(anna, free);
        Assert.Equal([chief.Id], (await chief.Send(new Bulk.Query([free], true))).MayGet);
        using var visit = chief.Visit();
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Get("/worklist/bulk")).StatusCode);
    }

    private static Task<Guid?> AssignedTo(TestZone zone, Guid id) => zone.Look(z => z.Set<Dossier>().Where(d => d.Id == id).Select(d => d.AssignedTo).SingleAsync());
    private static Task<DateTimeOffset?> NextDue(TestZone zone, Guid id) => zone.Look(z => z.Set<Dossier>().Where(d => d.Id == id).Select(d => d.NextDue).SingleAsync());
    private static IEnumerable<KeyValuePair<string, string>> Chosen(IEnumerable<Guid> ids) => ids.Select(id => KeyValuePair.Create("Form.Dossiers", id.ToString()));

    private static async Task<List<Bulk.Shown>> Seen(Person by, params Guid[] ids) => [.. (await by.Send(new Bulk.Query(ids, false))).Rows.Select(r => Bulk.Shown.Of(r.Dossier, r.Act, r.Due, r.AssignedTo))];
    private static Task Refused(Task what) => Assert.ThrowsAsync<RefusedException>(() => what);

    private static FormUrlEncodedContent Fields(IHtmlDocument page, IEnumerable<Guid> ids, string form) =>
        new([KeyValuePair.Create("__RequestVerificationToken", page.QuerySelector(form + " [name=__RequestVerificationToken]")!.GetAttribute("value")!), .. Chosen(ids)]);
}
