using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Intakes;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Modules;

namespace VictimSupport.Casework;

/// <summary>The work itself: intake, dossiers, people, contacts, next acts. All that this module adds to the house.</summary>
public sealed class CaseworkModule : IModule
{
    public void Add(IServiceCollection services)
    {
        services.AddScoped<Guard>();
        services.AddSingleton<IShipSubKinds, Codes.ShippedSubKinds>();
        services.AddScoped<Duplicates>();
        services.AddSingleton<IInMenu, WorklistInMenu>();
        services.AddSingleton<IInMenu, IntakeInMenu>();
        services.AddSingleton<IInMenu, SearchInMenu>();
        services.AddScoped<IRing, Bell>();
        services.AddScoped<IHoldCaseload, Caseload>();
        services.AddScoped<IDoWhatIsDue, ReleaseLeavers>();
        services.AddScoped<IDoWhatIsDue, Reminders>();
        services.AddSingleton<IDeliver, ReminderMail>();
        services.AddSingleton<IDeliver, NewDossierMail>();
        services.AddSingleton<IDeliver, SafetyCardMail>();
        services.AddSingleton<IDeliver, CaseloadMail>();
        services.AddSingleton<Contracts.ITellStories, Demo.Stories>();
    }

    private sealed class WorklistInMenu : IInMenu
    {
        public int Order => 10;
        public May Deed => May.WorkOnDossiers;
        public string Path => "/worklist";
        public string Text => Words.Worklist;
    }

    private sealed class IntakeInMenu : IInMenu
    {
        public int Order => 20;
        public May Deed => May.OpenCallOuts;
        public string Path => "/intake";
        public string Text => Words.NewIntake;
    }

    private sealed class SearchInMenu : IInMenu
    {
        public int Order => 30;
        public May Deed => May.WorkOnDossiers;
        public string Path => "/search";
        public string Text => Words.SearchTitle;
    }
}
