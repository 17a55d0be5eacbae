using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Worklist;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Casework;

public sealed class WorklistTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task Due_comes_first_the_dangerous_before_the_rest_then_the_longest_late(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var worker = zone.As(Role.Caseworker);
        var calmLate = await worker.Registers(Cases.Intake(zone, "Exemple"));
        platform.Clock.Advance(TimeSpan.FromHours(2));
        var calmLessLate = await worker.Registers(Cases.Intake(zone, "Voorbeeld"));
        var partner = await worker.Registers(Cases.Intake(zone, "Muster", subKind: "PartnerViolence"));
        var home = await worker.Registers(Cases.Intake(zone, "Fictif", subKind: "PartnerViolence"));
        await worker.Endangers(home, Danger.AtHome);
        platform.Clock.Advance(TimeSpan.FromDays(4));
        var dangerousLater = await worker.Registers(Cases.Intake(zone, "Sample", subKind: "PartnerViolence")); // due in two days
        await worker.Endangers(dangerousLater, Danger.AtHome);
        var list = await worker.Send(new Mine.Query(Tab.Mine, 1));
        Assert.Equal([home, partner, calmLate, calmLessLate, dangerousLater], list.Rows.Select(r => r.Dossier));
        Assert.Equal((5, 4, 4, 0), (list.Total, list.DueToday, list.Late, list.Unassigned));
        Assert.Equal("A.F.", list.Rows[0].Initials);
        Assert.Equal(ActKind.FirstContact, list.Rows[0].ActKind);
    }

    [Theory, EveryEngine]
    public async Task Each_tab_lists_its_own(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (anna, bert, onCall, coordinator) = (zone.As(Role.Caseworker), zone.As(Role.Caseworker), zone.As(Role.OnCall), zone.As(Role.Coordinator));
        var annas = await anna.Registers(Cases.Intake(zone, "Exemple"));
        var berts = await bert.Registers(Cases.Intake(zone, "Voorbeeld"));
        var free = await onCall.Registers(Cases.Intake(zone, "Muster"));
        var closed = await anna.Registers(Cases.Intake(zone, "Fictif"));
        await anna.Closes(closed);
        await Lists(anna, Tab.Mine, annas);
        await Lists(anna, Tab.Team, annas, free);
        await Lists(anna, Tab.Unassigned, free);
        await Lists(anna, Tab.Closed, closed);
        await Lists(coordinator, Tab.Mine);
        await Lists(coordinator, Tab.Team, annas, berts, free);
        await Lists(coordinator, Tab.Closed, closed);
        await Lists(onCall, Tab.Mine, free);
        Assert.Equal(1, (await coordinator.Send(new Mine.Query(Tab.Mine, 1))).Unassigned);

        static async Task Lists(VictimSupport.Tests.Kit.Person who, Tab tab, params Guid[] expected) => Assert.Equal(expected.Order(), (await who.Send(new Mine.Query(tab, 1))).Rows.Select(r => r.Dossier).Order());
    }

    [Theory, EveryEngine]
    public async Task Thirty_dossiers_fill_two_pages_and_what_was_listed_is_recorded(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = zone.As(Role.Caseworker);
        var all = new List<Guid>();
        for (var i = 0; i < 30; i++) all.Add(await worker.Registers(Cases.Intake(zone, "", "") with { Unknown = true }));
        var (first, second) = (await worker.Send(new Mine.Query(Tab.Mine, 1)), await worker.Send(new Mine.Query(Tab.Mine, 2)));
        Assert.Equal((25, 5, 30, 2), (first.Rows.Count, second.Rows.Count, first.Total, first.Pages));
        Assert.Equal(all.Order(), first.Rows.Concat(second.Rows).Select(r => r.Dossier).Order());
        var records = await zone.Look(z => z.Set<AuditRow>().Where(r => r.Act == "Casework.Worklist.Mine").OrderBy(r => r.Seq).ToListAsync());
        Assert.Equal(2, records.Count);
        Assert.All(first.Rows, row => Assert.Contains(row.Dossier.ToString(), records[0].Payload, StringComparison.Ordinal));
        Assert.All(second.Rows, row => Assert.Contains(row.Dossier.ToString(), records[1].Payload, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_pages_lead_to_each_other_and_show_initials_only()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        var worker = zone.As(Role.Caseworker);
        for (var i = 0; i < 26; i++) await worker.Registers(Cases.Intake(zone, "Verzonnenaar", "Quinten" + i));
        using var visit = worker.Visit();
        var page = await visit.Page("/worklist");
        Assert.Equal(25, page.QuerySelectorAll("tbody tr").Length);
        Assert.DoesNotContain("Verzonnenaar", page.DocumentElement.OuterHtml, StringComparison.Ordinal);
        Assert.Contains("Q.V.", page.Body!.TextContent, StringComparison.Ordinal);
        var next = await visit.Page(page.QuerySelector("a[rel=next]")!.GetAttribute("href")!);
        Assert.Single(next.QuerySelectorAll("tbody tr"));
        Assert.NotNull(next.QuerySelector("a[rel=prev]"));
        // A deed leads back to where it was done, and from a page that it emptied to the last there is; nothing else of the address goes along.
        foreach (var press in new[] { "button[formaction*='handler=Postpone']", "button[formaction$='/done']" })
        {
            var second = await visit.Page("/worklist?tab=Mine&at=2&name=Verzonnenaar");
            var form = second.QuerySelector<IHtmlFormElement>("main form:has(table)")!;
            var button = second.QuerySelector(press)!;
            var answer = await visit.Send(button.GetAttribute("formaction")![(zone.Code.Length + 1)..], form, button.GetAttribute("value") is { } was ? [KeyValuePair.Create("was", was)] : []);
            Assert.Equal($"/{zone.Code}/worklist?tab=Mine&at=2", answer.Headers.Location!.ToString());
        }
        Assert.NotEmpty((await visit.Page("/worklist?tab=Mine&at=3")).QuerySelectorAll("tbody tr"));
        foreach (var odd in new[] { "?at=0", "?at=-5", "?at=99999999", "?tab=99", "?tab=x" }) Assert.True((int)(await visit.Get("/worklist" + odd)).StatusCode < 500, odd);
    }

    [Theory, EveryEngine]
    public async Task Todays_appointments_of_ones_own_stand_beside_the_list_those_one_may_not_see_and_those_of_another_zone_do_not(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, other) = (await platform.Zone(), await platform.Zone());
        var (anna, bert, cora) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker), await zone.Hires("cora", Role.Coordinator));
        var (hers, walled, his) = (await anna.Registers(Cases.Intake(zone, "Zzkanarie", "Quirien", "0470 12 34 56")), await anna.Registers(Cases.Intake(zone, "Ypsilon", "Yara")), await bert.Registers(Cases.Intake(zone, "Voorbeeld", "Vic")));
        var plan = await anna.Appointment(zone, hers);
        var visit = await anna.Send(plan with { Place = Place.Home, Companion = cora.Id, At = plan.At!.Value.AddHours(2) });
        await anna.Send(plan with { Room = "B12" });
        await anna.Send(plan with { At = plan.At.Value.AddDays(1) });
        var gone = await anna.Send(plan with { At = plan.At.Value.AddHours(4) });
        await anna.Cancels(hers, gone, CancelReason.NoLongerNeeded);
        await anna.Send(await anna.Appointment(zone, walled) with { Despite = true });
        await bert.Send(await bert.Appointment(zone, his));
        await zone.WallsOff(anna, walled);
        var there = other.As(anna.Id, Role.Caseworker); // the same colleague, in another zone too
        var elsewhere = await there.Registers(Cases.Intake(other, "Xylofoon", "Xander"));
        await there.Send(await there.Appointment(other, elsewhere));

        foreach (var tab in new[] { Tab.Mine, Tab.Closed, Tab.NoNextAct }) Assert.Equal([plan.At.Value, plan.At.Value.AddHours(2)], (await anna.Send(new Mine.Query(tab, 1))).Today.Select(r => r.At), (a, b) => (a - b).Duration() < TimeSpan.FromMilliseconds(2));
        var today = (await anna.Send(new Mine.Query(Tab.Mine, 1))).Today;
        Assert.Equal(("B12", "Q.Z.", hers, false), (today[0].Seen!.Room, today[0].Seen!.Initials, today[0].Seen!.Dossier, today[0].Seen!.UnderWay));
        Assert.Equal(visit, Assert.Single((await cora.Send(new Mine.Query(Tab.Mine, 1))).Today).Seen!.Contact); // goes along
        Assert.Equal(elsewhere, Assert.Single((await there.Send(new Mine.Query(Tab.Mine, 1))).Today).Seen!.Dossier);
        // What stands there is recorded as listed, on a tab that lists nothing else too.
        Assert.All(await zone.Look(z => z.Set<AuditRow>().Where(r => r.Act == "Casework.Worklist.Mine" && r.Actor == anna.Id).ToListAsync()), r => Assert.True(r.Payload.Contains(hers.ToString(), StringComparison.Ordinal) && !r.Payload.Contains(walled.ToString(), StringComparison.Ordinal)));

        using var opened = anna.Visit();
        var page = await opened.Page("/worklist");
        var beside = page.QuerySelector("section[aria-labelledby=today]")!;
        Assert.Equal(2, beside.QuerySelectorAll("li").Length);
        Assert.NotNull(beside.QuerySelector($"a[href$='/dossiers/{hers}/appointments/{visit}/visit']"));
        Assert.NotNull(page.QuerySelector(".vs-cards a[href='#today']"));
        foreach (var secret in new[] { "Zzkanarie", "Y.Y.", "V.V.", "X.X.", walled.ToString(), his.ToString(), elsewhere.ToString() }) Assert.DoesNotContain(secret, page.DocumentElement.OuterHtml, StringComparison.Ordinal);
        // Who replaces somebody is mailed of what is theirs today, and sees it.
        var dora = await zone.Hires("dora", Role.Caseworker);
        await zone.IsAway(bert, dora);
        Assert.Equal((his, bert.Id), Assert.Single((await dora.Send(new Mine.Query(Tab.Mine, 1))).Today) is var theirs ? (theirs.Seen!.Dossier, theirs.Worker!.Value) : default);
        Assert.Equal(1, (await dora.Send(new VictimSupport.Casework.FollowUps.Bell.Query())).Appointments);
        using (var replacing = dora.Visit()) Assert.Contains("bert", (await replacing.Page("/worklist")).QuerySelector("section[aria-labelledby=today]")!.TextContent, StringComparison.OrdinalIgnoreCase);
        // After midnight in Belgium it is another day; with nothing and no pool, nothing stands there.
        platform.Clock.Advance(TimeSpan.FromDays(3));
        using var later = anna.Visit();
        page = await later.Page("/worklist");
        Assert.True(page.QuerySelector("#today") is null && page.QuerySelector("#on-call-now") is null && page.QuerySelector(".vs-beside") is null);
    }
}
