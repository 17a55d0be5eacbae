using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Foundation.Api;

/// <summary>The door of every address for programs, <c>/{code}/api/{name}/v1</c>: a token of this zone or 401, the scope or 403, the rights of the person behind it or 404.</summary>
public static class ApiDoor
{
    public const string Segment = "/api";

    /// <summary>A group of addresses of one module; each needs <c>[Requires]</c> and <c>[Scope]</c>.</summary>
    public static RouteGroupBuilder MapApi(this WebApplication app, string name)
    {
        var group = app.MapGroup($"{Segment}/{name}/v1");
        group.AddEndpointFilter(Guard);
        return group;
    }

    /// <summary>Says in the form of the API that nothing is there.</summary>
    public static void MapNothingElse(WebApplication app) => app.Map(Segment + "/{**rest}", [Open("says only that nothing is there")] (HttpContext http) => Problem.Of(http, Problem.ResourceNotFound));

    private static async ValueTask<object?> Guard(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (!http.Features.GetRequiredFeature<Whereabouts>().IsZonePath) return Problem.Of(http, Problem.ResourceNotFound);
        var (caller, metadata) = (http.RequestServices.GetRequiredService<WhereAndWho>().Caller, http.GetEndpoint()!.Metadata);
        if (caller.Client is null)
        {
            var shown = http.Request.Headers.Authorization.Count > 0;
            http.Response.Headers.WWWAuthenticate = shown ? "Bearer error=\"invalid_token\"" : "Bearer";
            return Problem.Of(http, shown ? Problem.InvalidAccessToken : Problem.NoAccessToken);
        }
        var demand = new Demand(metadata.GetRequiredMetadata<RequiresAttribute>().Deed, metadata.GetRequiredMetadata<ScopeAttribute>().Name);
        if (!caller.Scopes.Contains(demand.Scope!))
        {
            http.Response.Headers.WWWAuthenticate = $"Bearer error=\"insufficient_scope\", scope=\"{demand.Scope}\"";
            return Problem.Of(http, Problem.MissingScope);
        }
        if (!demand.Admits(caller)) return Problem.Of(http, Problem.ResourceNotFound);
        try
        {
            return await next(context);
        }
        catch (RefusedException)
        {
            return Problem.Of(http, Problem.ResourceNotFound);
        }
        catch (ValidationException invalid)
        {
            return Problem.Of(http, Problem.BadRequest, invalid.Errors);
        }
    }
}

/// <summary>A module's part of what programs may be given.</summary>
public interface IOfferScope
{
    /// <summary>The name of the module's API, such as <c>zones</c>.</summary>
    string Name { get; }

    /// <summary>What it lets a program do, in the current language.</summary>
    string Text { get; }
}
