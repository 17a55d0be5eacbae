using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.CallOuts;

/// <summary>Whoever went out may write it down until their time is over. Nobody pressed the last button by then: it is handed over as it stands, so that it is counted and somebody looks after the people.
/// A command for each, so that each is recorded under its own dossier.</summary>
internal sealed class Lapse : IDoWhatIsDue
{
    private const int InOneGo = 500;

    public async Task Run(IMediator pipeline, CancellationToken ct)
    {
        List<Exception>? faults = null;
        foreach (var callOut in await pipeline.Send(new Query(), ct))
        {
            // One that cannot be handed over keeps no other waiting.
            try { await pipeline.Send(new Command(callOut), ct); }
            catch (Exception fault) when (fault is not OperationCanceledException) { (faults ??= []).Add(fault); }
        }
        if (faults is not null) throw new AggregateException(faults);
    }

    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct) => (await Ends(zone, null, ct)).Min(e => (DateTimeOffset?)e.End);

    /// <summary>When the time ends of each that goes on; some that have none are not here.</summary>
    private static async Task<IReadOnlyList<(Guid CallOut, DateTimeOffset End)>> Ends(ZoneDbContext zone, Guid? one, CancellationToken ct)
    {
        var leaves = await (from c in zone.Set<CallOut>().Where(c => c.HandedOver == null && (one == null || c.Id == one))
            from g in zone.Set<Grant>().Where(g => g.Kind == GrantKind.CallOut && g.DossierId == c.DossierId && g.Account == c.Performer)
            select new { c.Id, g.Until }).ToListAsync(ct);
        return [.. leaves.GroupBy(l => l.Id).Where(l => l.All(g => g.Until is not null)).Select(l => (l.Key, l.Max(g => g.Until!.Value)))];
    }

    /// <summary>Those whose time is over.</summary>
    [Requires(May.RunThePlatform)]
    internal sealed record Query : IQuery<IReadOnlyList<Guid>>;

    [Requires(May.RunThePlatform)]
    internal sealed record Command(Guid CallOut) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, HandingOver handing, TimeProvider clock) : IRequestHandler<Query, IReadOnlyList<Guid>>, IRequestHandler<Command, bool>
    {
        public async Task<IReadOnlyList<Guid>> Handle(Query query, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            return [.. (await Ends(zone, null, ct)).Where(e => e.End <= now).OrderBy(e => e.End).Take(InOneGo).Select(e => e.CallOut)];
        }

        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            if (!(await Ends(zone, command.CallOut, ct)).Any(e => e.End <= now)) return false;
            await DossierCounter.TakeTurns(zone, now, ct);
            var callOut = await zone.Set<CallOut>().SingleAsync(c => c.Id == command.CallOut, ct);
            var dossier = await zone.Set<Dossier>().SingleAsync(d => d.Id == callOut.DossierId, ct);
            callOut.Lapse(now);
            var helped = await handing.Helped(dossier, ct);
            await handing.LookAfter(callOut, dossier, helped, ct);
            await handing.Happened(callOut, dossier, helped, ct);
            await NextAct.Settle(zone, dossier, ct);
            dossier.Touch();
            return true;
        }
    }
}
