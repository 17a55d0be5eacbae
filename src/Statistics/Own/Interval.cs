using System.Globalization;
using VictimSupport.Design.Html;
using VictimSupport.Statistics.Releases;

namespace VictimSupport.Statistics.Own;

/// <summary>From a day to a day, both within it: a month, a quarter, a year, or any other.</summary>
internal sealed record Interval(DateOnly From, DateOnly Until)
{
    /// <summary>The longest that is counted at once.</summary>
    public const int MostYears = 5;

    // More little columns than these cannot be told apart.
    private const int MostMonths = 24;

    public static Interval Month(DateOnly day) => new(new DateOnly(day.Year, day.Month, 1), new DateOnly(day.Year, day.Month, 1).AddMonths(1).AddDays(-1));
    public static Interval Quarter(DateOnly day) => new(Edition.QuarterOf(day), Edition.QuarterOf(day).AddMonths(3).AddDays(-1));
    public static Interval Year(DateOnly day) => new(new DateOnly(day.Year, 1, 1), new DateOnly(day.Year, 12, 31));

    /// <summary>2026-11, 2026-Q4 or 2026, as releases are named; null: it is none of them.</summary>
    public string? Code => this == Month(From) ? Edition.Month(From) : this == Quarter(From) ? Edition.Quarter(From) : this == Year(From) ? Edition.Year(From) : null;

    /// <summary>What the audit keeps of it.</summary>
    public string Said => Code ?? string.Create(CultureInfo.InvariantCulture, $"{From:yyyy-MM-dd}/{Until:yyyy-MM-dd}");

    public override string ToString() => Said;

    /// <summary>The same days a year before.</summary>
    public Interval Before => Code is null ? new(From.AddYears(-1), Until.AddYears(-1)) : Code.Length == 4 ? Year(From.AddYears(-1)) : Code.Contains('Q') ? Quarter(From.AddYears(-1)) : Month(From.AddYears(-1));

    /// <summary>As far as it has come by a day: a year that still runs is held against as much of the year before.</summary>
    public Interval UpTo(DateOnly today) => Until <= today || From > today ? this : this with { Until = today };

    /// <summary>The first days of its months, where they are more than one and few enough to draw.</summary>
    public IReadOnlyList<DateOnly> Months
    {
        get
        {
            var months = new List<DateOnly>();
            for (var month = Month(From).From; month <= Until; month = month.AddMonths(1)) months.Add(month);
            return months.Count is > 1 and <= MostMonths ? months : [];
        }
    }

    public string InWords => Code switch
    {
        null => Words.FromTo(Moment.Show(From), Moment.Show(Until)),
        { Length: 4 } => Words.YearOf(Code),
        var code when code.Contains('Q') => Words.QuarterOf(code[^1..], code[..4]),
        _ => From.ToString("Y", CultureInfo.CurrentCulture),
    };

    /// <summary>A month, quarter or year by its code; null: it is none.</summary>
    public static Interval? Parse(string? code) => code is null ? null : (Edition.Parse("T0", code) ?? Edition.Parse("P", code) ?? Edition.Parse("F", code)) is { } edition ? new Interval(edition.From, edition.Until) : null;

    /// <summary>What is offered on a day, the latest first: the months and quarters of a year, and some years.</summary>
    public static IReadOnlyList<Interval> Offered(DateOnly today) =>
        [Month(today), Month(today.AddMonths(-1)), Quarter(today), Quarter(today.AddMonths(-3)), Year(today), Year(today.AddYears(-1)), Year(today.AddYears(-2))];

    /// <summary>The quarters that are over, the latest first.</summary>
    public static IReadOnlyList<Interval> Over(DateOnly today) => [.. Enumerable.Range(1, 12).Select(back => Quarter(today.AddMonths(-3 * back)))];
}
