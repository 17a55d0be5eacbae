using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Countersign;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Drafts;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Intakes;
using VictimSupport.Casework.Reminding;
using VictimSupport.Casework.Tray;
using VictimSupport.Casework.Walls;
using VictimSupport.Casework.Worklist;
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
        services.AddScoped<Counting.Tally>();
        services.AddScoped<AfterCorrection>();
        services.AddScoped<Restating>();
        services.AddScoped<CallOuts.Leaves>();
        services.AddScoped<CallOuts.HandingOver>();
        services.AddScoped<IDoWhatIsDue, CallOuts.Lapse>();
        services.AddScoped<IDoWhatIsDue, CallOuts.Unwritten>();
        services.AddSingleton<IInMenu, CallOuts.CallOutsInMenu>();
        services.AddScoped<Counting.Told>();
        services.AddScoped<Contracts.ITellWhatIsLacking, Counting.Lacks>();
        services.AddScoped<Contracts.ITellFacts>(s => s.GetRequiredService<Counting.Told>());
        services.AddScoped<Contracts.ITellOwnFigures, Counting.OwnFigures>();
        services.AddSingleton<IShipSubKinds, Codes.ShippedSubKinds>();
        services.AddSingleton<Searches>();
        services.AddScoped<Colleagues>();
        services.AddScoped<Duplicates>();
        services.AddScoped<Masonry>();
        services.AddScoped<People.Found>();
        services.AddScoped<LastResort>();
        services.AddScoped<Reach>();
        services.AddScoped<IHideDossiers, Hidden>();
        services.AddScoped<INameDossiers, Hidden>();
        services.AddSingleton<IWarn, GlassIsBroken>();
        services.AddScoped<Taking>();
        services.AddScoped<Desk>();
        services.AddScoped<Entries>();
        services.AddScoped<Documents.Withdrawals>();
        services.AddScoped<Unsigned>();
        services.AddSingleton<IInMenu, WorklistInMenu>();
        services.AddSingleton<IInMenu, IntakeInMenu>();
        services.AddSingleton<IInMenu, SearchInMenu>();
        services.AddSingleton<IInMenu, TrayInMenu>();
        services.AddSingleton<IInMenu, MessageInMenu>();
        services.AddScoped<IFindDossiers, NumbersOfDossiers>();
        services.AddScoped<IRecogniseColleagues, People.Namesakes>();
        services.AddScoped<IRing, Bell>();
        services.AddScoped<IRing>(s => s.GetRequiredService<Desk>());
        services.AddScoped<ITellAtHome, AtHome>();
        services.AddScoped<IHoldCaseload, Caseload>();
        services.AddScoped<ICountGrants, GrantsOfADay>();
        services.AddScoped<IDoWhatIsDue, ReleaseLeavers>();
        services.AddScoped<IDoWhatIsDue, FindTheLost>();
        services.AddScoped<IDoWhatIsDue, Remind>();
        services.AddScoped<IRemind, ActsDue>();
        services.AddScoped<IRemind, FirstContactsOverdue>();
        services.AddScoped<IRemind, NoNextAct>();
        services.AddScoped<IRemind, AppointmentsToday>();
        services.AddScoped<IRemind, UnrecordedAppointments>();
        services.AddScoped<IDeliver, ReminderMail>();
        services.AddScoped<IDeliver, ActionPointMail>();
        services.AddScoped<IDeliver, FiguresToLookAtMail>();
        AddPartnersMail(services, Network.Contracts.PartnerReminders.Stale, () => Words.StaleSubject, () => Words.StaleText);
        AddPartnersMail(services, Network.Contracts.PartnerReminders.Ending, () => Words.AgreementsEndSubject, () => Words.AgreementsEndText);
        services.AddScoped<IDeliver, FirstContactMail>();
        services.AddScoped<IDeliver, NoNextActMail>();
        services.AddScoped<IDeliver, AppointmentMail>();
        services.AddScoped<IDeliver, UnrecordedMail>();
        services.AddScoped<IDeliver, ToldOnMail>();
        services.AddScoped<IDeliver, DigestMail>();
        services.AddSingleton<IInMenu, ReviewsInMenu>();
        services.AddSingleton<IInMenu, WallsInMenu>();
        services.AddScoped<IDeliver, NewDossierMail>();
        services.AddScoped<IDeliver, CallOuts.UnwrittenMail>();
        services.AddScoped<IDeliver, SafetyCardMail>();
        services.AddScoped<IDeliver, CaseloadMail>();
        AddNotice(services, Notices.BrokenGlass, () => Words.GlassBrokenSubject, () => Words.GlassBrokenText);
        AddNotice(services, Notices.Unassigned, () => Words.LetGoSubject, () => Words.LetGoText);
        AddNotice(services, Notices.NobodySees, () => Words.NobodySeesSubject, () => Words.NobodySeesText);
        AddNotice(services, Notices.CaseloadReceived, () => Words.CaseloadReceivedSubject, () => Words.CaseloadReceivedText);
        AddNotice(services, Notices.AppointmentChanged, () => Words.AppointmentChangedSubject, () => Words.AppointmentChangedText);
        AddNotice(services, Notices.AppointmentGiven, () => Words.AppointmentGivenSubject, () => Words.AppointmentGivenText);
        AddNotice(services, Notices.StandIn, () => Words.StandInSubject, () => Words.StandInText);
        AddNotice(services, Notices.ReferralCameBack, () => Words.CameBackSubject, () => Words.CameBackText);
        services.AddScoped<Handovers.Proposals>();
        services.AddScoped<Handovers.Telling>();
        services.AddScoped<Foundation.Parcels.IReceive, Handovers.Arriving>();
        services.AddScoped<IRemind, Handovers.HandoversWaiting>();
        services.AddScoped<IDeliver, Handovers.HandoverMail>();
        services.AddScoped<IRing, Handovers.Inbound>();
        AddNotice(services, Notices.HandoverCame, () => Words.ZoneHandoverCameSubject, () => Words.ZoneHandoverCameText);
        AddNotice(services, Notices.HandoverTurned, () => Words.ZoneHandoverTurnedSubject, () => Words.ZoneHandoverTurnedText);
        services.AddScoped<Diary>();
        services.AddScoped<Going>();
        services.AddScoped<AppointmentReminders>();
        services.AddSingleton<UnderWay>();
        services.AddScoped<IWarn, LateVisits>();
        services.AddScoped<IDoWhatIsDue, LateCheckOuts>();
        services.AddScoped<IDeliver, LateCheckOutMail>();
        services.AddScoped<IDeliver, LateCheckOutSms>();
        services.AddSingleton<IInMenu, AgendaInMenu>();
        services.AddScoped<IDoWhatIsDue, TrayReminders>();
        services.AddScoped<IDeliver, TrayWaitsMail>();
        services.AddScoped<IDeliver, TrayPutMail>();
        services.AddScoped<PublicDesk.Contracts.IHearRequests, Arriving>();
        services.AddScoped<IRemind, RequestsWaiting>();
        services.AddScoped<IDeliver, RequestWaitsMail>();
        services.AddScoped<IDoWhatIsDue, ClearRequests>();
        AddNotice(services, Notices.RequestWithdrawn, () => Words.RequestWithdrawnSubject, () => Words.RequestWithdrawnText);
        services.AddSingleton<Contracts.ITellStories, Demo.Stories>();
        services.AddSingleton<Contracts.IInventCases, Demo.InventedCases>();
        services.AddScoped<People.Gate>();
        services.AddScoped<People.Nevers>();
        services.AddScoped<People.Accused>();
        services.AddScoped<IWarn, People.RulesOnEveryPage>();
        services.AddScoped<People.Aftermath>();
        services.AddScoped<People.Glances>();
        services.AddScoped<Lists.Offering>();
        services.AddScoped<People.Doors>();
        services.AddScoped<People.Joining>();
        services.AddScoped<People.ISendText, People.TextByMail>();
        services.AddScoped<People.ISendText, People.TextBySms>();
        services.AddScoped<IDeliver, People.SendMessage>();
        services.AddScoped<IDeliver, People.NeverElsewhere>();
        services.AddScoped<IDeliver, People.ViolenceNoted>();
        services.AddScoped<Letters.Wording>();
        services.AddScoped<Letters.DueLetters>();
        services.AddSingleton<IInMenu, LettersInMenu>();
        services.AddSingleton<IInMenu, LetterTextsInMenu>();
        services.AddScoped<IDoWhatIsDue, Referrals.Collect>();
        services.AddScoped<IDoWhatIsDue, Referrals.Aged>();
        services.AddScoped<IDeliver, Referrals.LinkMail>();
        services.AddScoped<IDeliver, Referrals.StopMail>();
        services.AddSingleton<IInMenu, RequestAddressInMenu>();
        services.AddSingleton<IInMenu, Codes.CodesInMenu>();
        services.AddScoped<Design.Tags.IKeepDrafts, DraftsOfForms>();
        services.AddTransient(typeof(IPipelineBehavior<,>), typeof(Sent<,>));
        services.AddScoped<SaveForms>();
        services.Configure<MvcOptions>(o => o.Filters.AddService<SaveForms>(SaveForms.Order));
        services.AddScoped<IDoWhatIsDue, ClearDrafts>();
        services.AddScoped<IDoWhatIsDue, Lists.ClearLists>();
        services.AddScoped<Events.AtEvent>();
        services.AddSingleton<Events.EventsNow>();
        services.AddScoped<IInMenu, Events.EventsInMenu>();
        services.AddScoped<IInMenu, Events.ElsewhereInMenu>();
        services.AddScoped<IDoWhatIsDue, Events.ClearEvents>();
        services.AddScoped<IDoWhatIsDue, Handovers.ClearHandovers>();
        services.AddScoped<IDoWhatIsDue, Handovers.Struck>();
        services.AddSingleton<IDeliverForTheHouse, Events.EventAskedMail>();
    }

    public void Map(WebApplication app) => ReadFeed.Map(app);

    private static void AddNotice(IServiceCollection services, string kind, Func<string> subject, Func<string> text) =>
        services.AddScoped<IDeliver>(s => ActivatorUtilities.CreateInstance<Notices>(s, kind, subject, text));

    private static void AddPartnersMail(IServiceCollection services, string kind, Func<string> subject, Func<string> text) =>
        services.AddScoped<IDeliver>(s => ActivatorUtilities.CreateInstance<PartnersMail>(s, kind, subject, text));

    private sealed class WorklistInMenu : IInMenu
    {
        public int Order => 10;
        public May Deed => May.WorkOnDossiers;
        public string Path => "/worklist";
        public string Text => Words.Worklist;
    }

    private sealed class TrayInMenu : IInMenu
    {
        public int Order => 15;
        public May Deed => May.OpenCallOuts;
        public string Path => "/tray";
        public string Text => Words.Tray;
    }

    /// <summary>The whole of what the front desk comes for.</summary>
    private sealed class MessageInMenu : IInMenu
    {
        public int Order => 25;
        public May Deed => May.FillTheTray;
        public string Path => "/message";
        public string Text => Words.PutInTray;
    }

    private sealed class IntakeInMenu : IInMenu
    {
        public int Order => 20;
        public May Deed => May.OpenCallOuts;
        public string Path => "/intake";
        public string Text => Words.NewIntake;
    }

    private sealed class LettersInMenu : IInMenu
    {
        public int Order => 17;
        public May Deed => May.ChangeDossiers;
        public string Path => "/letters";
        public string Text => Words.LettersTitle;
    }

    private sealed class LetterTextsInMenu : IInMenu
    {
        public int Order => 835;
        public May Deed => May.SetUpTheZone;
        public string Path => "/admin/letters";
        public string Text => Words.LetterTexts;
    }

    private sealed class SearchInMenu : IInMenu
    {
        public int Order => 30;
        public May Deed => May.WorkOnDossiers;
        public string Path => "/search";
        public string Text => Words.SearchTitle;
    }
}
