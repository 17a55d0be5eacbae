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
    public async Task Closing_ends_what_was_planned_and_reopening_plans_a_call(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone));
        await worker.Closes(id);
        var closed = await worker.Opens(id);
        Assert.Equal((false, ClosingReason.NeedsMet, Outcome.Supported), (closed.Dossier.IsOpen, closed.Dossier.Reason, closed.Dossier.Outcome));
        Assert.Empty(closed.Planned);
        Assert.Null(closed.Dossier.NextDue);
        await worker.Send(new Reopen.Command(id));
        var open = await worker.Opens(id);
        Assert.True(open.Dossier.IsOpen);
        var act = Assert.Single(open.Planned);
        Assert.Equal((ActKind.CallBack, open.Dossier.NextDue), (act.Kind, act.DueAt));
        Assert.False(await worker.Send(new Reopen.Command(id))); // once
    }

    [Fact]
    public async Task What_the_figures_would_miss_is_shown_and_does_not_block()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone) with { When = null, Municipality = "" });
        Assert.Equal(["When", "Where", "FirstContact", "Sex", "Damage"], await worker.Send(new Close.Query(id)));
        using var visit = worker.Visit();
        Assert.Equal(5, (await visit.Page($"/dossiers/{id}/close")).QuerySelectorAll(".govuk-inset-text li").Length);
        var refused = await visit.Submit($"/dossiers/{id}/close", []);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Equal(5, (await Visit.Read(refused)).QuerySelectorAll(".govuk-inset-text li").Length);
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit($"/dossiers/{id}/close", new Dictionary<string, string> { ["Form.Reason"] = "Declined", ["Form.Outcome"] = "InformedOnly" })).StatusCode);
        Assert.False((await worker.Opens(id)).Dossier.IsOpen);
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
