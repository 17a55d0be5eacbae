using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Foundation.Jobs;

/// <summary>The deeds of the outbox job: what is due, take one in hand and say that the one before left, it is done, it failed. Delivery itself happens between transactions, so a slow mail
/// server never holds up a zone's writers.</summary>
internal static class Outbox
{
    [Requires(May.RunThePlatform)]
    internal sealed record Due(int Most) : IQuery<IReadOnlyList<OutboxMessage>>;

    /// <param name="Left">Those before, which have left: one transaction for both halves what a crowd of messages costs.</param>
    /// <returns>Those that are taken now; of the others, somebody else has them.</returns>
    [Requires(May.RunThePlatform)]
    internal sealed record Claim(IReadOnlyList<Guid> Messages, IReadOnlyList<Guid> Left) : ICommand<IReadOnlyList<Guid>>;

    [Requires(May.RunThePlatform)]
    internal sealed record Done(IReadOnlyList<Guid> Messages) : ICommand<bool>;

    [Requires(May.RunThePlatform)]
    internal sealed record Failed(IReadOnlyList<Guid> Messages) : ICommand<bool>;

    internal sealed class DueHandler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Due, IReadOnlyList<OutboxMessage>>
    {
        public async Task<IReadOnlyList<OutboxMessage>> Handle(Due query, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            return await zone.Set<OutboxMessage>().AsNoTracking().Where(m => m.Delivered == null && m.NotBefore <= now).OrderBy(m => m.NotBefore).ThenBy(m => m.Id).Take(query.Most).ToListAsync(ct);
        }
    }

    internal sealed class ClaimHandler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Claim, IReadOnlyList<Guid>>
    {
        public async Task<IReadOnlyList<Guid>> Handle(Claim command, CancellationToken ct)
        {
            var (now, ids, taken) = (clock.GetUtcNow(), command.Messages.Concat(command.Left).ToList(), new List<Guid>());
            foreach (var message in await zone.Set<OutboxMessage>().Where(m => ids.Contains(m.Id)).ToListAsync(ct))
            {
                if (command.Left.Contains(message.Id)) message.Done(now);
                else if (message.Delivered is null && message.NotBefore <= now)
                {
                    message.Claim(now);
                    taken.Add(message.Id);
                }
            }
            return taken;
        }
    }

    internal sealed class FailedHandler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Failed, bool>
    {
        public async Task<bool> Handle(Failed command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            foreach (var message in await zone.Set<OutboxMessage>().Where(m => command.Messages.Contains(m.Id)).ToListAsync(ct)) message.Failed(now);
            return true;
        }
    }

    internal sealed class DoneHandler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Done, bool>
    {
        public async Task<bool> Handle(Done command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            foreach (var message in await zone.Set<OutboxMessage>().Where(m => command.Messages.Contains(m.Id)).ToListAsync(ct)) message.Done(now);
            return true;
        }
    }
}
