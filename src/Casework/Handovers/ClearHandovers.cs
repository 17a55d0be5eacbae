using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Walls;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Handovers;

/// <summary>What came in and became no dossier is forgotten a month later: why it came, what was asked and answered; then its key is destroyed, and then its rows go. The other zone keeps its own with the dossier,
/// and both audits keep that it was.</summary>
internal sealed class ClearHandovers : IDoWhatIsDue
{
    /// <summary>As long as it may be asked here why it was refused.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    public async Task Run(IMediator pipeline, CancellationToken ct)
    {
        await pipeline.Send(new Old(), ct);
        await pipeline.Send(new Keys(), ct);
    }

    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct) =>
        await Ended(zone).AsNoTracking().OrderBy(h => h.Reason != null).ThenBy(h => h.TurnedAt).Select(h => new { h.TurnedAt, Left = h.Reason == null }).FirstOrDefaultAsync(ct) is { } next ? next.Left ? next.TurnedAt : next.TurnedAt + Kept : null;

    private static IQueryable<Handover> Ended(ZoneDbContext zone) => zone.Set<Handover>().Where(h => h.CameIn && h.DossierId == h.Id && (h.State == HandoverState.Refused || h.State == HandoverState.Withdrawn));

    [Requires(May.RunThePlatform)]
    internal sealed record Old : ICommand<int>;

    [Requires(May.RunThePlatform)]
    internal sealed record Keys : ICommand<int>;

    internal sealed class Handler(ZoneDbContext zone, Keyring keys, TimeProvider clock) : IRequestHandler<Old, int>, IRequestHandler<Keys, int>
    {
        private const int InOneGo = 200;

        public async Task<int> Handle(Old command, CancellationToken ct)
        {
            var before = clock.GetUtcNow() - Kept;
            var old = await Ended(zone).Where(h => h.Reason != null && h.TurnedAt <= before).OrderBy(h => h.TurnedAt).Take(InOneGo).ToListAsync(ct);
            var ids = old.ConvertAll(h => h.Id);
            foreach (var turn in await zone.Set<HandoverTurn>().Where(t => ids.Contains(t.HandoverId)).ToListAsync(ct)) turn.Forget();
            foreach (var handover in old) handover.Forget();
            return old.Count;
        }

        // A key goes only when what it sealed is durably gone.
        public async Task<int> Handle(Keys command, CancellationToken ct)
        {
            var gone = await Ended(zone).Where(h => h.Reason == null).OrderBy(h => h.Id).Take(InOneGo).ToListAsync(ct);
            if (gone.Count == 0) return 0;
            var ids = gone.ConvertAll(h => h.Id);
            await keys.Destroy(ids, ct);
            zone.RemoveRange(await zone.Set<WalledOff>().Where(w => ids.Contains(w.DossierId)).ToListAsync(ct));
            zone.RemoveRange(await zone.Set<HandoverTurn>().Where(t => ids.Contains(t.HandoverId)).ToListAsync(ct));
            zone.RemoveRange(gone);
            return gone.Count;
        }
    }
}
