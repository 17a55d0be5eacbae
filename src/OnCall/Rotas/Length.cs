using System.Globalization;

namespace VictimSupport.OnCall.Rotas;

/// <summary>How long something is, in hours and minutes as they pass.</summary>
internal static class Length
{
    /// <summary>9 h, 15 h 30</summary>
    public static string Of(TimeSpan length) => length.Minutes == 0 ? Words.Hours(Whole(length)) : Words.HoursMinutes(Whole(length), length.Minutes.ToString("00", CultureInfo.InvariantCulture));

    /// <summary>15,50: for a statement.</summary>
    public static string Decimal(TimeSpan length) => length.TotalHours.ToString("0.00", CultureInfo.CurrentCulture);

    private static string Whole(TimeSpan length) => ((int)length.TotalHours).ToString(CultureInfo.InvariantCulture);
}
