using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Identity.Tokens;

/// <summary>How often one program may ask from one address, known here or not, so that the answer tells nothing; nobody elsewhere can use its turns up. Beside it the portal counts what comes from an address in all.</summary>
internal sealed class Pace : IDisposable
{
    /// <summary>In a minute.</summary>
    public const int Allowed = 120;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private readonly PartitionedRateLimiter<(string Address, Guid Client)> limiter = PartitionedRateLimiter.Create<(string Address, Guid Client), (string, Guid)>(who =>
        RateLimitPartition.GetFixedWindowLimiter(who, _ => new FixedWindowRateLimiterOptions { PermitLimit = Allowed, Window = Window }));

    /// <summary>false: too often, and it was said.</summary>
    public async Task<bool> Keeps(HttpContext http)
    {
        if (!Guid.TryParse(await ClientOf(http.Request), out var client)) return true; // no client of anybody
        using var lease = limiter.AttemptAcquire((http.Connection.RemoteIpAddress?.ToString() ?? "unknown", client));
        if (lease.IsAcquired) return true;
        http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        http.Response.Headers.RetryAfter = ((int)Math.Ceiling((lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : Window).TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return false;
    }

    // A program names itself in the address, in the form, or in a header.
    private static async Task<string?> ClientOf(HttpRequest request)
    {
        if (request.Query.TryGetValue("client_id", out var asked)) return asked;
        if (request.HasFormContentType && (await PostedForm.Of(request.HttpContext)).TryGetValue("client_id", out var sent)) return sent;
        if (!AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header) || header is not { Scheme: "Basic", Parameter: { } basic }) return null;
        var clear = new byte[basic.Length];
        return Convert.TryFromBase64String(basic, clear, out var length) ? Encoding.UTF8.GetString(clear, 0, length).Split(':')[0] : null;
    }

    public void Dispose() => limiter.Dispose();
}
