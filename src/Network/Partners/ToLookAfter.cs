using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Network.Agreements;
using VictimSupport.Network.Contracts;

namespace VictimSupport.Network.Partners;

/// <summary>On the bell of the coordinators, who are told by mail too: partners that nobody looked at for months, and agreements to renew; how many, and nothing of whom.
/// On their worklist the yearly check of the directory: from the day on which an entry was looked at a year ago until each was looked at.</summary>
internal sealed class ToLookAfter(IMediator pipeline, WhereAndWho who) : IRing, ITellTasks
{
    private Answer? asked;

    public async ValueTask<IReadOnlyList<RingLine>> Lines(CancellationToken ct) => await Asked(ct) is { } now
        ? [new RingLine(Words.RingStale, "/partners/check?Months=6", now.Stale), new RingLine(Words.RingAgreements, $"/partners/agreements?State={AgreementState.ToRenew}", now.Ending)]
        : [];

    public async ValueTask<IReadOnlyList<TaskLine>> Tasks(CancellationToken ct) => await Asked(ct) is { Yearly: > 0, Oldest: { } oldest } now
        ? [new TaskLine(Words.PartnerYearlyCheck(now.Yearly), "/partners/check", Words.PartnersTitle, "/partners", oldest.AddMonths(Check.Year))]
        : [];

    // Once for a page.
    private async ValueTask<Answer?> Asked(CancellationToken ct) => who.Caller.Is(Role.Coordinator) && who.Caller.May(May.KeepPartners) ? asked ??= await pipeline.Send(new Query(), ct) : null;

    /// <param name="Stale">Partners that nobody looked at for six months.</param>
    /// <param name="Yearly">Those of them that nobody looked at for a year.</param>
    /// <param name="Oldest">The day on which the first of them was looked at; null: there is none.</param>
    /// <param name="Ending">Agreements to renew.</param>
    internal sealed record Answer(int Stale, int Yearly, DateOnly? Oldest, int Ending);

    [Requires(May.KeepPartners)]
    internal sealed record Query : IQuery<Answer>;

    internal sealed class Handler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Query, Answer>
    {
        private sealed record Aged(int Stale, int Yearly, DateOnly Oldest);

        private static readonly Compiled<DateTimeOffset, DateOnly, Aged> StaleNow = Compiled.Query((ZoneDbContext z, DateTimeOffset now, DateOnly yearAgo) => z.Set<Partner>().Where(p => p.Ended == null && p.StaleAt <= now).GroupBy(_ => 1)
            .Select(g => new Aged(g.Count(), g.Count(p => p.CheckedOn <= yearAgo), g.Min(p => p.CheckedOn))));

        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var (now, day) = (clock.GetUtcNow(), Moment.Day(clock.GetUtcNow()));
            var aged = (await StaleNow.In(zone, now, day.AddMonths(-Check.Year), ct)).SingleOrDefault();
            var answer = new Answer(aged?.Stale ?? 0, aged?.Yearly ?? 0, aged?.Oldest, 0);
            // Some dozens at most; where one stands is said by its periods alone.
            var agreements = await zone.Set<Agreement>().AsNoTracking().Where(a => a.Stopped == null).ToListAsync(ct);
            if (agreements.Count == 0) return answer;
            var periods = (await zone.Set<AgreementPeriod>().AsNoTracking().ToListAsync(ct)).ToLookup(p => p.AgreementId);
            return answer with { Ending = agreements.Count(a => a.StateOn([.. periods[a.Id]], day) == AgreementState.ToRenew) };
        }
    }
}
