using VictimSupport.Casework.Contracts;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Facts;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.StatisticsAudit;

/// <summary>The base cells of a table in an edition, in the order in which the product draws them, each with a number.</summary>
internal sealed class Grid
{
    private readonly Dictionary<string, int> places, periods;

    private Grid(Table table, List<string> places, List<string> periods)
    {
        (Table, Places, Periods) = (table, places, periods);
        this.places = places.Select((p, i) => (p, i)).ToDictionary(p => p.p, p => p.i, StringComparer.Ordinal);
        this.periods = periods.Select((p, i) => (p, i)).ToDictionary(p => p.p, p => p.i, StringComparer.Ordinal);
    }

    public Table Table { get; }
    public IReadOnlyList<string> Places { get; }
    public IReadOnlyList<string> Periods { get; }
    public int Size => Places.Count * Periods.Count * Table.Combinations;

    /// <summary>How many neighbouring cells share a place, a period and the first code: within them a table is anchored.</summary>
    public int Stride => Table.Combinations / Table.Dimensions[0].Codes.Count;

    public static Grid Of(Table table, Edition edition, IReadOnlySet<string> missing) => new(table,
        [.. Country.Geography.Shown.Where(s => !missing.Contains(s)).Select(s => PlaceOf(table, s)).Distinct(StringComparer.Ordinal)],
        [.. edition.Months.Select(m => PeriodOf(table, m)).Distinct(StringComparer.Ordinal)]);

    public static string PlaceOf(Table table, string area) => table.Geography switch { Grain.Area => area, Grain.Region => Country.Geography.RegionOf(area), _ => Geography.Country };

    public static string PeriodOf(Table table, DateOnly month) => table.Period switch { Span.Month => Edition.Month(month), Span.Quarter => Edition.Quarter(month), _ => Edition.Year(month) };

    /// <summary>-1: there is no such place or period here.</summary>
    public int At(string place, string period, int combination) => places.TryGetValue(place, out var p) && periods.TryGetValue(period, out var t) ? (((p * Periods.Count) + t) * Table.Combinations) + combination : -1;

    public (string Place, string Period, int Combination) Of(int cell) => (Places[cell / Table.Combinations / Periods.Count], Periods[cell / Table.Combinations % Periods.Count], cell % Table.Combinations);

    public string Id(int cell) => Of(cell) is var (place, period, combination) ? string.Join('|', [place, period, .. Table.CodesOf(combination)]) : "";

    /// <summary>The cells of a case, each once.</summary>
    public void Cells(CaseFact fact, string area, List<int> into)
    {
        Coding.Combinations(fact, Table, into);
        var first = At(PlaceOf(Table, area), PeriodOf(Table, fact.Month), 0);
        if (first < 0) into.Clear();
        for (var i = 0; i < into.Count; i++) into[i] += first;
    }
}

/// <summary>What is true of a table: cases and the two largest zones of each cell, counted by the harness for itself, and the sum of the record keys of the cases in it.</summary>
internal sealed record TrueTable(Grid Grid, Tally[] Cells, ulong[] Keys);

/// <summary>What is true of an edition.</summary>
internal sealed class Truth
{
    private readonly Dictionary<string, TrueTable> tables;

    private Truth(Dictionary<string, TrueTable> tables) => this.tables = tables;

    public TrueTable this[string table] => tables[table];
    public IEnumerable<TrueTable> Tables => tables.Values;

    public bool Has(string table) => tables.ContainsKey(table);

    public static Truth Of(Country country, Edition edition)
    {
        var counted = TableProgramme.Shipped.In(edition.Kind.ToString()).Select(t => Grid.Of(t, edition, country.Missing)).ToDictionary(g => g.Table.Id, g => new TrueTable(g, new Tally[g.Size], new ulong[g.Size]), StringComparer.Ordinal);
        var (cells, own, touched) = (new List<int>(), counted.ToDictionary(c => c.Key, c => new int[c.Value.Grid.Size], StringComparer.Ordinal), new List<int>());
        foreach (var together in country.Contributors)
        {
            var (there, area) = (together.SelectMany(country.In).Where(c => c.Fact.Month >= edition.From && c.Fact.Month <= edition.Until).ToList(), country.Zones[together[0]].Area);
            foreach (var (id, table) in counted)
            {
                touched.Clear();
                foreach (var one in there)
                {
                    table.Grid.Cells(one.Fact, area, cells);
                    foreach (var cell in cells)
                    {
                        if (own[id][cell]++ == 0) touched.Add(cell);
                        table.Keys[cell] += one.Key;
                    }
                }
                foreach (var cell in touched)
                {
                    table.Cells[cell].Add(own[id][cell]);
                    own[id][cell] = 0;
                }
            }
        }
        return new Truth(counted);
    }
}

/// <summary>What a build put out of a table: every base cell with its value, also those that no reader is shown, for the store is taken as read.</summary>
internal sealed record OutTable(Grid Grid, int[] Values, double[] Variances, bool[] Shown);

/// <summary>What a build put out of an edition.</summary>
internal sealed record Out(Edition Edition, IReadOnlyDictionary<string, OutTable> Tables)
{
    public OutTable this[string table] => Tables[table];

    /// <param name="cells">Of the product, in any order.</param>
    public static Out Of(Edition edition, IEnumerable<NoisyCell> cells, IReadOnlySet<string> missing)
    {
        var byTable = cells.ToLookup(c => c.Table.Id, StringComparer.Ordinal);
        var tables = new Dictionary<string, OutTable>(StringComparer.Ordinal);
        foreach (var table in TableProgramme.Shipped.In(edition.Kind.ToString()))
        {
            var grid = Grid.Of(table, edition, missing);
            var known = byTable[table.Id].ToList();
            if (known.Count != grid.Size) throw new InvalidOperationException($"{table.Id} has {known.Count} cells and not {grid.Size}.");
            var made = new OutTable(grid, new int[grid.Size], new double[grid.Size], new bool[grid.Size]);
            for (var i = 0; i < known.Count; i++)
            {
                // In the order of the grid; a case in the wrong cell would show in the truth, a cell in the wrong place here.
                if (i % 97 == 0 && known[i].Id != grid.Id(i)) throw new InvalidOperationException($"{table.Id}: {known[i].Id} stands where {grid.Id(i)} should.");
                (made.Values[i], made.Variances[i], made.Shown[i]) = (known[i].Value, known[i].Variance, known[i].IsShown);
            }
            tables[table.Id] = made;
        }
        return new Out(edition, tables);
    }
}
