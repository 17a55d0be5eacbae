using AngleSharp.Dom;
using System.Globalization;
using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Absences;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Tests.Zones;

/// <summary>Who is away, who replaces them, and when exactly that begins and ends.</summary>
public sealed class AbsenceTests
{
    [Theory]
    [InlineData("2026-11-30", "2026-12-01", "2026-11-29T23:00:00Z", "2026-12-01T23:00:00Z")]
    [InlineData("2026-10-25", "2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z")] // the clock is put back: 25 hours
    [InlineData("2027-03-28", "2027-03-28", "2027-03-27T23:00:00Z", "2027-03-28T22:00:00Z")] // the clock is put forward: 23 hours
    public void Days_are_days_on_a_Belgian_clock(string first, string last, string from, string to)
    {
        var (begins, ends) = (DateTimeOffset.Parse(from, CultureInfo.InvariantCulture), DateTimeOffset.Parse(to, CultureInfo.InvariantCulture));
        var absence = Absence.Plan(Guid.NewGuid(), Guid.NewGuid(), DateOnly.Parse(first, CultureInfo.InvariantCulture), DateOnly.Parse(last, CultureInfo.InvariantCulture), null, Guid.NewGuid(), begins.AddDays(-9));
        Assert.False(absence.Covers(begins.AddTicks(-1)));
        Assert.True(absence.Covers(begins));
        Assert.True(absence.Covers(ends.AddTicks(-1)));
        Assert.False(absence.Covers(ends));
    }

