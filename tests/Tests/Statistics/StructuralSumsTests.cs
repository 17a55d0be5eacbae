using System.Net;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Network.Contracts;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Releases;
using VictimSupport.Statistics.Structural;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;
using VictimSupport.Tests.Network;

namespace VictimSupport.Tests.Statistics;

public sealed class StructuralSumsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EveryEngine]
    public async Task The_final_release_of_a_year_adds_up_structural_work_exactly_and_its_page_and_files_show_it(string engine)
    {
        await using var world = await FiguresWorld.Start(engine);
        // Namur: two zones with one and two meetings; Limburg: one zone with a training. Names of units, and a mean, stay at home.
        foreach (var (zone, times) in new[] { (world.Zones[0], 1), (world.Zones[1], 2) })
        {
            var worker = zone.As(Role.Caseworker);
            var partner = await worker.Send(Referring.Partner());
            for (var i = 0; i < times; i++) await worker.Send(Working.Activity(zone, partner));
            await worker.Send(Working.Activity(zone, partner) with { On = new DateOnly(2025, 12, 31) }); // of another year
        }
        await world.Zones[5].As(Role.Coordinator).Gave(world.Zones[5], Giving.Plan(), -1, Giving.Colleague(default, "Ella Exemple", "Canari unit"));
        using var analyst = world.Analyst();
        Assert.Contains("None is out yet", (await analyst.Page("/figures/structural")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        await world.Release("2026-F");

        var sums = await Stored(world);
        // Ten zones are two areas, each joined to its neighbours.
        var (namur, limburg) = (Union("NAM", sums), Union("LIM", sums));
        Assert.Equal(3, sums.Select(s => s.Place).Distinct().Count());
        Assert.Equal((3, 3, 0), (Of("BE"), Of(namur), Of(limburg)));
        Assert.Equal((1, 0, 1), (Of("BE", "trainings", "sessions"), Of(namur, "trainings", "sessions"), Of(limburg, "trainings", "sessions")));
        Assert.DoesNotContain(sums, s => s.Table == SaidStructuralWork.Units || s.Row == SaidStructuralWork.Mark);
        Assert.All(sums.GroupBy(s => (s.Table, s.Row)), g => Assert.Equal(g.Single(s => s.Place == "BE").Count, g.Where(s => s.Place != "BE").Sum(s => s.Count)));
        await using (var attacker = world.Platform.Services.GetRequiredService<VictimSupport.Foundation.Persistence.Engines.Engine>().OpenFigures(reading: false))
            await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => attacker.Database.ExecuteSqlRawAsync("UPDATE structural_sum SET total = 1", Ct));

        // On the page of the analyst, and of a zone's own people; in both files the same.
        var page = await analyst.Page("/figures/structural?area=" + Uri.EscapeDataString(namur));
        Assert.Equal([("meeting", "3")], Table(page, "partner_activities"));
        Assert.Null(page.QuerySelector("#trainings"));
        Assert.DoesNotContain("Canari", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Structural work of 5 zones: " + VictimSupport.Statistics.Portal.Said.Place(namur) + ".", Source(page), StringComparison.Ordinal);
        Assert.Contains("Structural work of 10 zones: ", Source(await analyst.Page("/figures/structural")), StringComparison.Ordinal);
        using (var visit = world.Zones[7].Visit(Role.Coordinator)) Assert.Equal([("meeting", "3")], Table(await visit.Page("/country/structural"), "partner_activities")); // of Belgium, where nothing is asked
        var csv = Encoding.UTF8.GetString(await (await analyst.Get(page.QuerySelectorAll<IHtmlAnchorElement>("a").Single(a => a.TextContent == "CSV").GetAttribute("href")!)).Content.ReadAsByteArrayAsync(Ct)).Split("\r\n");
        var line = Assert.Single(csv, l => l.Contains("meeting;", StringComparison.Ordinal));
        Assert.EndsWith("meeting;3", line, StringComparison.Ordinal);
        Assert.Contains(csv, l => l.Contains("2026-F. Structural work of 5 zones: ", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await analyst.Get(page.QuerySelectorAll<IHtmlAnchorElement>("a").Single(a => a.TextContent == "XLSX").GetAttribute("href")!)).StatusCode);
        // By the API, page by page, and from the command line: every row as it was stored.
        var told = await ByTheApi(world, "?pageSize=1000");
        Assert.Equal(sums.Select(s => (s.Place, s.Table, s.Row, s.Count)).Order(), told.GetProperty("items").EnumerateArray().Select(i => (i.GetProperty("area").GetString()!, i.GetProperty("table").GetString()!, i.GetProperty("row").GetString()!, i.GetProperty("value").GetInt32())).Order());
        var meetings = Assert.Single((await ByTheApi(world, $"?table=partner-activities&area={Uri.EscapeDataString(namur)}")).GetProperty("items").EnumerateArray(), i => i.GetProperty("row").GetString() == "Meeting");
        Assert.Equal([$"BE 10 {string.Join(' ', new[] { namur, limburg }.Order(StringComparer.Ordinal))} -", .. new[] { namur, limburg }.Order(StringComparer.Ordinal).Select(a => $"{a} 5 {a} -")], Covers(told));
        Assert.Equal((3, "meeting"), (meetings.GetProperty("value").GetInt32(), meetings.GetProperty("rowName").GetProperty("en").GetString()));
        var (folder, desk) = (Directory.CreateTempSubdirectory("vs-figures-").FullName, world.Platform.Services.GetRequiredService<VictimSupport.Statistics.Contracts.IReleaseFigures>());
        try
        {
            var lines = await File.ReadAllLinesAsync(await desk.ExportStructuralWork("2026-F", folder, "csv", Ct), Ct);
            Assert.Equal(sums.Count + 1, lines.Length);
            Assert.Contains($"2026-F;2027-03-31;5;;{namur};2026;partner-activities;Meeting;;3", lines);
            Assert.Contains("2026-F;2027-03-31;10;;BE;2026;partner-activities;Meeting;;3", lines);
            Assert.True(new FileInfo(await desk.ExportStructuralWork("2026-F", folder, "xlsx", Ct)).Length > 1000);
            foreach (var (release, format) in new[] { ("2026-F", "json-stat"), ("2026-Q3-P", "csv"), ("2027-F", "csv") }) await Assert.ThrowsAsync<VictimSupport.Foundation.Secrecy.StartRefusedException>(() => desk.ExportStructuralWork(release, folder, format, Ct));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        // Beside a year of the same zones nothing is to be said.
        await YearBefore(world, sums);
        page = await analyst.Page("/figures/structural");
        Assert.Equal(2, page.QuerySelectorAll(".vs-source li").Length);
        Assert.Null(page.QuerySelector(".vs-notice"));
        foreach (var asked in new[] { "?area=NAM", "?period=1999", "?period=2026&area=x" }) Assert.Equal(HttpStatusCode.BadRequest, (await analyst.Get("/figures/structural" + asked)).StatusCode);

        int Of(string place, string table = "partner-activities", string row = "Meeting") => sums.Single(s => s.Place == place && s.Table == table && s.Row == row).Count;
    }

    [Fact]
    public async Task A_zone_that_does_not_answer_leaves_its_area_without_and_touches_no_figure_of_cases()
    {
        var falls = new Falls();
        await using var world = await FiguresWorld.Start("sqlite", s => s.AddSingleton(falls).AddScoped<ICountStructuralWork, Falling>());
        foreach (var zone in new[] { world.Zones[0], world.Zones[6] })
        {
            var worker = zone.As(Role.Caseworker);
            await worker.Send(Working.Activity(zone, await worker.Send(Referring.Partner())));
        }
        falls.Zone = world.Zones[1].Id; // of Namur
        await world.Release("2026-F");
        var sums = await Stored(world);
        Assert.Equal(new[] { Union("LIM", sums), "BE" }.Order(StringComparer.Ordinal), sums.Select(s => s.Place).Distinct().Order(StringComparer.Ordinal));
        string namur;
        Assert.Equal(1, sums.Single(s => s is { Place: "BE", Table: "partner-activities", Row: "Meeting" }).Count); // what is left of the country is no area
        await using (var store = world.Platform.Services.GetRequiredService<FiguresDatabase>().Lease())
        {
            var release = await store.Set<Release>().SingleAsync(Ct);
            namur = release.Areas.Split(';').Single(a => Geography.Members(a).Contains("NAM", StringComparer.Ordinal));
            Assert.Equal("", release.Missing);
            Assert.NotEqual(0, await store.Set<ProtectedCell>().CountAsync(c => c.Cell.StartsWith(namur + "|"), Ct));
        }
        using var analyst = world.Analyst();
        // The country says of which areas it is, and that the year before was of others: a total that fell so is no fall. Of an area that is in both it is not said.
        await YearBefore(world, [.. sums, .. sums.Where(s => s.Place != "BE").Select(s => new StructuralSum { Place = namur, Table = s.Table, Row = s.Row, Count = s.Count })]);
        // Programs and the command are told the same.
        var told = await ByTheApi(world, "");
        Assert.Equal(new[] { $"BE 5 {Union("LIM", sums)} {namur}", $"{Union("LIM", sums)} 5 {Union("LIM", sums)} -", $"{namur} 0 - {namur}" }.Order(StringComparer.Ordinal), Covers(told).Order(StringComparer.Ordinal));
        Assert.Equal([$"{namur} 0 - {namur}"], Covers(await ByTheApi(world, "?area=" + Uri.EscapeDataString(namur))));
        var folder = Directory.CreateTempSubdirectory("vs-figures-").FullName;
        try
        {
            var file = await world.Platform.Services.GetRequiredService<VictimSupport.Statistics.Contracts.IReleaseFigures>().ExportStructuralWork("2026-F", folder, "csv", Ct);
            Assert.Contains($"2026-F;2027-03-31;5;{namur};BE;2026;partner-activities;Meeting;;1", await File.ReadAllLinesAsync(file, Ct));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        var page = await analyst.Page("/figures/structural");
        Assert.Contains("not of the same zones", page.QuerySelector(".vs-notice")!.TextContent, StringComparison.Ordinal);
        var limburg = Union("LIM", sums);
        var (ours, theirs) = (VictimSupport.Statistics.Portal.Said.Place(limburg), VictimSupport.Statistics.Portal.Said.Place(namur));
        Assert.Contains($"Structural work of 5 zones: {ours}. Without {theirs}: ", Source(page), StringComparison.Ordinal);
        Assert.Contains("Structural work of 10 zones: ", Source(page), StringComparison.Ordinal);
        Assert.Null((await analyst.Page("/figures/structural?area=" + Uri.EscapeDataString(limburg))).QuerySelector(".vs-notice"));
        Assert.Contains("Nothing is said of this place", (await analyst.Page("/figures/structural?area=" + Uri.EscapeDataString(namur))).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Fewer_than_five_zones_are_no_area_and_what_the_release_lacks_is_lacking_here()
    {
        var work = new SumsOfWork();
        for (var i = 0; i < 4; i++) work.Add("NAM", [new StructuralCount("partner-activities", "Meeting", 10)]);
        for (var i = 0; i < 5; i++) work.Add("LIM", [new StructuralCount("partner-activities", "Meeting", 1)]);
        for (var i = 0; i < 5; i++) work.Add("LUX", [new StructuralCount("partner-activities", "Meeting", 100)]);
        var sums = work.Of("2026-F", new HashSet<string> { "LUX" }).Where(s => s is { Table: "partner-activities", Row: "Meeting" }).Select(s => (s.Place, s.Count));
        Assert.Equal([("LIM", 5), (Geography.Country, 5)], sums);
        Assert.Empty(new SumsOfWork().Of("2026-F", new HashSet<string>()));
    }

    private static async Task<IReadOnlyList<StructuralSum>> Stored(FiguresWorld world)
    {
        // As whoever reads figures reads them: by a login that can read nothing else.
        await using var store = world.Platform.Services.GetRequiredService<FiguresDatabase>().LeasePublished();
        return await store.Set<StructuralSum>().ToListAsync(Ct);
    }

    private static IEnumerable<string> Covers(System.Text.Json.JsonElement answer) => answer.GetProperty("coverage").EnumerateArray().Select(c => $"{c.GetProperty("area").GetString()} {c.GetProperty("zones").GetInt32()} {Of(c, "areas")} {Of(c, "without")}");

    private static string Of(System.Text.Json.JsonElement cover, string name) => cover.GetProperty(name).EnumerateArray().Select(a => a.GetString()).ToList() is { Count: > 0 } areas ? string.Join(' ', areas) : "-";

    private static async Task<System.Text.Json.JsonElement> ByTheApi(FiguresWorld world, string query)
    {
        using var http = world.Platform.CreateDefaultClient(new Uri("http://localhost"));
        var token = await ApiTests.Token(http, await world.Platform.Services.GetRequiredService<VictimSupport.Identity.Contracts.IProgramsOfThePlatform>().Register("Forum", "figures", Ct));
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        using var answer = await http.GetAsync("/api/figures/v1/releases/2026-F/structural-work" + query, Ct);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct)).RootElement;
    }

    /// <summary>The final release of 2025, of the zones that take part in the one of 2026.</summary>
    private static async Task YearBefore(FiguresWorld world, IReadOnlyList<StructuralSum> sums)
    {
        await world.Platform.Services.GetRequiredService<FiguresDatabase>().Write(async store =>
        {
            var last = await store.Set<Release>().AsNoTracking().SingleAsync(Ct);
            store.Add(new Release { Id = "2025-F", Kind = ReleaseKind.F, Period = "2025", ProgrammeHash = last.ProgrammeHash, SamplerVersion = last.SamplerVersion, PublishedAt = last.PublishedAt.AddYears(-1), Areas = last.Areas, Missing = "", Zones = last.Zones, OfZones = last.OfZones });
            store.AddRange(sums.Select(s => new StructuralSum { Release = "2025-F", Place = s.Place, Table = s.Table, Row = s.Row, Count = s.Count }));
        }, Ct);
        await world.Platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("test", null, async house =>
        {
            house.AddRange((await house.Set<TakesPart>().AsNoTracking().Where(t => t.Release == "2026-F").ToListAsync(Ct)).Select(t => new TakesPart { Release = "2025-F", Quarter = t.Quarter.AddYears(-1), ZoneId = t.ZoneId, Area = t.Area }));
            return true;
        }, Ct);
    }

    private static string Source(IHtmlDocument page) => page.QuerySelector(".vs-source")!.TextContent;

    private static string Union(string area, IEnumerable<StructuralSum> sums) => sums.Select(s => s.Place).Distinct(StringComparer.Ordinal).Single(p => Geography.Members(p).Contains(area, StringComparer.Ordinal));

    private static IEnumerable<(string, string)> Table(IHtmlDocument page, string id) =>
        page.QuerySelectorAll($"section[aria-labelledby={id}] tbody tr").Select(r => (r.QuerySelector("th")!.TextContent.Trim(), r.QuerySelector("td")!.TextContent.Trim()));

    private sealed class Falls
    {
        public Guid? Zone { get; set; }
    }

    private sealed class Falling(UseCase here, Falls falls) : ICountStructuralWork
    {
        public Task<IReadOnlyList<StructuralCount>> In(int year, CancellationToken ct) => here.InZone.Id == falls.Zone ? throw new InvalidOperationException("planted") : Task.FromResult<IReadOnlyList<StructuralCount>>([]);
    }
}
