using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Api;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Modules;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;
using VictimSupport.Zones.Demo;
using VictimSupport.Zones.Operator;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Zones;

/// <summary>Zones and the people in them: who holds which role, who gave it, who confirmed it. Reads no dossier.</summary>
public sealed class ZonesModule : IModule
{
    public void Add(IServiceCollection services)
    {
        services.AddSingleton<Absences.WhoIsAway>();
        services.AddScoped<Absences.StandsIn>();
        services.AddSingleton<Standing>();
        services.AddScoped<Bringing>();
        services.AddScoped<Ending>();
        services.AddScoped<IDoWhatIsDue, RoleEnds>();
        services.AddSingleton<IDeliverForTheHouse, AccessEndedMail>();
        services.AddSingleton<Conduct.Conducts>();
        services.AddSingleton<IStandAtTheDoor>(s => s.GetRequiredService<Conduct.Conducts>());
        services.AddSingleton<IInMenu, Absences.AbsencesInMenu>();
        services.AddSingleton<IKnowStanding>(s => s.GetRequiredService<Standing>());
        services.AddSingleton<IKnowPlaces>(s => s.GetRequiredService<Standing>());
        services.AddSingleton<IVisits, Visits.VisitBook>();
        services.AddSingleton<IStaff>(s => s.GetRequiredService<Standing>());
        services.AddSingleton<Sides>();
        services.AddSingleton<Settings.InForce>();
        services.AddSingleton<IZoneSettings>(s => s.GetRequiredService<Settings.InForce>());
        services.AddSingleton<IKnowColours, Settings.ColoursOfZones>();
        services.AddSingleton<IInMenu, Settings.SettingsInMenu>();
        services.AddScoped<GoLive.Readiness>();
        services.AddSingleton<IInMenu, GoLive.ChecklistInMenu>();
        services.AddSingleton<ITakePart, GoLive.TakingPart>();
        services.AddScoped<Reviews.Desk>();
        services.AddScoped<IDoWhatIsDue, Reviews.Reminders>();
        services.AddSingleton<IInMenu, Reviews.ReviewInMenu>();
        services.AddSingleton<IDeliverForTheHouse, Confirmations.RoleWaitsMail>();
        services.AddSingleton<IDeliverForTheHouse, Confirmations.RoleCountsMail>();
        services.AddSingleton<IDeliverForTheHouse, Confirmations.ReviewOwedMail>();
        services.AddSingleton<IKnowRoles, RolesInTheCatalogue>();
        services.AddSingleton<IRoleHistory, RoleHistory>();
        services.AddSingleton<IListDemoAccounts, DemoChoices>();
        services.AddScoped<IHearOfInvitations, GiveWhatWasPromised>();
        services.AddSingleton<IAddZones, AddZone>();
        services.AddSingleton<ImportZones>();
        services.AddSingleton<IImportZones>(s => s.GetRequiredService<ImportZones>());
        services.AddSingleton<IMakeStoryZones, StoryZones>();
        services.AddHostedService<EndStories>();
        services.AddSingleton<IOfferScope, Api.Me.Offer>();
        services.AddSingleton<IInMenu, StaffInMenu>();
        services.AddScoped<Confirmations.WhatWaits>();
        services.AddScoped<IAwaitASecondPerson, Confirmations.Roles>();
        services.AddSingleton<IInMenu, Confirmations.ConfirmationsInMenu>();
        services.AddSingleton<IInMenu, Access.MatrixInMenu>();
    }

    public void Map(WebApplication app)
    {
        Settings.Theme.Map(app);
        Api.Me.Map(app.MapApi(Api.Me.Scope));
        app.MapContract(Api.Me.Scope, typeof(ZonesModule).Assembly);
    }
}
