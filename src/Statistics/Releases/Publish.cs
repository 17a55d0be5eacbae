using System.Globalization;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Contracts;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Contracts;
using VictimSupport.Statistics.Facts;
using VictimSupport.Statistics.Noise;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Structural;

namespace VictimSupport.Statistics.Releases;

/// <summary>Makes a release. Until its one transaction commits nothing of it is anywhere; a run that was killed leaves nothing, and the next one draws anew, which harms nobody: what was never seen was never spent.</summary>
internal sealed class Publish(CatalogDatabase catalog, FiguresDatabase figures, ReadZone zones, Places places, Inhabitants inhabitants, Silences silences, Programmes programmes, IRandomBits bits, TimeProvider clock)
{
    private readonly TableProgramme programme = programmes.Shipped;

    public async Task<ReleaseReport> Release(string kind, string period, Func<string, int, Task> read, CancellationToken ct)
    {
        var edition = Edition.Parse(kind, period) ?? throw new StartRefusedException($"There is no release {kind} of {period}: T0 is of a month (2026-05), P of a quarter (2026-Q2), F of a year (2026).");
        var today = Moment.Day(clock.GetUtcNow());
        await MayBeDrawn(edition, today, ct);
        var plan = await Plan(edition, ct);
        var (aggregate, work, silent, looked) = await Read(edition, plan, read, ct);
        await silences.Keep(edition.Id, [.. silent.Select(z => z.Id)], ct);
        if (silent.Count > 0 && today <= Calendar.Closes(edition))
            throw new StartRefusedException($"{silent.Count} zones do not answer ({string.Join(", ", silent.Select(z => z.Code).Order(StringComparer.Ordinal))}). Nothing was drawn; from {Calendar.Closes(edition).AddDays(1):yyyy-MM-dd} on it is drawn without their areas.");
        // Nobody there takes part, or not all answer: it is said that there is nothing, never a part.
        var there = plan.Zones.Select(z => plan.Geography.ShownAs(z.Area)).ToHashSet(StringComparer.Ordinal);
        var missing = silent.Select(z => plan.Geography.ShownAs(z.Area)).Concat(plan.Geography.Shown.Where(s => !there.Contains(s))).ToHashSet(StringComparer.Ordinal);
        if (plan.Geography.Shown.All(missing.Contains)) throw new StartRefusedException("No area is complete. Nothing was drawn.");
        await Fix(edition, plan, ct);
        var cells = aggregate.Draw(missing, new DiscreteGaussian(bits));
        await PutOut(edition, plan, missing, cells, work, looked?.Count(area => !missing.Contains(area)), ct);
        await catalog.WriteAsPlatform("Statistics.Release", null, _ => Task.FromResult(true), ct);
        return new ReleaseReport(edition.Id, plan.Zones.Count, cells.Count, cells.Count(c => c.IsShown), [.. silent.Select(z => z.Code)], [.. missing.Order(StringComparer.Ordinal)]);
    }

    private async Task MayBeDrawn(Edition edition, DateOnly today, CancellationToken ct)
    {
        if (today < Calendar.Opens(edition)) throw new StartRefusedException($"{edition.Id} is due on {Calendar.Opens(edition):yyyy-MM-dd}. Figures come out on the days of the calendar and on no other.");
        await using var known = figures.Lease();
        var published = await known.Set<Release>().AsNoTracking().Where(r => r.Period.StartsWith(Edition.Year(edition.From))).ToListAsync(ct);
        if (published.Find(r => r.Id == edition.Id) is { } already) throw new StartRefusedException($"{edition.Id} came out on {Moment.Day(already.PublishedAt):yyyy-MM-dd}. It is never drawn again.");
        if (published.Find(r => r.Kind > edition.Kind && (r.Kind == ReleaseKind.F || r.Period == Edition.Quarter(edition.From))) is { } later) throw new StartRefusedException($"{later.Id} is out: {edition.Id} would come after it.");
        if (Costs(await Spent(known, edition, ct), edition) is null) throw new StartRefusedException($"{edition.Id} costs more than is left for the cases of a month.");
    }

    private static Task<List<LedgerRow>> Spent(FiguresDbContext known, Edition edition, CancellationToken ct)
    {
        var months = edition.Months.Select(Edition.Month).ToList();
        return known.Set<LedgerRow>().AsNoTracking().Where(l => months.Contains(l.Month)).ToListAsync(ct);
    }

    private IReadOnlyList<LedgerRow>? Costs(IReadOnlyList<LedgerRow> before, Edition edition) => Ledger.Next(edition, programme.In(edition.Kind.ToString()), before, programme.Cap);

