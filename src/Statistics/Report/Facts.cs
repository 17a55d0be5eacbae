using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Contracts;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Network.Contracts;
using VictimSupport.Statistics.Own;
using VictimSupport.Statistics.Structural;

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
}

/// <summary>Reads what a report is made of. That it was read, of which year and in which edition, is recorded.</summary>
internal sealed class ReadReport(ITellOwnFigures figures, IEnumerable<ICountStructuralWork> structural, ZoneDbContext zone, Caller caller, Trail trail, TimeProvider clock)
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
        var common = await Common(year, language, ct) with { Before = Whole(year - 1) };
        if (await zone.Set<SettledYear>().AsNoTracking().SingleOrDefaultAsync(y => y.Year == year, ct) is { } settled) return common with { Rounded = settled.Figures, Settled = settled.At };
        return caller.May(May.SeeExactFigures) && await SeesExact(ct) ? common with { Rounded = await Round(year, ct) } : common;
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
            // Names of units are the zone's own text, and a mean mark is nothing to round.
            .. SaidStructuralWork.Tables.Where(t => t.Table != SaidStructuralWork.Units).SelectMany(t => t.Rows.Where(r => r != SaidStructuralWork.Mark).Select(r => new PublicCount(StructuralNames.CodeOf(t.Table), r, Rounding.Of(work[(t.Table, r)].Sum(w => w.Count))))),
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
        return new ReportFacts(year, text?.Says ?? new ReportSays(), text?.Year, [.. (await EarlierYear.All(zone, ct)).Where(y => y.Year < year && y.Counts.Count > 0)]);
    }

    private static Interval Whole(int year) => new(new DateOnly(year, 1, 1), new DateOnly(year, 12, 31));
}
