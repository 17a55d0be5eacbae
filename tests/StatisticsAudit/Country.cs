using VictimSupport.Casework.Contracts;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.StatisticsAudit;

/// <summary>An invented case: what the zone would tell of it, the day of the year on which it was registered, and a record key, which only sabotaged builds have a use for.</summary>
internal sealed record Case(int Zone, CaseFact Fact, int Day, ulong Key);

/// <param name="Area">Its statistical area.</param>
/// <param name="IsGermanSpeaking">One of the two of Eupen.</param>
internal sealed record InventedZone(string Code, string Area, bool IsGermanSpeaking);

/// <summary>A country of invented zones and a year of their cases. The truth, which exists in the harness alone. The same seed gives the same country; nothing in it comes from any data.</summary>
internal sealed class Country
{
    public const int Year = 2026;

    // 180 zones in twelve areas.
    private static readonly (string Area, int Zones)[] Zoned = [("ANT", 22), ("LIM", 13), ("OVL", 26), ("WVL", 19), ("LEU", 12), ("HVV", 14), ("BRU", 6), ("WBR", 10), ("HAI", 20), ("NAM", 12), ("LUX", 6), ("LIE", 20)];
    private static readonly (string Code, double Share)[] Categories = [("Offence", 0.37), ("ShockingEvent", 0.23), ("RoadAccident", 0.12), ("FamilySituation", 0.13), ("PartnerViolence", 0.15)];
    private static readonly Dictionary<string, (string Code, double Share)[]> SubKinds = new(StringComparer.Ordinal)
    {
        ["Offence"] = [("Burglary", 0.3), ("Assault", 0.26), ("Robbery", 0.16), ("SexualViolence", 0.12), ("Stalking", 0.08), ("Homicide", 0.01), ("OtherOffence", 0.07)],
        ["ShockingEvent"] = [("DeathNotification", 0.45), ("Suicide", 0.3), ("Fire", 0.08), ("Disappearance", 0.05), ("OtherShock", 0.12)],
        ["RoadAccident"] = [("RoadAccident", 1)],
        ["FamilySituation"] = [("FamilyViolence", 0.4), ("FamilyConflict", 0.35), ("SocialDistress", 0.25)],
        ["PartnerViolence"] = [("PartnerViolence", 1)],
    };

    private static readonly Dictionary<string, double[]> Capacities = new(StringComparer.Ordinal) { ["Offence"] = [0.78, 0.12, 0.1], ["ShockingEvent"] = [0.35, 0.5, 0.15], ["RoadAccident"] = [0.5, 0.35, 0.15], ["FamilySituation"] = [0.8, 0.14, 0.06], ["PartnerViolence"] = [0.87, 0.08, 0.05] };
    private static readonly Dictionary<string, (double Mean, double Deviation, double Women)> People = new(StringComparer.Ordinal) { ["Offence"] = (42, 22, 0.54), ["ShockingEvent"] = (45, 22, 0.58), ["RoadAccident"] = (41, 22, 0.5), ["FamilySituation"] = (38, 22, 0.6), ["PartnerViolence"] = (39, 20, 0.72) };
    private static readonly Dictionary<string, double[]> Damages = new(StringComparer.Ordinal)
    {
        ["Offence"] = [0.06, 0.2, 0.06, 0.03, 0.2, 0.22, 0.15, 0.08], ["ShockingEvent"] = [0.2, 0.03, 0.03, 0.01, 0.6, 0.06, 0.05, 0.02], ["RoadAccident"] = [0.05, 0.1, 0.15, 0.2, 0.1, 0.1, 0.15, 0.15],
        ["FamilySituation"] = [0.15, 0.03, 0.05, 0.02, 0.5, 0.08, 0.12, 0.05], ["PartnerViolence"] = [0.04, 0.03, 0.08, 0.03, 0.35, 0.08, 0.31, 0.08],
    };

