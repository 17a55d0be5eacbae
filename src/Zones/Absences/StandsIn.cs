using VictimSupport.Foundation.Access;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Zones.Absences;

/// <summary>Who may say that a colleague is away: a coordinator, the outside stand-in, or whoever replaces a coordinator now. Never the administrator:
/// a replacement sees dossiers, and managing people is not reading files.</summary>
internal sealed class StandsIn(IStaff staff, Caller caller)
{
    public async Task<bool> MaySpeakForOthers(Guid zone, CancellationToken ct)
    {
        if (caller.May(May.SayWhoIsAway)) return true;
        if (caller.Account is not { } self || !Absence.MayReplace.Any(caller.Is)) return false;
        var replaced = await staff.ReplacedBy(zone, self, ct);
        return replaced.Count > 0 && (await staff.Holding(zone, [Role.Coordinator], ct)).Any(replaced.Contains);
    }
}
