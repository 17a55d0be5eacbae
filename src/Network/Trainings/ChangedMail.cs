using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Network.Trainings;

/// <summary>Tells own colleagues who take part or wait that a training was moved, cancelled, or takes place after all. Told is what stands when the mail leaves. Those of other zones hear it from whoever registered them.</summary>
internal sealed class ChangedMail(ISendMail mail, IMediator pipeline) : IDeliver
{
    public const string KindName = "training-changed";
    public string Kind => KindName;

    /// <summary>Queues it for all of a training, in a command that has taken its turn.</summary>
    public static async Task Tell(ZoneDbContext zone, Guid training, DateTimeOffset now, CancellationToken ct)
    {
        var turn = await zone.Set<Training>().Where(t => t.Id == training).Select(t => t.Turn).SingleAsync(ct);
        var people = await zone.Set<Participant>().AsNoTracking().Where(p => p.TrainingId == training && p.From == null && p.State != ParticipantState.Withdrawn).ToListAsync(ct);
        zone.AddRange(people.Where(p => p.Mailbox is not null).Select(p => OutboxMessage.New($"{KindName} {p.Id} {turn}", KindName, p.Id, null, now)));
    }

    public async Task Deliver(OutboxMessage message, ZoneRecord zone, CancellationToken ct)
    {
        if (message.About is not { } participant || await pipeline.Send(new Query(participant), ct) is not { } to) return;
        var (subject, text) = Spoken.In(to.Language, () => (Words.TrainingChangedSubject, to.IsCancelled ? Words.TrainingCancelledText(to.Subject)
            : Words.TrainingChangedText(to.Subject, to.Sessions.Count == 0 ? Words.TrainingNoSession : string.Join('\n', to.Sessions.Select(s => $"{s.When()}, {s.Place}")))));
        await mail.Send(new Letter(message.Key, to.Mailbox, subject, text), ct);
    }

    internal sealed record Answer(string Mailbox, string Language, string Subject, bool IsCancelled, IReadOnlyList<TrainingSession> Sessions);

    [Requires(May.RunThePlatform)]
    internal sealed record Query(Guid Participant) : IQuery<Answer?>;

    internal sealed class Handler(ZoneDbContext zone) : IRequestHandler<Query, Answer?>
    {
        public async Task<Answer?> Handle(Query query, CancellationToken ct)
        {
            // Who withdrew meanwhile is not told.
            if (await zone.Set<Participant>().AsNoTracking().SingleOrDefaultAsync(p => p.Id == query.Participant, ct) is not { Mailbox: { } box } one || one.State == ParticipantState.Withdrawn) return null;
            var training = await zone.Set<Training>().AsNoTracking().SingleAsync(t => t.Id == one.TrainingId, ct);
            return new Answer(box, one.Language, training.Subject, training.Cancelled is not null, await zone.Set<TrainingSession>().AsNoTracking().Where(s => s.TrainingId == training.Id).OrderBy(s => s.Start).ToListAsync(ct));
        }
    }
}
