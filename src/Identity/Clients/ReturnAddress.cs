namespace VictimSupport.Identity.Clients;

/// <summary>Where a code may be sent: an HTTPS address, a loopback address of the person's own device, or an app's private scheme. Whole and exact; nothing with a wildcard, a fragment or a password in it.</summary>
internal static class ReturnAddress
{
    public const int Longest = 300, Most = 5;

    public static bool IsSound(string text) =>
        text.Length <= Longest && !text.Contains('*', StringComparison.Ordinal) && !text.Contains('\\', StringComparison.Ordinal) && !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))
        && Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Fragment.Length == 0 && !text.Contains('#', StringComparison.Ordinal) && address.UserInfo.Length == 0 && address.Scheme switch
        {
            "https" => address.Host.Length > 0,
            "http" => address.IsLoopback,
            // RFC 8252: the reversed name of a domain the maker holds, so that it cannot be javascript: or data:.
            var scheme => scheme.Contains('.', StringComparison.Ordinal),
        };

    /// <summary>What the page that ends there must allow its form.</summary>
    public static string FormTarget(string address)
    {
        var uri = new Uri(address);
        return uri.Scheme is "https" or "http" ? uri.GetLeftPart(UriPartial.Authority) : uri.Scheme + ":";
    }

    public static IReadOnlyList<string> Lines(string? text) => [.. (text ?? "").Split(['\n', '\r', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal)];
}
