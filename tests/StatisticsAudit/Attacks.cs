using System.Globalization;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.StatisticsAudit;

/// <summary>A5, A6, A8 to A11: what somebody makes of the figures who wants to know of one case.</summary>
internal static class Attacks
{
    private static readonly Edition Final = Edition.OfYear(Country.Year);

    /// <summary>A4 against a build that puts out something each night: how many different stores in ten nights of a closed year, two corrections a night.</summary>
    public static Finding Freeze(Build build)
    {
        var country = Country.Part(91, 6_000, ("NAM", 8));
        var (random, hashes, nights) = (new Random(3), new HashSet<string>(StringComparer.Ordinal), 10);
        var tonight = new Tonight(country);
        for (var night = 0; night < nights; night++)
        {
            var table = build.Release(tonight.Now, Final)["T3"];
            hashes.Add(House.Hash(table.Values.Select((v, i) => string.Create(CultureInfo.InvariantCulture, $"{v} {table.Shown[i]}"))));
            tonight.Trickle(random, 2);
        }
        return new Finding($"{hashes.Count} different stores in {nights} nights without a day of the calendar", hashes.Count <= 1);
    }

    /// <summary>A5: the targets' day, area, sex and age are known; the figures of the evening before and after show the category, where just one of the five moved.</summary>
    public static Finding Nightly(Build build, Country country, int targets)
    {
        var grid = Grid.Of(TableProgramme.Shipped.Of("T3"), Final, country.Missing);
        var (cells, keys, before, after, into) = (new Tally[grid.Size], new ulong[grid.Size], new int?[grid.Size], new int?[grid.Size], new List<int>());
        var places = new Dictionary<(int Cell, int Zone), int>();
        var names = Enumerable.Range(0, grid.Size).Select(grid.Id).ToArray();
        var wanted = Pick(country, new Random(5), targets, c => c.Fact.Sex != "Other" && c.Fact.Age is not null).ToHashSet();
        var (claims, right) = (0, 0);
        foreach (var day in country.Cases.GroupBy(c => c.Day).OrderBy(g => g.Key))
        {
            foreach (var one in day)
            {
                grid.Cells(one.Fact, country.Zones[one.Zone].Area, into);
                // Only the number of cases matters to these builds; who contributes to what is left to A12.
                foreach (var cell in into) (cells[cell].Cases, keys[cell]) = (cells[cell].Cases + 1, keys[cell] + one.Key);
            }
            for (var i = 0; i < grid.Size; i++) after[i] = build.Nightly!.Of(grid.Table, names[i], cells[i], keys[i], day.Key);
            foreach (var target in day.Where(wanted.Contains))
            {
                grid.Cells(target.Fact, country.Zones[target.Zone].Area, into);
                var (first, within) = (into[0] - (into[0] % grid.Table.Combinations), into[0] % grid.Stride);
                var moved = Enumerable.Range(0, Country.CategoryCount).Where(c => before[first + (c * grid.Stride) + within] != after[first + (c * grid.Stride) + within]).ToList();
                if (moved is not [var only]) continue;
                // Where a cell is hidden something may have moved unseen: who wants to be certain claims nothing.
                if (build is KeyedOnCell && Enumerable.Range(0, Country.CategoryCount).Any(c => before[first + (c * grid.Stride) + within] is null || after[first + (c * grid.Stride) + within] is null)) continue;
                claims++;
                if (Country.CategoryOf(only) == target.Fact.Category) right++;
            }
            Array.Copy(after, before, after.Length);
        }
        var disclosed = (double)right / wanted.Count;
        return new Finding(string.Create(CultureInfo.InvariantCulture, $"category of {disclosed:P1} of {wanted.Count} targets, {(claims == 0 ? 0 : (double)right / claims):P0} of the claims right"), claims == 0, claims > 0 && (build is KeyedOnCell ? right == claims : disclosed >= 0.15));
    }

