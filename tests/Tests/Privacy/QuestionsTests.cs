using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Privacy.Audit;
using VictimSupport.Privacy.Questions;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Absences;
using VictimSupport.Zones.Staff;
using Opened = VictimSupport.Privacy.Questions.Opened;

namespace VictimSupport.Tests.Privacy;

/// <summary>Who could do what on a day, and what somebody opened in a period.</summary>
public sealed class QuestionsTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task A_role_counts_from_its_confirmation_to_its_end(string engine)
    {
        var platform = await platforms.On(engine);
        var zone = await platform.Zone();
        var now = platform.Clock.GetUtcNow();
        var (giver, confirmer, early, waiting, ended) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        await Give(platform, zone, Grant(early, Role.Caseworker, now.AddDays(-10), confirmed: now.AddDays(-8)), Grant(waiting, Role.Caseworker, now.AddDays(-10), confirmed: null), Grant(ended, Role.FrontDesk, now.AddDays(-10), confirmed: null, to: now.AddDays(-5)));

        Assert.Equal([ended], await On(-9)); // given the day before, and not confirmed yet
        Assert.Equal([early, ended], await On(-8));
        Assert.Equal([early, ended], await On(-5)); // in force for part of that day
        Assert.Equal([early], await On(-4));
        Assert.Empty(await On(-11));
        var span = (await Answer(-4)).Roles.Single();
        Assert.Equal((giver, confirmer), (span.GivenBy, span.ConfirmedBy));

        var file = Encoding.UTF8.GetString(await zone.As(Role.DataProtectionOfficer).Send(new Roles.Export { On = Day(-4), Reason = ExportReason.OwnCheck }));
        Assert.Equal(3, file.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length); // the heading, the role, and how far caseworkers saw
        using var visit = zone.Visit(Role.ZoneAdministrator);
        var page = await Visit.Read(await visit.Submit("/privacy/rights", [KeyValuePair.Create("Form.On", Day(-4).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture))]));
        Assert.Contains("caseworker", page.QuerySelector("tbody")!.TextContent, StringComparison.Ordinal);

        RoleGrant Grant(Guid account, Role role, DateTimeOffset from, DateTimeOffset? confirmed, DateTimeOffset? to = null)
        {
            var grant = RoleGrant.Give(account, zone.Id, role, to, giver, "invitation", from);
            if (confirmed is { } at) grant.Confirm(confirmer, at);
            return grant;
        }

        DateOnly Day(int ago) => DateOnly.FromDateTime(now.UtcDateTime).AddDays(ago);
        Task<Roles.Answer> Answer(int ago) => zone.As(Role.DataProtectionOfficer).Send(new Roles.Query { On = Day(ago) });
        async Task<IEnumerable<Guid>> On(int ago) => (await Answer(ago)).Roles.Select(s => s.Account);
    }

    [Theory, EveryEngine]
    public async Task Whoever_replaced_somebody_that_day_could_do_what_they_could(string engine)
    {
        var platform = await platforms.On(engine);
        var zone = await platform.Zone();
        var (away, colleague, today) = (await zone.Hires("away", Role.Caseworker), await zone.Hires("colleague", Role.Caseworker), DateOnly.FromDateTime(platform.Clock.GetUtcNow().UtcDateTime));
        await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test.Away", zone.Id, house =>
        {
            house.Add(Absence.Plan(zone.Id, away.Id, today.AddDays(2), today.AddDays(4), colleague.Id, Guid.NewGuid(), platform.Clock.GetUtcNow()));
            return Task.FromResult(true);
        }, default);
        var officer = zone.As(Role.DataProtectionOfficer);
        foreach (var (day, stands) in new[] { (1, 0), (2, 1), (4, 1), (5, 0) }) Assert.Equal(stands, (await officer.Send(new Roles.Query { On = today.AddDays(day) })).Replacements.Count);
        var replacement = (await officer.Send(new Roles.Query { On = today.AddDays(3) })).Replacements.Single();
        Assert.Equal((colleague.Id, away.Id), (replacement.Account, replacement.Away));
        Assert.Contains("away", Encoding.UTF8.GetString(await officer.Send(new Roles.Export { On = today.AddDays(3), Reason = ExportReason.OwnCheck })), StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task Whose_place_was_taken_in_the_middle_is_still_told_for_the_days_before(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (chief, away, first, second, today) = (await zone.Hires("chief", Role.ZoneAdministrator), await zone.Hires("away", Role.Caseworker), await zone.Hires("first", Role.Caseworker), await zone.Hires("second", Role.Coordinator), VictimSupport.Design.Html.Moment.Day(platform.Clock.GetUtcNow()));
        await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test.Away", zone.Id, house => Task.FromResult(house.Add(Absence.Plan(zone.Id, away.Id, today, today.AddDays(20), first.Id, Guid.NewGuid(), platform.Clock.GetUtcNow())) is not null), default);
        platform.Clock.Advance(TimeSpan.FromDays(5));
        await second.Send(new Unplanned.Command { Account = first.Id }); // did not come: another replaces both
        platform.Clock.Advance(TimeSpan.FromDays(2));
        await chief.Send(new Leave.Command { Account = second.Id });
        var officer = zone.As(Role.DataProtectionOfficer);
        foreach (var (day, who) in new[] { (1, first.Id), (6, second.Id), (9, (Guid?)null) }) Assert.Equal(who, (await officer.Send(new Roles.Query { On = today.AddDays(day) })).Replacements.SingleOrDefault(r => r.Away == away.Id)?.Account);
    }

    [Theory, EveryEngine]
    public async Task What_a_grant_or_the_zones_rule_opened_that_day_is_told_without_the_dossier(string engine)
    {
        var platform = await platforms.On(engine);
        var zone = await platform.Zone();
        var (chief, worker, standIn, walled, today) = (await zone.Hires("chief", Role.ZoneAdministrator), await zone.Hires("worker", Role.Caseworker), await zone.Hires("standin", Role.OutsideStandIn), await zone.Hires("walled", Role.Coordinator), VictimSupport.Design.Html.Moment.Day(platform.Clock.GetUtcNow()));
        var (one, two) = (await worker.Registers(Cases.Intake(zone)), await worker.Registers(Cases.Intake(zone, "Muster", "Bram")));
        foreach (var dossier in new[] { one, two }) await zone.Gives(dossier, standIn.Id);
        await zone.WallsOff(walled, two);
        var officer = zone.As(Role.DataProtectionOfficer);
        var answer = await officer.Send(new Roles.Query { On = today });
        Assert.Equal((standIn.Id, 2), (Assert.Single(answer.Single).Account, answer.Single[0].Dossiers));
        Assert.False(answer.TeamSawAll);
        Assert.Equal(1, Assert.Single((await walled.Send(new Roles.Query { On = today })).Single).Dossiers); // the other does not exist for them
        Assert.Empty((await officer.Send(new Roles.Query { On = today.AddDays(-1) })).Single);
        await chief.Send(new VictimSupport.Zones.Settings.Change.Command { Setting = VictimSupport.Zones.Settings.SettingCode.TeamSeesAll, Text = "yes", From = today.AddDays(3) });
        Assert.Equal((false, true), ((await officer.Send(new Roles.Query { On = today.AddDays(2) })).TeamSawAll, (await officer.Send(new Roles.Query { On = today.AddDays(3) })).TeamSawAll));
        var file = Encoding.UTF8.GetString(await officer.Send(new Roles.Export { On = today, Reason = ExportReason.OwnCheck }));
        Assert.Contains(": 2", file, StringComparison.Ordinal);
        foreach (var dossier in new[] { one, two }) Assert.DoesNotContain(dossier.ToString(), file, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task What_somebody_opened_is_counted_dossier_by_dossier(string engine)
    {
        var platform = await platforms.On(engine);
        var zone = await platform.Zone();
        var (worker, walled) = (zone.As(Role.Caseworker), await zone.Hires("coordinator", Role.Coordinator));
        var (often, secret) = (await worker.Registers(Cases.Intake(zone)), await worker.Registers(Cases.Intake(zone, "Voorbeeld")));
        for (var i = 0; i < 3; i++) await worker.Opens(often);
        await worker.Opens(secret);
        await worker.Send(new Search.Query { Text = "Exemple" });
        await Assert.ThrowsAsync<RefusedException>(() => worker.Opens(Guid.NewGuid())); // of no dossier
        await zone.WallsOff(walled, secret);
        var today = DateOnly.FromDateTime(platform.Clock.GetUtcNow().UtcDateTime);
        var asked = new Opened.Query { Person = worker.Id, From = today, To = today };

        var all = await zone.As(Role.DataProtectionOfficer).Send(asked);
        Assert.Equal(2, all.Dossiers);
        var row = all.Rows.Single(r => r.Listed == 1);
        Assert.Equal((3, 1), (row.Opened, row.Changed));
        Assert.Contains("assigned", row.Why);
        Assert.Single((await walled.Send(asked)).Rows); // the other does not exist for them
        var bare = await zone.As(Role.ZoneAdministrator).Send(asked);
        Assert.Empty(bare.Rows);
        Assert.Equal((2, 4), (bare.Dossiers, bare.Opened));
        Assert.Empty((await zone.As(Role.DataProtectionOfficer).Send(asked with { From = today.AddDays(-2), To = today.AddDays(-1) })).Rows);

        var file = Encoding.UTF8.GetString(await zone.As(Role.DataProtectionOfficer).Send(new Opened.Export { Person = worker.Id, From = today, To = today, Reason = ExportReason.PersonAsked }));
        Assert.Equal(1 + 2 + 1, file.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.DoesNotContain("Exemple", file, StringComparison.Ordinal);
        await Assert.ThrowsAsync<FluentValidation.ValidationException>(() => zone.As(Role.DataProtectionOfficer).Send(asked with { From = today.AddDays(-400) }));
        await Assert.ThrowsAsync<FluentValidation.ValidationException>(() => zone.As(Role.DataProtectionOfficer).Send(asked with { Person = null }));
    }

    private static Task<bool> Give(Platform platform, TestZone zone, params RoleGrant[] grants) => platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test.Give", zone.Id, house =>
    {
        house.AddRange(grants);
        return Task.FromResult(true);
    }, default);
}