    /// <summary>What a release would be made of if it were drawn now, and whether it could be.</summary>
    public async Task<Prospect> Foresee(Edition edition, CancellationToken ct)
    {
        await using var house = catalog.Lease();
        await using var known = figures.Lease();
        var (taking, codes) = (await Taking(house, edition, ct), await house.Set<ZoneRecord>().AsNoTracking().ToDictionaryAsync(z => z.Id, z => z.Code, ct));
        return new Prospect(edition, (await Map(house, edition, taking, ct)).Geography, [.. taking.DistinctBy(t => t.ZoneId).Select(t => (codes[t.ZoneId], t.Area)).OrderBy(z => z.Item1, StringComparer.Ordinal)], Costs(await Spent(known, edition, ct), edition) is not null);
    }

    private async Task<Participants> Plan(Edition edition, CancellationToken ct)
    {
        await using var house = catalog.Lease();
        var known = await house.Set<ZoneRecord>().AsNoTracking().ToDictionaryAsync(z => z.Id, ct);
        var taking = await Taking(house, edition, ct);
        if (await Map(house, edition, taking, ct) is not { Geography: { } geography } map) throw new StartRefusedException($"Fewer than {StatisticalAreas.FewestZones} zones take part: nothing could be shown of them. See statistics check.");
        // One that had left before is no zone that is lacking.
        var gone = await Places.Gone(house, edition.From, ct);
        return new Participants(geography, map.IsNew, taking, [.. taking.GroupBy(t => t.ZoneId).Select(g => (g.Key, known[g.Key].Code, g.First().Area, (IReadOnlySet<DateOnly>)g.Select(t => t.Quarter).ToHashSet())).OrderBy(z => z.Code, StringComparer.Ordinal)],
            known.Values.Where(z => z.Arrondissement == StatisticalAreas.Eupen).Select(z => z.Id).ToHashSet(), known.Values.Count(z => z.State is ZoneState.Active or ZoneState.FiguresOnly or ZoneState.Suspended && !gone.Contains(z.Id)));
    }

    // Who takes part, by quarter: as it was fixed, or as it would be fixed now.
    private async Task<List<TakesPart>> Taking(CatalogDbContext house, Edition edition, CancellationToken ct)
    {
        var taking = new List<TakesPart>();
        foreach (var quarter in edition.Quarters)
        {
            // A final release is about the zones of the first ones.
            string first = Edition.OfQuarter(quarter.Year, ((quarter.Month - 1) / 3) + 1).Id, own = edition.Id;
            var before = await house.Set<TakesPart>().AsNoTracking().Where(t => t.Quarter == quarter && (t.Release == own || t.Release == first)).ToListAsync(ct);
            var chosen = before.Exists(t => t.Release == own) ? before.FindAll(t => t.Release == own) : edition.Kind == ReleaseKind.F ? before : [];
            taking.AddRange(chosen.Count > 0
                ? chosen.Select(t => new TakesPart { Release = own, Quarter = quarter, ZoneId = t.ZoneId, Area = t.Area })
                : (await places.On(quarter, ct)).Where(z => z.Area is not null).Select(z => new TakesPart { Release = own, Quarter = quarter, ZoneId = z.Zone.Id, Area = z.Area! }));
        }
        return taking;
    }

    // What areas are shown as, and whether this release would fix it. null: too few zones take part.
    private static async Task<(Geography? Geography, bool IsNew)> Map(CatalogDbContext house, Edition edition, IReadOnlyList<TakesPart> taking, CancellationToken ct)
    {
        if (taking.DistinctBy(t => t.ZoneId).Count() < StatisticalAreas.FewestZones) return (null, false);
        var year = edition.From.Year;
        var settled = await house.Set<AreaOfYear>().AsNoTracking().Where(a => a.Year == year).ToDictionaryAsync(a => a.Area, a => a.ShownAs, ct);
        if (settled.Count > 0) return (Geography.Fixed(settled), false);
        var opening = taking.Min(t => t.Quarter);
        return (Geography.Of(taking.Where(t => t.Quarter == opening).CountBy(t => t.Area).ToDictionary(StringComparer.Ordinal)), true);
    }

    // Looked: the area of each zone that looked at the figures it gives; null: nobody was asked to.
    private async Task<(Aggregate, SumsOfWork, List<(Guid Id, string Code, string Area)> Silent, List<string>? Looked)> Read(Edition edition, Participants plan, Func<string, int, Task> read, CancellationToken ct)
    {
        var (aggregate, work, silent) = (new Aggregate(programme, edition, plan.Geography), new SumsOfWork(), new List<(Guid, string, string)>());
        var asked = new FactsAsked(edition.From, edition.Until, Contacts: edition.Kind != ReleaseKind.T0, Ages: edition.Kind == ReleaseKind.F, Given: edition.Kind == ReleaseKind.F);
        var looked = edition.Kind == ReleaseKind.F && await WereAsked(edition.From.Year, ct) ? new List<string>() : null;
        foreach (var (id, code, area, quarters) in plan.Zones)
        {
            if (!await zones.Of(code, asked, facts => aggregate.AddZone(plan.Geography.ShownAs(area), facts.Where(f => quarters.Contains(Edition.QuarterOf(f.Month))), isPart: plan.Eupen.Contains(id)), ct)) silent.Add((id, code, area));
            // With the final figures of a year comes the zone's structural work of all of it, whatever quarters it took part in. That it does not answer holds back no figure of cases.
            var shown = plan.Geography.ShownAs(area);
            if (edition.Kind == ReleaseKind.F && !await zones.Of(code, edition.From.Year, counts => work.Add(shown, counts), ct)) work.IsSilent(shown);
            // Whoever looked at others, which have changed since, has not looked at these.
            if (looked is not null && await zones.Stands(code, edition.From.Year, ct)) looked.Add(shown);
            await read(code, plan.Zones.Count);
        }
        return (aggregate, work, silent, looked);
    }

