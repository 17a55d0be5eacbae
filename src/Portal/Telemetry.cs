using OpenTelemetry.Instrumentation.AspNetCore;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace VictimSupport.Portal;

/// <summary>Traces carry the route, never the address as typed: an address may hold a one-time token.</summary>
internal static class Telemetry
{
    private static void WithoutAddresses(AspNetCoreTraceInstrumentationOptions options)
    {
        options.RecordException = false;
        options.EnrichWithHttpRequest = (activity, _) => Blank(activity);
        options.EnrichWithHttpResponse = (activity, _) => Blank(activity);
    }

    /// <summary>Traces and metrics to where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says.</summary>
    public static void Export(IServiceCollection services) => services.AddOpenTelemetry()
        .WithTracing(t => t.AddAspNetCoreInstrumentation(WithoutAddresses).AddOtlpExporter())
        .WithMetrics(m => m.AddAspNetCoreInstrumentation().AddOtlpExporter());

    private static void Blank(System.Diagnostics.Activity activity)
    {
        foreach (var tag in (string[])["url.path", "url.query", "url.full", "user_agent.original", "client.address", "http.target", "http.url"]) activity.SetTag(tag, null);
    }
}
