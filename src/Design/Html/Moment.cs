using System.Globalization;

namespace VictimSupport.Design.Html;

/// <summary>Instants are kept in UTC and shown as the clock on a Belgian wall, in the reader's way of writing.</summary>
public static class Moment
{
    /// <summary>How dates and numbers are written for each language of the house.</summary>
    public static readonly IReadOnlyList<CultureInfo> Cultures =
        [new("fr-BE"), new("nl-BE"), new("de-BE"), new("en-BE")];

    public static TimeZoneInfo Brussels { get; } = TimeZoneInfo.FindSystemTimeZoneById("Europe/Brussels");

    /// <summary>24/11/2026 14:02</summary>
    public static string Show(DateTimeOffset instant, CultureInfo? culture = null)
    {
        var local = Local(instant);
        return $"{Show(DateOnly.FromDateTime(local), culture)} {Clock(instant)}";
    }

    /// <summary>24/11/2026</summary>
    public static string Show(DateOnly day, CultureInfo? culture = null) => day.ToString("d", culture ?? CultureInfo.CurrentCulture);

    /// <summary>Tuesday 24 November 2026</summary>
    public static string ShowLong(DateOnly day, CultureInfo? culture = null) => day.ToString("D", culture ?? CultureInfo.CurrentCulture);

    /// <summary>14:02</summary>
    public static string Clock(DateTimeOffset instant) => Local(instant).ToString("HH:mm", CultureInfo.InvariantCulture);

    /// <summary>For the datetime attribute of a time element.</summary>
    public static string Machine(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture);

    public static DateOnly Day(DateTimeOffset instant) => DateOnly.FromDateTime(Local(instant));

    public static DateTime Local(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, Brussels).DateTime;

    /// <summary>The clock is put forward over this hour: it is on no clock in Belgium.</summary>
    public static bool NeverComes(DateTime local) => Brussels.IsInvalidTime(Wall(local));

    /// <summary>The clock is put back: this hour comes a first and a second time.</summary>
    public static bool ComesTwice(DateTime local) => Brussels.IsAmbiguousTime(Wall(local));

    /// <summary>The instant at which a Belgian clock shows this; <paramref name="second"/> tells which, in the night the clock is put back.</summary>
    public static DateTimeOffset Instant(DateTime local, bool second = false)
    {
        var wall = Wall(local);
        var offset = Brussels.IsAmbiguousTime(wall)
            ? second ? Brussels.GetAmbiguousTimeOffsets(wall).Min() : Brussels.GetAmbiguousTimeOffsets(wall).Max()
            : Brussels.GetUtcOffset(wall);
        return new DateTimeOffset(wall, offset).ToUniversalTime();
    }

    /// <summary>The first instant after this one at which a Belgian clock shows that time.</summary>
    public static DateTimeOffset Next(DateTimeOffset after, TimeOnly time)
    {
        var day = Day(after);
        return Instant(day.ToDateTime(time)) is var at && at > after ? at : Instant(day.AddDays(1).ToDateTime(time));
    }

    static DateTime Wall(DateTime local) => DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
}
