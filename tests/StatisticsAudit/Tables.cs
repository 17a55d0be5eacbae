using System.Globalization;
using Google.OrTools.LinearSolver;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Facts;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.StatisticsAudit;

/// <summary>A7, A12, A13, A16, A17, A18: what the tables give away together, and what they are good for.</summary>
internal static partial class Tables
{
    // 99.9 % of a normal law lies within so many deviations.
    private const double Nearly = 3.2905;

    /// <summary>Of counts of 1–4 least squares may guess so many.</summary>
    private const double LeastSquaresRight = 0.15;

    // A hidden figure has no square of its own. So little weight that it hardly counts, and there is one solution where the figures allow many.
    private static readonly (double Value, double Weight) NothingElse = (0, 1e-3), Near5 = (5, 1 / 25.0);
    private const int CountriesGuessed = 60;

    /// <summary>A7: linear programs over the demography of a year, with everything that is published beside it: between which bounds does each small count lie? And the best guess by least squares.</summary>
    public static Finding Reconstruction(Build build, Scale scale)
    {
        var (small, exact, widths, guesses) = (0, 0, new List<double>(), new List<(int Guess, int Told, int Real)>());
        foreach (var seed in Enumerable.Range(1, scale.IsQuick || build is not Product ? scale.Seeds.Count : CountriesGuessed))
        {
            var archive = Archive.Make(build, Country.Sparse(40 + seed), Archive.WholeYear.Where(e => e.Kind != ReleaseKind.T0));
            var (table, truth) = (archive.Final.Out["T3"], archive.Final.Truth["T3"]);
            var (grid, margins) = (table.Grid, Margins(archive));
            var wanted = Enumerable.Range(0, grid.Size).Where(i => truth.Cells[i] is { Cases: >= 1 and <= 4, TellsOfAZone: false }).Take(scale.IsQuick ? 60 : 200).ToList();
            var (guess, told) = (LeastSquares(build, table, margins, NothingElse), LeastSquares(build, table, margins, Near5));
            guesses.AddRange(wanted.Select(cell => ((int)Math.Round(guess[cell]), (int)Math.Round(told[cell]), truth.Cells[cell].Cases)));
            if (seed > scale.Seeds.Count) continue; // programs take long, guesses do not: a score of small counts in each country would leave the share of right ones to chance
            var (solver, counts) = Program(build, table, margins);
            using var _ = solver;
            foreach (var cell in wanted)
            {
                double? Extreme(bool most)
                {
                    solver.Objective().Clear();
                    solver.Objective().SetCoefficient(counts[cell], 1);
                    solver.Objective().SetOptimizationDirection(most);
                    return solver.Solve() == Solver.ResultStatus.OPTIMAL ? solver.Objective().Value() : null;
                }
                small++;
                if (Extreme(false) is not { } low || Extreme(true) is not { } high) continue;
                var width = Math.Floor(high + 1e-6) - Math.Ceiling(low - 1e-6);
                widths.Add(width);
                if (width <= 0) exact++;
            }
        }
        widths.Sort();
        if (widths.Count == 0) return new Finding($"no program of {small} had an answer", false, false);
        var median = widths[widths.Count / 2];
        // Few guesses are right or wrong by chance: the quick form, which asks but sixty, allows three standard errors above the limit.
        var (right, limit) = (guesses.Count(g => g.Guess == g.Real) / (double)guesses.Count, LeastSquaresRight + (scale.IsQuick ? 3 * Math.Sqrt(LeastSquaresRight * (1 - LeastSquaresRight) / guesses.Count) : 0));
        // Who knows something beside the figures: that what is hidden lies near five; or has seen no figure at all, and says the best number each time.
        var near5 = guesses.Count(g => g.Told == g.Real) / (double)guesses.Count;
        var unseen = Enumerable.Range(1, 4).Max(n => guesses.Count(g => g.Real == n)) / (double)guesses.Count;
        return new Finding(string.Create(CultureInfo.InvariantCulture, $"{exact} of {widths.Count} small counts exact ({small} asked), median width {median:0}; least squares exact {right:P1} of {guesses.Count}, at most {limit:P1} (by somebody who takes what is hidden for 5 ± 5: {near5:P1}; by the best single number, without any table: {unseen:P1})"), exact == 0 && median >= 10 && right <= limit && widths.Count > small / 2);
    }

