using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Hosting;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Identity.Federations;

/// <summary>Talks to providers: OpenID Connect, code with proof (PKCE). Believes nothing that is not signed by the zone's issuer, for the zone's client and tenant, for this very trip.</summary>
internal sealed class Providers(HouseSeal seal, IHostEnvironment environment, TimeProvider clock)
{
    public const string ReturnPath = "/account/federation/callback";
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(2);
    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false };
    private static readonly string[] Algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    // A provider that redirects a back-channel request elsewhere, answers without end, or not at all, is no provider.
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5), UseCookies = false })
    { Timeout = TimeSpan.FromSeconds(10), MaxResponseContentBufferSize = 512 * 1024 };

    private readonly ConcurrentDictionary<string, ConfigurationManager<OpenIdConnectConfiguration>> known = new(StringComparer.Ordinal);

    /// <summary>May such an address be a provider's? HTTPS, and in development a loopback address too.</summary>
    public bool IsSound(string issuer) => issuer.Length <= AllowedProvider.Longest && Uri.TryCreate(issuer, UriKind.Absolute, out var uri) && uri.UserInfo.Length == 0 && uri.Query.Length == 0 && uri.Fragment.Length == 0 && IsSafe(uri);

    /// <summary>Where to send the browser.</summary>
    /// <exception cref="RefusedException">The provider does not answer, or its document is not its own.</exception>
    public async Task<string> Leave(Federation federation, Trip trip, string back, CancellationToken ct) => QueryHelpers.AddQueryString((await Document(federation, ct)).AuthorizationEndpoint, new Dictionary<string, string?>
    {
        ["client_id"] = federation.ClientId, ["response_type"] = "code", ["response_mode"] = "query", ["scope"] = "openid", ["redirect_uri"] = back,
        ["state"] = trip.State, ["nonce"] = trip.Nonce, ["code_challenge"] = trip.Challenge, ["code_challenge_method"] = "S256",
        // A deed of weight: whoever sits there signs in anew, and the provider says when.
        ["prompt"] = trip.Kind == TripKind.Factor ? "login" : null, ["max_age"] = trip.Kind == TripKind.Factor ? "0" : null,
    }.Where(p => p.Value is not null));

    /// <summary>Redeems the code and checks what the provider says.</summary>
    /// <exception cref="RefusedException">It does not hold; the code says which check failed.</exception>
    public async Task<Said> Ask(Federation federation, Trip trip, string code, string back, CancellationToken ct)
    {
        var document = await Document(federation, ct);
        var token = await Redeem(federation, document, new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code", ["code"] = code, ["redirect_uri"] = back, ["code_verifier"] = trip.Verifier,
            ["client_id"] = federation.ClientId, ["client_secret"] = Encoding.UTF8.GetString(seal.Open(Federation.SecretKind, federation.Id, federation.Secret)),
        }, ct);
        var result = await Validate(token, federation, document);
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
        {
            // It may have changed its keys since we last looked.
            known[federation.Issuer].RequestRefresh();
            result = await Validate(token, federation, await Document(federation, ct));
        }
        return result.IsValid ? Read((JsonWebToken)result.SecurityToken, federation, trip) : throw new RefusedException(Why(result.Exception), federation.Id);
    }

    private static Said Read(JsonWebToken token, Federation federation, Trip trip)
    {
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(One("nonce") ?? ""), Encoding.UTF8.GetBytes(trip.Nonce))) throw new RefusedException("nonce", federation.Id);
        if (One("azp") is { } party ? party != federation.ClientId : token.Audiences.Count() > 1) throw new RefusedException("audience", federation.Id);
        if (federation.Tenant.Length > 0 && !string.Equals(One("tid"), federation.Tenant, StringComparison.OrdinalIgnoreCase)) throw new RefusedException("tenant", federation.Id);
        // In a tenant oid is the person's lasting name; sub differs from one application to the next.
        var subject = federation.Tenant.Length > 0 ? One("oid") : One("sub");
        if (subject is not { Length: > 0 and <= 200 }) throw new RefusedException("subject", federation.Id);
        return new Said(federation.Issuer, federation.Tenant, subject, [.. token.Claims.Where(c => c.Type == "amr").Select(c => c.Value)], long.TryParse(One("auth_time"), NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at < 253_402_300_800 ? DateTimeOffset.FromUnixTimeSeconds(at) : null);

        string? One(string name) => token.Claims.Where(c => c.Type == name).Select(c => c.Value).ToList() is [var only] ? only : null;
    }

    private Task<TokenValidationResult> Validate(string token, Federation federation, OpenIdConnectConfiguration document) => Handler.ValidateTokenAsync(token, new TokenValidationParameters
    {
        ValidIssuer = federation.Issuer, ValidAudience = federation.ClientId, IssuerSigningKeys = document.SigningKeys, ValidAlgorithms = Algorithms, RequireSignedTokens = true, RequireExpirationTime = true, TryAllIssuerSigningKeys = false,
        LifetimeValidator = (from, until, _, _) => until is { } end && (clock.GetUtcNow() - Skew).UtcDateTime < end && (from is null || from <= (clock.GetUtcNow() + Skew).UtcDateTime),
    });

    private static async Task<string> Redeem(Federation federation, OpenIdConnectConfiguration document, Dictionary<string, string> form, CancellationToken ct)
    {
        try
        {
            using var content = new FormUrlEncodedContent(form);
            using var answer = await Http.PostAsync(document.TokenEndpoint, content, ct);
            if (!answer.IsSuccessStatusCode) throw new RefusedException("code", federation.Id);
            using var json = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync(ct));
            return json.RootElement.TryGetProperty("id_token", out var token) && token.GetString() is { Length: > 0 and < 20_000 } text ? text : throw new RefusedException("token", federation.Id);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or TaskCanceledException { InnerException: TimeoutException })
        {
            throw new RefusedException("provider", federation.Id);
        }
    }

    private async Task<OpenIdConnectConfiguration> Document(Federation federation, CancellationToken ct)
    {
        if (!IsSound(federation.Issuer)) throw new RefusedException("provider", federation.Id);
        var manager = known.GetOrAdd(federation.Issuer, issuer => new ConfigurationManager<OpenIdConnectConfiguration>(issuer.TrimEnd('/') + "/.well-known/openid-configuration",
            new OpenIdConnectConfigurationRetriever(), new HttpDocumentRetriever(Http) { RequireHttps = !environment.IsDevelopment() }));
        try
        {
            var document = await manager.GetConfigurationAsync(ct);
            return document.Issuer == federation.Issuer && IsSafe(document.AuthorizationEndpoint) && IsSafe(document.TokenEndpoint) ? document : throw new RefusedException("issuer", federation.Id);
        }
        catch (Exception e) when (e is InvalidOperationException or HttpRequestException or IOException or ArgumentException)
        {
            throw new RefusedException("provider", federation.Id);
        }
    }

    private bool IsSafe(string? address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && IsSafe(uri);
    private bool IsSafe(Uri uri) => uri.Scheme == Uri.UriSchemeHttps || (environment.IsDevelopment() && uri is { Scheme: "http", IsLoopback: true });

    private static string Why(Exception? exception) => exception switch
    {
        SecurityTokenInvalidIssuerException => "issuer",
        SecurityTokenInvalidAudienceException => "audience",
        SecurityTokenInvalidLifetimeException or SecurityTokenExpiredException or SecurityTokenNotYetValidException or SecurityTokenNoExpirationException => "expired",
        _ => "signature",
    };
}
