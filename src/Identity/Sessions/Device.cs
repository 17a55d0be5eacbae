namespace VictimSupport.Identity.Sessions;

/// <summary>Which browser on which system, in two words: enough to know one's own machine again, too little to know anybody by.</summary>
internal static class Device
{
    private static readonly (string Sign, string Name)[] Browsers =
        [("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari")];

    private static readonly (string Sign, string Name)[] Systems =
        [("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux")];

    /// <param name="userAgent">As the browser sent it; it is not kept.</param>
    public static string Of(string? userAgent)
    {
        var names = new[] { Named(Browsers, userAgent), Named(Systems, userAgent) }.OfType<string>();
        return string.Join(" · ", names);
    }

    private static string? Named((string Sign, string Name)[] known, string? userAgent) =>
        known.FirstOrDefault(k => userAgent?.Contains(k.Sign, StringComparison.Ordinal) == true).Name;
}
