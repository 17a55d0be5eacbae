using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Portal;

/// <summary>How often one address may knock, whatever it finds there: thirty times a minute at the doors where passwords, codes and links are tried and where officers write, sixty where the public does, 600 times at those of other programs, as a whole police network may stand behind one address.</summary>
internal static class Limits
{
    public const int Programs = 600;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private static readonly string[] Doors = ["/account/sign-in", "/account/second-factor", "/account/invitation", "/account/federation", "/account/factor", "/account/lost-access", "/account/recover", "/partner"];

    public static void Set(RateLimiterOptions options)
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.OnRejected = (rejected, _) =>
        {
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : Window;
            rejected.HttpContext.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            return ValueTask.CompletedTask;
        };
        options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(http =>
            http.Request.Path.StartsWithSegments("/connect", StringComparison.OrdinalIgnoreCase) ? Knocks(http, "programs", Programs)
            : HttpMethods.IsPost(http.Request.Method) && http.Request.Path.StartsWithSegments("/note", StringComparison.OrdinalIgnoreCase) ? Knocks(http, "officers", 30)
            : HttpMethods.IsPost(http.Request.Method) && Hosts.IsForAnybody(http.Request.PathBase.HasValue, http.Request.Path) == true ? Knocks(http, "anybody " + http.Request.PathBase, 60)
            : HttpMethods.IsPost(http.Request.Method) && Doors.Any(door => http.Request.Path.StartsWithSegments(door, StringComparison.OrdinalIgnoreCase)) ? Knocks(http, "people", 30)
            : RateLimitPartition.GetNoLimiter(""));
    }

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
