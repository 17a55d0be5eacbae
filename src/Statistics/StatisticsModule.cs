using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Api;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;
using VictimSupport.Statistics.Contracts;

namespace VictimSupport.Statistics;

/// <summary>The figures that leave the zones: counted over all of them in memory, protected by noise, released on the days of a calendar. All that this module adds to the house.</summary>
public sealed class StatisticsModule : IModule
{
    public void Add(IServiceCollection services)
    {
        services.AddSingleton<Noise.IRandomBits, Noise.CryptographicBits>();
        services.AddScoped<Own.Reading>();
        services.AddSingleton<IInMenu, OwnInMenu>();
        services.AddScoped<IInMenu, ClosedInMenu>();
        services.AddScoped<Report.ReadReport>();
        services.AddSingleton<IInMenu, ReportInMenu>();
        services.AddSingleton<ITellReport, Demo.StoryReport>();
        services.AddSingleton<IRunCampaigns, Campaign.Campaigns>();
        services.AddScoped<IRemind, Campaign.NotLookedYet>();
        services.AddScoped<IDeliver, Campaign.TellThatWeLooked>();
        services.AddScoped<IDoWhatIsDue, Campaign.Recheck>();
        services.AddSingleton<Campaign.WaitsNow>();
        services.AddScoped<Campaign.Waits>();
        services.AddScoped<IInMenu>(s => s.GetRequiredService<Campaign.Waits>());
        services.AddScoped<IRing>(s => s.GetRequiredService<Campaign.Waits>());
        services.AddSingleton(new Programme.Programmes(Programme.TableProgramme.Shipped, Programme.TableProgramme.Known));
        services.AddSingleton<Facts.ReadZone>();
        services.AddSingleton<Areas.Places>();
        services.AddSingleton<Areas.Inhabitants>();
        services.AddSingleton<Releases.Silences>();
        services.AddSingleton<IWaitForZones>(s => s.GetRequiredService<Releases.Silences>());
        services.AddSingleton<Releases.Publish>();
        services.AddSingleton<Releases.Checkup>();
        services.AddSingleton<Releases.Published>();
        services.AddSingleton<IReleaseFigures, Releases.Desk>();
        services.AddScoped<IAwaitASecondPerson, Releases.TakingBack>();
        services.AddSingleton<Demo.DemoSettings>();
        services.AddSingleton<Demo.DemoFigures>();
        services.AddSingleton<ITellDemoProgress>(s => s.GetRequiredService<Demo.DemoFigures>());
        services.AddHostedService(s => s.GetRequiredService<Demo.DemoFigures>());
        services.AddSingleton<Portal.Shelf>();
        services.AddSingleton<IOfferScope, Portal.Api.Offer>();
        services.AddSingleton<IInMenu, CountryInMenu>();
        // The same pages for those of the platform at /figures and for a zone's own people within it. Afterwards: what sets pages up begins with conventions of its own.
        services.PostConfigure<RazorPagesOptions>(o =>
        {
            foreach (var (page, path) in new[] { ("Overview", ""), ("Pivot", "/pivot"), ("Map", "/map"), ("Work", "/structural"), ("Cite", "/cite/{release}/{table}/{cell}"), ("Definitions", "/definitions"), ("Quality", "/quality"), ("Dates", "/calendar"), ("Privacy", "/privacy") })
                o.Conventions.AddPageRoute("/Statistics/Portal/" + page, Portal.FiguresPage.InZone + path);
        });
    }

    public void Map(WebApplication app)
    {
        Portal.Api.Map(app.MapApi(Portal.Api.Scope, alsoOutside: true));
        app.MapContract(Portal.Api.Scope, typeof(StatisticsModule).Assembly);
    }

    private sealed class CountryInMenu : IInMenu
    {
        public int Order => 710;
        public May Deed => May.SeeProtectedFigures;
        public string Path => "/" + Portal.FiguresPage.InZone;
        public string Text => Words.PubCountryMenu;
    }

    private sealed class OwnInMenu : IInMenu
    {
        public int Order => 60;
        public May Deed => May.SeeExactFigures;
        public string Path => "/our-figures";
        public string Text => Words.OwnTitle;
    }

    private sealed class ReportInMenu : IInMenu
    {
        public int Order => 62;
        public May Deed => May.SeeMaskedFigures;
        public string Path => "/our-figures/report";
        public string Text => Words.ReportTitle;
    }

    // Whoever sees the exact ones is led here when there are none for them.
    private sealed class ClosedInMenu(WhereAndWho who) : IInMenuAtTimes
    {
        public ValueTask<bool> IsNow(CancellationToken ct) => ValueTask.FromResult(!who.Caller.May(May.SeeExactFigures));
        public int Order => 61;
        public May Deed => May.SeeMaskedFigures;
        public string Path => "/our-figures/closed";
        public string Text => Words.ClosedTitle;
    }
}
