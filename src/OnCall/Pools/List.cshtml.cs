using MediatR;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.OnCall.Pools;

/// <summary>Pools the zone is in, and those it was asked into.</summary>
[Requires(May.KeepPools)]
internal sealed class List(IMediator pipeline) : PageModel
{
    public IReadOnlyList<Row> Rows { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct) => Rows = await pipeline.Send(new Query(), ct);

    /// <param name="Until">Whichever ends first: the pool, or the zone's time in it.</param>
    internal sealed record Row(Guid Pool, string Name, Membership State, DateOnly From, DateOnly? Until, bool IsOver);

    [Requires(May.KeepPools)]
    internal sealed record Query : ICatalogQuery<IReadOnlyList<Row>>;

    internal sealed class Handler(CatalogDbContext house, UseCase here, OurPools pools) : IRequestHandler<Query, IReadOnlyList<Row>>
    {
        public async Task<IReadOnlyList<Row>> Handle(Query query, CancellationToken ct)
        {
            var (zone, today) = (here.InZone.Id, pools.Today);
            var mine = await house.Set<PoolMember>().AsNoTracking().Where(m => m.Zone == zone && m.State != Membership.Refused).Join(house.Set<Pool>(), m => m.Pool, p => p.Id, (m, p) => new { Member = m, Pool = p }).ToListAsync(ct);
            // Who left and came back stands here once, as it is now.
            return [.. mine.GroupBy(r => r.Pool.Id).Select(g => g.OrderByDescending(r => r.Member.From).ThenByDescending(r => r.Member.Asked).First())
                .Select(r => (r, Until: r.Member.Until is { } last && (r.Pool.Until is null || last < r.Pool.Until) ? last : r.Pool.Until))
                .Select(x => new Row(x.r.Pool.Id, x.r.Pool.Name, x.r.Member.State, x.r.Member.From > x.r.Pool.From ? x.r.Member.From : x.r.Pool.From, x.Until, x.Until < today))
                .OrderBy(r => r.IsOver).ThenBy(r => r.State).ThenBy(r => r.Name, StringComparer.CurrentCulture)];
        }
    }
}
