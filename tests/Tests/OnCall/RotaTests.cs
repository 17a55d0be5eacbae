using System.Net;
using FluentValidation;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.OnCall.Rotas;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;
using Staff = VictimSupport.Tests.Casework.Staff;

namespace VictimSupport.Tests.OnCall;

/// <summary>The rota of a pool: one at a time in each rank, nobody in both, nothing changed without record.</summary>
public sealed class RotaTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task One_is_on_duty_at_a_time_and_nobody_backs_themselves_up(string engine)
    {
        var platform = await platforms.On(engine);
        var two = await platform.Pooled();
        var start = platform.Clock.GetUtcNow().AddDays(1);
        await two.Cora.Send(two.Shift(two.AnnaKey, start, 12));
        await Wrong(two.Shift(two.BertKey, start.AddHours(11), 12), "Start"); // an hour of both
        await Wrong(two.Shift(two.AnnaKey, start.AddHours(2), 4, Rank.BackUp), "Who");
        await Wrong(two.Shift(two.AnnaKey, start.AddDays(1), 0), "End");
        await Wrong(two.Shift(two.AnnaKey, start.AddDays(1), 24 * 16), "End");
        await Wrong(two.Shift(two.AnnaKey, start.AddDays(-200), 8), "Start");
        await Wrong(two.Shift(two.AnnaKey, platform.Clock.GetUtcNow().AddDays(-2), 8), "Start"); // before the pool began
        await Wrong(two.Shift($"{Guid.NewGuid():N}@{two.Here.Code}", start.AddDays(1), 8), "Who");
        await Wrong(two.Shift($"{two.Bert.Id:N}@{two.Here.Code}", start.AddDays(1), 8), "Who"); // works there, not here
        await Wrong(two.Shift(two.AnnaKey, start.AddDays(1), 8) with { Number = "call Anna" }, "Number");
        await two.Cora.Send(two.Shift(two.BertKey, start.AddHours(12), 12)); // where the other ends
        await two.Cora.Send(two.Shift(two.BertKey, start, 12, Rank.BackUp));
        Assert.Equal(3, (await two.Rota()).Count);
        // The other zone sees the same, and may write it.
        var view = await two.There.As(Role.Coordinator).Send(new Show.Query(two.Pool, Moment.Day(start)));
        Assert.Equal([("anna", two.Here.Code), ("bert", two.There.Code), ("bert", two.There.Code)], view.Rows.Select(r => (r.Name, r.Zone)));
        Assert.Equal("role", (await Assert.ThrowsAsync<RefusedException>(() => two.Anna.Send(two.Shift(two.AnnaKey, start.AddDays(3), 8)))).Code);

        async Task Wrong(Edit.Command form, string field) => Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => two.Cora.Send(form))).Errors, e => e.PropertyName == field);
    }

    [Theory, EveryEngine]
    public async Task Two_who_enter_the_same_hours_at_once_enter_one_shift(string engine)
    {
        var platform = await platforms.On(engine);
        var two = await platform.Pooled();
        var (start, other) = (platform.Clock.GetUtcNow().AddDays(1), two.There.As(Role.Coordinator));
        var tries = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            try { await (i % 2 == 0 ? two.Cora : other).Send(two.Shift(i % 2 == 0 ? two.AnnaKey : two.BertKey, start.AddHours(i), 12)); return true; }
            catch (ValidationException) { return false; }
        })));
        Assert.Single(tries, taken => taken);
        Assert.Single(await two.Rota());
    }

    [Theory, EveryEngine]
    public async Task What_is_changed_or_removed_is_on_record_and_who_saved_over_another_is_told(string engine)
    {
        var platform = await platforms.On(engine);
        var two = await platform.Pooled();
        var start = platform.Clock.GetUtcNow().AddDays(1);
        await two.Cora.Send(two.Shift(two.AnnaKey, start, 12));
        var shift = (await two.Rota())[0].Id;
        var seen = (await two.Cora.Send(new Edit.Query(two.Pool, shift))).Known! with { Pool = two.Pool, Shift = shift };
        await two.There.As(Role.Coordinator).Send(seen with { Who = two.BertKey });
        Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => two.Cora.Send(seen with { Number = "0470 12 34 56" }))).Errors, e => e.ErrorMessage == VictimSupport.OnCall.Words.ChangedMeanwhile);
        Assert.Equal(two.Bert.Id, (await two.Rota())[0].Account);
        await two.Cora.Send(new Edit.Remove { Pool = two.Pool, Shift = shift });
        Assert.Empty(await two.Rota());
        var history = await two.Anna.Send(new History.Query(two.Pool, shift));
        Assert.True(history.Shift.IsRemoved);
        Assert.Equal([(Turn.Removed, "cora", two.Here.Code, "bert"), (Turn.Changed, "–", two.There.Code, "bert"), (Turn.Entered, "cora", two.Here.Code, "anna")], history.Rows.Select(r => (r.Turn, r.By!, r.Zone, r.Name)));
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(() => two.Cora.Send(new Edit.Remove { Pool = two.Pool, Shift = shift }))).Code);

        // The page says it at the field, keeps what was typed and shows what stands there now.
        await two.Cora.Send(two.Shift(two.AnnaKey, start, 12));
        var next = (await two.Rota())[0].Id;
        using var visit = two.Cora.Visit();
        var late = await visit.Submit($"/on-call/rota/{two.Pool}/edit/{next}", [KeyValuePair.Create("Form.Version", "7"), KeyValuePair.Create("Form.Number", "0470 99 88 77")], "main form:has([name='Form.Version'])");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, late.StatusCode);
        var page = await Visit.Read(late);
        Assert.Equal("0470 99 88 77", page.QuerySelector("[name='Form.Number']")!.GetAttribute("value"));
        Assert.Contains("anna", page.QuerySelector(".govuk-inset-text")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("0", page.QuerySelector("[name='Form.Version']")!.GetAttribute("value"));
    }

    [Theory, EveryEngine]
    public async Task A_pattern_fills_a_period_in_turns_and_leaves_what_stands_there(string engine)
    {
        var platform = await platforms.On(engine);
        var two = await platform.Pooled();
        var form = new Fill.Command { Pool = two.Pool, First = new DateOnly(2026, 11, 30), Last = new DateOnly(2026, 12, 27), Rank = Rank.Duty, Rhythm = Rhythm.Week, Days = [DayOfWeek.Monday], From = new TimeOnly(8, 0), Who1 = two.AnnaKey, Who3 = two.BertKey, Once = Guid.NewGuid() };
        await two.Cora.Send(two.Shift(two.BertKey, new DateTimeOffset(2026, 12, 8, 7, 0, 0, TimeSpan.Zero), 10)); // in the second week
        Assert.Equal(new Fill.Answer(3, 1), await two.Cora.Send(form));
        Assert.Equal(new Fill.Answer(3, 0), await two.Cora.Send(form)); // the same form again
        Assert.Equal(new Fill.Answer(0, 4), await two.Cora.Send(form with { Once = Guid.NewGuid() }));
        var rota = await two.Rota();
        Assert.Equal([("30/11", two.Anna.Id), ("08/12", two.Bert.Id), ("14/12", two.Anna.Id), ("21/12", two.Bert.Id)], rota.Select(s => (Moment.Local(s.Start).ToString("dd/MM", System.Globalization.CultureInfo.InvariantCulture), s.Account)));
        // The hours of the second week that nobody has stand on the page, and the change of time is counted.
        var view = await two.Cora.Send(new Show.Query(two.Pool, new DateOnly(2026, 11, 30)));
        Assert.Equal(2, view.Gaps.Count(g => g.Start > rota[0].Start && g.End < rota[^1].Start));
        await Assert.ThrowsAsync<ValidationException>(() => two.Cora.Send(form with { Days = [DayOfWeek.Monday, DayOfWeek.Friday], Once = default }));
        await Assert.ThrowsAsync<ValidationException>(() => two.Cora.Send(form with { Last = form.First!.Value.AddDays(400), Once = default }));
        await Assert.ThrowsAsync<ValidationException>(() => two.Cora.Send(form with { Who1 = null, Who3 = null, Once = default }));
        Assert.Equal("absent", (await Assert.ThrowsAsync<RefusedException>(async () => await (await platform.Zone()).As(Role.Coordinator).Send(form))).Code);
    }

    [Theory, EveryEngine]
    public async Task A_gap_is_told_once_a_week_ahead_and_rings_for_those_who_keep_the_rota(string engine)
    {
        await using var platform = Platform.Start(engine);
        var two = await platform.Pooled();
        var now = platform.Clock.GetUtcNow();
        await two.Cora.Send(two.Shift(two.AnnaKey, now, 24 * 10));
        await two.Here.RunJobs();
        await platform.RunHouseJob();
        Assert.Empty(Told());
        Assert.DoesNotContain(await Ring(), l => l.Contains("Gaps", StringComparison.Ordinal));
        platform.Clock.Advance(TimeSpan.FromDays(4)); // the gap is six days away
        for (var i = 0; i < 2; i++)
        {
            await two.Here.RunJobs();
            await platform.RunHouseJob();
        }
        var letter = Assert.Single(Told());
        Assert.Equal(Staff.AddressOf(two.Here, "cora"), letter.To);
        Assert.DoesNotContain("anna", letter.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(await Ring(), l => l.Contains("Gaps", StringComparison.Ordinal));
        await two.Cora.Send(two.Shift(two.BertKey, now.AddDays(10), 24 * 12));
        Assert.DoesNotContain(await Ring(), l => l.Contains("Gaps", StringComparison.Ordinal));

        List<VictimSupport.Foundation.Mail.Letter> Told() => [.. platform.Post.Letters.Where(l => l.Key.StartsWith("rota-gap " + two.Here.Id, StringComparison.Ordinal))];

        async Task<IReadOnlyList<string>> Ring()
        {
            using var visit = two.Cora.Visit();
            return [.. (await visit.Page("/waiting")).QuerySelectorAll("main li, main tr, main dd, main p").Select(e => e.TextContent)];
        }
    }

    [Theory, EveryEngine]
    public async Task The_statement_counts_what_passed_for_each_pair_of_zones_within_the_month(string engine)
    {
        var platform = await platforms.On(engine);
        var two = await platform.Pooled();
        // From the last evening of November into December, and a week of the back-up.
        await two.Cora.Send(two.Shift(two.AnnaKey, new DateTimeOffset(2026, 11, 30, 17, 0, 0, TimeSpan.Zero), 12));
        await two.Cora.Send(two.Shift(two.AnnaKey, new DateTimeOffset(2026, 12, 10, 17, 0, 0, TimeSpan.Zero), 12));
        await two.Cora.Send(two.Shift(two.BertKey, new DateTimeOffset(2026, 12, 10, 17, 0, 0, TimeSpan.Zero), 15, Rank.BackUp));
        var rows = (await two.Cora.Send(new Statement.Query(two.Pool, new Month(new DateOnly(2026, 12, 1))))).Rows;
        var anna = rows.Where(r => r.Name == "anna").ToList();
        Assert.Equal(3, anna.Count); // her own zone, the other, and the one outside
        Assert.All(anna, r => Assert.Equal((2, TimeSpan.FromHours(18), Rank.Duty), (r.Shifts, r.Time, r.Rank))); // six hours of the night fell into November
        Assert.All(anna, r => Assert.StartsWith(two.Here.Code, r.Employer, StringComparison.Ordinal));
        Assert.Contains(anna, r => r.Served.StartsWith(two.There.Code, StringComparison.Ordinal));
        Assert.Contains(anna, r => r.Served == "Zone Ailleurs");
        Assert.All(rows.Where(r => r.Name == "bert"), r => Assert.Equal((1, TimeSpan.FromHours(15), Rank.BackUp), (r.Shifts, r.Time, r.Rank)));
        Assert.Equal(TimeSpan.FromHours(6), (await two.Cora.Send(new Statement.Query(two.Pool, new Month(new DateOnly(2026, 11, 1))))).Rows[0].Time);

        using var visit = two.Cora.Visit();
        var answer = await visit.Get($"/on-call/rota/{two.Pool}/statement/csv?month=2026-12");
        Assert.Equal("text/csv", answer.Content.Headers.ContentType?.MediaType);
        var bytes = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal(new byte[] { 0xEF, 0xBB, 0xBF }, bytes[..3]);
        var lines = System.Text.Encoding.UTF8.GetString(bytes[3..]).Split("\r\n");
        Assert.Equal(8, lines.Length); // a head, six rows, and nothing after the last
        Assert.Contains(lines, l => l.StartsWith("\"2026-12\";\"anna\";\"" + two.Here.Code, StringComparison.Ordinal));
        using var stale = two.Cora.Stale().Visit();
        Assert.NotEqual("text/csv", (await stale.Get($"/on-call/rota/{two.Pool}/statement/csv")).Content.Headers.ContentType?.MediaType);
        Assert.Equal("'=x", StatementCsv.Cell("=x").Trim('"'));
    }

    [Theory, EveryEngine]
    public async Task Whose_shift_somebody_else_enters_changes_or_removes_is_told_once_by_the_bell_and_by_mail(string engine)
    {
        await using var platform = Platform.Start(engine);
        var two = await platform.Pooled();
        var start = new DateTimeOffset(2026, 12, 10, 17, 0, 0, TimeSpan.Zero);
        var form = two.Shift(two.AnnaKey, start, 12) with { Once = Guid.NewGuid() };
        await two.Cora.Send(form);
        await two.Cora.Send(form); // the same form again
        var shift = Assert.Single(await two.Rota()).Id;
        Assert.Equal([News.Entered], await Unseen(two.Anna));
        using var visit = two.Anna.Visit();
        Assert.Contains("Shifts changed by others", (await visit.Page("/waiting")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        await visit.Submit("/on-call/swaps", [], "main form[action*='handler=Seen']");
        Assert.Empty(await Unseen(two.Anna));
        Assert.DoesNotContain("Shifts changed by others", (await visit.Page("/waiting")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);

        // Saved as it stands it is no change; two hours later it is one.
        await two.Cora.Send(await Known(shift));
        Assert.Empty(await Unseen(two.Anna));
        await two.Cora.Send(await Known(shift) with { End = start.AddHours(14) });
        Assert.Equal([News.Changed], await Unseen(two.Anna));
        // Given to Bert: it is taken from her, and entered for him, who is of the other zone.
        await two.Cora.Send(await Known(shift) with { Who = two.BertKey });
        Assert.Equal([News.Changed, News.Removed], (await Unseen(two.Anna)).Order());
        Assert.Equal([News.Entered], await Unseen(two.Bert));
        await two.Cora.Send(new Edit.Remove { Pool = two.Pool, Shift = shift });
        Assert.Equal([News.Entered, News.Removed], (await Unseen(two.Bert)).Order());
        // Weeks entered at once are one word to each.
        await two.Cora.Send(new Fill.Command { Pool = two.Pool, First = new DateOnly(2026, 11, 30), Last = new DateOnly(2026, 12, 27), Rank = Rank.Duty, Rhythm = Rhythm.Week, Days = [DayOfWeek.Monday], From = new TimeOnly(8, 0), Who1 = two.AnnaKey, Who2 = two.BertKey, Once = Guid.NewGuid() });
        var weeks = Assert.Single((await two.Anna.Send(new VictimSupport.OnCall.Swaps.Mine.Query())).News, n => n.News.What == News.Entered).News;
        Assert.Equal((2, new DateOnly(2026, 11, 30)), (weeks.Shifts, Moment.Day(weeks.Start)));

        for (var i = 0; i < 2; i++) await platform.RunHouseJob();
        var letters = platform.Post.Letters.Where(l => l.Key.StartsWith("shift-news", StringComparison.Ordinal)).ToList();
        Assert.Equal((4, 3), (letters.Count(l => l.To == Staff.AddressOf(two.Here, "anna")), letters.Count(l => l.To == Staff.AddressOf(two.There, "bert"))));
        Assert.All(letters, l => Assert.Equal(("Your shifts were changed", "What changed is in the portal, under “On call”."), (l.Subject, l.Text)));
        Assert.Equal(letters.Count, letters.Select(l => l.Key).Distinct().Count());

        async Task<Edit.Command> Known(Guid id) => (await two.Cora.Send(new Edit.Query(two.Pool, id))).Known! with { Pool = two.Pool, Shift = id };
        // A month later nobody is shown it, and nothing of it is left, seen or not.
        Assert.NotEmpty(await Left());
        platform.Clock.Advance(TimeSpan.FromDays(32));
        await two.Here.RunRound();
        await two.There.RunRound();
        Assert.Empty(await Left());

        async Task<IReadOnlyList<ShiftNews>> Left()
        {
            await using var house = Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.GetRequiredService<VictimSupport.Foundation.Persistence.CatalogDatabase>(platform.Services).Lease();
            return [.. (await house.Set<ShiftNews>().AsNoTracking().ToListAsync(TestContext.Current.CancellationToken)).Where(n => n.Zone == two.Here.Id || n.Zone == two.There.Id)];
        }

        static async Task<IReadOnlyList<News>> Unseen(Person who) => [.. (await who.Send(new VictimSupport.OnCall.Swaps.Mine.Query())).News.Select(n => n.News.What)];
    }

    [Fact]
    public async Task What_a_coordinator_does_to_their_own_shift_they_know_and_what_is_a_colleagues_is_nobody_elses()
    {
        var platform = await platforms.On("sqlite");
        var two = await platform.Pooled();
        var start = platform.Clock.GetUtcNow().AddDays(2);
        await two.Cora.Send(two.Shift($"{two.Cora.Id:N}@{two.Here.Code}", start, 12));
        Assert.Empty((await two.Cora.Send(new VictimSupport.OnCall.Swaps.Mine.Query())).News);
        await two.Cora.Send(two.Shift(two.AnnaKey, start.AddDays(1), 12));
        await two.Bert.Send(new VictimSupport.OnCall.Swaps.Mine.Seen());
        Assert.Empty((await two.Bert.Send(new VictimSupport.OnCall.Swaps.Mine.Query())).News);
        Assert.Single((await two.Anna.Send(new VictimSupport.OnCall.Swaps.Mine.Query())).News);
        // In another zone where she works too, it is not hers.
        Assert.Empty((await two.There.As(two.Anna.Id, Role.OnCall).Send(new VictimSupport.OnCall.Swaps.Mine.Query())).News);
    }

    [Fact]
    public async Task The_sheet_of_a_month_shows_every_day_with_whoever_is_on_call()
    {
        var platform = await platforms.On("sqlite");
        var two = await platform.Pooled();
        await two.Cora.Send(two.Shift(two.AnnaKey, new DateTimeOffset(2026, 12, 10, 17, 0, 0, TimeSpan.Zero), 12));
        await two.Cora.Send(new Terms.Command { Pool = two.Pool, Number = "0800 12 345" });
        using var visit = two.Here.Visit(Role.FrontDesk);
        var page = await visit.Page($"/on-call/rota/{two.Pool}/sheet?month=2026-12");
        var days = page.QuerySelectorAll(".vs-roster tbody tr");
        Assert.Equal(31, days.Length);
        Assert.Contains("18:00 – … anna", days[9].TextContent, StringComparison.Ordinal);
        Assert.Contains("… – 06:00 anna", days[10].TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("anna", days[11].TextContent, StringComparison.Ordinal);
        Assert.Contains("0800 12 345", page.QuerySelector(".vs-roster")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await visit.Get($"/on-call/rota/{two.Pool}/sheet?month=nonsense")).StatusCode);
    }

    [Fact]
    public async Task Number_and_office_hours_are_kept_by_those_who_keep_the_rota_and_who_saved_over_another_is_told()
    {
        var platform = await platforms.On("sqlite");
        var two = await platform.Pooled();
        var form = new Terms.Command { Pool = two.Pool, Number = "0800 12 345", OfficeFrom = new TimeOnly(8, 30), OfficeTo = new TimeOnly(17, 0) };
        await two.Cora.Send(form);
        await Assert.ThrowsAsync<ValidationException>(() => two.There.As(Role.Coordinator).Send(form with { Number = "0800 99 999" }));
        await Assert.ThrowsAsync<ValidationException>(() => two.Cora.Send(form with { Version = 2, OfficeTo = null }));
        Assert.Equal("0800 12 345", (await two.Cora.Send(new Terms.Query(two.Pool))).Number);
        Assert.Equal("role", (await Assert.ThrowsAsync<RefusedException>(() => two.Bert.Send(form))).Code);
    }
}
