using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Contracts;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Network.Contracts;
using VictimSupport.Statistics.Own;
using VictimSupport.Statistics.Structural;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Statistics.Report;

/// <summary>What a report is made of, in no language but that of the zone's own words.</summary>
/// <param name="WordsFrom">The year for which the words were written; null: there are none.</param>
/// <param name="Earlier">Totals of years before the platform that the zone gave.</param>
internal sealed record ReportFacts(int Year, ReportSays Says, int? WordsFrom, IReadOnlyList<EarlierYear> Earlier)
{
    /// <summary>The year still runs.</summary>
    public bool IsPreview { get; init; }

    /// <summary>The days held against those of the year; of a year that runs, as many as it has.</summary>
    public Interval Before { get; init; } = null!;

    /// <summary>Exact figures of the year and of the one before; null: the public edition.</summary>
    public (OwnFacts Now, OwnFacts Then)? Exact { get; init; }
    public IReadOnlyList<StructuralCount> Work { get; init; } = [];
    public IReadOnlyList<StructuralCount> WorkBefore { get; init; } = [];

    /// <summary>Rounded figures; null: the internal edition, or nothing is settled and the reader may see no draft.</summary>
    public PublicYears? Rounded { get; init; }

    /// <summary>When the public figures were settled; null: a draft.</summary>
    public DateTimeOffset? Settled { get; init; }

    /// <summary>Of a settled year: the version of the zone's words, and when it was put out.</summary>
    public (int Number, DateTimeOffset At) Version { get; init; }

    /// <summary>Of a settled year: the names of zone and service as they were then.</summary>
    public SettledNames? Names { get; init; }

    /// <summary>Words, earlier totals or names were changed since; they are not in this print.</summary>
    public bool IsBehind { get; init; }
}

/// <summary>Reads what a report is made of. That it was read, of which year and in which edition, is recorded.</summary>
internal sealed class ReadReport(ITellOwnFigures figures, IEnumerable<ICountStructuralWork> structural, ZoneDbContext zone, UseCase here, IZoneSettings settings, Caller caller, Trail trail, TimeProvider clock)
{
    private DateOnly Today => Moment.Day(clock.GetUtcNow());

    public async Task<ReportFacts> Internal(int year, string language, CancellationToken ct)
    {
        trail.Because($"report {year} internal {language}");
        var period = Whole(year);
        var before = period.UpTo(Today).Before;
        var exact = (await figures.Of(new OwnAsked(period.From, period.Until, Ages: true, Exact: true), ct), await figures.Of(new OwnAsked(before.From, before.Until, Ages: true, Exact: true), ct));
        return await Common(year, language, ct) with { Before = before, IsPreview = year == Today.Year, Exact = exact, Work = await YearsOfWork.Of(structural, year, ct), WorkBefore = await YearsOfWork.Of(structural, year - 1, ct) };
    }

    /// <summary>Settled figures for whoever sees masked ones; before they are settled a draft, for those who see exact ones.</summary>
    public async Task<ReportFacts> Public(int year, string language, CancellationToken ct)
    {
        trail.Because($"report {year} public {language}");
        if (await zone.Set<SettledYear>().AsNoTracking().SingleOrDefaultAsync(y => y.Year == year, ct) is { } settled) return await Settled(settled, language, ct);
        var common = await Common(year, language, ct) with { Before = Whole(year - 1) };
        return caller.May(May.SeeExactFigures) && await SeesExact(ct) ? common with { Rounded = await Round(year, ct) } : common;
    }

    /// <summary>What the zone says of itself beside the figures, as it would be settled now.</summary>
    public async Task<SettledWords> WordsNow(int year, CancellationToken ct) => await SettledWords.Now(zone, here.InZone.Record, await settings.Of(here.InZone.Id, ct), year, ct);

