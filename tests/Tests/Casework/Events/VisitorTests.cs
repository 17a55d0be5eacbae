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
using Person = VictimSupport.Tests.Kit.Person;
using Place = VictimSupport.Tests.Identity.Place;

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
        Assert.Equal(HttpStatusCode.Redirect, (await cora.Submit($"/events/{ev}/zones", [KeyValuePair.Create("Form.Code", two.There.Code)], "form:has([name='Form.Code'])")).StatusCode);
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

    [Theory, EveryEngine]
    public async Task A_zone_outside_the_pools_helps_by_its_own_sign_in_at_that_event_alone_until_it_ends(string engine)
    {
        await using var place = await Place.Open(engine);
        var (platform, from) = (place.Zone.Platform, place.Zone);
        var (here, notAsking) = (await platform.Zone(), await platform.Zone());
        var (cora, chief, dirk) = (await here.Hires("cora", Role.Coordinator), from.As(Role.Coordinator), await notAsking.Hires("dirk", Role.Coordinator));
        var (ev, later, other) = (await cora.Send(Happenings.Opening(here)), await cora.Send(Happenings.Opening(here) with { Until = platform.Clock.GetUtcNow().AddHours(1) }), await dirk.Send(Happenings.Opening(notAsking)));
        var dossier = await cora.Registers(Cases.Intake(here));
        using var guest = await SignedIn.In(from, "helps@zone.example", Role.Caseworker);
        using var local = await SignedIn.In(from, "works@zone.example", Role.Caseworker);
        await place.Link(guest.Own);
        using var browser = place.Browser();
        await place.Return(browser, await place.Go(browser));
        using var there = new Visit(browser.Client, here.Code);
        Assert.Equal(HttpStatusCode.NotFound, await Enters(here, ev)); // nobody asked

        // Asked and accepted, it still opens to nobody: whoever goes says so.
        var ask = await Accepted(cora, chief, ev, from.Code);
        Assert.Equal(HttpStatusCode.NotFound, await Enters(here, ev));
        await chief.Send(new Visiting.Name(ask, [guest.Account]));
        platform.Services.GetRequiredService<IVisits>().Kept(guest.Account);
        Assert.Equal(HttpStatusCode.Redirect, await Enters(here, ev));
        Assert.Equal(HttpStatusCode.Redirect, (await there.Submit($"/events/{ev}", [KeyValuePair.Create("Form.GivenName", "Ada"), KeyValuePair.Create("Form.FamilyName", "Exemple")], "form:has([name='Form.GivenName'])")).StatusCode);
        Assert.Equal(guest.Account, Assert.Single(await Happenings.Lines(here, ev)).By);
        foreach (var path in new[] { $"/events/{later}", $"/events/{ev}/zones", $"/events/{ev}/export", $"/dossiers/{dossier}", "/worklist", "/search", "/intake", "/call-outs/enter", "/events-elsewhere" })
            Assert.True((await there.Get(path)).StatusCode == HttpStatusCode.NotFound, path);
        // Of the same zone, but not sent; in a zone that asked nobody; and of a zone that was not asked.
        await local.Enter(here);
        Assert.Equal(HttpStatusCode.NotFound, (await local.Visit.Client.GetAsync($"/{here.Code}/events/{ev}", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, await Enters(notAsking, other));
        using var stranger = await SignedIn.In(notAsking, "strange@other.example", Role.Caseworker);
        await stranger.Enter(here);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.Visit.Client.GetAsync($"/{here.Code}/events/{ev}", TestContext.Current.CancellationToken)).StatusCode);

        // A role of their own there is worth another sign-in: it is not reached under the cover of the visit.
        await guest.Holds(here, Role.Caseworker);
        Assert.Equal("/account/federation/stricter", await Led(here, ev));
        await Tests.Identity.House.Write(platform, house =>
        {
            foreach (var grant in house.Set<VictimSupport.Zones.Staff.RoleGrant>().Where(g => g.Account == guest.Account && g.Zone == here.Id)) grant.End(cora.Id, platform.Clock.GetUtcNow());
            return Task.FromResult(true);
        });
        platform.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal($"/{here.Code}/events/{ev}", await Led(here, ev));
        // Nor is the word of a zone good for what another zone sent them for.
        await guest.Holds(notAsking, Role.Caseworker);
        await notAsking.As(Role.Coordinator).Send(new Visiting.Name(await Accepted(cora, notAsking.As(Role.Coordinator), later, notAsking.Code), [guest.Account]));
        platform.Services.GetRequiredService<IVisits>().Kept(guest.Account);
        Assert.Equal("/account/federation/stricter", await Led(here, ev));
        platform.Clock.Advance(TimeSpan.FromMinutes(61)); // that event is over, and this one goes on
        using var again = place.Browser();
        await place.Return(again, await place.Go(again));
        Assert.Equal($"/{here.Code}/events/{ev}", (await again.Client.GetAsync($"/account/enter?to=/{here.Code}/events/{ev}", TestContext.Current.CancellationToken)).Headers.Location!.ToString());
        using var inside = new Visit(again.Client, here.Code);
        Assert.Equal(HttpStatusCode.OK, (await inside.Get($"/events/{ev}")).StatusCode);

        // Its end shuts page and door.
        using var leads = cora.Visit();
        await leads.Submit($"/events/edit/{ev}", [], "form[action*='handler=Close']");
        Assert.Equal(HttpStatusCode.NotFound, (await inside.Get($"/events/{ev}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await again.Client.GetAsync($"/account/enter?to=/{here.Code}/events/{ev}", TestContext.Current.CancellationToken)).StatusCode);

        Task<HttpResponseMessage> Door(TestZone zone, Guid to) => browser.Client.GetAsync($"/account/enter?to=/{zone.Code}/events/{to}", TestContext.Current.CancellationToken);
        async Task<HttpStatusCode> Enters(TestZone zone, Guid to) => (await Door(zone, to)).StatusCode;
        async Task<string> Led(TestZone zone, Guid to) => (await Door(zone, to)).Headers.Location!.ToString().Split('?')[0];
    }

    [Fact]
    public async Task Zones_are_chosen_by_name_those_of_the_pool_first()
    {
        await using var platform = Platform.Start("sqlite");
        var stranger = await platform.Zone(); // made before the others, so that its code is the lowest
        var two = await platform.Pooled();
        var ev = await two.Cora.Send(Happenings.Opening(two.Here));
        using var cora = two.Cora.Visit();
        Assert.Equal(["", two.There.Code, stranger.Code], await Offered());
        await cora.Submit($"/events/{ev}/zones", [KeyValuePair.Create("Form.Code", stranger.Code)], "form:has([name='Form.Code'])");
        Assert.Equal(["", two.There.Code], await Offered());
        await stranger.As(Role.Coordinator).Send(new Visiting.Reply(Assert.Single(await stranger.As(Role.Coordinator).Send(new Visiting.Elsewhere())).Ask.Id, Accepts: false));
        Assert.Equal(["", two.There.Code, stranger.Code], await Offered()); // declined, it can be asked again

        async Task<string[]> Offered() => [.. (await cora.Page($"/events/{ev}/zones")).QuerySelectorAll("select[name='Form.Code'] option").Select(o => o.GetAttribute("value")!)];
    }

    [Fact]
    public async Task A_forged_joining_and_a_zone_that_is_none_are_not_there()
    {
        var platform = await platforms.On("sqlite");
        var (two, stranger) = (await platform.Pooled(), await platform.Zone());
        var ev = await two.Cora.Send(Happenings.Opening(two.Here));
        using var cora = two.Cora.Visit();
        foreach (var code in new[] { "0999", two.Here.Code, "", "no code" })
        {
            var refused = await cora.Submit($"/events/{ev}/zones", [KeyValuePair.Create("Form.Code", code)], "form:has([name='Form.Code'])");
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.NotNull((await Visit.Read(refused)).QuerySelector("select[name='Form.Code'].govuk-select--error"));
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
        // Asked once more, and opened again after its end, the zone sends whom it wants, but not them. Of what it knows it hears once.
        var told = await Told();
        await two.Cora.Send(new Visiting.Ask((await two.Cora.Send(new Edit.Query(ev))).Head.Event, two.There.Code));
        Assert.Equal(told, await Told());
        await cora.Submit($"/events/edit/{ev}", [], "form[action*='handler=Close']");
        Assert.Empty(await Visits(platform, two, two.Bert.Id));
        await cora.Submit($"/events/edit/{ev}", [], "form:has([name='Form.Called'])");
        await Assert.ThrowsAsync<RefusedException>(() => chief.Send(new Visiting.Name(ask, [bert.Account])));
        await two.Bert.Send(new Visiting.Join(ask));
        Assert.Equal(ev, Assert.Single(await Visits(platform, two, two.Bert.Id)).About);
        Assert.Empty(await Visits(platform, two, bert.Account));
        await chief.Send(new Visiting.Name(second, [bert.Account])); // another event is another matter
        Assert.Equal(other, Assert.Single(await Visits(platform, two, bert.Account)).About);

        async Task<int> Told()
        {
            await using var house = platform.Services.GetRequiredService<CatalogDatabase>().Lease();
            return await house.Set<VictimSupport.Foundation.Jobs.OutboxMessage>().CountAsync(m => m.Kind == EventAskedMail.KindName);
        }
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

    private static Task<Guid> Accepted(Pooling.Two two, Guid ev) => Accepted(two.Cora, two.There.As(Role.Coordinator), ev, two.There.Code);

    private static async Task<Guid> Accepted(Person asks, Person accepts, Guid ev, string code)
    {
        await asks.Send(new Visiting.Ask((await asks.Send(new Edit.Query(ev))).Head.Event, code));
        var ask = (await accepts.Send(new Visiting.Elsewhere())).Single(a => a.Ask.Event == ev).Ask.Id;
        await accepts.Send(new Visiting.Reply(ask, Accepts: true));
        return ask;
    }
}
