using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Programme;

namespace VictimSupport.Statistics.Releases;

/// <summary>A figure as a reader gets it.</summary>
/// <param name="Value">null: it is not shown.</param>
/// <param name="Margin">The true figure lies within it in 19 of 20 cases; null as for the value.</param>
/// <param name="Signs"><c>c</c> protected, <c>:</c> not available, <c>u</c> wide margin, <c>p</c> first release.</param>
internal sealed record Figure(Table Table, string Place, string Period, IReadOnlyList<string> Codes, int? Value, int? Margin, string Signs);

/// <summary>Everything that may be read of one release: its base cells, and their sums over time and over the country. Sums are made of protected cells and of nothing else.</summary>
internal sealed class Published(FiguresDatabase figures)
{
    /// <summary>Stands for all codes of a dimension.</summary>
    public const string All = "*";

    /// <summary>null: there is no such release.</summary>
    public async Task<(Release Release, IReadOnlyList<Figure> Figures)?> Of(string id, CancellationToken ct)
    {
        await using var store = figures.Lease();
        if (await store.Set<Release>().AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, ct) is not { } release) return null;
        var programme = TableProgramme.Shipped;
        if (release.ProgrammeHash != programme.Hash) throw new InvalidDataException($"{id} was made by another programme of tables than this program has.");
        var cells = (await store.Set<ProtectedCell>().AsNoTracking().Where(c => c.Release == id).ToListAsync(ct)).ToLookup(c => c.Table, StringComparer.Ordinal);
        return (release, [.. programme.In(release.Kind.ToString()).SelectMany(t => Figures(t, release, [.. cells[t.Id]]))]);
    }

    private static IEnumerable<Figure> Figures(Table table, Release release, List<ProtectedCell> cells)
    {
        var basis = cells.ConvertAll(c => c.Cell.Split('|') is var parts ? new Part(parts[0], parts[1], parts[2..], c.Value, c.Variance, c.Shown) : null!);
        var longest = release.Kind switch { ReleaseKind.T0 => Span.Month, ReleaseKind.P => Span.Quarter, _ => Span.Year };
        var all = basis.ToList();
        for (var span = table.Period + 1; span <= longest; span++) all.AddRange(Sums(basis, p => p with { Period = Longer(p.Period, span) }));
        if (table.Geography != Grain.Country) all.AddRange(Sums(all, p => p with { Place = Geography.Country }));
        // Where each case is in one code, all codes together are all cases.
        if (table is { Dimensions.Count: 1, Delta2: 1 }) all.AddRange(Sums(all, p => p with { Codes = [All] }));
        var (first, places) = (release.Kind == ReleaseKind.F ? "" : "p", table.Geography == Grain.Area ? release.Missing.Split(';', StringSplitOptions.RemoveEmptyEntries) : []);
        foreach (var part in all)
        {
            // A code that is for the whole country alone stays so, however long the period.
            var shown = part.Shown ?? (Display.Shows(part.Value, part.Variance) && (part.Place == Geography.Country || !part.Codes.Any(table.OnlyForTheCountry.Contains)));
            yield return shown
                ? new Figure(table, part.Place, part.Period, part.Codes, part.Value, Display.Margin(part.Variance), Display.IsWide(part.Value, part.Variance) ? Join("u", first) : first)
                : new Figure(table, part.Place, part.Period, part.Codes, null, null, Join("c", first));
        }
        foreach (var (period, codes) in all.Where(p => p.Place != Geography.Country).Select(p => (p.Period, Codes: string.Join('|', p.Codes))).Distinct())
        {
            foreach (var place in places) yield return new Figure(table, place, period, codes.Split('|'), null, null, Join(":", first));
        }
    }

    private static List<Part> Sums(IEnumerable<Part> parts, Func<Part, Part> into) => [.. parts.GroupBy(p => into(p) is var to ? string.Join('|', [to.Place, to.Period, .. to.Codes]) : "", StringComparer.Ordinal)
        .Select(g => into(g.First()) with { Value = g.Sum(p => p.Value), Variance = g.Sum(p => p.Variance), Shown = null })];

    private static string Longer(string period, Span span) => span == Span.Year ? period[..4] : Edition.Quarter(DateOnly.ParseExact(period + "-01", "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));

    private static string Join(string sign, string other) => other.Length == 0 ? sign : sign + " " + other;

    /// <param name="Shown">As it was decided with the release; null: a sum, decided by the same rule.</param>
    private sealed record Part(string Place, string Period, string[] Codes, int Value, double Variance, bool? Shown);
}

/// <summary>A release as a file for a spreadsheet as it is read here: UTF-8 with its mark, semicolons, no cell that would be taken for a formula. What is not shown on a page is not in it.</summary>
internal static class CsvOfRelease
{
    public static string Name(Release release) => release.Id + ".csv";

    public static byte[] Write(Release release, IEnumerable<Figure> figures)
    {
        var text = new System.Text.StringBuilder("\uFEFF");
        text.Append("release;published;zones;of_zones;without;table;name;place;period;dimension_1;code_1;dimension_2;code_2;dimension_3;code_3;value;margin_95;signs\r\n");
        var head = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{release.Id};{release.PublishedAt:yyyy-MM-dd};{release.Zones};{release.OfZones};{release.Missing.Replace(';', ' ')};");
        foreach (var figure in figures)
        {
            text.Append(head).Append(figure.Table.Id).Append(';').Append(figure.Table.Name).Append(';').Append(figure.Place).Append(';').Append(figure.Period);
            for (var i = 0; i < 3; i++) text.Append(';').Append(i < figure.Codes.Count ? figure.Table.Dimensions[i].Name : "").Append(';').Append(i < figure.Codes.Count ? figure.Codes[i] : "");
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $";{figure.Value};{figure.Margin};{figure.Signs}\r\n");
        }
        return System.Text.Encoding.UTF8.GetBytes(text.ToString());
    }
}
