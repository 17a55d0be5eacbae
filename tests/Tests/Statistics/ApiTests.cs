using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Contracts;
using VictimSupport.Statistics.Portal;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Releases;
using VictimSupport.Tests.Kit;
using Microsoft.EntityFrameworkCore;

namespace VictimSupport.Tests.Statistics;

/// <summary><c>/api/figures/v1</c>: a program of the platform reads what is published, page by page, and nothing else.</summary>
public sealed class ApiTests
{
    private const string Root = "/api/figures/v1";

    [Theory, EveryEngine]
    public async Task A_program_reads_what_is_published_page_by_page(string engine)
    {
        await using var world = await FiguresWorld.Start(engine, "2026-Q3-P", "2026-Q4-P");
        using var http = world.Platform.CreateDefaultClient(new Uri("http://localhost"));
        var token = await Token(http, await world.Platform.Services.GetRequiredService<IProgramsOfThePlatform>().Register("Forum", "figures", TestContext.Current.CancellationToken));

        var releases = await Read(http, token, Root + "/releases");
        Assert.Equal(["2026-Q4-P", "2026-Q3-P"], releases.GetProperty("items").EnumerateArray().Select(r => r.GetProperty("id").GetString()));
        Assert.Equal(2, releases.GetProperty("total").GetInt32());
        Assert.False(releases.TryGetProperty("next", out _));
        Assert.Equal("http://localhost/api/figures/v1/releases", releases.GetProperty("self").GetString());
        var first = releases.GetProperty("items")[1];
        Assert.Equal((TableProgramme.Shipped.Hash, 10), (first.GetProperty("programmeHash").GetString(), first.GetProperty("coverage").GetProperty("participatingZones").GetInt32()));
        Assert.Equal(0, (await Read(http, token, Root + "/releases?kind=F")).GetProperty("total").GetInt32());
        Assert.Equal(JsonValueKind.Array, (await Read(http, token, Root + "/releases?kind=F")).GetProperty("items").ValueKind);

        // Every href of every answer leads on.
        var one = await Read(http, token, first.GetProperty("href").GetString()!);
        var tables = await Read(http, token, one.GetProperty("tables").GetProperty("href").GetString()!);
        Assert.Equal(["T1", "T2", "T7", "T8"], tables.GetProperty("items").EnumerateArray().Select(t => t.GetProperty("id").GetString()));
        var monitor = await Read(http, token, tables.GetProperty("items")[0].GetProperty("href").GetString()!);
        Assert.Equal(["de", "en", "fr", "nl"], monitor.GetProperty("name").EnumerateObject().Select(n => n.Name));
        Assert.Equal("Partnergeweld", monitor.GetProperty("dimensions")[0].GetProperty("codes").EnumerateArray().Single(c => c.GetProperty("code").GetString() == "PartnerViolence").GetProperty("label").GetProperty("nl").GetString());

        // All cells, page by page, are all that is published, as it was stored.
        var (cells, next) = (new Dictionary<string, JsonElement>(StringComparer.Ordinal), monitor.GetProperty("cells").GetProperty("href").GetString() + "?pageSize=37");
        while (next is not null)
        {
            var page = await Read(http, token, next);
            Assert.True(page.GetProperty("items").GetArrayLength() <= 37);
            foreach (var cell in page.GetProperty("items").EnumerateArray()) Assert.True(cells.TryAdd(cell.GetProperty("cell").GetString()!, cell));
            next = page.TryGetProperty("next", out var more) ? more.GetString() : null;
            if (next is null) Assert.Equal(cells.Count, page.GetProperty("total").GetInt32());
        }
        await using (var store = world.Platform.Services.GetRequiredService<FiguresDatabase>().Lease())
        {
            var stored = (await store.Set<ProtectedCell>().AsNoTracking().Where(c => c.Release == "2026-Q3-P" && c.Table == "T1").Select(c => new { c.Cell, c.Value, c.Variance, c.Shown }).ToListAsync(TestContext.Current.CancellationToken))
                .Concat(await store.Set<ProtectedSum>().AsNoTracking().Where(c => c.Release == "2026-Q3-P" && c.Table == "T1").Select(c => new { c.Cell, c.Value, c.Variance, c.Shown }).ToListAsync(TestContext.Current.CancellationToken)).ToList();
            Assert.Equal(stored.Count, cells.Count);
            Assert.All(stored, s =>
            {
                var told = cells[s.Cell];
                Assert.Equal(s.Shown, told.TryGetProperty("value", out var value));
                Assert.Equal(s.Shown, told.TryGetProperty("margin95", out var margin));
                if (s.Shown) Assert.Equal((s.Value, Display.Margin(s.Variance)), (value.GetInt32(), margin.GetInt32()));
                Assert.Equal(!s.Shown, told.GetProperty("signs").EnumerateArray().Any(x => x.GetString() == "c"));
                Assert.Contains(told.GetProperty("signs").EnumerateArray(), x => x.GetString() == "p");
            });
        }

        // Filters: the same name twice is or, two names are and.
        var chosen = await Read(http, token, Root + "/releases/2026-Q3-P/tables/T1/cells?area=BE&category=Offence&category=PartnerViolence&period=2026-Q3");
        Assert.Equal(["BE|2026-Q3|Offence", "BE|2026-Q3|PartnerViolence"], chosen.GetProperty("items").EnumerateArray().Select(c => c.GetProperty("cell").GetString()));

        // The same table as JSON-stat: the same figures, by the rules of json-stat.org.
        var stat = await Read(http, token, Root + "/releases/2026-Q3-P/tables/T1", JsonStat.MediaType);
        PortalTests.IsJsonStat(stat);
        Assert.Equal(cells.Values.Where(c => c.TryGetProperty("value", out _)).Sum(c => (long)c.GetProperty("value").GetInt32() + c.GetProperty("margin95").GetInt32()), stat.GetProperty("value").EnumerateArray().Where(v => v.ValueKind == JsonValueKind.Number).Sum(v => (long)v.GetInt32()));
        foreach (var table in new[] { "T2", "T7", "T8" }) PortalTests.IsJsonStat(await Read(http, token, $"{Root}/releases/2026-Q3-P/tables/{table}", JsonStat.MediaType));
    }

