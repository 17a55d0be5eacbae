using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Contracts;
using VictimSupport.Statistics.Noise;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Releases;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Statistics;

public sealed class ReleaseTests
{
    private static readonly DateTimeOffset FirstDay = new(2027, 2, 15, 9, 0, 0, TimeSpan.Zero), FinalDay = new(2027, 3, 31, 9, 0, 0, TimeSpan.Zero);

    [Theory, EveryEngine]
    public async Task A_release_comes_out_on_its_day_once_and_is_about_nobody(string engine)
    {
        var bits = new Mortal();
        await using var platform = Platform.Start(engine, services: s => s.Replace(ServiceDescriptor.Singleton<IRandomBits>(bits)));
        var zones = await Zones(platform, ("NAM", "NAM", 6));
        foreach (var zone in zones)
        {
            for (var i = 0; i < 3; i++) await zone.As(Role.Caseworker).Registers(Cases.Intake(zone, "Canari" + i, "Ada"));
        }
        var desk = platform.Services.GetRequiredService<IReleaseFigures>();
        // Before its day there is none; nobody draws it early.
        Assert.Contains("due on 2027-02-15", await Refused(() => Release(desk, "P", "2026-Q4")), StringComparison.Ordinal);
        platform.Clock.SetUtcNow(FirstDay);
        Assert.Contains("There is no release", await Refused(() => Release(desk, "P", "2026")), StringComparison.Ordinal);

        // Killed in the middle of the noise: nothing is anywhere, and the next run is as the first.
        bits.DiesAfter = 400;
        await Assert.ThrowsAsync<OperationCanceledException>(() => Release(desk, "P", "2026-Q4"));
        Assert.Equal((0, 0, 0), await Rows(platform));
        bits.DiesAfter = null;
        var late = await Zones(platform, ("NAM", "NAM", 1)); // placed too late for this quarter: those that take part are fixed
        var report = await Release(desk, "P", "2026-Q4");
        Assert.Equal(("2026-Q4-P", 6, (3 * 5) + 15 + 25 + 25), (report.Release, report.Zones, report.Cells));
        Assert.Empty(report.Missing);
        Assert.Equal((1, report.Cells, 12), await Rows(platform));

        // Once, and for good; and nothing of a quarter in which nobody took part.
        Assert.Contains("Fewer than 5 zones", await Refused(() => Release(desk, "P", "2026-Q3")), StringComparison.Ordinal);
        Assert.Contains("never drawn again", await Refused(() => Release(desk, "P", "2026-Q4")), StringComparison.Ordinal);
        Assert.Contains("would come after it", await Refused(() => Release(desk, "T0", "2026-12")), StringComparison.Ordinal);
        foreach (var sql in new[] { "UPDATE protected_cell SET release_id = release_id", "DELETE FROM ledger", "DELETE FROM published_release" })
        {
            await using var attacker = platform.Services.GetRequiredService<VictimSupport.Foundation.Persistence.Engines.Engine>().OpenFigures(reading: false);
            await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => attacker.Database.ExecuteSqlRawAsync(sql, TestContext.Current.CancellationToken));
        }

        // Nothing in the store tells of a zone, and nothing exact is in the logs.
        await using (var store = platform.Services.GetRequiredService<FiguresDatabase>().Lease())
        {
            Assert.DoesNotContain(store.Model.GetEntityTypes().SelectMany(e => e.GetProperties()), p => p.ClrType == typeof(Guid) || p.ClrType == typeof(byte[]));
            var cells = await store.Set<ProtectedCell>().ToListAsync(TestContext.Current.CancellationToken);
            Assert.DoesNotContain(cells, c => zones.Any(z => c.Cell.Contains(z.Code, StringComparison.Ordinal)));
            foreach (var table in new[] { "T2", "T7", "T8" })
            {
                foreach (var category in TableProgramme.Shipped.Of("T1").Dimensions[0].Codes)
                    Assert.Equal(cells.Where(c => c.Table == "T1" && c.Cell.EndsWith(category, StringComparison.Ordinal)).Sum(c => c.Value), cells.Where(c => c.Table == table && c.Cell.Contains($"|{category}|", StringComparison.Ordinal)).Sum(c => c.Value));
            }
        }
        Assert.DoesNotContain(platform.Logs.Lines, l => l.Contains("Canari", StringComparison.Ordinal));

