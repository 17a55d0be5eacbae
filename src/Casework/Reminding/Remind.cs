using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Reminding;

/// <summary>What fell due, of every kind and from every module, is put into the outbox once; where it led to nothing, the coordinators are told after the zone's delay.</summary>
internal sealed class Remind(IEnumerable<IRemind> kinds) : IDoWhatIsDue
{
    // In two: what cannot be told on keeps nobody's reminder back.
    public async Task Run(IMediator pipeline, CancellationToken ct)
    {
        if (await pipeline.Send(new Command(), ct)) await pipeline.Send(new TellOn(), ct);
    }

    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct)
    {
        var next = await zone.Set<Told>().Where(t => t.TellOnAt != null).MinAsync(t => t.TellOnAt, ct);
        foreach (var kind in kinds)
            if (await kind.Next(zone, ct) is { } due && (next is null || due < next)) next = due;
        return next;
    }

    /// <summary>The key names the thing, its due instant and whom: queued twice, it is sent once.</summary>
    /// <param name="to">null: the coordinators.</param>
    public static string Key(string kind, Guid about, DateTimeOffset dueAt, Guid? to = null) => $"{kind} {about} {dueAt.UtcDateTime:yyyyMMddHHmm}{(to is { } one ? $" {one}" : "")}";

    /// <returns>Is there something to be told on?</returns>
    [Requires(May.RunThePlatform)]
    internal sealed record Command : ICommand<bool>;

    [Requires(May.RunThePlatform)]
    internal sealed record TellOn : ICommand<int>;

    internal sealed class Handler(ZoneDbContext zone, UseCase here, IEnumerable<IRemind> kinds, IZoneSettings settings, TimeProvider clock) : IRequestHandler<Command, bool>, IRequestHandler<TellOn, int>
    {
        private const int InOneGo = 500;

        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var (now, delay) = (clock.GetUtcNow(), (await settings.Of(here.InZone.Id, ct)).ToldOnAfter);
            foreach (var kind in kinds)
            {
                var due = await kind.Fallen(zone, now, InOneGo, ct);
                if (due.Count == 0) continue;
                var already = await Already(kind.Kind, [.. due.Select(f => f.About)], ct);
                foreach (var fallen in due.Where(f => !already.Contains((f.About, Minute(f.DueAt)))))
                {
                    zone.Add(Told.Of(kind.Kind, fallen, kind.IsToldOn && fallen.To.Count > 0 ? delay : null, now));
                    if (fallen.Quiet) continue;
                    if (fallen.To.Count == 0) zone.Add(OutboxMessage.New(Key(kind.Kind, fallen.About, fallen.DueAt), kind.Kind, fallen.Dossier, null, now));
                    foreach (var to in fallen.To.Distinct()) zone.Add(OutboxMessage.New(Key(kind.Kind, fallen.About, fallen.DueAt, to), kind.Kind, fallen.Dossier, to, now));
                }
            }
            return await Over(now).AnyAsync(ct);
        }

        // An act that was put off and put back is due once more at an instant it was told of before.
        private async Task<HashSet<(Guid About, long Minute)>> Already(string kind, List<Guid> about, CancellationToken ct) =>
            [.. (await zone.Set<Told>().AsNoTracking().Where(t => t.Kind == kind && about.Contains(t.About)).Select(t => new { t.About, t.DueAt }).ToListAsync(ct)).Select(t => (t.About, Minute(t.DueAt)))];

        // As the effect's key has it.
        private static long Minute(DateTimeOffset at) => at.UtcTicks / TimeSpan.TicksPerMinute;

        private IQueryable<Told> Over(DateTimeOffset now) => zone.Set<Told>().Where(t => t.TellOnAt != null && t.TellOnAt <= now);

        public async Task<int> Handle(TellOn command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var over = await Over(now).OrderBy(t => t.TellOnAt).Take(InOneGo).ToListAsync(ct);
            foreach (var kind in over.GroupBy(t => t.Kind))
            {
                // Told of two due instants of one thing, only the later can still wait.
                var latest = kind.GroupBy(t => t.About).ToDictionary(g => g.Key, g => g.Max(t => t.DueAt));
                var undone = kinds.FirstOrDefault(k => k.Kind == kind.Key) is { } source ? await source.Undone(zone, latest, ct) : new HashSet<Guid>();
                foreach (var told in kind)
                    if (told.Over(told.DueAt == latest[told.About] && undone.Contains(told.About), now) is { } message) zone.Add(message);
            }
            return over.Count;
        }
    }
}
