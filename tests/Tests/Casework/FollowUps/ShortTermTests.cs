using System.Net;
using FluentValidation;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Worklist;
using VictimSupport.Foundation.Access;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Settings;

namespace VictimSupport.Tests.Casework;

/// <summary>Short-term help: what is open too long is proposed for closing; what waits for nothing is found.</summary>
public sealed class ShortTermTests
{
    [Theory, EveryEngine]
    public async Task After_the_zones_weeks_closing_is_proposed_until_somebody_says_why_not(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, bert, chief, stranger) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker), await zone.Hires("chief", Role.Coordinator), await zone.Hires("cleo", Role.Caseworker));
        var dossier = await anna.Registers(Cases.Intake(zone));
        platform.Clock.Advance(TimeSpan.FromDays(7 * 12 - 1));
        Assert.Empty(await Listed(anna, Tab.ShortTerm));
        using var visit = anna.Visit();
        Assert.Null((await visit.Page($"/dossiers/{dossier}")).QuerySelector("a[href$='/short-term']"));
        platform.Clock.Advance(TimeSpan.FromDays(2));
        Assert.NotNull((await visit.Page($"/dossiers/{dossier}")).QuerySelector("a[href$='/short-term']"));
        await zone.IsAway(anna, bert);
        foreach (var who in new[] { anna, bert, chief }) Assert.Equal([dossier], await Listed(who, Tab.ShortTerm)); // the replacement's too
        Assert.Empty(await Listed(stranger, Tab.ShortTerm));
        var younger = await anna.Registers(Cases.Intake(zone, "Muster"));

        await Assert.ThrowsAsync<ValidationException>(() => bert.Send(new ShortTerm.Command { Dossier = dossier, Weeks = 4 }));
        await Assert.ThrowsAsync<ValidationException>(() => bert.Send(new ShortTerm.Command { Dossier = dossier, Weeks = 40, Reason = "x" }));
        await Assert.ThrowsAsync<RefusedException>(() => stranger.Send(new ShortTerm.Command { Dossier = dossier, Weeks = 4, Reason = "x" }));
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit($"/dossiers/{dossier}/short-term", [KeyValuePair.Create("Form.Weeks", "4"), KeyValuePair.Create("Form.Reason", "The trial comes first")])).StatusCode);
        Assert.Empty(await Listed(chief, Tab.ShortTerm));
        Assert.Contains((await anna.Opens(dossier)).Timeline, h => h.Text == "The trial comes first");
        platform.Clock.Advance(TimeSpan.FromDays(28));
        Assert.Equal([dossier], await Listed(chief, Tab.ShortTerm));
        Assert.DoesNotContain(younger, await Listed(chief, Tab.ShortTerm));
        // The zone's own weeks; and a dossier that is opened again begins anew.
        await chief.Send(new Change.Command { Setting = SettingCode.ShortTermWeeks, Text = "4", From = VictimSupport.Design.Html.Moment.Day(platform.Clock.GetUtcNow()) });
        platform.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(2, (await Listed(chief, Tab.ShortTerm)).Count);
        await chief.Closes(dossier);
        Assert.Equal([younger], await Listed(chief, Tab.ShortTerm));
        await chief.Send(new Reopen.Command(dossier));
        Assert.Equal([younger], await Listed(chief, Tab.ShortTerm));
        await Assert.ThrowsAsync<ValidationException>(() => chief.Send(new Change.Command { Setting = SettingCode.ShortTermWeeks, Text = "27", From = VictimSupport.Design.Html.Moment.Day(platform.Clock.GetUtcNow()) }));
    }

    [Theory, EveryEngine]
    public async Task Sent_twice_it_is_put_off_once(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        var dossier = await anna.Registers(Cases.Intake(zone));
        platform.Clock.Advance(TimeSpan.FromDays(7 * 13));
        var twice = new ShortTerm.Command { Dossier = dossier, Weeks = 4, Reason = "The trial comes first", Once = Guid.NewGuid() };
        foreach (var isFirst in new[] { true, false }) Assert.Equal(isFirst, await anna.Send(twice));
        Assert.Single((await anna.Opens(dossier)).Timeline, h => h.Text == "The trial comes first");
    }

    [Theory, EveryEngine]
    public async Task A_dossier_that_waits_for_nothing_is_found(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, chief, bert) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("chief", Role.Coordinator), await zone.Hires("bert", Role.Caseworker));
        var dossier = await anna.Registers(Cases.Intake(zone));
        Assert.Empty(await Listed(chief, Tab.NoNextAct));
        await anna.Send(await anna.Contact(zone, dossier)); // ends the wait for the first
        Assert.Equal([dossier], await Listed(chief, Tab.NoNextAct));
        Assert.Equal([dossier], await Listed(anna, Tab.NoNextAct));
        Assert.Empty(await Listed(bert, Tab.NoNextAct));
        await zone.WallsOff(chief, dossier);
        Assert.Empty(await Listed(chief, Tab.NoNextAct));
        using var visit = anna.Visit();
        Assert.Single((await visit.Page("/worklist?tab=NoNextAct")).QuerySelectorAll("main tbody tr"));
        await anna.Send(new Recontact.Command(dossier));
        Assert.Empty(await Listed(anna, Tab.NoNextAct));
        Assert.Contains("Every open dossier has a next act", (await visit.Page("/worklist?tab=NoNextAct")).Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task How_soon_somebody_is_asked_again_is_the_zones_by_kind_of_facts()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var (anna, chief) = (zone.As(Role.Caseworker), zone.As(Role.Coordinator));
        var today = VictimSupport.Design.Html.Moment.Day(platform.Clock.GetUtcNow());
        await chief.Send(new Change.Command { Setting = SettingCode.RecontactDaysPartnerViolence, Text = "3", From = today });
        await Assert.ThrowsAsync<ValidationException>(() => chief.Send(new Change.Command { Setting = SettingCode.RecontactDaysPartnerViolence, Text = "15", From = today }));
        await Assert.ThrowsAsync<ValidationException>(() => chief.Send(new Change.Command { Setting = SettingCode.RecontactDaysOffence, Text = "31", From = today }));
        platform.Clock.Advance(TimeSpan.FromSeconds(10));
        foreach (var (subKind, days) in new[] { ("PartnerViolence", 3), ("Burglary", 10) })
        {
            var dossier = await anna.Registers(Cases.Intake(zone, subKind: subKind));
            await anna.Send(await anna.Contact(zone, dossier));
            await anna.Send(new Recontact.Command(dossier));
            var view = await anna.Opens(dossier);
            Assert.Equal(view.Dossier.FirstContact!.Value.AddDays(days).Date, Assert.Single(view.Planned).DueAt.Date);
        }
        using var visit = chief.Visit();
        Assert.Contains("3 days", (await visit.Page("/admin/settings")).Body!.TextContent, StringComparison.Ordinal);
    }

    private static async Task<List<Guid>> Listed(Person by, Tab tab) => [.. (await by.Send(new Mine.Query(tab, 1))).Rows.Select(r => r.Dossier)];
}
