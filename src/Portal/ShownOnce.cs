using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Portal;

/// <summary>The answer to a form on a page for anybody, where no script takes it in: it is handed out by an address of its own, and once. An answer that stood in the history would be offered by Back to be sent again,
/// under our address, also after leaving (0072). It lies in memory between two requests of one browser and is written nowhere; one process holds its own.</summary>
internal sealed class ShownOnce(TimeProvider clock)
{
    /// <summary>Bytes: of one answer, and of all that wait to be fetched. Past them an answer stands in the history, as it would without this.</summary>
    private const int Longest = 400_000, Most = 32_000_000;
    private static readonly TimeSpan Moment = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Held> held = new(StringComparer.Ordinal);

    private sealed record Held(string Address, int Status, IReadOnlyList<KeyValuePair<string, StringValues>> Headers, byte[] Page, DateTimeOffset Until);

    public async Task Answer(HttpContext http, RequestDelegate next)
    {
        var request = http.Request;
        if (HttpMethods.IsGet(request.Method) && request.Query[Hosts.Shown] is [{ } key] && !request.Cookies.ContainsKey(Hosts.Left) && Take(key, request.Path.Value!) is { } known) await Show(known, http);
        else if (HttpMethods.IsPost(request.Method) && IsForAnybody(request.Path) && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)) await Hold(http, next);
        else await next(http);
    }

    private async Task Hold(HttpContext http, RequestDelegate next)
    {
        var (line, address) = (http.Response.Body, http.Request.PathBase + http.Request.Path);
        using var written = new MemoryStream();
        http.Response.Body = written;
        try
        {
            await next(http);
        }
        finally
        {
            http.Response.Body = line;
        }
        if (written.Length == 0) return; // it leads elsewhere by itself
        var headers = http.Response.Headers.Where(h => h.Key is not ("Content-Length" or "Set-Cookie" or "Date")).ToList();
        if (Keep(new Held(address, http.Response.StatusCode, headers, written.ToArray(), clock.GetUtcNow() + Moment)) is not { } key)
        {
            written.Position = 0;
            await written.CopyToAsync(line, http.RequestAborted);
            return;
        }
        (http.Response.StatusCode, http.Response.ContentLength, http.Response.ContentType) = (StatusCodes.Status303SeeOther, 0, null);
        http.Response.Headers.Location = $"{address}?{Hosts.Shown}={key}";
    }

    private static async Task Show(Held known, HttpContext http)
    {
        http.Response.StatusCode = known.Status;
        foreach (var (name, value) in known.Headers) http.Response.Headers[name] = value;
        http.Response.ContentLength = known.Page.Length;
        await http.Response.Body.WriteAsync(known.Page, http.RequestAborted);
    }

    private string? Keep(Held answer)
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            foreach (var (old, _) in held.Where(h => h.Value.Until <= now).ToList()) held.Remove(old);
            if (answer.Page.Length > Longest || held.Values.Sum(h => h.Page.Length) + answer.Page.Length > Most) return null;
            var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
            held.Add(key, answer);
            return key;
        }
    }

    private Held? Take(string key, string address)
    {
        lock (gate) return held.Remove(key, out var known) && known.Until > clock.GetUtcNow() && known.Address == address ? known : null;
    }

    // The zone's code is still on it: this stands before everything that may go wrong with a zone.
    private static bool IsForAnybody(PathString path)
    {
        var text = path.Value ?? "";
        var inZone = text.Length >= 5 && text.AsSpan(1, 4).ContainsAnyExceptInRange('0', '9') is false && (text.Length == 5 || text[5] == '/');
        return Hosts.IsForAnybody(inZone, inZone ? new PathString(text[5..]) : path) == true;
    }
}
