using VictimSupport.Casework.Contracts;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Noise;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.Tests.Statistics;

public sealed class AggregateTests
{
    private static readonly TableProgramme Shipped = TableProgramme.Shipped;
    private static readonly Geography Twelve = Geography.Of(StatisticalAreas.All.ToDictionary(a => a.Code, _ => 6))!;
    private static readonly Edition Quarter = Edition.OfQuarter(2026, 2), Year = Edition.OfYear(2026);
    private static readonly HashSet<string> None = [];

    [Theory]
    [InlineData("10 10 10", false)] // the third is as large as the others
    [InlineData("10 10 2", false)]
    [InlineData("10 10 1", true)] // two that put their heads together would know the third, or the largest, too well
    [InlineData("50 50", true)]
    [InlineData("7", true)]
    [InlineData("", true)]
    [InlineData("1 1 1", false)]
    public void A_cell_of_few_zones_tells_of_them(string zones, bool tells) => Assert.Equal(tells, Of(zones).TellsOfAZone);

    [Theory]
    [InlineData("10 10 10", 9)]
    [InlineData("10 10 1", 81)]
    [InlineData("", 81)]
    [InlineData("60", 81)] // (0.15 × 60)² = 81
    [InlineData("61", 324)]
    [InlineData("1000", 82944)]
    public void Where_a_cell_tells_of_a_zone_its_noise_climbs_a_ladder(string zones, int sigma2) => Assert.Equal(sigma2, Of(zones).Sigma2(9));

    [Fact]
    public void What_each_area_counted_adds_up_to_what_all_did()
    {
        var (all, first, second) = (Of("9 3 8 1"), Of("9 3"), Of("8 1"));
        first.Add(second);
        Assert.Equal(all, first);
        Assert.Equal(new Tally(21, 4, 9, 8), all);
    }

    [Fact]
    public void Every_cell_gets_noise_also_the_empty_ones()
    {
        var cells = Aggregate(Quarter, []).Draw(None, new DiscreteGaussian(new KnownBits("zero")));
        Assert.Equal(12 * ((3 * 5) + (5 * 3) + (5 * 5) + (5 * 5)), cells.Count);
        Assert.True(cells.Count(c => c.Value != 0) > cells.Count * 3 / 4);
        Assert.Contains(cells, c => c.Value < 0); // clipped, sums would be too large
        Assert.Equal(cells.Count, cells.Select(c => (c.Table.Id, c.Id)).Distinct().Count());
        Assert.InRange(cells.Count(c => c.IsShown), 0, cells.Count * 9 / 1000); // what is not there seldom looks as if it were
    }

    [Fact]
    public void The_cases_of_a_large_zone_are_shared_out_and_none_is_lost()
    {
        var (aggregate, large) = (new Aggregate(Shipped, Quarter, Twelve), Enumerable.Repeat(ProgrammeTests.Case() with { Month = Quarter.From }, 10_001).ToArray());
        for (var zone = 0; zone < 3; zone++) aggregate.AddZone("NAM", large);
        // One that no list knows, anywhere among them: it is said as such, and nothing of the zone is taken.
        Assert.Throws<InvalidOperationException>(() => aggregate.AddZone("NAM", [.. large, ProgrammeTests.Case() with { Month = Quarter.From, Capacity = "Nobody" }]));
        var cells = aggregate.Draw(None, new DiscreteGaussian(new KnownBits("large")));
        foreach (var table in cells.GroupBy(c => c.Table.Id)) Assert.InRange(table.Where(c => c.Place == "NAM").Sum(c => c.Value), 29_800, 30_200);
    }

    // Two zones of forty each, beside three of five: each would hide the other, were they not told by what nobody else has.
    [Theory, InlineData(false), InlineData(true)]
    public void Zones_that_only_they_are_count_as_one(bool areParts)
    {
        var aggregate = new Aggregate(Shipped, Quarter, Twelve);
        foreach (var (cases, isPart) in new[] { (40, areParts), (5, false), (5, false), (40, areParts), (5, false) }) aggregate.AddZone("LIE", Enumerable.Repeat(ProgrammeTests.Case() with { Month = Quarter.From }, cases), isPart);
        var cell = aggregate.Draw(None, new DiscreteGaussian(new KnownBits("eupen"))).Where(c => c.Table.Id == "T1" && c.Place == "LIE").MaxBy(c => c.Value)!;
        // Shown or not; with the noise of the table, or of the ladder for a zone of eighty.
        Assert.Equal((!areParts, areParts ? 324 : 9), (cell.IsShown, (int)cell.Variance));
        Assert.InRange(cell.Value, 95 - 90, 95 + 90); // all are counted
    }

