using System.Globalization;
using MediatR;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Zones.Operator;

/// <summary>How the platform fares: whether the catalogue answers, what waits in each zone's outbox, how old the anchor of its audit chain is, the disk, the versions.</summary>
[Requires(May.RunThePlatform)]
internal sealed class Health(IMediator pipeline, TimeProvider clock) : PageModel
{
    /// <summary>Every zone is visited once an hour at least.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromHours(2);

    public HouseState State { get; private set; } = null!;
    public IReadOnlyList<AwaitedZone> Awaited { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct) => (State, Awaited) = await pipeline.Send(new Query(), ct);

    public bool IsLate(ZoneHealth row) => row.Zone.State == ZoneState.Active && clock.GetUtcNow() - (row.Visited ?? row.Zone.Created) > Late;

    public static string Gigabytes(long bytes) => (bytes / 1e9).ToString("N1", CultureInfo.CurrentCulture);

    [Requires(May.RunThePlatform)]
    internal sealed record Query : ICatalogQuery<(HouseState, IReadOnlyList<AwaitedZone>)>;

    internal sealed class Handler(HouseReport report, CatalogDbContext house, IEnumerable<IWaitForZones> waiting) : IRequestHandler<Query, (HouseState, IReadOnlyList<AwaitedZone>)>
    {
        public async Task<(HouseState, IReadOnlyList<AwaitedZone>)> Handle(Query query, CancellationToken ct)
        {
            var awaited = new List<AwaitedZone>();
            foreach (var one in waiting) awaited.AddRange(await one.Now(house, ct));
            return (await report.Now(ct), [.. awaited.OrderByDescending(a => a.Since).ThenBy(a => a.Zone, StringComparer.Ordinal)]);
        }
    }
}
