using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;

namespace VictimSupport.Zones.Staff;

/// <summary>What somebody is asked to be, in the words of the trade; each stands for one role or for several.</summary>
internal enum RoleTemplate { Caseworker, CaseworkerOnCall, Coordinator, OnCall, Trainee, FrontDesk, Administrator, DataProtectionOfficer, SmallService }

internal static class RoleTemplates
{
    /// <summary>Roles that a zone's administrator may give. Which outside stand-in takes over is named in the settings; platform roles are given elsewhere.</summary>
    public static readonly IReadOnlyList<Role> Given = [Role.ZoneAdministrator, Role.Coordinator, Role.Caseworker, Role.OnCall, Role.Trainee, Role.FrontDesk, Role.DataProtectionOfficer, Role.OutsideStandIn];

    /// <summary>The choice that leads to the single roles.</summary>
    public const string Other = "Other";

    public static IReadOnlyList<Choice> Choices => [.. Enum.GetValues<RoleTemplate>().Select(t => new Choice(t.ToString(), Words.Of(t))), new Choice(Other, Words.OtherRoles)];
    public static IReadOnlyList<Choice> Roles => [.. Given.Select(r => new Choice(r.ToString(), Words.Of(r)))];

    public static IReadOnlyList<Role> RolesOf(RoleTemplate template) => template switch
    {
        RoleTemplate.Caseworker => [Role.Caseworker],
        RoleTemplate.CaseworkerOnCall => [Role.Caseworker, Role.OnCall],
        RoleTemplate.Coordinator => [Role.Coordinator],
        RoleTemplate.OnCall => [Role.OnCall],
        RoleTemplate.Trainee => [Role.Trainee],
        RoleTemplate.FrontDesk => [Role.FrontDesk],
        RoleTemplate.Administrator => [Role.ZoneAdministrator],
        RoleTemplate.DataProtectionOfficer => [Role.DataProtectionOfficer],
        RoleTemplate.SmallService => [Role.ZoneAdministrator, Role.Coordinator],
        _ => [],
    };

    /// <summary>As it stands in a file: <c>caseworker-on-call</c>.</summary>
    public static string CodeOf(RoleTemplate template) => string.Concat(template.ToString().Select((c, i) => i > 0 && char.IsAsciiLetterUpper(c) ? "-" + char.ToLowerInvariant(c) : char.ToLowerInvariant(c).ToString()));

    /// <summary>null: no template is called so.</summary>
    public static IReadOnlyList<Role>? WithCode(string code) => Enum.GetValues<RoleTemplate>().Where(t => CodeOf(t) == code).Select(t => (RoleTemplate?)t).FirstOrDefault() is { } found ? RolesOf(found) : null;

    /// <summary>What was chosen in a form: a template, or the single roles where it was "other".</summary>
    public static IReadOnlyList<Role> Chosen(string? template, IEnumerable<Role> roles) =>
        template == Other ? [.. roles.Where(Given.Contains).Distinct()] : Enum.TryParse<RoleTemplate>(template, out var one) && Enum.IsDefined(one) ? RolesOf(one) : [];

    /// <summary>Who watches over the data decides nothing about them: a data-protection officer is nothing else in the zone.</summary>
    public static bool GoTogether(IReadOnlyCollection<Role> roles) => !roles.Contains(Role.DataProtectionOfficer) || roles.Count == 1;
}
