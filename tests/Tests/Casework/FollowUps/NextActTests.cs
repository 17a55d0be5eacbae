using System.Net;
using AngleSharp.Dom;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Worklist;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Casework;

public sealed class NextActTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task The_dossier_waits_for_the_earliest_act_that_is_not_done(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone));
        var (lead, now) = (await worker.LeadOf(id), zone.Platform.Clock.GetUtcNow());
        var first = (await worker.Opens(id)).Dossier.NextDue;
        await worker.Send(new Write.Command { Dossier = id, Persons = [lead], Layer = Layer.Assistance, Next = ActKind.Visit, Due = now.AddDays(9) });
        Assert.Equal(first, (await worker.Opens(id)).Dossier.NextDue); // later does not move it
        await worker.Send(new Write.Command { Dossier = id, Persons = [lead], Layer = Layer.Assistance, Next = ActKind.CallBack, Due = now.AddHours(3) });
        var view = await worker.Opens(id);
        Assert.Equal([ActKind.CallBack, ActKind.FirstContact, ActKind.Visit], view.Planned.Select(a => a.Kind));
        Assert.Equal(view.Planned[0].DueAt, view.Dossier.NextDue);
        await worker.Send(new Complete.Command(view.Planned[0].Id));
        Assert.Equal(first, (await worker.Opens(id)).Dossier.NextDue);
        await worker.PutsOff(view.Planned[1]);
        Assert.Equal(first!.Value.AddDays(1), (await worker.Opens(id)).Dossier.NextDue);
        await worker.Send(new Complete.Command(view.Planned[1].Id));
        await worker.Send(new Complete.Command(view.Planned[2].Id));
        Assert.Null((await worker.Opens(id)).Dossier.NextDue);
        // Done is done: pressed again, and by a colleague who was slower.
        Assert.Equal(id, await worker.Send(new Complete.Command(view.Planned[0].Id)));
        Assert.Equal(worker.Id, (await zone.Look(z => z.Set<FollowUp>().SingleAsync(f => f.Id == view.Planned[0].Id))).DoneBy);
    }

    [Theory, EveryEngine]
    public async Task What_was_ticked_off_by_mistake_is_taken_back_for_ten_minutes(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone));
        var act = (await worker.Opens(id)).Planned[0];
        await worker.Send(new Complete.Command(act.Id));
        using var visit = worker.Visit();
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Press($"/dossiers/{id}", "form[action*='handler=Undo'] button")).StatusCode);
        Assert.Equal(act.DueAt, (await worker.Opens(id)).Dossier.NextDue);
        await worker.Send(new Complete.Command(act.Id));
        Assert.Equal((id, false), await zone.As(Role.Coordinator).Send(new Complete.Undo(act.Id))); // not theirs to take back
        platform.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal((id, false), await worker.Send(new Complete.Undo(act.Id)));
        Assert.Empty((await visit.Page($"/dossiers/{id}")).QuerySelectorAll("form[action*='handler=Undo']"));
        Assert.Null((await worker.Opens(id)).Dossier.NextDue);
    }

    [Fact]
    public async Task Tomorrow_pressed_twice_is_one_day_and_the_hour_stays_in_the_nights_the_clock_changes()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone));
        var act = (await worker.Opens(id)).Planned[0];
        Assert.True(await worker.PutsOff(act));
        Assert.False(await worker.PutsOff(act));
        // A forged instant, the last there is among them, is turned back.
        using var visit = worker.Visit();
        var form = (await visit.Page("/worklist")).QuerySelector<AngleSharp.Html.Dom.IHtmlFormElement>("main form:has(table)")!;
        form.SetAttribute("action", $"/{zone.Code}/acts/{act.Id}/done?handler=Postpone");
        foreach (var was in new[] { DateTime.MaxValue.Ticks, -1, long.MaxValue }) Assert.Equal(HttpStatusCode.BadRequest, (await visit.Send("", form, [KeyValuePair.Create("was", was.ToString(System.Globalization.CultureInfo.InvariantCulture))])).StatusCode);
        Assert.Equal(act.DueAt.AddDays(1), (await worker.Opens(id)).Dossier.NextDue);
        // 09:00 in Brussels, whatever the offset; an hour that never comes is the next.
        Assert.Equal(At("2026-10-25T08:00Z"), Complete.Tomorrow(At("2026-10-24T07:00Z"), At("2026-10-20T07:00Z")));
        Assert.Equal(At("2027-03-28T07:00Z"), Complete.Tomorrow(At("2027-03-27T08:00Z"), At("2027-03-20T07:00Z")));
        Assert.Equal(At("2027-03-28T01:30Z"), Complete.Tomorrow(At("2027-03-27T01:30Z"), At("2027-03-20T07:00Z")));

        static DateTimeOffset At(string instant) => DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task An_act_that_is_late_is_postponed_from_now()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone));
        platform.Clock.Advance(TimeSpan.FromDays(9));
        await worker.PutsOff((await worker.Opens(id)).Planned[0]);
        Assert.Equal(platform.Clock.GetUtcNow().AddDays(1), (await worker.Opens(id)).Dossier.NextDue!.Value, TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task The_buttons_of_the_worklist_complete_and_postpone()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone));
        var due = (await worker.Opens(id)).Dossier.NextDue!.Value;
        using var visit = worker.Visit();
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Press("/worklist", "button[formaction*='Postpone']")).StatusCode);
        Assert.Equal(due.AddDays(1), (await worker.Opens(id)).Dossier.NextDue);
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Press("/worklist", "button[formaction$='/done']")).StatusCode);
        Assert.Null((await worker.Opens(id)).Dossier.NextDue);
    }

    [Fact]
    public async Task Put_off_by_a_slip_an_act_can_be_taken_back_at_each_visit_for_ten_minutes()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone));
        var due = (await worker.Opens(id)).Dossier.NextDue!.Value;
        using var visit = worker.Visit();
        const string undo = "main form[action*='handler=Undo']";
        Assert.Null((await visit.Page("/worklist")).QuerySelector(undo));
        await visit.Press("/worklist", "button[formaction*='Postpone']");
        Assert.NotNull((await visit.Page("/worklist")).QuerySelector(undo));
        await visit.Page($"/dossiers/{id}"); // looked elsewhere meanwhile
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit("/worklist", [], undo)).StatusCode);
        Assert.Equal(due, (await worker.Opens(id)).Dossier.NextDue);
        Assert.Null((await visit.Page("/worklist")).QuerySelector(undo));

        await visit.Press("/worklist", "button[formaction*='Postpone']");
        platform.Clock.Advance(BulkTurn.Undoable + TimeSpan.FromSeconds(1));
        Assert.Null((await visit.Page("/worklist")).QuerySelector(undo));
        Assert.Equal(due.AddDays(1), (await worker.Opens(id)).Dossier.NextDue);
    }

    [Fact]
    public async Task Done_by_a_slip_on_the_list_an_act_can_be_taken_back_where_its_row_was()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone));
        var due = (await worker.Opens(id)).Dossier.NextDue!.Value;
        using var visit = worker.Visit();
        const string undo = "main form[action*='/undo' i], main form[action*='handler=Undo']";
        await visit.Press("/worklist", "button[formaction$='/done']");
        Assert.Null((await worker.Opens(id)).Dossier.NextDue);
        var back = await visit.Submit("/worklist", [], undo);
        Assert.EndsWith("/worklist", back.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(due, (await worker.Opens(id)).Dossier.NextDue);
        Assert.Null((await visit.Page("/worklist")).QuerySelector(undo));
        await visit.Press("/worklist", "button[formaction$='/done']");
        platform.Clock.Advance(BulkTurn.Undoable + TimeSpan.FromSeconds(1));
        Assert.Null((await visit.Page("/worklist")).QuerySelector(undo));
    }

    [Fact]
    public void Whoever_sits_down_at_the_same_machine_is_offered_nothing_of_anothers()
    {
        var kept = new Microsoft.AspNetCore.Mvc.ViewFeatures.TempDataDictionary(new Microsoft.AspNetCore.Http.DefaultHttpContext(), new Nowhere());
        var (turn, anna, bert, now) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), DateTimeOffset.UnixEpoch);
        kept.Offer(new(turn, IsAct: false), anna, now);
        Assert.Equal(new Undo.Last(turn, IsAct: false), kept.Offered(anna, now));
        Assert.Null(kept.Offered(bert, now));
        Assert.Null(kept.Offered(anna, now)); // and nothing of it stays
    }

    private sealed class Nowhere : Microsoft.AspNetCore.Mvc.ViewFeatures.ITempDataProvider
    {
        public IDictionary<string, object> LoadTempData(Microsoft.AspNetCore.Http.HttpContext context) => new Dictionary<string, object>(StringComparer.Ordinal);
        public void SaveTempData(Microsoft.AspNetCore.Http.HttpContext context, IDictionary<string, object> values) { }
    }

    [Fact]
    public async Task A_row_leads_to_the_call_with_its_rule_first_and_to_whom_it_is_assigned_for_whoever_leads()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var (anna, chief) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("chief", Role.Coordinator));
        var id = await anna.Registers(Cases.Intake(zone));
        using var own = anna.Visit();
        var call = (await own.Page("/worklist")).QuerySelector<AngleSharp.Html.Dom.IHtmlAnchorElement>("tbody a[href$='/call']")!;
        var shown = await own.Page(call.PathName[$"/{zone.Code}".Length..]);
        Assert.DoesNotContain("tel:", shown.Body!.InnerHtml, StringComparison.Ordinal); // the rule first, the number when it is asked for
        Assert.Equal(VictimSupport.Casework.Words.CallSafely, shown.QuerySelector("h1")!.TextContent);
        Assert.Null((await own.Page("/worklist")).QuerySelector("a[href$='#worker']"));
        using var leads = chief.Visit();
        Assert.NotNull((await leads.Page("/worklist?tab=Team")).QuerySelector($"tbody a[href$='/dossiers/{id}#worker']"));
        Assert.NotNull((await leads.Page($"/dossiers/{id}")).QuerySelector("section[aria-labelledby='worker'] select[name=to]"));
    }

    [Theory]
    [InlineData("past"), InlineData("none"), InlineData("far"), InlineData("forged")]
    public async Task A_plan_needs_a_day_that_is_to_come(string fault)
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone));
        var now = zone.Platform.Clock.GetUtcNow();
        var good = new Write.Command { Dossier = id, Persons = [await worker.LeadOf(id)], Layer = Layer.Assistance, Next = ActKind.CallBack, Due = now.AddDays(1) };
        var bad = fault switch { "past" => good with { Due = now.AddDays(-1) }, "none" => good with { Due = null }, "far" => good with { Due = now.AddYears(5) }, _ => good with { Next = (ActKind)99 } };
        await Assert.ThrowsAsync<ValidationException>(() => worker.Send(bad));
        Assert.Equal(1, await zone.Look(z => z.Set<FollowUp>().CountAsync()));
    }
}
