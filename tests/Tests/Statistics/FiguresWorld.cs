using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using VictimSupport.Casework.Contracts;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;
using VictimSupport.Statistics.Contracts;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Releases;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Statistics;

/// <summary>A platform of ten zones in two areas whose casework says what the test wants, with releases made by the product itself.</summary>
internal sealed class FiguresWorld : IAsyncDisposable
{
    public static readonly DateTimeOffset FirstDay = new(2026, 11, 25, 9, 0, 0, TimeSpan.Zero), SecondDay = new(2027, 2, 15, 9, 0, 0, TimeSpan.Zero), FinalDay = new(2027, 3, 31, 9, 0, 0, TimeSpan.Zero);

    private FiguresWorld(Platform platform, IReadOnlyList<TestZone> zones) => (Platform, Zones) = (platform, zones);

    public Platform Platform { get; }
    public IReadOnlyList<TestZone> Zones { get; }

    /// <param name="releases">In the order of their days: the third quarter, the fourth, the year.</param>
    public static Task<FiguresWorld> Start(string engine, params string[] releases) => Start(engine, _ => { }, releases);

    /// <param name="services">What else the test replaces.</param>
    public static async Task<FiguresWorld> Start(string engine, Action<IServiceCollection> services, params string[] releases)
    {
        var platform = Platform.Start(engine, services: s => services(s.Replace(ServiceDescriptor.Scoped<ITellFacts, Invented>())));
        var zones = new List<TestZone>();
        foreach (var province in new[] { "NAM", "LIM" })
        {
            for (var i = 0; i < 5; i++)
            {
                var zone = await platform.Zone();
                zones.Add(zone);
                await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("test", null, async house =>
                {
                    var record = await house.Set<ZoneRecord>().SingleAsync(z => z.Id == zone.Id);
                    record.Take(record.Facts with { Province = province, Arrondissement = province });
                    return true;
                }, TestContext.Current.CancellationToken);
            }
        }
        var world = new FiguresWorld(platform, zones);
        var desk = platform.Services.GetRequiredService<IReleaseFigures>();
        await desk.PlaceZones(new DateOnly(2026, 7, 1), TestContext.Current.CancellationToken);
        foreach (var release in releases) await world.Release(release);
        return world;
    }

    /// <param name="id">Such as 2026-Q3-P.</param>
    public async Task Release(string id)
    {
        Platform.Clock.SetUtcNow(id switch { "2026-Q3-P" => FirstDay, "2026-Q4-P" => SecondDay, _ => FinalDay });
        var at = id.LastIndexOf('-');
        await Platform.Services.GetRequiredService<IReleaseFigures>().Release(id[(at + 1)..], id[..at], (_, _) => Task.CompletedTask, TestContext.Current.CancellationToken);
    }

    /// <summary>The final release of the year, drawn after its window without the area of a zone that was suspended since the first ones.</summary>
    /// <returns>What that area is shown as.</returns>
    public Task<string> FinalWithoutAnArea() => WithoutAnArea("F", "2026", FinalDay);

    /// <summary>The same of any release.</summary>
    /// <param name="due">Its day.</param>
    public async Task<string> WithoutAnArea(string kind, string period, DateTimeOffset due)
    {
        Platform.Clock.SetUtcNow(due.AddDays(25));
        await Platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("test", null, async house => (await house.Set<ZoneRecord>().SingleAsync(z => z.Id == Zones[0].Id)).State = ZoneState.Suspended, TestContext.Current.CancellationToken);
        Platform.Services.GetRequiredService<ZoneRegistry>().LetGo(Zones[0].Code);
        return Assert.Single((await Platform.Services.GetRequiredService<IReleaseFigures>().Release(kind, period, (_, _) => Task.CompletedTask, TestContext.Current.CancellationToken)).Missing);
    }

    /// <summary>Marks a release as taken back, as the second operator's confirmation does.</summary>
    public async Task Withdraws(string release, Fault fault)
    {
        await Platform.Services.GetRequiredService<FiguresDatabase>().Write(store =>
        {
            store.Add(new Withdrawal { Release = release, Fault = fault, At = Platform.Clock.GetUtcNow() });
            return Task.CompletedTask;
        }, TestContext.Current.CancellationToken);
    }

    /// <summary>An analyst in front of the portal.</summary>
    public Visit Analyst(string language = "en") => Somebody(language, Role.Analyst);

    public Visit Somebody(string language, params Role[] roles)
    {
        var visit = new Visit(Platform, Pass.FiguresPlace, Guid.NewGuid(), roles);
        visit.Client.DefaultRequestHeaders.AcceptLanguage.Clear();
        visit.Client.DefaultRequestHeaders.AcceptLanguage.ParseAdd(language);
        return visit;
    }

    public ValueTask DisposeAsync() => Platform.DisposeAsync();

    /// <summary>Sixty cases a month in each zone: most codes often, some so seldom that their figures are not shown.</summary>
    private sealed class Invented : ITellFacts
    {
        private const int Each = 60;

        public Task<IReadOnlyList<CaseFact>> Facts(FactsAsked asked, CancellationToken ct)
        {
            var facts = new List<CaseFact>();
            for (var month = asked.From; month < asked.Until; month = month.AddMonths(1))
            {
                for (var i = 0; i < Each; i++)
                {
                    var category = i % 20 == 0 ? "RoadAccident" : i % 3 == 0 ? "PartnerViolence" : i % 7 == 0 ? "FamilySituation" : "Offence";
                    facts.Add(new CaseFact(month, category, category == "PartnerViolence" ? "PartnerViolence" : category == "FamilySituation" ? "FamilyViolence" : "Burglary", category is "PartnerViolence" or "FamilySituation",
                        i % 5 == 0 ? "Relative" : i % 59 == 0 ? "Witness" : "Victim", i % 11 == 0 ? "NotSaid" : i % 2 == 0 ? "Female" : "Male", asked.Ages && i % 13 != 0 ? 20 + i : null, i % 2 == 0 ? "Moral" : "None",
                        i % 4 == 0 ? "fr" : "nl", !asked.Contacts || i % 6 == 0 ? null : i % 2 == 0 ? "Office" : "Home", !asked.Contacts || i % 6 == 0 ? null : i % 5, asked.Given ? ["Listening", "Information"] : [], asked.Given && i % 3 == 0 ? ["Justice"] : [],
                        !asked.Given ? null : i % 6 == 0 ? "NoAnswer" : i % 7 == 0 ? "Refused" : "Accepted", !asked.Given ? null : i % 5 == 0 ? "CallOut" : "NoCallOut"));
                }
            }
            return Task.FromResult<IReadOnlyList<CaseFact>>(facts);
        }
    }
}
