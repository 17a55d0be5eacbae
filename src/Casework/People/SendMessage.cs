using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Casework.People;

/// <summary>Carries a text to somebody who is helped. A platform without a provider for a channel has none of these for it, or one that is not ready; the page says so.</summary>
internal interface ISendText
{
    Channel Channel { get; }

    /// <summary>Is everything set up?</summary>
    bool IsReady { get; }

    /// <summary>Sends to where the leave says. Sending the same key again must not reach anyone twice where that can be known.</summary>
    /// <param name="language">Of the person.</param>
    Task Send(Clearance leave, string key, string text, string language, CancellationToken ct);
}

/// <summary>E-mail under a neutral sender of its own (<c>Texts:From</c>): the portal's sender would tell who writes.</summary>
internal sealed class TextByMail(ISendMail mail, IConfiguration configuration) : ISendText
{
    public Channel Channel => Channel.Mail;
    public bool IsReady => From is { Length: > 0 };

    public Task Send(Clearance leave, string key, string text, string language, CancellationToken ct) => leave.Channel != Channel.Mail ? throw new InvalidOperationException("This leave is for another channel.")
        : mail.Send(new Letter(key, leave.To, Spoken.In(Letters.Wording.Spoken(language, "en"), () => Words.TextSubject), text) { From = From }, ct);

    private string? From => configuration["Texts:From"];
}

/// <summary>A text message to the number the leave says; from whom it comes, the provider's sender says, which is neutral.</summary>
internal sealed class TextBySms(ISendSms sms) : ISendText
{
    public Channel Channel => Channel.Sms;
    public bool IsReady => sms.IsReady;

    public Task Send(Clearance leave, string key, string text, string language, CancellationToken ct) => leave.Channel != Channel.Sms ? throw new InvalidOperationException("This leave is for another channel.")
        : sms.Send(new Sms(key, leave.To, text), ct);
}

/// <summary>Sends one queued message: the gate is asked again, now; what it closes to is dropped.</summary>
internal sealed class SendMessage(IEnumerable<ISendText> senders, IMediator pipeline) : IDeliver
{
    public const string KindName = "message";
    public string Kind => KindName;

    public async Task Deliver(OutboxMessage message, ZoneRecord zone, CancellationToken ct)
    {
        if (message.About is not { } id || await pipeline.Send(new Ask(id), ct) is not { } leaving) return;
        try
        {
            await senders.First(s => s.Channel == leaving.Leave.Channel && s.IsReady).Send(leaving.Leave, message.Key, leaving.Text, leaving.Language, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // It is tried again, unless that took too long and whoever works on the dossier was told.
            if (await pipeline.Send(new GiveUp(id), ct)) return;
            throw;
        }
        await pipeline.Send(new Done(id), ct);
    }

    internal sealed record Leaving(Clearance Leave, string Text, string Language);

    /// <summary>The message with leave to send it; null: it is sent already, or was dropped.</summary>
    [Requires(May.RunThePlatform)]
    internal sealed record Ask(Guid Message) : ICommand<Leaving?>;

    [Requires(May.RunThePlatform)]
    internal sealed record Done(Guid Message) : ICommand<bool>;

    /// <summary>No server took it just now. What has failed for hours is dropped and told of; a reminder, while a call is still possible.</summary>
    /// <returns>true: it was dropped.</returns>
    [Requires(May.RunThePlatform)]
    internal sealed record GiveUp(Guid Message) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, UseCase here, Gate gate, Trail trail, TimeProvider clock) : IRequestHandler<Ask, Leaving?>, IRequestHandler<Done, bool>, IRequestHandler<GiveUp, bool>
    {
        // A reminder is due the day before at ten: told by then, somebody can still call that afternoon.
        private static readonly TimeSpan Tried = TimeSpan.FromHours(2);

        // Whoever wrote it had the condition before their eyes, and a condition is a matter of the moment.
        private static readonly TimeSpan ConditionHolds = TimeSpan.FromMinutes(15);

