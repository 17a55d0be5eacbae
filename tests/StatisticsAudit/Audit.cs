using System.Diagnostics;
using System.Globalization;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.StatisticsAudit;

/// <summary>What a test found.</summary>
/// <param name="IsStrong">Of an attack on a sabotaged build: it disclosed as much as it must be able to. An attack that is too weak would find nothing in the product either.</param>
internal sealed record Finding(string Value, bool Passed, bool IsStrong = true);

/// <summary>How much is done: for the suite in a minute, or all of it.</summary>
internal sealed class Scale
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<(string, int), Lazy<Archive>> archives = new();
    private readonly System.Collections.Concurrent.ConcurrentDictionary<int, Lazy<(Country Country, IReadOnlyList<Truth> Truths)>> countries = new();
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, Lazy<Dictionary<string, int[]>>> contributing = new(StringComparer.Ordinal);
    private readonly Lazy<Task<Incidents>> incidents = new(StatisticsAudit.Incidents.Run);
    private readonly Lazy<Task<Nights>> nights;

    private Scale(bool isQuick)
    {
        IsQuick = isQuick;
        Seeds = isQuick ? [1] : [1, 2, 3, 4, 5];
        Nightly = isQuick ? Country.Part(94, 6_000, [.. VictimSupport.Statistics.Areas.StatisticalAreas.All.Select(a => (a.Code, 5))]) : Country.Of(94);
        var (from, until, trickle) = isQuick ? (new DateOnly(2026, 12, 10), new DateOnly(2027, 4, 8), 5) : (new DateOnly(2026, 5, 10), new DateOnly(2027, 4, 8), 25);
        nights = new(() => StatisticsAudit.Nights.Run(Nightly, from, until, trickle));
    }

    public bool IsQuick { get; }

    /// <summary>Invented countries of 180 zones.</summary>
    public IReadOnlyList<int> Seeds { get; }

    public Product Product { get; } = new();

    /// <summary>The zones of the house in which nights go by: five in each area, or all 180.</summary>
    public Country Nightly { get; }

    public Task<Incidents> Incidents => incidents.Value;
    public Task<Nights> Nights => nights.Value;

    /// <summary>For each release of the nights, how many cases of each zone are in every figure that can be made; counted once.</summary>
    public async Task<Func<string, Dictionary<string, int[]>>> Contributing()
    {
        var all = await Nights;
        return id => contributing.GetOrAdd(id, _ => new Lazy<Dictionary<string, int[]>>(() => Tables.ByFigure(all.Truths[id].Country, all.Files[id].Release.Kind, Edition.Parse(all.Files[id].Release.Kind.ToString(), all.Files[id].Release.Period)!))).Value;
    }

    public static Scale Of(bool isQuick) => new(isQuick);

    /// <summary>A year of an invented country as a build put it out; made once.</summary>
    public Archive Of(Build build, int seed) => archives.GetOrAdd((build.Id, seed), _ => new Lazy<Archive>(() =>
    {
        var (country, truths) = countries.GetOrAdd(seed, s => new Lazy<(Country, IReadOnlyList<Truth>)>(() =>
        {
            var made = Country.Of(s);
            return (made, [.. Archive.WholeYear.Select(e => Truth.Of(made, e))]);
        })).Value;
        return Archive.Make(build, country, Archive.WholeYear, truths);
    })).Value;

    /// <summary>The same years put out again and again, each time with noise drawn anew: whatever hangs on a few draws that many share (one country's quarter, one area's month) is judged over all of them.</summary>
    /// <param name="count">How often in all; the sabotaged builds are so far off that they are drawn once.</param>
    public IEnumerable<Archive> Drawn(Build build, int count) => build is not StatisticsAudit.Product ? Seeds.Select(s => Of(build, s)) : Seeds.SelectMany(s => Enumerable.Range(0, count / Seeds.Count).Select(draw =>
        draw == 0 ? Of(build, s) : Archive.Make(build, Of(build, s).Country, Archive.WholeYear, [.. Of(build, s).Editions.Select(e => e.Truth)])));
}

/// <param name="Catches">The sabotaged builds that it must not let pass.</param>
internal sealed record Criterion(string Id, string Says, string Threshold, Func<Build, Scale, Task<Finding>> Run, params string[] Catches)
{
    /// <summary>Violations that it must find where they are put.</summary>
    public IReadOnlyList<Plant> Plants { get; init; } = [];
}

