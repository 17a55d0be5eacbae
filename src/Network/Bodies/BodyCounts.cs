using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Network.Contracts;

namespace VictimSupport.Network.Bodies;

/// <summary>What came of a zone's consultation bodies, projects and events in a year. A meeting counts where somebody of the zone was there; an action point with the meeting that decided it; what lies ahead, once its day has come. Levels and sums stand also where they are nothing; a kind only where there was a meeting.</summary>
internal sealed class BodyCounts(ZoneDbContext zone, TimeProvider clock) : ICountStructuralWork
{
    /// <summary>Codes of the tables.</summary>
    public const string Sums = "bodies", ByLevel = "meetings-by-level", ByKind = "meetings-by-kind";

    public async Task<IReadOnlyList<StructuralCount>> In(int year, CancellationToken ct)
    {
        var (first, last, today) = (new DateOnly(year, 1, 1), new DateOnly(year, 12, 31), Moment.Day(clock.GetUtcNow()));
        // Of a year that runs, what is behind; of one that has not begun, nothing.
        if (last > today) last = today < first ? first.AddDays(-1) : today;
        var (from, to) = (Moment.Instant(first.ToDateTime(TimeOnly.MinValue)), Moment.Instant(last.AddDays(1).ToDateTime(TimeOnly.MinValue)));
        var attended = await zone.Set<Meeting>().Where(m => m.State == MeetingState.Held && m.At >= from && m.At < to && m.Ours > 0).Join(zone.Set<Body>(), m => m.BodyId, b => b.Id, (m, b) => new { b.Level, b.Kind })
            .GroupBy(x => new { x.Level, x.Kind }).Select(g => new { g.Key.Level, g.Key.Kind, Count = g.Count() }).ToListAsync(ct);
        var decided = await zone.Set<Meeting>().Where(m => m.State == MeetingState.Held && m.At >= from && m.At < to).SumAsync(m => m.Decided, ct);
        var (points, agreed) = (zone.Set<ActionPoint>(), Agreed(to));
        var projects = zone.Set<Project>().Where(p => p.State != ProjectState.Planned && p.Begins <= last && (p.EndedOn == null || p.EndedOn >= first));
        var events = zone.Set<Representation>().Where(r => r.On >= first && r.On <= last);
        return
        [
            Sum("meetings", attended.Sum(a => a.Count)),
            Sum("decisions", decided),
            Sum("points-made", await agreed.CountAsync(ct) - await Agreed(from).CountAsync(ct)),
            Sum("points-done", await points.CountAsync(p => p.State == PointState.Done && p.Ended >= from && p.Ended < to, ct)),
            Sum("points-open", await agreed.CountAsync(p => p.Ended == null || p.Ended >= to, ct)),
            Sum("projects", await projects.CountAsync(ct)),
            Sum("projects-finished", await projects.CountAsync(p => p.State == ProjectState.Finished && p.EndedOn <= last, ct)),
            Sum("milestones-reached", await zone.Set<ProjectMilestone>().CountAsync(m => m.DoneOn >= first && m.DoneOn <= last, ct)),
            Sum("events", await events.CountAsync(ct)),
            Sum("audience", await events.SumAsync(r => r.Audience ?? 0, ct)),
            .. Enum.GetValues<BodyLevel>().Select(l => new StructuralCount(ByLevel, l.ToString(), attended.Where(a => a.Level == l).Sum(a => a.Count))),
            .. BodyKinds.All.Select(k => new StructuralCount(ByKind, k.Code, attended.Where(a => a.Kind == k.Code).Sum(a => a.Count))).Where(c => c.Count > 0),
        ];

        // Those agreed before an instant: by a meeting, or with none on the day that was noted.
        IQueryable<ActionPoint> Agreed(DateTimeOffset before) => zone.Set<ActionPoint>().Where(p => (p.MeetingId == null && p.Added < before) || zone.Set<Meeting>().Any(m => m.Id == p.MeetingId && m.At < before && m.State != MeetingState.Cancelled));

        static StructuralCount Sum(string row, int count) => new(Sums, row, count);
    }

    /// <summary>A row in words.</summary>
    public static string WordOf(StructuralCount count) => count.Table switch
    {
        ByLevel => Words.MeetingsOf(Words.Of(Enum.Parse<BodyLevel>(count.Row))),
        ByKind => Words.MeetingsOf(BodyKinds.WordOf(count.Row)),
        _ => Words.Of("BodyCount_" + count.Row.Replace('-', '_')),
    };
}
