namespace VictimSupport.Statistics.Areas;

/// <summary>A statistical area: the finest place a figure speaks of.</summary>
/// <param name="Region">VLG, WAL or BRU.</param>
/// <param name="Neighbour">With which it is shown as one in a year in which too few of its zones take part.</param>
internal sealed record Area(string Code, string Region, string Neighbour);

/// <summary>The twelve areas. Provinces and judicial arrondissements are unions of them, but Eupen, which is two zones and belongs to Liège here.</summary>
internal static class StatisticalAreas
{
    public const int FewestZones = 5;

    /// <summary>The judicial arrondissement of the two German-speaking zones.</summary>
    public const string Eupen = "EUP";

    public static readonly IReadOnlyList<Area> All =
    [
        new("ANT", "VLG", "LIM"), new("LIM", "VLG", "ANT"), new("OVL", "VLG", "WVL"), new("WVL", "VLG", "OVL"), new("LEU", "VLG", "HVV"), new("HVV", "VLG", "LEU"), new("BRU", "BRU", "HVV"),
        new("WBR", "WAL", "NAM"), new("HAI", "WAL", "NAM"), new("NAM", "WAL", "LUX"), new("LUX", "WAL", "NAM"), new("LIE", "WAL", "LUX"),
    ];

    public static Area? Find(string? code) => All.FirstOrDefault(a => a.Code == code);

    /// <summary>The area of a zone by its province and judicial arrondissement; null: neither says it.</summary>
    public static string? Of(string? province, string? arrondissement) => (province, arrondissement) switch
    {
        ("VBR", "LEU") => "LEU",
        ("VBR", _) => "HVV",
        (null, Eupen) => "LIE",
        _ => Find(province)?.Code,
    };
}

/// <summary>What is shown as one in a year: areas, or unions of neighbours where an area alone had too few zones. Fixed for the whole year, so that no period is ever shown on two maps.</summary>
internal sealed class Geography
{
    public const string Country = "BE";
    private readonly Dictionary<string, string> shownAs, regions = new(StringComparer.Ordinal);

    private Geography(IReadOnlyDictionary<string, string> shownAs)
    {
        this.shownAs = new(shownAs, StringComparer.Ordinal);
        Shown = [.. shownAs.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        // A union across a border makes one of both regions: a region less the rest of it would be the area that was too small.
        var joined = StatisticalAreas.All.Select(a => a.Region).Distinct(StringComparer.Ordinal).ToDictionary(r => r, r => new SortedSet<string>(StringComparer.Ordinal) { r }, StringComparer.Ordinal);
        foreach (var union in Shown)
        {
            var one = new SortedSet<string>(Members(union).SelectMany(a => joined[StatisticalAreas.Find(a)!.Region]), StringComparer.Ordinal);
            foreach (var region in one) joined[region] = one;
        }
        foreach (var union in Shown) regions[union] = string.Join('+', joined[StatisticalAreas.Find(Members(union)[0])!.Region]);
    }

    /// <summary>Areas and unions, in alphabetical order.</summary>
    public IReadOnlyList<string> Shown { get; }

    public string ShownAs(string area) => shownAs[area];
    public string RegionOf(string shown) => regions[shown];
    public static string[] Members(string shown) => shown.Split('+');

    /// <summary>As it was fixed for a year.</summary>
    /// <param name="shownAs">For each area what it is shown as.</param>
    public static Geography Fixed(IReadOnlyDictionary<string, string> shownAs) => new(shownAs);

    /// <summary>Joins every area with too few zones to its named neighbour, the smallest first, until all have enough.</summary>
    /// <param name="zones">How many zones of each area take part.</param>
    /// <returns>null: all zones together are too few.</returns>
    public static Geography? Of(IReadOnlyDictionary<string, int> zones)
    {
        var unions = StatisticalAreas.All.Select(a => new SortedSet<string>(StringComparer.Ordinal) { a.Code }).ToList();
        while (unions.OrderBy(Zones).ThenBy(u => u.Min, StringComparer.Ordinal).First() is var small && Zones(small) < StatisticalAreas.FewestZones)
        {
            if (unions.Count == 1) return null;
            // The neighbour of any of its members that is not in it yet; where all are, the next union in the same region, else in the country.
            var neighbour = small.Select(a => StatisticalAreas.Find(a)!.Neighbour).Where(n => !small.Contains(n)).Select(n => unions.Single(u => u.Contains(n))).FirstOrDefault()
                ?? unions.Where(u => u != small).OrderByDescending(u => u.Any(a => small.Any(s => StatisticalAreas.Find(s)!.Region == StatisticalAreas.Find(a)!.Region))).ThenBy(u => u.Min, StringComparer.Ordinal).First();
            unions.Remove(small);
            neighbour.UnionWith(small);
        }
        return new Geography(unions.SelectMany(u => u.Select(a => (a, string.Join('+', u)))).ToDictionary(p => p.a, p => p.Item2, StringComparer.Ordinal));

        int Zones(SortedSet<string> union) => union.Sum(a => zones.GetValueOrDefault(a));
    }
}
