using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Tray;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Reminding;

/// <summary>Dossiers whose first contact is overdue. Where the act of the intake stands and was to be done in time, that act is told instead; put off beyond that, it hides nothing.</summary>
internal sealed class FirstContactsOverdue(UseCase here, IZoneSettings settings, TimeProvider clock) : IRemind
{
    public const string Code = "first-contact";
    public string Kind => Code;
    public bool IsToldOn => true;

    /// <param name="Act">When the first of its acts for a first contact is due; null: none is planned.</param>
    /// <param name="ComesForward">When they asked not to be reached; null: they did not.</param>
    private sealed record Wait(Guid Dossier, Guid? Worker, DateTimeOffset RequestedAt, DateTimeOffset? Act, DateTimeOffset? ComesForward)
    {
        public DateTimeOffset Late(TimeSpan within) => RequestedAt + within is var late && ComesForward + TrayEntry.WaitedFor is { } waited && waited > late ? waited : late;

        /// <summary>Is it told by the act itself?</summary>
        public bool IsActs(TimeSpan within) => Act <= Late(within);
    }

    public async Task<IReadOnlyList<Fallen>> Fallen(ZoneDbContext zone, DateTimeOffset now, int most, CancellationToken ct)
    {
        var within = await Within(ct);
        var (limit, late) = (now - within, new List<Fallen>());
        await foreach (var wait in Waiting(zone, now, limit).AsAsyncEnumerable().WithCancellation(ct))
        {
            if (!wait.IsActs(within)) late.Add(new Fallen(wait.Dossier, wait.Dossier, wait.Worker is { } worker ? [worker] : [], Minute(wait.Late(within))));
            if (late.Count == most) break;
        }
        return late;
    }

    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct)
    {
        var (now, within, late) = (clock.GetUtcNow(), await Within(ct), (DateTimeOffset?)null);
        await foreach (var wait in Waiting(zone, now, now).AsAsyncEnumerable().WithCancellation(ct))
        {
            if (wait.IsActs(within)) continue;
            late = wait.RequestedAt + within;
            break;
        }
        // Once the wait for somebody ends, theirs may be the next.
        var ends = await Milestone.WaitedFor(zone, now).Where(m => zone.Set<Dossier>().Any(d => d.Id == m.DossierId && d.Closed == null && d.FirstContact == null)).MinAsync(m => (DateTimeOffset?)m.At, ct) + TrayEntry.WaitedFor;
        return late < ends || ends is null ? late : ends;
    }

    // Whatever else is planned: nobody has been reached.
    public async Task<IReadOnlySet<Guid>> Undone(ZoneDbContext zone, IReadOnlyDictionary<Guid, DateTimeOffset> told, CancellationToken ct)
    {
        var ids = told.Keys.ToList();
        return (await zone.Set<Dossier>().Where(d => ids.Contains(d.Id) && d.Closed == null && d.FirstContact == null).Select(d => d.Id).ToListAsync(ct)).ToHashSet();
    }

    // Told once for each dossier, also where the zone's delay changes afterwards.
    private static IQueryable<Wait> Waiting(ZoneDbContext zone, DateTimeOffset now, DateTimeOffset since)
    {
        var waitedFor = Milestone.WaitedFor(zone, now);
        return zone.Set<Dossier>().AsNoTracking().Where(d => d.Closed == null && d.FirstContact == null && d.RequestedAt <= since && !waitedFor.Any(m => m.DossierId == d.Id) && !zone.Set<Told>().Any(t => t.Kind == Code && t.About == d.Id)).OrderBy(d => d.RequestedAt)
            .Select(d => new Wait(d.Id, d.AssignedTo, d.RequestedAt, zone.Set<FollowUp>().Where(f => f.DossierId == d.Id && f.Kind == ActKind.FirstContact && f.Done == null).Min(f => (DateTimeOffset?)f.DueAt),
                zone.Set<Milestone>().Where(m => m.DossierId == d.Id && m.Kind == MilestoneKind.ComesForward).Max(m => (DateTimeOffset?)m.At)));
    }

    private async Task<TimeSpan> Within(CancellationToken ct) => (await settings.Of(here.InZone.Id, ct)).FirstContactWithin;
    internal static DateTimeOffset Minute(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
}

/// <summary>Open dossiers that were reached and for which nothing is planned any more: a day after the last thing that was done. Before the first contact, <see cref="FirstContactsOverdue"/> watches.</summary>
internal sealed class NoNextAct : IRemind
{
    public const string Code = "no-next-act";
    private static readonly TimeSpan Grace = TimeSpan.FromDays(1);

    public string Kind => Code;
    public bool IsToldOn => true;

    private sealed record Idle(Guid Dossier, Guid? Worker, DateTimeOffset Opened, DateTimeOffset? Act, DateTimeOffset? Contact, DateTimeOffset? Told)
    {
        public DateTimeOffset Due => FirstContactsOverdue.Minute(new[] { Opened, Act ?? Opened, Contact ?? Opened }.Max() + Grace);
    }

