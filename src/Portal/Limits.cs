using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace VictimSupport.Portal;

/// <summary>How often one address may knock at the doors where passwords, codes and links are tried: thirty times a minute.</summary>
internal static class Limits
{
    private static readonly string[] Doors = ["/account/sign-in", "/account/second-factor", "/account/invitation"];

    public static void Set(RateLimiterOptions options)
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(http =>
            HttpMethods.IsPost(http.Request.Method) && Doors.Any(door => http.Request.Path.StartsWithSegments(door, StringComparison.OrdinalIgnoreCase))
                ? RateLimitPartition.GetFixedWindowLimiter(http.Connection.RemoteIpAddress?.ToString() ?? "unknown", _ => new FixedWindowRateLimiterOptions { PermitLimit = 30, Window = TimeSpan.FromMinutes(1) })
                : RateLimitPartition.GetNoLimiter(""));
    }
}
