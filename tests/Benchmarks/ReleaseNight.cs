using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using DuckDB.NET.Data;
using VictimSupport.Casework.Contracts;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Noise;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.Benchmarks;

/// <summary>B11: the night of a final release. So many coded cases of a country of zones become figures: as the product does it, by hand over columns of bytes, and in DuckDB. Then a whole release over zones that have databases.</summary>
internal sealed class ReleaseNight(string program, string folder, int facts, int zones, int rounds, int yearly)
{
    private const double AgainstArrays = 3;
    private static readonly Edition Year = Edition.OfYear(2026);
    private static readonly Geography Twelve = Geography.Of(StatisticalAreas.All.ToDictionary(a => a.Code, _ => 15))!;
    private static readonly TableProgramme Programme = TableProgramme.Shipped;

    /// <returns>Was every gate met, and does everybody count the same?</returns>
    public async Task<bool> Run()
    {
        Console.WriteLine($"{Machine.Describe()}; {facts} facts over {zones} zones, twelve tables (all but the flash), {rounds} rounds, medians of wall-clock seconds.");
        var (ours, theirs, same, columns) = (new List<double>(), new List<double>(), true, new Columns(facts));
        for (var round = 0; round < rounds; round++)
        {
            var (aggregate, watch) = (new Aggregate(Programme, Year, Twelve), new Stopwatch());
            columns.Clear();
            for (var zone = 0; zone < zones; zone++)
            {
                var told = Cases.Of(zone, facts / zones);
                watch.Start();
                aggregate.AddZone(Cases.AreaOf(zone), told);
                watch.Stop();
                foreach (var fact in told) columns.Add(zone, fact);
            }
            watch.Start();
            var cells = aggregate.Draw(new HashSet<string>(), new DiscreteGaussian(new CryptographicBits()));
            watch.Stop();
            ours.Add(watch.Elapsed.TotalSeconds);

            watch.Restart();
            var counts = columns.Count(zones);
            var noisy = ByHand.Draw(counts);
            theirs.Add(watch.Elapsed.TotalSeconds);
            same &= Agree(cells, counts) && noisy > 0;
        }
        var (product, arrays) = (Speed.Median(ours), Speed.Median(theirs));
        var (duck, loading, agrees) = DuckTables.Ask(columns, zones, rounds);
        var met = product <= AgainstArrays * arrays && product < duck;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"product {product:0.00} s; arrays by hand {arrays:0.00} s, ratio {product / arrays:0.00} (gate {AgainstArrays} {(product <= AgainstArrays * arrays ? "met" : "missed")}); DuckDB {duck:0.00} s with its columns loaded (loading {loading:0.0} s) (gate below {(product < duck ? "met" : "missed")})"));
        Console.WriteLine(same && agrees ? "All three count the same." : "THEY DO NOT COUNT THE SAME.");
        await Whole();
        return met && same && agrees;
    }

    // Each of the product's figures lies where noise may put it round the count by hand; ten standard deviations are never seen.
    private static bool Agree(IReadOnlyList<NoisyCell> cells, ByHand.Counts counts)
    {
        var good = true;
        foreach (var table in Programme.In("F").Where(t => t.Geography != Grain.Region))
        {
            var (own, exact) = (cells.Where(c => c.Table.Id == table.Id).ToList(), counts.Of(table));
            good &= own.Count == exact.Length && own.Zip(exact).All(p => Math.Abs(p.First.Value - p.Second) <= 10 * Math.Sqrt(p.First.Variance));
        }
        return good;
    }

    private async Task Whole()
    {
        var data = Directory.CreateDirectory(Path.Combine(folder, "zones")).FullName;
        var (port, each) = (Machine.FreePort(), zones / StatisticalAreas.All.Count);
        var environment = new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development", ["Data__Directory"] = data, ["Urls"] = $"http://127.0.0.1:{port}", ["Jobs__Run"] = "false", ["Demo__Enabled"] = "false", ["Demo__Figures"] = "true",
            ["Demo__FiguresFrom"] = "9001", ["Demo__FiguresZones"] = each.ToString(CultureInfo.InvariantCulture), ["Demo__FiguresYearly"] = yearly.ToString(CultureInfo.InvariantCulture), ["Demo__FiguresQuarters"] = "0", ["Logging__LogLevel__Default"] = "Warning",
        };
        var watch = Stopwatch.StartNew();
        await using (var portal = Child.Start(program, [], environment, folder))
        {
            await Product.Answering(port, portal);
            using var http = new HttpClient();
            while ((await http.GetStringAsync($"http://127.0.0.1:{port}/health")).Contains("demo", StringComparison.Ordinal)) await Task.Delay(500);
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{each * StatisticalAreas.All.Count} zones filled after {watch.Elapsed.TotalSeconds:0} s"));
        watch.Restart();
        var status = await Child.Read(program, ["statistics", "status"], environment, folder);
        var start = watch.Elapsed.TotalSeconds;
        var quarter = status.Split('\n').Select(l => l.Split('\t')).Where(l => l.Length > 1 && l[0].EndsWith("-P", StringComparison.Ordinal) && l[1].StartsWith("due since", StringComparison.Ordinal)).Max(l => l[0])![..^2];
        watch.Restart();
        var said = await Child.Read(program, ["statistics", "release", "--kind", "P", "--period", quarter], environment, folder);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"release of {quarter} over SQLite zones, a process of its own: {watch.Elapsed.TotalSeconds:0.0} s, of which {start:0.0} s are the start; {said.Trim().Replace('\t', ' ')}"));
    }
}

