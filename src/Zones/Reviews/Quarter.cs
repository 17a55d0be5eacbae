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

    /// <summary>The quarter a zone owes a review of: the last one that ended, if the zone was live before its end. null: none.</summary>
    public static Quarter? Owed(DateTimeOffset? live, DateOnly today)
    {
        var ended = Of(today).Before;
        return live is { } since && Design.Html.Moment.Day(since) < ended.Next.First ? ended : null;
    }
}
