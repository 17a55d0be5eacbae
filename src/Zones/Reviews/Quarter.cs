using System.Globalization;

namespace VictimSupport.Zones.Reviews;

/// <summary>A quarter of a year, on a Belgian calendar.</summary>
internal sealed record Quarter(int Year, int Number)
{
    public static Quarter Of(DateOnly day) => new(day.Year, ((day.Month - 1) / 3) + 1);

    public DateOnly First => new(Year, ((Number - 1) * 3) + 1, 1);
    public Quarter Before => Of(First.AddDays(-1));
    public Quarter Next => Of(First.AddMonths(3));

    /// <summary>As it is kept: <c>2026Q3</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Year}Q{Number}");

    /// <summary>The quarters a zone owes a review of, the oldest first: each that ended and in which the zone was live, whether a later one ended since or not.</summary>
    public static IEnumerable<Quarter> Owed(DateTimeOffset? live, DateOnly today)
    {
        if (live is not { } since) yield break;
        for (var quarter = Of(Design.Html.Moment.Day(since)); quarter.Next.First <= today; quarter = quarter.Next) yield return quarter;
    }
}
