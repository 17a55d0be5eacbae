using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Walls;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.CallOuts;

/// <summary>A call-out that was begun, whose time is over, and of which nothing was ever written down: somebody may have been there and nobody looks after them. The coordinators are told, once.</summary>
internal sealed class Unwritten(IEnumerable<IKnowCallOuts> pools, UseCase here, TimeProvider clock) : IDoWhatIsDue
{
    /// <summary>What ended longer ago is told no more.</summary>
    private static readonly TimeSpan Tells = TimeSpan.FromDays(7);

    public async Task Run(IMediator pipeline, CancellationToken ct)
    {
        if ((await pipeline.Send(new Query(), ct)).Count > 0) await pipeline.Send(new Command(), ct);
    }

    // Begun in the catalogue, of which the zone hears at the hourly round: their time is days away then.
    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct) => (await Untold(zone, pools, here.InZone.Id, clock.GetUtcNow(), ct)).Min(b => (DateTimeOffset?)b.Until);

    private static string KeyOf(Guid callOut) => $"{UnwrittenMail.KindName} {callOut}";

    private static async Task<IReadOnlyList<BegunCallOut>> Untold(ZoneDbContext zone, IEnumerable<IKnowCallOuts> pools, Guid here, DateTimeOffset now, CancellationToken ct)
    {
        var begun = new List<BegunCallOut>();
        foreach (var pool in pools) begun.AddRange(await pool.For(here, now - Tells, ct));
        if (begun.Count == 0) return [];
        var (ids, keys) = (begun.ConvertAll(b => b.Id), begun.ConvertAll(b => KeyOf(b.Id)));
        var written = await zone.Set<CallOut>().Where(c => ids.Contains(c.Id)).Select(c => c.Id).ToListAsync(ct);
        var told = await zone.Set<OutboxMessage>().Where(m => keys.Contains(m.Key)).Select(m => m.Key).ToListAsync(ct);
        // Given back with nobody to take it: the coordinators were told then.
        var walls = await zone.Set<Wall>().AsNoTracking().Where(w => w.DossierId != null && ids.Contains(w.DossierId.Value)).Select(w => new { w.DossierId, w.Account }).ToListAsync(ct);
        return [.. begun.Where(b => !written.Contains(b.Id) && !told.Contains(KeyOf(b.Id)) && !walls.Exists(w => w.DossierId == b.Id && w.Account == b.Account))];
    }

    [Requires(May.RunThePlatform)]
    internal sealed record Query : IQuery<IReadOnlyList<Guid>>;

    [Requires(May.RunThePlatform)]
    internal sealed record Command : ICommand<int>;

    internal sealed class Handler(ZoneDbContext zone, IEnumerable<IKnowCallOuts> pools, UseCase here, TimeProvider clock) : IRequestHandler<Query, IReadOnlyList<Guid>>, IRequestHandler<Command, int>
    {
        public async Task<IReadOnlyList<Guid>> Handle(Query query, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            return [.. (await Untold(zone, pools, here.InZone.Id, now, ct)).Where(b => b.Until <= now).Select(b => b.Id)];
        }

        public async Task<int> Handle(Command command, CancellationToken ct)
        {
            var over = await Handle(new Query(), ct);
            zone.AddRange(over.Select(id => OutboxMessage.New(KeyOf(id), UnwrittenMail.KindName, null, null, clock.GetUtcNow())));
            return over.Count;
        }
    }
}

/// <summary>Tells the coordinators that nothing was written down of a call-out: not whose it was, not where, not why.</summary>
internal sealed class UnwrittenMail(ISendMail mail, IAccounts accounts, IStaff staff, IMediator pipeline) : NeutralMail(mail, accounts, staff, pipeline)
{
    public const string KindName = "call-out-unwritten";
    public override string Kind => KindName;
    protected override (string Subject, string Text) Say(string language) => Spoken.In(language, () => (Words.CallOutUnwrittenSubject, Words.CallOutUnwrittenText));
}
