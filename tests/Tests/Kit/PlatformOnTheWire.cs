using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace VictimSupport.Tests.Kit;

public sealed partial class Platform
{
    private IReadOnlyDictionary<string, Func<HttpContext, int>>? Leaks { get; init; }

    /// <summary>The real host behind its real web server, where what counts is what comes over the wire.</summary>
    /// <returns>The host, and where it listens.</returns>
    public static (Platform Platform, Uri Address) Listen(string engine, Dictionary<string, string?>? settings = null)
    {
        var platform = new Platform(engine) { Settings = settings ?? [] };
        platform.UseKestrel(0);
        platform.StartServer();
        var address = new Uri(platform.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return (platform, new Uri($"http://127.0.0.1:{address.Port}"));
    }

    /// <summary>A host with doors planted in front of the real ones.</summary>
    /// <param name="leaks">Part of a path, and the status it answers with, whoever asks.</param>
    public static Platform WithLeaks(IReadOnlyDictionary<string, Func<HttpContext, int>> leaks)
    {
        var platform = new Platform("sqlite") { Leaks = leaks };
        _ = platform.Server;
        return platform;
    }

    protected override IHost CreateHost(IHostBuilder builder)
    {
        if (Leaks is { } leaks) builder.ConfigureServices(services => services.AddSingleton<IStartupFilter>(new PlantedLeaks(leaks)));
        return base.CreateHost(builder);
    }

    private sealed class PlantedLeaks(IReadOnlyDictionary<string, Func<HttpContext, int>> leaks) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(async (http, following) =>
            {
                if (leaks.FirstOrDefault(l => http.Request.Path.Value!.Contains(l.Key, StringComparison.Ordinal)).Value is { } leak) http.Response.StatusCode = leak(http);
                else await following();
            });
            next(app);
        };
    }
}
