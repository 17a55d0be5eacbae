using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Lists;

/// <summary>The officer ticked that follow-up be offered: a recontact is planned, so many days after the facts as the zone says for their kind.</summary>
internal sealed class Offering(ZoneDbContext zone, UseCase here, IZoneSettings settings, Caller caller)
{
    /// <param name="facts">When it happened; null: it is not known, and counts from now.</param>
    public async Task Plan(Dossier dossier, Guid? person, DateTimeOffset? facts, DateTimeOffset now, CancellationToken ct)
    {
        var at = Recontact.Soonest((facts ?? now) + Recontact.After(await settings.Of(here.InZone.Id, ct), dossier.Kind, dossier.Additional), now);
        var act = FollowUp.Plan(dossier.Id, person is { } one ? [one] : [], ActKind.CallBack, Words.PvFollowUpAct, at, caller.Self, now);
        zone.Add(act);
        dossier.Awaits(act.DueAt);
    }
}