        // The final one: the zones of the first, everything else in it.
        platform.Clock.SetUtcNow(FinalDay);
        foreach (var zone in late) await zone.As(Role.Caseworker).Registers(Cases.Intake(zone));
        report = await Release(desk, "F", "2026");
        Assert.Equal(6, report.Zones);
        await using var house = platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        Assert.Equal(6, await house.Set<TakesPart>().CountAsync(t => t.Release == "2026-F", TestContext.Current.CancellationToken));
        var ledger = await desk.Ledger(TestContext.Current.CancellationToken);
        var spent = TableProgramme.Shipped.In("P").Concat(TableProgramme.Shipped.In("F")).Aggregate(Rho.None, (sum, t) => sum + t.Rho);
        Assert.Contains($"2026-12\trho {spent.Over}/{spent.Under}\t{spent.ToDouble():0.000000000}\t2026-Q4-P 2026-F", ledger, StringComparer.Ordinal);
        Assert.Contains("2026-F\tout 2027-03-31\t6 of 7 zones", await desk.Status(TestContext.Current.CancellationToken), StringComparer.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task A_zone_that_does_not_answer_is_waited_for_and_then_its_area_is_left_out(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zones = await Zones(platform, ("NAM", "NAM", 5), ("LIM", "LIM", 5));
        await zones[0].As(Role.Caseworker).Registers(Cases.Intake(zones[0]));
        var desk = platform.Services.GetRequiredService<IReleaseFigures>();
        platform.Clock.SetUtcNow(FirstDay);
        await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("test", null, async house => (await house.Set<ZoneRecord>().SingleAsync(z => z.Id == zones[0].Id)).State = ZoneState.Suspended, TestContext.Current.CancellationToken);
        platform.Services.GetRequiredService<ZoneRegistry>().LetGo(zones[0].Code);
        Assert.Contains($"1 zones do not answer ({zones[0].Code})", await Refused(() => Release(desk, "P", "2026-Q4")), StringComparison.Ordinal);
        Assert.Equal((0, 0, 0), await Rows(platform));
        platform.Clock.SetUtcNow(new DateTimeOffset(2027, 3, 1, 9, 0, 0, TimeSpan.Zero)); // the tenth working day: still waited for
        Assert.Contains(await desk.ReleaseWhatIsDue(TestContext.Current.CancellationToken), l => l.StartsWith("2026-Q4-P\t1 zones do not answer", StringComparison.Ordinal));
        Assert.Equal((0, 0, 0), await Rows(platform));
        platform.Clock.SetUtcNow(new DateTimeOffset(2027, 3, 2, 9, 0, 0, TimeSpan.Zero));
        var report = await Release(desk, "P", "2026-Q4");
        Assert.Equal([zones[0].Code], report.Silent);
        var gone = Assert.Single(report.Missing);
        Assert.Contains("NAM", gone.Split('+'));
        await using (var store = platform.Services.GetRequiredService<FiguresDatabase>().Lease()) Assert.DoesNotContain(await store.Set<ProtectedCell>().Select(c => c.Cell).ToListAsync(TestContext.Current.CancellationToken), c => c.StartsWith(gone, StringComparison.Ordinal));

        // The file says so, and shows no figure that is not shown.
        var folder = Directory.CreateTempSubdirectory("vs-figures-").FullName;
        var file = await desk.Export("2026-Q4-P", folder, TestContext.Current.CancellationToken);
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        Assert.Equal(Encoding.UTF8.GetPreamble(), bytes[..3]);
        var lines = Encoding.UTF8.GetString(bytes)[1..].Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(';')).ToList();
        Assert.All(lines, l => Assert.Equal(lines[0].Length, l.Length));
        // Five of the ten are in its figures; the one that was suspended belongs to the ten.
        Assert.All(lines.Skip(1), l => Assert.Equal(("2027-03-02", "5", "10", gone), (l[1], l[2], l[3], l[5])));
        Assert.Contains(lines, l => l[8] == gone && l[^1] == ": p");
        Assert.All(lines.Skip(1).Where(l => l[8] == gone), l => Assert.Equal(("", "", ": p"), (l[^3], l[^2], l[^1])));
        Assert.All(lines.Skip(1).Where(l => l[^3].Length > 0), l => Assert.True(int.Parse(l[^3], System.Globalization.CultureInfo.InvariantCulture) >= Display.Smallest));
        Assert.All(lines.Skip(1).Where(l => l[^3].Length == 0), l => Assert.True(l[^1] is "c p" or ": p"));
        Assert.Contains(lines, l => l[8] == Geography.Country && l[9] == "2026-Q4");
        Directory.Delete(folder, recursive: true);
        Assert.Contains("There is no release", await Refused(() => desk.Export("2026-Q3-P", folder, TestContext.Current.CancellationToken)), StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task A_release_that_costs_more_than_is_left_is_not_drawn(string engine)
    {
        await using var platform = Platform.Start(engine);
        await Zones(platform, ("NAM", "NAM", 5));
        var (desk, figures) = (platform.Services.GetRequiredService<IReleaseFigures>(), platform.Services.GetRequiredService<FiguresDatabase>());
        await figures.Write(store =>
        {
            store.Add(new Release { Id = "2026-11-X", Kind = ReleaseKind.T0, Period = "2026-11" });
            store.Add(new LedgerRow { Month = "2026-11", Number = 1, Release = "2026-11-X", Table = "T0", Delta2 = 1, Sigma2 = 1, Spent = 500_000_000 });
            return Task.CompletedTask;
        }, TestContext.Current.CancellationToken);
        platform.Clock.SetUtcNow(FirstDay);
        Assert.Contains("costs more than is left", await Refused(() => Release(desk, "P", "2026-Q4")), StringComparison.Ordinal); // 1/2 + 43/288 > 3/5
        // The database would not take it either, whoever writes.
        await Assert.ThrowsAsync<DbUpdateException>(() => figures.Write(store =>
        {
            store.Add(new Release { Id = "2026-12-X", Kind = ReleaseKind.T0, Period = "2026-12" });
            store.Add(new LedgerRow { Month = "2026-12", Number = 1, Release = "2026-12-X", Table = "T0", Delta2 = 2, Sigma2 = 1, Spent = LedgerRow.Cap + 1 });
            return Task.CompletedTask;
        }, TestContext.Current.CancellationToken));
        Assert.Equal((1, 0, 1), await Rows(platform)); // whole or not at all
    }

    // Three months of two zones are a quarter of two zones, and twelve of them have so little noise that their year would tell.
    [Fact]
    public void A_sum_of_cells_of_few_zones_is_not_shown()
    {
        var (table, areas) = (TableProgramme.Shipped.Of("T1"), Geography.Of(StatisticalAreas.All.ToDictionary(a => a.Code, _ => 5, StringComparer.Ordinal))!);
        var cells = new List<NoisyCell>();
        foreach (var month in new[] { "2026-10", "2026-11", "2026-12" })
        {
            foreach (var (category, ofFew) in new[] { ("Offence", 3), ("ShockingEvent", 0), ("RoadAccident", 1) })
            {
                var few = ofFew == 3 || (ofFew == 1 && month == "2026-12");
                var combination = Enumerable.Range(0, table.Dimensions[0].Codes.Count).Single(i => table.CodesOf(i)[0] == category);
                cells.Add(new NoisyCell(table, "NAM", month, combination) { Value = 1000, Variance = few ? 82_944 : 9, Drawn = few ? 82_944 : 9, IsMasked = few });
            }
        }
        var sums = Sums.Of(Edition.OfQuarter(2026, 4), areas, cells).ToDictionary(s => s.Id, StringComparer.Ordinal);
        foreach (var place in new[] { "NAM", Geography.Country }) Assert.Equal((false, true, true), (sums[place + "|2026-Q4|Offence"].IsShown, sums[place + "|2026-Q4|ShockingEvent"].IsShown, sums[place + "|2026-Q4|RoadAccident"].IsShown));
        Assert.False(sums[Geography.Country + "|2026-10|Offence"].IsShown);
    }

    [Fact]
    public async Task What_comes_out_after_midnight_bears_the_day_of_the_calendar_everywhere()
    {
        await using var platform = Platform.Start("sqlite");
        await Zones(platform, ("NAM", "NAM", 5));
        var desk = platform.Services.GetRequiredService<IReleaseFigures>();
        platform.Clock.SetUtcNow(new DateTimeOffset(2027, 2, 14, 23, 17, 0, TimeSpan.Zero)); // the fifteenth here
        await Release(desk, "P", "2026-Q4");
        Assert.Contains(await desk.Status(TestContext.Current.CancellationToken), l => l.StartsWith("2026-Q4-P\tout 2027-02-15", StringComparison.Ordinal));
        Assert.Contains("came out on 2027-02-15", await Refused(() => Release(desk, "P", "2026-Q4")), StringComparison.Ordinal);
        var file = await desk.Export("2026-Q4-P", Path.Combine(platform.Folder, "out"), TestContext.Current.CancellationToken);
        Assert.All((await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).TrimEnd().Split("\r\n").Skip(1), l => Assert.Equal("2027-02-15", l.Split(';')[1]));
    }

    [Fact]
    public async Task The_hourly_job_puts_out_what_is_due_and_changes_nothing_between_the_days()
    {
        await using var platform = Platform.Start("sqlite");
        await Zones(platform, ("NAM", "NAM", 5));
        var desk = platform.Services.GetRequiredService<IReleaseFigures>();
        var seen = new Dictionary<DateOnly, string>();
        for (var day = new DateTimeOffset(2026, 12, 8, 2, 0, 0, TimeSpan.Zero); day < new DateTimeOffset(2027, 4, 20, 0, 0, 0, TimeSpan.Zero); day += TimeSpan.FromDays(1))
        {
            platform.Clock.SetUtcNow(day);
            var said = await desk.ReleaseWhatIsDue(TestContext.Current.CancellationToken);
            Assert.Equal(said.Count, said.Count(l => l.EndsWith("\tout", StringComparison.Ordinal)));
            await using var store = platform.Services.GetRequiredService<FiguresDatabase>().Lease();
            var cells = await store.Set<ProtectedCell>().OrderBy(c => c.Release).ThenBy(c => c.Table).ThenBy(c => c.Cell).Select(c => new { c.Release, c.Table, c.Cell, c.Value, c.Variance, c.Shown }).ToListAsync(TestContext.Current.CancellationToken);
            seen[DateOnly.FromDateTime(day.Date)] = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', cells))));
        }
        // The flash of November is out on the first day already; then those of December to March, the first release of the last quarter, and the final one of the year.
        var changes = seen.Keys.Where(d => seen.TryGetValue(d.AddDays(-1), out var before) && before != seen[d]).ToList();
        Assert.Equal([new DateOnly(2027, 1, 8), new DateOnly(2027, 2, 5), new DateOnly(2027, 2, 15), new DateOnly(2027, 3, 5), new DateOnly(2027, 3, 31), new DateOnly(2027, 4, 7)], changes);
    }

    [Theory, EveryEngine]
    public async Task Zones_are_counted_where_they_lie_and_move_with_a_year(string engine)
    {
        await using var platform = Platform.Start(engine);
        var desk = platform.Services.GetRequiredService<IReleaseFigures>();
        Assert.False((await desk.Check(TestContext.Current.CancellationToken)).Good);
        var four = await Zones(platform, ("NAM", "NAM", 4));
        platform.Clock.SetUtcNow(FirstDay);
        Assert.Contains("Fewer than 5 zones", await Refused(() => Release(desk, "P", "2026-Q4")), StringComparison.Ordinal);
        await Refused(() => desk.PlaceZones(new DateOnly(2026, 11, 1), TestContext.Current.CancellationToken)); // no quarter begins then
        var nowhere = await platform.Zone();
        Assert.Empty(await desk.PlaceZones(new DateOnly(2026, 10, 1), TestContext.Current.CancellationToken));
        Assert.Contains((await desk.Check(TestContext.Current.CancellationToken)).Lines, l => l.StartsWith($"zone {nowhere.Code}\t", StringComparison.Ordinal));
        foreach (var (area, day) in new[] { ("LUX", new DateOnly(2028, 4, 1)), ("LUX", new DateOnly(2027, 1, 1)), ("XXX", new DateOnly(2028, 1, 1)) }) await Refused(() => desk.MoveZone(four[0].Code, area, day, TestContext.Current.CancellationToken));
        await desk.MoveZone(four[0].Code, "LUX", new DateOnly(2028, 1, 1), TestContext.Current.CancellationToken);
        await Refused(() => desk.MoveZone(four[0].Code, "NAM", new DateOnly(2028, 1, 1), TestContext.Current.CancellationToken)); // it moves already
        var places = platform.Services.GetRequiredService<Places>();
        foreach (var (day, area) in new[] { (new DateOnly(2026, 9, 30), null), (new DateOnly(2027, 12, 31), "NAM"), (new DateOnly(2028, 1, 1), "LUX") })
            Assert.Equal(area, (await places.On(day, TestContext.Current.CancellationToken)).Single(z => z.Zone.Id == four[0].Id).Area);
    }

    [Fact]
    public async Task The_product_draws_from_the_machines_random_source_and_no_other()
    {
        await using var platform = Platform.Start("sqlite");
        Assert.IsType<CryptographicBits>(Assert.Single(platform.Services.GetServices<IRandomBits>()));
    }

    [Fact]
    public void SQL_Server_would_understand_its_guard()
    {
        foreach (var sql in NeverChanged.OnSqlServer("protected_cell"))
        {
            new Microsoft.SqlServer.TransactSql.ScriptDom.TSql170Parser(initialQuotedIdentifiers: true).Parse(new StringReader(sql), out var faults);
            Assert.Empty(faults);
        }
    }

    private static Task<ReleaseReport> Release(IReleaseFigures desk, string kind, string period) => desk.Release(kind, period, (_, _) => Task.CompletedTask, TestContext.Current.CancellationToken);

    private static async Task<string> Refused(Func<Task> deed) => (await Assert.ThrowsAsync<StartRefusedException>(deed)).Message;

    private static async Task<(int Releases, int Cells, int Ledger)> Rows(Platform platform)
    {
        await using var store = platform.Services.GetRequiredService<FiguresDatabase>().Lease();
        return (await store.Set<Release>().CountAsync(TestContext.Current.CancellationToken), await store.Set<ProtectedCell>().CountAsync(TestContext.Current.CancellationToken), await store.Set<LedgerRow>().CountAsync(TestContext.Current.CancellationToken));
    }

    // So many zones in each province, counted from the quarter of the tests on.
    private static async Task<List<TestZone>> Zones(Platform platform, params (string Province, string Arrondissement, int Count)[] where)
    {
        var zones = new List<TestZone>();
        foreach (var (province, arrondissement, count) in where)
        {
            for (var i = 0; i < count; i++)
            {
                var zone = await platform.Zone();
                zones.Add(zone);
                await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("test", null, async house =>
                {
                    var record = await house.Set<ZoneRecord>().SingleAsync(z => z.Id == zone.Id);
                    record.Take(record.Facts with { Province = province, Arrondissement = arrondissement });
                    return true;
                }, TestContext.Current.CancellationToken);
            }
        }
        var now = VictimSupport.Design.Html.Moment.Day(platform.Clock.GetUtcNow());
        await platform.Services.GetRequiredService<IReleaseFigures>().PlaceZones(now.Year == 2026 ? new DateOnly(2026, 10, 1) : new DateOnly(2027, 1, 1), TestContext.Current.CancellationToken);
        return zones;
    }

    /// <summary>Random bits of a process that is killed after so many draws.</summary>
    private sealed class Mortal : IRandomBits
    {
        private readonly CryptographicBits bits = new();

        public int? DiesAfter { get; set; }

        public void Fill(Span<byte> bytes)
        {
            if (DiesAfter is { } left && (DiesAfter = left - 1) < 0) throw new OperationCanceledException("killed");
            bits.Fill(bytes);
        }
    }
}
