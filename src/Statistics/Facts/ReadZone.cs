using MediatR;
using Microsoft.Extensions.Logging;
using VictimSupport.Casework.Contracts;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;
using VictimSupport.Network.Contracts;
using VictimSupport.Statistics.Structural;

namespace VictimSupport.Statistics.Facts;

/// <summary>Asks one zone, within its walls and in the platform's name, for the coded cases of a period or for its structural work of a year; the zone's audit keeps that it was asked. Nothing of the answer is kept.</summary>
internal sealed partial class ReadZone(EnterZone enter, ILogger<ReadZone> log)
{
    /// <param name="take">Takes all of the answer, or throws and takes nothing.</param>
    /// <returns>false: it does not answer, or tells what cannot be counted.</returns>
    public Task<bool> Of(string code, FactsAsked asked, Action<IReadOnlyList<CaseFact>> take, CancellationToken ct) => Ask(code, new Query(asked), take, ct);

    /// <inheritdoc cref="Of(string, FactsAsked, Action{IReadOnlyList{CaseFact}}, CancellationToken)"/>
    /// <param name="year">A calendar year.</param>
    public Task<bool> Of(string code, int year, Action<IReadOnlyList<StructuralCount>> take, CancellationToken ct) => Ask(code, new WorkQuery(year), take, ct);

    /// <summary>Does what the zone gives of a year still stand as it was looked at? False also where nobody looked, or where it does not answer.</summary>
    public async Task<bool> Stands(string code, int year, CancellationToken ct)
    {
        var stands = false;
        await Ask(code, new Campaign.Stands.Query(year), (bool? answer) => stands = answer == true, ct);
        return stands;
    }

    /// <summary>Does it answer, whatever it says? Asked for nothing of a case.</summary>
    public Task<bool> Answers(string code, CancellationToken ct) => Ask(code, new AnswersQuery(), _ => { }, ct);

    private async Task<bool> Ask<T>(string code, IQuery<T> question, Action<T> take, CancellationToken ct)
    {
        try
        {
            return await enter.In(code, async pipeline => take(await pipeline.Send(question, ct)));
        }
#pragma warning disable CA1031 // Whatever ails one zone, the others' figures come out; it counts as silent, and its area as not complete.
        catch (Exception e) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            DoesNotAnswer(code, e.GetType().Name);
            return false;
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

    [Requires(May.RunThePlatform)]
    internal sealed record WorkQuery(int Year) : IQuery<IReadOnlyList<StructuralCount>>;

    internal sealed class WorkHandler(IEnumerable<ICountStructuralWork> counters, Caller caller, Trail trail) : IRequestHandler<WorkQuery, IReadOnlyList<StructuralCount>>
    {
        public Task<IReadOnlyList<StructuralCount>> Handle(WorkQuery query, CancellationToken ct)
        {
            if (!caller.IsPlatform) throw new RefusedException("role"); // as for cases: no person reads a zone from outside it
            trail.Because("figures");
            return YearsOfWork.Of(counters, query.Year, ct);
        }
    }

    [Requires(May.RunThePlatform)]
    internal sealed record AnswersQuery : IQuery<bool>;

    internal sealed class AnswersHandler(Caller caller, Trail trail) : IRequestHandler<AnswersQuery, bool>
    {
        public Task<bool> Handle(AnswersQuery query, CancellationToken ct)
        {
            if (!caller.IsPlatform) throw new RefusedException("role");
            trail.Because("figures"); // that it is written down is the proof
            return Task.FromResult(true);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Zone {code} does not answer the question of the figures ({error})")]
    private partial void DoesNotAnswer(string code, string error);
}
