using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Casework.Codes;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.People;

internal enum MessageState { Waiting = 1, Sent = 2, Dropped = 3 }

/// <summary>An SMS or an e-mail to somebody who is helped. It waits for the job that sends it, which asks the gate anew; a rule that changes meanwhile drops it.</summary>
internal sealed class Message : IHoldSealed, IOfDossier
{
    private Message() { }

    public Guid Id { get; private set; }
    public Guid DossierId { get; private set; }
    public Guid PersonId { get; private set; }
    public Channel Channel { get; private set; }

    /// <summary>Sent by nobody in particular, such as a reminder: then no condition can be kept to.</summary>
    public bool Unattended { get; private set; }
    public MessageState State { get; private set; }
    public Sealed<string> Content { get; private set; } = "";
    public Guid By { get; private set; }
    public DateTimeOffset At { get; private set; }

    /// <summary>The appointment it reminds of; null: somebody wrote it.</summary>
    public Guid? ContactId { get; private set; }

    /// <summary>When a reminder goes, no earlier; null: at once.</summary>
    public DateTimeOffset? NotBefore { get; private set; }

    /// <summary>When it was sent or dropped.</summary>
    public DateTimeOffset? Ended { get; private set; }

    /// <summary>Why it was dropped.</summary>
    public Bar Why { get; private set; }
    public Guid KeyOwner => PersonId;

    /// <param name="leave">Of the gate, for this person and channel.</param>
    public static Message Queue(Clearance leave, string content, bool unattended, Guid by, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now), DossierId = leave.Dossier!.Value, PersonId = leave.Person, Channel = leave.Channel, Unattended = unattended, State = MessageState.Waiting, Content = content, By = by, At = now,
    };

    /// <summary>Reminds of an appointment, at its moment; nobody is there then.</summary>
    /// <param name="leave">Of the gate, for this person and channel.</param>
    public static Message Remind(Clearance leave, Guid contact, string content, DateTimeOffset due, Guid by, DateTimeOffset now)
    {
        var message = Queue(leave, content, unattended: true, by, now);
        (message.ContactId, message.NotBefore) = (contact, due);
        return message;
    }

    /// <summary>What brings the job.</summary>
    public OutboxMessage Outbox() => OutboxMessage.New($"message {Id}", SendMessage.KindName, Id, null, NotBefore ?? At);

    public void Sent(DateTimeOffset now) => (State, Ended) = (MessageState.Sent, now);

    public void Drop(Bar why, DateTimeOffset now) => (State, Ended, Why) = (MessageState.Dropped, now, why);

    internal sealed class Mapping : IZoneMapping<Message>
    {
        public void Configure(EntityTypeBuilder<Message> b)
        {
            b.ToTable("message");
            b.Property(m => m.Id).ValueGeneratedNever();
            b.Sealed(m => m.Content, "message.content");
            b.HasIndex(m => m.DossierId);
            b.HasIndex(m => new { m.PersonId, m.State });
            b.HasIndex(m => m.ContactId);
            b.Ignore(m => m.KeyOwner);
        }
    }
}
