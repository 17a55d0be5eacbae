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
        var (subject, text) = Spoken.In(to.Language, () => (Words.TrainingChangedSubject, to.IsCancelled ? Words.TrainingCancelledText(to.Subject) : Words.TrainingChangedText(to.Subject, to.When())));
        await mail.Send(new Letter(message.Key, to.Mailbox, subject, text), ct);
    }

    [Requires(May.RunThePlatform)]
    internal sealed record Query(Guid Participant) : IQuery<Mailed?>;

    internal sealed class Handler(ZoneDbContext zone) : IRequestHandler<Query, Mailed?>
    {
        public Task<Mailed?> Handle(Query query, CancellationToken ct) => Mailed.Of(zone, query.Participant, ct);
    }
}
