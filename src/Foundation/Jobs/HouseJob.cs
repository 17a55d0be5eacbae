using Hangfire;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Foundation.Jobs;

/// <summary>Empties the catalogue's outbox: mails about invitations, roles and accounts, written in the transaction that caused them. A message that fails delays no other.</summary>
public sealed partial class HouseJob(CatalogDatabase catalog, IServiceScopeFactory scopes, TimeProvider clock, ILogger<HouseJob> log)
{
    private const int MessagesInOneGo = 200;

    [DisableConcurrentExecution(60)]
    public async Task Run(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var carriers = scope.ServiceProvider.GetServices<IDeliverForTheHouse>().ToDictionary(d => d.Kind);
        foreach (var message in await Due(ct))
        {
            if (!carriers.TryGetValue(message.Kind, out var carrier))
            {
                NoCarrier(message.Kind);
                continue;
            }
            if (!await Claim(message.Id, ct)) continue;
            try
            {
                await carrier.Deliver(message, ct);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                NotDelivered(message.Kind, message.Id, e.GetType().Name);
                await catalog.WriteAsPlatform("Foundation.HouseMessageFailed", message.Id, async house =>
                {
                    (await house.Set<OutboxMessage>().SingleAsync(m => m.Id == message.Id, ct)).Failed(clock.GetUtcNow());
                    return true;
                }, ct);
                continue; // its next try is in the row
            }
            await catalog.WriteAsPlatform("Foundation.HouseMessageDone", message.Id, async house =>
            {
                (await house.Set<OutboxMessage>().SingleAsync(m => m.Id == message.Id, ct)).Done(clock.GetUtcNow());
                return true;
            }, ct);
        }
    }

    private async Task<IReadOnlyList<OutboxMessage>> Due(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var house = catalog.Lease();
        return await house.Set<OutboxMessage>().AsNoTracking().Where(m => m.Delivered == null && m.NotBefore <= now).OrderBy(m => m.NotBefore).Take(MessagesInOneGo).ToListAsync(ct);
    }

    private async Task<bool> Claim(Guid id, CancellationToken ct)
    {
        try
        {
            return await catalog.WriteAsPlatform("Foundation.HouseMessageClaim", id, async house =>
            {
                var now = clock.GetUtcNow();
                if (await house.Set<OutboxMessage>().SingleOrDefaultAsync(m => m.Id == id && m.Delivered == null && m.NotBefore <= now, ct) is not { } message) return false;
                message.Claim(now);
                return true;
            }, ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            return false; // another process took it in hand
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "No module delivers house messages of kind {kind}")]
    private partial void NoCarrier(string kind);

    [LoggerMessage(Level = LogLevel.Warning, Message = "House message {id} of kind {kind} was not delivered ({error}); it is tried again")]
    private partial void NotDelivered(string kind, Guid id, string error);
}