    // One interval in a thousand does not hold, so that there may be no such country: then all are widened until there is one.
    private static (Solver Solver, Variable[] Counts) Program(Build build, OutTable table, List<(IReadOnlyList<int> Cells, double Value, double Variance)> margins)
    {
        for (var width = Nearly; ; width *= 1.1)
        {
            var solver = Solver.CreateSolver("GLOP");
            var counts = Enumerable.Range(0, table.Grid.Size).Select(i => Bounds(build, table, i, width) is var (low, high) ? solver.MakeNumVar(low, high, "") : null!).ToArray();
            foreach (var (cells, value, variance) in margins)
            {
                var held = solver.MakeConstraint(value - (width * Math.Sqrt(variance)), value + (width * Math.Sqrt(variance)));
                foreach (var cell in cells) held.SetCoefficient(counts[cell], 1);
            }
            if (solver.Solve() == Solver.ResultStatus.OPTIMAL || width > 10) return (solver, counts);
            solver.Dispose();
        }
    }

    // What else is said of the cells of the demography: the year's sum of each area and category, twice, and the country's of each group of people.
    private static List<(IReadOnlyList<int> Cells, double Value, double Variance)> Margins(Archive archive)
    {
        var (table, grid, held) = (archive.Final.Out["T3"], archive.Final.Out["T3"].Grid, new List<(IReadOnlyList<int>, double, double)>());
        for (var place = 0; place < grid.Places.Count; place++)
        {
            for (var category = 0; category < Country.CategoryCount; category++)
            {
                var cells = Enumerable.Range(grid.At(grid.Places[place], grid.Periods[0], category * grid.Stride), grid.Stride).ToList();
                foreach (var editions in new[] { archive.Editions.Where(e => e.Out.Edition.Kind == ReleaseKind.F), archive.Editions.Where(e => e.Out.Edition.Kind == ReleaseKind.P) })
                {
                    var monitor = editions.SelectMany(e => e.Out["T1"] is var t ? t.Grid.Periods.Select(p => (Table: t, Cell: t.Grid.At(grid.Places[place], p, category))) : []).ToList();
                    if (archive.Build is Masked && monitor.Exists(m => !m.Table.Shown[m.Cell])) continue;
                    held.Add((cells, monitor.Sum(m => m.Table.Values[m.Cell]), monitor.Sum(m => m.Table.Variances[m.Cell])));
                }
            }
        }
        for (var combination = 0; combination < grid.Table.Combinations; combination++)
        {
            var cells = grid.Places.Select(p => grid.At(p, grid.Periods[0], combination)).ToList();
            if (archive.Build is Masked && cells.Exists(c => !table.Shown[c])) continue;
            held.Add((cells, cells.Sum(c => table.Values[c]), cells.Sum(c => table.Variances[c])));
        }
        return held;
    }

    private static (double Low, double High) Bounds(Build build, OutTable table, int cell, double width)
    {
        if (build is Masked && !table.Shown[cell]) return (1, 4);
        var reach = width * Math.Sqrt(table.Variances[cell]);
        if (table.Shown[cell]) return (Math.Max(0, table.Values[cell] - reach), table.Values[cell] + reach);
        // Hidden: it was too small to be shown; or of few zones, which the step of its variance tells; or it is for the country alone.
        return (0, table.Variances[cell] > 2 * table.Grid.Table.Sigma2 || IsRest(table, cell) ? 1e6 : Display.Smallest + reach);
    }

    private static bool IsRest(OutTable table, int cell) => table.Grid.Table.CodesOf(cell % table.Grid.Table.Combinations).Any(table.Grid.Table.OnlyForTheCountry.Contains);

