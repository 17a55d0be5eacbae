using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Contracts;
using VictimSupport.Statistics.Noise;
using VictimSupport.Statistics.Programme;

namespace VictimSupport.Statistics.Releases;

/// <summary>What the command line asks of the figures.</summary>
internal sealed partial class Desk(Publish publish, Published published, Places places, CatalogDatabase catalog, FiguresDatabase figures, TimeProvider clock, ILogger<Desk> log) : IReleaseFigures
{
    private const double ForEpsilon = 1e-6;
    private const int DaysAfterTheWindow = 7;
    private readonly TableProgramme programme = TableProgramme.Shipped;

    private DateOnly Today => Moment.Day(clock.GetUtcNow());

    public Task<ReleaseReport> Release(string kind, string period, Func<string, int, Task> read, CancellationToken ct) => publish.Release(kind, period, read, ct);

    public async Task<IReadOnlyList<string>> ReleaseWhatIsDue(CancellationToken ct)
    {
        var (today, said) = (Today, new List<string>());
        // The window, and some days more to draw without those who never answered. Whatever is later is the operator's to decide.
        var due = Calendar.Around(today).Where(e => Calendar.Opens(e) <= today && today <= Calendar.Closes(e).AddDays(DaysAfterTheWindow)).OrderBy(Calendar.Opens).ThenBy(e => e.Kind).ToList();
        if (due.Count == 0) return said;
        var ids = due.ConvertAll(e => e.Id);
        await using (var store = figures.Lease())
        {
            var known = await store.Set<Release>().AsNoTracking().Where(r => ids.Contains(r.Id)).Select(r => r.Id).ToListAsync(ct);
            due.RemoveAll(e => known.Contains(e.Id, StringComparer.Ordinal));
        }
        foreach (var edition in due)
        {
            try
            {
                await publish.Release(edition.Kind.ToString(), edition.Period, (_, _) => Task.CompletedTask, ct);
                CameOut(edition.Id);
                said.Add($"{edition.Id}\tout");
            }
            catch (StartRefusedException refused)
            {
                NotOut(edition.Id, refused.Message);
                said.Add($"{edition.Id}\t{refused.Message}");
            }
        }
        return said;
    }

    public async Task<IReadOnlyList<string>> Status(CancellationToken ct)
    {
        await using var store = figures.Lease();
        var known = await store.Set<Release>().AsNoTracking().OrderBy(r => r.PublishedAt).ToListAsync(ct);
        var lines = known.ConvertAll(r => string.Create(CultureInfo.InvariantCulture, $"{r.Id}\tout {r.PublishedAt:yyyy-MM-dd}\t{r.Zones} of {r.OfZones} zones{(r.Missing.Length > 0 ? "\twithout " + r.Missing.Replace(';', ' ') : "")}"));
        var coming = Calendar.Around(Today).Append(Edition.OfMonth(Today.Year, Today.Month)).Append(Edition.OfQuarter(Today.Year, ((Today.Month - 1) / 3) + 1)).Append(Edition.OfYear(Today.Year));
        lines.AddRange(coming.Where(e => known.TrueForAll(r => r.Id != e.Id && !(r.Kind == ReleaseKind.F && r.Period == Edition.Year(e.From)))).OrderBy(Calendar.Opens).ThenBy(e => e.Id, StringComparer.Ordinal)
            .Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.Id}\t{(Calendar.Opens(e) <= Today ? "due since" : "due on")} {Calendar.Opens(e):yyyy-MM-dd}")));
        return lines;
    }

    public async Task<IReadOnlyList<string>> Ledger(CancellationToken ct)
    {
        await using var store = figures.Lease();
        var rows = await store.Set<LedgerRow>().AsNoTracking().OrderBy(l => l.Month).ThenBy(l => l.Number).ToListAsync(ct);
        return
        [
            Line("programme", programme.Total, $"epsilon({ForEpsilon:0e+0}) {Zcdp.Epsilon(programme.Total.ToDouble(), ForEpsilon):0.00}"), Line("cap", programme.Cap, ""),
            .. rows.GroupBy(r => r.Month).Select(g => Line(g.Key, g.Aggregate(Rho.None, (sum, r) => sum + r.Rho), string.Join(' ', g.Select(r => r.Release).Distinct(StringComparer.Ordinal)))),
        ];

        static string Line(string what, Rho rho, string more) => string.Create(CultureInfo.InvariantCulture, $"{what}\trho {rho.Over}/{rho.Under}\t{rho.ToDouble():0.000000000}{(more.Length > 0 ? "\t" + more : "")}");
    }

    public async Task<(IReadOnlyList<string> Lines, bool Good)> Check(CancellationToken ct)
    {
        var (day, lines) = (Edition.QuarterOf(Today), new List<string> { $"programme\tversion {programme.Version}\t{programme.Tables.Count} tables\t{programme.Hash}" });
        var zones = await places.On(day, ct);
        lines.AddRange(zones.Where(z => z.Area is null).Select(z => $"zone {z.Zone.Code}\thas no place on {day:yyyy-MM-dd}: it is in no figure"));
        var taking = zones.Where(z => z.Area is not null).CountBy(z => z.Area!).ToDictionary(StringComparer.Ordinal);
        await using var house = catalog.Lease();
        var settled = await house.Set<AreaOfYear>().AsNoTracking().Where(a => a.Year == day.Year).ToDictionaryAsync(a => a.Area, a => a.ShownAs, ct);
        if ((settled.Count > 0 ? Geography.Fixed(settled) : Geography.Of(taking)) is not { } geography)
        {
            lines.Add($"areas\tfewer than {StatisticalAreas.FewestZones} zones take part: nothing can be released");
            return (lines, false);
        }
        lines.AddRange(geography.Shown.Select(s => (Shown: s, Zones: Geography.Members(s).Sum(a => taking.GetValueOrDefault(a)))).Select(a => $"area {a.Shown}\t{a.Zones} zones{(a.Zones < StatisticalAreas.FewestZones ? $"\tfewer than {StatisticalAreas.FewestZones}: joined to a neighbour from 1 January on" : "")}"));
        return (lines, true);
    }

    public async Task<string> Export(string release, string directory, CancellationToken ct)
    {
        if (await published.Of(release, ct) is not { } known) throw new StartRefusedException($"There is no release {release}. See statistics status.");
        Directory.CreateDirectory(directory);
        var file = Path.Combine(directory, CsvOfRelease.Name(known.Release));
        await File.WriteAllBytesAsync(file, CsvOfRelease.Write(known.Release, known.Figures), ct);
        return file;
    }

    public async Task<IReadOnlyList<string>> PlaceZones(DateOnly from, CancellationToken ct) => [.. (await places.PlaceAll(from, ct)).Select(g => $"{g.Zone}\t{g.Area}")];

    [LoggerMessage(Level = LogLevel.Information, Message = "Figures: {release} came out")]
    private partial void CameOut(string release);

    [LoggerMessage(Level = LogLevel.Information, Message = "Figures: {release} is due and not out: {why}")]
    private partial void NotOut(string release, string why);

    public Task MoveZone(string code, string area, DateOnly from, CancellationToken ct) => places.Move(code, area, from, ct);
}
