using System.Globalization;
using Hangfire;
using Hangfire.InMemory;
using Hangfire.PostgreSql;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Mvc;
using VictimSupport.Design;
using VictimSupport.Design.Chrome;
using VictimSupport.Foundation;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Api;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;
using VictimSupport.Portal.Pages;

namespace VictimSupport.Portal;

/// <summary>The web host: floor, modules, then the order in which a request passes through them.</summary>
internal static class Host
{
    /// <summary>The portal's languages; the first is used where nothing else is known.</summary>
    public static readonly string[] Languages = ["fr", "nl", "de", "en"];

    /// <summary>Registers everything a process of this program needs, whether it serves pages or runs a command.</summary>
    public static void AddAll(WebApplicationBuilder builder, IReadOnlyList<IModule> modules)
    {
        var services = builder.Services;
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.ConfigureKestrel(o =>
        {
            o.AddServerHeader = false;
            o.Limits.MaxRequestBodySize = Oversized.Taken;
        });
        House.EveryDoorSaysWhoMay(typeof(Host).Assembly.GetTypes());
        services.AddHouse(builder.Configuration, builder.Environment, modules);
        services.AddDesign();
        services.AddScoped<Frames>();
        services.AddSingleton<BellFigure>();
        services.AddScoped<IChrome, PatientFrames>();
        services.AddRazorPages(o => o.RootDirectory = "/").AddMvcOptions(o => o.Filters.Add<PageDoor>());
        services.AddScoped<PageDoor>();
        services.AddSingleton<ShownOnce>();
        services.AddAntiforgery(o =>
        {
            o.Cookie.Name = Typed.Cookie;
            o.Cookie.Path = "/";
            o.Cookie.SameSite = SameSiteMode.Strict;
            o.Cookie.SecurePolicy = builder.Environment.IsDevelopment() ? CookieSecurePolicy.SameAsRequest : CookieSecurePolicy.Always;
        });
        services.AddSingleton<IAntiforgeryAdditionalDataProvider, FormOfAZone>();
        services.Configure<CookieTempDataProviderOptions>(o => o.Cookie = CookieOfAPlace.Of(o.Cookie));
        services.Configure<RequestLocalizationOptions>(o =>
        {
            // en-BE, not en-GB: day before month, comma for decimals, as everyone here writes them.
            var cultures = Languages.Select(l => CultureInfo.GetCultureInfo(l + "-BE")).ToList();
            o.SupportedCultures = o.SupportedUICultures = cultures;
            o.DefaultRequestCulture = new RequestCulture(cultures[0]);
            o.RequestCultureProviders = [new LanguagePath(), new LanguageCookie(), new LanguageHeader()];
        });
        if (builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is not null) Telemetry.Export(services); // nobody listens: nothing is measured
        services.AddSingleton<Limits>();
        AddJobs(services, builder.Configuration);
    }

    /// <summary>The way of a request, outermost first.</summary>
    public static void UseAll(WebApplication app, IReadOnlyList<IModule> modules)
    {
        app.Use(Headers.Put);
        app.Use(app.Services.GetRequiredService<ShownOnce>().Answer);
        app.Use(Faults.Catch);
        app.UseStatusCodePagesWithReExecute("/error/{0}");
        app.Use(Headers.KeepMarkedFiles);
        app.UseZonePath();
        app.Use(OwnHost.Keep);
        app.UseRouting();
        app.Use(app.Services.GetRequiredService<Limits>().Keep);
        app.UseRequestLocalization();
        app.UsePass();
        app.Use(Oversized.Refuse);
        app.MapStaticAssets().WithMetadata(new OpenAttribute("style sheets, scripts and icons, the same for all"));
        app.MapRazorPages();
        Health.Map(app);
        foreach (var module in modules) module.Map(app);
        ApiDoor.MapNothingElse(app);
    }

    private static void AddJobs(IServiceCollection services, IConfiguration configuration)
    {
        if (JobStorageOf.Engine(configuration) is not ("postgresql" or "sqlserver")) services.AddSingleton<JobStorage>(_ => new InMemoryStorage());
        services.AddHangfire((provider, jobs) =>
        {
            jobs.SetDataCompatibilityLevel(CompatibilityLevel.Version_180).UseSimpleAssemblyNameTypeSerializer().UseRecommendedSerializerSettings().UseFilter(new QuietFaults());
            jobs.UseLogProvider(new LogsOfJobs(provider.GetRequiredService<ILoggerFactory>()));
            switch (JobStorageOf.Engine(configuration))
            {
                case "postgresql": jobs.UsePostgreSqlStorage(o => o.UseNpgsqlConnection(JobStorageOf.Connection(provider))); break;
                case "sqlserver": jobs.UseSqlServerStorage(JobStorageOf.Connection(provider)); break;
                default: break; // this host's own, above: the package's is one for the whole process
            }
        });
        if (configuration.GetValue("Jobs:Run", true))
        {
            services.AddHangfireServer(o =>
            {
                o.WorkerCount = configuration.GetValue("Jobs:Workers", 4);
                o.SchedulePollingInterval = TimeSpan.FromSeconds(5);
            });
        }
    }
}
