using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Foundation.Links;

/// <summary>What could be read by a link whose time is over is kept no longer.</summary>
internal sealed class EndLinks : IDoWhatIsDue
{
    public Task Run(IMediator pipeline, CancellationToken ct) => pipeline.Send(new Command(), ct);

    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct) =>
        await zone.Set<Link>().Where(l => l.Content != null).OrderBy(l => l.Expires).Select(l => (DateTimeOffset?)l.Expires).FirstOrDefaultAsync(ct);

    [Requires(May.RunThePlatform)]
    internal sealed record Command : ICommand<int>;

    internal sealed class Handler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Command, int>
    {
        public async Task<int> Handle(Command command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var over = await zone.Set<Link>().Where(l => l.Content != null && l.Expires <= now).ToListAsync(ct);
            foreach (var link in over) link.Empty();
            return over.Count;
        }
    }
}
