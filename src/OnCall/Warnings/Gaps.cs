using System.Globalization;
using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;
using VictimSupport.OnCall.Pools;
using VictimSupport.OnCall.Rotas;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.OnCall.Warnings;

/// <summary>A gap in the rota is told to the coordinators a week ahead, once for a pool and a week, however many gaps there are in it.</summary>
internal sealed class Gaps(CatalogDatabase catalog, UseCase here, TimeProvider clock) : IDoWhatIsDue
{
    public async Task Run(IMediator pipeline, CancellationToken ct)
    {
        if ((await pipeline.Send(new Query(), ct)).Count > 0) await pipeline.Send(new Command(), ct);
    }

    // What comes nearer with the days is looked at each morning; what is written in between, at the hourly round.
    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct)
    {
        await using var house = catalog.Lease();
        return (await PoolsOf(house, here.InZone.Id, Moment.Day(clock.GetUtcNow()), ct)).Count == 0 ? null : Moment.Next(await ZoneVisit.Done(house, here.InZone.Id, ct), new TimeOnly(6, 0));
    }

    [Requires(May.RunThePlatform)]
    internal sealed record Query : ICatalogQuery<IReadOnlyList<OutboxMessage>>;

    [Requires(May.RunThePlatform)]
    internal sealed record Command : ICatalogCommand<int>;

    internal sealed class QueryHandler(CatalogDbContext house, UseCase here, TimeProvider clock) : IRequestHandler<Query, IReadOnlyList<OutboxMessage>>
    {
        public Task<IReadOnlyList<OutboxMessage>> Handle(Query query, CancellationToken ct) => Unsaid(house, here.InZone.Id, clock.GetUtcNow(), ct);
    }

    internal sealed class Handler(CatalogDbContext house, UseCase here, TimeProvider clock) : IRequestHandler<Command, int>
    {
        public async Task<int> Handle(Command command, CancellationToken ct)
        {
            var messages = await Unsaid(house, here.InZone.Id, clock.GetUtcNow(), ct);
            house.AddRange(messages);
            return messages.Count;
        }
    }

    /// <summary>Pools in force or to come that the zone is in.</summary>
    internal static async Task<IReadOnlyList<Pool>> PoolsOf(CatalogDbContext house, Guid zone, DateOnly today, CancellationToken ct)
    {
        var mine = house.Set<PoolMember>().Where(m => m.Zone == zone && m.State == Membership.Agreed && (m.Until == null || m.Until >= today));
        return await house.Set<Pool>().AsNoTracking().Where(p => (p.Until == null || p.Until >= today) && mine.Any(m => m.Pool == p.Id)).ToListAsync(ct);
    }

    /// <summary>Gaps that begin within the days that are warned of, or are open now.</summary>
    internal static async Task<IReadOnlyList<(Pool Pool, Span Gap)>> Of(CatalogDbContext house, IReadOnlyList<Pool> pools, DateTimeOffset now, CancellationToken ct)
    {
        if (pools.Count == 0) return [];
        var (to, ids) = (now.AddDays(Cover.DaysWarned), pools.Select(p => p.Id).ToList());
        var shifts = await house.Set<Shift>().AsNoTracking().Where(s => ids.Contains(s.Pool) && s.Removed == null && s.Rank == Rank.Duty && s.Start < to && s.End > now).ToListAsync(ct);
        return [.. pools.SelectMany(p => Cover.Gaps(p, shifts.Where(s => s.Pool == p.Id), now, to).Select(g => (p, g)))];
    }

    private static async Task<IReadOnlyList<OutboxMessage>> Unsaid(CatalogDbContext house, Guid zone, DateTimeOffset now, CancellationToken ct)
    {
        var found = await Of(house, await PoolsOf(house, zone, Moment.Day(now), ct), now, ct);
        var messages = found.Select(f => (f.Pool.Id, Monday: MondayOf(Moment.Day(f.Gap.Start)))).Distinct()
            .Select(w => OutboxMessage.New($"{GapMail.KindName} {zone} {w.Id} {w.Monday.ToString("yyyyMMdd", CultureInfo.InvariantCulture)}", GapMail.KindName, w.Id, null, now, zone)).ToList();
        var keys = messages.ConvertAll(m => m.Key);
        var said = await house.Set<OutboxMessage>().Where(m => keys.Contains(m.Key)).Select(m => m.Key).ToListAsync(ct);
        return [.. messages.Where(m => !said.Contains(m.Key))];
    }

    private static DateOnly MondayOf(DateOnly day) => day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
}

/// <summary>Tells those who keep the rota that it has a gap. When, and in which pool, is seen in the portal.</summary>
internal sealed class GapMail(ISendMail mail, IAccounts accounts, IStaff staff) : IDeliverForTheHouse
{
    public const string KindName = "rota-gap";
    public string Kind => KindName;

    public async Task Deliver(OutboxMessage message, CancellationToken ct)
    {
        var to = await staff.Holding(message.Zone!.Value, [Role.Coordinator], ct);
        if (to.Count == 0) to = await staff.Holding(message.Zone.Value, [Role.ZoneAdministrator], ct);
        await ToEach.Send([.. (await accounts.Named(to, ct)).Values], c => $"{message.Key} {c.Id}", async (colleague, key) =>
        {
            var (subject, text) = Spoken.In(colleague.Language, () => (Words.GapSubject, Words.GapText));
            await mail.Send(new Letter(key, colleague.Email, subject, text), ct);
        });
    }
}
