using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Identity.Sessions;

/// <summary>Tells a page how long its session still lasts. Asked quietly it only looks; asked because somebody pressed "stay signed in" it keeps the session awake, as any page does.</summary>
internal static class SessionClock
{
    public static void Map(WebApplication app) => app.MapGet("/account/session", [Open("tells a browser about its own session only")] async (WhereAndWho who, ISessions sessions, TimeProvider clock, HttpContext http) =>
    {
        var alive = who.Caller.Session is { } session ? await sessions.Of(session, quiet: true, http.RequestAborted) : null;
        return Results.Json(new { left = alive is null ? 0 : Math.Max(0, (int)(alive.Ends - clock.GetUtcNow()).TotalSeconds), last = alive?.IsLast == true });
    });
}
