using System.Collections;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Tests.House;

/// <summary>A way into the running host, as its own metadata describes it.</summary>
/// <param name="Demand">null: it says nothing about who may, which no door may do.</param>
/// <param name="Page">null: an endpoint without a page.</param>
internal sealed record Door(RoutePattern Route, Demand? Demand, Type? Page, IReadOnlyList<Knock> Knocks)
{
    public string Text => "/" + Route.RawText!.TrimStart('/');
    public bool IsInZone => !PageDoor.Zoneless.Contains(Route.RawText!.Trim('/').Split('/')[0]);

    /// <summary>Asks for a token, not for a cookie.</summary>
    public bool IsForPrograms => Text.StartsWith("/api/", StringComparison.Ordinal);
    public bool HasId => Route.Parameters.Count > 0;

    /// <summary>Its path with every parameter filled in.</summary>
    public string Path(Func<RoutePatternParameterPart, string> value) => "/" + string.Join('/', Route.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
    {
        RoutePatternLiteralPart literal => literal.Content,
        RoutePatternParameterPart parameter => value(parameter),
        RoutePatternSeparatorPart separator => separator.Content,
        _ => "",
    }))));

    public override string ToString() => Text;
}

/// <summary>One thing a door does: a method, the handler of a page, the fields it reads.</summary>
internal sealed record Knock(string Method, string? Handler, IReadOnlyList<Box> Boxes);

/// <summary>A field that is read: from the form or from the query.</summary>
internal sealed record Box(string Name, Type Type, bool IsMany, bool InQuery);

/// <summary>All doors of the host: pages with their handlers and bound models, and every other endpoint. A new one is here the minute it exists.</summary>
internal static class Doors
{
    // The framework's own, in development only: answers 404 for a file it does not know.
    private const string FileFallback = "{**path:file}";

    public static async Task<IReadOnlyList<Door>> Of(IServiceProvider services)
    {
        var (loader, known) = (services.GetService<PageLoader>(), services.GetService<IServiceProviderIsService>());
        var doors = new List<Door>();
        foreach (var same in services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().Where(e => e.RoutePattern.RawText != FileFallback).GroupBy(e => e.RoutePattern.RawText))
        {
            var first = same.First();
            if (first.Metadata.GetMetadata<PageActionDescriptor>() is { } page)
            {
                var compiled = first.Metadata.GetMetadata<CompiledPageActionDescriptor>() ?? await loader!.LoadAsync(page, first.Metadata);
                doors.Add(new Door(first.RoutePattern, Demand.Of(compiled.ModelTypeInfo!), compiled.ModelTypeInfo, [.. Knocks(compiled, first.RoutePattern)]));
                continue;
            }
            foreach (var one in same.GroupBy(DemandOf))
                doors.Add(new Door(first.RoutePattern, one.Key, null, [.. one.SelectMany(e => Knocks(e, known)).DistinctBy(k => k.Method)]));
        }
        return [.. doors.OrderBy(d => d.Text, StringComparer.Ordinal)];
    }

    private static Demand? DemandOf(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<RequiresAttribute>() is { } requires ? new Demand(requires.Deed) : endpoint.Metadata.GetMetadata<OpenAttribute>() is null ? null : new Demand((May?)null);

    private static IEnumerable<Knock> Knocks(CompiledPageActionDescriptor page, RoutePattern route)
    {
        var bound = page.BoundProperties.OfType<PageBoundPropertyDescriptor>().ToList();
        var handlers = page.HandlerMethods.Select(h => (Method: h.HttpMethod.ToUpperInvariant(), h.Name, Handler: (HandlerMethodDescriptor?)h)).ToList();
        if (handlers.All(h => h.Method != "GET")) handlers.Add(("GET", null, null));
        foreach (var (method, name, handler) in handlers)
        {
            var boxes = new List<Box>();
            foreach (var property in bound)
            {
                var inQuery = method == "GET";
                if (inQuery && property.BindingInfo?.RequestPredicate is null) continue; // not read on GET
                boxes.AddRange(Boxes(property.BindingInfo?.BinderModelName ?? property.Property.Name, property.Property.PropertyType, inQuery, 0));
            }
            foreach (var parameter in handler?.Parameters.OfType<HandlerParameterDescriptor>() ?? [])
                boxes.AddRange(Boxes(parameter.Name, parameter.ParameterType, method == "GET", 0));
            yield return new Knock(method, name, [.. boxes.Where(b => route.Parameters.All(p => !p.Name.Equals(b.Name, StringComparison.OrdinalIgnoreCase)))]);
        }
    }

    private static IEnumerable<Knock> Knocks(RouteEndpoint endpoint, IServiceProviderIsService? services)
    {
        var boxes = new List<Box>();
        foreach (var parameter in endpoint.Metadata.GetMetadata<MethodInfo>()?.GetParameters() ?? [])
        {
            if (parameter.ParameterType == typeof(HttpContext) || services?.IsService(parameter.ParameterType) == true) continue;
            boxes.AddRange(Boxes(parameter.Name!, parameter.ParameterType, IsLeaf(parameter.ParameterType), 0));
        }
        return (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods ? methods : ["GET", "POST"])
            .Select(method => new Knock(method, null, [.. boxes.Where(b => endpoint.RoutePattern.Parameters.All(p => !p.Name.Equals(b.Name, StringComparison.OrdinalIgnoreCase)))]));
    }

    private static IEnumerable<Box> Boxes(string name, Type type, bool inQuery, int depth)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(CancellationToken) || type == typeof(HttpContext) || depth > 4) return [];
        if (IsLeaf(type)) return [new Box(name, type, false, inQuery)];
        if (type.IsAssignableTo(typeof(IEnumerable)))
        {
            var item = type.IsArray ? type.GetElementType()! : type.GetGenericArguments().LastOrDefault() ?? typeof(string);
            item = Nullable.GetUnderlyingType(item) ?? item;
            return IsLeaf(item) ? [new Box(name, item, true, inQuery)] : Boxes(name + "[0]", item, inQuery, depth + 1);
        }
        return type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.SetMethod?.IsPublic == true && p.GetIndexParameters().Length == 0)
            .SelectMany(p => Boxes($"{name}.{p.Name}", p.PropertyType, inQuery, depth + 1));
    }

    private static bool IsLeaf(Type type) => (Nullable.GetUnderlyingType(type) ?? type) is { } plain
        && (plain.IsPrimitive || plain.IsEnum || plain == typeof(string) || plain == typeof(Guid) || plain == typeof(decimal) || plain == typeof(DateTime) || plain == typeof(DateTimeOffset)
            || plain == typeof(DateOnly) || plain == typeof(TimeOnly) || plain == typeof(TimeSpan) || plain.IsAssignableTo(typeof(IFormFile)));
}
