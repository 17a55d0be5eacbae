using System.Runtime.ExceptionServices;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Foundation.Jobs;

/// <summary>What a module does in a zone when something has fallen due there. Each deed is a command whose effects carry unique keys: run twice, it acts once.</summary>
public interface IDoWhatIsDue
{
    /// <summary>Does what is due; run before the outbox is emptied.</summary>
    Task Run(IMediator pipeline, CancellationToken ct);

    /// <summary>When something will next be due, from the zone's own rows; null: nothing is waiting.</summary>
    Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct);
}

/// <summary>The job of one zone: what is due, then the outbox, then tells the catalogue when to come again and anchors the audit chain there.</summary>
public sealed partial class ZoneJob(EnterZone enter, ZoneRegistry zones, NextDue nextDue, Verification verification, CatalogDatabase catalog, IServiceScopeFactory scopes, Sweep sweep, TimeProvider clock, ILogger<ZoneJob> log)
{
    private const int MessagesInOneGo = 200;

    public async Task Run(string code, CancellationToken ct)
    {
        try
        {
            await enter.In(code, async pipeline =>
            {
                await using var scope = scopes.CreateAsyncScope();
                // A carrier may have to ask the zone who may know of what it carries.
                var where = scope.ServiceProvider.GetRequiredService<WhereAndWho>();
                (where.Zone, where.Caller) = (await zones.Find(code), Caller.Platform);
                var modules = scope.ServiceProvider.GetServices<IDoWhatIsDue>().ToList();
                var fault = await Do(modules, pipeline, ct);
                await Deliver(pipeline, where.Zone!.Record, scope.ServiceProvider.GetServices<IDeliver>().ToDictionary(d => d.Kind), ct);
                fault?.Throw();
                var found = await nextDue.Ask(where.Zone.Record.Id, () => pipeline.Send(new WhenNext.Query(), ct), f => f.Next, ct);
                await verification.Anchor(code, visit => (visit.Ended, visit.Waiting, visit.OldestDue, visit.Failed, visit.Fault) = (clock.GetUtcNow(), found.Waiting, found.OldestDue, null, null), ct);
            });
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            await NoteFailure(code, e, ct);
            throw;
        }
        finally
        {
            sweep.Finished(code);
        }
    }

    // What one module cannot do keeps neither the next from its own nor what waits from going out; the visit has failed all the same.
    private async Task<ExceptionDispatchInfo?> Do(List<IDoWhatIsDue> modules, IMediator pipeline, CancellationToken ct)
    {
        ExceptionDispatchInfo? fault = null;
        foreach (var module in modules)
        {
            try
            {
                await module.Run(pipeline, ct);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                NotDone(module.GetType().Name, e.GetType().Name);
                fault ??= ExceptionDispatchInfo.Capture(e);
            }
        }
        return fault;
    }

    // In the catalogue alone: it may be the zone's own database that is away.
    private async Task NoteFailure(string code, Exception e, CancellationToken ct)
    {
        try
        {
            await catalog.WriteAsPlatform("Foundation.NoteFailedVisit", null, async house =>
            {
                var visit = await ZoneVisit.Of(house, await house.Set<ZoneRecord>().Where(z => z.Code == code).Select(z => z.Id).SingleAsync(ct), ct);
                (visit.Failed, visit.Fault) = (clock.GetUtcNow(), e.GetType().FullName);
                return true;
            }, ct);
        }
        catch (Exception away) when (away is not OperationCanceledException)
        {
            // The catalogue is away too: the job engine knows that the job failed, and the next visit notes how the zone fares.
        }
    }

    private async Task Deliver(IMediator pipeline, ZoneRecord zone, Dictionary<string, IDeliver> carriers, CancellationToken ct)
    {
        Guid? left = null;
        foreach (var message in await pipeline.Send(new Outbox.Due(MessagesInOneGo), ct))
        {
            if (!carriers.TryGetValue(message.Kind, out var carrier))
            {
                NoCarrier(message.Kind);
                continue;
            }
            var taken = await pipeline.Send(new Outbox.Claim(message.Id, left), ct);
            left = null;
            if (!taken) continue;
            try
            {
                await carrier.Deliver(message, zone, ct);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                NotDelivered(message.Kind, message.Id, e.GetType().Name);
                await pipeline.Send(new Outbox.Failed(message.Id), ct);
                continue; // its next try is in the row
            }
            left = message.Id;
        }
        if (left is { } last) await pipeline.Send(new Outbox.Done(last), ct);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "No module delivers outbox messages of kind {kind}")]
    private partial void NoCarrier(string kind);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{module} could not do what is due ({error}); the others did")]
    private partial void NotDone(string module, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Outbox message {id} of kind {kind} was not delivered ({error}); it is tried again")]
    private partial void NotDelivered(string kind, Guid id, string error);
}

/// <summary>When something in this zone falls due next, from its own rows, and what waits in its outbox.</summary>
internal static class WhenNext
{
    internal sealed record Answer(DateTimeOffset? Next, int Waiting, DateTimeOffset? OldestDue);

    [Requires(May.RunThePlatform)]
    internal sealed record Query : IQuery<Answer>;

    internal sealed class Handler(ZoneDbContext zone, IEnumerable<IDoWhatIsDue> modules) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var waiting = await zone.Set<OutboxMessage>().Where(m => m.Delivered == null).GroupBy(_ => 1).Select(g => new { Count = g.Count(), Oldest = g.Min(m => m.NotBefore) }).SingleOrDefaultAsync(ct);
            var next = waiting is null ? (DateTimeOffset?)null : waiting.Oldest;
            foreach (var module in modules)
            {
                if (await module.Next(zone, ct) is { } due && (next is null || due < next)) next = due;
            }
            return new Answer(next, waiting?.Count ?? 0, waiting?.Oldest);
        }
    }
}
