using VictimSupport.Design.Html;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Mail;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.OnCall.Swaps;

/// <summary>Tells a colleague that a request to swap waits: not whose, not when.</summary>
internal sealed class SwapMail(ISendMail mail, IAccounts accounts) : IDeliverForTheHouse
{
    public const string KindName = "swap-asked";
    public string Kind => KindName;

    public async Task Deliver(OutboxMessage message, CancellationToken ct)
    {
        foreach (var colleague in (await accounts.Named(message.To is { } one ? [one] : [], ct)).Values)
        {
            var (subject, text) = Spoken.In(colleague.Language, () => (Words.SwapAskedSubject, Words.SwapAskedText));
            await mail.Send(new Letter(message.Key, colleague.Email, subject, text), ct);
        }
    }
}
