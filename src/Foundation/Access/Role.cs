namespace VictimSupport.Foundation.Access;

/// <summary>What an account is in a zone, or, for operator and analyst, on the platform. Held per zone; one person may hold several.</summary>
public enum Role
{
    ZoneAdministrator = 1,
    Coordinator = 2,
    Caseworker = 3,
    OnCall = 4,
    Trainee = 5,
    FrontDesk = 6,
    DataProtectionOfficer = 7,
    Operator = 8,
    Analyst = 9,

    /// <summary>A colleague of another zone of the pool, with a coordinator's rights for one dossier at a time.</summary>
    OutsideStandIn = 10,

    /// <summary>A colleague of another zone of the pool, for a time and for one thing: own call-outs, or an event. Never given: it follows from a visit and ends with it.</summary>
    Visitor = 11,
}
