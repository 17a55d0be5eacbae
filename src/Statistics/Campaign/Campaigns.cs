using System.Globalization;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Contracts;
using VictimSupport.Statistics.Programme;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.Statistics.Campaign;

/// <summary>Opens a campaign, asks the zones, and tells how far it is. Nothing a release does depends on it.</summary>
internal sealed class Campaigns(CatalogDatabase catalog, FiguresDatabase figures, Places places, EnterZone enter, TimeProvider clock) : IRunCampaigns
{
    public async Task<IReadOnlyList<string>> Open(int year, DateOnly deadline, CancellationToken ct)
    {
        var (today, final) = (Moment.Day(clock.GetUtcNow()), Edition.OfYear(year));
        if (year != today.Year - 1) throw new StartRefusedException($"A campaign is of the year that is over: {today.Year - 1}.");
        if (deadline <= today || deadline >= Releases.Calendar.Opens(final)) throw new StartRefusedException($"The deadline is a day to come, before the final figures of {Releases.Calendar.Opens(final):yyyy-MM-dd}.");
        await using (var store = figures.Lease())
        {
            if (await store.Set<Release>().AnyAsync(r => r.Id == final.Id, ct)) throw new StartRefusedException($"{final.Id} is out.");
        }
        // Zones without people, which are there for the figures only, have nobody who could look.
        var counted = new List<(ZoneRecord Zone, DateOnly Quarter)>();
        foreach (var quarter in final.Quarters) counted.AddRange((await places.On(quarter, ct)).Where(z => z.Area is not null && z.Zone.State == ZoneState.Active).Select(z => (z.Zone, quarter)));
        if (counted.Count == 0) throw new StartRefusedException($"No zone takes part in the figures of {year}. See statistics check.");
        var told = new List<string>();
        await catalog.WriteAsPlatform("Statistics.OpenCampaign", null, async house =>
        {
            told.Clear();
            // Open already: zones that came in since are asked too, and the deadline is the new one for all.
            var asked = await house.Set<AskedZone>().Where(a => a.Year == year).ToListAsync(ct);
            List<AskedZone> more = [.. counted.GroupBy(c => c.Zone.Id).Where(g => !asked.Exists(a => a.ZoneId == g.Key)).Select(g => AskedZone.New(year, g.Key, g.Min(c => c.Quarter), g.Max(c => c.Quarter).AddMonths(3).AddDays(-1)))];
            house.AddRange(more);
            if (await house.Set<Campaign>().SingleOrDefaultAsync(c => c.Year == year, ct) is not { } campaign)
            {
                house.Add(Campaign.New(year, TableProgramme.Shipped.Hash, clock.GetUtcNow(), deadline));
                return true;
            }
            told.Add(string.Create(CultureInfo.InvariantCulture, $"{year} was open already: {more.Count} zones added, deadline {(campaign.Deadline == deadline ? "as it was" : $"moved from {campaign.Deadline:yyyy-MM-dd}")}"));
            if (campaign.Deadline == deadline) return true;
            campaign.Move(deadline);
            foreach (var zone in asked) zone.AskAgain();
            return true;
        }, ct);
        await AskTheRest(ct);
        return [.. told, .. await Status(ct)];
    }

    public async Task AskTheRest(CancellationToken ct)
    {
        List<(Campaign Campaign, AskedZone Asked, string Code)> rest;
        await using (var house = catalog.Lease())
        {
            rest = [.. (await house.Set<AskedZone>().AsNoTracking().Where(a => a.HadIt == null)
                .Join(house.Set<Campaign>().AsNoTracking(), a => a.Year, c => c.Year, (a, c) => new { a, c }).Join(house.Set<ZoneRecord>().AsNoTracking(), x => x.a.ZoneId, z => z.Id, (x, z) => new { x.a, x.c, z.Code, z.State })
                .Where(x => x.State == ZoneState.Active).OrderBy(x => x.Code).ToListAsync(ct)).Select(x => (x.c, x.a, x.Code))];
        }
        foreach (var (campaign, asked, code) in rest)
        {
            if (!await Asks(campaign, asked, code, ct)) continue;
            await catalog.WriteAsPlatform("Statistics.AskZone", asked.ZoneId, async house =>
            {
                (await house.Set<AskedZone>().SingleAsync(a => a.Year == asked.Year && a.ZoneId == asked.ZoneId, ct)).Has(clock.GetUtcNow());
                return true;
            }, ct);
        }
    }

    private async Task<bool> Asks(Campaign campaign, AskedZone asked, string code, CancellationToken ct)
    {
        try
        {
            return await enter.In(code, pipeline => pipeline.Send(new Ask.Command(campaign.Year, campaign.ProgrammeHash, campaign.OpenedAt, campaign.Deadline, asked.From, asked.Until), ct));
        }
#pragma warning disable CA1031 // Whatever ails one zone, the others are asked; it is asked again with the next hour.
        catch (Exception) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    public async Task<IReadOnlyList<string>> Status(CancellationToken ct)
    {
        await using var house = catalog.Lease();
        if (await house.Set<Campaign>().AsNoTracking().OrderByDescending(c => c.Year).FirstOrDefaultAsync(ct) is not { } last) return ["No campaign was opened yet."];
        // Once the final figures are out, what they counted is what there is to say: nobody is asked any more.
        await using (var store = figures.Lease())
        {
            var final = Edition.OfYear(last.Year).Id;
            if (await store.Set<Release>().AsNoTracking().SingleOrDefaultAsync(r => r.Id == final, ct) is { } release) return [string.Create(CultureInfo.InvariantCulture, $"{last.Year}\t{final} is out\t{release.Validated ?? 0} of {release.Zones} zones looked at what came out")];
        }
        var asked = await house.Set<AskedZone>().AsNoTracking().Where(a => a.Year == last.Year).ToListAsync(ct);
        var codes = await house.Set<ZoneRecord>().AsNoTracking().ToDictionaryAsync(z => z.Id, z => z.Code, ct);
        // Who looked at figures that have changed since has not looked at these; whether one that does not answer now has, nobody knows, and the final figures would not count it.
        var doubtful = new List<string>();
        foreach (var code in asked.Where(a => a.Validated is not null).Select(a => codes[a.ZoneId]))
        {
            if (await Doubt(code, last.Year, ct) is { } doubt) doubtful.Add(code + doubt);
        }
        return
        [
            string.Create(CultureInfo.InvariantCulture, $"{last.Year}\tuntil {last.Deadline:yyyy-MM-dd}\t{asked.Count(a => a.Validated is not null) - doubtful.Count} of {asked.Count} zones looked{(last.ProgrammeHash == TableProgramme.Shipped.Hash ? "" : "\tthe programme of tables has changed since")}"),
            .. asked.Where(a => a.Validated is null).Select(a => codes[a.ZoneId] + (a.HadIt is null ? "\tdoes not answer yet" : "\thas not looked yet")).Concat(doubtful).Order(StringComparer.Ordinal),
        ];
    }

    private const string NoAnswer = "\tlooked, and does not answer now";

    // Why the final figures would not count that it looked; null: they would.
    private async Task<string?> Doubt(string code, int year, CancellationToken ct)
    {
        try
        {
            bool? stands = null;
            return !await enter.In(code, async pipeline => stands = await pipeline.Send(new Stands.Query(year), ct)) ? NoAnswer : stands switch { true => null, false => "\tlooked, and its figures have changed since", null => "\thas taken back that it looked" };
        }
#pragma warning disable CA1031 // Whatever ails one zone, the others are told of.
        catch (Exception) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return NoAnswer;
        }
    }
}