    // Coordinate descent: figures and margins by their variances.
    private static double[] LeastSquares(Build build, OutTable table, List<(IReadOnlyList<int> Cells, double Value, double Variance)> margins, (double Value, double Weight) hidden)
    {
        var size = table.Grid.Size;
        var (seen, weight, guess, of) = (new double[size], new double[size], new double[size], new List<int>[size]);
        for (var i = 0; i < size; i++)
        {
            var (low, high) = Bounds(build, table, i, Nearly);
            (seen[i], weight[i]) = table.Shown[i] ? (table.Values[i], 1 / Math.Max(1e-3, table.Variances[i])) : (build is Masked ? 2.5 : hidden.Value, IsRest(table, i) ? 1e-4 : hidden.Weight);
            of[i] = [];
            guess[i] = Math.Clamp(seen[i], low, high);
        }
        var sums = margins.ConvertAll(m => m.Cells.Sum(c => guess[c]));
        for (var m = 0; m < margins.Count; m++)
        {
            foreach (var cell in margins[m].Cells) of[cell].Add(m);
        }
        for (var sweep = 0; sweep < 300; sweep++)
        {
            for (var i = 0; i < size; i++)
            {
                var (over, under) = (weight[i] * seen[i], weight[i]);
                foreach (var m in of[i])
                {
                    var own = 1 / Math.Max(1e-3, margins[m].Variance);
                    (over, under) = (over + (own * (margins[m].Value - sums[m] + guess[i])), under + own);
                }
                var next = Math.Max(0, over / under);
                foreach (var m in of[i]) sums[m] += next - guess[i];
                guess[i] = next;
            }
        }
        return guess;
    }

    /// <summary>A12: every figure that is shown, also sums over time and country, beside the zones that are in it.</summary>
    /// <param name="contributing">For each release, how many cases of each zone are in every figure that can be made.</param>
    public static Finding Contributors(Nights nights, Func<string, Dictionary<string, int[]>> contributing)
    {
        var (shown, unsafe_, unsafeSums, unsafeCells, bare, boosted, lacking, eupen, first) = (0, 0, 0, 0, 0, 0, 0, 0.0, "");
        var errors = new List<double>();
        foreach (var (id, (country, truth)) in nights.Truths)
        {
            var (release, figures) = (nights.Files[id].Release, nights.Files[id].Figures);
            var zones = contributing(id);
            foreach (var figure in figures.Where(f => f.Value is not null))
            {
                shown++;
                if (!zones.TryGetValue(Key(figure.Table, figure.Place, figure.Period, figure.Codes), out var counts)) continue; // nobody is in it
                var tally = Together(country, counts);
                if (tally.Cases > 0) eupen = Math.Max(eupen, counts.Where((_, z) => country.Zones[z].IsGermanSpeaking).Sum() / (double)tally.Cases);
                if (!tally.TellsOfAZone || tally.Cases == 0) continue;
                unsafe_++;
                var isCell = figure.Codes.All(c => c != Published.All) && truth[figure.Table.Id].Grid.At(figure.Place, figure.Period, 0) >= 0;
                if (isCell) unsafeCells++;
                else unsafeSums++;
                // The noise of the ladder: 15 % of the largest zone. The margin is 1.96 times it.
                if (figure.Margin < 1.96 * 0.15 * tally.Largest) bare++;
                if (unsafe_ <= 3) first += (first.Length > 0 ? " / " : "") + $"{id} {Key(figure.Table, figure.Place, figure.Period, figure.Codes)} {figure.Value} ± {figure.Margin}, true {tally}";
            }
            // The step of the ladder is in the store wherever a cell tells of a zone, at nine times the table's variance; after anchoring it is still four times.
            var stored = nights.Cells.Where(c => c.Release == id).ToDictionary(c => (c.Table, c.Cell));
            foreach (var table in truth.Tables)
            {
                for (var i = 0; i < table.Grid.Size; i++)
                {
                    if (!table.Cells[i].TellsOfAZone) continue;
                    boosted++;
                    var cell = stored[(table.Grid.Table.Id, table.Grid.Id(i))];
                    if (cell.Variance <= 4 * table.Grid.Table.Sigma2 || (table.Cells[i].Cases > 0 && cell.Shown)) lacking++;
                }
            }
            if (release.Kind == ReleaseKind.T0) continue;
            var cells = nights.Cells.Where(c => c.Release == id && c.Table == "T1").ToDictionary(c => c.Cell, StringComparer.Ordinal);
            var monitor = truth["T1"];
            for (var i = 0; i < monitor.Grid.Size; i++)
            {
                var (own, cell) = (monitor.Cells[i], cells[monitor.Grid.Id(i)]);
                if ((int)cell.Variance != own.Sigma2(9)) lacking++; // the monitor's is not changed by anchoring
                // What a zone learns when it takes away its own: the noise is still there.
                if (!own.TellsOfAZone) errors.Add(cell.Value - own.Cases);
            }
        }
        var sd = Math.Sqrt(errors.Average(e => e * e));
        return new Finding(string.Create(CultureInfo.InvariantCulture, $"{shown} figures shown, {unsafe_} of them of fewer than three zones or unsafe ({unsafeCells} cells, {unsafeSums} sums), {bare} of these without the noise of the ladder{(first.Length > 0 ? ": " + first : "")}; {boosted} cells on the ladder, {lacking} not as they should be; area less own zone: sd {sd:0.00}; Eupen's two zones at most {eupen:P0} of a figure"), unsafeCells == 0 && bare == 0 && 1000 * unsafeSums <= shown && lacking == 0 && boosted > 0 && sd >= 2.7);
    }

