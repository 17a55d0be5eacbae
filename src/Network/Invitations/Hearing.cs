using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Parcels;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;
using VictimSupport.Identity.Contracts;
using VictimSupport.Network.Partners;

namespace VictimSupport.Network.Invitations;

/// <summary>Takes up what the giving zone tells: an invitation, what became of it, where this zone's people stand. Moved or cancelled, those who registered somebody are told.</summary>
internal sealed class Hearing(ZoneDbContext zone) : IReceive
{
    public string Kind => TrainingNews.ParcelKind;

    public async Task Receive(OpenedParcel parcel, CancellationToken ct)
    {
        var news = parcel.Read<TrainingNews>();
        var known = await zone.Set<Invitation>().SingleOrDefaultAsync(i => i.Id == parcel.Thread, ct);
        if (known is null)
        {
            if (news.Notice is { } first) zone.Add(Invitation.Arrive(parcel.Thread, parcel.From, first, parcel.At));
            return;
        }
        // Nobody but the zone that gives it speaks for it.
        if (known.From != parcel.From) return;
        var ours = await zone.Set<Registration>().Where(r => r.InvitationId == known.Id).ToListAsync(ct);
        foreach (var seat in news.Seats) ours.Find(r => r.Id == seat.Registration)?.Hear(seat, news.ToWithdrawal);
        if (news.Notice is not { } notice || !known.Hear(notice, parcel.At)) return;
        foreach (var by in ours.Where(r => r.IsLive).Select(r => r.By).Distinct()) zone.Add(OutboxMessage.New($"{MovedMail.KindName} {parcel.Id} {by}", MovedMail.KindName, known.Id, by, parcel.At));
    }
}

/// <summary>Tells whoever registered colleagues that a training of another zone was moved or cancelled. Which, and whom, stands in the portal.</summary>
internal sealed class MovedMail(ISendMail mail, IAccounts accounts) : IDeliver
{
    public const string KindName = "training-moved";
    public string Kind => KindName;

    public async Task Deliver(OutboxMessage message, ZoneRecord zone, CancellationToken ct)
    {
        foreach (var colleague in (await accounts.Named([message.To!.Value], ct)).Values)
        {
            var (subject, text) = Spoken.In(colleague.Language, () => (Words.TrainingMovedSubject, Words.TrainingMovedText));
            await mail.Send(new Letter(message.Key, colleague.Email, subject, text), ct);
        }
    }
}