/// <summary>Coded cases as zones tell them, of no real zone.</summary>
internal static class Cases
{
    private static readonly string[] Categories = ["Offence", "ShockingEvent", "RoadAccident", "FamilySituation", "PartnerViolence"], Capacities = ["Victim", "Relative", "Witness"], Damages = ["None", "Material", "Physical", "MaterialPhysical", "Moral", "MaterialMoral", "PhysicalMoral", "MaterialPhysicalMoral"],
        Sexes = ["Female", "Female", "Female", "Male", "Male", "NotSaid"], Languages = ["nl", "fr", "de", "en"], PlacesOf = ["Office", "Home", "Elsewhere", "PhoneOnly"], Offers = ["NoneOffered", "Refused", "Accepted", "NoAnswer"];

    private static readonly string[][] SubKinds = [["Burglary", "Assault", "Robbery", "SexualViolence", "Stalking", "Homicide", "OtherOffence"], ["DeathNotification", "Suicide", "Fire", "Disappearance", "OtherShock"], ["RoadAccident"], ["FamilyViolence", "FamilyConflict", "SocialDistress"], ["PartnerViolence"]];
    // Held as a zone's answer holds them.
    private static readonly IReadOnlyList<string>[] Services = [["Listening"], ["Listening", "Information"], ["Listening", "Information", "Orientation"], ["Listening", "Death", "FirstHelp", "PracticalHelp", "Information", "Recontact"], []], Targets = [[], [], ["VictimSupport"], ["Justice", "Social"]];

    public static string AreaOf(int zone) => StatisticalAreas.All[zone % StatisticalAreas.All.Count].Code;

    public static List<CaseFact> Of(int zone, int count)
    {
        var dice = new Random(zone);
        return [.. Enumerable.Range(0, count).Select(_ => One())];

        CaseFact One()
        {
            var (category, met) = (dice.Next(5), dice.Next(10) > 0);
            var sub = SubKinds[category][dice.Next(SubKinds[category].Length)];
            return new CaseFact(new DateOnly(2026, dice.Next(1, 13), 1), Categories[category], sub, sub is "PartnerViolence" or "FamilyViolence", Capacities[dice.Next(3)], Sexes[dice.Next(6)], dice.Next(20) == 0 ? null : dice.Next(100), Damages[dice.Next(8)], Languages[dice.Next(4)],
                met ? PlacesOf[dice.Next(4)] : null, met ? dice.Next(30) : null, Services[dice.Next(Services.Length)], Targets[dice.Next(Targets.Length)], Offers[dice.Next(4)], dice.Next(5) == 0 ? "CallOut" : "NoCallOut");
        }
    }
}

