using MediatR;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Clients;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace VictimSupport.Identity.Tokens;

/// <summary>Before the token server goes on: is this a client of this zone, does it prove itself, may it ask that? A refusal here is shown, never sent to an address from the request.</summary>
internal sealed class Checks(IMediator pipeline, WhereAndWho where) : IOpenIddictServerHandler<ValidateAuthorizationRequestContext>, IOpenIddictServerHandler<ValidateTokenRequestContext>,
    IOpenIddictServerHandler<ValidateRevocationRequestContext>, IOpenIddictServerHandler<ValidateIntrospectionRequestContext>
{
    private static readonly string[] OfTheProtocol = [Scopes.OpenId, Scopes.OfflineAccess];

    public async ValueTask HandleAsync(ValidateAuthorizationRequestContext context)
    {
        if (await Find(context.ClientId) is not { Kind: ClientKind.App } client) context.Reject(Errors.InvalidClient, "The client is not known here.");
        else if (context.RedirectUri is null || !client.Addresses.Contains(context.RedirectUri, StringComparer.Ordinal)) context.Reject(Errors.InvalidRequest, "The address to return to is not one of this client's.");
        else if (!context.Request.GetScopes().All(s => OfTheProtocol.Contains(s) || client.Scopes.Contains(s))) context.Reject(Errors.InvalidScope, "A scope was not given to this client.");
    }

    public async ValueTask HandleAsync(ValidateTokenRequestContext context)
    {
        if (await Proven(context.ClientId, context.ClientSecret) is not { } client)
        {
            context.Reject(Errors.InvalidClient, "The client is not known here or did not prove itself.");
            return;
        }
        var system = client.Kind == ClientKind.System;
        if (context.Request.IsClientCredentialsGrantType() != system) context.Reject(Errors.UnauthorizedClient, "This client may not ask in this way.");
        else if (system && !context.Request.GetScopes().All(client.Scopes.Contains)) context.Reject(Errors.InvalidScope, "A scope was not given to this client.");
    }

    public async ValueTask HandleAsync(ValidateRevocationRequestContext context)
    {
        if (await Proven(context.ClientId, context.ClientSecret) is null) context.Reject(Errors.InvalidClient, "The client is not known here or did not prove itself.");
    }

    public async ValueTask HandleAsync(ValidateIntrospectionRequestContext context)
    {
        if (context.ClientSecret is null || await Proven(context.ClientId, context.ClientSecret) is null) context.Reject(Errors.InvalidClient, "The client is not known here or did not prove itself.");
    }

    private async Task<ApiClient?> Find(string? id) => Issuer.Of(where) is { } issuer && Guid.TryParse(id, out var client) ? await pipeline.Send(new FindClient.Query { Zone = issuer.Zone, Client = client }) : null;

    private async Task<ApiClient?> Proven(string? id, string? secret) => await Find(id) is { } client && client.Proves(secret) ? client : null;
}