    [Theory, EveryEngine]
    public async Task A_replacement_counts_from_the_first_instant_to_the_last_and_ends_by_itself(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, bea) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bea", Role.Caseworker));
        await Plans(anna, "2026-11-25", "2026-11-26", bea.Id);
        Assert.Empty(await Replaced(zone, bea));
        await Stand(platform, "2026-11-24T22:59:59Z");
        Assert.Empty(await Replaced(zone, bea));
        await Stand(platform, "2026-11-24T23:00:00Z");
        Assert.Equal([anna.Id], await Replaced(zone, bea));
        Assert.Empty(await Replaced(zone, anna));
        Assert.Equal(bea.Id, (await Of(platform).AwayNow(zone.Id, anna.Id, default))!.Replacement);
        await Stand(platform, "2026-11-26T22:59:59Z");
        Assert.Equal([anna.Id], await Replaced(zone, bea));
        await Stand(platform, "2026-11-26T23:00:00Z");
        Assert.Empty(await Replaced(zone, bea));
        Assert.Null(await Of(platform).AwayNow(zone.Id, anna.Id, default));
    }

    [Fact]
    public async Task Nobody_replaces_himself_and_only_those_who_work_on_dossiers_replace()
    {
        await using var platform = Platform.Start("sqlite");
        var (zone, other) = (await platform.Zone(), await platform.Zone());
        var anna = await zone.Hires("anna", Role.Caseworker);
        var people = new[] { await zone.Hires("desk", Role.FrontDesk), await zone.Hires("chief", Role.ZoneAdministrator), await zone.Hires("greta", Role.DataProtectionOfficer), await zone.Hires("mila", Role.Trainee), await zone.Hires("jonas", Role.OnCall), await other.Hires("elsewhere", Role.Caseworker) };
        Assert.Contains("himself", await Refused(anna, "2026-11-25", "2026-11-25", anna.Id), StringComparison.Ordinal);
        foreach (var one in people) Assert.Contains("Only a coordinator or a caseworker", await Refused(anna, "2026-11-25", "2026-11-25", one.Id), StringComparison.Ordinal);
        Assert.Contains("has passed", await Refused(anna, "2026-11-23", "2026-11-25", null), StringComparison.Ordinal);
        Assert.Contains("before the first", await Refused(anna, "2026-11-26", "2026-11-25", null), StringComparison.Ordinal);
        Assert.Contains("too far", await Refused(anna, "2026-11-26", "2028-11-25", null), StringComparison.Ordinal);
        Assert.Throws<RefusedException>(() => Absence.Begin(zone.Id, anna.Id, anna.Id, anna.Id, platform.Clock.GetUtcNow())); // the planted violation: past the form, the entity itself refuses
    }

    [Fact]
    public async Task Absences_do_not_overlap_and_replacements_are_there()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var (anna, bea, carl) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bea", Role.Caseworker), await zone.Hires("carl", Role.Caseworker));
        await Plans(anna, "2026-12-01", "2026-12-05", bea.Id);
        Assert.Contains("Away already", await Refused(anna, "2026-12-05", "2026-12-06", null), StringComparison.Ordinal);
        await Plans(anna, "2026-12-06", "2026-12-07", null); // the day after is free
        Assert.Contains("Replaces anna", await Refused(bea, "2026-12-05", "2026-12-10", null), StringComparison.Ordinal);
        await Plans(bea, "2026-12-06", "2026-12-10", carl.Id);
        Assert.Contains("away too", await Refused(carl, "2026-12-10", "2026-12-10", bea.Id), StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task Who_did_not_come_is_away_in_one_press_and_back_in_another(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (cora, anna, bea) = (await zone.Hires("cora", Role.Coordinator), await zone.Hires("anna", Role.Caseworker), await zone.Hires("bea", Role.Caseworker));
        await Plans(bea, "2026-11-24", "2026-11-28", anna.Id); // anna replaces bea
        using var coordinator = cora.Visit();
        var page = await coordinator.Page("/absences");
        var press = page.QuerySelectorAll<AngleSharp.Html.Dom.IHtmlFormElement>("form[action*='Unplanned']").Single(f => f.TextContent.Contains("anna", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Redirect, (await coordinator.Send("", press, [])).StatusCode);
        await coordinator.Send("", press, []); // pressed twice
        Assert.Equal(new[] { anna.Id, bea.Id }.Order(), (await Replaced(zone, cora)).Order()); // and whom she replaced too
        Assert.Empty(await Replaced(zone, anna));
        var back = (await coordinator.Page("/absences")).QuerySelectorAll("tbody tr").Single(r => r.Children[0].TextContent.Contains("anna", StringComparison.Ordinal)).QuerySelectorAll<AngleSharp.Html.Dom.IHtmlFormElement>("form").Single();
        Assert.Equal(HttpStatusCode.Redirect, (await coordinator.Send("", back, [])).StatusCode);
        Assert.Equal([bea.Id], await Replaced(zone, cora));
    }

    [Fact]
    public async Task Only_a_coordinator_or_who_stands_in_for_one_says_so_of_others()
    {
        await using var platform = Platform.Start("sqlite");
        var (zone, foreign) = (await platform.Zone(), await platform.Zone());
        var (cora, anna, bea) = (await zone.Hires("cora", Role.Coordinator), await zone.Hires("anna", Role.Caseworker), await zone.Hires("bea", Role.Caseworker));
        var chief = await zone.Hires("chief", Role.ZoneAdministrator); // a replacement sees dossiers: not hers to name
        foreach (var one in new[] { anna, chief })
        {
            await Assert.ThrowsAsync<RefusedException>(() => one.Send(new Unplanned.Command { Account = bea.Id }));
            await Assert.ThrowsAsync<RefusedException>(() => one.Send(new Plan.Command { Account = bea.Id, First = new(2026, 12, 1), Last = new(2026, 12, 2), Replacement = anna.Id }));
        }
        await Assert.ThrowsAsync<RefusedException>(() => cora.Send(new Unplanned.Command { Account = cora.Id }));
        await Assert.ThrowsAsync<RefusedException>(() => cora.Send(new Unplanned.Command { Account = Guid.NewGuid() }));
        await Plans(cora, "2026-11-24", "2026-11-24", anna.Id);
        await anna.Send(new Unplanned.Command { Account = bea.Id }); // for today anna stands in
        var id = (await Absences(platform, zone)).Single(a => a.Account == bea.Id).Id;
        var stranger = foreign.As(Role.Coordinator);
        await Assert.ThrowsAsync<RefusedException>(() => stranger.Send(new VictimSupport.Zones.Absences.Show.EndCommand { Absence = id }));
        await Assert.ThrowsAsync<RefusedException>(() => chief.Send(new VictimSupport.Zones.Absences.Show.EndCommand { Absence = id }));
        await bea.Send(new VictimSupport.Zones.Absences.Show.EndCommand { Absence = id }); // her own
    }

    [Theory, EveryEngine]
    public async Task A_reminder_goes_to_whoever_replaces_and_else_to_the_coordinators(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, bea, cora) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bea", Role.Caseworker), await zone.Hires("cora", Role.Coordinator));
        await anna.Registers(Cases.Intake(zone));
        await Plans(anna, "2026-11-25", "2026-11-27", bea.Id);
        platform.Clock.Advance(TimeSpan.FromHours(49));
        await zone.RunJobs();
        Assert.Equal(Staff.AddressOf(zone, "bea"), Assert.Single(Reminders(platform)).To);

        await using var second = Platform.Start(engine);
        var other = await second.Zone();
        var alone = await other.Hires("anna", Role.Caseworker);
        await other.Hires("cora", Role.Coordinator);
        await alone.Registers(Cases.Intake(other));
        await Plans(alone, "2026-11-25", "2026-11-27", null);
        second.Clock.Advance(TimeSpan.FromHours(49));
        await other.RunJobs();
        Assert.Equal(Staff.AddressOf(other, "cora"), Assert.Single(Reminders(second)).To);
    }

    private static IReadOnlyList<VictimSupport.Foundation.Mail.Letter> Reminders(Platform platform) => [.. platform.Post.Letters.Where(l => l.Key.StartsWith("reminder", StringComparison.Ordinal))];

    private static IStaff Of(Platform platform) => platform.Services.GetRequiredService<IStaff>();
    private static async Task<IReadOnlyList<Guid>> Replaced(TestZone zone, Person by) => await Of(zone.Platform).ReplacedBy(zone.Id, by.Id, default);

    private static Task Stand(Platform platform, string at)
    {
        platform.Clock.AutoAdvanceAmount = TimeSpan.Zero;
        platform.Clock.SetUtcNow(DateTimeOffset.Parse(at, CultureInfo.InvariantCulture));
        return Task.CompletedTask;
    }

    private static Dictionary<string, string> Typed(string first, string last, Guid? replacement) => Newcomers.Fields(("Form.First", first), ("Form.Last", last), ("Form.Replacement", replacement?.ToString() ?? ""));

    private static async Task Plans(Person person, string first, string last, Guid? replacement)
    {
        using var visit = person.Visit();
        Assert.Equal(HttpStatusCode.Redirect, (await visit.Submit("/absences", Typed(first, last, replacement))).StatusCode);
    }

    private static async Task<string> Refused(Person person, string first, string last, Guid? replacement)
    {
        using var visit = person.Visit();
        var response = await visit.Submit("/absences", Typed(first, last, replacement));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        var page = await Visit.Read(response);
        Assert.Equal(first, page.QuerySelector("[name='Form.First']")!.GetAttribute("value")); // what was typed stays
        return page.QuerySelector(".govuk-error-summary")!.TextContent;
    }

    private static async Task<IReadOnlyList<Absence>> Absences(Platform platform, TestZone zone)
    {
        await using var house = platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        return await house.Set<Absence>().AsNoTracking().Where(a => a.Zone == zone.Id).ToListAsync(TestContext.Current.CancellationToken);
    }
}
