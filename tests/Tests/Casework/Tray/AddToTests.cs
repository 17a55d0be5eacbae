using System.Net;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Tray;
using VictimSupport.Foundation.Access;
using VictimSupport.PublicDesk.Contracts;
using VictimSupport.PublicDesk.Requests;
using VictimSupport.Tests.Kit;
using VictimSupport.Tests.PublicDesk;

namespace VictimSupport.Tests.Casework;

/// <summary>A message about somebody who is helped already goes into their dossier, and makes no second one.</summary>
public sealed class AddToTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task It_becomes_a_note_and_a_call_to_make_and_is_closed(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (desk, anna) = (zone.As(Role.FrontDesk), await zone.Hires("anna", Role.Caseworker));
        var dossier = await anna.Registers(Cases.Intake(zone, "Exemple", "Ada", "0470 12 34 56"));
        await anna.Send(await anna.Contact(zone, dossier));
        var entry = await desk.Send(TrayTests.Message() with { MayCall = Rule.Safe, Condition = null });
        Assert.Equal([dossier], (await anna.Send(new AddTo.Query(entry))).Dossiers.Select(d => d.Dossier));
        using var visit = anna.Visit();
        var page = await visit.Page($"/tray/{entry}");
        Assert.Contains("Already helped", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        var sent = await visit.Submit($"/tray/{entry}", [], "form[action*='AddTo']");
        Assert.Equal((HttpStatusCode.Redirect, $"/{zone.Code}/dossiers/{dossier}"), (sent.StatusCode, sent.Headers.Location!.ToString()));
        var view = await anna.Opens(dossier);
        var note = Assert.Single(await zone.Look(z => z.Set<Note>().Where(n => n.DossierId == dossier).ToListAsync()));
        var act = Assert.Single(view.Planned);
        // Nobody calls the number that stands there: another was left, and which one is safe is asked.
        Assert.Equal((ActKind.Other, view.Dossier.NextDue), (act.Kind, act.DueAt));
        Assert.Contains("Un autre numéro", act.Text!.Value, StringComparison.Ordinal);
        var text = Assert.Single(view.Timeline, h => h.Text?.Contains("Asks for a talk", StringComparison.Ordinal) == true).Text!;
        Assert.Contains("0470 11 22 33", text, StringComparison.Ordinal); // another number than theirs
        Assert.Contains("BR.30.L1.012345/2026", view.OfficialReports);
        Assert.Equal((note.DossierId, 1), (dossier, await zone.Look(z => z.Set<Dossier>().CountAsync())));
        var closed = await zone.Look(z => z.Set<TrayEntry>().AsNoTracking().SingleAsync());
        Assert.Equal((TrayState.Taken, (Guid?)dossier), (closed.State, closed.Dossier));
        // Pressed twice, there is one of each.
        Assert.False(await anna.Send(new AddTo.Command(entry, dossier, await anna.LeadOf(dossier))));
        Assert.Equal(1, await zone.Look(z => z.Set<FollowUp>().CountAsync(f => f.Done == null)));
    }

    [Theory, EveryEngine]
    public async Task What_was_said_of_the_telephone_stands_in_the_rules_before_the_message_goes_in(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (desk, anna) = (zone.As(Role.FrontDesk), await zone.Hires("anna", Role.Caseworker));
        var dossier = await anna.Registers(Cases.Intake(zone, "Exemple", "Ada", "0470 12 34 56"));
        var lead = await anna.LeadOf(dossier);
        await anna.Agrees(dossier, lead, r => r with { Call = Rule.Safe });
        var entry = await desk.Send(TrayTests.Message() with { MayCall = Rule.Never, Condition = null });
        Assert.Contains("never", Assert.Single((await Assert.ThrowsAsync<ValidationException>(() => anna.Send(new AddTo.Command(entry, dossier, lead)))).Errors).ErrorMessage, StringComparison.Ordinal);
        using (var visit = anna.Visit())
        {
            var sent = await visit.Submit($"/tray/{entry}", [], "form[action*='AddTo']");
            Assert.Equal(HttpStatusCode.UnprocessableEntity, sent.StatusCode);
            Assert.Contains("Note that rule in the dossier first", await sent.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
        Assert.Equal(TrayState.Waiting, await zone.Look(z => z.Set<TrayEntry>().Select(e => e.State).SingleAsync()));
        await anna.Agrees(dossier, lead, r => r with { Call = Rule.Never, Letter = Rule.Never });
        Assert.True(await anna.Send(new AddTo.Command(entry, dossier, await anna.LeadOf(dossier))));
    }

    [Theory, EveryEngine]
    public async Task Only_into_a_dossier_of_theirs_that_goes_on_and_that_one_may_open(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (desk, anna, bert) = (zone.As(Role.FrontDesk), await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker));
        var chief = await zone.Hires("chief", Role.Coordinator);
        var (theirs, strangers, over) = (await anna.Registers(Cases.Intake(zone)), await anna.Registers(Cases.Intake(zone, "Anders", "Bo")), await anna.Registers(Cases.Intake(zone)));
        await anna.ClosesAtOnce(over);
        var entry = await desk.Send(TrayTests.Message() with { MayCall = Rule.NotAsked, Condition = null });
        Assert.Equal([theirs], (await anna.Send(new AddTo.Query(entry))).Dossiers.Select(d => d.Dossier));
        var person = await anna.LeadOf(theirs);
        await Refused(async () => await anna.Send(new AddTo.Command(entry, theirs, await anna.LeadOf(strangers))));
        foreach (var other in new[] { strangers, over, Guid.NewGuid() }) await Refused(() => anna.Send(new AddTo.Command(entry, other, person)));
        await zone.WallsOff(bert, theirs);
        Assert.Empty((await bert.Send(new AddTo.Query(entry))).Dossiers);
        await Refused(() => bert.Send(new AddTo.Command(entry, theirs, person)));
        await Refused(() => desk.Send(new AddTo.Command(entry, theirs, person)));
        Assert.Equal(TrayState.Waiting, await zone.Look(z => z.Set<TrayEntry>().Select(e => e.State).SingleAsync()));
        Assert.True(await chief.Send(new AddTo.Command(entry, theirs, person)));

        static Task Refused(Func<Task> act) => Assert.ThrowsAsync<RefusedException>(act);
    }

    [Theory, EveryEngine]
    public async Task Whoever_is_helped_already_and_asks_on_the_public_page_is_reached_as_they_asked_there(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (anna, clock) = (await zone.Hires("anna", Role.Caseworker), zone.Platform.Clock);
        var dossier = await anna.Registers(Cases.Intake(zone, "Exemple", "Ada", "0470 12 34 56"));
        var lead = await anna.LeadOf(dossier);
        await anna.Send(await anna.Contact(zone, dossier));
        await anna.Agrees(dossier, lead, r => r with { Call = Rule.Safe, Sms = Rule.Safe, Visit = Rule.Safe });
        var revision = (await anna.RulesOf(dossier, lead)).Revision;
        var request = await zone.As().AsksFor("Ada", Way.Sms, "0470 12 34 56", onlyIf: true, when: Haste.Soon);
        var promised = await zone.Look(z => z.Set<TrayEntry>().Where(e => e.Id == request).Select(e => e.RemindAt).SingleAsync());
        using var visit = anna.Visit();
        await visit.Submit($"/tray/{request}", [], "form[action*='AddTo']");

        // She wrote that no other way is used: so it stands, beside what was agreed, and is to be asked.
        var view = await anna.Opens(dossier);
        var safe = Assert.Single(view.People).Safe;
        Assert.Equal((Rule.Never, Rule.OnlyIf, Rule.Never, Rule.Never, Rule.Safe), (safe.Call, safe.Sms, safe.Mail, safe.Letter, safe.Visit));
        Assert.True(safe.MustBeAskedAgain(clock.GetUtcNow()));
        Assert.True(safe.Revision > revision);
        Assert.Contains("say it is the library", safe.Details.Value.WhatMayBeSaid, StringComparison.Ordinal);
        Assert.NotEmpty((await anna.Send(new VictimSupport.Casework.People.Safe.Query(dossier, lead))).History);
        var act = Assert.Single(view.Planned);
        Assert.Equal((ActKind.Other, promised), (act.Kind, act.DueAt));
        Assert.Contains("SMS", act.Text!.Value, StringComparison.Ordinal);
        var text = Assert.Single(view.Timeline, h => h.Text?.Contains("say it is the library", StringComparison.Ordinal) == true).Text!;
        Assert.DoesNotContain("0470", text, StringComparison.Ordinal); // hers is known, and stands behind the rule
        // Whoever sent it reads that they will be reached; taken back, the dossier says so.
        Assert.Equal(TrayState.Taken, await zone.Look(z => z.Set<TrayEntry>().Where(e => e.Id == request).Select(e => e.State).SingleAsync()));
        Assert.Equal(SlipState.WeReach, await zone.Look(z => z.Set<Slip>().Where(r => r.Id == request).Select(r => r.State).SingleAsync()));
        Assert.False(await anna.Send(new AddTo.Command(request, dossier, await anna.LeadOf(dossier))));
    }

    [Theory, EveryEngine]
    public async Task Whoever_comes_forward_themselves_is_waited_for_in_their_dossier_too(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        var dossier = await anna.Registers(Cases.Intake(zone, "Exemple", "Ada", "0470 12 34 56"));
        await anna.Send(await anna.Contact(zone, dossier));
        var request = await zone.As().AsksFor("Ada Exemple", Way.Self, null);
        Assert.True(await anna.Send(new AddTo.Command(request, dossier, await anna.LeadOf(dossier))));
        var view = await anna.Opens(dossier);
        Assert.Equal(zone.Platform.Clock.GetUtcNow() + TrayEntry.WaitedFor, Assert.Single(view.Planned).DueAt, TimeSpan.FromMinutes(1));
        Assert.Equal((Rule.Never, Rule.Never), (view.People[0].Safe.Call, view.People[0].Safe.Sms));
    }

    [Theory, EveryEngine]
    public async Task A_way_that_leads_somewhere_else_opens_nothing_that_stands_in_the_dossier(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        foreach (var (way, reach, name) in new[] { (Way.Call, "0470 99 99 01", "Ada"), (Way.Sms, "0470 99 99 02", "Bea"), (Way.Mail, "elsewhere@example.be", "Cleo"), (Way.Letter, "Chez ma sœur 1", "Dora") })
        {
            var (dossier, lead) = await anna.Knows(zone, "Rue 1", "Exemple", name, mail: "home@example.be", phone: "0470 12 34 56");
            await anna.Agrees(dossier, lead, r => r with { Call = Rule.Safe, Sms = Rule.Safe, Mail = Rule.Safe, Letter = Rule.Safe, CodeWord = "Magnolia" });
            var request = await zone.As().AsksFor($"{name} Exemple", way, reach, onlyIf: true); // with a code word of their own
            Assert.True(await anna.Send(new AddTo.Command(request, dossier, lead)));
            var view = await anna.Opens(dossier);
            var safe = Assert.Single(view.People).Safe;
            Assert.Equal((Rule.Never, Rule.Never, Rule.Never, Rule.Never), (safe.Call, safe.Sms, safe.Mail, safe.Letter));
            Assert.Equal("Magnolia", safe.Details.Value.CodeWord); // nobody knows yet who filled that form in
            Assert.DoesNotContain(view.Planned, a => a.Kind == ActKind.CallBack);
            Assert.Contains(view.Timeline, h => h.Text?.Contains(reach, StringComparison.Ordinal) == true);
        }
    }

    [Theory, EveryEngine]
    public async Task Of_two_who_share_a_telephone_it_is_said_whose_message_it_is(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        var dossier = await anna.Registers(Cases.Intake(zone, "Exemple", "Ada", "0470 12 34 56"));
        var mother = await anna.LeadOf(dossier);
        var emma = await anna.Send(new VictimSupport.Casework.People.Edit.Command { Dossier = dossier, GivenName = "Emma", FamilyName = "Exemple", Capacity = Capacity.Victim, Language = "fr", Phone = "0470 12 34 56" });
        await anna.Agrees(dossier, mother, r => r with { Call = Rule.Safe });
        var request = await zone.As().AsksFor("Emma", Way.Call, "0470 12 34 56");
        using (var visit = anna.Visit()) Assert.Equal(new[] { mother, emma }.Order(), (await visit.Page($"/tray/{request}")).QuerySelectorAll("form[action*='AddTo'] input[name=person]").Select(i => Guid.Parse(i.GetAttribute("value")!)).Order());
        Assert.True(await anna.Send(new AddTo.Command(request, dossier, emma)));
        var people = (await anna.Opens(dossier)).People.ToDictionary(p => p.Id, p => p.Safe);
        Assert.Equal((Rule.Safe, Rule.NotAsked), (people[mother].Call, people[mother].Sms));
        Assert.Equal(Rule.Never, people[emma].Sms);
        Assert.All(await zone.Look(z => z.Set<Note>().Where(n => n.DossierId == dossier).ToListAsync()), n => Assert.Equal([emma], n.Persons));
    }

    [Theory, EveryEngine]
    public async Task The_wall_round_the_message_stands_round_the_dossier_it_goes_into(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (anna, karel) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("karel", Role.Coordinator));
        await zone.As(Role.DataProtectionOfficer).Send(new VictimSupport.Casework.Walls.Build.Command { Colleague = karel.Id, Round = VictimSupport.Casework.Walls.Round.Person, GivenName = "Sofie", FamilyName = "Maesschalck" });
        var dossier = await anna.Registers(Cases.Intake(zone, "Peeters", "Sofie", "0499 12 34 56"));
        await karel.Opens(dossier);
        var entry = await zone.As(Role.FrontDesk).Send(TrayTests.Message("Maesschalck", "Sofie") with { Phone = "0499 12 34 56", MayCall = Rule.NotAsked, Condition = null });
        await Assert.ThrowsAsync<RefusedException>(() => karel.Send(new Open.Query(entry)));
        Assert.True(await anna.Send(new AddTo.Command(entry, dossier, await anna.LeadOf(dossier))));
        await Assert.ThrowsAsync<RefusedException>(() => karel.Opens(dossier));
        await anna.Opens(dossier);
    }
}
