using System.Buffers.Binary;
using VictimSupport.Design.Html;

namespace VictimSupport.Casework.Reminding;

/// <summary>When a daily mail leaves: at an hour on the wall, in both nights of the clock too.</summary>
internal static class Digest
{
    /// <summary>The first moment not before <paramref name="after"/>, and the day it is of. An hour that is left out is the next one; of one that comes twice, the first.</summary>
    public static (DateOnly Day, DateTimeOffset At) Next(DateTimeOffset after, int hour, bool workingDaysOnly)
    {
        for (var day = Moment.Day(after); ; day = day.AddDays(1))
        {
            if (workingDaysOnly && !IsWorked(day)) continue;
            var wall = day.ToDateTime(new TimeOnly(hour, 0));
            var at = Moment.Instant(Moment.NeverComes(wall) ? wall.AddHours(1) : wall);
            if (at >= after) return (day, at);
        }
    }

    /// <summary>Monday to Friday, but for the ten public holidays of the country.</summary>
    public static bool IsWorked(DateOnly day)
    {
        if (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) return false;
        var easter = Easter(day.Year);
        return !((day.Month, day.Day) is (1, 1) or (5, 1) or (7, 21) or (8, 15) or (11, 1) or (11, 11) or (12, 25)) && day != easter.AddDays(1) && day != easter.AddDays(39) && day != easter.AddDays(50);
    }

    /// <summary>When a row was made, from its id (Guid v7).</summary>
    public static DateTimeOffset MadeAt(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return DateTimeOffset.FromUnixTimeMilliseconds((long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16));
    }

    // The rule of Gauss, as Butcher wrote it down for the Gregorian calendar.
    private static DateOnly Easter(int year)
    {
        var (a, b, c) = (year % 19, year / 100, year % 100);
        var h = ((19 * a) + b - (b / 4) - ((b - ((b + 8) / 25) + 1) / 3) + 15) % 30;
        var l = (32 + (2 * (b % 4)) + (2 * (c / 4)) - h - (c % 4)) % 7;
        var m = (a + (11 * h) + (22 * l)) / 451;
        var n = h + l - (7 * m) + 114;
        return new DateOnly(year, n / 31, (n % 31) + 1);
    }
}
