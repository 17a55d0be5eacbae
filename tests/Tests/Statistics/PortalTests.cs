using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Sheets;
using VictimSupport.Statistics.Portal;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Releases;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Statistics;

/// <summary>The analyst's pages: what they show is what was stored, and what they do not show is nowhere in them.</summary>
public sealed class PortalTests
{
    private static readonly string[] Pages = ["/figures", "/figures/pivot", "/figures/map", "/figures/structural", "/figures/definitions", "/figures/quality", "/figures/calendar", Statement];

    /// <summary>Open to everybody.</summary>
    private const string Statement = "/figures/privacy";

    [Fact]
    public void The_margin_of_a_share_is_none_too_narrow_however_part_and_whole_are_tied()
    {
        // A part of the capacity table as it is made to add up to the monitor: variance 13.7 of the part, 27 of the whole, 9 between them.
        Figure Of(string code, int value, double variance) => new(TableProgramme.Shipped.Of("T2"), "NAM", "2026-Q3", ["Offence", code], value, 0, "") { Variance = variance };
        foreach (var (part, whole) in new[] { (80, 100), (50, 100), (400, 500), (30, 300) })
        {
            var (share, entry) = (part / (double)whole, new VictimSupport.Statistics.Portal.Entry(null, Of("Victim", part, 13.7), Of(Published.All, whole, 27)));
            foreach (var tie in new[] { 0, 9, 13.7 }) Assert.True(entry.ShareMargin >= 196 * Math.Sqrt(13.7 + (share * share * 27) - (2 * share * tie)) / whole);
        }
    }

    [Theory, EveryEngine]
    public async Task Pages_and_files_show_what_was_stored_to_the_cell(string engine)
    {
        await using var world = await FiguresWorld.Start(engine, "2026-Q3-P", "2026-Q4-P");
        var stored = await Stored(world);
        using var analyst = world.Analyst();

        // Six figures, each the stored one with the margin of its variance, and a turn only where the margins leave one.
        var overview = await analyst.Page("/figures");
        var tiles = overview.QuerySelectorAll(".vs-cards .vs-card");
        Assert.Equal(6, tiles.Length);
        foreach (var (tile, key) in tiles.Zip([("T1", "*"), ("T1", "PartnerViolence"), ("T1", "Offence"), ("T2", "*|Relative"), ("T8", "*|0-1"), ("T8", "*|NoContact")]))
        {
            var (now, then) = (stored[("2026-Q4-P", key.Item1, "BE|2026-Q4|" + key.Item2)], stored[("2026-Q3-P", key.Item1, "BE|2026-Q3|" + key.Item2)]);
            Assert.StartsWith(Written(now), Line(tile.QuerySelector(".vs-figure")!), StringComparison.Ordinal);
            var turn = Math.Abs(now.Value - then.Value) <= 1.96 * Math.Sqrt(now.Variance + then.Variance) ? "no clear change" : now.Value > then.Value ? "up" : "down";
            Assert.Contains(turn + " compared with quarter 3 of 2026", Line(tile), StringComparison.Ordinal);
        }
        Assert.Contains("Participating zones: 10 of 10 on this platform.", Line(overview.QuerySelector(".vs-source")!), StringComparison.Ordinal);

        // The pivot and its three files, for several tables, in both languages that write numbers their own way.
        foreach (var query in new[] { "table=T1&rows=category&columns=area&period=2026-Q4", "table=T1&rows=area&columns=period&span=month&category=Offence", "table=T2&rows=capacity&columns=category&period=2026-Q4&area=BE", "table=T7&rows=place&columns=none&period=2026-Q3&category=PartnerViolence", "table=T8&rows=delay&columns=period&release=2026-Q3-P" })
        {
            var page = await analyst.Page("/figures/pivot?" + query);
            var shown = Grid(page);
            Assert.NotEmpty(shown);
            var cited = page.QuerySelectorAll<IHtmlAnchorElement>(".vs-grid td a").ToList();
            Assert.All(cited, a =>
            {
                var of = a.GetAttribute("href")!.Split('/')[^3..];
                Assert.Equal(Written(stored[(of[0], of[1], Uri.UnescapeDataString(of[2]))]), Line(a));
            });
            Assert.Equal(shown.Skip(1).SelectMany(r => r.Skip(1)).Count(c => c.Length > 0), cited.Count);

            var address = page.QuerySelectorAll<IHtmlAnchorElement>("a").Select(a => a.GetAttribute("href")!).Where(h => h.Contains("handler=Export", StringComparison.Ordinal)).ToList();
            Assert.Equal(3, address.Count);
            var csv = Encoding.UTF8.GetString(await Bytes(analyst, address[0])).TrimStart('\uFEFF').Split("\r\n").TakeWhile(l => l.Length > 0 && l.Trim(';').Length > 0).Select(l => l.Split(';')).ToList();
            Assert.Equal(shown, Told(csv));
            Assert.Equal(shown, Told(Workbook(await Bytes(analyst, address[1]))));
            var stat = JsonDocument.Parse(await Bytes(analyst, address[2])).RootElement;
            IsJsonStat(stat);
            Assert.Equal(shown.Skip(1).SelectMany(r => r.Skip(1)), Values(stat));
            // Wherever a figure goes, its source and the legend go with it.
            var text = Encoding.UTF8.GetString(await Bytes(analyst, address[0]));
            Assert.Contains("Participating zones: 10 of 10 on this platform.", text, StringComparison.Ordinal);
            Assert.Contains(TableProgramme.Shipped.Hash, text, StringComparison.Ordinal);
            // The address of the view is the view.
            var kept = page.QuerySelectorAll<IHtmlAnchorElement>("a").Select(a => a.GetAttribute("href")!).Last(h => h.StartsWith("/figures/pivot?table=", StringComparison.Ordinal));
            Assert.Equal(shown, Grid(await analyst.Page(kept)));
        }
    }

