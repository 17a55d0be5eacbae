using System.Diagnostics;
using FluentValidation.Results;
using Microsoft.AspNetCore.Http;

namespace VictimSupport.Foundation.Api;

/// <summary>What went wrong, as the Belgian REST guide writes it (RFC 9457): a type, a title, a reference; never what was inside.</summary>
public sealed record Problem(string Type, string Title, int Status)
{
    public static readonly Problem NoAccessToken = new("noAccessToken", "No Access Token", StatusCodes.Status401Unauthorized);
    public static readonly Problem InvalidAccessToken = new("invalidAccessToken", "Invalid Access Token", StatusCodes.Status401Unauthorized);
    public static readonly Problem MissingScope = new("missingScope", "Missing Scope", StatusCodes.Status403Forbidden);
    public static readonly Problem ResourceNotFound = new("resourceNotFound", "Resource Not Found", StatusCodes.Status404NotFound);
    public static readonly Problem NotAcceptable = new("notAcceptable", "Not Acceptable", StatusCodes.Status406NotAcceptable);
    public static readonly Problem BadRequest = new("badRequest", "Bad Request", StatusCodes.Status400BadRequest);

    /// <param name="at">Where the faults are: body, query.</param>
    public static IResult Of(HttpContext http, Problem problem, IEnumerable<ValidationFailure>? faults = null, string at = "body")
    {
        var reference = Activity.Current is { } activity ? Guid.ParseExact(activity.TraceId.ToString(), "N") : Guid.NewGuid();
        var body = new Dictionary<string, object>
        {
            ["type"] = "urn:problem-type:belgif:" + problem.Type, ["title"] = problem.Title, ["status"] = problem.Status, ["instance"] = $"urn:uuid:{reference}",
        };
        if (faults?.Select(f => new { @in = at, name = char.ToLowerInvariant(f.PropertyName[0]) + f.PropertyName[1..], detail = f.ErrorMessage }).ToList() is { Count: > 0 } issues) body["issues"] = issues;
        return Results.Json(body, contentType: "application/problem+json", statusCode: problem.Status);
    }
}
