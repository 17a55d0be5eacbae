using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Foundation.Zones;

/// <summary>Two names of one program: at the one anybody reads, at the other people work. Each answers its own pages only: a passkey of the portal is good for no public page, and what a public page leaves behind says nothing of a portal.
/// On a developer's machine they may be one.</summary>
public sealed class Hosts(IConfiguration configuration)
{
    private const string PublicSetting = "Hosts:Public", PortalSetting = "Hosts:Portal";
    private readonly string? open = Read(configuration, PublicSetting), portal = Read(configuration, PortalSetting);

    /// <summary>The mark of somebody who left the pages for anybody a moment ago. Not the name of a pass, or leaving would sign staff out.</summary>
    public const string Left = "q";

    /// <summary>In the address of the answer to a form on a page for anybody, which is handed out once.</summary>
    public const string Shown = "shown";

    /// <summary>Whether this request leads away from us whatever the zone: the way out, or a page for anybody after it was taken.</summary>
    /// <param name="path">Without the zone's code.</param>
    public static bool LeadsAway(HttpRequest request, PathString path) => path.StartsWithSegments("/x") || (request.Cookies.ContainsKey(Left) && IsForAnybody(true, path) == true);

    /// <summary>Each answers only its own.</summary>
    public bool AreApart => open is not null && portal is not null && !string.Equals(open, portal, StringComparison.OrdinalIgnoreCase);

    public bool IsPublic(HttpRequest request) => Is(request, open);
    public bool IsPortal(HttpRequest request) => Is(request, portal);

    /// <summary>The host that anybody reads, where the two are apart: whatever is asked there, also what is not there, is a page for anybody.</summary>
    public bool IsOpen(HttpRequest request) => AreApart && IsPublic(request);

    /// <summary>Whether a form was filled in on a page of ours, as the browser says: neither header may say otherwise, and one must say so. A browser of before 2023 sends the second alone, as does any over plain HTTP.</summary>
    public static bool IsOurs(HttpRequest request)
    {
        var (site, origin) = (request.Headers["Sec-Fetch-Site"], request.Headers.Origin);
        var saysSite = site.Count > 0;
        var saysOrigin = origin.Count > 0 && origin.ToString() != "null";
        return (saysSite || saysOrigin)
            && (!saysSite || site.ToString() == "same-origin")
            && (!saysOrigin || string.Equals(origin.ToString(), $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>A public page's address as it is printed, without https.</summary>
    public string PublicName(HttpRequest request) => open ?? request.Host.Value ?? "";

    /// <param name="path">With its slash.</param>
    public string PublicTo(HttpRequest request, string path) => $"{request.Scheme}://{PublicName(request)}{path}";

    /// <summary>Whose page this is, read off its address alone; null: both answer it (files of the design, a zone's colours and picture, errors, health).</summary>
    /// <param name="inZone">The zone's code was cut off.</param>
    public static bool? IsForAnybody(bool inZone, PathString path)
    {
        if (path.StartsWithSegments("/x") || Tongues.Any(language => path.StartsWithSegments(language))) return true;
        if (!inZone) return path.Value is "/" or "" or null || path.StartsWithSegments("/assets") || path.StartsWithSegments("/error") || path.StartsWithSegments("/health") ? null : false;
        if (path.StartsWithSegments("/theme.css") || path.StartsWithSegments("/logo")) return null;
        return path.StartsWithSegments("/contact");
    }

    // By the path alone: what is not there is the public's as well.
    private static readonly PathString[] Tongues = ["/fr", "/nl", "/de", "/en"];

    /// <exception cref="StartRefusedException">Outside development the two are not said, or are one.</exception>
    public static void Check(IConfiguration configuration, IHostEnvironment environment)
    {
        if (!environment.IsDevelopment() && !new Hosts(configuration).AreApart)
            throw new StartRefusedException($"{PublicSetting} and {PortalSetting} must name two hosts, such as contact.example and portal.example: what anybody reads and where people work are kept apart.");
    }

    // A setting without a port means the host at any.
    private static bool Is(HttpRequest request, string? host) => host is not null && string.Equals(host.Contains(':', StringComparison.Ordinal) ? request.Host.Value : request.Host.Host, host, StringComparison.OrdinalIgnoreCase);

    private static string? Read(IConfiguration configuration, string setting) => configuration[setting] is { } said && said.Trim() is { Length: > 0 } host ? host : null;
}