    [Theory, EveryEngine]
    public async Task What_is_not_shown_is_in_no_page_and_no_file(string engine)
    {
        await using var world = await FiguresWorld.Start(engine, "2026-Q3-P");
        var stored = await Stored(world);
        // A canary beside the others: an unshown value that cannot be met by chance.
        const int Canary = 918_273;
        await world.Platform.Services.GetRequiredService<FiguresDatabase>().Write(store =>
        {
            store.Add(new Release { Id = "2026-Q2-P", Kind = ReleaseKind.P, Period = "2026-Q2", ProgrammeHash = TableProgramme.Shipped.Hash, PublishedAt = FiguresWorld.FirstDay.AddDays(-90), Areas = "NAM;LIM", Zones = 10, OfZones = 10 });
            foreach (var table in TableProgramme.Shipped.In("P"))
            {
                for (var combination = 0; combination < table.Combinations; combination++)
                {
                    var period = table.Period == Span.Month ? "2026-05" : "2026-Q2";
                    store.Add(new ProtectedCell { Release = "2026-Q2-P", Table = table.Id, Cell = $"NAM|{period}|{string.Join('|', table.CodesOf(combination))}", Value = Canary, Variance = Canary + 1, Shown = false });
                    store.Add(new ProtectedSum { Release = "2026-Q2-P", Table = table.Id, Cell = $"BE|2026-Q2|{string.Join('|', table.CodesOf(combination))}", Value = Canary, Variance = Canary + 1, Shown = false });
                }
            }
            return Task.CompletedTask;
        }, TestContext.Current.CancellationToken);
        using var analyst = world.Analyst();
        var all = new StringBuilder();
        foreach (var table in TableProgramme.Shipped.In("P"))
        {
            foreach (var columns in new[] { "area", "period", "none" })
            {
                foreach (var measure in new[] { "count", "share" })
                {
                    var query = $"table={table.Id}&columns={columns}&measure={measure}&release=2026-Q2-P{(columns == "period" ? "" : "&period=2026-Q2")}";
                    all.Append(await (await analyst.Get("/figures/pivot?" + query)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
                    foreach (var format in new[] { "csv", "json-stat" }) all.Append(Encoding.UTF8.GetString(await Bytes(analyst, $"/figures/pivot?handler=Export&format={format}&{query}")));
                    all.Append(string.Join('\n', Workbook(await Bytes(analyst, $"/figures/pivot?handler=Export&format=xlsx&{query}")).SelectMany(r => r)));
                }
            }
        }
        foreach (var page in Pages.Append("/figures/map?period=2026-Q2").Append("/figures/cite/2026-Q2-P/T1/" + Uri.EscapeDataString("BE|2026-Q2|Offence"))) all.Append(await (await analyst.Get(page)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var said = all.ToString().Replace(".", "", StringComparison.Ordinal).Replace(",", "", StringComparison.Ordinal).Replace("\u00A0", "", StringComparison.Ordinal).Replace("\u202F", "", StringComparison.Ordinal);
        Assert.DoesNotContain(Canary.ToString(CultureInfo.InvariantCulture), said, StringComparison.Ordinal);
        Assert.DoesNotContain((Canary + 1).ToString(CultureInfo.InvariantCulture), said, StringComparison.Ordinal);
        Assert.Contains(">c<", all.ToString(), StringComparison.Ordinal); // it was there to be shown
        Assert.Contains(stored.Values, s => !s.Shown);
    }

    [Fact]
    public async Task Before_anything_is_out_every_page_answers_and_says_what_comes_when()
    {
        await using var world = await FiguresWorld.Start("sqlite");
        foreach (var language in new[] { "en", "fr", "nl", "de" })
        {
            using var analyst = world.Analyst(language);
            foreach (var page in Pages) Assert.True((await analyst.Get(page)).StatusCode == HttpStatusCode.OK, $"{language} {page}");
        }
        using var reader = world.Analyst();
        var overview = Line((await reader.Page("/figures")).QuerySelector("main")!);
        Assert.Contains("No figures are out yet.", overview, StringComparison.Ordinal);
        Assert.Contains("quarter 3 of 2026, first release 16/11/2026", overview, StringComparison.Ordinal);
        Assert.Contains("quarter 4 of 2026, first release 15/02/2027 to come", overview, StringComparison.Ordinal);
        Assert.Contains("2026, final release 31/03/2027 to come", overview, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await reader.Get("/figures/cite/2026-Q3-P/T1/BE")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await reader.Get("/figures/pivot?handler=Export&format=csv")).StatusCode);
    }

    [Fact]
    public async Task An_address_that_asks_for_nonsense_shows_what_could_be_read_and_says_so()
    {
        await using var world = await FiguresWorld.Start("sqlite", "2026-Q3-P");
        using var analyst = world.Analyst();
        string[] nonsense = ["%00", "x", "T99", "-1", "'; DROP VIEW published_cell; --", new string('9', 300), "../../etc/passwd", "<script>alert(1)</script>", "2026-Q9", "0000-00", "𝟚𝟘𝟚𝟞", "*", "Rest", "Female:*", "|||"];
        foreach (var name in new[] { "table", "rows", "columns", "measure", "span", "period", "area", "release", "category", "capacity", "sex", "age", "service", "x" })
        {
            foreach (var value in nonsense)
            {
                var answer = await analyst.Get($"/figures/pivot?table=T2&{(name == "table" ? "table2=x&" : "")}{name}={Uri.EscapeDataString(value)}".Replace("table=T2&table2=x&table=", "table=", StringComparison.Ordinal));
                Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest or HttpStatusCode.NotFound, $"{name}={value}: {answer.StatusCode}");
                Assert.NotEmpty((await Visit.Read(answer)).QuerySelectorAll("h1"));
            }
        }
        // The table it asked for stays; the kind it does not know does not.
        var kept = await Visit.Read(await analyst.Get("/figures/pivot?table=T2&rows=capacity&columns=category&period=1999-Q1"));
        Assert.Equal("T2", kept.QuerySelector<IHtmlSelectElement>("#by-table")!.Value);
        Assert.Equal("capacity", kept.QuerySelector<IHtmlSelectElement>("#by-rows")!.Value);
        Assert.Contains("Period", Line(kept.QuerySelector("[role=alert]")!), StringComparison.Ordinal);
        Assert.NotEmpty(Grid(kept));
        Assert.Equal(HttpStatusCode.BadRequest, (await analyst.Get("/figures/pivot?table=T2&period=1999-Q1")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await analyst.Get("/figures/pivot?table=T1&rows=capacity&columns=delay&period=2026-08&span=year&area=LIE")).StatusCode); // of another table: let go
        Assert.Equal(HttpStatusCode.BadRequest, (await analyst.Get("/figures/pivot?handler=Export&format=pdf")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await analyst.Get("/figures/pivot?handler=Export&format=csv&table=T99")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await analyst.Get("/figures/map?period=never&category=x")).StatusCode);
        foreach (var cite in new[] { "", "/2026-Q3-P", "/2026-Q3-P/T1", "/2026-Q3-P/T1/x", "/x/T1/BE%7C2026-Q3%7C*", "/2026-Q3-P/T99/BE%7C2026-Q3%7C*", "/%2500/T1/%2500", $"/{new string('9', 300)}/T1/x" }) Assert.Equal(HttpStatusCode.NotFound, (await analyst.Get("/figures/cite" + cite)).StatusCode);
    }

    [Theory, EveryEngine]
    public async Task Analysts_see_no_zone_and_zones_see_the_same_figures_within_theirs(string engine)
    {
        await using var world = await FiguresWorld.Start(engine, "2026-Q3-P");
        var zone = world.Zones[0];
        using var analyst = world.Analyst();
        foreach (var path in new[] { "", "/worklist", "/dossiers", "/search", "/tray", "/country", "/country/pivot", "/admin/access-matrix", "/admin/settings", "/our-figures" }) Assert.Equal(HttpStatusCode.NotFound, (await analyst.Get($"/{zone.Code}{path}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await analyst.Get("/operator")).StatusCode);
        // Roles of a zone open nothing outside every zone, and those of the matrix open the same within theirs.
        foreach (var role in Enum.GetValues<Role>())
        {
            using (var outside = world.Somebody("en", role))
            {
                foreach (var page in Pages) Assert.Equal(page == Statement || AccessMatrix.Allows(May.SeeProtectedFigures, [role]) ? HttpStatusCode.OK : HttpStatusCode.NotFound, (await outside.Get(page)).StatusCode);
            }
            using var inside = zone.Visit(role);
            foreach (var page in Pages.Where(p => p != Statement).Select(p => p.Replace("/figures", "/country", StringComparison.Ordinal)))
                Assert.Equal((role, page, AccessMatrix.Allows(May.SeeProtectedFigures, [role]) ? HttpStatusCode.OK : HttpStatusCode.NotFound), (role, page, (await inside.Get(page)).StatusCode));
            Assert.Equal(HttpStatusCode.NotFound, (await inside.Client.GetAsync("/figures", TestContext.Current.CancellationToken)).StatusCode);
        }
        using var coordinator = zone.Visit(Role.Coordinator);
        var there = await coordinator.Page("/country/pivot?table=T1&period=2026-Q3");
        Assert.Equal(Grid(await analyst.Page("/figures/pivot?table=T1&period=2026-Q3")), Grid(there));
        Assert.All(there.QuerySelectorAll<IHtmlAnchorElement>(".vs-grid td a"), a => Assert.StartsWith($"/{zone.Code}/country/cite/", a.GetAttribute("href"), StringComparison.Ordinal));
        Assert.Contains(there.QuerySelectorAll<IHtmlAnchorElement>("nav a"), a => a.GetAttribute("href") == $"/{zone.Code}/country");
        using var nobody = zone.Passer();
        foreach (var page in Pages) Assert.Equal(page == Statement ? HttpStatusCode.OK : HttpStatusCode.Redirect, (await nobody.Client.GetAsync(page, TestContext.Current.CancellationToken)).StatusCode);
        // No page names a zone that takes part.
        foreach (var page in Pages) Assert.DoesNotContain($"Zone {zone.Code}", await (await analyst.Get(page)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_final_release_stands_in_front_of_the_first_and_other_zones_are_warned_of()
    {
        await using var world = await FiguresWorld.Start("sqlite", "2026-Q3-P");
        using var analyst = world.Analyst();
        Assert.DoesNotContain("not of the same zones", Line((await analyst.Page("/figures")).QuerySelector("main")!), StringComparison.Ordinal);
        // A zone that comes later makes the next quarter one of other zones.
        var late = await world.Platform.Zone();
        await world.Platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("test", null, async house =>
        {
            var record = await house.Set<VictimSupport.Foundation.Zones.ZoneRecord>().SingleAsync(z => z.Id == late.Id);
            record.Take(record.Facts with { Province = "NAM", Arrondissement = "NAM" });
            return true;
        }, TestContext.Current.CancellationToken);
        await world.Platform.Services.GetRequiredService<VictimSupport.Statistics.Contracts.IReleaseFigures>().PlaceZones(new DateOnly(2026, 10, 1), TestContext.Current.CancellationToken);
        Assert.Contains(late.Code, Line((await analyst.Page("/figures/quality")).QuerySelector("main")!), StringComparison.Ordinal); // it is in no figure yet
        await world.Release("2026-Q4-P");
        Assert.Contains("not of the same zones", Line((await analyst.Page("/figures")).QuerySelector("main")!), StringComparison.Ordinal);
        Assert.Contains("not of the same zones", Line((await analyst.Page("/figures/pivot?table=T1&columns=period&span=quarter")).QuerySelector("main")!), StringComparison.Ordinal);
        Assert.DoesNotContain("not of the same zones", Line((await analyst.Page("/figures/pivot?table=T1&columns=area&period=2026-Q4")).QuerySelector("main")!), StringComparison.Ordinal);

        await world.Release("2026-F");
        var page = await analyst.Page("/figures/pivot?table=T1&columns=area&period=2026-Q4");
        Assert.All(page.QuerySelectorAll<IHtmlAnchorElement>(".vs-grid td a"), a => Assert.Contains("/cite/2026-F/", a.GetAttribute("href"), StringComparison.Ordinal));
        var archived = await analyst.Page("/figures/pivot?table=T1&columns=area&period=2026-Q4&release=2026-Q4-P");
        Assert.All(archived.QuerySelectorAll<IHtmlAnchorElement>(".vs-grid td a"), a => Assert.Contains("/cite/2026-Q4-P/", a.GetAttribute("href"), StringComparison.Ordinal));
        Assert.NotEqual(Grid(page), Grid(archived));
        // Every edition stays in the archive with its programme; a quoted figure leads to its other editions.
        var calendar = Line((await analyst.Page("/figures/calendar")).QuerySelector("main")!);
        foreach (var id in new[] { "2026-Q3-P", "2026-Q4-P", "2026-F", TableProgramme.Shipped.Hash }) Assert.Contains(id, calendar, StringComparison.Ordinal);
        var cited = await analyst.Page("/figures/cite/2026-F/T1/" + Uri.EscapeDataString("BE|2026-Q4|Offence"));
        Assert.Contains("quarter 4 of 2026, first release", Line(cited.QuerySelector("main table")!), StringComparison.Ordinal);
        var citation = cited.QuerySelector("#citation")!.TextContent;
        foreach (var part in new[] { "2026-F", "31/03/2027", "T1", "Belgium, quarter 4 of 2026, Violence or another offence", "±", TableProgramme.Shipped.Hash[..12] }) Assert.Contains(part, citation, StringComparison.Ordinal);
        // The year's tables came with it: every one of them opens, along every axis.
        foreach (var table in TableProgramme.Shipped.In("F"))
        {
            foreach (var axis in VictimSupport.Statistics.Portal.Axes.Of(table)) Assert.NotEmpty(Grid(await analyst.Page($"/figures/pivot?table={table.Id}&rows={axis.Name}&measure=share")));
        }
        var ages = Grid(await analyst.Page("/figures/pivot?table=T3&rows=age&columns=sex&period=2026&area=BE"));
        Assert.Equal(["Age", "Female", "Male", "Sex, age or place not known or another", "All"], ages[0]);
        Assert.All(ages.Skip(1).SkipLast(1), r => Assert.Equal("", r[3])); // nobody knows the age of whose age is not known
        Assert.NotEqual("", ages[^1][3]);
    }

    [Theory, EveryEngine]
    public async Task Of_an_area_that_the_final_release_is_without_the_first_figures_stay_and_say_so(string engine)
    {
        await using var world = await FiguresWorld.Start(engine, "2026-Q3-P", "2026-Q4-P");
        var gone = await world.FinalWithoutAnArea();
        var stored = await Stored(world);
        using var analyst = world.Analyst();
        var name = "The final release is without: ";

        // Each area by itself: where the final release has it, from there, else from the first one of its quarter; sums are of the final one alone.
        foreach (var (query, period) in new[] { ("table=T1&rows=category&columns=area&period=2026-Q4", "2026-Q4"), ("table=T1&rows=area&columns=category&period=2026-11", "2026-11"), ("table=T2&rows=capacity&columns=area&period=2026-Q3&measure=share", "2026-Q3"), ("table=T8&rows=delay&columns=none&period=2026-Q3&area=" + Uri.EscapeDataString(gone), "2026-Q3") })
        {
            var page = await analyst.Page("/figures/pivot?" + query);
            var cited = page.QuerySelectorAll<IHtmlAnchorElement>(".vs-grid td a").Select(a => (Of: a.GetAttribute("href")!.Split('/')[^3..].Select(Uri.UnescapeDataString).ToList(), Text: Line(a), Signs: a.ParentElement!.QuerySelectorAll("sup").Select(Line).ToList())).ToList();
            var first = cited.Where(c => IsGone(c.Of[2])).ToList();
            Assert.Contains(first, c => c.Of[2].StartsWith(gone + "|", StringComparison.Ordinal));
            Assert.All(first, c => Assert.Equal((period == "2026-11" ? "2026-Q4-P" : period + "-P", true), (c.Of[0], c.Signs.Contains("p"))));
            Assert.All(cited.Except(first), c => Assert.Equal(("2026-F", false), (c.Of[0], c.Signs.Contains("p"))));
            if (query.Contains("share", StringComparison.Ordinal))
            {
                // A part and its whole are of one release.
                var (part, whole) = (stored[("2026-Q3-P", "T2", $"{gone}|2026-Q3|*|Victim")], stored[("2026-Q3-P", "T2", "BE|2026-Q3|*|Victim")]);
                Assert.StartsWith($"{Math.Round(100.0 * part.Value / whole.Value, MidpointRounding.AwayFromZero)}", first.Single(c => c.Of[2].StartsWith(gone + "|", StringComparison.Ordinal) && c.Of[2].EndsWith("|*|Victim", StringComparison.Ordinal)).Text, StringComparison.Ordinal);
            }
            else Assert.All(cited, c => Assert.Equal(Written(stored[(c.Of[0], c.Of[1], c.Of[2])]), c.Text));
            Assert.Contains(name, Line(page.QuerySelector(".vs-of-first")!), StringComparison.Ordinal);
            var source = Line(page.QuerySelector(".vs-source")!);
            Assert.Contains(first[0].Of[0], source, StringComparison.Ordinal);

            // And each file, to the cell, with the same words.
            var (shown, files) = (Grid(page), page.QuerySelectorAll<IHtmlAnchorElement>("a").Select(a => a.GetAttribute("href")!).Where(h => h.Contains("handler=Export", StringComparison.Ordinal)).ToList());
            var text = Encoding.UTF8.GetString(await Bytes(analyst, files[0])).TrimStart('\uFEFF');
            Assert.Contains(name, text, StringComparison.Ordinal);
            if (query.Contains("share", StringComparison.Ordinal)) continue; // its number has no margin of a count to be written again
            Assert.Equal(shown, Told([.. text.Split("\r\n").TakeWhile(l => l.Trim(';').Length > 0).Select(l => l.Split(';'))]));
            Assert.Equal(shown, Told(Workbook(await Bytes(analyst, files[1]))));
            var stat = JsonDocument.Parse(await Bytes(analyst, files[2])).RootElement;
            IsJsonStat(stat);
            Assert.Equal(shown.Skip(1).SelectMany(r => r.Skip(1)), Values(stat));
            Assert.Contains(stat.GetProperty("note").EnumerateArray(), n => n.GetString()!.StartsWith(name, StringComparison.Ordinal));
        }

        // A region none of whose areas is there is not available either, wherever it would stand; and no area is of a table by regions.
        Assert.True(IsGone("WAL|2026-Q4|*"));
        var regions = Grid(await analyst.Page("/figures/pivot?table=T9&rows=area&columns=none&period=2026"));
        Assert.Equal(":", regions.Single(r => r[0] == "Walloon Region")[1]);
        Assert.Equal(3, regions.Count(r => r.Count > 1 && r[1].Length > 0) - 1); // it, the other region and the country, beneath the head
        Assert.All(Grid(await analyst.Page("/figures/pivot?table=T1&rows=area&columns=category&period=2026-Q4&release=2026-F")).Single(r => r[0] == "Walloon Region").Skip(1), c => Assert.Equal(":", c));

        // A year has no first release, and whoever names the final one sees what it has.
        foreach (var query in new[] { "table=T1&rows=category&columns=area&period=2026", "table=T1&rows=category&columns=area&period=2026-Q4&release=2026-F" })
        {
            var page = await analyst.Page("/figures/pivot?" + query);
            Assert.Null(page.QuerySelector(".vs-of-first"));
            Assert.Contains(Grid(page).Skip(1).SelectMany(r => r), c => c == ":");
            Assert.DoesNotContain(page.QuerySelectorAll<IHtmlAnchorElement>(".vs-grid td a"), a => !a.GetAttribute("href")!.Contains("/cite/2026-F/", StringComparison.Ordinal));
        }

        // The map says it on the tiles of the area and beneath them; the overview names the area beside the sums that are without it.
        var map = await analyst.Page("/figures/map?period=2026-Q4");
        var tiles = map.QuerySelectorAll(".vs-map__tile--first").Select(t => t.QuerySelector(".vs-map__name")!.TextContent).Order(StringComparer.Ordinal);
        Assert.Equal(VictimSupport.Statistics.Areas.Geography.Members(gone).Order(StringComparer.Ordinal), tiles);
        Assert.All(map.QuerySelectorAll(".vs-map__tile--first"), t => Assert.EndsWith(" p", t.QuerySelectorAll("text")[1].TextContent, StringComparison.Ordinal));
        Assert.Equal(2, map.QuerySelectorAll<IHtmlAnchorElement>("main table a").Select(a => a.GetAttribute("href")!.Split('/')[^3]).Distinct().Count());
        Assert.NotNull(map.QuerySelector(".vs-of-first"));
        var overview = await analyst.Page("/figures");
        var beside = Assert.Single(overview.QuerySelectorAll<IHtmlAnchorElement>("section[aria-labelledby=six] table a"));
        Assert.EndsWith("/cite/2026-Q4-P/T1/" + Uri.EscapeDataString($"{gone}|2026-Q4|*"), beside.GetAttribute("href"), StringComparison.Ordinal);
        Assert.Equal(Written(stored[("2026-Q4-P", "T1", $"{gone}|2026-Q4|*")]), Line(beside));
        Assert.Contains(name, Line(overview.QuerySelector(".vs-of-first")!), StringComparison.Ordinal);
        Assert.Equal(["2026-F", "2026-Q4-P"], overview.QuerySelectorAll(".vs-source li").Select(l => Line(l).Split(' ')[0])); // each release once, though two quarters are compared

        // Once the first one was taken back, nothing stands in for it.
        await world.Withdraws("2026-Q4-P", Fault.Data);
        foreach (var path in new[] { "/figures", "/figures/map?period=2026-Q4", "/figures/pivot?table=T1&rows=category&columns=area&period=2026-Q4" })
        {
            var page = await analyst.Page(path);
            Assert.Null(page.QuerySelector(".vs-of-first"));
            Assert.DoesNotContain(page.QuerySelectorAll<IHtmlAnchorElement>("main a"), a => a.GetAttribute("href")!.Contains("2026-Q4-P", StringComparison.Ordinal));
            Assert.DoesNotContain("2026-Q4-P", Line(page.QuerySelector(".vs-source")!), StringComparison.Ordinal);
        }
        Assert.NotNull((await analyst.Page("/figures/map?period=2026-Q3")).QuerySelector(".vs-of-first"));

        bool IsGone(string cell) => !stored.Keys.Any(k => k.Item1 == "2026-F" && k.Item3.StartsWith(cell[..(cell.IndexOf('|', StringComparison.Ordinal) + 1)], StringComparison.Ordinal));
    }

    [Fact]
    public async Task Totals_of_other_areas_are_not_compared_and_it_is_said_why()
    {
        await using var world = await FiguresWorld.Start("sqlite", "2026-Q3-P");
        using var analyst = world.Analyst();
        var gone = await world.WithoutAnArea("P", "2026-Q4", FiguresWorld.SecondDay);
        var tiles = (await analyst.Page("/figures")).QuerySelectorAll(".vs-cards .vs-card p.govuk-body-s").Select(Line).ToList();
        Assert.Equal(6, tiles.Count);
        Assert.All(tiles, t => Assert.Equal("No comparison: the two totals are not of the same areas.", t)); // half the country is gone: each of them would have fallen
        // Both without it, as two quarters of one final release: then they are compared.
        world.Platform.Clock.SetUtcNow(FiguresWorld.FinalDay.AddDays(25));
        Assert.Equal([gone], (await world.Platform.Services.GetRequiredService<VictimSupport.Statistics.Contracts.IReleaseFigures>().Release("F", "2026", (_, _) => Task.CompletedTask, TestContext.Current.CancellationToken)).Missing);
        Assert.DoesNotContain("No comparison", Line((await analyst.Page("/figures")).QuerySelector("section[aria-labelledby=six]")!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beside_its_own_figures_a_zone_reads_the_release_that_has_its_area()
    {
        await using var world = await FiguresWorld.Start("sqlite", "2026-Q3-P");
        var gone = await world.WithoutAnArea("P", "2026-Q4", FiguresWorld.SecondDay);
        world.Platform.Clock.SetUtcNow(FiguresWorld.FinalDay.AddDays(25));
        await world.Platform.Services.GetRequiredService<VictimSupport.Statistics.Contracts.IReleaseFigures>().Release("F", "2026", (_, _) => Task.CompletedTask, TestContext.Current.CancellationToken);
        // The first one where that one has the area; where neither has it the final one, which is the last word about the country.
        var zone = world.Zones[1].As(Role.Coordinator);
        foreach (var (period, release, tells) in new[] { ("2026-Q3", "2026-Q3-P", true), ("2026-Q4", "2026-F", false) })
        {
            var beside = (await zone.Send(new VictimSupport.Statistics.Own.Beside.Query(VictimSupport.Statistics.Own.Interval.Parse(period)!)))!;
            Assert.Equal((release, gone, true), (beside.Release, beside.Area, beside.Of(VictimSupport.Statistics.Definitions.Figures.Find("category"), Published.All, "BE")!.Value is not null));
            Assert.Equal(tells, beside.Of(VictimSupport.Statistics.Definitions.Figures.Find("category"), Published.All, gone)!.Value is not null);
        }
    }

    [Fact]
    public void A_tile_of_a_first_figure_says_so_whether_it_has_a_value_or_not()
    {
        Quoted Of(string place, int? value, bool first) => new(new Release { Id = first ? "2026-Q4-P" : "2026-F", Kind = first ? ReleaseKind.P : ReleaseKind.F }, new Figure(TableProgramme.Shipped.Of("T1"), place, "2026-Q4", [Published.All], value, value is null ? null : 5, value is null ? "c" : ""), first);
        var map = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(Written(TileMap.Draw("Title", "About", [Of("NAM", null, true), Of("LUX", 40, true), Of("LIE", null, false), Of("HAI", 40, false)])));
        var tiles = map.QuerySelectorAll("g").ToDictionary(t => t.QuerySelector(".vs-map__name")!.TextContent, t => t.QuerySelectorAll("text")[1].TextContent, StringComparer.Ordinal);
        Assert.Equal(("c p", "40 p", "c", "40", ""), (tiles["NAM"], tiles["LUX"], tiles["LIE"], tiles["HAI"], tiles["ANT"]));

        static string Written(Microsoft.AspNetCore.Html.IHtmlContent content)
        {
            using var writer = new StringWriter();
            content.WriteTo(writer, System.Text.Encodings.Web.HtmlEncoder.Default);
            return writer.ToString();
        }
    }

    [Fact]
    public async Task The_privacy_statement_is_read_by_everybody_in_four_languages_and_says_what_a_c_hides_and_what_not()
    {
        await using var world = await FiguresWorld.Start("sqlite");
        foreach (var (language, says) in new[] { ("en", "the total less the others"), ("fr", "le total moins les autres"), ("nl", "het totaal min de andere"), ("de", "die Summe abzüglich der anderen") })
        {
            using var nobody = new Visit(world.Platform, "", null);
            nobody.Client.DefaultRequestHeaders.AcceptLanguage.Clear();
            nobody.Client.DefaultRequestHeaders.AcceptLanguage.ParseAdd(language);
            var page = await nobody.Page(Statement);
            Assert.Equal(language, page.DocumentElement.GetAttribute("lang"));
            Assert.Contains(says, Line(page.QuerySelector("main")!), StringComparison.Ordinal);
            Assert.Contains((0.5643).ToString("0.0000", CultureInfo.GetCultureInfo(language + "-BE")), Line(page.QuerySelector("main")!), StringComparison.Ordinal);
            Assert.Empty(page.QuerySelectorAll("main nav")); // nothing leads where a stranger is turned away
            using var analyst = world.Analyst(language);
            Assert.Contains(says, Line((await analyst.Page("/figures/quality")).QuerySelector("main")!), StringComparison.Ordinal);
            Assert.NotEmpty((await analyst.Page(Statement)).QuerySelectorAll("main nav a"));
        }
    }

    [Theory, EveryEngine]
    public async Task How_many_zones_are_silent_is_told_to_analysts_and_which_to_operators(string engine)
    {
        await using var world = await FiguresWorld.Start(engine);
        var (silent, desk) = (world.Zones[0], world.Platform.Services.GetRequiredService<VictimSupport.Statistics.Contracts.IReleaseFigures>());
        using var analyst = world.Analyst();
        using var operators = new Visit(world.Platform, "operator", Guid.NewGuid(), Role.Operator);
        Assert.DoesNotContain("No answer since", Line((await operators.Page("/operator/health")).QuerySelector("main")!), StringComparison.Ordinal);
        await world.Platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("test", null, async house => (await house.Set<VictimSupport.Foundation.Zones.ZoneRecord>().SingleAsync(z => z.Id == silent.Id)).State = VictimSupport.Foundation.Zones.ZoneState.Suspended, TestContext.Current.CancellationToken);
        world.Platform.Services.GetRequiredService<VictimSupport.Foundation.Zones.ZoneRegistry>().LetGo(silent.Code);
        world.Platform.Clock.SetUtcNow(FiguresWorld.FirstDay);
        await desk.ReleaseWhatIsDue(TestContext.Current.CancellationToken);
        await Tells("Zones waited for: 1.", "2026-Q3-P");

        // Its window is over: it came out, and both still say so.
        world.Platform.Clock.SetUtcNow(FiguresWorld.FirstDay.AddDays(10));
        await desk.ReleaseWhatIsDue(TestContext.Current.CancellationToken);
        await Tells("Zones that did not answer: 1.", "2026-Q3-P");

        async Task Tells(string says, string release)
        {
            var quality = Line((await analyst.Page("/figures/quality")).QuerySelector("main")!);
            Assert.Contains(says, quality, StringComparison.Ordinal);
            Assert.DoesNotContain($"{silent.Code} did", quality, StringComparison.Ordinal);
            Assert.Contains((await operators.Page("/operator/health")).QuerySelectorAll("table").Last().QuerySelectorAll("tbody tr").Select(Line), r => r.StartsWith(silent.Code + release, StringComparison.Ordinal));
        }
    }

    private static string Line(IElement element) => System.Text.RegularExpressions.Regex.Replace(element.TextContent, "\\s+", " ", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)).Trim();

    private static string Written((int Value, double Variance, bool Shown) stored) => stored.Shown ? $"{stored.Value.ToString("N0", CultureInfo.GetCultureInfo("en-BE"))} ± {Display.Margin(stored.Variance)}" : "c";

    private static async Task<Dictionary<(string, string, string), (int Value, double Variance, bool Shown)>> Stored(FiguresWorld world)
    {
        await using var store = world.Platform.Services.GetRequiredService<FiguresDatabase>().Lease();
        return (await store.Set<ProtectedCell>().AsNoTracking().ToListAsync(TestContext.Current.CancellationToken)).Select(c => (Key: (c.Release, c.Table, c.Cell), What: (c.Value, c.Variance, c.Shown)))
            .Concat((await store.Set<ProtectedSum>().AsNoTracking().ToListAsync(TestContext.Current.CancellationToken)).Select(c => (Key: (c.Release, c.Table, c.Cell), What: (c.Value, c.Variance, c.Shown)))).ToDictionary(s => s.Key, s => s.What);
    }

    // The table of the page: its head and what each cell says, signs beside a value too.
    private static List<List<string>> Grid(IHtmlDocument page) =>
        [.. page.QuerySelectorAll(".vs-grid tr").Select(r => r.QuerySelectorAll("th, td").Select(Line).ToList())];

    private static async Task<byte[]> Bytes(Visit visit, string path)
    {
        var answer = await visit.Get(path);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path}: {answer.StatusCode}");
        return await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }

    // A file's lines as the page writes them: of three columns one.
    private static List<List<string>> Told(List<string[]> lines) =>
    [
        [lines[0][0], .. lines[0].Skip(1).Where((_, i) => i % 3 == 0)],
        .. lines.Skip(1).Select(l => (List<string>)[l[0], .. l.Skip(1).Chunk(3).Select(c => Said(c[0], c[1], c[2]))]),
    ];

    private static string Said(string number, string margin, string signs)
    {
        var marks = string.Join(' ', signs.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(s => s is "u" or "p"));
        var text = number.Length == 0 ? signs.Split(' ')[0] is "c" or ":" ? signs.Split(' ')[0] : "" : $"{int.Parse(number, CultureInfo.InvariantCulture).ToString("N0", CultureInfo.GetCultureInfo("en-BE"))} ± {margin}";
        return (text + " " + marks).Trim();
    }

    // Sheets, rows and cells of a workbook; it must have one sheet, none hidden, and nothing else that could hold a figure.
    private static List<string[]> Workbook(byte[] file)
    {
        using var zip = new ZipArchive(new MemoryStream(file));
        XNamespace x = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        var book = Read("xl/workbook.xml");
        var sheet = Assert.Single(book.Descendants(x + "sheet"));
        Assert.Null(sheet.Attribute("state"));
        Assert.Empty(book.Descendants(x + "definedName"));
        Assert.DoesNotContain(zip.Entries, e => e.FullName.Contains("pivot", StringComparison.OrdinalIgnoreCase) || e.FullName.Contains("sharedStrings", StringComparison.OrdinalIgnoreCase) || e.FullName.Contains("comments", StringComparison.OrdinalIgnoreCase));
        var page = XDocument.Load(zip.Entries.Single(e => e.FullName.Contains("worksheets/", StringComparison.Ordinal) && e.FullName.EndsWith(".xml", StringComparison.Ordinal)).Open());
        Assert.DoesNotContain(page.Descendants(), e => e.Attribute("hidden") is not null || e.Name == x + "f");
        var rows = page.Descendants(x + "row").Select(r => r.Elements(x + "c").ToDictionary(c => Column((string)c.Attribute("r")!), c => c.Element(x + "v")?.Value ?? string.Concat(c.Descendants(x + "t").Select(t => t.Value)))).TakeWhile(r => r.Count > 0).ToList();
        var width = rows[0].Keys.Max() + 1;
        return [.. rows.Select(r => Enumerable.Range(0, width).Select(c => r.GetValueOrDefault(c, "")).ToArray())];

        XDocument Read(string name) => XDocument.Load(zip.GetEntry(name)!.Open());
        static int Column(string reference) => reference.TakeWhile(char.IsAsciiLetter).Aggregate(0, (n, c) => (n * 26) + c - 'A' + 1) - 1;
    }

    /// <summary>The rules of json-stat.org for a dataset of version 2.0.</summary>
    internal static void IsJsonStat(JsonElement set)
    {
        Assert.Equal(("2.0", "dataset"), (set.GetProperty("version").GetString(), set.GetProperty("class").GetString()));
        var ids = set.GetProperty("id").EnumerateArray().Select(i => i.GetString()!).ToList();
        var sizes = set.GetProperty("size").EnumerateArray().Select(s => s.GetInt32()).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.Equal(ids.Count, sizes.Count);
        Assert.Equal(ids, set.GetProperty("dimension").EnumerateObject().Select(d => d.Name));
        foreach (var (id, size) in ids.Zip(sizes))
        {
            var category = set.GetProperty("dimension").GetProperty(id).GetProperty("category");
            var index = category.GetProperty("index").EnumerateArray().Select(i => i.GetString()!).ToList();
            Assert.Equal(size, index.Count);
            Assert.Equal(size, index.Distinct().Count());
            Assert.Equal(index, category.GetProperty("label").EnumerateObject().Select(l => l.Name));
        }
        var values = set.GetProperty("value").EnumerateArray().ToList();
        Assert.Equal(sizes.Aggregate(1, (product, size) => product * size), values.Count);
        Assert.All(values, v => Assert.True(v.ValueKind is JsonValueKind.Null || (v.ValueKind == JsonValueKind.Number && v.TryGetInt32(out _))));
        if (set.TryGetProperty("status", out var status))
        {
            Assert.All(status.EnumerateObject(), s => Assert.InRange(int.Parse(s.Name, CultureInfo.InvariantCulture), 0, values.Count - 1));
            Assert.All(status.EnumerateObject(), s => Assert.All(s.Value.GetString()!.Split(' '), sign => Assert.Contains(sign, new[] { "c", ":", "u", "p" })));
            // What is not there has no value; what has one is there.
            Assert.All(status.EnumerateObject(), s => Assert.Equal(s.Value.GetString()!.Split(' ')[0] is "c" or ":", values[int.Parse(s.Name, CultureInfo.InvariantCulture)].ValueKind == JsonValueKind.Null));
        }
        Assert.All(set.GetProperty("role").EnumerateObject(), r => Assert.All(r.Value.EnumerateArray(), d => Assert.Contains(d.GetString()!, ids)));
        Assert.True(DateTimeOffset.TryParse(set.GetProperty("updated").GetString(), CultureInfo.InvariantCulture, out _));
        Assert.NotEmpty(set.GetProperty("label").GetString()!);
        Assert.NotEmpty(set.GetProperty("source").GetString()!);
    }

    private static IEnumerable<string> Values(JsonElement set)
    {
        var values = set.GetProperty("value").EnumerateArray().Select(v => v.ValueKind == JsonValueKind.Null ? "" : v.GetInt32().ToString(CultureInfo.InvariantCulture)).ToList();
        for (var i = 0; i < values.Count; i += 2)
            yield return Said(values[i], values[i + 1], set.TryGetProperty("status", out var status) && status.TryGetProperty(i.ToString(CultureInfo.InvariantCulture), out var signs) ? signs.GetString()! : "");
    }
}
