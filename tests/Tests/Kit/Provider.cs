using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace VictimSupport.Tests.Kit;

/// <summary>How a provider may lie.</summary>
public enum Lie { None, Issuer, Tenant, NoTenant, Nonce, NoNonce, Unsigned, OtherKey, PublicKeyAsSecret, Expired, NotYet, OtherAudience, OtherParty, NoSubject, NoToken }

/// <summary>A real OpenID provider of one tenant, on a loopback address: OpenIddict in a host of its own. It checks client, secret, proof and address, and redeems a code once.</summary>
public sealed class Provider : IAsyncDisposable
{
    private readonly RSA rsa = RSA.Create(2048);
    private readonly HashSet<string> used = [];
    private WebApplication app = null!;
    private TimeProvider clock = null!;

    public string Issuer { get; private set; } = "";
    public string Tenant { get; } = Guid.NewGuid().ToString();
    public string ClientId { get; } = "portal-at-" + Guid.NewGuid().ToString("N")[..6];
    public string Secret { get; } = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));

    /// <summary>Who is signed in there: the lasting name and the address, which are two things.</summary>
    public (string Subject, string Mail) User { get; set; } = (Guid.NewGuid().ToString(), "somebody@zone.example");
    public IReadOnlyList<string> Methods { get; set; } = ["pwd"];
    public Lie Lie { get; set; }

    /// <summary>When the person there signed in (<c>auth_time</c>); null: it does not say.</summary>
    public DateTimeOffset? SignedIn { get; set; }

    /// <summary>Asked to let the person sign in anew it takes the session it still has.</summary>
    public bool IgnoresPrompt { get; set; }

    /// <summary>Redeems a code as often as it is shown.</summary>
    public bool Forgets { get; set; }

    /// <summary>Shows a page with a button, as for a person; else it answers at once.</summary>
    public bool AsksAPerson { get; init; }

    public static async Task<Provider> Start(TimeProvider clock, bool asksAPerson = false)
    {
        var provider = new Provider { AsksAPerson = asksAPerson, clock = clock };
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(clock);
        builder.Services.AddAuthentication();
        builder.Services.AddOpenIddict().AddServer(server =>
        {
            server.SetAuthorizationEndpointUris("authorize").SetTokenEndpointUris("token").SetEndSessionEndpointUris("end-session").AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange().EnableDegradedMode();
            server.AddSigningKey(provider.Key).AddEphemeralEncryptionKey();
            server.UseAspNetCore().DisableTransportSecurityRequirement();
            server.AddEventHandler<ValidateAuthorizationRequestContext>(b => b.UseInlineHandler(provider.Check));
            server.AddEventHandler<HandleAuthorizationRequestContext>(b => b.UseInlineHandler(provider.Answer));
            server.AddEventHandler<ValidateTokenRequestContext>(b => b.UseInlineHandler(provider.Check));
            server.AddEventHandler<ValidateEndSessionRequestContext>(b => b.UseInlineHandler(_ => default));
            server.AddEventHandler<HandleTokenRequestContext>(b => b.UseInlineHandler(provider.Answer));
            server.AddEventHandler<ApplyTokenResponseContext>(b => b.UseInlineHandler(provider.Tell).SetOrder(int.MinValue));
        });
        provider.app = builder.Build();
        provider.app.UseAuthentication();
        await provider.app.StartAsync();
        provider.Issuer = provider.app.Urls.First() + "/";
        return provider;
    }

    private SecurityKey Key => new RsaSecurityKey(rsa) { KeyId = "k1" };

    private ValueTask Check(ValidateAuthorizationRequestContext context)
    {
        if (context.ClientId != ClientId || context.RedirectUri?.EndsWith("/account/federation/callback", StringComparison.Ordinal) != true) context.Reject(Errors.InvalidClient);
        return default;
    }

    private async ValueTask Answer(HandleAuthorizationRequestContext context)
    {
        var http = context.Transaction.GetHttpRequest()!.HttpContext;
        if (AsksAPerson && HttpMethods.IsGet(http.Request.Method))
        {
            var fields = string.Concat(http.Request.Query.Select(q => $"<input type=\"hidden\" name=\"{q.Key}\" value=\"{System.Net.WebUtility.HtmlEncode(q.Value.ToString())}\">"));
            http.Response.ContentType = "text/html; charset=utf-8";
            await http.Response.WriteAsync($"<!DOCTYPE html><html lang=\"en\"><title>Provider</title><main><h1>Provider</h1><form method=\"post\" action=\"/authorize\">{fields}<button id=\"in\">Sign in</button></form></main>");
            context.HandleRequest();
            return;
        }
        var identity = new ClaimsIdentity("provider", Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, "pairwise-" + User.Subject).SetClaim("oid", User.Subject).SetClaim("tid", Tenant).SetClaim("email", User.Mail).SetClaim("once", Guid.NewGuid().ToString()).SetClaims("amr", [.. Methods]);
        if (!IgnoresPrompt && (string?)context.Request["prompt"] == "login" && (string?)context.Request["max_age"] == "0") SignedIn = clock.GetUtcNow();
        if (SignedIn is { } at) identity.SetClaim("auth_time", at.ToUnixTimeSeconds());
        identity.SetScopes("openid");
        identity.SetDestinations(claim => claim.Type == "once" ? [] : [Destinations.IdentityToken]);
        context.SignIn(new ClaimsPrincipal(identity));
    }

    private ValueTask Check(ValidateTokenRequestContext context)
    {
        lock (used)
        {
            if (context.ClientId != ClientId || context.ClientSecret != Secret) context.Reject(Errors.InvalidClient);
            else if (!used.Add(context.AuthorizationCodePrincipal!.GetClaim("once")!) && !Forgets) context.Reject(Errors.InvalidGrant);
        }
        return default;
    }

    private ValueTask Answer(HandleTokenRequestContext context)
    {
        context.SignIn(context.AuthorizationCodePrincipal!);
        return default;
    }

    // What it says, as the lie has it: signed like the truth, where it is signed.
    private ValueTask Tell(ApplyTokenResponseContext context)
    {
        if (context.Response.IdToken is not { } truth || Lie == Lie.None) return default;
        var told = JsonNode.Parse(Base64UrlEncoder.Decode(new JsonWebToken(truth).EncodedPayload))!.AsObject();
        var credentials = new SigningCredentials(Key, SecurityAlgorithms.RsaSha256);
        switch (Lie)
        {
            case Lie.Issuer: told["iss"] = "https://login.evil.example/"; break;
            case Lie.Tenant: told["tid"] = Guid.NewGuid().ToString(); break;
            case Lie.NoTenant: told.Remove("tid"); break;
            case Lie.Nonce: told["nonce"] = "another"; break;
            case Lie.NoNonce: told.Remove("nonce"); break;
            case Lie.Expired: (told["exp"], told["nbf"]) = (told["exp"]!.GetValue<long>() - 86_400, told["iat"]!.GetValue<long>() - 86_400); break;
            case Lie.NotYet: (told["exp"], told["nbf"]) = (told["exp"]!.GetValue<long>() + 86_400, told["iat"]!.GetValue<long>() + 86_400); break;
            case Lie.OtherAudience: told["aud"] = "another-client"; break;
            case Lie.OtherParty: told["azp"] = "another-client"; break;
            case Lie.NoSubject: told.Remove("oid"); break;
            case Lie.OtherKey: credentials = new SigningCredentials(new RsaSecurityKey(RSA.Create(2048)) { KeyId = "k1" }, SecurityAlgorithms.RsaSha256); break;
            // The public key, which anybody has, taken for a shared secret.
            case Lie.PublicKeyAsSecret: credentials = new SigningCredentials(new SymmetricSecurityKey(rsa.ExportSubjectPublicKeyInfo()) { KeyId = "k1" }, SecurityAlgorithms.HmacSha256); break;
        }
        context.Response.IdToken = Lie switch
        {
            Lie.NoToken => null,
            Lie.Unsigned => new JsonWebTokenHandler().CreateToken(told.ToJsonString()),
            _ => new JsonWebTokenHandler().CreateToken(told.ToJsonString(), credentials),
        };
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        rsa.Dispose();
    }
}
