using System.Globalization;
using System.Text.RegularExpressions;

namespace VictimSupport.Statistics.Releases;

/// <summary>What kinds of release there are.</summary>
internal enum ReleaseKind
{
    /// <summary>The flash of a month.</summary>
    T0 = 1,

    /// <summary>The first release of a quarter.</summary>
    P = 2,

    /// <summary>The final release of a year.</summary>
    F = 3,
}

/// <summary>A release as the calendar knows it: a kind, and the month, quarter or year it is about.</summary>
internal sealed partial record Edition(ReleaseKind Kind, DateOnly From, DateOnly Until)
{
    /// <summary>2026-05, 2026-Q2 or 2026.</summary>
    public string Period => Kind switch { ReleaseKind.T0 => Month(From), ReleaseKind.P => Quarter(From), _ => Year(From) };

    /// <summary>Names it for good: 2026-Q2-P.</summary>
    public string Id => $"{Period}-{Kind}";

    /// <summary>The first days of its months.</summary>
    public IEnumerable<DateOnly> Months
    {
        get { for (var month = From; month < Until; month = month.AddMonths(1)) yield return month; }
    }

    /// <summary>The first days of the quarters it touches.</summary>
    public IEnumerable<DateOnly> Quarters => Months.Select(QuarterOf).Distinct();

    public static DateOnly QuarterOf(DateOnly day) => new(day.Year, ((day.Month - 1) / 3 * 3) + 1, 1);
    public static string Month(DateOnly day) => day.ToString("yyyy-MM", CultureInfo.InvariantCulture);
    public static string Quarter(DateOnly day) => string.Create(CultureInfo.InvariantCulture, $"{day.Year:0000}-Q{((day.Month - 1) / 3) + 1}");
    public static string Year(DateOnly day) => day.Year.ToString("0000", CultureInfo.InvariantCulture);

    public static Edition OfMonth(int year, int month) => new(ReleaseKind.T0, new DateOnly(year, month, 1), new DateOnly(year, month, 1).AddMonths(1).AddDays(-1));
    public static Edition OfQuarter(int year, int quarter) => new(ReleaseKind.P, new DateOnly(year, (quarter * 3) - 2, 1), new DateOnly(year, (quarter * 3) - 2, 1).AddMonths(3).AddDays(-1));
    public static Edition OfYear(int year) => new(ReleaseKind.F, new DateOnly(year, 1, 1), new DateOnly(year, 12, 31));

    /// <returns>null: the kind has no such period.</returns>
    public static Edition? Parse(string kind, string period)
    {
        if (!Enum.TryParse<ReleaseKind>(kind, out var known) || known.ToString() != kind || Written().Match(period) is not { Success: true } written) return null;
        var (year, month, quarter) = (Number("y"), Number("m"), Number("q"));
        var edition = (known, year, month, quarter) switch
        {
            (_, < 2000 or > 2100, _, _) => null,
            (ReleaseKind.T0, _, >= 1 and <= 12, 0) => OfMonth(year, month),
            (ReleaseKind.P, _, 0, >= 1 and <= 4) => OfQuarter(year, quarter),
            (ReleaseKind.F, _, 0, 0) => OfYear(year),
            _ => null,
        };
        return edition?.Period == period ? edition : null;

        int Number(string group) => written.Groups[group] is { Success: true, Value: var digits } ? int.Parse(digits, CultureInfo.InvariantCulture) : 0;
    }

    [GeneratedRegex(@"\A(?<y>[0-9]{4})(-(?<m>[0-9]{2})|-Q(?<q>[0-9]))?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Written();
}

/// <summary>When figures come out. Output changes on these days and on no other.</summary>
internal static class Calendar
{
    /// <summary>So many working days zones have to answer.</summary>
    public const int Window = 10;

    private const int FlashOn = 5, FirstAfter = 45;

    /// <summary>The first day on which a release may be drawn.</summary>
    public static DateOnly Opens(Edition edition) => edition.Kind switch
    {
        ReleaseKind.T0 => Working(edition.Until, FlashOn),
        ReleaseKind.P => Working(edition.Until.AddDays(FirstAfter - 1), 1),
        _ => new DateOnly(edition.From.Year + 1, 3, 31),
    };

    /// <summary>The last day on which it still waits for zones that do not answer.</summary>
    public static DateOnly Closes(Edition edition) => Working(Opens(edition), Window);

    /// <summary>The editions that a day could bring, each kind's last whole period first.</summary>
    public static IEnumerable<Edition> Around(DateOnly day)
    {
        for (var back = 1; back <= 4; back++)
        {
            var month = day.AddMonths(-back);
            yield return Edition.OfMonth(month.Year, month.Month);
        }
        for (var back = 1; back <= 4; back++)
        {
            var quarter = Edition.QuarterOf(day).AddMonths(-3 * back);
            yield return Edition.OfQuarter(quarter.Year, ((quarter.Month - 1) / 3) + 1);
        }
        yield return Edition.OfYear(day.Year - 1);
    }

    // The so-manieth working day after a day.
    private static DateOnly Working(DateOnly after, int count)
    {
        var day = after;
        while (count > 0)
        {
            day = day.AddDays(1);
            if (IsWorkingDay(day)) count--;
        }
        return day;
    }

    /// <summary>Neither a weekend nor one of the ten legal holidays.</summary>
    public static bool IsWorkingDay(DateOnly day)
    {
        if (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) return false;
        if ((day.Month, day.Day) is (1, 1) or (5, 1) or (7, 21) or (8, 15) or (11, 1) or (11, 11) or (12, 25)) return false;
        var easter = Easter(day.Year);
        return day != easter.AddDays(1) && day != easter.AddDays(39) && day != easter.AddDays(50); // Easter Monday, Ascension, Whit Monday
    }

    // The Gregorian computus (Meeus, Jones, Butcher).
    private static DateOnly Easter(int year)
    {
        int a = year % 19, b = year / 100, c = year % 100, d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3, h = ((19 * a) + b - d - g + 15) % 30, i = c / 4, k = c % 4, l = (32 + (2 * e) + (2 * i) - h - k) % 7, m = (a + (11 * h) + (22 * l)) / 451;
        return new DateOnly(year, (h + l - (7 * m) + 114) / 31, ((h + l - (7 * m) + 114) % 31) + 1);
    }
}
