using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Network.Bodies;

/// <summary>Events at which the service showed itself, a year at a time.</summary>
[Requires(May.SeeBodies)]
internal sealed class Representations(IMediator pipeline, Ours ours, WhereAndWho who, TimeProvider clock) : PageModel
{
    private const int FirstYear = 2000, LastYear = 2099;

    /// <summary>None: this year.</summary>
    [BindProperty(SupportsGet = true)] public int? Year { get; set; }
    public int Shown { get; private set; }
    public IReadOnlyList<Representation> List { get; private set; } = [];
    public Func<Guid, string> Name { get; private set; } = null!;
    public bool MayKeep => who.Caller.May(May.KeepBodies);

    public async Task OnGetAsync(CancellationToken ct)
    {
        Year = Shown = Math.Clamp(Year ?? Moment.Day(clock.GetUtcNow()).Year, FirstYear, LastYear);
        List = await pipeline.Send(new Query(Shown), ct);
        Name = await ours.Names(List.SelectMany(r => r.Staff), ct);
    }

    [Requires(May.SeeBodies)]
    internal sealed record Query(int Year) : IQuery<IReadOnlyList<Representation>>;

    internal sealed class Handler(ZoneDbContext zone) : IRequestHandler<Query, IReadOnlyList<Representation>>
    {
        public async Task<IReadOnlyList<Representation>> Handle(Query query, CancellationToken ct)
        {
            var (first, last) = (new DateOnly(query.Year, 1, 1), new DateOnly(query.Year, 12, 31));
            return await zone.Set<Representation>().AsNoTracking().Where(r => r.On >= first && r.On <= last).OrderByDescending(r => r.On).ThenBy(r => r.Id).ToListAsync(ct);
        }
    }
}
