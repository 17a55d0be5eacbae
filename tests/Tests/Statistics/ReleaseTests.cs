using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using VictimSupport.Casework.Contracts;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
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
        // Named to the operator while it waits: in the status, in the check, in the log.
        Assert.Contains(await desk.Status(TestContext.Current.CancellationToken), l => l == $"2026-Q4-P\tdue since 2027-02-15\twaits for {zones[0].Code} since 2027-02-15");
        Assert.Contains((await Checks(desk, good: false)), l => l.StartsWith($"zone {zones[0].Code}\tis suspended", StringComparison.Ordinal));
        Assert.Contains(platform.Logs.Lines, l => l.StartsWith($"Figures: 2026-Q4-P is due and not out: 1 zones do not answer ({zones[0].Code})", StringComparison.Ordinal));
        platform.Clock.SetUtcNow(new DateTimeOffset(2027, 3, 2, 9, 0, 0, TimeSpan.Zero));
        var report = await Release(desk, "P", "2026-Q4");
        Assert.Equal([zones[0].Code], report.Silent);
        Assert.Contains(await desk.Status(TestContext.Current.CancellationToken), l => l.StartsWith("2026-Q4-P\tout 2027-03-02", StringComparison.Ordinal) && l.EndsWith($"\tdid not answer: {zones[0].Code} since 2027-02-15", StringComparison.Ordinal));
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

    [Theory, EveryEngine]
    public async Task A_release_that_breaks_off_among_its_cells_leaves_nothing(string engine)
    {
        await using var platform = Platform.Start(engine);
        await Zones(platform, ("NAM", "NAM", 5));
        var (desk, figures) = (platform.Services.GetRequiredService<IReleaseFigures>(), platform.Services.GetRequiredService<VictimSupport.Foundation.Persistence.Engines.Engine>());
        platform.Clock.SetUtcNow(FirstDay);
        // The store takes the release, the first tables, and then no more.
        string[] breaks = engine == "sqlite" ? ["CREATE TRIGGER full_disk BEFORE INSERT ON protected_cell WHEN NEW.table_id = 'T8' BEGIN SELECT RAISE(ABORT, 'full'); END"]
            : ["CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''full''; END'", "CREATE TRIGGER full_disk BEFORE INSERT ON protected_cell FOR EACH ROW WHEN (NEW.table_id = 'T8') EXECUTE FUNCTION full_disk()"];
        await Says(breaks);
        await Assert.ThrowsAnyAsync<Exception>(() => Release(desk, "P", "2026-Q4"));
        Assert.Equal((0, 0, 0), await Rows(platform));
        Assert.Contains("2026-Q4-P\tdue since 2027-02-15", await desk.Status(TestContext.Current.CancellationToken), StringComparer.Ordinal);
        await Says(engine == "sqlite" ? "DROP TRIGGER full_disk" : "DROP TRIGGER full_disk ON protected_cell");
        var report = await Release(desk, "P", "2026-Q4");
        Assert.Equal((1, report.Cells, 12), await Rows(platform));

        async Task Says(params string[] statements)
        {
            await using var store = figures.OpenFigures(reading: false);
            foreach (var sql in statements) await store.Database.ExecuteSqlRawAsync(sql, TestContext.Current.CancellationToken);
        }
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

    // Two zones become one in the middle of a year: no figure is without their area, and no case is in none or in two.
    [Theory, EveryEngine]
    public async Task Two_zones_that_become_one_stay_in_the_figures_of_their_time(string engine)
    {
        await using var platform = Platform.Start(engine, services: s => s.Replace(ServiceDescriptor.Scoped<ITellFacts, OneCaseAMonth>()));
        var desk = platform.Services.GetRequiredService<IReleaseFigures>();
        platform.Clock.SetUtcNow(new DateTimeOffset(2026, 12, 10, 9, 0, 0, TimeSpan.Zero));
        var old = await Zones(platform, ("NAM", "NAM", 6));
        var (first, second) = (old[0], old[1]);
        platform.Clock.SetUtcNow(new DateTimeOffset(2027, 5, 20, 9, 0, 0, TimeSpan.Zero));
        foreach (var day in new[] { new DateOnly(2027, 4, 1), new DateOnly(2027, 6, 1), new DateOnly(2027, 7, 2) }) Assert.Contains("still to come", await Refused(() => desk.LeaveZone(first.Code, day, TestContext.Current.CancellationToken)), StringComparison.Ordinal);
        Assert.Contains("There is no zone", await Refused(() => desk.LeaveZone("1", new DateOnly(2027, 7, 1), TestContext.Current.CancellationToken)), StringComparison.Ordinal);
        Assert.Contains("does not leave", await Refused(() => desk.StayZone(first.Code, TestContext.Current.CancellationToken)), StringComparison.Ordinal);
        foreach (var zone in new[] { first, second }) Assert.Equal("2027-F", await desk.LeaveZone(zone.Code, new DateOnly(2027, 7, 1), TestContext.Current.CancellationToken));
        // The wrong zone, and back; the day, and another.
        await desk.LeaveZone(old[2].Code, new DateOnly(2027, 7, 1), TestContext.Current.CancellationToken);
        await desk.StayZone(old[2].Code, TestContext.Current.CancellationToken);
        await desk.LeaveZone(second.Code, new DateOnly(2027, 10, 1), TestContext.Current.CancellationToken);
        Assert.Contains("leaves on 2027-10-01", await Refused(() => desk.MoveZone(second.Code, "LUX", new DateOnly(2028, 1, 1), TestContext.Current.CancellationToken)), StringComparison.Ordinal);
        await desk.LeaveZone(second.Code, new DateOnly(2027, 7, 1), TestContext.Current.CancellationToken);
        var united = await platform.Zone();
        await LiesIn(platform, united, "NAM", "NAM");
        Assert.Equal([$"{united.Code}\tNAM"], await desk.PlaceZones(new DateOnly(2027, 7, 1), TestContext.Current.CancellationToken));

        foreach (var (kind, period, day) in new[] { ("P", "2027-Q1", new DateOnly(2027, 5, 18)), ("P", "2027-Q2", new DateOnly(2027, 8, 16)), ("P", "2027-Q3", new DateOnly(2027, 11, 16)), ("P", "2027-Q4", new DateOnly(2028, 2, 15)), ("F", "2027", new DateOnly(2028, 3, 31)) })
        {
            platform.Clock.SetUtcNow(new DateTimeOffset(day.AddDays(2).ToDateTime(new TimeOnly(12, 0)), TimeSpan.Zero));
            Assert.Empty(await desk.PlaceZones(new DateOnly(2027, 10, 1), TestContext.Current.CancellationToken)); // who left is not taken in again
            Assert.Empty((await Release(desk, kind, period)).Silent);
        }
        await using var house = platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        var parts = await house.Set<TakesPart>().AsNoTracking().Where(t => t.Release == "2027-F").ToListAsync(TestContext.Current.CancellationToken);
        foreach (var (month, has, hasNot) in new[] { (1, new[] { first.Id, second.Id }, new[] { united.Id }), (4, [first.Id, second.Id], [united.Id]), (7, [united.Id], [first.Id, second.Id]), (10, [united.Id], [first.Id, second.Id]) })
        {
            var zones = parts.Where(p => p.Quarter == new DateOnly(2027, month, 1)).Select(p => p.ZoneId).ToList();
            Assert.Equal(has.Length + 4, zones.Count);
            Assert.All(has, z => Assert.Contains(z, zones));
            Assert.All(hasNot, z => Assert.DoesNotContain(z, zones));
        }
        var status = await desk.Status(TestContext.Current.CancellationToken);
        // Of six in the first half and of five in the second; of the year all seven. None is without an area.
        foreach (var line in new[] { "2027-Q1-P\tout 2027-05-20\t6 of 7 zones", "2027-Q3-P\tout 2027-11-18\t5 of 5 zones", "2027-F\tout 2028-04-02\t7 of 7 zones" }) Assert.Contains(line, status, StringComparer.Ordinal);

        // Whoever left comes back with a year, and the time between is nobody's.
        await Refused(() => desk.StayZone(first.Code, TestContext.Current.CancellationToken));
        await Refused(() => desk.LeaveZone(first.Code, new DateOnly(2028, 7, 1), TestContext.Current.CancellationToken));
        await desk.MoveZone(first.Code, "NAM", new DateOnly(2029, 1, 1), TestContext.Current.CancellationToken);
        var places = platform.Services.GetRequiredService<Places>();
        foreach (var (day, area) in new[] { (new DateOnly(2027, 6, 30), "NAM"), (new DateOnly(2028, 4, 1), null), (new DateOnly(2029, 1, 1), "NAM") })
            Assert.Equal(area, (await places.On(day, TestContext.Current.CancellationToken)).Single(z => z.Zone.Id == first.Id).Area);
    }

    // Forty cases each beside three zones of five: as two they would hide each other. Their language tells them both.
    [Theory, EveryEngine]
    public async Task The_two_zones_of_Eupen_are_counted_as_one(string engine)
    {
        var sizes = new Sizes();
        await using var platform = Platform.Start(engine, services: s => s.Replace(ServiceDescriptor.Scoped<ITellFacts, AsManyAsSaid>()).AddSingleton(sizes));
        var zones = await Zones(platform, ("LIE", StatisticalAreas.Eupen, 2), ("LIE", "LIE", 3));
        foreach (var zone in zones.Take(2)) sizes[zone.Code] = 40;
        platform.Clock.SetUtcNow(FirstDay);
        await Release(platform.Services.GetRequiredService<IReleaseFigures>(), "P", "2026-Q4");
        await using var store = platform.Services.GetRequiredService<FiguresDatabase>().Lease();
        var cells = await store.Set<ProtectedCell>().AsNoTracking().Where(c => c.Table == "T1" && c.Cell.EndsWith("Offence")).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal(3, cells.Count);
        Assert.All(cells, c => Assert.Equal((false, 324), (c.Shown, (int)c.Variance))); // the ladder's noise for a zone of eighty
        Assert.All(cells, c => Assert.InRange(c.Value, 95 - 110, 95 + 110)); // six deviations: none was left out
    }

    // Looks at what is due and at what comes next, not at the quarter that runs: four zones since October are too few for it, whatever comes in later.
    [Fact]
    public async Task The_check_looks_at_what_is_due_and_at_what_comes_next()
    {
        await using var platform = Platform.Start("sqlite");
        var desk = platform.Services.GetRequiredService<IReleaseFigures>();
        platform.Clock.SetUtcNow(new DateTimeOffset(2026, 12, 10, 9, 0, 0, TimeSpan.Zero));
        await Zones(platform, ("NAM", "NAM", 4));
        platform.Clock.SetUtcNow(FirstDay);
        await Zones(platform, ("NAM", "NAM", 6)); // in place from January on
        var lines = await Checks(desk, good: false);
        Assert.Contains("2026-Q4-P\tdue since 2027-02-15\t4 zones\tfewer than 5 zones take part: nothing can be released", lines, StringComparer.Ordinal);
        Assert.Contains("2027-02-T0\tdue on 2027-03-05\t10 zones", lines, StringComparer.Ordinal);
        // Their window and some days are over: they hold nothing up any more.
        platform.Clock.SetUtcNow(new DateTimeOffset(2027, 4, 25, 9, 0, 0, TimeSpan.Zero));
        await desk.ReleaseWhatIsDue(TestContext.Current.CancellationToken);
        Assert.DoesNotContain(await Checks(desk, good: true), l => l.StartsWith("2026-", StringComparison.Ordinal));
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

    private static async Task<IReadOnlyList<string>> Checks(IReleaseFigures desk, bool good)
    {
        var (lines, isGood) = await desk.Check(TestContext.Current.CancellationToken);
        Assert.True(good == isGood, string.Join('\n', lines));
        return lines;
    }

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
                await LiesIn(platform, zone, province, arrondissement);
            }
        }
        var now = VictimSupport.Design.Html.Moment.Day(platform.Clock.GetUtcNow());
        await platform.Services.GetRequiredService<IReleaseFigures>().PlaceZones(now.Year == 2026 ? new DateOnly(2026, 10, 1) : new DateOnly(2027, 1, 1), TestContext.Current.CancellationToken);
        return zones;
    }

    private static Task LiesIn(Platform platform, TestZone zone, string province, string arrondissement) => platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("test", null, async house =>
    {
        var record = await house.Set<ZoneRecord>().SingleAsync(z => z.Id == zone.Id);
        record.Take(record.Facts with { Province = province, Arrondissement = arrondissement });
        return true;
    }, TestContext.Current.CancellationToken);

    /// <summary>How many cases a month each zone has, by its code; five where nothing is said.</summary>
    private sealed class Sizes : System.Collections.Concurrent.ConcurrentDictionary<string, int>;

    private sealed class AsManyAsSaid(UseCase here, Sizes sizes) : ITellFacts
    {
        public Task<IReadOnlyList<CaseFact>> Facts(FactsAsked asked, CancellationToken ct) => Task.FromResult(Each(asked, sizes.GetValueOrDefault(here.InZone.Code, 5)));
    }

    private sealed class OneCaseAMonth : ITellFacts
    {
        public Task<IReadOnlyList<CaseFact>> Facts(FactsAsked asked, CancellationToken ct) => Task.FromResult(Each(asked, 1));
    }

    private static IReadOnlyList<CaseFact> Each(FactsAsked asked, int cases)
    {
        var facts = new List<CaseFact>();
        for (var month = asked.From; month < asked.Until; month = month.AddMonths(1))
        {
            facts.AddRange(Enumerable.Repeat<CaseFact>(new(month, "Offence", "Burglary", false, "Victim", "Female", asked.Ages ? 40 : null, "Moral", "fr", asked.Contacts ? "Office" : null, asked.Contacts ? 1 : null, [], [], asked.Given ? "Accepted" : null, asked.Given ? "NoCallOut" : null), cases));
        }
        return facts;
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