    /// <summary>A5 against the product: the same attack on its nightly store. A row that never changes tells nothing.</summary>
    public static Finding Nightly(Nights nights, Country country, int targets)
    {
        var grid = Grid.Of(TableProgramme.Shipped.Of("T3"), Final, country.Missing);
        var (into, claims, right, seen) = (new List<int>(), 0, 0, 0);
        foreach (var target in Pick(country, new Random(5), targets, c => c.Fact.Sex != "Other" && c.Fact.Age is not null))
        {
            var night = new DateOnly(Country.Year, 1, 1).AddDays(target.Day + 1);
            // Whoever was registered before the first night is looked for on the night on which the final figures came.
            if (!nights.Touched.TryGetValue(night, out var touched)) touched = nights.Touched[new DateOnly(Country.Year + 1, 3, 31)];
            seen++;
            grid.Cells(target.Fact, country.Zones[target.Zone].Area, into);
            var (first, within) = (into[0] - (into[0] % grid.Table.Combinations), into[0] % grid.Stride);
            var moved = Enumerable.Range(0, Country.CategoryCount).Where(c => touched.Contains($"{Final.Id}/T3/{grid.Id(first + (c * grid.Stride) + within)}")).ToList();
            if (moved is not [var only]) continue;
            claims++;
            if (Country.CategoryOf(only) == target.Fact.Category) right++;
        }
        var rows = nights.Touched.Values.Sum(t => t.Count);
        return new Finding($"{claims} claims on {seen} targets; {rows} rows of the store changed in {nights.Count} nights", claims == 0 && rows == 0 && seen >= targets * 9 / 10);
    }

    /// <summary>A6: cases that were erased between the first release and the final one, by somebody who knows all others: erased or not? Once by the tables that the first release had, as the specification reckons it, and once by all of the final one.
    /// The first release itself says nothing: it was before the erasure, and whoever knows all others knows that the case was in it.</summary>
    public static Finding Erased(Build build, Scale scale)
    {
        var (rounds, each) = scale.IsQuick ? (build is Product ? 1 : 3, 1000) : (5, 1000);
        var results = Enumerable.Range(0, rounds).Select(round =>
        {
            var country = Country.Of(20 + round);
            var chosen = Pick(country, new Random(round), 2 * each, _ => true);
            var erased = chosen.Take(each).ToHashSet();
            var rest = country.With([.. country.Cases.Where(c => !erased.Contains(c))]);
            var archive = Archive.Make(build, rest, [Final]);
            var evidence = new Evidence(archive);
            int Right(Func<ReleaseKind, Table, bool> uses) => chosen.Count(c => evidence.Of(c.Fact, rest.Zones[c.Zone].Area, erased.Contains(c) ? null : c.Fact, uses) > 0 != erased.Contains(c));
            return (First: Right(static (_, table) => table.Releases.Contains("P")), All: Right(static (_, _) => true));
        }).ToList();
        var (first, all) = (results.Sum(r => r.First) / (2.0 * each * rounds), results.Sum(r => r.All) / (2.0 * each * rounds));
        // By all tables of the final release the law of the noise allows 0.668 before they are tied to the monitor, which takes away from it.
        return new Finding(string.Create(CultureInfo.InvariantCulture, $"{first:0.000} by the tables of a first release, {all:0.000} by all of the final one, over {2 * each * rounds} cases"), first <= 0.65 && all <= 0.70);
    }

