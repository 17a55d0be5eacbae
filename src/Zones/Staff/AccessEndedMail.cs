using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Mail;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Zones.Staff;

/// <summary>Tells the administrators of another zone that somebody's access there ended with the account's home zone. No name in it.</summary>
internal sealed class AccessEndedMail(ISendMail mail, IAccounts accounts, IStaff staff) : IDeliverForTheHouse
{
    public const string KindName = "access-ended";
    public string Kind => KindName;

    public async Task Deliver(OutboxMessage message, CancellationToken ct)
    {
        var to = await staff.Holding(message.Zone!.Value, [Role.ZoneAdministrator, Role.Coordinator], ct);
        foreach (var colleague in (await accounts.Named(to, ct)).Values)
        {
            await mail.Send(Spoken.In(colleague.Language, () => new Letter($"{message.Key} {colleague.Id}", colleague.Email, Words.AccessEndedSubject, Words.AccessEndedText)), ct);
        }
    }
}
