using System.Collections.Concurrent;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Portal;

/// <summary>The figure on the bell, as of some seconds ago: every page asks. What was written in the zone by this process shows at once; by another, or fallen due meanwhile, within these seconds.</summary>
internal sealed class BellFigure(TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);
    private sealed record Figure(int Due, int Roles, long Writes, long Read);
    private readonly ConcurrentDictionary<(Guid Zone, Guid Account), Figure> known = new();

    public async ValueTask<int> Of(ZoneHandle zone, Caller caller, IEnumerable<IRing> bells, CancellationToken ct)
    {
        if (caller.Account is not { } account) return 0;
        var own = 0;
        foreach (var bell in bells.Where(b => b.KeepsItsFigure)) own += await Sum(bell, ct);
        // Taken before the question: what is written while it is asked makes it old.
        var (writes, roles, at) = (zone.Writes, caller.Roles.Aggregate(0, (all, role) => all | (1 << (int)role)), clock.GetTimestamp());
        if (known.TryGetValue((zone.Id, account), out var entry) && entry.Writes == writes && entry.Roles == roles)
        {
            // Once it is old one asks anew; whoever comes meanwhile is told what was known.
            if (clock.GetElapsedTime(entry.Read) <= Fresh || !known.TryUpdate((zone.Id, account), entry with { Read = at }, entry)) return own + entry.Due;
        }
        var due = 0;
        foreach (var bell in bells.Where(b => !b.KeepsItsFigure)) due += await Sum(bell, ct);
        if (known.Count > 10_000) known.Clear();
        known[(zone.Id, account)] = new(due, roles, writes, at);
        return own + due;
    }

    private static async ValueTask<int> Sum(IRing bell, CancellationToken ct) => (await bell.Lines(ct)).Sum(l => l.Count);
}
