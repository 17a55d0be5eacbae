using System.Globalization;
using System.Security.Claims;
using MediatR;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace VictimSupport.Identity.Tokens;

/// <summary>What the token server gives and takes: tokens for a code, a refresh token or a system's secret; the end of a grant; what is known of a token.</summary>
internal sealed class Answers(IMediator pipeline, WhereAndWho where, IKnowStanding standing, IKnowBearers bearers) : IOpenIddictServerHandler<HandleTokenRequestContext>,
    IOpenIddictServerHandler<HandleRevocationRequestContext>, IOpenIddictServerHandler<HandleIntrospectionRequestContext>
{
    public async ValueTask HandleAsync(HandleTokenRequestContext context)
    {
        if (Issuer.Of(where) is not { } issuer || !Guid.TryParse(context.Request.ClientId, out var client))
        {
            context.Reject(Errors.InvalidClient);
            return;
        }
        if (context.Request.IsClientCredentialsGrantType())
        {
            var scopes = context.Request.GetScopes();
            await pipeline.Send(new Issue.Command { Client = client });
            context.SignIn(TokenServer.Principal(client.ToString(), issuer.Zone, scopes, null));
            return;
        }
        var shown = context.AuthorizationCodePrincipal ?? context.RefreshTokenPrincipal;
        if (shown is null || issuer.Zone is not { } zone || await Taken(shown, zone, client) is not { } grant) context.Reject(Errors.InvalidGrant, "It was used before, or what it was granted for has ended.");
        else context.SignIn(Next(shown, grant, context.Request));
    }

    public async ValueTask HandleAsync(HandleRevocationRequestContext context)
    {
        if (GrantOf(context.GenericTokenPrincipal) is { } grant && Guid.TryParse(context.Request.ClientId, out var client)) await pipeline.Send(new Revoke.Command { Grant = grant, Client = client });
        else context.Reject(Errors.UnsupportedTokenType, "A system's token ends by itself within minutes.");
    }

    // A signature that is right says that we made it, not that it still counts.
    public async ValueTask HandleAsync(HandleIntrospectionRequestContext context)
    {
        var token = context.GenericTokenPrincipal;
        var counts = Issuer.Of(where) is { } issuer && token.GetTokenType() == TokenTypeIdentifiers.AccessToken && context.Request.Token is { } text && token.HasPresenter(context.Request.ClientId ?? "")
            && await bearers.Of(text, context.BaseUri?.AbsoluteUri ?? "", issuer.Zone, context.CancellationToken) is not null;
        if (!counts) context.Reject(Errors.InvalidToken);
    }

    // Session and role are asked outside the transaction that uses the token up: to ask may itself read and write.
    private async Task<TokenGrant?> Taken(ClaimsPrincipal shown, Guid zone, Guid client)
    {
        if (GrantOf(shown) is not { } id || shown.GetClaim(TokenServer.ZoneClaim) != zone.ToString()) return null;
        var grant = await pipeline.Send(new Find.Query { Grant = id });
        if (grant is null || grant.Zone != zone || grant.Client != client || await standing.Of(grant.Account, grant.Session, zone, quiet: true, default) is not { Roles.Count: > 0 }) return null;
        return await pipeline.Send(new Take.Command { Grant = id, Turn = int.Parse(shown.GetClaim(TokenServer.TurnClaim)!, CultureInfo.InvariantCulture) });
    }

    private static ClaimsPrincipal Next(ClaimsPrincipal shown, TokenGrant grant, OpenIddictRequest request)
    {
        var scopes = shown.GetScopes();
        if (request.IsRefreshTokenGrantType() && request.GetScopes() is { Length: > 0 } fewer) scopes = [.. scopes.Intersect(fewer).Append(Scopes.OfflineAccess).Distinct()];
        return TokenServer.Principal(grant.Account.ToString(), grant.Zone, scopes, (grant.Id, grant.Turn));
    }

    private static Guid? GrantOf(ClaimsPrincipal? token) => Guid.TryParse(token?.GetClaim(TokenServer.GrantClaim), out var id) ? id : null;
}
