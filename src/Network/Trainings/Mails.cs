using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;
using VictimSupport.Identity.Contracts;
using VictimSupport.Network.Invitations;
using VictimSupport.Network.Partners;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Network.Trainings;

/// <summary>What a mail about a training tells somebody who is in it: what stands when it leaves.</summary>
internal sealed record Mailed(string Mailbox, string Language, string Subject, bool HasSeat, bool IsCancelled, IReadOnlyList<TrainingSession> Sessions)
{
    /// <summary>Its sessions, a line each.</summary>
    public string When() => Sessions.Count == 0 ? Words.TrainingNoSession : string.Join('\n', Sessions.Select(s => $"{s.When()}, {s.Place}"));

    /// <returns>null: they withdrew meanwhile, or have no mailbox.</returns>
    public static async Task<Mailed?> Of(ZoneDbContext zone, Guid participant, CancellationToken ct)
    {
        if (await zone.Set<Participant>().AsNoTracking().SingleOrDefaultAsync(p => p.Id == participant, ct) is not { Mailbox: { } box, State: not ParticipantState.Withdrawn } one) return null;
        var training = await zone.Set<Training>().AsNoTracking().SingleAsync(t => t.Id == one.TrainingId, ct);
        return new Mailed(box, one.Language, training.Subject, one.State == ParticipantState.Registered, training.Cancelled is not null, await zone.Set<TrainingSession>().AsNoTracking().Where(s => s.TrainingId == training.Id).OrderBy(s => s.Start).ToListAsync(ct));
    }
}

/// <summary>Tells whoever waited that there is a seat.</summary>
internal sealed class PlaceMail(ISendMail mail, IMediator pipeline) : IDeliver
{
    public const string KindName = "training-seat";
    public string Kind => KindName;

    public async Task Deliver(OutboxMessage message, ZoneRecord zone, CancellationToken ct)
    {
        if (message.About is not { } participant || await pipeline.Send(new Query(participant), ct) is not { } to) return;
        var (subject, text) = Spoken.In(to.Language, () => (Words.TrainingSeatSubject, Words.TrainingSeatText(to.Subject, to.When())));
        await mail.Send(new Letter(message.Key, to.Mailbox, subject, text), ct);
    }

    [Requires(May.RunThePlatform)]
    internal sealed record Query(Guid Participant) : IQuery<Mailed?>;

    internal sealed class Handler(ZoneDbContext zone) : IRequestHandler<Query, Mailed?>
    {
        public async Task<Mailed?> Handle(Query query, CancellationToken ct) => await Mailed.Of(zone, query.Participant, ct) is { HasSeat: true, IsCancelled: false } to ? to : null;
    }
}

/// <summary>Asks whoever was there what they thought, by a link that is made when the mail leaves: nowhere else is it known.</summary>
internal sealed class EvaluationMail(ISendMail mail, PortalAddress portal, IMediator pipeline) : IDeliver
{
    public const string KindName = "training-evaluation";
    public string Kind => KindName;

    public static OutboxMessage New(Guid participant, DateTimeOffset now) => OutboxMessage.New($"{KindName} {participant} {now.UtcTicks}", KindName, participant, null, now);

    /// <summary>Those of them to whom such a mail was made on a day.</summary>
    public static async Task<IReadOnlySet<Guid>> Of(ZoneDbContext zone, IReadOnlyCollection<Guid> people, DateOnly day, CancellationToken ct) =>
        (await zone.Set<OutboxMessage>().Where(m => m.Kind == KindName && m.About != null && people.Contains(m.About.Value)).Select(m => new { m.Key, m.About }).ToListAsync(ct))
            .Where(m => Moment.Day(new DateTimeOffset(long.Parse(m.Key.Split(' ')[2], System.Globalization.CultureInfo.InvariantCulture), TimeSpan.Zero)) == day).Select(m => m.About!.Value).ToHashSet();

    public async Task Deliver(OutboxMessage message, ZoneRecord zone, CancellationToken ct)
    {
        if (message.About is not { } participant || await pipeline.Send(new Command(participant), ct) is not { } to) return;
        var (subject, text) = Spoken.In(to.Language, () => (Words.TrainingEvaluateSubject, Words.TrainingEvaluateMail(to.Subject, portal.To($"/{zone.Code}{Asking.Path}{to.Link.Token}"), Moment.Show(Moment.Day(to.Link.Until)))));
        // Tried again after a crash it carries a new link, the one before being dead: so it is another message.
        await mail.Send(new Letter($"{message.Key} {to.Link.Until.UtcTicks}", to.Mailbox, subject, text), ct);
    }

