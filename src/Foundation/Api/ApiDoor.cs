using System.Reflection;
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

/// <summary>The door of every address for programs, <c>/{code}/api/{name}/v1</c>, and where a module says so <c>/api/{name}/v1</c> outside every zone: a token of this zone or 401, the scope or 403, the rights of the person behind it or 404.</summary>
public static class ApiDoor
{
    public const string Segment = "/api";

    /// <summary>A group of addresses of one module; each needs <c>[Requires]</c> and <c>[Scope]</c>.</summary>
    /// <param name="alsoOutside">It is about no zone: programs of the platform may ask it too.</param>
    public static RouteGroupBuilder MapApi(this WebApplication app, string name, bool alsoOutside = false)
    {
        var group = app.MapGroup($"{Segment}/{name}/v1");
        group.AddEndpointFilter((context, next) => Guard(context, next, alsoOutside));
        return group;
    }

    /// <summary>The contract of a module's API, <c>/openapi/{name}-v1.yaml</c>: written by hand as its <c>openapi.yaml</c>, and held to what is mapped and answered by a test. For everybody: it tells of no zone and no one.</summary>
    public static void MapContract(this WebApplication app, string name, Assembly module)
    {
        using var file = module.GetManifestResourceStream("openapi.yaml") ?? throw new InvalidOperationException($"{module.GetName().Name} has no openapi.yaml.");
        var contract = new byte[file.Length];
        file.ReadExactly(contract);
        app.MapGet($"/openapi/{name}-v1.yaml", [Open("a contract is the same for everybody")] (HttpContext http) => http.Features.GetRequiredFeature<Whereabouts>().IsZonePath ? Results.NotFound() : Results.Bytes(contract, "application/yaml; charset=utf-8"));
    }

    /// <summary>Says in the form of the API that nothing is there.</summary>
    public static void MapNothingElse(WebApplication app) => app.Map(Segment + "/{**rest}", [Open("says only that nothing is there")] (HttpContext http) => Problem.Of(http, Problem.ResourceNotFound));

    private static async ValueTask<object?> Guard(EndpointFilterInvocationContext context, EndpointFilterDelegate next, bool alsoOutside)
    {
        var http = context.HttpContext;
        if (!alsoOutside && !http.Features.GetRequiredFeature<Whereabouts>().IsZonePath) return Problem.Of(http, Problem.ResourceNotFound);
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
