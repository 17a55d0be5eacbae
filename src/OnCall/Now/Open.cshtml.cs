using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.OnCall.Pools;
using VictimSupport.OnCall.Rotas;

namespace VictimSupport.OnCall.Now;

/// <summary>What an officer without an account sees at the zone's address: whom to call, as a number and a role. No name, no pool, no zone. An address never made, one of another zone and one that was revoked are the same.</summary>
[Open("the address is the key; it shows numbers of the service, and nothing else")]
internal sealed class Open(IMediator pipeline, WhereAndWho who) : PageModel
{
    [BindProperty(SupportsGet = true)] public string Token { get; set; } = "";

    /// <summary>null: the address is no longer good.</summary>
    public IReadOnlyList<Row>? Rows { get; private set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        Rows = who.Zone is not null && Token.Length <= Now.Token.Longest ? await pipeline.Send(new Query { Token = Token }, ct) : null;
        if (Rows is null) Response.StatusCode = Microsoft.AspNetCore.Http.StatusCodes.Status404NotFound;
    }

    /// <param name="Number">null: nobody is on call in this rank, or no number was given.</param>
    internal sealed record Row(Rank Rank, bool IsCovered, string? Number);

    [Open("the address is the key")]
    internal sealed record Query : ICatalogQuery<IReadOnlyList<Row>?>
    {
        internal string Token { get; init; } = "";
    }

    internal sealed class Handler(CatalogDbContext house, UseCase here, OurPools pools, TimeProvider clock) : IRequestHandler<Query, IReadOnlyList<Row>?>
    {
        public async Task<IReadOnlyList<Row>?> Handle(Query query, CancellationToken ct)
        {
            var (zone, hash) = (here.InZone.Id, Now.Token.Hash(query.Token));
            if (!await house.Set<DutyLink>().AnyAsync(l => l.TokenHash == hash && l.Zone == zone && l.Revoked == null, ct)) return null;
            var duties = await OnDuty.At(house, await pools.All(ct), clock.GetUtcNow(), ct);
            return [.. duties.SelectMany(d => d.BackUp is { } second ? [new Row(Rank.Duty, d.Duty is not null, d.NumberOf(d.Duty)), new Row(Rank.BackUp, true, d.NumberOf(second))] : new[] { new Row(Rank.Duty, d.Duty is not null, d.NumberOf(d.Duty)) })];
        }
    }
}
