using VictimSupport.Statistics.Areas;

namespace VictimSupport.Tests.Statistics;

public sealed class AreaTests
{
    private static Dictionary<string, int> Everywhere(int zones) => StatisticalAreas.All.ToDictionary(a => a.Code, _ => zones);

    [Fact]
    public void Areas_with_five_zones_stand_for_themselves()
    {
        var geography = Geography.Of(Everywhere(5))!;
        Assert.Equal(StatisticalAreas.All.Select(a => a.Code).Order(), geography.Shown);
        Assert.Equal(["BRU", "VLG", "WAL"], geography.Shown.Select(geography.RegionOf).Distinct().Order());
    }

    [Fact]
    public void An_area_with_four_is_shown_with_its_neighbour()
    {
        var geography = Geography.Of(new Dictionary<string, int>(Everywhere(5)) { ["LUX"] = 4 })!;
        Assert.Equal("LUX+NAM", geography.ShownAs("LUX"));
        Assert.Equal("LUX+NAM", geography.ShownAs("NAM"));
        Assert.Equal("WAL", geography.RegionOf("LUX+NAM"));
        Assert.Equal(11, geography.Shown.Count);
    }

    [Fact]
    public void A_union_across_a_border_makes_one_of_both_regions()
    {
        var geography = Geography.Of(new Dictionary<string, int>(Everywhere(5)) { ["BRU"] = 3 })!;
        Assert.Equal("BRU+HVV", geography.ShownAs("BRU"));
        Assert.Equal(["BRU+VLG", "WAL"], geography.Shown.Select(geography.RegionOf).Distinct().Order());
    }

    [Fact]
    public void Whatever_takes_part_every_area_is_in_one_union_with_five()
    {
        var random = new Random(7);
        for (var i = 0; i < 500; i++)
        {
            var zones = StatisticalAreas.All.ToDictionary(a => a.Code, _ => random.Next(0, 8));
            if (Geography.Of(zones) is not { } geography)
            {
                Assert.True(zones.Values.Sum() < 5);
                continue;
            }
            Assert.Equal(StatisticalAreas.All.Select(a => a.Code).Order(), geography.Shown.SelectMany(Geography.Members).Order());
            Assert.All(geography.Shown, s => Assert.True(Geography.Members(s).Sum(a => zones[a]) >= StatisticalAreas.FewestZones));
            Assert.All(geography.Shown.GroupBy(geography.RegionOf), g => Assert.All(g.SelectMany(Geography.Members), a => Assert.Contains(StatisticalAreas.Find(a)!.Region, g.Key.Split('+'))));
        }
        Assert.Null(Geography.Of(new Dictionary<string, int> { ["NAM"] = 4 }));
        Assert.Single(Geography.Of(new Dictionary<string, int> { ["NAM"] = 5 })!.Shown);
    }

    [Theory]
    [InlineData("VBR", "LEU", "LEU"), InlineData("VBR", "BRU", "HVV"), InlineData("BRU", "BRU", "BRU"), InlineData("LIE", "EUP", "LIE"), InlineData("HAI", "HAI", "HAI"), InlineData(null, null, null), InlineData("XXX", "NAM", null)]
    public void A_zone_lies_where_its_province_and_arrondissement_say(string? province, string? arrondissement, string? area) => Assert.Equal(area, StatisticalAreas.Of(province, arrondissement));
}
