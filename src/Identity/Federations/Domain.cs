using System.Globalization;
using System.Text.RegularExpressions;

namespace VictimSupport.Identity.Federations;

/// <summary>The part of an address after the @, as it is compared: lower case, ASCII.</summary>
internal static partial class Domain
{
    private static readonly IdnMapping Idn = new();

    public static string? Of(string? mail) => mail?.Split('@') is [{ Length: > 0 }, var domain] ? Plain(domain) : null;

    /// <summary>null: it is none.</summary>
    public static string? Plain(string text)
    {
        try
        {
            var domain = Idn.GetAscii(text.Trim().TrimEnd('.')).ToLowerInvariant();
            return domain.Length <= 100 && Shape().IsMatch(domain) ? domain : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    public static IReadOnlyList<string> Lines(string? text) => [.. (text ?? "").Split(['\n', '\r', ' ', ',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    [GeneratedRegex(@"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Shape();
}