    internal sealed record Answer(string Mailbox, string Language, string Subject, Evaluations.Made Link);

    [Requires(May.RunThePlatform)]
    internal sealed record Command(Guid Participant) : ICommand<Answer?>;

    internal sealed class Handler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Command, Answer?>
    {
        public async Task<Answer?> Handle(Command command, CancellationToken ct)
        {
            if (await zone.Set<Participant>().SingleOrDefaultAsync(p => p.Id == command.Participant, ct) is not { Mailbox: { } box, HasEvaluated: false, WasThere: true } one) return null;
            var subject = await zone.Set<Training>().AsNoTracking().Where(t => t.Id == one.TrainingId).Select(t => t.Subject).SingleAsync(ct);
            return new Answer(box, one.Language, subject, await Asking.Link(zone, one, Asking.ByMail, clock.GetUtcNow(), ct));
        }
    }
}

/// <summary>Tells a colleague that a training lies long behind, or was never followed. The topic and the years stand in the message's key.</summary>
internal sealed class DueMail(ISendMail mail, IMediator pipeline, IStaff staff, IAccounts accounts) : IDeliver
{
    public const string KindName = "training-due";
    public string Kind => KindName;

    /// <summary>The entries by which somebody was told of this topic this month, after however many years.</summary>
    public static async Task<IReadOnlySet<Guid>> Told(ZoneDbContext zone, string topic, DateTimeOffset now, CancellationToken ct)
    {
        var (begins, month) = ($"{KindName} {topic} ", Month(now));
        return (await zone.Set<OutboxMessage>().Where(m => m.Kind == KindName && m.Key.StartsWith(begins)).Select(m => new { m.Key, m.About }).ToListAsync(ct)).Where(m => m.Key.Split(' ')[3] == month).Select(m => m.About!.Value).ToHashSet();
    }

    private static string Month(DateTimeOffset now) => Moment.Day(now).ToString("yyyyMM", System.Globalization.CultureInfo.InvariantCulture);

    public static OutboxMessage New(Guid participant, string topic, int years, DateTimeOffset now) => OutboxMessage.New($"{KindName} {topic} {years} {Month(now)} {participant}", KindName, participant, null, now);

    public async Task Deliver(OutboxMessage message, ZoneRecord zone, CancellationToken ct)
    {
        if (message.About is not { } participant || message.Key.Split(' ') is not [_, var topic, var years, ..] || (await pipeline.Send(new Query(participant), ct) ?? await OfAccount(zone, participant, ct)) is not { } to) return;
        var (subject, text) = Spoken.In(to.Language, () => (Words.TrainingDueSubject, Words.TrainingDueMail(Words.Of("TrainingTopic_" + topic), years)));
        await mail.Send(new Letter(message.Key, to.Mailbox, subject, text), ct);
    }

    // Whoever works here no more is reminded of nothing.
    private async Task<Answer?> OfAccount(ZoneRecord zone, Guid account, CancellationToken ct) =>
        (await staff.Holding(zone.Id, Due.Trained, ct)).Contains(account) && (await accounts.Named([account], ct)).GetValueOrDefault(account) is { } one ? new Answer(one.Email, one.Language) : null;

    internal sealed record Answer(string Mailbox, string Language);

    [Requires(May.RunThePlatform)]
    internal sealed record Query(Guid Participant) : IQuery<Answer?>;

    internal sealed class Handler(ZoneDbContext zone) : IRequestHandler<Query, Answer?>
    {
        public async Task<Answer?> Handle(Query query, CancellationToken ct) =>
            await zone.Set<Participant>().AsNoTracking().SingleOrDefaultAsync(p => p.Id == query.Participant, ct) is { Mailbox: { } box } one ? new Answer(box, one.Language)
            : await zone.Set<Registration>().AsNoTracking().SingleOrDefaultAsync(r => r.Id == query.Participant, ct) is { Mailbox: { } there } other ? new Answer(there, other.Language) : null;
    }
}
