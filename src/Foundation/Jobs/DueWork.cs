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

    /// <summary>When something will next be due; null: nothing is waiting. What is overdue stays named until it is done: a visit for what is due runs nothing else. What goes by the clock is done when a visit that began after it has ended well (<see cref="ZoneVisit.Done"/>).</summary>
    Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct);

    /// <summary>true: where this is due, something changed that no row of the zone tells, and every module looks what it has to do.</summary>
    bool BringsAll => false;
}

/// <summary>The job of one zone: what is due, then the outbox, then tells the catalogue when to come again and anchors the audit chain there.</summary>
public sealed partial class ZoneJob(EnterZone enter, ZoneRegistry zones, NextDue nextDue, Verification verification, CatalogDatabase catalog, IServiceScopeFactory scopes, Sweep sweep, TimeProvider clock, ILogger<ZoneJob> log)
{
    private const int MessagesInOneGo = 200;

    /// <summary>Does all that any module may have to do: at the start, and each hour.</summary>
    public Task Run(string code, CancellationToken ct) => Visit(code, whole: true, ct);

    /// <summary>Does what fell due, and asks nobody for more: where ten thousand zones wait at eight o'clock, the last of them waits for all the others.</summary>
    public Task RunDue(string code, CancellationToken ct) => Visit(code, whole: false, ct);

    private async Task Visit(string code, bool whole, CancellationToken ct)
    {
        var begun = clock.GetUtcNow();
        try
        {
            await enter.In(code, async pipeline =>
            {
                await using var scope = scopes.CreateAsyncScope();
                // A carrier may have to ask the zone who may know of what it carries.
                var where = scope.ServiceProvider.GetRequiredService<WhereAndWho>();
                (where.Zone, where.Caller) = (await zones.Find(code), Caller.Platform);
                var modules = scope.ServiceProvider.GetServices<IDoWhatIsDue>().ToList();
                var due = whole ? modules : await ToRun(modules, pipeline, ct);
                var fault = await Do(due, pipeline, ct);
                await Deliver(pipeline, where.Zone!.Record, scope.ServiceProvider.GetServices<IDeliver>().ToDictionary(d => d.Kind), ct);
                fault?.Throw();
                await nextDue.Anew(where.Zone.Record.Id, begun - ZoneVisit.Committing, async () =>
                {
                    var found = await pipeline.Send(new WhenNext.Query(), ct);
                    await verification.Anchor(code, visit => (visit.Waiting, visit.OldestDue, visit.Failed, visit.Fault) = (found.Waiting, found.OldestDue, null, null), found.Modules.Append(found.OldestDue).Min(), ct);
                }, ct);
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

    // Where they cannot be asked, all are run: one that cannot tell keeps neither the next from its own nor what waits from going out.
    private async Task<List<IDoWhatIsDue>> ToRun(List<IDoWhatIsDue> modules, IMediator pipeline, CancellationToken ct)
    {
        try
        {
            var (next, now) = ((await pipeline.Send(new WhenNext.Query(), ct)).Modules, clock.GetUtcNow());
            var due = modules.Where((_, i) => next[i] <= now).ToList();
            return due.Exists(module => module.BringsAll) ? modules : due;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            NotDone(nameof(WhenNext), e.GetType().Name);
            return modules;
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
        List<Guid> left = [];
        foreach (var some in Parcelled(await pipeline.Send(new Outbox.Due(MessagesInOneGo), ct), carriers))
        {
            if (!carriers.TryGetValue(some[0].Kind, out var carrier))
            {
                NoCarrier(some[0].Kind);
                continue;
            }
            var taken = await Claimed(some, left, pipeline, ct);
            left = [];
            var ours = some.FindAll(m => taken.Contains(m.Id));
            if (ours.Count == 0) continue;
            try
            {
                if (carrier is IDeliverTogether together) await together.Deliver(ours, zone, ct);
                else await carrier.Deliver(ours[0], zone, ct);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                NotDelivered(ours[0].Kind, ours[0].Id, e.GetType().Name);
                await pipeline.Send(new Outbox.Failed(ours.ConvertAll(m => m.Id)), ct);
                continue; // its next try is in the row
            }
            left = ours.ConvertAll(m => m.Id);
        }
        if (left.Count > 0) await pipeline.Send(new Outbox.Done(left), ct);
    }

    // Two visits of one zone at once: what the other has in hand is left to it, what left here is noted all the same.
    private static async Task<IReadOnlyList<Guid>> Claimed(List<OutboxMessage> some, List<Guid> left, IMediator pipeline, CancellationToken ct)
    {
        try
        {
            return await pipeline.Send(new Outbox.Claim(some.ConvertAll(m => m.Id), left), ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            if (left.Count > 0) await pipeline.Send(new Outbox.Done(left), ct);
            return [];
        }
    }

    // What was made in one go for one account leaves in one go; tried again after a crash too, since it was taken in hand together.
    private static IEnumerable<List<OutboxMessage>> Parcelled(IReadOnlyList<OutboxMessage> due, Dictionary<string, IDeliver> carriers) =>
        due.GroupBy(m => (m.Kind, m.To, m.NotBefore, Alone: carriers.GetValueOrDefault(m.Kind) is IDeliverTogether ? Guid.Empty : m.Id)).Select(g => g.ToList());

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
    /// <param name="Modules">One for each, in the order in which the house has them.</param>
    internal sealed record Answer(IReadOnlyList<DateTimeOffset?> Modules, int Waiting, DateTimeOffset? OldestDue);

    [Requires(May.RunThePlatform)]
    internal sealed record Query : IQuery<Answer>;

    internal sealed class Handler(ZoneDbContext zone, IEnumerable<IDoWhatIsDue> modules) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var waiting = await zone.Set<OutboxMessage>().Where(m => m.Delivered == null).GroupBy(_ => 1).Select(g => new { Count = g.Count(), Oldest = g.Min(m => m.NotBefore) }).SingleOrDefaultAsync(ct);
            var next = new List<DateTimeOffset?>();
            foreach (var module in modules) next.Add(await module.Next(zone, ct));
            return new Answer(next, waiting?.Count ?? 0, waiting?.Oldest);
        }
    }
}