    private static readonly string[] CapacityCodes = ["Victim", "Relative", "Witness"], DamageCodes = ["None", "Material", "Physical", "MaterialPhysical", "Moral", "MaterialMoral", "PhysicalMoral", "MaterialPhysicalMoral"], Languages = ["nl", "fr", "de", "ar"], Places = ["Office", "Home", "Elsewhere", "PhoneOnly"],
        Services = ["Listening", "FirstHelp", "Information", "PracticalHelp", "Orientation", "Hearing", "Death", "Recontact"], Targets = ["VictimSupport", "Justice", "SexualViolence", "PartnerViolence", "Youth", "Health", "Social", "Other"];

    private readonly Dictionary<int, IReadOnlyList<Case>> byZone;

    private Country(IReadOnlyList<InventedZone> zones, IReadOnlyList<Case> cases, IReadOnlySet<string> missing)
    {
        (Zones, Cases, Missing) = (zones, cases, missing);
        byZone = cases.GroupBy(c => c.Zone).ToDictionary(g => g.Key, g => (IReadOnlyList<Case>)[.. g]);
    }

    public IReadOnlyList<InventedZone> Zones { get; }
    public IReadOnlyList<Case> Cases { get; }

    /// <summary>Zones that must hide each other: each by itself, and those of Eupen, which are told by their language, as one.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Contributors => field ??= [.. Enumerable.Range(0, Zones.Count).GroupBy(z => Zones[z].IsGermanSpeaking ? -1 : z).Select(g => (IReadOnlyList<int>)[.. g])];

    /// <summary>Areas that are in no figure: where only some are needed for a question, the others cost time.</summary>
    public IReadOnlySet<string> Missing { get; }

    /// <summary>All twelve areas have enough zones to be shown alone.</summary>
    public static Geography Geography { get; } = Geography.Of(Zoned.ToDictionary(z => z.Area, z => z.Zones, StringComparer.Ordinal))!;

    public static string CategoryOf(int i) => Categories[i].Code;
    public static int CategoryCount => Categories.Length;

    /// <summary>180 zones and 87 to 96 thousand cases.</summary>
    public static Country Of(int seed)
    {
        var random = new Random(seed);
        return Make(random, Zoned, 87_000 + random.Next(9_001), new HashSet<string>());
    }

    /// <summary>The same zones with a quarter of the cases: a country of small counts.</summary>
    public static Country Sparse(int seed) => Make(new Random(seed), Zoned, 22_000, new HashSet<string>());

    /// <summary>A part of it: so many zones in some areas, and nothing in the others.</summary>
    public static Country Part(int seed, int cases, params (string Area, int Zones)[] zones) => Make(new Random(seed), zones, cases, StatisticalAreas.All.Select(a => a.Code).Except(zones.Select(z => z.Area)).ToHashSet(StringComparer.Ordinal));

    public IReadOnlyList<Case> In(int zone) => byZone.GetValueOrDefault(zone) ?? [];

    /// <summary>The same zones with other cases.</summary>
    public Country With(IReadOnlyList<Case> cases) => new(Zones, cases, Missing);

    /// <summary>What a zone tells of an edition.</summary>
    public IEnumerable<CaseFact> Facts(int zone, Edition edition) => In(zone).Where(c => c.Fact.Month >= edition.From && c.Fact.Month <= edition.Until).Select(c => c.Fact);

    /// <summary>The same case, as if something else had happened.</summary>
    public static CaseFact As(CaseFact fact, string category)
    {
        if (fact.Category == category) return fact;
        var subKind = SubKinds[category][0].Code;
        return fact with { Category = category, SubKind = subKind, IsAtHome = IsAtHome(subKind) };
    }

    private static bool IsAtHome(string subKind) => subKind is "PartnerViolence" or "FamilyViolence";

    private static Country Make(Random random, (string Area, int Zones)[] zoned, int cases, IReadOnlySet<string> missing)
    {
        var zones = new List<InventedZone>();
        foreach (var (area, count) in zoned)
        {
            for (var i = 0; i < count; i++) zones.Add(new InventedZone((5000 + zones.Count).ToString(System.Globalization.CultureInfo.InvariantCulture), area, area == "LIE" && i < 2));
        }
        // Zones differ in size, Brussels' are large; months and the mixture of events differ a little from zone to zone.
        var weights = zones.ConvertAll(z => Math.Exp(0.5 * Normal(random)) * (z.Area == "BRU" ? 3 : 1));
        var all = weights.Sum();
        var made = new List<Case>(cases + zones.Count);
        for (var zone = 0; zone < zones.Count; zone++)
        {
            var mixture = Array.ConvertAll(Categories, c => c.Share * Math.Exp(0.15 * Normal(random)));
            var own = (int)Math.Round(cases * weights[zone] / all);
            for (var i = 0; i < own; i++) made.Add(One(random, zones[zone], zone, mixture));
        }
        return new Country(zones, made, missing);
    }

