using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Privacy.Audit;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Privacy.Unusual;

/// <summary>Who looks at a finding: a data-protection officer whom it does not concern; where there is none, a coordinator; where there is none, the outside stand-in;
/// where there is none, an administrator, without the dossier.
/// It concerns whoever acted, the colleague whose name occurs, and whoever the dossier is walled off from.</summary>
internal sealed class Reviewers(UseCase here, Caller caller, IStaff staff, IEnumerable<IHideDossiers> walls)
{
    private static readonly Role[] Order = [Role.DataProtectionOfficer, Role.Coordinator, Role.OutsideStandIn, Role.ZoneAdministrator];
    private readonly Dictionary<(Guid, Role), IReadOnlySet<Guid>> hidden = [];
    private readonly Dictionary<Role, IReadOnlyList<Guid>> holders = [];

    /// <summary>Is this one for the caller?</summary>
    public async Task<bool> IsMine(Finding finding, CancellationToken ct)
    {
        foreach (var role in Order)
        {
            var free = new List<Guid>();
            foreach (var account in await Holding(role, ct))
            {
                if (!await Concerns(finding, account, role, ct)) free.Add(account);
            }
            if (free.Count > 0) return free.Contains(caller.Self);
        }
        return false;
    }

    private async Task<bool> Concerns(Finding finding, Guid account, Role role, CancellationToken ct)
    {
        if (account == finding.Actor || account == finding.About) return true;
        if (finding.Dossier is not { } dossier) return false;
        if (!hidden.TryGetValue((account, role), out var behind)) hidden[(account, role)] = behind = await walls.From(account == caller.Account ? caller : new Caller(account, null, new HashSet<Role> { role }), ct);
        return behind.Contains(dossier);
    }

    private async Task<IReadOnlyList<Guid>> Holding(Role role, CancellationToken ct)
    {
        if (holders.TryGetValue(role, out var known)) return known;
        var held = (await staff.Holding(here.InZone.Id, [role], ct)).ToHashSet();
        if (caller.Is(role)) held.Add(caller.Self); // as the pass says, which is never older
        return holders[role] = [.. held];
    }
}