    // Whatever was written, typed or called otherwise since stays out until it is put out as a new version.
    private async Task<ReportFacts> Settled(SettledYear settled, string language, CancellationToken ct)
    {
        var words = settled.Words;
        var text = (await zone.Set<ReportText>().AsNoTracking().Where(t => words.Texts.Contains(t.Id)).ToListAsync(ct)).Find(t => t.Language == language);
        var earlier = (await zone.Set<EarlierYear>().AsNoTracking().Where(y => words.Earlier.Contains(y.Id)).ToListAsync(ct)).OrderBy(y => y.Year).ToList();
        return new ReportFacts(settled.Year, text?.Says ?? new ReportSays(), text?.Year, earlier)
        {
            Before = Whole(settled.Year - 1), Rounded = settled.Figures, Settled = settled.At, Version = (settled.Version, settled.VersionAt), Names = words.Names[language], IsBehind = settled.IsBehind(await WordsNow(settled.Year, ct)),
        };
    }

    /// <summary>The public figures of a year that is over, as they would be settled now. They are the same whoever asks.</summary>
    public async Task<PublicYears> Round(int year, CancellationToken ct) => new(await Counts(year, ct), await Known(year - 1, ct) ?? await Counts(year - 1, ct));

    // What was said of a year once is said of it again.
    private async Task<IReadOnlyList<PublicCount>?> Known(int year, CancellationToken ct) => (await zone.Set<SettledYear>().AsNoTracking().SingleOrDefaultAsync(y => y.Year == year, ct))?.Figures.Now;

    private async Task<IReadOnlyList<PublicCount>> Counts(int year, CancellationToken ct)
    {
        // Where the next year was settled first, its comparison has said what this one was.
        if ((await zone.Set<SettledYear>().AsNoTracking().SingleOrDefaultAsync(y => y.Year == year + 1, ct))?.Figures.Before is { } said) return said;
        var sums = new Dictionary<(string Figure, string Code), decimal>();
        for (var quarter = Interval.Quarter(new DateOnly(year, 1, 1)); quarter.From.Year == year; quarter = Interval.Quarter(quarter.From.AddMonths(3)))
        {
            var facts = await figures.Of(new OwnAsked(quarter.From, quarter.Until, Ages: false, Exact: false), ct);
            foreach (var counted in Counting.Of(facts, ages: false).Where(c => !Draw.Nested.Contains(c.Figure.Code)))
            {
                List<string> codes = [.. counted.Parts.Select(p => p.Code)];
                var steady = Rounding.Steady([.. counted.Parts.Select(p => p.Count)], Draw.Masked(counted, codes));
                for (var i = 0; i < codes.Count; i++) sums[(counted.Figure.Code, codes[i])] = sums.GetValueOrDefault((counted.Figure.Code, codes[i])) + steady[i];
            }
        }
        var work = (await YearsOfWork.Of(structural, year, ct)).ToLookup(w => (w.Table, w.Row));
        return
        [
            .. sums.Select(s => new PublicCount(s.Key.Figure, s.Key.Code, Rounding.Of(s.Value))),
            .. SaidStructuralWork.Leaving.Select(l => new PublicCount(StructuralNames.CodeOf(l.Table), l.Row, Rounding.Of(work[l].Sum(w => w.Count)))),
        ];
    }

    // Whoever is behind a wall sees no draft: held against the settled figures it would tell what was entered between.
    private async Task<bool> SeesExact(CancellationToken ct)
    {
        try
        {
            await figures.Of(new OwnAsked(Today, Today, Ages: false, Exact: true), ct);
            return true;
        }
        catch (RefusedException refused) when (refused.Code == ITellOwnFigures.Walled)
        {
            return false;
        }
    }

    private async Task<ReportFacts> Common(int year, string language, CancellationToken ct)
    {
        var text = await ReportText.For(zone, year, language, ct);
        return new ReportFacts(year, text?.Says ?? new ReportSays(), text?.Year, [.. (await EarlierYear.Standing(zone, here.InZone.Record, ct)).Where(y => y.Year < year)]);
    }

    private static Interval Whole(int year) => new(new DateOnly(year, 1, 1), new DateOnly(year, 12, 31));
}
