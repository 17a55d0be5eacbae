using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Walls;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Events;

/// <summary>A year after its end the lines of an event are counted and forgotten, then their keys are destroyed: in two steps, as a key goes only when what it sealed is durably gone. What became a dossier lives on there.</summary>
internal sealed class ClearEvents : IDoWhatIsDue
{
    public async Task Run(IMediator pipeline, CancellationToken ct)
    {
        await pipeline.Send(new Old(), ct);
        await pipeline.Send(new Keys(), ct);
    }

    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct)
    {
        if (await zone.Set<EventLine>().Where(l => l.Says == null).OrderBy(l => l.Id).Select(l => (DateTimeOffset?)l.Changed).FirstOrDefaultAsync(ct) is { } left) return left;
        var ends = await zone.Set<CollectiveEvent>().AsNoTracking().Where(e => e.Cleared == null).Select(e => new { e.Closed, e.Until }).ToListAsync(ct);
        return ends.Count == 0 ? null : ends.Min(e => e.Closed is { } closed && closed < e.Until ? closed : e.Until) + CollectiveEvent.Kept;
    }

    [Requires(May.RunThePlatform)]
    internal sealed record Old : ICommand<int>;

    [Requires(May.RunThePlatform)]
    internal sealed record Keys : ICommand<int>;

    internal sealed class Handler(ZoneDbContext zone, Keyring keys, TimeProvider clock) : IRequestHandler<Old, int>, IRequestHandler<Keys, int>
    {
        private const int InOneGo = 500;

        public async Task<int> Handle(Old command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var before = now - CollectiveEvent.Kept;
            if (await zone.Set<CollectiveEvent>().Where(e => e.Cleared == null && (e.Until <= before || e.Closed <= before)).OrderBy(e => e.Until).FirstOrDefaultAsync(ct) is not { } ev) return 0;
            var lines = await zone.Set<EventLine>().Where(l => l.EventId == ev.Id).OrderBy(l => l.Number).ToListAsync(ct);
            foreach (var cell in Figures.Handler.Count(lines)) zone.Add(EventFigure.Of(ev.Id, cell.Role, cell.State, cell.Home, cell.Count, now));
            foreach (var line in lines) line.Forget();
            zone.RemoveRange(await zone.Set<EventLink>().Where(l => l.EventId == ev.Id).ToListAsync(ct));
            ev.Clear(now);
            return lines.Count;
        }

        public async Task<int> Handle(Keys command, CancellationToken ct)
        {
            var gone = await zone.Set<EventLine>().Where(l => l.Says == null).OrderBy(l => l.Id).Take(InOneGo).ToListAsync(ct);
            if (gone.Count == 0) return 0;
            var ids = gone.Select(l => l.Id).ToList();
            await keys.Destroy(ids, ct);
            zone.RemoveRange(await zone.Set<WalledOff>().Where(w => ids.Contains(w.DossierId)).ToListAsync(ct));
            zone.RemoveRange(gone);
            return gone.Count;
        }
    }
}
