using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Api;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Network.Contracts;
using VictimSupport.Statistics.Areas;
using VictimSupport.Statistics.Releases;
using VictimSupport.Statistics.Structural;

namespace VictimSupport.Statistics.Portal;

/// <summary>The structural work of a final release, for programs: exact, for it is about no victim; a release that is not final has none.</summary>
internal static class WorkApi
{
    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/releases/{release}/structural-work", [Requires(May.SeeProtectedFigures), Scope(Api.Scope)] (string release, HttpContext http, IMediator pipeline, CancellationToken ct) => Of(release, http, pipeline, ct));

    private static async Task<IResult> Of(string release, HttpContext http, IMediator pipeline, CancellationToken ct)
    {
        if (Api.Faults(http, [Axes.Area, "table"]) is { } refused) return refused;
        if ((await pipeline.Send(new Api.AllReleases(), ct)).FirstOrDefault(r => r.Id == release) is not { Kind: ReleaseKind.F } found) return Problem.Of(http, Problem.ResourceNotFound);
        HashSet<string> areas = [.. http.Request.Query[Axes.Area].OfType<string>()], tables = [.. http.Request.Query["table"].OfType<string>()];
        List<string> places = [Geography.Country, .. found.Areas.Split(';').Order(StringComparer.Ordinal)];
        if (!areas.All(places.Contains)) return Api.Bad(http, Axes.Area, "There is no such area in this release.");
        if (!tables.All(t => SaidStructuralWork.Tables.Any(known => known.Table == t))) return Api.Bad(http, "table", "There is no such table.");
        places.RemoveAll(p => areas.Count > 0 && !areas.Contains(p));
        var (all, covers) = await pipeline.Send(new Query(found, places), ct);
        var sums = all.Where(s => places.Contains(s.Place) && (tables.Count == 0 || tables.Contains(s.Table))).OrderBy(s => s.Place, StringComparer.Ordinal).ThenBy(s => s.Table, StringComparer.Ordinal).ThenBy(s => s.Row, StringComparer.Ordinal)
            .Select(s => new Dictionary<string, object?>(StringComparer.Ordinal) { ["area"] = s.Place, ["table"] = s.Table, ["tableName"] = Api.InAll(() => StructuralNames.Table(s.Table)), ["row"] = s.Row, ["rowName"] = Api.InAll(() => StructuralNames.Row(s.Table, s.Row)), ["value"] = s.Count }).ToList();
        return Api.Paged(http, sums, Api.Mark(found), new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["release"] = found.Id, ["period"] = found.Period, ["withdrawn"] = Api.Withdrawn(found), ["coverage"] = covers.Select(c => new { area = c.Place, zones = c.Zones.Count, areas = c.Areas, without = c.Without }),
        });
    }

    /// <summary>All sums of the release, and of which zones those of these places are.</summary>
    [Requires(May.SeeProtectedFigures), Scope(Api.Scope)]
    internal sealed record Query(Release Of, IReadOnlyList<string> Places) : ICatalogQuery<(IReadOnlyList<StructuralSum> Sums, IReadOnlyList<WorkCover> Covers)>;

    internal sealed class Handler(CatalogDbContext house, Shelf shelf) : IRequestHandler<Query, (IReadOnlyList<StructuralSum> Sums, IReadOnlyList<WorkCover> Covers)>
    {
        public async Task<(IReadOnlyList<StructuralSum> Sums, IReadOnlyList<WorkCover> Covers)> Handle(Query query, CancellationToken ct)
        {
            var (sums, taking) = (await shelf.Work(query.Of.Id, ct), await Shelf.TakingPart(house, [query.Of.Id], ct));
            return (sums, [.. query.Places.Select(place => WorkCover.Of(query.Of, place, sums, taking))]);
        }
    }
}
