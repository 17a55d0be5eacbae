using System.Net;
using AngleSharp.Dom;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Contracts;
using FrontDoor = VictimSupport.PublicDesk.Desk.Directory;

namespace VictimSupport.Tests.PublicDesk.Desk;

/// <summary>The front door: by postcode or by a name somebody finds the zone that helps, or hears what to do.</summary>
public sealed class DirectoryTests(Platforms platforms)
{
    private static readonly IReadOnlyList<Participant> Three =
    [
        new("5330", new Dictionary<string, string> { ["fr"] = "Zone des Arches" }, ["fr"], ["5340 Gesves", "5330 Assesse"]),
        new("5904", new Dictionary<string, string> { ["nl"] = "Zone Leuven", ["fr"] = "Zone Louvain" }, ["nl"], ["3000 Leuven", "3001 Heverlee"]),
        new("5291", new Dictionary<string, string> { ["de"] = "Zone Eifel" }, ["de"], ["4780 Sankt Vith", "4760 Büllingen"]),
    ];

    [Theory]
    [InlineData("5340", "5330"), InlineData(" 3001 ", "5904"), InlineData("assesse", "5330"), InlineData("Bullingen", "5291"), InlineData("sankt-vith", "5291"), InlineData("louvain", "5904"), InlineData("eifel", "5291"), InlineData("5904", "5904")]
    [InlineData("9999", ""), InlineData("x", ""), InlineData("%", ""), InlineData("534", ""), InlineData("zone", "5330 5904 5291")]
    public void A_zone_is_found_by_postcode_place_or_name(string typed, string found) => Assert.Equal(found, string.Join(' ', FrontDoor.Matching(Three, typed).Select(z => z.Code)));

    [Theory, EveryEngine]
    public async Task It_names_the_zones_that_take_part_and_no_other(string engine)
    {
        await using var platform = Platform.Start(engine);
        var (zone, notLive) = (await (await platform.Zone("nl", "fr")).GoesLive(), await platform.Zone());
        await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test.Places", zone.Id, async house =>
        {
            var record = await house.Set<ZoneRecord>().SingleAsync(z => z.Id == zone.Id);
            record.Take(record.Facts with { Places = ["9000 Gent", "9040 Sint-Amandsberg"] });
            return true;
        }, CancellationToken.None);
        using var passer = new Visit(platform, "", null);
        var page = await passer.Page("/?lang=nl&Place=9040");
        Assert.Equal("nl", page.DocumentElement.GetAttribute("lang"));
        Assert.Equal($"/{zone.Code}/nl/before", page.QuerySelector("[data-found='1'] a")!.GetAttribute("href"));
        Assert.Equal("9040", page.QuerySelector("[name=Place]")!.GetAttribute("value"));
        Assert.DoesNotContain(notLive.Code, page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal(["/?lang=fr", "/?lang=de", "/?lang=en"], page.QuerySelectorAll(".vs-tongues a").Select(a => a.GetAttribute("href")!));
        Assert.NotNull(page.QuerySelector("a[href='/account/sign-in']"));
        // Nothing said, or said twice, by import leaves what was said before.
        Assert.Equal(["9000 Gent", "9040 Sint-Amandsberg"], (await Record(platform, zone)).Facts.Places);
        await platform.Services.GetRequiredService<IImportZones>().Note([(await Record(platform, zone)).Facts with { Places = null, NameNl = "Anders" }], TestContext.Current.CancellationToken);
        Assert.Equal(["9000 Gent", "9040 Sint-Amandsberg"], (await Record(platform, zone)).Facts.Places);
    }

    [Fact]
    public async Task Where_no_zone_is_found_it_says_what_to_do()
    {
        using var passer = new Visit(await platforms.On("sqlite"), "", null);
        foreach (var language in new[] { "fr", "nl", "de", "en" })
        {
            var found = (await passer.Page($"/?lang={language}&Place=0000")).QuerySelector("[data-found='0']")!;
            Assert.Contains("112", found.TextContent, StringComparison.Ordinal);
            Assert.Contains("101", found.TextContent, StringComparison.Ordinal);
            Assert.NotEmpty(found.QuerySelectorAll("a[href^='tel:']"));
        }
        Assert.Equal(HttpStatusCode.OK, (await passer.Get("/?lang=xx&Place=" + new string('9', 500))).StatusCode);
        Assert.Null((await passer.Page("/")).QuerySelector("[data-found]"));
    }

    [Fact]
    public async Task In_a_zone_the_front_door_leads_whoever_works_there_to_their_work()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        using var visit = zone.Visit(Role.Coordinator);
        Assert.StartsWith($"/{zone.Code}/", (await visit.Get("/")).Headers.Location!.ToString(), StringComparison.Ordinal);
        using var passer = zone.Passer();
        Assert.StartsWith("/account/enter?to=", (await passer.Get("/")).Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    private static async Task<ZoneRecord> Record(Platform platform, TestZone zone)
    {
        await using var house = platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        return await house.Set<ZoneRecord>().AsNoTracking().SingleAsync(z => z.Id == zone.Id);
    }
}
