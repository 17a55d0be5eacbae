using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Identity.Contracts;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Contracts;
using VictimSupport.Statistics.Facts;
using VictimSupport.Statistics.Noise;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Releases;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Statistics;

/// <summary>The programme of tables changes; what it released before stays readable.</summary>
public sealed class EarlierProgrammeTests
{
    private const string Old = "2026-Q3-P", New = "2026-Q4-P", Strange = "2026-Q2-P";

    private static readonly TableProgramme A = TableProgramme.Shipped;

    // Without a table and a kind of event that the one before had.
    private static readonly TableProgramme B = Changed();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void No_programme_that_anything_was_released_by_is_changed_or_lost()
    {
        // Another version is another file and one more line here; a line that is red is an archive that nobody can read any more.
        Assert.Equal([(1, "8a019d8cec9208a1fc3fffa36678d07f2ecdcbeee58c26dc113607d47a3a9a15"), (2, "f2c58dfae1e816cc3a499015fa79ca3157ea5603df50ed659f3eadcd0b6f2669")], TableProgramme.Known.Select(p => (p.Version, p.Hash)).OrderBy(p => p.Version));
        Assert.Equal(TableProgramme.Known.Max(p => p.Version), TableProgramme.Shipped.Version);
        Assert.All(TableProgramme.Known, p => Assert.Equal(p.Hash, TableProgramme.Read(Encoding.UTF8.GetBytes(Repository.Read($"src/Statistics/Programme/programme-{p.Version}.json"))).Hash));
    }

    [Fact]
    public void The_latest_of_some_releases_is_the_one_whose_period_ends_last_and_of_two_the_final_one()
    {
        // As texts a year stands before its quarters, and a month before both.
        Release last = Of(ReleaseKind.F, "2026", B), quarter = Of(ReleaseKind.P, "2026-Q4", A);
        foreach (var releases in new[] { (Release[])[last, quarter], [quarter, last], [last, Of(ReleaseKind.P, "2026-Q3", A)] }) Assert.Same(B.Of("T1"), VictimSupport.Statistics.Portal.Shelf.Latest(releases, A, "T1"));
        Assert.Same(B.Of("T1"), VictimSupport.Statistics.Portal.Shelf.Latest([Of(ReleaseKind.F, "2025", A), Of(ReleaseKind.P, "2026-Q1", B)], A, "T1"));

        static Release Of(ReleaseKind kind, string period, TableProgramme programme) => new() { Id = $"{period}-{kind}", Kind = kind, Period = period, Programme = programme };
    }

