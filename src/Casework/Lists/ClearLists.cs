using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Lists;

/// <summary>Lists of a day ago are thrown away, then their keys are destroyed. In two steps: a key goes only when what it sealed is durably gone, and a visit that was killed in between is finished by the next.</summary>
internal sealed class ClearLists : IDoWhatIsDue
{
    public async Task Run(IMediator pipeline, CancellationToken ct)
    {
        await pipeline.Send(new Old(), ct);
        await pipeline.Send(new Keys(), ct);
    }

    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct) => (await zone.Set<PvList>().Select(l => new { l.Gone, l.At }).ToListAsync(ct)).Min(l => (DateTimeOffset?)(l.Gone ?? l.At + PvList.Kept));

    [Requires(May.RunThePlatform)]
    internal sealed record Old : ICommand<int>;

    [Requires(May.RunThePlatform)]
    internal sealed record Keys : ICommand<int>;

    internal sealed class Handler(ZoneDbContext zone, Keyring keys, TimeProvider clock) : IRequestHandler<Old, int>, IRequestHandler<Keys, int>
    {
        private const int InOneGo = 100;

        public async Task<int> Handle(Old command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var before = now - PvList.Kept;
            var old = await zone.Set<PvList>().Where(l => l.Gone == null && l.At <= before).OrderBy(l => l.At).Take(InOneGo).ToListAsync(ct);
            foreach (var list in old) list.Throw(now);
            return old.Count;
        }

        public async Task<int> Handle(Keys command, CancellationToken ct)
        {
            var gone = await zone.Set<PvList>().Where(l => l.Gone != null).OrderBy(l => l.At).Take(InOneGo).ToListAsync(ct);
            if (gone.Count > 0) await keys.Destroy([.. gone.Select(l => l.Id)], ct);
            zone.RemoveRange(gone);
            return gone.Count;
        }
    }
}
