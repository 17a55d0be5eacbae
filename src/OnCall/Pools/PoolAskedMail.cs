using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Mail;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.OnCall.Pools;

/// <summary>Tells a zone's administrators that the zone was asked into a pool. Neither pool nor zone is named in it.</summary>
internal sealed class PoolAskedMail(ISendMail mail, IAccounts accounts, IStaff staff) : IDeliverForTheHouse
{
    public const string KindName = "pool-asked";
    public string Kind => KindName;

    public async Task Deliver(OutboxMessage message, CancellationToken ct)
    {
        foreach (var colleague in (await accounts.Named(await staff.Holding(message.Zone!.Value, [Role.ZoneAdministrator], ct), ct)).Values)
        {
            var (subject, text) = Spoken.In(colleague.Language, () => (Words.PoolAskedSubject, Words.PoolAskedText));
            await mail.Send(new Letter($"{message.Key} {colleague.Id}", colleague.Email, subject, text), ct);
        }
    }
}