    [Fact]
    public async Task A_release_of_an_earlier_programme_is_read_shown_and_written_to_files_as_it_was_made()
    {
        await using var world = await World();
        var desk = world.Platform.Services.GetRequiredService<IReleaseFigures>();
        var folder = Directory.CreateTempSubdirectory("vs-figures-").FullName;
        try
        {
            foreach (var (release, tables, both) in new[] { (Old, "T1 T2 T7 T8", true), (New, "T1 T2 T8", false) })
            {
                var read = (await world.Platform.Services.GetRequiredService<Published>().Of(release, Ct))!.Value.Figures;
                Assert.Equal(tables.Split(' '), read.Select(f => f.Table.Id).Distinct());
                Assert.Equal(both, read.Any(f => f.Codes.Contains("ShockingEvent")));
                // Every stored cell is among them, and none else but what is not available.
                await using (var store = world.Platform.Services.GetRequiredService<FiguresDatabase>().LeasePublished()) Assert.Equal(await store.Set<PublishedCell>().CountAsync(c => c.Release == release, Ct), read.Count(f => !f.IsMissing));
                foreach (var format in new[] { "csv", "json-stat" })
                {
                    var file = await File.ReadAllTextAsync(await desk.Export(release, folder, format, Ct), Ct);
                    Assert.Equal((both, true), (file.Contains("ShockingEvent", StringComparison.Ordinal), file.Contains("PartnerViolence", StringComparison.Ordinal)));
                    Assert.Equal(both, file.Contains("T7", StringComparison.Ordinal));
                }
                Assert.True(new FileInfo(await desk.Export(release, folder, "xlsx", Ct)).Length > 1000);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        using var analyst = world.Analyst();
        // The table and the codes that only the earlier one has, where its release is read, with their names and what they mean.
        Assert.Contains("± ", Text(await analyst.Page("/figures/pivot?table=T7&rows=place&columns=none&period=2026-Q3")), StringComparison.Ordinal);
        Assert.NotEmpty((await analyst.Page("/figures/pivot")).QuerySelectorAll("select[name=table] option[value=T7]"));
        foreach (var query in new[] { "table=T1&rows=category&columns=area&period={0}", "table=T1&rows=category&columns=area&period={0}&release={0}-P" })
        {
            Assert.Contains("Shocking event", Rows(await analyst.Page("/figures/pivot?" + query.Replace("{0}", "2026-Q3", StringComparison.Ordinal))));
            Assert.DoesNotContain("Shocking event", Rows(await analyst.Page("/figures/pivot?" + query.Replace("{0}", "2026-Q4", StringComparison.Ordinal))));
        }
        Assert.Equal(HttpStatusCode.OK, (await analyst.Get("/figures/map?period=2026-Q3&category=ShockingEvent")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await analyst.Get("/figures/map?period=2026-Q4&category=ShockingEvent")).StatusCode);
        Assert.Contains(A.Hash[..12], Text(await analyst.Page($"/figures/cite/{Old}/T7/{Uri.EscapeDataString("BE|2026-Q3|*|Office")}")), StringComparison.Ordinal);
        var definitions = await analyst.Page("/figures/definitions");
        Assert.NotNull(definitions.QuerySelector("#T7"));
        Assert.Contains(definitions.QuerySelectorAll("#axis-category code"), c => c.TextContent == "ShockingEvent");
        // Both are compared, and nothing is said to be unreadable.
        var overview = await analyst.Page("/figures");
        Assert.Equal([New, Old], overview.QuerySelectorAll(".vs-source li").Select(l => l.TextContent.Trim().Split(' ')[0]));
        Assert.DoesNotContain("Shocking event", overview.QuerySelector("section[aria-labelledby=kinds]")!.TextContent, StringComparison.Ordinal);
        Assert.Null(overview.QuerySelector(".vs-unreadable"));

        var (status, tables7) = await Ask(world, $"/releases/{Old}/tables");
        Assert.Equal((HttpStatusCode.OK, 4), (status, tables7.GetProperty("total").GetInt32()));
        Assert.Equal(HttpStatusCode.OK, (await Ask(world, $"/releases/{Old}/tables/T1/cells?category=ShockingEvent")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await Ask(world, $"/releases/{New}/tables/T1/cells?category=ShockingEvent")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await Ask(world, $"/releases/{New}/tables/T7")).Status);
    }

    [Fact]
    public async Task Of_a_programme_that_nobody_knows_it_is_said_and_nothing_fails()
    {
        await using var world = await World();
        var hash = new string('0', 64);
        await world.Platform.Services.GetRequiredService<FiguresDatabase>().Write(store =>
        {
            store.Add(new Release { Id = Strange, Kind = ReleaseKind.P, Period = "2026-Q2", ProgrammeHash = hash, PublishedAt = FiguresWorld.FirstDay.AddDays(-90), Areas = "NAM;LIM", Zones = 10, OfZones = 10 });
            return Task.CompletedTask;
        }, Ct);
        using var analyst = world.Analyst();
        foreach (var path in new[] { "/figures", "/figures/map", "/figures/pivot", "/figures/calendar" })
        {
            var said = (await analyst.Page(path)).QuerySelector(".vs-unreadable");
            Assert.True(said?.TextContent.Contains($"{Strange} ({hash[..12]})", StringComparison.Ordinal), path);
        }
        foreach (var (path, expected) in new[] { ($"/figures/cite/{Strange}/T1/{Uri.EscapeDataString("BE|2026-Q2|*")}", HttpStatusCode.NotFound), ($"/figures/pivot?table=T1&period=2026-Q2&release={Strange}", HttpStatusCode.BadRequest) })
        {
            var answer = await analyst.Get(path);
            Assert.Equal(expected, answer.StatusCode);
            Assert.Contains($"{Strange} ({hash[..12]})", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => world.Platform.Services.GetRequiredService<IReleaseFigures>().Export(Strange, Path.GetTempPath(), Ct));
        Assert.Contains(hash, refused.Message, StringComparison.Ordinal);
        var (_, release) = await Ask(world, $"/releases/{Strange}");
        Assert.False(release.TryGetProperty("tables", out _));
        foreach (var path in new[] { "tables", "tables/T1", "tables/T1/cells" })
        {
            var (status, problem) = await Ask(world, $"/releases/{Strange}/{path}");
            Assert.Equal(HttpStatusCode.NotFound, status);
            Assert.Contains(hash, problem.GetProperty("issues")[0].GetProperty("detail").GetString(), StringComparison.Ordinal);
            Assert.False((await Ask(world, $"/releases/2001-Q1-P/{path}")).Body.TryGetProperty("issues", out _)); // one that is not there is only not there
        }
        // What the platform knows stands beside it as before.
        Assert.Contains("Shocking event", Rows(await analyst.Page("/figures/pivot?table=T1&rows=category&columns=area&period=2026-Q3")));
    }

    // The third quarter by the first programme, the fourth by the second, which is the one that is shipped.
    private static async Task<FiguresWorld> World()
    {
        var world = await FiguresWorld.Start("sqlite", s => s.Replace(ServiceDescriptor.Singleton(new Programmes(B, [B, A]))));
        var of = world.Platform.Services;
        world.Platform.Clock.SetUtcNow(FiguresWorld.FirstDay);
        await new Publish(of.GetRequiredService<CatalogDatabase>(), of.GetRequiredService<FiguresDatabase>(), of.GetRequiredService<ReadZone>(), of.GetRequiredService<Places>(), of.GetRequiredService<Inhabitants>(), of.GetRequiredService<Silences>(), new Programmes(A, [A]), of.GetRequiredService<IRandomBits>(), of.GetRequiredService<TimeProvider>())
            .Release("P", "2026-Q3", (_, _) => Task.CompletedTask, Ct);
        await world.Release(New);
        return world;
    }

    private static TableProgramme Changed()
    {
        var json = JsonNode.Parse(Repository.Read("src/Statistics/Programme/programme-2.json"))!;
        json["version"] = 99;
        var categories = json["dimensions"]!["category"]!.AsArray();
        categories.Remove(categories.Single(c => (string)c! == "ShockingEvent"));
        var tables = json["tables"]!.AsArray();
        tables.Remove(tables.Single(t => (string)t!["id"]! == "T7"));
        return TableProgramme.Read(Encoding.UTF8.GetBytes(json.ToJsonString()));
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> Ask(FiguresWorld world, string path)
    {
        using var http = world.Platform.CreateDefaultClient(new Uri("http://localhost"));
        var token = await ApiTests.Token(http, await world.Platform.Services.GetRequiredService<IProgramsOfThePlatform>().Register("Forum", "figures", Ct));
        using var asked = new HttpRequestMessage(HttpMethod.Get, "/api/figures/v1" + path);
        asked.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.SendAsync(asked, Ct);
        return (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct)).RootElement);
    }

    private static string Text(AngleSharp.Html.Dom.IHtmlDocument page) => page.QuerySelector("main")!.TextContent;

    private static IEnumerable<string> Rows(AngleSharp.Html.Dom.IHtmlDocument page) => page.QuerySelectorAll(".vs-grid tbody th").Select(h => h.TextContent.Trim());
}
