using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Foundation.Mail;

/// <summary>Where the portal is reached, for the links in mails: the setting, on a developer's machine else where this process listens. Never what a request
/// says of itself: whoever writes another host into it would have our letters lead there.</summary>
public sealed class PortalAddress(IConfiguration configuration)
{
    private const string Setting = "Portal:Address";
    private readonly string address = (configuration[Setting] ?? configuration["Urls"]?.Split(';')[0] ?? "http://localhost").TrimEnd('/');

    /// <param name="path">With its slash.</param>
    public string To(string path) => address + path;

    /// <exception cref="StartRefusedException">Outside development it is not said, or is no address.</exception>
    public static void Check(IConfiguration configuration, IHostEnvironment environment)
    {
        if (environment.IsDevelopment() && configuration[Setting] is null) return;
        if (!Uri.TryCreate(configuration[Setting], UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp))
            throw new StartRefusedException($"{Setting} must say where the portal is reached, such as https://portal.example: the links in mails lead there.");
    }
}
