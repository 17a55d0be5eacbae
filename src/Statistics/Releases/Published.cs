using System.Globalization;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Sheets;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Structural;

namespace VictimSupport.Statistics.Releases;

/// <summary>A figure as a reader gets it.</summary>
/// <param name="Value">null: it is not shown.</param>
/// <param name="Margin">The true figure lies within it in 19 of 20 cases; null as for the value.</param>
/// <param name="Signs"><c>c</c> protected, <c>:</c> not available, <c>u</c> wide margin, <c>p</c> first release, <c>w</c> of a release that was taken back.</param>
internal sealed record Figure(Table Table, string Place, string Period, IReadOnlyList<string> Codes, int? Value, int? Margin, string Signs)
{
    /// <summary>null as for the value.</summary>
    public double? Variance { get; init; }

    public string Id => string.Join('|', [Place, Period, .. Codes]);
    public bool IsProtected => Signs.Split(' ').Contains("c");
    public bool IsMissing => Signs.Split(' ').Contains(":");
}

/// <summary>Everything that may be read of one release: its base cells and their sums, as they were stored with it. Read through what is published alone: a figure that is not shown has no value before it leaves the database.</summary>
internal sealed class Published(FiguresDatabase figures, Programmes programmes)
{
    /// <summary>Stands for all codes of a dimension.</summary>
    public const string All = "*";

    /// <summary>All that are out, the latest first.</summary>
    public async Task<IReadOnlyList<Release>> Releases(CancellationToken ct)
    {
        await using var store = figures.LeasePublished();
        var (all, back) = (await store.Set<Release>().ToListAsync(ct), await store.Set<Withdrawal>().ToDictionaryAsync(w => w.Release, ct));
        all.ForEach(r => (r.Withdrawn, r.Programme) = (back.GetValueOrDefault(r.Id), programmes.Find(r.ProgrammeHash)));
        return [.. all.OrderByDescending(r => r.PublishedAt).ThenByDescending(r => r.Id, StringComparer.Ordinal)];
    }

    /// <summary>Was it taken back?</summary>
    public async Task<bool> IsWithdrawn(string id, CancellationToken ct)
    {
        await using var store = figures.LeasePublished();
        return await store.Set<Withdrawal>().AnyAsync(w => w.Release == id, ct);
    }

    /// <summary>What was spent, by month.</summary>
    public async Task<IReadOnlyList<LedgerRow>> Ledger(CancellationToken ct)
    {
        await using var store = figures.LeasePublished();
        return await store.Set<LedgerRow>().OrderBy(l => l.Month).ThenBy(l => l.Number).ToListAsync(ct);
    }

    /// <summary>The structural work of the year, added up; empty of every release but a final one.</summary>
    public async Task<IReadOnlyList<StructuralSum>> Work(string id, CancellationToken ct)
    {
        await using var store = figures.LeasePublished();
        return await store.Set<StructuralSum>().Where(s => s.Release == id).ToListAsync(ct);
    }

    /// <summary>null: there is no such release.</summary>
    /// <exception cref="Foundation.Secrecy.StartRefusedException">It was made by a programme that this program does not have.</exception>
    public async Task<(Release Release, IReadOnlyList<Figure> Figures)?> Of(string id, CancellationToken ct)
    {
        await using var store = figures.LeasePublished();
        if (await store.Set<Release>().SingleOrDefaultAsync(r => r.Id == id, ct) is not { } release) return null;
        release.Withdrawn = await store.Set<Withdrawal>().SingleOrDefaultAsync(w => w.Release == id, ct);
        var programme = release.Programme = programmes.Find(release.ProgrammeHash) ?? throw new Foundation.Secrecy.StartRefusedException($"{id} was made by the programme of tables {release.ProgrammeHash}, which this version of the platform does not have. Its figures are kept as they are; a version that has it can read them.");
        var cells = (await store.Set<PublishedCell>().Where(c => c.Release == id).ToListAsync(ct)).ToLookup(c => c.Table, StringComparer.Ordinal);
        return (release, [.. programme.In(release.Kind.ToString()).SelectMany(t => Figures(t, release, cells[t.Id]))]);
    }

    /// <summary>Does this program have the programme by which it was made?</summary>
    public static bool CanRead(Release release) => release.Programme is not null;

