using System.Runtime.InteropServices;
using VictimSupport.Design.Html;
using VictimSupport.OnCall.Pools;

namespace VictimSupport.OnCall.Rotas;

/// <param name="End">The first instant that does not belong to it.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Span(DateTimeOffset Start, DateTimeOffset End)
{
    public TimeSpan Length => End - Start;
}

/// <summary>When somebody must be on call, and when nobody is.</summary>
internal static class Cover
{
    /// <summary>How far ahead a rota is looked at for gaps, and how far ahead coordinators are told.</summary>
    public const int DaysShown = 28, DaysWarned = 7;

    /// <summary>When the pool needs somebody, by a Belgian clock: at every hour, or outside its office hours.</summary>
    public static IEnumerable<Span> Needed(Pool pool, DateTimeOffset from, DateTimeOffset to)
    {
        var (first, last) = (from > pool.Begins ? from : pool.Begins, to < pool.Ends ? to : pool.Ends);
        if (first >= last) return [];
        return Joined(pool.OfficeFrom is { } opens && pool.OfficeTo is { } closes ? Outside(opens, closes, first, last) : [new Span(first, last)]);
    }

    /// <summary>What is needed and nobody is on duty for.</summary>
    public static IReadOnlyList<Span> Gaps(Pool pool, IEnumerable<Shift> shifts, DateTimeOffset from, DateTimeOffset to)
    {
        var (duty, gaps) = (shifts.Where(s => s is { Rank: Rank.Duty, IsRemoved: false }).OrderBy(s => s.Start).ToList(), new List<Span>());
        foreach (var need in Needed(pool, from, to))
        {
            var open = need.Start;
            foreach (var shift in duty.Where(s => s.Meets(need.Start, need.End)))
            {
                if (shift.Start > open) gaps.Add(new Span(open, shift.Start));
                if (shift.End > open) open = shift.End;
            }
            if (open < need.End) gaps.Add(new Span(open, need.End));
        }
        return gaps;
    }

    private static IEnumerable<Span> Outside(TimeOnly opens, TimeOnly closes, DateTimeOffset from, DateTimeOffset to)
    {
        for (var day = Moment.Day(from); At(day, TimeOnly.MinValue) < to; day = day.AddDays(1))
        {
            var (begins, ends) = (At(day, TimeOnly.MinValue), At(day.AddDays(1), TimeOnly.MinValue));
            IEnumerable<Span> parts = day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? [new(begins, ends)] : [new(begins, At(day, opens)), new(At(day, closes), ends)];
            foreach (var part in parts)
            {
                var cut = new Span(part.Start > from ? part.Start : from, part.End < to ? part.End : to);
                if (cut.Start < cut.End) yield return cut;
            }
        }
    }

    // A night is one, not what is left of two days.
    private static IEnumerable<Span> Joined(IEnumerable<Span> spans)
    {
        Span? open = null;
        foreach (var span in spans)
        {
            if (open is { } before && before.End == span.Start) open = before with { End = span.End };
            else
            {
                if (open is { } done) yield return done;
                open = span;
            }
        }
        if (open is { } last) yield return last;
    }

    private static DateTimeOffset At(DateOnly day, TimeOnly time) => Moment.Instant(day.ToDateTime(time));
}
