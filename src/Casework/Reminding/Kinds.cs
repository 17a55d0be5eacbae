using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Tray;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Reminding;

/// <summary>Dossiers whose first contact is overdue though nothing is planned for it any more; where the act of the intake still stands, that act is told.</summary>
internal sealed class FirstContactsOverdue(UseCase here, IZoneSettings settings, TimeProvider clock) : IRemind
{
    public const string Code = "first-contact";
    public string Kind => Code;
    public bool IsToldOn => true;

    public async Task<IReadOnlyList<Fallen>> Fallen(ZoneDbContext zone, DateTimeOffset now, int most, CancellationToken ct)
    {
        var within = await Within(ct);
        var limit = now - within;
        var late = await Waiting(zone, now).Where(d => d.RequestedAt <= limit).OrderBy(d => d.RequestedAt).Take(most).Select(d => new { d.Id, d.AssignedTo, d.RequestedAt, WaitedFrom = zone.Set<Milestone>().Where(m => m.DossierId == d.Id && m.Kind == MilestoneKind.ComesForward).Max(m => (DateTimeOffset?)m.At) }).ToListAsync(ct);
        return [.. late.Select(d => new Fallen(d.Id, d.Id, d.AssignedTo is { } worker ? [worker] : [], Minute(Later(d.RequestedAt + within, d.WaitedFrom + TrayEntry.WaitedFor))))];
    }

    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var late = await Waiting(zone, now).MinAsync(d => (DateTimeOffset?)d.RequestedAt, ct) + await Within(ct);
        // Once the wait for somebody ends, theirs may be the next.
        var ends = await Milestone.WaitedFor(zone, now).Where(m => zone.Set<Dossier>().Any(d => d.Id == m.DossierId && d.Closed == null && d.FirstContact == null)).MinAsync(m => (DateTimeOffset?)m.At, ct) + TrayEntry.WaitedFor;
        return late < ends || ends is null ? late : ends;
    }

    public async Task<IReadOnlySet<Guid>> Undone(ZoneDbContext zone, IReadOnlyDictionary<Guid, DateTimeOffset> told, CancellationToken ct)
    {
        var ids = told.Keys.ToList();
        return (await zone.Set<Dossier>().Where(d => ids.Contains(d.Id) && d.Closed == null && d.FirstContact == null && !zone.Set<FollowUp>().Any(f => f.DossierId == d.Id && f.Done == null)).Select(d => d.Id).ToListAsync(ct)).ToHashSet();
    }

    // Told once for each dossier, also where the zone's delay changes afterwards.
    private static IQueryable<Dossier> Waiting(ZoneDbContext zone, DateTimeOffset now)
    {
        var waitedFor = Milestone.WaitedFor(zone, now);
        return zone.Set<Dossier>().AsNoTracking().Where(d => d.Closed == null && d.FirstContact == null && !waitedFor.Any(m => m.DossierId == d.Id)
            && !zone.Set<FollowUp>().Any(f => f.DossierId == d.Id && f.Kind == ActKind.FirstContact && f.Done == null) && !zone.Set<Told>().Any(t => t.Kind == Code && t.About == d.Id));
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset? other) => other is { } at && at > one ? at : one;
    private async Task<TimeSpan> Within(CancellationToken ct) => (await settings.Of(here.InZone.Id, ct)).FirstContactWithin;
    private static DateTimeOffset Minute(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
}

/// <summary>Appointments of the day, to whoever goes: at seven in the morning, those before eight the evening before. Moved, it is told anew.</summary>
internal sealed class AppointmentsToday(TimeProvider clock) : IRemind
{
    public const string Code = "appointment-today";
    private static readonly TimeOnly Morning = new(7, 0), Early = new(8, 0), Evening = new(18, 0);

    public string Kind => Code;
    public bool IsToldOn => false;

    /// <summary>When an appointment at this instant is told, by the clock on the wall.</summary>
    public static DateTimeOffset TellAt(DateTimeOffset at)
    {
        var local = Moment.Local(at);
        var day = DateOnly.FromDateTime(local);
        return Moment.Instant(TimeOnly.FromDateTime(local) < Early ? day.AddDays(-1).ToDateTime(Evening) : day.ToDateTime(Morning));
    }

    public async Task<IReadOnlyList<Fallen>> Fallen(ZoneDbContext zone, DateTimeOffset now, int most, CancellationToken ct)
    {
        var horizon = now.AddHours(26); // a long day, in the night when the clock is put back
        var soon = await Untold(zone, now).Where(c => c.At < horizon).OrderBy(c => c.At).Take(most).Select(c => new { c.Id, c.DossierId, c.Worker, c.Companion, c.At, c.By }).ToListAsync(ct);
        return [.. soon.Where(c => TellAt(c.At) <= now).Select(c => new Fallen(c.Id, c.DossierId, [.. new[] { c.Worker, c.Companion }.OfType<Guid>()], c.At)
        {
            Quiet = c.Companion is null && c.By == c.Worker && Digest.MadeAt(c.Id) >= TellAt(c.At), // they have just planned it themselves
        })];
    }

    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct) =>
        await Untold(zone, clock.GetUtcNow()).MinAsync(c => (DateTimeOffset?)c.At, ct) is { } first ? TellAt(first) : null;

    public Task<IReadOnlySet<Guid>> Undone(ZoneDbContext zone, IReadOnlyDictionary<Guid, DateTimeOffset> told, CancellationToken ct) => Task.FromResult<IReadOnlySet<Guid>>(new HashSet<Guid>());

    private static IQueryable<Contact> Untold(ZoneDbContext zone, DateTimeOffset now) =>
        zone.Set<Contact>().AsNoTracking().Where(c => c.State == ContactState.Planned && c.At > now && c.Worker != null && !zone.Set<Told>().Any(t => t.Kind == Code && t.About == c.Id && t.DueAt == c.At));
}
