using System.Net;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Casework;

/// <summary>Two people, or two tabs, at one dossier.</summary>
public sealed class TwoTabsTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task Facts_saved_over_an_older_version_keep_what_was_typed_and_show_what_was_saved_meanwhile(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone));
        using var visit = worker.Visit();
        var path = $"/dossiers/{id}/facts";
        var stale = (AngleSharp.Html.Dom.IHtmlFormElement)(await visit.Page(path)).QuerySelector("main form[method=post]")!;
        await visit.Submit(path, Typed("Lindeberg"));
        var refused = await visit.Send(path, stale, Typed("Hohenau"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var page = await Visit.Read(refused);
        Assert.Equal("Hohenau", page.QuerySelector("[name='Form.Municipality']")!.GetAttribute("value"));
        Assert.Contains("Lindeberg", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("Lindeberg", (await worker.Opens(id)).Dossier.Municipality);
        var again = (AngleSharp.Html.Dom.IHtmlFormElement)page.QuerySelector("main form[method=post]")!;
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send(path, again, [])).StatusCode);
        Assert.Equal("Hohenau", (await worker.Opens(id)).Dossier.Municipality);
    }

    [Theory, EveryEngine]
    public async Task Boxes_that_nobody_touched_take_what_was_saved_meanwhile(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone));
        var lead = await worker.LeadOf(id);
        await worker.Agrees(id, lead, r => r with { Call = Rule.Safe, Visit = Rule.Safe });
        using var visit = worker.Visit();
        var path = $"/dossiers/{id}/people/{lead}/safe-contact";
        var stale = (AngleSharp.Html.Dom.IHtmlFormElement)(await visit.Page(path)).QuerySelector("main form[method=post]")!;
        zone.Platform.Clock.Advance(TimeSpan.FromSeconds(1));
        await worker.Agrees(id, lead, r => r with { Call = Rule.Never, Visit = Rule.OnlyIf, WhatMayBeSaid = "at her mother's", Weekdays = true });
        var refused = await visit.Send(path, stale, new Dictionary<string, string> { ["Form.Hours"] = "in the evening", ["Form.Visit"] = nameof(Rule.NotAsked) });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var again = (AngleSharp.Html.Dom.IHtmlFormElement)(await Visit.Read(refused)).QuerySelector("main form[method=post]")!;
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Send(path, again, [])).StatusCode);
        var rules = await worker.RulesOf(id, lead);
        var agreed = rules.Details.Value;
        Assert.Equal((Rule.Never, Rule.NotAsked), (rules.Call, rules.Visit)); // theirs where only they changed it, mine where I did
        Assert.Equal(("in the evening", "at her mother's", true), (agreed.Hours, agreed.WhatMayBeSaid, agreed.Weekdays));
    }

    [Theory, EveryEngine]
    public async Task A_note_sent_twice_is_written_once(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone));
        using var visit = worker.Visit();
        var form = (AngleSharp.Html.Dom.IHtmlFormElement)(await visit.Page($"/dossiers/{id}")).QuerySelector(".vs-composer form")!;
        var typed = new Dictionary<string, string> { ["Form.Text"] = "zelfde nota", ["Form.Layer"] = nameof(Layer.Assistance) };
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => visit.Send($"/dossiers/{id}", form, typed))));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Redirect, a.StatusCode));
        Assert.Single((await worker.Opens(id)).Timeline, h => h.Text == "zelfde nota");
    }

    [Theory, EveryEngine]
    public async Task Eight_who_write_at_once_lose_nothing(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.OnCall);
        var id = await worker.Registers(Cases.Intake(zone));
        var (lead, due) = (await worker.LeadOf(id), zone.Platform.Clock.GetUtcNow().AddHours(1));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => worker.Send(new Write.Command { Dossier = id, Persons = [lead], Layer = Layer.Assistance, Text = $"nota {i}", Next = ActKind.Other, Due = due.AddHours(i) }))));
        var view = await worker.Opens(id);
        Assert.Equal(8, view.Timeline.Count(h => h.Text?.StartsWith("nota", StringComparison.Ordinal) == true));
        Assert.Equal(9, view.Planned.Count);
        Assert.Equal(view.Planned.Min(a => a.DueAt), view.Dossier.NextDue);
    }

    [Fact]
    public async Task The_composer_refuses_what_says_nothing_and_keeps_what_was_typed()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone));
        using var visit = worker.Visit();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await visit.Submit($"/dossiers/{id}", new Dictionary<string, string> { ["Form.Layer"] = nameof(Layer.Assistance) }, ".vs-composer form")).StatusCode);
        var refused = await visit.Submit($"/dossiers/{id}", new Dictionary<string, string> { ["Form.Text"] = "zonder laag", ["Form.Layer"] = "" }, ".vs-composer form");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Equal("zonder laag", (await Visit.Read(refused)).QuerySelector(".vs-composer [name='Form.Text']")!.TextContent.Trim());
    }

    [Theory, EveryEngine]
    public async Task No_act_that_reaches_people_is_planned_for_who_is_only_mentioned(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var id = await worker.Registers(Cases.Intake(zone));
        var (lead, due) = (await worker.LeadOf(id), zone.Platform.Clock.GetUtcNow().AddHours(1));
        var first = (await worker.Opens(id)).Planned.Single().Id;
        foreach (var capacity in new[] { Capacity.Deceased, Capacity.AllegedAuthor })
        {
            var mentioned = await worker.Send(new VictimSupport.Casework.People.Edit.Command { Dossier = id, GivenName = "Marc", FamilyName = "Fictif " + capacity, Capacity = capacity, Language = "fr" });
            foreach (var kind in new[] { ActKind.CallBack, ActKind.Visit, ActKind.Letter, ActKind.Referral })
            {
                var refused = await Assert.ThrowsAsync<FluentValidation.ValidationException>(() => worker.Send(Next(kind, "nota over Marc", mentioned)));
                Assert.Equal("Persons", Assert.Single(refused.Errors).PropertyName);
            }
            Assert.DoesNotContain((await worker.Opens(id)).Timeline, h => h.Text == "nota over Marc"); // refused as a whole, and typed still
            // A note about both, and a call: to the one who is helped. At the desk something may be done about anybody.
            await worker.Send(Next(ActKind.CallBack, "nota over beiden", lead, mentioned));
            Assert.Equal([lead], (await worker.Opens(id)).Planned.Single(a => a.Kind == ActKind.CallBack).Persons);
            await worker.Send(Next(ActKind.Administration, "attest opvragen", mentioned));
            Assert.Equal([mentioned], (await worker.Opens(id)).Planned.Single(a => a.Kind == ActKind.Administration).Persons);
            foreach (var act in (await worker.Opens(id)).Planned.Where(a => a.Id != first)) await worker.Send(new Complete.Command(act.Id));
        }

        Write.Command Next(ActKind kind, string text, params Guid[] persons) => new() { Dossier = id, Persons = [.. persons], Layer = Layer.Assistance, Text = text, Next = kind, Due = due };
    }

    private static Dictionary<string, string> Typed(string municipality) => new() { ["Form.Municipality"] = municipality };
}
