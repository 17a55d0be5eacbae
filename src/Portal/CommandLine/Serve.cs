using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Zones;
using VictimSupport.Statistics.Contracts;
using Hangfire;

namespace VictimSupport.Portal.CommandLine;

/// <summary>Serves the portal. Prepares an empty data folder by itself; in demo mode with the story zones.</summary>
internal static class Serve
{
    /// <summary>Beside the program when it was published, else where it is run.</summary>
    public static string ContentRoot => File.Exists(Path.Combine(AppContext.BaseDirectory, "appsettings.json")) ? AppContext.BaseDirectory : Directory.GetCurrentDirectory();

    public static async Task<int> Run(IReadOnlyList<IModule> modules, string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = args.Any(a => a.StartsWith("--contentRoot", StringComparison.OrdinalIgnoreCase)) ? null : ContentRoot });
        PortalAddress.Check(builder.Configuration, builder.Environment);
        Hosts.Check(builder.Configuration, builder.Environment);
        OutgoingMail.Check(builder.Configuration, builder.Environment);
        Host.AddAll(builder, modules);
        if (DemoMode.Is(builder.Configuration, builder.Environment)) await DemoVerbs.SeedStories(modules, args, CancellationToken.None);
        await using var app = builder.Build();
        Host.UseAll(app, modules);
        var provisioning = app.Services.GetRequiredService<Provisioning>();
        using var only = provisioning.TakeTheHouse(app.Services.GetRequiredService<DataFolder>());
        await provisioning.PrepareHouse(app.Lifetime.ApplicationStopping);
        if (app.Configuration.GetValue("Jobs:Run", true))
        {
            var recurring = app.Services.GetRequiredService<IRecurringJobManager>();
            recurring.AddOrUpdate<Sweep>("sweep", sweep => sweep.Run(CancellationToken.None), "*/20 * * * * *");
            // Every hour: zones that do not answer are asked again. On a day without a release it looks at the calendar and ends.
            recurring.AddOrUpdate<IReleaseFigures>("figures", figures => figures.ReleaseWhatIsDue(CancellationToken.None), "17 * * * *");
            recurring.AddOrUpdate<IRunCampaigns>("campaign", campaigns => campaigns.AskTheRest(CancellationToken.None), "27 * * * *");
        }
        await app.RunAsync();
        return Verbs.Good;
    }
}
