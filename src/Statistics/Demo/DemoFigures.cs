using System.Globalization;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VictimSupport.Casework.Contracts;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Contracts;
using VictimSupport.Statistics.Facts;
using VictimSupport.Statistics.Noise;
using VictimSupport.Statistics.Releases;
using Calendar = VictimSupport.Statistics.Releases.Calendar;

namespace VictimSupport.Statistics.Demo;

/// <summary>How large the demo of the figures is. <c>Demo:Figures</c> turns it on, in development only; <c>dotnet run</c> does so by its launch profile.</summary>
internal sealed class DemoSettings(IConfiguration configuration, IHostEnvironment environment)
{
    public bool IsOn { get; } = environment.IsDevelopment() && configuration.GetValue("Demo:Figures", false);

    /// <summary>Code of the first zone; the others follow.</summary>
    public int First { get; } = configuration.GetValue("Demo:FiguresFrom", 9911);
    public int ZonesInAnArea { get; } = configuration.GetValue("Demo:FiguresZones", StatisticalAreas.FewestZones);

    /// <summary>About how many cases a zone has in a year.</summary>
    public int Yearly { get; } = configuration.GetValue("Demo:FiguresYearly", 500);

    /// <summary>How many quarters are released, the last ones that are due; 0: the zones are filled for one, and whoever likes draws it.</summary>
    public int Quarters { get; } = configuration.GetValue("Demo:FiguresQuarters", 2);

    /// <summary>The zones, area by area. Province and arrondissement put each where it is counted.</summary>
    public IReadOnlyList<(ZoneFacts Facts, string Area)> Zones => [.. StatisticalAreas.All.SelectMany(a => Enumerable.Repeat(a.Code, ZonesInAnArea)).Select((area, i) => (Facts(First + i, area), area))];

    /// <summary>Of each of their municipalities how many people live there, and of the rest of an invented country.</summary>
    public IReadOnlyList<string> Inhabitants => [.. Zones.Select((z, i) => $"{z.Facts.Municipalities[0]};{40_000 + (1000 * (i % 20))}"), $"{Municipality("9999")};{8000 * Zones.Count}"];

    // No real municipality begins with it.
    private static string Municipality(string code) => "0" + code;

    private static ZoneFacts Facts(int number, string area)
    {
        var (code, walloon, brussels) = (number.ToString("0000", CultureInfo.InvariantCulture), StatisticalAreas.Find(area)!.Region == "WAL", area == "BRU");
        return new ZoneFacts(code, walloon || brussels ? $"Zone fictive {code}" : null, walloon ? null : $"Fictieve zone {code}", null, brussels ? ["fr", "nl"] : [walloon ? "fr" : "nl"], area is "LEU" or "HVV" ? "VBR" : area, area is "LEU" or "HVV" ? area : null, [Municipality(code)]);
    }
}

