using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Walls;
using VictimSupport.Foundation.Access;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Casework;

/// <summary>Walls, where a list or a log is what a test is about.</summary>
internal static class Walled
{
    /// <summary>Walls a dossier off from a colleague whom the zone hired.</summary>
    public static async Task WallsOff(this TestZone zone, Person colleague, Guid dossier)
    {
        var number = await zone.Look(z => z.Set<Dossier>().Where(d => d.Id == dossier).Select(d => d.Number).SingleAsync());
        await zone.As(Role.DataProtectionOfficer).Send(new Build.Command { Colleague = colleague.Id, Round = Round.Dossier, Number = number });
    }
}
