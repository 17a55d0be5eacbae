using VictimSupport.Design.Html;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Mail;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.OnCall.Swaps;

/// <summary>Tells a colleague that a request to swap waits, or that theirs was answered: not whose, not when, not how.</summary>
internal abstract class SwapMail(ISendMail mail, IAccounts accounts, string kind, Func<(string Subject, string Text)> says) : IDeliverForTheHouse
{
    public string Kind => kind;

    public async Task Deliver(OutboxMessage message, CancellationToken ct)
    {
        foreach (var colleague in (await accounts.Named(message.To is { } one ? [one] : [], ct)).Values)
        {
            var (subject, text) = Spoken.In(colleague.Language, says);
            await mail.Send(new Letter(message.Key, colleague.Email, subject, text), ct);
        }
    }
}

/// <summary>To whoever is asked.</summary>
internal sealed class SwapAskedMail(ISendMail mail, IAccounts accounts) : SwapMail(mail, accounts, KindName, () => (Words.SwapAskedSubject, Words.SwapAskedText))
{
    private const string KindName = "swap-asked";

    public static OutboxMessage New(Swap swap, DateTimeOffset now) => OutboxMessage.New($"{KindName} {swap.Id}", KindName, swap.Id, swap.AskedOf, now, swap.EmployerOf);
}

/// <summary>To whoever asked: it was accepted, refused, or came to nothing.</summary>
internal sealed class SwapAnsweredMail(ISendMail mail, IAccounts accounts) : SwapMail(mail, accounts, KindName, () => (Words.SwapAnsweredSubject, Words.SwapAnsweredText))
{
    private const string KindName = "swap-answered";

    public static OutboxMessage New(Swap swap, DateTimeOffset now) => OutboxMessage.New($"{KindName} {swap.Id}", KindName, swap.Id, swap.AskedBy, now, swap.EmployerBy);
}
