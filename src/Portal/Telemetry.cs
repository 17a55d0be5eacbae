using OpenTelemetry.Instrumentation.AspNetCore;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace VictimSupport.Portal;

/// <summary>Traces carry the route, never the address as typed: an address may hold a one-time token.</summary>
internal static class Telemetry
{
    public static void WithoutAddresses(AspNetCoreTraceInstrumentationOptions options)
    {
        options.RecordException = false;
        options.EnrichWithHttpRequest = (activity, _) => Blank(activity);
        options.EnrichWithHttpResponse = (activity, _) => Blank(activity);
    }

    public static void Export(IServiceCollection services) => services.AddOpenTelemetry().WithTracing(t => t.AddOtlpExporter()).WithMetrics(m => m.AddOtlpExporter());

    private static void Blank(System.Diagnostics.Activity activity)
    {
        foreach (var tag in (string[])["url.path", "url.query", "url.full", "user_agent.original", "client.address", "http.target", "http.url"]) activity.SetTag(tag, null);
    }
}
