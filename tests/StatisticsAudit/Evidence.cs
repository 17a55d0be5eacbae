using VictimSupport.Casework.Contracts;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.StatisticsAudit;

/// <summary>What a build put out over a year, beside the truth.</summary>
internal sealed record Archive(Build Build, Country Country, IReadOnlyList<(Out Out, Truth Truth)> Editions)
{
    /// <summary>The flashes of twelve months, four first releases, the final one.</summary>
    public static IReadOnlyList<Edition> WholeYear { get; } = [.. Enumerable.Range(1, 12).Select(m => Edition.OfMonth(Country.Year, m)), .. Enumerable.Range(1, 4).Select(q => Edition.OfQuarter(Country.Year, q)), Edition.OfYear(Country.Year)];

    /// <summary>What concerns a case of a month: its flash, its first release, the final one.</summary>
    public static IReadOnlyList<Edition> Of(DateOnly month) => [Edition.OfMonth(month.Year, month.Month), Edition.OfQuarter(month.Year, ((month.Month - 1) / 3) + 1), Edition.OfYear(month.Year)];

    public static Archive Make(Build build, Country country, IEnumerable<Edition> editions, IReadOnlyList<Truth>? truths = null) =>
        new(build, country, [.. editions.Select((e, i) => (build.Release(country, e), truths?[i] ?? Truth.Of(country, e)))]);

    public (Out Out, Truth Truth) Final => Editions.Single(e => e.Out.Edition.Kind == ReleaseKind.F);
}

/// <summary>What somebody who knows every other case to the last detail makes of the figures: the likelihood of a guess about one case, by the best test there is. In a table that was anchored only the differences within a group say anything,
/// since its sum was replaced by the monitor's.</summary>
internal sealed class Evidence(Archive archive)
{
    private readonly List<int> cells = [], known = [];

    /// <summary>How much likelier what was put out is if the case is as guessed than if it were not there at all (natural logarithm).</summary>
    /// <param name="actual">The case as it is counted in the truth; null: the truth is of the others alone.</param>
    /// <param name="uses">Which tables of which kind of release the guesser looks at.</param>
    public double Of(CaseFact guess, string area, CaseFact? actual, Func<ReleaseKind, Table, bool> uses)
    {
        var sum = 0.0;
        foreach (var (@out, truth) in archive.Editions)
        {
            if (guess.Month < @out.Edition.From || guess.Month > @out.Edition.Until) continue;
            foreach (var table in @out.Tables.Values)
            {
                if (!uses(@out.Edition.Kind, table.Grid.Table)) continue;
                known.Clear();
                if (actual is not null) table.Grid.Cells(actual, area, known);
                table.Grid.Cells(guess, area, cells);
                sum += InTable(table, truth[table.Grid.Table.Id]);
            }
        }
        return sum;
    }

    private double InTable(OutTable table, TrueTable truth)
    {
        var (sum, grid) = (0.0, table.Grid);
        foreach (var cell in cells)
        {
            int Others(int at) => truth.Cells[at].Cases - (known.Contains(at) ? 1 : 0);
            if (archive.Build.LogRatio(table.Values[cell], Others(cell)) is { } ratio)
            {
                sum += ratio;
                continue;
            }
            var s2 = archive.Build.Sigma2(grid.Table, truth.Cells[cell]);
            double off = table.Values[cell] - Others(cell), share = 1;
            if (archive.Build.IsAnchored && IsAnchored(grid, cell))
            {
                var first = cell - (cell % grid.Stride);
                var mean = 0.0;
                for (var i = first; i < first + grid.Stride; i++) mean += table.Values[i] - Others(i);
                off -= mean / grid.Stride;
                share = 1 - (1.0 / grid.Stride);
            }
            sum += (off - (share / 2)) / s2;
        }
        return sum;
    }

    // The second part of the table of violence at home has no sum to be held to.
    private static bool IsAnchored(Grid grid, int cell) => grid.Table.AnchorBy switch
    {
        null => false,
        "category" => true,
        _ => grid.Table.CodesOf(cell % grid.Table.Combinations)[0] == "PartnerViolence",
    };
}
