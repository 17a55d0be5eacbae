using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;
using VictimSupport.Identity.Contracts;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace VictimSupport.Identity.Tokens;

/// <summary>OAuth 2 and OpenID Connect for other programs, an issuer for each zone, and one at the figures for systems that read what is published over all zones. OpenIddict speaks the protocol; what was granted stands in our own rows.</summary>
internal static class TokenServer
{
    public const string GrantClaim = "grant", TurnClaim = "turn", ZoneClaim = "zone";
    public static readonly TimeSpan AccessFor = TimeSpan.FromMinutes(10), CodeFor = TimeSpan.FromMinutes(1);

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<TokenKeys>();
        services.AddSingleton<IEndTokenKeys>(s => s.GetRequiredService<TokenKeys>());
        services.AddSingleton<IConfigureOptions<OpenIddictServerOptions>>(s => s.GetRequiredService<TokenKeys>());
        services.AddSingleton<IOptionsChangeTokenSource<OpenIddictServerOptions>>(s => s.GetRequiredService<TokenKeys>());
        services.AddSingleton<Bearers>();
        services.AddSingleton<Pace>();
        services.AddSingleton<IKnowBearers>(s => s.GetRequiredService<Bearers>());
        services.AddSingleton<IKnowPrograms>(s => s.GetRequiredService<Bearers>());
        services.AddSingleton<IProgramsOfThePlatform, Clients.ProgramsOfThePlatform>();
        services.AddOpenIddict().AddServer(server =>
        {
            // Relative: the zone in front of them makes each zone an issuer of its own.
            server.SetConfigurationEndpointUris(".well-known/openid-configuration").SetJsonWebKeySetEndpointUris(".well-known/jwks").SetAuthorizationEndpointUris("connect/authorize")
                .SetTokenEndpointUris("connect/token").SetRevocationEndpointUris("connect/revocation").SetIntrospectionEndpointUris("connect/introspection");
            server.AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange().AllowRefreshTokenFlow().AllowClientCredentialsFlow();
            server.SetAccessTokenLifetime(AccessFor).SetAuthorizationCodeLifetime(CodeFor).SetIdentityTokenLifetime(AccessFor).SetRefreshTokenLifetime(Sessions.SessionLimits.OfTheHouse.Absolute);
            // No tables of the package: clients and grants are ours, written by the pipeline and recorded.
            server.EnableDegradedMode().DisableScopeValidation().DisableResourceValidation().DisableAudienceValidation();
            server.AddEventHandler<ValidateAuthorizationRequestContext>(b => b.UseScopedHandler<Checks>());
            server.AddEventHandler<ValidateTokenRequestContext>(b => b.UseScopedHandler<Checks>());
            server.AddEventHandler<ValidateRevocationRequestContext>(b => b.UseScopedHandler<Checks>());
            server.AddEventHandler<ValidateIntrospectionRequestContext>(b => b.UseScopedHandler<Checks>());
            server.AddEventHandler<HandleTokenRequestContext>(b => b.UseScopedHandler<Answers>());
            server.AddEventHandler<HandleRevocationRequestContext>(b => b.UseScopedHandler<Answers>());
            server.AddEventHandler<HandleIntrospectionRequestContext>(b => b.UseScopedHandler<Answers>());
            server.Configure(options =>
            {
                options.ResponseModes.RemoveWhere(mode => mode != OpenIddictConstants.ResponseModes.Query);
                options.CodeChallengeMethods.RemoveWhere(method => method != OpenIddictConstants.CodeChallengeMethods.Sha256);
            });
            server.UseAspNetCore(web => web.EnableAuthorizationEndpointPassthrough());
        });
        services.AddOptions<OpenIddictServerAspNetCoreOptions>().Configure<IHostEnvironment>((o, environment) => o.DisableTransportSecurityRequirement = environment.IsDevelopment());
        services.AddLogging(logging => logging.AddFilter("OpenIddict", LogLevel.Warning)); // it would log what was asked and answered
        services.Replace(ServiceDescriptor.Singleton<IAuthenticationSchemeProvider, OnlyWhereItIsMapped>());
    }

    private static readonly string[] Both = ["GET", "POST"];

    public static void Map(WebApplication app)
    {
        app.MapGet("/.well-known/openid-configuration", [Open("says where the token server is; alike for every code, zone or not")] (HttpContext http) => Answer(http));
        app.MapGet("/.well-known/jwks", [Open("keys to check signatures with are public")] (HttpContext http) => Answer(http));
        app.MapMethods("/connect/token", Both, [Open("a program proves itself")] (HttpContext http) => Answer(http)).DisableAntiforgery();
        app.MapMethods("/connect/revocation", Both, [Open("a program proves itself")] (HttpContext http) => Answer(http)).DisableAntiforgery();
        app.MapMethods("/connect/introspection", Both, [Open("a program proves itself")] (HttpContext http) => Answer(http)).DisableAntiforgery();
    }

    private static async Task Answer(HttpContext http)
    {
        if (!await Handles(http)) http.Response.StatusCode = StatusCodes.Status404NotFound;
    }

    /// <summary>Lets the server read the request and answer it; false: it is sound, and ours to answer.</summary>
    public static async Task<bool> Handles(HttpContext http)
    {
        if (!http.Features.GetRequiredFeature<Whereabouts>().IsIssuer) return false;
        if (!await http.RequestServices.GetRequiredService<Pace>().Keeps(http)) return true;
        await http.RequestServices.GetRequiredService<Pulse>().Wait(Ready(http));
        var handlers = http.RequestServices.GetRequiredService<IAuthenticationHandlerProvider>();
        return await ((IAuthenticationRequestHandler)(await handlers.GetHandlerAsync(http, OpenIddictServerAspNetCoreDefaults.AuthenticationScheme))!).HandleRequestAsync();
    }

    private static async Task<bool> Ready(HttpContext http)
    {
        await http.RequestServices.GetRequiredService<TokenKeys>().Ready(http.RequestAborted);
        return true;
    }

    /// <summary>Whom a token names, where, with what.</summary>
    public static ClaimsPrincipal Principal(string subject, Guid? zone, IEnumerable<string> scopes, (Guid Grant, int Turn)? grant)
    {
        var identity = new ClaimsIdentity("token server", OpenIddictConstants.Claims.Name, OpenIddictConstants.Claims.Role);
        identity.SetClaim(OpenIddictConstants.Claims.Subject, subject).SetClaim(ZoneClaim, Of(zone));
        if (grant is { } held) identity.SetClaim(GrantClaim, held.Grant.ToString()).SetClaim(TurnClaim, held.Turn.ToString(System.Globalization.CultureInfo.InvariantCulture));
        identity.SetScopes(scopes).SetResources(Audience(zone));
        identity.SetDestinations(claim => claim.Type switch
        {
            OpenIddictConstants.Claims.Subject => [OpenIddictConstants.Destinations.AccessToken, OpenIddictConstants.Destinations.IdentityToken],
            ZoneClaim or GrantClaim => [OpenIddictConstants.Destinations.AccessToken],
            _ => [],
        });
        return new ClaimsPrincipal(identity);
    }

    public static string Audience(Guid? zone) => zone is null ? "urn:victimsupport:figures" : "urn:victimsupport:zone:" + zone;

    /// <summary>What a token says of where it is good.</summary>
    public static string Of(Guid? zone) => zone?.ToString() ?? "figures";

    // Left alone, it would answer before the zone is known and the caller is checked.
    private sealed class OnlyWhereItIsMapped(IOptions<AuthenticationOptions> options) : AuthenticationSchemeProvider(options)
    {
        public override Task<IEnumerable<AuthenticationScheme>> GetRequestHandlerSchemesAsync() => Task.FromResult<IEnumerable<AuthenticationScheme>>([]);
    }
}

/// <summary>Whose tokens are asked for.</summary>
/// <param name="Zone">null: the figures' over all zones.</param>
internal sealed record Issuer(Guid? Zone)
{
    /// <summary>null: of a zone that does not exist.</summary>
    public static Issuer? Of(WhereAndWho where) => where.Zone is { } zone ? new(zone.Id) : where.IsOutside ? new Issuer((Guid?)null) : null;
}