/// <summary>The acceptance tests of the figures, against the product's own code, and against violations that are planted and five sabotaged builds, all of which must be caught.</summary>
internal static class Audit
{
    private static readonly Build[] Sabotaged = [new Masked(), new KeyedOnCell(), new FreshEachNight(), new QuarterOfTheNoise(), new CellKeys()];

    private static readonly Criterion[] All =
    [
        new("A1", "sampler: known answers of the reference implementation", "96/96", (_, _) => Now(Law.KnownAnswers(() => new KeyedOnCell.Stream("sdc-kat"))))
        {
            Plants = [Plant.In("a sampler that reads other bits", _ => Law.KnownAnswers(() => new KeyedOnCell.Stream("sdc-tak")))],
        },
        new("A2", "law of the noise: χ² of draws, and of what is released less the truth; empty cells too", "p > 0.001, mean and variance", (b, s) => Now(Law.Follows(b, s)), "NC1", "NC4"),
        new("A3", "budget in exact fractions; refusals", "0.564340278; ε 0.6880024554878", (_, _) => Now(Law.Budget(TableProgramme.Shipped)))
        {
            Plants = [Plant.In("a programme with one table dearer", _ => Law.Budget(TableProgramme.Shipped with { Tables = [.. TableProgramme.Shipped.Tables.Select(t => t.Id == "T11" ? t with { Sigma2 = 15 } : t)] }))],
        },
        new("A4", "store frozen between the days of the calendar, with corrections each night", "changes = days of the calendar", async (b, s) => b is Product ? Frozen(await s.Nights) : Attacks.Freeze(b), "NC1", "NC3", "NC5")
        {
            Plants = [new("a row of the product's store is another one night", async s => Frozen((await s.Nights).WithAChange())), new("nothing comes out on a day of the calendar", async s => Frozen((await s.Nights).WithoutARelease()))],
        },
        new("A5", "one evening less the evening before: 4 000 targets", "0 claims", async (b, s) => b is Product ? Attacks.Nightly(await s.Nights, s.Nightly, 4000) : Attacks.Nightly(b, s.Of(s.Product, 1).Country, 4000), "NC1", "NC2", "NC5")
        {
            Plants = [new("the product's store follows each night what was registered", async s => Attacks.Nightly((await s.Nights).ThatFollow(s.Nightly), s.Nightly, 4000))],
        },
        new("A6", "first release against the final one: was the case erased?", "accuracy ≤ 0.65 by the tables of a first release, ≤ 0.70 by all of the final one", (b, s) => Now(Attacks.Erased(b, s)), "NC4"),
        new("A7", "reconstruction of counts of 1–4 by linear programs (GLOP) and least squares", "exact 0; median width ≥ 10; least squares ≤ 15 %, in the quick form and three standard errors", (b, s) => Now(Tables.Reconstruction(b, s)), "NC1"),
        new("A8", "averaging over all ways and vintages", "exact ≤ 25 %, rmse ≥ 2.0", (b, s) => Now(Attacks.Averaged(b, s)), "NC1", "NC3", "NC5"),
        new("A9", "paired worlds: a year's output with a case flipped, or removed", "flip ≤ 0.80, removal ≤ 0.75", (b, s) => Now(Attacks.PairedWorlds(b, s)), "NC4"),
        new("A10", "insider who knows all other cases: which of five categories?", "≤ 55 %; surer than 95 % ≤ 1 %", (b, s) => Now(Attacks.Insider(b, s)), "NC1", "NC4", "NC5"),
        new("A11", "outsider who knows the others roughly", "≤ prior + 3 points", (b, s) => Now(Attacks.Outsider(b, s, roughly: true)))
        {
            Plants = [Plant.In("exact figures, and an outsider who knows all others", s => Attacks.Outsider(Sabotaged[0], s, roughly: false))],
        },
        new("A12", "contributors: no figure of fewer than three zones, Eupen's two as one; ladder in place", "0 cells; sums ≤ 1 in 1 000, none without the ladder's noise; sd ≥ 2.7 of 3", async (_, s) => Tables.Contributors(await s.Nights, await s.Contributing()))
        {
            Plants =
            [
                new("a cell of too few zones is shown", async s => Tables.Contributors((await s.Nights).WithAFigureOfFewZones(), await s.Contributing())), new("no ladder: the table's variance everywhere", async s => Tables.Contributors((await s.Nights).WithoutTheLadder(), await s.Contributing())),
                new("no noise in the monitor: a zone takes its own away", async s => Tables.Contributors((await s.Nights).WithoutNoise(), await s.Contributing())),
            ],
        },
        new("A13", "scan of files, answers and store: nothing under 10, no decimals, no zone, every form the same", "0 faults", async (_, s) => Tables.Scan(await s.Nights, s.Nightly))
        {
            Plants =
            [
                Scanned("CSV: a figure of 7", n => n.With(e => e.WithValueInCsv("7"))), Scanned("CSV: a figure with decimals", n => n.With(e => e.WithValueInCsv("12,5"))), Scanned("CSV: a column of zones", n => n.With(e => e.WithColumnInCsv())), Scanned("XLSX: a hidden sheet", n => n.With(e => e.WithHiddenSheet())),
                Scanned("XLSX: 4 where it is hidden", n => n.With(e => e.WithHiddenFigureInXlsx())), Scanned("JSON-stat: 14 where it is hidden", n => n.With(e => e.WithHiddenFigureInJsonStat())), Scanned("API: 14 where it is hidden", n => n.With(e => e.WithHiddenFigureInApi())), Scanned("API: decimals", n => n.With(e => e.WithDecimalsInApi())), Scanned("store: 7 is shown", n => n.WithASmallRow()),
            ],
        },
        new("A14", "a zone away, a run killed in the noise, a rerun", "area ':'; no row of the killed run; one release", async (_, s) => (await s.Incidents).Trouble.Judged())
        {
            Plants =
            [
                .. Sabotage.All.Select(s => new Plant(s.Says, _ => s.Run())),
                Troubled("a partial figure of the area in the file", t => t with { Lines = [.. t.Lines.Select(l => l[8] == t.Gone ? (string[])[.. l[..^3], "25", "6", ""] : l)] }), Troubled("a cell of the area in the store", t => t with { Rows = [.. t.Rows, $"2026-Q4-P/T1/{t.Gone}|2026-10|Offence=3 9 False"] }),
                Troubled("totals do not say without what", t => t with { Lines = [.. t.Lines.Select((l, i) => i == 0 ? l : (string[])[.. l[..5], "", .. l[6..]])] }),
            ],
        },
        new("A15", "canary: a marker and a count of 7 777", "0 hits", async (_, s) => (await s.Incidents).Canary)
        {
            Plants = [.. Incidents.Places.Select((place, i) => new Plant("the canary in " + place, async s => (await s.Incidents).PlantedCanaries[i]))],
        },
        new("A16", "one map for each period", "0 on two maps; all refused", async (_, s) => Mapped(Tables.Maps(await s.Nights), (await s.Incidents).Refusals))
        {
            Plants = [new("a release on another map", async s => Mapped(Tables.Maps((await s.Nights).OnTwoMaps()), (await s.Incidents).Refusals)), new("a move that is not refused", async s => Mapped(Tables.Maps(await s.Nights), (await s.Incidents).Allowed))],
        },
        new("A17", "additivity over tables, areas, time", "0 inconsistent", async (_, s) => Tables.Additivity(await s.Nights))
        {
            Plants = [new("each figure rounded by itself (RR3)", async s => Tables.Additivity((await s.Nights).RoundedApart())), new("one cell of T2 one more", async s => Tables.Additivity((await s.Nights).WithOneMore()))],
        },
        new("A18", "utility against the truth", "≤ 1.5, 2.5, 3, 5, 4, 0.5 %; Hellinger ≤ .015, .02, .04; ≥ 99, 97, 95 %", (b, s) => Now(Tables.Utility(b, s)))
        {
            Plants = [Plant.In("sixteen times the variance", s => Tables.Utility(new SixteenTimesTheNoise(), s))],
        },
        new("A19", "coverage of the margin", "93–98 %", (b, s) => Now(Law.Coverage(s.Drawn(b, 5))), "NC4"),
        new("A20", "store, noise, programme, areas and analyst's portal hold no zone's database", "0 types", (_, _) => Now(Incidents.Isolation()))
        {
            Plants = [Plant.In("a type of the figures that takes a zone's context", _ => Incidents.Isolation(typeof(Plants.Holding))), Plant.In("the one that may read zones, among the others", _ => Incidents.Isolation(typeof(VictimSupport.Statistics.Facts.ReadZone)))],
        },
    ];

