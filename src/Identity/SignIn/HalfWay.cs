using System.Globalization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace VictimSupport.Identity.SignIn;

/// <summary>Between the first and the second factor: whose password was right, for five minutes. It is no session and opens nothing.</summary>
internal sealed class HalfWay(IDataProtectionProvider protection, IHostEnvironment environment, TimeProvider clock)
{
    private const string Cookie = "h";
    public static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(5);
    private readonly IDataProtector protector = protection.CreateProtector("half way");

    public void Begin(HttpContext http, Guid account) =>
        http.Response.Cookies.Append(Cookie, protector.Protect($"{account:N}{clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}"), Options());

    public Guid? Account(HttpContext http)
    {
        if (http.Request.Cookies[Cookie] is not { } text) return null;
        try
        {
            var clear = protector.Unprotect(text);
            var since = DateTimeOffset.FromUnixTimeSeconds(long.Parse(clear[32..], CultureInfo.InvariantCulture));
            return clock.GetUtcNow() - since < GoodFor ? Guid.ParseExact(clear[..32], "N") : null;
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return null; // forged, or made with keys long gone
        }
    }

    public void End(HttpContext http) => http.Response.Cookies.Delete(Cookie, Options());

    private CookieOptions Options() => new() { Path = "/account", HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = !environment.IsDevelopment(), IsEssential = true };
}
