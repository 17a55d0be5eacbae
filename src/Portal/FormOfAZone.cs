using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Diagnostics;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Portal;

/// <summary>A form that was shown in one zone is good in that zone. Its address already says so; were it sent to another all the same, its token is refused there, and it is not offered again.
/// A form shown outside every zone (what was kept for somebody whose session had ended) is good where it goes.</summary>
internal sealed class FormOfAZone : IAntiforgeryAdditionalDataProvider
{
    /// <summary>The form that was sent comes from another zone.</summary>
    internal sealed class Astray;

    public string GetAdditionalData(HttpContext context) => Of(context) ?? "";

    public bool ValidateAdditionalData(HttpContext context, string additionalData)
    {
        if (additionalData.Length == 0 || (Of(context) ?? Asked(context)) is not { } here || additionalData == here) return true;
        context.Features.Set(new Astray());
        return false;
    }

    // The page that says what went wrong stands outside every zone; what it is about was sent to one.
    private static string? Asked(HttpContext http) => http.Features.Get<IStatusCodeReExecuteFeature>()?.OriginalPathBase is { Length: > 0 } zone ? zone : null;

    private static string? Of(HttpContext http) => http.Features.Get<Whereabouts>() is { IsZonePath: true } ? http.Request.PathBase.Value : null;
}

/// <summary>What one page says to the next ("saved") stays in the place where it was said: in the zone, or at the account's or the platform's own pages. Else a tab in another zone would show it.</summary>
internal sealed class CookieOfAPlace : CookieBuilder
{
    public static CookieOfAPlace Of(CookieBuilder usual) => new() { Name = usual.Name, HttpOnly = usual.HttpOnly, SameSite = usual.SameSite, SecurePolicy = usual.SecurePolicy, IsEssential = usual.IsEssential };

    /// <inheritdoc />
    public override CookieOptions Build(HttpContext context, DateTimeOffset expiresFrom)
    {
        var options = base.Build(context, expiresFrom);
        // In a zone the framework says the zone's path by itself.
        if (!context.Request.PathBase.HasValue && context.Request.Path.Value?.Split('/') is [_, { Length: > 0 } first, ..]) options.Path = "/" + first;
        return options;
    }
}
