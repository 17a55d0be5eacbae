using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Threading.RateLimiting;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Portal;

/// <summary>How often one address may knock, whatever it finds there: thirty times a minute at the doors where passwords, codes and links are tried and where officers write, sixty where the public does, 600 times at those of other programs, as a whole police network may stand behind one address.</summary>
internal sealed class Limits : IDisposable
{
    public const int Programs = 600;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private static readonly string[] Doors = ["/account/sign-in", "/account/second-factor", "/account/invitation", "/account/federation", "/account/factor", "/account/lost-access", "/account/recover", "/partner"];

    // The framework's own middleware never ends the timers of its limiters, and they hold the whole host: a run of tests starts hundreds.
    private readonly PartitionedRateLimiter<HttpContext> limiter = PartitionedRateLimiter.Create<HttpContext, string>(http =>
        http.Request.Path.StartsWithSegments("/connect", StringComparison.OrdinalIgnoreCase) ? Knocks(http, "programs", Programs)
        : HttpMethods.IsPost(http.Request.Method) && http.Request.Path.StartsWithSegments("/note", StringComparison.OrdinalIgnoreCase) ? Knocks(http, "officers", 30)
        : HttpMethods.IsPost(http.Request.Method) && Hosts.IsForAnybody(http.Request.PathBase.HasValue, http.Request.Path) == true ? Knocks(http, "anybody " + http.Request.PathBase, 60)
        : HttpMethods.IsPost(http.Request.Method) && Doors.Any(door => http.Request.Path.StartsWithSegments(door, StringComparison.OrdinalIgnoreCase)) ? Knocks(http, "people", 30)
        : RateLimitPartition.GetNoLimiter(""));

    /// <summary>Who knocked too often hears when to come again.</summary>
    public async Task Keep(HttpContext http, RequestDelegate next)
    {
        using var lease = limiter.AttemptAcquire(http);
        if (lease.IsAcquired)
        {
            await next(http);
            return;
        }
        http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        http.Response.Headers.RetryAfter = ((int)Math.Ceiling((lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : Window).TotalSeconds)).ToString(CultureInfo.InvariantCulture);
    }

    public void Dispose() => limiter.Dispose();

    // No address is kept beside the zone that it came to: its hash, under a key as old as the process. A household has a whole /64 of IPv6.
    private static string Of(IPAddress? address)
    {
        if (address is { IsIPv4MappedToIPv6: true }) address = address.MapToIPv4();
        var bytes = address?.GetAddressBytes() ?? [];
        return Convert.ToHexString(HMACSHA256.HashData(Secret, bytes.AsSpan(0, Math.Min(bytes.Length, 8)).ToArray()).AsSpan(0, 16));
    }

    private static readonly byte[] Secret = RandomNumberGenerator.GetBytes(32);

    private static RateLimitPartition<string> Knocks(HttpContext http, string at, int allowed) =>
        RateLimitPartition.GetFixedWindowLimiter($"{at} {Of(http.Connection.RemoteIpAddress)}", _ => new FixedWindowRateLimiterOptions { PermitLimit = allowed, Window = Window });
}