/// <summary>The same cases as columns of bytes, as whoever writes it by hand would lay them out.</summary>
internal sealed class Columns(int most)
{
    private const byte None = 255;
    private static readonly Dictionary<string, Dictionary<string, byte>> Codes = TableProgramme.Shipped.Tables.SelectMany(t => t.Dimensions).DistinctBy(d => d.Name).ToDictionary(d => d.Name, d => d.Codes.Select((code, i) => (code, i)).ToDictionary(c => c.code, c => (byte)c.i));

    public readonly byte[] Zone = new byte[most], Month = new byte[most], Category = new byte[most], SubKind = new byte[most], Capacity = new byte[most], SexAge = new byte[most], SexAgePlace = new byte[most], Damage = new byte[most], Place = new byte[most], Delay = new byte[most], Language = new byte[most], Violence = new byte[most], Services = new byte[most], Targets = new byte[most], Offer = new byte[most], CallOut = new byte[most];

    public int Length { get; private set; }

    public void Clear() => Length = 0;

    public void Add(int zone, CaseFact fact)
    {
        var i = Length++;
        string? sexAge = (fact.Sex == "Female" || fact.Sex == "Male") && fact.Age is { } age ? $"{fact.Sex}:{(age < 18 ? "0-17" : age < 35 ? "18-34" : age < 55 ? "35-54" : age < 70 ? "55-69" : "70+")}" : null;
        (Zone[i], Month[i], Category[i], SubKind[i], Capacity[i]) = ((byte)zone, (byte)(fact.Month.Month - 1), Codes["category"][$"{fact.Category}"], Codes["subKind"][$"{fact.SubKind}"], Codes["capacity"][$"{fact.Capacity}"]);
        (SexAge[i], SexAgePlace[i]) = (Codes["sexAge"][sexAge ?? "Rest"], Codes["sexAgePlace"][sexAge is not null && fact.Place != default ? $"{sexAge}:{fact.Place}" : "Rest"]);
        (Damage[i], Place[i], Language[i]) = (Codes["damage"][$"{fact.Damage}"], Codes["place"][fact.Place == default ? "NoContact" : $"{fact.Place}"], Codes["language"].GetValueOrDefault($"{fact.Language}", (byte)3));
        Delay[i] = Codes["delay"][fact.Delay switch { null => "NoContact", <= 1 => "0-1", <= 7 => "2-7", <= 14 => "8-14", _ => "15+" }];
        Violence[i] = fact.SubKind.ToString() switch { "PartnerViolence" => 0, "FamilyViolence" => 1, _ => None };
        (Services[i], Targets[i]) = ((byte)fact.Services.Sum(s => 1 << Codes["service"][s]), (byte)fact.Targets.Sum(t => 1 << Codes["target"][t]));
        (Offer[i], CallOut[i]) = (Codes["offer"][$"{fact.Offer}"], Codes["callOut"][$"{fact.CallOut}"]);
    }

    /// <summary>Counts every table, zone by zone.</summary>
    public ByHand.Counts Count(int zones)
    {
        var counts = new ByHand.Counts();
        for (var (zone, from) = (0, 0); zone < zones; zone++)
        {
            var until = from;
            while (until < Length && Zone[until] == zone) until++;
            int[] t1 = new int[60], t2 = new int[60], t3 = new int[55], t4 = new int[40], t5 = new int[32], t6 = new int[32], t7 = new int[100], t8 = new int[100], t9 = new int[20], t10 = new int[246], t11 = new int[17], t12 = new int[8];
            for (var i = from; i < until; i++)
            {
                int month = Month[i], quarter = month / 3, category = Category[i], capacity = Capacity[i];
                t1[(month * 5) + category]++;
                t2[(((quarter * 5) + category) * 3) + capacity]++;
                t3[(category * 11) + SexAge[i]]++;
                t4[(category * 8) + Damage[i]]++;
                for (uint bits = Services[i]; bits != 0; bits &= bits - 1) t5[(quarter * 8) + BitOperations.TrailingZeroCount(bits)]++;
                for (uint bits = Targets[i]; bits != 0; bits &= bits - 1) t6[(quarter * 8) + BitOperations.TrailingZeroCount(bits)]++;
                t7[(((quarter * 5) + category) * 5) + Place[i]]++;
                t8[(((quarter * 5) + category) * 5) + Delay[i]]++;
                t9[(category * 4) + Language[i]]++;
                if (Violence[i] != None) t10[(((Violence[i] * 3) + capacity) * 41) + SexAgePlace[i]]++;
                t11[SubKind[i]]++;
                t12[(Offer[i] * 2) + CallOut[i]]++;
            }
            counts.Add(zone % 12, [t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11, t12]);
            from = until;
        }
        return counts;
    }
}

