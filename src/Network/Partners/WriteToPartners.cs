using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Network.Contracts;

namespace VictimSupport.Network.Partners;

/// <summary>Mails to partners. Whoever reads over their shoulder learns that something waits, and of whom nothing.</summary>
internal sealed class WriteToPartners(ISendMail mail, IMediator pipeline) : IWriteToPartners
{
    public Task<bool> SendLink(Guid partner, string key, string reference, string link, DateTimeOffset until, CancellationToken ct) =>
        Send(partner, key, () => (Words.LinkSubject(reference), Words.LinkText(reference, link, Moment.Show(Moment.Day(until)))), ct);

    public Task<bool> AskToErase(Guid partner, string key, string reference, CancellationToken ct) =>
        Send(partner, key, () => (Words.EraseSubject(reference), Words.EraseText(reference)), ct);

    private async Task<bool> Send(Guid partner, string key, Func<(string Subject, string Text)> say, CancellationToken ct)
    {
        if (await pipeline.Send(new Query(partner), ct) is not { } to) return false;
        var (subject, text) = Spoken.In(to.Language, say);
        await mail.Send(new Letter(key, to.Mailbox, subject, text), ct);
        return true;
    }

    internal sealed record Answer(string Mailbox, string Language);

    [Requires(May.RunThePlatform)]
    internal sealed record Query(Guid Partner) : IQuery<Answer?>;

    internal sealed class Handler(ZoneDbContext zone) : IRequestHandler<Query, Answer?>
    {
        public async Task<Answer?> Handle(Query query, CancellationToken ct) => await zone.Set<Partner>().AsNoTracking().SingleOrDefaultAsync(p => p.Id == query.Partner, ct) is { Mailbox: { } box } partner
            ? new Answer(box, Book.Written(partner.Languages)) : null;
    }
}
