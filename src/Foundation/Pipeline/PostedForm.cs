using Microsoft.AspNetCore.Http;

namespace VictimSupport.Foundation.Pipeline;

/// <summary>The form of a request, read for the first time. One that is cut off, or in no encoding we know, is the sender's fault.</summary>
public static class PostedForm
{
    /// <exception cref="BadHttpRequestException">It cannot be read: 400.</exception>
    /// <exception cref="InvalidDataException">A part of it is over its limit.</exception>
    public static async Task<IFormCollection> Of(HttpContext http)
    {
        try
        {
            return await http.Request.ReadFormAsync(http.RequestAborted);
        }
        catch (Exception e) when (e is (IOException and not BadHttpRequestException) or NotSupportedException or ArgumentException || (e is InvalidDataException && !e.Message.Contains("limit", StringComparison.Ordinal)))
        {
            throw new BadHttpRequestException("The form cannot be read.", StatusCodes.Status400BadRequest, e);
        }
    }
}