    [Fact]
    public async Task A_final_figure_that_is_missing_tells_what_the_first_release_says_until_that_is_taken_back()
    {
        await using var world = await FiguresWorld.Start("sqlite", "2026-Q3-P", "2026-Q4-P");
        var gone = await world.FinalWithoutAnArea();
        using var http = world.Platform.CreateDefaultClient(new Uri("http://localhost"));
        var token = await Token(http, await world.Platform.Services.GetRequiredService<IProgramsOfThePlatform>().Register("Forum", "figures", TestContext.Current.CancellationToken));
        foreach (var table in new[] { "T1", "T2" })
        {
            var final = (await Read(http, token, $"{Root}/releases/2026-F/tables/{table}/cells?pageSize=1000")).GetProperty("items").EnumerateArray().ToDictionary(c => c.GetProperty("cell").GetString()!);
            var first = (await Read(http, token, $"{Root}/releases/2026-Q4-P/tables/{table}/cells?pageSize=1000")).GetProperty("items").EnumerateArray().ToDictionary(c => c.GetProperty("cell").GetString()!);
            var missing = final.Where(c => c.Key.StartsWith(gone + "|", StringComparison.Ordinal)).ToList();
            Assert.NotEmpty(missing);
            // The release itself keeps its colon; what stands beneath it is told apart, with its own signs.
            Assert.All(missing, c => Assert.Equal((":", false), (Assert.Single(c.Value.GetProperty("signs").EnumerateArray()).GetString(), c.Value.TryGetProperty("value", out _))));
            var beneath = missing.Where(c => first.ContainsKey(c.Key)).ToList();
            Assert.NotEmpty(beneath);
            Assert.All(beneath, c =>
            {
                var told = c.Value.GetProperty("first");
                Assert.Equal(("2026-Q4-P", Root + "/releases/2026-Q4-P"), (told.GetProperty("release").GetString(), new Uri(told.GetProperty("href").GetString()!).AbsolutePath));
                foreach (var part in new[] { "value", "margin95", "signs" }) Assert.Equal(first[c.Key].TryGetProperty(part, out var there) ? there.GetRawText() : null, told.TryGetProperty(part, out var here) ? here.GetRawText() : null);
            });
            Assert.DoesNotContain(missing, c => c.Key.Split('|')[1] == "2026" && c.Value.TryGetProperty("first", out _)); // a year has no first release
            Assert.DoesNotContain(final, c => !c.Key.StartsWith(gone + "|", StringComparison.Ordinal) && !c.Key.StartsWith("WAL|", StringComparison.Ordinal) && c.Value.TryGetProperty("first", out _)); // all of the region is that area
        }
        var path = $"{Root}/releases/2026-F/tables/T1/cells?period=2026-Q4&area={Uri.EscapeDataString(gone)}";
        using var before = await Ask(http, token, path, null);
        await world.Withdraws("2026-Q4-P", Fault.Data);
        using var after = await Ask(http, token, path, null, before.Headers.ETag);
        Assert.Equal(HttpStatusCode.OK, after.StatusCode); // another answer: nothing is told of what was taken back
        Assert.DoesNotContain("2026-Q4-P", await after.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_that_have_not_changed_are_not_sent_twice_and_faults_are_told_as_the_guide_has_it()
    {
        await using var world = await FiguresWorld.Start("sqlite", "2026-Q3-P");
        using var http = world.Platform.CreateDefaultClient(new Uri("http://localhost"));
        var token = await Token(http, await world.Platform.Services.GetRequiredService<IProgramsOfThePlatform>().Register("Forum", "figures", TestContext.Current.CancellationToken));
        foreach (var (path, accept) in new[] { ("/releases", (string?)null), ("/releases/2026-Q3-P", null), ("/releases/2026-Q3-P/tables", null), ("/releases/2026-Q3-P/tables/T1", null), ("/releases/2026-Q3-P/tables/T1", JsonStat.MediaType), ("/releases/2026-Q3-P/tables/T1/cells?page=2", null) })
        {
            using var answer = await Ask(http, token, Root + path, accept);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(accept ?? "application/json", answer.Content.Headers.ContentType!.MediaType);
            var tag = answer.Headers.ETag!;
            Assert.Contains("Authorization", answer.Headers.Vary);
            using var again = await Ask(http, token, Root + path, accept, tag);
            Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
            Assert.Empty(await again.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
            using var other = await Ask(http, token, Root + path, accept, new EntityTagHeaderValue("\"other\""));
            Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        }
        // Two forms of one address are two answers.
        using (var told = await Ask(http, token, Root + "/releases/2026-Q3-P/tables/T1", null))
        using (var stat = await Ask(http, token, Root + "/releases/2026-Q3-P/tables/T1", JsonStat.MediaType))
        {
            Assert.NotEqual(told.Headers.ETag, stat.Headers.ETag);
            Assert.Contains("Accept", stat.Headers.Vary);
            // And two languages of one form: what was fetched in the one is not the other.
            http.DefaultRequestHeaders.AcceptLanguage.ParseAdd("nl");
            using var dutch = await Ask(http, token, Root + "/releases/2026-Q3-P/tables/T1", JsonStat.MediaType, stat.Headers.ETag);
            Assert.Equal(HttpStatusCode.OK, dutch.StatusCode);
            Assert.Equal(["nl"], dutch.Content.Headers.ContentLanguage);
            http.DefaultRequestHeaders.AcceptLanguage.Clear();
        }

        foreach (var (path, status, type, name) in new[]
        {
            ("/releases?page=0", 400, "badRequest", "page"), ("/releases?page=x", 400, "badRequest", "page"), ("/releases?page=2", 400, "badRequest", "page"), ("/releases?pageSize=1001", 400, "badRequest", "pageSize"), ("/releases?kind=X", 400, "badRequest", "kind"), ("/releases?nonsense=1", 400, "badRequest", "nonsense"),
            ("/releases/2026-Q3-P/tables/T1/cells?category=X", 400, "badRequest", "category"), ("/releases/2026-Q3-P/tables/T1/cells?capacity=Victim", 400, "badRequest", "capacity"), ("/releases/2026-Q3-P/tables/T1/cells?page=99999999999999999999", 400, "badRequest", "page"),
            ("/releases/2026-Q3-P?x=1", 400, "badRequest", "x"), ("/releases/2026-Q9-P", 404, "resourceNotFound", null), ("/releases/2026-Q3-P/tables/T3", 404, "resourceNotFound", null), ("/releases/2026-Q3-P/tables/T99/cells", 404, "resourceNotFound", null), ("/zones", 404, "resourceNotFound", (string?)null),
        })
        {
            using var answer = await Ask(http, token, Root + path, null);
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(status == (int)answer.StatusCode, $"{path}: {answer.StatusCode} {text}");
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
            var problem = JsonDocument.Parse(text).RootElement;
            Assert.Equal(("urn:problem-type:belgif:" + type, status), (problem.GetProperty("type").GetString(), problem.GetProperty("status").GetInt32()));
            Assert.StartsWith("urn:uuid:", problem.GetProperty("instance").GetString(), StringComparison.Ordinal);
            if (name is not null) Assert.Equal(("query", name), (problem.GetProperty("issues")[0].GetProperty("in").GetString(), problem.GetProperty("issues")[0].GetProperty("name").GetString()));
        }
        foreach (var (path, accept) in new[] { ("/releases", "text/html"), ("/releases", JsonStat.MediaType), ("/releases/2026-Q3-P/tables/T1", "application/xml") })
        {
            using var answer = await Ask(http, token, Root + path, accept);
            Assert.Equal(HttpStatusCode.NotAcceptable, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Every_answer_is_as_the_contract_says_also_of_a_release_that_was_taken_back()
    {
        await using var world = await FiguresWorld.Start("sqlite", "2026-Q3-P", "2026-Q4-P", "2026-F");
        await world.Withdraws("2026-Q3-P", Fault.Data);
        var contract = Contract.Read(Repository.Read("src/Statistics/Portal/openapi.yaml"));
        using var http = world.Platform.CreateDefaultClient(new Uri("http://localhost"));
        var token = await Token(http, await world.Platform.Services.GetRequiredService<IProgramsOfThePlatform>().Register("Forum", "figures", TestContext.Current.CancellationToken));
        await Fits("/releases", "/releases", "/releases?kind=P&page=1&pageSize=1", "/releases?kind=X", "/releases?page=99");
        await Fits("/releases/{release}/structural-work", "/releases/2026-F/structural-work?pageSize=50", "/releases/2026-F/structural-work?table=trainings&area=BE", "/releases/2026-F/structural-work?table=x", "/releases/2026-F/structural-work?area=x", "/releases/2026-Q3-P/structural-work");
        foreach (var release in new[] { "2026-Q3-P", "2026-F" })
        {
            await Fits("/releases/{release}", $"/releases/{release}", $"/releases/{release}?x=1");
            await Fits("/releases/{release}/tables", $"/releases/{release}/tables", $"/releases/{release}/tables?pageSize=1");
            foreach (var table in TableProgramme.Shipped.In(release[(release.LastIndexOf('-') + 1)..]))
            {
                await Fits("/releases/{release}/tables/{table}", $"/releases/{release}/tables/{table.Id}");
                await Fits("/releases/{release}/tables/{table}/cells", $"/releases/{release}/tables/{table.Id}/cells?pageSize=1000", $"/releases/{release}/tables/{table.Id}/cells?area=x");
                using var stat = await Ask(http, token, $"{Root}/releases/{release}/tables/{table.Id}", JsonStat.MediaType);
                Assert.Empty(contract.Misfits("GET /releases/{release}/tables/{table}", "200", JsonStat.MediaType, JsonNode.Parse(await stat.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))));
            }
        }

        async Task Fits(string path, params string[] asked)
        {
            foreach (var one in asked)
            {
                using var answer = await Ask(http, token, Root + one, null);
                var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                var misfits = contract.Misfits("GET " + path, answer.StatusCode == HttpStatusCode.OK ? "200" : "default", answer.Content.Headers.ContentType!.MediaType!, JsonNode.Parse(text));
                Assert.True(misfits.Count == 0, $"{one}: {string.Join("; ", misfits.Take(5))}");
            }
        }
    }

    [Theory, EveryEngine]
    public async Task Only_a_living_token_of_the_platform_or_of_the_zone_opens_it(string engine)
    {
        await using var world = await FiguresWorld.Start(engine, "2026-Q3-P");
        using var http = world.Platform.CreateDefaultClient(new Uri("http://localhost"));
        var programs = world.Platform.Services.GetRequiredService<IProgramsOfThePlatform>();
        var (forum, zone) = (await programs.Register("Forum", "figures", TestContext.Current.CancellationToken), world.Zones[0]);
        var token = await Token(http, forum);
        Assert.Equal(HttpStatusCode.OK, await Status(http, token, Root + "/releases"));

        // Without one, with nonsense, with a cookie instead of one.
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(http, null, Root + "/releases"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(http, token[..^3] + "abc", Root + "/releases"));
        using (var analyst = world.Analyst()) Assert.Equal(HttpStatusCode.Unauthorized, (await analyst.Get(Root + "/releases")).StatusCode);
        // The platform's token opens nothing of a zone, and a zone's opens it within the zone alone.
        foreach (var path in new[] { "/api/zones/v1/me", "/api/figures/v1/releases" }) Assert.Equal(HttpStatusCode.Unauthorized, await Status(http, token, $"/{zone.Code}{path}"));
        Assert.Equal(HttpStatusCode.NotFound, await Status(http, token, "/api/zones/v1/me"));
        using var own = await Programs.System(zone);
        var ofZone = await own.Token("figures");
        Assert.Equal(HttpStatusCode.OK, await Status(http, ofZone, $"/{zone.Code}{Root}/releases"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(http, ofZone, Root + "/releases"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(http, ofZone, $"/{world.Zones[1].Code}{Root}/releases"));
        Assert.Equal(HttpStatusCode.Forbidden, await Status(http, await own.Token("zones"), $"/{zone.Code}{Root}/releases"));
        // Nobody gets the platform's tokens at a zone, nor a zone's at the platform; nor with a wrong secret, nor for a scope not given.
        Assert.Null(await Token(http, forum, $"/{zone.Code}/connect/token", fails: true));
        Assert.Null(await Token(http, (Guid.Parse(own.Id), own.Secret!), fails: true));
        Assert.Null(await Token(http, (forum.Id, forum.Secret + "x"), fails: true));
        Assert.Null(await Token(http, forum, scope: "zones", fails: true));
        Assert.Equal(HttpStatusCode.NotFound, (await http.PostAsync("/connect/token", new FormUrlEncodedContent([]), TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/figures/connect/authorize?client_id=" + forum.Id, TestContext.Current.CancellationToken)).StatusCode);

        // It lapses within minutes; ended, it is worth nothing at once, and neither is the secret.
        var second = await programs.Register("Another", "figures", TestContext.Current.CancellationToken);
        var other = await Token(http, second);
        Assert.True(await programs.End(forum.Id, TestContext.Current.CancellationToken));
        Assert.False(await programs.End(forum.Id, TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(http, token, Root + "/releases"));
        Assert.Null(await Token(http, forum, fails: true));
        Assert.Equal(HttpStatusCode.OK, await Status(http, other, Root + "/releases"));
        world.Platform.Clock.Advance(TimeSpan.FromMinutes(10.5));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(http, other, Root + "/releases"));
        Assert.Equal(HttpStatusCode.OK, await Status(http, await Token(http, second), Root + "/releases"));

        // The audit keeps who was registered and ended, and when a token was given; the secret is nowhere.
        await using var house = world.Platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        var acts = await house.Set<VictimSupport.Foundation.Audit.AuditRow>().AsNoTracking().Where(a => a.Subject == forum.Id).Select(a => a.Act).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Contains("Identity.ProgramRegistered", acts);
        Assert.Contains("Identity.ProgramEnded", acts);
        Assert.DoesNotContain(world.Platform.Logs.Lines, l => l.Contains(forum.Secret, StringComparison.Ordinal));
        Assert.Equal([(second.Id, false), (forum.Id, true)], (await programs.All(TestContext.Current.CancellationToken)).Select(p => (p.Id, p.Ended is not null)));
    }

    internal static async Task<string> Token(HttpClient http, (Guid Id, string Secret) program) => (await Token(http, program, fails: false))!;

    private static async Task<string?> Token(HttpClient http, (Guid Id, string Secret) program, string at = "/figures/connect/token", string scope = "figures", bool fails = false)
    {
        var answer = await http.PostAsync(at, new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("scope", scope), new("client_id", program.Id.ToString()), new("client_secret", program.Secret)]), TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if (!fails) Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        return JsonDocument.Parse(text).RootElement.TryGetProperty("access_token", out var token) ? token.GetString() : null;
    }

    private static async Task<HttpResponseMessage> Ask(HttpClient http, string? token, string path, string? accept, EntityTagHeaderValue? known = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (token is not null) request.Headers.Authorization = new("Bearer", token);
        if (accept is not null) request.Headers.Accept.ParseAdd(accept);
        if (known is not null) request.Headers.IfNoneMatch.Add(known);
        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task<HttpStatusCode> Status(HttpClient http, string? token, string path)
    {
        using var answer = await Ask(http, token, path, null);
        return answer.StatusCode;
    }

    private static async Task<JsonElement> Read(HttpClient http, string token, string path, string? accept = null)
    {
        using var answer = await Ask(http, token, path, accept);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path}: {answer.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement;
    }
}
