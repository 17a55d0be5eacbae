using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Clients;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Identity.Tokens;

/// <summary>Who stands behind an access token. The signature says that we made it; the rows behind it, seconds old at most, say whether it still counts.</summary>
internal sealed class Bearers(TokenKeys keys, CatalogDatabase catalog, IKnowStanding standing, TimeProvider clock) : IKnowBearers, IKnowPrograms
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3), Skew = TimeSpan.FromSeconds(10);
    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false };
    private readonly ConcurrentDictionary<Guid, (ApiClient? Client, long Read)> clients = new();
    private readonly ConcurrentDictionary<Guid, (TokenGrant? Grant, long Read)> grants = new();

    public async ValueTask<Caller?> Of(string token, string issuer, Guid? zone, CancellationToken ct)
    {
        await keys.Ready(ct);
        var result = await Handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidTypes = ["at+jwt"], ValidIssuer = issuer, ValidAudience = TokenServer.Audience(zone), IssuerSigningKeys = keys.Signatures, TokenDecryptionKeys = keys.Ciphers,
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.Aes256KW, SecurityAlgorithms.Aes256CbcHmacSha512], RequireExpirationTime = true, RequireSignedTokens = true,
            LifetimeValidator = (from, until, _, _) => until is { } end && clock.GetUtcNow().UtcDateTime < end && (from is null || from <= (clock.GetUtcNow() + Skew).UtcDateTime),
        });
        if (!result.IsValid || Text(TokenServer.ZoneClaim) != TokenServer.Of(zone) || Id("client_id") is not { } clientId || await Client(clientId, ct) is not { Ended: null } client || client.Zone != zone) return null;
        // A scope taken from the client is taken from its tokens.
        var scopes = (Text("scope") ?? "").Split(' ').Where(client.Scopes.Contains).ToHashSet(StringComparer.Ordinal);
        if (Id(TokenServer.GrantClaim) is not { } grantId) return client.Kind == ClientKind.System ? Caller.Nobody with { Client = clientId, Scopes = scopes } : null;
        if (zone is null || await Grant(grantId, ct) is not { Ended: null } grant || grant.Client != clientId || grant.Zone != zone) return null;
        return await standing.Of(grant.Account, grant.Session, zone, quiet: true, ct) is { Roles.Count: > 0 } person ? person with { Client = clientId, Scopes = scopes, LastFactor = null } : null; // a program shows no factor

        string? Text(string claim) => result.Claims.TryGetValue(claim, out var value) ? value as string : null;
        Guid? Id(string claim) => Guid.TryParse(Text(claim), out var id) ? id : null;
    }

    public async ValueTask<string?> Name(Guid client, CancellationToken ct) => (await Client(client, ct))?.Name;

    /// <summary>A client or a grant has changed: the next request asks the rows.</summary>
    public void Forget()
    {
        clients.Clear();
        grants.Clear();
    }

    private async ValueTask<ApiClient?> Client(Guid id, CancellationToken ct)
    {
        if (clients.TryGetValue(id, out var known) && clock.GetElapsedTime(known.Read) <= Fresh) return known.Client;
        await using var house = catalog.Lease();
        var client = await house.Set<ApiClient>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, ct);
        if (clients.Count > 10_000) clients.Clear();
        clients[id] = (client, clock.GetTimestamp());
        return client;
    }

    private async ValueTask<TokenGrant?> Grant(Guid id, CancellationToken ct)
    {
        if (grants.TryGetValue(id, out var known) && clock.GetElapsedTime(known.Read) <= Fresh) return known.Grant;
        await using var house = catalog.Lease();
        var grant = await house.Set<TokenGrant>().AsNoTracking().SingleOrDefaultAsync(g => g.Id == id, ct);
        if (grants.Count > 10_000) grants.Clear();
        grants[id] = (grant, clock.GetTimestamp());
        return grant;
    }
}
