using System.Diagnostics;
using System.Net;

namespace VictimSupport.Benchmarks;

/// <summary>What came of a number of requests.</summary>
/// <param name="Millis">Time of each, sorted.</param>
/// <param name="LongestGap">The longest time in seconds in which nobody was answered.</param>
internal sealed record Outcome(int Good, int Bad, double Seconds, double[] Millis, double LongestGap, long Bytes)
{
    public double Percentile(double p) => Millis.Length == 0 ? 0 : Millis[(int)Math.Min(Millis.Length - 1, Millis.Length * p)];
    public double PerSecond => Good / Seconds;
}

/// <summary>Somebody who sends requests with cookies of their own.</summary>
internal sealed class Client(int port, string cookies) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, MaxConnectionsPerServer = 256, PooledConnectionIdleTimeout = TimeSpan.FromMinutes(5) })
    {
        BaseAddress = new Uri($"http://127.0.0.1:{port}"),
        Timeout = TimeSpan.FromSeconds(60),
    };

    public string Cookies { get; set; } = cookies;

    /// <summary>Under which name it is asked; null: by address.</summary>
    public string? Host { get; init; }

    public async Task<(HttpStatusCode Status, long Bytes)> Send(HttpMethod method, string path, IEnumerable<KeyValuePair<string, string>>? form = null, string? cookies = null)
    {
        using var answer = await Answer(method, path, form, cookies: cookies);
        var body = await answer.Content.ReadAsByteArrayAsync();
        return (answer.StatusCode, body.Length);
    }

    /// <param name="whole">Wait for the body too; without it, an answer counts from its first line on.</param>
    /// <param name="cookies">Others than its own, for this one request.</param>
    public async Task<HttpResponseMessage> Answer(HttpMethod method, string path, IEnumerable<KeyValuePair<string, string>>? form = null, bool whole = true, string? cookies = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Host = Host;
        if ((cookies ?? Cookies) is { Length: > 0 } shown) request.Headers.TryAddWithoutValidation("Cookie", shown);
        request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", "https");
        request.Headers.TryAddWithoutValidation("Accept-Language", "fr");
        if (form is not null) request.Content = new FormUrlEncodedContent(form);
        return await http.SendAsync(request, whole ? HttpCompletionOption.ResponseContentRead : HttpCompletionOption.ResponseHeadersRead);
    }

    public void Dispose() => http.Dispose();
}

internal static class Load
{
    /// <summary>So many clients send so many requests in all, each as soon as its last was answered.</summary>
    public static async Task<Outcome> Closed(int clients, int requests, Func<int, Task<(bool Good, long Bytes)>> send)
    {
        var (next, good, bytes, watch) = (-1, 0, 0L, Stopwatch.StartNew());
        var (millis, ends) = (new double[requests], new double[requests]);
        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var i && i < requests)
            {
                var begun = watch.Elapsed.TotalMilliseconds;
                var (fine, length) = await send(i);
                ends[i] = watch.Elapsed.TotalMilliseconds;
                millis[i] = ends[i] - begun;
                if (fine) Interlocked.Increment(ref good);
                Interlocked.Add(ref bytes, length);
            }
        })));
        var seconds = watch.Elapsed.TotalSeconds;
        Array.Sort(millis);
        return new Outcome(good, requests - good, seconds, millis, Gap(ends), bytes);
    }

    /// <summary>Requests at a fixed rate, whether or not earlier ones were answered: what people do. Times count from the planned moment.</summary>
    public static async Task<Outcome> Open(double perSecond, TimeSpan time, Func<int, Task<(bool Good, long Bytes)>> send)
    {
        var (total, watch, good, bytes) = ((int)(perSecond * time.TotalSeconds), Stopwatch.StartNew(), 0, 0L);
        var (millis, ends, all) = (new double[total], new double[total], new List<Task>());
        for (var i = 0; i < total; i++)
        {
            var (index, planned) = (i, i * 1000 / perSecond);
            var wait = planned - watch.Elapsed.TotalMilliseconds;
            if (wait > 1) await Task.Delay(TimeSpan.FromMilliseconds(wait));
            all.Add(Task.Run(async () =>
            {
                var (fine, length) = await send(index);
                ends[index] = watch.Elapsed.TotalMilliseconds;
                millis[index] = ends[index] - planned;
                if (fine) Interlocked.Increment(ref good);
                Interlocked.Add(ref bytes, length);
            }));
        }
        await Task.WhenAll(all);
        Array.Sort(millis);
        return new Outcome(good, total - good, watch.Elapsed.TotalSeconds, millis, Gap(ends), bytes);
    }

    private static double Gap(double[] ends)
    {
        Array.Sort(ends);
        return ends.Length == 0 ? 0 : Enumerable.Range(1, ends.Length - 1).Select(i => ends[i] - ends[i - 1]).Prepend(ends[0]).Max() / 1000;
    }
}
