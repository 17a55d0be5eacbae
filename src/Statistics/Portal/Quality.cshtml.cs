using System.Globalization;
using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.Statistics.Portal;

/// <summary>How far the figures may be trusted: what the margin says, which zones and areas are not in them, what is late, which areas are shown as one.</summary>
[Requires(May.SeeProtectedFigures)]
internal sealed class Quality(IMediator pipeline, WhereAndWho who) : FiguresPage(who)
{
    public Answer Shown { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken ct) => Shown = await pipeline.Send(new Query(), ct);

    /// <param name="Zones">How many zones take part in each area or union of the last release.</param>
    /// <param name="Outside">Zones of the platform that are in no figure of the last release.</param>
    /// <param name="Incomplete">Releases that are without an area, and how many zones had not answered until their window was over; 0: nobody takes part there.</param>
    /// <param name="Late">What is due and not out, and how many zones it waits for.</param>
    /// <param name="Merged">What is shown as one, by year, and how many zones took part there.</param>
    internal sealed record Answer(Release? Last, IReadOnlyList<(string Shown, int Zones)> Zones, IReadOnlyList<string> Outside, IReadOnlyList<(Release Release, int Zones)> Incomplete, IReadOnlyList<(Coming Coming, int Zones)> Late, IReadOnlyList<(int Year, string Shown, int Zones)> Merged)
    {
        /// <summary>The last campaign; null: there was none.</summary>
        public CampaignStands? Campaign { get; init; }
    }

    /// <param name="Validated">How many zones have looked; once the final figures are out, at what came out in them. Which of them, and where, is told to nobody here.</param>
    /// <param name="Asked">Of how many: those that are asked; once the figures are out, those that are in them.</param>
    /// <param name="IsOut">The final figures are out.</param>
    internal sealed record CampaignStands(int Year, DateOnly Deadline, int Validated, int Asked, bool IsOut);

    [Requires(May.SeeProtectedFigures)]
    internal sealed record Query : ICatalogQuery<Answer>;

    internal sealed class Handler(CatalogDbContext house, Shelf shelf) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct) => await Releases(ct) with { Campaign = await Stands(ct) };

        private async Task<CampaignStands?> Stands(CancellationToken ct)
        {
            if (await house.Set<Campaign.Campaign>().AsNoTracking().OrderByDescending(c => c.Year).FirstOrDefaultAsync(ct) is not { } last) return null;
            // What a zone said before the figures came out may have been of others than these: the release has counted who looked at its own.
            var final = Edition.OfYear(last.Year).Id;
            if ((await shelf.Releases(ct)).FirstOrDefault(r => r.Id == final) is { Validated: { } looked } release) return new CampaignStands(last.Year, last.Deadline, looked, release.Zones, true);
            var asked = house.Set<Campaign.AskedZone>().Where(a => a.Year == last.Year);
            return new CampaignStands(last.Year, last.Deadline, await asked.CountAsync(a => a.Validated != null, ct), await asked.CountAsync(ct), false);
        }

        private async Task<Answer> Releases(CancellationToken ct)
        {
            var (releases, language) = (await shelf.Releases(ct), CultureInfo.CurrentUICulture.TwoLetterISOLanguageName);
            var silent = await house.Set<Silence>().GroupBy(s => s.Release).ToDictionaryAsync(g => g.Key, g => g.Count(), ct);
            var late = Coming.Of(releases, shelf.Today).Where(c => c.IsLate(shelf.Today)).Select(c => (c, silent.GetValueOrDefault(c.Edition.Id))).ToList();
            var joined = (await house.Set<AreaOfYear>().AsNoTracking().Where(a => a.Area != a.ShownAs).ToListAsync(ct)).Select(a => (a.Year, a.ShownAs)).Distinct().OrderByDescending(m => m.Year).ThenBy(m => m.ShownAs, StringComparer.Ordinal).ToList();
            var took = joined.Count == 0 ? [] : await house.Set<TakesPart>().AsNoTracking().Select(t => new { t.Quarter.Year, t.Area, t.ZoneId }).Distinct().ToListAsync(ct);
            var merged = joined.ConvertAll(m => (m.Year, m.ShownAs, took.Where(t => t.Year == m.Year && Geography.Members(m.ShownAs).Contains(t.Area, StringComparer.Ordinal)).Select(t => t.ZoneId).Distinct().Count()));
            if (releases.Count == 0) return new Answer(null, [], [], [], late, merged);
            var last = releases.FirstOrDefault(r => r.IsValid && r.Kind != ReleaseKind.T0) ?? releases[0];
            var parts = await Shelf.TakingPart(house, [last.Id], ct);
            // Neither inside nor outside is one that had ceased.
            var inside = parts.Select(p => p.ZoneId).Concat(await Places.Gone(house, Edition.Parse(last.Kind.ToString(), last.Period)!.From, ct)).ToHashSet();
            var outside = (await house.Set<ZoneRecord>().AsNoTracking().Where(z => z.State != ZoneState.Preparing).OrderBy(z => z.Code).ToListAsync(ct)).Where(z => !inside.Contains(z.Id)).Select(z => $"{z.Code} {z.NameIn(language)}").ToList();
            var zones = last.Areas.Split(';').Select(shown => (shown, parts.Where(p => Geography.Members(shown).Contains(p.Area, StringComparer.Ordinal)).Select(p => p.ZoneId).Distinct().Count())).OrderBy(z => Said.Place(z.shown), StringComparer.CurrentCulture).ToList();
            return new Answer(last, zones, outside, [.. releases.Where(r => r.Missing.Length > 0).Select(r => (r, silent.GetValueOrDefault(r.Id)))], late, merged);
        }
    }
}
