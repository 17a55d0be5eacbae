using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.OnCall.Pools;

namespace VictimSupport.OnCall.Rotas;

/// <summary>A shift, and everything that became of it; one that was removed too.</summary>
[Requires(May.SeeWhoIsOnCall)]
internal sealed class History(IMediator pipeline, WhereAndWho who, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid Pool { get; set; }
    [BindProperty(SupportsGet = true)] public Guid Shift { get; set; }
    public View Now { get; private set; } = null!;
    public bool MayKeep => who.Caller.May(May.KeepRota) && !Now.Shift.IsRemoved;
    public bool MaySwap => who.Caller.May(May.TakeShifts) && !Now.Shift.IsRemoved && Now.Shift.Account == who.Caller.Account && Now.Shift.End > clock.GetUtcNow();

    public async Task OnGetAsync(CancellationToken ct) => Now = await pipeline.Send(new Query(Pool, Shift), ct);

    internal sealed record Row(Turn Turn, DateTimeOffset At, string? By, string Zone, Rank Rank, string Name, DateTimeOffset Start, DateTimeOffset End);
    internal sealed record View(Pool Pool, Shift Shift, string Name, string Zone, IReadOnlyList<Row> Rows);

    [Requires(May.SeeWhoIsOnCall)]
    internal sealed record Query(Guid Pool, Guid Shift) : ICatalogQuery<View>;

    internal sealed class Handler(CatalogDbContext house, OurPools pools, Staff staff) : IRequestHandler<Query, View>
    {
        public async Task<View> Handle(Query query, CancellationToken ct)
        {
            var pool = await pools.Get(query.Pool, ct);
            var shift = await house.Set<Shift>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == query.Shift && s.Pool == pool.Id, ct) ?? throw new RefusedException("absent", query.Shift);
            var changes = await house.Set<ShiftChange>().AsNoTracking().Where(c => c.Shift == shift.Id).OrderByDescending(c => c.At).ToListAsync(ct);
            var names = await staff.Names(changes.Select(c => c.Account).Concat(changes.Select(c => c.By).OfType<Guid>()).Append(shift.Account), ct);
            var zones = await staff.ZonesOf(changes.Select(c => c.Zone).Append(shift.Employer), ct);
            return new View(pool, shift, names(shift.Account), Code(shift.Employer), [.. changes.Select(c => new Row(c.Turn, c.At, c.By is { } by ? names(by) : null, Code(c.Zone), c.Rank, names(c.Account), c.Start, c.End))]);

            string Code(Guid id) => zones.TryGetValue(id, out var zone) ? zone.Code : "–";
        }
    }
}
