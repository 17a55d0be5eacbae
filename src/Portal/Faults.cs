using System.Diagnostics;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Portal;

/// <summary>The last catch: a refusal is a 404, a database that is away is a 503, anything else a 500 with a reference. No message of an exception leaves the process
/// or enters a log: it may quote what was typed.</summary>
internal static partial class Faults
{
    /// <summary>What was asked for when it failed: whose page it was decides how the fault is shown.</summary>
    internal sealed record Asked(PathString Base, PathString Path);

    public static async Task Catch(HttpContext http, RequestDelegate next)
    {
        try
        {
            await next(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            http.Response.StatusCode = 499; // nobody is listening any more
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            // What was refused is shown to whoever proves that they wrote it; the rest may be sent again, and is judged then.
            var typed = e is RefusedException ? await Typed.Proven(http, http.Request.PathBase + http.Request.Path) : await Typed.Of(http);
            http.Response.Clear();
            await Headers.Put(http, _ => Task.CompletedTask);
            http.Response.StatusCode = e switch
            {
                RefusedException => StatusCodes.Status404NotFound,
                StaleFactorException => StatusCodes.Status403Forbidden, // no page: a program shows no factor
                BadHttpRequestException bad => bad.StatusCode,
                InvalidDataException => StatusCodes.Status413PayloadTooLarge, // a form with a field over the limit
                IOException => StatusCodes.Status503ServiceUnavailable,
                _ when DatabaseAway.Is(e) => StatusCodes.Status503ServiceUnavailable,
                _ => StatusCodes.Status500InternalServerError,
            };
            if (http.Response.StatusCode == StatusCodes.Status503ServiceUnavailable) http.Response.Headers.RetryAfter = "5";
            if (http.Response.StatusCode >= 500) Failed(http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Portal"), Reference(http), e.GetType().FullName!, Where(e));
            if (typed is not null && (http.Response.StatusCode is StatusCodes.Status503ServiceUnavailable or StatusCodes.Status404NotFound || Hosts.IsForAnybody(http.Request.PathBase.HasValue, http.Request.Path) == true)) http.Features.Set(typed);
            await ShowAgain(http, next);
        }
    }

    /// <summary>What a person can quote to us: the trace id, of one length always.</summary>
    public static string Reference(HttpContext http) => (Activity.Current?.TraceId.ToString() ?? http.TraceIdentifier).PadRight(32, '0')[..32];

    private static async Task ShowAgain(HttpContext http, RequestDelegate next)
    {
        // A scope of its own, in which nobody is known: the page must not need the database that may be away.
        await using var scope = http.RequestServices.GetRequiredService<IServiceScopeFactory>().CreateAsyncScope();
        http.RequestServices = scope.ServiceProvider;
        http.Features.Set(new Asked(http.Request.PathBase, http.Request.Path));
        http.Request.PathBase = "";
        http.Request.Path = $"/error/{http.Response.StatusCode}";
        http.Request.QueryString = QueryString.Empty;
        http.Request.Method = HttpMethods.Get;
        http.Request.ContentType = null; // a form that could not be read is not read again
        http.SetEndpoint(null);
        http.Request.RouteValues.Clear();
        try
        {
            await next(http);
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            // The error page itself cannot be shown (the database is away, say): plain words then, and the log says so.
            Failed(http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Portal"), Reference(http), e.GetType().FullName!, Where(e));
            await http.Response.WriteAsync(http.Response.StatusCode + " " + Reference(http));
        }
    }

    private static string Where(Exception e) => e.StackTrace?.Split('\n').FirstOrDefault(l => l.Contains("VictimSupport", StringComparison.Ordinal))?.Trim() ?? "";

    [LoggerMessage(Level = LogLevel.Error, Message = "Request {reference} failed with {type} {where}")]
    private static partial void Failed(ILogger log, string reference, string type, string where);
}
