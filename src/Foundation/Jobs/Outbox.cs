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

    /// <param name="Left">The one before, which has left: one transaction for both halves what a crowd of messages costs.</param>
    /// <returns>false: somebody else has it.</returns>
    [Requires(May.RunThePlatform)]
    internal sealed record Claim(Guid Message, Guid? Left) : ICommand<bool>;

    [Requires(May.RunThePlatform)]
    internal sealed record Done(Guid Message) : ICommand<bool>;

    [Requires(May.RunThePlatform)]
    internal sealed record Failed(Guid Message) : ICommand<bool>;

    internal sealed class DueHandler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Due, IReadOnlyList<OutboxMessage>>
    {
        public async Task<IReadOnlyList<OutboxMessage>> Handle(Due query, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            return await zone.Set<OutboxMessage>().AsNoTracking().Where(m => m.Delivered == null && m.NotBefore <= now).OrderBy(m => m.NotBefore).Take(query.Most).ToListAsync(ct);
        }
    }

    internal sealed class ClaimHandler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Claim, bool>
    {
        public async Task<bool> Handle(Claim command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            if (command.Left is { } left) (await zone.Set<OutboxMessage>().SingleAsync(m => m.Id == left, ct)).Done(now);
            if (await zone.Set<OutboxMessage>().SingleOrDefaultAsync(m => m.Id == command.Message && m.Delivered == null && m.NotBefore <= now, ct) is not { } message) return false;
            message.Claim(now);
            return true;
        }
    }

    internal sealed class FailedHandler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Failed, bool>
    {
        public async Task<bool> Handle(Failed command, CancellationToken ct)
        {
            (await zone.Set<OutboxMessage>().SingleAsync(m => m.Id == command.Message, ct)).Failed(clock.GetUtcNow());
            return true;
        }
    }

    internal sealed class DoneHandler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Done, bool>
    {
        public async Task<bool> Handle(Done command, CancellationToken ct)
        {
            (await zone.Set<OutboxMessage>().SingleAsync(m => m.Id == command.Message, ct)).Done(clock.GetUtcNow());
            return true;
        }
    }
}
