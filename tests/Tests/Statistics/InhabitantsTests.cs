using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Contracts;
using VictimSupport.Statistics.Releases;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Statistics;

/// <summary>Which share of the country's inhabitants the figures are of.</summary>
public sealed class InhabitantsTests
{
    private static readonly DateOnly NewYear = new(2026, 1, 1), Before = new(2025, 1, 1), Later = new(2026, 10, 1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EveryEngine]
    public async Task A_release_says_which_share_of_the_country_lives_in_its_zones(string engine)
    {
        await using var world = await FiguresWorld.Start(engine);
        var desk = world.Platform.Services.GetRequiredService<IReleaseFigures>();
        await Lies(world, i => [$"9200{i}", $"9300{i}"]);
        // Ten zones of two municipalities with 450 in each, 9,000 of 10,050: 89.55 %.
        var country = Enumerable.Range(0, 10).SelectMany(i => new[] { $"9200{i};450", $"9300{i};450" }).Append("11002;1050").ToList();
        await desk.TakeInhabitants(Before, ["11002;1"], Ct);
        Assert.Equal((21, 10_050L), await desk.TakeInhabitants(NewYear, ["nis;inhabitants", .. country, ""], Ct));
        await desk.TakeInhabitants(Later, ["11002;1"], Ct);
        await world.Release("2026-Q3-P");

        Assert.Equal(89, await Percent(world, "2026-Q3-P"));
        var analyst = world.Analyst();
        Assert.Contains("Participating zones: 10 of 10 on this platform. 89 % of the country's inhabitants live in these zones.", await Quality(analyst), StringComparison.Ordinal);
        var folder = Directory.CreateTempSubdirectory("vs-inhabitants-").FullName;
        var lines = await File.ReadAllLinesAsync(await desk.Export("2026-Q3-P", folder, Ct), Ct);
        Directory.Delete(folder, recursive: true);
        Assert.Equal("89", lines[1].Split(';')[Array.IndexOf(lines[0].Trim('\uFEFF').Split(';'), "inhabitants_percent")]);

        // Of a zone whose municipality is in no list the share is not known, and what is out stays as it was.
        await Lies(world, i => i == 0 ? ["92099"] : [$"9200{i}"]);
        await desk.TakeInhabitants(Later, country, Ct);
        await world.Release("2026-Q4-P");
        Assert.Null(await Percent(world, "2026-Q4-P"));
        Assert.Equal(89, await Percent(world, "2026-Q3-P"));
        Assert.Contains("The share of inhabitants covered is not known", await Quality(analyst), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("92094;114000", "9209;5", "Line 2")]
    [InlineData("92094;114000", "92095;many", "Line 2")]
    [InlineData("92094;114000", "92095;-5", "Line 2")]
    [InlineData("92094;114000", "92094;5", "twice")]
    [InlineData("nis;inhabitants", "", "no municipality")]
    public async Task A_list_with_a_fault_is_refused_whole(string first, string second, string says)
    {
        await using var platform = Platform.Start("sqlite");
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => platform.Services.GetRequiredService<IReleaseFigures>().TakeInhabitants(NewYear, [first, second], Ct));
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        await using var house = platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        Assert.Empty(await house.Set<InhabitantsOfMunicipality>().ToListAsync(Ct));
    }

    private static async Task Lies(FiguresWorld world, Func<int, IReadOnlyList<string>> municipalities) =>
        await world.Platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("test", null, async house =>
        {
            for (var i = 0; i < world.Zones.Count; i++)
            {
                var id = world.Zones[i].Id;
                var record = await house.Set<ZoneRecord>().SingleAsync(z => z.Id == id);
                record.Take(record.Facts with { Municipalities = municipalities(i) });
            }
            return true;
        }, Ct);

    private static async Task<string> Quality(Visit visit) => (await visit.Page("/figures/quality")).QuerySelector("main")!.TextContent;

    private static async Task<int?> Percent(FiguresWorld world, string release)
    {
        await using var store = world.Platform.Services.GetRequiredService<FiguresDatabase>().LeasePublished();
        return await store.Set<Release>().Where(r => r.Id == release).Select(r => r.InhabitantsPercent).SingleAsync(Ct);
    }
}
