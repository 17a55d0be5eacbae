using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Portal;

/// <summary>The answer to a form on a page for anybody, where no script takes it in: it is handed out by an address of its own, for a moment. An answer that stood in the history would be offered by Back to be sent again,
/// under our address, also after leaving (0084). It lies in memory between two requests of one browser and is written nowhere; one process holds its own.</summary>
internal sealed class ShownOnce(TimeProvider clock) : IDisposable
{
    /// <summary>Bytes: of one answer, of all that wait for one address, and of all. Past them an answer stands in the history, as it would without this.</summary>
    private const int Longest = 200_000, MostOfOne = 2_000_000, Most = 64_000_000;

    /// <summary>How long it waits to be fetched; and, once fetched, to be fetched again, where the line broke.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMinutes(1), Again = TimeSpan.FromSeconds(15);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Held> held = new(StringComparer.Ordinal);
    private readonly byte[] secret = RandomNumberGenerator.GetBytes(32);
    private ITimer? broom;

    private sealed record Held(string For, Guid By, int Status, IReadOnlyList<KeyValuePair<string, StringValues>> Headers, byte[] Page, DateTimeOffset Until, bool Fetched = false);

    public async Task Answer(HttpContext http, RequestDelegate next)
    {
        var request = http.Request;
        if (HttpMethods.IsGet(request.Method) && request.Query[Hosts.Shown] is [{ } key] && MayFetch(request) && Take(key, Of(request)) is { } known) await Show(known, http);
        else if (HttpMethods.IsPost(request.Method) && IsForAnybody(request.Path.Value ?? "") && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)) await Hold(http, next);
        else await next(http);
    }

    public void Dispose() => broom?.Dispose();

    // Whoever left sees nothing; a link from elsewhere, or from a mail, shows nobody what another wrote. Our own 303 says that it is ours; an old browser says nothing.
    private static bool MayFetch(HttpRequest request) => !request.Cookies.ContainsKey(Hosts.Left) && request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin";

    private async Task Hold(HttpContext http, RequestDelegate next)
    {
        var (line, place, address) = (http.Response.Body, Of(http.Request), http.Request.PathBase.Add(http.Request.Path).ToUriComponent());
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
        if (written.Length == 0 || http.RequestAborted.IsCancellationRequested) return; // it leads elsewhere by itself, or nobody listens
        if (Keep(place, http, written) is not { } key)
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

    private string? Keep(string place, HttpContext http, MemoryStream written)
    {
        if (written.Length > Longest) return null;
        var by = new Guid(HMACSHA256.HashData(secret, http.Connection.RemoteIpAddress?.GetAddressBytes() ?? []).AsSpan(0, 16));
        var headers = http.Response.Headers.Where(h => h.Key is not ("Content-Length" or "Set-Cookie" or "Date")).ToList();
        lock (gate)
        {
            Sweep();
            if (held.Values.Sum(h => h.Page.Length) + written.Length > Most || held.Values.Where(h => h.By == by).Sum(h => h.Page.Length) + written.Length > MostOfOne) return null;
            var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
            held.Add(key, new Held(place, by, http.Response.StatusCode, headers, written.ToArray(), clock.GetUtcNow() + Moment));
            // A quiet night brings no other request that would sweep.
            broom ??= clock.CreateTimer(_ => { lock (gate) Sweep(); }, null, Again, Again);
            return key;
        }
    }

    private Held? Take(string key, string place)
    {
        lock (gate)
        {
            Sweep();
            if (!held.TryGetValue(key, out var known) || known.For != place) return null;
            if (!known.Fetched) held[key] = known with { Fetched = true, Until = clock.GetUtcNow() + Again };
            return known;
        }
    }

    private void Sweep()
    {
        var now = clock.GetUtcNow();
        foreach (var (old, _) in held.Where(h => h.Value.Until <= now).ToList()) held.Remove(old);
        if (held.Count > 0) return;
        broom?.Dispose();
        broom = null;
    }

    // At another host, or another page, it is nothing.
    private static string Of(HttpRequest request) => request.Host.Value + request.PathBase.Value + request.Path.Value;

    // The zone's code is still on it: this stands before everything that may go wrong with a zone.
    internal static bool IsForAnybody(string text)
    {
        if (!text.StartsWith('/')) return false;
        var inZone = text.Length >= 5 && text.AsSpan(1, 4).ContainsAnyExceptInRange('0', '9') is false && (text.Length == 5 || text[5] == '/');
        return Hosts.IsForAnybody(inZone, new PathString(inZone ? text[5..] : text)) == true;
    }
}
