using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Scanning;

namespace VictimSupport.Network.Papers;

/// <summary>What the pages that take a file and hand one out have in common.</summary>
internal static class PaperPage
{
    /// <summary>True: the file was too large to be read at all; it is told at its field.</summary>
    public static bool IsTooLarge(this PageModel page, FileLimit limit)
    {
        if (page.HttpContext.Features.Get<FileTooLarge>() is null) return false;
        page.ModelState.AddModelError("Form.File", Words.FileTooLarge(limit.Megabytes));
        page.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
        return true;
    }

    /// <summary>The content of what was chosen: at most what the body of the request may hold.</summary>
    public static async Task<byte[]> Read(this IFormFile? file, CancellationToken ct)
    {
        if (file is null) return [];
        var content = new byte[file.Length];
        await using var stream = file.OpenReadStream();
        await stream.ReadExactlyAsync(content, ct);
        return content;
    }

    /// <summary>To be saved, and never shown in the browser.</summary>
    public static FileContentResult HandOut(this PageModel page, HandedOut file)
    {
        // Whatever opens it in spite of all: nothing in it runs, and it reaches nothing.
        page.Response.Headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";
        return page.File(file.Content, file.Mime, file.Name);
    }
}
