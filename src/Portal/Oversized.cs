using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Portal;

/// <summary>A form over the limit. Somebody who is signed in gets a page that says so and holds what was typed; whatever else arrives is read to its end and thrown
/// away, so that the browser hears the answer instead of a broken connection. A page that takes files has a limit of its own and says at the field that the file is too large.</summary>
internal static class Oversized
{
    /// <summary>The largest body a page takes, and the largest that is still heard out.</summary>
    public const long Taken = 2 * 1024 * 1024, Heard = 12 * 1024 * 1024;

    private static readonly FormOptions Wide = new() { ValueLengthLimit = (int)Heard };

    // What is held in memory for it is bounded: two at a time, the others get the page without their text.
    private static readonly SemaphoreSlim Few = new(2);

    // Files are held in memory, never in a temporary file where they would lie open: four at a time, the others wait.
    private static readonly SemaphoreSlim Uploads = new(4);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task Refuse(HttpContext http, RequestDelegate next)
    {
        if (TakesFiles(http))
        {
            await Upload(http, next, http.RequestServices.GetRequiredService<FileLimit>().Body);
            return;
        }
        if (http.Request.ContentLength is not > Taken)
        {
            await next(http);
            return;
        }
        http.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
        if (http.Request.ContentLength > Heard) return;
        Hear(http, Heard);
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

    // Only of somebody whom the page would answer: a stranger's form is as small as any other.
    private static bool TakesFiles(HttpContext http) => HttpMethods.IsPost(http.Request.Method) && http.GetEndpoint()?.Metadata.GetMetadata<TakesFilesAttribute>() is not null
        && http.Request.ContentType?.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase) == true && http.RequestServices.GetRequiredService<WhereAndWho>().Caller.Roles.Count > 0;

    private static async Task Upload(HttpContext http, RequestDelegate next, long most)
    {
        if (http.Request.ContentLength > most)
        {
            var sent = http.Request.ContentLength.Value;
            Hear(http, sent);
            http.Features.Set<IFormFeature>(new FormFeature(await BeforeTheFile(http.Request)));
            http.Features.Set(FileTooLarge.Instance);
            await next(http);
            // The answer is written; a browser that is still sending hears it once it was let finish.
            if (sent <= most + Heard) await http.Request.Body.CopyToAsync(Stream.Null, http.RequestAborted);
            return;
        }
        Hear(http, most);
        if (!await Uploads.WaitAsync(Patience, http.RequestAborted))
        {
            http.Response.Headers.RetryAfter = "30";
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }
        try
        {
            http.Features.Set<IFormFeature>(new FormFeature(http.Request, new FormOptions { MemoryBufferThreshold = (int)most, BufferBodyLengthLimit = most, MultipartBodyLengthLimit = most, ValueLengthLimit = (int)Taken }));
            await next(http);
        }
        finally
        {
            Uploads.Release();
        }
    }

    private static void Hear(HttpContext http, long most)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = most;
    }

    // The fields that stand before the file, and not a byte of it.
    private static async Task<FormCollection> BeforeTheFile(HttpRequest request)
    {
        const int MostFields = 500;
        var fields = new Dictionary<string, StringValues>(StringComparer.OrdinalIgnoreCase);
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var kind) || HeaderUtilities.RemoveQuotes(kind.Boundary).Value is not { Length: > 0 and <= 100 } boundary) return new FormCollection(fields);
        var parts = new MultipartReader(boundary, request.Body) { BodyLengthLimit = Taken };
        var (read, kept) = (0, 0L);
        try
        {
            while (read++ < MostFields && kept < Taken && await parts.ReadNextSectionAsync(request.HttpContext.RequestAborted) is { } part && part.GetContentDispositionHeader()?.IsFileDisposition() == false)
            {
                if (part.AsFormDataSection() is not { } field) break;
                var value = await field.GetValueAsync(request.HttpContext.RequestAborted);
                kept += value.Length;
                fields[field.Name] = StringValues.Concat(fields.GetValueOrDefault(field.Name), value);
            }
        }
        catch (Exception e) when (e is InvalidDataException or (IOException and not BadHttpRequestException))
        {
            // Cut off, or no form: what was read until then is what there is.
        }
        return new FormCollection(fields);
    }
}
