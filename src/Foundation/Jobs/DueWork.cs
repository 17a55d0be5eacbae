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
public sealed partial class ZoneJob(EnterZone enter, ZoneRegistry zones, NextDue nextDue, Verification verification, IServiceScopeFactory scopes, Sweep sweep, ILogger<ZoneJob> log)
{
    private const int MessagesInOneGo = 200;

    public async Task Run(string code, CancellationToken ct)
    {
        var observed = await nextDue.Of(code, ct);
        try
        {
            await enter.In(code, async pipeline =>
            {
                await using var scope = scopes.CreateAsyncScope();
                // A carrier may have to ask the zone who may know of what it carries.
                var where = scope.ServiceProvider.GetRequiredService<WhereAndWho>();
                (where.Zone, where.Caller) = (await zones.Find(code), Caller.Platform);
                var modules = scope.ServiceProvider.GetServices<IDoWhatIsDue>().ToList();
                foreach (var module in modules) await module.Run(pipeline, ct);
                await Deliver(pipeline, where.Zone!.Record, scope.ServiceProvider.GetServices<IDeliver>().ToDictionary(d => d.Kind), ct);
                await nextDue.Rewrite(code, observed, await pipeline.Send(new WhenNext.Query(), ct), ct);
            });
            await verification.Anchor(code, ct);
        }
        finally
        {
            sweep.Finished(code);
        }
    }

    private async Task Deliver(IMediator pipeline, ZoneRecord zone, Dictionary<string, IDeliver> carriers, CancellationToken ct)
    {
        foreach (var message in await pipeline.Send(new Outbox.Due(MessagesInOneGo), ct))
        {
            if (!carriers.TryGetValue(message.Kind, out var carrier))
            {
                NoCarrier(message.Kind);
                continue;
            }
            if (!await pipeline.Send(new Outbox.Claim(message.Id), ct)) continue;
            try
            {
                await carrier.Deliver(message, zone, ct);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                NotDelivered(message.Kind, message.Id, e.GetType().Name);
                continue; // its next try is in the row
            }
            await pipeline.Send(new Outbox.Done(message.Id), ct);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "No module delivers outbox messages of kind {kind}")]
    private partial void NoCarrier(string kind);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Outbox message {id} of kind {kind} was not delivered ({error}); it is tried again")]
    private partial void NotDelivered(string kind, Guid id, string error);
}

/// <summary>When something in this zone falls due next, from its own rows.</summary>
internal static class WhenNext
{
    [Requires(May.RunThePlatform)]
    internal sealed record Query : IQuery<DateTimeOffset?>;

    internal sealed class Handler(ZoneDbContext zone, IEnumerable<IDoWhatIsDue> modules) : IRequestHandler<Query, DateTimeOffset?>
    {
        public async Task<DateTimeOffset?> Handle(Query query, CancellationToken ct)
        {
            var next = await zone.Set<OutboxMessage>().Where(m => m.Delivered == null).OrderBy(m => m.NotBefore).Select(m => (DateTimeOffset?)m.NotBefore).FirstOrDefaultAsync(ct);
            foreach (var module in modules)
            {
                if (await module.Next(zone, ct) is { } due && (next is null || due < next)) next = due;
            }
            return next;
        }
    }
}
