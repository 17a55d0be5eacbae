using VictimSupport.Foundation.Persistence;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.StatisticsAudit;

/// <summary>A violation that the audit itself puts where a test looks: the test must turn red, or it is blind.</summary>
/// <param name="Says">What is planted.</param>
internal sealed record Plant(string Says, Func<Scale, Task<Finding>> Run)
{
    public static Plant In(string says, Func<Scale, Finding> run) => new(says, s => Task.FromResult(run(s)));
}

/// <summary>Nights, and what came out in them, as they would be with something wrong.</summary>
internal static class Plants
{
    private static readonly Edition Final = Edition.OfYear(Country.Year);

    /// <summary>A row was another one night on which nothing was due.</summary>
    public static Nights WithAChange(this Nights nights)
    {
        var day = nights.Touched.Keys.Where(d => !nights.Due.Contains(d)).Order().First();
        return nights with { Changes = [.. nights.Changes.Append(day).Order()], Touched = nights.Touched.ToDictionary(t => t.Key, t => t.Key == day ? new HashSet<string>(StringComparer.Ordinal) { "2026-Q3-P/T1/NAM|2026-07|Offence" } : t.Value) };
    }

    /// <summary>Nothing came out on a day of the calendar.</summary>
    public static Nights WithoutARelease(this Nights nights) => nights with { Changes = [.. nights.Changes.Skip(1)] };

    /// <summary>Each night the store follows what was registered the day before: the rows of these cases are others.</summary>
    public static Nights ThatFollow(this Nights nights, Country country)
    {
        var grid = Grid.Of(TableProgramme.Shipped.Of("T3"), Final, country.Missing);
        var (touched, into) = (nights.Touched.Keys.ToDictionary(d => d, _ => new HashSet<string>(StringComparer.Ordinal)), new List<int>());
        foreach (var one in country.Cases)
        {
            grid.Cells(one.Fact, country.Zones[one.Zone].Area, into);
            if (touched.TryGetValue(new DateOnly(Country.Year, 1, 1).AddDays(one.Day + 1), out var rows)) rows.UnionWith(into.Select(c => $"{Final.Id}/T3/{grid.Id(c)}"));
        }
        return nights with { Touched = touched.ToDictionary(t => t.Key, t => (IReadOnlySet<string>)t.Value) };
    }

    /// <summary>A base cell of too few zones is shown, with the margin of the others.</summary>
    public static Nights WithAFigureOfFewZones(this Nights nights)
    {
        foreach (var (id, (_, truth)) in nights.Truths)
        {
            foreach (var table in truth.Tables)
            {
                for (var i = 0; i < table.Grid.Size; i++)
                {
                    if (!table.Cells[i].TellsOfAZone || table.Cells[i].Cases == 0 || nights.Files[id].Figures.FirstOrDefault(f => f.Table.Id == table.Grid.Table.Id && f.Id == table.Grid.Id(i)) is not { } hidden) continue;
                    return nights.With(id, e => e with { Figures = [.. e.Figures.Select(f => f == hidden ? f with { Value = table.Cells[i].Cases, Margin = 1, Signs = "" } : f)] });
                }
            }
        }
        throw new InvalidOperationException("Nothing to plant on: no cell tells of a zone.");
    }

    /// <summary>The store has the variance of the table also where the ladder belongs.</summary>
    public static Nights WithoutTheLadder(this Nights nights) => nights.WithCells(c => Copy(c, c.Value, TableProgramme.Shipped.Of(c.Table).Sigma2));

    /// <summary>The monitor is what was counted.</summary>
    public static Nights WithoutNoise(this Nights nights)
    {
        var real = nights.Truths.SelectMany(t => Enumerable.Range(0, t.Value.Truth.Has("T1") ? t.Value.Truth["T1"].Grid.Size : 0).Select(i => (Key: (t.Key, t.Value.Truth["T1"].Grid.Id(i)), t.Value.Truth["T1"].Cells[i].Cases))).ToDictionary(c => c.Key, c => c.Cases);
        return nights.WithCells(c => c.Table == "T1" && real.TryGetValue((c.Release, c.Cell), out var count) ? Copy(c, count, c.Variance) : c);
    }

    /// <summary>One release put an area together with its neighbour that another tells apart.</summary>
    public static Nights OnTwoMaps(this Nights nights)
    {
        var last = nights.Cells.Select(c => c.Release).Where(r => r.EndsWith("-F", StringComparison.Ordinal)).DefaultIfEmpty(nights.Cells[0].Release).First();
        return nights.WithCells(c => c.Release == last && c.Cell.StartsWith("NAM|", StringComparison.Ordinal) ? Copy(c, c.Value, c.Variance, "HAI+NAM" + c.Cell[3..]) : c);
    }

    /// <summary>Each figure rounded by itself to a multiple of three, as other systems do (RR3).</summary>
    public static Nights RoundedApart(this Nights nights)
    {
        var random = new Random(17);
        var rounded = nights.Files.ToDictionary(f => f.Key, f => f.Value with { Figures = [.. f.Value.Figures.Select(g => g.Value is { } value ? g with { Value = value - (value % 3) + (random.Next(3) < value % 3 ? 3 : 0) } : g)] }, StringComparer.Ordinal);
        return nights with { Files = rounded };
    }

    /// <summary>One cell of an anchored table is one more than it was.</summary>
    public static Nights WithOneMore(this Nights nights)
    {
        var cell = nights.Cells.First(c => c.Table == "T2");
        return nights.WithCells(c => c == cell ? Copy(c, c.Value + 1, c.Variance) : c);
    }

    /// <summary>A row of the store is shown that is too small.</summary>
    public static Nights WithASmallRow(this Nights nights)
    {
        var cell = nights.Cells[0];
        return nights.WithCells(c => c == cell ? new ProtectedCell { Release = c.Release, Table = c.Table, Cell = c.Cell, Value = 7, Variance = c.Variance, Shown = true } : c);
    }

    /// <summary>The first release is put out otherwise.</summary>
    public static Nights With(this Nights nights, Func<Exports, Exports> other) => nights.With(nights.Files.First(f => f.Value.Figures.Any(g => g.IsProtected) && f.Value.Figures.Any(g => g.Value is not null)).Key, other);

    private static Nights With(this Nights nights, string release, Func<Exports, Exports> other) => nights with { Files = nights.Files.ToDictionary(f => f.Key, f => f.Key == release ? other(f.Value) : f.Value, StringComparer.Ordinal) };

    private static Nights WithCells(this Nights nights, Func<ProtectedCell, ProtectedCell> other) => nights with { Cells = [.. nights.Cells.Select(other)] };

    private static ProtectedCell Copy(ProtectedCell cell, int value, double variance, string? id = null) => new() { Release = cell.Release, Table = cell.Table, Cell = id ?? cell.Cell, Value = value, Variance = variance, Shown = cell.Shown };

    /// <summary>Something of the figures that has a zone's database in hand.</summary>
    internal sealed class Holding(ZoneDbContext zone)
    {
        public ZoneDbContext Zone => zone;
    }
}
