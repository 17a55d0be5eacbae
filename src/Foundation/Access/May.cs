namespace VictimSupport.Foundation.Access;

/// <summary>The deeds that a page or a use case may require; a row each in <see cref="AccessMatrix"/>.</summary>
public enum May
{
    RunThePlatform,
    SetUpTheZone,
    BringStaffIn,
    ConfirmRoles,
    OpenCallOuts,
    FillTheTray,
    WorkOnDossiers,
    OpenAnyDossierOfTheZone,
    SeeSafetyCards,
    BreakGlass,
    CloseAndHandOver,
    SeeWhoIsOnCall,
    ReadTheAudit,
    DecideOnPersonalData,
    SeeExactFigures,
    SeeMaskedFigures,
    SeeProtectedFigures,
    BeSignedIn,
}