    public async Task<IReadOnlyList<Fallen>> Fallen(ZoneDbContext zone, DateTimeOffset now, int most, CancellationToken ct) =>
        [.. (await Untold(zone, ct)).Where(i => i.Due <= now).OrderBy(i => i.Due).Take(most).Select(i => new Fallen(i.Dossier, i.Dossier, i.Worker is { } worker ? [worker] : [], i.Due))];

    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct) => (await Untold(zone, ct)).Min(i => (DateTimeOffset?)i.Due);

    public async Task<IReadOnlySet<Guid>> Undone(ZoneDbContext zone, IReadOnlyDictionary<Guid, DateTimeOffset> told, CancellationToken ct)
    {
        var ids = told.Keys.ToList();
        return (await zone.Set<Dossier>().Where(d => ids.Contains(d.Id) && d.Closed == null && d.NextDue == null).Select(d => d.Id).ToListAsync(ct)).ToHashSet();
    }

    // Few: each is one too many.
    private static async Task<IEnumerable<Idle>> Untold(ZoneDbContext zone, CancellationToken ct) => (await zone.Set<Dossier>().AsNoTracking().Where(d => d.Closed == null && d.NextDue == null && d.FirstContact != null)
        .Select(d => new Idle(d.Id, d.AssignedTo, d.Opened, zone.Set<FollowUp>().Where(f => f.DossierId == d.Id).Max(f => f.Done), zone.Set<Contact>().Where(c => c.DossierId == d.Id && (c.State == ContactState.Held || c.State == ContactState.Missed)).Max(c => (DateTimeOffset?)c.At),
            zone.Set<Told>().Where(t => t.Kind == Code && t.About == d.Id).Max(t => (DateTimeOffset?)t.DueAt))).ToListAsync(ct)).Where(i => i.Told is not { } told || told < i.Due);
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

    /// <summary>Whoever goes instead was not among those who were told: they are told now, once. What was told to nobody yet is left to the morning, or to the next run.</summary>
    public static async Task TellToo(ZoneDbContext zone, Contact appointment, IEnumerable<Guid> newcomers, DateTimeOffset now, CancellationToken ct)
    {
        var keys = newcomers.Distinct().ToDictionary(to => Remind.Key(Code, appointment.Id, appointment.At, to));
        if (keys.Count == 0 || !await zone.Set<Told>().AnyAsync(t => t.Kind == Code && t.About == appointment.Id && t.DueAt == appointment.At, ct)) return;
        var names = keys.Keys.ToList();
        var already = await zone.Set<OutboxMessage>().Where(m => names.Contains(m.Key)).Select(m => m.Key).ToListAsync(ct); // given away and given back
        foreach (var (key, to) in keys.Where(k => !already.Contains(k.Key))) zone.Add(OutboxMessage.New(key, Code, appointment.DossierId, to, now));
    }

    private static IQueryable<Contact> Untold(ZoneDbContext zone, DateTimeOffset now) =>
        zone.Set<Contact>().AsNoTracking().Where(c => c.State == ContactState.Planned && c.At > now && c.Worker != null && !zone.Set<Told>().Any(t => t.Kind == Code && t.About == c.Id && t.DueAt == c.At));
}

/// <summary>Appointments that are over and of which nobody said how they went, to whoever was to go: four hours after their end. A visit that nobody checked out of is watched as one. Moved, it is told anew.</summary>
internal sealed class UnrecordedAppointments : IRemind
{
    public const string Code = "appointment-unrecorded";
    private static readonly TimeSpan Grace = TimeSpan.FromHours(4);

    public string Kind => Code;
    public bool IsToldOn => true;

    private sealed record Over(Guid Id, Guid Dossier, Guid? Worker, DateTimeOffset At, int Minutes, DateTimeOffset? CheckedOut)
    {
        // Whoever stayed longer has as long after they came out.
        public DateTimeOffset Due => (At.AddMinutes(Minutes) is var ends && CheckedOut is { } left && left > ends ? left : ends) + Grace;
    }

    public async Task<IReadOnlyList<Fallen>> Fallen(ZoneDbContext zone, DateTimeOffset now, int most, CancellationToken ct)
    {
        var (latest, over) = (now - Grace, new List<Fallen>());
        await foreach (var one in Untold(zone, latest).AsAsyncEnumerable().WithCancellation(ct))
        {
            if (one.Due <= now) over.Add(new Fallen(one.Id, one.Dossier, one.Worker is { } worker ? [worker] : [], one.At));
            if (over.Count == most) break;
        }
        return over;
    }

    // By their beginning: what begins later is due no earlier than the grace after that.
    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct)
    {
        DateTimeOffset? next = null;
        await foreach (var one in Untold(zone, DateTimeOffset.MaxValue).AsAsyncEnumerable().WithCancellation(ct))
        {
            if (one.At + Grace >= next) break;
            if (next is null || one.Due < next) next = one.Due;
        }
        return next;
    }

    public async Task<IReadOnlySet<Guid>> Undone(ZoneDbContext zone, IReadOnlyDictionary<Guid, DateTimeOffset> told, CancellationToken ct)
    {
        var ids = told.Keys.ToList();
        var planned = await zone.Set<Contact>().AsNoTracking().Where(c => ids.Contains(c.Id) && c.State == ContactState.Planned).Where(c => zone.Set<Dossier>().Any(d => d.Id == c.DossierId && d.Closed == null)).Select(c => new { c.Id, c.At }).ToListAsync(ct);
        return planned.Where(c => told[c.Id] == c.At).Select(c => c.Id).ToHashSet();
    }

    // While it is planned it stands where it was last agreed on: by that it is found in the index.
    private static IQueryable<Over> Untold(ZoneDbContext zone, DateTimeOffset latest) => zone.Set<Contact>().AsNoTracking()
        .Where(c => c.PlannedFor <= latest && c.State == ContactState.Planned && (c.CheckedIn == null || c.CheckedOut != null) && zone.Set<Dossier>().Any(d => d.Id == c.DossierId && d.Closed == null) && !zone.Set<Told>().Any(t => t.Kind == Code && t.About == c.Id && t.DueAt == c.At))
        .OrderBy(c => c.PlannedFor).Select(c => new Over(c.Id, c.DossierId, c.Worker, c.At, c.Minutes, c.CheckedOut));
}