    private static IEnumerable<Figure> Figures(Table table, Release release, IEnumerable<PublishedCell> cells)
    {
        var all = cells.Select(c => (Parts: c.Cell.Split('|'), Cell: c)).OrderBy(c => c.Cell.Cell, StringComparer.Ordinal).ToList();
        var (marks, places) = (Join(release.Kind == ReleaseKind.F ? "" : "p", release.IsValid ? "" : "w"), Missing(table, release));
        foreach (var (parts, cell) in all)
        {
            yield return cell is { Value: { } value, Variance: { } variance }
                ? new Figure(table, parts[0], parts[1], parts[2..], value, Display.Margin(variance), Join(Display.IsWide(value, variance) ? "u" : "", marks)) { Variance = variance }
                : new Figure(table, parts[0], parts[1], parts[2..], null, null, Join("c", marks));
        }
        foreach (var (period, codes) in all.Where(c => c.Parts[0] != Geography.Country).Select(c => (c.Parts[1], Codes: string.Join('|', c.Parts[2..]))).Distinct())
        {
            foreach (var place in places) yield return new Figure(table, place, period, codes.Split('|'), null, null, Join(":", marks));
        }
    }

    // The places of a table of which the release has nothing: areas, and regions none of whose areas is there.
    private static List<string> Missing(Table table, Release release)
    {
        var missing = release.Missing.Split(';', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
        if (missing.Count == 0 || table.Geography == Grain.Country) return [];
        var geography = Geography.Fixed(release.Areas.Split(';').SelectMany(shown => Geography.Members(shown).Select(area => (area, shown))).ToDictionary(a => a.area, a => a.shown, StringComparer.Ordinal));
        var regions = geography.Shown.GroupBy(geography.RegionOf, StringComparer.Ordinal).Where(of => of.All(missing.Contains)).Select(of => of.Key);
        return [.. (table.Geography == Grain.Area ? missing.Order(StringComparer.Ordinal) : Enumerable.Empty<string>()).Concat(regions).Distinct(StringComparer.Ordinal)];
    }

    private static string Join(string sign, string other) => other.Length == 0 ? sign : sign.Length == 0 ? other : sign + " " + other;
}

/// <summary>A release as tables of cells, from which each of its files is made. What is not shown on a page is not in it.</summary>
internal static class SheetsOfRelease
{
    /// <summary>All its tables under one another: the dimensions of each are named in the line.</summary>
    public static Sheet Whole(Release release, IEnumerable<Figure> figures) => new(release.Id,
    [
        [.. First, "dimension_1", "code_1", "dimension_2", "code_2", "dimension_3", "code_3", .. Last],
        .. figures.Select(f => Line(release, f, Enumerable.Range(0, 3).SelectMany(i => i < f.Codes.Count ? new Cell[] { f.Table.Dimensions[i].Name, f.Codes[i] } : [Cell.Empty, Cell.Empty]))),
    ]);

    /// <summary>A sheet for each table, a column for each of its dimensions.</summary>
    public static IReadOnlyList<Sheet> ByTable(Release release, IEnumerable<Figure> figures) =>
        [.. figures.GroupBy(f => f.Table).Select(of => new Sheet(of.Key.Id, [[.. First, .. of.Key.Dimensions.Select(d => (Cell)d.Name), .. Last], .. of.Select(f => Line(release, f, f.Codes.Select(c => (Cell)c)))]))];

    /// <summary>The structural work that came out with it: exact sums, so neither margin nor signs.</summary>
    /// <param name="covers">Of which zones each place is.</param>
    public static Sheet Work(Release release, IEnumerable<StructuralSum> sums, IReadOnlyDictionary<string, WorkCover> covers) => new("structural",
    [
        ["release", "published", "zones", "without", "place", "period", "table", "row", "withdrawn", "value"],
        .. sums.OrderBy(s => s.Place, StringComparer.Ordinal).ThenBy(s => s.Table, StringComparer.Ordinal).ThenBy(s => s.Row, StringComparer.Ordinal)
            .Select(s => (IReadOnlyList<Cell>)[release.Id, Day(release.PublishedAt), covers[s.Place].Zones.Count, string.Join(' ', covers[s.Place].Without), s.Place, release.Period, s.Table, s.Row, release.Withdrawn is { } back ? $"{Day(back.At)} {back.Fault}" : "", s.Count]),
    ]);

    private static IReadOnlyList<Cell> First { get; } = ["release", "published", "zones", "of_zones", "inhabitants_percent", "without", "table", "name", "place", "period"];
    private static IReadOnlyList<Cell> Last { get; } = ["validated", "withdrawn", "value", "margin_95", "signs"];

    private static IReadOnlyList<Cell> Line(Release release, Figure figure, IEnumerable<Cell> codes) =>
    [
        release.Id, Day(release.PublishedAt), release.Zones, release.OfZones, Cell.Of(release.InhabitantsPercent), release.Missing.Replace(';', ' '), figure.Table.Id, figure.Table.Name, figure.Place, figure.Period,
        .. codes, Cell.Of(release.Validated), release.Withdrawn is { } back ? $"{Day(back.At)} {back.Fault}" : "", Cell.Of(figure.Value), Cell.Of(figure.Margin), figure.Signs,
    ];

    private static string Day(DateTimeOffset at) => Moment.Day(at).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
