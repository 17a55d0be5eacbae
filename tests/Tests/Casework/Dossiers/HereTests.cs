using System.Net;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Drafts;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Audit;

namespace VictimSupport.Tests.Casework;

/// <summary>Who else has the dossier open.</summary>
public sealed class HereTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task A_colleague_who_has_it_open_is_named_for_two_minutes_or_until_they_leave(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, bert) = (await zone.Hires("Anna", Role.Coordinator), await zone.Hires("Bert", Role.Coordinator));
        var id = await anna.Registers(Cases.Intake(zone));
        using var visit = bert.Visit();
        Assert.DoesNotContain("Anna", (await visit.Page($"/dossiers/{id}")).QuerySelector(".vs-identity")!.TextContent, StringComparison.Ordinal);
        var records = await Records();
        Assert.Empty(await anna.Send(new Here.Command(id, false)));
        Assert.Equal(records, await Records());
        Assert.Contains("Also open: Anna since 10:00", (await visit.Page($"/dossiers/{id}")).QuerySelector("[data-here]")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(anna.Id, Assert.Single(await bert.Send(new Here.Command(id, false))).Account);
        Assert.Equal(bert.Id, Assert.Single((await anna.Opens(id)).Others).Account); // never oneself

        platform.Clock.Advance(TimeSpan.FromSeconds(90));
        Assert.Single(await anna.Send(new Here.Command(id, false)));
        platform.Clock.Advance(TimeSpan.FromSeconds(90));
        var since = Assert.Single(await bert.Send(new Here.Command(id, false))).Since;
        Assert.Equal(new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.Zero), new DateTimeOffset(since.Ticks - since.Ticks % TimeSpan.TicksPerMinute, TimeSpan.Zero)); // still the same stay
        await anna.Send(new Here.Command(id, true));
        Assert.Empty((await bert.Opens(id)).Others);
        platform.Clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Empty((await anna.Opens(id)).Others);
        await zone.RunRound();
        Assert.Equal(0, await zone.Look(z => z.Set<Presence>().CountAsync()));

        Task<int> Records() => zone.Look(z => z.Set<AuditRow>().CountAsync());
    }

    [Theory, EveryEngine]
    public async Task The_page_asks_each_half_minute_and_each_minute_it_is_written(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, bert) = (await zone.Hires("Anna", Role.Coordinator), await zone.Hires("Bert", Role.Coordinator));
        var id = await anna.Registers(Cases.Intake(zone));
        using var visit = anna.Visit();
        Assert.Equal("30000", (await visit.Page($"/dossiers/{id}")).QuerySelector("[data-here]")!.GetAttribute("data-every"));
        var begun = platform.Clock.GetUtcNow();
        await anna.Send(new Here.Command(id, false));
        var seen = new List<TimeSpan>();
        for (var beat = 0; beat < 4; beat++)
        {
            platform.Clock.Advance(Presence.Beat);
            await anna.Send(new Here.Command(id, false));
            Assert.Single(await bert.Send(new Here.Command(id, false)));
            seen.Add((await zone.Look(z => z.Set<Presence>().SingleAsync(p => p.Account == anna.Id))).Seen - begun);
        }
        Assert.Equal([0, 60, 60, 120], seen.Select(s => (int)Math.Round(s.TotalSeconds)));
    }

    [Theory, EveryEngine]
    public async Task Nothing_is_told_behind_a_wall_to_strangers_or_of_a_sealed_dossier(string engine)
    {
        var platform = await platforms.On(engine);
        var (zone, elsewhere) = (await platform.Zone(), await platform.Zone());
        var (anna, walled) = (await zone.Hires("a", Role.Coordinator), await zone.Hires("w", Role.Coordinator));
        var id = await anna.Registers(Cases.Intake(zone));
        await walled.Send(new Here.Command(id, false));
        Assert.Single((await anna.Opens(id)).Others);
        await zone.WallsOff(walled, id);
        Assert.Empty((await anna.Opens(id)).Others); // and not of them either
        await Refused(walled.Send(new Here.Command(id, false)));
        await Refused(walled.Send(new Here.Command(id, true)));
        await Refused(anna.In(elsewhere, Role.Coordinator).Send(new Here.Command(id, false)));
        await Refused(zone.As(Role.Trainee).Send(new Here.Command(id, false)));
        await Refused(zone.As(Role.FrontDesk).Send(new Here.Command(id, false)));

        var other = await anna.Registers(Cases.Intake(zone));
        await anna.Send(new Here.Command(other, false));
        await anna.Protects(other, VictimSupport.Casework.Codes.Protection.Sealed, anna.Id);
        Assert.Empty(await anna.Send(new Here.Command(other, false)));
        Assert.Empty((await anna.Opens(other)).Others);
    }

    [Theory, EveryEngine]
    public async Task Two_tabs_that_say_so_at_once_are_one(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var anna = zone.As(Role.Coordinator);
        var id = await anna.Registers(Cases.Intake(zone));
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => anna.Send(new Here.Command(id, false)))));
        Assert.Equal(1, await zone.Look(z => z.Set<Presence>().CountAsync()));
        using var visit = anna.Visit();
        Assert.Equal(HttpStatusCode.NotFound, (await visit.Get($"/dossiers/{id}/here")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await visit.Forge($"/dossiers/{id}/here", ("leaves", "false"))).StatusCode); // no page of ours asks so
    }

    /// <summary>What leaves no record is named here, each with a reason in its own docstring.</summary>
    [Fact]
    public void Only_these_commands_leave_no_record() =>
        Assert.Equal([typeof(Here.Command), typeof(Save.Command)], typeof(Here).Assembly.GetTypes().Concat(typeof(IUnrecorded).Assembly.GetTypes()).Concat(typeof(VictimSupport.Privacy.PrivacyModule).Assembly.GetTypes())
            .Concat(typeof(VictimSupport.Zones.Contracts.IStaff).Assembly.GetTypes()).Concat(typeof(VictimSupport.Identity.Contracts.IAccounts).Assembly.GetTypes())
            .Where(t => t is { IsInterface: false } && t.IsAssignableTo(typeof(IUnrecorded))).OrderBy(t => t.FullName, StringComparer.Ordinal));

    private static Task Refused(Task what) => Assert.ThrowsAsync<RefusedException>(() => what);
}
