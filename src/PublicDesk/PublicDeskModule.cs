using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.PublicDesk.Contracts;
using VictimSupport.PublicDesk.Desk;
using VictimSupport.PublicDesk.Leaving;

namespace VictimSupport.PublicDesk;

/// <summary>What anybody may read and send without an account: a zone's page that leaves no trace. Knows nobody but Zones.</summary>
public sealed class PublicDeskModule : IModule
{
    public void Add(IServiceCollection services)
    {
        services.AddSingleton<Kept>();
        services.AddSingleton<PublicPages>();
        services.AddScoped<ChosenGoal>(s => async (language, ct) => (await s.GetRequiredService<PublicPages>().Of(s.GetRequiredService<WhereAndWho>().Zone, ct))?.Content.Goals.GetValueOrDefault(language));
        services.AddSingleton<IInMenu, PublicPageInMenu>();
        services.AddScoped<IDoWhatIsDue, ForgetFeedback>();
        services.AddSingleton<IMakePublicPages, Demo.StoryPages>();
        services.AddSingleton<Requests.Seal>();
        services.AddSingleton<Requests.Turnstile>();
        services.AddScoped<IRequests, Requests.Slips>();
        services.AddScoped<IDoWhatIsDue, Requests.ClearSlips>();
        services.AddSingleton<ITellRequests, Requests.Told>();
    }

    public void Map(WebApplication app)
    {
        Exit.Map(app);
        app.Use(app.Services.GetRequiredService<Kept>().Answer);
        Logo.Map(app);
        app.MapGet("/contact", [Open("leads to the zone's page in the reader's language")] async (HttpContext http, WhereAndWho who, PublicPages pages, CancellationToken ct) =>
            await pages.Of(who.Zone, ct) is { } page ? Results.Redirect($"/{page.Code}/{Tongues.Wished(http.Request.Headers.AcceptLanguage.ToString(), page.Languages)}/contact") : Results.NotFound());
    }
}