    private static Case One(Random random, InventedZone zone, int index, double[] mixture)
    {
        var category = Categories[Pick(random, mixture)].Code;
        var subKind = SubKinds[category][Pick(random, Array.ConvertAll(SubKinds[category], s => s.Share))].Code;
        var (mean, deviation, women) = People[category];
        var day = DayOf(random, category);
        var date = new DateOnly(Year, 1, 1).AddDays(day);
        var reached = random.NextDouble() < 0.93;
        var region = StatisticalAreas.Find(zone.Area)!.Region;
        var language = Languages[Pick(random, zone.IsGermanSpeaking ? [0.01, 0.2, 0.73, 0.06] : region switch { "VLG" => [0.9, 0.04, 0.001, 0.059], "BRU" => [0.2, 0.64, 0.002, 0.158], _ => [0.01, 0.93, 0.004, 0.056] })];
        var sex = random.NextDouble() is < 0.015 ? "Other" : random.NextDouble() < women ? "Female" : "Male";
        int? age = random.NextDouble() < 0.02 ? null : Math.Clamp((int)Math.Round(mean + (deviation * Normal(random))), 0, 97);
        return new Case(index, new CaseFact(new DateOnly(date.Year, date.Month, 1), category, subKind, IsAtHome(subKind), CapacityCodes[Pick(random, Capacities[category])], sex, age, DamageCodes[Pick(random, Damages[category])], language,
            reached ? Places[Pick(random, [0.3, 0.27, 0.15, 0.28])] : null, reached ? Pick(random, [0.42, 0.28, 0.15, 0.15]) switch { 0 => random.Next(2), 1 => random.Next(2, 8), 2 => random.Next(8, 15), _ => random.Next(15, 60) } : null,
            Some(random, Services, reached ? 1 + Pick(random, [0.3, 0.3, 0.2, 0.1, 0.06, 0.04]) : 0), Some(random, Targets, Pick(random, [0.6, 0.3, 0.1])),
            reached ? Pick(random, [0.93, 0.07]) == 0 ? "Accepted" : "Refused" : Pick(random, [0.7, 0.3]) == 0 ? "NoAnswer" : "NoneOffered", Pick(random, [0.15, 0.85]) == 0 ? "CallOut" : "NoCallOut"), day, (ulong)random.NextInt64());
    }

    // Events have their seasons, so that there are changes from quarter to quarter to be told.
    private static int DayOf(Random random, string category)
    {
        while (true)
        {
            var day = random.Next(365);
            var peak = category switch { "Offence" => 330, "ShockingEvent" => 20, "RoadAccident" => 240, "FamilySituation" => 120, _ => 190 };
            if (random.NextDouble() * 1.25 < 1 + (0.25 * Math.Cos(2 * Math.PI * (day - peak) / 365))) return day;
        }
    }

    private static string[] Some(Random random, string[] of, int count)
    {
        if (count == 0) return [];
        var start = random.Next(of.Length);
        var step = new[] { 1, 3, 5, 7 }[random.Next(4)]; // has no divisor in common with eight: no code comes twice
        return [.. Enumerable.Range(0, count).Select(i => of[(start + (i * step)) % of.Length])];
    }

    private static int Pick(Random random, double[] shares)
    {
        var left = random.NextDouble() * shares.Sum();
        for (var i = 0; i < shares.Length; i++)
        {
            if ((left -= shares[i]) < 0) return i;
        }
        return shares.Length - 1;
    }

    /// <summary>Of the harness, in floating point: for how large invented zones are and what an outsider guesses, never for noise.</summary>
    public static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
