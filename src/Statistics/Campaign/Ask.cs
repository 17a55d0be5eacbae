using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Contracts;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Statistics.Campaign;

/// <summary>Lays the question before one zone, in the platform's name; asked again with another deadline, it moves that.</summary>
internal static class Ask
{
    /// <returns>false: it has it already, as it is.</returns>
    [Requires(May.RunThePlatform)]
    internal sealed record Command(int Year, string ProgrammeHash, DateTimeOffset OpenedAt, DateOnly Deadline, DateOnly From, DateOnly Until) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            if (await zone.Set<YearAsked>().SingleOrDefaultAsync(y => y.Year == command.Year, ct) is { } known)
            {
                if (known.Deadline == command.Deadline) return false;
                known.Move(command.Deadline, clock.GetUtcNow());
                return true;
            }
            zone.Add(YearAsked.New(command.Year, command.ProgrammeHash, command.OpenedAt, command.Deadline, command.From, command.Until, clock.GetUtcNow()));
            return true;
        }
    }
}

/// <summary>Reminds the coordinators of a zone that has not looked yet: when it is asked, two weeks before the deadline, on it and a week after.</summary>
internal sealed class NotLookedYet : IRemind
{
    public string Kind => FiguresToLookAt.ReminderKind;
    public bool IsToldOn => false; // it is told to the coordinators in the first place

    public async Task<IReadOnlyList<Fallen>> Fallen(ZoneDbContext zone, DateTimeOffset now, int most, CancellationToken ct)
    {
        var due = await zone.Set<YearAsked>().Where(y => y.RemindAt <= now).OrderBy(y => y.RemindAt).Take(most).ToListAsync(ct);
        List<Fallen> fallen = [.. due.Select(y => new Fallen(y.Id, null, [], y.RemindAt!.Value))];
        foreach (var year in due) year.WasTold(now);
        return fallen;
    }

    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct) => await zone.Set<YearAsked>().MinAsync(y => y.RemindAt, ct);

    public Task<IReadOnlySet<Guid>> Undone(ZoneDbContext zone, IReadOnlyDictionary<Guid, DateTimeOffset> told, CancellationToken ct) => Task.FromResult<IReadOnlySet<Guid>>(new HashSet<Guid>());
}

/// <summary>Tells the catalogue that the zone looked, or took it back, and when: that and nothing else leaves it. Told is what holds when the message leaves, so told twice it is the same.</summary>
internal sealed class TellThatWeLooked(IMediator pipeline, CatalogDatabase catalog) : IDeliver
{
    public const string KindName = "campaign-mark";
    public string Kind => KindName;

    public static OutboxMessage New(YearAsked year, DateTimeOffset now) => OutboxMessage.New($"{KindName} {year.Year} {year.Turn}", KindName, year.Id, null, now);

    public async Task Deliver(OutboxMessage message, ZoneRecord zone, CancellationToken ct)
    {
        var said = await pipeline.Send(new Query(message.About!.Value), ct);
        await catalog.WriteAsPlatform("Statistics.HearZone", zone.Id, async house =>
        {
            // Where the platform has no such question, as in the demo, nobody wants to know.
            if (await house.Set<AskedZone>().SingleOrDefaultAsync(a => a.Year == said.Year && a.ZoneId == zone.Id, ct) is { } asked) asked.Hears(said.Turn, said.Validated);
            return true;
        }, ct);
    }

    [Requires(May.RunThePlatform)]
    internal sealed record Query(Guid Year) : IQuery<(int Year, int Turn, DateTimeOffset? Validated)>;

    internal sealed class Handler(ZoneDbContext zone) : IRequestHandler<Query, (int Year, int Turn, DateTimeOffset? Validated)>
    {
        public async Task<(int Year, int Turn, DateTimeOffset? Validated)> Handle(Query query, CancellationToken ct)
        {
            var year = await zone.Set<YearAsked>().AsNoTracking().SingleAsync(y => y.Id == query.Year, ct);
            return (year.Year, year.Turn, year.Validated);
        }
    }
}