/// <summary>What the arrays come to: count, zones, the two largest; then noise of the product's own sampler. Not made to agree with each other, and not named: that is the product's alone.</summary>
internal static class ByHand
{
    public sealed class Counts
    {
        private readonly int[][][] n = new int[12][][], z = new int[12][][], first = new int[12][][], second = new int[12][][];

        public void Add(int area, int[][] tables)
        {
            n[area] ??= Like(tables);
            z[area] ??= Like(tables);
            first[area] ??= Like(tables);
            second[area] ??= Like(tables);
            for (var t = 0; t < tables.Length; t++)
            {
                int[] own = tables[t], an = n[area][t], az = z[area][t], af = first[area][t], asec = second[area][t];
                for (var i = 0; i < own.Length; i++)
                {
                    if (own[i] == 0) continue;
                    an[i] += own[i];
                    az[i]++;
                    if (own[i] > af[i]) (af[i], asec[i]) = (own[i], af[i]);
                    else if (own[i] > asec[i]) asec[i] = own[i];
                }
            }
        }

        /// <summary>The cells of a table of areas or of the country, in the order of the product.</summary>
        public int[] Of(Table table)
        {
            var (t, order) = (int.Parse(table.Id[1..], CultureInfo.InvariantCulture) - 1, StatisticalAreas.All.Select((a, i) => (a.Code, i)).OrderBy(a => a.Code, StringComparer.Ordinal).Select(a => a.i).ToList());
            return table.Geography == Grain.Area ? [.. order.SelectMany(a => n[a][t])] : [.. Enumerable.Range(0, n[0][t].Length).Select(i => order.Sum(a => n[a][t][i]))];
        }

        /// <summary>Every cell of every table at its own place: areas, regions, the country.</summary>
        public IEnumerable<(int Count, int Zones, int First, int Second, int Sigma2)> Cells()
        {
            var regions = StatisticalAreas.All.Select((a, i) => (a.Region, i)).GroupBy(a => a.Region, a => a.i).Select(g => g.ToArray()).ToArray();
            foreach (var table in TableProgramme.Shipped.In("F"))
            {
                var t = int.Parse(table.Id[1..], CultureInfo.InvariantCulture) - 1;
                var places = table.Geography switch { Grain.Area => Enumerable.Range(0, 12).Select(a => new[] { a }), Grain.Region => regions, _ => [Enumerable.Range(0, 12).ToArray()] };
                foreach (var areas in places)
                {
                    for (var i = 0; i < n[0][t].Length; i++)
                    {
                        var (count, zones, one, two) = (0, 0, 0, 0);
                        foreach (var a in areas)
                        {
                            (count, zones) = (count + n[a][t][i], zones + z[a][t][i]);
                            foreach (var large in (ReadOnlySpan<int>)[first[a][t][i], second[a][t][i]])
                            {
                                if (large > one) (one, two) = (large, one);
                                else if (large > two) two = large;
                            }
                        }
                        yield return (count, zones, one, two, table.Sigma2);
                    }
                }
            }
        }

        private static int[][] Like(int[][] tables) => [.. tables.Select(t => new int[t.Length])];
    }

    public static int Draw(Counts counts)
    {
        var (noise, cells) = (new DiscreteGaussian(new CryptographicBits()), new List<int>());
        foreach (var (count, zones, first, second, sigma2) in counts.Cells())
        {
            long s2 = sigma2;
            if (zones < 3 || 5 * ((long)count - first - second) < first)
            {
                var step = 9L;
                while (400 * step * sigma2 < 9L * first * first) step *= 4;
                s2 = step * sigma2;
            }
            cells.Add(count + noise.Draw((int)s2));
        }
        return cells.Count;
    }
}

