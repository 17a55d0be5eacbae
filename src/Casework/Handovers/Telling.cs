using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Letters;
using VictimSupport.Casework.People;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Casework.Handovers;

/// <summary>Whoever was handed over hears at once, by SMS or e-mail, that somebody else is there for them now: where that is simply safe and whoever accepts ticked it. The gate is asked for what is offered, when it is queued,
/// and again when it goes (<see cref="SendMessage"/>).</summary>
internal sealed class Telling(ZoneDbContext zone, Gate gate, IEnumerable<ISendText> senders, Caller caller, TimeProvider clock)
{
    /// <summary>What it says, in the person's language: neither from whom nor of what.</summary>
    public static string Says(string language) => Spoken.In(Wording.Spoken(language, "en"), () => Words.ZoneHandoverTellText);

    /// <summary>The ways that may be offered before it is accepted; of somebody who is told already, of a minor, and where the rules were to be asked again before they came, none.</summary>
    /// <param name="dossier">As it would be; it need not be there.</param>
    /// <returns>Each names the person by the key under which they came.</returns>
    public async Task<IReadOnlyList<Reminder>> May(Dossier dossier, HandedOver content, CancellationToken ct)
    {
        var (open, now) = (new List<Reminder>(), clock.GetUtcNow());
        if (content.Told) return open;
        foreach (var came in content.People.Where(p => !p.IsMinorAt(now) && !p.IsStale(now)))
        {
            var (person, safe, _, _) = came.Enters(dossier, caller.Self, now);
            var whom = await gate.Of(dossier, person, safe, first: false, ct);
            open.AddRange(new[] { Channel.Sms, Channel.Mail }.Where(c => Look(whom, c, now) == Bar.None).Select(c => new Reminder(came.Key, c)));
        }
        return open;
    }

    /// <summary>Queues it; it goes at once.</summary>
    /// <returns>What stands in the way; then nothing is queued.</returns>
    public async Task<Bar> Tell(Dossier dossier, HandedPerson came, Person person, SafeContact safe, Channel channel, CancellationToken ct)
    {
        var (whom, now) = (await gate.Of(dossier, person, safe, first: false, ct), clock.GetUtcNow());
        var bar = person.IsMinorAt(now) ? Bar.Minor : came.IsStale(now) ? Bar.Outdated : Look(whom, channel, now);
        // Whoever accepts reads beside the tick that this is safe, and what it says.
        var (leave, why) = bar == Bar.None ? Clearance.Ask(whom, new Outgoing(channel, Read: true), now) : (null, bar);
        if (leave is null) return why;
        var message = Message.Queue(leave, Says(person.Language), unattended: false, caller.Self, now);
        zone.AddRange(message, message.Outbox());
        return Bar.None;
    }

    // A text of the house keeps to no condition, no more than a reminder does. That the rules are to be asked again holds of everybody who was handed over, and closes what nobody reads; here somebody does.
    private Bar Look(Addressee whom, Channel channel, DateTimeOffset now)
    {
        if (channel is not (Channel.Sms or Channel.Mail) || !senders.Any(s => s.Channel == channel && s.IsReady)) return Bar.Nowhere;
        if (!AppointmentReminders.IsTime(now)) return Bar.Hours;
        var (_, alone) = Clearance.Look(whom, new Outgoing(channel, Unattended: true), now);
        return alone == Bar.Outdated ? Clearance.Look(whom, new Outgoing(channel), now).Bar : alone;
    }
}