    /// <summary>A8: every way to the same figure, all vintages, weighted: how often is it exact?</summary>
    public static Finding Averaged(Build build, Scale scale)
    {
        var (exact, squares, all) = (0, 0.0, 0);
        if (build is FreshEachNight)
        {
            // Sixty nights of one quarter.
            var (country, edition) = (Country.Part(92, 9_000, ("ANT", 8), ("LIE", 8), ("BRU", 6)), Edition.OfQuarter(Country.Year, 1));
            var truth = Truth.Of(country, edition)["T1"];
            Judge([.. Enumerable.Range(0, 60).Select(_ => build.Release(country, edition))], truth.Grid.Places, edition, truth);
        }
        else
        {
            foreach (var seed in scale.Seeds)
            {
                var archive = scale.Of(build, seed);
                foreach (var (first, truth) in archive.Editions.Where(e => e.Out.Edition.Kind == ReleaseKind.P)) Judge([first, archive.Final.Out], truth["T1"].Grid.Places, first.Edition, truth["T1"]);
            }
        }
        var (share, rmse) = ((double)exact / all, Math.Sqrt(squares / all));
        return new Finding(string.Create(CultureInfo.InvariantCulture, $"exact {share:P1}, rmse {rmse:0.00} over {all} figures"), share <= 0.25 && rmse >= 2.0);

        void Judge(IReadOnlyList<Out> vintages, IReadOnlyList<string> places, Edition quarter, TrueTable truth)
        {
            foreach (var place in places)
            {
                for (var category = 0; category < Country.CategoryCount; category++)
                {
                    var (sum, weight) = (0.0, 0.0);
                    foreach (var vintage in vintages)
                    {
                        // Anchored, all other tables have the monitor's sum: there is but one way.
                        foreach (var id in build.IsAnchored ? ["T1"] : new[] { "T1", "T2", "T7", "T8" })
                        {
                            var table = vintage[id];
                            var cells = quarter.Months.Select(m => Grid.PeriodOf(table.Grid.Table, m)).Distinct().SelectMany(p => Enumerable.Range(table.Grid.At(place, p, category * table.Grid.Stride), table.Grid.Stride)).ToList();
                            if (build is Masked && cells.Exists(c => !table.Shown[c])) continue;
                            var own = 1 / Math.Max(1e-9, cells.Sum(c => table.Variances[c]));
                            (sum, weight) = (sum + (own * cells.Sum(c => table.Values[c])), weight + own);
                        }
                    }
                    if (weight == 0) continue;
                    var real = quarter.Months.Sum(m => truth.Cells[truth.Grid.At(place, Edition.Month(m), category)].Cases);
                    (all, exact, squares) = (all + 1, exact + (Math.Round(sum / weight) == real ? 1 : 0), squares + Math.Pow((sum / weight) - real, 2));
                }
            }
        }
    }

    /// <summary>A9: two worlds that differ in one case; everything that comes out of a year, many times over: from which world is it?</summary>
    public static Finding PairedWorlds(Build build, Scale scale)
    {
        var runs = (build is Product, scale.IsQuick) switch { (true, true) => 300, (true, false) => 1600, (false, true) => 100, _ => 400 };
        var country = Country.Part(93, 2_400, ("HAI", 12));
        // Whoever has most to lose: most services, both referrals, everything known, a change that moves every table.
        var target = country.Cases.Where(c => c.Fact is { Age: > 20 and < 60, Delay: not null } && c.Fact.Category == "Offence" && c.Fact.Sex == "Female" && c.Fact.Capacity == "Victim" && c.Fact.Targets.Count == 2).OrderByDescending(c => c.Fact.Services.Count).ThenBy(c => c.Key).First();
        var area = country.Zones[target.Zone].Area;
        var editions = Archive.Of(target.Fact.Month);
        var flipped = target with { Fact = Country.As(target.Fact, "PartnerViolence") };
        var (without, as_) = (country.With([.. country.Cases.Where(c => c != target)]), country.With([.. country.Cases.Select(c => c == target ? flipped : c)]));
        var truths = editions.Select(e => Truth.Of(without, e)).ToList();
        var results = Enumerable.Range(0, runs).Select(_ =>
        {
            double There(Country world, out double otherwise)
            {
                var evidence = new Evidence(Archive.Make(build, world, editions, truths));
                otherwise = evidence.Of(flipped.Fact, area, null, static (_, _) => true);
                return evidence.Of(target.Fact, area, null, static (_, _) => true);
            }
            var (inD, inFlipped, inNone) = (There(country, out var flippedInD), There(as_, out var flippedInFlipped), There(without, out var _));
            return (Flip: (inD > flippedInD ? 1 : 0) + (inFlipped > flippedInFlipped ? 0 : 1), Removal: (inD > 0 ? 1 : 0) + (inNone > 0 ? 0 : 1));
        }).ToList();
        var (flip, removal) = (results.Sum(r => r.Flip) / (2.0 * runs), results.Sum(r => r.Removal) / (2.0 * runs));
        return new Finding(string.Create(CultureInfo.InvariantCulture, $"flip {flip:0.000}, removal {removal:0.000} ({runs}+{runs} runs)"), flip <= 0.80 && removal <= 0.75);
    }

