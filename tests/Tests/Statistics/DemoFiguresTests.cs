using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using FluentValidation;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contracts;
using VictimSupport.Casework.Demo;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Handovers;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;
using VictimSupport.Identity.Contracts;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Contracts;
using VictimSupport.Statistics.Demo;
using VictimSupport.Statistics.Releases;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;
using VictimSupport.Tests.OnCall;
using Person = VictimSupport.Casework.People.Person;

namespace VictimSupport.Tests.Statistics;

public sealed class DemoFiguresTests
{
    [Fact]
    public async Task Beside_zones_that_are_counted_in_earnest_nothing_is_invented_and_no_zone_of_a_demo_is_counted_beside_them()
    {
        await using var platform = Platform.Start("sqlite");
        var (settings, places) = (On(("Demo:FiguresZones", "1"), ("Demo:FiguresYearly", "60")), platform.Services.GetRequiredService<Places>());
        await platform.Services.GetRequiredService<Provisioning>().AddZoneForFigures(settings.Zones[0].Facts, TestContext.Current.CancellationToken);
        Assert.Empty(await places.PlaceAll(new DateOnly(2027, 1, 1), TestContext.Current.CancellationToken)); // as the command does
        var zone = await platform.Zone();
        await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test.Place", null, house =>
        {
            house.Add(PlaceOfZone.New(zone.Id, "NAM", new DateOnly(2026, 1, 1), platform.Clock.GetUtcNow()));
            return Task.FromResult(true);
        }, TestContext.Current.CancellationToken);
        var demo = ActivatorUtilities.CreateInstance<DemoFigures>(platform.Services, settings);
        Assert.Contains("in earnest", (await Assert.ThrowsAsync<StartRefusedException>(() => demo.Make(TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
        Assert.Equal(0, (await demo.Now(TestContext.Current.CancellationToken))!.Zones);
    }

    [Theory, EveryEngine]
    public async Task Two_quarters_come_out_of_invented_cases_however_often_the_making_is_broken_off(string engine)
    {
        await using var platform = Platform.Start(engine);
        // A server takes seconds for five times twelve databases: one zone an area there, joined to areas of five.
        var settings = On(("Demo:FiguresZones", engine == "sqlite" ? "5" : "1"), ("Demo:FiguresYearly", engine == "sqlite" ? "80" : "160"));
        var demo = ActivatorUtilities.CreateInstance<DemoFigures>(platform.Services, settings);
        Assert.Equal(new DemoProgress(0, settings.Zones.Count, 0, 2), await demo.Now(TestContext.Current.CancellationToken));

        using (var killed = new CancellationTokenSource())
        {
            var making = demo.Make(killed.Token);
            while ((await demo.Now(TestContext.Current.CancellationToken))!.Zones < 3 && !making.IsCompleted) await Task.Delay(20, TestContext.Current.CancellationToken);
            await killed.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => making);
        }
        var half = (await demo.Now(TestContext.Current.CancellationToken))!;
        Assert.InRange(half.Zones, 3, settings.Zones.Count - 1);
        Assert.False(half.IsDone);
        var desk = platform.Services.GetRequiredService<IReleaseFigures>();
        Assert.Contains("Fewer than 5 zones", (await Assert.ThrowsAsync<StartRefusedException>(() => desk.Release("P", "2026-Q3", (_, _) => Task.CompletedTask, TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal); // half a demo is in no figure

        for (var again = 0; again < 2; again++) await ActivatorUtilities.CreateInstance<DemoFigures>(platform.Services, settings).Make(TestContext.Current.CancellationToken);
        Assert.Equal(new DemoProgress(settings.Zones.Count, settings.Zones.Count, 2, 2), await demo.Now(TestContext.Current.CancellationToken));

        // No case twice and none forgotten: exactly what is invented for the days, whoever broke off where.
        var (truth, registry) = (new Dictionary<(string Quarter, string Category), int>(), platform.Services.GetRequiredService<ZoneRegistry>());
        foreach (var (facts, area) in settings.Zones)
        {
            var planned = Invention.Of(new InventedZone(facts.Code, area, settings.Yearly, new DateOnly(2026, 4, 1), new DateOnly(2026, 11, 23))).ToList();
            await using var zone = (await registry.Find(facts.Code))!.Database.Lease(new Keyring((await registry.Find(facts.Code))!.Keys));
            Assert.Equal((planned.Count, planned.Count), (await zone.Set<Dossier>().CountAsync(TestContext.Current.CancellationToken), await zone.Set<Person>().CountAsync(TestContext.Current.CancellationToken)));
            foreach (var counted in await zone.Set<VictimSupport.Casework.Counting.Case>().Where(c => c.Counts).Join(zone.Set<Dossier>(), c => c.DossierId, d => d.Id, (c, d) => new { c.RegisteredOn, d.Kind }).ToListAsync(TestContext.Current.CancellationToken))
            {
                var key = (Edition.Quarter(counted.RegisteredOn), counted.Kind.ToString());
                truth[key] = truth.GetValueOrDefault(key) + 1;
            }
            Assert.Empty(await zone.Set<OutboxMessage>().ToListAsync(TestContext.Current.CancellationToken));
        }
        Assert.Empty(platform.Post.Letters);
        var first = settings.Zones[0].Facts.Code;
        var report = await platform.Services.GetRequiredService<KeyCare>().Verify(first, TestContext.Current.CancellationToken); // sealed as everybody is, and it opens
        Assert.Empty(report.Faults);
        Assert.True(report.Boxes > 0);
        Assert.Null((await platform.Services.GetRequiredService<Verification>().Zone(first, TestContext.Current.CancellationToken)).Fault);

        // Both came out on the days of the calendar, with figures that are the cases' own.
        await using (var store = platform.Services.GetRequiredService<FiguresDatabase>().Lease())
            Assert.Equal([("2026-Q2-P", new DateTime(2026, 8, 14)), ("2026-Q3-P", new DateTime(2026, 11, 16))], (await store.Set<Release>().OrderBy(r => r.Id).ToListAsync(TestContext.Current.CancellationToken)).Select(r => (r.Id, r.PublishedAt.UtcDateTime.Date)));
        foreach (var quarter in new[] { "2026-Q2", "2026-Q3" })
        {
            var figures = (await platform.Services.GetRequiredService<Published>().Of(quarter + "-P", TestContext.Current.CancellationToken))!.Value.Figures;
            // With so few cases most cells are of too few zones, and their noise is nine times and more: the large ones show.
            foreach (var category in new[] { Published.All, nameof(KindOfEvent.Offence) })
            {
                var figure = figures.Single(f => f.Table.Id == "T1" && f.Place == Geography.Country && f.Period == quarter && f.Codes[0] == category);
                Assert.NotNull(figure.Value);
                var counted = category == Published.All ? truth.Where(t => t.Key.Quarter == quarter).Sum(t => t.Value) : truth[(quarter, category)];
                Assert.InRange(figure.Value.Value - counted, -3 * figure.Margin!.Value, 3 * figure.Margin.Value); // six standard deviations
            }
        }
        Assert.DoesNotContain(await desk.Status(TestContext.Current.CancellationToken), l => l.StartsWith("demo\t", StringComparison.Ordinal));
        await using var house = platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        Assert.All((await house.Set<PlaceOfZone>().ToListAsync(TestContext.Current.CancellationToken)).CountBy(p => p.Area), a => Assert.Equal(settings.ZonesInAnArea, a.Value));
        Assert.Equal(12, await house.Set<PlaceOfZone>().Select(p => p.Area).Distinct().CountAsync(TestContext.Current.CancellationToken));
    }

    [Theory, EveryEngine]
    public async Task A_zone_for_the_figures_is_in_no_list_and_lets_nobody_in(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (provisioning, zone) = (platform.Services.GetRequiredService<Provisioning>(), await (await platform.Zone()).GoesLive());
        const string Code = "9911", Nowhere = "9999";
        var made = await provisioning.AddZoneForFigures(new ZoneFacts(Code, "Zone fictive 9911", null, null, ["fr"], "NAM", null, []), TestContext.Current.CancellationToken);
        await provisioning.AddZoneForFigures(made.Facts, TestContext.Current.CancellationToken); // may be repeated
        Assert.Contains("figures only", (await Assert.ThrowsAsync<StartRefusedException>(() => provisioning.AddZone(Code, "X", null, null, ["fr"], TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
        Assert.Contains("there already", (await Assert.ThrowsAsync<StartRefusedException>(() => provisioning.AddZoneForFigures(made.Facts with { Code = zone.Code }, TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);

        // Directory, picker, and what its address answers: what a code answers that is no zone's.
        using var browser = platform.CreateDefaultClient(new Uri("http://localhost"));
        var front = await browser.GetStringAsync("/", TestContext.Current.CancellationToken);
        Assert.Contains(zone.Code, front, StringComparison.Ordinal);
        Assert.DoesNotContain(Code, front, StringComparison.Ordinal);
        foreach (var path in new[] { "/", "/worklist", "/intake", "/connect/authorize", "/api/zones/v1/me", "/.well-known/openid-configuration" })
        {
            var (here, nowhere) = (await browser.GetAsync($"/{Code}{path}", TestContext.Current.CancellationToken), await browser.GetAsync($"/{Nowhere}{path}", TestContext.Current.CancellationToken));
            Assert.Equal((nowhere.StatusCode, nowhere.Headers.Location?.ToString().Replace(Nowhere, Code, StringComparison.Ordinal)), (here.StatusCode, here.Headers.Location?.ToString()));
        }
        // A role there, given by whatever mistake, is none.
        var somebody = Guid.NewGuid();
        await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("test", null, house => Task.FromResult(house.Add(VictimSupport.Zones.Staff.RoleGrant.Give(somebody, made.Id, Role.Coordinator, null, null, "test", platform.Clock.GetUtcNow().AddDays(-1)))), TestContext.Current.CancellationToken);
        using (var visit = new Visit(platform, Code, somebody, Role.Coordinator)) Assert.NotEqual(HttpStatusCode.OK, (await visit.Get("/worklist")).StatusCode);
        var enter = platform.Services.GetRequiredService<EnterZone>();
        Assert.False(await enter.In(Code, _ => Task.CompletedTask, new Caller(somebody, null, new HashSet<Role> { Role.Coordinator })));
        Assert.True(await enter.In(Code, _ => Task.CompletedTask));
        Assert.DoesNotContain(await platform.Services.GetRequiredService<Sweep>().Due(TestContext.Current.CancellationToken), v => v.Code == Code);
        Assert.DoesNotContain(await platform.Services.GetRequiredService<IListDemoAccounts>().All(TestContext.Current.CancellationToken), c => c.Group.Contains(Code, StringComparison.Ordinal));

        // Handovers, pools (and by pools call-outs and events).
        var worker = zone.As(Role.Coordinator);
        Assert.DoesNotContain(Code, (await worker.Send(new Neighbours.Query())).Keys);
        var dossier = await worker.Registers(Cases.Intake(zone));
        var other = await platform.Zone();
        var handing = await worker.Handing(dossier, other);
        await Assert.ThrowsAsync<ValidationException>(() => worker.Send(handing with { Zone = Code }));
        await worker.Send(handing); // the other is one
        var admin = zone.As(Role.ZoneAdministrator);
        var proposal = platform.Proposal("Four") with { Zones = other.Code };
        Assert.NotEqual(Guid.Empty, await admin.Send(proposal));
        Assert.Contains((await Assert.ThrowsAsync<ValidationException>(() => admin.Send(proposal with { Zones = Code, Once = Guid.NewGuid() }))).Errors, e => e.PropertyName == "Zones");

        // The operator sees it and can make nothing else of it.
        using var @operator = new Visit(platform, "operator", Guid.NewGuid(), Role.Operator);
        var home = await @operator.Page("/operator");
        Assert.Equal("for the figures only", home.QuerySelectorAll("tbody tr").Single(r => r.Children[0].TextContent == Code).Children[2].TextContent);
        Assert.DoesNotContain(home.QuerySelectorAll("select option"), o => o.GetAttribute("value") == Code);
        Assert.Contains(home.QuerySelectorAll("select option"), o => o.GetAttribute("value") == zone.Code);
        Assert.Equal(HttpStatusCode.NotFound, (await @operator.Submit("/operator", [KeyValuePair.Create("Form.Code", Code), KeyValuePair.Create("Form.To", "Active"), KeyValuePair.Create("Form.Reason", "Settled")])).StatusCode);
        Assert.Equal(ZoneState.FiguresOnly, (await provisioning.Zones(TestContext.Current.CancellationToken)).Single(z => z.Code == Code).State);
    }

    [Theory, EveryEngine]
    public async Task Nothing_is_invented_where_it_is_off_or_where_people_work(string engine)
    {
        await using var platform = Platform.Start(engine);
        var demo = Assert.Single(platform.Services.GetServices<IHostedService>().OfType<DemoFigures>());
        await demo.ExecuteTask!.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Null(await demo.Now(TestContext.Current.CancellationToken));
        Assert.DoesNotContain("demo", await platform.CreateDefaultClient(new Uri("http://localhost")).GetStringAsync("/health", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Empty(await platform.Services.GetRequiredService<Provisioning>().Zones(TestContext.Current.CancellationToken));
        // Outside development no setting turns it on.
        Assert.False(new DemoSettings(Configuration(("Demo:Figures", "true")), new Where("Production")).IsOn);
        Assert.True(On().IsOn);

        var zone = await platform.Zone();
        var invented = new InventedZone(zone.Code, "NAM", 500, new DateOnly(2026, 4, 1), new DateOnly(2026, 6, 30));
        await Assert.ThrowsAsync<RefusedException>(() => zone.As(Role.Coordinator).SendAsPlatform(new Invent.Command(invented, 5)));
        await Assert.ThrowsAsync<RefusedException>(() => zone.As(Role.Operator).Send(new Invent.Command(invented, 5)));
        Assert.Equal(0, await zone.Look(z => z.Set<Dossier>().CountAsync()));
    }

    [Fact]
    public void What_is_invented_is_the_same_each_time_and_differs_from_area_to_area()
    {
        var (from, until) = (new DateOnly(2026, 4, 1), new DateOnly(2026, 9, 30));
        var all = On().Zones.Select(z => (z.Area, Cases: Invention.Of(new InventedZone(z.Facts.Code, z.Area, 500, from, until)).ToList())).ToList();
        Assert.Equal(60, all.Count);
        Assert.All(all.CountBy(z => z.Area), a => Assert.Equal(5, a.Value));
        Assert.Equal(["9911", "9970"], new[] { On().Zones[0].Facts.Code, On().Zones[^1].Facts.Code });
        Assert.All(On().Zones, z => Assert.Equal(z.Area, StatisticalAreas.Of(z.Facts.Province, z.Facts.Arrondissement)));
        Assert.Equal(all[7].Cases, Invention.Of(new InventedZone("9918", all[7].Area, 500, from, until)), new SameCase());
        Assert.InRange(all.Sum(z => z.Cases.Count), 60 * 200, 60 * 300); // half a year of 500
        Assert.All(all.SelectMany(z => z.Cases), c =>
        {
            Assert.Contains('-', c.Who.FamilyName); // nobody is called so
            Assert.True(c.Met is null || c.Met.At > c.At);
            Assert.True(c.Closed is null || c.Closed > c.At);
        });
        double Share(string area, KindOfEvent kind) => all.Where(z => z.Area == area).SelectMany(z => z.Cases).ToList() is var cases ? cases.Count(c => c.Kind.Kind == kind) / (double)cases.Count : 0;
        Assert.True(Share("LUX", KindOfEvent.RoadAccident) > 2 * Share("BRU", KindOfEvent.RoadAccident));
        Assert.True(Share("BRU", KindOfEvent.Offence) > Share("LUX", KindOfEvent.Offence) + 0.1);
    }

    [Fact]
    public async Task A_portal_that_is_killed_while_it_fills_serves_at_once_and_goes_on_at_the_next_start()
    {
        var folder = Path.Combine(Path.GetTempPath(), "vs-demo-" + Guid.NewGuid().ToString("N")[..8]);
        try
        {
            var watch = Stopwatch.StartNew();
            using (var portal = Start(folder, out var port))
            {
                Assert.Contains("zones", await Filling(port, portal), StringComparison.Ordinal);
                Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"The first page came after {watch.Elapsed}.");
                while ((await Filling(port, portal)) is { } line && int.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture) < 3) await Task.Delay(20, TestContext.Current.CancellationToken);
                Assert.NotNull(await Filling(port, portal)); // it is in the middle
                portal.Kill();
                await portal.WaitForExitAsync(TestContext.Current.CancellationToken);
            }
            using (var portal = Start(folder, out var port))
            {
                while (await Filling(port, portal) is not null) await Task.Delay(100, TestContext.Current.CancellationToken);
                portal.Kill();
                await portal.WaitForExitAsync(TestContext.Current.CancellationToken);
            }
            var days = (await Column(Path.Combine(folder, "catalog.db"), "SELECT \"Value\" FROM platform_fact WHERE \"Name\" = 'demo figures'"))[0].Split(' ').Take(2).Select(d => DateOnly.ParseExact(d, "yyyy-MM-dd", CultureInfo.InvariantCulture)).ToList();
            foreach (var (facts, area) in Small().Zones)
                Assert.Equal(Invention.Of(new InventedZone(facts.Code, area, Small().Yearly, days[0], days[1])).Count().ToString(CultureInfo.InvariantCulture), (await Column(Path.Combine(folder, "zones", facts.Code + ".db"), "SELECT COUNT(*) FROM dossier"))[0]);
            Assert.Equal(2, (await Column(Path.Combine(folder, "figures.db"), "SELECT \"Id\" FROM published_release WHERE \"Id\" LIKE '%-P'")).Count);
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }

        static DemoSettings Small() => On(("Demo:FiguresZones", "1"), ("Demo:FiguresYearly", "60"));
    }

    private static DemoSettings On(params (string, string)[] settings) => new(Configuration([.. settings, ("Demo:Figures", "true")]), new Where("Development"));

    private static IConfiguration Configuration(params (string Name, string Value)[] settings) => new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value))).Build();

    private static Process Start(string folder, out int port)
    {
        using (var free = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            port = ((IPEndPoint)free.LocalEndpoint).Port;
        }
        var (framework, configuration) = (new DirectoryInfo(AppContext.BaseDirectory), new DirectoryInfo(AppContext.BaseDirectory).Parent!);
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "..", "src", "Portal", "bin", configuration.Name, framework.Name, "VictimSupport.Portal.dll"));
        var start = new ProcessStartInfo("dotnet", [program]) { RedirectStandardOutput = false, UseShellExecute = false };
        foreach (var (name, value) in new[] { ("ASPNETCORE_ENVIRONMENT", "Development"), ("Data__Directory", folder), ("Urls", $"http://127.0.0.1:{port}"), ("Demo__Enabled", "false"), ("Demo__Figures", "true"), ("Demo__FiguresZones", "1"), ("Demo__FiguresYearly", "60"), ("Jobs__Run", "false"), ("Logging__LogLevel__Default", "Error") })
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <returns>How far the demo is, as the portal tells everybody in development; null: it is done.</returns>
    private static async Task<string?> Filling(int port, Process portal)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromMinutes(2);)
        {
            Assert.False(portal.HasExited, "The portal ended.");
            try
            {
                var answer = JsonDocument.Parse(await http.GetStringAsync($"http://127.0.0.1:{port}/health", TestContext.Current.CancellationToken)).RootElement;
                Assert.Equal("UP", answer.GetProperty("status").GetString());
                return answer.TryGetProperty("demo", out var demo) ? demo.GetString() : null;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }
        throw new TimeoutException("The portal does not answer.");
    }

    private static async Task<List<string>> Column(string file, string sql)
    {
        await using var store = new SqliteConnection($"Data Source={file};Pooling=False");
        await store.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = store.CreateCommand();
        command.CommandText = sql;
        await using var row = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var values = new List<string>();
        while (await row.ReadAsync(TestContext.Current.CancellationToken)) values.Add(row.GetValue(0).ToString()!);
        return values;
    }

    // Their meetings hold lists, which are the same only in what they hold.
    private sealed class SameCase : IEqualityComparer<InventedCase>
    {
        public bool Equals(InventedCase? x, InventedCase? y) => x! with { Met = null } == y! with { Met = null } && x.Met?.At == y.Met?.At && (x.Met?.Services ?? []).SequenceEqual(y.Met?.Services ?? []);
        public int GetHashCode(InventedCase obj) => obj.At.GetHashCode();
    }

    private sealed class Where(string name) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = name;
        public string ApplicationName { get; set; } = "";
        public string ContentRootPath { get; set; } = "";
        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
