using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Foundation.Parcels;

/// <summary>Carries a parcel: picks it up in the zone that sends it, has it received in the other, brings the receipt back. Three transactions in two databases; killed between any two of them it begins anew,
/// and the parcel's own id lets it be received once. What was sent before it in its thread goes first.</summary>
internal sealed class Carrier(EnterZone enter) : IDeliver
{
    public string Kind => Post.OutboxKind;

    public async Task Deliver(OutboxMessage message, ZoneRecord zone, CancellationToken ct)
    {
        for (Carry.Load? load = null; ; load = null)
        {
            if (!await enter.In(zone.Code, async sending => load = await sending.Send(new Carry.PickUp(message.About!.Value), ct))) throw new NoSuchZoneException();
            if (load is null) return; // it is there, and the receipt too
            var at = default(DateTimeOffset);
            // A zone that is away for a time gets it when it is back.
            if (!await enter.In(load.To, async receiving => at = await receiving.Send(new Carry.Receive(load, zone.Code, zone.Id), ct))) throw new NoSuchZoneException();
            if (!await enter.In(zone.Code, sending => sending.Send(new Carry.Receipt(load.Id, at), ct))) throw new NoSuchZoneException();
        }
    }
}

/// <summary>The deeds of the carrier. The audits of both zones name each other: the record's subject is the parcel, its reason the other zone's code.</summary>
internal static class Carry
{
    /// <summary>A sealed parcel on its way.</summary>
    internal sealed record Load(Guid Id, string Kind, string To, Guid Thread, byte[] Key, byte[] Content)
    {
        public override string ToString() => $"{Kind} {Id} to {To}";
    }

    /// <summary>The first of the parcel's thread that is not there yet, at most this one; null: all are.</summary>
    [Requires(May.RunThePlatform)]
    internal sealed record PickUp(Guid Parcel) : IQuery<Load?>;

    /// <param name="From">Code and id of the zone that sends it.</param>
    /// <returns>When it was received: now, or the first time it was brought.</returns>
    [Requires(May.RunThePlatform)]
    internal sealed record Receive(Load Parcel, string From, Guid FromId) : ICommand<DateTimeOffset>;

    [Requires(May.RunThePlatform)]
    internal sealed record Receipt(Guid Parcel, DateTimeOffset At) : ICommand<bool>;

    internal sealed class PickUpHandler(ZoneDbContext zone) : IRequestHandler<PickUp, Load?>
    {
        public async Task<Load?> Handle(PickUp query, CancellationToken ct)
        {
            var asked = await zone.Set<Parcel>().AsNoTracking().SingleAsync(p => p.Id == query.Parcel, ct);
            var first = await zone.Set<Parcel>().AsNoTracking().Where(p => p.Thread == asked.Thread && p.Number <= asked.Number && p.Arrived == null).OrderBy(p => p.Number).FirstOrDefaultAsync(ct);
            return first is null ? null : new Load(first.Id, first.Kind, first.To, first.Thread, first.Key!, first.Content!);
        }
    }

    internal sealed class ReceiveHandler(ZoneDbContext zone, UseCase here, Trail trail, IEnumerable<IReceive> receivers, TimeProvider clock) : IRequestHandler<Receive, DateTimeOffset>
    {
        public async Task<DateTimeOffset> Handle(Receive command, CancellationToken ct)
        {
            var parcel = command.Parcel;
            trail.Because($"parcel from {command.From}", parcel.Id);
            if (await zone.Set<Arrival>().AsNoTracking().SingleOrDefaultAsync(a => a.Id == parcel.Id, ct) is { } before) return before.At;
            var receiver = receivers.SingleOrDefault(r => r.Kind == parcel.Kind) ?? throw new InvalidOperationException($"No module receives parcels of kind {parcel.Kind}.");
            var (at, place) = (clock.GetUtcNow(), here.InZone);
            var content = Box.Open(parcel.Content, place.Keys.Open(parcel.Id, parcel.Key), Parcel.Place(command.FromId, place.Id, parcel.Id, parcel.Thread, parcel.Kind));
            zone.Add(new Arrival { Id = parcel.Id, Kind = parcel.Kind, From = command.From, Thread = parcel.Thread, At = at });
            await receiver.Receive(new OpenedParcel(parcel.Id, parcel.Kind, command.From, parcel.Thread, at, content), ct);
            return at;
        }
    }

    internal sealed class ReceiptHandler(ZoneDbContext zone, Trail trail, IEnumerable<IReceive> receivers) : IRequestHandler<Receipt, bool>
    {
        public async Task<bool> Handle(Receipt command, CancellationToken ct)
        {
            var parcel = await zone.Set<Parcel>().SingleAsync(p => p.Id == command.Parcel, ct);
            trail.Because($"parcel to {parcel.To}", parcel.Id);
            if (parcel.Arrived is not null) return false;
            parcel.IsThere(command.At);
            if (receivers.SingleOrDefault(r => r.Kind == parcel.Kind) is { } module) await module.IsThere(parcel, ct);
            return true;
        }
    }
}
