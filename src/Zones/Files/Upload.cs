using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace VictimSupport.Zones.Files;

/// <summary>A file that is chosen or pasted. What was uploaded stays in the box: checking and importing need one choosing of the file, also without script.</summary>
internal sealed record Upload
{
    public IFormFile? File { get; init; }
    public string? Text { get; init; }
    public bool SkipBadLines { get; init; }

    /// <summary>Its bytes, one more than the largest at most; null, and said at the field: nothing was chosen.</summary>
    public async Task<byte[]?> Read(PageModel page, int largest, CancellationToken ct)
    {
        byte[] file;
        if (File is { Length: > 0 } upload)
        {
            using var read = new MemoryStream();
            await using var stream = upload.OpenReadStream();
            var (buffer, got) = (new byte[64 * 1024], 0);
            while (read.Length <= largest && (got = await stream.ReadAsync(buffer, ct)) > 0) read.Write(buffer, 0, got);
            file = read.ToArray();
        }
        else
        {
            file = Encoding.UTF8.GetBytes(Text ?? "");
        }
        if (file.Length > 0) return file;
        page.ModelState.AddModelError("Form.File", Words.ImportNothing);
        page.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return null;
    }

    /// <summary>The form as it is shown again.</summary>
    public Upload Keep(PageModel page, byte[] file)
    {
        page.ModelState.Remove("Form.Text");
        return this with { File = null, Text = Encoding.UTF8.GetString(file).TrimStart('\uFEFF') };
    }
}
