using System.Net;
using AngleSharp.Dom;
using FluentValidation;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Worklist;
using VictimSupport.Foundation.Access;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Casework;

/// <summary>Tabs that somebody makes for themselves.</summary>
public sealed class FilterTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task A_tab_of_ones_own_lists_what_fits_in_the_worklists_order(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (chief, anna) = (await zone.Hires("chief", Role.Coordinator), await zone.Hires("anna", Role.Caseworker));
        var late = await anna.Registers(Cases.Intake(zone, subKind: "PartnerViolence"));
        platform.Clock.Advance(TimeSpan.FromDays(5));
        var young = await anna.Registers(Cases.Intake(zone, subKind: "PartnerViolence"));
        var free = await chief.Registers(Cases.Intake(zone));
        await anna.Endangers(young, Danger.AtHome);
        await Lists(new() { Kind = KindOfEvent.PartnerViolence }, late, young);
        await Lists(new() { Kind = KindOfEvent.PartnerViolence, Dangerous = true }, young);
        await Lists(new() { Due = DueBy.Late }, late);
        await Lists(new() { Due = DueBy.Today }, late);
        await Lists(new() { Due = DueBy.Week }, late, young, free);
        await Lists(new() { Worker = anna.Id }, late, young);
        await Lists(new() { Worker = Guid.Empty }, free);

        async Task Lists(Filter.Command filter, params Guid[] expected)
        {
            var tab = await chief.Send(filter);
            Assert.Equal(tab, await chief.Send(filter)); // the same again is the same tab
            var list = await chief.Send(new Mine.Query(Tab.Mine, 1, tab));
            Assert.Equal((expected.Length, string.Join(' ', expected)), (list.Total, string.Join(' ', list.Rows.Select(r => r.Dossier))));
        }
    }

    [Theory, EveryEngine]
    public async Task A_tab_is_its_makers_alone_and_shows_nothing_they_may_not_see(string engine)
    {
        var platform = await platforms.On(engine);
        var (zone, elsewhere) = (await platform.Zone(), await platform.Zone());
        var (chief, other, anna) = (await zone.Hires("c", Role.Coordinator), await zone.Hires("o", Role.Coordinator), await zone.Hires("a", Role.Caseworker));
        var (walled, seen) = (await anna.Registers(Cases.Intake(zone)), await anna.Registers(Cases.Intake(zone)));
        await zone.WallsOff(chief, walled);
        var tab = await chief.Send(new Filter.Command { Worker = anna.Id });
        var list = await chief.Send(new Mine.Query(Tab.Mine, 1, tab));
        Assert.Equal((1, seen), (list.Total, Assert.Single(list.Rows).Dossier));
        await Refused(other.Send(new Mine.Query(Tab.Mine, 1, tab)));
        Assert.False(await other.Send(new Filter.Remove(tab))); // another's stays
        await Refused(chief.In(elsewhere, Role.Coordinator).Send(new Mine.Query(Tab.Mine, 1, tab)));
        await Refused(chief.Send(new Filter.Command { Worker = Guid.NewGuid() }));
        Assert.Empty((await other.Send(new Mine.Query(Tab.Mine, 1))).Filters);
        await Assert.ThrowsAsync<ValidationException>(() => chief.Send(new Filter.Command()));
        await Assert.ThrowsAsync<ValidationException>(() => chief.Send(new Filter.Command { Kind = (KindOfEvent)99 }));
        for (var i = 1; i < SavedFilter.Most; i++) await chief.Send(new Filter.Command { Kind = (KindOfEvent)(i % 5 + 1), Dangerous = i > 5, Due = DueBy.Late });
        await Assert.ThrowsAsync<ValidationException>(() => chief.Send(new Filter.Command { Due = DueBy.Week }));

        using var visit = chief.Visit();
        var page = await visit.Page($"/worklist?filter={tab}");
        Assert.Equal("a", page.QuerySelector(".vs-tabs [aria-current]")!.TextContent.Trim());
        await visit.Send("/worklist", page.QuerySelector<AngleSharp.Html.Dom.IHtmlFormElement>("main form[action*='handler=Remove']")!, []);
        var gone = await visit.Page($"/worklist?filter={tab}"); // whoever did something in it, in another window, stands in the list
        Assert.Contains("This tab does not exist any more", gone.QuerySelector("main [role=status]")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("Mine", gone.QuerySelector(".vs-tabs [aria-current]")!.TextContent.Trim());
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit("/worklist/filter", [KeyValuePair.Create("Form.Worker", Guid.Empty.ToString())])).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await visit.Submit("/worklist/filter", [KeyValuePair.Create("Form.Due", "Never")])).StatusCode);
    }

    [Theory, EveryEngine]
    public async Task A_shared_tab_stands_in_everybodys_worklist_and_shows_each_only_what_they_may_see(string engine)
    {
        var platform = await platforms.On(engine);
        var (zone, elsewhere) = (await platform.Zone(), await platform.Zone());
        var (chief, anna, bert) = (await zone.Hires("c", Role.Coordinator), await zone.Hires("a", Role.Caseworker), await zone.Hires("b", Role.Caseworker));
        var (walled, seen) = (await anna.Registers(Cases.Intake(zone)), await anna.Registers(Cases.Intake(zone)));
        await zone.WallsOff(chief, walled);
        var tab = await anna.Send(new Filter.Command { Worker = anna.Id });
        Assert.Empty((await chief.Send(new Mine.Query(Tab.Mine, 1))).Filters);
        Assert.Equal(tab, await anna.Send(new Filter.Command { Worker = anna.Id, Shared = true })); // the same tab, the zone's now
        var list = await chief.Send(new Mine.Query(Tab.Mine, 1, tab));
        Assert.Equal((tab, seen, 1), (Assert.Single(list.Filters).Id, Assert.Single(list.Rows).Dossier, list.Total));
        Assert.Equal(tab, await chief.Send(new Filter.Command { Worker = anna.Id })); // there is one like it: no second
        Assert.Equal(2, (await anna.Send(new Mine.Query(Tab.Mine, 1, tab))).Total);
        Assert.Equal(0, (await bert.Send(new Mine.Query(Tab.Mine, 1, tab))).Total); // others' dossiers are not a caseworker's
        await Refused(anna.In(elsewhere, Role.Caseworker).Send(new Mine.Query(Tab.Mine, 1, tab)));

        using var visit = bert.Visit();
        var page = await visit.Page($"/worklist?filter={tab}");
        Assert.Null(page.QuerySelector("main form[action*='handler=Remove']"));
        Assert.False(await bert.Send(new Filter.Remove(tab)));
        for (var i = 1; i < SavedFilter.Most; i++) await bert.Send(new Filter.Command { Kind = (KindOfEvent)(i % 5 + 1), Dangerous = i > 5, Due = DueBy.Late, Shared = true });
        await Assert.ThrowsAsync<ValidationException>(() => chief.Send(new Filter.Command { Due = DueBy.Week, Shared = true }));
        var own = await chief.Send(new Filter.Command { Due = DueBy.Today });
        await Assert.ThrowsAsync<ValidationException>(() => chief.Send(new Filter.Command { Due = DueBy.Today, Shared = true })); // nor does one's own become a ninth
        Assert.True(await chief.Send(new Filter.Remove(tab))); // who leads clears up
        Assert.Equal(own, await chief.Send(new Filter.Command { Due = DueBy.Today, Shared = true }));
        await Refused(anna.Send(new Mine.Query(Tab.Mine, 1, tab)));
    }

    [Theory, EveryEngine]
    public async Task Somebodys_worklist_begins_with_the_tab_they_chose(string engine)
    {
        var platform = await platforms.On(engine);
        var zone = await platform.Zone();
        var (anna, bert) = (await zone.Hires("a", Role.Caseworker), await zone.Hires("b", Role.Caseworker));
        var (tab, other, hidden) = (await anna.Send(new Filter.Command { Worker = Guid.Empty, Shared = true }), await anna.Send(new Filter.Command { Due = DueBy.Late }), await bert.Send(new Filter.Command { Due = DueBy.Week }));
        using var visit = anna.Visit();
        await Begins(null);
        await Chooses(tab);
        await Begins(tab);
        Assert.Null((await bert.Send(new Mine.Query(Tab.Mine, 1) { Arrives = true })).Filter); // everybody begins as they chose
        await bert.Send(new Filter.First(tab, true));
        Assert.Equal(tab, (await bert.Send(new Mine.Query(Tab.Mine, 1) { Arrives = true })).Filter?.Id);
        var mine = await visit.Page("/worklist?tab=Mine");
        Assert.Null(mine.QuerySelector("main form[action*='handler=First']"));
        Assert.EndsWith("tab=Mine", mine.QuerySelector(".vs-tabs [aria-current]")!.GetAttribute("href"), StringComparison.Ordinal);
        await Chooses(other);
        await Begins(other);
        await Refused(anna.Send(new Filter.First(hidden, true)));
        await Begins(other);
        await anna.Send(new Filter.First(tab, false)); // another's end ends nothing
        await Begins(other);
        await Chooses(other); // the same button takes it back
        await Begins(null);
        await Chooses(tab);
        await anna.Send(new Filter.Remove(tab));
        await Begins(null);
        Assert.Null((await bert.Send(new Mine.Query(Tab.Mine, 1) { Arrives = true })).Filter);

        async Task Chooses(Guid one)
        {
            var page = await visit.Page($"/worklist?filter={one}");
            await visit.Send("/worklist", page.QuerySelector<AngleSharp.Html.Dom.IHtmlFormElement>("main form[action*='handler=First']")!, []);
        }

        async Task Begins(Guid? with)
        {
            var href = (await visit.Page("/worklist")).QuerySelector(".vs-tabs [aria-current]")!.GetAttribute("href")!;
            Assert.EndsWith(with is { } one ? $"filter={one}" : "tab=Mine", href, StringComparison.Ordinal);
        }
    }

    private static Task Refused(Task what) => Assert.ThrowsAsync<RefusedException>(() => what);
}
