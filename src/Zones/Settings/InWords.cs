using System.Globalization;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Zones.Settings;

/// <summary>What a setting says, in the reader's language.</summary>
internal static class InWords
{
    public static readonly IReadOnlyDictionary<string, string> Languages = new Dictionary<string, string>(StringComparer.Ordinal) { ["fr"] = "Français", ["nl"] = "Nederlands", ["de"] = "Deutsch", ["en"] = "English" };

    public static string Of(Setting setting, string value, IReadOnlyList<ShippedOption>? shipped, Func<Guid, string> name) => setting.Shape switch
    {
        Shape.YesNo => value == "yes" ? Design.Words.Yes : Design.Words.No,
        Shape.Number => setting.Unit switch { Unit.Days => Words.NumberOfDays(value), Unit.Weeks => Words.NumberOfWeeks(value), Unit.Years => Words.Years(value), _ => Words.Hours(value) },
        Shape.One => Option(setting, value),
        Shape.Several => string.Join(", ", Setting.Several(value).Select(c => shipped is null ? Languages.GetValueOrDefault(c, c) : shipped.FirstOrDefault(s => s.Code == c)?.Word ?? c)) is { Length: > 0 } list ? list : Words.NoneChosen,
        Shape.Lines => string.Join(", ", Setting.Several(value)) is { Length: > 0 } lines ? lines : Words.NoneChosen,
        Shape.Week => Week(value),
        Shape.Colleague => Guid.TryParse(value, out var account) ? name(account) : Words.NoneChosen,
        _ => value.Length > 0 ? value : Words.NoneChosen,
    };

    public static string Option(Setting setting, string value) => setting.Code == SettingCode.VictimMeans ? Words.Of(Enum.Parse<VictimMeaning>(value)) : Words.Years(value);

    public static string Day(int number) => CultureInfo.CurrentUICulture.DateTimeFormat.DayNames[(number + 1) % 7];

    private static string Week(string value)
    {
        if (OpeningHours.Read(value) is not { AreKnown: true } hours) return Words.NoneChosen;
        return string.Join("; ", hours.Written.Select(d => $"{CultureInfo.CurrentUICulture.DateTimeFormat.GetDayName(d.Day)} {d.Spans}"));
    }
}
