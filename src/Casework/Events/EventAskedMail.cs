using VictimSupport.Casework.FollowUps;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Mail;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Events;

/// <summary>Tells those who answer for a zone that another asks it for help in an event: nothing of what happened, it waits in the portal.</summary>
internal sealed class EventAskedMail(ISendMail mail, IAccounts accounts, IStaff staff) : IDeliverForTheHouse
{
    public const string KindName = "event-asked";
    public string Kind => KindName;

    public async Task Deliver(OutboxMessage message, CancellationToken ct)
    {
        foreach (var colleague in (await accounts.Named(await staff.Holding(message.Zone!.Value, [Role.Coordinator, Role.ZoneAdministrator], ct), ct)).Values)
        {
            var (subject, text) = Spoken.In(colleague.Language, () => (Words.EventAskedSubject, Words.EventAskedMailText));
            await mail.Send(new Letter($"{message.Key} {colleague.Id}", colleague.Email, subject, text), ct);
        }
    }
}
