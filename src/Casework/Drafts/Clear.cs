using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Lists;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Drafts;

/// <summary>Drafts that are a month old, or whose writer holds no role here any more, are thrown away; then the keys of those that had one of their own are destroyed. In two steps: a key goes only
/// when the text is durably gone, and a visit that was killed in between is finished by the next.</summary>
internal sealed class ClearDrafts : IDoWhatIsDue
{
    public async Task Run(IMediator pipeline, CancellationToken ct)
    {
        await pipeline.Send(new Old(), ct);
        await pipeline.Send(new Keys(), ct);
    }

    // The hourly round of every zone is early enough.
    public Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct) => Task.FromResult<DateTimeOffset?>(null);

    [Requires(May.RunThePlatform)]
    internal sealed record Old : ICommand<int>;

    [Requires(May.RunThePlatform)]
    internal sealed record Keys : ICommand<int>;

    internal sealed class Handler(ZoneDbContext zone, UseCase place, IStaff staff, Keyring keys, TimeProvider clock) : IRequestHandler<Old, int>, IRequestHandler<Keys, int>
    {
        private const int InOneGo = 500;

        public async Task<int> Handle(Old command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var (since, listed, here) = (now - Draft.Kept, now - PvList.Kept, await staff.Holding(place.InZone.Id, Enum.GetValues<Role>(), ct));
            var writers = await zone.Set<Draft>().Where(d => d.Gone == null).Select(d => d.Account).Distinct().ToListAsync(ct);
            var left = writers.Except(here).ToList();
            var old = await zone.Set<Draft>().Where(d => d.Gone == null && (d.Saved <= since || (d.Saved <= listed && d.Place.StartsWith(PvList.Pages)) || left.Contains(d.Account))).OrderBy(d => d.Saved).Take(InOneGo).ToListAsync(ct);
            foreach (var draft in old) draft.Throw(Guid.Empty, now);
            return old.Count;
        }

        public async Task<int> Handle(Keys command, CancellationToken ct)
        {
            var own = await zone.Set<Draft>().Where(d => d.Gone != null && d.DossierId == null && !d.KeyIsGone).OrderBy(d => d.Gone).Take(InOneGo).ToListAsync(ct);
            if (own.Count > 0) await keys.Destroy([.. own.Select(d => d.Id)], ct);
            foreach (var draft in own) draft.KeyWasDestroyed();
            var over = clock.GetUtcNow() - Presence.Lasts;
            await zone.Set<Presence>().Where(p => p.Seen < over).ExecuteDeleteAsync(ct);
            var done = clock.GetUtcNow() - Worklist.BulkTurn.Undoable;
            await zone.Set<Worklist.BulkTurn>().Where(t => t.At < done).ExecuteDeleteAsync(ct);
            await Counting.CaseCounter.Forget(zone, clock.GetUtcNow(), ct);
            var forgotten = clock.GetUtcNow() - Draft.Remembered;
            zone.RemoveRange(await zone.Set<Draft>().Where(d => d.Gone < forgotten && (d.KeyIsGone || d.DossierId != null)).OrderBy(d => d.Gone).Take(InOneGo).ToListAsync(ct));
            return own.Count;
        }
    }
}
