using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.PublicDesk;

/// <summary>A page that is the same for whoever asks: no form on it, nothing of the reader's. It may be kept for seconds.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class SameForAllAttribute : Attribute;

/// <summary>Keeps pages that are the same for all as bytes, for a crowd that comes at once; what a zone changed is seen that much later. The browser keeps nothing: the headers are those of any page.</summary>
internal sealed class Kept(TimeProvider clock, IConfiguration configuration, IHostEnvironment environment)
{
    /// <summary>More pages than a busy minute asks for; past it all are dropped.</summary>
    private const int Most = 512;

    private readonly TimeSpan time = TimeSpan.FromSeconds(configuration.GetValue("PublicDesk:KeepSeconds", environment.IsDevelopment() ? 0 : 2));
    private readonly ConcurrentDictionary<string, (byte[] Page, DateTimeOffset Until)> pages = new(StringComparer.Ordinal);

    /// <summary>Something was published here: it is seen at once.</summary>
    public void Drop() => pages.Clear();

    public async Task Answer(HttpContext http, RequestDelegate next)
    {
        if (!IsSame(http))
        {
            await next(http);
            return;
        }
        var address = http.Request.PathBase.Add(http.Request.Path).Value!;
        if (pages.TryGetValue(address, out var kept) && kept.Until > clock.GetUtcNow())
        {
            http.Response.ContentType = Html;
            http.Response.ContentLength = kept.Page.Length;
            await http.Response.Body.WriteAsync(kept.Page, http.RequestAborted);
            return;
        }
        var line = http.Response.Body;
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
        if (written.Length == 0) return; // a page that is not there is said by others
        var page = written.ToArray();
        if (http.Response is { StatusCode: StatusCodes.Status200OK, ContentType: Html } && http.Response.Headers.SetCookie.Count == 0 && page.AsSpan().IndexOf("<form"u8) < 0)
        {
            if (pages.Count >= Most) pages.Clear();
            pages[address] = (page, clock.GetUtcNow() + time);
        }
        await line.WriteAsync(page, http.RequestAborted);
    }

    private const string Html = "text/html; charset=utf-8";

    // Somebody with a cookie is somebody, and a zone that was suspended is gone at once.
    private bool IsSame(HttpContext http) => time > TimeSpan.Zero && HttpMethods.IsGet(http.Request.Method) && !http.Request.QueryString.HasValue && http.Request.Headers.Cookie.Count == 0
        && http.GetEndpoint()?.Metadata.GetMetadata<SameForAllAttribute>() is not null && http.RequestServices.GetRequiredService<WhereAndWho>() is { Zone: not null, Caller.Account: null };
}
