using Microsoft.AspNetCore.Localization;
using Microsoft.Extensions.Primitives;

namespace VictimSupport.Portal;

/// <summary>The browser's languages, whatever country they name: <c>nl</c>, <c>nl-NL</c> and <c>nl-BE</c> are Dutch here.</summary>
internal sealed class LanguageHeader : AcceptLanguageHeaderRequestCultureProvider
{
    public override async Task<ProviderCultureResult?> DetermineProviderCultureResult(HttpContext httpContext) =>
        await base.DetermineProviderCultureResult(httpContext) is { } wished ? new ProviderCultureResult([.. wished.Cultures.Select(Ours)]) : null;

    private static StringSegment Ours(StringSegment wished)
    {
        var language = wished.Split(['-']).First().ToString().ToLowerInvariant();
        return Host.Languages.Contains(language) ? language + "-BE" : wished;
    }
}
