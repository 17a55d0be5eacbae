using Microsoft.AspNetCore.Http;

namespace VictimSupport.Foundation.Access;

/// <summary>Where the forms of a page may end, besides here: only the page that needs it says so, for one address.</summary>
public static class FormTargets
{
    private const string Own = "form-action 'self'";

    /// <param name="source">An origin such as <c>https://login.example</c>, or a private scheme with its colon.</param>
    public static void Allow(HttpContext http, string source)
    {
        if (source.Any(c => char.IsWhiteSpace(c) || c is ';' or ',' or '\'' or '"')) throw new ArgumentException("It is no origin.", nameof(source));
        http.Response.Headers.ContentSecurityPolicy = http.Response.Headers.ContentSecurityPolicy.ToString().Replace(Own, $"{Own} {source}", StringComparison.Ordinal);
    }
}