    private static Tally Together(Country country, int[] counts)
    {
        var tally = default(Tally);
        foreach (var together in country.Contributors) tally.Add(together.Sum(z => counts[z]));
        return tally;
    }

    /// <summary>For every figure that can be made: how many cases of each zone are in it.</summary>
    public static Dictionary<string, int[]> ByFigure(Country country, ReleaseKind kind, Edition edition)
    {
        var (counts, combinations) = (new Dictionary<string, int[]>(StringComparer.Ordinal), new List<int>());
        var longest = kind switch { ReleaseKind.T0 => Span.Month, ReleaseKind.P => Span.Quarter, _ => Span.Year };
        foreach (var table in TableProgramme.Shipped.In(kind.ToString()))
        {
            var codes = Enumerable.Range(0, table.Combinations).Select(table.CodesOf).ToArray();
            foreach (var one in country.Cases.Where(c => c.Fact.Month >= edition.From && c.Fact.Month <= edition.Until))
            {
                Coding.Combinations(one.Fact, table, combinations);
                var places = new[] { Grid.PlaceOf(table, country.Zones[one.Zone].Area), Geography.Country }.Distinct();
                foreach (var place in places)
                {
                    for (var span = table.Period; span <= longest; span++)
                    {
                        var period = span switch { Span.Month => Edition.Month(one.Fact.Month), Span.Quarter => Edition.Quarter(one.Fact.Month), _ => Edition.Year(one.Fact.Month) };
                        foreach (var combination in combinations) Count(Key(table, place, period, codes[combination]), one.Zone);
                        if (table is { Dimensions.Count: 1, Delta2: 1 }) Count(Key(table, place, period, [Published.All]), one.Zone);
                    }
                }
            }
        }
        return counts;

        void Count(string key, int zone)
        {
            if (!counts.TryGetValue(key, out var zones)) counts[key] = zones = new int[country.Zones.Count];
            zones[zone]++;
        }
    }

    private static string Key(Table table, string place, string period, IReadOnlyList<string> codes) => $"{table.Id}|{place}|{period}|{string.Join('|', codes)}";

