using System.Globalization;
using System.Text.RegularExpressions;

namespace VictimSupport.Zones.Settings;

/// <summary>A zone's colour: readable on white by day, and a lighter one of the same hue on dark ground by night.</summary>
internal static partial class Colours
{
    public const string Federal = "#22577a";
    private const double Readable = 4.5;
    private static readonly (int R, int G, int B) White = (255, 255, 255), Night = (16, 23, 28);

    /// <summary>null: it is a colour that may be read on white.</summary>
    public static string? Fault(string value) => !Six().IsMatch(value) ? Words.WrongColour : Contrast(Read(value), White) < Readable ? Words.PaleColour : null;

    /// <summary>The style sheet of a zone: its accent by day and by night.</summary>
    public static string Sheet(string accent) =>
        string.Create(CultureInfo.InvariantCulture, $":root{{--zone-accent:{accent};--zone-on-accent:#ffffff;--zone-accent-night:{AtNight(accent)};--zone-on-accent-night:#10171c}}");

    /// <summary>The accent as it is seen at night.</summary>
    public static string AtNight(string accent)
    {
        var night = Read(accent);
        // Towards white until it stands out from the night's ground.
        while (Contrast(night, Night) < Readable) night = (Lighter(night.R), Lighter(night.G), Lighter(night.B));
        return string.Create(CultureInfo.InvariantCulture, $"#{night.R:x2}{night.G:x2}{night.B:x2}");
    }

    /// <summary>By the formula of WCAG 2.2.</summary>
    public static double Contrast((int R, int G, int B) one, (int R, int G, int B) other)
    {
        var (light, dark) = (Math.Max(Luminance(one), Luminance(other)), Math.Min(Luminance(one), Luminance(other)));
        return (light + 0.05) / (dark + 0.05);
    }

    public static (int R, int G, int B) Read(string colour)
    {
        var number = int.Parse(colour.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return (number >> 16, (number >> 8) & 255, number & 255);
    }

    private static int Lighter(int channel) => channel + Math.Max(1, (255 - channel) / 10) is var lighter && lighter > 255 ? 255 : lighter;

    private static double Luminance((int R, int G, int B) colour) => (0.2126 * Linear(colour.R)) + (0.7152 * Linear(colour.G)) + (0.0722 * Linear(colour.B));

    private static double Linear(int channel)
    {
        var part = channel / 255d;
        return part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4);
    }

    [GeneratedRegex(@"\A#[0-9a-f]{6}\z", RegexOptions.None, 1000)]
    private static partial Regex Six();
}