/// <summary>Fills the figures of a demo behind a portal that serves already: zones that are there for the figures only, invented cases in them, and releases on the days of the calendar, by the code by which all figures are made.
/// It works on one thing at a time and rests as long as it worked. Killed, it goes on where the zones and the store stand.</summary>
internal sealed partial class DemoFigures(DemoSettings settings, Provisioning provisioning, ZoneRegistry registry, EnterZone enter, IInventCases cases, Places places, Inhabitants inhabitants, Silences silences, Programme.Programmes programmes, CatalogDatabase catalog, FiguresDatabase figures, ReadZone zones, IRandomBits bits, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<DemoFigures> log)
    : BackgroundService, ITellDemoProgress
{
    private const string FactName = "demo figures";
    private const int InOneGo = 20;
    private volatile bool brokeOff;

    public async Task<DemoProgress?> Now(CancellationToken ct)
    {
        if (!settings.IsOn) return null;
        var begun = await Begun(ct);
        return new DemoProgress(begun?.Filled ?? 0, settings.Zones.Count, begun is null ? 0 : settings.Quarters - (await NotOut(begun.From, ct)).Count, settings.Quarters) { BrokeOff = brokeOff };
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!settings.IsOn) return;
        try
        {
            // The portal answers first.
            var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using (lifetime.ApplicationStarted.Register(started.SetResult)) await started.Task.WaitAsync(stoppingToken);
            await Make(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start goes on.
        }
        catch (Exception e)
        {
            // The portal serves without it. What is refused says why; what broke off may quote anything, so its type alone is told.
            brokeOff = true;
            BrokeOff(e is StartRefusedException ? e.Message : e.GetType().Name);
        }
    }

    /// <summary>Makes what is missing; may be repeated.</summary>
    internal async Task Make(CancellationToken ct)
    {
        await MustBeAlone(ct);
        var (all, begun) = (settings.Zones, await Begun(ct) ?? await Begin(ct));
        for (var i = begun.Filled; i < all.Count; i++)
        {
            await Fill(all[i].Facts, new InventedZone(all[i].Facts.Code, all[i].Area, settings.Yearly, begun.From, begun.Until), ct);
            // Counted all together, when the last is full: half a demo is in no figure.
            if (i == all.Count - 1)
            {
                await places.PlaceAll(begun.From, ct, ZoneState.FiguresOnly);
                await inhabitants.Take(begun.From, settings.Inhabitants, ct);
            }
            await Note(begun with { Filled = i + 1 }, ct);
            if ((i + 1) * 10 / all.Count > i * 10 / all.Count) Filled(i + 1, all.Count);
        }
        foreach (var edition in await NotOut(begun.From, ct)) await Release(edition, ct);
    }

    private async Task Fill(ZoneFacts facts, InventedZone zone, CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        await provisioning.AddZoneForFigures(facts, ct);
        for (var (written, of) = (0, 1); written < of;)
        {
            await Rest(watch, ct);
            if (!await enter.In(facts.Code, async pipeline => (written, of) = await cases.Next(pipeline, zone, InOneGo, ct))) throw new StartRefusedException($"Zone {facts.Code} is not there.");
        }
        registry.LetGo(facts.Code); // nobody comes back soon: what sixty would hold open is given back
        await Rest(watch, ct);
    }

    // On the first day on which the calendar has it: the clock stands there.
    private async Task Release(Edition edition, CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        var worked = TimeSpan.Zero;
        var publish = new Publish(catalog, figures, zones, places, inhabitants, silences, programmes, bits, new StandingClock(new DateTimeOffset(Calendar.Opens(edition).ToDateTime(new TimeOnly(6, 0)), TimeSpan.Zero)));
        await publish.Release(edition.Kind.ToString(), edition.Period, async (_, _) =>
        {
            worked += watch.Elapsed;
            await Rest(watch, ct);
        }, ct);
        Out(edition.Id, (worked + watch.Elapsed).TotalSeconds);
    }

    private static async Task Rest(Stopwatch worked, CancellationToken ct)
    {
        await Task.Delay(worked.Elapsed, ct);
        worked.Restart();
    }

    /// <summary>The quarters of the demo that are not out, the first one first.</summary>
    private async Task<IReadOnlyList<Edition>> NotOut(DateOnly from, CancellationToken ct)
    {
        var editions = Enumerable.Range(0, settings.Quarters).Select(i => from.AddMonths(3 * i)).Select(q => Edition.OfQuarter(q.Year, ((q.Month - 1) / 3) + 1)).ToList();
        var ids = editions.ConvertAll(e => e.Id);
        await using var store = figures.Lease();
        var known = await store.Set<Release>().AsNoTracking().Where(r => ids.Contains(r.Id)).Select(r => r.Id).ToListAsync(ct);
        return editions.FindAll(e => !known.Contains(e.Id, StringComparer.Ordinal));
    }

    // Beside zones that are counted in earnest nothing is invented: what is drawn is drawn once, and would be of both.
    private async Task MustBeAlone(CancellationToken ct)
    {
        await using var house = catalog.Lease();
        if (await house.Set<PlaceOfZone>().AnyAsync(p => !house.Set<ZoneRecord>().Any(z => z.Id == p.ZoneId && z.State == ZoneState.FiguresOnly), ct)) throw new StartRefusedException("Zones of this house are counted in earnest: no demo of the figures is made beside them.");
    }

    private async Task<Standing?> Begun(CancellationToken ct)
    {
        await using var house = catalog.Lease();
        return await house.Set<PlatformFact>().AsNoTracking().Where(f => f.Name == FactName).Select(f => f.Value).SingleOrDefaultAsync(ct) is { } written ? Standing.Read(written) : null;
    }

    // From the first of the last quarters that are due, until yesterday: so it stays, however often it is broken off.
    private async Task<Standing> Begin(CancellationToken ct)
    {
        var today = Moment.Day(clock.GetUtcNow());
        var from = Enumerable.Range(1, 8).Select(back => Edition.QuarterOf(today).AddMonths(-3 * back)).Where(q => Calendar.Opens(Edition.OfQuarter(q.Year, ((q.Month - 1) / 3) + 1)) <= today).Take(Math.Max(1, settings.Quarters)).Last();
        return await Note(new Standing(from, today.AddDays(-1), 0), ct);
    }

    private Task<Standing> Note(Standing standing, CancellationToken ct) => catalog.WriteAsPlatform("Statistics.Demo", null, async house =>
    {
        if (await house.Set<PlatformFact>().SingleOrDefaultAsync(f => f.Name == FactName, ct) is { } fact) fact.Value = standing.ToString();
        else house.Add(new PlatformFact { Name = FactName, Value = standing.ToString() });
        return standing;
    }, ct);

    [LoggerMessage(Level = LogLevel.Information, Message = "Demo of the figures: {filled} of {all} zones are filled")]
    private partial void Filled(int filled, int all);

    [LoggerMessage(Level = LogLevel.Information, Message = "Demo of the figures: {release} is out after {seconds:0.0} s of work")]
    private partial void Out(string release, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Demo of the figures broke off: {why}")]
    private partial void BrokeOff(string why);

    /// <summary>What the catalogue remembers of the demo.</summary>
    /// <param name="Filled">So many zones have all their cases.</param>
    private sealed record Standing(DateOnly From, DateOnly Until, int Filled)
    {
        private const string Day = "yyyy-MM-dd";

        public static Standing Read(string written) => written.Split(' ') is [var from, var until, var filled]
            ? new(DateOnly.ParseExact(from, Day, CultureInfo.InvariantCulture), DateOnly.ParseExact(until, Day, CultureInfo.InvariantCulture), int.Parse(filled, CultureInfo.InvariantCulture)) : throw new InvalidDataException("What is noted of the demo cannot be read.");

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{From:yyyy-MM-dd} {Until:yyyy-MM-dd} {Filled}");
    }

    private sealed class StandingClock(DateTimeOffset at) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => at;
    }
}
