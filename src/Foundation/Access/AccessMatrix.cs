using static VictimSupport.Foundation.Access.Role;

namespace VictimSupport.Foundation.Access;

/// <summary>Who may do what: the product's access matrix as data. Finer rules (assigned, restricted, walled) need the row and stand
/// in the <c>Guard</c> of the folder that owns it; this table says who may knock at all.</summary>
public static class AccessMatrix
{
    private static readonly Dictionary<May, Role[]> Rows = new()
    {
        [May.RunThePlatform] = [Operator],
        [May.SetUpTheZone] = [ZoneAdministrator, Coordinator],
        [May.BringStaffIn] = [ZoneAdministrator],
        [May.ConfirmRoles] = [ZoneAdministrator, Coordinator, DataProtectionOfficer],
        [May.RecoverAccounts] = [ZoneAdministrator, DataProtectionOfficer],
        [May.SetUpSignIn] = [ZoneAdministrator],
        [May.LetProgramsIn] = [ZoneAdministrator],
        [May.OpenCallOuts] = [Coordinator, Caseworker, OnCall],
        [May.WorkOnCallOuts] = [Coordinator, Caseworker, OnCall, Visitor],
        [May.WorkOnEvents] = [Coordinator, Caseworker, OnCall, Trainee, Visitor],
        [May.LeadEvents] = [Coordinator],
        [May.FillTheTray] = [Coordinator, Caseworker, OnCall, Trainee, FrontDesk],
        [May.WorkOnDossiers] = [Coordinator, Caseworker, OnCall, Trainee, OutsideStandIn],
        [May.ChangeDossiers] = [Coordinator, Caseworker, OnCall, OutsideStandIn],
        [May.Countersign] = [Coordinator, Caseworker, OutsideStandIn],
        [May.SeeWhoOpened] = [Coordinator, Caseworker, OutsideStandIn],
        [May.OpenAnyDossierOfTheZone] = [Coordinator],
        [May.SeeSafetyCards] = [Coordinator, Caseworker, OnCall],
        [May.BreakGlass] = [Coordinator, Caseworker, OnCall],
        [May.ReviewBreakGlass] = [Coordinator, DataProtectionOfficer],
        [May.DecideWhoSees] = [Coordinator, OutsideStandIn],
        [May.BuildWalls] = [Coordinator, DataProtectionOfficer, OutsideStandIn],
        [May.CloseAndHandOver] = [Coordinator, Caseworker, OutsideStandIn],
        [May.SeeWhoIsOnCall] = [ZoneAdministrator, Coordinator, Caseworker, OnCall, Trainee, FrontDesk],
        [May.KeepPools] = [ZoneAdministrator],
        [May.KeepRota] = [ZoneAdministrator, Coordinator],
        [May.TakeShifts] = [Coordinator, Caseworker, OnCall],
        [May.SeePartners] = [ZoneAdministrator, Coordinator, Caseworker, OnCall, Trainee, OutsideStandIn],
        [May.KeepPartners] = [ZoneAdministrator, Coordinator, Caseworker],
        [May.SeeTrainings] = [ZoneAdministrator, Coordinator, Caseworker],
        [May.KeepTrainings] = [ZoneAdministrator, Coordinator],
        [May.SeeBodies] = [ZoneAdministrator, Coordinator, Caseworker, OnCall, Trainee],
        [May.KeepBodies] = [ZoneAdministrator, Coordinator],
        [May.SayWhoIsAway] = [Coordinator, OutsideStandIn],
        [May.ReadTheAudit] = [ZoneAdministrator, Coordinator, DataProtectionOfficer],
        [May.ReviewUnusualOpenings] = [ZoneAdministrator, Coordinator, DataProtectionOfficer, OutsideStandIn],
        [May.DecideOnPersonalData] = [DataProtectionOfficer],
        [May.SeeExactFigures] = [Coordinator, Caseworker],
        [May.SeeMaskedFigures] = [ZoneAdministrator, Coordinator, Caseworker, DataProtectionOfficer],
        [May.SeeProtectedFigures] = [Operator, ZoneAdministrator, Coordinator, Caseworker, OnCall, DataProtectionOfficer, Analyst],
        [May.SettlePublicFigures] = [Coordinator],
        [May.ReviewAccess] = [ZoneAdministrator, DataProtectionOfficer],
        [May.BelongToTheZone] = [.. Enum.GetValues<Role>().Where(role => role != Visitor)],
        [May.BeSignedIn] = Enum.GetValues<Role>(),
        [May.HoldAnAccount] = Enum.GetValues<Role>(),
    };

    /// <summary>Every deed with the roles that may do it, in the order of <see cref="May"/>.</summary>
    public static IEnumerable<(May Deed, IReadOnlyList<Role> Roles)> All =>
        Enum.GetValues<May>().Select(deed => (deed, (IReadOnlyList<Role>)Rows[deed]));

    /// <summary>May anyone with one of these roles do this? An unknown deed is nobody's.</summary>
    public static bool Allows(May deed, IEnumerable<Role> roles) => Rows.TryGetValue(deed, out var allowed) && roles.Any(allowed.Contains);
}
