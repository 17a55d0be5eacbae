using Microsoft.AspNetCore.Localization;

namespace VictimSupport.Portal;

/// <summary>The language chosen on screen: two letters in a cookie, nothing else.</summary>
internal sealed class LanguageCookie : RequestCultureProvider
{
    public const string Name = "l";

    public override Task<ProviderCultureResult?> DetermineProviderCultureResult(HttpContext httpContext) =>
        Task.FromResult(httpContext.Request.Cookies[Name] is { } language && Host.Languages.Contains(language) ? new ProviderCultureResult(language + "-BE") : null);
}
