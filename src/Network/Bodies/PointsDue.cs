using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Network.Contracts;

namespace VictimSupport.Network.Bodies;

/// <summary>Action points whose day has come: to the colleague who does it; an outsider's to the coordinators, who ask after it.</summary>
internal sealed class PointsDue : IRemind
{
    public string Kind => ActionPoints.ReminderKind;
    public bool IsToldOn => true;

    public async Task<IReadOnlyList<Fallen>> Fallen(ZoneDbContext zone, DateTimeOffset now, int most, CancellationToken ct)
    {
        var due = await Untold(zone).Where(p => p.DueAt <= now).OrderBy(p => p.DueAt).Take(most).ToListAsync(ct);
        foreach (var point in due) point.WasTold();
        return [.. due.Select(p => new Fallen(p.Id, null, p.Owner is { } owner ? [owner] : [], p.DueAt))];
    }

    public async Task<DateTimeOffset?> Next(ZoneDbContext zone, CancellationToken ct) => await Untold(zone).OrderBy(p => p.DueAt).Select(p => (DateTimeOffset?)p.DueAt).FirstOrDefaultAsync(ct);

    public async Task<IReadOnlySet<Guid>> Undone(ZoneDbContext zone, IReadOnlyDictionary<Guid, DateTimeOffset> told, CancellationToken ct)
    {
        var ids = told.Keys.ToList();
        return (await ActionPoint.ToDo(zone).AsNoTracking().Where(p => ids.Contains(p.Id)).Select(p => new { p.Id, p.DueAt }).ToListAsync(ct)).Where(p => told[p.Id] == p.DueAt).Select(p => p.Id).ToHashSet();
    }

    private static IQueryable<ActionPoint> Untold(ZoneDbContext zone) => ActionPoint.ToDo(zone).Where(p => p.RemindedFor == null || p.RemindedFor != p.DueAt);
}

/// <summary>The caller's own action points: on the bell, on the worklist and at home. Asked once for a page.</summary>
internal sealed class MyPoints(IMediator pipeline, WhereAndWho who) : IRing, IActionPoints, ITellTasks
{
    private PointsWaiting? waiting;

    public async ValueTask<IReadOnlyList<RingLine>> Lines(CancellationToken ct) => who.Caller.May(May.SeeBodies) ? [new RingLine(Words.RingActionPoints, "/action-points", (await Mine(ct)).Due)] : [];

    public async ValueTask<PointsWaiting> Mine(CancellationToken ct) => waiting ??= who.Caller.May(May.SeeBodies) ? await pipeline.Send(new Query(), ct) : new PointsWaiting(0, 0);

    // The count, which the bell has asked for, says whether there are any.
    public async ValueTask<IReadOnlyList<TaskLine>> Tasks(CancellationToken ct) => (await Mine(ct)).Open > 0 ? await pipeline.Send(new Near(), ct) : [];

    [Requires(May.SeeBodies)]
    internal sealed record Query : IQuery<PointsWaiting>;

    /// <summary>Those that are late, or due within a week.</summary>
    [Requires(May.SeeBodies)]
    internal sealed record Near : IQuery<IReadOnlyList<TaskLine>>;

    internal sealed class NearHandler(ZoneDbContext zone, Keyring keys, Caller caller, TimeProvider clock) : IRequestHandler<Near, IReadOnlyList<TaskLine>>
    {
        private const int Most = 10;
        private static readonly TimeSpan Ahead = TimeSpan.FromDays(7);

        private sealed record Row(ActionPoint Point, string Body);

        private static readonly Compiled<Guid, DateTimeOffset, Row> Question = Compiled.Query((ZoneDbContext z, Guid self, DateTimeOffset until) =>
            z.Set<ActionPoint>().AsNoTracking().Where(p => p.Owner == self && p.State == PointState.Open && p.DueAt <= until && !z.Set<Meeting>().Any(m => m.Id == p.MeetingId && m.State == MeetingState.Cancelled))
                .OrderBy(p => p.DueAt).Take(Most).Join(z.Set<Body>(), p => p.BodyId, b => b.Id, (p, b) => new Row(p, b.Title)));

        public async Task<IReadOnlyList<TaskLine>> Handle(Near query, CancellationToken ct)
        {
            var rows = await Question.In(zone, caller.Self, clock.GetUtcNow() + Ahead, ct);
            await keys.Fetch(rows.Select(r => r.Point.BodyId).Distinct(), ct);
            return [.. rows.Select(r => new TaskLine(r.Point.What.Value, "/action-points", r.Body, $"/bodies/{r.Point.BodyId}", r.Point.DueOn))];
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Caller caller, TimeProvider clock) : IRequestHandler<Query, PointsWaiting>
    {
        public Task<PointsWaiting> Handle(Query query, CancellationToken ct) => PointsAtHome.Count(zone, caller, clock, ct);
    }
}

/// <summary>The same for the home, which stands outside the zone: how many, never what.</summary>
internal sealed class PointsAtHome(ZoneDbContext zone, Caller caller, TimeProvider clock) : ITellAtHome
{
    private sealed record Counted
    {
        public int Open { get; init; }
        public int Due { get; init; }
    }

    private static readonly Compiled<Guid, DateTimeOffset, Counted> Question = Compiled.Query((ZoneDbContext z, Guid self, DateTimeOffset now) =>
        z.Set<ActionPoint>().Where(p => p.Owner == self && p.State == PointState.Open && !z.Set<Meeting>().Any(m => m.Id == p.MeetingId && m.State == MeetingState.Cancelled)).GroupBy(_ => 1).Select(g => new Counted { Open = g.Count(), Due = g.Count(p => p.DueAt <= now) }));

    public int Order => 30;

    public async ValueTask<IReadOnlyList<HomeLine>> Lines(CancellationToken ct) =>
        caller.May(May.SeeBodies) && await Count(zone, caller, clock, ct) is { Open: > 0 } mine ? [new HomeLine(Words.HomeActionPoints, "/action-points", mine.Open, mine.Due > 0)] : [];

    internal static async Task<PointsWaiting> Count(ZoneDbContext zone, Caller caller, TimeProvider clock, CancellationToken ct) =>
        (await Question.In(zone, caller.Self, clock.GetUtcNow(), ct)).SingleOrDefault() is { } mine ? new PointsWaiting(mine.Open, mine.Due) : new PointsWaiting(0, 0);
}