    /// <summary>A13: what is in the files, in the answers of the API and in the store; and every form says the same of every figure.</summary>
    public static Finding Scan(Nights nights, Country country)
    {
        var (figures, forms, faults) = (0, 0, new List<string>());
        var places = StatisticalAreas.All.Select(a => a.Code).Concat(["VLG", "WAL", "BRU", Geography.Country]).ToHashSet(StringComparer.Ordinal);
        var codes = country.Zones.Select(z => z.Code).ToHashSet(StringComparer.Ordinal);
        foreach (var (id, exports) in nights.Files)
        {
            Dictionary<(string, string), Found>? first = null;
            foreach (var (form, found) in exports.Forms(faults))
            {
                (figures, forms) = (figures + found.Count, forms + 1);
                foreach (var one in found)
                {
                    if (!places.Contains(one.Place) && !one.Place.Contains('+', StringComparison.Ordinal)) faults.Add($"{id} {form}: place {one.Place}");
                    if (one.Value.Length == 0 ? one.Margin.Length > 0 || !(one.Signs.Contains('c', StringComparison.Ordinal) || one.Signs.Contains(':', StringComparison.Ordinal)) : !int.TryParse(one.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var n) || n < Display.Smallest || !int.TryParse(one.Margin, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                        faults.Add($"{id} {form}: value {one.Value} ± {one.Margin} {one.Signs}");
                }
                var own = found.DistinctBy(f => (f.Table, f.Cell)).ToDictionary(f => (f.Table, f.Cell));
                if (own.Count != found.Count) faults.Add($"{id} {form}: a figure comes twice");
                first ??= own;
                if (own.Count != first.Count || own.Any(o => first.GetValueOrDefault(o.Key) != o.Value)) faults.Add($"{id} {form}: not as in the first form");
            }
            // As names and as texts; a figure may be the number of a zone by chance.
            foreach (var text in exports.Texts())
            {
                if (text.Contains("Zone 5", StringComparison.Ordinal) || Codes().Matches(text).Any(m => codes.Contains(m.Groups["code"].Value))) faults.Add($"{id}: a zone");
            }
        }
        faults.AddRange(nights.Cells.Where(c => c.Shown && c.Value < Display.Smallest).Select(c => $"{c.Release}: {c.Cell} is shown with {c.Value}"));
        faults.AddRange(nights.Cells.Where(c => c.Cell.Split('|').Any(codes.Contains)).Select(c => $"{c.Release}: {c.Cell} names a zone"));
        return new Finding($"{faults.Count} faults in {figures} figures of {nights.Files.Count} releases in {forms} files and answers (CSV, XLSX, JSON-stat, API), and in {nights.Cells.Count} rows{(faults.Count > 0 ? ": " + faults[0] : "")}", faults.Count == 0 && figures > 1000 && forms == 5 * nights.Files.Count);
    }

    // Four digits as a text: in JSON a value and not a key, in a sheet a text and not a number, in CSV the first of a line.
    [System.Text.RegularExpressions.GeneratedRegex("""
        "(?<code>[0-9]{4})"(?!:)|>(?<code>[0-9]{4})</([a-z]+:)?t>|\n(?<code>[0-9]{4});
        """, System.Text.RegularExpressions.RegexOptions.ExplicitCapture, 5000)]
    private static partial System.Text.RegularExpressions.Regex Codes();

    /// <summary>A16: no period of a table is on two maps, in whatever release.</summary>
    public static (int Periods, int OnTwoMaps) Maps(Nights nights)
    {
        var maps = nights.Cells.Select(c => (c.Release, c.Table, Parts: c.Cell.Split('|'))).GroupBy(c => (c.Table, Period: c.Parts[1])).Select(g => g.GroupBy(c => c.Release).Select(r => string.Join(';', r.Select(c => c.Parts[0]).Distinct().Order(StringComparer.Ordinal))).Distinct().Count()).ToList();
        return (maps.Count, maps.Count(m => m > 1));
    }

    // Of a code of several parts each may stand for all.
    private static bool IsOf(string code, string wider) => wider == Published.All || code == wider || (code.Split(':') is { Length: > 1 } parts && wider.Split(':') is var wanted && wanted.Length == parts.Length && parts.Zip(wanted).All(p => p.Second == Published.All || p.First == p.Second));

    private static string? RegionOf(string place) => Country.Geography.Shown.Contains(place) ? Country.Geography.RegionOf(place) : null;

    /// <summary>A17: every sum, in the store and as it is shown.</summary>
    public static Finding Additivity(Nights nights)
    {
        var (sums, wrong) = (0, 0);
        foreach (var (id, exports) in nights.Files)
        {
            var (release, figures) = (exports.Release, exports.Figures);
            var cells = nights.Cells.Where(c => c.Release == id).Select(c => (c.Table, c.Value, Parts: c.Cell.Split('|'))).ToLookup(c => c.Table, StringComparer.Ordinal);
            // Across tables: area or region, period and category of each anchored table against the monitor.
            foreach (var table in TableProgramme.Shipped.In(release.Kind.ToString()).Where(t => t.AnchorBy is not null))
            {
                foreach (var group in cells[table.Id].GroupBy(c => (Place: c.Parts[0], Period: c.Parts[1], Code: c.Parts[2])).Where(g => TableProgramme.Shipped.Of("T1").Dimensions[0].PlaceOf(g.Key.Code) >= 0))
                {
                    sums++;
                    var monitor = cells["T1"].Where(c => c.Parts[2] == group.Key.Code && Grid.PlaceOf(table, c.Parts[0]) == group.Key.Place && Grid.PeriodOf(table, Month(c.Parts[1])) == group.Key.Period).Sum(c => c.Value);
                    if (monitor != group.Sum(c => c.Value)) wrong++;
                }
            }
            // Every sum that is shown, made again from the cells.
            foreach (var figure in figures.Where(f => f.Value is not null))
            {
                sums++;
                var own = cells[figure.Table.Id].Where(c => (figure.Place == Geography.Country || c.Parts[0] == figure.Place || RegionOf(c.Parts[0]) == figure.Place) && IsIn(c.Parts[1], figure.Period) && figure.Codes.Index().All(f => IsOf(c.Parts[2 + f.Index], f.Item))).Sum(c => c.Value);
                if (own != figure.Value) wrong++;
            }
        }
        return new Finding($"{wrong} of {sums} sums inconsistent", wrong == 0 && sums > 500);

        static DateOnly Month(string month) => DateOnly.ParseExact(month + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture);

        static bool IsIn(string period, string longer) => period == longer || longer.Length == 4 && period.StartsWith(longer, StringComparison.Ordinal) || longer.Length == 7 && longer[5] == 'Q' && period[5] != 'Q' && Edition.Quarter(Month(period)) == longer;
    }

    /// <summary>A18: what the figures are good for.</summary>
    public static Finding Utility(Build build, Scale scale)
    {
        var errors = new Dictionary<string, List<double>>(StringComparer.Ordinal);
        var hellinger = new Dictionary<string, List<double>>(StringComparer.Ordinal);
        var (shownCases, allCases, near, quarters, kept, changes) = (0L, 0L, 0, 0, 0, 0);
        foreach (var archive in scale.Drawn(build, 5))
        {
            foreach (var (@out, truth) in archive.Editions)
            {
                foreach (var (id, name) in new[] { ("T1", "month"), ("T2", "capacity"), ("T8", "delay"), ("T3", "demography") })
                {
                    if (!@out.Tables.TryGetValue(id, out var table) || (id != "T3" && @out.Edition.Kind != ReleaseKind.P)) continue;
                    var known = truth[id].Cells;
                    for (var i = 0; i < known.Length; i++)
                    {
                        if (IsRest(table, i)) continue;
                        Note(errors, name, table.Values[i], known[i].Cases);
                        (allCases, shownCases) = (allCases + known[i].Cases, shownCases + (table.Shown[i] ? known[i].Cases : 0));
                    }
                    if (id == "T2") continue;
                    // One law over all codes of each place and period.
                    for (var from = 0; from < known.Length; from += table.Grid.Table.Combinations) Add(hellinger, name, Distance([.. Enumerable.Range(from, table.Grid.Table.Combinations).Where(i => !IsRest(table, i)).Select(i => (Math.Max(0, table.Values[i]), known[i].Cases))]));
                }
            }
            // Quarters are sums of the monitor's months.
            var byQuarter = archive.Editions.Where(e => e.Out.Edition.Kind == ReleaseKind.P).Select(e => (Table: e.Out["T1"], Known: e.Truth["T1"].Cells)).ToList();
            for (var category = 0; category < Country.CategoryCount; category++)
            {
                // The country's quarters are few: those of the final release are looked at too.
                foreach (var (@out, truth) in archive.Editions.Where(e => e.Out.Edition.Kind != ReleaseKind.T0))
                {
                    var (table, known) = (@out["T1"], truth["T1"].Cells);
                    foreach (var quarter in table.Grid.Periods.Chunk(3))
                    {
                        var cells = table.Grid.Places.SelectMany(p => quarter.Select(m => table.Grid.At(p, m, category))).ToList();
                        Note(errors, "country", cells.Sum(i => table.Values[i]), cells.Sum(i => known[i].Cases));
                    }
                }
                foreach (var place in byQuarter[0].Table.Grid.Places)
                {
                    (int Value, int Real)? before = null;
                    foreach (var (table, known) in byQuarter)
                    {
                        var now = (Value: Sum(table, place, category, i => table.Values[i]), Real: Sum(table, place, category, i => known[i].Cases));
                        Note(errors, "quarter", now.Value, now.Real);
                        quarters++;
                        if (Math.Abs(now.Value - now.Real) <= 0.1 * now.Real) near++;
                        if (before is { } b && Math.Abs(now.Real - b.Real) >= 0.15 * b.Real)
                        {
                            changes++;
                            if (Math.Sign(now.Value - b.Value) == Math.Sign(now.Real - b.Real)) kept++;
                        }
                        before = now;
                    }
                }
            }
        }
        var gates = new (string What, double Value, double Gate, bool AtMost)[]
        {
            ("area×quarter×category", Median(errors["quarter"]), 0.015, true), ("area×month×category", Median(errors["month"]), 0.025, true), ("area×year×category×sex×age", Median(errors["demography"]), 0.03, true), ("area×quarter×category×delay", Median(errors["delay"]), 0.05, true),
            ("area×quarter×category×capacity", Median(errors["capacity"]), 0.04, true), ("country×quarter×category", Median(errors["country"]), 0.005, true), ("Hellinger T1", hellinger["month"].Average(), 0.015, true), ("Hellinger T3", hellinger["demography"].Average(), 0.02, true), ("Hellinger T8", hellinger["delay"].Average(), 0.04, true),
            ("cases in shown cells", (double)shownCases / allCases, 0.99, false), ("within 10 %", (double)near / quarters, 0.97, false), ("sign of a change kept", changes == 0 ? 0 : (double)kept / changes, 0.95, false),
        };
        return new Finding(string.Join(", ", gates.Select(g => string.Create(CultureInfo.InvariantCulture, $"{g.What} {(g.What.StartsWith("Hell", StringComparison.Ordinal) ? g.Value.ToString("0.000", CultureInfo.InvariantCulture) : g.Value.ToString("P2", CultureInfo.InvariantCulture))}{(Met(g) ? "" : " MISSED")}"))), gates.All(Met));

        static bool Met((string What, double Value, double Gate, bool AtMost) gate) => gate.AtMost ? gate.Value <= gate.Gate : gate.Value >= gate.Gate;

        static int Sum(OutTable table, string place, int category, Func<int, int> of) => table.Grid.Periods.Sum(p => of(table.Grid.At(place, p, category)));

        static void Note(Dictionary<string, List<double>> into, string name, int value, int real)
        {
            if (real > 0) Add(into, name, Math.Abs(value - real) / (double)real);
        }

        static void Add(Dictionary<string, List<double>> into, string name, double value)
        {
            if (!into.TryGetValue(name, out var list)) into[name] = list = [];
            list.Add(value);
        }
    }

    private static double Median(List<double> of)
    {
        of.Sort();
        return of[of.Count / 2];
    }

    private static double Distance(List<(int Value, int Real)> cells)
    {
        double values = cells.Sum(c => c.Value), reals = cells.Sum(c => c.Real);
        return Math.Sqrt(cells.Sum(c => Math.Pow(Math.Sqrt(c.Value / values) - Math.Sqrt(c.Real / reals), 2)) / 2);
    }
}