    [Fact]
    public void All_tables_agree_to_the_case()
    {
        var cells = Aggregate(Year, People(Year, 30)).Draw(None, new DiscreteGaussian(new KnownBits("agree")));
        var monitor = cells.Where(c => c.Table.Id == "T1").ToList();
        foreach (var table in Shipped.In("F").Where(t => t.AnchorBy == "category"))
        {
            foreach (var group in cells.Where(c => c.Table == table).GroupBy(c => (c.Place, c.Period, Category: c.Codes[0])))
            {
                var months = group.Key.Period.Length == 4 ? Year.Months : Year.Months.Where(m => Edition.Quarter(m) == group.Key.Period);
                var of = monitor.Where(m => m.Codes[0] == group.Key.Category && months.Select(Edition.Month).Contains(m.Period) && (table.Geography == Grain.Area ? m.Place : Twelve.RegionOf(m.Place)) == group.Key.Place);
                Assert.Equal(of.Sum(m => m.Value), group.Sum(c => c.Value));
            }
        }
        var partner = cells.Where(c => c.Table.Id == "T10" && c.Codes[0] == "PartnerViolence").GroupBy(c => c.Place);
        Assert.All(partner, region => Assert.Equal(monitor.Where(m => m.Codes[0] == "PartnerViolence" && Twelve.RegionOf(m.Place) == region.Key).Sum(m => m.Value), region.Sum(c => c.Value)));
    }

    [Fact]
    public void Anchored_cells_say_their_variance()
    {
        var cells = Aggregate(Quarter, People(Quarter, 100)).Draw(None, new DiscreteGaussian(new KnownBits("var")));
        var usual = cells.Where(c => c.Table.Id == "T2").GroupBy(c => (c.Place, c.Codes[0])).Where(g => g.All(c => !c.IsMasked)).SelectMany(g => g).ToList();
        Assert.NotEmpty(usual);
        Assert.All(usual, c => Assert.Equal((16 * (1 - (1.0 / 3))) + (27.0 / 9), c.Variance, 1e-9)); // σ²(1 − 1/m) + var(margin)/m²
        Assert.Equal([6, 11, 8, 16], new double[] { 9, 27, 16, 64 }.Select(Display.Margin));
    }

    // The law of released minus true over many cells: what a reader is promised by the margin.
    [Fact]
    public void The_margin_holds_in_19_of_20_cells()
    {
        var facts = People(Quarter, 200);
        var (bits, inside, all, sum, squares) = (new KnownBits("margin"), 0, 0, 0.0, 0.0);
        var truth = facts.SelectMany(z => z.Facts.Select(f => (z.Shown, f))).CountBy(x => $"{x.Shown}|{Edition.Month(x.f.Month)}|{x.f.Category}").ToDictionary();
        for (var run = 0; run < 30; run++)
        {
            foreach (var cell in Aggregate(Quarter, facts).Draw(None, new DiscreteGaussian(bits)).Where(c => c.Table.Id == "T1"))
            {
                var off = cell.Value - truth.GetValueOrDefault(cell.Id);
                (all, inside, sum, squares) = (all + 1, inside + (Math.Abs(off) <= Display.Margin(cell.Variance) ? 1 : 0), sum + off, squares + (off * off / cell.Variance));
            }
        }
        Assert.Equal(5400, all);
        Assert.InRange((double)inside / all, 0.95, 0.98);
        Assert.InRange(sum / all, -0.15, 0.15);
        Assert.InRange(squares / all, 0.95, 1.05);
    }

    [Theory]
    [InlineData(9, 9, false), InlineData(10, 9, true), InlineData(10, 16, true), InlineData(9, 1, false), InlineData(19, 64, false), InlineData(20, 64, true), InlineData(-40, 9, false)]
    public void Small_figures_are_not_shown(int value, double variance, bool shown) => Assert.Equal(shown, Display.Shows(value, variance));

