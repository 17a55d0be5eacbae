using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Mail;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.OnCall.CallOuts;

/// <summary>Tells those who lead the zone of the facts that a call-out to it was given back and nobody goes: not whose it was, not where, not why.</summary>
internal sealed class NobodyGoesMail(ISendMail mail, IAccounts accounts, IStaff staff) : IDeliverForTheHouse
{
    public const string KindName = "call-out-to-nobody";
    public string Kind => KindName;

    public async Task Deliver(OutboxMessage message, CancellationToken ct)
    {
        var to = await staff.Holding(message.Zone!.Value, [Role.Coordinator], ct);
        if (to.Count == 0) to = await staff.Holding(message.Zone.Value, [Role.ZoneAdministrator], ct);
        foreach (var colleague in (await accounts.Named(to, ct)).Values)
        {
            var (subject, text) = Spoken.In(colleague.Language, () => (Words.NobodyGoesSubject, Words.NobodyGoesText));
            await mail.Send(new Letter($"{message.Key} {colleague.Id}", colleague.Email, subject, text), ct);
        }
    }
}
