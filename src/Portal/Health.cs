using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;
using VictimSupport.Statistics.Contracts;

namespace VictimSupport.Portal;

/// <summary><c>GET /health</c>: UP, or DOWN with 503 when the catalogue cannot be read; DEGRADED when a zone is not open though it should be. No details for strangers; in development, how far a demo of the figures is.</summary>
internal static class Health
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(2);

    public static void Map(WebApplication app)
    {
        (string Status, long At) last = ("UP", 0);
        app.MapGet("/health", [Open("says only whether the service is up")] async (HttpContext http, CatalogDatabase catalog, Pulse pulse, ITellDemoProgress demo, TimeProvider clock) =>
        {
            if (last.At == 0 || clock.GetElapsedTime(last.At) > Kept) last = (await Status(catalog, pulse, http.RequestAborted), clock.GetTimestamp());
            if (last.Status != "DOWN" && await demo.Now(http.RequestAborted) is { IsDone: false } filling) return Results.Json(new { status = last.Status, demo = $"{filling.Zones} of {filling.OfZones} zones, {filling.Quarters} of {filling.OfQuarters} quarters" });
            return Results.Json(new { status = last.Status }, statusCode: last.Status == "DOWN" ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
        });
    }

    private static async Task<string> Status(CatalogDatabase catalog, Pulse pulse, CancellationToken ct)
    {
        try
        {
            return await pulse.Wait(IsPreparing(catalog, ct)) ? "DEGRADED" : "UP";
        }
        catch (Exception e) when (e is System.Data.Common.DbException or OperationCanceledException or InvalidOperationException or TimeoutException)
        {
            return "DOWN";
        }
    }

    private static async Task<bool> IsPreparing(CatalogDatabase catalog, CancellationToken ct)
    {
        await using var house = catalog.Lease();
        return await house.Set<ZoneRecord>().AnyAsync(z => z.State == ZoneState.Preparing, ct);
    }
}