    /// <summary>A10: all other cases are known to the last detail; which of five categories is it?</summary>
    public static Finding Insider(Build build, Scale scale)
    {
        // A single draw of an area's month is behind a score of targets: whether one in a hundred is surer hangs on few draws, so there are many.
        var (draws, each) = (30, build is Product && scale.IsQuick ? 1000 : 3000);
        var (right, sure, all, prior, worst) = (0, 0, 0, 0, 0);
        foreach (var (draw, archive) in scale.Drawn(build, draws).Index())
        {
            var (logPrior, best) = Priors(archive.Country);
            var (evidence, before) = (new Evidence(archive), sure);
            foreach (var target in Pick(archive.Country, new Random(draw), each, _ => true))
            {
                // The tables of sub-kinds and of violence at home are left out: what else would differ with the category is not one guess but many.
                var scores = Enumerable.Range(0, Country.CategoryCount).Select(c => logPrior[c] + evidence.Of(Country.As(target.Fact, Country.CategoryOf(c)), archive.Country.Zones[target.Zone].Area, target.Fact, static (_, table) => table.Dimensions[0].Name == "category")).ToArray();
                var guess = Array.IndexOf(scores, scores.Max());
                all++;
                if (Country.CategoryOf(guess) == target.Fact.Category) right++;
                if (Country.CategoryOf(best) == target.Fact.Category) prior++;
                if (1 / scores.Sum(s => Math.Exp(s - scores[guess])) > 0.95) sure++;
            }
            worst = Math.Max(worst, sure - before);
        }
        return new Finding(string.Create(CultureInfo.InvariantCulture, $"right {(double)right / all:P1} (prior {(double)prior / all:P1}), surer than 95 % {(double)sure / all:P2}, {all} targets; in the worst draw of the noise {(double)worst / each:P2}"), (double)right / all <= 0.55 && (double)sure / all <= 0.01);
    }

    /// <summary>A11: as before, but the others are known only roughly: each count to its square root.</summary>
    /// <param name="roughly">Or to the last detail, which is more than an outsider knows.</param>
    public static Finding Outsider(Build build, Scale scale, bool roughly)
    {
        var (right, all, prior, into) = (0, 0, 0, new List<int>());
        foreach (var seed in build is Product ? scale.Seeds : scale.Seeds.Take(1))
        {
            var archive = scale.Of(build, seed);
            var (logPrior, best) = Priors(archive.Country);
            var random = new Random(seed);
            foreach (var target in Pick(archive.Country, random, 3000, _ => true))
            {
                var area = archive.Country.Zones[target.Zone].Area;
                var scores = Enumerable.Range(0, Country.CategoryCount).Select(c =>
                {
                    var (sum, guess) = (logPrior[c], Country.As(target.Fact, Country.CategoryOf(c)));
                    foreach (var (@out, truth) in archive.Editions.Where(e => e.Out.Edition.From <= guess.Month && guess.Month <= e.Out.Edition.Until))
                    {
                        foreach (var table in @out.Tables.Values.Where(t => t.Grid.Table.Dimensions[0].Name == "category"))
                        {
                            var known = truth[table.Grid.Table.Id].Cells;
                            table.Grid.Cells(guess, area, into);
                            var cell = into[0];
                            var others = known[cell].Cases - (guess.Category == target.Fact.Category ? 1 : 0);
                            var thought = others + (roughly ? Math.Sqrt(others) * Country.Normal(random) : 0);
                            sum += (table.Values[cell] - thought - 0.5) / (build.Sigma2(table.Grid.Table, known[cell]) + (roughly ? others : 0));
                        }
                    }
                    return sum;
                }).ToArray();
                all++;
                if (Country.CategoryOf(Array.IndexOf(scores, scores.Max())) == target.Fact.Category) right++;
                if (Country.CategoryOf(best) == target.Fact.Category) prior++;
            }
        }
        return new Finding(string.Create(CultureInfo.InvariantCulture, $"right {(double)right / all:P1} (prior {(double)prior / all:P1}), {all} targets"), (double)(right - prior) / all <= 0.03);
    }

    private static (double[] LogPrior, int Best) Priors(Country country)
    {
        var shares = Enumerable.Range(0, Country.CategoryCount).Select(c => country.Cases.Count(x => x.Fact.Category == Country.CategoryOf(c)) / (double)country.Cases.Count).ToArray();
        return (Array.ConvertAll(shares, Math.Log), Array.IndexOf(shares, shares.Max()));
    }

    private static List<Case> Pick(Country country, Random random, int count, Func<Case, bool> of)
    {
        var cases = country.Cases.Where(of).ToArray();
        random.Shuffle(cases);
        return [.. cases.Take(count)];
    }
}
