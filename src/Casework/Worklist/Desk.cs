using MediatR;
using VictimSupport.Casework.Countersign;
using VictimSupport.Casework.Tray;
using VictimSupport.Casework.Walls;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Worklist;

/// <summary>What waits for the caller beside dossiers that are due: the figures on the worklist, and on the bell. Asked once for a page.</summary>
internal sealed class Desk(IMediator pipeline, WhereAndWho who) : IRing
{
    private Waits? waits;

    public async ValueTask<IReadOnlyList<RingLine>> Lines(CancellationToken ct)
    {
        if (!who.Caller.May(May.WorkOnDossiers)) return [];
        var now = await Waiting(ct);
        var unsigned = new RingLine(Words.WaitsUnsigned, "/countersign", now.Unsigned);
        return who.Caller.May(May.OpenCallOuts) ? [new(Words.WaitsRequests, "/tray", now.Requests), new(Words.WaitsTray, "/tray", now.Tray - now.Requests), unsigned] : [unsigned];
    }

    public async ValueTask<Waits> Waiting(CancellationToken ct) => waits ??= who.Caller.May(May.WorkOnDossiers) ? await pipeline.Send(new Query(), ct) : new Waits(0, 0);

    /// <param name="Tray">Messages put to the caller, or to anybody; and those that somebody was to take and did not in time.</param>
    /// <param name="Unsigned">To countersign; for a trainee: given back.</param>
    internal sealed record Waits(int Tray, int Unsigned)
    {
        /// <summary>How many of the tray were sent on the public page.</summary>
        public int Requests { get; init; }
    }

    internal sealed record Messages
    {
        public int All { get; init; }
        public int Requests { get; init; }
    }

    [Requires(May.WorkOnDossiers)]
    internal sealed record Query : IQuery<Waits>;

    internal sealed class Handler(ZoneDbContext zone, Unsigned unsigned, Caller caller, TimeProvider clock) : IRequestHandler<Query, Waits>
    {
        private static readonly Compiled<Guid, DateTimeOffset, Messages> InTheTray = Compiled.Query((ZoneDbContext z, Guid self, DateTimeOffset now) =>
            z.Set<TrayEntry>().Where(e => e.State == TrayState.Waiting && e.Gone == null && (e.For == null || e.For == self || e.RemindAt <= now) && !z.Set<WalledOff>().Any(w => w.Account == self && w.DossierId == e.Id)).GroupBy(_ => 1).Select(g => new Messages { All = g.Count(), Requests = g.Count(e => e.FromPublic) }));

        public async Task<Waits> Handle(Query query, CancellationToken ct)
        {
            var tray = caller.May(May.OpenCallOuts) ? (await InTheTray.In(zone, caller.Self, clock.GetUtcNow(), ct)).SingleOrDefault() : null;
            return new(tray?.All ?? 0, await unsigned.Count(ct)) { Requests = tray?.Requests ?? 0 };
        }
    }
}
