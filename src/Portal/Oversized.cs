using Microsoft.AspNetCore.Http.Features;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Portal;

/// <summary>A form over the limit. Somebody who is signed in gets a page that says so and holds what was typed; whatever else arrives is read to its end and thrown
/// away, so that the browser hears the answer instead of a broken connection.</summary>
internal static class Oversized
{
    /// <summary>The largest body a page takes, and the largest that is still heard out.</summary>
    public const long Taken = 2 * 1024 * 1024, Heard = 12 * 1024 * 1024;

    private static readonly FormOptions Wide = new() { ValueLengthLimit = (int)Heard };

    // What is held in memory for it is bounded: two at a time, the others get the page without their text.
    private static readonly SemaphoreSlim Few = new(2);

    public static async Task Refuse(HttpContext http, RequestDelegate next)
    {
        if (http.Request.ContentLength is not > Taken)
        {
            await next(http);
            return;
        }
        http.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
        if (http.Request.ContentLength > Heard) return;
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = Heard;
        var signedIn = http.RequestServices.GetRequiredService<WhereAndWho>().Caller.Account is not null;
        if (signedIn && http.Request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true && await Few.WaitAsync(0, http.RequestAborted))
        {
            try
            {
                http.Features.Set<IFormFeature>(new FormFeature(http.Request, Wide));
                if (await Typed.Of(http) is { } typed) http.Features.Set(typed);
            }
            finally
            {
                Few.Release();
            }
        }
        await http.Request.Body.CopyToAsync(Stream.Null, http.RequestAborted);
        // The page that says so is a request without a form.
        (http.Request.ContentLength, http.Request.ContentType) = (null, null);
    }
}
