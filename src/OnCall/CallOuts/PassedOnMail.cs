using VictimSupport.Design.Html;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Mail;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.OnCall.CallOuts;

/// <summary>Tells whoever stands by that a call-out is theirs now: not whose it was, not where, not why.</summary>
internal sealed class PassedOnMail(ISendMail mail, IAccounts accounts) : IDeliverForTheHouse
{
    public const string KindName = "call-out-passed-on";
    public string Kind => KindName;

    public async Task Deliver(OutboxMessage message, CancellationToken ct)
    {
        foreach (var colleague in (await accounts.Named(message.To is { } one ? [one] : [], ct)).Values)
        {
            var (subject, text) = Spoken.In(colleague.Language, () => (Words.PassedOnSubject, Words.PassedOnText));
            await mail.Send(new Letter(message.Key, colleague.Email, subject, text), ct);
        }
    }
}
