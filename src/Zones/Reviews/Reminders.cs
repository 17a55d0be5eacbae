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
internal sealed class Reminders(CatalogDatabase catalog, UseCase here, TimeProvider clock) : IDoWhatIsDue
{
    public const string Kind = "review-owed";

    public Task Run(IMediator pipeline, CancellationToken ct) => pipeline.Send(new Command(), ct);

    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct)
    {
        var (id, today) = (here.InZone.Id, Design.Html.Moment.Day(clock.GetUtcNow()));
        await using var house = catalog.Lease();
        if (await house.Set<ZoneStep>().AsNoTracking().SingleOrDefaultAsync(s => s.Zone == id && s.Step == ZoneStep.Live, ct) is not { At: var live }) return null;
        var next = Quarter.Of(today).Next.First;
        if (Quarter.Owed(live, today) is { } owed)
        {
            var name = owed.ToString();
            if (!await house.Set<AccessReview>().AnyAsync(r => r.Zone == id && r.Quarter == name && r.Signed != null, ct)) next = owed.Next.First.AddDays((WeekOf(owed, today) + 1) * 7);
        }
        return Design.Html.Moment.Instant(next.ToDateTime(new TimeOnly(6, 0)));
    }

    // Weeks since the review fell due, which is the first day after its quarter.
    private static int WeekOf(Quarter owed, DateOnly today) => (today.DayNumber - owed.Next.First.DayNumber) / 7;

    [Requires(May.RunThePlatform)]
    internal sealed record Command : ICatalogCommand<int>;

    internal sealed class Handler(CatalogDbContext house, UseCase here, Desk desk, TimeProvider clock) : IRequestHandler<Command, int>
    {
        public async Task<int> Handle(Command command, CancellationToken ct)
        {
            if (await desk.Owed(ct) is not { } owed) return 0;
            var (zone, now, added) = (here.InZone.Id, clock.GetUtcNow(), 0);
            var grants = await house.Set<RoleGrant>().AsNoTracking().Where(g => g.Zone == zone).ToListAsync(ct);
            foreach (var signer in Desk.SignersOf(grants, now))
            {
                var key = $"{Kind} {zone} {owed} {WeekOf(owed, Design.Html.Moment.Day(now))} {signer}";
                if (await house.Set<OutboxMessage>().AnyAsync(m => m.Key == key, ct)) continue;
                house.Add(OutboxMessage.New(key, Kind, null, signer, now, zone));
                added++;
            }
            return added;
        }
    }
}
