namespace VictimSupport.Foundation.Access;

/// <summary>The deeds that a page or a use case may require; a row each in <see cref="AccessMatrix"/>.</summary>
public enum May
{
    RunThePlatform,
    SetUpTheZone,
    BringStaffIn,
    ConfirmRoles,
    RecoverAccounts,

    /// <summary>Say at which provider the zone's people sign in.</summary>
    SetUpSignIn,

    /// <summary>Register other programs and what they may ask.</summary>
    LetProgramsIn,
    OpenCallOuts,

    /// <summary>Enter what was done on a call-out of one's own, and read it again while it is one's to see.</summary>
    WorkOnCallOuts,

    /// <summary>Work on a collective event one belongs to.</summary>
    WorkOnEvents,

    /// <summary>Open a collective event, ask other zones to help, put its end off, allot its people, export its list.</summary>
    LeadEvents,
    FillTheTray,
    WorkOnDossiers,

    /// <summary>Change what a dossier says: facts, persons, rules of safe contact, next acts done. A trainee reads and writes, and changes nothing.</summary>
    ChangeDossiers,

    /// <summary>Put a second name under what a trainee wrote.</summary>
    Countersign,
    SeeWhoOpened,
    OpenAnyDossierOfTheZone,
    SeeSafetyCards,
    BreakGlass,
    ReviewBreakGlass,
    DecideWhoSees,
    BuildWalls,
    CloseAndHandOver,
    SeeWhoIsOnCall,

    /// <summary>Agree for the zone to share its on-call with other zones.</summary>
    KeepPools,

    /// <summary>Say who is on duty when, and give the address at which officers see it.</summary>
    KeepRota,

    /// <summary>Be on duty: ask colleagues to swap, take their shifts over, leave a note to the next.</summary>
    TakeShifts,

    /// <summary>The organisations people are referred to: about nobody who is helped.</summary>
    SeePartners,
    KeepPartners,

    /// <summary>Trainings and awareness sessions for police staff: who took part and who was there.</summary>
    SeeTrainings,

    /// <summary>Plan trainings, enter colleagues, note who was there, ask what they thought and read it without names.</summary>
    KeepTrainings,

    /// <summary>Consultation bodies, their meetings, action points, projects and events: about nobody who is helped. Whoever owns an action point ticks it by this.</summary>
    SeeBodies,
    KeepBodies,
    SayWhoIsAway,
    ReadTheAudit,
    /// <summary>What the audit finds unusual is looked at by the data-protection officer; what is about that officer, by a coordinator, and where it is about both, by the outside stand-in.</summary>
    ReviewUnusualOpenings,
    DecideOnPersonalData,
    SeeExactFigures,
    SeeMaskedFigures,
    SeeProtectedFigures,

    /// <summary>Settle the public figures of a year that is over: what leaves the house from then on.</summary>
    SettlePublicFigures,

    /// <summary>Look each quarter at who may do what, and sign.</summary>
    ReviewAccess,

    /// <summary>Be of the zone's own people, whatever the role: a visitor is not.</summary>
    BelongToTheZone,

    /// <summary>Hold any role in the place where one stands.</summary>
    BeSignedIn,

    /// <summary>Have an account, whatever its roles: for one's own pages under <c>/account</c>.</summary>
    HoldAnAccount,
}