    [Fact]
    public void A_large_figure_of_two_zones_is_not_shown()
    {
        var large = Enumerable.Repeat(ProgrammeTests.Case() with { Month = Quarter.From }, 500).ToList();
        var cells = Aggregate(Quarter, [("NAM", large), ("NAM", large)]).Draw(None, new DiscreteGaussian(new KnownBits("two")));
        var cell = cells.Single(c => c.Table.Id == "T1" && c.Id == "NAM|2026-04|Offence");
        Assert.True(cell.Value > 100);
        Assert.False(cell.IsShown);
        Assert.Equal(9 * 9 * Math.Pow(4, 4), cell.Variance); // the first step of the ladder over (0.15 × 500)²
    }

    [Fact]
    public void The_rest_of_a_table_is_shown_for_the_country_alone()
    {
        var unknown = People(Year, 60).ConvertAll(z => (z.Shown, z.Facts.Select(f => f with { Sex = "Other" }).ToList()));
        var rest = Aggregate(Year, unknown).Draw(None, new DiscreteGaussian(new KnownBits("rest"))).Where(c => c.Codes.Contains("Rest")).ToList();
        Assert.Contains(rest, c => Display.Shows(c.Value, c.Variance));
        Assert.All(rest, c => Assert.False(c.IsShown));
    }

    [Fact]
    public void An_area_that_is_missing_is_in_no_figure()
    {
        var facts = People(Year, 20);
        var without = Aggregate(Year, facts).Draw(new HashSet<string> { "LUX" }, new DiscreteGaussian(new KnownBits("gone")));
        // The same noise over the same cells, and nobody of Luxembourg ever counted.
        var never = Aggregate(Year, facts.Where(f => f.Shown != "LUX")).Draw(new HashSet<string> { "LUX" }, new DiscreteGaussian(new KnownBits("gone")));
        Assert.Equal(never.Select(c => (c.Table.Id, c.Id, c.Value)), without.Select(c => (c.Table.Id, c.Id, c.Value)));
        Assert.DoesNotContain(without, c => c.Place == "LUX");
    }

    [Fact]
    public void Noise_is_drawn_once()
    {
        var aggregate = Aggregate(Quarter, []);
        aggregate.Draw(None, new DiscreteGaussian(new KnownBits("once")));
        Assert.Throws<InvalidOperationException>(() => aggregate.Draw(None, new DiscreteGaussian(new KnownBits("once"))));
        Assert.Throws<InvalidOperationException>(() => Aggregate(Quarter, [("NAM", [ProgrammeTests.Case() with { Month = new DateOnly(2026, 7, 1) }])]));
    }

    private static Tally Of(string zones)
    {
        var tally = default(Tally);
        foreach (var zone in zones.Split(' ', StringSplitOptions.RemoveEmptyEntries)) tally.Add(int.Parse(zone, System.Globalization.CultureInfo.InvariantCulture));
        return tally;
    }

    private static Aggregate Aggregate(Edition edition, IEnumerable<(string Shown, List<CaseFact> Facts)> zones)
    {
        var aggregate = new Aggregate(Shipped, edition, Twelve);
        foreach (var (shown, facts) in zones) aggregate.AddZone(shown, facts);
        return aggregate;
    }

    // Six zones in each area, so many cases in each.
    private static List<(string Shown, List<CaseFact> Facts)> People(Edition edition, int cases)
    {
        var random = new Random(11);
        string[] categories = ["Offence", "Offence", "Offence", "ShockingEvent", "RoadAccident", "FamilySituation", "PartnerViolence", "PartnerViolence"];
        var months = edition.Months.ToList();
        return [.. StatisticalAreas.All.SelectMany(a => Enumerable.Range(0, 6).Select(_ => (a.Code, Enumerable.Range(0, cases).Select(_ => One()).ToList())))];

        CaseFact One()
        {
            var category = categories[random.Next(categories.Length)];
            var reached = random.Next(10) > 0;
            return new CaseFact(months[random.Next(months.Count)], category, category == "PartnerViolence" ? category : category == "FamilySituation" ? "FamilyViolence" : "Burglary", category is "PartnerViolence" or "FamilySituation",
                random.Next(4) switch { 0 => "Relative", 1 => "Witness", _ => "Victim" }, random.Next(3) == 0 ? "Male" : "Female", random.Next(90), "Moral", random.Next(2) == 0 ? "nl" : "fr", reached ? "Office" : null, reached ? random.Next(20) : null, ["Listening"], random.Next(3) == 0 ? ["VictimSupport"] : [],
                reached ? "Accepted" : "NoAnswer", random.Next(5) == 0 ? "CallOut" : "NoCallOut");
        }
    }
}
