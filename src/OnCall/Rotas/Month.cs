using System.Globalization;
using VictimSupport.Design.Html;

namespace VictimSupport.OnCall.Rotas;

/// <summary>A month on a Belgian calendar.</summary>
internal readonly record struct Month(DateOnly First)
{
    public DateOnly Next => First.AddMonths(1);
    public DateTimeOffset Begins => Moment.Instant(First.ToDateTime(TimeOnly.MinValue));

    /// <summary>The first instant of the next.</summary>
    public DateTimeOffset Ends => Moment.Instant(Next.ToDateTime(TimeOnly.MinValue));
    public string Name => First.ToString("Y", CultureInfo.CurrentCulture);
    public override string ToString() => First.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    public static Month Of(DateOnly day) => new(new DateOnly(day.Year, day.Month, 1));

    /// <summary>As it stands in an address, such as <c>2026-11</c>; anything else is the month of that day.</summary>
    public static Month Read(string? text, DateOnly otherwise) =>
        DateOnly.TryParseExact(text + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is > 2000 and < 2200 ? new Month(day) : Of(otherwise);
}
