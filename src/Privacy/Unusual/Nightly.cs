using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;
using VictimSupport.Privacy.Audit;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Privacy.Unusual;

/// <summary>Looks through the days that are over, once each, at the zone's first visit after three in the morning. A day on which nobody did anything costs nothing.</summary>
internal sealed class Nightly : IDoWhatIsDue
{
    private const int DaysInOneGo = 40;
    internal static readonly TimeSpan AfterMidnight = TimeSpan.FromHours(3);

    public async Task Run(IMediator pipeline, CancellationToken ct)
    {
        for (var i = 0; i < DaysInOneGo && await pipeline.Send(new NextDay.Query(), ct) is { } day; i++)
            await pipeline.Send(new Keep.Command(day, await pipeline.Send(new Look.Query(day), ct)), ct);
    }

    /// <summary>Every zone is visited once an hour: nothing need be said.</summary>
    Task<DateTimeOffset?> IDoWhatIsDue.Next(ZoneDbContext zone, CancellationToken ct) => Task.FromResult<DateTimeOffset?>(null);

    internal static DateTimeOffset Start(DateOnly day) => Moment.Instant(day.ToDateTime(TimeOnly.MinValue));
}

/// <summary>The next day that is over and on which somebody did something.</summary>
internal static class NextDay
{
    [Requires(May.RunThePlatform)]
    internal sealed record Query : IQuery<DateOnly?>;

    internal sealed class Handler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Query, DateOnly?>
    {
        public async Task<DateOnly?> Handle(Query query, CancellationToken ct)
        {
            var today = Moment.Day(clock.GetUtcNow() - Nightly.AfterMidnight);
            var since = await zone.Set<LookedAt>().AsNoTracking().Select(l => (DateOnly?)l.Day).SingleOrDefaultAsync(ct) is { } last ? Nightly.Start(last.AddDays(1)) : DateTimeOffset.UnixEpoch;
            var end = Nightly.Start(today);
            var first = await zone.Set<AuditRow>().AsNoTracking().Where(r => r.At >= since && r.At < end && r.Actor != null).OrderBy(r => r.At).Select(r => (DateTimeOffset?)r.At).FirstOrDefaultAsync(ct);
            return first is { } at ? Moment.Day(at) : null;
        }
    }
}

/// <summary>What the rules find on one day. A read of its own: no writer of the zone waits for it.</summary>
internal static class Look
{
    [Requires(May.RunThePlatform)]
    internal sealed record Query(DateOnly Day) : IQuery<IReadOnlyList<Suspicion>>;

    internal sealed class Handler(ZoneDbContext zone, UseCase here, IRoleHistory roles, IAccounts accounts, IEnumerable<IRecogniseColleagues> recognise) : IRequestHandler<Query, IReadOnlyList<Suspicion>>
    {
        public async Task<IReadOnlyList<Suspicion>> Handle(Query query, CancellationToken ct)
        {
            var (start, end) = (Nightly.Start(query.Day), Nightly.Start(query.Day.AddDays(1)));
            var lines = await Lines(zone.Set<AuditRow>().Where(r => r.At >= start && r.At < end && r.Actor != null), ct);
            var held = await roles.Of(here.InZone.Id, ct);
            var names = (await accounts.Named(held.Select(s => s.Account), ct)).ToDictionary(n => n.Key, n => n.Value.DisplayName);
            var met = lines.Where(Signs.IsOpening).Select(l => l.Subject!.Value).Concat(lines.Where(Signs.IsSearchForSomebody).SelectMany(l => l.Listed)).ToHashSet();
            var bearers = new Dictionary<Guid, IReadOnlySet<Guid>>();
            foreach (var one in recognise)
            {
                foreach (var (dossier, bearing) in await one.In(met, names, ct)) bearers[dossier] = bearing;
            }
            var onCall = held.Where(s => s.Role == Role.OnCall && s.CountedBetween(start, end)).Select(s => s.Account).ToHashSet();
            var usual = new Dictionary<Guid, IReadOnlyList<int>>();
            foreach (var person in lines.Where(Signs.IsMerelyAllowed).GroupBy(l => l.Actor!.Value).Where(g => g.Select(l => l.Subject).Distinct().Count() >= Signs.FarAbove)) usual[person.Key] = await Usual(person.Key, start, ct);
            return [.. Signs.In(query.Day, lines, bearers, onCall, person => usual.GetValueOrDefault(person, []))];
        }

        private async Task<IReadOnlyList<int>> Usual(Guid person, DateTimeOffset before, CancellationToken ct)
        {
            var from = before - Signs.History;
            return [.. (await Lines(zone.Set<AuditRow>().Where(r => r.Actor == person && r.At >= from && r.At < before), ct)).Where(Signs.IsMerelyAllowed).GroupBy(l => Moment.Day(l.At)).Select(d => d.Select(l => l.Subject).Distinct().Count())];
        }

        private static async Task<IReadOnlyList<Line>> Lines(IQueryable<AuditRow> rows, CancellationToken ct)
        {
            var lines = new List<Line>();
            await foreach (var row in rows.AsNoTracking().OrderBy(r => r.At).AsAsyncEnumerable().WithCancellation(ct)) lines.Add(Line.Of(row));
            return lines;
        }
    }
}

/// <summary>Keeps what was found, and that this day was looked at, in one transaction.</summary>
internal static class Keep
{
    [Requires(May.RunThePlatform)]
    internal sealed record Command(DateOnly Day, IReadOnlyList<Suspicion> Found) : ICommand<int>;

    internal sealed class Handler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Command, int>
    {
        public async Task<int> Handle(Command command, CancellationToken ct)
        {
            var keys = command.Found.Select(f => f.Key).ToList();
            var known = (await zone.Set<Finding>().Where(f => keys.Contains(f.Key)).Select(f => f.Key).ToListAsync(ct)).ToHashSet(StringComparer.Ordinal);
            var found = command.Found.Where(f => !known.Contains(f.Key)).DistinctBy(f => f.Key).ToList();
            foreach (var suspicion in found) zone.Add(Finding.Of(suspicion, clock.GetUtcNow()));
            if (await zone.Set<LookedAt>().SingleOrDefaultAsync(ct) is not { } looked) zone.Add(new LookedAt { Day = command.Day });
            else if (looked.Day < command.Day) looked.Day = command.Day;
            return found.Count;
        }
    }
}
