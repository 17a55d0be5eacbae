using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace VictimSupport.Identity.Federations;

/// <summary>Why somebody was sent to a provider.</summary>
internal enum TripKind { SignIn = 1, Link = 2, Invitation = 3, Factor = 4 }

/// <summary>From here to a provider and back: what only this browser knows, so that nobody's answer can be planted in another's.</summary>
/// <param name="Session">The session that asked to be linked, or to show its factor again.</param>
/// <param name="Invitation">The key of the invitation to take up.</param>
internal sealed record Trip(Guid Federation, TripKind Kind, string State, string Nonce, string Verifier, DateTimeOffset Since, string? To, Guid? Session, string? Invitation)
{
    public static Trip Begin(Guid federation, TripKind kind, DateTimeOffset now, string? to = null, Guid? session = null, string? invitation = null) =>
        new(federation, kind, Random(), Random(), Random(), now, to, session, invitation);

    public string Challenge => Text(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));
    public string StateHash => Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(State)));

    public bool Fits(string? state) => state is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(state), Encoding.UTF8.GetBytes(State));

    private static string Random() => Text(RandomNumberGenerator.GetBytes(32));
    private static string Text(byte[] bytes) => Convert.ToBase64String(bytes).Replace('+', '-').Replace('/', '_').TrimEnd('=');
}

/// <summary>Keeps the trip in a sealed cookie for ten minutes. Coming back uses it up, whatever the answer.</summary>
internal sealed class Trips(IDataProtectionProvider protection, IHostEnvironment environment, TimeProvider clock)
{
    private const string Cookie = "o";
    private static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(10);
    private readonly IDataProtector protector = protection.CreateProtector("federation trip");

    public void Keep(HttpContext http, Trip trip) => http.Response.Cookies.Append(Cookie, protector.Protect(JsonSerializer.Serialize(trip)), Options());

    public Trip? Take(HttpContext http)
    {
        http.Response.Cookies.Delete(Cookie, Options());
        return Look(http);
    }

    public Trip? Look(HttpContext http)
    {
        if (http.Request.Cookies[Cookie] is not { } text) return null;
        try
        {
            return JsonSerializer.Deserialize<Trip>(protector.Unprotect(text)) is { } trip && clock.GetUtcNow() - trip.Since < GoodFor ? trip : null;
        }
        catch (Exception e) when (e is CryptographicException or JsonException)
        {
            return null; // forged, or made with keys long gone
        }
    }

    // Lax: the provider sends the browser back here from another site.
    private CookieOptions Options() => new() { Path = "/account/federation", HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = !environment.IsDevelopment(), IsEssential = true };
}
