using System.Net;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Casework;

public sealed class CloseTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task Closing_ends_what_was_planned_and_reopening_plans_a_call_where_nothing_is_still_to_come(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone));
        await worker.Closes(id);
        var closed = await worker.Opens(id);
        Assert.Equal((false, ClosingReason.NeedsMet, Outcome.Supported), (closed.Dossier.IsOpen, closed.Dossier.Reason, closed.Dossier.Outcome));
        Assert.Empty(closed.Planned);
        Assert.Null(closed.Dossier.NextDue);
        // What nobody did is not said to be done.
        Assert.Contains(closed.Timeline, h => h.Title == "Dropped when closed: First contact");
        Assert.DoesNotContain(closed.Timeline, h => h.Title.StartsWith("Done", StringComparison.Ordinal));
        platform.Clock.Advance(TimeSpan.FromDays(20));
        await worker.Send(new Reopen.Command(id));
        var open = await worker.Opens(id);
        Assert.True(open.Dossier.IsOpen);
        var act = Assert.Single(open.Planned);
        Assert.Equal((ActKind.CallBack, open.Dossier.NextDue), (act.Kind, act.DueAt));
        Assert.False(await worker.Send(new Reopen.Command(id))); // once
        Assert.Equal(1, await zone.Look(z => z.Set<VictimSupport.Casework.Counting.Case>().CountAsync())); // opened again it is no new case
    }

    [Theory, EveryEngine]
    public async Task The_closing_page_says_what_it_cancels_and_the_reopening_page_takes_it_up_again(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone, phone: "0470 12 34 56"));
        var (lead, now) = (await worker.LeadOf(id), platform.Clock.GetUtcNow());
        foreach (var (kind, days) in new[] { (ActKind.Administration, 2), (ActKind.Accompany, 9), (ActKind.CallBack, 12) })
            await worker.Send(new Write.Command { Dossier = id, Persons = [lead], Layer = Layer.Assistance, Next = kind, Due = now.AddDays(days) });
        using var visit = worker.Visit();
        var ends = (await visit.Page($"/dossiers/{id}/close")).QuerySelectorAll("[data-ends] li").Select(l => l.TextContent.Trim()).ToList();
        Assert.Equal(["First contact", "Administration", "Accompany", "Call back"], ends.Select(e => e.Split(',')[0]));
        await worker.Send(new VictimSupport.Casework.FollowUps.Complete.Command((await worker.Opens(id)).Planned.Single(a => a.Kind == ActKind.FirstContact).Id));
        await worker.Closes(id);
        platform.Clock.Advance(TimeSpan.FromDays(5));
        // What is still to come is ticked, what is past may be ticked; what was done was not cancelled.
        var form = await visit.Page($"/dossiers/{id}/reopen");
        Assert.Equal(3, form.QuerySelectorAll("[name=Acts]").Length);
        Assert.Equal(2, form.QuerySelectorAll("[name=Acts][checked]").Length);
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit($"/dossiers/{id}/reopen", [])).StatusCode);
        var open = await worker.Opens(id);
        Assert.Equal([ActKind.Accompany, ActKind.CallBack], open.Planned.Select(a => a.Kind));
        Assert.Equal(open.Planned[0].DueAt, open.Dossier.NextDue);
        Assert.Single(open.Timeline, h => h.Title.StartsWith("Dropped when closed", StringComparison.Ordinal));
        // Closed once more, only what that closing cancelled is offered; and of that what was chosen.
        await worker.Closes(id);
        var list = await worker.Send(new Reopen.Query(id));
        Assert.Equal([ActKind.Accompany, ActKind.CallBack], list.Select(c => c.Kind));
        await Assert.ThrowsAsync<ValidationException>(() => worker.Send(new Reopen.Command(id, [list[0].Act, Guid.NewGuid()])));
        await worker.Send(new Reopen.Command(id, [list[0].Act]));
        Assert.Equal(ActKind.Accompany, Assert.Single((await worker.Opens(id)).Planned).Kind);
        Assert.Empty(await worker.Send(new Reopen.Query(id)));
    }

    [Theory, EveryEngine]
    public async Task What_a_colleague_planned_meanwhile_is_not_cancelled_unseen(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (worker, chief) = (zone.As(Role.Caseworker), await zone.Hires("chief", Role.Coordinator));
        var id = await worker.Registers(Cases.Intake(zone));
        await worker.Send(await worker.Contact(zone, id));
        using var visit = worker.Visit();
        var form = (AngleSharp.Html.Dom.IHtmlFormElement)(await visit.Page($"/dossiers/{id}/close")).QuerySelector("main form[method=post]")!;
        await chief.Send(new Write.Command { Dossier = id, Persons = [await worker.LeadOf(id)], Layer = Layer.Assistance, Next = ActKind.CallBack, Due = zone.Platform.Clock.GetUtcNow().AddDays(1) });
        List<KeyValuePair<string, string>> typed = [KeyValuePair.Create("Form.Reason", nameof(ClosingReason.OpenedInError)), KeyValuePair.Create("Form.Outcome", nameof(Outcome.Supported))];
        var refused = await visit.Send($"/dossiers/{id}/close", form, typed);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var page = await Visit.Read(refused);
        Assert.Contains("Call back", page.QuerySelector("[data-ends]")!.TextContent, StringComparison.Ordinal);
        Assert.True((await worker.Opens(id)).Dossier.IsOpen);
        // Seen, it is closed by the next press.
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send($"/dossiers/{id}/close", (AngleSharp.Html.Dom.IHtmlFormElement)page.QuerySelector("main form[method=post]")!, typed)).StatusCode);
        Assert.False((await worker.Opens(id)).Dossier.IsOpen);
    }

    [Theory, EveryEngine]
    public async Task Reopening_plans_nothing_that_the_person_said_no_to(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var worker = zone.As(Role.Caseworker);
        foreach (var (letters, kind) in new[] { (Rule.Safe, ActKind.Letter), (Rule.Never, ActKind.Other) })
        {
            var (id, person) = await worker.Knows(zone, "Rue 1");
            await worker.Send(new Write.Command { Dossier = id, Persons = [person], Layer = Layer.Assistance, Next = ActKind.CallBack, Due = platform.Clock.GetUtcNow().AddDays(9) });
            await worker.Closes(id);
            await worker.Agrees(id, person, r => r with { Call = Rule.Never, Letter = letters });
            var call = (await worker.Send(new Reopen.Query(id))).Single(c => c.Kind == ActKind.CallBack);
            Assert.Equal((VictimSupport.Casework.People.Bar.Never, false), (call.Bar, call.ByItself));
            using var visit = worker.Visit();
            var page = await visit.Page($"/dossiers/{id}/reopen");
            Assert.Empty(page.QuerySelectorAll($"[name=Acts][value='{call.Act}']"));
            Assert.Single(page.QuerySelectorAll("[data-barred] li"));
            await Assert.ThrowsAsync<ValidationException>(() => worker.Send(new Reopen.Command(id, [call.Act])));
            await worker.Send(new Reopen.Command(id, []));
            Assert.Equal(kind, Assert.Single((await worker.Opens(id)).Planned).Kind);
        }
    }

    [Fact]
    public async Task What_the_figures_miss_is_mended_or_said_to_be_unknown_and_why()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone) with { When = null, Municipality = "" });
        var lead = await worker.LeadOf(id);
        Assert.Equal([GapKind.When, GapKind.Where, GapKind.FirstContact, GapKind.Sex, GapKind.Age, GapKind.Damage], (await worker.Send(new Close.Query(id))).Select(g => g.Kind));
        using var visit = worker.Visit();
        var form = new Dictionary<string, string> { ["Form.Reason"] = "Declined", ["Form.Outcome"] = "InformedOnly", ["Form.Why[When]"] = "DidNotSay" };
        var refused = await visit.Submit($"/dossiers/{id}/close", form);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var page = await Visit.Read(refused);
        Assert.Equal(6, page.QuerySelectorAll("[data-gap]").Length);
        Assert.Equal(5, page.QuerySelectorAll("[data-gap] .govuk-error-message").Length); // one was answered
        Assert.Equal(5, page.QuerySelectorAll(".govuk-error-summary a").Length);
        Assert.NotNull(page.QuerySelector("[name='Form.Why[When]'] option[value=DidNotSay][selected]"));
        Assert.NotNull(page.QuerySelector("[name='Form.Reason'][value=Declined][checked]")); // what was chosen stays
        foreach (var link in page.QuerySelectorAll("[data-gap] a").Select(a => a.GetAttribute("href")!)) Assert.Equal(HttpStatusCode.OK, (await visit.Get(link)).StatusCode); // each leads to where it is mended
        var now = await worker.Send(new VictimSupport.Casework.People.Edit.Query(id, lead, "fr"));
        await worker.Send(now with { Dossier = id, Person = lead, Sex = Sex.Female, EstimatedAge = 40, Damages = [Damage.Moral] });
        form["Form.Why[Where]"] = "NotReached";
        form["Form.Why[FirstContact]"] = "Declined";
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit($"/dossiers/{id}/close", form)).StatusCode);
        var closed = await worker.Opens(id);
        Assert.False(closed.Dossier.IsOpen);
        Assert.Equal([(GapKind.When, WhyUnknown.DidNotSay), (GapKind.Where, WhyUnknown.NotReached), (GapKind.FirstContact, WhyUnknown.Declined)], closed.LeftUnknown.Select(u => (u.Kind, u.Why)));
        // At the next closing it is said anew.
        await worker.Send(new Reopen.Command(id));
        await worker.Closes(id);
        Assert.Equal([WhyUnknown.DidNotSay, WhyUnknown.DidNotSay, WhyUnknown.DidNotSay], (await worker.Opens(id)).LeftUnknown.Select(u => u.Why));
    }

    [Theory, EveryEngine]
    public async Task Help_that_was_not_given_is_asked_for_once_there_was_a_contact(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone));
        var bo = await worker.Send(new VictimSupport.Casework.People.Edit.Command { Dossier = id, GivenName = "Bo", FamilyName = "Exemple", Capacity = Capacity.Relative, Language = "nl", EstimatedAge = 30, Sex = Sex.Male, Damages = [Damage.Moral] });
        Assert.DoesNotContain(await worker.Send(new Close.Query(id)), g => g.Kind == GapKind.Service || g.Person == bo);
        await worker.Send(await worker.Contact(zone, id));
        Assert.Equal([bo], (await worker.Send(new Close.Query(id))).Where(g => g.Kind == GapKind.Service).Select(g => g.Person!.Value));
    }

    [Theory, EveryEngine]
    public async Task A_letter_that_waits_holds_up_the_closing(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var (id, person) = await worker.Knows(zone, "Rue 1");
        await worker.Send(new VictimSupport.Casework.Letters.Prepare.Command { Dossier = id, Person = person, Kind = VictimSupport.Casework.Letters.LetterKind.First, Language = "fr", Text = "Bonjour", Shown = 0 });
        Assert.Contains(await worker.Send(new Close.Query(id)), g => g.Kind == GapKind.Letter);
        await Assert.ThrowsAsync<ValidationException>(() => worker.ClosesAtOnce(id));
        Assert.True((await worker.Opens(id)).Dossier.IsOpen);
    }

    [Fact]
    public async Task What_was_opened_in_error_needs_no_figures()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone));
        await worker.Send(new Close.Command { Dossier = id, Reason = ClosingReason.OpenedInError, Outcome = Outcome.NoContact });
        Assert.Empty((await worker.Opens(id)).LeftUnknown);
    }

    [Fact]
    public async Task Whoever_is_on_call_closes_and_reopens_nothing()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var onCall = zone.As(Role.OnCall);
        var id = await onCall.Registers(Cases.Intake(zone));
        using var visit = onCall.Visit();
        Assert.Equal(HttpStatusCode.NotFound, (await visit.Get($"/dossiers/{id}/close")).StatusCode);
        Assert.Empty((await visit.Page($"/dossiers/{id}")).QuerySelectorAll("a[href$='/close']"));
        await Assert.ThrowsAsync<RefusedException>(() => onCall.Closes(id));
        await zone.As(Role.Coordinator).Closes(id);
        await Assert.ThrowsAsync<RefusedException>(() => onCall.Send(new Reopen.Command(id)));
    }

    [Theory, EveryEngine]
    public async Task Only_whoever_answers_for_it_closes_it_reopens_it_and_asks_who_opened_it(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (anna, bert, cleo, cora) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker), await zone.Hires("cleo", Role.Caseworker), await zone.Hires("cora", Role.Coordinator));
        var id = await anna.Registers(Cases.Intake(zone));
        await cora.Send(new Assign.Command(id, bert.Id));
        using (var visit = anna.Visit())
        {
            Assert.Empty((await visit.Page($"/dossiers/{id}")).QuerySelectorAll("a[href$='/close'], a[href$='/opened']")); // she opened it and may read it; it is his
            foreach (var path in new[] { "close", "opened" }) Assert.Equal(HttpStatusCode.NotFound, (await visit.Get($"/dossiers/{id}/{path}")).StatusCode);
        }
        Assert.Equal("not-theirs", (await Assert.ThrowsAsync<RefusedException>(() => anna.Closes(id))).Code); // again and again it is noticed: it is no slip about oneself
        await zone.IsAway(bert, cleo);
        await cleo.Closes(id); // whoever replaces him does what he does
        await Assert.ThrowsAsync<RefusedException>(() => anna.Send(new Reopen.Command(id)));
        await bert.Send(new Reopen.Command(id));
        await cora.Closes(id);
        Assert.False((await anna.Opens(id)).Dossier.IsOpen);
    }

    [Fact]
    public async Task A_reason_or_outcome_that_is_none_is_refused()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone));
        await Assert.ThrowsAsync<ValidationException>(() => worker.Send(new Close.Command { Dossier = id, Reason = (ClosingReason)99, Outcome = Outcome.Supported }));
        await Assert.ThrowsAsync<ValidationException>(() => worker.Send(new Close.Command { Dossier = id, Reason = ClosingReason.Moved, Outcome = (Outcome)99 }));
    }

    [Theory, EveryEngine]
    public async Task Nothing_is_planned_in_a_closed_dossier(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone));
        var (lead, contact) = (await worker.LeadOf(id), await worker.Contact(zone, id));
        await worker.Closes(id);
        var due = zone.Platform.Clock.GetUtcNow().AddDays(1);
        // Somebody whose page was still open when a colleague closed: the note is worth keeping, a plan nobody will see is not.
        await Assert.ThrowsAsync<ValidationException>(() => worker.Send(new Write.Command { Dossier = id, Persons = [lead], Layer = Layer.Assistance, Text = "x", Next = ActKind.CallBack, Due = due }));
        await Assert.ThrowsAsync<ValidationException>(() => worker.Send(contact with { Next = ActKind.CallBack, Due = due }));
        await worker.Send(new Write.Command { Dossier = id, Persons = [lead], Layer = Layer.Assistance, Text = "belt nog eens" });
        await worker.Send(contact);
        var view = await worker.Opens(id);
        Assert.Contains(view.Timeline, h => h.Text == "belt nog eens");
        Assert.Null(view.Dossier.NextDue);
        Assert.Equal(0, await zone.Look(z => z.Set<FollowUp>().CountAsync(f => f.Done == null)));
    }
}
