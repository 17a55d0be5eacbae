using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.Statistics.Portal;

/// <summary>The releases that are out and their figures, to be looked up: of a period the final release stands in front of the first.</summary>
internal sealed class Shelf(Published published, TimeProvider clock)
{
    // What is out never changes: it is read once, and once more where it was taken back.
    private readonly ConcurrentDictionary<string, OnTheShelf> read = new(StringComparer.Ordinal);
    private const int MostKept = 24;

    public DateOnly Today => Design.Html.Moment.Day(clock.GetUtcNow());

    /// <summary>All that are out, the latest first, also those that were taken back.</summary>
    public Task<IReadOnlyList<Release>> Releases(CancellationToken ct) => published.Releases(ct);

    /// <summary>Those of them that stand.</summary>
    public async Task<IReadOnlyList<Release>> Valid(CancellationToken ct) => [.. (await Releases(ct)).Where(r => r.IsValid)];

    /// <summary>The structural work that a final release adds up.</summary>
    public Task<IReadOnlyList<Structural.StructuralSum>> Work(string id, CancellationToken ct) => published.Work(id, ct);

    public Task<IReadOnlyList<LedgerRow>> Ledger(CancellationToken ct) => published.Ledger(ct);

    /// <summary>The figures of a release by table and cell.</summary>
    /// <returns>null: there is none, or another programme made it than this program knows.</returns>
    public async Task<OnTheShelf?> Of(string id, CancellationToken ct)
    {
        // What no release can be called is not asked for.
        if (id.Length > 12 || !id.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')) return null;
        if (read.TryGetValue(id, out var known) && (!known.Release.IsValid || !await published.IsWithdrawn(id, ct))) return known;
        try
        {
            if (await published.Of(id, ct) is not { } found) return null;
            if (read.Count >= MostKept) read.Clear();
            return read[id] = new OnTheShelf(found.Release, found.Figures);
        }
        catch (Foundation.Secrecy.StartRefusedException)
        {
            return null;
        }
    }

    /// <summary>The release from which a table is read for a period: the final one, else the first.</summary>
    public static Release? For(IEnumerable<Release> releases, Table table, string period) => releases.Where(r => Has(r, table) && Holds(r, period)).OrderByDescending(r => r.Kind).FirstOrDefault();

    /// <summary>Is the table in the release, by the programme that made it?</summary>
    public static bool Has(Release release, Table table) => release.Programme?.Find(table.Id)?.Releases.Contains(release.Kind.ToString()) == true;

    /// <summary>A table as the latest of some releases has it, by the end of its period and the final one before the first, and where none does as the programme that is shipped.</summary>
    /// <returns>null: no programme of theirs has it.</returns>
    public static Table? Latest(IEnumerable<Release> releases, TableProgramme shipped, string table) =>
        releases.Where(r => r.Programme?.Find(table) is { } known && Has(r, known)).OrderByDescending(r => Edition.Parse(r.Kind.ToString(), r.Period)!.Until).ThenByDescending(r => r.Kind).Select(r => r.Programme!.Of(table)).FirstOrDefault() ?? shipped.Find(table);

    /// <summary>Those of them that stand and that nobody can read here.</summary>
    public static IReadOnlyList<Release> Unreadable(IEnumerable<Release> releases) => [.. releases.Where(r => r.IsValid && !Published.CanRead(r))];

    /// <summary>What a table is read from for a period: the release of <see cref="For"/>, and beneath a final one that is without an area the first one.</summary>
    /// <param name="releases">Those that may be read; one that is named stands alone.</param>
    /// <returns>null: nothing of it is out.</returns>
    public async Task<Volume?> Read(IReadOnlyCollection<Release> releases, Table table, string period, CancellationToken ct)
    {
        if (For(releases, table, period) is not { } release || await Of(release.Id, ct) is not { } found) return null;
        var first = release is { Kind: ReleaseKind.F, Missing.Length: > 0 } ? For(releases.Where(r => r.Kind != ReleaseKind.F), table, period) : null;
        return new Volume(found, first is null ? null : await Of(first.Id, ct));
    }

    /// <summary>Is the period in the release?</summary>
    public static bool Holds(Release release, string period) => release.Kind switch
    {
        ReleaseKind.F => period[..4] == release.Period,
        ReleaseKind.P => period == release.Period || (Axes.SpanOf(period) == Span.Month && Edition.Quarter(First(period)) == release.Period),
        _ => period == release.Period,
    };

    /// <summary>The periods of a length that may be read of a table, the earliest first.</summary>
    public static IReadOnlyList<string> Periods(IEnumerable<Release> releases, Table table, Span span) =>
        [.. releases.Where(r => Has(r, table)).SelectMany(r => Periods(r, span)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>The period before one, of the same length.</summary>
    public static string Before(string period) => Axes.SpanOf(period) switch
    {
        Span.Year => Edition.Year(First(period).AddYears(-1)),
        Span.Quarter => Edition.Quarter(First(period).AddMonths(-3)),
        _ => Edition.Month(First(period).AddMonths(-1)),
    };

    public static DateOnly First(string period) => Axes.SpanOf(period) switch
    {
        Span.Year => new DateOnly(Year(period), 1, 1),
        Span.Quarter => new DateOnly(Year(period), ((period[6] - '1') * 3) + 1, 1),
        _ => new DateOnly(Year(period), int.Parse(period[5..], System.Globalization.CultureInfo.InvariantCulture), 1),
    };

    /// <summary>Are sums over areas of the same ones in two releases? What one of them is without is not in its sums.</summary>
    public static bool SameAreas(Release one, Release other) => Without(one).SetEquals(Without(other));

    private static HashSet<string> Without(Release release) => release.Missing.Split(';', StringSplitOptions.RemoveEmptyEntries).SelectMany(Areas.Geography.Members).ToHashSet(StringComparer.Ordinal);

    /// <summary>Did other zones take part in one period than in another? A rise or fall may then be theirs.</summary>
    /// <param name="parts">Who took part in which release, as the catalogue keeps it.</param>
    public static bool OtherZones(IEnumerable<TakesPart> parts, IEnumerable<(Release Release, string Period)> compared)
    {
        var sets = compared.Select(c => parts.Where(p => p.Release == c.Release.Id && InPeriod(p.Quarter, c.Period)).Select(p => (p.ZoneId, p.Area)).ToHashSet()).ToList();
        return sets.Exists(s => !s.SetEquals(sets[0])) || compared.Select(c => c.Release.Missing).Distinct(StringComparer.Ordinal).Skip(1).Any() || compared.Select(c => c.Release.Areas).Distinct(StringComparer.Ordinal).Skip(1).Any();
    }

    public static async Task<IReadOnlyList<TakesPart>> TakingPart(CatalogDbContext house, IEnumerable<string> releases, CancellationToken ct)
    {
        var ids = releases.Distinct(StringComparer.Ordinal).ToList();
        return await house.Set<TakesPart>().AsNoTracking().Where(t => ids.Contains(t.Release)).ToListAsync(ct);
    }

    private static IEnumerable<string> Periods(Release release, Span span)
    {
        var edition = Edition.Parse(release.Kind.ToString(), release.Period)!;
        return span switch
        {
            Span.Month => edition.Months.Select(Edition.Month),
            Span.Quarter => release.Kind == ReleaseKind.T0 ? [] : edition.Quarters.Select(Edition.Quarter),
            _ => release.Kind == ReleaseKind.F ? [release.Period] : [],
        };
    }

    private static bool InPeriod(DateOnly quarter, string period) => Axes.SpanOf(period) == Span.Year ? quarter.Year == Year(period) : quarter == Edition.QuarterOf(First(period));

    private static int Year(string period) => int.Parse(period[..4], System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A figure and the release it stands in.</summary>
/// <param name="IsOfFirst">It stands in place of one that the final release is without.</param>
internal sealed record Quoted(Release Release, Figure Figure, bool IsOfFirst);

/// <summary>A release, and beneath a final one that is without an area the first one: where a zone's data could not be reached any more, the first figures of its area stay the last word.</summary>
/// <param name="First">null: there is none that stands, or nothing is missing.</param>
internal sealed record Volume(OnTheShelf Latest, OnTheShelf? First)
{
    /// <summary>Sums over areas are always of the latest, which says without which areas they are; nothing is added up of two releases.</summary>
    /// <returns>null: there is no such figure.</returns>
    public Quoted? Find(string table, string? cell)
    {
        if (Latest.Find(table, cell) is not { } figure) return null;
        return figure.IsMissing && First?.Find(table, cell) is { IsMissing: false } first ? new Quoted(First.Release, first, true) : new Quoted(Latest.Release, figure, false);
    }

    /// <summary>The release as it was quoted from.</summary>
    public OnTheShelf Of(Quoted quoted) => quoted.IsOfFirst ? First! : Latest;
}

/// <summary>One release with its figures.</summary>
internal sealed class OnTheShelf(Release release, IReadOnlyList<Figure> figures)
{
    private readonly ILookup<string, Figure> tables = figures.ToLookup(f => f.Table.Id, StringComparer.Ordinal);
    private readonly Dictionary<(string Table, string Cell), Figure> cells = figures.ToDictionary(f => (f.Table.Id, f.Id));

    public Release Release => release;

    public IEnumerable<Figure> Table(string table) => tables[table];

    /// <summary>null: there is no such figure in it.</summary>
    public Figure? Find(string table, string? cell) => cell is null ? null : cells.GetValueOrDefault((table, cell));

    /// <summary>The places a table is told by in it: areas, regions, the country.</summary>
    public IReadOnlyList<string> Places(string table) => [.. tables[table].Select(f => f.Place).Distinct(StringComparer.Ordinal).OrderBy(Axes.Rank).ThenBy(p => p, StringComparer.Ordinal)];
}
