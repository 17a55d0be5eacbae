using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Network.Agreements;

namespace VictimSupport.Network.Partners;

/// <summary>On the bell of the coordinators, who are told by mail too: partners that nobody looked at for months, and agreements to renew. How many, and nothing of whom.</summary>
internal sealed class ToLookAfter(IMediator pipeline, WhereAndWho who) : IRing
{
    public async ValueTask<IReadOnlyList<RingLine>> Lines(CancellationToken ct)
    {
        if (!who.Caller.Is(Role.Coordinator) || !who.Caller.May(May.KeepPartners)) return [];
        var (stale, ending) = await pipeline.Send(new Query(), ct);
        return [new RingLine(Words.RingStale, "/partners/check?Months=6", stale), new RingLine(Words.RingAgreements, $"/partners/agreements?State={AgreementState.ToRenew}", ending)];
    }

    [Requires(May.KeepPartners)]
    internal sealed record Query : IQuery<(int Stale, int Ending)>;

    internal sealed class Handler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Query, (int Stale, int Ending)>
    {
        private static readonly Compiled<DateTimeOffset, int> StaleNow = Compiled.Query((ZoneDbContext z, DateTimeOffset now) => z.Set<Partner>().Where(p => p.Ended == null && p.StaleAt <= now).GroupBy(_ => 1).Select(g => g.Count()));

        public async Task<(int Stale, int Ending)> Handle(Query query, CancellationToken ct)
        {
            var (now, day) = (clock.GetUtcNow(), Moment.Day(clock.GetUtcNow()));
            var stale = (await StaleNow.In(zone, now, ct)).SingleOrDefault();
            // Some dozens at most; where one stands is said by its periods alone.
            var agreements = await zone.Set<Agreement>().AsNoTracking().Where(a => a.Stopped == null).ToListAsync(ct);
            if (agreements.Count == 0) return (stale, 0);
            var periods = (await zone.Set<AgreementPeriod>().AsNoTracking().ToListAsync(ct)).ToLookup(p => p.AgreementId);
            return (stale, agreements.Count(a => a.StateOn([.. periods[a.Id]], day) == AgreementState.ToRenew));
        }
    }
}
