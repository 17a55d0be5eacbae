using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Parcels;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;
using VictimSupport.Identity.Contracts;
using VictimSupport.Network.Invitations;

namespace VictimSupport.Network.Trainings;

/// <summary>Tells the zones of the pools what a training has become. Told is the whole of it as it stands when the message leaves, and only where it is other than what they know.</summary>
internal sealed class TellInvited(IMediator pipeline) : IDeliver
{
    public const string KindName = "training-told";
    public string Kind => KindName;

    /// <param name="turn">Whatever tells this time from another.</param>
    public static OutboxMessage New(Guid training, string turn, DateTimeOffset now) => OutboxMessage.New($"{KindName} {training} {turn}", KindName, training, null, now);

    public Task Deliver(OutboxMessage message, ZoneRecord zone, CancellationToken ct) => pipeline.Send(new Command(message.About!.Value), ct);

    /// <returns>How many zones learn something by it.</returns>
    [Requires(May.RunThePlatform)]
    internal sealed record Command(Guid Training) : ICommand<int>;

    internal sealed class Handler(ZoneDbContext zone, UseCase here, IKnowPools pools, Post post, TimeProvider clock) : IRequestHandler<Command, int>
    {
        public async Task<int> Handle(Command command, CancellationToken ct)
        {
            var (training, now, told) = (await zone.Set<Training>().SingleAsync(t => t.Id == command.Training, ct), clock.GetUtcNow(), 0);
            if (training.RegisterUntil is not { } until) return 0;
            var sessions = await zone.Set<TrainingSession>().AsNoTracking().Where(s => s.TrainingId == training.Id).OrderBy(s => s.Start).ToListAsync(ct);
            var people = await zone.Set<Participant>().AsNoTracking().Where(p => p.TrainingId == training.Id).OrderBy(p => p.Number).ToListAsync(ct);
            var invited = await zone.Set<Invited>().Where(i => i.TrainingId == training.Id).ToListAsync(ct);
            var reach = Reach.Of(await pools.Of(here.InZone.Id, ct), training);
            if (training.StateAt(sessions, now) == TrainingState.Planned && until >= Moment.Day(now))
            {
                foreach (var code in reach.Where(c => invited.TrueForAll(i => i.Zone != c)))
                {
                    invited.Add(Invited.Of(training.Id, code, now));
                    zone.Add(invited[^1]);
                }
            }
            var seats = training.Capacity is { } most && people.Count(p => p.State == ParticipantState.Registered) >= most ? SeatsLeft.WaitingList : SeatsLeft.Left;
            foreach (var one in invited)
            {
                var notice = new Notice(training.Subject, training.Topic, training.OwnTopic, training.Kind, training.Audience, training.Trainers, [.. sessions.Select(s => new Sitting(s.Id, s.Start, s.End, s.Place))], until, seats, training.Cancelled is not null, !reach.Contains(one.Zone));
                var news = new TrainingNews(notice, [.. people.Where(p => p.From == one.Zone).Select(Reach.Seat)]);
                if (!one.Hears(news)) continue;
                await post.Send(one.Zone, TrainingNews.ParcelKind, one.Id, news, ct);
                told++;
            }
            return told;
        }
    }
}

/// <summary>Pools change by the day, and nobody comes to say so: a zone that joined one is invited, one that left is told that nobody new is registered.</summary>
internal sealed class FollowPools : IDoWhatIsDue
{
    public async Task Run(IMediator pipeline, CancellationToken ct)
    {
        foreach (var training in await pipeline.Send(new Query(), ct)) await pipeline.Send(new TellInvited.Command(training), ct);
    }

    /// <summary>Once an hour is often enough.</summary>
    public Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct) => Task.FromResult<DateTimeOffset?>(null);

    /// <summary>Trainings that reach other zones than those that know so.</summary>
    [Requires(May.RunThePlatform)]
    internal sealed record Query : IQuery<IReadOnlyList<Guid>>;

    internal sealed class Handler(ZoneDbContext zone, UseCase here, IKnowPools pools, TimeProvider clock) : IRequestHandler<Query, IReadOnlyList<Guid>>
    {
        public async Task<IReadOnlyList<Guid>> Handle(Query query, CancellationToken ct)
        {
            var today = Moment.Day(clock.GetUtcNow());
            var open = await zone.Set<Training>().AsNoTracking().Where(t => t.RegisterUntil != null && t.RegisterUntil >= today && t.Cancelled == null).ToListAsync(ct);
            if (open.Count == 0) return [];
            var (ids, shared) = (open.ConvertAll(t => t.Id), await pools.Of(here.InZone.Id, ct));
            var known = (await zone.Set<Invited>().AsNoTracking().Where(i => ids.Contains(i.TrainingId)).ToListAsync(ct)).ToLookup(i => i.TrainingId);
            return [.. open.Where(t => !Reach.Of(shared, t).SetEquals(known[t.Id].Where(i => !i.IsClosed).Select(i => i.Zone))).Select(t => t.Id)];
        }
    }
}

/// <summary>Which zones a training is open to, and what they hear of their people.</summary>
internal static class Reach
{
    /// <summary>Codes of the zones that are in one of its pools today.</summary>
    public static IReadOnlySet<string> Of(IReadOnlyList<SharedPool> pools, Training training) =>
        pools.Where(p => training.OpenTo.Contains(p.Id)).SelectMany(p => p.Others).Select(z => z.Code).ToHashSet(StringComparer.Ordinal);

    public static SeatNews Seat(Participant one) => new(one.Once, one.State switch { ParticipantState.Registered => RegistrationState.Placed, ParticipantState.Waiting => RegistrationState.Waiting, _ => RegistrationState.Withdrawn }, null, one.Attended);
}