        public async Task<Leaving?> Handle(Ask command, CancellationToken ct)
        {
            if (await zone.Set<Message>().SingleOrDefaultAsync(m => m.Id == command.Message && m.State == MessageState.Waiting, ct) is not { } message) return null;
            trail.Concerns(message.DossierId, "platform");
            var (dossier, now) = (await zone.Set<Dossier>().SingleAsync(d => d.Id == message.DossierId, ct), clock.GetUtcNow());
            if (message.At < dossier.Closed || await AppointmentReminders.HasEnded(zone, message, dossier, now, ct)) return Dropped(message, Bar.Ended, now);
            var whom = await gate.Of(dossier, message.PersonId, first: false, ct);
            // It was read when it was written; what changed since has dropped it.
            var (leave, bar) = Clearance.Ask(whom, new Outgoing(message.Channel, Unattended: message.Unattended, Read: true), now);
            // What was written by day and is late rings at nobody's bed; what somebody writes at night, they meant.
            if (leave is not null && !AppointmentReminders.IsTime(now) && (message.ContactId is not null || (AppointmentReminders.IsTime(message.At) && now - message.At > ConditionHolds))) (leave, bar) = (null, Bar.Hours);
            if (leave is not null && whom.Of(message.Channel) == Rule.OnlyIf && now - message.At > ConditionHolds) (leave, bar) = (null, Bar.Late);
            if (leave is not null) return new Leaving(leave, message.Content.Value, whom.Person.Language);
            if (message.ContactId is not null) AppointmentReminders.DidNotGo(zone, dossier, bar, here.InZone.Record.FirstLanguage, message.By, now);
            else await ComesBack(dossier, message, bar, now, ct);
            return Dropped(message, bar, now);
        }

        public async Task<bool> Handle(GiveUp command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            if (await zone.Set<Message>().SingleOrDefaultAsync(m => m.Id == command.Message && m.State == MessageState.Waiting, ct) is not { } message || now - (message.NotBefore ?? message.At) < Tried) return false;
            trail.Concerns(message.DossierId, "platform");
            var dossier = await zone.Set<Dossier>().SingleAsync(d => d.Id == message.DossierId, ct);
            if (message.ContactId is not null)
            {
                AppointmentReminders.DidNotGo(zone, dossier, Bar.NotTaken, here.InZone.Record.FirstLanguage, message.By, now);
                dossier.Touch();
            }
            else await ComesBack(dossier, message, Bar.NotTaken, now, ct);
            Dropped(message, Bar.NotTaken, now);
            return true;
        }

        private Leaving? Dropped(Message message, Bar bar, DateTimeOffset now)
        {
            message.Drop(bar, now);
            zone.Add(Milestone.Reached(message.DossierId, MilestoneKind.TakenBack, Milestone.ThePlatform, now, code: (int)bar));
            return null;
        }

        // In a closed dossier nobody has an act; there the timeline says it.
        private async Task ComesBack(Dossier dossier, Message message, Bar why, DateTimeOffset now, CancellationToken ct)
        {
            if (!dossier.IsOpen) return;
            zone.Add(FollowUp.Plan(dossier.Id, [message.PersonId], ActKind.Other, Spoken.In(here.InZone.Record.FirstLanguage, () => why == Bar.Late ? Words.MessageTooLate : Words.MessageDidNotGo(Words.Of(why))), now, message.By, now));
            await NextAct.Settle(zone, dossier, ct);
            dossier.Touch();
        }

        public async Task<bool> Handle(Done command, CancellationToken ct)
        {
            if (await zone.Set<Message>().SingleOrDefaultAsync(m => m.Id == command.Message && m.State != MessageState.Sent, ct) is not { } message) return false;
            message.Sent(clock.GetUtcNow());
            zone.Add(Milestone.Reached(message.DossierId, MilestoneKind.MessageSent, message.By, clock.GetUtcNow(), code: (int)message.Channel));
            return true;
        }
    }
}
