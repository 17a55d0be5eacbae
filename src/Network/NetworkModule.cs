using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Parcels;
using VictimSupport.Network.Bodies;
using VictimSupport.Network.Contracts;
using VictimSupport.Network.Invitations;
using VictimSupport.Network.Partners;
using VictimSupport.Network.Trainings;

namespace VictimSupport.Network;

/// <summary>The organisations a zone works with, and the page at which they answer. Knows no dossier and nobody who is helped.</summary>
public sealed class NetworkModule : IModule
{
    public void Add(IServiceCollection services)
    {
        services.AddScoped<IPartners, Book>();
        services.AddScoped<IWriteToPartners, WriteToPartners>();
        services.AddSingleton<ITellPartners, Demo.StoryPartners>();
        services.AddScoped<IRemind, Stale>();
        services.AddSingleton<IInMenu, PartnersInMenu>();
        services.AddScoped<IRemind, Agreements.Ending>();
        services.AddScoped<IDoWhatIsDue, ClearAway>();
        services.AddScoped<Papers.Cabinet>();
        services.AddScoped<ToLookAfter>();
        services.AddScoped<IRing>(s => s.GetRequiredService<ToLookAfter>());
        services.AddScoped<ITellTasks>(s => s.GetRequiredService<ToLookAfter>());
        services.AddScoped<PartnershipCounts>();
        services.AddScoped<ICountStructuralWork>(s => s.GetRequiredService<PartnershipCounts>());
        services.AddScoped<IDeliver, PlaceMail>();
        services.AddScoped<IDeliver, EvaluationMail>();
        services.AddScoped<IDeliver, ChangedMail>();
        services.AddScoped<IDeliver, DueMail>();
        services.AddScoped<IDoWhatIsDue, DueEachMonth>();
        services.AddScoped<IDeliver, DueTold>();
        services.AddScoped<IDeliver, TellInvited>();
        services.AddScoped<IDoWhatIsDue, FollowPools>();
        services.AddScoped<IReceive, AskedFor>();
        services.AddScoped<IReceive, Hearing>();
        services.AddScoped<IDeliver, MovedMail>();
        services.AddScoped<ICountStructuralWork, TrainingCounts>();
        services.AddSingleton<ITellTrainings, Demo.StoryTrainings>();
        services.AddSingleton<IInMenu, TrainingsInMenu>();
        services.AddScoped<Ours>();
        services.AddScoped<BodyCounts>();
        services.AddScoped<ICountStructuralWork, BodyCounts>();
        services.AddSingleton<IShipBodyKinds, BodyKinds>();
        services.AddScoped<IRemind, PointsDue>();
        services.AddScoped<IDeliver, ProjectGone>();
        services.AddScoped<MyPoints>();
        services.AddScoped<IActionPoints>(s => s.GetRequiredService<MyPoints>());
        services.AddScoped<IRing>(s => s.GetRequiredService<MyPoints>());
        services.AddScoped<ITellTasks>(s => s.GetRequiredService<MyPoints>());
        services.AddScoped<ITellAtHome, PointsAtHome>();
        services.AddSingleton<ITellBodies, Demo.StoryBodies>();
        services.AddSingleton<IInMenu, BodiesInMenu>();
    }

    private sealed class PartnersInMenu : IInMenu
    {
        public int Order => 40;
        public May Deed => May.SeePartners;
        public string Path => "/partners";
        public string Text => Words.PartnersTitle;
    }

    private sealed class TrainingsInMenu : IInMenu
    {
        public int Order => 42;
        public May Deed => May.SeeTrainings;
        public string Path => "/trainings";
        public string Text => Words.TrainingsTitle;
    }

    private sealed class BodiesInMenu : IInMenu
    {
        public int Order => 46;
        public May Deed => May.SeeBodies;
        public string Path => "/bodies";
        public string Text => Words.BodiesTitle;
    }
}
