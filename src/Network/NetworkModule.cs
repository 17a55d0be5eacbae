using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Modules;
using VictimSupport.Network.Contracts;
using VictimSupport.Network.Partners;

namespace VictimSupport.Network;

/// <summary>The organisations a zone works with, and the page at which they answer. Knows no dossier and nobody who is helped.</summary>
public sealed class NetworkModule : IModule
{
    public void Add(IServiceCollection services)
    {
        services.AddScoped<IPartners, Book>();
        services.AddScoped<IWriteToPartners, WriteToPartners>();
        services.AddSingleton<ITellPartners, Demo.StoryPartners>();
        services.AddScoped<IDoWhatIsDue, Stale>();
        services.AddScoped<IDeliver, StaleMail>();
        services.AddSingleton<IInMenu, PartnersInMenu>();
    }

    private sealed class PartnersInMenu : IInMenu
    {
        public int Order => 40;
        public May Deed => May.SeePartners;
        public string Path => "/partners";
        public string Text => Words.PartnersTitle;
    }
}
