using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Parcels;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;
using VictimSupport.Network.Invitations;

namespace VictimSupport.Network.Trainings;

/// <summary>Another zone registers somebody, puts right how somebody was entered, or takes somebody back: like whoever is entered here they wait for their turn, get a seat or wait, and the answer goes back. The registration's id lets it act once, however often it is brought.</summary>
internal sealed class AskedFor(ZoneDbContext zone, UseCase here, IKnowPools pools, Post post, TimeProvider clock) : IReceive
{
    public string Kind => TrainingAsk.ParcelKind;

    public async Task Receive(OpenedParcel parcel, CancellationToken ct)
    {
        var ask = parcel.Read<TrainingAsk>();
        // Nobody but the zone that was invited speaks for it.
        if (await zone.Set<Invited>().AsNoTracking().SingleOrDefaultAsync(i => i.Id == parcel.Thread && i.Zone == parcel.From, ct) is not { } invited) return;
        var now = clock.GetUtcNow();
        if (!await Training.TakeTurn(zone, invited.TrainingId, now, ct)) return;
        var training = await zone.Set<Training>().SingleAsync(t => t.Id == invited.TrainingId, ct);
        var seats = await Seats.Of(zone, training, ct);
        var known = seats.All.SingleOrDefault(p => p.Once == ask.Registration && p.From == parcel.From);
        var answer = ask.Who is { } who ? known is null && who.FullName.Length > 0 ? await Enter(ask.Registration, who, parcel.From, training, seats, now, ct) : known is not null ? await Correct(known, who, now, ct) : Gone(ask) : known is null ? Gone(ask) : await Withdraw(known, training, seats, now, ct);
        await post.Send(parcel.From, TrainingNews.ParcelKind, parcel.Thread, new TrainingNews(null, [answer], ask.Who is null), ct);
    }

    // Never entered here.
    private static SeatNews Gone(TrainingAsk ask) => new(ask.Registration, RegistrationState.Withdrawn, null, []);

    private async Task<SeatNews> Enter(Guid registration, Participant.Person who, string from, Training training, Seats seats, DateTimeOffset now, CancellationToken ct)
    {
        if (await Bar(who, from, training, seats, now, ct) is { } why) return new SeatNews(registration, RegistrationState.Refused, why, []);
        seats.Fill(zone, now); // nobody comes in before those who wait
        var one = seats.Enter(who, registration, now, from);
        zone.Add(one);
        return Reach.Seat(one);
    }

    private async Task<RefusedBecause?> Bar(Participant.Person who, string from, Training training, Seats seats, DateTimeOffset now, CancellationToken ct)
    {
        if (training.Cancelled is not null) return RefusedBecause.Cancelled;
        if (!await Show.IsOpen(zone, training, now, ct)) return RefusedBecause.Over;
        if (!Reach.Of(await pools.Of(here.InZone.Id, ct), training).Contains(from)) return RefusedBecause.Closed;
        if (training.RegisterUntil < Moment.Day(now)) return RefusedBecause.TooLate;
        if (seats.Known(who, from) is not null) return RefusedBecause.Known;
        return seats.All.Count >= Training.MostSeats * 2 ? RefusedBecause.Full : null;
    }

    // Seat, attendance and what they answered stay; the link lies in a mailbox that may be somebody else's.
    private async Task<SeatNews> Correct(Participant one, Participant.Person who, DateTimeOffset now, CancellationToken ct)
    {
        if (one.Correct(who)) await Asking.End(zone, [one.Id], now, ct);
        return Reach.Seat(one);
    }

    private async Task<SeatNews> Withdraw(Participant one, Training training, Seats seats, DateTimeOffset now, CancellationToken ct)
    {
        if (one.Withdraw())
        {
            await Asking.End(zone, [one.Id], now, ct);
            if (await Show.IsOpen(zone, training, now, ct)) seats.Fill(zone, now);
        }
        return Reach.Seat(one); // who was there stays
    }
}
