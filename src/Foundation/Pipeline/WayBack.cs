using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace VictimSupport.Foundation.Pipeline;

/// <summary>Where somebody is led who must first sign in or show a factor, and how they come back. A form that was sent goes along in the body (307), never in an address:
/// the page that receives it seals it for the account that typed it.</summary>
public sealed class WayBack(IDataProtectionProvider protection, TimeProvider clock)
{
    /// <summary>The page that keeps what was typed.</summary>
    public const string Keeper = "/account/kept";

    /// <summary>The page that asks for a factor.</summary>
    public const string Factor = "/account/factor";

    private static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(2);
    private readonly IDataProtector protector = protection.CreateProtector("way back");

    /// <summary>To the sign-in; a form sent by somebody whose session has ended meanwhile is kept for them.</summary>
    public IActionResult SignIn(HttpContext http, Guid? was)
    {
        if (was is { } typist && MayKeep(http)) return Keep(http, new Sender(typist, Address(http), NeedsFactor: false));
        return new RedirectResult("/account/enter?to=" + Uri.EscapeDataString(HttpMethods.IsPost(http.Request.Method) ? http.Request.PathBase + "/" : Address(http)));
    }

    /// <summary>To the page that asks for a factor.</summary>
    public IActionResult ShowFactor(HttpContext http, Guid account) => MayKeep(http)
        ? Keep(http, new Sender(account, Address(http), NeedsFactor: true))
        : new RedirectResult(Factor + "?to=" + Uri.EscapeDataString(HttpMethods.IsPost(http.Request.Method) ? http.Request.PathBase + http.Request.Path : Address(http)));

    /// <summary>Who sent the form that arrives at the keeper; null: it did not come by us, or too slowly.</summary>
    public Sender? Open(string? ticket)
    {
        try
        {
            if (ticket is null || protector.Unprotect(ticket).Split('\n', 4) is not [var account, var at, var factor, var to]) return null;
            var sent = DateTimeOffset.FromUnixTimeSeconds(long.Parse(at, CultureInfo.InvariantCulture));
            return clock.GetUtcNow() - sent < GoodFor ? new Sender(Guid.Parse(account), to, factor == "1") : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    // The body follows by itself; the ticket says whose it is, and only we can write one.
    private RedirectResult Keep(HttpContext http, Sender from) => new(Keeper + "?t=" + protector.Protect(string.Create(CultureInfo.InvariantCulture,
        $"{from.Account}\n{clock.GetUtcNow().ToUnixTimeSeconds()}\n{(from.NeedsFactor ? 1 : 0)}\n{from.To}")), permanent: false, preserveMethod: true);

    // What is typed under /account are secrets: they are typed again. What another program asked for, it asks again.
    private static bool MayKeep(HttpContext http) => HttpMethods.IsPost(http.Request.Method) && http.Request.HasFormContentType && !http.Request.Path.StartsWithSegments("/account") && !http.Request.Path.StartsWithSegments("/connect");
    private static string Address(HttpContext http) => http.Request.PathBase + http.Request.Path + http.Request.QueryString;
}

/// <summary>Who sent a form, where to, and whether a factor must be shown before it can be sent again.</summary>
public sealed record Sender(Guid Account, string To, bool NeedsFactor);
