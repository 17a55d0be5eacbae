using System.Globalization;
using System.Runtime.ExceptionServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Sheets;
using VictimSupport.Identity.Contracts;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Contracts;
using VictimSupport.Statistics.Noise;
using VictimSupport.Statistics.Programme;

namespace VictimSupport.Statistics.Releases;

/// <summary>What the command line asks of the figures.</summary>
internal sealed partial class Desk(Publish publish, Published published, Places places, Silences silences, Checkup checkup, Inhabitants inhabitants, Programmes programmes, CatalogDatabase catalog, FiguresDatabase figures, IAccounts accounts, ITellDemoProgress demo, TimeProvider clock, ILogger<Desk> log) : IReleaseFigures
{
    private const double ForEpsilon = 1e-6;
    private const int DaysAfterTheWindow = 7;
    private readonly TableProgramme programme = programmes.Shipped;

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
        ExceptionDispatchInfo? failed = null;
        foreach (var edition in due)
        {
            try
            {
                if (await publish.Release(edition.Kind.ToString(), edition.Period, (_, _) => Task.CompletedTask, ct) is { Silent.Count: > 0 } without) CameOutWithout(edition.Id, string.Join(' ', without.Silent), string.Join(' ', without.Missing));
                else CameOut(edition.Id);
                said.Add($"{edition.Id}\tout");
            }
            catch (StartRefusedException refused)
            {
                NotOut(edition.Id, refused.Message);
                said.Add($"{edition.Id}\t{refused.Message}");
            }
#pragma warning disable CA1031 // The others are tried first; then it is thrown on.
            catch (Exception e) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
            {
                NotOut(edition.Id, e.GetType().Name);
                failed ??= ExceptionDispatchInfo.Capture(e);
            }
        }
        failed?.Throw();
        return said;
    }

    public async Task<IReadOnlyList<string>> Status(CancellationToken ct)
    {
        await using var store = figures.Lease();
        var known = await store.Set<Release>().AsNoTracking().OrderBy(r => r.PublishedAt).ToListAsync(ct);
        var back = await store.Set<Withdrawal>().AsNoTracking().ToDictionaryAsync(w => w.Release, w => string.Create(CultureInfo.InvariantCulture, $"\twithdrawn {Moment.Day(w.At):yyyy-MM-dd}, {w.Fault}"), ct);
        var silent = await silences.All(ct);
        var lines = known.ConvertAll(r => string.Create(CultureInfo.InvariantCulture, $"{r.Id}\tout {Moment.Day(r.PublishedAt):yyyy-MM-dd}\t{r.Zones} of {r.OfZones} zones{(r.Missing.Length > 0 ? "\twithout " + r.Missing.Replace(';', ' ') : "")}{Silent(r.Id, "did not answer: ")}{back.GetValueOrDefault(r.Id)}"));
        if (await demo.Now(ct) is { IsDone: false } filling) lines.Insert(0, string.Create(CultureInfo.InvariantCulture, $"demo\t{filling.Zones} of {filling.OfZones} zones filled\t{filling.Quarters} of {filling.OfQuarters} quarters out"));
        var coming = Calendar.Around(Today).Append(Edition.OfMonth(Today.Year, Today.Month)).Append(Edition.OfQuarter(Today.Year, ((Today.Month - 1) / 3) + 1)).Append(Edition.OfYear(Today.Year));
        lines.AddRange(coming.Where(e => known.TrueForAll(r => r.Id != e.Id && !(r.Kind == ReleaseKind.F && r.Period == Edition.Year(e.From)))).OrderBy(Calendar.Opens).ThenBy(e => e.Id, StringComparer.Ordinal)
            .Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.Id}\t{(Calendar.Opens(e) <= Today ? "due since" : "due on")} {Calendar.Opens(e):yyyy-MM-dd}{Silent(e.Id, "waits for ")}")));
        return lines;

        string Silent(string release, string how) => silent[release].ToList() is { Count: > 0 } zones ? "\t" + how + string.Join(' ', zones.Select(z => string.Create(CultureInfo.InvariantCulture, $"{z.Zone} since {Moment.Day(z.Since):yyyy-MM-dd}"))) : "";
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

    public Task<(IReadOnlyList<string> Lines, bool Good)> Check(CancellationToken ct) => checkup.Of(Today, ct);

    public async Task Withdraw(string release, string fault, string mail, CancellationToken ct)
    {
        if (!Enum.TryParse<Fault>(fault, out var known) || known.ToString() != fault) throw new StartRefusedException($"There is no fault {fault}: {string.Join(", ", Enum.GetNames<Fault>())}.");
        if (await accounts.WithEmail(mail, ct) is not { } by) throw new StartRefusedException("There is no account with this address.");
        await using (var store = figures.Lease())
        {
            if (!await store.Set<Release>().AnyAsync(r => r.Id == release, ct)) throw new StartRefusedException($"There is no release {release}. See statistics status.");
            if (await store.Set<Withdrawal>().AsNoTracking().SingleOrDefaultAsync(w => w.Release == release, ct) is { } already) throw new StartRefusedException($"{release} was taken back on {Moment.Day(already.At):yyyy-MM-dd}.");
        }
        await catalog.WriteAsPlatform("Statistics.ProposeWithdrawal", null, async house =>
        {
            if (await house.Set<ProposedWithdrawal>().AnyAsync(p => p.Release == release && p.Decided == null, ct)) throw new StartRefusedException($"That {release} be taken back waits already for a second operator.");
            house.Add(ProposedWithdrawal.New(release, known, by.Id, clock.GetUtcNow()));
            return true;
        }, ct, by.Id);
    }

    public Task<string> Export(string release, string directory, CancellationToken ct) => Export(release, directory, "csv", ct);

    public async Task<string> Export(string release, string directory, string format, CancellationToken ct)
    {
        if (await published.Of(release, ct) is not { } known) throw new StartRefusedException($"There is no release {release}. See statistics status.");
        Directory.CreateDirectory(directory);
        var file = Path.Combine(directory, known.Release.Id + (format == "json-stat" ? ".json" : "." + format));
        await File.WriteAllBytesAsync(file, format switch
        {
            "csv" => Csv.Of(SheetsOfRelease.Whole(known.Release, known.Figures)),
            "xlsx" => Xlsx.ToBytes(SheetsOfRelease.ByTable(known.Release, known.Figures)),
            "json-stat" => Portal.JsonStat.Bytes(Portal.JsonStat.Of(new Portal.OnTheShelf(known.Release, known.Figures))),
            _ => throw new StartRefusedException($"There is no format {format}: csv, xlsx or json-stat."),
        }, ct);
        return file;
    }

    public async Task<string> ExportStructuralWork(string release, string directory, string format, CancellationToken ct)
    {
        if (format is not ("csv" or "xlsx")) throw new StartRefusedException($"There is no format {format} of the structural work: csv or xlsx.");
        if ((await published.Releases(ct)).FirstOrDefault(r => r.Id == release) is not { Kind: ReleaseKind.F } known) throw new StartRefusedException($"There is no final release {release}: structural work comes out with the year. See statistics status.");
        Directory.CreateDirectory(directory);
        await using var house = catalog.Lease();
        var (sums, taking) = (await published.Work(release, ct), await Portal.Shelf.TakingPart(house, [release], ct));
        var covers = sums.Select(s => s.Place).Distinct(StringComparer.Ordinal).ToDictionary(p => p, p => Structural.WorkCover.Of(known, p, sums, taking), StringComparer.Ordinal);
        var (file, sheet) = (Path.Combine(directory, $"{release}-structural.{format}"), SheetsOfRelease.Work(known, sums, covers));
        await File.WriteAllBytesAsync(file, format == "csv" ? Csv.Of(sheet) : Xlsx.ToBytes([sheet]), ct);
        return file;
    }

    public async Task<IReadOnlyList<string>> PlaceZones(DateOnly from, CancellationToken ct) => [.. (await places.PlaceAll(from, ct)).Select(g => $"{g.Zone}\t{g.Area}")];

    [LoggerMessage(Level = LogLevel.Information, Message = "Figures: {release} came out")]
    private partial void CameOut(string release);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Figures: {release} came out without {areas}: {zones} did not answer")]
    private partial void CameOutWithout(string release, string zones, string areas);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Figures: {release} is due and not out: {why}")]
    private partial void NotOut(string release, string why);

    public async Task<string> LeaveZone(string code, DateOnly from, CancellationToken ct) => (await places.Leave(code, from, ct)).Id;

    public Task StayZone(string code, CancellationToken ct) => places.Stay(code, ct);

    public Task MoveZone(string code, string area, DateOnly from, CancellationToken ct) => places.Move(code, area, from, ct);

    public Task<(int Municipalities, long All)> TakeInhabitants(DateOnly day, IReadOnlyList<string> lines, CancellationToken ct) => inhabitants.Take(day, lines, ct);
}
