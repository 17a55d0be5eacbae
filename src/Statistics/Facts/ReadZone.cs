using System.Data.Common;
using MediatR;
using Microsoft.Extensions.Logging;
using VictimSupport.Casework.Contracts;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Statistics.Facts;

/// <summary>Asks one zone, within its walls and in the platform's name, for the coded cases of a period; the zone's audit keeps that it was asked. Nothing of the answer is kept.</summary>
internal sealed partial class ReadZone(EnterZone enter, ILogger<ReadZone> log)
{
    /// <returns>null: it does not answer.</returns>
    public async Task<IReadOnlyList<CaseFact>?> Of(string code, FactsAsked asked, CancellationToken ct)
    {
        try
        {
            IReadOnlyList<CaseFact>? facts = null;
            return await enter.In(code, async pipeline => facts = await pipeline.Send(new Query(asked), ct)) ? facts : null;
        }
        catch (Exception e) when (e is DbException or TimeoutException or IOException or UnauthorizedAccessException or SealBrokenException or StartRefusedException)
        {
            DoesNotAnswer(code, e.GetType().Name);
            return null;
        }
    }

    [Requires(May.RunThePlatform)]
    internal sealed record Query(FactsAsked Asked) : IQuery<IReadOnlyList<CaseFact>>;

    internal sealed class Handler(ITellFacts zone, Caller caller, Trail trail) : IRequestHandler<Query, IReadOnlyList<CaseFact>>
    {
        public Task<IReadOnlyList<CaseFact>> Handle(Query query, CancellationToken ct)
        {
            if (!caller.IsPlatform) throw new RefusedException("role"); // an operator is a person, and no person reads cases
            trail.Because("figures");
            return zone.Facts(query.Asked, ct);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Zone {code} does not answer the question of the figures ({error})")]
    private partial void DoesNotAnswer(string code, string error);
}
