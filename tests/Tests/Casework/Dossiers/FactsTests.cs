using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Intakes;
using VictimSupport.Casework.Lists;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Tray;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Casework;

/// <summary>How it came in and when help was asked for: the wait for a first contact runs from the request, not from the typing.</summary>
public sealed class FactsTests(Platforms platforms)
{
    private static readonly TimeSpan Within = TimeSpan.FromHours(48);

    [Theory, EveryEngine]
    public async Task The_wait_for_a_first_contact_runs_from_the_request_that_was_typed_in_later(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var now = zone.Platform.Clock.GetUtcNow();
        await worker.Registers(Cases.Intake(zone));
        Assert.Equal(0, (await worker.Send(new Bell.Query())).FirstContact);
        var late = await worker.Registers(Cases.Intake(zone, "Muster", "Bram") with { RequestedAt = now.AddHours(-50) });
        var view = await worker.Opens(late);
        Assert.Equal(now.AddHours(-50), view.Dossier.RequestedAt, TimeSpan.FromSeconds(1));
        Assert.Equal(now.AddHours(-2), Assert.Single(view.Planned).DueAt, TimeSpan.FromMinutes(1));
        Assert.Equal(view.Planned[0].DueAt, view.Dossier.NextDue);
        Assert.Equal(1, (await worker.Send(new Bell.Query())).FirstContact);
        // Another person of the same facts asked at the same time; where nothing was said, nothing is carried on.
        Assert.Equal(view.Dossier.RequestedAt, (await worker.Send(new SameFacts.Query(late))).RequestedAt);
        Assert.Null((await worker.Send(new SameFacts.Query(await worker.Registers(Cases.Intake(zone, "Sample", "Tess"))))).RequestedAt);
        var refused = await Assert.ThrowsAsync<ValidationException>(() => worker.Send(Cases.Intake(zone) with { RequestedAt = now.AddHours(1) }));
        Assert.Equal("RequestedAt", Assert.Single(refused.Errors).PropertyName);
    }

