using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Walls;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Events;

/// <summary>Which events and lines are there for whoever asks: the one place that says so. An event that ended is there for the coordinators of its zone alone.</summary>
internal sealed class AtEvent(ZoneDbContext zone, UseCase here, IVisits visits, Caller caller, Trail trail, Keyring keys, TimeProvider clock)
{
    // Whoever is of the zone needs no visit to it.
    private static readonly Role[] OfTheZone = [Role.Coordinator, Role.Caseworker, Role.OnCall, Role.Trainee];

    /// <summary>Decides over events of the zone: opens them, puts their end off, allots, exports.</summary>
    public bool Leads => caller.May(May.LeadEvents);

    /// <summary>The events that are there: for a visitor the one they came for, and nothing else of the zone.</summary>
    public async ValueTask<IQueryable<CollectiveEvent>> Events(CancellationToken ct)
    {
        if (Leads) return zone.Set<CollectiveEvent>();
        var now = clock.GetUtcNow();
        var running = zone.Set<CollectiveEvent>().Where(e => e.Closed == null && e.Until > now);
        if (OfTheZone.Any(caller.Is)) return running;
        var theirs = (await visits.Of(caller.Self, here.InZone.Id, ct)).Where(v => v.Kind == VisitKind.Event).Select(v => v.About).ToList();
        return running.Where(e => theirs.Contains(e.Id));
    }

    /// <summary>An event to read, or to write about itself.</summary>
    /// <exception cref="RefusedException">It is absent, ended, or not this caller's: the same to them.</exception>
    public async Task<CollectiveEvent> Read(Guid id, CancellationToken ct) => Found(await (await Events(ct)).AsNoTracking().SingleOrDefaultAsync(e => e.Id == id, ct), id);

    /// <inheritdoc cref="Read"/>
    public async Task<CollectiveEvent> Change(Guid id, CancellationToken ct) => Found(await (await Events(ct)).SingleOrDefaultAsync(e => e.Id == id, ct), id);

    /// <summary>An event whose list is written to. Its row stays locked until the transaction ends, and open pages learn that something changed.</summary>
    /// <param name="lines">How many lines are added.</param>
    /// <returns>The event, and the number of the first line that is added.</returns>
    /// <exception cref="RefusedException">It is not there for this caller, or its lines were forgotten.</exception>
    public async Task<(CollectiveEvent Event, int Number)> Write(Guid id, int lines, CancellationToken ct)
    {
        var found = await Read(id, ct);
        var number = await CollectiveEvent.Next(zone, id, lines, ct);
        // It may have been closed while this one waited for the lock.
        if (!await (await Events(ct)).AnyAsync(e => e.Id == id && e.Cleared == null, ct)) throw new RefusedException("absent", id);
        return (found, number);
    }

    /// <summary>All lines of an event that are there: none of somebody from whom the caller is walled off, none that was forgotten. In the order of their numbers, their keys at hand.</summary>
    public async Task<IReadOnlyList<EventLine>> Lines(Guid ev, CancellationToken ct)
    {
        var lines = await There(ev).AsNoTracking().OrderBy(l => l.Number).ToListAsync(ct);
        await keys.Fetch(lines.Select(l => l.Id), ct);
        return lines;
    }

    /// <summary>One line, to be changed.</summary>
    /// <exception cref="RefusedException">It is absent, of another event, or behind a wall.</exception>
    public async Task<EventLine> Line(Guid ev, Guid id, CancellationToken ct) => await There(ev).SingleOrDefaultAsync(l => l.Id == id, ct) ?? throw new RefusedException("absent", id);

    private IQueryable<EventLine> There(Guid ev)
    {
        var self = caller.Self;
        return zone.Set<EventLine>().Where(l => l.EventId == ev && l.Says != null && !zone.Set<WalledOff>().Any(w => w.Account == self && w.DossierId == l.Id));
    }

    private CollectiveEvent Found(CollectiveEvent? found, Guid id)
    {
        if (found is null) throw new RefusedException("absent", id);
        trail.Because("event", found.Id);
        return found;
    }
}
