using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Definitions;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.Statistics.Own;

/// <summary>What was released about the area of a zone and about the country, for the same period. Tables that cross two lists are told by their stored sums.</summary>
/// <param name="Release">Its id, such as 2026-Q2-P.</param>
/// <param name="Area">What the zone's area is shown as.</param>
internal sealed record Beside(string Release, string Area, int Zones, IReadOnlyDictionary<(string Table, string Place, string Codes), Figure> Figures)
{
    /// <summary>The places it may tell of, from the nearest.</summary>
    public IReadOnlyList<string> Places { get; } = [Area, Geography.Country];

    /// <summary>null: nothing of it was released, or not about this place.</summary>
    /// <param name="code">One of the figure's, or the one for all.</param>
    public Figure? Of(Definition figure, string code, string place) => figure.Released(code) is { } at ? Figures.GetValueOrDefault((at.Table, place, string.Join('|', at.Codes))) : null;

    /// <summary>Is anything of the figure released about this place?</summary>
    public bool Tells(Definition figure, string place) => figure.Codes.Append(Published.All).Any(code => Of(figure, code, place) is not null);

    [Requires(May.SeeProtectedFigures)]
    internal sealed record Query(Interval Period) : ICatalogQuery<Beside?>;

    /// <summary>The last quarter or year of which something was released about the zone's area; null: none.</summary>
    [Requires(May.SeeProtectedFigures)]
    internal sealed record Last : ICatalogQuery<Interval?>;

    internal sealed class Handler(CatalogDbContext house, Published published, UseCase here) : IRequestHandler<Query, Beside?>, IRequestHandler<Last, Interval?>
    {
        public async Task<Interval?> Handle(Last query, CancellationToken ct)
        {
            foreach (var release in (await published.Releases(ct)).Where(r => r.Kind != ReleaseKind.T0 && r.IsValid && Published.CanRead(r)))
            {
                if (Interval.Parse(release.Period) is { } period && await Area(period, ct) is not null) return period;
            }
            return null;
        }

        public async Task<Beside?> Handle(Query query, CancellationToken ct)
        {
            if (query.Period.Code is not { } code) return null;
            if (await Area(query.Period, ct) is not { } shown) return null;
            if (await Latest(query.Period, shown, ct) is not { } id || await published.Of(id, ct) is not { } known) return null;
            var rows = known.Figures.Where(f => f.Period == code && (f.Place == shown || f.Place == Geography.Country)).ToDictionary(f => (f.Table.Id, f.Place, string.Join('|', f.Codes)));
            return rows.Count == 0 ? null : new Beside(id, shown, known.Release.Zones, rows);
        }

        // What the zone's area is shown as in a period.
        private async Task<string?> Area(Interval period, CancellationToken ct)
        {
            var (zone, year) = (here.InZone.Id, period.From.Year);
            var area = (await house.Set<PlaceOfZone>().AsNoTracking().Where(p => p.ZoneId == zone).ToListAsync(ct)).FirstOrDefault(p => p.Holds(Edition.QuarterOf(period.From)))?.Area;
            return area is null ? null : await house.Set<AreaOfYear>().AsNoTracking().Where(a => a.Year == year && a.Area == area).Select(a => a.ShownAs).SingleOrDefaultAsync(ct);
        }

        // The final one where it is out and has the area, else the first one that has it; where neither has, what is said of the country is of the final one. A year has no first one. One of a programme of tables that is not known is not shown here.
        private async Task<string?> Latest(Interval period, string area, CancellationToken ct)
        {
            var (final, first) = ($"{Edition.Year(period.From)}-F", $"{Edition.Quarter(period.From)}-P");
            var known = (await published.Releases(ct)).Where(r => r.IsValid && Published.CanRead(r)).ToDictionary(r => r.Id, r => r.Missing.Split(';').Contains(area), StringComparer.Ordinal);
            string[] wanted = period.Code!.Length > 4 ? [final, first] : [final];
            return wanted.Where(known.ContainsKey).OrderBy(id => known[id]).FirstOrDefault();
        }
    }
}
