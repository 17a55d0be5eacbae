using System.Globalization;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Accounts;
using VictimSupport.Identity.Recoveries;

namespace VictimSupport.Identity.Notices;

/// <summary>Carries one kind of notice, in the reader's language. The link of a recovery is made only now: until it leaves nobody has it, and a second try makes another.</summary>
internal sealed class NoticeMail(NoticeKind kind, CatalogDatabase catalog, ISendMail mail, PortalAddress portal, TimeProvider clock) : IDeliverForTheHouse
{
    public string Kind => Notice.NameOf(kind);

    public async Task Deliver(OutboxMessage message, CancellationToken ct)
    {
        var (account, recovery) = await Read(message, ct);
        // Somebody has stopped it meanwhile, or the account is gone: nothing to tell.
        if (account?.Email is not { } to || (kind is NoticeKind.RecoveryLink or NoticeKind.RecoveryAsked && recovery?.IsOpen(clock.GetUtcNow()) != true)) return;
        var link = kind == NoticeKind.RecoveryLink ? await MakeLink(recovery!.Id, ct) : "";
        var text = Spoken.In(account.Language, () => (Words.NoticeSubject, Say(recovery, link)));
        await mail.Send(new Letter(kind == NoticeKind.RecoveryLink ? $"{message.Key} {message.Attempts}" : message.Key, to, text.NoticeSubject, text.Item2), ct);
    }

    private async Task<(Account?, Recovery?)> Read(OutboxMessage message, CancellationToken ct)
    {
        await using var house = catalog.Lease();
        return (await house.Set<Account>().AsNoTracking().SingleOrDefaultAsync(a => a.Id == message.To, ct),
            message.About is { } about ? await house.Set<Recovery>().AsNoTracking().SingleOrDefaultAsync(r => r.Id == about, ct) : null);
    }

    private Task<string> MakeLink(Guid recovery, CancellationToken ct) => catalog.WriteAsPlatform("Identity.RecoveryLink", recovery, async house =>
        portal.To("/account/recover/" + (await house.Set<Recovery>().SingleAsync(r => r.Id == recovery, ct)).MakeLink()), ct);

    private string Say(Recovery? recovery, string link) => kind switch
    {
        NoticeKind.RecoveryLink => Words.NoticeRecoveryLink(link),
        NoticeKind.RecoveryBegun => Words.NoticeRecoveryBegun(Moment.Show(recovery!.Begins ?? clock.GetUtcNow(), CultureInfo.CurrentUICulture)),
        NoticeKind.RecoveryAsked => Words.NoticeRecoveryAsked,
        NoticeKind.Recovered => Words.NoticeRecovered,
        _ => Words.NoticeChanged(Words.Of(kind)),
    };
}