    // Said, not counted: who proves it.
    private static readonly (string Id, string What)[] Elsewhere =
    [
        ("A13", "the analyst's pages: PortalTests.What_is_not_shown_is_in_no_page_and_no_file"),
        ("A14", "kill -9 of the process among the zones: StatisticsCommandTests.A_release_that_is_killed_leaves_nothing_and_the_next_run_is_as_the_first"),
        ("A15", "what people type in dossiers: ReleaseTests.A_release_comes_out_on_its_day_once_and_is_about_nobody, CanaryFormsTests; the job store: the job of releases has no argument, and runs here without one; crash dumps: none is made, as .NET makes none unless it is told to and nothing of ours tells it"),
        ("A18", "real data: the population is invented and set to the sizes of the specification's simulation"),
        ("A20", "permission denied to the login that reads: SQLite has none; on PostgreSQL PublishedTests.Who_reads_what_is_published_can_read_nothing_else_and_write_nothing, with grants too many; on SQL Server the statements are parsed, not run"),
    ];


    /// <returns>0: every criterion is met and every sabotaged build is caught; 1: not; 2: it was not understood.</returns>
    public static async Task<int> Main(string[] args)
    {
        Directory.SetCurrentDirectory(AppContext.BaseDirectory); // there the host finds where its pages lie
        var quick = args.Contains("--quick", StringComparer.Ordinal);
        var asked = args.Where(a => a != "--quick").ToList();
        if (asked.Count == 0 || asked.Exists(a => a != "all" && All.All(c => c.Id != a)))
        {
            await Console.Error.WriteLineAsync($"dotnet run -c Release --project tests/StatisticsAudit -- all | {string.Join(" | ", All.Select(c => c.Id))} [--quick]");
            return 2;
        }
        var chosen = asked.Contains("all") ? All : [.. All.Where(c => asked.Contains(c.Id))];
        var (scale, watch) = (Scale.Of(quick), Stopwatch.StartNew());
        // What takes longest first; two at a time.
        string[] longest = ["A4", "A9", "A12", "A10", "A7", "A6", "A8"];
        var found = new System.Collections.Concurrent.ConcurrentDictionary<(string, string), (Finding Finding, TimeSpan Took)>();
        // Of each test the planted violations and the sabotaged builds before the product: whoever is blind is so before it is asked.
        await Parallel.ForEachAsync(chosen.OrderBy(c => Array.IndexOf(longest, c.Id) is >= 0 and var place ? place : longest.Length), new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (criterion, _) =>
        {
            await Task.Yield();
            foreach (var plant in criterion.Plants) await Try(plant.Says, () => plant.Run(scale));
            foreach (var id in criterion.Catches) await Try(id, () => criterion.Run(Array.Find(Sabotaged, b => b.Id == id)!, scale));
            await Try(scale.Product.Id, () => criterion.Run(scale.Product, scale));

            async Task Try(string what, Func<Task<Finding>> run)
            {
                var own = Stopwatch.StartNew();
                Finding finding;
                try { finding = await run(); }
                catch (Exception e) when (e is not OutOfMemoryException) { finding = new Finding($"ended with {e.GetType().Name}: {e.Message}", false, false); await Console.Error.WriteLineAsync(e.ToString()); }
                found[(criterion.Id, what)] = (finding, own.Elapsed);
                await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{watch.Elapsed.TotalSeconds,6:0.0} s  {criterion.Id} {what}: {finding.Value} ({own.Elapsed.TotalSeconds:0.0} s)"));
            }
        });
        return Print(chosen, found, scale, watch.Elapsed);
    }

