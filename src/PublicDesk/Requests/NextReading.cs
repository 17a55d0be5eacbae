using VictimSupport.Design.Html;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.PublicDesk.Requests;

/// <summary>When a request will next be read, by the zone's hours on a Belgian clock.</summary>
internal static class NextReading
{
    /// <returns>Now, where the service is open; the next opening within a week; null where the zone gave no hours.</returns>
    public static DateTimeOffset? After(DateTimeOffset now, OpeningHours hours)
    {
        if (!hours.AreKnown) return null;
        var today = Moment.Day(now);
        for (var ahead = 0; ahead <= 7; ahead++)
        {
            var day = today.AddDays(ahead);
            foreach (var (from, to) in hours.On(day.DayOfWeek))
            {
                var opens = At(day, from);
                if (now < opens) return opens;
                if (now < At(day, to)) return now;
            }
        }
        return null;
    }

    // In the night the clock is put forward, an hour that never comes is the one after it.
    private static DateTimeOffset At(DateOnly day, TimeOnly time) => day.ToDateTime(time) is var local && Moment.NeverComes(local) ? Moment.Instant(local.AddHours(1)) : Moment.Instant(local);
}