    // Before anything is drawn: whoever takes part and what areas are shown as stands from now on, whatever becomes of this run.
    private async Task Fix(Edition edition, Participants plan, CancellationToken ct)
    {
        try
        {
            await catalog.WriteAsPlatform("Statistics.FixZones", null, async house =>
            {
                var id = edition.Id;
                if (!await house.Set<TakesPart>().AnyAsync(t => t.Release == id, ct)) house.AddRange(plan.Taking);
                if (plan.IsNewYear) house.AddRange(StatisticalAreas.All.Select(a => new AreaOfYear { Year = edition.From.Year, Area = a.Code, ShownAs = plan.Geography.ShownAs(a.Code) }));
                return true;
            }, ct);
        }
        catch (DbUpdateException)
        {
            throw new StartRefusedException($"Another process fixed who takes part in {edition.Id} at the same moment. Nothing was drawn; run it again.");
        }
    }

    private async Task PutOut(Edition edition, Participants plan, HashSet<string> missing, IReadOnlyList<NoisyCell> cells, SumsOfWork work, int? validated, CancellationToken ct)
    {
        var sums = Sums.Of(edition, plan.Geography, cells);
        var taking = plan.Zones.Where(z => !missing.Contains(plan.Geography.ShownAs(z.Area))).Select(z => z.Code).ToList();
        var percent = await inhabitants.Percent(taking, edition.Until, ct);
        try
        {
            await figures.Write(async store =>
            {
                // Asked again where nobody else can write any more, or would write the same rows: the key and the check of the table decide.
                var costs = Costs(await Spent(store, edition, ct), edition) ?? throw new StartRefusedException($"{edition.Id} costs more than is left for the cases of a month.");
                store.Add(new Release
                {
                    Id = edition.Id, Kind = edition.Kind, Period = edition.Period, ProgrammeHash = programme.Hash, SamplerVersion = DiscreteGaussian.Version, PublishedAt = clock.GetUtcNow(),
                    Areas = string.Join(';', plan.Geography.Shown), Missing = string.Join(';', missing.Order(StringComparer.Ordinal)), Zones = taking.Count, OfZones = plan.OfZones, InhabitantsPercent = percent, Validated = validated,
                });
                store.AddRange(cells.Select(c => new ProtectedCell { Release = edition.Id, Table = c.Table.Id, Cell = c.Id, Value = c.Value, Variance = c.Variance, Shown = c.IsShown }));
                store.AddRange(sums.Select(s => new ProtectedSum { Release = edition.Id, Table = s.Table.Id, Cell = s.Id, Value = s.Value, Variance = s.Variance, Shown = s.IsShown }));
                store.AddRange(work.Of(edition.Id, missing));
                store.AddRange(costs);
            }, ct);
        }
        catch (DbUpdateException)
        {
            throw new StartRefusedException($"{edition.Id} was put out by another process, or the ledger moved meanwhile. Nothing of this run was kept.");
        }
    }

    // Said beside the figures, and asked for nothing: they come out whether anybody looked or not.
    private async Task<bool> WereAsked(int year, CancellationToken ct)
    {
        await using var house = catalog.Lease();
        return await house.Set<Campaign.Campaign>().AnyAsync(c => c.Year == year, ct);
    }

    // Eupen: its zones, which are told by their language.
    private sealed record Participants(Geography Geography, bool IsNewYear, IReadOnlyList<TakesPart> Taking, IReadOnlyList<(Guid Id, string Code, string Area, IReadOnlySet<DateOnly> Quarters)> Zones, IReadOnlySet<Guid> Eupen, int OfZones);
}

/// <summary>What a release would be made of.</summary>
/// <param name="Geography">What areas are shown as; null: fewer than five zones take part.</param>
/// <param name="CanBePaid">What it costs is left for the cases of each of its months.</param>
internal sealed record Prospect(Edition Edition, Geography? Geography, IReadOnlyList<(string Code, string Area)> Zones, bool CanBePaid);
