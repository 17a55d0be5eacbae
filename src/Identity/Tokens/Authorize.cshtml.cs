using MediatR;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Api;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Clients;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace VictimSupport.Identity.Tokens;

/// <summary>An app asks to act in somebody's name: she reads what it wants and says yes or no. Nothing is granted without a press.</summary>
[Requires(May.BeSignedIn)]
internal sealed class Authorize(IMediator pipeline, IEnumerable<IOfferScope> scopes, WhereAndWho who) : PageModel
{
    public string Client { get; private set; } = "";
    public IReadOnlyList<string> Wants { get; private set; } = [];

    /// <summary>What the app asked, to be sent again with the answer.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Asked { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await TokenServer.Handles(HttpContext)) return new EmptyResult(); // unsound: said there, sent nowhere
        if (await Asking(ct) is not { } asked) return NotFound();
        (Client, Wants) = (asked.Client.Name, [.. scopes.Where(s => asked.Request.HasScope(s.Name)).Select(s => s.Text)]);
        Asked = [.. Request.Query.Where(q => q.Key != "decision").Select(q => KeyValuePair.Create(q.Key, q.Value.ToString()))];
        FormTargets.Allow(HttpContext, ReturnAddress.FormTarget(asked.Request.RedirectUri!));
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string? decision, CancellationToken ct)
    {
        if (await TokenServer.Handles(HttpContext)) return new EmptyResult();
        if (await Asking(ct) is not { } asked) return NotFound();
        if (decision != "yes")
            return Forbid(new AuthenticationProperties(new Dictionary<string, string?> { [OpenIddictServerAspNetCoreConstants.Properties.Error] = Errors.AccessDenied }), OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
        var grant = await pipeline.Send(new Command { Client = asked.Client.Id, Scopes = asked.Request.GetScopes() }, ct);
        return SignIn(TokenServer.Principal(who.Caller.Self.ToString(), who.Zone!.Id, asked.Request.GetScopes(), (grant, 0)), OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
    }

    private async Task<(OpenIddictRequest Request, ApiClient Client)?> Asking(CancellationToken ct) =>
        HttpContext.GetOpenIddictServerRequest() is { } request && Guid.TryParse(request.ClientId, out var id) && await pipeline.Send(new FindClient.Query { Zone = who.Zone!.Id, Client = id }, ct) is { } client ? (request, client) : null;

    [Requires(May.BeSignedIn)]
    internal sealed record Command : ICatalogCommand<Guid>, ISensitive
    {
        internal Guid Client { get; init; }
        internal IReadOnlyList<string> Scopes { get; init; } = [];
    }

    internal sealed class Handler(CatalogDbContext house, UseCase here, Caller caller, TimeProvider clock) : IRequestHandler<Command, Guid>
    {
        public Task<Guid> Handle(Command command, CancellationToken ct)
        {
            var grant = TokenGrant.New(here.InZone.Id, command.Client, caller.Self, caller.Session!.Value, command.Scopes, clock.GetUtcNow());
            house.Add(grant);
            return Task.FromResult(grant.Id);
        }
    }
}
