using System.Globalization;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Portal;

/// <summary>The figure on the bell is kept for seconds, and never for longer than nothing was written.</summary>
public sealed class BellTests
{
    [Theory, EveryEngine]
    public async Task The_figure_is_kept_for_ten_seconds_for_each_reader_and_is_old_as_soon_as_something_was_written(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, bert, cora) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("bert", Role.Caseworker), await zone.Hires("cora", Role.Coordinator));
        var early = await anna.Registers(Cases.Intake(zone, "", "") with { Unknown = true });
        await anna.Registers(Cases.Intake(zone, "", "") with { Unknown = true });
        platform.Clock.Advance(TimeSpan.FromMinutes(5));
        var late = await anna.Registers(Cases.Intake(zone, "", "") with { Unknown = true });
        var due = (await zone.Look(z => z.Set<Dossier>().SingleAsync(d => d.Id == late))).NextDue!.Value;
        platform.Clock.Advance(due - platform.Clock.GetUtcNow() - TimeSpan.FromSeconds(3));
        using var hers = anna.Visit();
        using var his = bert.Visit();
        // Each is due, and its first contact is overdue.
        Assert.Equal((4, 0), (await Figure(hers), await Figure(his)));
        platform.Clock.Advance(TimeSpan.FromSeconds(8)); // the third fell due, nobody wrote
        Assert.Equal(4, await Figure(hers));
        platform.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(6, await Figure(hers));
        await cora.Send(new Assign.Command(early, bert.Id));
        Assert.Equal((4, 2), (await Figure(hers), await Figure(his)));
    }

    [Fact]
    public async Task Once_it_is_old_one_asks_anew_and_whoever_comes_meanwhile_is_told_what_was_known()
    {
        await using var platform = Platform.Start("sqlite");
        var zone = await platform.Zone();
        var anna = await zone.Hires("anna", Role.Caseworker);
        var (figure, asked, answer) = (new VictimSupport.Portal.BellFigure(platform.Clock), 0, new TaskCompletionSource<int>());
        var caller = new Caller(anna.Id, null, new HashSet<Role> { Role.Caseworker });
        IRing[] rings = [new Ring(() => { asked++; return answer.Task; })];
        answer.SetResult(3);
        Assert.Equal(3, await figure.Of(zone.Handle, caller, rings, default));
        platform.Clock.Advance(TimeSpan.FromSeconds(11));
        answer = new();
        var first = figure.Of(zone.Handle, caller, rings, default).AsTask();
        Assert.Equal(3, await figure.Of(zone.Handle, caller, rings, default).AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        Assert.Equal(2, asked);
        answer.SetResult(5);
        Assert.Equal((5, 5), (await first, await figure.Of(zone.Handle, caller, rings, default)));
    }

    private sealed class Ring(Func<Task<int>> count) : IRing
    {
        public async ValueTask<IReadOnlyList<RingLine>> Lines(CancellationToken ct) => [new RingLine("", "", await count())];
    }

    [Theory, EveryEngine]
    public async Task It_is_the_sum_of_what_the_page_behind_it_lists_for_everybody(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone();
        var (anna, cora, bert) = (await zone.Hires("anna", Role.Caseworker), await zone.Hires("cora", Role.Coordinator), await zone.Hires("bert", Role.Caseworker));
        var (due, ticked, idle) = (await anna.Registers(Cases.Intake(zone)), await anna.Registers(Cases.Intake(zone, "Muster", "Bram")), await anna.Registers(Cases.Intake(zone, "Muster", "Cleo")));
        await anna.Send(new Complete.Command((await anna.Opens(ticked)).Planned[0].Id)); // nobody was reached, nothing is planned
        await anna.Send(await anna.Contact(zone, idle));
        await zone.As(Role.FrontDesk).Send(TrayTests.Message());
        platform.Clock.Advance(TimeSpan.FromHours(49));
        await zone.RunJobs();
        platform.Clock.Advance(TimeSpan.FromHours(25));
        await zone.RunJobs(); // told on
        await anna.Send(await anna.Appointment(zone, due) with { At = platform.Clock.GetUtcNow().AddMinutes(40) });
        var visited = await anna.Send(await anna.Appointment(zone, due) with { At = platform.Clock.GetUtcNow().AddMinutes(10), Place = Place.Scene, Despite = true });
        await anna.Send(new HomeVisit.In { Dossier = due, Contact = visited, Minutes = 30 });
        platform.Clock.Advance(TimeSpan.FromMinutes(35));
        foreach (var (who, lines) in new[]
        {
            (anna, new[] { "Dossiers in which something is due 1", "Dossiers whose first contact is overdue 2", "Open dossiers for which nothing is planned 2", "Appointments still to come today 1", "Visits you have not checked out of 1", "Messages in the tray 1" }),
            (cora, ["Dossiers of colleagues where a reminder led to nothing 3", "Messages in the tray 1"]), (bert, ["Messages in the tray 1"]),
        })
        {
            using var visit = who.Visit();
            var page = await visit.Page("/waiting");
            var listed = page.QuerySelectorAll("main .govuk-summary-list__row").Select(r => (Text: r.QuerySelector("dt")!.TextContent.Trim(), Count: int.Parse(r.QuerySelector("a")!.FirstChild!.TextContent, CultureInfo.InvariantCulture))).ToList();
            Assert.Equal(lines, listed.Select(l => $"{l.Text} {l.Count}"));
            Assert.Equal(listed.Sum(l => l.Count), await Figure(visit));
        }
    }

    private static async Task<int> Figure(Visit visit) => int.Parse((await visit.Page("/search")).QuerySelector(".vs-bell .vs-count")?.TextContent ?? "0", CultureInfo.InvariantCulture);
}
