using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Localization;

namespace VictimSupport.Portal;

/// <summary>A page for the public says its language in its address, and keeps no cookie for it: in its path, at the front door behind it. So does the page that says that there is none.</summary>
internal sealed class LanguagePath : RequestCultureProvider
{
    public override Task<ProviderCultureResult?> DetermineProviderCultureResult(HttpContext httpContext) => Task.FromResult(Of(httpContext) is { } language && Host.Languages.Contains(language) ? new ProviderCultureResult(language + "-BE") : null);

    private static string? Of(HttpContext http) => (http.Features.Get<Faults.Asked>()?.Path.Value ?? http.Features.Get<IStatusCodeReExecuteFeature>()?.OriginalPath ?? http.Request.Path.Value) switch
    {
        [_, _, _, '/', ..] path => path[1..3].ToLowerInvariant(),
        "/" or "" when !http.Request.PathBase.HasValue => http.Request.Query["lang"].ToString(),
        _ => null,
    };
}
