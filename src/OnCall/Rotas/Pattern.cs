using VictimSupport.Design.Html;

namespace VictimSupport.OnCall.Rotas;

/// <summary>How a rota turns: whole weeks, or the chosen days of each.</summary>
internal enum Rhythm { Week = 1, Days }

/// <summary>A weekly pattern: one colleague after the other, a week each. Times are those of a clock on a Belgian wall; what comes of it are instants.</summary>
/// <param name="Days">On which days a shift begins; for whole weeks the first of them is the day of the change.</param>
/// <param name="To">An end that is not after the beginning is on the next day.</param>
internal sealed record Pattern(Rhythm Rhythm, IReadOnlyList<DayOfWeek> Days, TimeOnly From, TimeOnly To)
{
    /// <summary>Shifts that begin on the days from the first to the last.</summary>
    /// <returns>Each with its turn: 0 for the first week, 1 for the next.</returns>
    public IEnumerable<(Span Span, int Turn)> Between(DateOnly first, DateOnly last)
    {
        // Weeks are counted from the first day that begins one.
        var change = Days[0];
        var begin = first.AddDays(-(((int)first.DayOfWeek - (int)change + 7) % 7));
        for (var day = first; day <= last; day = day.AddDays(1))
        {
            if (Rhythm == Rhythm.Week ? day.DayOfWeek != change : !Days.Contains(day.DayOfWeek)) continue;
            var turn = (day.DayNumber - begin.DayNumber) / 7 - (Rhythm == Rhythm.Week && begin < first ? 1 : 0);
            var ends = Rhythm == Rhythm.Week ? day.AddDays(7) : To > From ? day : day.AddDays(1);
            // In the night of the change of time both sides of an hour that comes twice take the first: what follows on each other has no gap.
            yield return (new Span(Moment.Instant(day.ToDateTime(From)), Moment.Instant(ends.ToDateTime(Rhythm == Rhythm.Week ? From : To))), turn);
        }
    }
}