    private static int Print(IReadOnlyList<Criterion> chosen, IReadOnlyDictionary<(string, string), (Finding Finding, TimeSpan Took)> found, Scale scale, TimeSpan took)
    {
        var failed = 0;
        Console.WriteLine("| test | what | threshold | value | |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var criterion in chosen)
        {
            var own = found[(criterion.Id, scale.Product.Id)].Finding;
            // A test that lets a sabotaged build pass is itself failed.
            var blind = criterion.Catches.Concat(criterion.Plants.Select(p => p.Says)).Where(what => !Caught(found[(criterion.Id, what)].Finding)).ToList();
            var verdict = !own.Passed ? "**fail**" : blind.Count > 0 ? $"**fail: does not catch {string.Join(", ", blind)}**" : "pass";
            if (verdict != "pass") failed++;
            Console.WriteLine($"| {criterion.Id} | {criterion.Says} | {criterion.Threshold} | {own.Value.Replace("|", "\\|", StringComparison.Ordinal)} | {verdict} |");
        }
        foreach (var (id, what) in Elsewhere.Where(e => chosen.Any(c => c.Id == e.Id))) Console.WriteLine($"| {id} | not run here | | {what} | not counted |");
        Console.WriteLine();
        Console.WriteLine("| test | planted | what the test said | |");
        Console.WriteLine("|---|---|---|---|");
        foreach (var (criterion, plant) in chosen.SelectMany(c => c.Plants.Select(p => (c, p)))) Console.WriteLine($"| {criterion.Id} | {plant.Says} | {found[(criterion.Id, plant.Says)].Finding.Value.Replace("|", "\\|", StringComparison.Ordinal)} | {(Caught(found[(criterion.Id, plant.Says)].Finding) ? "caught" : "**not caught**")} |");
        var missed = 0;
        Console.WriteLine();
        Console.WriteLine("| sabotaged build | caught by | what was found |");
        Console.WriteLine("|---|---|---|");
        foreach (var build in Sabotaged.Where(b => chosen.Any(c => c.Catches.Contains(b.Id))))
        {
            var tried = chosen.Where(c => c.Catches.Contains(build.Id)).Select(c => (c.Id, found[(c.Id, build.Id)].Finding)).ToList();
            var by = tried.Where(t => Caught(t.Finding)).ToList();
            if (by.Count == 0) missed++;
            Console.WriteLine($"| {build.Id}: {build.Says} | {(by.Count == 0 ? "**nobody**" : string.Join(", ", by.Select(t => t.Id)))} | {string.Join("; ", tried.Select(t => $"{t.Id}: {t.Finding.Value}{(Caught(t.Finding) ? "" : " (**not caught**)")}"))} |");
        }
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{chosen.Count - failed} of {chosen.Count} met{(missed > 0 ? $", {missed} sabotaged builds not caught" : "")}; {(scale.IsQuick ? "quick, " : "")}{took.TotalSeconds:0} s, two tests at a time, {Environment.ProcessorCount} cores."));
        return failed + missed == 0 ? 0 : 1;
    }

    private static Plant Scanned(string says, Func<Nights, Nights> plant) => new(says, async s => Tables.Scan(plant(await s.Nights), s.Nightly));

    private static Plant Troubled(string says, Func<Trouble, Trouble> plant) => new(says, async s => plant((await s.Incidents).Trouble).Judged());

    private static bool Caught(Finding finding) => !finding.Passed && finding.IsStrong;

    private static Task<Finding> Now(Finding finding) => Task.FromResult(finding);

    private static Finding Frozen(Nights nights) => new($"{nights.Count} nights, {nights.Changes.Count} changes of the store on {nights.Due.Count} days of the calendar; rows that changed: {nights.Touched.Values.Sum(t => t.Count)}{(nights.Refused.Count > 0 ? "; refused: " + nights.Refused[0] : "")}",
        nights.Changes.SequenceEqual(nights.Due) && nights.Touched.Values.All(t => t.Count == 0) && nights.Refused.Count == 0 && nights.Count >= 100);

    private static Finding Mapped((int Periods, int OnTwoMaps) maps, (int Refused, int Of) refusals) => new($"{maps.OnTwoMaps} of {maps.Periods} periods of a table on two maps; {refusals.Refused} of {refusals.Of} changes of the map refused or without effect on what is out", maps.OnTwoMaps == 0 && refusals.Refused == refusals.Of && maps.Periods > 20);
}
