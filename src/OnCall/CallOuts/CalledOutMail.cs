using VictimSupport.Design.Html;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Mail;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.OnCall.CallOuts;

/// <summary>Tells whom a coordinator called out that they were: not by whom, not where, not why.</summary>
internal sealed class CalledOutMail(ISendMail mail, IAccounts accounts) : IDeliverForTheHouse
{
    public const string KindName = "call-out-begun";
    public string Kind => KindName;

    public async Task Deliver(OutboxMessage message, CancellationToken ct)
    {
        foreach (var colleague in (await accounts.Named(message.To is { } one ? [one] : [], ct)).Values)
        {
            var (subject, text) = Spoken.In(colleague.Language, () => (Words.CalledOutSubject, Words.CalledOutText));
            await mail.Send(new Letter(message.Key, colleague.Email, subject, text), ct);
        }
    }
}
