using System.Net;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Events;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Tests.Kit;
using VictimSupport.Tests.OnCall;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Tests.Casework;

/// <summary>Other zones help in an event: asked, accepted, joined. Their colleagues see that event until its end, and nothing else of the zone.</summary>
public sealed class VisitorTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task A_colleague_of_a_zone_that_was_asked_joins_writes_and_sees_that_event_alone(string engine)
    {
        var platform = await platforms.On(engine);
        var two = await platform.Pooled();
        var (ev, other) = (await two.Cora.Send(Happenings.Opening(two.Here)), await two.Cora.Send(Happenings.Opening(two.Here) with { Called = "Another" }));
        var dossier = await two.Cora.Registers(Cases.Intake(two.Here));
        using var bert = await SignedIn.In(two.There, $"guest@{two.There.Code}.example", Role.Caseworker);
        await bert.Enter(two.Here);
        Assert.Equal(HttpStatusCode.NotFound, (await bert.Visit.Client.GetAsync($"/{two.Here.Code}/events/{ev}", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Contains("No zone asks for help", (await bert.Visit.Page("/events-elsewhere")).Body!.TextContent, StringComparison.Ordinal);

        // Asked by the one zone, accepted by the other.
        using var cora = two.Cora.Visit();
        Assert.Equal(HttpStatusCode.Redirect, (await cora.Submit($"/events/{ev}/zones", [KeyValuePair.Create("Form.Codes", two.There.Code)], "form:has([name='Form.Codes'])")).StatusCode);
        var asked = Assert.Single(await two.There.As(Role.Coordinator).Send(new Visiting.Elsewhere()));
        Assert.Equal((EventAnswer.Asked, two.Here.Code, false), (asked.Ask.Answer, asked.Code, asked.Joined));
        await Assert.ThrowsAsync<RefusedException>(() => two.Bert.Send(new Visiting.Join(asked.Ask.Id))); // not accepted yet
        await two.There.As(Role.ZoneAdministrator).Send(new Visiting.Reply(asked.Ask.Id, Accepts: true));

        // Each joins for themselves, from a page of their own zone.
        var joined = await bert.Visit.Submit("/events-elsewhere", [], "form[action*='handler=Join']");
        Assert.Equal($"/{two.Here.Code}/events/{ev}", joined.Headers.Location!.ToString());
        await bert.Enter(two.Here);
        using var there = new Visit(bert.Visit.Client, two.Here.Code);
        Assert.Equal(HttpStatusCode.Redirect, (await there.Submit($"/events/{ev}", [KeyValuePair.Create("Form.GivenName", "Ada"), KeyValuePair.Create("Form.FamilyName", "Exemple")], "form:has([name='Form.GivenName'])")).StatusCode);
        var line = Assert.Single(await Happenings.Lines(two.Here, ev));
        Assert.Equal(bert.Account, line.By); // in the zone that owns it, in the name of who wrote it
        Assert.Equal(0, await two.There.Look(z => z.Set<EventLine>().CountAsync()));
        var list = await there.Page("/events");
        Assert.Single(list.QuerySelectorAll("tbody tr"));
        Assert.DoesNotContain("Another", list.Body!.TextContent, StringComparison.Ordinal);
        foreach (var path in new[] { $"/events/{other}", $"/events/{other}/pulse", $"/events/{ev}/export", $"/events/{ev}/allot", $"/events/{ev}/import", $"/events/{ev}/zones", $"/events/edit/{ev}", $"/dossiers/{dossier}", "/worklist", "/search", "/tray", "/intake", "/events-elsewhere", "/agenda" })
            Assert.True((await there.Get(path)).StatusCode == HttpStatusCode.NotFound, path);
        foreach (var path in new[] { $"/events/{ev}", $"/events/{ev}/alike", $"/events/{ev}/figures", $"/events/{ev}/lines/{line.Id}" }) Assert.True((await there.Get(path)).StatusCode == HttpStatusCode.OK, path);
        Assert.Contains(await two.Here.Look(z => z.Set<AuditRow>().ToListAsync()), r => r.Act == "Casework.Events.Add" && r.Actor == bert.Account && r.Subject == ev);
        Assert.Contains(bert.Account, (await two.Cora.Send(new Visiting.Query(ev))).Visits.Select(v => v.Visit.Account));

        // Ended for one, they are a stranger again.
        await cora.Submit($"/events/{ev}/zones", [KeyValuePair.Create("account", bert.Account.ToString())], "form[action*='handler=End']");
        Assert.Equal(HttpStatusCode.NotFound, (await there.Get($"/events/{ev}")).StatusCode);
    }

    [Fact]
    public async Task With_the_end_of_the_event_every_visit_to_it_ends()
    {
        await using var platform = Platform.Start("sqlite");
        var two = await platform.Pooled();
        var ev = await two.Cora.Send(Happenings.Opening(two.Here));
        var ask = await Accepted(two, ev);
        using var bert = await SignedIn.In(two.There, $"guest@{two.There.Code}.example", Role.Caseworker);
        await two.There.As(Role.Coordinator).Send(new Visiting.Name(ask, [bert.Account]));
        platform.Services.GetRequiredService<IVisits>().Kept(bert.Account);
        await bert.Enter(two.Here);
        using var there = new Visit(bert.Visit.Client, two.Here.Code);
        Assert.Equal(HttpStatusCode.OK, (await there.Get($"/events/{ev}")).StatusCode);
        using var cora = two.Cora.Visit();
        await cora.Submit($"/events/edit/{ev}", [], "form[action*='handler=Close']");
        Assert.Equal(HttpStatusCode.NotFound, (await there.Get($"/events/{ev}")).StatusCode);
        Assert.Empty(await two.There.As(Role.Coordinator).Send(new Visiting.Elsewhere()));
        await Assert.ThrowsAsync<RefusedException>(() => two.Bert.Send(new Visiting.Join(ask)));
    }

    [Fact]
    public async Task The_end_of_an_event_that_is_put_off_keeps_those_who_came()
    {
        await using var platform = Platform.Start("sqlite");
        var two = await platform.Pooled();
        var ev = await two.Cora.Send(Happenings.Opening(two.Here) with { Until = platform.Clock.GetUtcNow().AddHours(4) });
        var ask = await Accepted(two, ev);
        await two.Bert.Send(new Visiting.Join(ask));
        using var cora = two.Cora.Visit();
        Assert.Equal(HttpStatusCode.Redirect, (await cora.Submit($"/events/edit/{ev}", [KeyValuePair.Create("Form.Until.Date", "2026-12-10"), KeyValuePair.Create("Form.Until.Time", "12:00")], "form:has([name='Form.Called'])")).StatusCode);
        platform.Clock.Advance(TimeSpan.FromHours(5));
        var visit = Assert.Single(await platform.Services.GetRequiredService<IVisits>().Of(two.Bert.Id, two.Here.Id, TestContext.Current.CancellationToken));
        Assert.Equal((VisitKind.Event, ev), (visit.Kind, visit.About));
    }

    [Fact]
    public async Task A_forged_joining_and_a_zone_outside_the_pools_are_not_there()
    {
        var platform = await platforms.On("sqlite");
        var (two, stranger) = (await platform.Pooled(), await platform.Zone());
        var ev = await two.Cora.Send(Happenings.Opening(two.Here));
        using var cora = two.Cora.Visit();
        foreach (var code in new[] { stranger.Code, "0999", two.Here.Code, "", "no code" })
        {
            var refused = await cora.Submit($"/events/{ev}/zones", [KeyValuePair.Create("Form.Codes", code)], "form:has([name='Form.Codes'])");
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Equal(code, (await Visit.Read(refused)).QuerySelector("[name='Form.Codes']")!.GetAttribute("value"));
        }
        var ask = await Accepted(two, ev);
        // The ask is the other zone's: nobody else joins by it, names by it or answers it.
        await Assert.ThrowsAsync<RefusedException>(() => stranger.As(Role.Caseworker).Send(new Visiting.Join(ask)));
        await Assert.ThrowsAsync<RefusedException>(() => stranger.As(Role.Coordinator).Send(new Visiting.Reply(ask, true)));
        await Assert.ThrowsAsync<RefusedException>(() => two.Cora.Send(new Visiting.Join(ask)));
        var outsider = await stranger.Hires("outsider", Role.Caseworker);
        await Assert.ThrowsAsync<RefusedException>(() => two.There.As(Role.Coordinator).Send(new Visiting.Name(ask, [outsider.Id])));
        await Assert.ThrowsAsync<RefusedException>(() => two.There.As(Role.FrontDesk).Send(new Visiting.Join(ask)));
        await Assert.ThrowsAsync<RefusedException>(() => two.There.As(Role.Caseworker).Send(new Visiting.Reply(ask, false)));
        // Of an event of another zone nothing is asked, put off or ended from here.
        await two.Bert.Send(new Visiting.Join(ask));
        await two.There.As(Role.Coordinator).Send(new Visiting.End(ev));
        await two.There.As(Role.Coordinator).Send(new Visiting.PutOff(ev, platform.Clock.GetUtcNow().AddDays(60)));
        Assert.Single(await platform.Services.GetRequiredService<IVisits>().Of(two.Bert.Id, two.Here.Id, TestContext.Current.CancellationToken));
        Assert.Equal((await two.Cora.Send(new Edit.Query(ev))).Head.Event.Until, (await two.Cora.Send(new Visiting.Query(ev))).Asks[0].Ask.Until);
        using var theirs = two.There.Visit(Role.Coordinator);
        Assert.Equal(HttpStatusCode.NotFound, (await theirs.Get($"/events/{ev}/zones")).StatusCode);
        // The catalogue says what happened and where, and nobody's name: not even the event's.
        await using var house = platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        var row = await house.Set<EventAsk>().AsNoTracking().SingleAsync(a => a.Event == ev, TestContext.Current.CancellationToken);
        Assert.Equal(("RoadAccident", "Val-Clair"), (row.SubKind, row.Municipality));
    }

    [Theory, EveryEngine]
    public async Task Whoever_was_sent_away_comes_back_neither_by_themselves_nor_named(string engine)
    {
        await using var platform = Platform.Start(engine);
        var two = await platform.Pooled();
        var (ev, other) = (await two.Cora.Send(Happenings.Opening(two.Here)), await two.Cora.Send(Happenings.Opening(two.Here) with { Called = "Another" }));
        var (ask, second, chief) = (await Accepted(two, ev), await Accepted(two, other), two.There.As(Role.Coordinator));
        using var bert = await SignedIn.In(two.There, $"guest@{two.There.Code}.example", Role.Caseworker);
        await bert.Visit.Submit("/events-elsewhere", [KeyValuePair.Create("ask", ask.ToString())], "form[action*='handler=Join']");
        await two.Bert.Send(new Visiting.Join(ask));
        using var cora = two.Cora.Visit();
        await cora.Submit($"/events/{ev}/zones", [KeyValuePair.Create("account", bert.Account.ToString())], "form[action*='handler=End']");
        Assert.Equal([second.ToString()], (await bert.Visit.Page("/events-elsewhere")).QuerySelectorAll("form[action*='handler=Join'] [name='ask']").Select(i => i.GetAttribute("value")));
        Assert.Equal(HttpStatusCode.NotFound, (await bert.Visit.Submit("/events-elsewhere", [KeyValuePair.Create("ask", ask.ToString())], "form[action*='handler=Join']")).StatusCode);
        await Assert.ThrowsAsync<RefusedException>(() => chief.Send(new Visiting.Name(ask, [bert.Account])));
        // Asked once more, and opened again after its end, the zone sends whom it wants, but not them.
        await two.Cora.Send(new Visiting.Ask((await two.Cora.Send(new Edit.Query(ev))).Head.Event, [two.There.Code]));
        await cora.Submit($"/events/edit/{ev}", [], "form[action*='handler=Close']");
        Assert.Empty(await Visits(platform, two, two.Bert.Id));
        await cora.Submit($"/events/edit/{ev}", [], "form:has([name='Form.Called'])");
        await Assert.ThrowsAsync<RefusedException>(() => chief.Send(new Visiting.Name(ask, [bert.Account])));
        await two.Bert.Send(new Visiting.Join(ask));
        Assert.Equal(ev, Assert.Single(await Visits(platform, two, two.Bert.Id)).About);
        Assert.Empty(await Visits(platform, two, bert.Account));
        await chief.Send(new Visiting.Name(second, [bert.Account])); // another event is another matter
        Assert.Equal(other, Assert.Single(await Visits(platform, two, bert.Account)).About);
        // The zone that sent them away lets them come back, and no other does; by that alone they have not come.
        Assert.False(await chief.Send(new Visiting.LetBack(ev, bert.Account)));
        await Assert.ThrowsAsync<RefusedException>(() => chief.Send(new Visiting.Name(ask, [bert.Account])));
        var button = (await cora.Page($"/events/{ev}/zones")).QuerySelector("button[formaction*='handler=LetBack']")!;
        Assert.Equal(bert.Account.ToString(), button.GetAttribute("value"));
        Assert.Equal(HttpStatusCode.Redirect, (await cora.Press($"/events/{ev}/zones", "button[formaction*='handler=LetBack']")).StatusCode);
        Assert.Equal(other, Assert.Single(await Visits(platform, two, bert.Account)).About);
        await chief.Send(new Visiting.Name(ask, [bert.Account]));
        Assert.Equal(2, (await Visits(platform, two, bert.Account)).Count);
    }

    [Theory, EveryEngine]
    public async Task A_zone_that_declines_after_all_calls_its_own_home_and_nobody_elses(string engine)
    {
        await using var platform = Platform.Start(engine);
        var two = await platform.Pooled();
        var (ev, other) = (await two.Cora.Send(Happenings.Opening(two.Here)), await two.Cora.Send(Happenings.Opening(two.Here) with { Called = "Another" }));
        var (ask, second) = (await Accepted(two, ev), await Accepted(two, other));
        using var bert = await SignedIn.In(two.There, $"guest@{two.There.Code}.example", Role.Caseworker);
        using var chief = await SignedIn.In(two.There, $"chief@{two.There.Code}.example", Role.Coordinator);
        foreach (var to in new[] { ask, second }) await two.There.As(Role.Coordinator).Send(new Visiting.Name(to, [bert.Account]));
        platform.Services.GetRequiredService<IVisits>().Kept(bert.Account);
        await bert.Enter(two.Here);
        using var there = new Visit(bert.Visit.Client, two.Here.Code);
        Assert.Equal(HttpStatusCode.OK, (await there.Get($"/events/{ev}")).StatusCode);
        await chief.Visit.Submit("/events-elsewhere", [KeyValuePair.Create("ask", ask.ToString()), KeyValuePair.Create("accepts", "false")], "form[action*='handler=Reply']");
        Assert.Equal(HttpStatusCode.NotFound, (await there.Get($"/events/{ev}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await there.Get($"/events/{other}")).StatusCode);
        await Assert.ThrowsAsync<RefusedException>(() => two.There.As(Role.Coordinator).Send(new Visiting.Name(ask, [bert.Account])));
        // Called home, not sent away: once the zone accepts again, they come again.
        await two.There.As(Role.Coordinator).Send(new Visiting.Reply(ask, Accepts: true));
        await two.There.As(Role.Coordinator).Send(new Visiting.Name(ask, [bert.Account]));
        Assert.Equal(2, (await Visits(platform, two, bert.Account)).Count);
    }

    // As they stand now, whatever was remembered.
    private static async Task<IReadOnlyList<VisitSpan>> Visits(Platform platform, Pooling.Two two, Guid account)
    {
        platform.Services.GetRequiredService<IVisits>().Kept(account);
        return await platform.Services.GetRequiredService<IVisits>().Of(account, two.Here.Id, TestContext.Current.CancellationToken);
    }

    private static async Task<Guid> Accepted(Pooling.Two two, Guid ev)
    {
        await two.Cora.Send(new Visiting.Ask((await two.Cora.Send(new Edit.Query(ev))).Head.Event, [two.There.Code]));
        var ask = (await two.There.As(Role.Coordinator).Send(new Visiting.Elsewhere())).Single(a => a.Ask.Event == ev).Ask.Id;
        await two.There.As(Role.Coordinator).Send(new Visiting.Reply(ask, Accepts: true));
        return ask;
    }
}
