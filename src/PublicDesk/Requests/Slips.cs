using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.PublicDesk.Contracts;

namespace VictimSupport.PublicDesk.Requests;

/// <inheritdoc cref="IRequests" />
internal sealed class Slips(ZoneDbContext zone, TimeProvider clock) : IRequests
{
    public async Task Answered(Guid request, Ending outcome, TimeSpan kept, CancellationToken ct)
    {
        if (await zone.Set<Slip>().SingleOrDefaultAsync(s => s.Id == request, ct) is { } slip) slip.Becomes(outcome, clock.GetUtcNow() + kept);
    }

    public Task<bool> IsWithdrawn(Guid request, CancellationToken ct) => zone.Set<Slip>().AnyAsync(s => s.Id == request && s.State == SlipState.Withdrawn, ct);
}

/// <summary>What nobody can ask after any more is forgotten.</summary>
internal sealed class ClearSlips : IDoWhatIsDue
{
    public Task Run(IMediator pipeline, CancellationToken ct) => pipeline.Send(new Command(), ct);

    public Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct) => zone.Set<Slip>().MinAsync(s => s.ForgetAt, ct);

    [Requires(May.RunThePlatform)]
    internal sealed record Command : ICommand<int>;

    internal sealed class Handler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Command, int>
    {
        private const int InOneGo = 500;

        public async Task<int> Handle(Command command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var old = await zone.Set<Slip>().Where(s => s.ForgetAt <= now).OrderBy(s => s.ForgetAt).Take(InOneGo).ToListAsync(ct);
            zone.RemoveRange(old);
            return old.Count;
        }
    }
}
