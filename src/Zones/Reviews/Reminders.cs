using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Zones.Settings;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Zones.Reviews;

/// <summary>A review that is owed is called to mind once a week until it is signed.</summary>
internal sealed class Reminders(CatalogDatabase catalog, UseCase here) : IDoWhatIsDue
{
    public const string Kind = "review-owed";
    private static readonly TimeOnly Six = new(6, 0);

    public async Task Run(IMediator pipeline, CancellationToken ct)
    {
        if ((await pipeline.Send(new Query(), ct)).Count > 0) await pipeline.Send(new Command(), ct);
    }

    // The first morning of each week of what is owed, or of the next quarter.
    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct)
    {
        var id = here.InZone.Id;
        await using var house = catalog.Lease();
        if (!await house.Set<ZoneStep>().AnyAsync(s => s.Zone == id && s.Step == ZoneStep.Live, ct)) return null;
        var morning = Design.Html.Moment.Next(await ZoneVisit.Done(house, id, ct), Six);
        var day = Design.Html.Moment.Day(morning);
        if (await Desk.Owed(house, id, day, ct) is not { } owed) return Design.Html.Moment.Instant(Quarter.Of(day).Next.First.ToDateTime(Six));
        var first = owed.Next.First.AddDays(WeekOf(owed, day) * 7);
        return first == day ? morning : Design.Html.Moment.Instant(first.AddDays(7).ToDateTime(Six));
    }

    // Weeks since the review fell due, which is the first day after its quarter.
    private static int WeekOf(Quarter owed, DateOnly today) => (today.DayNumber - owed.Next.First.DayNumber) / 7;

    [Requires(May.RunThePlatform)]
    internal sealed record Query : ICatalogQuery<IReadOnlyList<OutboxMessage>>;

    [Requires(May.RunThePlatform)]
    internal sealed record Command : ICatalogCommand<int>;

    internal sealed class QueryHandler(CatalogDbContext house, UseCase here, Desk desk, TimeProvider clock) : IRequestHandler<Query, IReadOnlyList<OutboxMessage>>
    {
        public Task<IReadOnlyList<OutboxMessage>> Handle(Query query, CancellationToken ct) => Unsaid(house, here.InZone.Id, desk, clock.GetUtcNow(), ct);
    }

    internal sealed class Handler(CatalogDbContext house, UseCase here, Desk desk, TimeProvider clock) : IRequestHandler<Command, int>
    {
        public async Task<int> Handle(Command command, CancellationToken ct)
        {
            var messages = await Unsaid(house, here.InZone.Id, desk, clock.GetUtcNow(), ct);
            house.AddRange(messages);
            return messages.Count;
        }
    }

    // This week's mails that are not written yet: to each who may sign.
    private static async Task<IReadOnlyList<OutboxMessage>> Unsaid(CatalogDbContext house, Guid zone, Desk desk, DateTimeOffset now, CancellationToken ct)
    {
        if (await desk.Owed(ct) is not { } owed) return [];
        var grants = await house.Set<RoleGrant>().AsNoTracking().Where(g => g.Zone == zone).ToListAsync(ct);
        var week = WeekOf(owed, Design.Html.Moment.Day(now));
        var messages = Desk.SignersOf(grants, now).Select(signer => OutboxMessage.New($"{Kind} {zone} {owed} {week} {signer}", Kind, null, signer, now, zone)).ToList();
        var keys = messages.Select(m => m.Key).ToList();
        var said = await house.Set<OutboxMessage>().Where(m => keys.Contains(m.Key)).Select(m => m.Key).ToListAsync(ct);
        return [.. messages.Where(m => !said.Contains(m.Key))];
    }
}