    [Theory, EveryEngine]
    public async Task What_came_by_the_tray_or_a_list_was_asked_for_when_it_came(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var anna = zone.As(Role.Caseworker);
        var came = platform.Clock.GetUtcNow();
        var entry = await zone.As(Role.FrontDesk).Send(TrayTests.Message());
        using var visit = anna.Visit();
        var pasted = await visit.Submit("/intake/list", [KeyValuePair.Create("Form.Text", "BR.30.L1.000001/2026;Burglary;24/11/2026;Exemple, Ada;Rue Haute 1, 9901 Val-Clair;fr")]);
        var list = Guid.Parse(pasted.Headers.Location!.ToString().Split('/')[^1]);
        platform.Clock.Advance(TimeSpan.FromHours(20));
        // The form says so before it is saved, and a field that was emptied leaves it as it is.
        Assert.Equal(Moment.Local(came).ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture), (await visit.Page($"/intake?tray={entry}")).QuerySelector("details[open] [name='Form.RequestedAt.Time']")!.GetAttribute("value"));
        var form = await anna.Send(new Prefill.Query(entry));
        var made = await anna.Registers(form with { SubKind = "Burglary", Tray = entry, RequestedAt = null });
        Assert.Equal(came, (await anna.Opens(made)).Dossier.RequestedAt, TimeSpan.FromSeconds(1));
        var row = Assert.Single(await anna.Send(new Ready.Query(list)));
        Assert.Equal(came, (await anna.Opens(await anna.Registers(row.Intake!))).Dossier.RequestedAt, TimeSpan.FromSeconds(1));
    }

    [Theory, EveryEngine]
    public async Task How_it_came_in_and_when_are_put_right_and_the_wait_begins_anew(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        var opened = (await worker.Opens(dossier)).Dossier.Opened;
        var facts = (await worker.Send(new Facts.Query(dossier))) with { Dossier = dossier };
        Assert.Equal((Trigger.Person, opened), (facts.Trigger!.Shipped, facts.RequestedAt));
        var asked = opened.AddHours(-30);
        await worker.Send(facts with { Trigger = Trigger.Patrol, RequestedAt = asked });
        var view = await worker.Opens(dossier);
        Assert.Equal((Trigger.Patrol, opened), (view.Dossier.Trigger, view.Dossier.Opened));
        Assert.Equal(asked, view.Dossier.RequestedAt, TimeSpan.FromMilliseconds(1));
        Assert.Equal(asked + Within, Assert.Single(view.Planned).DueAt, TimeSpan.FromMinutes(1));
        Assert.Equal(view.Planned[0].DueAt, view.Dossier.NextDue);
        // Saved again through the page, which knows minutes, it is the same instant.
        using var visit = worker.Visit();
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit($"/dossiers/{dossier}/facts", [KeyValuePair.Create("Form.Municipality", "Hohenau")])).StatusCode);
        Assert.Equal((view.Dossier.RequestedAt, "Hohenau"), ((await worker.Opens(dossier)).Dossier.RequestedAt, (await worker.Opens(dossier)).Dossier.Municipality));
        // What somebody put off stays where they put it.
        await worker.PutsOff(view.Planned[0]);
        var putOff = (await worker.Opens(dossier)).Planned[0].DueAt;
        await worker.Send((await worker.Send(new Facts.Query(dossier))) with { Dossier = dossier, RequestedAt = opened.AddHours(-10) });
        Assert.Equal(putOff, (await worker.Opens(dossier)).Planned[0].DueAt);
    }

    [Theory, EveryEngine]
    public async Task Put_right_what_a_partner_or_another_zone_was_to_hear_of_the_facts_is_asked_anew(string engine)
    {
        var platform = await platforms.On(engine);
        var (zone, there) = (await platform.Zone(), await platform.Zone());
        var anna = zone.As(Role.Coordinator);
        var (dossier, other) = (await anna.Registers(Cases.Intake(zone)), await anna.Registers(Cases.Intake(zone)));
        var partner = await anna.Send(Referring.Partner());
        var referral = (await anna.Send(new VictimSupport.Casework.Referrals.Offer.Command { Dossier = dossier, Persons = [await anna.LeadOf(dossier)], Need = VictimSupport.Network.Contracts.Need.Support, Partner = partner, Answer = ReferralState.Accepted, Once = Guid.NewGuid() }))!.Value;
        await anna.Send(await anna.Consent(dossier, referral, null, SharedField.Name, SharedField.Municipality));
        var handover = await anna.HandsOver(other, there);
        foreach (var id in new[] { dossier, other }) await Puts(id, facts => facts with { Trigger = Trigger.Patrol });
        Assert.NotNull(await Consent()); // that was told to nobody
        foreach (var id in new[] { dossier, other }) await Puts(id, facts => facts with { At = facts.At?.AddSeconds(-30) }); // a form knows minutes
        Assert.Equal(HandoverState.Delivered, await anna.StateOf(handover));
        foreach (var id in new[] { dossier, other }) await Puts(id, facts => facts with { Municipality = "Hohenau" });
        Assert.Null(await Consent());
        Assert.NotEqual(HandoverState.Delivered, await anna.StateOf(handover));

        async Task Puts(Guid id, Func<Facts.Command, Facts.Command> otherwise) => await anna.Send(otherwise(await anna.Send(new Facts.Query(id)) with { Dossier = id }));
        async Task<Guid?> Consent() => (await anna.Send(new VictimSupport.Casework.Referrals.Show.Query(dossier, referral))).Referral.ConsentId;
    }

    [Fact]
    public async Task A_request_is_not_later_than_the_dossier_and_how_it_came_in_is_said()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        var before = (await worker.Opens(dossier)).Dossier;
        var good = (await worker.Send(new Facts.Query(dossier))) with { Dossier = dossier };
        foreach (var (bad, field) in new[] { (good with { RequestedAt = before.Opened.AddMinutes(1) }, "RequestedAt"), (good with { RequestedAt = null }, "RequestedAt"), (good with { RequestedAt = before.Opened.AddYears(-30) }, "RequestedAt"), (good with { Trigger = null }, "Trigger"), (good with { Trigger = (Trigger)99 }, "Trigger") })
            Assert.Equal(field, Assert.Single((await Assert.ThrowsAsync<ValidationException>(() => worker.Send(bad))).Errors).PropertyName);
        var after = (await worker.Opens(dossier)).Dossier;
        Assert.Equal((before.Version, before.Trigger, before.RequestedAt), (after.Version, after.Trigger, after.RequestedAt));
    }

    [Fact]
    public async Task All_that_a_colleague_saved_meanwhile_stands_beside_what_was_typed()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        using var visit = worker.Visit();
        var path = $"/dossiers/{dossier}/facts";
        var stale = (IHtmlFormElement)(await visit.Page(path)).QuerySelector("main form[method=post]")!;
        var asked = (await worker.Opens(dossier)).Dossier.Opened.AddDays(-3);
        await worker.Send((await worker.Send(new Facts.Query(dossier))) with { Dossier = dossier, Additional = ["Stalking"], Trigger = Trigger.Patrol, RequestedAt = asked });
        var shown = (await Visit.Read(await visit.Send(path, stale, []))).QuerySelector("main dl.govuk-summary-list")!;
        foreach (var saved in new[] { VictimSupport.Casework.Words.Of("SubKind_Stalking"), VictimSupport.Casework.Words.Of(Trigger.Patrol) }) Assert.Contains(saved, shown.TextContent, StringComparison.Ordinal);
        Assert.NotNull(shown.QuerySelector($"time[datetime='{Moment.Machine((await worker.Opens(dossier)).Dossier.RequestedAt)}']"));
    }

    [Theory, EveryEngine]
    public async Task That_it_was_violence_at_home_brings_the_zones_job_at_once_and_names_nobody(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var worker = zone.As(Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        await zone.RunJobs();
        var next = platform.Services.GetRequiredService<NextDue>();
        Assert.True(await next.Of(zone.Id, default) > platform.Clock.GetUtcNow());
        await worker.Send((await worker.Send(new Facts.Query(dossier))) with { Dossier = dossier, SubKind = "PartnerViolence" });
        Assert.True(await next.Of(zone.Id, default) <= platform.Clock.GetUtcNow());
        var woken = await zone.Look(z => z.Set<OutboxMessage>().AsNoTracking().SingleAsync(m => m.Kind == ViolenceNoted.KindName));
        Assert.Null(woken.About);
        Assert.DoesNotContain(dossier.ToString(), woken.Key, StringComparison.OrdinalIgnoreCase);
        await zone.RunJobs();
        Assert.True(await next.Of(zone.Id, default) > platform.Clock.GetUtcNow());
    }
}