/// <summary>The same counts asked of DuckDB, in the process, with all its threads.</summary>
internal static class DuckTables
{
    private static readonly (string Table, string Keys, string From)[] Questions =
    [
        ("T1", "m, category", "f"), ("T2", "m // 3, category, capacity", "f"), ("T3", "category, sexage", "f"), ("T4", "category, damage", "f"), ("T5", "m // 3, k", "f, range(8) r(k) WHERE (services >> k) & 1 = 1"), ("T6", "m // 3, k", "f, range(8) r(k) WHERE (targets >> k) & 1 = 1"),
        ("T7", "m // 3, category, place", "f"), ("T8", "m // 3, category, delay", "f"), ("T9", "category, lang", "f"), ("T10", "violence, capacity, sexageplace", "f WHERE violence < 255"), ("T11", "subkind", "f"), ("T12", "offer, callout", "f"),
    ];

    /// <returns>The median of seconds, how long loading took, and whether all counts are those by hand.</returns>
    public static (double Seconds, double Loading, bool Agrees) Ask(Columns columns, int zones, int rounds)
    {
        using var duck = new DuckDBConnection("Data Source=:memory:");
        duck.Open();
        var watch = Stopwatch.StartNew();
        Execute(duck, "CREATE TABLE f (zone UTINYINT, area UTINYINT, m UTINYINT, category UTINYINT, subkind UTINYINT, capacity UTINYINT, sexage UTINYINT, sexageplace UTINYINT, damage UTINYINT, place UTINYINT, delay UTINYINT, lang UTINYINT, violence UTINYINT, services UTINYINT, targets UTINYINT, offer UTINYINT, callout UTINYINT)");
        using (var appender = duck.CreateAppender("f"))
        {
            for (var i = 0; i < columns.Length; i++)
            {
                appender.CreateRow().AppendValue(columns.Zone[i]).AppendValue((byte)(columns.Zone[i] % 12)).AppendValue(columns.Month[i]).AppendValue(columns.Category[i]).AppendValue(columns.SubKind[i]).AppendValue(columns.Capacity[i]).AppendValue(columns.SexAge[i]).AppendValue(columns.SexAgePlace[i])
                    .AppendValue(columns.Damage[i]).AppendValue(columns.Place[i]).AppendValue(columns.Delay[i]).AppendValue(columns.Language[i]).AppendValue(columns.Violence[i]).AppendValue(columns.Services[i]).AppendValue(columns.Targets[i]).AppendValue(columns.Offer[i]).AppendValue(columns.CallOut[i]).EndRow();
            }
        }
        var (loading, seconds, agrees, counts) = (watch.Elapsed.TotalSeconds, new List<double>(), true, columns.Count(zones));
        for (var round = 0; round < rounds; round++)
        {
            watch.Restart();
            var sums = new Dictionary<string, List<long>>();
            foreach (var (table, keys, from) in Questions)
            {
                using var command = duck.CreateCommand();
                // Cases, zones and the two largest zones of each cell, as the rule on few contributors asks for.
                command.CommandText = $"SELECT area, k1, sum(n)::BIGINT, count(*), max(n, 2) FROM (SELECT area, zone, ({keys}) AS k1, count(*) AS n FROM {from} GROUP BY area, zone, k1) GROUP BY area, k1 ORDER BY area, k1";
                using var row = command.ExecuteReader();
                var list = sums[table] = [];
                while (row.Read()) list.Add(row.GetInt64(2));
            }
            seconds.Add(watch.Elapsed.TotalSeconds);
            agrees &= TableProgramme.Shipped.In("F").Where(t => t.Geography == Grain.Area).All(t => sums[t.Id].Order().SequenceEqual(counts.Of(t).Where(c => c > 0).Select(c => (long)c).Order()));
        }
        return (Speed.Median(seconds), loading, agrees);
    }

    private static void Execute(DuckDBConnection duck, string sql)
    {
        using var command = duck.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
