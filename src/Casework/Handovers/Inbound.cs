using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Handovers;

/// <summary>On the bell: handovers from other zones that wait for a coordinator's decision.</summary>
internal sealed class Inbound(IMediator pipeline, WhereAndWho who) : IRing
{
    public async ValueTask<IReadOnlyList<RingLine>> Lines(CancellationToken ct) => who.Caller.May(May.OpenAnyDossierOfTheZone) ? [new(Words.WaitsHandover, "/handovers", await pipeline.Send(new Query(), ct))] : [];

    [Requires(May.OpenAnyDossierOfTheZone)]
    internal sealed record Query : IQuery<int>;

    internal sealed class Handler(Proposals proposals) : IRequestHandler<Query, int>
    {
        public Task<int> Handle(Query query, CancellationToken ct) => proposals.CameIn().CountAsync(h => h.State == HandoverState.Delivered, ct);
    }
}
